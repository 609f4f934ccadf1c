//! A rectangle of values: grey levels, contrasts, distances. Whoever goes through its rows pauses now and then.

use crate::pauses::worked;

/// Rows of `width` values each.
#[derive(Clone, Debug, PartialEq)]
pub struct Plane<T> {
    width: usize,
    cells: Vec<T>,
}

impl<T: Copy> Plane<T> {
    /// A plane that has the same value everywhere.
    #[must_use]
    pub fn filled(width: usize, height: usize, value: T) -> Self {
        Self { width, cells: vec![value; width * height] }
    }

    /// A plane of values row by row; what does not fill a row is left out.
    #[must_use]
    pub fn of_cells(width: usize, mut cells: Vec<T>) -> Self {
        let rows = cells.len().checked_div(width).unwrap_or(0);
        cells.truncate(rows * width);
        Self { width, cells }
    }

    /// The plane whose value at `(x, y)` is `value(x, y)`.
    #[must_use]
    pub fn from_fn(width: usize, height: usize, mut value: impl FnMut(usize, usize) -> T) -> Self {
        let mut cells = Vec::with_capacity(width * height);
        for y in 0..height {
            worked(width);
            cells.extend((0..width).map(|x| value(x, y)));
        }
        Self { width, cells }
    }

    /// Values in a row.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    #[must_use]
    pub fn height(&self) -> usize {
        self.cells.len().checked_div(self.width).unwrap_or(0)
    }

    /// The longer side.
    #[must_use]
    pub fn longest(&self) -> usize {
        self.width.max(self.height())
    }

    /// All values, row by row.
    #[must_use]
    pub fn cells(&self) -> &[T] {
        &self.cells
    }

    /// All values, row by row, to be changed.
    pub fn cells_mut(&mut self) -> &mut [T] {
        &mut self.cells
    }

    /// The rows from the top.
    #[must_use]
    pub fn rows(&self) -> impl DoubleEndedIterator<Item = &[T]> + ExactSizeIterator {
        self.cells.chunks_exact(self.width.max(1)).inspect(|row| worked(row.len()))
    }

    /// The rows from the top, to be changed.
    pub fn rows_mut(&mut self) -> impl Iterator<Item = &mut [T]> {
        self.cells.chunks_exact_mut(self.width.max(1)).inspect(|row| worked(row.len()))
    }

    /// A row; an empty one where there is none.
    #[must_use]
    pub fn row(&self, y: usize) -> &[T] {
        self.cells.get(y * self.width..(y + 1) * self.width).unwrap_or(&[])
    }

    /// A row to be changed; an empty one where there is none.
    pub fn row_mut(&mut self, y: usize) -> &mut [T] {
        self.cells.get_mut(y * self.width..(y + 1) * self.width).unwrap_or(&mut [])
    }

    /// The value at a place, if it is within the plane.
    #[must_use]
    pub fn get(&self, x: usize, y: usize) -> Option<T> {
        if x < self.width { self.cells.get(y * self.width + x).copied() } else { None }
    }

    /// Changes the value at a place, if it is within the plane.
    pub fn set(&mut self, x: usize, y: usize, value: T) {
        if x < self.width
            && let Some(cell) = self.cells.get_mut(y * self.width + x)
        {
            *cell = value;
        }
    }

    /// The plane of what `change` makes of each value.
    #[must_use]
    pub fn map<U>(&self, mut change: impl FnMut(T) -> U) -> Plane<U> {
        let mut cells = Vec::with_capacity(self.cells.len());
        for row in self.rows() {
            cells.extend(row.iter().copied().map(&mut change));
        }
        Plane { width: self.width, cells }
    }

    /// Rows become columns.
    #[must_use]
    pub fn transposed(&self) -> Self {
        let mut cells = Vec::with_capacity(self.cells.len());
        for x in 0..self.width {
            worked(self.height());
            cells.extend(self.cells.iter().skip(x).step_by(self.width).copied());
        }
        Self { width: self.height(), cells }
    }
}

impl Plane<f32> {
    /// The value between four neighbours, at a place counted from the centre of the first value. The margin goes on
    /// outside.
    #[must_use]
    pub fn between(&self, x: f32, y: f32) -> f32 {
        let (x, y) = (x.max(0.0), y.max(0.0));
        let (column, row) = (x.floor(), y.floor());
        let (right, down) = ((x - column).clamp(0.0, 1.0), (y - row).clamp(0.0, 1.0));
        let last = (self.width.saturating_sub(1), self.height().saturating_sub(1));
        let (x0, y0) = (crate::numbers::whole(column).min(last.0), crate::numbers::whole(row).min(last.1));
        let (x1, y1) = ((x0 + 1).min(last.0), (y0 + 1).min(last.1));
        let at = |x, y| self.get(x, y).unwrap_or(0.0);
        let upper = at(x0, y0) * (1.0 - right) + at(x1, y0) * right;
        let lower = at(x0, y1) * (1.0 - right) + at(x1, y1) * right;
        upper * (1.0 - down) + lower * down
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_where_they_were_put() {
        let mut plane = Plane::from_fn(3, 2, |x, y| x + 10 * y);
        assert_eq!((plane.width(), plane.height()), (3, 2));
        assert_eq!(plane.row(1), [10, 11, 12]);
        assert_eq!((plane.get(2, 1), plane.get(3, 0), plane.get(0, 2)), (Some(12), None, None));
        plane.set(2, 1, 7);
        plane.set(3, 0, 8);
        assert_eq!(plane.cells(), [0, 1, 2, 10, 11, 7]);
        assert_eq!(plane.transposed().cells(), [0, 10, 1, 11, 2, 7]);
        assert!(plane.row(2).is_empty());
    }

    #[test]
    fn between_two_values_lies_their_mean() {
        let plane = Plane::of_cells(2, vec![0.0, 1.0, 2.0, 3.0]);
        assert!((plane.between(0.5, 0.5) - 1.5).abs() < 1e-6);
        assert!((plane.between(-4.0, 9.0) - 2.0).abs() < 1e-6, "the margin goes on");
        assert!(plane.between(f32::NAN, 0.0).abs() < 4.0);
    }

    #[test]
    fn a_plane_without_values_has_no_rows() {
        let empty = Plane::<u8>::filled(0, 5, 1);
        assert_eq!((empty.width(), empty.height(), empty.rows().count()), (0, 0, 0));
    }
}
