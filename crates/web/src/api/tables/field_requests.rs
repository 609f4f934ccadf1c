//! What requests say of a field: its names, and the rules that its values keep.

use std::collections::BTreeMap;

use atalaya_application::error::{Field as Named, Violation};
use atalaya_application::tables::of_broken;
use atalaya_domain::id::{EntityId, FieldId};
use atalaya_domain::tables::{
    Change, ChoiceColor, Contradiction, DisplayName, Field, FieldChange, FieldName, FieldNumber, FieldType, NewField,
    NewTarget, OnDelete, Pattern, Presentation, PresentationChange, Rules as FieldRules, RulesChange, Value,
};
use chrono::DateTime;
use serde::Deserialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;
use uuid::Uuid;

use super::entities::description;
use super::input::input;
use super::named_id;
use super::values::ValueView;
use crate::api::parse::{Rules, known_word};
use crate::api::schemas::{ChoiceColorWord, FieldTypeWord, OnDeleteWord};
use crate::http::object;
use crate::http::problem::Problem;

/// A field to define.
#[derive(Deserialize, ToSchema)]
pub(crate) struct FieldRequest<'a> {
    /// Its key in `data`, unique in the entity type without regard to letter case, blanks and `_`.
    #[schema(min_length = 1, max_length = 100, example = "gasto")]
    name: String,
    /// What people read.
    #[schema(min_length = 1, max_length = 200, example = "Gasto")]
    display_name: String,
    /// What it holds.
    #[schema(value_type = FieldTypeWord)]
    field_type: String,
    /// Whether every record needs a value.
    #[serde(default)]
    is_required: bool,
    /// The most characters of a text; 255 where nothing is said.
    #[schema(minimum = 1, maximum = 10_000)]
    max_length: Option<i64>,
    /// Of a relation: the entity type that it points to.
    #[schema(format = Uuid)]
    target_entity_id: Option<String>,
    /// Of a relation: the field of the target that people choose by.
    #[schema(max_length = 100)]
    target_display_field: Option<String>,
    /// Of a relation: what becomes of a record when the one that it points to is deleted; `restrict` unless told.
    #[schema(value_type = Option<OnDeleteWord>)]
    on_delete: Option<String>,
    /// Whether no two records have the same value.
    #[serde(default)]
    unique: bool,
    /// The value of a new record that names none.
    #[serde(borrow, default)]
    #[schema(value_type = Option<ValueView>)]
    default: Option<&'a RawValue>,
    /// The smallest value.
    #[serde(borrow, default)]
    #[schema(value_type = Option<ValueView>)]
    min: Option<&'a RawValue>,
    /// The largest value.
    #[serde(borrow, default)]
    #[schema(value_type = Option<ValueView>)]
    max: Option<&'a RawValue>,
    /// What the whole of a text has to match; the engine takes time in proportion to the text.
    #[schema(max_length = 500)]
    pattern: Option<String>,
    /// What there is to choose from; of a `CHOICE`.
    #[serde(default)]
    #[schema(max_items = 200)]
    choices: Vec<String>,
    /// What the field is for.
    #[schema(max_length = 1_000)]
    description: Option<String>,
    /// What choices are called, where that is not the choice itself; of a `CHOICE`.
    #[serde(default)]
    #[schema(example = json!({"A": "Activa"}))]
    choice_labels: BTreeMap<String, String>,
    /// The colours of choices; of a `CHOICE`.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, ChoiceColorWord>, example = json!({"A": "green"}))]
    choice_colors: BTreeMap<String, String>,
}

