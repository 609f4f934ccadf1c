//! Cells as what they say for a field. Nothing passes through a binary fraction on its way.

use atalaya_application::error::{Field as Named, RecordKey, ValueKind, Violation};
use atalaya_application::tables::{Written, of_broken};
use atalaya_domain::tables::{self, BrokenRule, Field, FieldType};
use chrono_tz::Tz;

use crate::api::csv_lines::original;
use crate::api::parse::{moment, wire_time};
use crate::api::tabular::{Cell, CellKind, DateOrder, NumberFault, NumberForm, TimeFault, plain_time};

/// How the cells of a file are written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Forms {
    pub(super) numbers: NumberForm,
    /// The order of dates, where it is known.
    pub(super) dates: Option<DateOrder>,
    /// Of times that name none.
    pub(super) zone: Tz,
}

impl Forms {
    /// What a cell says for a field. Whether it is a value of it, the field's own rules say.
    pub(super) fn written(self, field: &Field, cell: &Cell) -> Written {
        let trimmed = cell.as_str().trim();
        let is_empty = if field.kind == FieldType::Text { cell.is_empty() } else { trimmed.is_empty() };
        if is_empty {
            return Written::Nothing;
        }
        let is_truth = field.kind == FieldType::Boolean;
        if cell.kind() == CellKind::Unusable && !is_truth {
            return unreadable(field, "unusable_cell");
        }
        match field.kind {
            FieldType::Text => Written::Text(original(cell.as_str())),
            FieldType::Choice => Written::Text(choice(field, &original(cell.as_str()))),
            FieldType::Json => Written::Json(original(trimmed)),
            FieldType::Relation => Written::Text(original(cell.as_str()).trim().to_owned()),
            FieldType::Boolean => truth(field, trimmed),
            FieldType::Number | FieldType::Integer => self.number(field, cell.kind(), trimmed),
            FieldType::Date => self.date(field, trimmed),
            FieldType::DateTime => self.instant(field, trimmed),
        }
    }

    fn number(self, field: &Field, kind: CellKind, text: &str) -> Written {
        let form = match kind {
            CellKind::Written => self.numbers,
            CellKind::Number => NumberForm::PLAIN,
            CellKind::Time | CellKind::Unusable => return wrong_type(field),
        };
        match form.plain(text) {
            Ok(plain) if field.kind == FieldType::Integer => Written::Number(whole(json_number(&plain))),
            Ok(plain) => Written::Number(json_number(&plain)),
            Err(NumberFault::NotANumber) => wrong_type(field),
            Err(NumberFault::Ambiguous) => unreadable(field, "ambiguous_number"),
        }
    }

    /// A day; a time at midnight, as some programs write days, is one too.
    fn date(self, field: &Field, text: &str) -> Written {
        match plain_time(text, self.dates) {
            Ok((plain, _)) => {
                let midnight = [" 00:00:00", " 00:00"].iter().find_map(|clock| plain.strip_suffix(clock));
                Written::Text(midnight.unwrap_or(&plain).to_owned())
            }
            Err(TimeFault::Ambiguous) => unreadable(field, "ambiguous_date"),
            Err(TimeFault::Invalid) => unreadable(field, "invalid_date"),
        }
    }

    fn instant(self, field: &Field, text: &str) -> Written {
        match plain_time(text, self.dates) {
            Ok((plain, _)) => match moment(&plain, self.zone) {
                Some(at) => Written::Text(wire_time(at)),
                None => unreadable(field, "invalid_time"),
            },
            Err(TimeFault::Ambiguous) => unreadable(field, "ambiguous_date"),
            Err(TimeFault::Invalid) => unreadable(field, "invalid_time"),
        }
    }
}

fn named(field: &Field) -> Named {
    Named::RecordValue(Box::new(RecordKey { place: None, key: field.name.as_str().to_owned() }))
}

fn unreadable(field: &Field, code: &'static str) -> Written {
    Written::Unreadable(Violation::new(named(field), code))
}

fn wrong_type(field: &Field) -> Written {
    Written::Unreadable(of_broken(named(field), &BrokenRule::WrongType(field.kind)))
}

fn truth(field: &Field, text: &str) -> Written {
    match tables::truth(text) {
        Some(is) => Written::Boolean(is),
        None => Written::Unreadable(Violation::wrong_type(named(field), ValueKind::Boolean)),
    }
}

/// The choice that is meant; the text itself where it means none.
fn choice(field: &Field, text: &str) -> String {
    field.meant_choice(text).unwrap_or(text).to_owned()
}

/// A number with a decimal point as JSON writes it: with a digit before the point and one behind it, and no zeros in
/// front. What is no number stays none.
fn json_number(plain: &str) -> String {
    let (mantissa, exponent) = match plain.find(['e', 'E']).and_then(|place| plain.split_at_checked(place)) {
        Some((mantissa, exponent)) => (mantissa, exponent),
        None => (plain, ""),
    };
    let (sign, digits) = match mantissa.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", mantissa.strip_prefix('+').unwrap_or(mantissa)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let whole = Some(whole.trim_start_matches('0')).filter(|whole| !whole.is_empty()).unwrap_or("0");
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{fraction}{exponent}")
}

/// A whole number that a spreadsheet wrote with decimals, as `5.00`.
fn whole(number: String) -> String {
    match number.split_once('.') {
        Some((whole, zeros)) if zeros.bytes().all(|digit| digit == b'0') => whole.to_owned(),
        _ => number,
    }
}
