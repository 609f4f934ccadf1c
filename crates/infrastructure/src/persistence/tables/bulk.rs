//! Inserting many rows at once, which the two databases take in different forms. PostgreSQL takes them as arrays,
//! because thousands of parameters would take longer to read than the rows to store. SQLite takes a statement for each
//! row: it is prepared once, and of a statement that writes one row SQLite need not keep every page as it was before.

use atalaya_application::ports::tables::Writing;
use atalaya_domain::id::{CompanyId, EntityId, RecordId, UserId};
use atalaya_domain::tables::{FieldNumber, UniqueSet, Value, Values};
use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Integer, Nullable, Text, Timestamp};

use super::bytes;
use super::sort_key::{exact, searchable, sort_key};
use super::unique_key::{CREATOR, creator_key, set_field, set_key};
use crate::persistence::connection::AnyConnection;
use crate::persistence::own::own;
use crate::persistence::rows::stored;
use crate::persistence::schema::{entities, record_values, records, unique_values};

/// Rows of one statement on PostgreSQL: some megabytes.
pub(super) const POSTGRES_ROWS: usize = 20_000;

/// The revision of a new record.
pub(super) const FIRST_REVISION: i32 = 1;

const POSTGRES_RECORDS: &str = "
    INSERT INTO records
        (company_id, entity_id, id, revision, kind, author, request_id, created_at, updated_at, content, creator)
    SELECT $1, $2, new.id, $3, $4, $5, $6, $7, $7, new.content, $10 FROM unnest($8, $9) AS new (id, content)";

const POSTGRES_VALUES: &str = "
    INSERT INTO record_values (company_id, entity, field, sort_key, record_id, exact, folded)
    SELECT $1, (SELECT number FROM entities WHERE company_id = $1 AND id = $2), * FROM unnest($3, $4, $5, $6, $7)";

const POSTGRES_UNIQUE: &str = "
    INSERT INTO unique_values (company_id, entity, field, exact_key, record_id)
    SELECT $1, (SELECT number FROM entities WHERE company_id = $1 AND id = $2), * FROM unnest($3, $4, $5)";

/// What records of one writing have in common.
pub(super) struct Common<'w> {
    pub(super) kind: &'w str,
    pub(super) author: &'w str,
    pub(super) request_id: Option<&'w str>,
    pub(super) at: NaiveDateTime,
    /// The user who writes; nobody where a program does.
    pub(super) creator: Option<i64>,
}

impl<'w> From<&'w Writing> for Common<'w> {
    fn from(writing: &'w Writing) -> Self {
        Self {
            kind: writing.kind.as_str(),
            author: writing.by.actor.name(),
            request_id: writing.by.origin.request_id.as_deref(),
            at: stored(writing.at),
            creator: writing.by.actor.id().map(UserId::get),
        }
    }
}

/// A new record: its id and content.
pub(super) type NewRecord = (Vec<u8>, String);

/// A value of the index. Rows are inserted in the order of their keys, so that neighbours meet the same pages.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ValueRow {
    field: i32,
    sort_key: Vec<u8>,
    record_id: Vec<u8>,
    exact: Option<Vec<u8>>,
    folded: Option<String>,
}

impl ValueRow {
    pub(super) fn new(field: FieldNumber, record: RecordId, value: &Value) -> Self {
        Self {
            field: field.get(),
            sort_key: sort_key(value),
            record_id: bytes(record.get()),
            exact: exact(value),
            folded: searchable(value),
        }
    }

    /// Who created a record.
    pub(super) fn of_creator(record_id: Vec<u8>, creator: i64) -> Self {
        Self { field: CREATOR, sort_key: creator_key(creator), record_id, exact: None, folded: None }
    }
}

/// A value that no other record has.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct UniqueRow {
    pub(super) field: i32,
    pub(super) exact_key: Vec<u8>,
    pub(super) record_id: Vec<u8>,
}

impl UniqueRow {
    /// The values of a record in the fields of a set, where it has one in each.
    pub(super) fn together(set: &UniqueSet, record: RecordId, values: &Values) -> Option<Self> {
        let exact_key = set_key(set, values)?;
        Some(Self { field: set_field(set), exact_key, record_id: bytes(record.get()) })
    }

    pub(super) fn of(row: &ValueRow) -> Self {
        let mut exact_key = row.sort_key.clone();
        exact_key.extend(row.exact.iter().flatten());
        Self { field: row.field, exact_key, record_id: row.record_id.clone() }
    }
}

