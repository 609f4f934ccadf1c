//! Covariates: which records of a company's own tables explain followers, and what they brought.

use actix_web::http::StatusCode;
use actix_web::web;
use atalaya_application::UseCases;
use atalaya_application::covariates::{AskedCovariate, NamedCovariate};
use atalaya_application::error::Violation;
use atalaya_domain::covariate_source::{Aggregate, CovariateSource};
use atalaya_domain::forecast::{CovariateOutcome, CovariateShare, EventEffect, EventShare};
use atalaya_domain::mandate::{ReadForecasts, TrainModels};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::{VersionQuery, open_at};
use crate::api::parse::{Rules, known_word};
use crate::api::schemas::{AggregateWord, CovariateVerdictWord, KnownSinceWord};
use crate::http::blocking;
use crate::http::body::JsonBody;
use crate::http::extract::{Guarded, Permitted};
use crate::http::object;
use crate::http::problem::Problem;
use crate::http::respond::{Answered, Polled};

/// Records of an entity type as a covariate.
#[derive(Deserialize, Validate, ToSchema)]
pub(crate) struct CovariateRequest {
    /// The entity type, by its name or id.
    #[schema(max_length = 200, example = "campaign")]
    #[validate(length(max = 200))]
    entity: String,
    /// The field that tells the day of a record: a `DATE` or `DATETIME`.
    #[schema(max_length = 200, example = "fecha")]
    #[validate(length(max = 200))]
    date_field: String,
    /// The field whose values are put together: numbers for `sum`, `mean` and `max`, which need one; any for `count`,
    /// which else counts records; a `BOOLEAN` for `flag`, which else flags days with a record.
    #[schema(max_length = 200, example = "gasto")]
    #[validate(length(max = 200))]
    value_field: Option<String>,
    /// What becomes of the records of a day.
    #[schema(value_type = AggregateWord)]
    aggregate: String,
    /// The field that holds the handle of the account that a record is about: a `TEXT` or `CHOICE`. Records are about
    /// every account unless told.
    #[schema(max_length = 200)]
    #[validate(length(max = 200))]
    account_field: Option<String>,
    /// How many days after its own a record counts.
    #[serde(default)]
    #[schema(maximum = 30, default = 0)]
    lag_days: u8,
    /// The field that tells since when a record was known, such as the day on which a campaign was decided: a `DATE`
    /// or `DATETIME`. It counts where it is from before the record was made; else, and unless told, a record is known
    /// since it was written last.
    #[schema(max_length = 200)]
    #[validate(length(max = 200))]
    known_since_field: Option<String>,
}

/// Understands what was asked for, as far as that is possible without the tables.
pub(super) fn asked(covariates: Vec<CovariateRequest>) -> Result<Vec<AskedCovariate>, Vec<Violation>> {
    let mut rules = Rules::default();
    let one = |(index, asked): (usize, CovariateRequest)| {
        let known = Aggregate::ALL.iter().map(|aggregate| aggregate.as_str());
        let aggregate = known_word(format!("covariates[{index}].aggregate"), &asked.aggregate, known);
        let aggregate: Aggregate = rules.take(aggregate)?;
        let CovariateRequest { entity, date_field, value_field, account_field, lag_days, known_since_field, .. } =
            asked;
        Some(AskedCovariate { entity, date_field, value_field, aggregate, account_field, lag_days, known_since_field })
    };
    let covariates = covariates.into_iter().enumerate().filter_map(one).collect();
    rules.finish(Some(covariates))
}

/// A covariate that trainings use.
#[derive(Serialize, ToSchema)]
pub(crate) struct CovariateView {
    /// Its name in comparisons and explanations.
    #[schema(example = "campaign.gasto.sum")]
    name: String,
    /// The name of the entity type.
    entity: String,
    /// The name of the field that tells the day of a record.
    date_field: String,
    /// The name of the field whose values are put together; `null` where records are.
    #[schema(required = true)]
    value_field: Option<String>,
    /// What becomes of the records of a day.
    #[schema(value_type = AggregateWord)]
    aggregate: &'static str,
    /// The name of the field that tells the account of a record; `null` where records are about every account.
    #[schema(required = true)]
    account_field: Option<String>,
    /// How many days after its own a record counts.
    #[schema(maximum = 30)]
    lag_days: u8,
    /// The name of the field that tells since when a record was known; `null` where that is when it was written last.
    #[schema(required = true)]
    known_since_field: Option<String>,
}