/// Another type of a field, with the rules of its values from then on. Its names, its place and whether it is required
/// stay.
#[derive(Deserialize, ToSchema)]
pub(crate) struct RetypeRequest<'a> {
    /// What it will hold.
    #[schema(value_type = FieldTypeWord)]
    field_type: String,
    /// The most characters of a text; 255 where nothing is said.
    #[schema(minimum = 1, maximum = 10_000)]
    max_length: Option<i64>,
    /// Of a relation: the entity type that it points to.
    #[schema(format = Uuid)]
    target_entity_id: Option<String>,
    /// Of a relation: the field of the target that people choose by, and by which texts find their record.
    #[schema(max_length = 100)]
    target_display_field: Option<String>,
    /// Of a relation: what becomes of a record when the one that it points to is deleted; `restrict` unless told.
    #[schema(value_type = Option<OnDeleteWord>)]
    on_delete: Option<String>,
    /// Whether no two records have the same value; as it is unless told, and never of a `BOOLEAN` or `JSON`.
    unique: Option<bool>,
    /// The value of a new record that names none.
    #[serde(borrow, default)]
    #[schema(value_type = Option<ValueView>)]
    default: Option<&'a RawValue>,
    /// The smallest value.
    #[serde(borrow, default)]
    #[schema(value_type = Option<ValueView>)]
    min: Option<&'a RawValue>,
    /// The largest value.
    #[serde(borrow, default)]
    #[schema(value_type = Option<ValueView>)]
    max: Option<&'a RawValue>,
    /// What the whole of a text has to match.
    #[schema(max_length = 500)]
    pattern: Option<String>,
    /// What there is to choose from; of a `CHOICE`.
    #[serde(default)]
    #[schema(max_items = 200)]
    choices: Vec<String>,
}

impl RetypeRequest<'_> {
    /// What the field that is as `field` says will be.
    pub(super) fn into_command(self, field: &Field) -> Result<NewField, Problem> {
        let can_be_unique = self.field_type.parse().is_ok_and(FieldType::can_be_unique);
        let keeps_unique = field.rules.unique && can_be_unique;
        let request = FieldRequest {
            name: field.name.as_str().to_owned(),
            display_name: field.display_name.as_str().to_owned(),
            field_type: self.field_type,
            is_required: field.required,
            max_length: self.max_length,
            target_entity_id: self.target_entity_id,
            target_display_field: self.target_display_field,
            on_delete: self.on_delete,
            unique: self.unique.unwrap_or(keeps_unique),
            default: self.default,
            min: self.min,
            max: self.max,
            pattern: self.pattern,
            choices: self.choices,
            // These stay.
            description: None,
            choice_labels: BTreeMap::new(),
            choice_colors: BTreeMap::new(),
        };
        request.into_command()
    }
}

/// What to change of a field; what is not named stays. Its values stay where they are, and so does its type.
#[derive(Deserialize, ToSchema)]
pub(crate) struct FieldPatch<'a> {
    /// Another key in `data`.
    #[schema(min_length = 1, max_length = 100)]
    name: Option<String>,
    /// What people read.
    #[schema(min_length = 1, max_length = 200)]
    display_name: Option<String>,
    /// Whether every record needs a value.
    is_required: Option<bool>,
    /// Whether no two records have the same value.
    unique: Option<bool>,
    /// The value of a new record that names none; `null` for none. Where the field becomes required, records that have
    /// no value get it.
    #[expect(clippy::option_option, reason = "absent and null are different things here")]
    #[serde(borrow, default, deserialize_with = "object::nullable")]
    #[schema(value_type = Option<ValueView>)]
    default: Option<Option<&'a RawValue>>,
    /// The smallest value; `null` for none.
    #[expect(clippy::option_option, reason = "absent and null are different things here")]
    #[serde(borrow, default, deserialize_with = "object::nullable")]
    #[schema(value_type = Option<ValueView>)]
    min: Option<Option<&'a RawValue>>,
    /// The largest value; `null` for none.
    #[expect(clippy::option_option, reason = "absent and null are different things here")]
    #[serde(borrow, default, deserialize_with = "object::nullable")]
    #[schema(value_type = Option<ValueView>)]
    max: Option<Option<&'a RawValue>>,
    /// What the whole of a text has to match; `null` for none.
    #[expect(clippy::option_option, reason = "absent and null are different things here")]
    #[serde(default, deserialize_with = "object::nullable")]
    #[schema(value_type = Option<String>, max_length = 500)]
    pattern: Option<Option<String>>,
    /// What there is to choose from; of a `CHOICE`.
    #[schema(max_items = 200)]
    choices: Option<Vec<String>>,
    /// What the field is for; `null` for nothing.
    #[expect(clippy::option_option, reason = "absent and null are different things here")]
    #[serde(default, deserialize_with = "object::nullable")]
    #[schema(value_type = Option<String>, max_length = 1_000)]
    description: Option<Option<String>>,
    /// What choices are called, all of them anew; of a `CHOICE`.
    choice_labels: Option<BTreeMap<String, String>>,
    /// The colours of choices, all of them anew; of a `CHOICE`.
    #[schema(value_type = Option<BTreeMap<String, ChoiceColorWord>>)]
    choice_colors: Option<BTreeMap<String, String>>,
    /// The most characters of a text from now on; `null` for 255.
    #[expect(clippy::option_option, reason = "absent and null are different things here")]
    #[serde(default, deserialize_with = "object::nullable")]
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 10_000)]
    max_length: Option<Option<i64>>,
    /// Its place among the fields.
    #[schema(minimum = 1, maximum = 100_000)]
    display_order: Option<i64>,
}

