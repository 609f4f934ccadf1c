//! A random forest on the level with calendar inputs: what dashboards of this kind often begin with.
//!
//! It stays in the comparison as what it is. Trees cannot answer with more than they have seen, so a growing account is
//! forecast to stand still.

use serde::{Deserialize, Serialize};
use smartcore::ensemble::random_forest_regressor::RandomForestRegressor;
use smartcore::linalg::basic::matrix::DenseMatrix;

use super::regressor::guarded;
use super::settings::level_forest;
use super::unit_scale::UnitScale;
use super::{ModelError, State};
use crate::calendar::Timeline;
use crate::numeric::rounded;
use crate::series::Series;

/// The latest observed points that it sees.
const POINTS: usize = 500;
/// Points without which a forest is not worth fitting.
const AT_LEAST: usize = 20;
/// Weekday, day of the month, month and hour.
const INPUTS: usize = 4;

/// A forest from calendar to level.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct LevelForest {
    forest: RandomForestRegressor<f64, f64, DenseMatrix<f64>, Vec<f64>>,
    scale: UnitScale,
}

impl LevelForest {
    /// # Errors
    /// [`ModelError`] says why it cannot be fitted.
    pub(crate) fn fit(series: &Series, origin: usize) -> Result<Self, ModelError> {
        let mut points: Vec<(usize, f64)> =
            (0..=origin).rev().filter_map(|index| Some((index, series.value(index)?))).take(POINTS).collect();
        points.reverse();
        if points.len() < AT_LEAST {
            return Err(ModelError::TooFewRows { rows: points.len(), needed: AT_LEAST });
        }
        let inputs = points.iter().flat_map(|(index, _)| calendar(series.timeline(), *index)).collect();
        let x = matrix(points.len(), inputs)?;
        let values: Vec<f64> = points.into_iter().map(|(_, value)| value).collect();
        let scale = UnitScale::of(&values, AT_LEAST)?;
        let y: Vec<f64> = scale.scaled(&values).into_iter().map(rounded).collect();
        let forest = guarded(|| RandomForestRegressor::fit(&x, &y, level_forest()))?;
        Ok(Self { forest, scale })
    }

    /// # Errors
    /// [`ModelError`] where the forest fails.
    pub(crate) fn forecast(&self, state: &State, steps: usize) -> Result<Vec<f64>, ModelError> {
        let inputs = (1..=steps).flat_map(|step| calendar(state.timeline, state.origin + step)).collect();
        let x = matrix(steps, inputs)?;
        self.scale.restored(guarded(|| self.forest.predict(&x))?)
    }
}

fn calendar(timeline: Timeline, index: usize) -> [f64; INPUTS] {
    let moment = timeline.moment(index);
    [moment.weekday, moment.day, moment.month, moment.hour].map(f64::from)
}

fn matrix(rows: usize, cells: Vec<f64>) -> Result<DenseMatrix<f64>, ModelError> {
    DenseMatrix::new(rows, INPUTS, cells, false).map_err(|error| ModelError::Fit(error.to_string()))
}
