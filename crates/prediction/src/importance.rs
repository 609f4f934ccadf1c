//! How much a fitted regressor leans on each of its inputs: permutation importance (Breiman 2001).
//!
//! An input is worth the mean absolute error, in followers a step, that shuffling it adds on the latest training rows.
//! The shuffle is seeded, so that the same model gets the same numbers.

use crate::features::{Rows, Table};
use crate::models::{FittedRegressor, ModelError};
use crate::numeric::{mean, permutation};

/// The latest rows that importance is measured on.
const ROWS: usize = 60;
const SEED: u64 = 0x5eed;

/// Followers a step, one number an input, none below 0.
///
/// # Errors
/// [`ModelError`] where the model has no finite answer.
pub(crate) fn importances(model: &FittedRegressor, table: &Table, last: usize) -> Result<Vec<f64>, ModelError> {
    let rows = table.until(last, ROWS);
    let plain = error(model, rows)?;
    let order = permutation(rows.len(), SEED);
    let gains = (0..rows.width).map(|column| {
        let shuffled = with_shuffled(rows, column, &order);
        Ok((error(model, Rows { inputs: &shuffled, ..rows })? - plain).max(0.0))
    });
    gains.collect()
}

fn with_shuffled(rows: Rows<'_>, column: usize, order: &[usize]) -> Vec<f64> {
    let mut inputs = rows.inputs.to_vec();
    for (row, other) in inputs.chunks_exact_mut(rows.width).zip(order) {
        if let (Some(cell), Some(value)) = (row.get_mut(column), rows.inputs.get(other * rows.width + column)) {
            *cell = *value;
        }
    }
    inputs
}

fn error(model: &FittedRegressor, rows: Rows<'_>) -> Result<f64, ModelError> {
    let changes = model.changes(rows)?;
    Ok(mean(&changes.iter().zip(rows.targets).map(|(change, target)| (change - target).abs()).collect::<Vec<_>>()))
}
