//! Many changes of records at once: all of them happen, or none.

use atalaya_domain::audit::AuditAction;
use atalaya_domain::id::RecordId;
use atalaya_domain::tables::{
    Draft, Filter, Input, Record, RecordQuery, RevisionKind, Table, Test, Value, Values, identical, text_bytes,
};

use super::deletion::{self, Told};
use super::judging::{Rejected, judged};
use crate::error::{AppError, BulkPlace, Field, Resource, Violation};
use crate::ports::runtime::Identifiers;
use crate::ports::store::UnitOfWork;
use crate::ports::tables::{RecordSlice, Writing};

/// One change of many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BulkStep<'a> {
    /// Creates a record.
    Create(Draft<'a>),
    /// Changes a record.
    Update(RecordId, Draft<'a>),
    /// Changes the record that has the same value in a unique field, or creates one.
    Upsert(Draft<'a>),
    /// Puts a record into the trash.
    Delete(RecordId),
}

/// What became of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BulkEffect {
    /// A record was created.
    Created(Record),
    /// A record was changed.
    Changed(Record),
    /// A record had these values already.
    Unchanged(Record),
    /// A record went into the trash.
    Deleted(RecordId),
}

impl BulkEffect {
    /// The record that there is now.
    fn record(&self) -> Option<&Record> {
        match self {
            Self::Created(record) | Self::Changed(record) | Self::Unchanged(record) => Some(record),
            Self::Deleted(_) => None,
        }
    }
}

/// Changes to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bulk<'a> {
    /// In their order, with the place of each in what was sent.
    pub steps: Vec<(BulkPlace, BulkStep<'a>)>,
    /// The key of the unique field by which [`BulkStep::Upsert`] finds records.
    pub upsert_key: Option<String>,
}

impl Bulk<'_> {
    /// The most steps.
    pub const MOST: usize = 1_000;
    /// The most bytes of all texts of the records that are written.
    const MOST_BYTES: usize = 16 << 20;
}

/// Makes the changes in their order; what is deleted goes last and at once.
///
/// # Errors
/// `Invalid` with the broken rules of all steps; `NotFound(Record)`; `Conflict`.
pub(super) fn apply(
    unit: &mut dyn UnitOfWork,
    table: &Table,
    bulk: &Bulk<'_>,
    writing: &Writing,
    identifiers: &dyn Identifiers,
) -> Result<(Vec<BulkEffect>, Told), AppError> {
    let mut broken = Vec::new();
    let mut effects = Vec::new();
    let (mut deleted, mut bytes) = (Vec::new(), 0);
    for (place, step) in &bulk.steps {
        let mut application = Application { unit, table, writing, identifiers };
        if let BulkStep::Delete(id) = step {
            deleted.push(application.known(*id)?);
            effects.push(BulkEffect::Deleted(*id));
            continue;
        }
        match application.step(step, bulk.upsert_key.as_deref()) {
            Ok(effect) => {
                bytes += effect.record().map_or(0, |record| text_bytes(&record.values));
                effects.push(effect);
            }
            Err(rejected) => broken.extend(rejected.violations(Some(*place))?),
        }
        if broken.len() >= Violation::MOST {
            break;
        }
        // Defaults make large records of small requests.
        if bytes > Bulk::MOST_BYTES {
            return Err(AppError::invalid(Field::Records, "record_too_large"));
        }
    }
    if !broken.is_empty() {
        return Err(AppError::Invalid(broken));
    }
    let mut told = deletion::delete(unit, table, deleted, &Writing { kind: RevisionKind::Deleted, ..writing.clone() })?;
    for effect in &effects {
        let action = match effect {
            BulkEffect::Created(_) => AuditAction::RecordsCreated,
            BulkEffect::Changed(_) => AuditAction::RecordsChanged,
            BulkEffect::Unchanged(_) | BulkEffect::Deleted(_) => continue,
        };
        told.entry((table.entity.name.as_str().to_owned(), action.as_str())).or_insert((action, 0)).1 += 1;
    }
    Ok((effects, told))
}

struct Application<'a> {
    unit: &'a mut dyn UnitOfWork,
    table: &'a Table,
    writing: &'a Writing,
    identifiers: &'a dyn Identifiers,
}

impl Application<'_> {
    fn step(&mut self, step: &BulkStep<'_>, upsert_key: Option<&str>) -> Result<BulkEffect, Rejected> {
        match step {
            BulkStep::Create(draft) => self.create(draft),
            BulkStep::Update(id, draft) => {
                let record = self.known(*id)?;
                self.change(record, draft)
            }
            BulkStep::Upsert(draft) => match self.same(draft, upsert_key)? {
                Some(record) => self.change(record, draft),
                None => self.create(draft),
            },
            BulkStep::Delete(id) => Ok(BulkEffect::Deleted(*id)),
        }
    }

    fn as_kind(&self, kind: RevisionKind) -> Writing {
        Writing { kind, ..self.writing.clone() }
    }

    fn known(&mut self, id: RecordId) -> Result<Record, AppError> {
        self.unit.records().find(self.table, id)?.ok_or(AppError::NotFound(Resource::Record))
    }

    fn create(&mut self, draft: &Draft<'_>) -> Result<BulkEffect, Rejected> {
        let values = judged(self.unit, self.table, draft, None)?;
        let (new, writing) = (self.identifiers.record(), self.as_kind(RevisionKind::Created));
        let inserted = self.unit.records().insert(self.table, &[(new, values)], &writing)?;
        let record = inserted.into_iter().next().ok_or(AppError::NotFound(Resource::Record))?;
        Ok(BulkEffect::Created(record))
    }

    fn change(&mut self, record: Record, draft: &Draft<'_>) -> Result<BulkEffect, Rejected> {
        let values: Values = judged(self.unit, self.table, draft, Some(&record.values))?;
        if identical(&values, &record.values) {
            return Ok(BulkEffect::Unchanged(record));
        }
        let writing = self.as_kind(RevisionKind::Changed);
        Ok(BulkEffect::Changed(self.unit.records().change(self.table, &record, &values, &writing)?))
    }

    /// The record that has the draft's value in the unique field of that key.
    fn same(&mut self, draft: &Draft<'_>, key: Option<&str>) -> Result<Option<Record>, AppError> {
        let unique =
            |field: &&atalaya_domain::tables::Field| field.rules.unique && Some(draft.keys.of(field).as_str()) == key;
        let field = self.table.fields.iter().find(unique);
        let field = field.ok_or_else(|| AppError::invalid(Field::UpsertKey, "not_unique"))?;
        let sent = key.and_then(|key| draft.inputs.get(key)).unwrap_or(&Input::Null);
        // What is no value is told with everything else when the record is created.
        let Ok(Some(value)) = Value::judge(field, sent) else { return Ok(None) };
        let query =
            RecordQuery { filter: Filter::Field(field.number, Test::OneOf(vec![value])), ..RecordQuery::everything() };
        let found = self.unit.records().list(self.table, &query, &RecordSlice { offset: 0, limit: 1 })?;
        Ok(found.into_iter().next())
    }
}
