//! Totals of records by groups.

use actix_web::http::StatusCode;
use actix_web::web;
use atalaya_application::error::Violation;
use atalaya_application::tables::Totals;
use atalaya_application::{AppError, UseCases};
use atalaya_domain::company::Company;
use atalaya_domain::mandate::ReadRecords;
use atalaya_domain::tables::{
    Aggregation, CalendarUnit, Field, Group, GroupBy, InvalidAggregation, Measure, MeasureKind, RecordQuery, Table,
    Value,
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::entities::entity_id;
use super::filter::{FilterView, filter};
use super::form::form;
use super::input::WrittenJson;
use super::reader::Reader;
use super::values::{RecordForm, ValueView};
use crate::api::schemas::{CalendarUnitWord, KeysWord, MeasureWord, NumbersWord};
use crate::http::blocking;
use crate::http::extract::Guarded;
use crate::http::problem::Problem;
use crate::http::respond::Answered;

/// A field to group by.
#[derive(Deserialize, ToSchema)]
pub(crate) struct GroupByRequest {
    /// The field, by its name or id.
    #[schema(example = "dia")]
    field: String,
    /// The span of days that makes a group, of fields that hold days or instants; each value for itself where it is
    /// left out. Instants have the days of the company's time zone.
    #[schema(value_type = Option<CalendarUnitWord>)]
    by: Option<String>,
}

/// What to measure of each group.
#[derive(Deserialize, ToSchema)]
pub(crate) struct MeasureRequest {
    /// What. `sum` and `mean` are for numbers, `min` and `max` also for days and instants.
    #[schema(value_type = MeasureWord)]
    measure: String,
    /// Of which field; `count` without one counts records, and with one those that have a value.
    #[schema(example = "gasto")]
    field: Option<String>,
}

/// Which records, by what they are grouped, and what is measured.
#[derive(Deserialize, ToSchema)]
pub(crate) struct AggregateRequest<'a> {
    /// Which; all where it is left out.
    #[serde(borrow, default)]
    #[schema(value_type = Option<FilterView>)]
    filter: Option<&'a RawValue>,
    /// Words that texts of the record have.
    q: Option<String>,
    /// By what; all records are one group where it is left out.
    #[serde(default)]
    #[schema(max_items = 3)]
    group_by: Vec<GroupByRequest>,
    /// What is measured.
    #[schema(min_items = 1, max_items = 10)]
    measures: Vec<MeasureRequest>,
    /// By what `filter`, `group_by` and `measures` name fields.
    #[schema(value_type = Option<KeysWord>)]
    keys: Option<String>,
    /// How `NUMBER` is written.
    #[schema(value_type = Option<NumbersWord>)]
    numbers: Option<String>,
}

/// A group of records.
#[derive(Serialize, ToSchema)]
pub(crate) struct GroupView {
    /// The value of each field of `group_by`, or the first day of the period; `null` for records without one.
    key: Vec<Option<ValueView>>,
    /// Each of `measures`; `null` where no record of the group has a value, and where a sum has more than 28 digits.
    measures: Vec<Option<ValueView>>,
}

/// What records come to.
#[derive(Serialize, ToSchema)]
pub(crate) struct TotalsResponse {
    /// The groups, by their values, those without one last.
    groups: Vec<GroupView>,
    /// How many records there are in all groups.
    records: u64,
}

impl TotalsResponse {
    fn new(totals: &Totals, form: RecordForm) -> Result<Self, AppError> {
        let view = |value: &Option<Value>| value.as_ref().map(|value| ValueView::new(value, form)).transpose();
        let views = |values: &[Option<Value>]| values.iter().map(view).collect::<Result<Vec<_>, AppError>>();
        let group = |group: &Group| Ok(GroupView { key: views(&group.key)?, measures: views(&group.measured)? });
        let groups = totals.groups.iter().map(group).collect::<Result<_, AppError>>()?;
        Ok(Self { groups, records: totals.records })
    }
}

