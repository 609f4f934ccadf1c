//! All accounts at a glance.

mod query;
mod views;

use actix_web::{HttpRequest, web};
use atalaya_application::UseCases;
use atalaya_domain::mandate::ReadForecasts;

use self::query::OverviewParameters;
use self::views::OverviewResponse;
use crate::http::blocking;
use crate::http::extract::Guarded;
use crate::http::language::ReaderLanguage;
use crate::http::problem::Problem;
use crate::http::respond::{JSON, PolledResponse, Written};

/// Show all accounts at a glance.
///
/// Of each account that one sees its followers, changes over complete days, what is expected in 30 days, and what needs
/// attention; with sums over all of them.
#[utoipa::path(
    get,
    path = "/accounts/overview",
    tag = "accounts",
    params(OverviewParameters),
    responses((status = 200, body = OverviewResponse))
)]
pub(crate) async fn show_overview(
    request: HttpRequest,
    Guarded(actor, query): Guarded<ReadForecasts, web::Query<OverviewParameters>>,
    use_cases: web::Data<UseCases>,
    ReaderLanguage(language): ReaderLanguage,
) -> Result<PolledResponse, Problem> {
    let (by, asked, use_cases) = (actor.access()?, query.understood()?, use_cases.into_inner());
    let written = blocking::call(move || {
        let answer = use_cases.overview.accounts(by, &asked)?;
        Written::json(&OverviewResponse::of(answer, language))
    });
    Ok(written.await?.answer(&request, JSON))
}
