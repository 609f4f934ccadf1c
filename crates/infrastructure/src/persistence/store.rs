//! [`Store`] on the database: units of work bound to a scope.

use atalaya_application::AppError;
use atalaya_application::ports::audit::AuditReader;
use atalaya_application::ports::covariates::{CovariateReader, CovariateWriter};
use atalaya_application::ports::idempotency::AnswerWriter;
use atalaya_application::ports::jobs::{JobReader, JobWriter};
use atalaya_application::ports::memory::Change;
use atalaya_application::ports::repositories::{
    AccountReader, AccountWriter, ModelReader, ModelWriter, ObservationReader, ObservationWriter, SummaryReader,
    SummaryWriter, UserReader, UserWriter,
};
use atalaya_application::ports::retyping::FieldRetyper;
use atalaya_application::ports::store::{ReadView, ReadWork, Store, UnitOfWork, WriteWork};
use atalaya_application::ports::tables::{EntityReader, EntityWriter, RecordReader, RecordWriter};
use atalaya_application::ports::trash::TrashWriter;
use atalaya_application::ports::views::{ViewReader, ViewWriter};
use atalaya_domain::access::TenantScope;
use atalaya_domain::account::AccountHandle;
use atalaya_domain::audit::AuditEvent;

use super::connection::AnyConnection;
use super::database::Database;
use super::own::{Own, TenantTable, own};
use super::reach::Reach;
use super::shares::Share;
use super::transaction::Transaction;

/// One company's data in one transaction: every repository at once. It knows no company but the scope's.
pub(super) struct Tenant<'t, 'c> {
    tx: &'t mut Transaction<'c>,
    pub(super) scope: TenantScope,
    /// Whether it is a unit of work. What that finds has to stay as it is until it ends.
    pub(super) writes: bool,
}

impl<'t, 'c> Tenant<'t, 'c> {
    fn reading(tx: &'t mut Transaction<'c>, scope: &TenantScope) -> Self {
        Self { tx, scope: *scope, writes: false }
    }

    fn writing(tx: &'t mut Transaction<'c>, scope: &TenantScope) -> Self {
        Self { tx, scope: *scope, writes: true }
    }
}

impl<'c> Tenant<'_, 'c> {
    /// The transaction, for what concerns more than the scope's own rows.
    pub(super) fn transaction(&mut self) -> &mut Transaction<'c> {
        self.tx
    }
}

impl Tenant<'_, '_> {
    /// The connection.
    pub(super) fn conn(&mut self) -> &mut AnyConnection {
        self.tx.conn
    }

    /// The scope's company, as columns hold it.
    pub(super) fn company_id(&self) -> i64 {
        self.scope.company().get()
    }

    /// The rows of the scope's company in a table.
    pub(super) fn own<T: TenantTable>(&self) -> Own<T> {
        own::<T>(self.scope.company())
    }

    /// Notes a change.
    pub(super) fn changed(&mut self, change: Change) {
        self.tx.changed(change);
    }

    /// Notes that something about an account changed.
    pub(super) fn account_changed(&mut self, handle: AccountHandle) {
        self.changed(Change::Account(self.scope.company(), handle));
    }
}

impl ReadView for Tenant<'_, '_> {
    fn accounts(&mut self) -> &mut dyn AccountReader {
        self
    }

    fn observations(&mut self) -> &mut dyn ObservationReader {
        self
    }

    fn models(&mut self) -> &mut dyn ModelReader {
        self
    }

    fn summaries(&mut self) -> &mut dyn SummaryReader {
        self
    }

    fn users(&mut self) -> &mut dyn UserReader {
        self
    }

    fn audit(&mut self) -> &mut dyn AuditReader {
        self
    }

    fn jobs(&mut self) -> &mut dyn JobReader {
        self
    }

    fn entities(&mut self) -> &mut dyn EntityReader {
        self
    }

    fn records(&mut self) -> &mut dyn RecordReader {
        self
    }

    fn covariates(&mut self) -> &mut dyn CovariateReader {
        self
    }

    fn views(&mut self) -> &mut dyn ViewReader {
        self
    }
}

impl UnitOfWork for Tenant<'_, '_> {
    fn accounts(&mut self) -> &mut dyn AccountWriter {
        self
    }

    fn observations(&mut self) -> &mut dyn ObservationWriter {
        self
    }

    fn models(&mut self) -> &mut dyn ModelWriter {
        self
    }

    fn summaries(&mut self) -> &mut dyn SummaryWriter {
        self
    }

    fn users(&mut self) -> &mut dyn UserWriter {
        self
    }

    fn answers(&mut self) -> &mut dyn AnswerWriter {
        self
    }

    fn jobs(&mut self) -> &mut dyn JobWriter {
        self
    }

    fn entities(&mut self) -> &mut dyn EntityWriter {
        self
    }

    fn records(&mut self) -> &mut dyn RecordWriter {
        self
    }

    fn retyper(&mut self) -> &mut dyn FieldRetyper {
        self
    }

    fn views(&mut self) -> &mut dyn ViewWriter {
        self
    }

    fn trash(&mut self) -> &mut dyn TrashWriter {
        self
    }

    fn covariates(&mut self) -> &mut dyn CovariateWriter {
        self
    }

    fn audit(&mut self, event: &AuditEvent) -> Result<(), AppError> {
        self.tx.audit(event)
    }
}

impl Store for Database {
    fn read(&self, scope: &TenantScope, work: &mut ReadWork<'_>) -> Result<(), AppError> {
        self.snapshot_in(Share::of_scope(scope), Reach::Company(scope.company()), |tx| {
            work(&mut Tenant::reading(tx, scope))
        })
    }

    fn read_apart(&self, scope: &TenantScope, work: &mut ReadWork<'_>) -> Result<(), AppError> {
        let reach = Reach::Company(scope.company());
        self.snapshot_in(Share::Others, reach, |tx| work(&mut Tenant::reading(tx, scope)))
    }

    fn read_long(&self, scope: &TenantScope, work: &mut ReadWork<'_>) -> Result<(), AppError> {
        let reach = Reach::Company(scope.company());
        self.snapshot_in(Share::Exports, reach, |tx| work(&mut Tenant::reading(tx, scope)))
    }

    fn write(&self, scope: &TenantScope, work: &mut WriteWork<'_>) -> Result<(), AppError> {
        let reach = Reach::Company(scope.company());
        self.transaction_in(Share::of_scope(scope), reach, |tx| work(&mut Tenant::writing(tx, scope)))
    }

    fn write_long(&self, scope: &TenantScope, work: &mut WriteWork<'_>) -> Result<(), AppError> {
        self.locking_transaction(scope.company(), |tx| work(&mut Tenant::writing(tx, scope)))
    }
}
