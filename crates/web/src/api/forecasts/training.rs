//! The routes that train and delete models.

use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use atalaya_application::UseCases;
use atalaya_application::covariates::AskedCovariate;
use atalaya_application::error::{AppError, Violation};
use atalaya_application::forecasts::TrainingOutcome;
use atalaya_application::receipt::Receipt;
use atalaya_application::train_command::TrainCommand;
use atalaya_domain::forecast::{GridChoice, Metric, MetricWeights, ModelId, ModelScore, Warning};
use atalaya_domain::job::Job;
use atalaya_domain::mandate::{DeleteModels, Mandate, TrainModels};
use atalaya_texts::{self as texts, Language};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::TARGET;
use super::covariates::{CovariateRequest, asked};
use super::views::{WarningText, warning_codes, warning_texts};
use crate::api::jobs::{JobView, accepted};
use crate::api::parse::{Rules, known_word, shortened};
use crate::api::schemas::{GridChoiceWord, GridWord, ModelName, ModelWord, TargetWord, TrainableModel, WarningCode};
use crate::http::blocking;
use crate::http::body::{JsonBody, MaybeJson};
use crate::http::client_disconnect::ClientDisconnect;
use crate::http::extract::{Guarded, Permitted};
use crate::http::idempotency::{Content, Keeping, Ticket};
use crate::http::language::ReaderLanguage;
use crate::http::object::Object;
use crate::http::prefer::prefers_async;
use crate::http::problem::Problem;
use crate::http::respond::Answered;
use crate::http::state::HttpState;

/// What to train.
#[derive(Deserialize, Validate, ToSchema)]
pub(crate) struct TrainRequest {
    /// The account's handle.
    #[schema(example = "Interbank")]
    #[expect(
        dead_code,
        reason = "read from the body before it is parsed, to ask for access first; here it is required"
    )]
    username: String,
    /// Models to compare besides the baselines; all unless told.
    #[serde(default)]
    #[schema(value_type = Vec<TrainableModel>, max_items = 100)]
    #[validate(length(max = 100))]
    models: Vec<String>,
    /// How models are ranked: weights by metric (`mae`, `rmse`, `mape`, `smape`, `mase`, `r2_score`); MASE alone unless
    /// told.
    #[serde(default)]
    #[schema(value_type = std::collections::HashMap<String, f64>, example = json!({"mase": 0.7, "rmse": 0.3}))]
    metric_weights: BTreeMap<String, f64>,
    /// Which grid the series is laid on; unless told, what was asked for when the version was trained that answers now.
    #[schema(value_type = Option<GridChoiceWord>)]
    grid: Option<String>,
    /// What else may explain followers: records of the company's own tables. Each enters only where the backtest is
    /// better with it. The company's default (`GET /regression/covariates`) unless told; none for an empty list.
    #[serde(default, deserialize_with = "listed")]
    #[schema(max_items = 8)]
    #[validate(nested)]
    covariates: Option<Vec<CovariateRequest>>,
}

/// A list of covariates that may be absent or `null`.
fn listed<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<CovariateRequest>>, D::Error> {
    let listed = Option::<Vec<Object<CovariateRequest>>>::deserialize(deserializer)?;
    Ok(listed.map(|list| list.into_iter().map(|Object(covariate)| covariate).collect()))
}

/// What to train, and the covariates as they were named.
struct Wish {
    command: TrainCommand,
    covariates: Option<Vec<AskedCovariate>>,
}

impl Wish {
    /// The command, with the tables and fields of its covariates found.
    fn resolved(self, use_cases: &UseCases, by: &Mandate<TrainModels>) -> Result<TrainCommand, AppError> {
        let covariates = match self.covariates {
            Some(asked) => Some(use_cases.covariates.resolve(by, &asked)?),
            None => None,
        };
        Ok(TrainCommand { covariates, ..self.command })
    }
}

/// What to train of every account.
#[derive(Default, Deserialize, Validate, ToSchema)]
pub(crate) struct TrainAllRequest {
    /// Models to compare besides the baselines; all unless told.
    #[serde(default)]
    #[schema(value_type = Vec<TrainableModel>, max_items = 100)]
    #[validate(length(max = 100))]
    models: Vec<String>,
    /// How models are ranked, as for one account.
    #[serde(default)]
    #[schema(value_type = std::collections::HashMap<String, f64>, example = json!({"mase": 0.7, "rmse": 0.3}))]
    metric_weights: BTreeMap<String, f64>,
    /// Which grid the series are laid on; unless told, for each account what was asked for when the version was trained
    /// that answers now.
    #[schema(value_type = Option<GridChoiceWord>)]
    grid: Option<String>,
    /// What else may explain followers, as for one account.
    #[serde(default, deserialize_with = "listed")]
    #[schema(max_items = 8)]
    #[validate(nested)]
    covariates: Option<Vec<CovariateRequest>>,
}

