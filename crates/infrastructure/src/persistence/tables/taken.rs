//! Which unique values are taken, before records that are to have them are stored.

use std::collections::{BTreeMap, BTreeSet};

use atalaya_application::AppError;
use atalaya_application::ports::tables::Taken;
use atalaya_domain::id::{EntityId, RecordId};
use atalaya_domain::tables::{Field, FieldNumber, Table, UniqueSet, Values};
use diesel::prelude::*;

use super::bulk::{UniqueRow, ValueRow};
use super::index::{KEYS_AT_ONCE, unique_of};
use super::unique_key::set_field;
use super::{Id, bytes, identifier};
use crate::persistence::error::Expecting;
use crate::persistence::schema::unique_values;
use crate::persistence::store::Tenant;

/// The record that has each unique value, by the field or set and the key of the value.
type Owners = BTreeMap<(i32, Vec<u8>), Id>;

/// What is unique of a record.
fn unique_rows(table: &Table, record: RecordId, values: &Values) -> Vec<UniqueRow> {
    let unique = table.fields.iter().filter(|field| field.rules.unique);
    let row = |field: &Field| {
        let value = values.get(&field.number)?;
        Some(UniqueRow::of(&ValueRow::new(field.number, record, value)))
    };
    let sets = table.entity.unique_together.iter();
    let together = sets.filter_map(|set| UniqueRow::together(set, record, values));
    unique.filter_map(row).chain(together).collect()
}

/// The fields of a row: one, or those of a set.
fn fields_of(table: &Table, row: &UniqueRow) -> Vec<FieldNumber> {
    let is_meant = |set: &&UniqueSet| set_field(set) == row.field;
    let set = table.entity.unique_together.iter().find(is_meant);
    let alone = table.fields.iter().map(|field| field.number).filter(|number| number.get() == row.field);
    set.map_or_else(|| alone.collect(), |set| set.fields.clone())
}

impl Tenant<'_, '_> {
    /// See [`RecordReader::taken`](atalaya_application::ports::tables::RecordReader::taken).
    pub(super) fn taken_values(
        &mut self,
        table: &Table,
        wanted: &[(RecordId, &Values)],
    ) -> Result<Vec<Taken>, AppError> {
        let rows: Vec<UniqueRow> =
            wanted.iter().flat_map(|(record, values)| unique_rows(table, *record, values)).collect();
        let mut owners = self.owners(table.entity.id, &rows)?;
        // A record that is stored anew keeps only what it is still to have.
        let stored: BTreeSet<Id> = wanted.iter().map(|(record, _)| bytes(record.get())).collect();
        let kept: BTreeSet<(i32, &[u8], &[u8])> =
            rows.iter().map(|row| (row.field, row.exact_key.as_slice(), row.record_id.as_slice())).collect();
        owners.retain(|(field, key), owner| !stored.contains(owner) || kept.contains(&(*field, &**key, &**owner)));
        let mut taken = Vec::new();
        for row in &rows {
            let owner = owners.entry((row.field, row.exact_key.clone())).or_insert_with(|| row.record_id.clone());
            if *owner != row.record_id {
                let record = identifier("unique_values.record_id", &row.record_id).map(RecordId::new)?;
                taken.push(Taken { record, fields: fields_of(table, row) });
            }
        }
        Ok(taken)
    }

    /// The records that have these unique values.
    fn owners(&mut self, entity: EntityId, rows: &[UniqueRow]) -> Result<Owners, AppError> {
        let company = self.scope.company();
        let mut keys: BTreeMap<i32, Vec<&[u8]>> = BTreeMap::new();
        for row in rows {
            keys.entry(row.field).or_default().push(&row.exact_key);
        }
        let mut owners = Owners::new();
        for (field, keys) in keys {
            for keys in keys.chunks(KEYS_AT_ONCE) {
                let found: Vec<(Vec<u8>, Id)> = unique_of(company, entity)
                    .filter(unique_values::field.eq(field))
                    .filter(unique_values::exact_key.eq_any(keys))
                    .select((unique_values::exact_key, unique_values::record_id))
                    .load(self.conn())
                    .or_fault()?;
                owners.extend(found.into_iter().map(|(key, record)| ((field, key), record)));
            }
        }
        Ok(owners)
    }
}
