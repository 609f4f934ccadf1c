//! Conditions as SQL. Whether a record has a value is asked for one record at a time: `LIMIT 1 OFFSET 0` says nothing
//! about what is found and keeps both databases from turning that round, for which they would have to know how many
//! records there are of each value. Where it is worth turning round, `pages` does so.

use atalaya_domain::id::{CompanyId, EntityId};
use atalaya_domain::tables::Reach;
use diesel::BoxableExpression;
use diesel::dsl::{auto_type, exists, not};
use diesel::prelude::*;
use diesel::query_source::AliasedField;
use diesel::sql_types::{Binary, Bool, Nullable};

use super::index::entity_number;
use super::wanted::{Held, Wanted};
use crate::persistence::connection::MultiBackend;
use crate::persistence::own::{OwnProbed, PROBED, Probed, own_probed};
use crate::persistence::schema::{deleted_records, record_values, records};

/// A condition on records.
pub(super) type OnRecords = Box<dyn BoxableExpression<records::table, MultiBackend, SqlType = Bool>>;
/// A condition on values, about the record of each.
pub(super) type OnValues = Box<dyn BoxableExpression<record_values::table, MultiBackend, SqlType = Bool>>;
/// A condition on records in the trash.
pub(super) type OnDeleted = Box<dyn BoxableExpression<deleted_records::table, MultiBackend, SqlType = Bool>>;
/// By what records are sorted.
pub(super) type KeyOfRecord = Box<dyn BoxableExpression<records::table, MultiBackend, SqlType = Nullable<Binary>>>;
/// By what records of values are sorted.
pub(super) type KeyOfValue = Box<dyn BoxableExpression<record_values::table, MultiBackend, SqlType = Nullable<Binary>>>;

/// Which records in the trash are there for who opened the table.
pub(super) fn reached_in_trash(reach: Reach) -> OnDeleted {
    match reach {
        Reach::Nothing => Box::new(false.into_sql::<Bool>()),
        Reach::Own(user) => Box::new(deleted_records::creator.assume_not_null().eq(user.get())),
        Reach::All => Box::new(true.into_sql::<Bool>()),
    }
}

/// Whose records.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) company: CompanyId,
    pub(super) entity: EntityId,
}

/// A column of the values that a statement is about.
macro_rules! column {
    ($name:ident) => {
        record_values::$name
    };
}
pub(super) use column;

/// A column of the values that a condition asks for.
macro_rules! probed_column {
    ($name:ident) => {
        PROBED.field(record_values::$name)
    };
}

/// Values among `$query`, whose columns `$column` names, as `$rows` in `$body`.
macro_rules! with_held {
    ($held:expr, $query:expr, $column:ident, |$rows:ident| $body:expr) => {
        match $held {
            Held::Something(field) => {
                let $rows = $query.filter($column!(field).eq(*field));
                $body
            }
            Held::Keys(field, keys) => {
                let $rows = $query.filter($column!(field).eq(*field)).filter($column!(sort_key).eq_any(keys.clone()));
                $body
            }
            Held::Texts(field, keys, texts) => {
                let $rows = $query
                    .filter($column!(field).eq(*field))
                    .filter($column!(sort_key).eq_any(keys.clone()))
                    .filter($column!(exact).assume_not_null().eq_any(texts.clone()));
                $body
            }
            Held::Span(field, from, None) => {
                let $rows = $query.filter($column!(field).eq(*field)).filter($column!(sort_key).ge(from.clone()));
                $body
            }
            Held::Span(field, from, Some(until)) => {
                let $rows = $query
                    .filter($column!(field).eq(*field))
                    .filter($column!(sort_key).ge(from.clone()))
                    .filter($column!(sort_key).lt(until.clone()));
                $body
            }
            Held::Like(field, pattern) => {
                let $rows = $query
                    .filter($column!(field).eq(*field))
                    .filter($column!(folded).assume_not_null().like(pattern.clone()).escape('\\'));
                $body
            }
            Held::AnyLike(fields, pattern) => {
                let $rows = $query
                    .filter($column!(field).eq_any(fields.clone()))
                    .filter($column!(folded).assume_not_null().like(pattern.clone()).escape('\\'));
                $body
            }
        }
    };
}
pub(super) use with_held;

/// Makes a condition of what is wanted, about the record that `$record` names.
macro_rules! conditions {
    ($condition:ident, $of:ty, $record:expr) => {
        pub(super) fn $condition(self, wanted: &Wanted) -> $of {
            let joined = |parts: &[Wanted], join: fn($of, $of) -> $of| {
                parts.iter().map(|part| self.$condition(part)).reduce(join)
            };
            let constant = |is: bool| -> $of { Box::new(is.into_sql::<Bool>()) };
            match wanted {
                Wanted::Below(id) => Box::new($record.lt(id.clone())),
                Wanted::Above(id) => Box::new($record.gt(id.clone())),
                Wanted::All(parts) => {
                    joined(parts, |one, other| Box::new(one.and(other))).unwrap_or_else(|| constant(true))
                }
                Wanted::Any(parts) => {
                    joined(parts, |one, other| Box::new(one.or(other))).unwrap_or_else(|| constant(false))
                }
                Wanted::Has(held) => {
                    with_held!(held, probed_of(self.company, self.entity), probed_column, |rows| Box::new(exists(
                        rows.filter(probed_column!(record_id).eq($record))
                            .select(probed_column!(field))
                            .limit(1)
                            .offset(0)
                    )))
                }
                Wanted::Lacks(held) => {
                    with_held!(held, probed_of(self.company, self.entity), probed_column, |rows| Box::new(not(exists(
                        rows.filter(probed_column!(record_id).eq($record))
                            .select(probed_column!(field))
                            .limit(1)
                            .offset(0)
                    ))))
                }
            }
        }
    };
}

/// Makes what a field sorts by, of the record that `$record` names.
macro_rules! keys {
    ($key:ident, $of:ty, $record:expr) => {
        pub(super) fn $key(self, field: i32) -> $of {
            let value = probed_of(self.company, self.entity)
                .filter(probed_column!(field).eq(field))
                .filter(probed_column!(record_id).eq($record))
                .select(probed_column!(sort_key));
            Box::new(value.single_value())
        }
    };
}

/// Values of records of an entity type, to ask for.
#[auto_type(no_type_alias)]
fn probed_of(company: CompanyId, entity: EntityId) -> _ {
    let number: entity_number = entity_number(company, entity);
    let column: AliasedField<Probed, record_values::entity> = PROBED.field(record_values::entity);
    let probed: OwnProbed = own_probed(company);
    probed.filter(column.nullable().eq(number))
}

impl Place {
    conditions!(on_records, OnRecords, records::id);
    conditions!(on_values, OnValues, record_values::record_id);
    keys!(key_of_record, KeyOfRecord, records::id);
    keys!(key_of_value, KeyOfValue, record_values::record_id);
}
