//! Forecasts and the models that make them.

mod answered;
mod joint;
mod loading;
mod outlook;
mod review;
mod service;
mod training;

use std::ops::RangeInclusive;
use std::sync::Arc;

use atalaya_domain::account::AccountHandle;
use atalaya_domain::forecast::{
    AccuracyReview, Anomaly, Assumptions, CovariateShare, Explanation, GoalForecast, Horizon, Level, Period,
    PeriodForecast, PointForecast, TogetherForecast, Warning,
};
use atalaya_domain::id::ModelVersion;
use atalaya_domain::mandate::{Access, DeleteModels, ReadForecasts, TrainModels};
use atalaya_domain::observation::Followers;
use chrono::{DateTime, NaiveDate, Utc};

use crate::accounts::{AccountList, OwnedAccount};
use crate::error::{AppError, Conflict};
use crate::page::{Page, PageRequest};
use crate::ports::forecaster::{TrainedModel, TrainingObserver};
use crate::ports::memory::{AccountSnapshot, Serving, ServingModel};
use crate::ports::repositories::TrainingRun;
use crate::receipt::Receipt;
use crate::train_command::TrainCommand;

pub use answered::AnsweredVersions;
pub use loading::ArtifactReader;
pub(crate) use outlook::outlook_of;
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
    /// `Conflict(ModelNotTrained)` when there is none; `Conflict(ModelDamaged)` or `Conflict(ModelOutdated)` when none
    /// can be opened.
    pub fn serving(&self) -> Result<&ServingModel, AppError> {
        match &self.snapshot.serving {
            Serving::Version(serving) => Ok(serving),
            Serving::Untrained => Err(AppError::Conflict(Conflict::ModelNotTrained)),
            Serving::Unusable(conflict) => Err(AppError::Conflict(*conflict)),
        }
    }

    /// What the reader of the version that answers should know of it, whatever is asked.
    ///
    /// # Errors
    /// As [`Self::serving`].
    pub fn warnings(&self) -> Result<Vec<Warning>, AppError> {
        let serving = self.serving()?;
        let mut warnings = serving.model.report().warnings.clone();
        if serving.is_fallback {
            warnings.push(Warning::FallbackVersion);
        }
        Ok(warnings)
    }

    /// Notes that an answer that was kept was given again.
    pub fn note_answer(&self) {
        if let Serving::Version(serving) = &self.snapshot.serving {
            serving.answered.set();
        }
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

/// Where the activity comes from that an answer assumes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActivitySource {
    /// The caller assumed it.
    Caller,
    /// The recent mean.
    RecentMean,
    /// No activity is assumed: none is recorded, or the models do not use it.
    None,
}

/// An answer with what it assumes about activity.
#[derive(Debug, Clone, PartialEq)]
pub struct AssumingAnswer {
    /// The answer.
    pub answer: Answer,
    /// Posts a day.
    pub posts_per_day: Option<f64>,
    /// Where that number comes from.
    pub source: ActivitySource,
    /// The posts a day that the answer is computed for: that number, or the nearest that was seen; `None` where
    /// activity does not enter.
    pub used: Option<f64>,
    /// The fewest and the most posts of a day that the history has seen, where the caller's assumption entered and the
    /// version knows.
    pub seen: Option<RangeInclusive<f64>>,
    /// The values of covariates that the answer is computed for, by name: those that the caller assumed and that enter,
    /// or the nearest that were seen.
    pub covariates: Vec<(String, f64)>,
    /// By how many followers the caller's assumptions moved the answer.
    pub effect: i64,
}

/// How many versions stand for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SelectedVersions {
    /// Versions that were compared.
    pub reviewed: usize,
    /// Kept versions whose data end before the newest observation's date.
    pub kept: usize,
}

/// How past forecasts of an account turned out.
#[derive(Debug, Clone, PartialEq)]
pub struct AccuracyAnswer {
    /// The versions that forecast a date that was observed since, newest first.
    pub versions: Vec<ModelVersion>,
    /// Where there are too many versions to compare all: how many were.
    pub selected: Option<SelectedVersions>,
    /// Time of the newest observation.
    pub observations_until: Option<DateTime<Utc>>,
    /// The measures.
    pub review: AccuracyReview,
}

/// Where to look for anomalies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnomalyQuery {
    /// The first date.
    pub from: Option<NaiveDate>,
    /// The last date.
    pub to: Option<NaiveDate>,
    /// Of the intervals.
    pub level: Level,
}

