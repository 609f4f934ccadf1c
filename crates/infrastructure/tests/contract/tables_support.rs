//! Entity types and records to test on.

use std::collections::BTreeMap;

use atalaya_application::AppError;
use atalaya_application::ports::store::{ReadView, UnitOfWork};
use atalaya_application::ports::tables::{RecordSlice, Writing};
use atalaya_domain::access::TenantScope;
use atalaya_domain::audit::AuditActor;
use atalaya_domain::caller::Origin;
use atalaya_domain::id::{EntityId, FieldId, RecordId, UserId};
use atalaya_domain::mandate::Attribution;
use atalaya_domain::tables::{
    DisplayName, EntityName, Field, FieldName, FieldType, NewEntity, NewField, NewTarget, Number, OnDelete,
    Presentation, Record, RecordQuery, Revision, RevisionKind, Rules, Table, TableAccess, Value, Values,
};
use atalaya_domain::user::Username;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::support::*;

pub(crate) const ALL: RecordSlice = RecordSlice { offset: 0, limit: 100 };

/// A company with a store, for short.
pub(crate) struct Tables<'w> {
    pub(crate) world: &'w World,
    pub(crate) scope: TenantScope,
}

impl<'w> Tables<'w> {
    pub(crate) fn new(world: &'w World, company: &str) -> Self {
        Self { world, scope: world.company(company) }
    }

    pub(crate) fn read<T>(&self, work: impl FnMut(&mut dyn ReadView) -> Result<T, AppError>) -> T {
        self.world.database.store().query(&self.scope, work).unwrap()
    }

    pub(crate) fn write<T>(&self, work: impl FnMut(&mut dyn UnitOfWork) -> Result<T, AppError>) -> Result<T, AppError> {
        self.world.write(&self.scope, work)
    }

    /// An entity type with fields of these names and types.
    pub(crate) fn define(&self, id: u128, name: &str, fields: &[(&str, FieldType)]) -> Table {
        self.write(|unit| unit.entities().insert(entity_id(id), &new_entity(name), start())).unwrap();
        for (number, (name, kind)) in (1..).zip(fields) {
            self.define_field(id, id * 1000 + number, &new_field(name, *kind)).unwrap();
        }
        self.table(id)
    }

    pub(crate) fn define_field(&self, entity: u128, id: u128, field: &NewField) -> Result<Field, AppError> {
        let table = self.table(entity);
        self.write(|unit| unit.entities().insert_field(&table, FieldId::new(Uuid::from_u128(id)), field, start()))
    }

    pub(crate) fn table(&self, id: u128) -> Table {
        self.read(|view| view.entities().find(entity_id(id))).unwrap().opened_whole()
    }

    pub(crate) fn insert(&self, table: &Table, id: u128, values: Values) -> Result<Record, AppError> {
        let new = [(record_id(id), values)];
        let mut made = self.write(|unit| unit.records().insert(table, &new, &writing(RevisionKind::Created, 0)))?;
        Ok(made.pop().unwrap())
    }

    pub(crate) fn change(&self, table: &Table, current: &Record, values: &Values) -> Result<Record, AppError> {
        self.write(|unit| unit.records().change(table, current, values, &writing(RevisionKind::Changed, 1)))
    }

    pub(crate) fn delete(&self, table: &Table, current: &Record) -> Result<(), AppError> {
        self.write(|unit| unit.records().delete(table, current, &writing(RevisionKind::Deleted, 2)))
    }

    pub(crate) fn restore(&self, table: &Table, id: RecordId) -> Result<Record, AppError> {
        self.write(|unit| unit.records().restore(table, id, &writing(RevisionKind::Restored, 3)))
    }

    pub(crate) fn find(&self, table: &Table, id: RecordId) -> Option<Record> {
        self.read(|view| view.records().find(table, id))
    }

    pub(crate) fn revisions(&self, table: &Table, id: RecordId) -> Vec<Revision> {
        self.read(|view| view.records().revisions(table, id, &ALL)).unwrap().items
    }

    pub(crate) fn list(&self, table: &Table, query: &RecordQuery) -> Vec<RecordId> {
        let records = self.read(|view| view.records().list(table, query, &RecordSlice { offset: 0, limit: 1000 }));
        records.into_iter().map(|record| record.id).collect()
    }
}

pub(crate) fn entity_id(id: u128) -> EntityId {
    EntityId::new(Uuid::from_u128(id))
}

pub(crate) fn record_id(id: u128) -> RecordId {
    RecordId::new(Uuid::from_u128(id))
}

pub(crate) fn new_entity(name: &str) -> NewEntity {
    NewEntity {
        name: EntityName::parse(name).unwrap(),
        display_name: DisplayName::parse(name).unwrap(),
        description: None,
        access: TableAccess::default(),
        requires_if_match: false,
    }
}

pub(crate) fn new_field(name: &str, kind: FieldType) -> NewField {
    NewField {
        name: FieldName::parse(name).unwrap(),
        display_name: DisplayName::parse(name).unwrap(),
        kind,
        required: false,
        max_length: None,
        target: None,
        rules: Rules::default(),
        presentation: Presentation::default(),
    }
}

pub(crate) fn unique_field(name: &str, kind: FieldType) -> NewField {
    NewField { rules: Rules { unique: true, ..Rules::default() }, ..new_field(name, kind) }
}

pub(crate) fn relation(name: &str, target: u128, display: &str) -> NewField {
    let target = NewTarget {
        entity: entity_id(target),
        display_field: FieldName::parse(display).unwrap(),
        on_delete: OnDelete::Restrict,
    };
    NewField { target: Some(target), ..new_field(name, FieldType::Relation) }
}

/// A writing by a user, so many seconds after the start.
pub(crate) fn writing(kind: RevisionKind, seconds: i64) -> Writing {
    let actor = AuditActor::User { id: UserId::new(7), name: Username::parse("ana").unwrap() };
    let origin = Origin { address: None, request_id: Some(format!("r{seconds}")) };
    Writing { kind, by: Attribution { actor, origin }, at: start() + chrono::TimeDelta::seconds(seconds) }
}

/// The values of fields by their names.
pub(crate) fn values(table: &Table, named: &[(&str, Value)]) -> Values {
    let number = |name| table.field_named(name).unwrap().number;
    named.iter().map(|(name, value)| (number(name), value.clone())).collect::<BTreeMap<_, _>>()
}

pub(crate) fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

pub(crate) fn number(text: &str) -> Value {
    Value::Number(Number::parse(text).unwrap())
}

pub(crate) fn instant(text: &str) -> Value {
    Value::DateTime(text.parse::<DateTime<Utc>>().unwrap())
}

pub(crate) fn day(text: &str) -> Value {
    Value::Date(text.parse().unwrap())
}
