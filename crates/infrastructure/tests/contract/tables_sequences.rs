//! Whatever is done with a table, in whatever order, a simple model of it does too, and both hold the same after every
//! step: nothing is lost and nothing comes back that should not.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use atalaya_application::AppError;
use atalaya_application::error::Conflict;
use atalaya_application::jobs::{JobNotifier, JobRunner};
use atalaya_application::ports::jobs::Lane;
use atalaya_application::ports::retyping::{Held, Retyping};
use atalaya_application::ports::runtime::Clock;
use atalaya_application::ports::trash::Holders;
use atalaya_application::receipt::Unkept;
use atalaya_application::tables::{
    RecordService, Records as _, RetypeFieldHandler, Retyped, TableService, Tables as _,
};
use atalaya_domain::access::Operator;
use atalaya_domain::id::{EntityId, FieldId, JobId, RecordId};
use atalaya_domain::job::{JobFailure, JobState, RetryPolicy};
use atalaya_domain::mandate::{DefineTables, Mandate, ReadRecords, WriteRecords};
use atalaya_domain::tables::{
    Draft, Field, FieldChange, FieldName, FieldNumber, FieldType, Filter, Input, Json, Keys, NewField, RecordQuery,
    Rules, Sort, SortBy, Table, Test, Value, Values, compare, identical,
};
use atalaya_infrastructure::runtime::UuidIdentifiers;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use super::sequence_model::{Column, Model, State};
use super::support::*;
use super::tables_support::*;

/// Something to do; numbers name columns, records and values, whatever number there is of each.
#[derive(Debug, Clone)]
enum Step {
    Define { name: usize, kind: FieldType },
    Rename { column: usize, name: usize },
    Retype { column: usize, kind: FieldType },
    RetypeByJob { column: usize, kind: FieldType },
    Fill(usize),
    RunJob,
    DeleteField(usize),
    RestoreField(usize),
    Create(Vec<Option<usize>>),
    Change { record: usize, column: usize, value: Option<usize> },
    DeleteRecord(usize),
    RestoreRecord(usize),
    Revert { record: usize, revision: usize },
}

const NAMES: [&str; 5] = ["nombre", "gasto", "Gasto", "dia", "otro"];
const CHOICES: [&str; 4] = ["sí", "5", "Lima", "true"];

/// Values of a type, of which some are values of others too.
fn value(kind: FieldType, number: usize) -> Value {
    let of = |texts: &[&str]| texts[number % texts.len()].to_owned();
    match kind {
        FieldType::Text => text(&of(&["", " ", "5", "5.0", "1.50", "hola", "sí", "2026-05-03", "Lima", "true"])),
        FieldType::Number => super::tables_support::number(&of(&["0", "5", "5.00", "1.50", "-3"])),
        FieldType::Integer => Value::Integer([0, 1, 5, -3][number % 4]),
        FieldType::Date => day(&of(&["2026-05-03", "2026-05-04"])),
        FieldType::DateTime => instant(&of(&["2026-05-03T05:00:00Z", "2026-05-03T18:30:00Z"])),
        FieldType::Choice => Value::Choice(of(&CHOICES)),
        FieldType::Json => Value::Json(Json::parse(&of(&["5", "true", "[]", "{\"a\":\"sí\"}", "\"Lima\""])).unwrap()),
        FieldType::Boolean | FieldType::Relation => Value::Boolean(number.is_multiple_of(2)),
    }
}

fn kind() -> impl Strategy<Value = FieldType> {
    let kinds = FieldType::ALL.iter().copied().filter(|kind| *kind != FieldType::Relation);
    select(kinds.collect::<Vec<_>>())
}

fn step() -> impl Strategy<Value = Step> {
    let any = || 0_usize..40;
    prop_oneof![
        3 => (any(), kind()).prop_map(|(name, kind)| Step::Define { name, kind }),
        1 => (any(), any()).prop_map(|(column, name)| Step::Rename { column, name }),
        5 => (any(), kind()).prop_map(|(column, kind)| Step::Retype { column, kind }),
        4 => (any(), kind()).prop_map(|(column, kind)| Step::RetypeByJob { column, kind }),
        3 => any().prop_map(Step::Fill),
        4 => Just(Step::RunJob),
        2 => any().prop_map(Step::DeleteField),
        3 => any().prop_map(Step::RestoreField),
        8 => vec(proptest::option::weighted(0.8, any()), 2..6).prop_map(Step::Create),
        8 => (any(), any(), proptest::option::weighted(0.8, any()))
            .prop_map(|(record, column, value)| Step::Change { record, column, value }),
        2 => any().prop_map(Step::DeleteRecord),
        2 => any().prop_map(Step::RestoreRecord),
        4 => (any(), any()).prop_map(|(record, revision)| Step::Revert { record, revision }),
    ]
}

