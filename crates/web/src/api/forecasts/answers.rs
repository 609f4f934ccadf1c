//! The routes that answer for one date.

use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use atalaya_application::AppError;
use atalaya_application::UseCases;
use atalaya_application::error::Violation;
use atalaya_application::forecasts::{ActivitySource, Answer, AssumingAnswer, ReadableAccount};
use atalaya_domain::access::Actor;
use atalaya_domain::forecast::{Assumptions, Level};
use atalaya_domain::id::ModelVersion;
use atalaya_domain::mandate::{Access, ReadForecasts};
use atalaya_domain::observation::Followers;
use atalaya_texts::Language;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::memory::{AnswerMemory, Asked};
use super::views::{
    BaselineView, CoverageView, IntervalView, StepCoverageView, WarningText, coverage, coverage_by_step,
    interval_views, warning_codes, warning_texts,
};
use super::{TARGET, at_version, open};
use crate::api::parse::{Rules, date, levels, version, wire_time};
use crate::api::schemas::{AssumptionSource, LevelPercent, ModelName, TargetWord, WarningCode};
use crate::http::blocking;
use crate::http::body::JsonBody;
use crate::http::extract::Guarded;
use crate::http::language::ReaderLanguage;
use crate::http::object;
use crate::http::problem::Problem;
use crate::http::respond::{Answered, JSON, Polled, PolledResponse};

/// Which date, and by which version.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PredictQuery {
    /// The date, `YYYY-MM-DD`, at whose end the followers are expected.
    #[param(value_type = String, format = Date, required = true)]
    fecha: Option<String>,
    /// Answer as this version does, whichever answers now.
    #[param(value_type = Option<i32>, minimum = 1)]
    version: Option<String>,
}

impl PredictQuery {
    fn parse(&self) -> Result<(NaiveDate, Option<ModelVersion>), Vec<Violation>> {
        let mut rules = Rules::default();
        let date = rules.take(date("fecha", self.fecha.as_deref()));
        let version = self.version.as_deref().and_then(|text| rules.take(version("version", text)));
        rules.finish(date.map(|date| (date, version)))
    }
}

/// The caller's assumptions about what is to come.
#[derive(Deserialize, Validate, ToSchema)]
pub(crate) struct ActivityAssumptions {
    /// Posts a day (a day's number, not a running total).
    #[validate(range(min = 0.0, max = 1_000_000.0))]
    #[schema(minimum = 0, maximum = 1_000_000)]
    tweets: Option<f64>,
    /// Values of covariates by name, as `compare-models` names them, on each day of which no record tells anything.
    #[serde(default)]
    #[validate(length(max = 8), custom(function = finite))]
    #[schema(value_type = std::collections::HashMap<String, f64>, example = json!({"campaign.flag": 1.0}))]
    covariates: BTreeMap<String, f64>,
}

/// Whether all values are numbers that a forecast can be computed for.
fn finite(values: &BTreeMap<String, f64>) -> Result<(), validator::ValidationError> {
    let all = values.values().all(|value| value.abs() <= 1e15);
    if all { Ok(()) } else { Err(validator::ValidationError::new("invalid")) }
}

/// A forecast under assumptions.
#[derive(Deserialize, Validate, ToSchema)]
pub(crate) struct PredictAssuming {
    /// The date, `YYYY-MM-DD`.
    #[schema(value_type = String, format = Date)]
    fecha: Option<String>,
    /// What to assume.
    #[serde(default, deserialize_with = "object::optional")]
    #[validate(nested)]
    datos: Option<ActivityAssumptions>,
    /// Levels of the intervals, in percent; 80 and 95 unless told.
    #[schema(value_type = Option<std::collections::HashSet<LevelPercent>>, max_items = 10)]
    level: Option<Vec<i64>>,
}

