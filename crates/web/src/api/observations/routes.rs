//! Reading and deleting what is stored of an account.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, mime, web};
use atalaya_application::UseCases;
use atalaya_application::error::AppError;
use atalaya_application::page::{Page, PageRequest};
use atalaya_domain::mandate::{DeleteObservations, ReadForecasts};
use atalaya_domain::observation::{Followers, Observation};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::csv;
use crate::api::cursor::Cursor as _;
use crate::api::parse::{page, span, wire_time};
use crate::api::schemas::MomentText;
use crate::http::accept::prefers;
use crate::http::blocking;
use crate::http::exports::{CSV, Outlet};
use crate::http::extract::Guarded;
use crate::http::problem::Problem;
use crate::http::respond::{Answered, Polled, PolledResponse, polled_bytes};
use crate::http::state::HttpState;

/// A stored observation.
#[derive(Serialize, ToSchema)]
pub(crate) struct ObservationView {
    /// When, in UTC.
    #[schema(format = DateTime)]
    hora: String,
    /// Followers.
    seguidores: u64,
    /// Running total of posts.
    #[schema(required = true)]
    tweets: Option<u64>,
    /// Accounts followed.
    #[schema(required = true)]
    siguiendo: Option<u64>,
}

/// A page of observations.
#[derive(Serialize, ToSchema)]
pub(crate) struct ObservationsResponse {
    /// By time.
    observations: Vec<ObservationView>,
    /// Where the next page begins; `null` on the last.
    #[schema(required = true)]
    next_cursor: Option<String>,
}

/// What a deletion did.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeletionResponse {
    /// Observations deleted.
    deleted: u64,
}

/// Which observations.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SpanQuery {
    /// Not before this date or time.
    #[param(value_type = Option<MomentText>)]
    from: Option<String>,
    /// Not after this date or time; a date is included whole.
    #[param(value_type = Option<MomentText>)]
    to: Option<String>,
    /// Items on a page, 1 to 1,000; 100 unless told. A CSV without `limit` holds everything.
    #[param(minimum = 1, maximum = 1000, value_type = Option<u32>)]
    limit: Option<String>,
    /// `next_cursor` of the page before.
    #[param(min_length = 1)]
    cursor: Option<String>,
}

impl From<Observation> for ObservationView {
    fn from(observation: Observation) -> Self {
        Self {
            hora: wire_time(observation.at),
            seguidores: observation.followers.get(),
            tweets: observation.posts.map(Followers::get),
            siguiendo: observation.following.map(Followers::get),
        }
    }
}

/// List observations.
///
/// As JSON in pages, or as CSV where `Accept` prefers `text/csv`. A CSV without `limit` and `cursor` is one consistent
/// state of the account, however long it is.
#[utoipa::path(
    get,
    path = "/accounts/{username}/observations",
    tag = "observations",
    params(("username" = String, Path, description = "The account's handle"), SpanQuery),
    responses((status = 200, content(
        (ObservationsResponse = "application/json"),
        (String = "text/csv")
    )))
)]
pub(crate) async fn list_observations(
    request: HttpRequest,
    Guarded(actor, query): Guarded<ReadForecasts, web::Query<SpanQuery>>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
    http: web::Data<HttpState>,
) -> Result<PolledResponse, Problem> {
    let wants_csv = prefers(&request, &mime::TEXT_CSV);
    let whole = wants_csv && query.limit.is_none() && query.cursor.is_none();
    let (by, use_cases) = (actor.mandate()?, use_cases.into_inner());
    let reader = Arc::clone(&use_cases);
    let (owned, span, Page { items, next }) = blocking::run(move || {
        let owned = reader.accounts.open(&by, &path)?;
        let span = span(query.from.as_deref(), query.to.as_deref(), owned.time_zone())?;
        let request = if whole {
            PageRequest::new(None, PageRequest::<DateTime<Utc>>::MAX_LIMIT)
        } else {
            page(query.limit.as_deref(), query.cursor.as_deref())?
        };
        let page = reader.observations.list(&owned, span, &request)?;
        Ok::<_, Problem>((owned, span, page))
    })
    .await?;
    if whole && next.is_some() {
        let work = move |outlet: &mut Outlet| {
            use_cases.observations.export(&owned, span, &mut |items| outlet.give(|first| csv::part(&items, first)))
        };
        return http.exports.stream(&actor, work).await.map(PolledResponse);
    }
    if wants_csv {
        let text = csv::write(&items).map_err(AppError::internal)?;
        return Ok(polled_bytes(&request, text, CSV));
    }
    let body = ObservationsResponse {
        observations: items.into_iter().map(ObservationView::from).collect(),
        next_cursor: next.map(|at| at.write()),
    };
    Ok(Polled(body).response(&request))
}

/// Delete observations of a span.
///
/// One bound at least must be named, so that no slip deletes everything. A date is included whole.
#[utoipa::path(
    delete,
    path = "/accounts/{username}/observations",
    tag = "observations",
    params(
        ("username" = String, Path, description = "The account's handle"),
        ("from" = Option<String>, Query, description = "Not before this date or time"),
        ("to" = Option<String>, Query, description = "Not after this date or time; a date is included whole")
    ),
    responses((status = 200, body = DeletionResponse))
)]
pub(crate) async fn delete_observations(
    Guarded(actor, query): Guarded<DeleteObservations, web::Query<SpanQuery>>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
) -> Result<Answered<DeletionResponse>, Problem> {
    let (by, use_cases) = (actor.mandate()?, use_cases.into_inner());
    let deleted = blocking::run(move || {
        let owned = use_cases.accounts.open(&by, &path)?;
        if query.from.is_none() && query.to.is_none() {
            return Err(Problem::invalid("from", "missing"));
        }
        let span = span(query.from.as_deref(), query.to.as_deref(), owned.time_zone())?;
        Ok::<_, Problem>(use_cases.observations.delete(&owned, span)?)
    })
    .await?;
    Ok(Answered(StatusCode::OK, DeletionResponse { deleted }))
}
