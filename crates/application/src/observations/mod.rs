//! The measurements of an account: upload, list, delete.

mod daily;
mod service;

use std::ops::RangeInclusive;

use atalaya_domain::forecast::Day;
use atalaya_domain::mandate::{DeleteObservations, ReadForecasts, WriteObservations};
use atalaya_domain::observation::{Observation, UploadOutcome};
use chrono::{DateTime, NaiveDate, Utc};

use crate::accounts::OwnedAccount;
use crate::error::{AppError, Violation};
use crate::export::Sink;
use crate::page::{Page, PageRequest};
use crate::ports::repositories::TimeSpan;
use crate::receipt::Receipt;

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

/// What an upload would do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Trial {
    /// What would become of the sound rows, if they were all.
    pub outcome: UploadOutcome,
    /// Every rule that the rows break; with one of them nothing would be stored.
    pub violations: Vec<Violation>,
    /// The times of the first and the last sound row.
    pub span: Option<(DateTime<Utc>, DateTime<Utc>)>,
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
    /// Stores every row or none; a row at a known time replaces what is there. `receipt` is kept in the same
    /// transaction.
    ///
    /// # Errors
    /// `Invalid` names rows whose time lies more than a day ahead or before 2000, and rows that repeat a time of the
    /// same upload.
    fn record(
        &self,
        owned: &OwnedAccount<WriteObservations>,
        rows: &[UploadRow],
        receipt: &dyn Receipt<UploadOutcome>,
    ) -> Result<UploadOutcome, AppError>;

    /// What [`Self::record`] would do with the rows, by the same rules. Writes nothing.
    ///
    /// # Errors
    /// Of the database.
    fn try_out(&self, owned: &OwnedAccount<WriteObservations>, rows: &[UploadRow]) -> Result<Trial, AppError>;

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
