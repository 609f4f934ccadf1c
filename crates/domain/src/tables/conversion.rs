//! What a value is in a field of another type, exactly or not at all: nothing is rounded and nothing is guessed.

use chrono::{DateTime, Datelike as _, NaiveDate, SubsecRound as _, Utc};
use chrono_tz::Tz;

use super::broken::BrokenRule;
use super::field::Field;
use super::kind::FieldType;
use super::names::DisplayName;
use super::number::Number;
use super::value::{Input, Value};
use crate::calendar::start_of_day;
use crate::text::folded;

/// What stands for `true`, as spreadsheets and people write it.
const YES: [&str; 6] = ["true", "verdadero", "si", "yes", "1", "x"];
/// What stands for `false`.
const NO: [&str; 5] = ["false", "falso", "no", "0", "-"];

/// The truth that a word says, without regard to letter case and accents; `None` where it says neither.
#[must_use]
pub fn truth(word: &str) -> Option<bool> {
    let word = folded(word);
    match (YES.contains(&word.as_str()), NO.contains(&word.as_str())) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    }
}

/// What a value is in another field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Converted {
    /// A value. Of a relation it is not known here whether the record exists.
    Value(Value),
    /// Nothing: a blank text.
    Nothing,
    /// The record of a relation that people choose by this text.
    Called(String),
}

impl Field {
    /// The choice that a text means: a choice or its label as it is written, or else the only one that differs from it
    /// in letter case, accents and outer blanks alone.
    #[must_use]
    pub fn meant_choice(&self, text: &str) -> Option<&str> {
        let (choices, labels) = (&self.rules.choices, &self.presentation.labels);
        let label = |choice: &String| labels.get(choice).map(DisplayName::as_str);
        let exact = choices.iter().find(|choice| *choice == text);
        if let Some(same) = exact.or_else(|| choices.iter().find(|choice| label(choice) == Some(text))) {
            return Some(same);
        }
        let word = folded(text.trim());
        let is_alike = |choice: &&String| folded(choice) == word || label(choice).is_some_and(|it| folded(it) == word);
        let mut alike = choices.iter().filter(is_alike);
        match (alike.next(), alike.next()) {
            (Some(only), None) => Some(only),
            _ => None,
        }
    }

    /// What a value of another field is in this one. Days and instants are on the clocks of `zone`.
    ///
    /// # Errors
    /// The rule that keeps it from being a value of this field.
    pub fn convert(&self, value: &Value, zone: Tz) -> Result<Converted, BrokenRule> {
        let converted = self.converted(value, zone)?;
        match &converted {
            Converted::Value(value) => self.check(value)?,
            Converted::Nothing if self.required => return Err(BrokenRule::Required),
            Converted::Nothing | Converted::Called(_) => {}
        }
        Ok(converted)
    }

    fn converted(&self, value: &Value, zone: Tz) -> Result<Converted, BrokenRule> {
        if value.kind() == self.kind {
            return Ok(Converted::Value(value.clone()));
        }
        let wrong = || BrokenRule::WrongType(self.kind);
        let found = match (value, self.kind) {
            (_, FieldType::Text) => Some(Value::Text(value.to_string())),
            (Value::Text(text) | Value::Choice(text), _) if text.trim().is_empty() => return Ok(Converted::Nothing),
            (Value::Text(text) | Value::Choice(text), FieldType::Relation) => return Ok(self.pointing(text)),
            (Value::Text(text) | Value::Choice(text), _) => return self.read_text(text, zone).map(Converted::Value),
            (_, FieldType::Choice | FieldType::Boolean) | (Value::Json(_), FieldType::Number | FieldType::Integer) => {
                return self.read_text(&value.to_string(), zone).map(Converted::Value);
            }
            (Value::Integer(_) | Value::Number(_) | Value::Boolean(_), FieldType::Json) => {
                return Value::typed(self.kind, &Input::Json(&value.to_string())).map(Converted::Value);
            }
            (Value::Integer(number), FieldType::Number) => Some(Value::Number(Number::whole(*number))),
            (Value::Number(number), FieldType::Integer) => return whole(*number).map(Converted::Value),
            (Value::Date(day), FieldType::DateTime) => instant(*day, zone).map(Value::DateTime),
            (Value::DateTime(at), FieldType::Date) => day(*at, zone).map(Value::Date),
            _ => None,
        };
        found.map(Converted::Value).ok_or_else(wrong)
    }

