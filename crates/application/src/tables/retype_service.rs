//! Giving a field another type: at once where there is little to convert, and by a job where there is much.

use atalaya_domain::audit::AuditAction;
use atalaya_domain::id::{EntityId, FieldId};
use atalaya_domain::job::{Job, JobKind, Priority};
use atalaya_domain::mandate::{DefineTables, Mandate};
use atalaya_domain::tables::{Field, NewField, RelationTarget};

use super::TableService;
use super::checks::{check_at_rest, check_in_no_set, check_target, known_field, opened};
use super::retype_job::retype_task;
use super::retyping::{Converter, RetypeTrial, finish, judge, told};
use crate::error::AppError;
use crate::jobs::enqueue;
use crate::ports::jobs::NewJob;
use crate::ports::retyping::Retyping;
use crate::receipt::Receipt;

/// What was done about the type of a field.
#[derive(Debug, Clone, PartialEq)]
pub enum Retyped {
    /// The field has it.
    Done(Box<Field>),
    /// The field will have it when the job has ended.
    Underway(Job),
}

/// What the field will be, with what it keeps: what people read of it, its place and whether it is required.
fn new_field(from: &Field, to: &NewField) -> NewField {
    NewField {
        name: from.name.clone(),
        display_name: from.display_name.clone(),
        required: from.required,
        presentation: from.presentation.clone().of_choices(&to.rules.choices),
        ..to.clone()
    }
}

/// The same as a field.
fn field(from: &Field, to: NewField, target: Option<RelationTarget>) -> Field {
    let NewField { kind, required, max_length, rules, presentation, .. } = to;
    Field { kind, required, max_length, target, rules, presentation, ..from.clone() }
}

impl TableService {
    pub(super) fn trial_of_retype(
        &self,
        by: &Mandate<DefineTables>,
        id: EntityId,
        field_id: FieldId,
        to: &NewField,
    ) -> Result<RetypeTrial, AppError> {
        self.store.query_apart(&by.scope(), |view| {
            let table = opened(view.entities(), by, id)?;
            let from = known_field(&table, field_id)?;
            check_in_no_set(&table, &from)?;
            let target = to.target.as_ref().map(|target| check_target(view.entities(), target)).transpose()?;
            let to = field(&from, new_field(&from, to), target);
            let zone = view.accounts().company()?.time_zone;
            let mut converter = Converter::new(view.entities(), &to, zone)?;
            judge(view.records(), (&table, &from), &to, &mut converter)
        })
    }

    pub(super) fn retype_field(
        &self,
        by: &Mandate<DefineTables>,
        id: EntityId,
        field_id: FieldId,
        to: &NewField,
        receipt: &dyn Receipt<Retyped>,
    ) -> Result<Retyped, AppError> {
        let (hidden, job, at) = (self.identifiers.field(), self.identifiers.job(), self.clock.now());
        let retyped = self.with_table(by, id, |unit, table| {
            let from = known_field(&table, field_id)?;
            check_in_no_set(&table, &from)?;
            check_at_rest(unit, &table, &from)?;
            to.target.as_ref().map_or(Ok(()), |target| check_target(unit.entities(), target).map(drop))?;
            let is_little = unit.retyper().count_states(id)? <= self.retyped_at_once;
            let to = unit.retyper().hide(&table, &from, (hidden, &new_field(&from, to)), job, at)?;
            let retyped = if is_little {
                let zone = unit.accounts().company()?.time_zone;
                let mut converter = Converter::new(unit.entities(), &to, zone)?;
                judge(unit.records(), (&table, &from), &to, &mut converter)?.check()?;
                let retyping = Retyping { entity: id, from: &from, to: &to };
                let field = finish(unit, &table, retyping, &mut converter, at)?;
                unit.audit(&by.event(AuditAction::FieldRetyped, at).on(told(&table, &from, &to)))?;
                Retyped::Done(Box::new(field))
            } else {
                unit.audit(&by.event(AuditAction::JobRequested, at).on(JobKind::RetypeField.to_string()))?;
                Retyped::Underway(enqueue(
                    unit.jobs(),
                    &NewJob {
                        id: job,
                        parent: None,
                        task: retype_task(id, &from, &to)?,
                        requested_by: by.attribution(),
                        priority: Priority::Waited,
                        turn: 0,
                        at,
                    },
                )?)
            };
            receipt.keep(unit, &retyped)?;
            Ok(retyped)
        })?;
        if matches!(retyped, Retyped::Underway(_)) {
            self.notifier.notify();
        }
        Ok(retyped)
    }
}
