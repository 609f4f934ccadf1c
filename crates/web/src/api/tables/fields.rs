//! Defining fields.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use atalaya_application::UseCases;
use atalaya_application::error::{Field as Named, Violation};
use atalaya_application::tables::of_broken;
use atalaya_domain::id::{EntityId, FieldId};
use atalaya_domain::mandate::DefineTables;
use atalaya_domain::tables::{
    DisplayName, Field, FieldChange, FieldName, FieldNumber, FieldType, NewField, NewTarget, OnDelete, Pattern,
    Rules as FieldRules, Table, Value,
};
use chrono::DateTime;
use serde::Deserialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;
use uuid::Uuid;

use super::entities::entity_id;
use super::input::{WrittenJson, input};
use super::path_id;
use super::views::{FieldView, ValueView};
use crate::api::parse::Rules;
use crate::api::schemas::{FieldTypeWord, OnDeleteWord};
use crate::http::blocking;
use crate::http::extract::{Guarded, Permitted};
use crate::http::idempotency::{Content, Keeping};
use crate::http::object;
use crate::http::problem::Problem;
use crate::http::respond::Answered;
use crate::http::state::HttpState;

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
}

/// What to change of a field. Its values stay where they are; its type is changed elsewhere.
#[derive(Deserialize, ToSchema)]
pub(crate) struct FieldPatch {
    /// Another key in `data`.
    #[schema(min_length = 1, max_length = 100)]
    name: Option<String>,
    /// What people read.
    #[schema(min_length = 1, max_length = 200)]
    display_name: Option<String>,
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
    fn into_command(self) -> Result<NewField, Problem> {
        let mut rules = Rules::default();
        let name = rules.text("name", &self.name, FieldName::parse);
        let display_name = rules.text("display_name", &self.display_name, DisplayName::parse);
        let unknown = |_| Violation::unknown_value("field_type", FieldType::ALL.iter().map(|kind| kind.as_str()));
        let kind: Option<FieldType> = rules.take(self.field_type.parse().map_err(unknown));
        let length = self.max_length.and_then(|length| rules.take(within("max_length", length, Field::MAX_LENGTH)));
        let target = kind.and_then(|kind| self.target(kind, &mut rules));
        let checked = kind.map(|kind| self.rules(kind, length, &mut rules)).transpose()?;
        let command = name.zip(display_name).zip(kind.zip(checked)).map(|((name, display_name), (kind, checked))| {
            let (required, max_length) = (self.is_required, length);
            NewField { name, display_name, kind, required, max_length, target, rules: checked }
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
        let entity = entity.and_then(|text| {
            Uuid::parse_str(text).map(EntityId::new).map_err(|_| Violation::new("target_entity_id", "malformed"))
        });
        let entity = rules.take(entity);
        let display = rules.take(self.target_display_field.as_deref().ok_or_else(|| missing("target_display_field")));
        let display = display.and_then(|text| rules.text("target_display_field", text, FieldName::parse));
        let unknown = |_| Violation::unknown_value("on_delete", OnDelete::ALL.iter().map(|choice| choice.as_str()));
        let on_delete = match &self.on_delete {
            None => Some(OnDelete::Restrict),
            Some(word) => rules.take(word.parse().map_err(unknown)),
        };
        let (entity, display_field) = entity.zip(display)?;
        Some(NewTarget { entity, display_field, on_delete: on_delete? })
    }

    /// What else a value has to be. Bounds and the default are values of the field themselves.
    fn rules(&self, kind: FieldType, length: Option<u32>, rules: &mut Rules) -> Result<FieldRules, Problem> {
        let mut field = unruled(kind, length);
        field.rules.choices = self.choices(kind, rules);
        let is_ordered = matches!(kind, FieldType::Number | FieldType::Integer | FieldType::Date | FieldType::DateTime);
        let bound = |name: &'static str, sent: Option<&RawValue>, rules: &mut Rules| match sent {
            Some(_) if !is_ordered => {
                rules.broken(Violation::new(name, "not_for_type"));
                Ok(None)
            }
            sent => value(name, &field, sent, rules),
        };
        let (min, max) = (bound("min", self.min, rules)?, bound("max", self.max, rules)?);
        if let (Some(min), Some(max)) = (&min, &max)
            && min.partial_cmp(max).is_some_and(std::cmp::Ordering::is_gt)
        {
            rules.broken(Violation::new("max", "too_small").with("min", min));
        }
        let pattern = match &self.pattern {
            Some(_) if kind != FieldType::Text => rules.take(Err(Violation::new("pattern", "not_for_type"))),
            Some(text) => rules.take(Pattern::parse(text).map_err(|_| Violation::new("pattern", "malformed"))),
            None => None,
        };
        if self.unique && kind == FieldType::Boolean {
            rules.broken(Violation::new("unique", "not_for_type"));
        }
        let choices = std::mem::take(&mut field.rules.choices);
        field.rules = FieldRules { unique: self.unique, default: None, min, max, pattern, choices };
        let default = value("default", &field, self.default, rules)?;
        Ok(FieldRules { default, ..field.rules })
    }

    fn choices(&self, kind: FieldType, rules: &mut Rules) -> Vec<String> {
        let is_choice = kind == FieldType::Choice;
        if is_choice == self.choices.is_empty() {
            rules.broken(Violation::new("choices", if is_choice { "missing" } else { "not_for_type" }));
        }
        if self.choices.len() > FieldRules::MOST_CHOICES {
            rules.broken(Violation::new("choices", "too_many").with("max", &FieldRules::MOST_CHOICES));
            return Vec::new();
        }
        for (index, choice) in self.choices.iter().enumerate() {
            let place = format!("choices[{index}]");
            rules.text(&place, choice, DisplayName::parse);
            if self.choices.iter().take(index).any(|earlier| earlier == choice) {
                rules.broken(Violation::new(place, "repeated"));
            }
        }
        self.choices.clone()
    }
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
    }
}

