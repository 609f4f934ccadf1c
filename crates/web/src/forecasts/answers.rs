//! The routes that answer with forecasts.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, Responder, get, post, web};
use atalaya_application::AppError;
use atalaya_application::error::Violation;
use atalaya_application::forecasts::{Answer, Forecasts, ReadableAccount};
use atalaya_domain::access::Actor;
use atalaya_domain::forecast::{Assumptions, Horizon, Level, PointForecast, Warning};
use atalaya_domain::observation::Followers;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::memory::AnswerMemory;
use super::{TARGET, open};
use crate::blocking;
use crate::body::JsonBody;
use crate::edge::tell_denied;
use crate::extract::{Guarded, ReadForecasts};
use crate::idempotency::Idempotency;
use crate::object;
use crate::parse::{Rules, date, levels, wire_time};
use crate::problem::{Kind, Problem};
use crate::respond::{Answered, Polled};
use crate::text::{self, Language};

/// Which date.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PredictQuery {
    /// The date, `YYYY-MM-DD`, at whose end the followers are expected.
    #[param(value_type = String, format = Date, required = true)]
    fecha: Option<String>,
}

/// The caller's assumptions about future activity.
#[derive(Deserialize, Validate, ToSchema)]
pub(crate) struct ActivityAssumptions {
    /// Posts a day (a day's number, not a running total).
    #[validate(range(min = 0.0, max = 1_000_000.0))]
    tweets: Option<f64>,
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
    level: Option<Vec<i64>>,
}

/// An interval that should hold the truth `level` times in a hundred.
#[derive(Serialize, ToSchema)]
pub(crate) struct IntervalView {
    /// In percent.
    #[schema(example = 80)]
    level: u8,
    /// Lower bound, whole followers.
    lower: u64,
    /// Upper bound, whole followers.
    upper: u64,
}

/// What the best baseline says.
#[derive(Serialize, ToSchema)]
pub(crate) struct BaselineView {
    /// Its readable name.
    #[schema(example = "Drift")]
    name: &'static str,
    /// Whole followers.
    prediction: u64,
}

/// The expected followers at the end of a date.
#[derive(Serialize, ToSchema)]
pub(crate) struct PredictResponse {
    /// Whole followers.
    prediction: u64,
    /// The readable name of the model.
    #[schema(example = "Random Forest")]
    model_type: &'static str,
    /// Always `seguidores`.
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
    horizon_days: i32,
    /// The intervals.
    intervals: Vec<IntervalView>,
    /// What the best baseline says.
    baseline: BaselineView,
    /// The version of the model.
    model_version: i32,
    /// When it was trained.
    trained_at: String,
    /// The last observation that it was trained on.
    data_until: String,
    /// What was measured on the date, where it lies in the history.
    #[serde(skip_serializing_if = "Option::is_none")]
    actual: Option<u64>,
    /// What the reader should know.
    #[schema(value_type = Vec<String>, example = json!(["STALE_MODEL"]))]
    warnings: Vec<&'static str>,
}

pub(super) fn warning_codes(warnings: &[Warning]) -> Vec<&'static str> {
    warnings.iter().map(|warning| warning.code()).collect()
}

fn interval_views(forecast: &PointForecast) -> Vec<IntervalView> {
    let view = |interval: atalaya_domain::forecast::WholeInterval| IntervalView {
        level: interval.level.percent(),
        lower: interval.lower.get(),
        upper: interval.upper.get(),
    };
    forecast.whole_intervals().into_iter().map(view).collect()
}

fn response(actor: &Actor, account: &ReadableAccount, answer: &Answer) -> Result<PredictResponse, Problem> {
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
        baseline: BaselineView { name: report.baseline.name(), prediction: forecast.whole_baseline().get() },
        model_version: serving.version.get(),
        trained_at: wire_time(serving.trained_at),
        data_until: wire_time(report.data_until),
        actual: answer.actual.map(Followers::get),
        warnings: warning_codes(&answer.warnings),
    })
}

