//! Makes a picture smaller while it is decoded, row by row.

use crate::decode::Unreadable;
use crate::pauses::worked;
use crate::plane::Plane;

/// Pixels that are looked at at most. Digits that a person can read in a photograph are tall enough by then.
const MOST_WORKING_PIXELS: usize = 1_600_000;

/// Means of squares of pixels.
pub(super) struct Shrinker {
    width: usize,
    height: usize,
    factor: usize,
    sums: Vec<u32>,
    rows_in_sums: u32,
    rows: usize,
    cells: Vec<u8>,
}

impl Shrinker {
    pub(super) fn new((width, height): (usize, usize)) -> Self {
        let mut factor = 1;
        while width.div_ceil(factor) * height.div_ceil(factor) > MOST_WORKING_PIXELS {
            factor += 1;
        }
        let columns = width.div_ceil(factor);
        let cells = Vec::with_capacity(columns * height.div_ceil(factor));
        Self { width, height, factor, sums: vec![0; columns], rows_in_sums: 0, rows: 0, cells }
    }

    pub(super) fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    pub(super) fn factor(&self) -> usize {
        self.factor
    }

    /// Takes the next row, of one byte a pixel.
    pub(super) fn push(&mut self, row: &[u8]) -> Result<(), Unreadable> {
        if row.len() != self.width || self.rows == self.height {
            return Err(Unreadable::Broken);
        }
        worked(row.len());
        self.rows += 1;
        if self.factor == 1 {
            self.cells.extend_from_slice(row);
            return Ok(());
        }
        for (sum, pixels) in self.sums.iter_mut().zip(row.chunks(self.factor)) {
            *sum += pixels.iter().map(|&pixel| u32::from(pixel)).sum::<u32>();
        }
        self.rows_in_sums += 1;
        if usize::try_from(self.rows_in_sums) == Ok(self.factor) || self.rows == self.height {
            self.average();
        }
        Ok(())
    }

    /// Writes a row of means; squares at the right and at the bottom may be incomplete.
    fn average(&mut self) {
        let mut left = self.width;
        for sum in &mut self.sums {
            let columns = u32::try_from(left.min(self.factor)).unwrap_or(1);
            let count = (columns * self.rows_in_sums).max(1);
            self.cells.push(u8::try_from((*sum + count / 2) / count).unwrap_or(u8::MAX));
            left = left.saturating_sub(self.factor);
            *sum = 0;
        }
        self.rows_in_sums = 0;
    }

    /// What was taken; rows that never came are missing.
    pub(super) fn finish(self) -> Plane<u8> {
        Plane::of_cells(self.width.div_ceil(self.factor), self.cells)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_picture_stays_as_it_is() {
        let mut shrinker = Shrinker::new((3, 2));
        shrinker.push(&[1, 2, 3]).unwrap();
        shrinker.push(&[4, 5, 6]).unwrap();
        assert_eq!(shrinker.push(&[7, 8, 9]), Err(Unreadable::Broken), "there are two rows");
        assert_eq!(shrinker.finish().cells(), [1, 2, 3, 4, 5, 6]);
    }

    #[test]
    fn squares_of_a_large_picture_become_their_means() {
        let (width, height) = (1601, 1999);
        let mut shrinker = Shrinker::new((width, height));
        assert_eq!(shrinker.factor(), 2);
        for y in 0..height {
            let row: Vec<u8> = (0..width).map(|x| if (x + y).is_multiple_of(2) { 100 } else { 50 }).collect();
            shrinker.push(&row).unwrap();
        }
        let plane = shrinker.finish();
        assert_eq!((plane.width(), plane.height()), (801, 1000));
        assert_eq!((plane.get(0, 0), plane.get(400, 500)), (Some(75), Some(75)));
        assert_eq!(plane.get(800, 999), Some(100), "of the corner's square there is one pixel");
    }
}
