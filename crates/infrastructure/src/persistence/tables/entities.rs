//! Definitions of a company's entity types.

use std::collections::HashMap;

use atalaya_application::AppError;
use atalaya_application::error::{Conflict, Resource};
use atalaya_application::ports::tables::{EntityReader, EntityWriter};
use atalaya_application::ports::trash::Trashed;
use atalaya_domain::id::{CompanyId, EntityId, FieldId};
use atalaya_domain::tables::{Entity, Field, NewEntity, NewField, Opener, Relationship, Table};
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::dsl::{auto_type, max};
use diesel::prelude::*;

use super::bytes;
use super::rows::{EntityRow, FieldRow, NewEntityRow};
use super::settings::settings_column;
use crate::persistence::error::Expecting;
use crate::persistence::own::{Own, own};
use crate::persistence::rows::{columns, stored};
use crate::persistence::schema::{entities, entity_fields};
use crate::persistence::store::Tenant;
use crate::persistence::upsert::share_entity;

/// The company's entity types that are not in the trash.
#[auto_type]
pub(super) fn live_entities(company: CompanyId) -> _ {
    let entities: Own<entities::table> = own::<entities::table>(company);
    entities.filter(entities::deleted_at.is_null())
}

/// One of the company's entity types, unless it is in the trash.
#[auto_type(no_type_alias)]
pub(super) fn live_entity(company: CompanyId, id: EntityId) -> _ {
    let id: Vec<u8> = bytes(id.get());
    let live: live_entities = live_entities(company);
    live.filter(entities::id.eq(id))
}

/// The fields of an entity type.
#[auto_type(no_type_alias)]
pub(super) fn fields_of(company: CompanyId, entity: EntityId) -> _ {
    let entity: Vec<u8> = bytes(entity.get());
    let fields: Own<entity_fields::table> = own::<entity_fields::table>(company);
    fields.filter(entity_fields::entity_id.eq(entity))
}

impl Tenant<'_, '_> {
    /// The fields of an entity type that are not in the trash, by their order.
    fn live_fields(&mut self, entity: EntityId) -> Result<Vec<Field>, AppError> {
        let rows: Vec<FieldRow> = fields_of(self.scope.company(), entity)
            .filter(entity_fields::deleted_at.is_null())
            .order((entity_fields::display_order, entity_fields::number))
            .select(FieldRow::as_select())
            .load(self.conn())
            .or_fault()?;
        let names = self.display_names(&rows)?;
        rows.into_iter().map(|row| row.into_domain(&names)).collect()
    }

    /// Entity types with their fields, which come in their order.
    fn with_fields(&mut self, entities: Vec<Entity>, rows: Vec<FieldRow>) -> Result<Vec<Table>, AppError> {
        let names = self.display_names(&rows)?;
        let mut fields: HashMap<Vec<u8>, Vec<Field>> = HashMap::new();
        for mut row in rows {
            let entity = std::mem::take(&mut row.entity_id);
            fields.entry(entity).or_default().push(row.into_domain(&names)?);
        }
        let table = |entity: Entity| {
            let fields = fields.remove(&bytes(entity.id.get())).unwrap_or_default();
            Table { entity, fields, opener: Opener::Nobody }
        };
        Ok(entities.into_iter().map(table).collect())
    }
}

impl EntityReader for Tenant<'_, '_> {
    fn all(&mut self) -> Result<Vec<Entity>, AppError> {
        let rows: Vec<EntityRow> = live_entities(self.scope.company())
            .order((entities::created_at.desc(), entities::id.desc()))
            .select(EntityRow::as_select())
            .load(self.conn())
            .or_fault()?;
        rows.into_iter().map(EntityRow::into_domain).collect()
    }

    fn tables(&mut self) -> Result<Vec<Table>, AppError> {
        let entities = EntityReader::all(self)?;
        let rows: Vec<FieldRow> = self
            .own::<entity_fields::table>()
            .filter(entity_fields::deleted_at.is_null())
            .order((entity_fields::entity_id, entity_fields::display_order, entity_fields::number))
            .select(FieldRow::as_select())
            .load(self.conn())
            .or_fault()?;
        self.with_fields(entities, rows)
    }

