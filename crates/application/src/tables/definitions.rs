//! [`Tables`] on the ports.

use std::sync::Arc;

use atalaya_domain::audit::{AuditAction, AuditEvent};
use atalaya_domain::id::{EntityId, FieldId};
use atalaya_domain::mandate::{DefineTables, Mandate, ReadRecords};
use atalaya_domain::tables::{
    Entity, EntityChange, Field, FieldChange, InvalidUniqueSets, NewEntity, NewField, Relationship, RevisionKind,
    Table, UniqueSet,
};
use chrono::{DateTime, Utc};

use super::checks::{check_at_rest, check_in_no_set, check_target, known, known_field, locked, opened};
use super::{OpensTables, RetypeTrial, Retyped, Tables, stricter};
use crate::error::{AppError, Conflict, Field as Named, Violation};
use crate::jobs::JobNotifier;
use crate::ports::runtime::{Clock, Identifiers};
use crate::ports::store::{Store, UnitOfWork};
use crate::ports::tables::Writing;
use crate::ports::trash::{TRASH_KEPT, Trashed};
use crate::receipt::Receipt;

/// [`Tables`] on the ports.
pub struct TableService {
    /// A company's data.
    pub store: Arc<dyn Store>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Ids of entity types and fields.
    pub identifiers: Arc<dyn Identifiers>,
    /// Wakes the workers of this process.
    pub notifier: Arc<JobNotifier>,
    /// States of records, those of before and of the trash too, that are given another type while the client waits.
    pub retyped_at_once: u64,
}

impl TableService {
    /// [`Self::retyped_at_once`] unless told otherwise: some tenths of a second.
    pub const RETYPED_AT_ONCE: u64 = 5_000;

    /// What was put into the trash before is not there any more, even while it still waits for its deletion.
    fn kept_since(&self) -> DateTime<Utc> {
        self.clock.now() - TRASH_KEPT
    }

    /// What was done to an entity type, as the audit log tells it.
    fn event(&self, by: &Mandate<DefineTables>, action: AuditAction, entity: &Entity) -> AuditEvent {
        by.event(action, self.clock.now()).on(entity.name.as_str())
    }

    /// What was done to a field: `campaign.spend`.
    fn field_event(&self, by: &Mandate<DefineTables>, action: AuditAction, table: &Table, field: &str) -> AuditEvent {
        by.event(action, self.clock.now()).on(format!("{}.{field}", table.entity.name.as_str()))
    }

    /// What an entity type is after `work`, which is done with it in one transaction and tells what it did. It may go
    /// through every record, so nobody else writes to the entity type meanwhile, and whatever else colleagues do does
    /// not make it begin anew.
    pub(super) fn with_table<T>(
        &self,
        by: &Mandate<DefineTables>,
        id: EntityId,
        mut work: impl FnMut(&mut dyn UnitOfWork, Table) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        self.store.long_transaction(&by.scope(), |unit| {
            let table = locked(unit, by, id)?;
            work(unit, table)
        })
    }
}

fn room_for_a_field(table: &Table) -> Result<(), AppError> {
    if table.fields.len() < Field::MOST { Ok(()) } else { Err(AppError::Conflict(Conflict::TooManyFields)) }
}

fn room_for_an_entity(unit: &mut dyn UnitOfWork) -> Result<(), AppError> {
    let is_full = unit.entities().all()?.len() >= Entity::MOST;
    if is_full { Err(AppError::Conflict(Conflict::TooManyEntities)) } else { Ok(()) }
}

impl Tables for TableService {
    fn list(&self, by: &Mandate<DefineTables>) -> Result<Vec<Entity>, AppError> {
        self.store.query(&by.scope(), |view| view.entities().all())
    }

    fn schema(&self, by: &Mandate<ReadRecords>) -> Result<Vec<Table>, AppError> {
        let tables = self.store.query(&by.scope(), |view| view.entities().tables())?;
        Ok(tables.into_iter().filter_map(|table| table.opened(by).ok()).collect())
    }

