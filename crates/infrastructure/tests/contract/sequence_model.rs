//! A table as a model in memory: columns, and for each record what it held, revision by revision.

use std::collections::{BTreeMap, BTreeSet};

use atalaya_application::ports::retyping::Held;
use atalaya_domain::company::DEFAULT_TIME_ZONE;
use atalaya_domain::id::{FieldId, RecordId};
use atalaya_domain::tables::{Converted, Field, FieldType, Value};

/// A field, as it was or is.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub(crate) id: FieldId,
    pub(crate) name: String,
    pub(crate) kind: FieldType,
    pub(crate) live: bool,
}

/// What a record holds, by columns.
pub(crate) type State = BTreeMap<usize, Held>;

/// A record with its revisions, the first first.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) id: RecordId,
    pub(crate) live: bool,
    pub(crate) states: Vec<State>,
}

impl Kept {
    pub(crate) fn now(&self) -> &State {
        self.states.last().unwrap()
    }
}

/// A table.
#[derive(Debug, Default)]
pub(crate) struct Model {
    pub(crate) columns: Vec<Column>,
    pub(crate) records: Vec<Kept>,
}

fn some(all: &[usize], at: usize) -> Option<usize> {
    if all.is_empty() { None } else { Some(all[at % all.len()]) }
}

impl Model {
    pub(crate) fn live_columns(&self) -> Vec<usize> {
        (0..self.columns.len()).filter(|at| self.columns[*at].live).collect()
    }

    pub(crate) fn live_column(&self, at: usize) -> Option<usize> {
        some(&self.live_columns(), at)
    }

    pub(crate) fn trashed_column(&self, at: usize) -> Option<usize> {
        let trashed: Vec<usize> = (0..self.columns.len()).filter(|at| !self.columns[*at].live).collect();
        some(&trashed, at)
    }

    fn records(&self, live: bool) -> Vec<usize> {
        (0..self.records.len()).filter(|at| self.records[*at].live == live).collect()
    }

    pub(crate) fn live_record(&self, at: usize) -> Option<usize> {
        some(&self.records(true), at)
    }

    pub(crate) fn trashed_record(&self, at: usize) -> Option<usize> {
        some(&self.records(false), at)
    }

    pub(crate) fn fields(&self) -> BTreeSet<(FieldId, String, &'static str)> {
        let live = self.columns.iter().filter(|column| column.live);
        live.map(|column| (column.id, column.name.clone(), column.kind.as_str())).collect()
    }

    /// Whether another field has the name.
    pub(crate) fn is_taken(&self, name: &str, but: Option<usize>) -> bool {
        let others = self.live_columns().into_iter().filter(|at| Some(*at) != but);
        others.into_iter().any(|at| self.columns[at].name.to_lowercase() == name.to_lowercase())
    }

    /// What is left of something in a field of another type.
    pub(crate) fn converted(held: &Held, to: &Field) -> Held {
        match held {
            Held::Value(value) => match to.convert(value, DEFAULT_TIME_ZONE) {
                Ok(Converted::Value(value)) => Held::Value(value),
                Ok(_) => Held::Nothing,
                Err(_) => Held::Lost,
            },
            other => other.clone(),
        }
    }

    /// How many records have a value that is none of the other type.
    pub(crate) fn failing(&self, column: usize, to: &Field) -> u64 {
        let live = self.records.iter().filter(|record| record.live);
        let is_value = |held: &&Held| matches!(held, Held::Value(_));
        let held = live.filter_map(|record| record.now().get(&column)).filter(is_value);
        u64::try_from(held.filter(|held| Self::converted(held, to) == Held::Lost).count()).unwrap()
    }

    /// Another column in the place of one, which has `id` from then on. Whether a value is lost in it.
    pub(crate) fn retype(&mut self, column: usize, to: &Field, id: FieldId) -> bool {
        let new = self.columns.len();
        let before = &mut self.columns[column];
        let after = Column { kind: to.kind, ..before.clone() };
        (before.id, before.live) = (id, false);
        self.columns.push(after);
        let mut loses = false;
        for state in self.records.iter_mut().flat_map(|record| &mut record.states) {
            if let Some(held) = state.get(&column) {
                let held = Self::converted(held, to);
                loses |= held == Held::Lost;
                state.insert(new, held);
            }
        }
        loses
    }

    pub(crate) fn create(&mut self, id: RecordId, values: BTreeMap<usize, Value>) {
        let state = values.into_iter().map(|(column, value)| (column, Held::Value(value))).collect();
        self.records.push(Kept { id, live: true, states: vec![state] });
    }

    /// What is there in fields that people see.
    fn seen(&self, state: &State) -> BTreeMap<usize, Value> {
        let value = |(column, held): (&usize, &Held)| match held {
            Held::Value(value) if self.columns[*column].live => Some((*column, value.clone())),
            _ => None,
        };
        state.iter().filter_map(value).collect()
    }

    /// A further state with these values in the fields that people see; the others keep what they have.
    fn write(&mut self, at: usize, values: BTreeMap<usize, Value>) {
        let columns = &self.columns;
        let record = &mut self.records[at];
        let mut state: State = record.now().clone().into_iter().filter(|(column, _)| !columns[*column].live).collect();
        state.extend(values.into_iter().map(|(column, value)| (column, Held::Value(value))));
        record.states.push(state);
    }

    /// Sets or clears a value; what changes nothing is no revision.
    pub(crate) fn change(&mut self, at: usize, column: usize, value: Option<Value>) {
        let before = self.seen(self.records[at].now());
        let mut after = before.clone();
        match value {
            Some(value) => after.insert(column, value),
            None => after.remove(&column),
        };
        let written = |values: &BTreeMap<usize, Value>| values.values().map(Value::to_string).collect::<Vec<_>>();
        if before != after || written(&before) != written(&after) {
            self.write(at, after);
        }
    }

    /// Into the trash, or out of it.
    pub(crate) fn copy(&mut self, at: usize, live: bool) {
        let state = self.records[at].now().clone();
        self.records[at].states.push(state);
        self.records[at].live = live;
    }

    /// Whether the record has the values of a revision again.
    pub(crate) fn revert(&mut self, at: usize, revision: usize) -> bool {
        let state = self.records[at].states[revision].clone();
        if state.iter().any(|(column, held)| *held == Held::Lost && self.columns[*column].live) {
            return false;
        }
        self.write(at, self.seen(&state));
        true
    }
}