    fn find_all(&mut self, ids: &[EntityId]) -> Result<Vec<Table>, AppError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<Vec<u8>> = ids.iter().map(|id| bytes(id.get())).collect();
        let found: Vec<EntityRow> = live_entities(self.scope.company())
            .filter(entities::id.eq_any(&ids))
            .select(EntityRow::as_select())
            .load(self.conn())
            .or_fault()?;
        let entities = found.into_iter().map(EntityRow::into_domain).collect::<Result<_, _>>()?;
        let rows: Vec<FieldRow> = self
            .own::<entity_fields::table>()
            .filter(entity_fields::entity_id.eq_any(&ids))
            .filter(entity_fields::deleted_at.is_null())
            .order((entity_fields::entity_id, entity_fields::display_order, entity_fields::number))
            .select(FieldRow::as_select())
            .load(self.conn())
            .or_fault()?;
        self.with_fields(entities, rows)
    }

    fn find(&mut self, id: EntityId) -> Result<Option<Table>, AppError> {
        if self.writes {
            let company = self.scope.company();
            share_entity(self.conn(), company, &bytes(id.get())).or_fault()?;
        }
        let found: Option<EntityRow> = live_entity(self.scope.company(), id)
            .select(EntityRow::as_select())
            .first(self.conn())
            .optional()
            .or_fault()?;
        let Some(row) = found else { return Ok(None) };
        let entity = row.into_domain()?;
        Ok(Some(Table { entity, fields: self.live_fields(id)?, opener: Opener::Nobody }))
    }

    fn relationships(&mut self, id: EntityId) -> Result<Vec<Relationship>, AppError> {
        self.relationships_of(id)
    }

    fn trash(&mut self, since: DateTime<Utc>) -> Result<Vec<Trashed<Entity>>, AppError> {
        let rows: Vec<EntityRow> = self
            .own::<entities::table>()
            .filter(entities::deleted_at.assume_not_null().ge(stored(since)))
            .order((entities::deleted_at.desc(), entities::id.desc()))
            .select(EntityRow::as_select())
            .load(self.conn())
            .or_fault()?;
        rows.into_iter().map(EntityRow::into_trashed).collect()
    }

    fn field_trash(&mut self, id: EntityId, since: DateTime<Utc>) -> Result<Vec<Trashed<Field>>, AppError> {
        self.trashed_fields(id, since)
    }
}

impl EntityWriter for Tenant<'_, '_> {
    fn lock(&mut self, id: EntityId) -> Result<(), AppError> {
        // A change that changes nothing. A lock alone would let those go on who wait for it, with what they saw before.
        let changed = diesel::update(live_entity(self.scope.company(), id))
            .set(entities::deleted_at.eq(None::<NaiveDateTime>))
            .execute(self.conn())
            .or_fault()?;
        if changed == 0 { Err(AppError::NotFound(Resource::Entity)) } else { Ok(()) }
    }

    fn insert(&mut self, id: EntityId, entity: &NewEntity, at: DateTime<Utc>) -> Result<Entity, AppError> {
        // Purging an entity type leaves no values that name it, so its number may be given again.
        let highest: Option<i32> =
            self.own::<entities::table>().select(max(entities::number)).first(self.conn()).or_fault()?;
        let row = NewEntityRow::new(self.scope.company(), id, highest.unwrap_or(0) + 1, entity, at)?;
        let inserted: EntityRow = diesel::insert_into(entities::table)
            .values(row)
            .returning(columns::<EntityRow>())
            .get_result(self.conn())
            .or_conflict(Conflict::EntityExists)?;
        inserted.into_domain()
    }

    fn change(&mut self, table: &Table, entity: &Entity) -> Result<(), AppError> {
        let settings = settings_column(entity.access, entity.requires_if_match, &entity.unique_together)?;
        let changed = diesel::update(live_entity(self.scope.company(), entity.id))
            .set((
                entities::display_name.eq(entity.display_name.as_str()),
                entities::description.eq(&entity.description),
                entities::settings.eq(settings),
            ))
            .execute(self.conn())
            .or_fault()?;
        if changed == 0 {
            return Err(AppError::NotFound(Resource::Entity));
        }
        self.change_unique_sets(table, &entity.unique_together)?;
        self.change_creators(&table.entity, entity)
    }

    fn delete(&mut self, entity: &Entity, at: DateTime<Utc>) -> Result<(), AppError> {
        let deleted = diesel::update(live_entity(self.scope.company(), entity.id))
            .set(entities::deleted_at.eq(stored(at)))
            .execute(self.conn())
            .or_fault()?;
        if deleted == 0 { Err(AppError::NotFound(Resource::Entity)) } else { Ok(()) }
    }

    fn restore(&mut self, id: EntityId, since: DateTime<Utc>) -> Result<Entity, AppError> {
        let restored: Option<EntityRow> = diesel::update(self.own::<entities::table>())
            .filter(entities::id.eq(bytes(id.get())))
            .filter(entities::deleted_at.assume_not_null().ge(stored(since)))
            .set(entities::deleted_at.eq(None::<chrono::NaiveDateTime>))
            .returning(columns::<EntityRow>())
            .get_result(self.conn())
            .optional()
            .or_conflict(Conflict::EntityExists)?;
        restored.ok_or(AppError::NotFound(Resource::Entity))?.into_domain()
    }

    fn insert_field(
        &mut self,
        table: &Table,
        id: FieldId,
        field: &NewField,
        at: DateTime<Utc>,
    ) -> Result<Field, AppError> {
        self.define_field(table, id, field, at)
    }

    fn change_field(&mut self, table: &Table, field: &Field) -> Result<(), AppError> {
        self.store_field(table, field)
    }

    fn delete_field(&mut self, table: &Table, field: &Field, at: DateTime<Utc>) -> Result<(), AppError> {
        self.discard_field(table.entity.id, field, at)
    }

    fn restore_field(&mut self, table: &Table, id: FieldId, since: DateTime<Utc>) -> Result<Field, AppError> {
        self.bring_back_field(table, id, since)
    }
}
