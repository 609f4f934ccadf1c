//! Many changes of records at once: all of them happen, or none.

use std::collections::{HashMap, HashSet};
use std::mem::discriminant;

use atalaya_domain::audit::AuditAction;
use atalaya_domain::id::RecordId;
use atalaya_domain::tables::{
    Draft, Field as FieldOfTable, Input, Record, RevisionKind, Table, Value, Values, identical, text_bytes,
};

use super::deletion::{self, Told};
use super::judging::{Rejected, judged};
use super::taken::{Sent, of_taken};
use crate::error::{AppError, BulkPlace, Field, Resource, Violation};
use crate::ports::runtime::Identifiers;
use crate::ports::store::UnitOfWork;
use crate::ports::tables::Writing;

/// One change of many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BulkStep<'a> {
    /// Creates a record.
    Create(Draft<'a>),
    /// Changes a record.
    Update(Seen, Draft<'a>),
    /// Changes the record that has the same value in a unique field, or creates one.
    Upsert(Draft<'a>),
    /// Puts a record into the trash.
    Delete(Seen),
}

/// A record that is to be changed, and which state of it whoever changes it saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// The record.
    pub id: RecordId,
    /// Its revision then; `None` where that is not said.
    pub revision: Option<i32>,
}

impl Seen {
    /// Compares with the record as it is.
    fn check(self, table: &Table, record: &Record) -> Result<(), AppError> {
        match self.revision {
            Some(revision) if revision != record.revision => Err(AppError::PreconditionFailed),
            None if table.entity.requires_if_match => Err(AppError::PreconditionRequired),
            _ => Ok(()),
        }
    }
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

impl<'a> BulkStep<'a> {
    /// The record that the step names.
    fn id(&self) -> Option<RecordId> {
        match self {
            Self::Update(seen, _) | Self::Delete(seen) => Some(seen.id),
            Self::Create(_) | Self::Upsert(_) => None,
        }
    }

    /// What is changed or created.
    fn upserted(&self) -> Option<&Draft<'a>> {
        match self {
            Self::Upsert(draft) => Some(draft),
            Self::Create(_) | Self::Update(..) | Self::Delete(_) => None,
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

/// Makes the changes in their order; what is deleted goes last and at once. Steps of one kind in a row are read and
/// written together.
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
    let mut application = Application::new(unit, table, writing, identifiers);
    for run in bulk.steps.chunk_by(|(_, one), (_, other)| discriminant(one) == discriminant(other)) {
        application.read(run, bulk.upsert_key.as_deref())?;
        for (place, step) in run {
            if let Err(rejected) = application.step(*place, step) {
                application.broken.extend(rejected.violations(Some(*place))?);
            }
            application.check_count()?;
            // Defaults make large records of small requests.
            if application.bytes > Bulk::MOST_BYTES {
                return Err(AppError::invalid(Field::Records, "record_too_large"));
            }
        }
        application.write()?;
        application.check_count()?;
    }
    let Application { effects, deleted, broken, .. } = application;
    if !broken.is_empty() {
        return Err(AppError::Invalid(broken));
    }
    let effects: Vec<BulkEffect> = effects.into_iter().flatten().collect();
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
    /// Records that steps are about, as they are.
    known: HashMap<RecordId, Record>,
    /// The field by which an upsert finds records, and the record that has each value.
    upsert: Option<(&'a FieldOfTable, HashMap<Value, RecordId>)>,
    /// Records that are still to be stored, and to be changed, with the places of their effects.
    created: Vec<(usize, RecordId, Values)>,
    changed: Vec<(usize, Record, Values)>,
    deleted: Vec<Record>,
    /// How each record that is still to be written was sent.
    sent: HashMap<RecordId, Sent>,
    /// Records that are not written, because another one has a unique value of theirs.
    refused: HashSet<RecordId>,
    /// Broken rules of the steps so far.
    broken: Vec<Violation>,
    /// What became of each step; nothing yet where it is still to be written.
    effects: Vec<Option<BulkEffect>>,
    /// Of all texts that steps leave.
    bytes: usize,
}

impl<'a> Application<'a> {
    fn new(
        unit: &'a mut dyn UnitOfWork,
        table: &'a Table,
        writing: &'a Writing,
        identifiers: &'a dyn Identifiers,
    ) -> Self {
        Self {
            unit,
            table,
            writing,
            identifiers,
            known: HashMap::new(),
            upsert: None,
            created: Vec::new(),
            changed: Vec::new(),
            deleted: Vec::new(),
            sent: HashMap::new(),
            refused: HashSet::new(),
            broken: Vec::new(),
            effects: Vec::new(),
            bytes: 0,
        }
    }

    /// Reads the records that steps of one kind are about.
    fn read(&mut self, run: &[(BulkPlace, BulkStep<'_>)], upsert_key: Option<&str>) -> Result<(), AppError> {
        let ids: Vec<RecordId> = run.iter().filter_map(|(_, step)| step.id()).collect();
        let drafts: Vec<&Draft<'_>> = run.iter().filter_map(|(_, step)| step.upserted()).collect();
        let mut found = if ids.is_empty() { Vec::new() } else { self.unit.records().find_all(self.table, &ids)? };
        if let Some(first) = drafts.first() {
            let unique =
                |field: &&FieldOfTable| field.rules.unique && Some(first.keys.of(field).as_str()) == upsert_key;
            let field = self.table.fields.iter().find(unique);
            let field = field.ok_or_else(|| AppError::invalid(Field::UpsertKey, "not_unique"))?;
            let values: Vec<Value> = drafts.iter().filter_map(|draft| sent(draft, field)).collect();
            found = self.unit.records().with_unique(self.table, field, &values)?;
            let holder = |record: &Record| Some((record.values.get(&field.number)?.clone(), record.id));
            self.upsert = Some((field, found.iter().filter_map(holder).collect()));
        }
        self.known = found.into_iter().map(|record| (record.id, record)).collect();
        Ok(())
    }

    fn step(&mut self, place: BulkPlace, step: &BulkStep<'_>) -> Result<(), Rejected> {
        match step {
            BulkStep::Create(draft) => self.create(place, draft).map(drop),
            BulkStep::Update(seen, draft) => self.change(place, *seen, draft),
            BulkStep::Upsert(draft) => self.change_or_create(place, draft),
            BulkStep::Delete(seen) => {
                self.deleted.push(self.known(*seen)?);
                self.effects.push(Some(BulkEffect::Deleted(seen.id)));
                Ok(())
            }
        }
    }

    /// Stops where there are as many broken rules as are told.
    fn check_count(&mut self) -> Result<(), AppError> {
        if self.broken.len() < Violation::MOST {
            return Ok(());
        }
        self.broken.truncate(Violation::MOST);
        Err(AppError::Invalid(std::mem::take(&mut self.broken)))
    }

    fn known(&self, seen: Seen) -> Result<Record, AppError> {
        let record = self.known.get(&seen.id).ok_or(AppError::NotFound(Resource::Record))?;
        seen.check(self.table, record)?;
        Ok(record.clone())
    }

    fn create(&mut self, place: BulkPlace, draft: &Draft<'_>) -> Result<RecordId, Rejected> {
        let values = judged(self.unit, self.table, draft, None)?;
        let id = self.identifiers.record();
        self.bytes += text_bytes(&values);
        self.sent.insert(id, Sent { place: Some(place), keys: draft.keys });
        self.created.push((self.effects.len(), id, values));
        self.effects.push(None);
        Ok(id)
    }

    fn change(&mut self, place: BulkPlace, seen: Seen, draft: &Draft<'_>) -> Result<(), Rejected> {
        let id = seen.id;
        // What an earlier step makes of the record is what this one changes.
        let is_open = self.created.iter().any(|(_, created, _)| *created == id)
            || self.changed.iter().any(|(_, changed, _)| changed.id == id);
        if is_open {
            self.write()?;
        }
        // What is wrong with it is told already.
        if self.refused.contains(&id) {
            return Ok(());
        }
        let record = self.known(seen)?;
        let values = judged(self.unit, self.table, draft, Some(&record.values))?;
        self.bytes += text_bytes(&values);
        if identical(&values, &record.values) {
            self.effects.push(Some(BulkEffect::Unchanged(record)));
        } else {
            self.sent.insert(id, Sent { place: Some(place), keys: draft.keys });
            self.changed.push((self.effects.len(), record, values));
            self.effects.push(None);
        }
        Ok(())
    }

    fn change_or_create(&mut self, place: BulkPlace, draft: &Draft<'_>) -> Result<(), Rejected> {
        // What is no value is told with everything else when the record is created.
        let value = self.upsert.as_ref().and_then(|(field, _)| sent(draft, field));
        let holder = |value| self.upsert.as_ref().and_then(|(_, holders)| holders.get(value).copied());
        if let Some(id) = value.as_ref().and_then(holder) {
            return self.change(place, Seen { id, revision: None }, draft);
        }
        let id = self.create(place, draft)?;
        if let (Some((_, holders)), Some(value)) = (&mut self.upsert, value) {
            holders.insert(value, id);
        }
        Ok(())
    }

    /// Writes what is still to be written, but for records with a unique value that another one has.
    fn write(&mut self) -> Result<(), AppError> {
        self.write_created()?;
        self.write_changed()
    }

    fn write_created(&mut self) -> Result<(), AppError> {
        let mut created = std::mem::take(&mut self.created);
        self.refuse_taken(&created.iter().map(|(_, id, values)| (*id, values)).collect::<Vec<_>>())?;
        created.retain(|(_, id, _)| !self.refused.contains(id));
        let (places, new): (Vec<usize>, Vec<(RecordId, Values)>) =
            created.into_iter().map(|(place, id, values)| (place, (id, values))).unzip();
        if !new.is_empty() {
            let writing = self.as_kind(RevisionKind::Created);
            let records = self.unit.records().insert(self.table, &new, &writing)?;
            self.written(places, records, BulkEffect::Created);
        }
        Ok(())
    }

    fn write_changed(&mut self) -> Result<(), AppError> {
        let mut changed = std::mem::take(&mut self.changed);
        self.refuse_taken(&changed.iter().map(|(_, record, values)| (record.id, values)).collect::<Vec<_>>())?;
        changed.retain(|(_, record, _)| !self.refused.contains(&record.id));
        let (places, rows): (Vec<usize>, Vec<(Record, Values)>) =
            changed.into_iter().map(|(place, record, values)| (place, (record, values))).unzip();
        if !rows.is_empty() {
            let writing = self.as_kind(RevisionKind::Changed);
            let records = self.unit.records().change_all(self.table, &rows, &writing)?;
            self.written(places, records, BulkEffect::Changed);
        }
        Ok(())
    }

    fn as_kind(&self, kind: RevisionKind) -> Writing {
        Writing { kind, ..self.writing.clone() }
    }

    /// Tells which of these records have a unique value of another one, in the order in which they were sent.
    fn refuse_taken(&mut self, wanted: &[(RecordId, &Values)]) -> Result<(), AppError> {
        for taken in self.unit.records().taken(self.table, wanted)? {
            if let Some(sent) = self.sent.get(&taken.record) {
                self.broken.extend(of_taken(self.table, &taken, *sent));
            }
            self.refused.insert(taken.record);
        }
        Ok(())
    }

    fn written(&mut self, places: Vec<usize>, records: Vec<Record>, effect: fn(Record) -> BulkEffect) {
        for (place, record) in places.into_iter().zip(records) {
            self.known.insert(record.id, record.clone());
            if let Some(slot) = self.effects.get_mut(place) {
                *slot = Some(effect(record));
            }
        }
    }
}

/// The value that a draft has of a field, where it is one.
fn sent(draft: &Draft<'_>, field: &FieldOfTable) -> Option<Value> {
    let sent = draft.inputs.get(draft.keys.of(field).as_str()).unwrap_or(&Input::Null);
    Value::judge(field, sent).ok().flatten()
}
