//! Giving fields another type: states of records have the converted value beside the one that people see, under the
//! number of a hidden field.

use atalaya_application::AppError;
use atalaya_application::error::{Conflict, Resource};
use atalaya_application::ports::retyping::{FieldRetyper, Held, HiddenField, Retyping, StateId};
use atalaya_application::ports::trash::Holders;
use atalaya_domain::id::{EntityId, FieldId, JobId, RecordId};
use atalaya_domain::tables::{Field, FieldNumber, NewField, Rules, Table};
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::converted::{Converted, store_converted};
use super::entities::{fields_of, live_entity};
use super::index::IndexRows;
use super::revisions::{deleted_of, records_of};
use super::rows::FieldRow;
use super::{Id, bytes, content, identifier};
use crate::persistence::error::Expecting;
use crate::persistence::rows::{count, read, stored};
use crate::persistence::schema::{deleted_records, entities, entity_fields, record_revisions, records};
use crate::persistence::store::Tenant;

/// A state of a record: its id, revision and content.
type StateRow = (Id, i32, String);

/// What is found in the content of states that have a member of that number, and in no other: within a text of JSON a
/// quotation mark has a `\` before it.
fn member(number: FieldNumber) -> String {
    format!("%\"{}\":%", number.get())
}

/// The states of a query that have one member and not the other, behind a state.
macro_rules! states {
    ($query:expr, $table:ident, $id:ident, $retyping:expr, $after:expr, $limit:expr) => {{
        let (record, revision) = $after;
        $query
            .filter($table::$id.gt(record.clone()).or($table::$id.eq(record).and($table::revision.gt(revision))))
            .filter($table::content.like(member($retyping.from.number)))
            .filter($table::content.not_like(member($retyping.to.number)))
            .order(($table::$id, $table::revision))
            .limit($limit)
            .select(($table::$id, $table::revision, $table::content))
    }};
}

/// The column of contents.
fn column(holders: Holders) -> &'static str {
    match holders {
        Holders::Records => "records.content",
        Holders::Trash => "deleted_records.content",
        Holders::Revisions => "record_revisions.content",
    }
}

impl Tenant<'_, '_> {
    fn states(
        &mut self,
        retyping: Retyping<'_>,
        holders: Holders,
        after: (Id, i32),
        limit: i64,
    ) -> Result<Vec<StateRow>, AppError> {
        let (company, entity) = (self.scope.company(), retyping.entity);
        match holders {
            Holders::Records => {
                states!(records_of(company, entity), records, id, retyping, after, limit).load(self.conn())
            }
            Holders::Trash => {
                states!(deleted_of(company, entity), deleted_records, id, retyping, after, limit).load(self.conn())
            }
            Holders::Revisions => {
                let of_entity =
                    self.own::<record_revisions::table>().filter(record_revisions::entity_id.eq(bytes(entity.get())));
                states!(of_entity, record_revisions, record_id, retyping, after, limit).load(self.conn())
            }
        }
        .or_fault()
    }

    /// Gives a field another id. It is not retyped any more.
    fn set_field_id(&mut self, entity: EntityId, field: FieldNumber, id: FieldId) -> Result<(), AppError> {
        diesel::update(fields_of(self.scope.company(), entity))
            .filter(entity_fields::number.eq(field.get()))
            .set((entity_fields::id.eq(bytes(id.get())), entity_fields::retyping.eq(None::<i32>)))
            .execute(self.conn())
            .or_fault()?;
        Ok(())
    }
}

impl FieldRetyper for Tenant<'_, '_> {
    fn count_states(&mut self, entity: EntityId) -> Result<u64, AppError> {
        let company = self.scope.company();
        let kept: i64 = records_of(company, entity).count().get_result(self.conn()).or_fault()?;
        let deleted: i64 = deleted_of(company, entity).count().get_result(self.conn()).or_fault()?;
        let past = self.own::<record_revisions::table>().filter(record_revisions::entity_id.eq(bytes(entity.get())));
        let past: i64 = past.count().get_result(self.conn()).or_fault()?;
        count("records.id", kept + deleted + past)
    }

    fn hide(
        &mut self,
        table: &Table,
        from: &Field,
        (id, new): (FieldId, &NewField),
        job: JobId,
        at: DateTime<Utc>,
    ) -> Result<Field, AppError> {
        let (company, entity) = (self.scope.company(), table.entity.id);
        let field = self.next_field(table, id, new, at)?;
        let row = FieldRow::new(company, entity, &field)?.hidden(job, at);
        diesel::insert_into(entity_fields::table)
            .values(row)
            .execute(self.conn())
            .or_conflict(Conflict::FieldExists)?;
        let retyped = diesel::update(fields_of(company, entity))
            .filter(entity_fields::number.eq(from.number.get()))
            .filter(entity_fields::deleted_at.is_null())
            .set(entity_fields::retyping.eq(field.number.get()))
            .execute(self.conn())
            .or_fault()?;
        if retyped == 0 { Err(AppError::NotFound(Resource::Field)) } else { Ok(field) }
    }