/// The expected followers at the end of a date.
#[utoipa::path(
    tag = "forecasts",
    params(("username" = String, Path, description = "The account's handle"), PredictQuery),
    responses((status = 200, body = PredictResponse)),
    extensions(("x-permission" = json!("read_forecasts")))
)]
#[get("/regression/predict/{username}")]
pub(crate) async fn predict(
    request: HttpRequest,
    Guarded(actor, query): Guarded<ReadForecasts, web::Query<PredictQuery>>,
    path: web::Path<String>,
    forecasts: web::Data<dyn Forecasts>,
    memory: web::Data<AnswerMemory>,
) -> Result<HttpResponse, Problem> {
    const JSON: &str = "application/json";
    let actor = actor.actor();
    let account = open(&forecasts, &actor, &path).await?;
    let date = date("fecha", query.fecha.as_deref()).map_err(|violation| vec![violation])?;
    if let Some(written) = memory.recall(&actor, &account, date) {
        return Ok(written.answer(&request, JSON));
    }
    if let Some(answer) = forecasts.predict_ahead(&account, date, &Level::DEFAULTS)? {
        let body = serde_json::to_vec(&response(&actor, &account, &answer)?).map_err(AppError::internal)?;
        return Ok(memory.remember(&actor, &account, date, body).answer(&request, JSON));
    }
    // What was measured on a date of the history is read anew each time: a change of it is not a change of the model.
    let (forecasts, reader, asked) = (forecasts.into_inner(), Arc::clone(&actor), account.clone());
    let answer = blocking::call(move || forecasts.predict(&reader, &asked, date, &Level::DEFAULTS)).await?;
    Ok(Polled(response(&actor, &account, &answer)?).respond_to(&request))
}

impl PredictAssuming {
    fn into_command(self) -> Result<(NaiveDate, Assumptions, Vec<Level>), Vec<Violation>> {
        let mut rules = Rules::default();
        let date = rules.take(date("fecha", self.fecha.as_deref()));
        let levels = match levels("level", self.level.as_deref()) {
            Ok(levels) => Some(levels),
            Err(violations) => {
                for violation in violations {
                    rules.broken(violation);
                }
                None
            }
        };
        let assumptions = Assumptions { posts_per_day: self.datos.and_then(|datos| datos.tweets) };
        rules.finish(date.zip(levels).map(|(date, levels)| (date, assumptions, levels)))
    }
}

/// The expected followers under assumptions about future activity.
#[utoipa::path(
    tag = "forecasts",
    params(("username" = String, Path, description = "The account's handle")),
    request_body = PredictAssuming,
    responses((status = 200, body = PredictResponse)),
    extensions(("x-permission" = json!("read_forecasts")))
)]
#[post("/regression/predict/{username}")]
pub(crate) async fn predict_assuming(
    Guarded(actor, body): Guarded<ReadForecasts, JsonBody>,
    path: web::Path<String>,
    forecasts: web::Data<dyn Forecasts>,
) -> Result<impl Responder, Problem> {
    let actor = actor.actor();
    let account = open(&forecasts, &actor, &path).await?;
    let (date, assumptions, levels) = body.parse::<PredictAssuming>()?.into_command()?;
    let forecasts = forecasts.into_inner();
    let view = blocking::run(move || {
        let answer = forecasts.predict_assuming(&actor, &account, date, &levels, &assumptions)?;
        response(&actor, &account, &answer)
    })
    .await?;
    Ok(Answered(StatusCode::OK, view))
}

/// How many days, and which intervals.
#[derive(Deserialize, Validate, ToSchema)]
pub(crate) struct PathRequest {
    /// Days after the last date of the history.
    #[schema(minimum = 1, example = 30)]
    h: i64,
    /// Levels of the intervals, in percent; 80 and 95 unless told.
    level: Option<Vec<i64>>,
}

/// One day of a path.
#[derive(Serialize, ToSchema)]
pub(crate) struct PathRow {
    /// The date.
    #[schema(format = Date)]
    fecha: String,
    /// Days after the last date of the history.
    horizon_days: i32,
    /// Whole followers.
    prediction: u64,
    /// The intervals.
    intervals: Vec<IntervalView>,
    /// What the best baseline says, whole followers.
    baseline: u64,
}