/// The models of that name; one that is unknown breaks a rule at its place in `models`.
pub(crate) fn known_models(names: &[String], rules: &mut Rules) -> Vec<ModelId> {
    let model = |(index, text): (usize, &String)| {
        let model = ModelId::choices().find(|model| model.as_str() == text);
        rules.take(model.ok_or_else(|| {
            Violation::unknown_value(format!("models[{index}]"), ModelId::choices().map(ModelId::as_str))
        }))
    };
    names.iter().enumerate().filter_map(model).collect()
}

/// Understands the names of models, metrics, grids and aggregates.
fn wish(
    models: &[String],
    metric_weights: &BTreeMap<String, f64>,
    grid: Option<&str>,
    covariates: Option<Vec<CovariateRequest>>,
) -> Result<Wish, Vec<Violation>> {
    let mut rules = Rules::default();
    let models = known_models(models, &mut rules);
    let metric = |(name, weight): (&String, &f64)| {
        let field = format!("metric_weights.{}", shortened(name));
        Some((rules.take(known_word(field, name, Metric::ALL.map(Metric::as_str)))?, *weight))
    };
    let named: Vec<(Metric, f64)> = metric_weights.iter().filter_map(metric).collect();
    let weights = match named.len() {
        0 if metric_weights.is_empty() => Some(MetricWeights::default()),
        all if all == metric_weights.len() => {
            let weights = MetricWeights::new(named);
            rules.take(weights.map_err(|_| Violation::new("metric_weights", "negative_weight")))
        }
        // An unknown metric was named above; what its weight does to the rest is not worth another complaint.
        _ => None,
    };
    let choices = GridChoice::ALL.map(GridChoice::as_str);
    let grid = grid.and_then(|word| rules.take(known_word("grid", word, choices)));
    let covariates = covariates.and_then(|covariates| rules.take_all(asked(covariates)));
    let command = weights.map(|weights| TrainCommand { models, weights, grid, covariates: None });
    rules.finish(command.map(|command| Wish { command, covariates }))
}

impl TrainRequest {
    fn into_wish(self) -> Result<Wish, Vec<Violation>> {
        wish(&self.models, &self.metric_weights, self.grid.as_deref(), self.covariates)
    }
}

impl TrainAllRequest {
    fn into_wish(self) -> Result<Wish, Vec<Violation>> {
        wish(&self.models, &self.metric_weights, self.grid.as_deref(), self.covariates)
    }
}

/// Errors of the backtest.
#[derive(Serialize, ToSchema)]
pub(crate) struct TrainingMetrics {
    /// Mean absolute error, followers.
    #[schema(minimum = 0)]
    mae: f64,
    /// Root mean squared error, followers.
    #[schema(minimum = 0)]
    rmse: f64,
    /// Mean absolute percentage error; `null` where a test value is zero.
    #[schema(minimum = 0, required = true)]
    mape: Option<f64>,
    /// Mean absolute scaled error; `null` where the history never moves.
    #[schema(minimum = 0, required = true)]
    mase: Option<f64>,
    /// Symmetric mean absolute percentage error, 0 to 200.
    #[schema(minimum = 0)]
    smape: f64,
    /// Coefficient of determination; `null` where the test values never move.
    #[schema(required = true)]
    r2_score: Option<f64>,
}

impl From<&ModelScore> for TrainingMetrics {
    fn from(score: &ModelScore) -> Self {
        Self {
            mae: score.mae,
            rmse: score.rmse,
            mape: score.mape,
            mase: score.mase,
            smape: score.smape,
            r2_score: score.r2,
        }
    }
}

/// What answers from now on: the model, or the heaviest of those that are combined.
#[derive(Serialize, ToSchema)]
pub(crate) struct BestModel {
    /// The model.
    #[schema(value_type = ModelWord)]
    model_id: &'static str,
    /// Its readable name.
    #[schema(value_type = ModelName)]
    model_name: &'static str,
    /// Whether it is a baseline.
    is_baseline: bool,
}

/// The best baseline.
#[derive(Serialize, ToSchema)]
pub(crate) struct BaselineScore {
    /// The baseline.
    #[schema(value_type = ModelWord)]
    model_id: &'static str,
    /// Its readable name.
    #[schema(value_type = ModelName)]
    name: &'static str,
    /// Its errors.
    #[schema(inline)]
    metrics: TrainingMetrics,
}

