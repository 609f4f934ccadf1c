//! The routes that tell about models: all of them views of one stored report.

use actix_web::{Responder, get, web};
use atalaya_application::forecasts::Forecasts;
use atalaya_application::ports::repositories::{AccountSummary, TrainingRun};
use atalaya_domain::forecast::{ModelId, ModelScore, TrainingReport};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

use super::{TARGET, open};
use crate::blocking;
use crate::extract::{Permitted, ReadForecasts};
use crate::forecasts::answers::warning_codes;
use crate::parse::wire_time;
use crate::problem::Problem;
use crate::respond::Polled;

/// One model in the comparison. Errors are those of the backtest: forecasts against values that the model had not seen.
#[derive(Serialize, ToSchema)]
pub(crate) struct ModelResult {
    /// The model.
    #[schema(example = "random_forest")]
    model_id: &'static str,
    /// Its readable name.
    #[schema(example = "Random Forest")]
    model_name: &'static str,
    /// Whether it is one of the baselines that the others have to beat.
    is_baseline: bool,
    /// Root mean squared error, followers.
    rmse: f64,
    /// Mean absolute error, followers.
    mae: f64,
    /// Median absolute error, followers.
    medae: f64,
    /// Coefficient of determination; `null` where the test values never move.
    r2: Option<f64>,
    /// The same by its older name.
    r2_score: Option<f64>,
    /// Explained variance; `null` where the test values never move.
    evs: Option<f64>,
    /// Mean absolute percentage error; `null` where a test value is zero.
    mape: Option<f64>,
    /// Symmetric mean absolute percentage error, 0 to 200.
    smape: f64,
    /// Mean absolute scaled error; `null` where the history never moves.
    mase: Option<f64>,
    /// Share of test values inside the 80 % interval, 0 to 1.
    coverage_80: f64,
    /// Share of test values inside the 95 % interval, 0 to 1.
    coverage_95: f64,
    /// What its fits took, all origins together.
    fit_seconds: f64,
}

impl From<&ModelScore> for ModelResult {
    fn from(score: &ModelScore) -> Self {
        Self {
            model_id: score.model.as_str(),
            model_name: score.model.name(),
            is_baseline: score.model.is_baseline(),
            rmse: score.rmse,
            mae: score.mae,
            medae: score.medae,
            r2: score.r2,
            r2_score: score.r2,
            evs: score.evs,
            mape: score.mape,
            smape: score.smape,
            mase: score.mase,
            coverage_80: score.coverage_80,
            coverage_95: score.coverage_95,
            fit_seconds: score.fit_time.as_secs_f64(),
        }
    }
}

fn best(report: &TrainingReport) -> Option<ModelResult> {
    report.score_of(report.served).map(ModelResult::from)
}

fn results(report: &TrainingReport) -> Vec<ModelResult> {
    report.scores.iter().map(ModelResult::from).collect()
}

/// How the models did.
#[derive(Serialize, ToSchema)]
pub(crate) struct MetricsResponse {
    /// The account.
    account_name: String,
    /// Always `seguidores`.
    target_variable: &'static str,
    /// The model that answers.
    best_model: Option<ModelResult>,
    /// Every model, best first.
    all_results: Vec<ModelResult>,
    /// The readable name of the best baseline.
    baseline: &'static str,
    /// The inputs.
    features_used: Vec<String>,
    /// Rows that the served model was fitted on.
    training_samples: u32,
    /// Forecast-and-truth pairs of the backtest.
    test_samples: u32,
    /// Rolling origins of the backtest.
    origins: u32,
    /// When it was trained.
    timestamp: String,
    /// The version.
    model_version: i32,
    /// What the reader should know.
    #[schema(value_type = Vec<String>)]
    warnings: Vec<&'static str>,
}

