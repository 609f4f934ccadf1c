//! Storing converted values beside those that they were made of, in the two forms of `bulk`.

use atalaya_application::ports::trash::Holders;
use atalaya_domain::id::{CompanyId, EntityId};
use atalaya_domain::tables::FieldNumber;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Integer, Text};

use super::bytes;
use crate::persistence::connection::AnyConnection;

/// A converted value of a state, as JSON.
pub(super) struct Converted {
    pub(super) id: Vec<u8>,
    pub(super) revision: i32,
    pub(super) member: String,
}

/// The statement that adds a member to contents: on SQLite of one state, on PostgreSQL of many.
macro_rules! addition {
    (sqlite, $table:literal, $record:literal) => {
        concat!(
            "UPDATE ",
            $table,
            " SET content = json_set(content, '$.\"' || ?3 || '\"', json(?4)) ",
            "WHERE company_id = ?1 AND entity_id = ?2 AND ",
            $record,
            " = ?5 AND revision = ?6"
        )
    };
    (postgres, $table:literal, $record:literal) => {
        concat!(
            "UPDATE ",
            $table,
            " AS state SET content = (content::jsonb || jsonb_build_object($3, new.member::jsonb))::text ",
            "FROM unnest($4, $5, $6) AS new (id, revision, member) ",
            "WHERE company_id = $1 AND entity_id = $2 AND state.",
            $record,
            " = new.id AND state.revision = new.revision"
        )
    };
}

/// Stores converted values under the number of a field. How many states that changed.
pub(super) fn store_converted(
    conn: &mut AnyConnection,
    holders: Holders,
    (company, entity): (CompanyId, EntityId),
    field: FieldNumber,
    rows: &[Converted],
) -> QueryResult<usize> {
    let (company, entity, field) = (company.get(), bytes(entity.get()), field.get().to_string());
    match conn {
        // Here a statement costs no more than the row that it changes.
        AnyConnection::Sqlite(conn) => {
            let statement = match holders {
                Holders::Records => addition!(sqlite, "records", "id"),
                Holders::Trash => addition!(sqlite, "deleted_records", "id"),
                Holders::Revisions => addition!(sqlite, "record_revisions", "record_id"),
            };
            rows.iter().try_fold(0, |done, row| {
                let changed = diesel::sql_query(statement)
                    .bind::<BigInt, _>(company)
                    .bind::<Binary, _>(&entity)
                    .bind::<Text, _>(&field)
                    .bind::<Text, _>(&row.member)
                    .bind::<Binary, _>(&row.id)
                    .bind::<Integer, _>(row.revision)
                    .execute(conn)?;
                Ok(done + changed)
            })
        }
        AnyConnection::Postgres(conn) => {
            let statement = match holders {
                Holders::Records => addition!(postgres, "records", "id"),
                Holders::Trash => addition!(postgres, "deleted_records", "id"),
                Holders::Revisions => addition!(postgres, "record_revisions", "record_id"),
            };
            diesel::sql_query(statement)
                .bind::<BigInt, _>(company)
                .bind::<Binary, _>(&entity)
                .bind::<Text, _>(&field)
                .bind::<Array<Binary>, _>(rows.iter().map(|row| &row.id).collect::<Vec<_>>())
                .bind::<Array<Integer>, _>(rows.iter().map(|row| row.revision).collect::<Vec<_>>())
                .bind::<Array<Text>, _>(rows.iter().map(|row| &row.member).collect::<Vec<_>>())
                .execute(conn)
        }
    }
}
