//! The routes that describe models: all of them views of one stored report.

use std::collections::BTreeMap;

use actix_web::web;
use atalaya_application::UseCases;
use atalaya_application::ports::repositories::TrainingRun;
use atalaya_domain::forecast::{Member, ModelId};
use atalaya_domain::mandate::ReadForecasts;
use serde::Serialize;
use utoipa::ToSchema;

use super::covariates::CovariateOutcomeView;
use super::scores::{ModelResult, best, results, without_covariates};
use super::views::{LevelShiftView, OutlierView, WarningText, warning_codes, warning_texts};
use super::{TARGET, VersionQuery, open, open_at};
use crate::api::parse::wire_time;
use crate::api::schemas::{GridChoiceWord, GridWord, ModelName, ModelWord, TargetWord, WarningCode};
use crate::http::blocking;
use crate::http::extract::{Guarded, Permitted};
use crate::http::language::ReaderLanguage;
use crate::http::problem::Problem;
use crate::http::respond::Polled;

/// How the models did.
#[derive(Serialize, ToSchema)]
pub(crate) struct MetricsResponse {
    /// The account.
    account_name: String,
    /// Always `seguidores`.
    #[schema(value_type = TargetWord)]
    target_variable: &'static str,
    /// The model that answers.
    #[schema(required = true)]
    best_model: Option<ModelResult>,
    /// Every model, best first.
    all_results: Vec<ModelResult>,
    /// The readable name of the best baseline.
    #[schema(value_type = ModelName)]
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
    #[schema(format = DateTime)]
    timestamp: String,
    /// The version.
    #[schema(minimum = 1)]
    model_version: i32,
    /// What the reader should know.
    #[schema(value_type = Vec<WarningCode>)]
    warnings: Vec<&'static str>,
    /// The same in words.
    warning_texts: Vec<WarningText>,
}

/// Show how the models did in backtest.
///
/// The errors of every model that was compared, of the version that answers or of another.
#[utoipa::path(
    get,
    path = "/regression/metrics/{username}",
    tag = "forecasts",
    params(("username" = String, Path, description = "The account's handle"), VersionQuery),
    responses((status = 200, body = MetricsResponse))
)]
pub(crate) async fn get_metrics(
    Guarded(actor, query): Guarded<ReadForecasts, web::Query<VersionQuery>>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
    ReaderLanguage(language): ReaderLanguage,
) -> Result<Polled<MetricsResponse>, Problem> {
    let account = open_at(&use_cases, actor.access()?, &path, &query).await?;
    let serving = account.serving()?;
    let (report, warnings) = (serving.model.report(), account.warnings()?);
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
        warnings: warning_codes(&warnings),
        warning_texts: warning_texts(&warnings, language),
    }))
}

/// The models of an account, ranked.
#[derive(Serialize, ToSchema)]
pub(crate) struct ComparisonResponse {
    /// The account.
    account_name: String,
    /// Always `seguidores`.
    #[schema(value_type = TargetWord)]
    target_variable: &'static str,
    /// How many were compared, baselines included.
    total_models: usize,
    /// The model that answers.
    #[schema(required = true)]
    best_model: Option<ModelResult>,
    /// Every model, best first, the baselines in the table.
    model_comparison: Vec<ModelResult>,
    /// Models that could not be fitted.
    failed_models: Vec<FailedModel>,
    /// The inputs.
    features_used: Vec<String>,
    /// What the backtest said of each covariate that was asked for.
    covariates: Vec<CovariateOutcomeView>,
    /// What would answer without covariates, from the same origins; `null` where none is kept.
    #[schema(required = true)]
    without_covariates: Option<ModelResult>,
}

/// A model that could not be fitted.
#[derive(Serialize, ToSchema)]
pub(crate) struct FailedModel {
    /// The model.
    #[schema(value_type = ModelWord)]
    model_id: &'static str,
    /// Why.
    reason: String,
}

