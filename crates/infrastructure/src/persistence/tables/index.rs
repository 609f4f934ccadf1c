//! The index of values, and the values that are unique: made of what records hold.

use atalaya_application::AppError;
use atalaya_application::error::Conflict;
use atalaya_application::ports::tables::Listed;
use atalaya_domain::id::{CompanyId, EntityId, RecordId};
use atalaya_domain::tables::{Field, FieldNumber, Table, UniqueSet, Value, Values};
use diesel::dsl::{auto_type, count_star};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Integer};

use super::bulk::{UniqueRow, ValueRow, insert_unique, insert_values};
use super::unique_key::{is_creator_indexed, set_field, unique_key};
use super::{Id, bytes, content, identifier};
use crate::persistence::connection::AnyConnection;
use crate::persistence::error::Expecting;
use crate::persistence::own::{Own, own};
use crate::persistence::schema::{entities, record_values, records, unique_values};
use crate::persistence::store::Tenant;

/// Makes the values of a field unique ones, in the order of their keys. What SQLite puts together is a text of the same
/// bytes.
const SQLITE_UNIQUE: &str = "
    INSERT INTO unique_values (company_id, entity, field, exact_key, record_id)
    SELECT company_id, entity, field, CAST(sort_key || coalesce(exact, x'') AS BLOB), record_id
    FROM record_values
    WHERE company_id = ?1 AND entity = (SELECT number FROM entities WHERE company_id = ?1 AND id = ?2) AND field = ?3
    ORDER BY sort_key, exact";
const POSTGRES_UNIQUE: &str = "
    INSERT INTO unique_values (company_id, entity, field, exact_key, record_id)
    SELECT company_id, entity, field, sort_key || coalesce(exact, ''), record_id
    FROM record_values
    WHERE company_id = $1 AND entity = (SELECT number FROM entities WHERE company_id = $1 AND id = $2) AND field = $3
    ORDER BY sort_key, exact";

/// Keys that one statement asks for, below the 32,766 parameters of SQLite.
pub(super) const KEYS_AT_ONCE: usize = 10_000;
/// Groups of equal values that are read at once.
const GROUPS_AT_ONCE: i64 = 1_000;
/// Records whose values are read at once, to index them anew.
const RECORDS_AT_ONCE: i64 = 5_000;

/// By which number values name an entity type, within a statement about them.
#[auto_type]
pub(super) fn entity_number(company: CompanyId, entity: EntityId) -> _ {
    let id: Vec<u8> = bytes(entity.get());
    let entities: Own<entities::table> = own::<entities::table>(company);
    entities.filter(entities::id.eq(id)).select(entities::number).single_value()
}

/// Indexed values of an entity type.
#[auto_type(no_type_alias)]
pub(super) fn values_of(company: CompanyId, entity: EntityId) -> _ {
    let number: entity_number = entity_number(company, entity);
    let values: Own<record_values::table> = own::<record_values::table>(company);
    values.filter(record_values::entity.nullable().eq(number))
}

/// Unique values of an entity type.
#[auto_type(no_type_alias)]
pub(super) fn unique_of(company: CompanyId, entity: EntityId) -> _ {
    let number: entity_number = entity_number(company, entity);
    let values: Own<unique_values::table> = own::<unique_values::table>(company);
    values.filter(unique_values::entity.nullable().eq(number))
}

/// A change of a record, as the index sees it.
pub(super) struct IndexChange<'v> {
    pub(super) record: RecordId,
    pub(super) before: &'v Values,
    pub(super) after: &'v Values,
}

/// What the index holds of a table's records.
#[derive(Default)]
pub(super) struct IndexRows {
    values: Vec<ValueRow>,
    unique: Vec<UniqueRow>,
}

impl IndexRows {
    /// Adds the value of a record.
    pub(super) fn add(&mut self, field: &Field, record: RecordId, value: &Value) {
        let row = ValueRow::new(field.number, record, value);
        if field.rules.unique {
            self.unique.push(UniqueRow::of(&row));
        }
        self.values.push(row);
    }

    /// Adds the values of a record.
    pub(super) fn add_all(&mut self, table: &Table, record: RecordId, values: &Values) {
        for field in &table.fields {
            if let Some(value) = values.get(&field.number) {
                self.add(field, record, value);
            }
        }
        self.add_sets(&table.entity.unique_together, record, values);
    }

    /// Adds what is unique together of a record.
    pub(super) fn add_sets<'s>(
        &mut self,
        sets: impl IntoIterator<Item = &'s UniqueSet>,
        record: RecordId,
        values: &Values,
    ) {
        self.unique.extend(sets.into_iter().filter_map(|set| UniqueRow::together(set, record, values)));
    }

    /// Adds who created a record, where that decides who sees it.
    pub(super) fn add_creator(&mut self, table: &Table, record: RecordId, creator: Option<i64>) {
        if is_creator_indexed(&table.entity) {
            self.values.extend(creator.map(|user| ValueRow::of_creator(bytes(record.get()), user)));
        }
    }
}

