//! Rewriting many records at once, in the two forms of `bulk`.

use atalaya_domain::id::{CompanyId, EntityId};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Integer, Nullable, Text, Timestamp};

use super::bulk::{Common, POSTGRES_ROWS};
use super::bytes;
use super::revisions::RecordRow;
use crate::persistence::connection::AnyConnection;
use crate::persistence::own::own;
use crate::persistence::schema::{deleted_records, record_revisions, records};

const POSTGRES_REVISIONS: &str = "
    INSERT INTO record_revisions
        (company_id, entity_id, record_id, revision, kind, author, request_id, written_at, content)
    SELECT $1, $2, * FROM unnest($3, $4, $5, $6, $7, $8, $9)";

const POSTGRES_DELETED: &str = "
    INSERT INTO deleted_records
        (company_id, entity_id, kind, author, request_id, updated_at, id, revision, created_at, content, creator)
    SELECT $1, $2, $3, $4, $5, $6, * FROM unnest($7, $8, $9, $10, $11)";

const POSTGRES_CHANGES: &str = "
    UPDATE records
    SET revision = new.revision, kind = $3, author = $4, request_id = $5, updated_at = $6, content = new.content
    FROM unnest($7, $8, $9) AS new (id, revision, content)
    WHERE company_id = $1 AND entity_id = $2 AND records.id = new.id AND records.revision = new.revision - 1";

/// Keeps what records were.
pub(super) fn insert_revisions(
    conn: &mut AnyConnection,
    company: CompanyId,
    entity: EntityId,
    rows: &[RecordRow],
) -> QueryResult<()> {
    let (company, entity) = (company.get(), bytes(entity.get()));
    match conn {
        AnyConnection::Sqlite(conn) => rows.iter().try_for_each(|row| {
            diesel::insert_into(record_revisions::table)
                .values((
                    record_revisions::company_id.eq(company),
                    record_revisions::entity_id.eq(&entity),
                    record_revisions::record_id.eq(&row.id),
                    record_revisions::revision.eq(row.revision),
                    record_revisions::kind.eq(&row.kind),
                    record_revisions::author.eq(&row.author),
                    record_revisions::request_id.eq(&row.request_id),
                    record_revisions::written_at.eq(row.updated_at),
                    record_revisions::content.eq(&row.content),
                ))
                .execute(conn)
                .map(drop)
        }),
        AnyConnection::Postgres(conn) => rows.chunks(POSTGRES_ROWS).try_for_each(|chunk| {
            diesel::sql_query(POSTGRES_REVISIONS)
                .bind::<BigInt, _>(company)
                .bind::<Binary, _>(&entity)
                .bind::<Array<Binary>, _>(chunk.iter().map(|row| &row.id).collect::<Vec<_>>())
                .bind::<Array<Integer>, _>(chunk.iter().map(|row| row.revision).collect::<Vec<_>>())
                .bind::<Array<Text>, _>(chunk.iter().map(|row| &row.kind).collect::<Vec<_>>())
                .bind::<Array<Text>, _>(chunk.iter().map(|row| &row.author).collect::<Vec<_>>())
                .bind::<Array<Nullable<Text>>, _>(chunk.iter().map(|row| row.request_id.as_ref()).collect::<Vec<_>>())
                .bind::<Array<Timestamp>, _>(chunk.iter().map(|row| row.updated_at).collect::<Vec<_>>())
                .bind::<Array<Text>, _>(chunk.iter().map(|row| &row.content).collect::<Vec<_>>())
                .execute(conn)
                .map(drop)
        }),
    }
}

