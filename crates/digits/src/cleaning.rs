//! What is ink and yet no digit: ruled lines, borders of boxes, and what reaches into the picture from outside.

use crate::components::{Component, Span, components};
use crate::numbers::real;
use crate::plane::Plane;

/// Of a straight line, the variance across is less than this share of that along it.
const STRAIGHT: f32 = 0.004;
/// What reaches in from outside is this many times as thick as digits are.
const THICK: f32 = 1.8;
/// A line that is thinner than this share of the pen was not written with it.
const THIN: f32 = 0.45;
/// A ruled line is at least so many times as long as it is high.
const FLATTEST: usize = 60;
/// Frames within frames.
const DEEPEST: usize = 3;
/// Pixels that ink inside of a frame has to have.
const LEAST: usize = 8;

/// The components without lines, frames and what comes in from outside.
pub(crate) fn cleaned(components: Vec<Component>, width: usize, height: usize) -> Vec<Component> {
    let unruled = components.into_iter().flat_map(|component| without_rules(component, width));
    let unframed = unruled.flat_map(|component| without_frames(component, DEEPEST));
    let kept: Vec<Component> = unframed.filter(|component| !is_line(component, width, height)).collect();
    let at_margin = |span: &Span| span.left == 0 || span.top == 0 || span.right == width || span.bottom == height;
    let inside = kept.iter().filter(|component| !at_margin(&component.span));
    let Some(largest) = inside.max_by_key(|component| component.area) else { return kept };
    let (usual, pen) = (thickness(largest), pen(largest));
    let from_outside = |component: &Component| {
        let span = &component.span;
        let long = 2 * span.height() > height || 2 * span.width() > width;
        at_margin(span) && (long || thickness(component) > THICK * usual || is_straight(component))
    };
    // A piece of a border that did not become a frame.
    let is_thin_line = |component: &Component| self::pen(component) < THIN * pen && is_straight(component);
    kept.into_iter().filter(|component| !from_outside(component) && !is_thin_line(component)).collect()
}

/// Width of the pen: the median of what rows have of ink in one piece.
fn pen(component: &Component) -> f32 {
    let mut lengths: Vec<usize> = component.runs.iter().map(|run| run.to - run.from).collect();
    lengths.sort_unstable();
    real(lengths.get(lengths.len() / 2).copied().unwrap_or(0))
}

/// Mean width of a component's ink across its longer side. That of a shadow or of a finger is large.
fn thickness(component: &Component) -> f32 {
    real(component.area) / real(component.span.width().max(component.span.height()).max(1))
}

/// What stands on ruled lines that cross the page; what is not ruled stays as it is.
///
/// Of such ink most columns have nothing but the line, so the median height of ink in a column is the line's. Strokes
/// that cross the line are higher.
fn without_rules(component: Component, width: usize) -> Vec<Component> {
    let Span { left, top, right, bottom } = component.span;
    if 10 * (right - left) < 7 * width || right - left < 5 * LEAST {
        return vec![component];
    }
    let mut ink = Plane::filled(right - left, bottom - top, false);
    for run in &component.runs {
        mark(ink.row_mut(run.row - top), run.from - left, run.to - left);
    }
    let mut columns = ink.transposed();
    let pieces = |row: &[bool]| -> Vec<usize> {
        row.chunk_by(|one, other| one == other)
            .filter(|piece| piece.first() == Some(&true))
            .map(<[bool]>::len)
            .collect()
    };
    let mut heights: Vec<usize> = columns.rows().flat_map(pieces).collect();
    heights.sort_unstable();
    let line = heights.get(heights.len() / 2).copied().unwrap_or(0);
    if FLATTEST * line > right - left {
        return vec![component];
    }
    for column in columns.rows_mut() {
        for piece in column.chunk_by_mut(|one, other| one == other).filter(|piece| piece.len() <= 2 * line) {
            piece.fill(false);
        }
    }
    components(&columns.transposed(), LEAST).into_iter().map(|inner| inner.moved(left, top)).collect()
}

/// What stands inside of a frame, which may itself be framed; what is no frame stays as it is.
fn without_frames(component: Component, depth: usize) -> Vec<Component> {
    if depth == 0 || !is_frame(&component) {
        return vec![component];
    }
    let Span { left, top, right, bottom } = component.span;
    let band = band(&component.span);
    let mut inside = Plane::filled(right - left - 2 * band, bottom - top - 2 * band, false);
    for run in &component.runs {
        let (from, to) =
            (run.from.max(left + band) - left - band, run.to.min(right - band).saturating_sub(left + band));
        if let Some(row) = run.row.checked_sub(top + band) {
            mark(inside.row_mut(row), from, to);
        }
    }
    let moved = components(&inside, LEAST).into_iter().map(|inner| inner.moved(left + band, top + band));
    // A line between two boxes of a comb reaches from the upper border to the lower one.
    let digits = moved.filter(|inner| inner.span.height() < inside.height() || !is_straight(inner));
    digits.flat_map(|inner| without_frames(inner, depth - 1)).collect()
}

/// A straight line across a good part of the page, or one that reaches from margin to margin.
fn is_line(component: &Component, width: usize, height: usize) -> bool {
    let span = component.span;
    let flat = span.width() >= 5 * span.height() && 4 * span.width() >= width;
    let ends = [span.left == 0, span.right == width, span.top == 0, span.bottom == height];
    let across = ends.into_iter().filter(|&end| end).count() >= 2;
    flat || across && is_straight(component)
}

