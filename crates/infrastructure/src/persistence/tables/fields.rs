//! Fields of a company's entity types.

use std::collections::HashSet;

use atalaya_application::AppError;
use atalaya_application::error::{Conflict, Resource};
use atalaya_application::ports::trash::Trashed;
use atalaya_domain::id::{EntityId, FieldId};
use atalaya_domain::tables::{Field, FieldNumber, FieldType, NewField, NewTarget, RelationTarget, Relationship, Table};
use chrono::{DateTime, NaiveDateTime, SubsecRound as _, Utc};
use diesel::prelude::*;

use super::bytes;
use super::entities::{fields_of, live_entities, live_entity};
use super::rows::{DisplayKey, DisplayNames, FieldRow, entity_id};
use crate::persistence::error::Expecting;
use crate::persistence::rows::{columns, stored};
use crate::persistence::schema::{entities, entity_fields};
use crate::persistence::store::Tenant;

impl Tenant<'_, '_> {
    pub(super) fn trashed_fields(
        &mut self,
        entity: EntityId,
        since: DateTime<Utc>,
    ) -> Result<Vec<Trashed<Field>>, AppError> {
        let rows: Vec<FieldRow> = fields_of(self.scope.company(), entity)
            .filter(entity_fields::deleted_at.assume_not_null().ge(stored(since)))
            .filter(entity_fields::hidden_by.is_null())
            .order((entity_fields::deleted_at.desc(), entity_fields::number.desc()))
            .select(FieldRow::as_select())
            .load(self.conn())
            .or_fault()?;
        let names = self.display_names(&rows)?;
        rows.into_iter().map(|row| row.into_trashed(&names)).collect()
    }

    /// Relations of which the entity type is an end, and of which neither end is in the trash.
    pub(super) fn relationships_of(&mut self, id: EntityId) -> Result<Vec<Relationship>, AppError> {
        let company = self.scope.company();
        let id = bytes(id.get());
        let live = || live_entities(company).select(entities::id);
        let rows: Vec<FieldRow> = self
            .own::<entity_fields::table>()
            .filter(entity_fields::kind.eq(FieldType::Relation.as_str()))
            .filter(entity_fields::deleted_at.is_null())
            .filter(entity_fields::entity_id.eq(id.clone()).or(entity_fields::target_id.assume_not_null().eq(id)))
            .filter(entity_fields::entity_id.eq_any(live()))
            .filter(entity_fields::target_id.assume_not_null().eq_any(live()))
            .order((entity_fields::created_at.desc(), entity_fields::id.desc()))
            .select(FieldRow::as_select())
            .load(self.conn())
            .or_fault()?;
        let names = self.display_names(&rows)?;
        let relationship = |row: FieldRow| {
            let source = entity_id("entity_fields.entity_id", &row.entity_id)?;
            let field = row.into_domain(&names)?;
            let known = |target| Relationship { source, field: field.id, target, created_at: field.created_at };
            Ok(field.target.map(known))
        };
        rows.into_iter().filter_map(|row| relationship(row).transpose()).collect()
    }

    /// What the fields are called, also those in the trash, that relations among `rows` are chosen by. Nothing is asked
    /// where there is no relation.
    pub(super) fn display_names(&mut self, rows: &[FieldRow]) -> Result<DisplayNames, AppError> {
        let keys: HashSet<DisplayKey> = rows.iter().filter_map(FieldRow::display).collect();
        if keys.is_empty() {
            return Ok(DisplayNames::new());
        }
        let targets: HashSet<&[u8]> = keys.iter().map(|(target, _)| target.as_slice()).collect();
        let numbers: HashSet<i32> = keys.iter().map(|(_, number)| *number).collect();
        let found: Vec<(Vec<u8>, i32, String)> = self
            .own::<entity_fields::table>()
            .filter(entity_fields::entity_id.eq_any(targets))
            .filter(entity_fields::number.eq_any(numbers))
            .select((entity_fields::entity_id, entity_fields::number, entity_fields::name))
            .load(self.conn())
            .or_fault()?;
        Ok(found.into_iter().map(|(entity, number, name)| ((entity, number), name)).collect())
    }

    fn target(&mut self, new: &NewTarget) -> Result<RelationTarget, AppError> {
        let number: Option<i32> = fields_of(self.scope.company(), new.entity)
            .filter(entity_fields::name.eq(new.display_field.as_str()))
            .filter(entity_fields::deleted_at.is_null())
            .select(entity_fields::number)
            .first(self.conn())
            .optional()
            .or_fault()?;
        let number = number.ok_or(AppError::NotFound(Resource::Field))?;
        Ok(RelationTarget {
            entity: new.entity,
            display: FieldNumber::new(number),
            display_name: Some(new.display_field.clone()),
            on_delete: new.on_delete,
        })
    }

