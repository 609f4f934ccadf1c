//! Records: the values that people keep in an entity type, and how what they send becomes them.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};

use super::broken::{Broken, BrokenRule};
use super::definition::Table;
use super::field::{Field, FieldNumber};
use super::value::{Input, Value};
use crate::id::{EntityId, RecordId};

/// The values of a record by their fields; a field without a value is not there.
pub type Values = BTreeMap<FieldNumber, Value>;

/// A record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its identifier.
    pub id: RecordId,
    /// How often it was written, counted from 1.
    pub revision: i32,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was written last.
    pub updated_at: DateTime<Utc>,
    /// What it holds.
    pub values: Values,
}

/// A word that names no kind of revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such kind of revision")]
pub struct UnknownWord;

words! {
    /// How a revision came about.
    RevisionKind {
        /// The record was created.
        Created = "created",
        /// Values were changed.
        Changed = "changed",
        /// The record went into the trash.
        Deleted = "deleted",
        /// It came back out of the trash.
        Restored = "restored",
        /// It was given the values of an earlier revision.
        Reverted = "reverted",
    }
}

/// A record as it was at some time, and who made it so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// Its number, counted from 1.
    pub number: i32,
    /// How it came about.
    pub kind: RevisionKind,
    /// When.
    pub at: DateTime<Utc>,
    /// Who, by name.
    pub by: String,
    /// The request that did it, where it was one.
    pub request_id: Option<String>,
    /// What the record held from then on.
    pub values: Values,
    /// Fields that have another type by now, of which its values were none.
    pub lost: Vec<FieldNumber>,
}

/// By what `data` names its fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Keys {
    /// By their names.
    #[default]
    Names,
    /// By their ids, which stay when a field gets another name.
    Ids,
}

impl Keys {
    /// The key of a field.
    #[must_use]
    pub fn of(self, field: &Field) -> String {
        match self {
            Self::Names => field.name.as_str().to_owned(),
            Self::Ids => field.id.get().to_string(),
        }
    }

    /// The field of a table that a key names.
    #[must_use]
    pub fn find<'t>(self, table: &'t Table, key: &str) -> Option<&'t Field> {
        match self {
            Self::Names => table.field_named(key),
            Self::Ids => table.fields.iter().find(|field| self.of(field) == key),
        }
    }
}

/// What was sent for a record, by key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Draft<'a> {
    /// By what the fields are named.
    pub keys: Keys,
    /// What was sent for each key; of a key that came twice the last.
    pub inputs: BTreeMap<String, Input<'a>>,
}

/// What a draft makes of a record, as far as the definition alone tells.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Judgement {
    /// The values that keep the rules.
    pub values: Values,
    /// Everything that is wrong: keys that are no fields, by name, and then the fields in their order.
    pub broken: Vec<Broken>,
}

impl Judgement {
    /// The values.
    ///
    /// # Errors
    /// Everything that is wrong.
    pub fn into_values(self) -> Result<Values, Vec<Broken>> {
        if self.broken.is_empty() { Ok(self.values) } else { Err(self.broken) }
    }
}

/// The most bytes of all texts of a record together: a page of them stays an answer of some megabytes.
pub const MOST_RECORD_BYTES: usize = 1 << 18;

/// How many bytes the texts of a record take.
#[must_use]
pub fn text_bytes(values: &Values) -> usize {
    let bytes = |value: &Value| match value {
        Value::Text(text) | Value::Choice(text) => text.len(),
        Value::Json(json) => json.as_str().len(),
        _ => 0,
    };
    values.values().map(bytes).sum()
}

/// Whether two records hold the same, written the same: `1.50` is the same number as `1.5`, and another writing.
#[must_use]
pub fn identical(one: &Values, other: &Values) -> bool {
    let written = |values: &Values| values.values().map(ToString::to_string).collect::<Vec<_>>();
    one == other && written(one) == written(other)
}

impl<'a> Draft<'a> {
    /// What would be sent to give a record these values.
    #[must_use]
    pub fn of(table: &Table, texts: &'a BTreeMap<FieldNumber, String>) -> Self {
        let input = |field: &Field| {
            let text = texts.get(&field.number)?;
            Some((field.name.as_str().to_owned(), Input::written(field.kind, text)))
        };
        Self { keys: Keys::Names, inputs: table.fields.iter().filter_map(input).collect() }
    }

    /// The values of a new record: what was sent, and the defaults of what was not.
    #[must_use]
    pub fn create(&self, table: &Table) -> Judgement {
        self.merge(table, |field| field.rules.default.clone())
    }

    /// The values of `current` after the change: `null` clears, and what was not sent stays.
    #[must_use]
    pub fn change(&self, table: &Table, current: &Values) -> Judgement {
        self.merge(table, |field| current.get(&field.number).cloned())
    }

