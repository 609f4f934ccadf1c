//! The measurements of an account: upload, list, delete.

mod causes;
mod daily;
mod judged;
mod service;

use std::ops::RangeInclusive;

use atalaya_domain::forecast::Day;
use atalaya_domain::mandate::{DeleteObservations, ReadForecasts, WriteObservations};
use atalaya_domain::observation::{DayClose, Observation, UploadOutcome};
use chrono::{DateTime, NaiveDate, Utc};

use crate::accounts::OwnedAccount;
use crate::error::{AppError, Violation};
use crate::export::Sink;
use crate::page::{Page, PageRequest};
use crate::ports::repositories::TimeSpan;
use crate::receipt::Receipt;

pub use causes::{Cause, Causes};
pub use judged::Judged;
pub use service::ObservationService;

/// A row of an upload and where it stood, so that a broken rule can be named where its author finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadRow {
    /// The measurement.
    pub observation: Observation,
    /// The line of a CSV file, or the index in a JSON list.
    pub place: RowPlace,
}

/// Where a row stood in its upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowPlace {
    /// The line of a CSV file, the header being line 1.
    Line(u64),
    /// The index in `observations` of a JSON body.
    Index(usize),
}

/// An upload as it was read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Batch {
    /// The rows that could be read, in the order of the upload.
    pub rows: Vec<UploadRow>,
    /// The first rules that reading found broken.
    pub violations: Vec<Violation>,
    /// All of them.
    pub broken: usize,
    /// All rows, those included that could not be read.
    pub total: usize,
    /// Whether it was read to its end: its header is sound, and every row was reached.
    pub complete: bool,
}

impl Batch {
    /// Rows of which all could be read.
    #[must_use]
    pub fn sound(rows: Vec<UploadRow>) -> Self {
        Self { total: rows.len(), rows, violations: Vec::new(), broken: 0, complete: true }
    }
}

/// What happens where a row of an upload breaks a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvalidRows {
    /// Nothing is stored.
    Refuse,
    /// The other rows are stored.
    LeaveOut,
}

/// What an upload would do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Trial {
    /// What would become of the sound rows, if they were all.
    pub outcome: UploadOutcome,
    /// The times of the first and the last sound row.
    pub span: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// The days whose last followers would become others, oldest first: of many, the newest [`Trial::MOST_DAYS`].
    pub days: Vec<DayClose>,
    /// Of the sound rows at known times, the largest change of followers; `None` where none changes any.
    pub largest_change: Option<i64>,
}

impl Trial {
    /// Days that are told, at most: ten years have 3,653.
    pub const MOST_DAYS: usize = 4_000;
}

/// Which days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DayQuery {
    /// The first date; `None` for 3,999 days before the last.
    pub from: Option<NaiveDate>,
    /// The last date; `None` for that of the newest observation.
    pub to: Option<NaiveDate>,
}

/// An account by days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DailyAnswer {
    /// The dates that were looked at.
    pub span: RangeInclusive<NaiveDate>,
    /// Time of the newest observation, whether the span holds it or not.
    pub data_until: Option<DateTime<Utc>>,
    /// The days with an observation, by date.
    pub days: Vec<Day>,
}

/// The use cases of observations.
pub trait Observations: Send + Sync {
    /// Judges each row: its time lies neither more than a day ahead nor before 2000, and comes once in an upload.
    fn judge(&self, batch: Batch, invalid: InvalidRows) -> Judged;

    /// Stores what was accepted of an upload; a row at a known time replaces what is there. `receipt` is kept in the
    /// same transaction.
    ///
    /// # Errors
    /// `Invalid` with the first broken rules of an upload that is not accepted.
    fn record(
        &self,
        owned: &OwnedAccount<WriteObservations>,
        judged: &Judged,
        receipt: &dyn Receipt<UploadOutcome>,
    ) -> Result<UploadOutcome, AppError>;

    /// What [`Self::record`] would do, as if the upload were accepted. Writes nothing.
    ///
    /// # Errors
    /// Of the database.
    fn try_out(&self, owned: &OwnedAccount<WriteObservations>, judged: &Judged) -> Result<Trial, AppError>;

    /// A page of the account's observations, by time.
    ///
    /// # Errors
    /// Of the database.
    fn list(
        &self,
        owned: &OwnedAccount<ReadForecasts>,
        span: TimeSpan,
        request: &PageRequest<DateTime<Utc>>,
    ) -> Result<Page<Observation, DateTime<Utc>>, AppError>;

    /// The account by days of its own time zone: of each day what was read last, as training takes it.
    ///
    /// # Errors
    /// `Invalid` for a span that ends before it begins or has more than 4,000 days.
    fn daily(&self, owned: &OwnedAccount<ReadForecasts>, query: DayQuery) -> Result<DailyAnswer, AppError>;

    /// Gives every observation in a span to `sink`, by time, out of one snapshot. Its database connection is kept
    /// meanwhile.
    ///
    /// # Errors
    /// Of the database.
    fn export(
        &self,
        owned: &OwnedAccount<ReadForecasts>,
        span: TimeSpan,
        sink: &mut Sink<'_, Observation>,
    ) -> Result<(), AppError>;

    /// Deletes what lies in a span and says how much that was.
    ///
    /// # Errors
    /// Of the database.
    fn delete(&self, owned: &OwnedAccount<DeleteObservations>, span: TimeSpan) -> Result<u64, AppError>;
}
