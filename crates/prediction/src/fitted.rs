//! The fitted members of a version that listen to activity: what is needed to forecast again under other assumptions.

use atalaya_domain::forecast::Member;
use serde::{Deserialize, Serialize};

use crate::models::{FittedModel, FittedRegressor, ModelError, State};
use crate::numeric::count;

/// The state at the end of the history and the regressors that use activity, with their shares.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Fitted {
    state: State,
    listeners: Vec<(f64, FittedRegressor)>,
}

impl Fitted {
    /// Keeps what assumptions need of the members.
    pub(crate) fn new(state: State, members: Vec<(Member, FittedModel)>) -> Self {
        let listener = |(member, fitted): (Member, FittedModel)| match fitted {
            FittedModel::Regressor(regressor) if regressor.uses_activity() => Some((member.weight, *regressor)),
            _ => None,
        };
        Self { state, listeners: members.into_iter().filter_map(listener).collect() }
    }

    /// By how much an assumed number of posts a day moves each of `steps` steps; `None` where no member uses activity.
    ///
    /// # Errors
    /// [`ModelError`] where a model has no finite answer.
    pub(crate) fn moved_by(&self, posts_per_day: f64, steps: usize) -> Option<Result<Vec<f64>, ModelError>> {
        if self.listeners.is_empty() {
            return None;
        }
        let steps_per_day = count(self.state.timeline.steps_per_day());
        let assumed = State { posts_ahead: posts_per_day / steps_per_day, ..self.state.clone() };
        Some(self.difference(&assumed, steps))
    }

    fn difference(&self, assumed: &State, steps: usize) -> Result<Vec<f64>, ModelError> {
        let mut moved = vec![0.0; steps];
        for (weight, regressor) in &self.listeners {
            let (under, usual) = (regressor.forecast(assumed, steps)?, regressor.forecast(&self.state, steps)?);
            for (sum, (under, usual)) in moved.iter_mut().zip(under.into_iter().zip(usual)) {
                *sum += weight * (under - usual);
            }
        }
        Ok(moved)
    }
}