    /// A text that is not blank, as a value of this field.
    fn read_text(&self, text: &str, zone: Tz) -> Result<Value, BrokenRule> {
        let trimmed = text.trim();
        let wrong = || BrokenRule::WrongType(self.kind);
        match self.kind {
            FieldType::Boolean => truth(trimmed).map(Value::Boolean).ok_or_else(wrong),
            FieldType::Choice => match self.meant_choice(text) {
                Some(choice) => Ok(Value::Choice(choice.to_owned())),
                None => Err(BrokenRule::UnknownChoice { allowed: self.rules.choices.clone() }),
            },
            // An exponent is no plain decimal: who typed a code like 1e5 meant none.
            FieldType::Number | FieldType::Integer if trimmed.contains(['e', 'E']) => Err(wrong()),
            FieldType::Integer => match Value::typed(FieldType::Number, &Input::Number(trimmed)) {
                Ok(Value::Number(number)) => whole(number),
                _ => Err(wrong()),
            },
            FieldType::DateTime => match Value::typed(FieldType::Date, &Input::Text(trimmed.into())) {
                Ok(Value::Date(day)) => instant(day, zone).map(Value::DateTime).ok_or_else(wrong),
                _ => Value::typed(self.kind, &Input::Text(trimmed.into())),
            },
            _ => Value::typed(self.kind, &Input::written(self.kind, trimmed)),
        }
    }

    /// What a text points to: the record of that id, or the one that is called so.
    fn pointing(&self, text: &str) -> Converted {
        let text = text.trim();
        Value::typed(self.kind, &Input::Text(text.into()))
            .map_or_else(|_| Converted::Called(text.to_owned()), Converted::Value)
    }
}

/// A number without decimals as a whole one.
fn whole(number: Number) -> Result<Value, BrokenRule> {
    let plain = number.get().normalize().to_string();
    Value::typed(FieldType::Integer, &Input::Number(&plain))
}

/// The first instant of a day.
fn instant(day: NaiveDate, zone: Tz) -> Option<DateTime<Utc>> {
    start_of_day(day, zone).filter(|at| within_years(at.year())).map(|at| at.trunc_subsecs(6))
}

/// The day on which an instant is.
fn day(at: DateTime<Utc>, zone: Tz) -> Option<NaiveDate> {
    Some(at.with_timezone(&zone).date_naive()).filter(|day| within_years(day.year()))
}

/// The years that days and instants may be of.
fn within_years(year: i32) -> bool {
    (1..=9999).contains(&year)
}

#[cfg(test)]
mod tests {
    use chrono_tz::America::Lima;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::super::json::Json;
    use super::super::testing;
    use super::*;
    use crate::id::RecordId;

    fn convert(value: &Value, kind: FieldType) -> Result<Converted, BrokenRule> {
        let mut field = testing::field(1, kind);
        if kind == FieldType::Choice {
            field.rules.choices = ["Sí", "No", "no", "2026"].map(str::to_owned).to_vec();
        }
        field.convert(value, Lima)
    }

    fn from_text(text: &str, kind: FieldType) -> Result<Value, BrokenRule> {
        match convert(&Value::Text(text.to_owned()), kind)? {
            Converted::Value(value) => Ok(value),
            other => panic!("{other:?}"),
        }
    }

    fn number(text: &str) -> Value {
        Value::Number(Number::parse(text).unwrap())
    }

    #[test]
    fn only_plain_decimals_are_numbers() {
        assert_eq!(from_text(" 1.50 ", FieldType::Number).unwrap().to_string(), "1.50");
        for bad in ["1,5", "1.234,5", "007", "+1", "1e5", "NaN", "5 %", "0x1", "."] {
            assert_eq!(from_text(bad, FieldType::Number), Err(BrokenRule::WrongType(FieldType::Number)), "{bad}");
        }
        assert_eq!(from_text(&"1".repeat(29), FieldType::Number), Err(BrokenRule::TooManyDigits));
    }

    #[test]
    fn only_numbers_without_decimals_are_whole() {
        for whole in [number("5.00"), Value::Text("5".to_owned()), Value::Text("5.0".to_owned())] {
            assert_eq!(convert(&whole, FieldType::Integer), Ok(Converted::Value(Value::Integer(5))), "{whole}");
        }
        for part in [number("5.5"), Value::Text("5.5".to_owned())] {
            assert_eq!(convert(&part, FieldType::Integer), Err(BrokenRule::WrongType(FieldType::Integer)), "{part}");
        }
        assert_eq!(convert(&number("9007199254740993"), FieldType::Integer), Err(BrokenRule::OutOfRange));
    }

    #[test]
    fn days_and_instants_are_on_the_clocks_of_the_company() {
        let at = Value::DateTime("2026-05-04T02:00:00Z".parse().unwrap());
        let day = Value::Date("2026-05-03".parse().unwrap());
        assert_eq!(convert(&at, FieldType::Date), Ok(Converted::Value(day.clone())));
        let midnight = Value::DateTime("2026-05-03T05:00:00Z".parse().unwrap());
        assert_eq!(convert(&day, FieldType::DateTime), Ok(Converted::Value(midnight.clone())));
        assert_eq!(from_text("2026-05-03", FieldType::DateTime), Ok(midnight));
        assert!(from_text("03/05/2026", FieldType::Date).is_err());
        assert!(from_text("2026-05-03 18:30", FieldType::DateTime).is_err());
        let edge = Value::DateTime("0001-01-01T00:00:00Z".parse().unwrap());
        assert_eq!(convert(&edge, FieldType::Date), Err(BrokenRule::WrongType(FieldType::Date)));
    }