/// A number within bounds.
fn within(field: &str, number: i64, max: u32) -> Result<u32, Violation> {
    match u32::try_from(number) {
        Ok(number) if (1..=max).contains(&number) => Ok(number),
        _ if number < 1 => Err(Violation::new(field, "too_small").with("min", &1)),
        _ => Err(Violation::new(field, "too_large").with("max", &max)),
    }
}

impl FieldRequest<'_> {
    pub(super) fn into_command(self) -> Result<NewField, Problem> {
        let mut rules = Rules::default();
        let name = rules.text("name", &self.name, FieldName::parse);
        let display_name = rules.text("display_name", &self.display_name, DisplayName::parse);
        let kinds = FieldType::ALL.iter().map(|kind| kind.as_str());
        let kind: Option<FieldType> = rules.take(known_word("field_type", &self.field_type, kinds));
        let length = self.max_length.and_then(|length| rules.take(within("max_length", length, Field::MAX_LENGTH)));
        let target = kind.and_then(|kind| self.target(kind, &mut rules));
        let checked = kind.map(|kind| self.rules(kind, length, &mut rules)).transpose()?;
        let described = rules.optional("description", self.description.as_deref(), description);
        let read = Presentation {
            description: described.flatten(),
            labels: labels(&self.choice_labels, &self.choices, &mut rules),
            colors: colors(&self.choice_colors, &self.choices, &mut rules),
        };
        let command = name.zip(display_name).zip(kind.zip(checked)).map(|((name, display_name), (kind, checked))| {
            let (required, max_length) = (self.is_required, length);
            NewField { name, display_name, kind, required, max_length, target, rules: checked, presentation: read }
        });
        Ok(rules.finish(command)?)
    }

    /// What a relation points to. Other types point nowhere, whatever is said.
    fn target(&self, kind: FieldType, rules: &mut Rules) -> Option<NewTarget> {
        if kind != FieldType::Relation {
            return None;
        }
        let missing = |field: &'static str| Violation::new(field, "missing");
        let entity = self.target_entity_id.as_deref().ok_or_else(|| missing("target_entity_id"));
        let entity = entity.and_then(|text| named_id("target_entity_id", text, EntityId::new));
        let entity = rules.take(entity);
        let display = rules.take(self.target_display_field.as_deref().ok_or_else(|| missing("target_display_field")));
        let display = display.and_then(|text| rules.text("target_display_field", text, FieldName::parse));
        let choices = OnDelete::ALL.iter().map(|choice| choice.as_str());
        let on_delete = match &self.on_delete {
            None => Some(OnDelete::Restrict),
            Some(word) => rules.take(known_word("on_delete", word, choices)),
        };
        let (entity, display_field) = entity.zip(display)?;
        Some(NewTarget { entity, display_field, on_delete: on_delete? })
    }

    /// What else a value has to be. Bounds and the default are values of the field themselves.
    fn rules(&self, kind: FieldType, length: Option<u32>, rules: &mut Rules) -> Result<FieldRules, Problem> {
        let is_choice = kind == FieldType::Choice;
        if is_choice == self.choices.is_empty() {
            rules.broken(Violation::new("choices", if is_choice { "missing" } else { "not_for_type" }));
        }
        let mut reader = RuleReader { field: unruled(kind, length), rules };
        let choices = reader.choices(&self.choices);
        reader.field.rules.choices.clone_from(&choices);
        let (min, max) = (reader.bound("min", self.min)?, reader.bound("max", self.max)?);
        let pattern = self.pattern.as_deref().and_then(|pattern| reader.pattern(pattern));
        let unique = self.unique && reader.unique();
        reader.field.rules = FieldRules { unique, default: None, min, max, pattern, choices };
        if let Err(Contradiction::Bounds { min }) = reader.field.check_rules() {
            reader.rules.broken(Violation::new("max", "too_small").with("min", &min));
        }
        let default = reader.value("default", self.default)?;
        Ok(FieldRules { default, ..reader.field.rules })
    }
}

