//! Listing records.

use actix_web::web;
use atalaya_application::UseCases;
use atalaya_domain::company::Company;
use atalaya_domain::mandate::ReadRecords;
use atalaya_domain::tables::{Table, View};

use super::address::{Pairs, RecordsQuery, asked_with_view, last, view_of};
use super::entities::entity_id;
use super::expansion::expand;
use super::form::form;
use super::page::RecordsPage;
use super::paging::ListPaging;
use crate::http::blocking;
use crate::http::extract::Guarded;
use crate::http::problem::Problem;
use crate::http::respond::Polled;

/// List records.
///
/// A page of them, by its number or by `cursor`, filtered and sorted as the address says:
/// `filter[gasto][gte]=100&filter[ciudad][ne]=Lima`. The operators are those of `POST …/records:query`; `is_null` takes
/// `true` or `false`.
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
    let paging = ListPaging::of(last(&pairs, "page"), last(&pairs, "page_size"), last(&pairs, "cursor"))?;
    let form = form(last(&pairs, "keys"), last(&pairs, "numbers"))?;
    let expand = expand(form.keys, last(&pairs, "expand").unwrap_or_default().split(','))?;
    let view = view_of(&pairs, actor.actor().user())?;
    let use_cases = use_cases.into_inner();
    let page = blocking::call(move || {
        let asked =
            |table: &Table, company: &Company, view: Option<&View>| asked_with_view(&pairs, form, table, company, view);
        let list = use_cases.records.list(&by, id, view, &asked, &paging.part, &expand)?;
        Ok(RecordsPage::new(&paging, &list, form)?.with_view(view, &list))
    })
    .await?;
    Ok(Polled(page))
}
