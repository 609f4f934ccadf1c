//! Examples as other people might have written them, as the reader's last steps see them.

use atalaya_digits::glyph::{Glyph, glyph};
use atalaya_digits::numbers::{real, whole};
use atalaya_digits::plane::Plane;

use crate::chance::Chance;
use crate::mnist::Example;
use crate::strokes::{inked, written};

/// Side of the plane that an example is bent on.
const SIDE: usize = 40;
/// Of all examples, so many come from this program's own hand.
const OWN: f32 = 0.2;

/// The glyph of an example as it is.
pub(crate) fn plain(example: &Example) -> Glyph {
    glyph(&trimmed(&example.picture.map(|level| (f32::from(level) / (2.0 * 0.4 * 255.0)).min(1.0))))
}

/// A glyph to learn from: the example bent and worn, or a digit of this program's own hand instead.
pub(crate) fn varied(example: &Example, chance: &mut Chance) -> (Glyph, u8) {
    let (ink, digit) = if chance.happens(OWN) {
        let digit = u8::try_from(chance.below(10)).unwrap_or(0);
        let lines = written(digit, chance);
        let pen = chance.between(1.7, 6.5);
        (inked(&lines, 32.0, pen), digit)
    } else {
        (bent(&example.picture.map(f32::from), chance), example.digit)
    };
    (glyph(&trimmed(&worn(ink, chance))), digit)
}

/// Turned, slanted, stretched, and bent a little differently everywhere (Simard et al. 2003).
fn bent(picture: &Plane<f32>, chance: &mut Chance) -> Plane<f32> {
    let (turn, slant) = (chance.normal(0.14), chance.normal(0.16));
    let (wide, high) = (chance.normal(0.14).exp(), chance.normal(0.07).exp());
    let bending = chance.between(0.0, 1.1);
    let knots = |chance: &mut Chance| Plane::from_fn(5, 5, |_, _| chance.normal(bending));
    let (aside, down) = (knots(chance), knots(chance));
    // At which share of full ink the edge lies: what is greyer is thicker.
    let edge = chance.between(0.22, 0.62);
    let middle = real(SIDE - 1) / 2.0;
    let step = 28.0 / real(SIDE) * 1.15;
    Plane::from_fn(SIDE, SIDE, |x, y| {
        let (px, py) = ((real(x) - middle) * step, (real(y) - middle) * step);
        let (px, py) = (px * turn.cos() - py * turn.sin(), px * turn.sin() + py * turn.cos());
        let (px, py) = ((px + slant * py) / wide, py / high);
        let knot = (real(x) / real(SIDE) * 4.0, real(y) / real(SIDE) * 4.0);
        let (px, py) = (px + aside.between(knot.0, knot.1), py + down.between(knot.0, knot.1));
        (picture.between(px + 13.5, py + 13.5) / (2.0 * edge * 255.0)).min(1.0)
    })
}

/// Pens that run thick or thin, ink that fails, lines that were taken away or left, margins that cut.
fn worn(mut ink: Plane<f32>, chance: &mut Chance) -> Plane<f32> {
    let (width, height) = (ink.width(), ink.height());
    if chance.happens(0.12) {
        ink = neighbours(&ink, f32::max);
    } else if chance.happens(0.08) {
        ink = neighbours(&ink, f32::min);
    }
    if chance.happens(0.06) {
        // A ruled line that was taken away, and of the digit with it what was as thin.
        let (row, thick) = (chance.below(height), 1 + chance.below(2));
        (row..row + thick).for_each(|y| ink.row_mut(y).fill(0.0));
    }
    if chance.happens(0.04) {
        let (row, from) = (chance.below(height), chance.below(width));
        let to = (from + width / 5).min(width);
        ink.row_mut(row).get_mut(from..to).unwrap_or_default().fill(1.0);
    }
    if chance.happens(0.25) {
        let grain = chance.between(0.05, 0.3);
        ink.cells_mut().iter_mut().for_each(|cell| *cell = (*cell + chance.normal(grain)).clamp(0.0, 1.0));
        ink = softened(&ink);
    }
    if chance.happens(0.05) {
        let area = trimmed(&ink);
        let cut = whole(real(area.height()) * chance.between(0.0, 0.12));
        let (left, top, right, bottom) = match chance.below(4) {
            0 => (cut, 0, 0, 0),
            1 => (0, cut, 0, 0),
            2 => (0, 0, cut, 0),
            _ => (0, 0, 0, cut),
        };
        let size = (area.width().saturating_sub(left + right), area.height().saturating_sub(top + bottom));
        ink = Plane::from_fn(size.0, size.1, |x, y| area.get(x + left, y + top).unwrap_or(0.0));
    }
    ink
}

/// The greatest or least of each place and its four neighbours.
fn neighbours(ink: &Plane<f32>, choose: fn(f32, f32) -> f32) -> Plane<f32> {
    Plane::from_fn(ink.width(), ink.height(), |x, y| {
        let around = [(x, y), (x + 1, y), (x, y + 1), (x.wrapping_sub(1), y), (x, y.wrapping_sub(1))];
        around
            .into_iter()
            .filter_map(|(x, y)| if y < ink.height() { ink.get(x, y) } else { None })
            .reduce(choose)
            .unwrap_or(0.0)
    })
}

fn softened(ink: &Plane<f32>) -> Plane<f32> {
    Plane::from_fn(ink.width(), ink.height(), |x, y| {
        let at = |x: usize, y: usize| if y < ink.height() { ink.get(x, y).unwrap_or(0.0) } else { 0.0 };
        let aside = at(x.wrapping_sub(1), y) + at(x + 1, y) + at(x, y.wrapping_sub(1)) + at(x, y + 1);
        0.5 * at(x, y) + 0.125 * aside
    })
}

/// The smallest rectangle around what is ink.
pub(crate) fn trimmed(ink: &Plane<f32>) -> Plane<f32> {
    let is_ink = |&cell: &f32| cell >= 0.5;
    let rows = || ink.rows().enumerate().filter(|(_, row)| row.iter().any(is_ink)).map(|(y, _)| y);
    let (Some(top), Some(bottom)) = (rows().next(), rows().next_back()) else { return Plane::filled(1, 1, 0.0) };
    let left = ink.rows().filter_map(|row| row.iter().position(is_ink)).min().unwrap_or(0);
    let right = ink.rows().filter_map(|row| row.iter().rposition(is_ink)).max().unwrap_or(0);
    Plane::from_fn(right + 1 - left, bottom + 1 - top, |x, y| ink.get(x + left, y + top).unwrap_or(0.0))
}
