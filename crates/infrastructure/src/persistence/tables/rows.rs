//! Rows of definitions, and their way to the domain and back.

use std::collections::HashMap;

use atalaya_application::AppError;
use atalaya_application::ports::trash::Trashed;
use atalaya_domain::id::{CompanyId, EntityId, FieldId, JobId};
use atalaya_domain::tables::{
    DisplayName, Entity, EntityName, Field, FieldName, FieldNumber, NewEntity, RelationTarget,
};
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::{AsChangeset, Insertable, Queryable, Selectable};

use super::rules::{rules, rules_column};
use super::settings::{Settings, settings, settings_column};
use super::{bytes, identifier};
use crate::persistence::rows::{loaded, read, stored, word};
use crate::persistence::schema::{entities, entity_fields};

/// An entity type.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = entities)]
pub(super) struct EntityRow {
    id: Vec<u8>,
    name: String,
    display_name: String,
    description: Option<String>,
    created_at: NaiveDateTime,
    settings: Option<String>,
    deleted_at: Option<NaiveDateTime>,
}

impl EntityRow {
    pub(super) fn into_domain(self) -> Result<Entity, AppError> {
        let Settings { access, requires_if_match, unique_together } = settings(self.settings.as_deref())?;
        Ok(Entity {
            id: entity_id("entities.id", &self.id)?,
            name: read("entities.name", EntityName::parse(&self.name))?,
            display_name: DisplayName::stored(self.display_name),
            description: self.description,
            created_at: loaded(self.created_at),
            access,
            requires_if_match,
            unique_together,
        })
    }

    pub(super) fn into_trashed(self) -> Result<Trashed<Entity>, AppError> {
        let deleted_at = read("entities.deleted_at", self.deleted_at.ok_or("nothing"))?;
        Ok(Trashed { item: self.into_domain()?, deleted_at: loaded(deleted_at) })
    }
}

/// An entity type to insert.
#[derive(Insertable)]
#[diesel(table_name = entities)]
pub(super) struct NewEntityRow {
    company_id: i64,
    id: Vec<u8>,
    name: String,
    name_key: String,
    display_name: String,
    description: Option<String>,
    next_field: i32,
    created_at: NaiveDateTime,
    settings: Option<String>,
    /// By which values of its records name it.
    number: i32,
}

impl NewEntityRow {
    pub(super) fn new(
        company: CompanyId,
        id: EntityId,
        number: i32,
        entity: &NewEntity,
        at: DateTime<Utc>,
    ) -> Result<Self, AppError> {
        let settings = settings_column(entity.access, entity.requires_if_match, &[])?;
        Ok(Self {
            company_id: company.get(),
            id: bytes(id.get()),
            name: entity.name.as_str().to_owned(),
            name_key: entity.name.key(),
            display_name: entity.display_name.as_str().to_owned(),
            description: entity.description.clone(),
            next_field: FieldNumber::FIRST.get(),
            created_at: stored(at),
            settings,
            number,
        })
    }
}

/// An entity type, and the number of one of its fields.
pub(super) type DisplayKey = (Vec<u8>, i32);
/// What fields are called that relations are chosen by.
pub(super) type DisplayNames = HashMap<DisplayKey, String>;

/// A field.
#[derive(Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = entity_fields, treat_none_as_default_value = false)]
pub(super) struct FieldRow {
    company_id: i64,
    pub(super) entity_id: Vec<u8>,
    number: i32,
    id: Vec<u8>,
    name: String,
    column_name: String,
    display_name: String,
    kind: String,
    required: bool,
    max_length: Option<i32>,
    display_order: i32,
    target_id: Option<Vec<u8>>,
    target_display: Option<i32>,
    on_delete: Option<String>,
    rules: Option<String>,
    created_at: NaiveDateTime,
    deleted_at: Option<NaiveDateTime>,
    retyping: Option<i32>,
    pub(super) hidden_by: Option<String>,
}

