//! [`PlatformStore`] on the database: units of work on what belongs to no one company.

use atalaya_application::AppError;
use atalaya_application::ports::audit::{AuditChains, AuditReader};
use atalaya_application::ports::identity::{
    CompanyReader, CompanyWriter, DirectoryReader, DirectoryWriter, SessionReader, SessionWriter,
};
use atalaya_application::ports::keys::{KeyReader, KeyWriter};
use atalaya_application::ports::login_failures::{FailureReader, FailureWriter};
use atalaya_application::ports::platform::{PlatformRead, PlatformStore, PlatformUnit, PlatformView, PlatformWrite};
use atalaya_domain::access::PlatformScope;
use atalaya_domain::audit::{AuditEvent, Counted};

use super::connection::AnyConnection;
use super::database::Database;
use super::reach::Reach;
use super::transaction::Transaction;

/// What the platform keeps across companies in one transaction: every repository at once. On PostgreSQL its [`Reach`]
/// shows it no row of a company's own data.
pub(super) struct Platform<'t, 'c> {
    pub(super) tx: &'t mut Transaction<'c>,
}

impl Platform<'_, '_> {
    /// The connection.
    pub(super) fn conn(&mut self) -> &mut AnyConnection {
        self.tx.conn
    }
}

impl PlatformView for Platform<'_, '_> {
    fn users(&mut self) -> &mut dyn DirectoryReader {
        self
    }

    fn sessions(&mut self) -> &mut dyn SessionReader {
        self
    }

    fn keys(&mut self) -> &mut dyn KeyReader {
        self
    }

    fn failures(&mut self) -> &mut dyn FailureReader {
        self
    }

    fn companies(&mut self, _: &PlatformScope) -> &mut dyn CompanyReader {
        self
    }

    fn audit(&mut self, _: &PlatformScope) -> &mut dyn AuditReader {
        self
    }

    fn chains(&mut self, _: &PlatformScope) -> &mut dyn AuditChains {
        self
    }
}

impl PlatformUnit for Platform<'_, '_> {
    fn users(&mut self) -> &mut dyn DirectoryWriter {
        self
    }

    fn sessions(&mut self) -> &mut dyn SessionWriter {
        self
    }

    fn keys(&mut self) -> &mut dyn KeyWriter {
        self
    }

    fn failures(&mut self) -> &mut dyn FailureWriter {
        self
    }

    fn companies(&mut self, _: &PlatformScope) -> &mut dyn CompanyWriter {
        self
    }

    fn audit(&mut self, event: &AuditEvent) -> Result<(), AppError> {
        self.tx.audit(event)
    }

    fn audit_counted(&mut self, counted: &Counted) -> Result<(), AppError> {
        self.tx.audit_counted(counted)
    }
}

impl PlatformStore for Database {
    fn read(&self, work: &mut PlatformRead<'_>) -> Result<(), AppError> {
        self.snapshot(Reach::Platform, |tx| work(&mut Platform { tx }))
    }

    fn write(&self, work: &mut PlatformWrite<'_>) -> Result<(), AppError> {
        self.transaction(Reach::Platform, |tx| work(&mut Platform { tx }))
    }
}