/// How the models of an account did in backtest.
#[utoipa::path(
    tag = "forecasts",
    params(("username" = String, Path, description = "The account's handle")),
    responses((status = 200, body = MetricsResponse)),
    extensions(("x-permission" = json!("read_forecasts")))
)]
#[get("/regression/metrics/{username}")]
pub(crate) async fn metrics(
    actor: Permitted<ReadForecasts>,
    path: web::Path<String>,
    forecasts: web::Data<dyn Forecasts>,
) -> Result<impl Responder, Problem> {
    let account = open(&forecasts, &actor.actor(), &path).await?;
    let serving = account.serving()?;
    let report = serving.model.report();
    Ok(Polled(MetricsResponse {
        account_name: account.snapshot().account.handle.as_str().to_owned(),
        target_variable: TARGET,
        best_model: best(report),
        all_results: results(report),
        baseline: report.baseline.name(),
        features_used: report.feature_names(),
        training_samples: report.training_samples,
        test_samples: report.test_samples,
        origins: report.origins,
        timestamp: wire_time(serving.trained_at),
        model_version: serving.version.get(),
        warnings: warning_codes(&report.warnings),
    }))
}

/// The models of an account, ranked.
#[derive(Serialize, ToSchema)]
pub(crate) struct ComparisonResponse {
    /// The account.
    account_name: String,
    /// Always `seguidores`.
    target_variable: &'static str,
    /// How many were compared, baselines included.
    total_models: usize,
    /// The model that answers.
    best_model: Option<ModelResult>,
    /// Every model, best first, the baselines in the table.
    model_comparison: Vec<ModelResult>,
    /// Models that could not be fitted.
    failed_models: Vec<FailedModel>,
    /// The inputs.
    features_used: Vec<String>,
}

/// A model that could not be fitted.
#[derive(Serialize, ToSchema)]
pub(crate) struct FailedModel {
    /// The model.
    model_id: &'static str,
    /// Why.
    reason: String,
}

/// The models of an account against one another.
#[utoipa::path(
    tag = "forecasts",
    params(("username" = String, Path, description = "The account's handle")),
    responses((status = 200, body = ComparisonResponse)),
    extensions(("x-permission" = json!("read_forecasts")))
)]
#[get("/regression/compare-models/{username}")]
pub(crate) async fn compare_models(
    actor: Permitted<ReadForecasts>,
    path: web::Path<String>,
    forecasts: web::Data<dyn Forecasts>,
) -> Result<impl Responder, Problem> {
    let account = open(&forecasts, &actor.actor(), &path).await?;
    let report = account.serving()?.model.report();
    let failed = |(model, reason): &(ModelId, String)| FailedModel { model_id: model.as_str(), reason: reason.clone() };
    Ok(Polled(ComparisonResponse {
        account_name: account.snapshot().account.handle.as_str().to_owned(),
        target_variable: TARGET,
        total_models: report.scores.len(),
        best_model: best(report),
        model_comparison: results(report),
        failed_models: report.failures.iter().map(failed).collect(),
        features_used: report.feature_names(),
    }))
}

/// What answers for an account.
#[derive(Serialize, ToSchema)]
pub(crate) struct ModelInfoResponse {
    /// The account.
    account_name: String,
    /// The version.
    model_version: i32,
    /// The model.
    model_id: &'static str,
    /// Its readable name.
    model_type: &'static str,
    /// Always `seguidores`.
    target_variable: &'static str,
    /// `daily` or `hourly`.
    grid: &'static str,
    /// Its settings.
    hyperparameters: BTreeMap<String, String>,
    /// When it was trained.
    trained_at: String,
    /// Who asked for it.
    trained_by: String,
    /// The first observation that it was trained on.
    data_from: String,
    /// The last observation that it was trained on.
    data_until: String,
    /// SHA-256 of what is stored.
    checksum: String,
    /// Bytes of what is stored.
    size_bytes: u64,
    /// The last date that it answers for.
    #[schema(format = Date)]
    forecasts_until: String,
    /// The readable name of the best baseline.
    baseline: &'static str,
    /// What the reader should know.
    #[schema(value_type = Vec<String>)]
    warnings: Vec<&'static str>,
}

