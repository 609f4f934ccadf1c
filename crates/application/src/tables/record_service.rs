//! [`Records`] on the ports.

use std::sync::Arc;

use atalaya_domain::audit::{AuditAction, AuditEvent};
use atalaya_domain::id::{EntityId, FieldId, RecordId};
use atalaya_domain::mandate::{Mandate, ReadRecords, WriteRecords};
use atalaya_domain::tables::{
    BrokenRule, Draft, Field, FieldType, Filter, Input, Keys, Record, RecordQuery, Revision, RevisionKind, Sort,
    SortBy, Table, Test, Value, collated, identical,
};
use chrono::{DateTime, Utc};

use super::checks::opened;
use super::deletion::{self, Told};
use super::expanding::expanded;
use super::judging::{judged, judged_again, of_broken};
use super::listing::{self, Part};
use super::taken::Tried;
use super::views::seen;
use super::{
    Asked, AskedTotals, Bulk, BulkDone, Choice, Expand, Expanded, FoundRecord, RecordList, RecordPart, Records,
    Selection, Totals, ViewUse,
};
use super::{aggregation, bulk};
use crate::Precondition;
use crate::error::{AppError, Conflict, Field as Named, RecordKey, Resource, Violation};
use crate::ports::runtime::{Clock, Identifiers};
use crate::ports::store::{Store, UnitOfWork};
use crate::ports::tables::{EntityReader, Listed, RecordReader, RecordSlice, Writing};
use crate::ports::trash::{TRASH_KEPT, Trashed};
use crate::receipt::Receipt;

/// [`Records`] on the ports.
pub struct RecordService {
    /// A company's data.
    pub store: Arc<dyn Store>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Ids of records.
    pub identifiers: Arc<dyn Identifiers>,
}

fn known_record<R: RecordReader + ?Sized>(records: &mut R, table: &Table, id: RecordId) -> Result<Record, AppError> {
    records.find(table, id)?.ok_or(AppError::NotFound(Resource::Record))
}

/// Compares a record with what whoever changes it saw: `None` where they do not say what that was.
fn check(found: &FoundRecord, expected: Option<Precondition<'_, FoundRecord>>) -> Result<(), AppError> {
    match expected {
        Some(is_as_seen) => is_as_seen(found),
        None if found.table.entity.requires_if_match => Err(AppError::PreconditionRequired),
        None => Ok(()),
    }
}

/// The field by which people choose a record of the table.
fn displayed<'t, R: EntityReader + ?Sized>(
    entities: &mut R,
    table: &'t Table,
    relation: Option<FieldId>,
) -> Result<Option<&'t Field>, AppError> {
    let pointing = entities.relationships(table.entity.id)?;
    let mut pointing = pointing.iter().filter(|relationship| {
        relationship.target.entity == table.entity.id && relation.is_none_or(|relation| relation == relationship.field)
    });
    let chosen = pointing.find_map(|relationship| table.field_numbered(relationship.target.display));
    Ok(chosen.or_else(|| table.fields.iter().find(|field| field.kind == FieldType::Text)))
}

/// The records whose value is what somebody types to find it: part of a text, or the whole of any other value. `None`
/// where no value is written so.
fn shown_as(field: &Field, search: &str) -> Option<Filter> {
    let part = collated(search);
    if part.is_empty() {
        return Some(Filter::everything());
    }
    if matches!(field.kind, FieldType::Text | FieldType::Choice) {
        return Some(Filter::Field(field.number, Test::Contains(part)));
    }
    let value = Value::judge(field, &Input::written(field.kind, search.trim())).ok()??;
    Some(Filter::Field(field.number, Test::OneOf(vec![value])))
}

/// A revision whose values are no longer of their fields' types is not reverted to in part.
///
/// # Errors
/// `Invalid` names the fields.
fn refuse_lost(table: &Table, earlier: &Revision) -> Result<(), AppError> {
    let lost = table.fields.iter().filter(|field| earlier.lost.contains(&field.number));
    let violation = |field: &Field| {
        let key = RecordKey { place: None, key: field.name.as_str().to_owned() };
        of_broken(Named::RecordValue(Box::new(key)), &BrokenRule::WrongType(field.kind))
    };
    let violations: Vec<Violation> = lost.map(violation).collect();
    if violations.is_empty() { Ok(()) } else { Err(AppError::Invalid(violations)) }
}