fn rules(kind: FieldType) -> Rules {
    let choices = if kind == FieldType::Choice { CHOICES.map(str::to_owned).to_vec() } else { Vec::new() };
    Rules { choices, ..Rules::default() }
}

fn definition(name: &str, kind: FieldType) -> NewField {
    NewField { rules: rules(kind), ..new_field(name, kind) }
}

/// A field of that type, to convert values to.
fn typed(sample: &Field, kind: FieldType) -> Field {
    Field { kind, rules: rules(kind), ..sample.clone() }
}

/// The use cases on one database, and the model of a table.
struct Sequence<'w> {
    tables: &'w Tables<'w>,
    definitions: TableService,
    /// The same where every retype is a job.
    by_job: TableService,
    keeping: RecordService,
    runner: JobRunner,
    entity: EntityId,
    model: Model,
    /// The job that gives a column another type.
    pending: Option<(JobId, usize, FieldType)>,
    /// What happened so far that is worth happening.
    seen: BTreeSet<&'static str>,
}

/// What has to happen in the sequences, for them to show something.
const WORTH: [&str; 8] = [
    "a name was taken",
    "a retype was refused",
    "values were converted at once",
    "values were converted by a job",
    "a job was interrupted",
    "a job failed",
    "a field was being retyped",
    "a value of a revision was lost",
];

impl<'w> Sequence<'w> {
    fn new(tables: &'w Tables<'w>, entity: u128) -> Self {
        let database = &tables.world.database;
        let clock: Arc<dyn Clock> = Arc::new(At(start()));
        let definitions = |retyped_at_once| TableService {
            store: database.store(),
            clock: Arc::clone(&clock),
            identifiers: Arc::new(UuidIdentifiers),
            notifier: Arc::new(JobNotifier::default()),
            retyped_at_once,
        };
        let handler = RetypeFieldHandler { store: database.store(), clock: Arc::clone(&clock) };
        let runner = JobRunner {
            queue: database.job_queue(),
            clock: Arc::clone(&clock),
            identifiers: Arc::new(UuidIdentifiers),
            retry: RetryPolicy::default(),
            most_of_a_company: 4,
            handlers: vec![Arc::new(handler)],
        };
        tables.define(entity, &format!("t{entity}"), &[]);
        Self {
            tables,
            definitions: definitions(u64::MAX),
            by_job: definitions(0),
            keeping: RecordService { store: database.store(), clock, identifiers: Arc::new(UuidIdentifiers) },
            runner,
            entity: entity_id(entity),
            model: Model::default(),
            pending: None,
            seen: BTreeSet::new(),
        }
    }

    fn defining(&self) -> Mandate<DefineTables> {
        Operator::at_the_machine().mandate(self.tables.scope.company())
    }

    fn writing(&self) -> Mandate<WriteRecords> {
        Operator::at_the_machine().mandate(self.tables.scope.company())
    }

    fn reading(&self) -> Mandate<ReadRecords> {
        Operator::at_the_machine().mandate(self.tables.scope.company())
    }

    fn table(&self) -> Table {
        self.definitions.find(&self.reading(), self.entity).unwrap()
    }