/// What a training run found.
#[derive(Serialize, ToSchema)]
pub(crate) struct TrainResponse {
    /// In the reader's language.
    message: String,
    /// The model that answers from now on.
    best_model: BestModel,
    /// The errors in backtest of what answers.
    metrics: TrainingMetrics,
    /// The best baseline.
    baseline: BaselineScore,
    /// Always `seguidores`.
    #[schema(value_type = TargetWord)]
    target_variable: &'static str,
    /// The inputs.
    features_used: Vec<String>,
    /// Rows that the model was fitted on.
    training_samples: u32,
    /// Forecast-and-truth pairs of the backtest.
    test_samples: u32,
    /// The version.
    #[schema(minimum = 1)]
    model_version: i32,
    /// The grid that was asked for.
    #[schema(value_type = GridChoiceWord)]
    grid_asked: &'static str,
    /// The grid that the series was laid on; where `auto` was asked for, the one that was found.
    #[schema(value_type = GridWord)]
    grid: &'static str,
    /// What the reader should know.
    #[schema(value_type = Vec<WarningCode>)]
    warnings: Vec<&'static str>,
    /// The same in words.
    warning_texts: Vec<WarningText>,
}

fn response(outcome: &TrainingOutcome, language: Language) -> Result<TrainResponse, AppError> {
    let report = outcome.model.report();
    let missing = || AppError::internal("a served model is missing from its own comparison");
    let served = report.served_score().ok_or_else(missing)?;
    let baseline = report.score_of(report.baseline).ok_or_else(missing)?;
    let key = match (report.is_convinced(), report.members.len()) {
        (false, 1) if report.warnings.contains(&Warning::ShortHistory) => "trained_short",
        (false, 1) if report.compares_one_model() => "trained_asked",
        (false, 1) => "trained_baseline",
        (false, _) => "trained_cautious",
        (true, 1) => "trained",
        (true, _) => "trained_combination",
    };
    let params = [("account", outcome.handle.as_str().to_owned()), ("model", texts::model(language, report.served))];
    Ok(TrainResponse {
        message: texts::message(language, key, &params),
        best_model: BestModel {
            model_id: report.served.as_str(),
            model_name: report.served.name(),
            is_baseline: report.served.is_baseline(),
        },
        metrics: served.into(),
        baseline: BaselineScore {
            model_id: report.baseline.as_str(),
            name: report.baseline.name(),
            metrics: baseline.into(),
        },
        target_variable: TARGET,
        features_used: report.feature_names(),
        training_samples: report.training_samples,
        test_samples: report.test_samples,
        model_version: outcome.run.version.get(),
        grid_asked: report.grid_asked.as_str(),
        grid: report.grid.as_str(),
        warnings: warning_codes(&report.warnings),
        warning_texts: warning_texts(&report.warnings, language),
    })
}

/// Train the model of an account.
///
/// Compares the models in backtest and serves the best of them, or the best baseline where no model beats it. A run
/// whose client goes away is cancelled, unless an `Idempotency-Key` says that the client may come back for the answer.
/// With `Prefer: respond-async` it is a job to follow.
#[utoipa::path(
    post,
    path = "/regression/train",
    tag = "forecasts",
    params(
        ("Idempotency-Key" = Option<String>, Header, description = "Repeats of the request have one effect"),
        ("Prefer" = Option<String>, Header, description = "`respond-async` for a job to follow (RFC 7240)")
    ),
    request_body = TrainRequest,
    responses(
        (status = 200, body = TrainResponse),
        (status = 202, body = JobView, description = "With `Prefer: respond-async`: the job that will train; `Location` is where to follow it")
    )
)]
pub(crate) async fn train(
    request: HttpRequest,
    Guarded(actor, body): Guarded<TrainModels, JsonBody>,
    use_cases: web::Data<UseCases>,
    http: web::Data<HttpState>,
    ReaderLanguage(language): ReaderLanguage,
) -> Result<HttpResponse, Problem> {
    let Some(handle) = body.text("username").map(ToOwned::to_owned) else {
        body.parse::<TrainRequest>()?;
        return Err(Problem::invalid("username", "missing"));
    };
    let (by, use_cases) = (actor.mandate()?, use_cases.into_inner());
    let accounts = Arc::clone(&use_cases.accounts);
    let opening = by.clone();
    let owned = blocking::call(move || accounts.open(&opening, &handle)).await?;
    let deferred = prefers_async(request.headers());
    // One key for an answer and for a job is a mistake, as one for two bodies is.
    let content = Content::new(body.bytes()).with(if deferred { b"job" } else { b"answer" });
    let ticket = http.idempotency.ticket(&request, &actor, actor.company(), "train", content)?;
    if deferred {
        let known = Arc::clone(&use_cases);
        let read = move || Ok(body.parse::<TrainRequest>()?.into_wish()?.resolved(&known, &by)?);
        let take_on = move |command: &_, receipt: &dyn Receipt<Job>| use_cases.jobs.train(&owned, command, receipt);
        return queued(&request, (ticket, language), read, take_on).await;
    }
    let (disconnect, repeatable) = (ClientDisconnect::default(), ticket.is_repeatable());
    let observer = disconnect.clone();
    let work = move |keeping: Keeping| async move {
        let render = move |outcome: &TrainingOutcome| {
            Answered(StatusCode::OK, response(outcome, language)?).written_in(language)
        };
        let trained = blocking::run(move || {
            let command = body.parse::<TrainRequest>()?.into_wish()?.resolved(&use_cases, &by)?;
            let train = |receipt: &dyn Receipt<_>| use_cases.training.train(&owned, &command, &observer, receipt);
            Ok::<_, Problem>(keeping.answer(render, train)?)
        });
        trained.await
    };
    let answer = ticket.run(work);
    if repeatable { answer.await } else { disconnect.during(&request, answer).await }
}

