//! Which components are digits, which belong together, and in which order they are read.

use crate::components::{Component, Forest, Span};
use crate::numbers::real;

/// A piece that has less than this share of the digits' height is a part of another digit, or no digit.
const PIECE: f32 = 0.55;
/// A piece that lies alone is a digit from this share of the digits' height on.
const ALONE: f32 = 0.45;
/// Pieces that are nearer than this share of the digits' height are one digit.
const NEAR: f32 = 0.12;

/// Components that together are one digit, or several that touch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    /// The smallest rectangle around it.
    pub(crate) span: Span,
    /// Numbers of its components.
    pub(crate) members: Vec<usize>,
}

/// Rows of groups, in reading order, and whether something was left out that might have been a digit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) rows: Vec<Vec<Group>>,
    pub(crate) doubtful: bool,
}

impl Layout {
    /// All components are one digit.
    pub(crate) fn of_one_digit(components: &[Component]) -> Self {
        let span = components.iter().map(|component| component.span).reduce(Span::with);
        let group = span.map(|span| Group { span, members: (0..components.len()).collect() });
        Self { rows: group.into_iter().map(|group| vec![group]).collect(), doubtful: false }
    }
}

/// Lays out the components of a page.
pub(crate) fn layout(components: &[Component]) -> Layout {
    let tall = usual_height(components);
    let groups = joined(components, tall);
    let (digits, rest): (Vec<Group>, Vec<Group>) =
        groups.into_iter().partition(|group| real(group.span.height()) >= ALONE * tall);
    let doubtful = rest.iter().any(|group| real(group.span.height()) >= 0.8 * ALONE * tall);
    Layout { rows: rows(digits), doubtful }
}

/// Height of the page's digits: the median of those that have at least half of the greatest height.
fn usual_height(components: &[Component]) -> f32 {
    let mut heights: Vec<usize> = components.iter().map(|component| component.span.height()).collect();
    heights.sort_unstable();
    let greatest = heights.last().copied().unwrap_or(0);
    heights.retain(|height| 2 * height >= greatest);
    real(heights.get(heights.len() / 2).copied().unwrap_or(0))
}

/// Joins pieces with what they lie above, below or near.
fn joined(components: &[Component], tall: f32) -> Vec<Group> {
    let mut forest = Forest::of(components.len());
    for (one, first) in components.iter().enumerate() {
        for (other, second) in components.iter().enumerate().skip(one + 1) {
            if belong_together(&first.span, &second.span, tall) {
                forest.join(one, other);
            }
        }
    }
    let mut groups: Vec<(usize, Group)> = Vec::new();
    for (number, component) in components.iter().enumerate() {
        let root = forest.root(number);
        match groups.iter_mut().find(|(known, _)| *known == root) {
            Some((_, group)) => {
                group.span = group.span.with(component.span);
                group.members.push(number);
            }
            None => groups.push((root, Group { span: component.span, members: vec![number] })),
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

/// Whether two pieces are parts of one digit.
fn belong_together(one: &Span, other: &Span, tall: f32) -> bool {
    let low = real(one.height().min(other.height()));
    let apart_down = real(one.top.max(other.top).saturating_sub(one.bottom.min(other.bottom)));
    let apart_aside = real(one.left.max(other.left).saturating_sub(one.right.min(other.right)));
    let narrow = real(one.width().min(other.width())).max(1.0);
    let over = real(one.common_columns(other)) / narrow;
    let together = one.with(*other);
    // A piece above or below the rest of a digit, or the two halves of a broken one.
    let gap = apart_down / real(together.height()).max(1.0);
    let stacked = over >= 0.5 && (gap <= NEAR && low < 0.8 * tall || gap <= NEAR / 2.0);
    let is_piece = low < PIECE * tall;
    let near = apart_down <= NEAR * tall && apart_aside <= NEAR * tall;
    stacked || is_piece && near && real(together.width()) <= 1.2 * tall
}

/// Rows from top to bottom, each from left to right.
fn rows(mut groups: Vec<Group>) -> Vec<Vec<Group>> {
    groups.sort_by_key(|group| group.span.left);
    let mut rows: Vec<Vec<Group>> = Vec::new();
    for group in groups {
        // The last group of a row tells how high the row is by now: lines of writing climb and fall.
        let shared = |row: &Vec<Group>| {
            row.last().map_or(0.0, |last| {
                let low = last.span.height().min(group.span.height()).max(1);
                real(last.span.common_rows(&group.span)) / real(low)
            })
        };
        let best = rows.iter_mut().max_by(|one, other| shared(one).total_cmp(&shared(other)));
        match best {
            Some(row) if shared(row) >= 0.4 => row.push(group),
            _ => rows.push(vec![group]),
        }
    }
    rows.sort_by_key(|row| {
        let middles: usize = row.iter().map(|group| group.span.top + group.span.bottom).sum();
        middles / row.len().max(1)
    });
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(left: usize, top: usize, width: usize, height: usize) -> Component {
        let span = Span { left, top, right: left + width, bottom: top + height };
        Component { span, area: width * height / 3, runs: Vec::new() }
    }

    fn members(pieces: &[Component]) -> Vec<Vec<Vec<usize>>> {
        let rows = layout(pieces).rows;
        rows.into_iter().map(|row| row.into_iter().map(|group| group.members).collect()).collect()
    }

    #[test]
    fn digits_are_read_row_by_row_from_left_to_right() {
        let pieces = [piece(100, 12, 30, 50), piece(10, 10, 30, 50), piece(60, 110, 30, 50), piece(12, 105, 30, 50)];
        assert_eq!(members(&pieces), [[[1], [0]], [[3], [2]]]);
    }

    #[test]
    fn a_row_that_climbs_is_one_row() {
        let pieces: Vec<_> = (0..6).map(|n| piece(n * 50, 200 - n * 25, 30, 50)).collect();
        assert_eq!(members(&pieces).len(), 1);
    }

    #[test]
    fn the_bar_of_a_five_belongs_to_it() {
        assert_eq!(
            members(&[piece(10, 20, 30, 50), piece(25, 12, 30, 6), piece(80, 15, 30, 55)]),
            [[vec![0, 1], vec![2]]]
        );
        assert_eq!(
            members(&[piece(10, 20, 30, 50), piece(42, 18, 20, 6), piece(80, 15, 30, 55)]),
            [[vec![0, 1], vec![2]]]
        );
    }

    #[test]
    fn a_digit_in_two_halves_is_one() {
        assert_eq!(members(&[piece(10, 10, 30, 26), piece(12, 38, 30, 26)]), [[vec![0, 1]]]);
    }

    #[test]
    fn commas_and_dots_are_no_digits() {
        assert_eq!(members(&[piece(10, 10, 30, 50), piece(60, 52, 8, 14), piece(90, 10, 30, 50)]), [[[0], [2]]]);
    }
}
