//! What is wrong with what was sent for a record or a filter, in the words of violations; and the rules that need more
//! than the definition: whether what a relation points to is there.

use std::collections::{BTreeMap, BTreeSet};

use atalaya_domain::id::{EntityId, RecordId};
use atalaya_domain::tables::{
    Broken, BrokenRule, Draft, Field as TableField, FieldNumber, FieldType, InvalidCondition, Judgement, Keys, Number,
    Operator, Table, Values, references,
};

use crate::error::{AppError, BulkPlace, Field, RecordKey, ValueKind, Violation};
use crate::ports::store::UnitOfWork;

/// Why values are not taken.
#[derive(Debug)]
pub(super) enum Rejected {
    /// They break rules.
    Broken(Vec<Broken>),
    /// It could not be found out.
    Failed(AppError),
}

impl From<AppError> for Rejected {
    fn from(error: AppError) -> Self {
        Self::Failed(error)
    }
}

impl Rejected {
    /// As violations of the record at that place of many, or of the only one.
    ///
    /// # Errors
    /// What kept it from being found out.
    pub(super) fn violations(self, place: Option<BulkPlace>) -> Result<Vec<Violation>, AppError> {
        let field = |key: &str| Field::RecordValue(Box::new(RecordKey { place, key: key.to_owned() }));
        match self {
            Self::Broken(broken) => Ok(broken.iter().map(|each| of_broken(field(&each.key), &each.rule)).collect()),
            Self::Failed(error) => Err(error),
        }
    }
}

impl From<Rejected> for AppError {
    fn from(rejected: Rejected) -> Self {
        rejected.violations(None).map_or_else(|error| error, Self::Invalid)
    }
}

/// What a type of field takes, as texts know it.
fn kind(of: FieldType) -> &'static str {
    match of {
        FieldType::Text => ValueKind::Text.as_str(),
        FieldType::Number => ValueKind::Number.as_str(),
        FieldType::Integer => ValueKind::WholeNumber.as_str(),
        FieldType::Boolean => ValueKind::Boolean.as_str(),
        FieldType::Date => "day",
        FieldType::DateTime => "instant",
        FieldType::Relation => "record",
        FieldType::Choice => "choice",
        FieldType::Json => "json",
    }
}

/// A broken rule, in the words of violations.
#[must_use]
pub fn of_broken(field: Field, rule: &BrokenRule) -> Violation {
    match rule {
        BrokenRule::UnknownField => Violation::new(field, "no_such_field"),
        BrokenRule::Required => Violation::new(field, "missing"),
        BrokenRule::WrongType(expected) => Violation::new(field, "wrong_type").with("kind", &kind(*expected)),
        BrokenRule::TooLong { max } => Violation::new(field, "too_long").with("max", max),
        BrokenRule::TooDeep { max } => Violation::new(field, "too_deep").with("max", max),
        BrokenRule::RecordTooLarge { max } => Violation::new(field, "record_too_large").with("max", max),
        BrokenRule::Character => Violation::new(field, "invalid_character"),
        BrokenRule::TooManyDigits => Violation::new(field, "too_many_digits").with("max", &Number::MAX_DIGITS),
        BrokenRule::OutOfRange => Violation::wrong_type(field, ValueKind::NumberInRange),
        BrokenRule::BelowMinimum { min } => Violation::new(field, "too_small").with("min", min),
        BrokenRule::AboveMaximum { max } => Violation::new(field, "too_large").with("max", max),
        BrokenRule::NotMatching => Violation::new(field, "malformed"),
        BrokenRule::UnknownChoice { allowed } => Violation::unknown_value(field, allowed.iter().map(String::as_str)),
        BrokenRule::UnknownRecord => Violation::new(field, "unknown_record"),
        BrokenRule::AmbiguousRecord => Violation::new(field, "ambiguous_record"),
    }
}

/// Why a condition of a filter is none, in the words of violations.
#[must_use]
pub fn of_invalid_condition(field: Field, operator: Operator, invalid: &InvalidCondition) -> Violation {
    match invalid {
        InvalidCondition::Operator => Violation::new(field, "wrong_operator").with("operator", &operator),
        InvalidCondition::Count(count) => Violation::new(field, "wrong_value_count").with("count", count),
        InvalidCondition::Value(rule) => of_broken(field, rule),
    }
}