    fn merge(&self, table: &Table, unsent: impl Fn(&Field) -> Option<Value>) -> Judgement {
        let known: Vec<(String, &Field)> = table.fields.iter().map(|field| (self.keys.of(field), field)).collect();
        let is_known = |key: &String| known.iter().any(|(name, _)| name == key);
        let unknown = self.inputs.keys().filter(|key| !is_known(key));
        let broken = unknown.map(|key| Broken { key: key.clone(), rule: BrokenRule::UnknownField }).collect();
        let mut judgement = Judgement { values: Values::new(), broken };
        for (key, field) in &known {
            let judged = match self.inputs.get(key) {
                Some(input) => Value::judge(field, input),
                None => Ok(unsent(field)),
            };
            let rule = match judged {
                Ok(Some(value)) => {
                    judgement.values.insert(field.number, value);
                    continue;
                }
                Ok(None) if field.required => BrokenRule::Required,
                Ok(None) => continue,
                Err(rule) => rule,
            };
            judgement.broken.push(Broken { key: key.clone(), rule });
        }
        if text_bytes(&judgement.values) > MOST_RECORD_BYTES {
            let sent = known.iter().map(|(key, _)| key).find(|key| self.inputs.contains_key(*key));
            let key = sent.cloned().unwrap_or_default();
            judgement.broken.push(Broken { key, rule: BrokenRule::RecordTooLarge { max: MOST_RECORD_BYTES } });
        }
        judgement
    }
}

