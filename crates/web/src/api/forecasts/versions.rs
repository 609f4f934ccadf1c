//! The routes of a model's versions.

use actix_web::http::StatusCode;
use actix_web::web;
use atalaya_application::UseCases;
use atalaya_application::error::{AppError, Resource};
use atalaya_application::ports::repositories::TrainingRun;
use atalaya_domain::id::ModelVersion;
use atalaya_domain::mandate::{ReadForecasts, TrainModels};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::open;
use crate::api::cursor::Cursor as _;
use crate::api::parse::{self, wire_time};
use crate::api::schemas::{GridWord, ModelName, ModelWord};
use crate::http::blocking;
use crate::http::extract::{Guarded, Permitted};
use crate::http::problem::Problem;
use crate::http::respond::{Answered, Polled};

/// Which page.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// The most versions, 1 to 1000; 100 unless told.
    #[param(minimum = 1, maximum = 1000, value_type = Option<i64>)]
    limit: Option<String>,
    /// The `next_cursor` of the page before.
    #[param(min_length = 1)]
    cursor: Option<String>,
}

/// A version of a model.
#[derive(Serialize, ToSchema)]
pub(crate) struct VersionView {
    /// Its number.
    #[schema(minimum = 1)]
    model_version: i32,
    /// The model, or the heaviest of those that are combined.
    #[schema(value_type = ModelWord)]
    model_id: &'static str,
    /// Its readable name.
    #[schema(value_type = ModelName)]
    model_type: &'static str,
    /// When it was trained.
    #[schema(format = DateTime)]
    trained_at: String,
    /// Who asked for it.
    trained_by: String,
    /// `daily` or `hourly`.
    #[schema(value_type = GridWord)]
    grid: &'static str,
    /// Mean absolute error in backtest, followers.
    #[schema(minimum = 0)]
    mae: f64,
    /// Mean absolute scaled error in backtest; `null` where the history never moves.
    #[schema(minimum = 0, required = true)]
    mase: Option<f64>,
    /// The first observation that it was trained on.
    #[schema(format = DateTime)]
    data_from: String,
    /// The last observation that it was trained on.
    #[schema(format = DateTime)]
    data_until: String,
    /// SHA-256 of what answers.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    checksum: String,
    /// Bytes that training stored; the fitted model among them is dropped from old versions.
    size_bytes: u64,
    /// Whether it is the version that answers.
    active: bool,
    /// The last day on which it answered somebody; `null` where it never did.
    #[schema(required = true, format = Date)]
    answered_at: Option<String>,
    /// When it was deleted, or dropped as an old one.
    #[schema(format = DateTime, required = true)]
    deleted_at: Option<String>,
}

impl From<TrainingRun> for VersionView {
    fn from(run: TrainingRun) -> Self {
        let TrainingRun { version, facts, checksum, size_bytes, active, answered_at, deleted_at } = run;
        Self {
            model_version: version.get(),
            model_id: facts.served.as_str(),
            model_type: facts.served.name(),
            trained_at: wire_time(facts.trained_at),
            trained_by: facts.trained_by,
            grid: facts.grid.as_str(),
            mae: facts.mae,
            mase: facts.mase,
            data_from: wire_time(facts.data_from),
            data_until: wire_time(facts.data_until),
            checksum,
            size_bytes,
            active,
            answered_at: answered_at.map(|day| day.to_string()),
            deleted_at: deleted_at.map(wire_time),
        }
    }
}

/// A page of versions.
#[derive(Serialize, ToSchema)]
pub(crate) struct VersionsResponse {
    /// The account.
    account_name: String,
    /// Newest first.
    versions: Vec<VersionView>,
    /// Where the next page begins; `null` on the last.
    #[schema(required = true)]
    next_cursor: Option<String>,
}

/// List the versions of an account's model.
///
/// Newest first, also those of which only the record is left.
#[utoipa::path(
    get,
    path = "/regression/model-info/{username}/versions",
    tag = "forecasts",
    params(("username" = String, Path, description = "The account's handle"), PageQuery),
    responses((status = 200, body = VersionsResponse))
)]
pub(crate) async fn list_versions(
    Guarded(actor, query): Guarded<ReadForecasts, web::Query<PageQuery>>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
) -> Result<Polled<VersionsResponse>, Problem> {
    let by = actor.access()?;
    let account = open(&use_cases, by, &path).await?;
    let request = parse::page(query.limit.as_deref(), query.cursor.as_deref())?;
    let account_name = account.snapshot().account.handle.as_str().to_owned();
    let use_cases = use_cases.into_inner();
    let page = blocking::call(move || use_cases.forecasts.versions(by, &account, &request)).await?;
    Ok(Polled(VersionsResponse {
        account_name,
        versions: page.items.into_iter().map(VersionView::from).collect(),
        next_cursor: page.next.map(|version| version.write()),
    }))
}

/// Let an earlier version answer.
///
/// It is opened first: a damaged one replaces none that works.
#[utoipa::path(
    post,
    path = "/regression/model-info/{username}/versions/{version}/activate",
    tag = "forecasts",
    params(
        ("username" = String, Path, description = "The account's handle"),
        ("version" = i32, Path, description = "The version's number")
    ),
    responses((status = 200, body = VersionView))
)]
pub(crate) async fn activate_version(
    actor: Permitted<TrainModels>,
    path: web::Path<(String, String)>,
    use_cases: web::Data<UseCases>,
) -> Result<Answered<VersionView>, Problem> {
    let (by, use_cases) = (actor.mandate()?, use_cases.into_inner());
    let (handle, number) = path.into_inner();
    let run = blocking::call(move || {
        let owned = use_cases.accounts.open(&by, &handle)?;
        let version: ModelVersion =
            parse::version("version", &number).map_err(|_| AppError::NotFound(Resource::ModelVersion))?;
        use_cases.training.activate(&owned, version)
    })
    .await?;
    Ok(Answered(StatusCode::OK, VersionView::from(run)))
}
