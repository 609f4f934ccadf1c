//! From the ink of one digit to what the network sees: 28 × 28, made as MNIST was made, with strokes of an even width.
//!
//! MNIST fits a digit into 20 × 20 and puts its centre of mass into the middle of 28 × 28 (Lecun et al. 1998). Pens and
//! markers are wider or thinner than those that MNIST was written with, and nearest neighbours and networks alike read
//! such digits worse; so the distance of each place to the edge of the ink is what is drawn here, not the ink itself.

use crate::numbers::real;
use crate::plane::Plane;
use crate::resample::resampled;

/// Side of what the network sees.
pub const SIDE: usize = 28;
/// Brightness, 0 to 1, of a digit as the network sees it, row by row.
pub type Glyph = [f32; SIDE * SIDE];

/// Side of the square that a digit is fitted into.
const BOX: f32 = 20.0;
/// Distances are measured in this many parts of a pixel.
const FINE: usize = 3;
/// The box and four pixels around it, measured finely.
const CANVAS: usize = SIDE * FINE;
const FINE_BOX: usize = 20 * FINE;
/// Width, in pixels, that strokes are brought to.
const STROKE: f32 = 2.5;
/// Most that strokes are made thicker or thinner on either side: more would close loops or break lines.
const MOST_THICKER: f32 = 1.2;
const MOST_THINNER: f32 = 1.0;
/// Distances beyond do not matter: inside of the ink they tell its width, outside how far it may grow.
const FAR: usize = 4 * FINE;
const FAR_OUTSIDE: usize = 8;

/// Makes a glyph of the ink, 0 to 1, in the smallest rectangle around a digit.
#[must_use]
pub fn glyph(ink: &Plane<f32>) -> Glyph {
    let distances = distances(&fitted(ink));
    let stroke = stroke_width(&distances);
    let scale = ((BOX - STROKE) / (BOX - stroke).max(1.0)).clamp(0.8, 1.25);
    let thicker = ((STROKE - scale * stroke) / 2.0).clamp(-MOST_THINNER, MOST_THICKER);
    let drawing = Drawing { distances: &distances, scale, thicker };
    let (x, y) = centre_of_mass(&drawing.at((0.0, 0.0)));
    let middle = real(SIDE - 1) / 2.0;
    drawing.at((middle - x, middle - y))
}

/// Whether there is ink, in a fine square with a margin.
fn fitted(ink: &Plane<f32>) -> Plane<bool> {
    let longest = ink.longest().max(1);
    let side = |length: usize| (length * FINE_BOX / longest).max(1);
    let (width, height) = (side(ink.width()), side(ink.height()));
    let small = resampled(ink, width, height);
    let (left, top) = ((CANVAS - width) / 2, (CANVAS - height) / 2);
    let mut canvas = Plane::filled(CANVAS, CANVAS, false);
    for (row, cells) in (top..).zip(small.rows()) {
        for (place, &cell) in canvas.row_mut(row).iter_mut().skip(left).zip(cells) {
            *place = cell >= 0.5;
        }
    }
    canvas
}

/// Distance of each place to the edge of the ink, in pixels; outside of the ink it is negative.
fn distances(ink: &Plane<bool>) -> Plane<f32> {
    let to_ink = up_and_down(ink, true);
    let to_paper = up_and_down(ink, false);
    let mut result = Plane::filled(ink.width(), ink.height(), 0.0_f32);
    for (y, row) in result.rows_mut().enumerate() {
        for (x, (cell, &inside)) in row.iter_mut().zip(ink.row(y)).enumerate() {
            let (other, far) = if inside { (&to_paper, FAR) } else { (&to_ink, FAR_OUTSIDE) };
            let distance = (sideways(other.row(y), x, far).sqrt() - 0.5) / real(FINE);
            *cell = if inside { distance } else { -distance };
        }
    }
    result
}

/// How far the next place of a kind is above or below, up to [`FAR`].
fn up_and_down(ink: &Plane<bool>, kind: bool) -> Plane<usize> {
    let mut result = ink.map(|cell| if cell == kind { 0 } else { FAR });
    let mut above = vec![FAR; ink.width()];
    let carry = |row: &mut [usize], above: &mut [usize]| {
        for (cell, above) in row.iter_mut().zip(above) {
            *cell = (*cell).min(*above + 1);
            *above = *cell;
        }
    };
    for y in 0..ink.height() {
        carry(result.row_mut(y), &mut above);
    }
    above.fill(FAR);
    for y in (0..ink.height()).rev() {
        carry(result.row_mut(y), &mut above);
    }
    result
}

/// The square of the least distance, of those up and down in all columns.
fn sideways(row: &[usize], x: usize, far: usize) -> f32 {
    let square = |place: Option<&usize>| place.map_or(FAR * FAR, |distance| distance * distance);
    let mut least = square(row.get(x)).min(far * far);
    for aside in 1..far {
        if aside * aside >= least {
            break;
        }
        let left = x.checked_sub(aside).map_or(FAR * FAR, |x| square(row.get(x)));
        least = least.min(aside * aside + left.min(square(row.get(x + aside))));
    }
    real(least)
}