    fn hidden(&mut self, entity: EntityId, number: FieldNumber) -> Result<Option<HiddenField>, AppError> {
        let company = self.scope.company();
        let live = live_entity(company, entity).select(entities::id);
        let row: Option<FieldRow> = fields_of(company, entity)
            .filter(entity_fields::entity_id.eq_any(live))
            .filter(entity_fields::number.eq(number.get()))
            .filter(entity_fields::hidden_by.is_not_null())
            .select(FieldRow::as_select())
            .first(self.conn())
            .optional()
            .or_fault()?;
        let Some(row) = row else { return Ok(None) };
        let job = row.hidden_by.clone().unwrap_or_default();
        let names = self.display_names(std::slice::from_ref(&row))?;
        let job = JobId::new(read("entity_fields.hidden_by", job.parse())?);
        Ok(Some(HiddenField { field: row.into_domain(&names)?, job }))
    }

    fn unconverted(
        &mut self,
        retyping: Retyping<'_>,
        holders: Holders,
        after: Option<StateId>,
        limit: u32,
    ) -> Result<Vec<(StateId, Held)>, AppError> {
        let after = after.map_or((Id::new(), 0), |state| (bytes(state.record.get()), state.revision));
        let rows = self.states(retyping, holders, after, limit.into())?;
        let state = |(id, revision, stored): StateRow| {
            let record = RecordId::new(identifier("records.id", &id)?);
            Ok((StateId { record, revision }, content::held(column(holders), &stored, retyping.from)?))
        };
        rows.into_iter().map(state).collect()
    }

    fn convert(
        &mut self,
        retyping: Retyping<'_>,
        holders: Holders,
        states: &[(StateId, Held)],
    ) -> Result<(), AppError> {
        let (company, Retyping { entity, to, .. }) = (self.scope.company(), retyping);
        let row = |(state, held): &(StateId, Held)| Converted {
            id: bytes(state.record.get()),
            revision: state.revision,
            member: content::kept(held).to_string(),
        };
        let rows: Vec<Converted> = states.iter().map(row).collect();
        let done = store_converted(self.conn(), holders, (company, entity), to.number, &rows).or_fault()?;
        if done < rows.len() {
            return Err(AppError::PreconditionFailed);
        }
        if holders != Holders::Records {
            return Ok(());
        }
        // Whether values are unique is judged when all of them are there.
        let field = Field { rules: Rules { unique: false, ..to.rules.clone() }, ..to.clone() };
        let mut index = IndexRows::default();
        for (state, held) in states {
            if let Held::Value(value) = held {
                index.add(&field, state.record, value);
            }
        }
        self.store_index(entity, &mut index)
    }

    fn replace(&mut self, retyping: Retyping<'_>, at: DateTime<Utc>) -> Result<Field, AppError> {
        let (company, Retyping { entity, from, to }) = (self.scope.company(), retyping);
        // Two fields never have one id, not even for a moment.
        let spare = FieldId::new(uuid::Uuid::nil());
        self.set_field_id(entity, to.number, spare)?;
        self.discard_field(entity, from, at)?;
        self.set_field_id(entity, from.number, to.id)?;
        let field = Field {
            id: from.id,
            name: from.name.clone(),
            display_name: from.display_name.clone(),
            required: from.required,
            display_order: from.display_order,
            created_at: from.created_at,
            ..to.clone()
        };
        let row = FieldRow::new(company, entity, &field)?;
        diesel::update(fields_of(company, entity))
            .filter(entity_fields::number.eq(to.number.get()))
            .set((
                entity_fields::id.eq(bytes(from.id.get())),
                entity_fields::created_at.eq(stored(from.created_at)),
                entity_fields::deleted_at.eq(None::<NaiveDateTime>),
                entity_fields::hidden_by.eq(None::<String>),
                row.changes(),
            ))
            .execute(self.conn())
            .or_conflict(Conflict::FieldExists)?;
        diesel::update(self.own::<entity_fields::table>())
            .filter(entity_fields::target_id.assume_not_null().eq(bytes(entity.get())))
            .filter(entity_fields::target_display.assume_not_null().eq(from.number.get()))
            .set(entity_fields::target_display.eq(to.number.get()))
            .execute(self.conn())
            .or_fault()?;
        if field.rules.unique {
            self.make_unique(entity, field.number)?;
        }
        Ok(field)
    }
}
