//! Filters as JSON: groups of conditions.

use atalaya_application::error::{ValueKind, Violation};
use atalaya_domain::tables::{Filter, Input};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::input::{input, object};
use super::reader::Reader;
use crate::api::schemas::OperatorWord;

/// A condition, or a group of them: either `and`, or `or`, or `field` with `op` and `value`.
#[derive(ToSchema)]
#[schema(no_recursion)]
#[expect(dead_code, reason = "describes the body, which is read from its text")]
pub(crate) struct FilterView {
    /// All of these hold.
    and: Option<Vec<FilterView>>,
    /// One of these holds.
    or: Option<Vec<FilterView>>,
    /// The field, by its name or id.
    field: Option<String>,
    /// How its value is compared.
    #[schema(value_type = Option<OperatorWord>)]
    op: Option<String>,
    /// With what: a value of the field, or a list of them for `in` and `between`.
    #[schema(value_type = Option<super::values::ValueView>)]
    value: Option<String>,
}

/// A filter that is kept: its values stay as they were written.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Node {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    and: Option<Vec<Self>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    or: Option<Vec<Self>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    op: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    value: Option<Box<RawValue>>,
}

impl Node {
    /// Without conditions on fields that are not kept, and without groups that have nothing else.
    pub(super) fn keeping(self, keeps: &mut impl FnMut(&str) -> bool) -> Option<Self> {
        if self.field.as_deref().is_some_and(|field| !keeps(field)) {
            return None;
        }
        let mut group = |parts: Option<Vec<Self>>| {
            let parts = parts?;
            let had = parts.len();
            let kept: Vec<Self> = parts.into_iter().filter_map(|part| part.keeping(keeps)).collect();
            Some((had > 0 && kept.is_empty(), kept))
        };
        let (and, or) = (group(self.and), group(self.or));
        let is_empty = [&and, &or].into_iter().flatten().any(|(is_empty, _)| *is_empty);
        let parts = |group: Option<(bool, Vec<Self>)>| group.map(|(_, parts)| parts);
        (!is_empty).then_some(Self { and: parts(and), or: parts(or), ..self })
    }

    /// With other names of fields.
    pub(super) fn named(self, name: &impl Fn(&str) -> String) -> Self {
        let group = |parts: Option<Vec<Self>>| {
            parts.map(|parts| parts.into_iter().map(|part| part.named(name)).collect::<Vec<Self>>())
        };
        let (and, or) = (group(self.and), group(self.or));
        Self { and, or, field: self.field.map(|field| name(&field)), op: self.op, value: self.value }
    }
}

#[derive(Deserialize)]
struct Group<'a> {
    #[serde(borrow, default)]
    and: Option<Vec<&'a RawValue>>,
    #[serde(borrow, default)]
    or: Option<Vec<&'a RawValue>>,
    field: Option<String>,
    op: Option<String>,
    #[serde(borrow, default)]
    value: Option<&'a RawValue>,
}

/// The filter of a body; what is wrong with it is kept.
pub(super) fn filter(reader: &mut Reader<'_>, sent: Option<&RawValue>) -> Filter {
    sent.map_or(Some(Filter::everything()), |text| group(reader, "filter", 1, text)).unwrap_or(Filter::everything())
}

/// Reads a group or a condition. `place` says where, such as `filter.and[0]`.
fn group(reader: &mut Reader<'_>, place: &str, depth: usize, text: &RawValue) -> Option<Filter> {
    let wrong = |code: &'static str| Violation::new(place.to_owned(), code);
    if depth > Filter::MAX_DEPTH {
        reader.refuse(wrong("too_deep").with("max", &Filter::MAX_DEPTH));
        return None;
    }
    let Some(read) = object::<Group<'_>>(text) else {
        reader.refuse(Violation::wrong_type(place.to_owned(), ValueKind::Object));
        return None;
    };
    let parts = |reader: &mut Reader<'_>, word: &str, parts: Vec<&RawValue>| -> Option<Vec<Filter>> {
        let read = parts.iter().enumerate();
        read.map(|(index, part)| group(reader, &format!("{place}.{word}[{index}]"), depth + 1, part)).collect()
    };
    match read {
        Group { and: Some(all), or: None, field: None, .. } => parts(reader, "and", all).map(Filter::All),
        Group { and: None, or: Some(any), field: None, .. } => parts(reader, "or", any).map(Filter::Any),
        Group { and: None, or: None, field: Some(field), op, value } => {
            let operator = op.as_deref().unwrap_or("eq");
            let Some(inputs) = values(value) else {
                reader.refuse(wrong("malformed"));
                return None;
            };
            reader.condition(place, &field, operator, &inputs)
        }
        _ => {
            reader.refuse(wrong("malformed"));
            None
        }
    }
}

/// What a condition compares with: one value, or each of a list.
fn values(value: Option<&RawValue>) -> Option<Vec<Input<'_>>> {
    let Some(value) = value else { return Some(Vec::new()) };
    if value.get().starts_with('[') {
        let list: Vec<&RawValue> = serde_json::from_str(value.get()).ok()?;
        return list.into_iter().map(|item| input(item).ok()).collect();
    }
    Some(vec![input(value).ok()?])
}