/// The expected followers at the end of a date.
#[derive(Serialize, ToSchema)]
pub(crate) struct PredictResponse {
    /// Whole followers.
    pub(super) prediction: u64,
    /// The readable name of the model.
    #[schema(value_type = ModelName)]
    pub(super) model_type: &'static str,
    /// Always `seguidores`.
    #[schema(value_type = TargetWord)]
    target_variable: &'static str,
    /// Who asked.
    requested_by: String,
    /// The company's name.
    empresa: String,
    /// The account.
    username: String,
    /// The date.
    #[schema(format = Date)]
    fecha: String,
    /// Days after the last date of the history; 0 or less inside it.
    pub(super) horizon_days: i32,
    /// The intervals.
    pub(super) intervals: Vec<IntervalView>,
    /// How often the truth was inside such intervals in this account's backtest.
    coverage: Vec<CoverageView>,
    /// The same by how many steps ahead the test values were; empty for versions trained before it was kept.
    coverage_by_step: Vec<StepCoverageView>,
    /// What the best baseline says.
    pub(super) baseline: BaselineView,
    /// The version of the model.
    #[schema(minimum = 1)]
    pub(super) model_version: i32,
    /// When it was trained.
    #[schema(format = DateTime)]
    trained_at: String,
    /// The last observation that it was trained on.
    #[schema(format = DateTime)]
    data_until: String,
    /// What was measured on the date, where it lies in the history.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) actual: Option<u64>,
    /// What the reader should know.
    #[schema(value_type = Vec<WarningCode>)]
    pub(super) warnings: Vec<&'static str>,
    /// The same in words.
    pub(super) warning_texts: Vec<WarningText>,
}

pub(super) fn response(
    actor: &Actor,
    account: &ReadableAccount,
    answer: &Answer,
    language: Language,
) -> Result<PredictResponse, Problem> {
    let snapshot = account.snapshot();
    let serving = account.serving()?;
    let report = serving.model.report();
    let forecast = &answer.forecast;
    Ok(PredictResponse {
        prediction: forecast.whole_mean().get(),
        model_type: report.served.name(),
        target_variable: TARGET,
        requested_by: actor.username().as_str().to_owned(),
        empresa: snapshot.company_name.as_str().to_owned(),
        username: snapshot.account.handle.as_str().to_owned(),
        fecha: forecast.date.to_string(),
        horizon_days: forecast.horizon_days,
        intervals: interval_views(forecast),
        coverage: coverage(report),
        coverage_by_step: coverage_by_step(report),
        baseline: BaselineView { name: report.baseline.name(), prediction: forecast.whole_baseline().get() },
        model_version: serving.version.get(),
        trained_at: wire_time(serving.trained_at),
        data_until: wire_time(report.data_until),
        actual: answer.actual.map(Followers::get),
        warnings: warning_codes(&answer.warnings),
        warning_texts: warning_texts(&answer.warnings, language),
    })
}

/// Forecast the followers of an account on a date.
///
/// The expected followers at the end of the date, with prediction intervals, how often such intervals held in backtest,
/// and the best baseline beside it. Inside the history it is what the model says of a known day, and `actual` is what
/// was measured. Dashboards poll it: send the `ETag` back as `If-None-Match`.
#[utoipa::path(
    get,
    path = "/regression/predict/{username}",
    tag = "forecasts",
    params(("username" = String, Path, description = "The account's handle"), PredictQuery),
    responses((status = 200, body = PredictResponse))
)]
pub(crate) async fn predict(
    request: HttpRequest,
    Guarded(actor, query): Guarded<ReadForecasts, web::Query<PredictQuery>>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
    memory: web::Data<AnswerMemory>,
    ReaderLanguage(language): ReaderLanguage,
) -> Result<PolledResponse, Problem> {
    let (by, actor) = (actor.access()?, actor.actor());
    let account = open(&use_cases, by, &path).await?;
    let (date, version) = query.parse()?;
    if let Some(version) = version {
        let account = at_version(&use_cases, by, account, version).await?;
        return Ok(Polled(predict_by(use_cases, (by, actor), account, (date, language)).await?).response(&request));
    }
    let asked = Asked { date, stale: use_cases.forecasts.has_stale_data(&account)?, language };
    if let Some(written) = memory.recall(&actor, &account, asked) {
        account.note_answer();
        return Ok(written.answer(&request, JSON));
    }
    if let Some(answer) = use_cases.forecasts.predict_ahead(&account, date, &Level::DEFAULTS)? {
        let body = serde_json::to_vec(&response(&actor, &account, &answer, language)?).map_err(AppError::internal)?;
        return Ok(memory.remember(&actor, &account, asked, body).answer(&request, JSON));
    }
    // What was measured on a date of the history is read anew each time: a change of it is not a change of the model.
    Ok(Polled(predict_by(use_cases, (by, actor), account, (date, language)).await?).response(&request))
}

/// Answers from the store, where memory does not do.
async fn predict_by(
    use_cases: web::Data<UseCases>,
    (by, actor): (Access<ReadForecasts>, Arc<Actor>),
    account: ReadableAccount,
    (date, language): (NaiveDate, Language),
) -> Result<PredictResponse, Problem> {
    let use_cases = use_cases.into_inner();
    blocking::run(move || {
        let answer = use_cases.forecasts.predict(by, &account, date, &Level::DEFAULTS)?;
        response(&actor, &account, &answer, language)
    })
    .await
}

