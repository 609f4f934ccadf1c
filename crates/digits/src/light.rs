//! What paper would look like without ink: its colour, and how the light falls on it.

use crate::numbers::{byte, real};
use crate::plane::Plane;
use crate::resample::resampled;

/// Light is estimated on a plane whose longer side has about this many values.
const COARSE: usize = 160;
/// Ink's colour is told on a plane that is coarser still.
const COARSEST: usize = 48;
/// Differences of brightness that are noise.
const NOISE: f32 = 8.0;

/// Means of squares of pixels, so many that the longer side has `longest` values at most.
#[must_use]
fn coarse(plane: &Plane<f32>, longest: usize) -> Plane<f32> {
    let square = plane.longest().div_ceil(longest).max(1);
    if square == 1 {
        return plane.clone();
    }
    let (width, height) = (plane.width().div_ceil(square), plane.height().div_ceil(square));
    let mut sums = Plane::filled(width, height, (0.0_f32, 0.0_f32));
    for (y, row) in plane.rows().enumerate() {
        for (cell, pixels) in sums.row_mut(y / square).iter_mut().zip(row.chunks(square)) {
            *cell = (cell.0 + pixels.iter().sum::<f32>(), cell.1 + real(pixels.len()));
        }
    }
    sums.map(|(sum, count)| sum / count.max(1.0))
}

/// Whether what is written is brighter than what it is written on.
///
/// Around each place the median is what most of it is: paper. What departs from it and is narrow is ink, weighted by
/// how far it departs; what is wide is light or shadow. That needs no even light, and no margin free of ink.
#[must_use]
pub(crate) fn ink_is_bright(grey: &Plane<u8>) -> bool {
    let plane = coarse(&coarse(&grey.map(f32::from), COARSE), COARSEST);
    let reach = plane.longest().div_ceil(4);
    let without_dark = closed(&plane);
    let without_bright = closed(&plane.map(|cell| -cell)).map(|cell| -cell);
    let (mut bright, mut dark) = (0.0_f32, 0.0_f32);
    for y in 0..plane.height() {
        for x in 0..plane.width() {
            let at = |plane: &Plane<f32>| plane.get(x, y).unwrap_or(0.0);
            let departure = at(&plane) - median_around(&plane, (x, y), reach);
            let brighter = departure.min(at(&plane) - at(&without_bright));
            let darker = (-departure).min(at(&without_dark) - at(&plane));
            bright += (brighter - NOISE).max(0.0).powi(2);
            dark += (darker - NOISE).max(0.0).powi(2);
        }
    }
    bright > dark
}

/// The median of a square around a place.
fn median_around(plane: &Plane<f32>, (x, y): (usize, usize), reach: usize) -> f32 {
    let (left, right) = (x.saturating_sub(reach), (x + reach + 1).min(plane.width()));
    let rows = y.saturating_sub(reach)..(y + reach + 1).min(plane.height());
    let mut counts = [0_usize; 256];
    let mut total = 0;
    for row in rows {
        for &cell in plane.row(row).get(left..right).unwrap_or(&[]) {
            if let Some(count) = counts.get_mut(usize::from(byte(cell))) {
                *count += 1;
                total += 1;
            }
        }
    }
    let mut below = 0;
    let found = (0..=u8::MAX).zip(counts).find(|(_, count)| {
        below += count;
        2 * below > total
    });
    found.map_or(0.0, |(level, _)| f32::from(level))
}

/// Brightness of the paper at every place of a picture with dark ink.
///
/// Places between the coarse ones lie on straight lines.
#[must_use]
pub(crate) fn paper(grey: &Plane<u8>) -> Plane<f32> {
    resampled(&closed(&coarse(&grey.map(f32::from), COARSE)), grey.width(), grey.height())
}

/// A closing: dark strokes that are narrower than the window vanish, and what is wider, as a shadow, stays. The margin
/// goes on outside; else the dark end of a slope of light would be taken for ink.
fn closed(plane: &Plane<f32>) -> Plane<f32> {
    let reach = (plane.longest() / 6).max(2);
    let last = (plane.width().saturating_sub(1), plane.height().saturating_sub(1));
    let inside = |place: usize, last: usize| place.saturating_sub(reach).min(last);
    let wide = Plane::from_fn(plane.width() + 2 * reach, plane.height() + 2 * reach, |x, y| {
        plane.get(inside(x, last.0), inside(y, last.1)).unwrap_or(0.0)
    });
    let closed = extremes(&extremes(&wide, reach, f32::max), reach, f32::min);
    Plane::from_fn(plane.width(), plane.height(), |x, y| closed.get(x + reach, y + reach).unwrap_or(0.0))
}

/// The greatest or least value of a square around each place.
fn extremes(plane: &Plane<f32>, reach: usize, choose: fn(f32, f32) -> f32) -> Plane<f32> {
    let along = |plane: &Plane<f32>| {
        let mut result = plane.clone();
        for (row, old) in result.rows_mut().zip(plane.rows()) {
            for (x, cell) in row.iter_mut().enumerate() {
                let window = old.get(x.saturating_sub(reach)..(x + reach + 1).min(old.len())).unwrap_or(&[]);
                *cell = window.iter().copied().fold(*cell, choose);
            }
        }
        result
    };
    along(&along(plane).transposed()).transposed()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An upright bar on paper whose light falls off to the right.
    fn photograph(ink: u8) -> Plane<u8> {
        Plane::from_fn(300, 200, |x, y| {
            let light = 1.0 - 0.5 * real(x) / 300.0;
            let level = if (140..155).contains(&x) && (40..160).contains(&y) { ink } else { 220 - ink / 2 };
            byte(f32::from(level) * light)
        })
    }

    #[test]
    fn dark_ink_is_told_from_bright_ink_in_uneven_light() {
        assert!(!ink_is_bright(&photograph(20)));
        assert!(ink_is_bright(&photograph(255).map(|level| level.saturating_add(10))));
    }

    #[test]
    fn a_corner_in_the_light_is_no_ink() {
        let light = |x: usize, y: usize| if x + 2 * y < 130 { 1.0 } else { 0.5 };
        let level = |x: usize, y: usize| if (140..155).contains(&x) && (80..160).contains(&y) { 60.0 } else { 220.0 };
        assert!(!ink_is_bright(&Plane::from_fn(300, 200, |x, y| byte(level(x, y) * light(x, y)))));
    }

    #[test]
    fn a_digit_that_fills_its_picture_is_still_ink() {
        let digit = Plane::from_fn(28, 28, |x, y| if (4..24).contains(&y) && (11..17).contains(&x) { 255 } else { 0 });
        assert!(ink_is_bright(&digit));
        assert!(!ink_is_bright(&digit.map(|level| 255 - level)));
    }

    #[test]
    fn the_dark_end_of_a_slope_is_paper() {
        let paper = paper(&photograph(20));
        assert!((paper.get(297, 100).unwrap() - 106.0).abs() < 6.0);
    }

    #[test]
    fn paper_goes_on_beneath_the_ink() {
        let paper = paper(&photograph(20));
        let beneath = paper.get(147, 100).unwrap();
        let expected = 210.0 * (1.0 - 0.5 * 147.0 / 300.0);
        assert!((beneath - expected).abs() < 10.0, "{beneath} {expected}");
    }
}
