//! Digits that touch: where ink that is too wide for one digit is cut.
//!
//! Cuts are proposed where a column has little ink. Of all ways to cut, the one is taken whose pieces the network reads
//! best (over-segmentation and recognition, as for bank cheques: Matan et al. 1992).

use crate::numbers::real;
use crate::plane::Plane;

/// Wider than this share of its height, ink may be several digits.
const WIDE: f32 = 1.05;
/// No piece is narrower than this share of the height, unless it is a straight line.
const NARROWEST: f32 = 0.12;
/// No piece is wider.
const WIDEST: f32 = 1.4;
/// Places to cut at that are considered.
const MOST_CUTS: usize = 14;
/// What a cut costs, in logarithms of probabilities: much in ink that may well be one wide digit, little in wider ink.
const DEAREST_CUT: f32 = 1.5;
const CHEAPEST_CUT: f32 = 0.15;
/// By how much dearer a cut becomes where ink is narrower by its height.
const DEARER: f32 = 3.5;

/// Whether ink of this size may be several digits.
pub(crate) fn is_wide(width: usize, height: usize) -> bool {
    real(width) > WIDE * real(height)
}

/// The columns at which ink is cut into digits; none if it is one. `judge` tells how well the ink between two columns
/// is read: the logarithm of its digit's probability.
pub(crate) fn cuts(ink: &Plane<f32>, mut judge: impl FnMut(usize, usize) -> f32) -> Vec<usize> {
    let height = real(ink.height());
    let wider = real(ink.width()) / height.max(1.0) - WIDE;
    let cost = (DEAREST_CUT - DEARER * wider).clamp(CHEAPEST_CUT, DEAREST_CUT);
    let edges: Vec<usize> = std::iter::once(0).chain(candidates(ink)).chain(std::iter::once(ink.width())).collect();
    // Of each edge: the best score of what is left of it, and where its last piece begins.
    let mut best: Vec<(f32, usize)> = vec![(0.0, 0)];
    for (number, &to) in edges.iter().enumerate().skip(1) {
        let mut here = (f32::NEG_INFINITY, 0);
        for (start, &from) in edges.iter().enumerate().take(number) {
            let share = real(to - from) / height.max(1.0);
            if !(NARROWEST..=WIDEST).contains(&share) && edges.len() > 2 {
                continue;
            }
            let before = best.get(start).map_or(f32::NEG_INFINITY, |&(score, _)| score);
            if before == f32::NEG_INFINITY {
                continue;
            }
            let score = before + judge(from, to) - shape(share) - if start > 0 { cost } else { 0.0 };
            if score > here.0 {
                here = (score, start);
            }
        }
        best.push(here);
    }
    let mut cuts = Vec::new();
    let mut at = edges.len() - 1;
    while let Some(&(_, start)) = best.get(at).filter(|_| at > 0) {
        at = start;
        cuts.extend(edges.get(at).filter(|_| at > 0));
    }
    cuts.reverse();
    cuts
}

/// What speaks against a digit of a shape: its width as a share of its height.
fn shape(share: f32) -> f32 {
    let wide = (share - 1.0).max(0.0) / 0.4;
    wide * wide
}

/// Columns with less ink than those around them, at most [`MOST_CUTS`], from left to right.
fn candidates(ink: &Plane<f32>) -> Vec<usize> {
    let mut columns = vec![0.0_f32; ink.width()];
    for row in ink.rows() {
        columns.iter_mut().zip(row).for_each(|(sum, &cell)| *sum += if cell >= 0.5 { 1.0 } else { 0.0 });
    }
    let reach = (ink.height() / 12).max(1);
    let margin = ink.height() / 8;
    let window = |x: usize, reach: usize| {
        columns.get(x.saturating_sub(reach)..(x + reach + 1).min(columns.len())).unwrap_or(&[])
    };
    let is_least = |x: usize, sum: f32| window(x, reach).iter().all(|&other| other >= sum);
    let mut found: Vec<(f32, usize)> = Vec::new();
    for (x, &sum) in columns.iter().enumerate().skip(margin).take(columns.len().saturating_sub(2 * margin)) {
        if is_least(x, sum) && found.last().is_none_or(|&(_, last)| x - last > reach) {
            let around = window(x, 3 * reach).iter().copied().fold(0.0, f32::max);
            found.push((sum / around.max(1.0), x));
        }
    }
    found.sort_by(|one, other| one.0.total_cmp(&other.0));
    found.truncate(MOST_CUTS);
    let mut places: Vec<usize> = found.into_iter().map(|(_, x)| x).collect();
    places.sort_unstable();
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rings of a diameter that touch.
    fn rings(count: usize, diameter: usize) -> Plane<f32> {
        let radius = real(diameter) / 2.0;
        Plane::from_fn(count * diameter, diameter, |x, y| {
            let (x, y) = (real(x % diameter) + 0.5 - radius, real(y) + 0.5 - radius);
            let distance = radius - x.hypot(y);
            if (0.0..radius / 4.0).contains(&distance) { 1.0 } else { 0.0 }
        })
    }

    #[test]
    fn rings_that_touch_are_cut_where_they_touch() {
        let judge = |from: usize, to: usize| if (35..=45).contains(&(to - from)) { -0.01 } else { -3.0 };
        let cuts = cuts(&rings(3, 40), judge);
        assert_eq!(cuts.len(), 2, "{cuts:?}");
        assert!(cuts[0].abs_diff(40) <= 2 && cuts[1].abs_diff(80) <= 2, "{cuts:?}");
    }

    #[test]
    fn what_reads_well_as_one_stays_whole() {
        assert!(cuts(&rings(1, 40), |_, _| -0.01).is_empty());
    }

    #[test]
    fn a_bar_has_no_place_to_cut_that_is_better_than_none() {
        let bar = Plane::filled(200, 10, 1.0);
        let _ = cuts(&bar, |_, _| -1.0);
    }
}
