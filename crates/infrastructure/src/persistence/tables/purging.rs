//! Deleting for good what was in the trash, some in each transaction.

use atalaya_application::AppError;
use atalaya_application::ports::trash::{Expired, Holders, Removed, TrashWriter};
use atalaya_domain::id::{CompanyId, EntityId, RecordId};
use atalaya_domain::tables::{Entity, FieldNumber};
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Text};

use super::entities::{fields_of, live_entities};
use super::revisions::{deleted_of, records_of};
use super::rows::{EntityRow, FieldRow};
use super::{Id, bytes, identifier};
use crate::persistence::connection::AnyConnection;
use crate::persistence::error::Expecting;
use crate::persistence::jobs::UNFINISHED;
use crate::persistence::rows::stored;
use crate::persistence::schema::{deleted_records, entities, entity_fields, jobs, record_revisions, records};
use crate::persistence::store::Tenant;

/// Records that one transaction deletes.
const RECORDS_AT_ONCE: i64 = 500;
/// Revisions of them, unless one record has more.
const REVISIONS_AT_ONCE: i64 = 5_000;
/// Contents that one transaction looks through.
const CONTENTS_AT_ONCE: i64 = 1_000;

/// The statement that removes a member of contents. Damaged contents are left: reading them says so.
macro_rules! removal {
    (sqlite, $table:literal, $record:literal) => {
        concat!(
            "UPDATE ",
            $table,
            " SET content = json_remove(content, '$.\"' || ?5 || '\"') WHERE company_id = ?1 ",
            "AND entity_id = ?2 AND ",
            $record,
            " > ?3 AND ",
            $record,
            " <= ?4 ",
            "AND CASE WHEN json_valid(content) THEN json_type(content, '$.\"' || ?5 || '\"') IS NOT NULL END"
        )
    };
    (postgres, $table:literal, $record:literal) => {
        concat!(
            "UPDATE ",
            $table,
            " SET content = (content::jsonb - $5)::text WHERE company_id = $1 ",
            "AND entity_id = $2 AND ",
            $record,
            " > $3 AND ",
            $record,
            " <= $4 ",
            "AND content LIKE '%\"' || $5 || '\":%' AND jsonb_exists(content::jsonb, $5)"
        )
    };
}

fn removal(conn: &AnyConnection, holders: Holders) -> &'static str {
    match (conn, holders) {
        (AnyConnection::Sqlite(_), Holders::Records) => removal!(sqlite, "records", "id"),
        (AnyConnection::Sqlite(_), Holders::Trash) => removal!(sqlite, "deleted_records", "id"),
        (AnyConnection::Sqlite(_), Holders::Revisions) => removal!(sqlite, "record_revisions", "record_id"),
        (AnyConnection::Postgres(_), Holders::Records) => removal!(postgres, "records", "id"),
        (AnyConnection::Postgres(_), Holders::Trash) => removal!(postgres, "deleted_records", "id"),
        (AnyConnection::Postgres(_), Holders::Revisions) => removal!(postgres, "record_revisions", "record_id"),
    }
}

/// The part after a record and until another.
struct Span {
    after: Id,
    until: Id,
}

fn remove_member(
    conn: &mut AnyConnection,
    holders: Holders,
    company: CompanyId,
    entity: EntityId,
    span: &Span,
    member: FieldNumber,
) -> QueryResult<usize> {
    let statement = diesel::sql_query(removal(conn, holders))
        .bind::<BigInt, _>(company.get())
        .bind::<Binary, _>(bytes(entity.get()))
        .bind::<Binary, _>(&span.after)
        .bind::<Binary, _>(&span.until)
        .bind::<Text, _>(member.get().to_string());
    match conn {
        AnyConnection::Sqlite(conn) => statement.execute(conn),
        AnyConnection::Postgres(conn) => statement.execute(conn),
    }
}

/// The first records whose revisions one transaction deletes.
fn some(rows: Vec<(Id, i32)>) -> Vec<Id> {
    let mut revisions = 0;
    let fits = |(_, of_record): &(Id, i32)| {
        let is_first = revisions == 0;
        revisions += i64::from(*of_record);
        is_first || revisions <= REVISIONS_AT_ONCE
    };
    rows.into_iter().take_while(fits).map(|(id, _)| id).collect()
}

