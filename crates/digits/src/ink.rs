//! Where ink is: its contrast to the paper around it, and a threshold that follows how strong the ink is nearby.

use crate::light::{ink_is_bright, paper};
use crate::numbers::{byte, real};
use crate::plane::Plane;

/// Least contrast, 0 to 255, that may be ink.
const LEAST: f32 = 16.0;
/// Contrasts up to this many standard deviations of the paper's own are noise.
const DEVIATIONS: f32 = 5.0;
/// Ink has at least this share of the contrast of the strongest ink nearby.
const SHARE: f32 = 0.4;
/// Ink has at least this share of the contrast of the strongest ink anywhere: the edge of a shadow has less.
const SHARE_OF_ALL: f32 = 0.2;
/// The longer side has this many places for which the strongest ink is looked for.
const NEIGHBOURHOODS: usize = 24;
/// Paper is taken to be at least this bright, and to have this share of the brightest paper: how dark ink is relative
/// to black cannot be told, and in the dark the camera's noise is large.
const DARKEST_PAPER: f32 = 48.0;
const DARKEST_SHARE: f32 = 0.4;

/// How much speaks for ink at each place, 0 to 1; from 0.5 on it is ink.
#[must_use]
pub fn ink(grey: &Plane<u8>) -> Plane<f32> {
    let dark_on_bright = if ink_is_bright(grey) { grey.map(|level| 255 - level) } else { grey.clone() };
    let contrast = contrast(&dark_on_bright);
    let strongest = strongest_nearby(&contrast);
    let least = noise(&contrast).max(LEAST).max(SHARE_OF_ALL * quantile(&strongest, 0.98));
    let square = square(grey);
    let mut result = contrast;
    for (y, row) in result.rows_mut().enumerate() {
        let strongest = strongest.row(y / square);
        for (cells, &strongest) in row.chunks_mut(square).zip(strongest) {
            let threshold = least.max(SHARE * strongest);
            for cell in cells {
                *cell = (*cell / (2.0 * threshold)).clamp(0.0, 1.0);
            }
        }
    }
    result
}

/// How much darker than the paper each place is, of 255; what most places have is zero.
fn contrast(grey: &Plane<u8>) -> Plane<f32> {
    let mut contrast = paper(grey);
    let brightest = contrast.rows().flatten().copied().fold(0.0, f32::max);
    let darkest = DARKEST_PAPER.max(DARKEST_SHARE * brightest);
    for (cells, levels) in contrast.rows_mut().zip(grey.rows()) {
        for (cell, &level) in cells.iter_mut().zip(levels) {
            *cell = (*cell - f32::from(level)) / cell.max(darkest) * 255.0;
        }
    }
    let usual = quantile(&contrast, 0.5);
    contrast.map(|cell| cell - usual)
}

/// Contrast up to which the paper itself varies: told from the places that are brighter than most, where no ink is.
fn noise(contrast: &Plane<f32>) -> f32 {
    DEVIATIONS * -quantile(contrast, 0.159)
}

/// The value that a share of all contrasts do not exceed, to the nearest whole number from −255 to 255.
fn quantile(contrast: &Plane<f32>, share: f32) -> f32 {
    let mut counts = [0_usize; 256];
    for &cell in contrast.rows().flatten() {
        if let Some(count) = counts.get_mut(usize::from(byte(f32::midpoint(cell, 255.0)))) {
            *count += 1;
        }
    }
    let wanted = share * real(contrast.cells().len());
    let mut below = 0;
    let found = (0..=u8::MAX).zip(counts).find(|(_, count)| {
        below += count;
        real(below) > wanted
    });
    found.map_or(0.0, |(level, _)| f32::from(level) * 2.0 - 255.0)
}

fn square(plane: &Plane<impl Copy>) -> usize {
    plane.longest().div_ceil(NEIGHBOURHOODS).max(4)
}

/// The greatest contrast of each square and its neighbours.
fn strongest_nearby(contrast: &Plane<f32>) -> Plane<f32> {
    let square = square(contrast);
    let (width, height) = (contrast.width().div_ceil(square), contrast.height().div_ceil(square));
    let mut own = Plane::filled(width, height, 0.0_f32);
    for (y, row) in contrast.rows().enumerate() {
        for (greatest, cells) in own.row_mut(y / square).iter_mut().zip(row.chunks(square)) {
            *greatest = cells.iter().copied().fold(*greatest, f32::max);
        }
    }
    Plane::from_fn(width, height, |x, y| {
        let rows = (y.saturating_sub(1)..=y + 1).map(|row| own.row(row));
        let cells = rows.flat_map(|row| row.iter().skip(x.saturating_sub(1)).take(if x == 0 { 2 } else { 3 }));
        cells.copied().fold(0.0, f32::max)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_ink(plane: &Plane<f32>, x: usize, y: usize) -> bool {
        plane.get(x, y).unwrap() >= 0.5
    }

    /// A bar of pencil at the left and one of ink at the right, on paper half of which is in a shadow.
    fn two_pens(x: usize, y: usize) -> u8 {
        let paper = if y < 100 { 230.0 } else { 120.0 };
        let left = if (60..68).contains(&x) && (30..170).contains(&y) { 0.75 } else { 1.0 };
        let right = if (230..238).contains(&x) && (30..170).contains(&y) { 0.2 } else { 1.0 };
        byte(paper * left * right + real((x * 7 + y * 13) % 5))
    }

    #[test]
    fn pencil_and_pen_are_ink_in_light_and_in_shadow() {
        let ink = ink(&Plane::from_fn(300, 200, two_pens));
        for y in [50, 150] {
            assert!(is_ink(&ink, 64, y) && is_ink(&ink, 234, y), "row {y}");
            assert!(!is_ink(&ink, 30, y) && !is_ink(&ink, 150, y) && !is_ink(&ink, 280, y), "row {y}");
        }
        assert!(!is_ink(&ink, 150, 97) && !is_ink(&ink, 150, 103), "the edge of the shadow is no ink");
    }

    #[test]
    fn chalk_is_ink() {
        let ink = ink(&Plane::from_fn(300, 200, |x, y| 255 - two_pens(x, y) / 2));
        assert!(is_ink(&ink, 234, 50) && !is_ink(&ink, 150, 50));
    }

    #[test]
    fn empty_paper_has_no_ink() {
        let grain = Plane::from_fn(200, 200, |x, y| 200 + u8::try_from((x * 31 + y * 17 + x * y) % 9).unwrap());
        assert!(ink(&grain).cells().iter().all(|&cell| cell < 0.5));
        assert!(ink(&Plane::filled(10, 10, 255)).cells().iter().all(|&cell| cell < 0.5));
    }
}