/// Compare the models of an account.
///
/// One model against another, with the errors in the order of the chosen metrics.
#[utoipa::path(
    get,
    path = "/regression/compare-models/{username}",
    tag = "forecasts",
    params(("username" = String, Path, description = "The account's handle"), VersionQuery),
    responses((status = 200, body = ComparisonResponse))
)]
pub(crate) async fn compare_models(
    Guarded(actor, query): Guarded<ReadForecasts, web::Query<VersionQuery>>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
) -> Result<Polled<ComparisonResponse>, Problem> {
    let account = open_at(&use_cases, actor.access()?, &path, &query).await?;
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
        covariates: report.covariates.iter().map(CovariateOutcomeView::from).collect(),
        without_covariates: without_covariates(report),
    }))
}

/// What answers for an account.
#[derive(Serialize, ToSchema)]
pub(crate) struct ModelInfoResponse {
    /// The account.
    account_name: String,
    /// The version.
    #[schema(minimum = 1)]
    model_version: i32,
    /// The heaviest member of what answers.
    #[schema(value_type = ModelWord)]
    model_id: &'static str,
    /// Its readable name.
    #[schema(value_type = ModelName)]
    model_type: &'static str,
    /// Always `seguidores`.
    #[schema(value_type = TargetWord)]
    target_variable: &'static str,
    /// `daily` or `hourly`.
    #[schema(value_type = GridWord)]
    grid: &'static str,
    /// The grid that was asked for.
    #[schema(value_type = GridChoiceWord)]
    grid_asked: &'static str,
    /// What answers: models and their shares, heaviest first.
    members: Vec<MemberView>,
    /// The settings of the members.
    hyperparameters: BTreeMap<String, String>,
    /// When it was trained.
    #[schema(format = DateTime)]
    trained_at: String,
    /// Who asked for it.
    trained_by: String,
    /// The first observation that it was trained on.
    #[schema(format = DateTime)]
    data_from: String,
    /// The last observation that it was trained on.
    #[schema(format = DateTime)]
    data_until: String,
    /// SHA-256 of what is stored.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    checksum: String,
    /// Bytes that training stored; the fitted model among them is dropped from old versions.
    size_bytes: u64,
    /// The last date that it answers for.
    #[schema(format = Date)]
    forecasts_until: String,
    /// The readable name of the best baseline.
    #[schema(value_type = ModelName)]
    baseline: &'static str,
    /// Lasting jumps of the level, taken out before models were fitted.
    level_shifts: Vec<LevelShiftView>,
    /// Misreadings, left out before models were fitted.
    outliers: Vec<OutlierView>,
    /// What the reader should know.
    #[schema(value_type = Vec<WarningCode>)]
    warnings: Vec<&'static str>,
    /// The same in words.
    warning_texts: Vec<WarningText>,
}

/// One model of what answers.
#[derive(Serialize, ToSchema)]
pub(crate) struct MemberView {
    /// The model.
    #[schema(value_type = ModelWord)]
    model_id: &'static str,
    /// Its readable name.
    #[schema(value_type = ModelName)]
    model_name: &'static str,
    /// Its share, above 0; the shares add up to 1.
    #[schema(minimum = 0, maximum = 1.000_001)]
    weight: f64,
}

impl From<&Member> for MemberView {
    fn from(member: &Member) -> Self {
        let Member { model, weight } = *member;
        Self { model_id: model.as_str(), model_name: model.name(), weight }
    }
}

