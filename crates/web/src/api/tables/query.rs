//! Which records: filters, search, order and page, as the address or a body says.

use actix_web::http::StatusCode;
use actix_web::web;
use atalaya_application::error::{Field as Named, ValueKind, Violation};
use atalaya_application::ports::tables::Total;
use atalaya_application::tables::{RecordList, of_broken, of_invalid_condition};
use atalaya_application::{AppError, UseCases};
use atalaya_domain::calendar::start_of_day;
use atalaya_domain::company::Company;
use atalaya_domain::mandate::ReadRecords;
use atalaya_domain::tables::{Field, Filter, Input, Operator, RecordQuery, Sort, SortBy, Table};
use chrono::{NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

use super::entities::entity_id;
use super::form::form;
use super::input::{WrittenJson, input, object};
use super::paging::Paging;
use super::views::{RecordForm, RecordView};
use crate::api::parse::Rules;
use crate::api::schemas::{KeysWord, NumbersWord, OperatorWord};
use crate::http::blocking;
use crate::http::extract::Guarded;
use crate::http::problem::Problem;
use crate::http::respond::{Answered, Polled};

/// A page of records.
#[derive(Serialize, ToSchema)]
pub(crate) struct RecordsPage {
    /// The records, in the order that was asked for; the newest first where none was.
    items: Vec<RecordView>,
    /// How many there are on all pages.
    total: u64,
    /// Whether `total` was counted; beyond 10,000 that a filter means, it is the least that there are.
    total_exact: bool,
    /// The number of this page, from 1.
    #[schema(minimum = 1)]
    page: u32,
    /// Records on a page.
    #[schema(minimum = 1, maximum = 100)]
    page_size: u32,
    /// How many pages there are, at least 1.
    #[schema(minimum = 1)]
    total_pages: u64,
}

impl RecordsPage {
    fn new(paging: Paging, list: &RecordList, form: RecordForm) -> Result<Self, AppError> {
        let RecordList { table, records, total: Total { count, exact } } = list;
        let items = records.iter().map(|record| RecordView::new(table, record, form)).collect::<Result<_, _>>()?;
        let total_pages = paging.pages(*count);
        Ok(Self { items, total: *count, total_exact: *exact, page: paging.page, page_size: paging.size, total_pages })
    }
}

/// What is asked for, collected while a filter is read.
pub(super) struct Reader<'t> {
    table: &'t Table,
    company: &'t Company,
    form: RecordForm,
    broken: Vec<Violation>,
    conditions: usize,
}

impl<'t> Reader<'t> {
    pub(super) fn new(table: &'t Table, company: &'t Company, form: RecordForm) -> Self {
        Self { table, company, form, broken: Vec::new(), conditions: 0 }
    }

