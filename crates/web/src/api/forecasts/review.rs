//! The routes that hold past forecasts against what was observed since.

use actix_web::web;
use atalaya_application::UseCases;
use atalaya_application::error::Violation;
use atalaya_application::forecasts::{AccuracyAnswer, AnomalyQuery, SelectedVersions};
use atalaya_domain::forecast::{Accuracy, Anomaly, Basis, HorizonRange, Level};
use atalaya_domain::id::ModelVersion;
use atalaya_domain::mandate::ReadForecasts;
use atalaya_texts::{self as texts, Language};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::views::{LevelShiftView, OutlierView, StepCoverageView};
use super::{VersionQuery, open};
use crate::api::parse::{Rules, date, level, version, wire_time};
use crate::api::schemas::BasisWord;
use crate::http::blocking;
use crate::http::extract::Guarded;
use crate::http::language::ReaderLanguage;
use crate::http::problem::Problem;
use crate::http::respond::Polled;

/// How past forecasts turned out.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccuracyView {
    /// How many forecasts of a date that was observed since.
    forecasts: u32,
    /// Mean absolute error, followers.
    #[schema(minimum = 0)]
    mae: f64,
    /// Mean of observed minus forecast, followers: above 0 where forecasts were too low.
    bias: f64,
    /// Mean absolute percentage error; `null` where an observed value is zero.
    #[schema(minimum = 0, required = true)]
    mape: Option<f64>,
    /// Mean absolute error of the best baseline of each version, followers.
    #[schema(minimum = 0)]
    baseline_mae: f64,
    /// Share of observed values inside the 80 % interval, 0 to 1.
    #[schema(minimum = 0, maximum = 1)]
    coverage_80: f64,
    /// Share of observed values inside the 95 % interval, 0 to 1.
    #[schema(minimum = 0, maximum = 1)]
    coverage_95: f64,
}

impl From<Accuracy> for AccuracyView {
    fn from(accuracy: Accuracy) -> Self {
        let Accuracy { forecasts, mae, bias, mape, baseline_mae, coverage_80, coverage_95 } = accuracy;
        Self { forecasts, mae, bias, mape, baseline_mae, coverage_80, coverage_95 }
    }
}

/// Days ahead, both ends included.
#[derive(Serialize, ToSchema)]
pub(crate) struct HorizonView {
    /// The first.
    #[schema(minimum = 1)]
    from: u16,
    /// The last; `null` for all that follow.
    #[schema(required = true)]
    until: Option<u16>,
}

/// How forecasts of one range of horizons turned out.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccuracyRow {
    /// How far ahead: each of the first 14 days alone, then 15 to 30, 31 to 90, and all beyond.
    horizon_days: HorizonView,
    #[serde(flatten)]
    accuracy: AccuracyView,
}

impl From<(HorizonRange, Accuracy)> for AccuracyRow {
    fn from((range, accuracy): (HorizonRange, Accuracy)) -> Self {
        let HorizonRange { from, until } = range;
        Self { horizon_days: HorizonView { from, until }, accuracy: accuracy.into() }
    }
}

/// How past forecasts turned out, by how far ahead they were.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccuracyResponse {
    /// The account.
    account_name: String,
    /// The versions whose forecasts are in it, newest first.
    versions: Vec<i32>,
    /// The newest observation.
    #[schema(format = DateTime, required = true)]
    observations_until: Option<String>,
    /// Nearest first.
    rows: Vec<AccuracyRow>,
    /// All rows together.
    #[schema(required = true)]
    total: Option<AccuracyView>,
    /// How often the intervals held, by days ahead in the groups of `coverage_by_step` of a backtest.
    coverage_by_step: Vec<StepCoverageView>,
    /// Why there are no rows, or that not every version is in them, in the reader's language.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

fn note(found: &AccuracyAnswer, language: Language) -> Option<String> {
    if found.review.rows.is_empty() {
        return Some(texts::message(language, "nothing_to_review", &[]));
    }
    let SelectedVersions { reviewed, kept } = found.selected?;
    let params = [("reviewed", reviewed.to_string()), ("kept", kept.to_string())];
    Some(texts::message(language, "review_selected", &params))
}

/// Compare past forecasts with what happened.
///
/// The stored forecasts of each kept version for the dates after its data, against what was observed since, by days
/// ahead.
#[utoipa::path(
    get,
    path = "/regression/accuracy/{username}",
    tag = "forecasts",
    params(("username" = String, Path, description = "The account's handle"), VersionQuery),
    responses((status = 200, body = AccuracyResponse))
)]
pub(crate) async fn get_accuracy(
    Guarded(actor, query): Guarded<ReadForecasts, web::Query<VersionQuery>>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
    ReaderLanguage(language): ReaderLanguage,
) -> Result<Polled<AccuracyResponse>, Problem> {
    let by = actor.access()?;
    let account = open(&use_cases, by, &path).await?;
    let only = query.version.as_deref().map(|text| version("version", text)).transpose();
    let only = only.map_err(|violation| vec![violation])?;
    let account_name = account.snapshot().account.handle.as_str().to_owned();
    let use_cases = use_cases.into_inner();
    let found = blocking::call(move || use_cases.forecasts.accuracy(by, &account, only)).await?;
    let note = note(&found, language);
    Ok(Polled(AccuracyResponse {
        account_name,
        versions: found.versions.into_iter().map(ModelVersion::get).collect(),
        observations_until: found.observations_until.map(wire_time),
        rows: found.review.rows.into_iter().map(AccuracyRow::from).collect(),
        total: found.review.total.map(AccuracyView::from),
        coverage_by_step: found.review.coverage_by_step.iter().map(StepCoverageView::from).collect(),
        note,
    }))
}