/// Train every account of the company.
///
/// A job for each account, under one job to follow. While such a job goes on, asking again gives the same one.
#[utoipa::path(
    post,
    path = "/regression/train-all",
    tag = "forecasts",
    params(("Idempotency-Key" = Option<String>, Header, description = "Repeats of the request have one effect")),
    request_body = Option<TrainAllRequest>,
    responses((
        status = 202,
        body = JobView,
        description = "The job that all the others are part of; `Location` is where to follow it"
    ))
)]
pub(crate) async fn train_all(
    request: HttpRequest,
    Guarded(actor, MaybeJson(body)): Guarded<TrainModels, MaybeJson>,
    use_cases: web::Data<UseCases>,
    http: web::Data<HttpState>,
    ReaderLanguage(language): ReaderLanguage,
) -> Result<HttpResponse, Problem> {
    let by = actor.mandate()?;
    let content = Content::new(body.as_ref().map(JsonBody::bytes).unwrap_or_default());
    let ticket = http.idempotency.ticket(&request, &actor, actor.company(), "train_all", content)?;
    let use_cases = use_cases.into_inner();
    let (known, asking) = (Arc::clone(&use_cases), by.clone());
    let read = move || {
        let asked = body.map_or_else(|| Ok(TrainAllRequest::default()), JsonBody::parse)?;
        Ok(asked.into_wish()?.resolved(&known, &asking)?)
    };
    let take_on = move |command: &_, receipt: &dyn Receipt<Job>| use_cases.jobs.train_all(&by, command, receipt);
    queued(&request, (ticket, language), read, take_on).await
}

/// Takes a job on, once for all repeats of the request.
async fn queued(
    request: &HttpRequest,
    (ticket, language): (Ticket, Language),
    read: impl FnOnce() -> Result<TrainCommand, Problem> + Send + 'static,
    take_on: impl FnOnce(&TrainCommand, &dyn Receipt<Job>) -> Result<Job, AppError> + Send + 'static,
) -> Result<HttpResponse, Problem> {
    let preferred = prefers_async(request.headers());
    let work = move |keeping: Keeping| {
        blocking::run(move || {
            let command = read()?;
            let render = |job: &Job| accepted(job, language, preferred);
            Ok::<_, Problem>(keeping.answer(render, |receipt| take_on(&command, receipt))?)
        })
    };
    ticket.run(work).await
}

/// What a deletion did.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeleteModelResponse {
    /// In the reader's language.
    message: String,
    /// The versions that were deleted.
    deleted_versions: Vec<i32>,
}

/// Delete the model of an account.
///
/// Deletes every version. The list of training runs stays.
#[utoipa::path(
    delete,
    path = "/regression/model/{username}",
    tag = "forecasts",
    params(("username" = String, Path, description = "The account's handle")),
    responses((status = 200, body = DeleteModelResponse))
)]
pub(crate) async fn delete_model(
    actor: Permitted<DeleteModels>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
    ReaderLanguage(language): ReaderLanguage,
) -> Result<Answered<DeleteModelResponse>, Problem> {
    let (by, use_cases) = (actor.mandate()?, use_cases.into_inner());
    let deleted = blocking::call(move || {
        let owned = use_cases.accounts.open(&by, &path)?;
        let versions = use_cases.training.delete(&owned)?;
        let params = [("account", owned.account().handle.as_str().to_owned())];
        Ok(DeleteModelResponse {
            message: texts::message(language, "deleted", &params),
            deleted_versions: versions.into_iter().map(atalaya_domain::id::ModelVersion::get).collect(),
        })
    })
    .await?;
    Ok(Answered(StatusCode::OK, deleted))
}
