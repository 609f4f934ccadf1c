//! The only door to a company's data: units of work bound to a tenant scope.

use atalaya_domain::access::TenantScope;
use atalaya_domain::audit::AuditEvent;

use super::audit::AuditReader;
use super::covariates::{CovariateReader, CovariateWriter};
use super::idempotency::AnswerWriter;
use super::jobs::{JobReader, JobWriter};
use super::outcome::Outcome;
use super::repositories::{
    AccountReader, AccountWriter, ModelReader, ModelWriter, ObservationReader, ObservationWriter, SummaryReader,
    SummaryWriter, UserReader, UserWriter,
};
use super::retyping::FieldRetyper;
use super::tables::{EntityReader, EntityWriter, RecordReader, RecordWriter};
use super::trash::TrashWriter;
use super::views::{ViewReader, ViewWriter};
use crate::error::AppError;

/// A company's data on one connection, for reading.
pub trait ReadView {
    /// Accounts within the scope's reach.
    fn accounts(&mut self) -> &mut dyn AccountReader;
    /// Observations.
    fn observations(&mut self) -> &mut dyn ObservationReader;
    /// Trained versions.
    fn models(&mut self) -> &mut dyn ModelReader;
    /// Summaries of accounts within the scope's reach.
    fn summaries(&mut self) -> &mut dyn SummaryReader;
    /// The company's users.
    fn users(&mut self) -> &mut dyn UserReader;
    /// The company's chain of the audit log.
    fn audit(&mut self) -> &mut dyn AuditReader;
    /// The company's jobs.
    fn jobs(&mut self) -> &mut dyn JobReader;
    /// The tables that the company defines.
    fn entities(&mut self) -> &mut dyn EntityReader;
    /// The records that it keeps in them.
    fn records(&mut self) -> &mut dyn RecordReader;
    /// Which covariates trainings use.
    fn covariates(&mut self) -> &mut dyn CovariateReader;
    /// The views of these.
    fn views(&mut self) -> &mut dyn ViewReader;
}

/// A company's data in one transaction: all of it happens, or none.
pub trait UnitOfWork {
    /// Accounts within the scope's reach.
    fn accounts(&mut self) -> &mut dyn AccountWriter;
    /// Observations.
    fn observations(&mut self) -> &mut dyn ObservationWriter;
    /// Trained versions.
    fn models(&mut self) -> &mut dyn ModelWriter;
    /// Summaries of accounts within the scope's reach.
    fn summaries(&mut self) -> &mut dyn SummaryWriter;
    /// The company's users.
    fn users(&mut self) -> &mut dyn UserWriter;
    /// Answers to requests that may come again.
    fn answers(&mut self) -> &mut dyn AnswerWriter;
    /// The company's jobs.
    fn jobs(&mut self) -> &mut dyn JobWriter;
    /// The tables that the company defines.
    fn entities(&mut self) -> &mut dyn EntityWriter;
    /// The records that it keeps in them.
    fn records(&mut self) -> &mut dyn RecordWriter;
    /// What gives fields another type.
    fn retyper(&mut self) -> &mut dyn FieldRetyper;
    /// The views of these.
    fn views(&mut self) -> &mut dyn ViewWriter;
    /// What of these is in the trash for too long.
    fn trash(&mut self) -> &mut dyn TrashWriter;
    /// Which covariates trainings use.
    fn covariates(&mut self) -> &mut dyn CovariateWriter;
    /// Tells the audit log, in the same transaction.
    ///
    /// # Errors
    /// Of the database.
    fn audit(&mut self, event: &AuditEvent) -> Result<(), AppError>;
}

/// What a read does with its view.
pub type ReadWork<'w> = dyn FnMut(&mut dyn ReadView) -> Result<(), AppError> + 'w;

/// What a write does in its transaction. It may run again after contention, so it starts from nothing each time.
pub type WriteWork<'w> = dyn FnMut(&mut dyn UnitOfWork) -> Result<(), AppError> + 'w;

/// The company's data.
pub trait Store: Send + Sync {
    /// Runs `work` on one connection, in one consistent snapshot.
    ///
    /// # Errors
    /// Those of `work`; `Unavailable` when the database does not answer in time.
    fn read(&self, scope: &TenantScope, work: &mut ReadWork<'_>) -> Result<(), AppError>;

    /// [`Self::read`] of what neither a forecast nor an upload needs: jobs, the audit log, pages of observations. It
    /// has connections of its own, so that a lock on one of these tables keeps no forecast waiting.
    ///
    /// # Errors
    /// As [`Self::read`].
    fn read_apart(&self, scope: &TenantScope, work: &mut ReadWork<'_>) -> Result<(), AppError>;

    /// [`Self::read`] for work that lasts as long as somebody takes what it finds. Such work holds at most a quarter of
    /// the database's connections, so that it keeps nobody else waiting.
    ///
    /// # Errors
    /// As [`Self::read`].
    fn read_long(&self, scope: &TenantScope, work: &mut ReadWork<'_>) -> Result<(), AppError>;

    /// Runs `work` in a transaction: commits on `Ok`, rolls back on `Err` or panic, tries again on contention.
    ///
    /// # Errors
    /// Those of `work`; `Unavailable` when the database does not answer in time.
    fn write(&self, scope: &TenantScope, work: &mut WriteWork<'_>) -> Result<(), AppError>;

    /// [`Self::write`] for work that may take seconds, with two promises more: it does not keep other writers of the
    /// company waiting, and what they do does not make it run again. In return it may rely on no more than that each of
    /// its statements sees what was committed before it: only observations and answers are written so, whose writers
    /// lock what they rely on. It tells the audit log last, because from then on everybody who has something to tell
    /// there waits.
    ///
    /// # Errors
    /// As [`Self::write`].
    fn write_long(&self, scope: &TenantScope, work: &mut WriteWork<'_>) -> Result<(), AppError>;
}

impl dyn Store + '_ {
    /// [`Store::read`] with a value.
    ///
    /// # Errors
    /// Those of `work`; `Unavailable` when the database does not answer in time.
    pub fn query<T>(
        &self,
        scope: &TenantScope,
        mut work: impl FnMut(&mut dyn ReadView) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        let mut outcome = Outcome::default();
        self.read(scope, &mut |view| outcome.set(work(view)))?;
        outcome.value()
    }

    /// [`Store::read_apart`] with a value.
    ///
    /// # Errors
    /// Those of `work`; `Unavailable` when the database does not answer in time.
    pub fn query_apart<T>(
        &self,
        scope: &TenantScope,
        mut work: impl FnMut(&mut dyn ReadView) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        let mut outcome = Outcome::default();
        self.read_apart(scope, &mut |view| outcome.set(work(view)))?;
        outcome.value()
    }

    /// [`Store::write`] with a value.
    ///
    /// # Errors
    /// Those of `work`; `Unavailable` when the database does not answer in time.
    pub fn transaction<T>(
        &self,
        scope: &TenantScope,
        mut work: impl FnMut(&mut dyn UnitOfWork) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        let mut outcome = Outcome::default();
        self.write(scope, &mut |unit| outcome.set(work(unit)))?;
        outcome.value()
    }

    /// [`Store::write_long`] with a value.
    ///
    /// # Errors
    /// Those of `work`; `Unavailable` when the database does not answer in time.
    pub fn long_transaction<T>(
        &self,
        scope: &TenantScope,
        mut work: impl FnMut(&mut dyn UnitOfWork) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        let mut outcome = Outcome::default();
        self.write_long(scope, &mut |unit| outcome.set(work(unit)))?;
        outcome.value()
    }
}
