//! Jobs that give a field of a large table another type.

use std::sync::Arc;

use atalaya_domain::access::{Operator, TenantScope};
use atalaya_domain::audit::AuditAction;
use atalaya_domain::id::{CompanyId, EntityId};
use atalaya_domain::job::JobKind;
use atalaya_domain::mandate::DefineTables;
use atalaya_domain::tables::{Field, FieldNumber, Table, Value};

use super::checks::known;
use super::retype_payload::{RetypedField, field_of, payload_of};
use super::retyping::{AT_ONCE, Converter, Judge, convert_some, finish, told};
use crate::error::{AppError, Resource};
use crate::jobs::{self, HeldLease, JobError, JobHandler, company_of};
use crate::ports::forecaster::TrainingObserver as _;
use crate::ports::jobs::{ClaimedJob, Ending, JobTask};
use crate::ports::retyping::{Held, Retyping, StateId};
use crate::ports::runtime::Clock;
use crate::ports::store::{Store, UnitOfWork};
use crate::ports::trash::Holders;

/// The task to give a field the type of a hidden one.
pub(super) fn retype_task(entity: EntityId, from: &Field, to: &Field) -> Result<JobTask, AppError> {
    let payload = payload_of(RetypedField { entity, field: from.number, hidden: to.number })?;
    Ok(JobTask { kind: JobKind::RetypeField, account: None, payload: Some(payload) })
}

/// Gives a field another type, some records in each transaction. Nobody sees any of it before the last one. Whoever
/// takes the job over goes on with what is not converted yet.
pub struct RetypeFieldHandler {
    /// A company's data.
    pub store: Arc<dyn Store>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl JobHandler for RetypeFieldHandler {
    fn kind(&self) -> JobKind {
        JobKind::RetypeField
    }

    fn run(&self, job: &ClaimedJob, lease: &HeldLease<'_>) -> Result<(), JobError> {
        let RetypedField { entity, field, hidden } = field_of(jobs::payload_of(job)?)?;
        let company = company_of(job)?;
        let retype = Retype {
            handler: self,
            scope: Operator::at_the_machine().mandate::<DefineTables>(company).scope(),
            company,
            job,
            lease,
            entity,
            field,
            hidden,
        };
        let total = retype.step(|unit, opened| unit.retyper().count_states(opened.table.entity.id))?;
        let total = u32::try_from(total).unwrap_or(u32::MAX / 2);
        retype.judge(total)?;
        retype.fill(total)?;
        retype.finish()?;
        Ok(())
    }
}

/// A field that gets another type.
struct Retype<'h> {
    handler: &'h RetypeFieldHandler,
    scope: TenantScope,
    company: CompanyId,
    job: &'h ClaimedJob,
    lease: &'h HeldLease<'h>,
    entity: EntityId,
    field: FieldNumber,
    hidden: FieldNumber,
}

/// What a transaction needs to know of it.
struct Opened {
    table: Table,
    from: Field,
    to: Field,
    converter: Converter,
}

impl Opened {
    fn retyping(&self) -> Retyping<'_> {
        Retyping { entity: self.table.entity.id, from: &self.from, to: &self.to }
    }
}

impl Retype<'_> {
    /// # Errors
    /// `NotFound` where the entity type or the field is gone, or another job fills it by now.
    fn open(&self, unit: &mut dyn UnitOfWork) -> Result<Opened, AppError> {
        let gone = || AppError::NotFound(Resource::Field);
        let table = known(unit.entities(), self.entity)?.opened_whole();
        let from = table.field_numbered(self.field).cloned().ok_or_else(gone)?;
        let hidden = unit.retyper().hidden(self.entity, self.hidden)?;
        let hidden = hidden.filter(|hidden| hidden.job == self.job.lease.job).ok_or_else(gone)?;
        if from.retyping != Some(hidden.field.number) {
            return Err(gone());
        }
        let zone = unit.accounts().company()?.time_zone;
        let converter = Converter::new(unit.entities(), &hidden.field, zone)?;
        Ok(Opened { table, from, to: hidden.field, converter })
    }

    /// One transaction.
    fn step<T>(
        &self,
        mut work: impl FnMut(&mut dyn UnitOfWork, &mut Opened) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        self.lease.check()?;
        self.handler.store.transaction(&self.scope, |unit| {
            let mut opened = self.open(unit)?;
            work(unit, &mut opened)
        })
    }

    /// Finds out whether all values can be converted, before any is.
    fn judge(&self, total: u32) -> Result<(), AppError> {
        let mut judge = self.step(|_, opened| Ok(Judge::new(&opened.to)))?;
        let mut after: Option<StateId> = None;
        let mut done: u32 = 0;
        loop {
            let judged = self.step(|unit, opened| {
                let states = unit.retyper().unconverted(opened.retyping(), Holders::Records, after, AT_ONCE)?;
                let held = |(state, held): (StateId, Held)| match held {
                    Held::Value(value) => Some((state, value)),
                    Held::Nothing | Held::Lost => None,
                };
                let last = states.last().map(|(state, _)| *state);
                let states: Vec<(StateId, Value)> = states.into_iter().filter_map(held).collect();
                let values: Vec<&Value> = states.iter().map(|(_, value)| value).collect();
                let conversions = opened.converter.convert(unit.records(), &values)?;
                Ok(last.map(|last| (last, states, conversions)))
            })?;
            let Some((last, states, conversions)) = judged else { break };
            for ((state, value), conversion) in states.iter().zip(&conversions) {
                judge.note(state.record, value, conversion);
            }
            done = done.saturating_add(u32::try_from(states.len()).unwrap_or(u32::MAX));
            self.lease.progress(done.min(total), total.saturating_mul(2));
            after = Some(last);
        }
        judge.trial.check()
    }

    /// Stores converted values beside those that people see.
    fn fill(&self, total: u32) -> Result<(), AppError> {
        let mut done = total;
        for holders in Holders::ALL {
            let mut after = None;
            while let Some((last, number)) = self.step(|unit, opened| {
                let Opened { table, from, to, converter } = opened;
                let retyping = Retyping { entity: table.entity.id, from, to };
                convert_some(unit, retyping, (holders, after), converter)
            })? {
                done = done.saturating_add(u32::try_from(number).unwrap_or(u32::MAX));
                self.lease.progress(done.min(total.saturating_mul(2)), total.saturating_mul(2));
                after = Some(last);
            }
        }
        Ok(())
    }

    /// Converts what was written meanwhile and shows the field, and ends the job with that.
    fn finish(&self) -> Result<(), AppError> {
        let now = self.handler.clock.now();
        self.step(|unit, opened| {
            let Opened { table, from, to, converter } = opened;
            let retyping = Retyping { entity: table.entity.id, from, to };
            finish(unit, table, retyping, converter, now)?;
            let event = self.job.requested_by.event(AuditAction::FieldRetyped, Some(self.company), now);
            unit.audit(&event.on(told(table, from, to)))?;
            unit.jobs().finish(&self.job.lease, &Ending::Succeeded { version: None }, now)
        })
    }
}