    fn is_pending(&self, column: usize) -> bool {
        self.pending.is_some_and(|(_, pending, _)| pending == column)
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Define { name, kind } => self.define(NAMES[name % NAMES.len()], *kind),
            Step::Rename { column, name } => self.rename(*column, NAMES[name % NAMES.len()]),
            Step::Retype { column, kind } => self.retype(*column, *kind, false),
            Step::RetypeByJob { column, kind } => self.retype(*column, *kind, true),
            Step::Fill(at) => self.fill(*at),
            Step::RunJob => self.run_job(),
            Step::DeleteField(column) => self.delete_field(*column),
            Step::RestoreField(column) => self.restore_field(*column),
            Step::Create(values) => self.create(values),
            Step::Change { record, column, value } => self.change(*record, *column, *value),
            Step::DeleteRecord(record) => self.delete_record(*record),
            Step::RestoreRecord(record) => self.restore_record(*record),
            Step::Revert { record, revision } => self.revert(*record, *revision),
        }
        self.compare();
    }

    fn define(&mut self, name: &str, kind: FieldType) {
        let defined = self.definitions.add_field(&self.defining(), self.entity, &definition(name, kind), &Unkept);
        if self.model.is_taken(name, None) {
            self.seen.insert("a name was taken");
            assert!(matches!(defined, Err(AppError::Conflict(Conflict::FieldExists))), "{defined:?}");
        } else {
            self.model.columns.push(Column { id: defined.unwrap().id, name: name.to_owned(), kind, live: true });
        }
    }

    fn rename(&mut self, column: usize, name: &str) {
        let Some(column) = self.model.live_column(column) else { return };
        let change = FieldChange { name: Some(FieldName::parse(name).unwrap()), ..FieldChange::default() };
        let id = self.model.columns[column].id;
        let renamed = self.definitions.change_field(&self.defining(), self.entity, id, &change);
        if self.is_pending(column) {
            assert!(matches!(renamed, Err(AppError::Conflict(Conflict::FieldBeingRetyped))), "{renamed:?}");
        } else if self.model.is_taken(name, Some(column)) {
            assert!(matches!(renamed, Err(AppError::Conflict(Conflict::FieldExists))), "{renamed:?}");
        } else {
            self.model.columns[column].name = name.to_owned();
            renamed.unwrap();
        }
    }

    fn retype(&mut self, column: usize, kind: FieldType, by_job: bool) {
        let Some(column) = self.model.live_column(column) else { return };
        if by_job && self.pending.is_some() && !self.is_pending(column) {
            return;
        }
        let id = self.model.columns[column].id;
        let to = typed(&self.table().fields[0], kind);
        let new = definition("x", kind);
        let failing = self.model.failing(column, &to);
        let tried = self.definitions.try_retype(&self.defining(), self.entity, id, &new).unwrap();
        assert_eq!(tried.total - tried.convertible, failing);
        let service = if by_job { &self.by_job } else { &self.definitions };
        match service.retype(&self.defining(), self.entity, id, &new, &Unkept) {
            Err(AppError::Conflict(Conflict::FieldBeingRetyped)) => {
                assert!(self.is_pending(column));
                self.seen.insert("a field was being retyped");
            }
            Err(AppError::StricterRule { count, .. }) => {
                assert_eq!(count, failing);
                self.seen.insert("a retype was refused");
            }
            Ok(Retyped::Done(field)) => {
                assert_eq!((field.id, field.kind, failing), (id, kind, 0));
                if tried.total > 0 {
                    self.seen.insert("values were converted at once");
                }
                self.replaced(column, &to);
            }
            Ok(Retyped::Underway(job)) => self.pending = Some((job.id, column, kind)),
            Err(error) => panic!("{error:?}"),
        }
    }

    /// What a retype makes of the model: the field as it was is in the trash under an id that was not there before.
    fn replaced(&mut self, column: usize, to: &Field) {
        let trash = self.definitions.field_trash(&self.defining(), self.entity).unwrap();
        let known: BTreeSet<FieldId> = self.model.columns.iter().map(|column| column.id).collect();
        let new: Vec<FieldId> = trash.iter().map(|field| field.item.id).filter(|id| !known.contains(id)).collect();
        assert_eq!(new.len(), 1);
        if self.model.retype(column, to, new[0]) {
            self.seen.insert("a value of a revision was lost");
        }
    }

    /// Does a part of the job, as a process that died then.
    fn fill(&mut self, at: usize) {
        let Some((_, column, kind)) = self.pending else { return };
        let table = self.table();
        let from = table.field(self.model.columns[column].id).unwrap().clone();
        let holders = Holders::ALL[at % 3];
        let number = from.retyping.unwrap();
        let work = |unit: &mut dyn atalaya_application::ports::store::UnitOfWork| {
            let to = unit.retyper().hidden(self.entity, number)?.unwrap().field;
            assert_eq!(to.kind, kind);
            let retyping = Retyping { entity: self.entity, from: &from, to: &to };
            let states = unit.retyper().unconverted(retyping, holders, None, 2)?;
            let states: Vec<_> = states.into_iter().map(|(id, held)| (id, Model::converted(&held, &to))).collect();
            // A job fails where a record has such a value.
            if holders == Holders::Records && states.iter().any(|(_, held)| *held == Held::Lost) {
                return Ok(false);
            }
            unit.retyper().convert(retyping, holders, &states)?;
            Ok(!states.is_empty())
        };
        if self.tables.write(work).unwrap() {
            self.seen.insert("a job was interrupted");
        }
    }

    fn run_job(&mut self) {
        let Some((job, column, kind)) = self.pending.take() else { return };
        let to = typed(&self.table().fields[0], kind);
        let failing = self.model.failing(column, &to);
        assert!(self.runner.run_next(Lane::Housekeeping, &AtomicBool::new(false)).unwrap());
        let job = self.tables.read(|view| view.jobs().find(job)).unwrap();
        if failing == 0 {
            self.seen.insert("values were converted by a job");
            assert_eq!(job.state, JobState::Succeeded, "{job:?}");
            self.replaced(column, &to);
        } else {
            self.seen.insert("a job failed");
            let count = u32::try_from(failing).unwrap();
            assert_eq!(job.failure, Some(JobFailure::RecordsBreakRule { count }), "{job:?}");
        }
    }

    fn delete_field(&mut self, column: usize) {
        let Some(column) = self.model.live_column(column) else { return };
        let deleted = self.definitions.delete_field(&self.defining(), self.entity, self.model.columns[column].id);
        if self.is_pending(column) {
            assert!(matches!(deleted, Err(AppError::Conflict(Conflict::FieldBeingRetyped))), "{deleted:?}");
        } else {
            deleted.unwrap();
            self.model.columns[column].live = false;
        }
    }

    fn restore_field(&mut self, column: usize) {
        let Some(column) = self.model.trashed_column(column) else { return };
        let Column { id, name, .. } = self.model.columns[column].clone();
        let restored = self.definitions.restore_field(&self.defining(), self.entity, id);
        if self.model.is_taken(&name, None) {
            assert!(matches!(restored, Err(AppError::Conflict(Conflict::FieldExists))), "{restored:?}");
        } else {
            restored.unwrap();
            self.model.columns[column].live = true;
        }
    }

    /// What somebody sends who knows the ids of fields.
    fn draft<'t>(&self, texts: &'t BTreeMap<usize, Option<(FieldType, String)>>) -> Draft<'t> {
        let key = |column: &usize| self.model.columns[*column].id.get().to_string();
        let input = |sent: &'t Option<(FieldType, String)>| match sent {
            None => Input::Null,
            Some((kind, text)) => Input::written(*kind, text),
        };
        let inputs = texts.iter().map(|(column, sent)| (key(column), input(sent))).collect();
        Draft { keys: Keys::Ids, inputs }
    }

    fn create(&mut self, sent: &[Option<usize>]) {
        let columns = self.model.live_columns();
        let values: BTreeMap<usize, Value> = columns
            .into_iter()
            .zip(sent)
            .filter_map(|(column, sent)| Some((column, value(self.model.columns[column].kind, (*sent)?))))
            .collect();
        let texts = values.iter().map(|(column, value)| (*column, Some((value.kind(), value.to_string())))).collect();
        let created = self.keeping.create(&self.writing(), self.entity, &self.draft(&texts), &Unkept).unwrap();
        self.model.create(created.record.id, values);
    }

    fn change(&mut self, record: usize, column: usize, number: Option<usize>) {
        let Some((at, column)) = self.model.live_record(record).zip(self.model.live_column(column)) else { return };
        let set = number.map(|number| value(self.model.columns[column].kind, number));
        let texts = [(column, set.as_ref().map(|value| (value.kind(), value.to_string())))].into();
        let id = self.model.records[at].id;
        let changed = self.keeping.change(&self.writing(), self.entity, id, &self.draft(&texts), None).unwrap();
        self.model.change(at, column, set);
        assert_eq!(usize::try_from(changed.record.revision).unwrap(), self.model.records[at].states.len());
    }

    fn delete_record(&mut self, record: usize) {
        let Some(at) = self.model.live_record(record) else { return };
        let id = self.model.records[at].id;
        self.keeping.delete(&self.writing(), self.entity, id, None).unwrap();
        self.model.copy(at, false);
    }

    fn restore_record(&mut self, record: usize) {
        let Some(at) = self.model.trashed_record(record) else { return };
        drop(self.keeping.restore(&self.writing(), self.entity, self.model.records[at].id).unwrap());
        self.model.copy(at, true);
    }

    fn revert(&mut self, record: usize, revision: usize) {
        let Some(at) = self.model.live_record(record) else { return };
        let kept = &self.model.records[at];
        let (id, revision) = (kept.id, revision % kept.states.len());
        let number = i32::try_from(revision).unwrap() + 1;
        let reverted = self.keeping.revert(&self.writing(), self.entity, id, number, None);
        if self.model.revert(at, revision) {
            drop(reverted.unwrap());
        } else {
            assert!(matches!(reverted, Err(AppError::Invalid(_))), "{reverted:?}");
        }
    }

    /// Everything that can be read is what the model says.
    fn compare(&self) {
        let table = self.table();
        let fields: BTreeSet<(FieldId, String, &str)> =
            table.fields.iter().map(|field| (field.id, field.name.as_str().to_owned(), field.kind.as_str())).collect();
        assert_eq!(fields, self.model.fields());
        let numbers: BTreeMap<usize, FieldNumber> = self
            .model
            .live_columns()
            .iter()
            .map(|at| (*at, table.field(self.model.columns[*at].id).unwrap().number))
            .collect();
        let expected = |state: &State| -> Values {
            let held = |(column, number): (&usize, &FieldNumber)| match state.get(column) {
                Some(Held::Value(value)) => Some((*number, value.clone())),
                _ => None,
            };
            numbers.iter().filter_map(held).collect()
        };
        for record in &self.model.records {
            let revisions = self.keeping.revisions(&self.reading(), self.entity, record.id, &ALL).unwrap().1;
            assert_eq!(usize::try_from(revisions.total).unwrap(), record.states.len());
            for (revision, state) in revisions.items.iter().rev().zip(&record.states) {
                assert!(identical(&revision.values, &expected(state)), "{revision:?} {state:?}");
                let is_lost = |number: &FieldNumber| revision.lost.contains(number);
                let lost: BTreeSet<usize> =
                    numbers.iter().filter(|(_, number)| is_lost(number)).map(|(column, _)| *column).collect();
                let expected = numbers.keys().copied().filter(|column| state.get(column) == Some(&Held::Lost));
                assert_eq!(lost, expected.collect());
            }
        }
        let trash = self.keeping.trash(&self.reading(), self.entity, &ALL).unwrap().1;
        let trashed: BTreeSet<RecordId> = trash.items.iter().map(|trashed| trashed.item.id).collect();
        assert_eq!(trashed, self.model.records.iter().filter(|record| !record.live).map(|record| record.id).collect());
        self.compare_lists(&table, &numbers, expected);
    }

    /// Filters and orders find what records hold.
    fn compare_lists(
        &self,
        table: &Table,
        numbers: &BTreeMap<usize, FieldNumber>,
        expected: impl Fn(&State) -> Values,
    ) {
        let live = || self.model.records.iter().filter(|record| record.live);
        for (column, number) in numbers {
            let query = RecordQuery {
                filter: Filter::Field(*number, Test::Present),
                words: Vec::new(),
                sort: vec![Sort { by: SortBy::Field(*number), descending: false }],
            };
            let found = self.tables.read(|view| view.records().list(table, &query, &ALL));
            let held: BTreeSet<RecordId> = live()
                .filter(|record| matches!(record.now().get(column), Some(Held::Value(_))))
                .map(|record| record.id)
                .collect();
            assert_eq!(found.iter().map(|record| record.id).collect::<BTreeSet<_>>(), held);
            let is_sorted = found.windows(2).all(|pair| {
                compare(&pair[0].values[number], &pair[1].values[number]).is_some_and(std::cmp::Ordering::is_le)
            });
            assert!(is_sorted, "{found:?}");
        }
        let all = self.tables.list(table, &RecordQuery::everything());
        assert_eq!(all.len(), live().count());
        for record in live() {
            let found = self.tables.find(table, record.id).unwrap();
            assert!(identical(&found.values, &expected(record.now())), "{found:?} {record:?}");
        }
    }
}

pub(crate) fn any_sequence_of_steps_holds_what_a_simple_model_does(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let ours = Tables::new(&world, "BCP");
    let mut runner = TestRunner::deterministic();
    let mut seen = BTreeSet::new();
    for entity in 1..=12 {
        let steps = vec(step(), 60).new_tree(&mut runner).unwrap().current();
        let mut sequence = Sequence::new(&ours, entity);
        sequence.define("nombre", FieldType::Text);
        for step in &steps {
            sequence.step(step);
        }
        sequence.run_job();
        seen.extend(sequence.seen);
    }
    assert_eq!(seen, WORTH.into());
}