/// Puts records into the trash as they are after a deletion.
pub(super) fn insert_deleted(
    conn: &mut AnyConnection,
    company: CompanyId,
    entity: EntityId,
    common: &Common<'_>,
    rows: &[RecordRow],
) -> QueryResult<()> {
    let (company, entity) = (company.get(), bytes(entity.get()));
    match conn {
        AnyConnection::Sqlite(conn) => rows.iter().try_for_each(|row| {
            diesel::insert_into(deleted_records::table)
                .values((
                    deleted_records::company_id.eq(company),
                    deleted_records::entity_id.eq(&entity),
                    deleted_records::id.eq(&row.id),
                    deleted_records::revision.eq(row.revision),
                    deleted_records::kind.eq(common.kind),
                    deleted_records::author.eq(common.author),
                    deleted_records::request_id.eq(common.request_id),
                    deleted_records::created_at.eq(row.created_at),
                    deleted_records::updated_at.eq(common.at),
                    deleted_records::content.eq(&row.content),
                    deleted_records::creator.eq(row.creator),
                ))
                .execute(conn)
                .map(drop)
        }),
        AnyConnection::Postgres(conn) => rows.chunks(POSTGRES_ROWS).try_for_each(|chunk| {
            diesel::sql_query(POSTGRES_DELETED)
                .bind::<BigInt, _>(company)
                .bind::<Binary, _>(&entity)
                .bind::<Text, _>(common.kind)
                .bind::<Text, _>(common.author)
                .bind::<Nullable<Text>, _>(common.request_id)
                .bind::<Timestamp, _>(common.at)
                .bind::<Array<Binary>, _>(chunk.iter().map(|row| &row.id).collect::<Vec<_>>())
                .bind::<Array<Integer>, _>(chunk.iter().map(|row| row.revision).collect::<Vec<_>>())
                .bind::<Array<Timestamp>, _>(chunk.iter().map(|row| row.created_at).collect::<Vec<_>>())
                .bind::<Array<Text>, _>(chunk.iter().map(|row| &row.content).collect::<Vec<_>>())
                .bind::<Array<Nullable<BigInt>>, _>(chunk.iter().map(|row| row.creator).collect::<Vec<_>>())
                .execute(conn)
                .map(drop)
        }),
    }
}

/// Stores what records are by now, where they were as they are one revision before. How many that were.
pub(super) fn change_records(
    conn: &mut AnyConnection,
    company: CompanyId,
    entity: EntityId,
    common: &Common<'_>,
    rows: &[RecordRow],
) -> QueryResult<usize> {
    let of_company = own::<records::table>(company);
    let (company, entity) = (company.get(), bytes(entity.get()));
    match conn {
        // Here a statement costs no more than the row that it changes.
        AnyConnection::Sqlite(conn) => rows.iter().try_fold(0, |changed, row| {
            let number = diesel::update(of_company)
                .filter(records::entity_id.eq(&entity))
                .filter(records::id.eq(&row.id))
                .filter(records::revision.eq(row.revision - 1))
                .set((
                    records::revision.eq(row.revision),
                    records::kind.eq(common.kind),
                    records::author.eq(common.author),
                    records::request_id.eq(common.request_id),
                    records::updated_at.eq(common.at),
                    records::content.eq(&row.content),
                ))
                .execute(conn)?;
            Ok(changed + number)
        }),
        AnyConnection::Postgres(conn) => rows.chunks(POSTGRES_ROWS).try_fold(0, |changed, chunk| {
            let number = diesel::sql_query(POSTGRES_CHANGES)
                .bind::<BigInt, _>(company)
                .bind::<Binary, _>(&entity)
                .bind::<Text, _>(common.kind)
                .bind::<Text, _>(common.author)
                .bind::<Nullable<Text>, _>(common.request_id)
                .bind::<Timestamp, _>(common.at)
                .bind::<Array<Binary>, _>(chunk.iter().map(|row| &row.id).collect::<Vec<_>>())
                .bind::<Array<Integer>, _>(chunk.iter().map(|row| row.revision).collect::<Vec<_>>())
                .bind::<Array<Text>, _>(chunk.iter().map(|row| &row.content).collect::<Vec<_>>())
                .execute(conn)?;
            Ok(changed + number)
        }),
    }
}