    #[test]
    fn words_are_truths_and_choices_where_they_are_known() {
        assert_eq!(from_text("SÍ", FieldType::Boolean), Ok(Value::Boolean(true)));
        assert!(from_text("quizá", FieldType::Boolean).is_err());
        assert_eq!(from_text(" sí ", FieldType::Choice), Ok(Value::Choice("Sí".to_owned())));
        assert!(matches!(from_text("NO", FieldType::Choice), Err(BrokenRule::UnknownChoice { .. })));
        let year = convert(&Value::Integer(2026), FieldType::Choice);
        assert_eq!(year, Ok(Converted::Value(Value::Choice("2026".to_owned()))));
        assert!(convert(&Value::Boolean(true), FieldType::Number).is_err());
    }

    #[test]
    fn plain_values_are_json_and_only_json_is_read_of_a_text() {
        let json = |text: &str| Value::Json(Json::parse(text).unwrap());
        assert_eq!(convert(&number("1.50"), FieldType::Json), Ok(Converted::Value(json("1.50"))));
        assert_eq!(convert(&Value::Boolean(true), FieldType::Json), Ok(Converted::Value(json("true"))));
        assert_eq!(convert(&json("5"), FieldType::Integer), Ok(Converted::Value(Value::Integer(5))));
        assert_eq!(from_text(" {\"a\": [1]} ", FieldType::Json), Ok(json("{\"a\":[1]}")));
        assert_eq!(from_text("hola", FieldType::Json), Err(BrokenRule::WrongType(FieldType::Json)));
    }

    #[test]
    fn a_choice_is_meant_by_its_label_too() {
        let mut field = testing::field(1, FieldType::Choice);
        field.rules.choices = ["A", "B", "activa"].map(str::to_owned).to_vec();
        let label = |text: &str| DisplayName::parse(text).unwrap();
        field.presentation.labels =
            [("A", "Activa"), ("B", "De baja")].map(|(at, it)| (at.to_owned(), label(it))).into();
        assert_eq!(field.meant_choice("A"), Some("A"));
        assert_eq!(field.meant_choice("Activa"), Some("A"));
        assert_eq!(field.meant_choice(" DE BAJA "), Some("B"));
        assert_eq!(field.meant_choice("activa"), Some("activa"), "the choice before another one's label");
        assert_eq!(field.meant_choice("ACTIVA"), None, "it may be either");
    }

    #[test]
    fn a_blank_text_is_no_value_of_another_type() {
        assert_eq!(convert(&Value::Text(" ".to_owned()), FieldType::Number), Ok(Converted::Nothing));
        let required = Field { required: true, ..testing::field(1, FieldType::Date) };
        assert_eq!(required.convert(&Value::Text(String::new()), Lima), Err(BrokenRule::Required));
    }

    #[test]
    fn a_text_points_to_a_record_by_its_id_or_by_what_it_is_called() {
        let id = Uuid::from_u128(7);
        assert_eq!(from_text(&id.to_string(), FieldType::Relation), Ok(Value::Relation(RecordId::new(id))));
        let called = convert(&Value::Text(" Ana ".to_owned()), FieldType::Relation);
        assert_eq!(called, Ok(Converted::Called("Ana".to_owned())));
    }

    fn values() -> impl Strategy<Value = Value> {
        prop_oneof![
            "-?(0|[1-9][0-9]{0,12})(\\.[0-9]{1,9})?".prop_map(|text| number(&text)),
            (-(1_i64 << 53)..(1 << 53)).prop_map(Value::Integer),
            (1_i32..3_652_000).prop_map(|day| Value::Date(NaiveDate::from_num_days_from_ce_opt(day).unwrap())),
            (-62_000_000_000_000_000_i64..253_000_000_000_000_000)
                .prop_map(|micros| Value::DateTime(DateTime::from_timestamp_micros(micros).unwrap())),
            any::<bool>().prop_map(Value::Boolean),
            any::<u128>().prop_map(|id| Value::Relation(RecordId::new(Uuid::from_u128(id)))),
            ".{0,20}".prop_map(|text| Value::Json(Json::of_text(&text).unwrap())),
        ]
    }

    proptest! {
        #[test]
        fn every_value_is_a_text_that_is_that_value_again(value in values()) {
            let text = convert(&value, FieldType::Text).unwrap();
            let Converted::Value(Value::Text(text)) = text else { panic!("{text:?}") };
            let back = from_text(&text, value.kind()).unwrap();
            prop_assert_eq!(back.to_string(), value.to_string());
        }
    }
}
