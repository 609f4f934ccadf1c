//! The route that answers for many accounts and dates.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use atalaya_application::UseCases;
use atalaya_application::forecasts::Forecasts;
use atalaya_domain::access::{Actor, Permission};
use atalaya_domain::forecast::Level;
use atalaya_domain::mandate::{Access, ReadForecasts};
use atalaya_texts::{self as texts, Language};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::answers::response;
use super::views::{BaselineView, IntervalView, WarningText};
use crate::api::parse::date;
use crate::api::schemas::{
    AnsweredStatus, BatchErrorCode, BatchForecastWord, BatchProblemWord, ModelName, RefusedStatus, WarningCode,
};
use crate::http::blocking;
use crate::http::body::JsonBody;
use crate::http::edge::report_refusal;
use crate::http::extract::Guarded;
use crate::http::idempotency::{Content, Keeping};
use crate::http::language::ReaderLanguage;
use crate::http::object;
use crate::http::problem::{Kind, Problem};
use crate::http::respond::Answered;
use crate::http::state::HttpState;

/// Many forecasts at once.
#[derive(Deserialize, Validate, ToSchema)]
pub(crate) struct BatchRequest {
    /// At most 1,000.
    #[serde(deserialize_with = "object::list")]
    #[validate(length(max = 1000))]
    #[schema(max_items = 1000)]
    items: Vec<BatchItemRequest>,
}

/// One of them. The validator demands that what it counts can be written.
#[derive(Deserialize, Serialize, ToSchema)]
pub(crate) struct BatchItemRequest {
    /// The account's handle.
    #[schema(example = "Interbank")]
    username: String,
    /// The date, `YYYY-MM-DD`. One that is none is refused within its item.
    #[schema(example = "2026-09-30")]
    fecha: String,
}

/// The answers, in the order asked.
#[derive(Serialize, ToSchema)]
pub(crate) struct BatchResponse {
    /// One for each item.
    results: Vec<BatchItemView>,
}

/// The answer to one item: a forecast, or its own problem. `result` tells them apart, and the status does too.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[schema(discriminator(
    property_name = "result",
    mapping(("forecast" = "#/components/schemas/BatchAnswer"), ("problem" = "#/components/schemas/BatchRefusal"))
))]
pub(crate) enum BatchItemView {
    /// It was answered.
    Answered(BatchAnswer),
    /// It was refused.
    Refused(BatchRefusal),
}

/// A forecast inside a batch.
#[derive(Serialize, ToSchema)]
pub(crate) struct BatchAnswer {
    /// The account, as asked.
    username: String,
    /// The date, as asked.
    #[schema(format = Date)]
    fecha: String,
    /// That it was answered.
    #[schema(value_type = BatchForecastWord)]
    result: &'static str,
    /// 200.
    #[schema(value_type = AnsweredStatus)]
    status: u16,
    /// Whole followers.
    prediction: u64,
    /// The readable name of the model.
    #[schema(value_type = ModelName)]
    model_type: &'static str,
    /// Days after the last date of the history; 0 or less inside it.
    horizon_days: i32,
    /// The intervals.
    intervals: Vec<IntervalView>,
    /// What the best baseline says.
    baseline: BaselineView,
    /// The version of the model.
    #[schema(minimum = 1)]
    model_version: i32,
    /// What was measured on the date, where it lies in the history.
    #[serde(skip_serializing_if = "Option::is_none")]
    actual: Option<u64>,
    /// What the reader should know.
    #[schema(value_type = Vec<WarningCode>)]
    warnings: Vec<&'static str>,
    /// The same in words.
    warning_texts: Vec<WarningText>,
}

/// The problem of an item of a batch.
#[derive(Serialize, ToSchema)]
pub(crate) struct BatchRefusal {
    /// The account, as asked.
    username: String,
    /// The date, as asked.
    fecha: String,
    /// That it was refused.
    #[schema(value_type = BatchProblemWord)]
    result: &'static str,
    /// 403, 409 or 422.
    #[schema(value_type = RefusedStatus)]
    status: u16,
    /// The kind of problem.
    #[schema(value_type = BatchErrorCode)]
    error_code: &'static str,
    /// The problem in words.
    detail: String,
}

