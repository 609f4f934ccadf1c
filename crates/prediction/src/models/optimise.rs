//! Searches for the smallest value of a function of few parameters, each within bounds.
//!
//! Both are deterministic and end after a number of evaluations that is known beforehand.

use crate::numeric::count;

/// The vertices of a simplex are as good as equal when their values differ by no more than this share.
const SAME: f64 = 1e-11;
/// First step of a simplex along each parameter, as a share of its range.
const FIRST_STEP: f64 = 0.1;
/// The inverse of the golden ratio.
const GOLDEN: f64 = 0.618_033_988_749_894_8;

/// A parameter's least and greatest value.
pub(crate) type Bounds = (f64, f64);

/// The best place in `bounds`: the best of `points` evenly spaced ones, then `refinements` golden sections around it.
pub(crate) fn golden_section(
    (low, high): Bounds,
    points: usize,
    refinements: usize,
    mut objective: impl FnMut(f64) -> f64,
) -> f64 {
    let step = (high - low) / count(points.max(2) - 1);
    let coarse = (0..points.max(2)).map(|index| {
        let place = low + step * count(index);
        (place, objective(place))
    });
    let best = coarse.min_by(|(_, a), (_, b)| a.total_cmp(b)).unwrap_or((low, f64::INFINITY));
    let (mut left, mut right) = ((best.0 - step).max(low), (best.0 + step).min(high));
    let inner = |left: f64, right: f64| GOLDEN * (right - left);
    let (mut lower, mut upper) = (right - inner(left, right), left + inner(left, right));
    let (mut at_lower, mut at_upper) = (objective(lower), objective(upper));
    for _ in 0..refinements {
        if at_lower <= at_upper {
            (right, upper, at_upper) = (upper, lower, at_lower);
            lower = right - inner(left, right);
            at_lower = objective(lower);
        } else {
            (left, lower, at_lower) = (lower, upper, at_upper);
            upper = left + inner(left, right);
            at_upper = objective(upper);
        }
    }
    // A function that is flat up to its bound has its smallest value at a point of the coarse search.
    [(lower, at_lower), (upper, at_upper)]
        .into_iter()
        .fold(best, |best, next| if next.1 < best.1 { next } else { best })
        .0
}

/// One corner of a simplex, and the function's value there.
#[derive(Debug, Clone, Copy)]
struct Vertex<const N: usize> {
    place: [f64; N],
    value: f64,
}

/// The best place found from `start` within `bounds` by about `evaluations` evaluations (Nelder & Mead 1965). A step
/// that leaves the bounds ends on them.
pub(crate) fn nelder_mead<const N: usize>(
    start: [f64; N],
    bounds: &[Bounds; N],
    evaluations: usize,
    mut objective: impl FnMut(&[f64; N]) -> f64,
) -> ([f64; N], f64) {
    let mut spent = 0;
    let mut evaluate = |mut place: [f64; N]| {
        for (coordinate, (low, high)) in place.iter_mut().zip(bounds) {
            *coordinate = coordinate.clamp(*low, *high);
        }
        spent += 1;
        (Vertex { place, value: objective(&place) }, spent)
    };
    let mut simplex: Vec<Vertex<N>> = Vec::with_capacity(N + 1);
    simplex.push(evaluate(start).0);
    for axis in 0..N {
        let mut place = start;
        if let (Some(coordinate), Some((low, high))) = (place.get_mut(axis), bounds.get(axis)) {
            let step = FIRST_STEP * (high - low);
            *coordinate += if *coordinate + step <= *high { step } else { -step };
        }
        simplex.push(evaluate(place).0);
    }
    loop {
        simplex.sort_by(|a, b| a.value.total_cmp(&b.value));
        let Some((worst, others)) = simplex.split_last_mut() else { return (start, f64::INFINITY) };
        let Some((best, second)) = others.first().copied().zip(others.last().copied()) else {
            return (worst.place, worst.value);
        };
        let centre = centroid(others);
        let along = |share: f64| blend(&centre, &worst.place, share);
        let (reflected, spent) = evaluate(along(-1.0));
        if spent >= evaluations || worst.value - best.value <= SAME * best.value.abs() {
            let last = if reflected.value < best.value { reflected } else { best };
            return (last.place, last.value);
        }
        if reflected.value < best.value {
            let (expanded, _) = evaluate(along(-2.0));
            *worst = if expanded.value < reflected.value { expanded } else { reflected };
        } else if reflected.value < second.value {
            *worst = reflected;
        } else {
            let share = if reflected.value < worst.value { -0.5 } else { 0.5 };
            let (contracted, _) = evaluate(along(share));
            if contracted.value < worst.value.min(reflected.value) {
                *worst = contracted;
            } else {
                for vertex in simplex.iter_mut().skip(1) {
                    *vertex = evaluate(blend(&best.place, &vertex.place, 0.5)).0;
                }
            }
        }
    }
}

/// `from` and that share of the way from it to `to`.
fn blend<const N: usize>(from: &[f64; N], to: &[f64; N], share: f64) -> [f64; N] {
    let mut place = *from;
    for (coordinate, target) in place.iter_mut().zip(to) {
        *coordinate += share * (target - *coordinate);
    }
    place
}

fn centroid<const N: usize>(vertices: &[Vertex<N>]) -> [f64; N] {
    let mut centre = [0.0; N];
    for vertex in vertices {
        for (sum, coordinate) in centre.iter_mut().zip(&vertex.place) {
            *sum += coordinate / count(vertices.len());
        }
    }
    centre
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_valley_is_found_from_its_side() {
        let rosenbrock = |p: &[f64; 2]| (1.0 - p[0]).powi(2) + 100.0 * (p[1] - p[0] * p[0]).powi(2);
        let (place, value) = nelder_mead([-1.2, 1.0], &[(-5.0, 5.0), (-5.0, 5.0)], 400, rosenbrock);
        assert!(value < 1e-8, "{value} at {place:?}");
    }

    #[test]
    fn a_minimum_beyond_the_bounds_is_sought_on_them() {
        let (place, _) = nelder_mead([0.5, 0.5], &[(0.0, 1.0), (0.2, 1.0)], 300, |p| (p[0] - 2.0).powi(2) + p[1]);
        assert!((place[0] - 1.0).abs() < 1e-4 && (place[1] - 0.2).abs() < 1e-4, "{place:?}");
        assert!((golden_section((0.0, 1.0), 5, 20, |x| x) - 0.0).abs() < 1e-4);
        assert!((golden_section((0.0, 1.0), 5, 20, |x| -x) - 1.0).abs() < 1e-4);
    }

    #[test]
    fn a_golden_section_finds_the_lower_of_two_valleys() {
        let place = golden_section((0.0, 1.0), 12, 25, |x| (10.0 * x).cos() + 0.3 * (x - 0.9).powi(2));
        assert!((place - 0.942).abs() < 0.01, "{place}");
    }

    #[test]
    fn the_evaluations_are_bounded() {
        let mut calls = 0;
        let _ = nelder_mead([0.3; 3], &[(0.0, 1.0); 3], 60, |p| {
            calls += 1;
            p.iter().map(|x| (x - 0.7).abs()).sum()
        });
        assert!(calls <= 70, "{calls}");
    }
}