impl Tenant<'_, '_> {
    /// Stores index rows, the unique ones first.
    pub(super) fn store_index(&mut self, entity: EntityId, rows: &mut IndexRows) -> Result<(), AppError> {
        let company = self.scope.company();
        insert_unique(self.conn(), company, entity, &mut rows.unique).or_conflict(Conflict::ValueTaken)?;
        insert_values(self.conn(), company, entity, &mut rows.values).or_fault()
    }

    /// See [`RecordReader::repeated`](atalaya_application::ports::tables::RecordReader::repeated).
    pub(super) fn repeated_values(
        &mut self,
        entity: EntityId,
        field: FieldNumber,
        limit: u32,
    ) -> Result<Listed<RecordId>, AppError> {
        let company = self.scope.company();
        let of_field = || values_of(company, entity).filter(record_values::field.eq(field.get()));
        let (mut total, mut keys, mut exacts) = (0_i64, Vec::new(), Vec::new());
        let mut from: Vec<u8> = Vec::new();
        loop {
            let alike: Vec<Vec<u8>> = of_field()
                .filter(record_values::sort_key.ge(from))
                .group_by(record_values::sort_key)
                .having(count_star().gt(1))
                .order(record_values::sort_key)
                .select(record_values::sort_key)
                .limit(GROUPS_AT_ONCE)
                .load(self.conn())
                .or_fault()?;
            // The first key behind the last one.
            from = match alike.last() {
                Some(key) => [key.as_slice(), &[0]].concat(),
                None => break,
            };
            // What sorts alike may still differ: `Lima` and `lima`.
            let equal: Vec<(Vec<u8>, Option<Vec<u8>>, i64)> = of_field()
                .filter(record_values::sort_key.eq_any(alike))
                .group_by((record_values::sort_key, record_values::exact))
                .having(count_star().gt(1))
                .order((record_values::sort_key, record_values::exact))
                .select((record_values::sort_key, record_values::exact, count_star()))
                .load(self.conn())
                .or_fault()?;
            for (key, exact, count) in equal {
                if total < i64::from(limit) {
                    keys.push(key);
                    exacts.extend(exact);
                }
                total += count;
            }
        }
        let ids: Vec<Id> = of_field()
            .filter(record_values::sort_key.eq_any(keys))
            .filter(record_values::exact.is_null().or(record_values::exact.assume_not_null().eq_any(exacts)))
            .order((record_values::sort_key, record_values::exact, record_values::record_id))
            .select(record_values::record_id)
            .limit(limit.into())
            .load(self.conn())
            .or_fault()?;
        let ids = ids.iter().map(|id| identifier("record_values.record_id", id).map(RecordId::new));
        let items = ids.collect::<Result<_, _>>()?;
        Ok(Listed { items, total: u64::try_from(total).map_err(AppError::internal)? })
    }

    /// Takes the index rows of records away, of all fields.
    pub(super) fn forget_records(&mut self, entity: EntityId, records: &[Id]) -> Result<(), AppError> {
        let company = self.scope.company();
        diesel::delete(unique_of(company, entity))
            .filter(unique_values::record_id.eq_any(records))
            .execute(self.conn())
            .or_fault()?;
        diesel::delete(values_of(company, entity))
            .filter(record_values::record_id.eq_any(records))
            .execute(self.conn())
            .or_fault()?;
        Ok(())
    }