impl Tenant<'_, '_> {
    fn expired_entity(&mut self, before: NaiveDateTime) -> Result<Option<Entity>, AppError> {
        let row: Option<EntityRow> = self
            .own::<entities::table>()
            .filter(entities::deleted_at.assume_not_null().lt(before))
            .order(entities::id)
            .select(EntityRow::as_select())
            .first(self.conn())
            .optional()
            .or_fault()?;
        row.map(EntityRow::into_domain).transpose()
    }

    fn with_expired_records(&mut self, before: NaiveDateTime) -> Result<Option<Entity>, AppError> {
        let expired = self
            .own::<deleted_records::table>()
            .filter(deleted_records::entity_id.eq(entities::id))
            .filter(deleted_records::updated_at.lt(before));
        let row: Option<EntityRow> = live_entities(self.scope.company())
            .filter(exists(expired))
            .order(entities::id)
            .select(EntityRow::as_select())
            .first(self.conn())
            .optional()
            .or_fault()?;
        row.map(EntityRow::into_domain).transpose()
    }

    fn expired_field(&mut self, before: NaiveDateTime) -> Result<Option<Expired>, AppError> {
        let live = live_entities(self.scope.company()).select(entities::id);
        let filling = self.own::<jobs::table>().filter(jobs::state.eq_any(UNFINISHED)).select(jobs::id);
        let is_deleted = entity_fields::hidden_by.is_null().and(entity_fields::deleted_at.assume_not_null().lt(before));
        let is_left =
            entity_fields::hidden_by.is_not_null().and(entity_fields::hidden_by.assume_not_null().ne_all(filling));
        let row: Option<FieldRow> = self
            .own::<entity_fields::table>()
            .filter(is_deleted.or(is_left))
            .filter(entity_fields::entity_id.eq_any(live))
            .order((entity_fields::entity_id, entity_fields::number))
            .select(FieldRow::as_select())
            .first(self.conn())
            .optional()
            .or_fault()?;
        let Some(row) = row else { return Ok(None) };
        let is_hidden = row.hidden_by.is_some();
        let names = self.display_names(std::slice::from_ref(&row))?;
        let entity: EntityRow = live_entities(self.scope.company())
            .filter(entities::id.eq(&row.entity_id))
            .select(EntityRow::as_select())
            .first(self.conn())
            .or_fault()?;
        let (entity, field) = (entity.into_domain()?, Box::new(row.into_domain(&names)?));
        Ok(Some(if is_hidden { Expired::Hidden(entity, field) } else { Expired::Field(entity, field) }))
    }

    fn forget_revisions(&mut self, entity: EntityId, ids: &[Id]) -> Result<(), AppError> {
        let revisions = self
            .own::<record_revisions::table>()
            .filter(record_revisions::entity_id.eq(bytes(entity.get())))
            .filter(record_revisions::record_id.eq_any(ids));
        diesel::delete(revisions).execute(self.conn()).or_fault()?;
        Ok(())
    }

    /// Deletes these records of the trash.
    fn purge_deleted(&mut self, entity: EntityId, rows: Vec<(Id, i32)>) -> Result<u64, AppError> {
        let ids = some(rows);
        self.forget_revisions(entity, &ids)?;
        let deleted = deleted_of(self.scope.company(), entity).filter(deleted_records::id.eq_any(&ids));
        let number = diesel::delete(deleted).execute(self.conn()).or_fault()?;
        u64::try_from(number).map_err(AppError::internal)
    }

    /// Deletes some records that are not in the trash themselves.
    fn purge_live(&mut self, entity: EntityId) -> Result<u64, AppError> {
        let company = self.scope.company();
        let rows: Vec<(Id, i32)> = records_of(company, entity)
            .order(records::id)
            .limit(RECORDS_AT_ONCE)
            .select((records::id, records::revision))
            .load(self.conn())
            .or_fault()?;
        let ids = some(rows);
        self.forget_records(entity, &ids)?;
        self.forget_revisions(entity, &ids)?;
        let number = diesel::delete(records_of(company, entity).filter(records::id.eq_any(&ids)))
            .execute(self.conn())
            .or_fault()?;
        u64::try_from(number).map_err(AppError::internal)
    }

