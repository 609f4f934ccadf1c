//! The route that gives an account by days.

use actix_web::{HttpRequest, web};
use atalaya_application::UseCases;
use atalaya_application::accounts::OwnedAccount;
use atalaya_application::observations::{DailyAnswer, DayQuery};
use atalaya_domain::forecast::Day;
use atalaya_domain::mandate::ReadForecasts;
use atalaya_domain::observation::Followers;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::parse::{date_span, wire_time};
use crate::http::blocking;
use crate::http::extract::Guarded;
use crate::http::problem::Problem;
use crate::http::respond::{JSON, PolledResponse, Written};

/// Which days.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DailyQuery {
    /// The first date, `YYYY-MM-DD`; 3,999 days before the last unless told.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<String>,
    /// The last date, at most 4,000 days in all; that of the newest observation unless told.
    #[param(value_type = Option<String>, format = Date)]
    to: Option<String>,
}

/// A day with an observation.
#[derive(Serialize, ToSchema)]
pub(crate) struct DayView {
    /// The date.
    #[schema(format = Date)]
    fecha: String,
    /// Followers at its last observation.
    seguidores: u64,
    /// Posts made on it; `null` where the running total of it or of the day before is not known.
    #[schema(required = true)]
    tweets: Option<u64>,
    /// Whether the day is over.
    complete: bool,
}

impl From<&Day> for DayView {
    fn from(day: &Day) -> Self {
        Self {
            fecha: day.date.to_string(),
            seguidores: day.followers.get(),
            tweets: day.posts.map(Followers::get),
            complete: day.is_complete,
        }
    }
}

/// An account by days.
#[derive(Serialize, ToSchema)]
pub(crate) struct DailyResponse {
    /// The account.
    cuenta: String,
    /// Where its days end, an IANA zone.
    zona_horaria: &'static str,
    /// The first date that was looked at.
    #[schema(format = Date)]
    from: String,
    /// The last date that was looked at.
    #[schema(format = Date)]
    to: String,
    /// The newest observation of the account; `null` where there is none.
    #[schema(format = DateTime, required = true)]
    data_until: Option<String>,
    /// The days with an observation, by date.
    days: Vec<DayView>,
}

impl DailyResponse {
    fn of(owned: &OwnedAccount<ReadForecasts>, answer: &DailyAnswer) -> Self {
        Self {
            cuenta: owned.account().handle.as_str().to_owned(),
            zona_horaria: owned.time_zone().name(),
            from: answer.span.start().to_string(),
            to: answer.span.end().to_string(),
            data_until: answer.data_until.map(wire_time),
            days: answer.days.iter().map(DayView::from).collect(),
        }
    }
}

/// Show an account by days.
///
/// Of each day of the account's own time zone what was observed last, as training takes it. Days without an observation
/// are left out.
#[utoipa::path(
    get,
    path = "/accounts/{username}/daily",
    tag = "observations",
    params(("username" = String, Path, description = "The account's handle"), DailyQuery),
    responses((status = 200, body = DailyResponse))
)]
pub(crate) async fn list_days(
    request: HttpRequest,
    Guarded(actor, query): Guarded<ReadForecasts, web::Query<DailyQuery>>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
) -> Result<PolledResponse, Problem> {
    let (by, use_cases) = (actor.mandate()?, use_cases.into_inner());
    let written = blocking::run(move || {
        let owned = use_cases.accounts.open(&by, &path)?;
        let (from, to) = date_span(query.from.as_deref(), query.to.as_deref())?;
        let answer = use_cases.observations.daily(&owned, DayQuery { from, to })?;
        Ok::<_, Problem>(Written::json(&DailyResponse::of(&owned, &answer))?)
    });
    Ok(written.await?.answer(&request, JSON))
}
