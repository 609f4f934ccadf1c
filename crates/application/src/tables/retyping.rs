//! What giving a field another type makes of values: each is converted exactly, or the reason is told.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher as _, RandomState};

use atalaya_domain::id::RecordId;
use atalaya_domain::tables::{BrokenRule, Converted, Field, Record, RecordQuery, Table, Value};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::displayed::{Meant, called};
use super::judging::of_broken;
use super::stricter;
use super::walking::each_page;
use crate::error::{AppError, Field as Named, Violation};
use crate::ports::retyping::{Held, Retyping, StateId};
use crate::ports::store::UnitOfWork;
use crate::ports::tables::{EntityReader, RecordReader};
use crate::ports::trash::Holders;

/// States of records that are converted at once.
pub(super) const AT_ONCE: u32 = 1_000;

/// How an entry of the audit log names a field and its types.
pub(super) fn told(table: &Table, from: &Field, to: &Field) -> String {
    format!("{}.{}: {} → {}", table.entity.name.as_str(), from.name.as_str(), from.kind, to.kind)
}

/// Makes values those of another field.
pub(super) struct Converter {
    to: Field,
    zone: Tz,
    /// What a relation points to, unless that is gone.
    target: Option<Table>,
    /// Which records texts meant so far.
    called: HashMap<String, Meant>,
}

/// What a value is in the field, or why it is none.
pub(super) type Conversion = Result<Option<Value>, BrokenRule>;

impl Converter {
    /// Of values of one snapshot.
    ///
    /// # Errors
    /// Of the database.
    pub(super) fn new<R: EntityReader + ?Sized>(entities: &mut R, to: &Field, zone: Tz) -> Result<Self, AppError> {
        let target = match &to.target {
            Some(target) => entities.find(target.entity)?.map(Table::opened_whole),
            None => None,
        };
        Ok(Self { to: to.clone(), zone, target, called: HashMap::new() })
    }

    /// What each of the values is in the field.
    ///
    /// # Errors
    /// Of the database.
    pub(super) fn convert<R: RecordReader + ?Sized>(
        &mut self,
        records: &mut R,
        values: &[&Value],
    ) -> Result<Vec<Conversion>, AppError> {
        let mut converted = Vec::with_capacity(values.len());
        for value in values {
            converted.push(match self.to.convert(value, self.zone) {
                Ok(Converted::Value(value)) => Ok(Some(value)),
                Ok(Converted::Nothing) => Ok(None),
                Ok(Converted::Called(text)) => self.record_called(records, &text)?,
                Err(rule) => Err(rule),
            });
        }
        self.check_records(records, &mut converted)?;
        Ok(converted)
    }

    /// Refuses relations to records that are not there.
    fn check_records<R: RecordReader + ?Sized>(
        &self,
        records: &mut R,
        converted: &mut [Conversion],
    ) -> Result<(), AppError> {
        let pointed = |conversion: &Conversion| match conversion {
            Ok(Some(Value::Relation(id))) => Some(*id),
            _ => None,
        };
        let asked: HashSet<RecordId> = converted.iter().filter_map(pointed).collect();
        if asked.is_empty() {
            return Ok(());
        }
        let asked: Vec<RecordId> = asked.into_iter().collect();
        let there = match &self.target {
            Some(target) => records.existing(target, &asked)?,
            None => Vec::new(),
        };
        let there: HashSet<RecordId> = there.into_iter().collect();
        for conversion in converted {
            if pointed(conversion).is_some_and(|id| !there.contains(&id)) {
                *conversion = Err(BrokenRule::UnknownRecord);
            }
        }
        Ok(())
    }

    fn record_called<R: RecordReader + ?Sized>(&mut self, records: &mut R, text: &str) -> Result<Conversion, AppError> {
        let target = self.target.as_ref().zip(self.to.target.as_ref());
        let display = target.and_then(|(table, target)| Some((table, table.field_numbered(target.display)?)));
        let meant = match (self.called.get(text), display) {
            (Some(meant), _) => *meant,
            (None, None) => Meant::Nobody,
            (None, Some((table, field))) => called(records, table, field, text)?,
        };
        self.called.insert(text.to_owned(), meant);
        Ok(match meant {
            Meant::One(id) => Ok(Some(Value::Relation(id))),
            Meant::Nobody => Err(BrokenRule::UnknownRecord),
            Meant::Several => Err(BrokenRule::AmbiguousRecord),
        })
    }
}

/// A value that is none in the other field.
#[derive(Debug, Clone, PartialEq)]
pub struct Unconvertible {
    /// The record.
    pub record: RecordId,
    /// Its value.
    pub value: Value,
    /// Why.
    pub violation: Violation,
}

/// What giving a field another type would come to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RetypeTrial {
    /// Values that can be converted.
    pub convertible: u64,
    /// The first that cannot, at most [`Violation::MOST`].
    pub failing: Vec<Unconvertible>,
    /// All values.
    pub total: u64,
}