    /// Records of the next contents of a field, in their order; several times where one has several.
    fn contents(&mut self, entity: EntityId, holders: Holders, after: &Id) -> Result<Vec<Id>, AppError> {
        let company = self.scope.company();
        match holders {
            Holders::Records => records_of(company, entity)
                .filter(records::id.gt(after))
                .order(records::id)
                .limit(CONTENTS_AT_ONCE)
                .select(records::id)
                .load(self.conn()),
            Holders::Trash => deleted_of(company, entity)
                .filter(deleted_records::id.gt(after))
                .order(deleted_records::id)
                .limit(CONTENTS_AT_ONCE)
                .select(deleted_records::id)
                .load(self.conn()),
            Holders::Revisions => self
                .own::<record_revisions::table>()
                .filter(record_revisions::entity_id.eq(bytes(entity.get())))
                .filter(record_revisions::record_id.gt(after))
                .order(record_revisions::record_id)
                .limit(CONTENTS_AT_ONCE)
                .select(record_revisions::record_id)
                .load(self.conn()),
        }
        .or_fault()
    }
}

impl TrashWriter for Tenant<'_, '_> {
    fn expired(&mut self, before: DateTime<Utc>) -> Result<Option<Expired>, AppError> {
        let before = stored(before);
        if let Some(entity) = self.expired_entity(before)? {
            return Ok(Some(Expired::Entity(entity)));
        }
        if let Some(entity) = self.with_expired_records(before)? {
            return Ok(Some(Expired::Records(entity)));
        }
        self.expired_field(before)
    }

    fn purge_records(&mut self, entity: EntityId, before: DateTime<Utc>) -> Result<u64, AppError> {
        let rows: Vec<(Id, i32)> = deleted_of(self.scope.company(), entity)
            .filter(deleted_records::updated_at.lt(stored(before)))
            .order((deleted_records::updated_at, deleted_records::id))
            .limit(RECORDS_AT_ONCE)
            .select((deleted_records::id, deleted_records::revision))
            .load(self.conn())
            .or_fault()?;
        self.purge_deleted(entity, rows)
    }

    fn remove_values(
        &mut self,
        entity: EntityId,
        field: FieldNumber,
        removed: Removed,
    ) -> Result<Option<Removed>, AppError> {
        let after = removed.until.map(|id| bytes(id.get())).unwrap_or_default();
        let contents = self.contents(entity, removed.holders, &after)?;
        let Some(until) = contents.last().cloned() else { return Ok(Removed::all_of(removed.holders)) };
        let last = RecordId::new(identifier("records.id", &until)?);
        let (company, span) = (self.scope.company(), Span { after, until });
        remove_member(self.conn(), removed.holders, company, entity, &span, field).or_fault()?;
        Ok(Some(Removed { until: Some(last), ..removed }))
    }

    fn purge_field(&mut self, entity: EntityId, field: FieldNumber) -> Result<(), AppError> {
        self.forget_values(entity, field.get())?;
        let company = self.scope.company();
        let number = field.get();
        let deleted = fields_of(company, entity)
            .filter(entity_fields::number.eq(number))
            .filter(entity_fields::deleted_at.is_not_null());
        diesel::delete(deleted).execute(self.conn()).or_fault()?;
        diesel::update(fields_of(company, entity))
            .filter(entity_fields::retyping.assume_not_null().eq(number))
            .set(entity_fields::retyping.eq(None::<i32>))
            .execute(self.conn())
            .or_fault()?;
        Ok(())
    }

    fn purge_entity(&mut self, entity: EntityId) -> Result<Option<u64>, AppError> {
        let live = self.purge_live(entity)?;
        if live > 0 {
            return Ok(Some(live));
        }
        let company = self.scope.company();
        let rows: Vec<(Id, i32)> = deleted_of(company, entity)
            .order(deleted_records::id)
            .limit(RECORDS_AT_ONCE)
            .select((deleted_records::id, deleted_records::revision))
            .load(self.conn())
            .or_fault()?;
        let trashed = self.purge_deleted(entity, rows)?;
        if trashed > 0 {
            return Ok(Some(trashed));
        }
        self.forget_views(entity)?;
        self.forget_index(entity)?;
        diesel::delete(fields_of(company, entity)).execute(self.conn()).or_fault()?;
        let id = bytes(entity.get());
        diesel::update(self.own::<entity_fields::table>())
            .filter(entity_fields::target_id.assume_not_null().eq(&id))
            .set((
                entity_fields::target_id.eq(None::<Vec<u8>>),
                entity_fields::target_display.eq(None::<i32>),
                entity_fields::on_delete.eq(None::<String>),
            ))
            .execute(self.conn())
            .or_fault()?;
        diesel::delete(self.own::<entities::table>())
            .filter(entities::id.eq(id))
            .filter(entities::deleted_at.is_not_null())
            .execute(self.conn())
            .or_fault()?;
        Ok(None)
    }
}
