//! The lists of one's own accounts, as forecasts see them.

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, web};
use atalaya_application::AppError;
use atalaya_application::UseCases;
use atalaya_application::accounts::AccountList;
use atalaya_application::page::PageRequest;
use atalaya_application::ports::repositories::AccountSummary;
use atalaya_domain::account::AccountHandle;
use atalaya_domain::mandate::ReadForecasts;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::accounts::OwnAccountsQuery;
use crate::api::cursor::Cursor as _;
use crate::api::parse::wire_time;
use crate::http::blocking;
use crate::http::extract::{Guarded, Permitted};
use crate::http::problem::Problem;
use crate::http::respond::{Polled, PolledResponse};

/// List the accounts that have a model.
///
/// Names of the accounts that one sees, as a bare list. `Link` (RFC 8288) leads to the next page.
#[utoipa::path(
    get,
    path = "/regression/users",
    tag = "forecasts",
    params(OwnAccountsQuery),
    responses((
        status = 200,
        body = Vec<String>,
        headers(("Link" = String, description = "The next page, as rel=\"next\""))
    ))
)]
pub(crate) async fn list_forecast_accounts(
    request: HttpRequest,
    Guarded(actor, query): Guarded<ReadForecasts, web::Query<OwnAccountsQuery>>,
    use_cases: web::Data<UseCases>,
) -> Result<PolledResponse, Problem> {
    let AccountList { accounts, next, .. } = available(&actor, &query, &use_cases).await?;
    let limit = query.page()?.map_or(PageRequest::<AccountHandle>::DEFAULT_LIMIT, |page| page.limit());
    let trained = accounts.into_iter().filter(|account| account.has_model);
    let names: Vec<String> = trained.map(|account| account.account.handle.as_str().to_owned()).collect();
    let mut response = Polled(names).response(&request);
    if let Some(next) = next {
        // A handle is ASCII letters, digits, `_`, `.` and `-`: nothing in it needs escaping.
        let link = format!("</regression/users?limit={limit}&cursor={}>; rel=\"next\"", next.write());
        let link = HeaderValue::try_from(link).map_err(AppError::internal)?;
        response.0.headers_mut().insert(header::LINK, link);
    }
    Ok(response)
}

async fn available(
    actor: &Permitted<ReadForecasts>,
    query: &OwnAccountsQuery,
    use_cases: &web::Data<UseCases>,
) -> Result<AccountList, Problem> {
    let (request, by, use_cases) = (query.page()?, actor.access()?, use_cases.clone().into_inner());
    blocking::call(move || use_cases.forecasts.available(by, request.as_ref())).await
}

/// One of one's own accounts.
#[derive(Serialize, ToSchema)]
pub(crate) struct AvailableAccount {
    /// The handle.
    cuenta: String,
    /// The name that a dashboard shows.
    nombre: String,
    /// Whether it has a model.
    has_model: bool,
    /// Observations stored.
    observations: u64,
    /// The newest observation.
    #[schema(format = DateTime, required = true)]
    data_until: Option<String>,
}

/// One's own accounts, with how much there is of each.
#[derive(Serialize, ToSchema)]
pub(crate) struct AvailableResponse {
    /// By handle.
    accounts: Vec<AvailableAccount>,
    /// How many, on all pages.
    total: u64,
    /// Where the next page begins; left out where none follows.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

impl From<AccountSummary> for AvailableAccount {
    fn from(summary: AccountSummary) -> Self {
        Self {
            cuenta: summary.account.handle.as_str().to_owned(),
            nombre: summary.account.name.as_str().to_owned(),
            has_model: summary.has_model,
            observations: summary.observations,
            data_until: summary.data_until.map(wire_time),
        }
    }
}

/// List accounts with and without a model.
///
/// The accounts that one sees, and whether each can be forecast. Without `limit` and `cursor` the list is whole.
#[utoipa::path(
    get,
    path = "/regression/available-accounts",
    tag = "forecasts",
    params(OwnAccountsQuery),
    responses((status = 200, body = AvailableResponse))
)]
pub(crate) async fn list_available_accounts(
    Guarded(actor, query): Guarded<ReadForecasts, web::Query<OwnAccountsQuery>>,
    use_cases: web::Data<UseCases>,
) -> Result<Polled<AvailableResponse>, Problem> {
    let AccountList { accounts, total, next } = available(&actor, &query, &use_cases).await?;
    let accounts = accounts.into_iter().map(AvailableAccount::from).collect();
    let next_cursor = next.map(|handle| handle.write());
    Ok(Polled(AvailableResponse { accounts, total, next_cursor }))
}