impl RecordService {
    /// What was put into the trash before is not there any more, even while it still waits for its deletion.
    fn kept_since(&self) -> DateTime<Utc> {
        self.clock.now() - TRASH_KEPT
    }

    fn writing(&self, by: &Mandate<WriteRecords>, kind: RevisionKind) -> Writing {
        Writing { kind, by: by.attribution(), at: self.clock.now() }
    }

    /// What was done to a record, as the audit log tells it: the entity type's name and the record's id.
    fn event(&self, by: &Mandate<WriteRecords>, action: AuditAction, table: &Table, id: RecordId) -> AuditEvent {
        by.event(action, self.clock.now()).on(format!("{}: {}", table.entity.name.as_str(), id.get()))
    }

    /// Tells the audit log what was done to how many records of which entity type.
    fn tell(&self, unit: &mut dyn UnitOfWork, by: &Mandate<WriteRecords>, told: Told) -> Result<(), AppError> {
        for ((entity, _), (action, count)) in told.into_iter().filter(|(_, (_, count))| *count > 0) {
            unit.audit(&by.event(action, self.clock.now()).on(format!("{entity}: {count}")))?;
        }
        Ok(())
    }

    /// Names the fields of which another record has the values, where that is why a record was not stored. They are
    /// looked up only then, in a transaction of their own: the one that failed reads nothing more.
    fn naming_taken<T>(
        &self,
        by: &Mandate<WriteRecords>,
        outcome: Result<T, AppError>,
        tried: Option<Tried>,
    ) -> Result<T, AppError> {
        let (Err(AppError::Conflict(Conflict::ValueTaken)), Some(tried)) = (&outcome, tried) else { return outcome };
        // Whoever had the value may have given it up meanwhile. The conflict is true without the names, too.
        match self.store.query_apart(&by.scope(), |view| tried.violations(view.records())) {
            Ok(taken) if !taken.is_empty() => Err(AppError::ValueTaken(taken)),
            _ => outcome,
        }
    }

    /// Writes the next state of a record in one transaction: `next` makes its values of what there is.
    fn rewritten(
        &self,
        by: &Mandate<WriteRecords>,
        id: EntityId,
        record: RecordId,
        expected: Option<Precondition<'_, FoundRecord>>,
        mut next: impl FnMut(&mut dyn UnitOfWork, &FoundRecord) -> Result<Record, AppError>,
    ) -> Result<FoundRecord, AppError> {
        self.store.transaction(&by.scope(), |unit| {
            let table = opened(unit.entities(), by, id)?;
            let record = known_record(unit.records(), &table, record)?;
            let found = FoundRecord { table, record };
            check(&found, expected)?;
            let changed = next(unit, &found)?;
            if changed.revision != found.record.revision {
                unit.audit(&self.event(by, AuditAction::RecordsChanged, &found.table, changed.id))?;
            }
            Ok(FoundRecord { table: found.table, record: changed })
        })
    }
}

impl Records for RecordService {
    fn list(
        &self,
        by: &Mandate<ReadRecords>,
        id: EntityId,
        wanted: Option<ViewUse>,
        asked: Asked<'_>,
        part: &RecordPart,
        expand: &Expand,
    ) -> Result<RecordList, AppError> {
        self.store.query_apart(&by.scope(), |view| {
            let table = opened(view.entities(), by, id)?;
            let saved = wanted.map(|wanted| seen(view.views(), id, wanted)).transpose()?;
            let company = view.accounts().company()?;
            let Selection { query, fields, missing } = asked(&table, &company, saved.as_ref())?;
            let total = view.records().count(&table, &query)?;
            let Part { records, before, next } = listing::part(view.records(), &table, &query, total, part)?;
            let expanded = expanded(view, &table, &records, expand)?;
            let table = Selection::shown(table, fields.as_deref());
            Ok(RecordList { table, records, missing, total, before, next, expanded })
        })
    }