/// Drafts of records of one table that are judged together: what all of them point to is looked up at once.
#[derive(Default)]
pub(super) struct Judging {
    drafts: Vec<Drafted>,
}

/// What a draft makes of a record, and which records it points to anew: what a relation pointed to before may be gone,
/// and only what was sent is looked up.
struct Drafted {
    judgement: Judgement,
    keys: Keys,
    /// The entity type is `None` where it was deleted for good, and no record of it is there.
    pointing: Vec<(String, Option<EntityId>, RecordId)>,
}

impl Judging {
    /// Adds a draft of a new record, or of a change of `current`.
    pub(super) fn add(&mut self, table: &Table, draft: &Draft<'_>, current: Option<&Values>) {
        let judgement = match current {
            Some(current) => draft.change(table, current),
            None => draft.create(table),
        };
        let is_new = |(field, _, _): &(&TableField, Option<EntityId>, RecordId)| {
            current.and_then(|current| current.get(&field.number)) != judgement.values.get(&field.number)
        };
        let pointing = references(table, &judgement.values).into_iter().filter(is_new);
        let pointing = pointing.map(|(field, entity, record)| (draft.keys.of(field), entity, record)).collect();
        self.drafts.push(Drafted { judgement, keys: draft.keys, pointing });
    }

    /// The values of each draft, or everything that is wrong with it, in the order of [`Judgement::broken`].
    ///
    /// # Errors
    /// What kept it from being found out.
    pub(super) fn finish(
        self,
        unit: &mut dyn UnitOfWork,
        table: &Table,
    ) -> Result<Vec<Result<Values, Vec<Broken>>>, AppError> {
        let mut asked: BTreeMap<EntityId, BTreeSet<RecordId>> = BTreeMap::new();
        for (_, entity, record) in self.drafts.iter().flat_map(|drafted| &drafted.pointing) {
            if let Some(entity) = entity {
                asked.entry(*entity).or_default().insert(*record);
            }
        }
        let mut there: BTreeSet<(EntityId, RecordId)> = BTreeSet::new();
        for (entity, records) in asked {
            let target = unit.entities().find(entity)?.and_then(|target| target.opened_by(table.opener));
            if let Some(target) = target {
                let records: Vec<RecordId> = records.into_iter().collect();
                let found = unit.records().existing(&target, &records)?;
                there.extend(found.into_iter().map(|record| (entity, record)));
            }
        }
        let settled = |drafted: Drafted| {
            let Drafted { mut judgement, keys, pointing } = drafted;
            let is_there = |entity: Option<EntityId>, record| entity.is_some_and(|id| there.contains(&(id, record)));
            let gone = pointing.into_iter().filter(|(_, entity, record)| !is_there(*entity, *record));
            let rule = BrokenRule::UnknownRecord;
            judgement.broken.extend(gone.map(|(key, ..)| Broken { key, rule: rule.clone() }));
            let place = |broken: &Broken| table.fields.iter().position(|field| keys.of(field) == broken.key);
            judgement.broken.sort_by_key(place);
            judgement.into_values()
        };
        Ok(self.drafts.into_iter().map(settled).collect())
    }
}

/// The values of a new record, or of `current` after a change, which point to records that are there.
///
/// # Errors
/// [`Rejected`] with everything that is wrong.
pub(super) fn judged(
    unit: &mut dyn UnitOfWork,
    table: &Table,
    draft: &Draft<'_>,
    current: Option<&Values>,
) -> Result<Values, Rejected> {
    let mut judging = Judging::default();
    judging.add(table, draft, current);
    let judged = judging.finish(unit, table)?.pop();
    judged.unwrap_or_else(|| Ok(Values::new())).map_err(Rejected::Broken)
}

/// The same for values that were a record's before: of the trash, or of an earlier revision. Fields that are gone leave
/// them.
///
/// # Errors
/// [`Rejected`] with everything that is wrong by now.
pub(super) fn judged_again(unit: &mut dyn UnitOfWork, table: &Table, values: &Values) -> Result<Values, Rejected> {
    let texts: BTreeMap<FieldNumber, String> =
        values.iter().map(|(number, value)| (*number, value.to_string())).collect();
    judged(unit, table, &Draft::of(table, &texts), Some(&Values::new()))
}
