//! Records as files: importing and exporting them.

use std::sync::Arc;

use atalaya_domain::audit::AuditAction;
use atalaya_domain::id::EntityId;
use atalaya_domain::mandate::{Mandate, ReadRecords, WriteRecords};
use atalaya_domain::tables::{Record, RevisionKind, Table};

use super::checks::{locked, opened};
use super::import::{ImportOutcome, ImportPlan, ImportProgress, ImportSource};
use super::importing::Importing;
use super::views::seen;
use super::{Asked, Selection, ViewUse};
use crate::error::AppError;
use crate::export::{Export, Sink};
use crate::ports::runtime::{Clock, Identifiers};
use crate::ports::store::{Store, UnitOfWork};
use crate::ports::tables::Writing;
use crate::receipt::Receipt;

/// Records as files.
pub trait Transfers: Send + Sync {
    /// Imports the rows of a file in one transaction: all that is accepted, or none of it. A trial does the same and
    /// undoes it; of what it did nothing is told to the audit log, and `receipt` is not kept.
    ///
    /// # Errors
    /// `NotFound(Entity)`; `Invalid` with the first broken rules where it is no trial and not accepted;
    /// `Conflict(ValueTaken)` where another writer came first; `Unavailable` where `progress` says to stop.
    fn import(
        &self,
        by: &Mandate<WriteRecords>,
        id: EntityId,
        source: &dyn ImportSource,
        plan: &ImportPlan,
        progress: &dyn ImportProgress,
        receipt: &dyn Receipt<ImportOutcome>,
    ) -> Result<ImportOutcome, AppError>;

    /// Gives every record that is meant to `sink`, some at a time, out of one snapshot.
    ///
    /// # Errors
    /// `NotFound(Entity)`, `NotFound(View)`; `InvalidFilter` of `asked`; `Internal` where it fails after its first
    /// page.
    fn export(
        &self,
        by: &Mandate<ReadRecords>,
        id: EntityId,
        view: Option<ViewUse>,
        asked: Asked<'_>,
        sink: &mut TableSink<'_>,
    ) -> Result<(), AppError>;
}

/// Records of an export that are read at a time. One may have many long texts, and three pages are in memory.
const EXPORTED_AT_ONCE: usize = 500;

/// Takes the records of a page of an export, and the table that they are of, as [`Sink`] does.
pub type TableSink<'s> = dyn FnMut(&Table, Vec<Record>) -> std::ops::ControlFlow<()> + 's;

/// [`Transfers`] on the ports.
pub struct TransferService {
    /// A company's data.
    pub store: Arc<dyn Store>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Ids of records.
    pub identifiers: Arc<dyn Identifiers>,
}

impl TransferService {
    /// What an import comes to, with everything that is accepted written.
    fn run(
        &self,
        unit: &mut dyn UnitOfWork,
        by: &Mandate<WriteRecords>,
        table: &Table,
        source: &dyn ImportSource,
        plan: &ImportPlan,
        progress: &dyn ImportProgress,
    ) -> Result<ImportOutcome, AppError> {
        let zone = unit.accounts().company()?.time_zone;
        let opened = source.open(table, zone)?;
        let writing = Writing { kind: RevisionKind::Created, by: by.attribution(), at: self.clock.now() };
        Importing::new(unit, table, plan, &writing, &*self.identifiers, progress)?.run(opened)
    }
}

impl Transfers for TransferService {
    fn import(
        &self,
        by: &Mandate<WriteRecords>,
        id: EntityId,
        source: &dyn ImportSource,
        plan: &ImportPlan,
        progress: &dyn ImportProgress,
        receipt: &dyn Receipt<ImportOutcome>,
    ) -> Result<ImportOutcome, AppError> {
        // What is not to stay leaves the transaction by an error, which undoes it, and this keeps what it came to.
        let mut undone = None;
        // Colleagues log in and write to other tables meanwhile: that must not make a long import begin anew.
        let stored = self.store.long_transaction(&by.scope(), |unit| {
            undone = None;
            let table = locked(unit, by, id)?;
            let outcome = self.run(unit, by, &table, source, plan, progress)?;
            if plan.is_trial || !outcome.accepted(plan.invalid) {
                let refusal = outcome.refusal();
                undone = Some(outcome);
                return Err(refusal);
            }
            let ImportOutcome { created, changed, .. } = outcome;
            if created + changed > 0 {
                let told = format!("{}: {created} + {changed}", table.entity.name.as_str());
                unit.audit(&by.event(AuditAction::RecordsImported, self.clock.now()).on(told))?;
            }
            receipt.keep(unit, &outcome)?;
            Ok(outcome)
        });
        match (stored, undone) {
            (Err(_), Some(outcome)) if plan.is_trial => Ok(outcome),
            (stored, _) => stored,
        }
    }

    fn export(
        &self,
        by: &Mandate<ReadRecords>,
        id: EntityId,
        wanted: Option<ViewUse>,
        asked: Asked<'_>,
        sink: &mut TableSink<'_>,
    ) -> Result<(), AppError> {
        let mut export = Export::in_pages_of(EXPORTED_AT_ONCE);
        self.store.read_long(&by.scope(), &mut |view| {
            let table = opened(view.entities(), by, id)?;
            let saved = wanted.map(|wanted| seen(view.views(), id, wanted)).transpose()?;
            let company = view.accounts().company()?;
            let Selection { query, fields, .. } = asked(&table, &company, saved.as_ref())?;
            let shown = Selection::shown(table.clone(), fields.as_deref());
            let records = view.records();
            let mut given = |page: Vec<Record>| sink(&shown, page);
            let given: &mut Sink<'_, Record> = &mut given;
            export.run(|request| records.walk(&table, &query, request), given)
        })
    }
}