    /// Stores a field under the next number of its entity type.
    pub(super) fn define_field(
        &mut self,
        table: &Table,
        id: FieldId,
        field: &NewField,
        at: DateTime<Utc>,
    ) -> Result<Field, AppError> {
        let field = self.next_field(table, id, field, at)?;
        diesel::insert_into(entity_fields::table)
            .values(FieldRow::new(self.scope.company(), table.entity.id, &field)?)
            .execute(self.conn())
            .or_conflict(Conflict::FieldExists)?;
        Ok(field)
    }

    /// A field of the next number of its entity type, which is not stored yet.
    pub(super) fn next_field(
        &mut self,
        table: &Table,
        id: FieldId,
        field: &NewField,
        at: DateTime<Utc>,
    ) -> Result<Field, AppError> {
        let company = self.scope.company();
        let next: Option<i32> = diesel::update(live_entity(company, table.entity.id))
            .set(entities::next_field.eq(entities::next_field + 1))
            .returning(entities::next_field)
            .get_result(self.conn())
            .optional()
            .or_fault()?;
        let next = next.ok_or(AppError::NotFound(Resource::Entity))?;
        Ok(Field {
            id,
            number: FieldNumber::new(next - 1),
            name: field.name.clone(),
            display_name: field.display_name.clone(),
            kind: field.kind,
            required: field.required,
            max_length: field.max_length,
            display_order: table.next_order(),
            created_at: at.trunc_subsecs(6),
            target: field.target.as_ref().map(|target| self.target(target)).transpose()?,
            rules: field.rules.clone(),
            presentation: field.presentation.clone(),
            retyping: None,
        })
    }

    /// Stores what a field is by now. Where its values become unique, they have to be so already.
    pub(super) fn store_field(&mut self, table: &Table, field: &Field) -> Result<(), AppError> {
        let company = self.scope.company();
        let row = FieldRow::new(company, table.entity.id, field)?;
        let before = self.stored_field(table.entity.id, field.id)?.ok_or(AppError::NotFound(Resource::Field))?;
        diesel::update(fields_of(company, table.entity.id))
            .filter(entity_fields::number.eq(before.number.get()))
            .set(row.changes())
            .execute(self.conn())
            .or_conflict(Conflict::FieldExists)?;
        match (before.rules.unique, field.rules.unique) {
            (false, true) => self.make_unique(table.entity.id, before.number),
            (true, false) => self.forget_unique(table.entity.id, before.number.get()),
            _ => Ok(()),
        }
    }

    /// Puts a field into the trash, and takes its values out of the index.
    pub(super) fn discard_field(&mut self, entity: EntityId, field: &Field, at: DateTime<Utc>) -> Result<(), AppError> {
        let deleted = diesel::update(fields_of(self.scope.company(), entity))
            .filter(entity_fields::id.eq(bytes(field.id.get())))
            .filter(entity_fields::deleted_at.is_null())
            .set(entity_fields::deleted_at.eq(stored(at)))
            .execute(self.conn())
            .or_fault()?;
        if deleted == 0 {
            return Err(AppError::NotFound(Resource::Field));
        }
        self.forget_unique(entity, field.number.get())?;
        self.forget_values(entity, field.number.get())
    }

    /// Takes a field out of the trash. It comes last where another has its place by now.
    pub(super) fn bring_back_field(
        &mut self,
        table: &Table,
        id: FieldId,
        since: DateTime<Utc>,
    ) -> Result<Field, AppError> {
        let company = self.scope.company();
        let restored: Option<FieldRow> = diesel::update(fields_of(company, table.entity.id))
            .filter(entity_fields::id.eq(bytes(id.get())))
            .filter(entity_fields::deleted_at.assume_not_null().ge(stored(since)))
            .filter(entity_fields::hidden_by.is_null())
            .set(entity_fields::deleted_at.eq(None::<NaiveDateTime>))
            .returning(columns::<FieldRow>())
            .get_result(self.conn())
            .optional()
            .or_conflict(Conflict::FieldExists)?;
        let restored = restored.ok_or(AppError::NotFound(Resource::Field))?;
        let names = self.display_names(std::slice::from_ref(&restored))?;
        let mut field = restored.into_domain(&names)?;
        if table.fields.iter().any(|other| other.display_order == field.display_order) {
            field.display_order = table.next_order();
            self.store_field(table, &field)?;
        }
        self.index_field(table.entity.id, &field)?;
        Ok(field)
    }

    fn stored_field(&mut self, entity: EntityId, id: FieldId) -> Result<Option<Field>, AppError> {
        let row: Option<FieldRow> = fields_of(self.scope.company(), entity)
            .filter(entity_fields::id.eq(bytes(id.get())))
            .filter(entity_fields::deleted_at.is_null())
            .select(FieldRow::as_select())
            .first(self.conn())
            .optional()
            .or_fault()?;
        let Some(row) = row else { return Ok(None) };
        let names = self.display_names(std::slice::from_ref(&row))?;
        row.into_domain(&names).map(Some)
    }
}
