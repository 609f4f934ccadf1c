//! Forecasts, and the models behind them.

pub(crate) mod answers;
pub(crate) mod batch;
pub(crate) mod covariates;
pub(crate) mod features;
pub(crate) mod joint;
pub(crate) mod lists;
mod memory;
pub(crate) mod models;
pub(crate) mod path;
pub(crate) mod review;
mod scores;
pub(crate) mod training;
pub(crate) mod versions;
mod views;

pub use memory::AnswerMemory;

use actix_web::web;
use atalaya_application::UseCases;
use atalaya_application::forecasts::ReadableAccount;
use atalaya_domain::id::ModelVersion;
use atalaya_domain::mandate::{Access, ReadForecasts};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::parse;
use crate::http::blocking;
use crate::http::problem::Problem;

/// What every forecast is about.
const TARGET: &str = "seguidores";

/// Opens an account for reading: from memory without leaving the thread, else from the store.
async fn open(
    use_cases: &web::Data<UseCases>,
    by: Access<ReadForecasts>,
    handle: &str,
) -> Result<ReadableAccount, Problem> {
    if let Some(known) = use_cases.forecasts.recall(by, handle)? {
        return Ok(known);
    }
    let (use_cases, handle) = (use_cases.clone().into_inner(), handle.to_owned());
    blocking::call(move || use_cases.forecasts.open(by, &handle)).await
}

/// Which version answers, for once.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct VersionQuery {
    /// Answer as this version does, whichever answers now.
    #[param(value_type = Option<i32>, minimum = 1)]
    version: Option<String>,
}

/// [`open`] for a version that the reader may name.
async fn open_at(
    use_cases: &web::Data<UseCases>,
    by: Access<ReadForecasts>,
    handle: &str,
    query: &VersionQuery,
) -> Result<ReadableAccount, Problem> {
    let account = open(use_cases, by, handle).await?;
    match &query.version {
        None => Ok(account),
        Some(text) => {
            let version = parse::version("version", text).map_err(|violation| vec![violation])?;
            at_version(use_cases, by, account, version).await
        }
    }
}

/// The account as one version of it answers.
async fn at_version(
    use_cases: &web::Data<UseCases>,
    by: Access<ReadForecasts>,
    account: ReadableAccount,
    version: ModelVersion,
) -> Result<ReadableAccount, Problem> {
    let use_cases = use_cases.clone().into_inner();
    blocking::call(move || use_cases.forecasts.at_version(by, &account, version)).await
}