fn batch_answer(
    forecasts: &dyn Forecasts,
    (by, actor): (Access<ReadForecasts>, &Actor),
    item: &BatchItemRequest,
    language: Language,
) -> Result<BatchAnswer, Problem> {
    let account = forecasts.open(by, &item.username)?;
    let date = date("fecha", Some(&item.fecha)).map_err(|violation| vec![violation])?;
    let answer = forecasts.predict(by, &account, date, &Level::DEFAULTS)?;
    let view = response(actor, &account, &answer, language)?;
    Ok(BatchAnswer {
        username: item.username.clone(),
        fecha: item.fecha.clone(),
        result: "forecast",
        status: StatusCode::OK.as_u16(),
        prediction: view.prediction,
        model_type: view.model_type,
        horizon_days: view.horizon_days,
        intervals: view.intervals,
        baseline: view.baseline,
        model_version: view.model_version,
        actual: view.actual,
        warnings: view.warnings,
        warning_texts: view.warning_texts,
    })
}

/// For whom an item's problem is put into words.
#[derive(Clone, Copy)]
struct Reader {
    language: Language,
    may_train: bool,
}

/// An item's own problem stays inside the item; a fault of the server fails the whole request.
fn batch_item(
    outcome: Result<BatchAnswer, Problem>,
    item: BatchItemRequest,
    reader: Reader,
) -> Result<BatchItemView, Problem> {
    let Reader { language, may_train } = reader;
    let BatchItemRequest { username, fecha } = item;
    match outcome {
        Ok(answer) => Ok(BatchItemView::Answered(answer)),
        Err(problem) if problem.kind().status < 500 => {
            let reasons: Vec<String> =
                problem.violations().iter().map(|violation| texts::violation(language, violation)).collect();
            let detail = if reasons.is_empty() { problem.detail_to(language, may_train) } else { reasons.join(" ") };
            let Kind { code, status } = problem.kind();
            let result = "problem";
            Ok(BatchItemView::Refused(BatchRefusal { username, fecha, result, status, error_code: code, detail }))
        }
        Err(problem) => Err(problem),
    }
}

impl BatchItemView {
    /// Whether it was refused because of whose the account is.
    fn is_forbidden(&self) -> bool {
        matches!(self, Self::Refused(refusal) if refusal.error_code == Kind::ACCOUNT_FORBIDDEN.code)
    }
}

/// Forecast many accounts and dates.
///
/// Up to 1,000 items in one request, answered in the order asked. An item that fails carries its own status, and the
/// others are answered all the same.
#[utoipa::path(
    post,
    path = "/regression/predict-batch",
    tag = "forecasts",
    params(("Idempotency-Key" = Option<String>, Header, description = "Repeats of the request have one effect")),
    request_body = BatchRequest,
    responses((status = 200, body = BatchResponse))
)]
pub(crate) async fn predict_batch(
    request: HttpRequest,
    Guarded(actor, body): Guarded<ReadForecasts, JsonBody>,
    use_cases: web::Data<UseCases>,
    http: web::Data<HttpState>,
    ReaderLanguage(language): ReaderLanguage,
) -> Result<HttpResponse, Problem> {
    let ticket = http.idempotency.reading_ticket(&request, &actor, "batch", Content::new(body.bytes()))?;
    let asked = request.clone();
    let work = move |_: Keeping| async move {
        let BatchRequest { items } = body.parse()?;
        let (by, actor, use_cases) = (actor.access()?, actor.actor(), use_cases.into_inner());
        let answered = blocking::run(move || {
            let forecasts = use_cases.forecasts.as_ref();
            let reader = Reader { language, may_train: actor.role().allows(Permission::TrainModels) };
            let answer = |item| batch_item(batch_answer(forecasts, (by, &actor), &item, language), item, reader);
            items.into_iter().map(answer).collect::<Result<Vec<_>, Problem>>()
        });
        let results = answered.await?;
        // The response is 200 even if every item is refused, so a refused item is recorded here.
        if results.iter().any(BatchItemView::is_forbidden) {
            report_refusal(&asked, &Problem::Http(Kind::ACCOUNT_FORBIDDEN));
        }
        Ok(Answered(StatusCode::OK, BatchResponse { results }).written()?)
    };
    ticket.run(work).await
}
