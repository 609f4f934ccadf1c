//! All accounts at a glance.

mod query;
mod views;

use actix_web::web;
use atalaya_application::UseCases;
use atalaya_domain::mandate::ReadForecasts;

use self::query::OverviewParameters;
use self::views::OverviewResponse;
use crate::http::blocking;
use crate::http::extract::Guarded;
use crate::http::language::ReaderLanguage;
use crate::http::problem::Problem;
use crate::http::respond::Polled;

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
    Guarded(actor, query): Guarded<ReadForecasts, web::Query<OverviewParameters>>,
    use_cases: web::Data<UseCases>,
    ReaderLanguage(language): ReaderLanguage,
) -> Result<Polled<OverviewResponse>, Problem> {
    let (by, asked, use_cases) = (actor.access()?, query.understood()?, use_cases.into_inner());
    let answer = blocking::call(move || use_cases.overview.accounts(by, &asked)).await?;
    Ok(Polled(OverviewResponse::of(answer, language)))
}
