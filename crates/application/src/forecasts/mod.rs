//! Forecasts and the models that make them.

mod service;
mod training;

use std::sync::Arc;

use atalaya_domain::access::Actor;
use atalaya_domain::account::AccountHandle;
use atalaya_domain::forecast::{Assumptions, Horizon, Level, MetricWeights, ModelId, PointForecast, Warning};
use atalaya_domain::id::ModelVersion;
use atalaya_domain::observation::Followers;
use chrono::NaiveDate;

use crate::accounts::OwnedAccount;
use crate::error::AppError;
use crate::ports::forecaster::{TrainedModel, TrainingObserver};
use crate::ports::memory::{AccountSnapshot, ServingModel};
use crate::ports::repositories::{AccountSummary, TrainingRun};

pub use service::ForecastService;
pub use training::{RunsByCompany, TrainingService};

/// The proof that somebody may read the forecasts of an account, with all that answering needs.
#[derive(Clone)]
pub struct ReadableAccount {
    pub(crate) snapshot: Arc<AccountSnapshot>,
}

impl ReadableAccount {
    /// What is known of the account.
    #[must_use]
    pub fn snapshot(&self) -> &AccountSnapshot {
        &self.snapshot
    }

    /// The same, to keep: two are one if and only if nothing changed between them.
    #[must_use]
    pub fn shared(&self) -> Arc<AccountSnapshot> {
        Arc::clone(&self.snapshot)
    }

    /// The version that answers.
    ///
    /// # Errors
    /// `Conflict(ModelNotTrained)` when there is none.
    pub fn serving(&self) -> Result<&ServingModel, AppError> {
        self.snapshot.serving.as_ref().ok_or(AppError::Conflict(crate::error::Conflict::ModelNotTrained))
    }
}

/// An answer for one date.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The forecast.
    pub forecast: PointForecast,
    /// What was measured on a date of the history, as it is known now.
    pub actual: Option<Followers>,
    /// What the reader should know.
    pub warnings: Vec<Warning>,
}

/// One item of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchItem {
    /// The account, as the caller wrote it.
    pub handle: String,
    /// The date.
    pub date: NaiveDate,
}

/// The use cases of forecasts.
pub trait Forecasts: Send + Sync {
    /// [`Self::open`] from memory alone: touches neither the database nor another thread. `None` when the account is not
    /// remembered.
    ///
    /// # Errors
    /// As [`Self::open`].
    fn recall(&self, actor: &Actor, handle: &str) -> Result<Option<ReadableAccount>, AppError>;

    /// Proves that the actor may read the forecasts of the account.
    ///
    /// # Errors
    /// `Forbidden(Role)`; `Forbidden(Account)` alike for another company's account, one not assigned, one that does not
    /// exist and a text that is no handle.
    fn open(&self, actor: &Actor, handle: &str) -> Result<ReadableAccount, AppError>;

    /// The expected followers at the end of a date after the history, from memory alone. `None` for a date of the history,
    /// of which [`Self::predict`] also tells what was measured.
    ///
    /// # Errors
    /// `Conflict(ModelNotTrained)`; `Invalid` for a date out of reach.
    fn predict_ahead(
        &self,
        account: &ReadableAccount,
        date: NaiveDate,
        levels: &[Level],
    ) -> Result<Option<Answer>, AppError>;

    /// The expected followers at the end of a date.
    ///
    /// # Errors
    /// `Conflict(ModelNotTrained)`; `Invalid` for a date out of reach.
    fn predict(
        &self,
        actor: &Actor,
        account: &ReadableAccount,
        date: NaiveDate,
        levels: &[Level],
    ) -> Result<Answer, AppError>;

    /// The same under the caller's assumptions about activity.
    ///
    /// # Errors
    /// As [`Self::predict`].
    fn predict_assuming(
        &self,
        actor: &Actor,
        account: &ReadableAccount,
        date: NaiveDate,
        levels: &[Level],
        assumptions: &Assumptions,
    ) -> Result<Answer, AppError>;

    /// One forecast for each day of the horizon.
    ///
    /// # Errors
    /// `Conflict(ModelNotTrained)`; `Invalid` for a horizon that the version does not reach.
    fn path(
        &self,
        account: &ReadableAccount,
        horizon: Horizon,
        levels: &[Level],
    ) -> Result<(Vec<PointForecast>, Vec<Warning>), AppError>;

    /// The accounts within the actor's reach, with whether each has a model.
    ///
    /// # Errors
    /// `Forbidden(Role)`.
    fn available(&self, actor: &Actor) -> Result<Vec<AccountSummary>, AppError>;

    /// Every training run of the account, newest first.
    ///
    /// # Errors
    /// Of the database.
    fn history(&self, actor: &Actor, account: &ReadableAccount) -> Result<Vec<TrainingRun>, AppError>;
}

/// What to train.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TrainCommand {
    /// Models to compare; empty means all.
    pub models: Vec<ModelId>,
    /// How they are ranked.
    pub weights: MetricWeights,
}

/// A training run with the model that it made.
#[derive(Clone)]
pub struct TrainingOutcome {
    /// The run.
    pub run: TrainingRun,
    /// The account.
    pub handle: AccountHandle,
    /// The model.
    pub model: Arc<dyn TrainedModel>,
}

/// The use cases of training.
pub trait Training: Send + Sync {
    /// Trains on all that is stored and lets the new version answer.
    ///
    /// # Errors
    /// `InsufficientData`; `Unavailable` when as many runs are going on as the machine can bear.
    fn train(
        &self,
        owned: &OwnedAccount,
        command: &TrainCommand,
        observer: &dyn TrainingObserver,
    ) -> Result<TrainingOutcome, AppError>;

    /// Deletes every version of the account. The history of runs stays.
    ///
    /// # Errors
    /// `Conflict(ModelNotTrained)` when there is none.
    fn delete(&self, owned: &OwnedAccount) -> Result<Vec<ModelVersion>, AppError>;
}