impl From<NamedCovariate> for CovariateView {
    fn from(covariate: NamedCovariate) -> Self {
        let NamedCovariate { source, name, entity, date_field, value_field, account_field, known_since_field } =
            covariate;
        let CovariateSource { aggregate, lag_days, .. } = source;
        let aggregate = aggregate.as_str();
        Self { name, entity, date_field, value_field, aggregate, account_field, lag_days, known_since_field }
    }
}

/// The covariates of trainings that name none.
#[derive(Serialize, ToSchema)]
pub(crate) struct CovariatesView {
    /// In the order in which they are tried.
    covariates: Vec<CovariateView>,
}

impl From<Vec<NamedCovariate>> for CovariatesView {
    fn from(covariates: Vec<NamedCovariate>) -> Self {
        Self { covariates: covariates.into_iter().map(CovariateView::from).collect() }
    }
}

/// The covariates of trainings that name none.
#[derive(Deserialize, Validate, ToSchema)]
pub(crate) struct CovariatesRequest {
    /// In the order in which they are tried; none for an empty list.
    #[serde(deserialize_with = "object::list")]
    #[schema(max_items = 8)]
    #[validate(nested)]
    covariates: Vec<CovariateRequest>,
}

/// Show the covariates of trainings that name none.
///
/// Of those that come on a schedule too. One whose table or field is in the trash is left out.
#[utoipa::path(
    get,
    path = "/regression/covariates",
    tag = "forecasts",
    responses((status = 200, body = CovariatesView))
)]
pub(crate) async fn get_covariates(
    actor: Permitted<ReadForecasts>,
    use_cases: web::Data<UseCases>,
) -> Result<Polled<CovariatesView>, Problem> {
    let (by, use_cases) = (actor.access()?, use_cases.into_inner());
    let covariates = blocking::call(move || use_cases.covariates.default_of(&by)).await?;
    Ok(Polled(covariates.into()))
}

/// Set the covariates of trainings that name none.
///
/// They take the place of all that are shown. One whose table or field is in the trash stays where there is room, and
/// counts again once that is restored. Versions that were trained before go on as they are.
#[utoipa::path(
    put,
    path = "/regression/covariates",
    tag = "forecasts",
    request_body = CovariatesRequest,
    responses((status = 200, body = CovariatesView))
)]
pub(crate) async fn set_covariates(
    Guarded(actor, body): Guarded<TrainModels, JsonBody>,
    use_cases: web::Data<UseCases>,
) -> Result<Answered<CovariatesView>, Problem> {
    let (by, use_cases) = (actor.mandate()?, use_cases.into_inner());
    let asked = asked(body.parse::<CovariatesRequest>()?.covariates)?;
    let set = blocking::call(move || use_cases.covariates.set_default(&by, &asked)).await?;
    Ok(Answered(StatusCode::OK, set.into()))
}

/// What a past event brought.
#[derive(Serialize, ToSchema)]
pub(crate) struct EventView {
    /// The covariate that it is a value of.
    covariate: String,
    /// The day on which it counts.
    #[schema(format = Date)]
    fecha: String,
    /// Its value: 1 where days are flagged.
    value: f64,
    /// The change of that day as forecast from before it, without the event, in followers.
    expected: f64,
    /// The change that was observed.
    observed: f64,
    /// What it brought: the difference, drawn towards what the covariate's events have in common as far as they agree.
    effect: f64,
    /// Where the effect lies 95 times in a hundred: from here.
    lower: f64,
    /// To here.
    upper: f64,
    /// Whether that leaves out 0.
    found: bool,
}

impl From<EventEffect> for EventView {
    fn from(event: EventEffect) -> Self {
        let found = event.is_found();
        let EventEffect { covariate, date, value, expected, observed, effect, lower, upper } = event;
        Self { covariate, fecha: date.to_string(), value, expected, observed, effect, lower, upper, found }
    }
}

/// What past events brought.
#[derive(Serialize, ToSchema)]
pub(crate) struct EventsResponse {
    /// The account.
    account_name: String,
    /// The version that measured them.
    #[schema(minimum = 1)]
    model_version: i32,
    /// By date.
    events: Vec<EventView>,
}

