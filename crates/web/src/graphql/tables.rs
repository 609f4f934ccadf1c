//! Tables that a company defines for itself, and their records.

use std::borrow::Cow;

use async_graphql::connection::PageInfo;
use async_graphql::{ID, InputValueResult, Scalar, ScalarType, SimpleObject, Value};
use atalaya_application::error::{AppError, ValueKind, Violation};
use atalaya_application::ports::tables::{RecordMark, RecordSlice};
use atalaya_application::tables::{FoundRecord, RecordList, RecordPart};
use atalaya_domain::company::Company;
use atalaya_domain::id::{EntityId, RecordId};
use atalaya_domain::tables::{Draft, Field, Input, Keys, Record, Table};
use serde_json::value::RawValue;

use crate::api::cursor::{self, Cursor};
use crate::api::parse::Rules;
use crate::api::tables::asked::Asked;
use crate::api::tables::input::inputs;
use crate::api::tables::only_id;
use crate::api::tables::values::{RecordForm, data};
use crate::graphql::scalars::{Count, Moment};
use crate::http::problem::Problem;

/// The most records of a page.
const MOST: u32 = 100;
/// Numbers are texts, so that each is told digit by digit.
const FORM: RecordForm = RecordForm { keys: Keys::Names, numbers_as_text: true };

/// An object of any shape.
#[derive(Debug, Clone)]
pub(crate) struct Json(Value);

#[Scalar(name = "JSON")]
/// An object of any shape: values of a record by the names of their fields, or a filter. A number with decimals is
/// told as a text, and may be sent as one.
impl ScalarType for Json {
    fn parse(value: Value) -> InputValueResult<Self> {
        Ok(Self(value))
    }

    fn to_value(&self) -> Value {
        self.0.clone()
    }
}

impl Json {
    /// As it would have been sent in a body.
    fn written(&self) -> Result<Box<RawValue>, AppError> {
        serde_json::value::to_raw_value(&self.0).map_err(AppError::internal)
    }
}

/// A field of a table.
#[derive(SimpleObject)]
#[graphql(name = "Field")]
pub(crate) struct FieldNode {
    /// Its id.
    id: ID,
    /// Its key in `data`.
    name: String,
    /// What people read.
    display_name: String,
    /// What it holds, such as `TEXT`.
    kind: &'static str,
    /// Whether every record needs a value.
    required: bool,
    /// Whether no two records have the same value.
    unique: bool,
    /// What a relation points to.
    target: Option<ID>,
}

impl From<&Field> for FieldNode {
    fn from(field: &Field) -> Self {
        Self {
            id: field.id.get().to_string().into(),
            name: field.name.as_str().to_owned(),
            display_name: field.display_name.as_str().to_owned(),
            kind: field.kind.as_str(),
            required: field.required,
            unique: field.rules.unique,
            target: field.target.as_ref().map(|target| target.entity.get().to_string().into()),
        }
    }
}

/// A table.
#[derive(SimpleObject)]
#[graphql(name = "Entity")]
pub(crate) struct EntityNode {
    /// Its id.
    id: ID,
    /// Its name for programs; it never changes.
    name: String,
    /// What people read.
    display_name: String,
    /// What it is for.
    description: Option<String>,
    /// When it was defined.
    created_at: Moment,
    /// Whether whoever changes or deletes a record has to say which revision they saw.
    require_revision: bool,
    /// What the caller may do with its records, as far as their role may write at all.
    your_access: &'static str,
    /// Its fields, by their order.
    fields: Vec<FieldNode>,
}

impl From<&Table> for EntityNode {
    fn from(table: &Table) -> Self {
        let entity = &table.entity;
        Self {
            id: entity.id.get().to_string().into(),
            name: entity.name.as_str().to_owned(),
            display_name: entity.display_name.as_str().to_owned(),
            description: entity.description.clone(),
            created_at: entity.created_at.into(),
            require_revision: entity.requires_if_match,
            your_access: table.level().as_str(),
            fields: table.fields.iter().map(FieldNode::from).collect(),
        }
    }
}

/// A record.
#[derive(SimpleObject)]
#[graphql(name = "Record")]
pub(crate) struct RecordNode {
    /// Its id.
    id: ID,
    /// When it was created.
    created_at: Moment,
    /// When it was written last.
    updated_at: Moment,
    /// How often it was written, from 1.
    revision: i32,
    /// Every field of the table by its name.
    data: Json,
}

impl RecordNode {
    fn of(table: &Table, record: &Record) -> Result<Self, AppError> {
        let values = serde_json::to_value(data(table, &record.values, FORM)?).map_err(AppError::internal)?;
        Ok(Self {
            id: record.id.get().to_string().into(),
            created_at: record.created_at.into(),
            updated_at: record.updated_at.into(),
            revision: record.revision,
            data: Json(Value::from_json(values).map_err(AppError::internal)?),
        })
    }

    /// A record that was written.
    pub(crate) fn found(found: &FoundRecord) -> Result<Self, AppError> {
        Self::of(&found.table, &found.record)
    }
}