/// Dates that turned out as no forecast expected.
#[derive(Debug, Clone, PartialEq)]
pub struct AnomaliesAnswer {
    /// The dates that were looked at.
    pub span: RangeInclusive<NaiveDate>,
    /// How many of them were observed and forecast before.
    pub checked: u32,
    /// Those outside of their interval, by date.
    pub anomalies: Vec<Anomaly>,
}

/// All accounts that somebody may read, together.
#[derive(Debug, Clone, PartialEq)]
pub struct TogetherAnswer {
    /// The date.
    pub date: NaiveDate,
    /// The accounts that are in the sum, by handle.
    pub accounts: Vec<AccountHandle>,
    /// Those that are not, by handle, with the reason.
    pub left_out: Vec<(AccountHandle, LeftOut)>,
    /// The sum; `None` where no account is in it, because a sum of nothing is no forecast.
    pub forecast: Option<TogetherForecast>,
    /// What the reader should know of any of the accounts.
    pub warnings: Vec<Warning>,
}

/// Why an account is not in a sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeftOut {
    /// It has no model that can answer.
    Model(Conflict),
    /// Its model does not speak about the date.
    OutOfReach,
}

/// The use cases of forecasts.
pub trait Forecasts: Send + Sync {
    /// [`Self::open`] from memory alone: touches neither the database nor another thread. `None` when the account is
    /// not remembered.
    ///
    /// # Errors
    /// As [`Self::open`].
    fn recall(&self, by: Access<ReadForecasts>, handle: &str) -> Result<Option<ReadableAccount>, AppError>;

    /// Proves that the account is within reach, and gives all that answering needs.
    ///
    /// # Errors
    /// `Forbidden(Account)` alike for another company's account, one not assigned, one that does not exist and a text
    /// that is no handle.
    fn open(&self, by: Access<ReadForecasts>, handle: &str) -> Result<ReadableAccount, AppError>;

    /// [`Self::open`] for several accounts, in their order.
    ///
    /// # Errors
    /// Of the database; that of an account is in its place.
    fn open_all(
        &self,
        by: Access<ReadForecasts>,
        handles: &[String],
    ) -> Result<Vec<Result<ReadableAccount, AppError>>, AppError>;

    /// The account as one version of it answers, whichever answers now.
    ///
    /// # Errors
    /// `NotFound(ModelVersion)`; `Conflict(ModelVersionDeleted)` for one that was deleted or pruned,
    /// `Conflict(ModelDamaged)` or `Conflict(ModelOutdated)` for one that cannot be opened.
    fn at_version(
        &self,
        by: Access<ReadForecasts>,
        account: &ReadableAccount,
        version: ModelVersion,
    ) -> Result<ReadableAccount, AppError>;

    /// Whether the last reading of the account is so old that its answers carry [`Warning::StaleData`]. From memory
    /// alone; it becomes true as time passes, and a new reading is a new snapshot.
    ///
    /// # Errors
    /// As [`ReadableAccount::serving`].
    fn has_stale_data(&self, account: &ReadableAccount) -> Result<bool, AppError>;