/// The version that answers for an account.
#[utoipa::path(
    tag = "forecasts",
    params(("username" = String, Path, description = "The account's handle")),
    responses((status = 200, body = ModelInfoResponse)),
    extensions(("x-permission" = json!("read_forecasts")))
)]
#[get("/regression/model-info/{username}")]
pub(crate) async fn model_info(
    actor: Permitted<ReadForecasts>,
    path: web::Path<String>,
    forecasts: web::Data<dyn Forecasts>,
) -> Result<impl Responder, Problem> {
    let account = open(&forecasts, &actor.actor(), &path).await?;
    let serving = account.serving()?;
    let report = serving.model.report();
    Ok(Polled(ModelInfoResponse {
        account_name: account.snapshot().account.handle.as_str().to_owned(),
        model_version: serving.version.get(),
        model_id: report.served.as_str(),
        model_type: report.served.name(),
        target_variable: TARGET,
        grid: report.grid.as_str(),
        hyperparameters: report.hyperparameters.iter().cloned().collect(),
        trained_at: wire_time(serving.trained_at),
        trained_by: serving.trained_by.clone(),
        data_from: wire_time(report.data_from),
        data_until: wire_time(report.data_until),
        checksum: serving.checksum.clone(),
        size_bytes: serving.size_bytes,
        forecasts_until: serving.model.last_reachable().to_string(),
        baseline: report.baseline.name(),
        warnings: warning_codes(&report.warnings),
    }))
}

/// One input of the models.
#[derive(Serialize, ToSchema)]
pub(crate) struct FeatureView {
    /// Its name.
    name: String,
    /// Its share in the served model; 0 where a baseline serves.
    importance: f64,
    /// Its value at the first step after the history.
    value: f64,
}

/// The inputs of the models.
#[derive(Serialize, ToSchema)]
pub(crate) struct FeaturesResponse {
    /// The account.
    account_name: String,
    /// Always `seguidores`.
    target_variable: &'static str,
    /// The version.
    model_version: i32,
    /// How many.
    feature_count: usize,
    /// Most important first.
    features: Vec<FeatureView>,
}

/// The inputs of the models, with their importance and the values behind the latest forecast.
#[utoipa::path(
    tag = "forecasts",
    params(("username" = String, Path, description = "The account's handle")),
    responses((status = 200, body = FeaturesResponse)),
    extensions(("x-permission" = json!("read_forecasts")))
)]
#[get("/regression/features/{username}")]
pub(crate) async fn features(
    actor: Permitted<ReadForecasts>,
    path: web::Path<String>,
    forecasts: web::Data<dyn Forecasts>,
) -> Result<impl Responder, Problem> {
    let account = open(&forecasts, &actor.actor(), &path).await?;
    let serving = account.serving()?;
    let view = |feature: &atalaya_domain::forecast::Feature| FeatureView {
        name: feature.name.clone(),
        importance: feature.importance,
        value: feature.latest,
    };
    let features: Vec<FeatureView> = serving.model.report().features.iter().map(view).collect();
    Ok(Polled(FeaturesResponse {
        account_name: account.snapshot().account.handle.as_str().to_owned(),
        target_variable: TARGET,
        model_version: serving.version.get(),
        feature_count: features.len(),
        features,
    }))
}

/// One training run.
#[derive(Serialize, ToSchema)]
pub(crate) struct RunView {
    /// The version that it made.
    model_version: i32,
    /// When it ended.
    trained_at: String,
    /// Who asked for it.
    trained_by: String,
    /// The model that won.
    model_id: &'static str,
    /// Its readable name.
    model_name: &'static str,
    /// `daily` or `hourly`.
    grid: &'static str,
    /// Mean absolute error, followers.
    mae: f64,
    /// Root mean squared error, followers.
    rmse: f64,
    /// Mean absolute percentage error.
    mape: Option<f64>,
    /// Mean absolute scaled error.
    mase: Option<f64>,
    /// The first observation used.
    data_from: String,
    /// The last observation used.
    data_until: String,
    /// Whether it is the version that answers.
    active: bool,
    /// When it was deleted.
    deleted_at: Option<String>,
}