impl RetypeTrial {
    /// # Errors
    /// `StricterRule` where a value cannot be converted.
    pub(super) fn check(self) -> Result<(), AppError> {
        let count = self.total - self.convertible;
        if count == 0 {
            return Ok(());
        }
        let first = self.failing.into_iter().map(|failing| failing.violation).collect();
        Err(AppError::StricterRule { count, first })
    }
}

/// Judges the values of records, some at a time.
pub(super) struct Judge {
    is_unique: bool,
    /// What stands for each value so far, where no two may be alike.
    seen: HashSet<u64>,
    hasher: RandomState,
    pub(super) trial: RetypeTrial,
}

impl Judge {
    /// Judges all values of a field.
    pub(super) fn new(to: &Field) -> Self {
        Self { is_unique: to.rules.unique, ..Self::of_each() }
    }

    /// Judges each value by itself.
    pub(super) fn of_each() -> Self {
        let (seen, hasher) = (HashSet::new(), RandomState::new());
        Self { is_unique: false, seen, hasher, trial: RetypeTrial::default() }
    }

    /// Notes what a value of a record became.
    pub(super) fn note(&mut self, record: RecordId, value: &Value, conversion: &Conversion) {
        self.trial.total += 1;
        let named = Named::Record(record);
        let violation = match conversion {
            Err(rule) => of_broken(named, rule),
            Ok(Some(value)) if self.is_unique && !self.seen.insert(self.hasher.hash_one(value)) => {
                Violation::new(named, "repeated")
            }
            Ok(_) => {
                self.trial.convertible += 1;
                return;
            }
        };
        if self.trial.failing.len() < Violation::MOST {
            self.trial.failing.push(Unconvertible { record, value: value.clone(), violation });
        }
    }
}

/// Judges the values that records have of a field.
///
/// # Errors
/// Of the database.
pub(super) fn judge<R: RecordReader + ?Sized>(
    records: &mut R,
    (table, from): (&Table, &Field),
    to: &Field,
    converter: &mut Converter,
) -> Result<RetypeTrial, AppError> {
    let mut judge = Judge::new(to);
    each_page(records, table, &RecordQuery::everything(), |records, page| {
        let held = |record: &Record| Some((record.id, record.values.get(&from.number)?.clone()));
        let held: Vec<(RecordId, Value)> = page.iter().filter_map(held).collect();
        let values: Vec<&Value> = held.iter().map(|(_, value)| value).collect();
        for ((record, value), conversion) in held.iter().zip(converter.convert(records, &values)?) {
            judge.note(*record, value, &conversion);
        }
        Ok(())
    })?;
    Ok(judge.trial)
}

/// Converts some states of records behind one: the last of them, and how many; `None` where there are no more. What
/// cannot be converted of the trash and of revisions is lost there, and stays in the field that goes into the trash.
///
/// # Errors
/// `StricterRule` where a value of a record cannot be converted.
pub(super) fn convert_some(
    unit: &mut dyn UnitOfWork,
    retyping: Retyping<'_>,
    (holders, after): (Holders, Option<StateId>),
    converter: &mut Converter,
) -> Result<Option<(StateId, usize)>, AppError> {
    let states = unit.retyper().unconverted(retyping, holders, after, AT_ONCE)?;
    let Some((last, _)) = states.last() else { return Ok(None) };
    let last = *last;
    let held = |(_, held): &(StateId, Held)| if let Held::Value(value) = held { Some(value.clone()) } else { None };
    let values: Vec<Value> = states.iter().filter_map(held).collect();
    let values: Vec<&Value> = values.iter().collect();
    let mut conversions = converter.convert(unit.records(), &values)?.into_iter();
    let mut done = Vec::with_capacity(states.len());
    let mut judge = Judge::of_each();
    for (state, held) in states {
        let Held::Value(value) = &held else {
            done.push((state, held));
            continue;
        };
        let conversion = conversions.next().unwrap_or(Ok(None));
        if holders == Holders::Records {
            judge.note(state.record, value, &conversion);
        }
        let held = match conversion {
            Ok(Some(value)) => Held::Value(value),
            Ok(None) => Held::Nothing,
            Err(_) => Held::Lost,
        };
        done.push((state, held));
    }
    judge.trial.check()?;
    unit.retyper().convert(retyping, holders, &done)?;
    Ok(Some((last, done.len())))
}

/// Converts what is left and puts the hidden field in its place.
///
/// # Errors
/// `StricterRule` where a value of a record cannot be converted, or is not the only one that is alike.
pub(super) fn finish(
    unit: &mut dyn UnitOfWork,
    table: &Table,
    retyping: Retyping<'_>,
    converter: &mut Converter,
    at: DateTime<Utc>,
) -> Result<Field, AppError> {
    for holders in Holders::ALL {
        let mut after = None;
        while let Some((last, _)) = convert_some(unit, retyping, (holders, after), converter)? {
            after = Some(last);
        }
    }
    if retyping.to.rules.unique {
        stricter::check_unique(unit.records(), table, retyping.to.number)?;
    }
    unit.retyper().replace(retyping, at)
}