/// Where to look.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SpanQuery {
    /// The first date, `YYYY-MM-DD`; 89 days before the last unless told.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<String>,
    /// The last date, at most 400 days in all; that of the newest observation unless told.
    #[param(value_type = Option<String>, format = Date)]
    to: Option<String>,
    /// Level of the intervals, in percent; 95 unless told.
    #[param(value_type = Option<u8>, minimum = 1, maximum = 99)]
    level: Option<String>,
}

impl SpanQuery {
    fn parse(&self) -> Result<AnomalyQuery, Vec<Violation>> {
        const USUAL: Level = Level::DEFAULTS[1];
        let mut rules = Rules::default();
        let from = self.from.as_deref().and_then(|text| rules.take(date("from", Some(text))));
        let to = self.to.as_deref().and_then(|text| rules.take(date("to", Some(text))));
        let level = self.level.as_deref().map_or(Some(USUAL), |text| rules.take(level("level", text)));
        rules.finish(level.map(|level| AnomalyQuery { from, to, level }))
    }
}

/// A date whose observed value lies outside of the interval that was forecast for it before.
#[derive(Serialize, ToSchema)]
pub(crate) struct AnomalyView {
    /// The date.
    #[schema(format = Date)]
    fecha: String,
    /// What was observed last on it.
    actual: u64,
    /// What was expected.
    prediction: u64,
    /// Lower bound, whole followers.
    lower: u64,
    /// Upper bound, whole followers.
    upper: u64,
    /// Of the interval, in percent.
    #[schema(minimum = 1, maximum = 99, example = 95)]
    level: u8,
    /// Days after the last date of the version's data; 0 or less for a backtest's forecast.
    horizon_days: i32,
    /// The version that forecast it.
    #[schema(minimum = 1)]
    model_version: i32,
    /// `forecast`: the version's data end before the date. `backtest`: the version was trained later, and forecast the
    /// date from an earlier origin when it was tested.
    #[schema(value_type = BasisWord)]
    basis: &'static str,
    /// Observed minus the bound that was passed, followers: positive above the interval, negative below.
    deviation: i64,
}

impl From<&Anomaly> for AnomalyView {
    fn from(anomaly: &Anomaly) -> Self {
        Self {
            fecha: anomaly.date.to_string(),
            actual: anomaly.actual.get(),
            prediction: anomaly.expected.get(),
            lower: anomaly.interval.lower.get(),
            upper: anomaly.interval.upper.get(),
            level: anomaly.interval.level.percent(),
            horizon_days: anomaly.horizon_days,
            model_version: anomaly.version.get(),
            basis: if anomaly.basis == Basis::Forecast { "forecast" } else { "backtest" },
            deviation: anomaly.deviation(),
        }
    }
}

/// Dates that turned out as no forecast expected.
#[derive(Serialize, ToSchema)]
pub(crate) struct AnomaliesResponse {
    /// The account.
    account_name: String,
    /// The first date that was looked at.
    #[schema(format = Date)]
    from: String,
    /// The last.
    #[schema(format = Date)]
    to: String,
    /// How many of these dates were observed and had been forecast before.
    checked: u32,
    /// Those outside of their interval, by date.
    anomalies: Vec<AnomalyView>,
    /// Lasting jumps of the level in the data of the version that answers.
    level_shifts: Vec<LevelShiftView>,
    /// Misreadings in those data.
    outliers: Vec<OutlierView>,
}

/// List days outside the forecast interval.
///
/// Dates whose observed value lies outside of the interval that was forecast before them: by the newest version whose
/// data end before the date, else by the backtest of the version that answers.
#[utoipa::path(
    get,
    path = "/regression/anomalies/{username}",
    tag = "forecasts",
    params(("username" = String, Path, description = "The account's handle"), SpanQuery),
    responses((status = 200, body = AnomaliesResponse))
)]
pub(crate) async fn list_anomalies(
    Guarded(actor, query): Guarded<ReadForecasts, web::Query<SpanQuery>>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
) -> Result<Polled<AnomaliesResponse>, Problem> {
    let by = actor.access()?;
    let account = open(&use_cases, by, &path).await?;
    let query = query.parse()?;
    let (use_cases, asked) = (use_cases.into_inner(), account.clone());
    let found = blocking::call(move || use_cases.forecasts.anomalies(by, &asked, &query)).await?;
    let report = account.serving()?.model.report();
    Ok(Polled(AnomaliesResponse {
        account_name: account.snapshot().account.handle.as_str().to_owned(),
        from: found.span.start().to_string(),
        to: found.span.end().to_string(),
        checked: found.checked,
        anomalies: found.anomalies.iter().map(AnomalyView::from).collect(),
        level_shifts: report.level_shifts.iter().map(LevelShiftView::from).collect(),
        outliers: report.outliers.iter().map(OutlierView::from).collect(),
    }))
}
