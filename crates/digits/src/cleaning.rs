//! What is ink and yet no digit: ruled lines, borders of boxes, and what reaches into the picture from outside.

use crate::components::{Component, Span};

/// The components without lines, frames and what comes in from outside.
pub(crate) fn cleaned(components: Vec<Component>, width: usize, height: usize) -> Vec<Component> {
    let kept: Vec<Component> =
        components.into_iter().filter(|component| !is_line(component, width) && !is_frame(component)).collect();
    let inside: Vec<Component> =
        kept.iter().filter(|component| !comes_from_outside(&component.span, width, height)).cloned().collect();
    if inside.is_empty() { kept } else { inside }
}

/// A line across a good part of the page, much longer than it is high.
fn is_line(component: &Component, width: usize) -> bool {
    let span = component.span;
    let long = span.width() >= 5 * span.height() && 4 * span.width() >= width;
    let upright = span.height() >= 14 * span.width().max(1);
    long || upright && 2 * component.area > span.width() * span.height() && span.width() <= 3
}

/// A rectangle whose ink lies at its four edges.
fn is_frame(component: &Component) -> bool {
    let Span { left, top, right, bottom } = component.span;
    let (width, height) = (right - left, bottom - top);
    if width < 12 || height < 12 {
        return false;
    }
    let band = (width.min(height) / 8).max(2);
    let mut rows = vec![false; height];
    let (mut at_left, mut at_right) = (rows.clone(), rows.clone());
    let mut columns = vec![false; width];
    let (mut at_top, mut at_bottom) = (columns.clone(), columns.clone());
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
        mark(&mut rows, row, row + 1);
    }
    columns.clear();
    let covered = |side: &[bool]| side.iter().filter(|&&cell| cell).count() * 10 >= side.len() * 9;
    covered(&at_left) && covered(&at_right) && covered(&at_top) && covered(&at_bottom)
}

fn mark(side: &mut [bool], from: usize, to: usize) {
    side.get_mut(from..to).unwrap_or_default().fill(true);
}

/// A table's edge, a finger or a shadow: it touches the margin along much of a side.
fn comes_from_outside(span: &Span, width: usize, height: usize) -> bool {
    let beside = span.left == 0 || span.right == width;
    let above = span.top == 0 || span.bottom == height;
    beside && 2 * span.height() > height || above && 2 * span.width() > width
}