fn value(
    name: &'static str,
    field: &Field,
    sent: Option<&RawValue>,
    rules: &mut Rules,
) -> Result<Option<Value>, Problem> {
    let Some(sent) = sent else { return Ok(None) };
    let judged = Value::judge(field, &input(sent)?);
    Ok(rules.take(judged.map_err(|rule| of_broken(Named::from(name), &rule))).flatten())
}

impl FieldPatch {
    fn into_command(self) -> Result<FieldChange, Vec<Violation>> {
        let mut rules = Rules::default();
        let name = rules.optional("name", self.name.as_deref(), FieldName::parse);
        let display_name = rules.optional("display_name", self.display_name.as_deref(), DisplayName::parse);
        let max_length = self
            .max_length
            .map(|length| length.and_then(|length| rules.take(within("max_length", length, Field::MAX_LENGTH))));
        let display_order = self.display_order.and_then(|order| rules.take(within("display_order", order, 100_000)));
        let command = name.zip(display_name).map(|(name, display_name)| FieldChange {
            name,
            display_name,
            max_length,
            display_order,
            ..FieldChange::default()
        });
        rules.finish(command)
    }
}

/// The ids of an entity type and of one of its fields in a path.
fn ids((entity, field): &(String, String)) -> Result<(EntityId, FieldId), Problem> {
    Ok((entity_id(entity)?, path_id("field_id", field, FieldId::new)?))
}

/// Define a field.
///
/// It stands behind those that there are. Records that exist have no value for it, also where it is required. With
/// `Idempotency-Key` a repeat has one effect.
#[utoipa::path(
    post,
    path = "/api/metadata/entities/{entity_id}/fields",
    tag = "tables",
    params(
        ("entity_id" = String, Path, format = Uuid, description = "The entity type"),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeats of the request have one effect")
    ),
    request_body = FieldRequest,
    responses((status = 201, body = FieldView))
)]
pub(crate) async fn define_field(
    request: HttpRequest,
    Guarded(actor, body): Guarded<DefineTables, WrittenJson>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
    http: web::Data<HttpState>,
) -> Result<HttpResponse, Problem> {
    let (id, by) = (entity_id(&path)?, actor.mandate()?);
    let content = Content::new(body.bytes());
    let ticket = http.idempotency.ticket(&request, &actor, actor.company(), "define_field", content)?;
    let work = move |keeping: Keeping| async move {
        let use_cases = use_cases.into_inner();
        blocking::run(move || -> Result<_, Problem> {
            let table = use_cases.tables.find(&by.scope(), id)?;
            let command = body.parse::<FieldRequest<'_>>()?.into_command()?;
            let render = |field: &Field| Answered(StatusCode::CREATED, view(&table, field)?).written();
            Ok(keeping.answer(render, |receipt| use_cases.tables.add_field(&by, id, &command, receipt))?)
        })
        .await
    };
    ticket.run(work).await
}

fn view(table: &Table, field: &Field) -> Result<FieldView, atalaya_application::AppError> {
    FieldView::new(&table.entity, field)
}

/// Change a field.
///
/// A new name changes the key in `data` and nothing that is stored; the old one is free at once.
#[utoipa::path(
    patch,
    path = "/api/metadata/entities/{entity_id}/fields/{field_id}",
    tag = "tables",
    params(
        ("entity_id" = String, Path, format = Uuid, description = "The entity type"),
        ("field_id" = String, Path, format = Uuid, description = "The field")
    ),
    request_body = FieldPatch,
    responses((status = 200, body = FieldView))
)]
pub(crate) async fn change_field(
    Guarded(actor, body): Guarded<DefineTables, WrittenJson>,
    path: web::Path<(String, String)>,
    use_cases: web::Data<UseCases>,
) -> Result<Answered<FieldView>, Problem> {
    let ((id, field), by, use_cases) = (ids(&path)?, actor.mandate()?, use_cases.into_inner());
    let changed = blocking::run(move || -> Result<_, Problem> {
        let table = use_cases.tables.find(&by.scope(), id)?;
        let change = body.parse::<FieldPatch>()?.into_command()?;
        Ok(view(&table, &use_cases.tables.change_field(&by, id, field, &change)?)?)
    })
    .await?;
    Ok(Answered(StatusCode::OK, changed))
}

/// Delete a field.
///
/// It goes into the trash with its values, and can be restored. Its name is free at once.
#[utoipa::path(
    delete,
    path = "/api/metadata/entities/{entity_id}/fields/{field_id}",
    tag = "tables",
    params(
        ("entity_id" = String, Path, format = Uuid, description = "The entity type"),
        ("field_id" = String, Path, format = Uuid, description = "The field")
    ),
    responses((status = 204, description = "In the trash"))
)]
pub(crate) async fn delete_field(
    actor: Permitted<DefineTables>,
    path: web::Path<(String, String)>,
    use_cases: web::Data<UseCases>,
) -> Result<HttpResponse, Problem> {
    let ((id, field), by, use_cases) = (ids(&path)?, actor.mandate()?, use_cases.into_inner());
    blocking::call(move || use_cases.tables.delete_field(&by, id, field)).await?;
    Ok(HttpResponse::NoContent().finish())
}