    fn find(&self, by: &dyn OpensTables, id: EntityId) -> Result<Table, AppError> {
        let table = self.store.query(&by.scope(), |view| known(view.entities(), id))?;
        Ok(by.open(table)?)
    }

    fn create(
        &self,
        by: &Mandate<DefineTables>,
        entity: &NewEntity,
        receipt: &dyn Receipt<Entity>,
    ) -> Result<Entity, AppError> {
        let (id, now) = (self.identifiers.entity(), self.clock.now());
        self.store.transaction(&by.scope(), |unit| {
            room_for_an_entity(unit)?;
            let entity = unit.entities().insert(id, entity, now)?;
            unit.audit(&self.event(by, AuditAction::EntityDefined, &entity))?;
            receipt.keep(unit, &entity)?;
            Ok(entity)
        })
    }

    fn change(&self, by: &Mandate<DefineTables>, id: EntityId, change: &EntityChange) -> Result<Table, AppError> {
        self.with_table(by, id, |unit, table| {
            let entity = change.clone().apply(&table).map_err(|invalid| of_unique_sets(&table, invalid))?;
            let is_new = |set: &&UniqueSet| !table.entity.unique_together.contains(set);
            for set in entity.unique_together.iter().filter(is_new) {
                // The field that takes its place when the job ends has another number.
                for field in table.fields_of(set) {
                    check_at_rest(unit, &table, field)?;
                }
                stricter::check_unique_together(unit.records(), &table, set)?;
            }
            unit.entities().change(&table, &entity)?;
            unit.audit(&self.event(by, AuditAction::EntityChanged, &entity))?;
            Ok(Table { entity, ..table })
        })
    }

    fn delete(&self, by: &Mandate<DefineTables>, id: EntityId) -> Result<(), AppError> {
        self.with_table(by, id, |unit, table| {
            unit.entities().delete(&table.entity, self.clock.now())?;
            unit.audit(&self.event(by, AuditAction::EntityDeleted, &table.entity))
        })
    }

    fn trash(&self, by: &Mandate<DefineTables>) -> Result<Vec<Trashed<Entity>>, AppError> {
        self.store.query(&by.scope(), |view| view.entities().trash(self.kept_since()))
    }

    fn restore(&self, by: &Mandate<DefineTables>, id: EntityId) -> Result<Table, AppError> {
        self.store.transaction(&by.scope(), |unit| {
            room_for_an_entity(unit)?;
            let entity = unit.entities().restore(id, self.kept_since())?;
            unit.audit(&self.event(by, AuditAction::EntityRestored, &entity))?;
            opened(unit.entities(), by, id)
        })
    }

    fn relationships(&self, by: &Mandate<DefineTables>, id: EntityId) -> Result<Vec<Relationship>, AppError> {
        self.store.query(&by.scope(), |view| {
            known(view.entities(), id)?;
            view.entities().relationships(id)
        })
    }

    fn add_field(
        &self,
        by: &Mandate<DefineTables>,
        id: EntityId,
        field: &NewField,
        receipt: &dyn Receipt<Field>,
    ) -> Result<Field, AppError> {
        let (new, now) = (self.identifiers.field(), self.clock.now());
        self.with_table(by, id, |unit, table| {
            reserved(&field.name)?;
            room_for_a_field(&table)?;
            field.target.as_ref().map_or(Ok(()), |target| check_target(unit.entities(), target).map(drop))?;
            let field = unit.entities().insert_field(&table, new, field, now)?;
            unit.audit(&self.field_event(by, AuditAction::FieldDefined, &table, field.name.as_str()))?;
            receipt.keep(unit, &field)?;
            Ok(field)
        })
    }

