//! Querying records with groups of conditions.

use actix_web::http::StatusCode;
use actix_web::web;
use atalaya_application::UseCases;
use atalaya_domain::company::Company;
use atalaya_domain::mandate::ReadRecords;
use atalaya_domain::tables::{Table, View};
use serde::Deserialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::asked::Asked;
use super::entities::entity_id;
use super::expansion::expand;
use super::filter::FilterView;
use super::form::form;
use super::input::WrittenJson;
use super::page::RecordsPage;
use super::paging::ListPaging;
use crate::api::schemas::{KeysWord, NumbersWord};
use crate::http::blocking;
use crate::http::extract::Guarded;
use crate::http::problem::Problem;
use crate::http::respond::Answered;

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
    /// `next_cursor` of the page before, asked with the same `sort`, in place of `page`.
    #[schema(min_length = 1)]
    cursor: Option<String>,
    /// The fields that `data` holds; all where it is left out.
    #[serde(default)]
    #[schema(max_items = 200)]
    fields: Vec<String>,
    /// Relations: what they point to is told as `expanded`. `a.b` follows `b` of what `a` points to.
    #[serde(default)]
    #[schema(max_items = 10)]
    expand: Vec<String>,
    /// By what `data`, `filter`, `sort`, `fields` and `expand` name fields.
    #[schema(value_type = Option<KeysWord>)]
    keys: Option<String>,
    /// How `NUMBER` is written.
    #[schema(value_type = Option<NumbersWord>)]
    numbers: Option<String>,
}

impl QueryRequest<'_> {
    fn asked(&self) -> Asked<'_> {
        Asked { filter: self.filter, q: self.q.as_deref(), sort: &self.sort, fields: &self.fields }
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
        let (page, size) = (number(request.page), number(request.page_size));
        let paging = ListPaging::of(page.as_deref(), size.as_deref(), request.cursor.as_deref())?;
        let form = form(request.keys.as_deref(), request.numbers.as_deref())?;
        let expand = expand(form.keys, request.expand.iter().map(String::as_str))?;
        let asked = request.asked();
        let asked = |table: &Table, company: &Company, _: Option<&View>| asked.selection(table, company, form);
        Ok(RecordsPage::new(&paging, &use_cases.records.list(&by, id, None, &asked, &paging.part, &expand)?, form)?)
    })
    .await?;
    Ok(Answered(StatusCode::OK, page))
}
