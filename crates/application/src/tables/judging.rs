//! What is wrong with what was sent for a record or a filter, in the words of violations; and the rules that need more
//! than the definition: whether what a relation points to is there.

use atalaya_domain::tables::{
    Broken, BrokenRule, Draft, FieldType, InvalidCondition, Number, Operator, Table, Values, references,
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
        BrokenRule::Character => Violation::new(field, "invalid_character"),
        BrokenRule::TooManyDigits => Violation::new(field, "too_many_digits").with("max", &Number::MAX_DIGITS),
        BrokenRule::OutOfRange => Violation::wrong_type(field, ValueKind::NumberInRange),
        BrokenRule::BelowMinimum { min } => Violation::new(field, "too_small").with("min", min),
        BrokenRule::AboveMaximum { max } => Violation::new(field, "too_large").with("max", max),
        BrokenRule::NotMatching => Violation::new(field, "malformed"),
        BrokenRule::UnknownChoice { allowed } => Violation::unknown_value(field, allowed.iter().map(String::as_str)),
        BrokenRule::UnknownRecord => Violation::new(field, "unknown_record"),
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

/// The values of a new record, or of `current` after a change, which point to records that are there. What a relation
/// pointed to before may be gone: only what was sent is looked up.
///
/// # Errors
/// [`Rejected`] with everything that is wrong.
pub(super) fn judged(
    unit: &mut dyn UnitOfWork,
    table: &Table,
    draft: &Draft<'_>,
    current: Option<&Values>,
) -> Result<Values, Rejected> {
    let values = match current {
        Some(current) => draft.change(table, current),
        None => draft.create(table),
    };
    let values = values.map_err(Rejected::Broken)?;
    let mut dangling = Vec::new();
    for (pointing, entity, record) in references(table, &values) {
        let unchanged = current.is_some_and(|current| current.get(&pointing.number) == values.get(&pointing.number));
        if unchanged {
            continue;
        }
        let target_lives = unit.entities().find(entity)?.is_some();
        if !target_lives || unit.records().existing(entity, &[record])?.is_empty() {
            dangling.push(Broken { key: draft.keys.of(pointing), rule: BrokenRule::UnknownRecord });
        }
    }
    if dangling.is_empty() { Ok(values) } else { Err(Rejected::Broken(dangling)) }
}

/// The same for values that were a record's before: of the trash, or of an earlier revision. Fields that are gone leave
/// them, and what they point to has to be there.
///
/// # Errors
/// [`Rejected`] with everything that is wrong by now.
pub(super) fn judged_again(unit: &mut dyn UnitOfWork, table: &Table, values: &Values) -> Result<Values, Rejected> {
    let mut broken = Vec::new();
    let mut kept = Values::new();
    for field in &table.fields {
        let key = field.name.as_str().to_owned();
        match values.get(&field.number) {
            Some(value) if value.kind() != field.kind => {
                broken.push(Broken { key, rule: BrokenRule::WrongType(field.kind) });
            }
            Some(value) => match field.rules.check(value) {
                Ok(()) => drop(kept.insert(field.number, value.clone())),
                Err(rule) => broken.push(Broken { key, rule }),
            },
            None if field.required => broken.push(Broken { key, rule: BrokenRule::Required }),
            None => {}
        }
    }
    for (pointing, entity, record) in references(table, &kept) {
        let target_lives = unit.entities().find(entity)?.is_some();
        if !target_lives || unit.records().existing(entity, &[record])?.is_empty() {
            let key = pointing.name.as_str().to_owned();
            broken.push(Broken { key, rule: BrokenRule::UnknownRecord });
        }
    }
    if broken.is_empty() { Ok(kept) } else { Err(Rejected::Broken(broken)) }
}