    pub(super) fn field(&mut self, place: &str, key: &str) -> Option<&'t Field> {
        let found = self.table.fields.iter().find(|field| self.form.keys.of(field) == key);
        if found.is_none() {
            self.broken.push(Violation::new(place.to_owned(), "no_such_field"));
        }
        found
    }

    /// A condition; what is wrong with it is kept.
    fn condition(&mut self, place: &str, key: &str, operator: &str, inputs: &[Input<'_>]) -> Option<Filter> {
        self.conditions += 1;
        if self.conditions > Filter::MOST_CONDITIONS {
            let too_many = Violation::new("filter", "too_many").with("max", &Filter::MOST_CONDITIONS);
            if self.conditions == Filter::MOST_CONDITIONS + 1 {
                self.broken.push(too_many);
            }
            return None;
        }
        let field = self.field(place, key)?;
        let Ok(operator) = operator.parse::<Operator>() else {
            let known = Operator::ALL.iter().map(|operator| operator.as_str());
            self.broken.push(Violation::unknown_value(place.to_owned(), known));
            return None;
        };
        let zone = self.company.time_zone;
        // The calendar's own ends begin on no clock: UTC stands for them.
        let day_start =
            |day: NaiveDate| start_of_day(day, zone).unwrap_or_else(|| day.and_time(NaiveTime::MIN).and_utc());
        let condition = Filter::condition(field, operator, inputs, &day_start);
        let named = || Named::from(place.to_owned());
        condition.map_err(|invalid| self.broken.push(of_invalid_condition(named(), operator, &invalid))).ok()
    }

    /// The words to search for; what is wrong with them is kept.
    pub(super) fn words(&mut self, text: Option<&str>) -> Vec<String> {
        let words = RecordQuery::search(text.unwrap_or_default());
        words.map_err(|rule| self.broken.push(of_broken(Named::from("q"), &rule))).unwrap_or_default()
    }

    /// An order: a name a step, `-` in front for the largest first.
    fn sort<'s>(&mut self, steps: impl Iterator<Item = &'s str>) -> Vec<Sort> {
        let steps: Vec<&str> = steps.filter(|step| !step.is_empty()).collect();
        if steps.len() > Sort::MOST {
            self.broken.push(Violation::new("sort", "too_many").with("max", &Sort::MOST));
            return Vec::new();
        }
        let step = |step: &&str| {
            let (name, descending) = step.strip_prefix('-').map_or((*step, false), |name| (name, true));
            let by = match name {
                "created_at" => SortBy::Created,
                name => SortBy::Field(self.field("sort", name)?.number),
            };
            Some(Sort { by, descending })
        };
        steps.iter().filter_map(step).collect()
    }

    /// Keeps what is wrong.
    pub(super) fn refuse(&mut self, violation: Violation) {
        self.broken.push(violation);
    }

    /// The filter of a body; what is wrong with it is kept.
    pub(super) fn filter(&mut self, sent: Option<&RawValue>) -> Filter {
        sent.map_or(Some(Filter::everything()), |text| group(self, "filter", 1, text)).unwrap_or(Filter::everything())
    }

    pub(super) fn finish(self, filter: Filter, words: Vec<String>, sort: Vec<Sort>) -> Result<RecordQuery, AppError> {
        if self.broken.is_empty() {
            Ok(RecordQuery { filter, words, sort })
        } else {
            Err(AppError::InvalidFilter(self.broken))
        }
    }
}

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
    /// Fields with commas between them, `-` in front for the largest first; `created_at` too. Records without a value
    /// come last; of those that are alike the id decides, in the direction of the last step.
    #[param(example = "-gasto,nombre")]
    sort: Option<String>,
    /// Words that texts of the record have, without regard to letter case and accents.
    q: Option<String>,
    /// By what `data`, `filter` and `sort` name fields.
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
pub(crate) fn asked_by_address(
    pairs: &Pairs,
    form: RecordForm,
    table: &Table,
    company: &Company,
) -> Result<RecordQuery, AppError> {
    let mut reader = Reader::new(table, company, form);
    let mut filters = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    for (key, _) in pairs {
        if !key.starts_with("filter") || seen.contains(&key.as_str()) {
            continue;
        }
        seen.push(key);
        let Some((name, operator)) = filter_key(key) else {
            reader.broken.push(Violation::new(key.clone(), "malformed"));
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
    let words = reader.words(last(pairs, "q"));
    let sort = reader.sort(last(pairs, "sort").unwrap_or_default().split(','));
    reader.finish(Filter::All(filters), words, sort)
}

/// List records.
///
/// A page of them, filtered and sorted as the address says: `filter[gasto][gte]=100&filter[ciudad][ne]=Lima`. The
/// operators are those of `POST …/records:query`; `is_null` takes `true` or `false`.
#[utoipa::path(
    get,
    path = "/api/entities/{entity_id}/records",
    tag = "tables",
    params(("entity_id" = String, Path, format = Uuid, description = "The entity type"), RecordsQuery),
    responses((status = 200, body = RecordsPage))
)]
pub(crate) async fn list_records(
    Guarded(actor, pairs): Guarded<ReadRecords, web::Query<Pairs>>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
) -> Result<Polled<RecordsPage>, Problem> {
    let (id, by, pairs) = (entity_id(&path)?, actor.mandate()?, pairs.into_inner());
    let paging = Paging::of(last(&pairs, "page"), last(&pairs, "page_size"))?;
    let form = form(last(&pairs, "keys"), last(&pairs, "numbers"))?;
    let use_cases = use_cases.into_inner();
    let page = blocking::call(move || {
        let asked = |table: &Table, company: &Company| asked_by_address(&pairs, form, table, company);
        RecordsPage::new(paging, &use_cases.records.list(&by, id, &asked, &paging.slice())?, form)
    })
    .await?;
    Ok(Polled(page))
}