    fn change_field(
        &self,
        by: &Mandate<DefineTables>,
        id: EntityId,
        field: FieldId,
        change: &FieldChange,
    ) -> Result<Field, AppError> {
        self.with_table(by, id, |unit, table| {
            let before = known_field(&table, field)?;
            check_at_rest(unit, &table, &before)?;
            change.name.as_ref().map_or(Ok(()), reserved)?;
            let changed = change.clone().apply(before.clone());
            stricter::check(&changed)?;
            let filled = if changed.is_stricter_than(&before) {
                let (kind, by, at) = (RevisionKind::Changed, by.attribution(), self.clock.now());
                stricter::enforce(unit, &table, &changed, &Writing { kind, by, at })?
            } else {
                0
            };
            if changed.rules.unique && !before.rules.unique {
                stricter::check_unique(unit.records(), &table, changed.number)?;
            }
            unit.entities().change_field(&table, &changed)?;
            if filled > 0 {
                let told = format!("{}: {filled}", table.entity.name.as_str());
                unit.audit(&by.event(AuditAction::RecordsChanged, self.clock.now()).on(told))?;
            }
            unit.audit(&self.field_event(by, AuditAction::FieldChanged, &table, changed.name.as_str()))?;
            Ok(changed)
        })
    }

    fn try_retype(
        &self,
        by: &Mandate<DefineTables>,
        id: EntityId,
        field: FieldId,
        to: &NewField,
    ) -> Result<RetypeTrial, AppError> {
        self.trial_of_retype(by, id, field, to)
    }

    fn retype(
        &self,
        by: &Mandate<DefineTables>,
        id: EntityId,
        field: FieldId,
        to: &NewField,
        receipt: &dyn Receipt<Retyped>,
    ) -> Result<Retyped, AppError> {
        self.retype_field(by, id, field, to, receipt)
    }

    fn delete_field(&self, by: &Mandate<DefineTables>, id: EntityId, field: FieldId) -> Result<(), AppError> {
        self.with_table(by, id, |unit, table| {
            let field = known_field(&table, field)?;
            check_in_no_set(&table, &field)?;
            check_at_rest(unit, &table, &field)?;
            unit.entities().delete_field(&table, &field, self.clock.now())?;
            unit.audit(&self.field_event(by, AuditAction::FieldDeleted, &table, field.name.as_str()))
        })
    }

    fn field_trash(&self, by: &Mandate<DefineTables>, id: EntityId) -> Result<Vec<Trashed<Field>>, AppError> {
        self.store.query(&by.scope(), |view| {
            known(view.entities(), id)?;
            view.entities().field_trash(id, self.kept_since())
        })
    }

    fn restore_field(&self, by: &Mandate<DefineTables>, id: EntityId, field: FieldId) -> Result<Field, AppError> {
        self.with_table(by, id, |unit, table| {
            room_for_a_field(&table)?;
            let field = unit.entities().restore_field(&table, field, self.kept_since())?;
            unit.audit(&self.field_event(by, AuditAction::FieldRestored, &table, field.name.as_str()))?;
            Ok(field)
        })
    }
}

/// Why names make no sets of fields, in the words of violations.
fn of_unique_sets(table: &Table, invalid: InvalidUniqueSets) -> AppError {
    let violation = |code| Violation::new(Named::UniqueTogether, code);
    AppError::Invalid(vec![match invalid {
        InvalidUniqueSets::NoSuchField => {
            Violation::unknown_value(Named::UniqueTogether, table.fields.iter().map(|field| field.name.as_str()))
        }
        InvalidUniqueSets::Fields => {
            violation("wrong_set_size").with("min", &UniqueSet::FEWEST_FIELDS).with("max", &UniqueSet::MOST_FIELDS)
        }
        InvalidUniqueSets::Sets => violation("too_many").with("max", &UniqueSet::MOST),
    }])
}

fn reserved(name: &atalaya_domain::tables::FieldName) -> Result<(), AppError> {
    name.check_reserved().map_err(|_| AppError::Conflict(Conflict::FieldReserved))
}
