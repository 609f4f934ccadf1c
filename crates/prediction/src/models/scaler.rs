//! Standardised inputs and targets, so that penalties, kernels and distances weigh every input alike.

use serde::{Deserialize, Serialize};

use super::ModelError;
use crate::features::Rows;
use crate::numeric::{count, deviation, mean, rounded};

/// Deviations below this share of the size of the values are rounding, not variation.
const NEGLIGIBLE: f64 = 1e-9;

/// Means and deviations learnt from the training rows. Inputs that never vary are left out.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Scaler {
    columns: Vec<Column>,
    target_mean: f64,
    target_deviation: f64,
    /// Whether the last digits are dropped.
    rounds: bool,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Column {
    index: usize,
    mean: f64,
    deviation: f64,
}

impl Scaler {
    /// # Errors
    /// [`ModelError::NothingToExplain`] where the targets, or all inputs, never vary.
    pub(crate) fn fit(rows: Rows<'_>) -> Result<Self, ModelError> {
        let spread = |values: &[f64]| {
            let (centre, deviation) = (mean(values), deviation(values));
            (deviation > NEGLIGIBLE * (1.0 + centre.abs())).then_some((centre, deviation))
        };
        let (target_mean, target_deviation) = spread(rows.targets).ok_or(ModelError::NothingToExplain)?;
        let columns: Vec<Column> = (0..rows.width)
            .filter_map(|index| {
                let values: Vec<f64> = rows.inputs.iter().skip(index).step_by(rows.width).copied().collect();
                spread(&values).map(|(mean, deviation)| Column { index, mean, deviation })
            })
            .collect();
        if columns.is_empty() {
            Err(ModelError::NothingToExplain)
        } else {
            Ok(Self { columns, target_mean, target_deviation, rounds: false })
        }
    }

    /// The same, dropping the last digits of what it scales where it `rounds`. Where two splits of a tree are equally
    /// good, these would choose between them, otherwise in one unit than in another.
    pub(crate) fn rounding(self, rounds: bool) -> Self {
        Self { rounds, ..self }
    }

    fn kept(&self, scaled: f64) -> f64 {
        if self.rounds { rounded(scaled) } else { scaled }
    }

    /// Inputs that vary.
    pub(crate) fn width(&self) -> usize {
        self.columns.len()
    }

    /// Appends one row's scaled inputs.
    pub(crate) fn scale(&self, row: &[f64], scaled: &mut Vec<f64>) {
        scaled.extend(self.columns.iter().map(|column| {
            let value = row.get(column.index).copied().unwrap_or(column.mean);
            self.kept((value - column.mean) / column.deviation)
        }));
    }

    /// The scaled targets.
    pub(crate) fn targets(&self, targets: &[f64]) -> Vec<f64> {
        targets.iter().map(|target| self.kept((target - self.target_mean) / self.target_deviation)).collect()
    }

    /// A change in followers from a scaled prediction.
    pub(crate) fn change(&self, scaled: f64) -> f64 {
        self.target_mean + self.target_deviation * scaled
    }
}

/// The rule of thumb for the width of a radial kernel on standardised inputs: one over their number.
pub(crate) fn kernel_gamma(width: usize) -> f64 {
    1.0 / count(width.max(1))
}
