//! The rows of an import, some at a time: what they point to and what they change is looked up at once, each row is
//! judged by the rules of every record, and what keeps them is written.

use std::collections::{BTreeMap, HashSet};
use std::hash::{BuildHasher as _, RandomState};
use std::sync::mpsc;
use std::thread;

use atalaya_domain::id::RecordId;
use atalaya_domain::tables::{
    Broken, Field, FieldNumber, FieldType, Record, RevisionKind, Table, Value, Values, identical,
};

use super::batches::{Batch, Batches};
use super::displayed::Displayed;
use super::import::{
    ImportCell, ImportFault, ImportOutcome, ImportPlan, ImportProgress, ImportRow, OpenedRows, Written, abandoned,
};
use super::judging::{Judging, of_broken};
use crate::error::{AppError, Field as Named, RecordKey, Violation};
use crate::ports::runtime::Identifiers;
use crate::ports::store::UnitOfWork;
use crate::ports::tables::Writing;

/// Rows that are judged and written at once: the more, the more values of theirs are neighbours in the index.
const AT_ONCE: usize = 2_000;

/// By what a row finds its record.
enum Key<'t> {
    Id,
    Field(&'t Field),
}

/// A row that is a new record, as soon as its unique values are known to be its own.
struct Pending {
    row: ImportRow,
    values: Values,
}

/// An import under way.
pub(super) struct Importing<'a> {
    unit: &'a mut dyn UnitOfWork,
    table: &'a Table,
    writing: &'a Writing,
    identifiers: &'a dyn Identifiers,
    progress: &'a dyn ImportProgress,
    key: Option<Key<'a>>,
    /// What stands for each key that the file had so far.
    seen: HashSet<u64>,
    hasher: RandomState,
    displayed: Displayed,
    pending: Vec<Pending>,
    /// Broken rules of the rows that are judged now, in the order in which they were found.
    faults: Vec<Fault>,
    outcome: ImportOutcome,
}

/// A broken rule, and what the cell has.
type Fault = (Violation, Option<String>);

impl<'a> Importing<'a> {
    /// # Errors
    /// `Invalid` where the plan's key is that of no unique field.
    pub(super) fn new(
        unit: &'a mut dyn UnitOfWork,
        table: &'a Table,
        plan: &'a ImportPlan,
        writing: &'a Writing,
        identifiers: &'a dyn Identifiers,
        progress: &'a dyn ImportProgress,
    ) -> Result<Self, AppError> {
        let key = match plan.upsert_key.as_deref() {
            None => None,
            Some(ImportPlan::ID) => Some(Key::Id),
            Some(name) => {
                let field = table.field_named(name).filter(|field| field.rules.unique);
                Some(Key::Field(field.ok_or_else(|| AppError::invalid(Named::UpsertKey, "not_unique"))?))
            }
        };
        Ok(Self {
            unit,
            table,
            writing,
            identifiers,
            progress,
            key,
            seen: HashSet::new(),
            hasher: RandomState::new(),
            displayed: Displayed::default(),
            pending: Vec::new(),
            faults: Vec::new(),
            outcome: ImportOutcome::default(),
        })
    }

    /// Judges all rows and writes those that keep the rules.
    ///
    /// # Errors
    /// Of the database; of whoever waits no more.
    pub(super) fn run(mut self, opened: OpenedRows<'_>) -> Result<ImportOutcome, AppError> {
        self.progress.begun();
        let OpenedRows { detected, columns, question, faults, rows } = opened;
        self.outcome = ImportOutcome { detected, columns, question, complete: true, ..ImportOutcome::default() };
        if !faults.is_empty() {
            self.outcome.complete = false;
            for fault in faults {
                self.tell(fault, None)?;
            }
            return Ok(self.outcome);
        }
        if self.outcome.question.is_some() {
            return Ok(self.outcome);
        }
        // A row may point to one before it, which has to be there by then.
        let most = if points_to_itself(self.table) { 1 } else { AT_ONCE };
        thread::scope(|scope| {
            // While the database takes some rows, the next ones are read; more are not, whatever the file has.
            let (read, batches) = mpsc::sync_channel(1);
            scope.spawn(move || Batches::new(rows, most).all(|batch| read.send(batch).is_ok()));
            batches.into_iter().try_for_each(|batch| self.batch(batch))
        })?;
        Ok(self.outcome)
    }

    fn batch(&mut self, Batch { rows, fault }: Batch) -> Result<(), AppError> {
        self.outcome.total += u64::try_from(rows.len()).unwrap_or(u64::MAX);
        if let Some(fault) = fault {
            self.faults.push((fault, None));
            self.outcome.complete = false;
        }
        if !rows.is_empty() {
            self.judge(rows)?;
        }
        self.tell_faults()?;
        if self.progress.done(self.outcome.total).is_break() { Err(abandoned()) } else { Ok(()) }
    }