/// A page of records.
#[derive(SimpleObject)]
#[graphql(name = "RecordConnection")]
pub(crate) struct Records {
    /// The records, in the order that was asked for; the newest first where none was.
    nodes: Vec<RecordNode>,
    /// How many there are on all pages.
    total: Count,
    /// Whether `total` was counted; beyond 10,000 that a filter means, it is the least that there are.
    total_exact: bool,
    /// Where the list goes on.
    page_info: PageInfo,
}

impl Records {
    pub(crate) fn of(list: &RecordList, part: &RecordPart) -> Result<Self, AppError> {
        Ok(Self {
            nodes: list.records.iter().map(|record| RecordNode::of(&list.table, record)).collect::<Result<_, _>>()?,
            total: Count::of(list.total.count),
            total_exact: list.total.exact,
            page_info: PageInfo {
                has_previous_page: matches!(part, RecordPart::Behind(..)),
                has_next_page: list.next.is_some(),
                start_cursor: None,
                end_cursor: list.next.as_ref().map(Cursor::write),
            },
        })
    }
}

/// Which part of a list of records.
///
/// # Errors
/// `VALIDATION_FAILED` for a size that no page has, and for what is no cursor.
pub(crate) fn part(first: i32, after: Option<&str>) -> Result<RecordPart, Vec<Violation>> {
    let mut rules = Rules::default();
    let size = rules.take(match u32::try_from(first) {
        Ok(size @ 1..=MOST) => Ok(size),
        Ok(1..) => Err(Violation::new("first", "too_large").with("max", &MOST)),
        _ => Err(Violation::new("first", "too_small").with("min", &1)),
    });
    let mark = |text: &str| cursor::parse::<RecordMark>(text).ok_or_else(|| Violation::new("after", "not_a_cursor"));
    let mark = after.and_then(|text| rules.take(mark(text)));
    rules.finish(size.map(|size| match mark {
        Some(mark) => RecordPart::Behind(mark, size),
        None => RecordPart::Slice(RecordSlice { offset: 0, limit: size }),
    }))
}

/// Which records, as a query says it.
pub(crate) struct Wish {
    pub(crate) filter: Option<Json>,
    pub(crate) search: Option<String>,
    pub(crate) sort: Vec<String>,
}

impl Wish {
    /// What is asked for, held against a table.
    ///
    /// # Errors
    /// `INVALID_FILTER` names whatever is wrong.
    pub(crate) fn selection(
        &self,
        table: &Table,
        company: &Company,
    ) -> Result<atalaya_application::tables::Selection, AppError> {
        let filter = self.filter.as_ref().map(Json::written).transpose()?;
        let asked = Asked { filter: filter.as_deref(), q: self.search.as_deref(), sort: &self.sort, fields: &[] };
        asked.selection(table, company, FORM)
    }
}

/// The values of a record, as a query sends them. A number may be a text, so that none of its digits are lost.
///
/// # Errors
/// `VALIDATION_FAILED` for what is no object.
pub(crate) fn with_draft<T>(
    sent: &Json,
    table: &Table,
    work: impl FnOnce(&Draft<'_>) -> Result<T, Problem>,
) -> Result<T, Problem> {
    let written = sent.written()?;
    if !written.get().starts_with('{') {
        return Err(vec![Violation::wrong_type("data", ValueKind::Object)].into());
    }
    let read = inputs(&written)?;
    let texts: Vec<(String, String)> = read.iter().filter_map(|(key, input)| numeric(table, key, input)).collect();
    let mut draft = Draft { keys: FORM.keys, inputs: read.clone() };
    for (key, text) in &texts {
        draft.inputs.insert(key.clone(), Input::Number(text));
    }
    work(&draft)
}

/// A text that was sent for a number.
fn numeric(table: &Table, key: &str, input: &Input<'_>) -> Option<(String, String)> {
    let Input::Text(text) = input else { return None };
    let field = FORM.keys.find(table, key)?;
    let is_number = matches!(Input::written(field.kind, text), Input::Number(_));
    is_number.then(|| (key.to_owned(), Cow::clone(text).into_owned()))
}

/// The id of a table.
///
/// # Errors
/// `VALIDATION_FAILED` for what is no id.
pub(crate) fn entity_id(id: &ID) -> Result<EntityId, Problem> {
    only_id("entity", id, EntityId::new)
}

/// The id of a record.
///
/// # Errors
/// As [`entity_id`].
pub(crate) fn record_id(id: &ID) -> Result<RecordId, Problem> {
    only_id("id", id, RecordId::new)
}

/// Compares a record with the revision that was seen, where one is told.
pub(crate) fn as_seen(revision: Option<i32>) -> Option<impl Fn(&FoundRecord) -> Result<(), AppError>> {
    let check = |seen: i32| {
        move |current: &FoundRecord| {
            if current.record.revision == seen { Ok(()) } else { Err(AppError::PreconditionFailed) }
        }
    };
    revision.map(check)
}
