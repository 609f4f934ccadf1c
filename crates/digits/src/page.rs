//! From a page's ink to the ink of its digits.

use std::cell::Cell;

use crate::cleaning::cleaned;
use crate::components::{Component, Span, components};
use crate::layout::{Group, Layout, layout};
use crate::numbers::real;
use crate::plane::Plane;
use crate::split::{cuts, is_wide};

/// Components that are looked at: those with the most pixels.
const MOST_COMPONENTS: usize = 600;
/// Digits that are read at most; a page with more is cut off, and doubtful.
const MOST_DIGITS: usize = 200;
/// Ink that is judged, after which nothing more of the page is cut or joined, and it is doubtful. The network looks at
/// each way to cut wide ink, and a page that is made to do harm has much of that.
const MOST_JUDGED: usize = 2_000;

/// A picture whose sides have at most so many pixels shows one digit: several could not be read, and data sets of
/// single digits have such pictures.
const ONE_DIGIT: usize = 32;
/// Neighbours that are nearer than this share of their height may be parts of one digit,
const NEAR: f32 = 0.2;
/// if together they are not wider than this share of it,
const NARROW: f32 = 1.1;
/// and are read better together: the logarithm of the probability is greater by this.
const BETTER: f32 = 0.05;

/// The ink of one digit and the rectangle in which it stands.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Piece {
    pub(crate) ink: Plane<f32>,
    pub(crate) span: Span,
}

/// Digits row by row.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Page {
    pub(crate) rows: Vec<Vec<Piece>>,
    pub(crate) doubtful: bool,
}

/// Takes a page apart. `judge` tells how well ink is read as one digit: the logarithm of its probability.
pub(crate) fn page(ink: &Plane<f32>, mut judge: impl FnMut(&Plane<f32>) -> f32) -> Page {
    let (found, crowded) = largest(components(&ink.map(|cell| cell >= 0.5), least_area(ink)));
    let one_digit = ink.longest() <= ONE_DIGIT;
    // Taking lines away may leave many pieces of what was one.
    let (found, shattered) =
        if one_digit { (found, false) } else { largest(cleaned(found, ink.width(), ink.height())) };
    let layout = if one_digit { Layout::of_one_digit(&found) } else { layout(&found) };
    let mut page = Page { rows: Vec::new(), doubtful: layout.doubtful || crowded || shattered };
    let judged = Cell::new(0_usize);
    let mut judge = |ink: &Plane<f32>| {
        judged.set(judged.get() + 1);
        judge(ink)
    };
    let mut left = MOST_DIGITS;
    for row in &layout.rows {
        if left == 0 {
            page.doubtful = true;
            break;
        }
        let mut pieces = Vec::new();
        for group in row {
            let whole = cut_out(ink, &found, group);
            let may_be_several = !one_digit && is_wide(whole.ink.width(), whole.ink.height());
            let may_be_cut = may_be_several && judged.get() < MOST_JUDGED;
            pieces.extend(if may_be_cut { parts(&whole, &mut judge) } else { vec![whole] });
        }
        let pieces = if judged.get() < MOST_JUDGED { rejoined(pieces, &mut judge) } else { pieces };
        page.doubtful |= pieces.len() > left;
        page.rows.extend(Some(pieces.into_iter().take(left).collect::<Vec<_>>()).filter(|pieces| !pieces.is_empty()));
        left -= page.rows.last().map_or(0, Vec::len).min(left);
    }
    page.doubtful |= judged.get() >= MOST_JUDGED;
    page
}

/// Components with the most pixels, and whether there are more.
fn largest(mut found: Vec<Component>) -> (Vec<Component>, bool) {
    let is_more = found.len() > MOST_COMPONENTS;
    if is_more {
        found.sort_by_key(|component| std::cmp::Reverse(component.area));
        found.truncate(MOST_COMPONENTS);
    }
    (found, is_more)
}

/// Joins neighbours that are parts of one broken digit.
fn rejoined(pieces: Vec<Piece>, judge: &mut impl FnMut(&Plane<f32>) -> f32) -> Vec<Piece> {
    let mut row: Vec<Piece> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let whole = row.last().and_then(|last| last.with(&piece));
        let is_better = |whole: &Piece, last: &Piece, judge: &mut dyn FnMut(&Plane<f32>) -> f32| {
            judge(&whole.ink) > judge(&last.ink) + judge(&piece.ink) + BETTER
        };
        match (whole, row.last_mut()) {
            (Some(whole), Some(last)) if is_better(&whole, last, judge) => *last = whole,
            _ => row.push(piece),
        }
    }
    row
}