/// Show the version that answers.
///
/// What it is made of, when, by whom and on which history it was trained, and what it found there: level shifts,
/// outliers, the weights of its models.
#[utoipa::path(
    get,
    path = "/regression/model-info/{username}",
    tag = "forecasts",
    params(("username" = String, Path, description = "The account's handle"), VersionQuery),
    responses((status = 200, body = ModelInfoResponse))
)]
pub(crate) async fn get_model_info(
    Guarded(actor, query): Guarded<ReadForecasts, web::Query<VersionQuery>>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
    ReaderLanguage(language): ReaderLanguage,
) -> Result<Polled<ModelInfoResponse>, Problem> {
    let account = open_at(&use_cases, actor.access()?, &path, &query).await?;
    let serving = account.serving()?;
    let (report, warnings) = (serving.model.report(), account.warnings()?);
    Ok(Polled(ModelInfoResponse {
        account_name: account.snapshot().account.handle.as_str().to_owned(),
        model_version: serving.version.get(),
        model_id: report.served.as_str(),
        model_type: report.served.name(),
        target_variable: TARGET,
        grid: report.grid.as_str(),
        grid_asked: report.grid_asked.as_str(),
        members: report.members.iter().map(MemberView::from).collect(),
        hyperparameters: report.hyperparameters.iter().cloned().collect(),
        trained_at: wire_time(serving.trained_at),
        trained_by: serving.trained_by.clone(),
        data_from: wire_time(report.data_from),
        data_until: wire_time(report.data_until),
        checksum: serving.checksum.clone(),
        size_bytes: serving.size_bytes,
        forecasts_until: serving.model.last_reachable().to_string(),
        baseline: report.baseline.name(),
        level_shifts: report.level_shifts.iter().map(LevelShiftView::from).collect(),
        outliers: report.outliers.iter().map(OutlierView::from).collect(),
        warnings: warning_codes(&warnings),
        warning_texts: warning_texts(&warnings, language),
    }))
}

/// One training run.
#[derive(Serialize, ToSchema)]
pub(crate) struct RunView {
    /// The version that it made.
    #[schema(minimum = 1)]
    model_version: i32,
    /// When it ended.
    #[schema(format = DateTime)]
    trained_at: String,
    /// Who asked for it.
    trained_by: String,
    /// The model that won.
    #[schema(value_type = ModelWord)]
    model_id: &'static str,
    /// Its readable name.
    #[schema(value_type = ModelName)]
    model_name: &'static str,
    /// `daily` or `hourly`.
    #[schema(value_type = GridWord)]
    grid: &'static str,
    /// Mean absolute error, followers.
    #[schema(minimum = 0)]
    mae: f64,
    /// Root mean squared error, followers.
    #[schema(minimum = 0)]
    rmse: f64,
    /// Mean absolute percentage error.
    #[schema(minimum = 0, required = true)]
    mape: Option<f64>,
    /// Mean absolute scaled error.
    #[schema(minimum = 0, required = true)]
    mase: Option<f64>,
    /// The first observation used.
    #[schema(format = DateTime)]
    data_from: String,
    /// The last observation used.
    #[schema(format = DateTime)]
    data_until: String,
    /// Whether it is the version that answers.
    active: bool,
    /// When it was deleted.
    #[schema(format = DateTime, required = true)]
    deleted_at: Option<String>,
}

/// Every training run of an account.
#[derive(Serialize, ToSchema)]
pub(crate) struct HistoryResponse {
    /// The account.
    account_name: String,
    /// Always `seguidores`.
    #[schema(value_type = TargetWord)]
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

/// List the training runs of an account.
///
/// Newest first, also those whose version was deleted.
#[utoipa::path(
    get,
    path = "/regression/history/{username}",
    tag = "forecasts",
    params(("username" = String, Path, description = "The account's handle")),
    responses((status = 200, body = HistoryResponse))
)]
pub(crate) async fn list_training_runs(
    actor: Permitted<ReadForecasts>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
) -> Result<Polled<HistoryResponse>, Problem> {
    let by = actor.access()?;
    let account = open(&use_cases, by, &path).await?;
    let account_name = account.snapshot().account.handle.as_str().to_owned();
    let use_cases = use_cases.into_inner();
    let runs = blocking::call(move || use_cases.forecasts.history(by, &account)).await?;
    let history: Vec<RunView> = runs.into_iter().map(RunView::from).collect();
    Ok(Polled(HistoryResponse { account_name, target_variable: TARGET, total: history.len(), history }))
}