    fn tell(&mut self, violation: Violation, value: Option<String>) -> Result<(), AppError> {
        let fault = ImportFault { violation, value };
        self.progress.broken(&fault)?;
        self.outcome.fault(fault);
        Ok(())
    }

    /// Tells the broken rules of the rows that were judged, by line; what ends the file comes last.
    fn tell_faults(&mut self) -> Result<(), AppError> {
        let mut faults = std::mem::take(&mut self.faults);
        faults.sort_by_key(|(violation, _)| violation.line.unwrap_or(u64::MAX));
        faults.into_iter().try_for_each(|(violation, value)| self.tell(violation, value))
    }

    fn judge(&mut self, mut rows: Vec<ImportRow>) -> Result<(), AppError> {
        self.displayed.resolve(self.unit, self.table, &mut rows)?;
        let found = self.found(&rows)?;
        let drafts: Vec<_> = rows.iter().map(|row| row.draft(self.table)).collect();
        let currents: Vec<Option<Record>> = rows.iter().map(|row| found.of(self.key.as_ref(), row).cloned()).collect();
        let mut judging = Judging::default();
        for (draft, current) in drafts.iter().zip(&currents) {
            judging.add(self.table, draft, current.as_ref().map(|record| &record.values));
        }
        let judged = judging.finish(self.unit, self.table)?;
        drop(drafts);
        for ((row, judged), current) in rows.into_iter().zip(judged).zip(currents) {
            self.row(row, judged, current)?;
        }
        self.flush()
    }

    /// Writes a row that was judged, or tells what is wrong with it.
    fn row(
        &mut self,
        row: ImportRow,
        judged: Result<Values, Vec<Broken>>,
        current: Option<Record>,
    ) -> Result<(), AppError> {
        if let Some(fault) = row.fault {
            self.refuse(vec![(fault, None)]);
            return Ok(());
        }
        let mut faults: Vec<Fault> = Vec::new();
        let unreadable = |cell: &ImportCell| match &cell.written {
            Written::Unreadable(fault) => Some((located(fault.clone(), &row, &cell.key), shown(&row, &cell.key))),
            _ => None,
        };
        faults.extend(row.cells.iter().filter_map(unreadable));
        let values = judged.unwrap_or_else(|broken| {
            let is_told = |key: &str| row.cell(key).is_some_and(|cell| matches!(cell.written, Written::Unreadable(_)));
            for Broken { key, rule } in broken.into_iter().filter(|broken| !is_told(&broken.key)) {
                let violation = of_broken(value_of(&key), &rule);
                faults.push((located(violation, &row, &key), shown(&row, &key)));
            }
            Values::new()
        });
        faults.extend(self.key_fault(&row, &values, current.is_some()));
        if !faults.is_empty() {
            self.refuse(faults);
            return Ok(());
        }
        match current {
            None => {
                self.pending.push(Pending { row, values });
                Ok(())
            }
            Some(current) if identical(&values, &current.values) => {
                self.outcome.unchanged += 1;
                Ok(())
            }
            Some(current) => self.change(&row, &current, &values),
        }
    }

    fn refuse(&mut self, faults: Vec<Fault>) {
        self.outcome.skipped += 1;
        self.faults.extend(faults);
    }

    /// What is wrong with the key of a row: a record is not there, or the file has the key twice.
    fn key_fault(&mut self, row: &ImportRow, values: &Values, is_found: bool) -> Option<Fault> {
        let (name, written) = match self.key.as_ref()? {
            Key::Id => {
                let id = row.id.as_ref()?;
                if !is_found {
                    let unknown = Violation::new(Named::RecordId, "unknown_record").at(row.line, ImportPlan::ID);
                    return Some((unknown, Some(id.written.clone())));
                }
                (ImportPlan::ID, id.id?.get().to_string())
            }
            Key::Field(field) => (field.name.as_str(), same(values.get(&field.number)?)),
        };
        if self.seen.insert(self.hasher.hash_one(&written)) {
            return None;
        }
        let value = shown(row, name).or(Some(written));
        Some((located(Violation::new(value_of(name), "repeated"), row, name), value))
    }

    fn change(&mut self, row: &ImportRow, current: &Record, values: &Values) -> Result<(), AppError> {
        self.flush()?;
        let mut faults = Vec::new();
        for field in unique(self.table) {
            let Some(value) =
                values.get(&field.number).filter(|value| current.values.get(&field.number) != Some(value))
            else {
                continue;
            };
            if self.holders(field, std::slice::from_ref(value))?.iter().any(|record| record.id != current.id) {
                faults.push(taken(row, field));
            }
        }
        if !faults.is_empty() {
            self.refuse(faults);
            return Ok(());
        }
        let writing = Writing { kind: RevisionKind::Changed, ..self.writing.clone() };
        drop(self.unit.records().change(self.table, current, values, &writing)?);
        self.outcome.changed += 1;
        Ok(())
    }

