//! The door to what the platform keeps across companies: units of work on users, sessions, companies, keys, failed
//! logins and the audit log. A company's own data is behind [`Store`](super::store::Store).
//!
//! What only the platform's operators may see asks for their proof where it is opened. Login and tokens come before
//! anybody is known, so users, sessions, keys and failures ask for none. Jobs, requests that may come again and what
//! expires have ports of their own, because they need transactions of other kinds.

use atalaya_domain::access::PlatformScope;
use atalaya_domain::audit::{AuditEvent, Counted};

use super::audit::{AuditChains, AuditReader};
use super::identity::{CompanyReader, CompanyWriter, DirectoryReader, DirectoryWriter, SessionReader, SessionWriter};
use super::keys::{KeyReader, KeyWriter};
use super::login_failures::{FailureReader, FailureWriter};
use super::outcome::Outcome;
use crate::error::AppError;

/// The platform's data on one connection, in one consistent snapshot, for reading.
pub trait PlatformView {
    /// Users of all companies, and of none.
    fn users(&mut self) -> &mut dyn DirectoryReader;
    /// Sessions.
    fn sessions(&mut self) -> &mut dyn SessionReader;
    /// The signing keys.
    fn keys(&mut self) -> &mut dyn KeyReader;
    /// Failed attempts.
    fn failures(&mut self) -> &mut dyn FailureReader;
    /// Companies.
    fn companies(&mut self, scope: &PlatformScope) -> &mut dyn CompanyReader;
    /// The platform's own chain of the audit log.
    fn audit(&mut self, scope: &PlatformScope) -> &mut dyn AuditReader;
    /// Every chain of the audit log.
    fn chains(&mut self, scope: &PlatformScope) -> &mut dyn AuditChains;
}

/// The platform's data in one transaction: all of it happens, or none.
pub trait PlatformUnit {
    /// Users of all companies, and of none.
    fn users(&mut self) -> &mut dyn DirectoryWriter;
    /// Sessions.
    fn sessions(&mut self) -> &mut dyn SessionWriter;
    /// The signing keys, and whatever else is stored encrypted.
    fn keys(&mut self) -> &mut dyn KeyWriter;
    /// Failed attempts.
    fn failures(&mut self) -> &mut dyn FailureWriter;
    /// Companies.
    fn companies(&mut self, scope: &PlatformScope) -> &mut dyn CompanyWriter;
    /// Tells the audit log, in the same transaction: the chain of the event's company, or the platform's own.
    ///
    /// # Errors
    /// Of the database.
    fn audit(&mut self, event: &AuditEvent) -> Result<(), AppError>;
    /// Tells the audit log of what happened several times alike, as one entry.
    ///
    /// # Errors
    /// Of the database.
    fn audit_counted(&mut self, counted: &Counted) -> Result<(), AppError>;
}

/// What a read does with its view.
pub type PlatformRead<'w> = dyn FnMut(&mut dyn PlatformView) -> Result<(), AppError> + 'w;

/// What a write does in its transaction. It may run again after contention, so it starts from nothing each time.
pub type PlatformWrite<'w> = dyn FnMut(&mut dyn PlatformUnit) -> Result<(), AppError> + 'w;

/// The platform's data.
pub trait PlatformStore: Send + Sync {
    /// Runs `work` on one connection, in one consistent snapshot.
    ///
    /// # Errors
    /// Those of `work`; `Unavailable` when the database does not answer in time.
    fn read(&self, work: &mut PlatformRead<'_>) -> Result<(), AppError>;

    /// Runs `work` in a transaction: commits on `Ok`, rolls back on `Err` or panic, tries again on contention.
    ///
    /// # Errors
    /// Those of `work`; `Unavailable` when the database does not answer in time.
    fn write(&self, work: &mut PlatformWrite<'_>) -> Result<(), AppError>;
}

impl dyn PlatformStore + '_ {
    /// [`PlatformStore::read`] with a value.
    ///
    /// # Errors
    /// Those of `work`; `Unavailable` when the database does not answer in time.
    pub fn query<T>(&self, mut work: impl FnMut(&mut dyn PlatformView) -> Result<T, AppError>) -> Result<T, AppError> {
        let mut outcome = Outcome::default();
        self.read(&mut |view| outcome.set(work(view)))?;
        outcome.value()
    }

    /// [`PlatformStore::write`] with a value.
    ///
    /// # Errors
    /// Those of `work`; `Unavailable` when the database does not answer in time.
    pub fn transaction<T>(
        &self,
        mut work: impl FnMut(&mut dyn PlatformUnit) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        let mut outcome = Outcome::default();
        self.write(&mut |unit| outcome.set(work(unit)))?;
        outcome.value()
    }
}