    /// Brings the index in line with changes of records' values: fields that any of them changes are indexed anew for
    /// all of them.
    pub(super) fn change_index(&mut self, table: &Table, changes: &[IndexChange<'_>]) -> Result<(), AppError> {
        let company = self.scope.company();
        let entity = table.entity.id;
        let differs = |field: &&Field| {
            changes.iter().any(|change| change.before.get(&field.number) != change.after.get(&field.number))
        };
        let fields: Vec<&Field> = table.fields.iter().filter(differs).collect();
        let had = |number: &FieldNumber| changes.iter().any(|change| change.before.contains_key(number));
        let sets: Vec<&UniqueSet> = table
            .entity
            .unique_together
            .iter()
            .filter(|set| fields.iter().any(|field| set.has(field.number)))
            .collect();
        let converted = table.fields.iter().filter_map(|field| field.retyping);
        let of_fields = fields.iter().map(|field| field.number).filter(had).chain(converted);
        let of_sets = sets.iter().map(|set| set_field(set));
        let gone: Vec<i32> = of_fields.map(FieldNumber::get).chain(of_sets).collect();
        if !gone.is_empty() {
            let ids: Vec<Id> = changes.iter().map(|change| bytes(change.record.get())).collect();
            diesel::delete(unique_of(company, entity))
                .filter(unique_values::record_id.eq_any(&ids))
                .filter(unique_values::field.eq_any(&gone))
                .execute(self.conn())
                .or_fault()?;
            diesel::delete(values_of(company, entity))
                .filter(record_values::record_id.eq_any(&ids))
                .filter(record_values::field.eq_any(&gone))
                .execute(self.conn())
                .or_fault()?;
        }
        let mut rows = IndexRows::default();
        for change in changes {
            for field in &fields {
                if let Some(value) = change.after.get(&field.number) {
                    rows.add(field, change.record, value);
                }
            }
            rows.add_sets(sets.iter().copied(), change.record, change.after);
        }
        self.store_index(entity, &mut rows)
    }

    /// The records that have one of these values in a unique field.
    pub(super) fn unique_holders(
        &mut self,
        entity: EntityId,
        field: FieldNumber,
        values: &[Value],
    ) -> Result<Vec<Id>, AppError> {
        let company = self.scope.company();
        let keys: Vec<Vec<u8>> = values.iter().map(unique_key).collect();
        let mut found: Vec<Id> = Vec::new();
        for keys in keys.chunks(KEYS_AT_ONCE) {
            let holders: Vec<Id> = unique_of(company, entity)
                .filter(unique_values::field.eq(field.get()))
                .filter(unique_values::exact_key.eq_any(keys))
                .select(unique_values::record_id)
                .load(self.conn())
                .or_fault()?;
            found.extend(holders);
        }
        Ok(found)
    }

    /// Gives what all records of an entity type hold of some fields to `each`, some records at a time.
    pub(super) fn each_stored(
        &mut self,
        entity: EntityId,
        fields: &[Field],
        mut each: impl FnMut(&mut Self, Vec<(RecordId, Values)>) -> Result<(), AppError>,
    ) -> Result<(), AppError> {
        let mut after: Vec<u8> = Vec::new();
        loop {
            let stored: Vec<(Vec<u8>, String)> = self
                .own::<records::table>()
                .filter(records::entity_id.eq(bytes(entity.get())))
                .filter(records::id.gt(&after))
                .order(records::id)
                .limit(RECORDS_AT_ONCE)
                .select((records::id, records::content))
                .load(self.conn())
                .or_fault()?;
            let Some((last, _)) = stored.last() else { return Ok(()) };
            after.clone_from(last);
            let held = |(id, stored): &(Vec<u8>, String)| {
                let record = RecordId::new(identifier("records.id", id)?);
                Ok((record, content::values("records.content", stored, fields)?))
            };
            let held = stored.iter().map(held).collect::<Result<_, AppError>>()?;
            each(self, held)?;
        }
    }

    /// Indexes a field anew from what records hold.
    pub(super) fn index_field(&mut self, entity: EntityId, field: &Field) -> Result<(), AppError> {
        self.each_stored(entity, std::slice::from_ref(field), |unit, held| {
            let mut rows = IndexRows::default();
            for (record, values) in &held {
                if let Some(value) = values.get(&field.number) {
                    rows.add(field, *record, value);
                }
            }
            unit.store_index(entity, &mut rows)
        })
    }

    /// Demands of a field that its values are unique from now on.
    pub(super) fn make_unique(&mut self, entity: EntityId, field: FieldNumber) -> Result<(), AppError> {
        let company = self.scope.company().get();
        let entity = bytes(entity.get());
        let statement = |text: &'static str| {
            diesel::sql_query(text)
                .bind::<BigInt, _>(company)
                .bind::<Binary, _>(&entity)
                .bind::<Integer, _>(field.get())
        };
        match self.conn() {
            AnyConnection::Sqlite(conn) => statement(SQLITE_UNIQUE).execute(conn),
            AnyConnection::Postgres(conn) => statement(POSTGRES_UNIQUE).execute(conn),
        }
        .or_conflict(Conflict::ValueTaken)?;
        Ok(())
    }

    /// Values of a field need not be unique any more.
    pub(super) fn forget_unique(&mut self, entity: EntityId, field: i32) -> Result<(), AppError> {
        diesel::delete(unique_of(self.scope.company(), entity))
            .filter(unique_values::field.eq(field))
            .execute(self.conn())
            .or_fault()?;
        Ok(())
    }

    /// Takes everything of an entity type out of the index, before its number is given again.
    pub(super) fn forget_index(&mut self, entity: EntityId) -> Result<(), AppError> {
        let company = self.scope.company();
        diesel::delete(unique_of(company, entity)).execute(self.conn()).or_fault()?;
        diesel::delete(values_of(company, entity)).execute(self.conn()).or_fault()?;
        Ok(())
    }

    /// Takes a field out of the index.
    pub(super) fn forget_values(&mut self, entity: EntityId, field: i32) -> Result<(), AppError> {
        diesel::delete(values_of(self.scope.company(), entity))
            .filter(record_values::field.eq(field))
            .execute(self.conn())
            .or_fault()?;
        Ok(())
    }
}