/// Mean width of the strokes, in pixels: within a band the mean distance to its edges is a quarter of its width.
fn stroke_width(distances: &Plane<f32>) -> f32 {
    let (sum, count) = distances
        .cells()
        .iter()
        .filter(|&&distance| distance > 0.0)
        .fold((0.0, 0_usize), |(sum, count), distance| (sum + distance, count + 1));
    if count == 0 { STROKE } else { 4.0 * sum / real(count) }
}

/// Draws ink again from distances.
struct Drawing<'a> {
    distances: &'a Plane<f32>,
    scale: f32,
    thicker: f32,
}

impl Drawing<'_> {
    /// The digit with the middle of its box shifted from the middle.
    fn at(&self, (right, down): (f32, f32)) -> Glyph {
        let middle = real(SIDE) / 2.0;
        let fine =
            |place: usize, shift: f32| ((real(place) + 0.5 - middle - shift) / self.scale + middle) * real(FINE) - 0.5;
        let columns: [f32; SIDE] = std::array::from_fn(|x| fine(x, right));
        let mut glyph = [0.0; SIDE * SIDE];
        for (y, row) in glyph.chunks_exact_mut(SIDE).enumerate() {
            let y = fine(y, down);
            for (cell, &x) in row.iter_mut().zip(&columns) {
                let distance = self.distances.between(x, y) * self.scale;
                *cell = (distance + self.thicker + 0.5).clamp(0.0, 1.0);
            }
        }
        glyph
    }
}

/// The centre of mass; of no ink at all, the middle.
fn centre_of_mass(glyph: &Glyph) -> (f32, f32) {
    let (mut mass, mut x_sum, mut y_sum) = (0.0, 0.0, 0.0);
    for (y, row) in glyph.chunks_exact(SIDE).enumerate() {
        for (x, &cell) in row.iter().enumerate() {
            mass += cell;
            x_sum += cell * real(x);
            y_sum += cell * real(y);
        }
    }
    if mass > 0.0 { (x_sum / mass, y_sum / mass) } else { (real(SIDE - 1) / 2.0, real(SIDE - 1) / 2.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two bars that cross: a T of a height and a stroke.
    fn letter(height: usize, stroke: usize) -> Plane<f32> {
        let width = height * 3 / 4;
        let upright = (width - stroke) / 2..usize::midpoint(width, stroke);
        Plane::from_fn(width, height, |x, y| if y < stroke || upright.contains(&x) { 1.0 } else { 0.0 })
    }

    fn difference(one: &Glyph, other: &Glyph) -> f32 {
        one.iter().zip(other).map(|(one, other)| (one - other).abs()).sum::<f32>() / one.iter().sum::<f32>()
    }

    #[test]
    fn the_centre_of_mass_is_in_the_middle() {
        let (x, y) = centre_of_mass(&glyph(&letter(80, 12)));
        assert!((x - 13.5).abs() < 0.2 && (y - 13.5).abs() < 0.2, "{x} {y}");
    }

    #[test]
    fn a_digit_looks_the_same_in_every_size() {
        let small = glyph(&letter(80, 12));
        let large = glyph(&letter(400, 60));
        assert!(difference(&small, &large) < 0.15, "{}", difference(&small, &large));
    }

    #[test]
    fn thin_and_thick_strokes_become_alike() {
        let thin = glyph(&letter(200, 10));
        let thick = glyph(&letter(200, 32));
        let difference = difference(&thin, &thick);
        assert!(difference < 0.3, "{difference}");
    }

    #[test]
    fn a_distance_is_that_to_the_nearest_edge() {
        let ink = Plane::from_fn(CANVAS, CANVAS, |x, y| (30..36).contains(&x) && (20..60).contains(&y));
        let distances = distances(&ink);
        let at = |x, y| distances.get(x, y).unwrap() * real(FINE);
        assert!((at(30, 40) - 0.5).abs() < 1e-4 && (at(32, 40) - 2.5).abs() < 1e-4);
        assert!((at(29, 40) + 0.5).abs() < 1e-4 && (at(26, 40) + 3.5).abs() < 1e-4);
        assert!((at(27, 16) + (25.0_f32.sqrt() - 0.5)).abs() < 1e-4, "three aside and four above");
        assert!((stroke_width(&distances) - 2.0).abs() < 0.15);
    }

    #[test]
    fn no_ink_is_an_empty_glyph() {
        assert!(glyph(&Plane::filled(5, 5, 0.0)).iter().all(|&cell| cell < 0.01));
        assert!(glyph(&Plane::filled(0, 0, 0.0)).iter().all(|&cell| cell < 0.01));
    }
}