    fn aggregate(&self, by: &Mandate<ReadRecords>, id: EntityId, asked: AskedTotals<'_>) -> Result<Totals, AppError> {
        self.store.query_apart(&by.scope(), |view| {
            let table = opened(view.entities(), by, id)?;
            let (query, aggregation) = asked(&table, &view.accounts().company()?)?;
            aggregation::totals(view.records(), table, &query, &aggregation)
        })
    }

    fn find(
        &self,
        by: &Mandate<ReadRecords>,
        id: EntityId,
        record: RecordId,
        expand: &Expand,
    ) -> Result<(FoundRecord, Expanded), AppError> {
        self.store.query_apart(&by.scope(), |view| {
            let table = opened(view.entities(), by, id)?;
            let record = known_record(view.records(), &table, record)?;
            let expanded = expanded(view, &table, std::slice::from_ref(&record), expand)?;
            Ok((FoundRecord { table, record }, expanded))
        })
    }

    fn lookup(
        &self,
        by: &Mandate<ReadRecords>,
        id: EntityId,
        relation: Option<FieldId>,
        search: &str,
        limit: u32,
    ) -> Result<Vec<Choice>, AppError> {
        self.store.query_apart(&by.scope(), |view| {
            let table = opened(view.entities(), by, id)?;
            let Some(field) = displayed(view.entities(), &table, relation)? else { return Ok(Vec::new()) };
            let Some(filter) = shown_as(field, search) else { return Ok(Vec::new()) };
            let sort = vec![Sort { by: SortBy::Field(field.number), descending: false }];
            let query = RecordQuery { filter, words: Vec::new(), sort };
            let records = view.records().list(&table, &query, &RecordSlice { offset: 0, limit })?;
            let choice = |record: Record| {
                let display = record.values.get(&field.number).map(ToString::to_string).unwrap_or_default();
                Choice { id: record.id, display }
            };
            Ok(records.into_iter().map(choice).collect())
        })
    }

    fn create(
        &self,
        by: &Mandate<WriteRecords>,
        id: EntityId,
        draft: &Draft<'_>,
        receipt: &dyn Receipt<FoundRecord>,
    ) -> Result<FoundRecord, AppError> {
        let new = self.identifiers.record();
        let mut tried = None;
        let outcome = self.store.transaction(&by.scope(), |unit| {
            let table = opened(unit.entities(), by, id)?;
            let values = judged(unit, &table, draft, None)?;
            let writing = self.writing(by, RevisionKind::Created);
            let rows = [(new, values)];
            let inserted = unit.records().insert(&table, &rows, &writing).inspect_err(|error| {
                let [(_, values)] = &rows;
                tried = Tried::of(error, &table, new, values, draft.keys);
            })?;
            let record = inserted.into_iter().next().ok_or(AppError::NotFound(Resource::Record))?;
            unit.audit(&self.event(by, AuditAction::RecordsCreated, &table, record.id))?;
            let found = FoundRecord { table, record };
            receipt.keep(unit, &found)?;
            Ok(found)
        });
        self.naming_taken(by, outcome, tried)
    }

    fn bulk(
        &self,
        by: &Mandate<WriteRecords>,
        id: EntityId,
        bulk: &Bulk<'_>,
        receipt: &dyn Receipt<BulkDone>,
    ) -> Result<BulkDone, AppError> {
        self.store.transaction(&by.scope(), |unit| {
            let table = opened(unit.entities(), by, id)?;
            let writing = self.writing(by, RevisionKind::Created);
            let (effects, told) = bulk::apply(unit, &table, bulk, &writing, self.identifiers.as_ref())?;
            self.tell(unit, by, told)?;
            let done = BulkDone { table, effects };
            receipt.keep(unit, &done)?;
            Ok(done)
        })
    }