/// The records that the values of a table's relations point to, with their fields and entity types: `None` of one that
/// was deleted for good.
#[must_use]
pub fn references<'t>(table: &'t Table, values: &Values) -> Vec<(&'t Field, Option<EntityId>, RecordId)> {
    let pointing = |field: &'t Field| match values.get(&field.number) {
        Some(Value::Relation(record)) => Some((field, field.target.as_ref().map(|target| target.entity), *record)),
        _ => None,
    };
    table.fields.iter().filter_map(pointing).collect()
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use chrono::NaiveDate;

    use super::super::testing::{self, table};
    use super::*;
    use crate::tables::{FieldName, FieldType, Number};

    fn field(number: i32, name: &str, kind: FieldType, required: bool) -> Field {
        Field { name: FieldName::parse(name).unwrap(), required, ..testing::field(number, kind) }
    }

    fn draft<'a>(inputs: &[(&str, Input<'a>)]) -> Draft<'a> {
        let inputs = inputs.iter().map(|(key, input)| ((*key).to_owned(), input.clone())).collect();
        Draft { keys: Keys::Names, inputs }
    }

    fn text(text: &str) -> Input<'_> {
        Input::Text(Cow::Borrowed(text))
    }

    /// What the one field of a table makes of an input.
    #[expect(clippy::needless_pass_by_value, reason = "inputs are written where they are judged")]
    fn judged(kind: FieldType, input: Input<'_>) -> Result<Option<Value>, BrokenRule> {
        Value::judge(&field(1, "a", kind, false), &input)
    }

    #[test]
    fn every_broken_rule_is_told_at_once_unknown_keys_first() {
        let table = table(vec![field(1, "nombre", FieldType::Text, true), field(2, "edad", FieldType::Integer, false)]);
        let sent = draft(&[("zeta", Input::Null), ("edad", text("5")), ("alfa", text("x"))]);
        let broken: Vec<(String, BrokenRule)> = sent
            .create(&table)
            .into_values()
            .unwrap_err()
            .into_iter()
            .map(|broken| (broken.key, broken.rule))
            .collect();
        assert_eq!(
            broken,
            [
                ("alfa".to_owned(), BrokenRule::UnknownField),
                ("zeta".to_owned(), BrokenRule::UnknownField),
                ("nombre".to_owned(), BrokenRule::Required),
                ("edad".to_owned(), BrokenRule::WrongType(FieldType::Integer)),
            ]
        );
    }

    #[test]
    fn a_change_keeps_what_was_not_sent_and_null_clears() {
        let table = table(vec![field(1, "a", FieldType::Text, true), field(2, "b", FieldType::Text, false)]);
        let first = draft(&[("a", text("1")), ("b", text("2"))]).create(&table).into_values().unwrap();
        assert_eq!(draft(&[]).change(&table, &first).into_values().unwrap(), first);
        let cleared = draft(&[("b", Input::Null)]).change(&table, &first).into_values().unwrap();
        assert_eq!(cleared.into_iter().collect::<Vec<_>>(), [(FieldNumber::FIRST, Value::Text("1".to_owned()))]);
        let refused = draft(&[("a", Input::Null)]).change(&table, &first).into_values().unwrap_err();
        assert_eq!(refused, [Broken { key: "a".to_owned(), rule: BrokenRule::Required }]);
    }

    #[test]
    fn a_default_is_the_value_of_a_new_record_only() {
        let mut state = field(1, "estado", FieldType::Text, true);
        state.rules.default = Some(Value::Text("nuevo".to_owned()));
        let table = table(vec![state]);
        let created = draft(&[]).create(&table).into_values().unwrap();
        assert_eq!(created.get(&FieldNumber::FIRST), Some(&Value::Text("nuevo".to_owned())));
        assert!(!draft(&[]).change(&table, &Values::new()).broken.is_empty());
        assert!(!draft(&[("estado", Input::Null)]).create(&table).broken.is_empty(), "null is not the same as nothing");
    }

    #[test]
    fn an_id_is_a_key_where_ids_are_asked_for() {
        let table = table(vec![field(1, "a", FieldType::Text, false)]);
        let id = table.fields[0].id.get().to_string();
        let by_id = Draft { keys: Keys::Ids, ..draft(&[(&id, text("x"))]) };
        assert!(by_id.create(&table).broken.is_empty());
        assert!(!draft(&[(&id, text("x"))]).create(&table).broken.is_empty());
    }

    #[test]
    fn a_value_is_of_its_type_and_nothing_is_converted() {
        let wrong = |kind| Err(BrokenRule::WrongType(kind));
        let number = |text| Some(Value::Number(Number::parse(text).unwrap()));
        assert_eq!(judged(FieldType::Number, Input::Number("123456789.01")), Ok(number("123456789.01")));
        assert_eq!(judged(FieldType::Number, Input::Boolean(true)), wrong(FieldType::Number));
        assert_eq!(judged(FieldType::Number, text("10,5")), wrong(FieldType::Number));
        assert_eq!(judged(FieldType::Number, Input::Number("1e999")), Err(BrokenRule::TooManyDigits));
        assert_eq!(judged(FieldType::Integer, Input::Number("5.0")), wrong(FieldType::Integer));
        assert_eq!(judged(FieldType::Integer, Input::Number("9007199254740993")), Err(BrokenRule::OutOfRange));
        assert_eq!(judged(FieldType::Integer, Input::Number("99999999999999999999")), Err(BrokenRule::OutOfRange));
        assert_eq!(
            judged(FieldType::Integer, Input::Number("-9007199254740992")),
            Ok(Some(Value::Integer(-(1 << 53))))
        );
        assert_eq!(judged(FieldType::Boolean, Input::Number("1")), wrong(FieldType::Boolean));
        assert_eq!(judged(FieldType::Text, text("")), Ok(Some(Value::Text(String::new()))));
        assert_eq!(judged(FieldType::Text, text("a\0")), Err(BrokenRule::Character));
        assert_eq!(judged(FieldType::Text, text("e\u{301}")), Ok(Some(Value::Text("é".to_owned()))));
        assert_eq!(judged(FieldType::Text, Input::Json("[]")), wrong(FieldType::Text));
        assert_eq!(judged(FieldType::Relation, text("x")), wrong(FieldType::Relation));
        assert_eq!(judged(FieldType::Text, Input::Null), Ok(None));
    }

    #[test]
    fn the_length_of_a_text_is_counted_in_code_points() {
        let mut short = field(1, "a", FieldType::Text, false);
        short.max_length = Some(5);
        assert!(Value::judge(&short, &text("😀😀😀😀😀")).is_ok());
        assert_eq!(Value::judge(&short, &text("123456")), Err(BrokenRule::TooLong { max: 5 }));
        let long = "x".repeat(256);
        assert_eq!(judged(FieldType::Text, text(&long)), Err(BrokenRule::TooLong { max: 255 }));
    }

    #[test]
    fn a_day_is_written_in_one_way_and_exists() {
        let day = NaiveDate::from_ymd_opt(2024, 2, 29).unwrap();
        assert_eq!(judged(FieldType::Date, text("2024-02-29")), Ok(Some(Value::Date(day))));
        for bad in
            ["2023-02-29", "15/01/2024", "2024-01-15T00:00:00Z", "2024-01-15\n", "2024-1-5", "0000-01-01", "+2024-1-1"]
        {
            assert_eq!(judged(FieldType::Date, text(bad)), Err(BrokenRule::WrongType(FieldType::Date)), "{bad:?}");
        }
        for good in ["0001-01-01", "9999-12-31"] {
            assert!(judged(FieldType::Date, text(good)).is_ok(), "{good}");
        }
    }

    #[test]
    fn an_instant_names_its_distance_from_utc() {
        let at = judged(FieldType::DateTime, text("2026-11-28T11:52:47.7805629-05:00")).unwrap().unwrap();
        assert_eq!(at.to_string(), "2026-11-28T16:52:47.780562Z");
        for bad in ["2026-11-28T11:52:47", "2026-11-28", "0000-12-31T00:00:00Z", "9999-12-31T23:59:59-05:00"] {
            assert!(judged(FieldType::DateTime, text(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_choice_is_one_of_the_fields_own() {
        let mut state = field(1, "estado", FieldType::Choice, false);
        state.rules.choices = vec!["abierta".to_owned(), "cerrada".to_owned()];
        assert!(Value::judge(&state, &text("abierta")).is_ok());
        let allowed = state.rules.choices.clone();
        assert_eq!(Value::judge(&state, &text("Abierta")), Err(BrokenRule::UnknownChoice { allowed }));
    }

    #[test]
    fn bounds_are_of_the_fields_own_type() {
        let mut spend = field(1, "gasto", FieldType::Number, false);
        spend.rules.min = Some(Value::Number(Number::whole(0)));
        assert!(Value::judge(&spend, &Input::Number("0.00")).is_ok());
        assert_eq!(
            Value::judge(&spend, &Input::Number("-0.01")),
            Err(BrokenRule::BelowMinimum { min: "0".to_owned() })
        );
    }
}