/// Reads rules of a field, and keeps what is wrong with them.
struct RuleReader<'r> {
    field: Field,
    rules: &'r mut Rules,
}

impl RuleReader<'_> {
    /// Whether values of the type may be unique.
    fn unique(&mut self) -> bool {
        let suits = self.field.kind.can_be_unique();
        if !suits {
            self.rules.broken(Violation::new("unique", "not_for_type"));
        }
        suits
    }

    fn pattern(&mut self, text: &str) -> Option<Pattern> {
        if self.field.kind != FieldType::Text {
            return self.rules.take(Err(Violation::new("pattern", "not_for_type")));
        }
        self.rules.take(Pattern::parse(text).map_err(|_| Violation::new("pattern", "malformed")))
    }

    /// The smallest or the largest value, of types that have one.
    fn bound(&mut self, name: &'static str, sent: Option<&RawValue>) -> Result<Option<Value>, Problem> {
        let is_ordered =
            matches!(self.field.kind, FieldType::Number | FieldType::Integer | FieldType::Date | FieldType::DateTime);
        if sent.is_some() && !is_ordered {
            self.rules.broken(Violation::new(name, "not_for_type"));
            return Ok(None);
        }
        self.value(name, sent)
    }

    /// A value of the field, under the rules that are known of it so far.
    fn value(&mut self, name: &'static str, sent: Option<&RawValue>) -> Result<Option<Value>, Problem> {
        let Some(sent) = sent else { return Ok(None) };
        let judged = Value::judge(&self.field, &input(sent)?);
        Ok(self.rules.take(judged.map_err(|rule| of_broken(Named::from(name), &rule))).flatten())
    }

    fn choices(&mut self, choices: &[String]) -> Vec<String> {
        if choices.len() > FieldRules::MOST_CHOICES {
            self.rules.broken(Violation::new("choices", "too_many").with("max", &FieldRules::MOST_CHOICES));
            return Vec::new();
        }
        for (index, choice) in choices.iter().enumerate() {
            let place = format!("choices[{index}]");
            self.rules.text(&place, choice, DisplayName::parse);
            if choices.iter().take(index).any(|earlier| earlier == choice) {
                self.rules.broken(Violation::new(place, "repeated"));
            }
        }
        choices.to_vec()
    }
}

/// What is told of choices, of which there have to be those.
fn of_choices<T>(
    member: &str,
    sent: &BTreeMap<String, String>,
    choices: &[String],
    rules: &mut Rules,
    mut read: impl FnMut(&str, &str, &mut Rules) -> Option<T>,
) -> BTreeMap<String, T> {
    let mut told = BTreeMap::new();
    for (choice, text) in sent {
        let place = format!("{member}.{choice}");
        if !choices.contains(choice) {
            rules.broken(Violation::unknown_value(place, choices.iter().map(String::as_str)));
        } else if let Some(value) = read(&place, text, rules) {
            told.insert(choice.clone(), value);
        }
    }
    told
}

fn labels(sent: &BTreeMap<String, String>, choices: &[String], rules: &mut Rules) -> BTreeMap<String, DisplayName> {
    of_choices("choice_labels", sent, choices, rules, |place, text, rules| rules.text(place, text, DisplayName::parse))
}

