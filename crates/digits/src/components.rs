//! Connected ink: what touches is one component, also at corners.

use crate::plane::Plane;

/// A rectangle of a plane; `right` and `bottom` are beyond it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) left: usize,
    pub(crate) top: usize,
    pub(crate) right: usize,
    pub(crate) bottom: usize,
}

impl Span {
    pub(crate) fn width(&self) -> usize {
        self.right.saturating_sub(self.left)
    }

    pub(crate) fn height(&self) -> usize {
        self.bottom.saturating_sub(self.top)
    }

    /// The smallest rectangle around both.
    pub(crate) fn with(self, other: Self) -> Self {
        Self {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    /// Columns that both have.
    pub(crate) fn common_columns(&self, other: &Self) -> usize {
        self.right.min(other.right).saturating_sub(self.left.max(other.left))
    }

    /// Rows that both have.
    pub(crate) fn common_rows(&self, other: &Self) -> usize {
        self.bottom.min(other.bottom).saturating_sub(self.top.max(other.top))
    }
}

/// A connected piece of ink.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Component {
    /// The smallest rectangle around it.
    pub(crate) span: Span,
    /// Its pixels.
    pub(crate) area: usize,
    /// Its stretches, row by row.
    pub(crate) runs: Vec<Run>,
}

impl Component {
    /// The same component of a plane that begins further to the right and further down.
    pub(crate) fn moved(mut self, right: usize, down: usize) -> Self {
        let Span { left, top, right: end, bottom } = self.span;
        self.span = Span { left: left + right, top: top + down, right: end + right, bottom: bottom + down };
        for run in &mut self.runs {
            *run = Run { row: run.row + down, from: run.from + right, to: run.to + right };
        }
        self
    }
}

/// Ink that goes from one column up to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) row: usize,
    pub(crate) from: usize,
    pub(crate) to: usize,
}

/// The components of at least `least` pixels, in the order of their first rows.
pub(crate) fn components(ink: &Plane<bool>, least: usize) -> Vec<Component> {
    let mut runs: Vec<Run> = Vec::new();
    let mut forest = Forest::default();
    let mut above = 0..0;
    for (row, cells) in ink.rows().enumerate() {
        let first = runs.len();
        let mut from = 0;
        for stretch in cells.chunk_by(|one, other| one == other) {
            let to = from + stretch.len();
            if stretch.first() == Some(&true) {
                forest.add();
                runs.push(Run { row, from, to });
            }
            from = to;
        }
        join_with_above(&runs, above, first, &mut forest);
        above = first..runs.len();
    }
    collect(&runs, &mut forest, least)
}

/// Joins the runs from `first` on with those of the row above that they touch.
fn join_with_above(runs: &[Run], above: std::ops::Range<usize>, first: usize, forest: &mut Forest) {
    let mut candidate = above.start;
    for (number, run) in runs.iter().enumerate().skip(first) {
        while let Some(upper) = runs.get(candidate).filter(|_| candidate < above.end) {
            if upper.from <= run.to && run.from <= upper.to {
                forest.join(candidate, number);
            }
            if upper.to > run.to {
                break;
            }
            candidate += 1;
        }
    }
}

fn collect(runs: &[Run], forest: &mut Forest, least: usize) -> Vec<Component> {
    let mut areas = vec![0; runs.len()];
    for (number, run) in runs.iter().enumerate() {
        if let Some(area) = areas.get_mut(forest.root(number)) {
            *area += run.to - run.from;
        }
    }
    let mut found: Vec<Component> = Vec::new();
    let mut places: Vec<Option<usize>> = vec![None; runs.len()];
    for (number, &run) in runs.iter().enumerate() {
        let root = forest.root(number);
        let Some(&area) = areas.get(root).filter(|&&area| area >= least) else { continue };
        let span = Span { left: run.from, top: run.row, right: run.to, bottom: run.row + 1 };
        let Some(place) = places.get_mut(root) else { continue };
        if let Some(component) = place.and_then(|place| found.get_mut(place)) {
            component.span = component.span.with(span);
            component.runs.push(run);
        } else {
            *place = Some(found.len());
            found.push(Component { span, area, runs: vec![run] });
        }
    }
    found
}

/// Sets that are joined (union by the smaller root, with halved paths).
#[derive(Default)]
pub(crate) struct Forest {
    parents: Vec<usize>,
}

impl Forest {
    pub(crate) fn of(count: usize) -> Self {
        Self { parents: (0..count).collect() }
    }

    fn add(&mut self) {
        self.parents.push(self.parents.len());
    }

    pub(crate) fn root(&mut self, mut node: usize) -> usize {
        loop {
            let Some(&parent) = self.parents.get(node) else { return node };
            let grandparent = self.parents.get(parent).copied().unwrap_or(parent);
            if parent == grandparent {
                return parent;
            }
            if let Some(place) = self.parents.get_mut(node) {
                *place = grandparent;
            }
            node = grandparent;
        }
    }

    pub(crate) fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        if let Some(parent) = self.parents.get_mut(one.max(other)) {
            *parent = one.min(other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_picture(rows: &[&str]) -> Plane<bool> {
        Plane::of_cells(rows[0].len(), rows.iter().flat_map(|row| row.bytes().map(|cell| cell == b'#')).collect())
    }

    #[test]
    fn what_touches_is_one_also_at_corners() {
        let found = components(
            &of_picture(&[
                "#..#.....", //
                "#..#...#.",
                ".##...#.#",
                ".......#.",
                "####.....",
            ]),
            1,
        );
        let spans: Vec<_> =
            found.iter().map(|each| (each.span.left, each.span.top, each.span.right, each.span.bottom)).collect();
        assert_eq!(spans, [(0, 0, 4, 3), (6, 1, 9, 4), (0, 4, 4, 5)]);
        assert_eq!(found.iter().map(|each| each.area).collect::<Vec<_>>(), [6, 4, 4]);
    }

    #[test]
    fn a_run_joins_everything_above_it() {
        let found = components(&of_picture(&["#.#.#.#", "#######", "#.#.#.#"]), 1);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].area, 15);
    }

    #[test]
    fn specks_are_left_out() {
        assert_eq!(components(&of_picture(&["#..##", "....."]), 2).len(), 1);
        assert!(components(&of_picture(&["....."]), 1).is_empty());
    }
}