impl FieldRow {
    pub(super) fn new(company: CompanyId, entity: EntityId, field: &Field) -> Result<Self, AppError> {
        let target = field.target.as_ref();
        Ok(Self {
            company_id: company.get(),
            entity_id: bytes(entity.get()),
            number: field.number.get(),
            id: bytes(field.id.get()),
            name: field.name.as_str().to_owned(),
            column_name: field.name.column_name(),
            display_name: field.display_name.as_str().to_owned(),
            kind: field.kind.as_str().to_owned(),
            required: field.required,
            max_length: field.max_length.map(number_column).transpose()?,
            display_order: number_column(field.display_order)?,
            target_id: target.map(|target| bytes(target.entity.get())),
            target_display: target.map(|target| target.display.get()),
            on_delete: target.map(|target| target.on_delete.as_str().to_owned()),
            rules: rules_column(&field.rules, &field.presentation)?,
            created_at: stored(field.created_at),
            deleted_at: None,
            retyping: field.retyping.map(FieldNumber::get),
            hidden_by: None,
        })
    }

    /// The row of a field that nobody sees until the job has filled it.
    pub(super) fn hidden(self, job: JobId, at: DateTime<Utc>) -> Self {
        Self { deleted_at: Some(stored(at)), hidden_by: Some(job.get().to_string()), ..self }
    }

    /// The entity type to which it points and the number of the field there that people choose by.
    pub(super) fn display(&self) -> Option<DisplayKey> {
        self.target_id.clone().zip(self.target_display)
    }

    /// `names` are what the fields are called that relations are chosen by.
    pub(super) fn into_domain(self, names: &DisplayNames) -> Result<Field, AppError> {
        let display_name = self.display().and_then(|key| names.get(&key)).map(|name| FieldName::stored(name.clone()));
        let kind = word("entity_fields.kind", &self.kind)?;
        let target = match (self.target_id, self.target_display, self.on_delete) {
            (Some(entity), Some(display), Some(on_delete)) => Some(RelationTarget {
                entity: entity_id("entity_fields.target_id", &entity)?,
                display: FieldNumber::new(display),
                display_name,
                on_delete: word("entity_fields.on_delete", &on_delete)?,
            }),
            _ => None,
        };
        let (rules, presentation) = rules(kind, self.rules.as_deref())?;
        Ok(Field {
            id: FieldId::new(identifier("entity_fields.id", &self.id)?),
            number: FieldNumber::new(self.number),
            name: FieldName::stored(self.name),
            display_name: DisplayName::stored(self.display_name),
            kind,
            required: self.required,
            max_length: self
                .max_length
                .map(|number| read("entity_fields.max_length", u32::try_from(number)))
                .transpose()?,
            display_order: read("entity_fields.display_order", u32::try_from(self.display_order))?,
            created_at: loaded(self.created_at),
            target,
            rules,
            presentation,
            retyping: self.retyping.map(FieldNumber::new),
        })
    }

    /// What may change of a field: its type, its target and its number stay.
    pub(super) fn changes(self) -> FieldChanges {
        FieldChanges {
            name: self.name,
            column_name: self.column_name,
            display_name: self.display_name,
            required: self.required,
            max_length: self.max_length,
            display_order: self.display_order,
            rules: self.rules,
        }
    }

    pub(super) fn into_trashed(self, names: &DisplayNames) -> Result<Trashed<Field>, AppError> {
        let deleted_at = read("entity_fields.deleted_at", self.deleted_at.ok_or("nothing"))?;
        Ok(Trashed { item: self.into_domain(names)?, deleted_at: loaded(deleted_at) })
    }
}

/// What changes of a field.
#[derive(AsChangeset)]
#[diesel(table_name = entity_fields, treat_none_as_null = true)]
pub(super) struct FieldChanges {
    name: String,
    column_name: String,
    display_name: String,
    required: bool,
    max_length: Option<i32>,
    display_order: i32,
    rules: Option<String>,
}

/// A stored identifier of an entity type.
pub(super) fn entity_id(column: &'static str, bytes: &[u8]) -> Result<EntityId, AppError> {
    identifier(column, bytes).map(EntityId::new)
}

/// A count, as columns hold it.
pub(super) fn number_column(number: u32) -> Result<i32, AppError> {
    i32::try_from(number).map_err(AppError::internal)
}