/// Every training run of an account.
#[derive(Serialize, ToSchema)]
pub(crate) struct HistoryResponse {
    /// The account.
    account_name: String,
    /// Always `seguidores`.
    target_variable: &'static str,
    /// How many.
    total: usize,
    /// Newest first.
    history: Vec<RunView>,
}

impl From<TrainingRun> for RunView {
    fn from(run: TrainingRun) -> Self {
        let TrainingRun { version, facts, active, deleted_at, .. } = run;
        Self {
            model_version: version.get(),
            trained_at: wire_time(facts.trained_at),
            trained_by: facts.trained_by,
            model_id: facts.served.as_str(),
            model_name: facts.served.name(),
            grid: facts.grid.as_str(),
            mae: facts.mae,
            rmse: facts.rmse,
            mape: facts.mape,
            mase: facts.mase,
            data_from: wire_time(facts.data_from),
            data_until: wire_time(facts.data_until),
            active,
            deleted_at: deleted_at.map(wire_time),
        }
    }
}

/// Every training run of an account, newest first.
#[utoipa::path(
    tag = "forecasts",
    params(("username" = String, Path, description = "The account's handle")),
    responses((status = 200, body = HistoryResponse)),
    extensions(("x-permission" = json!("read_forecasts")))
)]
#[get("/regression/history/{username}")]
pub(crate) async fn history(
    actor: Permitted<ReadForecasts>,
    path: web::Path<String>,
    forecasts: web::Data<dyn Forecasts>,
) -> Result<impl Responder, Problem> {
    let actor = actor.actor();
    let account = open(&forecasts, &actor, &path).await?;
    let account_name = account.snapshot().account.handle.as_str().to_owned();
    let forecasts = forecasts.into_inner();
    let runs = blocking::call(move || forecasts.history(&actor, &account)).await?;
    let history: Vec<RunView> = runs.into_iter().map(RunView::from).collect();
    Ok(Polled(HistoryResponse { account_name, target_variable: TARGET, total: history.len(), history }))
}

/// Names of one's own accounts that have a model.
#[utoipa::path(
    tag = "forecasts",
    responses((status = 200, body = Vec<String>)),
    extensions(("x-permission" = json!("read_forecasts")))
)]
#[get("/regression/users")]
pub(crate) async fn forecast_users(
    actor: Permitted<ReadForecasts>,
    forecasts: web::Data<dyn Forecasts>,
) -> Result<impl Responder, Problem> {
    let (actor, forecasts) = (actor.actor(), forecasts.into_inner());
    let accounts = blocking::call(move || forecasts.available(&actor)).await?;
    let trained = accounts.into_iter().filter(|account| account.has_model);
    Ok(Polled(trained.map(|account| account.account.handle.as_str().to_owned()).collect::<Vec<_>>()))
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
    data_until: Option<String>,
}

/// One's own accounts, with how much there is of each.
#[derive(Serialize, ToSchema)]
pub(crate) struct AvailableResponse {
    /// By handle.
    accounts: Vec<AvailableAccount>,
    /// How many.
    total: usize,
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

/// One's own accounts, with and without a model.
#[utoipa::path(
    tag = "forecasts",
    responses((status = 200, body = AvailableResponse)),
    extensions(("x-permission" = json!("read_forecasts")))
)]
#[get("/regression/available-accounts")]
pub(crate) async fn available_accounts(
    actor: Permitted<ReadForecasts>,
    forecasts: web::Data<dyn Forecasts>,
) -> Result<impl Responder, Problem> {
    let (actor, forecasts) = (actor.actor(), forecasts.into_inner());
    let accounts = blocking::call(move || forecasts.available(&actor)).await?;
    let accounts: Vec<AvailableAccount> = accounts.into_iter().map(AvailableAccount::from).collect();
    Ok(Polled(AvailableResponse { total: accounts.len(), accounts }))
}
