//! The rows of a file, some at a time: so many that they share statements, and so few that memory is bounded.

use super::import::{ImportPlan, ImportRow};
use crate::error::{Field as Named, Violation};

/// Bytes of cells after which no more rows are taken together, whatever they are of: these are in memory several times.
const BYTES_AT_ONCE: usize = 1 << 20;

/// Rows as a file has them.
type Rows<'s> = Box<dyn Iterator<Item = Result<ImportRow, Violation>> + Send + 's>;

/// Rows that are judged and written together.
pub(super) struct Batch {
    pub(super) rows: Vec<ImportRow>,
    /// What ends the file before its end.
    pub(super) fault: Option<Violation>,
}

/// The rows of a file, some at a time.
pub(super) struct Batches<'s> {
    rows: Rows<'s>,
    /// How many are taken together.
    most: usize,
    /// How many were read.
    total: u64,
    is_over: bool,
}

impl<'s> Batches<'s> {
    /// At most so many rows of these together.
    pub(super) fn new(rows: Rows<'s>, most: usize) -> Self {
        Self { rows, most, total: 0, is_over: false }
    }
}

impl Iterator for Batches<'_> {
    type Item = Batch;

    fn next(&mut self) -> Option<Batch> {
        let (mut batch, mut bytes) = (Batch { rows: Vec::new(), fault: None }, 0);
        while !self.is_over && batch.rows.len() < self.most && bytes < BYTES_AT_ONCE {
            match self.rows.next() {
                None => self.is_over = true,
                Some(Ok(row)) if self.total < ImportPlan::MOST_ROWS => {
                    self.total += 1;
                    bytes += row.cells.iter().map(|cell| cell.shown.len()).sum::<usize>();
                    batch.rows.push(row);
                }
                Some(row) => {
                    self.is_over = true;
                    let too_many = || Violation::new(Named::File, "too_many").with("max", &ImportPlan::MOST_ROWS);
                    batch.fault = Some(row.map_or_else(|fault| fault, |row| too_many().on_line(row.line)));
                }
            }
        }
        let is_something = !batch.rows.is_empty() || batch.fault.is_some();
        is_something.then_some(batch)
    }
}