/// Whether ink lies along a straight line: its spread across is small against its spread along (principal axes).
fn is_straight(component: &Component) -> bool {
    let (mut x_sum, mut y_sum, mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0, 0.0, 0.0);
    let (left, top) = (component.span.left, component.span.top);
    for run in &component.runs {
        let (long, y) = (real(run.to - run.from), real(run.row - top));
        let x = real(run.from - left) + (long - 1.0) / 2.0;
        x_sum += long * x;
        y_sum += long * y;
        xx += long * (x * x + (long * long - 1.0) / 12.0);
        xy += long * x * y;
        yy += long * y * y;
    }
    let area = real(component.area.max(1));
    let (x, y) = (x_sum / area, y_sum / area);
    let (xx, xy, yy) = (xx / area - x * x, xy / area - x * y, yy / area - y * y);
    let (half, apart) = (f32::midpoint(xx, yy), ((xx - yy) / 2.0).hypot(xy));
    half - apart < STRAIGHT * (half + apart)
}

/// A rectangle whose ink lies at its four edges.
fn is_frame(component: &Component) -> bool {
    let Span { left, top, right, bottom } = component.span;
    let (width, height) = (right - left, bottom - top);
    if width < 12 || height < 12 || 2 * component.area > width * height {
        return false;
    }
    let band = band(&component.span);
    let (mut at_left, mut at_right) = (vec![false; height], vec![false; height]);
    let (mut at_top, mut at_bottom) = (vec![false; width], vec![false; width]);
    for run in &component.runs {
        let row = run.row - top;
        if run.from < left + band {
            mark(&mut at_left, row, row + 1);
        }
        if run.to > right - band {
            mark(&mut at_right, row, row + 1);
        }
        if row < band {
            mark(&mut at_top, run.from - left, run.to - left);
        }
        if row >= height - band {
            mark(&mut at_bottom, run.from - left, run.to - left);
        }
    }
    let covered = |side: &[bool]| side.iter().filter(|&&cell| cell).count() * 10 >= side.len() * 9;
    covered(&at_left) && covered(&at_right) && covered(&at_top) && covered(&at_bottom)
}

/// How far from its edges the ink of a frame may lie.
fn band(span: &Span) -> usize {
    (span.width().min(span.height()) / 8).max(2)
}

fn mark(side: &mut [bool], from: usize, to: usize) {
    side.get_mut(from..to).unwrap_or_default().fill(true);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sheet with what is drawn on it.
    fn found(width: usize, height: usize, is_ink: impl Fn(usize, usize) -> bool) -> Vec<Component> {
        components(&Plane::from_fn(width, height, is_ink), 1)
    }

    fn spans(width: usize, height: usize, is_ink: impl Fn(usize, usize) -> bool) -> Vec<Span> {
        cleaned(found(width, height, is_ink), width, height).iter().map(|component| component.span).collect()
    }

    fn is_bar(x: usize, y: usize) -> bool {
        (48..54).contains(&x) && (30..70).contains(&y)
    }

    const BAR: Span = Span { left: 48, top: 30, right: 54, bottom: 70 };

    #[test]
    fn the_border_of_a_box_is_no_digit() {
        let is_border = |x: usize, y: usize| {
            (20..80).contains(&x) && (15..85).contains(&y) && !((22..78).contains(&x) && (17..83).contains(&y))
        };
        assert_eq!(spans(100, 100, |x, y| is_border(x, y) || is_bar(x, y)), [BAR]);
    }

    #[test]
    fn a_digit_that_touches_its_box_stays() {
        let is_border = |x: usize, y: usize| {
            (20..80).contains(&x) && (15..85).contains(&y) && !((22..78).contains(&x) && (17..83).contains(&y))
        };
        let left = spans(100, 100, |x, y| {
            is_border(x, y)
                || (48..54).contains(&x) && (15..70).contains(&y)
                || (48..70).contains(&x) && (40..46).contains(&y)
        });
        assert_eq!(left, [Span { left: 48, top: 22, right: 70, bottom: 70 }]);
    }

    #[test]
    fn the_lines_of_a_comb_are_no_digits() {
        let is_comb = |x: usize, y: usize| {
            (10..90).contains(&x)
                && (15..85).contains(&y)
                && (!(17..83).contains(&y) || !(12..88).contains(&x) || [35, 36, 64].contains(&x))
        };
        assert_eq!(spans(100, 100, |x, y| is_comb(x, y) || is_bar(x, y)), [BAR]);
    }

    #[test]
    fn ruled_lines_are_no_digits() {
        assert_eq!(spans(100, 100, |x, y| y == 20 || y == 80 || is_bar(x, y)), [BAR]);
        assert_eq!(spans(100, 100, |x, y| y == 75 + x / 8 || is_bar(x, y)), [BAR], "they may be aslant");
    }

    #[test]
    fn a_digit_that_stands_on_a_ruled_line_stays() {
        let left = spans(200, 100, |x, y| y == 60 + x / 50 || is_bar(x, y));
        assert_eq!(left, [BAR]);
    }

    #[test]
    fn what_reaches_in_from_outside_is_no_digit() {
        assert_eq!(spans(100, 100, |x, y| x + y < 40 || is_bar(x, y)), [BAR]);
    }

    #[test]
    fn a_ring_is_no_frame() {
        let is_ring = |x: usize, y: usize| (20.0..26.0).contains(&(real(x) - 50.0).hypot(real(y) - 50.0));
        assert!(!is_frame(&found(100, 100, is_ring)[0]));
    }

    #[test]
    fn a_digit_alone_may_touch_the_margin() {
        assert_eq!(spans(100, 100, |x, y| (90..100).contains(&x) && (30..70).contains(&y)).len(), 1);
    }
}