    /// The expected followers at the end of a date after the history, from memory alone. `None` for a date of the
    /// history, of which [`Self::predict`] also tells what was measured.
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
        by: Access<ReadForecasts>,
        account: &ReadableAccount,
        date: NaiveDate,
        levels: &[Level],
    ) -> Result<Answer, AppError>;

    /// The same under the caller's assumptions about activity and covariates. Where they cannot enter, the answer is
    /// as without them and carries `AssumptionsUnused`; where they lie outside of what was seen, it is that of the
    /// edge and carries `AssumptionOutOfRange`.
    ///
    /// # Errors
    /// As [`Self::predict`]; `Conflict(ModelDamaged)` or `Conflict(ModelOutdated)` when the fitted model cannot be
    /// opened.
    fn predict_assuming(
        &self,
        by: Access<ReadForecasts>,
        account: &ReadableAccount,
        date: NaiveDate,
        levels: &[Level],
        assumptions: &Assumptions,
    ) -> Result<AssumingAnswer, AppError>;

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

    /// The forecast of a date after the history in parts; `None` where the version cannot tell them, because it was
    /// trained before they were kept.
    ///
    /// # Errors
    /// `Conflict(ModelNotTrained)`; `Invalid` for a date in the history or out of reach.
    fn explain(&self, account: &ReadableAccount, date: NaiveDate) -> Result<Option<Explanation>, AppError>;

    /// What each covariate that is kept adds to the forecast of a date after the history.
    ///
    /// # Errors
    /// As [`Self::explain`].
    fn shares(&self, account: &ReadableAccount, date: NaiveDate) -> Result<Vec<CovariateShare>, AppError>;

    /// When the account reaches a number of followers; with a date, how surely until then.
    ///
    /// # Errors
    /// `Conflict(ModelNotTrained)`; `Invalid` for a date in the history or out of reach.
    fn goal(
        &self,
        account: &ReadableAccount,
        target: Followers,
        by: Option<NaiveDate>,
    ) -> Result<(GoalForecast, Vec<Warning>), AppError>;

    /// The sums and the net growth of the periods of a horizon.
    ///
    /// # Errors
    /// As [`Self::path`].
    fn periods(
        &self,
        account: &ReadableAccount,
        horizon: Horizon,
        period: Period,
        levels: &[Level],
    ) -> Result<Vec<PeriodForecast>, AppError>;

    /// All accounts within reach on one date, together. Those without a model, or whose model does not
    /// reach the date, are left out and named.
    ///
    /// # Errors
    /// Of the database.
    fn together(
        &self,
        by: Access<ReadForecasts>,
        date: NaiveDate,
        levels: &[Level],
    ) -> Result<TogetherAnswer, AppError>;

    /// The accounts within reach, with whether each has a model; all of them where no page is asked for.
    ///
    /// # Errors
    /// Of the database.
    fn available(
        &self,
        by: Access<ReadForecasts>,
        request: Option<&PageRequest<AccountHandle>>,
    ) -> Result<AccountList, AppError>;

    /// Every training run of the account, newest first.
    ///
    /// # Errors
    /// Of the database.
    fn history(&self, by: Access<ReadForecasts>, account: &ReadableAccount) -> Result<Vec<TrainingRun>, AppError>;

    /// A page of them.
    ///
    /// # Errors
    /// Of the database.
    fn versions(
        &self,
        by: Access<ReadForecasts>,
        account: &ReadableAccount,
        request: &PageRequest<ModelVersion>,
    ) -> Result<Page<TrainingRun, ModelVersion>, AppError>;

    /// How the forecasts of the kept versions, or of one of them, turned out against what was observed since. Of more
    /// than 400 versions that forecast something, 400 are compared, spread evenly from the newest to the oldest.
    ///
    /// # Errors
    /// As [`Self::at_version`], where a version is named.
    fn accuracy(
        &self,
        by: Access<ReadForecasts>,
        account: &ReadableAccount,
        only: Option<ModelVersion>,
    ) -> Result<AccuracyAnswer, AppError>;

    /// Dates whose observed value lies outside of the interval that was forecast before them: by the newest version
    /// whose data end before the date, else by the backtest of the version that answers. A version that cannot be
    /// opened is passed over.
    ///
    /// # Errors
    /// As [`ReadableAccount::serving`]; `Invalid` for a span that ends before it begins or has more than 400 days.
    fn anomalies(
        &self,
        by: Access<ReadForecasts>,
        account: &ReadableAccount,
        query: &AnomalyQuery,
    ) -> Result<AnomaliesAnswer, AppError>;
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
    /// Trains on all that is stored and lets the new version answer. Old versions lose what is not needed any more.
    /// `receipt` is kept in the transaction that stores the version.
    ///
    /// # Errors
    /// `InsufficientData`; `Unavailable` when as many runs are going on as the machine can bear, or when the observer
    /// or [`Self::stop`] ended the run: then nothing is stored.
    fn train(
        &self,
        owned: &OwnedAccount<TrainModels>,
        command: &TrainCommand,
        observer: &dyn TrainingObserver,
        receipt: &dyn Receipt<TrainingOutcome>,
    ) -> Result<TrainingOutcome, AppError>;

    /// Lets a version answer that was trained before. It is opened first: one that cannot answer replaces none that
    /// can.
    ///
    /// # Errors
    /// `NotFound(ModelVersion)`; `Conflict(ModelVersionDeleted)`, `Conflict(ModelDamaged)`, `Conflict(ModelOutdated)`.
    fn activate(&self, owned: &OwnedAccount<TrainModels>, version: ModelVersion) -> Result<TrainingRun, AppError>;

    /// Ends every run that is going on or comes.
    fn stop(&self);

    /// Deletes every version of the account. The history of runs stays.
    ///
    /// # Errors
    /// `Conflict(ModelNotTrained)` when there is none.
    fn delete(&self, owned: &OwnedAccount<DeleteModels>) -> Result<Vec<ModelVersion>, AppError>;
}