/// Show what past events brought.
///
/// Of every covariate of the training that is zero on most days, kept or not: the change of each of its days against
/// the one that was to be expected without it from the days before.
#[utoipa::path(
    get,
    path = "/regression/events/{username}",
    tag = "forecasts",
    params(("username" = String, Path, description = "The account's handle"), VersionQuery),
    responses((status = 200, body = EventsResponse))
)]
pub(crate) async fn list_events(
    Guarded(actor, query): Guarded<ReadForecasts, web::Query<VersionQuery>>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
) -> Result<Polled<EventsResponse>, Problem> {
    let account = open_at(&use_cases, actor.access()?, &path, &query).await?;
    let serving = account.serving()?;
    Ok(Polled(EventsResponse {
        account_name: account.snapshot().account.handle.as_str().to_owned(),
        model_version: serving.version.get(),
        events: serving.model.events().into_iter().map(EventView::from).collect(),
    }))
}

/// What the backtest said of a covariate.
#[derive(Serialize, ToSchema)]
pub(crate) struct CovariateOutcomeView {
    /// Its name.
    name: String,
    /// Whether it enters forecasts.
    kept: bool,
    /// `KEPT`; else why it is not. `FEW_DAYS`: it stood out on fewer than three days that were known before they came.
    /// `NO_GAIN`: changes are not forecast better with it by more than chance explains. `WORSE_FORECASTS`: the test
    /// windows are forecast worse with it. `HOURLY_GRID`: the series is of hours.
    #[schema(value_type = CovariateVerdictWord)]
    verdict: &'static str,
    /// Since when its records count as known. `recorded`: since they were written last. `declared`: some of them
    /// since a day that their `known_since_field` declares, which nobody can prove.
    #[schema(value_type = KnownSinceWord)]
    basis: &'static str,
    /// Followers that a unit of it brings.
    effect: f64,
    /// The standard error of that.
    #[schema(minimum = 0)]
    standard_error: f64,
    /// Days of the backtest on which it stood out.
    days: u32,
    /// The mean absolute error on those days without it, forecast from the day before.
    #[schema(minimum = 0)]
    mae_without: f64,
    /// The same with it.
    #[schema(minimum = 0)]
    mae_with: f64,
}

impl From<&CovariateOutcome> for CovariateOutcomeView {
    fn from(outcome: &CovariateOutcome) -> Self {
        Self {
            name: outcome.name.clone(),
            kept: outcome.is_kept(),
            verdict: outcome.verdict.code(),
            basis: outcome.basis.code(),
            effect: outcome.effect,
            standard_error: outcome.error,
            days: outcome.days,
            mae_without: outcome.error_without,
            mae_with: outcome.error_with,
        }
    }
}

/// What a coming event adds to a forecast.
#[derive(Serialize, ToSchema)]
pub(crate) struct EventShareView {
    /// The day on which it counts.
    #[schema(format = Date)]
    fecha: String,
    /// Its value.
    value: f64,
    /// Followers that it adds.
    effect: f64,
    /// Half of the 95 % interval of that.
    #[schema(minimum = 0)]
    margin: f64,
}

impl From<EventShare> for EventShareView {
    fn from(event: EventShare) -> Self {
        let EventShare { date, value, effect, margin } = event;
        Self { fecha: date.to_string(), value, effect, margin }
    }
}

/// What a covariate adds to a forecast.
#[derive(Serialize, ToSchema)]
pub(crate) struct CovariateShareView {
    /// Its name.
    covariate: String,
    /// Followers that all its days until then add.
    effect: f64,
    /// Half of the 95 % interval of that.
    #[schema(minimum = 0)]
    margin: f64,
    /// Its days that are known and not zero.
    events: Vec<EventShareView>,
    /// The first day of which nothing is known, so that what is usual on its weekday is assumed from then on; `null`
    /// where all are known.
    #[schema(format = Date, required = true)]
    assumed_from: Option<String>,
}

impl From<CovariateShare> for CovariateShareView {
    fn from(share: CovariateShare) -> Self {
        let CovariateShare { covariate, effect, margin, events, assumed_from } = share;
        Self {
            covariate,
            effect,
            margin,
            events: events.into_iter().map(EventShareView::from).collect(),
            assumed_from: assumed_from.map(|date| date.to_string()),
        }
    }
}