/// Inserts records of an entity type.
pub(super) fn insert_records(
    conn: &mut AnyConnection,
    company: CompanyId,
    entity: EntityId,
    common: &Common<'_>,
    rows: &[NewRecord],
) -> QueryResult<()> {
    let (company, entity) = (company.get(), bytes(entity.get()));
    match conn {
        AnyConnection::Sqlite(conn) => rows.iter().try_for_each(|(id, content)| {
            diesel::insert_into(records::table)
                .values((
                    records::company_id.eq(company),
                    records::entity_id.eq(&entity),
                    records::id.eq(id),
                    records::revision.eq(FIRST_REVISION),
                    records::kind.eq(common.kind),
                    records::author.eq(common.author),
                    records::request_id.eq(common.request_id),
                    records::created_at.eq(common.at),
                    records::updated_at.eq(common.at),
                    records::content.eq(content),
                    records::creator.eq(common.creator),
                ))
                .execute(conn)
                .map(drop)
        }),
        AnyConnection::Postgres(conn) => rows.chunks(POSTGRES_ROWS).try_for_each(|chunk| {
            diesel::sql_query(POSTGRES_RECORDS)
                .bind::<BigInt, _>(company)
                .bind::<Binary, _>(&entity)
                .bind::<Integer, _>(FIRST_REVISION)
                .bind::<Text, _>(common.kind)
                .bind::<Text, _>(common.author)
                .bind::<Nullable<Text>, _>(common.request_id)
                .bind::<Timestamp, _>(common.at)
                .bind::<Array<Binary>, _>(chunk.iter().map(|(id, _)| id).collect::<Vec<_>>())
                .bind::<Array<Text>, _>(chunk.iter().map(|(_, content)| content).collect::<Vec<_>>())
                .bind::<Nullable<BigInt>, _>(common.creator)
                .execute(conn)
                .map(drop)
        }),
    }
}

/// By which number values name an entity type; there is one where there are records.
fn number_of(conn: &mut SqliteConnection, company: CompanyId, entity: EntityId) -> QueryResult<i32> {
    own::<entities::table>(company).filter(entities::id.eq(bytes(entity.get()))).select(entities::number).first(conn)
}

/// Inserts values of records into the index.
pub(super) fn insert_values(
    conn: &mut AnyConnection,
    company: CompanyId,
    entity: EntityId,
    rows: &mut [ValueRow],
) -> QueryResult<()> {
    rows.sort_unstable();
    match conn {
        AnyConnection::Sqlite(conn) => {
            let number = number_of(conn, company, entity)?;
            rows.iter().try_for_each(|row| {
                diesel::insert_into(record_values::table)
                    .values((
                        record_values::company_id.eq(company.get()),
                        record_values::entity.eq(number),
                        record_values::field.eq(row.field),
                        record_values::sort_key.eq(&row.sort_key),
                        record_values::record_id.eq(&row.record_id),
                        record_values::exact.eq(&row.exact),
                        record_values::folded.eq(&row.folded),
                    ))
                    .execute(conn)
                    .map(drop)
            })
        }
        AnyConnection::Postgres(conn) => rows.chunks(POSTGRES_ROWS).try_for_each(|chunk| {
            diesel::sql_query(POSTGRES_VALUES)
                .bind::<BigInt, _>(company.get())
                .bind::<Binary, _>(bytes(entity.get()))
                .bind::<Array<Integer>, _>(chunk.iter().map(|row| row.field).collect::<Vec<_>>())
                .bind::<Array<Binary>, _>(chunk.iter().map(|row| &row.sort_key).collect::<Vec<_>>())
                .bind::<Array<Binary>, _>(chunk.iter().map(|row| &row.record_id).collect::<Vec<_>>())
                .bind::<Array<Nullable<Binary>>, _>(chunk.iter().map(|row| row.exact.as_ref()).collect::<Vec<_>>())
                .bind::<Array<Nullable<Text>>, _>(chunk.iter().map(|row| row.folded.as_ref()).collect::<Vec<_>>())
                .execute(conn)
                .map(drop)
        }),
    }
}

/// Inserts values that no other record may have.
pub(super) fn insert_unique(
    conn: &mut AnyConnection,
    company: CompanyId,
    entity: EntityId,
    rows: &mut [UniqueRow],
) -> QueryResult<()> {
    rows.sort_unstable();
    match conn {
        AnyConnection::Sqlite(conn) => {
            let number = number_of(conn, company, entity)?;
            rows.iter().try_for_each(|row| {
                diesel::insert_into(unique_values::table)
                    .values((
                        unique_values::company_id.eq(company.get()),
                        unique_values::entity.eq(number),
                        unique_values::field.eq(row.field),
                        unique_values::exact_key.eq(&row.exact_key),
                        unique_values::record_id.eq(&row.record_id),
                    ))
                    .execute(conn)
                    .map(drop)
            })
        }
        AnyConnection::Postgres(conn) => rows.chunks(POSTGRES_ROWS).try_for_each(|chunk| {
            diesel::sql_query(POSTGRES_UNIQUE)
                .bind::<BigInt, _>(company.get())
                .bind::<Binary, _>(bytes(entity.get()))
                .bind::<Array<Integer>, _>(chunk.iter().map(|row| row.field).collect::<Vec<_>>())
                .bind::<Array<Binary>, _>(chunk.iter().map(|row| &row.exact_key).collect::<Vec<_>>())
                .bind::<Array<Binary>, _>(chunk.iter().map(|row| &row.record_id).collect::<Vec<_>>())
                .execute(conn)
                .map(drop)
        }),
    }
}