impl Piece {
    /// Both as one, if they are near enough and together have the shape of a digit.
    fn with(&self, other: &Self) -> Option<Self> {
        let span = self.span.with(other.span);
        let tall = real(span.height());
        let apart = other.span.left.max(self.span.left).saturating_sub(self.span.right.min(other.span.right));
        if real(apart) > NEAR * tall || real(span.width()) > NARROW * tall {
            return None;
        }
        let at = |piece: &Self, x: usize, y: usize| {
            let (x, y) = ((x + span.left).checked_sub(piece.span.left)?, (y + span.top).checked_sub(piece.span.top)?);
            piece.ink.get(x, y)
        };
        let both = |x, y| at(self, x, y).unwrap_or(0.0).max(at(other, x, y).unwrap_or(0.0));
        Some(Self { ink: Plane::from_fn(span.width(), span.height(), both), span })
    }
}

/// Pixels that a component has to have: fewer are specks.
fn least_area(ink: &Plane<f32>) -> usize {
    crate::numbers::whole(real(ink.cells().len()) / 40_000.0).clamp(4, 30)
}

/// The ink of a group; that of others is left out.
fn cut_out(ink: &Plane<f32>, components: &[Component], group: &Group) -> Piece {
    let Span { left, top, right, .. } = group.span;
    let mut own = Plane::filled(group.span.width(), group.span.height(), false);
    for run in group.members.iter().filter_map(|&number| components.get(number)).flat_map(|each| &each.runs) {
        let cells = own.row_mut(run.row - top).get_mut(run.from - left..run.to - left);
        cells.unwrap_or_default().fill(true);
    }
    let mut cut = Plane::filled(own.width(), own.height(), 0.0_f32);
    for (y, (row, own)) in cut.rows_mut().zip(own.rows()).enumerate() {
        let cells = ink.row(top + y).get(left..right).unwrap_or(&[]);
        for ((cell, &value), &own) in row.iter_mut().zip(cells).zip(own) {
            // Paper keeps its greys, which make edges smooth.
            *cell = if own || value < 0.5 { value } else { 0.0 };
        }
    }
    Piece { ink: cut, span: group.span }
}

/// The digits of ink that is wide.
fn parts(whole: &Piece, judge: &mut impl FnMut(&Plane<f32>) -> f32) -> Vec<Piece> {
    let cuts = cuts(&whole.ink, |from, to| part(whole, from, to).map_or(f32::NEG_INFINITY, |part| judge(&part.ink)));
    let edges: Vec<usize> = std::iter::once(0).chain(cuts).chain(std::iter::once(whole.ink.width())).collect();
    edges.windows(2).filter_map(|pair| part(whole, *pair.first()?, *pair.last()?)).collect()
}

/// The ink between two columns, without the rows and columns around it that are empty.
fn part(whole: &Piece, from: usize, to: usize) -> Option<Piece> {
    let is_ink = |x: usize, y: usize| whole.ink.get(x, y).is_some_and(|cell| cell >= 0.5);
    let any_in_row = |y: &usize| (from..to).any(|x| is_ink(x, *y));
    let any_in_column = |x: &usize| (0..whole.ink.height()).any(|y| is_ink(*x, y));
    let (top, bottom) = ((0..whole.ink.height()).find(any_in_row)?, (0..whole.ink.height()).rfind(any_in_row)? + 1);
    let (left, right) = ((from..to).find(any_in_column)?, (from..to).rfind(any_in_column)? + 1);
    let ink = Plane::from_fn(right - left, bottom - top, |x, y| whole.ink.get(left + x, top + y).unwrap_or(0.0));
    let (x, y) = (whole.span.left, whole.span.top);
    Some(Piece { ink, span: Span { left: x + left, top: y + top, right: x + right, bottom: y + bottom } })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_page_full_of_wide_ink_only_so_much_is_judged() {
        let blocks = Plane::from_fn(1_250, 1_250, |x, y| if x % 52 < 49 && y % 52 < 33 { 1.0 } else { 0.0 });
        let judged = Cell::new(0);
        let page = page(&blocks, |_| {
            judged.set(judged.get() + 1);
            -1.0
        });
        assert!(page.doubtful);
        assert!((MOST_JUDGED..2 * MOST_JUDGED).contains(&judged.get()), "{}", judged.get());
    }
}
