//! What is needed to forecast again under other assumptions about activity, and its bytes: one
//! [section](crate::sections) under a magic of its own.

use std::ops::RangeInclusive;

use atalaya_application::ports::forecaster::ArtifactError;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use crate::models::{FittedRegressor, ModelError, State};
use crate::numeric::count;
use crate::response::Response;
use crate::sections::{assemble, decode, sections};

const MAGIC: [u8; 8] = *b"ATALAYAF";
/// Raised whenever the bytes change their meaning.
const FORMAT: u16 = 3;
/// The format before, which holds the members that listen to activity.
const FORMAT_OF_LISTENERS: u16 = 2;

/// What a version knows of other assumptions.
#[derive(Debug)]
pub(crate) enum Fitted {
    /// How followers respond to posts; none where the backtest does not show that posts matter.
    Response(Option<Response>),
    /// Of a version of the format before: its members that listen to activity.
    Listeners(Listeners),
}

/// What an assumption does.
#[derive(Debug)]
pub(crate) struct Moved {
    /// Posts a day that it is computed for.
    pub(crate) posts_per_day: f64,
    /// The fewest and the most posts of a day that the history has seen, where that is known.
    pub(crate) seen: Option<RangeInclusive<f64>>,
    /// By how many followers each step is moved.
    pub(crate) steps: Vec<f64>,
}

/// The bytes that [`Fitted::read`] reads.
///
/// # Errors
/// Says why it cannot be written; a fault of the program.
pub(crate) fn write(response: Option<&Response>) -> Result<Vec<u8>, postcard::Error> {
    Ok(assemble(MAGIC, FORMAT, &[postcard::to_stdvec(&response)?]))
}

/// What binds a model artifact to these bytes.
pub(crate) fn identity(bytes: &[u8]) -> u64 {
    xxh3_64(bytes)
}

impl Fitted {
    /// From bytes, which must be those that [`identity`] names.
    ///
    /// # Errors
    /// [`ArtifactError`] for foreign, truncated or damaged bytes, and for those of another version.
    pub(crate) fn read(bytes: &[u8], named: u64) -> Result<Self, ArtifactError> {
        let (format, [payload]) = sections(bytes, MAGIC, &[FORMAT_OF_LISTENERS, FORMAT])?;
        if identity(bytes) != named {
            return Err(ArtifactError::Damaged);
        }
        match format {
            FORMAT_OF_LISTENERS => decode::<Listeners>(payload).map(Self::Listeners),
            _ => decode(payload).map(Self::Response),
        }
    }

    /// By how much an assumed number of posts a day, or the nearest one that was seen, moves each of `steps` steps;
    /// `None` where posts do not matter, or a model has no finite answer to so many.
    pub(crate) fn moved_by(&self, posts_per_day: f64, steps: usize) -> Option<Moved> {
        match self {
            Self::Response(response) => {
                let response = response.as_ref()?;
                let posts_per_day = response.nearest(posts_per_day);
                let steps = response.moved_by(posts_per_day, steps);
                Some(Moved { posts_per_day, seen: Some(response.seen()), steps })
            }
            Self::Listeners(listeners) => {
                let steps = listeners.moved_by(posts_per_day, steps)?.ok()?;
                Some(Moved { posts_per_day, seen: None, steps })
            }
        }
    }
}

/// The state at the end of the history and the regressors that use activity, with their shares.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Listeners {
    state: State,
    listeners: Vec<(f64, FittedRegressor)>,
}

impl Listeners {
    /// By how much an assumed number of posts a day moves each of `steps` steps; `None` where no member uses activity.
    ///
    /// # Errors
    /// [`ModelError`] where a model has no finite answer.
    fn moved_by(&self, posts_per_day: f64, steps: usize) -> Option<Result<Vec<f64>, ModelError>> {
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
