//! [`JobPayload`]: what a job has to know, as JSON that only its handler reads.

use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::error::AppError;

/// What a job has to know besides its kind and account, as JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobPayload(String);

/// A job that this program cannot read: damaged, or of a later program.
#[derive(Debug, thiserror::Error)]
pub enum UnreadableJob {
    /// Its JSON.
    #[error("the payload of a job cannot be read: {0}")]
    Json(#[from] serde_json::Error),
    /// A word or number of a later program.
    #[error("nothing is known of {0}")]
    Unknown(String),
    /// Something that its kind cannot be done without.
    #[error("a job is stored without {0}")]
    Lacking(&'static str),
}

impl JobPayload {
    /// Writes a payload.
    ///
    /// # Errors
    /// `Internal` for what JSON cannot hold.
    pub fn of(payload: &impl Serialize) -> Result<Self, AppError> {
        serde_json::to_string(payload).map(Self).map_err(AppError::internal)
    }

    /// A payload as it was stored.
    ///
    /// # Errors
    /// [`UnreadableJob`] for what is no JSON.
    pub fn stored(text: String) -> Result<Self, UnreadableJob> {
        serde_json::from_str::<IgnoredAny>(&text)?;
        Ok(Self(text))
    }

    /// Its JSON.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Reads it back.
    ///
    /// # Errors
    /// [`UnreadableJob`] where it is no `T`.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, UnreadableJob> {
        Ok(serde_json::from_str(&self.0)?)
    }
}
