//! What is not about one field: values that are unique together, and who created a record.

use atalaya_application::AppError;
use atalaya_application::ports::tables::Listed;
use atalaya_domain::id::RecordId;
use atalaya_domain::tables::{Entity, Table, UniqueSet};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary};

use super::bytes;
use super::index::IndexRows;
use super::unique_key::{CREATOR, is_creator_indexed, set_field, set_key};
use crate::persistence::connection::AnyConnection;
use crate::persistence::error::Expecting;
use crate::persistence::store::Tenant;

/// Indexes who created the records of an entity type, in the order of their keys: eight bytes, the highest first.
const SQLITE_CREATORS: &str = "
    INSERT INTO record_values (company_id, entity, field, sort_key, record_id)
    SELECT company_id, (SELECT number FROM entities WHERE company_id = ?1 AND id = ?2), 0,
        unhex(printf('%016x', creator)), id
    FROM records WHERE company_id = ?1 AND entity_id = ?2 AND creator IS NOT NULL ORDER BY creator, id";
const POSTGRES_CREATORS: &str = "
    INSERT INTO record_values (company_id, entity, field, sort_key, record_id)
    SELECT company_id, (SELECT number FROM entities WHERE company_id = $1 AND id = $2), 0, int8send(creator), id
    FROM records WHERE company_id = $1 AND entity_id = $2 AND creator IS NOT NULL ORDER BY creator, id";

impl Tenant<'_, '_> {
    /// See [`RecordReader::repeated_together`](atalaya_application::ports::tables::RecordReader::repeated_together).
    pub(super) fn repeated_in(
        &mut self,
        table: &Table,
        set: &UniqueSet,
        limit: u32,
    ) -> Result<Listed<RecordId>, AppError> {
        let mut keys: Vec<(Vec<u8>, RecordId)> = Vec::new();
        self.each_stored(table.entity.id, &table.fields_of(set).cloned().collect::<Vec<_>>(), |_, held| {
            keys.extend(held.into_iter().filter_map(|(record, values)| Some((set_key(set, &values)?, record))));
            Ok(())
        })?;
        keys.sort_unstable();
        let groups = keys.chunk_by(|(one, _), (other, _)| one == other).filter(|group| group.len() > 1);
        let repeated: Vec<RecordId> = groups.flatten().map(|(_, record)| *record).collect();
        let total = u64::try_from(repeated.len()).map_err(AppError::internal)?;
        let limit = usize::try_from(limit).map_err(AppError::internal)?;
        Ok(Listed { items: repeated.into_iter().take(limit).collect(), total })
    }

    /// Brings the unique values in line with other sets of fields.
    pub(super) fn change_unique_sets(&mut self, table: &Table, sets: &[UniqueSet]) -> Result<(), AppError> {
        let (id, before) = (table.entity.id, &table.entity.unique_together);
        for set in before.iter().filter(|set| !sets.contains(set)) {
            self.forget_unique(id, set_field(set))?;
        }
        for set in sets.iter().filter(|set| !before.contains(set)) {
            self.each_stored(id, &table.fields_of(set).cloned().collect::<Vec<_>>(), |unit, held| {
                let mut rows = IndexRows::default();
                for (record, values) in &held {
                    rows.add_sets([set], *record, values);
                }
                unit.store_index(id, &mut rows)
            })?;
        }
        Ok(())
    }

    /// Indexes who created each record where that decides from now on who sees it.
    pub(super) fn change_creators(&mut self, before: &Entity, after: &Entity) -> Result<(), AppError> {
        match (is_creator_indexed(before), is_creator_indexed(after)) {
            (false, true) => self.index_creators(after),
            (true, false) => self.forget_values(after.id, CREATOR),
            _ => Ok(()),
        }
    }

    fn index_creators(&mut self, entity: &Entity) -> Result<(), AppError> {
        let (company, id) = (self.scope.company().get(), bytes(entity.id.get()));
        let statement =
            |text: &'static str| diesel::sql_query(text).bind::<BigInt, _>(company).bind::<Binary, _>(id.clone());
        match self.conn() {
            AnyConnection::Sqlite(conn) => statement(SQLITE_CREATORS).execute(conn),
            AnyConnection::Postgres(conn) => statement(POSTGRES_CREATORS).execute(conn),
        }
        .or_fault()?;
        Ok(())
    }
}
