//! What the address asks for.

use atalaya_application::AppError;
use atalaya_application::error::Violation;
use atalaya_application::tables::{Selection, ViewUse};
use atalaya_domain::company::Company;
use atalaya_domain::id::{UserId, ViewId};
use atalaya_domain::tables::{Filter, Input, RecordQuery, Table, View};
use serde::Deserialize;
use utoipa::IntoParams;

use super::only_id;
use super::reader::Reader;
use super::values::RecordForm;
use super::view_query::of_view;
use crate::api::parse::Rules;
use crate::api::schemas::{KeysWord, NumbersWord};
use crate::http::problem::Problem;

/// Which records, in the address: `filter[field][op]=value`, several of which all have to hold.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the address, whose parts are read in their order")]
pub(crate) struct RecordsQuery {
    /// The page, from 1.
    #[param(minimum = 1, value_type = Option<u32>)]
    page: Option<String>,
    /// Records on a page, 1 to 100; 20 unless told.
    #[param(minimum = 1, maximum = 100, value_type = Option<u32>)]
    page_size: Option<String>,
    /// `next_cursor` of the page before, asked with the same `sort`, in place of `page`.
    #[param(min_length = 1)]
    cursor: Option<String>,
    /// Fields with commas between them, `-` in front for the largest first; `created_at` too. Records without a value
    /// come last; of those that are alike the id decides, in the direction of the last step.
    #[param(example = "-gasto,nombre")]
    sort: Option<String>,
    /// Words that texts of the record have, without regard to letter case and accents.
    q: Option<String>,
    /// A view: it says what the address does not say of `filter`, `q`, `sort` and `fields`.
    #[param(format = Uuid)]
    view: Option<String>,
    /// The fields that `data` holds, with commas between them; all unless told.
    #[param(example = "nombre,gasto")]
    fields: Option<String>,
    /// Relations with commas between them: what they point to is told as `expanded`. `a.b` follows `b` of what `a`
    /// points to. At most 10, two deep.
    #[param(example = "ciudad,campana.responsable")]
    expand: Option<String>,
    /// By what `data`, `filter`, `sort`, `fields` and `expand` name fields.
    #[param(value_type = Option<KeysWord>)]
    keys: Option<String>,
    /// How `NUMBER` is written.
    #[param(value_type = Option<NumbersWord>)]
    numbers: Option<String>,
}

/// The parts of an address.
pub(crate) type Pairs = Vec<(String, String)>;

pub(crate) fn last<'p>(pairs: &'p Pairs, name: &str) -> Option<&'p str> {
    pairs.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// What the last word of a name in the address stands for: `None` where there is none, or one that is not known, which
/// is kept as wrong.
pub(super) fn word<T>(
    rules: &mut Rules,
    pairs: &Pairs,
    name: &'static str,
    known: &[&'static str],
    read: impl FnOnce(&str) -> Option<T>,
) -> Option<T> {
    let text = last(pairs, name)?;
    rules.take(read(text).ok_or_else(|| Violation::unknown_value(name, known.iter().copied())))
}

/// `filter[field][op]` of a key; the operator is `eq` where none is named.
fn filter_key(key: &str) -> Option<(&str, &str)> {
    let inside = key.strip_prefix("filter[")?.strip_suffix(']')?;
    match inside.rsplit_once("][") {
        Some((field, operator)) => Some((field, operator)),
        None => Some((inside, "eq")),
    }
}

/// What the address asks for. `in` and `between` take values with commas between them, or are named once for each.
fn asked_by_address(pairs: &Pairs, form: RecordForm, table: &Table, company: &Company) -> Result<Selection, AppError> {
    let mut reader = Reader::new(table, company, form);
    let mut filters = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    for (key, _) in pairs {
        if !key.starts_with("filter") || seen.contains(&key.as_str()) {
            continue;
        }
        seen.push(key);
        let Some((name, operator)) = filter_key(key) else {
            reader.refuse(Violation::new(key.clone(), "malformed"));
            continue;
        };
        let values: Vec<&str> =
            pairs.iter().filter(|(other, _)| other == key).map(|(_, value)| value.as_str()).collect();
        let takes_several = matches!(operator, "in" | "between");
        let values: Vec<&str> = match values.as_slice() {
            [single] if takes_several => single.split(',').collect(),
            _ => values,
        };
        let Some(field) = reader.field(key, name) else { continue };
        let inputs: Vec<Input<'_>> = match operator {
            "contains" | "starts" | "is_null" => values.iter().map(|value| Input::Text((*value).into())).collect(),
            _ => values.iter().map(|value| Input::written(field.kind, value)).collect(),
        };
        filters.extend(reader.condition(key, name, operator, &inputs));
    }
    let names = |name: &str| last(pairs, name).unwrap_or_default().split(',');
    reader.selection(Filter::All(filters), last(pairs, "q"), names("sort"), names("fields"))
}

/// [`asked_by_address`], and what a view says of that of which the address says nothing.
pub(super) fn asked_with_view(
    pairs: &Pairs,
    form: RecordForm,
    table: &Table,
    company: &Company,
    view: Option<&View>,
) -> Result<Selection, AppError> {
    let own = asked_by_address(pairs, form, table, company)?;
    let Some(view) = view else { return Ok(own) };
    let says = |name: &str| last(pairs, name).is_some();
    let filters = pairs.iter().any(|(key, _)| key.starts_with("filter"));
    let kept = of_view(view, table, company, !filters)?;
    let query = RecordQuery {
        filter: if filters { own.query.filter } else { kept.query.filter },
        words: if says("q") { own.query.words } else { kept.query.words },
        sort: if says("sort") { own.query.sort } else { kept.query.sort },
    };
    Ok(Selection { query, fields: if says("fields") { own.fields } else { kept.fields }, missing: kept.missing })
}

/// The view that the address names.
///
/// # Errors
/// What is no id.
pub(super) fn view_of(pairs: &Pairs, reader: UserId) -> Result<Option<ViewUse>, Problem> {
    let view = last(pairs, "view").map(|text| only_id("view", text, ViewId::new)).transpose()?;
    Ok(view.map(|view| ViewUse { view, reader }))
}