/// The forecast as a series: what a chart needs.
#[derive(Serialize, ToSchema)]
pub(crate) struct PathResponse {
    /// The account.
    username: String,
    /// The company's name.
    empresa: String,
    /// The readable name of the model.
    model_type: &'static str,
    /// Always `seguidores`.
    target_variable: &'static str,
    /// The readable name of the best baseline.
    baseline: &'static str,
    /// The version of the model.
    model_version: i32,
    /// When it was trained.
    trained_at: String,
    /// The last observation that it was trained on.
    data_until: String,
    /// One row a day.
    forecast: Vec<PathRow>,
    /// What the reader should know.
    #[schema(value_type = Vec<String>)]
    warnings: Vec<&'static str>,
}

impl From<&PointForecast> for PathRow {
    fn from(forecast: &PointForecast) -> Self {
        Self {
            fecha: forecast.date.to_string(),
            horizon_days: forecast.horizon_days,
            prediction: forecast.whole_mean().get(),
            intervals: interval_views(forecast),
            baseline: forecast.whole_baseline().get(),
        }
    }
}

/// One forecast for each day of a horizon.
#[utoipa::path(
    tag = "forecasts",
    params(("username" = String, Path, description = "The account's handle")),
    request_body = PathRequest,
    responses((status = 200, body = PathResponse)),
    extensions(("x-permission" = json!("read_forecasts")))
)]
#[post("/regression/forecast/{username}")]
pub(crate) async fn forecast_path(
    Guarded(actor, body): Guarded<ReadForecasts, JsonBody>,
    path: web::Path<String>,
    forecasts: web::Data<dyn Forecasts>,
) -> Result<impl Responder, Problem> {
    let account = open(&forecasts, &actor.actor(), &path).await?;
    let PathRequest { h, level } = body.parse()?;
    let levels = levels("level", level.as_deref())?;
    let horizon = u16::try_from(h).ok().and_then(|days| Horizon::new(days).ok());
    let horizon = horizon.ok_or_else(|| {
        let rule = if h < 1 {
            Violation::new("h", "too_small").with("min", &1)
        } else {
            Violation::new("h", "too_large").with("max", &Horizon::LONGEST)
        };
        vec![rule]
    })?;
    let (rows, warnings) = forecasts.path(&account, horizon, &levels)?;
    let (snapshot, serving) = (account.snapshot(), account.serving()?);
    let report = serving.model.report();
    Ok(Answered(
        StatusCode::OK,
        PathResponse {
            username: snapshot.account.handle.as_str().to_owned(),
            empresa: snapshot.company_name.as_str().to_owned(),
            model_type: report.served.name(),
            target_variable: TARGET,
            baseline: report.baseline.name(),
            model_version: serving.version.get(),
            trained_at: wire_time(serving.trained_at),
            data_until: wire_time(report.data_until),
            forecast: rows.iter().map(PathRow::from).collect(),
            warnings: warning_codes(&warnings),
        },
    ))
}

/// Many forecasts at once.
#[derive(Deserialize, Validate, ToSchema)]
pub(crate) struct BatchRequest {
    /// At most 1,000.
    #[serde(deserialize_with = "object::list")]
    #[validate(length(max = 1000))]
    items: Vec<BatchItemRequest>,
}

/// One of them. The validator demands that what it counts can be written.
#[derive(Deserialize, Serialize, ToSchema)]
pub(crate) struct BatchItemRequest {
    /// The account's handle.
    username: String,
    /// The date, `YYYY-MM-DD`.
    #[schema(format = Date)]
    fecha: String,
}

/// The answers, in the order asked.
#[derive(Serialize, ToSchema)]
pub(crate) struct BatchResponse {
    /// One for each item.
    results: Vec<BatchItemView>,
}