    fn change(
        &self,
        by: &Mandate<WriteRecords>,
        id: EntityId,
        record: RecordId,
        draft: &Draft<'_>,
        expected: Option<Precondition<'_, FoundRecord>>,
    ) -> Result<FoundRecord, AppError> {
        let mut tried = None;
        let outcome = self.rewritten(by, id, record, expected, |unit, found| {
            let values = judged(unit, &found.table, draft, Some(&found.record.values))?;
            // Nothing new is no revision: who saves twice leaves one trace.
            if identical(&values, &found.record.values) {
                return Ok(found.record.clone());
            }
            let writing = self.writing(by, RevisionKind::Changed);
            let changed = unit.records().change(&found.table, &found.record, &values, &writing);
            changed.inspect_err(|error| tried = Tried::of(error, &found.table, record, &values, draft.keys))
        });
        self.naming_taken(by, outcome, tried)
    }

    fn delete(
        &self,
        by: &Mandate<WriteRecords>,
        id: EntityId,
        record: RecordId,
        expected: Option<Precondition<'_, FoundRecord>>,
    ) -> Result<(), AppError> {
        self.store.transaction(&by.scope(), |unit| {
            let table = opened(unit.entities(), by, id)?;
            let record = known_record(unit.records(), &table, record)?;
            let found = FoundRecord { table, record };
            check(&found, expected)?;
            let writing = self.writing(by, RevisionKind::Deleted);
            let mut told = deletion::delete(unit, &found.table, vec![found.record.clone()], &writing)?;
            // The one that was asked for is told by its id, and what went with it by numbers.
            let own = (found.table.entity.name.as_str().to_owned(), AuditAction::RecordsDeleted.as_str());
            if let Some((_, count)) = told.get_mut(&own) {
                *count -= 1;
            }
            self.tell(unit, by, told)?;
            unit.audit(&self.event(by, AuditAction::RecordsDeleted, &found.table, found.record.id))
        })
    }

    fn trash(
        &self,
        by: &Mandate<ReadRecords>,
        id: EntityId,
        slice: &RecordSlice,
    ) -> Result<(Table, Listed<Trashed<Record>>), AppError> {
        self.store.query_apart(&by.scope(), |view| {
            let table = opened(view.entities(), by, id)?;
            let records = view.records().trash(&table, self.kept_since(), slice)?;
            Ok((table, records))
        })
    }

    fn restore(&self, by: &Mandate<WriteRecords>, id: EntityId, record: RecordId) -> Result<FoundRecord, AppError> {
        self.store.transaction(&by.scope(), |unit| {
            let table = opened(unit.entities(), by, id)?;
            let trashed = unit
                .records()
                .trashed(&table, record, self.kept_since())?
                .ok_or(AppError::NotFound(Resource::Record))?;
            judged_again(unit, &table, &trashed.values)?;
            let record = unit.records().restore(&table, record, &self.writing(by, RevisionKind::Restored))?;
            unit.audit(&self.event(by, AuditAction::RecordsRestored, &table, record.id))?;
            Ok(FoundRecord { table, record })
        })
    }

    fn revisions(
        &self,
        by: &Mandate<ReadRecords>,
        id: EntityId,
        record: RecordId,
        slice: &RecordSlice,
    ) -> Result<(Table, Listed<Revision>), AppError> {
        self.store.query_apart(&by.scope(), |view| {
            let table = opened(view.entities(), by, id)?;
            let revisions = view.records().revisions(&table, record, slice)?;
            Ok((table, revisions.ok_or(AppError::NotFound(Resource::Record))?))
        })
    }

    fn revert(
        &self,
        by: &Mandate<WriteRecords>,
        id: EntityId,
        record: RecordId,
        revision: i32,
        expected: Option<Precondition<'_, FoundRecord>>,
    ) -> Result<FoundRecord, AppError> {
        let mut tried = None;
        let outcome = self.rewritten(by, id, record, expected, |unit, found| {
            let earlier = unit.records().revision(&found.table, record, revision)?;
            let earlier = earlier.ok_or(AppError::NotFound(Resource::Revision))?;
            refuse_lost(&found.table, &earlier)?;
            let values = judged_again(unit, &found.table, &earlier.values)?;
            let writing = self.writing(by, RevisionKind::Reverted);
            let changed = unit.records().change(&found.table, &found.record, &values, &writing);
            changed.inspect_err(|error| tried = Tried::of(error, &found.table, record, &values, Keys::Names))
        });
        self.naming_taken(by, outcome, tried)
    }
}
