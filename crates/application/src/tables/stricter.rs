//! Rules that become stricter: the records that there are have to keep them too.

use atalaya_domain::id::RecordId;
use atalaya_domain::tables::{
    BrokenRule, Contradiction, Field, FieldNumber, Record, RecordQuery, Table, UniqueSet, Values,
};

use super::judging::of_broken;
use super::walking::each_page;
use crate::error::{AppError, Field as Named, Violation};
use crate::ports::store::UnitOfWork;
use crate::ports::tables::{Listed, RecordReader, Writing};

/// Refuses rules that contradict one another.
///
/// # Errors
/// `Invalid` names which.
pub(super) fn check(field: &Field) -> Result<(), AppError> {
    field.check_rules().map_err(|contradiction| {
        AppError::Invalid(vec![match contradiction {
            Contradiction::Bounds { min } => Violation::new(Named::Maximum, "too_small").with("min", &min),
            Contradiction::Default(rule) => of_broken(Named::Default, &rule),
        }])
    })
}

/// Holds the records that there are against what a field will be. Where it is to be required and has a default, those
/// without a value get it, as a revision of each: how many, is the answer.
///
/// # Errors
/// `StricterRule` with the records that break it.
pub(super) fn enforce(
    unit: &mut dyn UnitOfWork,
    table: &Table,
    field: &Field,
    writing: &Writing,
) -> Result<u64, AppError> {
    let (mut count, mut filled, mut first) = (0, 0, Vec::new());
    each_page(unit.records(), table, &RecordQuery::everything(), |records, page| {
        let mut lacking = Vec::new();
        for record in page {
            match field.judge_held(record.values.get(&field.number)) {
                Ok(()) => {}
                Err(BrokenRule::Required) if field.rules.default.is_some() => lacking.push(with_default(field, record)),
                Err(rule) => {
                    count += 1;
                    if first.len() < Violation::MOST {
                        first.push(of_broken(Named::Record(record.id), &rule));
                    }
                }
            }
        }
        if count == 0 && !lacking.is_empty() {
            filled += records.change_all(table, &lacking, writing)?.len();
        }
        Ok(())
    })?;
    if count > 0 {
        return Err(AppError::StricterRule { count, first });
    }
    u64::try_from(filled).map_err(AppError::internal)
}

fn with_default(field: &Field, record: Record) -> (Record, Values) {
    let default = field.rules.default.clone().map(|value| (field.number, value));
    let values = record.values.clone().into_iter().chain(default).collect();
    (record, values)
}

/// Refuses that values become unique of which there are equal ones.
///
/// # Errors
/// `StricterRule` with the records that have them.
pub(super) fn check_unique<R: RecordReader + ?Sized>(
    records: &mut R,
    table: &Table,
    field: FieldNumber,
) -> Result<(), AppError> {
    refuse_repeated(records.repeated(table.entity.id, field, most_told())?)
}

/// Refuses that values become unique together of which there are equal ones.
///
/// # Errors
/// `StricterRule` with the records that have them.
pub(super) fn check_unique_together<R: RecordReader + ?Sized>(
    records: &mut R,
    table: &Table,
    set: &UniqueSet,
) -> Result<(), AppError> {
    refuse_repeated(records.repeated_together(table, set, most_told())?)
}

fn most_told() -> u32 {
    u32::try_from(Violation::MOST).unwrap_or(u32::MAX)
}

fn refuse_repeated(repeated: Listed<RecordId>) -> Result<(), AppError> {
    if repeated.total == 0 {
        return Ok(());
    }
    let first = repeated.items.into_iter().map(|id| Violation::new(Named::Record(id), "repeated")).collect();
    Err(AppError::StricterRule { count: repeated.total, first })
}