fn colors(sent: &BTreeMap<String, String>, choices: &[String], rules: &mut Rules) -> BTreeMap<String, ChoiceColor> {
    let words = || ChoiceColor::ALL.iter().map(|color| color.as_str());
    of_choices("choice_colors", sent, choices, rules, |place, text, rules| rules.take(known_word(place, text, words())))
}

/// A field of that type whose values have to be of it, and nothing else.
fn unruled(kind: FieldType, max_length: Option<u32>) -> Field {
    Field {
        id: FieldId::new(Uuid::nil()),
        number: FieldNumber::FIRST,
        name: FieldName::stored(String::new()),
        display_name: DisplayName::stored(String::new()),
        kind,
        required: false,
        max_length,
        display_order: 1,
        created_at: DateTime::UNIX_EPOCH,
        target: None,
        rules: FieldRules::default(),
        presentation: Presentation::default(),
        retyping: None,
    }
}

/// What a member asks for that may be absent, `null` or a value.
#[expect(clippy::option_option, reason = "absent and null are different things here")]
fn change<S, T>(
    sent: Option<Option<S>>,
    read: impl FnOnce(S) -> Result<Option<T>, Problem>,
) -> Result<Change<T>, Problem> {
    match sent {
        None => Ok(Change::Keep),
        Some(None) => Ok(Change::Clear),
        Some(Some(sent)) => Ok(read(sent)?.map_or(Change::Keep, Change::Set)),
    }
}

impl FieldPatch<'_> {
    /// The change of a field that is as `field` says; only its type matters, which stays.
    pub(super) fn into_command(self, field: &Field) -> Result<FieldChange, Problem> {
        let mut rules = Rules::default();
        let name = rules.optional("name", self.name.as_deref(), FieldName::parse);
        let display_name = rules.optional("display_name", self.display_name.as_deref(), DisplayName::parse);
        let max_length = self
            .max_length
            .map(|length| length.and_then(|length| rules.take(within("max_length", length, Field::MAX_LENGTH))));
        let display_order = self.display_order.and_then(|order| rules.take(within("display_order", order, 100_000)));
        let changed = self.rules(field, max_length.unwrap_or(field.max_length), &mut rules)?;
        let choices = self.choices.as_deref().unwrap_or(&field.rules.choices);
        let presentation = PresentationChange {
            description: match &self.description {
                None => Change::Keep,
                Some(None) => Change::Clear,
                Some(Some(text)) => rules.text("description", text, description).map_or(Change::Keep, Change::Set),
            },
            labels: self.choice_labels.map(|sent| labels(&sent, choices, &mut rules)),
            colors: self.choice_colors.map(|sent| colors(&sent, choices, &mut rules)),
        };
        let command = name.zip(display_name).map(|(name, display_name)| FieldChange {
            name,
            display_name,
            required: self.is_required,
            max_length,
            display_order,
            rules: changed,
            presentation,
        });
        Ok(rules.finish(command)?)
    }

    /// What changes of the rules. Whether they agree with one another and with the records is judged where both are
    /// known.
    fn rules(&self, field: &Field, length: Option<u32>, rules: &mut Rules) -> Result<RulesChange, Problem> {
        let mut reader = RuleReader { field: unruled(field.kind, length), rules };
        let choices = match &self.choices {
            Some(_) if field.kind != FieldType::Choice => {
                reader.rules.take(Err(Violation::new("choices", "not_for_type")))
            }
            Some(choices) if choices.is_empty() => reader.rules.take(Err(Violation::new("choices", "missing"))),
            Some(choices) => Some(reader.choices(choices)),
            None => None,
        };
        reader.field.rules.choices.clone_from(choices.as_ref().unwrap_or(&field.rules.choices));
        let unique = self.unique.map(|unique| unique && reader.unique());
        let min = change(self.min, |sent| reader.bound("min", Some(sent)))?;
        let max = change(self.max, |sent| reader.bound("max", Some(sent)))?;
        let default = change(self.default, |sent| reader.value("default", Some(sent)))?;
        let pattern = change(self.pattern.as_ref().map(Option::as_deref), |text| Ok(reader.pattern(text)))?;
        Ok(RulesChange { unique, default, min, max, pattern, choices })
    }
}