/// What an answer assumes about activity.
#[derive(Serialize, ToSchema)]
pub(crate) struct AssumptionsView {
    /// Posts a day.
    #[schema(required = true)]
    tweets: Option<f64>,
    /// `caller`: of the request. `recent_mean`: the request named none. `none`: no activity is recorded, or the
    /// backtest does not show that it matters.
    #[schema(value_type = AssumptionSource)]
    source: &'static str,
}

/// The expected followers under assumptions.
#[derive(Serialize, ToSchema)]
pub(crate) struct AssumingResponse {
    #[serde(flatten)]
    prediction: PredictResponse,
    /// What is assumed.
    assumptions: AssumptionsView,
    /// By how many followers the request's assumption moved `prediction`: with it, minus without it.
    assumption_effect: i64,
    /// The posts a day that `prediction` is computed for: those assumed, or the nearest that were seen; `null` where
    /// posts do not enter.
    #[schema(minimum = 0, required = true)]
    assumption_used: Option<f64>,
    /// The values of covariates that `prediction` is computed for: those assumed, or the nearest that were seen;
    /// those that do not enter are left out.
    #[schema(value_type = std::collections::HashMap<String, f64>)]
    covariates_used: BTreeMap<String, f64>,
    /// What the history has seen, where the request's assumption entered.
    #[schema(required = true)]
    assumption_seen: Option<SeenView>,
}

/// Posts of a day.
#[derive(Serialize, ToSchema)]
pub(crate) struct SeenView {
    /// The fewest.
    #[schema(minimum = 0)]
    min: f64,
    /// The most.
    #[schema(minimum = 0)]
    max: f64,
}

fn assuming_response(
    actor: &Actor,
    account: &ReadableAccount,
    assuming: &AssumingAnswer,
    language: Language,
) -> Result<AssumingResponse, Problem> {
    let source = match assuming.source {
        ActivitySource::Caller => "caller",
        ActivitySource::RecentMean => "recent_mean",
        ActivitySource::None => "none",
    };
    Ok(AssumingResponse {
        prediction: response(actor, account, &assuming.answer, language)?,
        assumptions: AssumptionsView { tweets: assuming.posts_per_day, source },
        assumption_effect: assuming.effect,
        assumption_used: assuming.used,
        covariates_used: assuming.covariates.iter().cloned().collect(),
        assumption_seen: assuming.seen.as_ref().map(|seen| SeenView { min: *seen.start(), max: *seen.end() }),
    })
}

impl PredictAssuming {
    fn into_command(self) -> Result<(NaiveDate, Assumptions, Vec<Level>), Vec<Violation>> {
        let mut rules = Rules::default();
        let date = rules.take(date("fecha", self.fecha.as_deref()));
        let levels = rules.take_all(levels("level", self.level.as_deref()));
        let (posts_per_day, covariates) = self.datos.map(|datos| (datos.tweets, datos.covariates)).unwrap_or_default();
        let assumptions = Assumptions { posts_per_day, covariates: covariates.into_iter().collect() };
        rules.finish(date.zip(levels).map(|(date, levels)| (date, assumptions, levels)))
    }
}

/// Forecast under assumptions about future activity.
///
/// As the forecast of a date, for another activity than the recent one: so many posts a day, or other values of
/// covariates. The answer says what was assumed, whether the history ever saw so much, and by how much the assumption
/// moves the forecast.
#[utoipa::path(
    post,
    path = "/regression/predict/{username}",
    tag = "forecasts",
    params(("username" = String, Path, description = "The account's handle")),
    request_body = PredictAssuming,
    responses((status = 200, body = AssumingResponse))
)]
pub(crate) async fn predict_assuming(
    Guarded(actor, body): Guarded<ReadForecasts, JsonBody>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
    ReaderLanguage(language): ReaderLanguage,
) -> Result<Answered<AssumingResponse>, Problem> {
    let (by, actor) = (actor.access()?, actor.actor());
    let account = open(&use_cases, by, &path).await?;
    let (date, assumptions, levels) = body.parse::<PredictAssuming>()?.into_command()?;
    let use_cases = use_cases.into_inner();
    let view = blocking::run(move || {
        let assuming = use_cases.forecasts.predict_assuming(by, &account, date, &levels, &assumptions)?;
        assuming_response(&actor, &account, &assuming, language)
    })
    .await?;
    Ok(Answered(StatusCode::OK, view))
}