/// The answer to one item: a forecast, or its own problem.
#[derive(Serialize, ToSchema)]
pub(crate) struct BatchItemView {
    /// The account, as asked.
    username: String,
    /// The date, as asked.
    fecha: String,
    /// 200, 403, 409 or 422.
    status: u16,
    /// The forecast, where the status is 200.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    answer: Option<BatchAnswer>,
    /// The kind of problem, where it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<&'static str>,
    /// The problem in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

/// A forecast inside a batch.
#[derive(Serialize, ToSchema)]
pub(crate) struct BatchAnswer {
    /// Whole followers.
    prediction: u64,
    /// The readable name of the model.
    model_type: &'static str,
    /// Days after the last date of the history; 0 or less inside it.
    horizon_days: i32,
    /// The intervals.
    intervals: Vec<IntervalView>,
    /// What the best baseline says.
    baseline: BaselineView,
    /// The version of the model.
    model_version: i32,
    /// What was measured on the date, where it lies in the history.
    #[serde(skip_serializing_if = "Option::is_none")]
    actual: Option<u64>,
    /// What the reader should know.
    #[schema(value_type = Vec<String>)]
    warnings: Vec<&'static str>,
}

fn batch_answer(forecasts: &dyn Forecasts, actor: &Actor, item: &BatchItemRequest) -> Result<BatchAnswer, Problem> {
    let account = forecasts.open(actor, &item.username)?;
    let date = date("fecha", Some(&item.fecha)).map_err(|violation| vec![violation])?;
    let answer = forecasts.predict(actor, &account, date, &Level::DEFAULTS)?;
    let view = response(actor, &account, &answer)?;
    Ok(BatchAnswer {
        prediction: view.prediction,
        model_type: view.model_type,
        horizon_days: view.horizon_days,
        intervals: view.intervals,
        baseline: view.baseline,
        model_version: view.model_version,
        actual: view.actual,
        warnings: view.warnings,
    })
}

/// An item's own problem stays inside the item; a fault of the server fails the whole request.
fn batch_item(
    outcome: Result<BatchAnswer, Problem>,
    item: BatchItemRequest,
    language: Language,
) -> Result<BatchItemView, Problem> {
    let BatchItemRequest { username, fecha } = item;
    match outcome {
        Ok(answer) => {
            Ok(BatchItemView { username, fecha, status: 200, answer: Some(answer), error_code: None, detail: None })
        }
        Err(problem) if problem.kind().status < 500 => {
            let reasons: Vec<String> =
                problem.violations().iter().map(|violation| text::violation(language, violation)).collect();
            let detail = if reasons.is_empty() { text::detail(language, &problem) } else { reasons.join(" ") };
            let kind = problem.kind();
            Ok(BatchItemView {
                username,
                fecha,
                status: kind.status,
                answer: None,
                error_code: Some(kind.code),
                detail: Some(detail),
            })
        }
        Err(problem) => Err(problem),
    }
}

/// Forecasts for many accounts and dates. An item that fails carries its own status.
#[utoipa::path(
    tag = "forecasts",
    params(("Idempotency-Key" = Option<String>, Header, description = "Repeats of the request have one effect")),
    request_body = BatchRequest,
    responses((status = 200, body = BatchResponse)),
    extensions(("x-permission" = json!("read_forecasts")))
)]
#[post("/regression/predict-batch")]
pub(crate) async fn predict_batch(
    request: HttpRequest,
    Guarded(actor, body): Guarded<ReadForecasts, JsonBody>,
    forecasts: web::Data<dyn Forecasts>,
    idempotency: web::Data<Idempotency>,
) -> Result<HttpResponse, Problem> {
    let ticket = idempotency.reading_ticket(&request, &actor, "batch", body.fingerprint())?;
    let language = Language::of(&request);
    let asked = request.clone();
    let work = async move {
        let BatchRequest { items } = body.parse()?;
        let (actor, forecasts) = (actor.actor(), forecasts.into_inner());
        let answered = blocking::run(move || {
            let answer = |item| batch_item(batch_answer(forecasts.as_ref(), &actor, &item), item, language);
            items.into_iter().map(answer).collect::<Result<Vec<_>, Problem>>()
        });
        let results = answered.await?;
        // A batch is answered by 200 whatever its items come to, and must be no way to try accounts unseen.
        if results.iter().any(|item| item.error_code == Some(Kind::ACCOUNT_FORBIDDEN.code)) {
            tell_denied(&asked);
        }
        Ok(Answered(StatusCode::OK, BatchResponse { results }))
    };
    ticket.run(&request, work).await
}
