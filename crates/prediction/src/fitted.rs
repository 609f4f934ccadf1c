//! The fitted model of a version: what is needed to forecast again under other assumptions.

use serde::{Deserialize, Serialize};

use crate::models::{FittedRegressor, Model, ModelError, State};
use crate::numeric::count;

/// The state at the end of the history and the served model, if that is a regressor.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Fitted {
    pub(crate) state: State,
    pub(crate) regressor: Option<FittedRegressor>,
}

impl Fitted {
    /// The path under an assumed number of posts a day; `None` where a baseline serves.
    ///
    /// # Errors
    /// [`ModelError`] where the model has no finite answer.
    pub(crate) fn path_assuming(&self, posts_per_day: f64, steps: usize) -> Option<Result<Vec<f64>, ModelError>> {
        let steps_per_day = count(self.state.timeline.steps_per_day());
        let state = State { posts_ahead: posts_per_day / steps_per_day, ..self.state.clone() };
        self.regressor.as_ref().map(|regressor| regressor.forecast(&state, steps))
    }
}