/// Which records, with groups of conditions.
#[derive(Deserialize, ToSchema)]
pub(crate) struct QueryRequest<'a> {
    /// Which; all where it is left out.
    #[serde(borrow, default)]
    #[schema(value_type = Option<FilterView>)]
    filter: Option<&'a RawValue>,
    /// Words that texts of the record have.
    q: Option<String>,
    /// Fields in the order in which they sort, `-` in front for the largest first.
    #[serde(default)]
    #[schema(max_items = 5)]
    sort: Vec<String>,
    /// The page, from 1.
    #[schema(minimum = 1)]
    page: Option<u32>,
    /// Records on a page.
    #[schema(minimum = 1, maximum = 100)]
    page_size: Option<u32>,
    /// By what `data`, `filter` and `sort` name fields.
    #[schema(value_type = Option<KeysWord>)]
    keys: Option<String>,
    /// How `NUMBER` is written.
    #[schema(value_type = Option<NumbersWord>)]
    numbers: Option<String>,
}

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
    #[schema(value_type = Option<super::views::ValueView>)]
    value: Option<String>,
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

/// Reads a group or a condition. `place` says where, such as `filter.and[0]`.
fn group(reader: &mut Reader<'_>, place: &str, depth: usize, text: &RawValue) -> Option<Filter> {
    let wrong = |code: &'static str| Violation::new(place.to_owned(), code);
    if depth > Filter::MAX_DEPTH {
        reader.broken.push(wrong("too_deep").with("max", &Filter::MAX_DEPTH));
        return None;
    }
    let Some(read) = object::<Group<'_>>(text) else {
        reader.broken.push(Violation::wrong_type(place.to_owned(), ValueKind::Object));
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
                reader.broken.push(wrong("malformed"));
                return None;
            };
            reader.condition(place, &field, operator, &inputs)
        }
        _ => {
            reader.broken.push(wrong("malformed"));
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

impl QueryRequest<'_> {
    fn asked(&self, form: RecordForm, table: &Table, company: &Company) -> Result<RecordQuery, AppError> {
        let mut reader = Reader::new(table, company, form);
        let filter = reader.filter(self.filter);
        let words = reader.words(self.q.as_deref());
        let sort = reader.sort(self.sort.iter().map(String::as_str));
        reader.finish(filter, words, sort)
    }
}

/// Query records.
///
/// As the list, with groups: `{"filter": {"or": [{"field": "gasto", "op": "gte", "value": 100}, …]}}`. It changes
/// nothing.
#[utoipa::path(
    post,
    path = "/api/entities/{entity_id}/records:query",
    tag = "tables",
    params(("entity_id" = String, Path, format = Uuid, description = "The entity type")),
    request_body = QueryRequest,
    responses((status = 200, body = RecordsPage))
)]
pub(crate) async fn query_records(
    Guarded(actor, body): Guarded<ReadRecords, WrittenJson>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
) -> Result<Answered<RecordsPage>, Problem> {
    let (id, by, use_cases) = (entity_id(&path)?, actor.mandate()?, use_cases.into_inner());
    let page = blocking::run(move || -> Result<_, Problem> {
        use_cases.tables.find(&by, id)?;
        let request: QueryRequest<'_> = body.parse()?;
        let number = |number: Option<u32>| number.map(|number| number.to_string());
        let paging = Paging::of(number(request.page).as_deref(), number(request.page_size).as_deref())?;
        let form = form(request.keys.as_deref(), request.numbers.as_deref())?;
        let asked = |table: &Table, company: &Company| request.asked(form, table, company);
        Ok(RecordsPage::new(paging, &use_cases.records.list(&by, id, &asked, &paging.slice())?, form)?)
    })
    .await?;
    Ok(Answered(StatusCode::OK, page))
}