fn of_invalid(place: &str, invalid: InvalidAggregation) -> Violation {
    let (place, code) = match invalid {
        InvalidAggregation::Type => (place.to_owned(), "not_for_type"),
        InvalidAggregation::FieldMissing => (format!("{place}.field"), "missing"),
    };
    Violation::new(place, code)
}

impl GroupByRequest {
    fn read(&self, reader: &mut Reader<'_>, index: usize) -> Option<GroupBy> {
        let place = format!("group_by[{index}]");
        let known = CalendarUnit::ALL.iter().map(|unit| unit.as_str());
        let unit = match &self.by {
            None => None,
            Some(sent) => Some(reader.word(&format!("{place}.by"), sent, known)?),
        };
        let field = reader.field(&place, &self.field)?;
        GroupBy::new(field, unit).map_err(|invalid| reader.refuse(of_invalid(&place, invalid))).ok()
    }
}

impl MeasureRequest {
    fn read(&self, reader: &mut Reader<'_>, index: usize) -> Option<Measure> {
        let place = format!("measures[{index}]");
        let known = MeasureKind::ALL.iter().map(|kind| kind.as_str());
        let kind = reader.word(&format!("{place}.measure"), &self.measure, known)?;
        let field: Option<&Field> = match &self.field {
            None => None,
            Some(name) => Some(reader.field(&place, name)?),
        };
        Measure::new(kind, field).map_err(|invalid| reader.refuse(of_invalid(&place, invalid))).ok()
    }
}

impl AggregateRequest<'_> {
    fn asked(
        &self,
        form: RecordForm,
        table: &Table,
        company: &Company,
    ) -> Result<(RecordQuery, Aggregation), AppError> {
        let mut reader = Reader::new(table, company, form);
        let filter = filter(&mut reader, self.filter);
        let words = reader.words(self.q.as_deref());
        let mut bounded = |name: &'static str, count: usize, max: usize| {
            if count > max {
                reader.refuse(Violation::new(name, "too_many").with("max", &max));
            }
        };
        bounded("group_by", self.group_by.len(), Aggregation::MOST_GROUP_BY);
        bounded("measures", self.measures.len(), Aggregation::MOST_MEASURES);
        if self.measures.is_empty() {
            reader.refuse(Violation::new("measures", "empty"));
        }
        let group_by = self.group_by.iter().take(Aggregation::MOST_GROUP_BY).enumerate();
        let group_by = group_by.filter_map(|(index, by)| by.read(&mut reader, index)).collect();
        let measures = self.measures.iter().take(Aggregation::MOST_MEASURES).enumerate();
        let measures = measures.filter_map(|(index, measure)| measure.read(&mut reader, index)).collect();
        let query = reader.finish(filter, words, Vec::new())?;
        Ok((query, Aggregation { group_by, measures, zone: company.time_zone }))
    }
}

/// Group records and measure the groups.
///
/// Sums are exact decimals. At most 10,000 groups are told; more are 400 `INVALID_FILTER`. It changes nothing.
#[utoipa::path(
    post,
    path = "/api/entities/{entity_id}/records:aggregate",
    tag = "tables",
    params(("entity_id" = String, Path, format = Uuid, description = "The entity type")),
    request_body = AggregateRequest,
    responses((status = 200, body = TotalsResponse))
)]
pub(crate) async fn aggregate_records(
    Guarded(actor, body): Guarded<ReadRecords, WrittenJson>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
) -> Result<Answered<TotalsResponse>, Problem> {
    let (id, by, use_cases) = (entity_id(&path)?, actor.mandate()?, use_cases.into_inner());
    let totals = blocking::run(move || -> Result<_, Problem> {
        use_cases.tables.find(&by, id)?;
        let request: AggregateRequest<'_> = body.parse()?;
        let form = form(request.keys.as_deref(), request.numbers.as_deref())?;
        let asked = |table: &Table, company: &Company| request.asked(form, table, company);
        Ok(TotalsResponse::new(&use_cases.records.aggregate(&by, id, &asked)?, form)?)
    })
    .await?;
    Ok(Answered(StatusCode::OK, totals))
}