    /// Creates the records of the rows that wait for it.
    fn flush(&mut self) -> Result<(), AppError> {
        let pending = std::mem::take(&mut self.pending);
        if pending.is_empty() {
            return Ok(());
        }
        let mut owned: BTreeMap<FieldNumber, HashSet<Value>> = BTreeMap::new();
        for field in unique(self.table) {
            let values: Vec<Value> = pending.iter().filter_map(|row| row.values.get(&field.number).cloned()).collect();
            let held = self.holders(field, &values)?.into_iter();
            owned.insert(field.number, held.filter_map(|mut record| record.values.remove(&field.number)).collect());
        }
        let mut new = Vec::with_capacity(pending.len());
        for Pending { row, values } in pending {
            let is_taken = |field: &&Field| {
                let value = values.get(&field.number);
                value.zip(owned.get(&field.number)).is_some_and(|(value, owned)| owned.contains(value))
            };
            let faults: Vec<_> = unique(self.table).filter(is_taken).map(|field| taken(&row, field)).collect();
            if !faults.is_empty() {
                self.refuse(faults);
                continue;
            }
            for (number, owned) in &mut owned {
                owned.extend(values.get(number).cloned());
            }
            new.push((self.identifiers.record(), values));
        }
        if !new.is_empty() {
            drop(self.unit.records().insert(self.table, &new, self.writing)?);
            self.outcome.created += u64::try_from(new.len()).unwrap_or(u64::MAX);
        }
        Ok(())
    }

    /// The records that have one of these values in a unique field.
    fn holders(&mut self, field: &Field, values: &[Value]) -> Result<Vec<Record>, AppError> {
        if values.is_empty() { Ok(Vec::new()) } else { self.unit.records().with_unique(self.table, field, values) }
    }

    /// The records that the rows are about.
    fn found(&mut self, rows: &[ImportRow]) -> Result<Found, AppError> {
        match self.key {
            None => Ok(Found::default()),
            Some(Key::Id) => {
                let ids: Vec<RecordId> = rows.iter().filter_map(record_id).collect();
                let records = self.unit.records().find_all(self.table, &ids)?.into_iter();
                Ok(Found(records.map(|record| (record.id.get().to_string(), record)).collect()))
            }
            Some(Key::Field(field)) => {
                let values: Vec<Value> = rows.iter().filter_map(|row| key_value(field, row)).collect();
                let records = self.holders(field, &values)?.into_iter();
                let keyed = |record: Record| Some((same(record.values.get(&field.number)?), record));
                Ok(Found(records.filter_map(keyed).collect()))
            }
        }
    }
}

/// Records by what stands for their keys.
#[derive(Default)]
struct Found(BTreeMap<String, Record>);

impl Found {
    fn of(&self, key: Option<&Key<'_>>, row: &ImportRow) -> Option<&Record> {
        match key? {
            Key::Id => self.0.get(&record_id(row)?.get().to_string()),
            Key::Field(field) => self.0.get(&same(&key_value(field, row)?)),
        }
    }
}

/// What two equal values have in common, however they are written.
fn same(value: &Value) -> String {
    match value {
        Value::Number(number) => number.get().normalize().to_string(),
        other => other.to_string(),
    }
}

fn record_id(row: &ImportRow) -> Option<RecordId> {
    row.id.as_ref()?.id
}

/// The value of a row in the field that is its key.
fn key_value(field: &Field, row: &ImportRow) -> Option<Value> {
    let input = row.cell(field.name.as_str())?.written.input()?;
    Value::judge(field, &input).ok().flatten()
}

fn unique(table: &Table) -> impl Iterator<Item = &Field> {
    table.fields.iter().filter(|field| field.rules.unique)
}

/// Whether records of the table may point to one another.
fn points_to_itself(table: &Table) -> bool {
    let target = |field: &Field| field.target.as_ref().map(|target| target.entity);
    table.fields.iter().any(|field| field.kind == FieldType::Relation && target(field) == Some(table.entity.id))
}

fn value_of(key: &str) -> Named {
    Named::RecordValue(Box::new(RecordKey { place: None, key: key.to_owned() }))
}

/// A violation on the line of a row, in the column of a field; in that of its name, where the file has none.
fn located(violation: Violation, row: &ImportRow, key: &str) -> Violation {
    let column = row.cell(key).map_or(key, |cell| cell.column.as_str());
    violation.at(row.line, column)
}

fn shown(row: &ImportRow, key: &str) -> Option<String> {
    row.cell(key).map(|cell| cell.shown.clone())
}

fn taken(row: &ImportRow, field: &Field) -> Fault {
    let key = field.name.as_str();
    (located(Violation::new(value_of(key), "value_taken"), row, key), shown(row, key))
}
