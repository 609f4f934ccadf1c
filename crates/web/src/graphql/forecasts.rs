//! Forecasts, and the models behind them.

use async_graphql::SimpleObject;
use atalaya_application::error::AppError;
use atalaya_application::forecasts::{AccuracyAnswer, AnomaliesAnswer, Answer, ReadableAccount};
use atalaya_application::ports::repositories::TrainingRun;
use atalaya_domain::forecast::{
    self, Anomaly, Basis, HorizonRange, ModelScore, PointForecast, TrainingReport, Warning, WholeInterval,
};
use atalaya_domain::id::ModelVersion;
use atalaya_domain::observation::Followers;
use atalaya_texts::{self as texts, Language};

use crate::graphql::scalars::{Count, Date, Moment};

/// An interval that should hold the truth `level` times in a hundred.
#[derive(SimpleObject)]
pub(crate) struct Interval {
    /// In percent.
    level: i32,
    /// Lower bound, whole followers.
    lower: Count,
    /// Upper bound, whole followers.
    upper: Count,
}

impl From<WholeInterval> for Interval {
    fn from(interval: WholeInterval) -> Self {
        let WholeInterval { level, lower, upper } = interval;
        Self { level: level.percent().into(), lower: Count::of(lower.get()), upper: Count::of(upper.get()) }
    }
}

fn intervals(forecast: &PointForecast) -> Vec<Interval> {
    forecast.whole_intervals().into_iter().map(Interval::from).collect()
}

/// What the reader of a forecast should know.
#[derive(SimpleObject)]
#[graphql(name = "Warning")]
pub(crate) struct WarningNode {
    /// The warning.
    code: &'static str,
    /// What it means and what to do, in the reader's language.
    message: String,
}

fn warning_nodes(warnings: &[Warning], language: Language) -> Vec<WarningNode> {
    let node = |warning: &Warning| WarningNode { code: warning.code(), message: texts::warning(language, *warning) };
    warnings.iter().map(node).collect()
}

/// The expected followers at the end of a day.
#[derive(SimpleObject)]
#[graphql(name = "Prediction")]
pub(crate) struct PredictionNode {
    /// The day.
    date: Date,
    /// Whole followers.
    prediction: Count,
    /// The readable name of the model.
    model: &'static str,
    /// Days after the last date of the history; 0 or less inside it.
    horizon_days: i32,
    /// The intervals.
    intervals: Vec<Interval>,
    /// What the best baseline says.
    baseline: Count,
    /// The version of the model.
    version: i32,
    /// When it was trained.
    trained_at: Moment,
    /// The last observation that it was trained on.
    data_until: Moment,
    /// What was measured on the day, where it lies in the history.
    actual: Option<Count>,
    /// What the reader should know.
    warnings: Vec<WarningNode>,
}

impl PredictionNode {
    pub(crate) fn of(account: &ReadableAccount, answer: &Answer, language: Language) -> Result<Self, AppError> {
        let serving = account.serving()?;
        let report = serving.model.report();
        let forecast = &answer.forecast;
        Ok(Self {
            date: forecast.date.into(),
            prediction: Count::of(forecast.whole_mean().get()),
            model: report.served.name(),
            horizon_days: forecast.horizon_days,
            intervals: intervals(forecast),
            baseline: Count::of(forecast.whole_baseline().get()),
            version: serving.version.get(),
            trained_at: serving.trained_at.into(),
            data_until: report.data_until.into(),
            actual: answer.actual.map(Followers::get).map(Count::of),
            warnings: warning_nodes(&answer.warnings, language),
        })
    }
}

/// The forecast of one day.
#[derive(SimpleObject)]
pub(crate) struct ForecastDay {
    /// The day.
    date: Date,
    /// Days after the last date of the history.
    horizon_days: i32,
    /// Whole followers.
    prediction: Count,
    /// The intervals.
    intervals: Vec<Interval>,
    /// What the best baseline says.
    baseline: Count,
}

impl From<&PointForecast> for ForecastDay {
    fn from(forecast: &PointForecast) -> Self {
        Self {
            date: forecast.date.into(),
            horizon_days: forecast.horizon_days,
            prediction: Count::of(forecast.whole_mean().get()),
            intervals: intervals(forecast),
            baseline: Count::of(forecast.whole_baseline().get()),
        }
    }
}

/// The forecast of the next days.
#[derive(SimpleObject)]
pub(crate) struct Forecast {
    /// The readable name of the model.
    model: &'static str,
    /// The readable name of the best baseline.
    baseline: &'static str,
    /// The version of the model.
    version: i32,
    /// When it was trained.
    trained_at: Moment,
    /// The last observation that it was trained on.
    data_until: Moment,
    /// One for each day.
    days: Vec<ForecastDay>,
    /// What the reader should know.
    warnings: Vec<WarningNode>,
}

impl Forecast {
    pub(crate) fn of(
        account: &ReadableAccount,
        days: &[PointForecast],
        warnings: &[Warning],
        language: Language,
    ) -> Result<Self, AppError> {
        let serving = account.serving()?;
        let report = serving.model.report();
        Ok(Self {
            model: report.served.name(),
            baseline: report.baseline.name(),
            version: serving.version.get(),
            trained_at: serving.trained_at.into(),
            data_until: report.data_until.into(),
            days: days.iter().map(ForecastDay::from).collect(),
            warnings: warning_nodes(warnings, language),
        })
    }
}

/// A model in the comparison. Errors are those of the backtest.
#[derive(SimpleObject)]
#[graphql(name = "ModelResult")]
pub(crate) struct ModelNode {
    /// The model.
    id: &'static str,
    /// Its readable name.
    name: &'static str,
    /// Whether it is one of the baselines that the others have to beat.
    is_baseline: bool,
    /// Mean absolute error, followers.
    mae: f64,
    /// Root mean squared error, followers.
    rmse: f64,
    /// Mean absolute percentage error; none where a test value is zero.
    mape: Option<f64>,
    /// Symmetric mean absolute percentage error, 0 to 200.
    smape: f64,
    /// Mean absolute scaled error; none where the history never moves.
    mase: Option<f64>,
    /// Coefficient of determination; none where the test values never move.
    r2: Option<f64>,
    /// Share of test values inside the 80 % interval, 0 to 1.
    coverage_80: f64,
    /// Share of test values inside the 95 % interval, 0 to 1.
    coverage_95: f64,
    /// Its share in what serves, 0 to 1.
    weight: f64,
}

impl ModelNode {
    fn of(report: &TrainingReport, score: &ModelScore) -> Self {
        Self {
            id: score.model.as_str(),
            name: score.model.name(),
            is_baseline: score.model.is_baseline(),
            mae: score.mae,
            rmse: score.rmse,
            mape: score.mape,
            smape: score.smape,
            mase: score.mase,
            r2: score.r2,
            coverage_80: score.coverage_80,
            coverage_95: score.coverage_95,
            weight: report.weight_of(score.model),
        }
    }
}

/// The models that were compared for a version.
#[derive(SimpleObject)]
pub(crate) struct Comparison {
    /// The version.
    version: i32,
    /// The readable name of what answers.
    served: &'static str,
    /// Rows that the model was fitted on.
    training_samples: i32,
    /// Forecast-and-truth pairs of the backtest.
    test_samples: i32,
    /// Every compared model, best first.
    models: Vec<ModelNode>,
}

impl Comparison {
    pub(crate) fn of(account: &ReadableAccount) -> Result<Self, AppError> {
        let serving = account.serving()?;
        let report = serving.model.report();
        let whole = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
        Ok(Self {
            version: serving.version.get(),
            served: report.served.name(),
            training_samples: whole(report.training_samples),
            test_samples: whole(report.test_samples),
            models: report.scores.iter().map(|score| ModelNode::of(report, score)).collect(),
        })
    }
}

/// How past forecasts turned out.
#[derive(SimpleObject)]
pub(crate) struct AccuracyMeasures {
    /// How many forecasts of a date that was observed since.
    forecasts: Count,
    /// Mean absolute error, followers.
    mae: f64,
    /// Mean of observed minus forecast, followers.
    bias: f64,
    /// Mean absolute percentage error; none where an observed value is zero.
    mape: Option<f64>,
    /// Mean absolute error of the best baseline of each version, followers.
    baseline_mae: f64,
    /// Share of observed values inside the 80 % interval, 0 to 1.
    coverage_80: f64,
    /// Share of observed values inside the 95 % interval, 0 to 1.
    coverage_95: f64,
}

impl From<forecast::Accuracy> for AccuracyMeasures {
    fn from(accuracy: forecast::Accuracy) -> Self {
        let forecast::Accuracy { forecasts, mae, bias, mape, baseline_mae, coverage_80, coverage_95 } = accuracy;
        Self { forecasts: Count::of(forecasts.into()), mae, bias, mape, baseline_mae, coverage_80, coverage_95 }
    }
}

/// How forecasts of one range of horizons turned out.
#[derive(SimpleObject)]
pub(crate) struct AccuracyRow {
    /// The first day ahead.
    from_days: i32,
    /// The last day ahead; none for all that follow.
    until_days: Option<i32>,
    /// The measures.
    measures: AccuracyMeasures,
}

impl From<(HorizonRange, forecast::Accuracy)> for AccuracyRow {
    fn from((range, accuracy): (HorizonRange, forecast::Accuracy)) -> Self {
        Self { from_days: range.from.into(), until_days: range.until.map(i32::from), measures: accuracy.into() }
    }
}

/// How past forecasts of an account turned out.
#[derive(SimpleObject)]
pub(crate) struct Accuracy {
    /// The versions whose forecasts are in it, newest first.
    versions: Vec<i32>,
    /// The newest observation.
    observations_until: Option<Moment>,
    /// By how far ahead, nearest first.
    rows: Vec<AccuracyRow>,
    /// All rows together.
    total: Option<AccuracyMeasures>,
}

impl From<AccuracyAnswer> for Accuracy {
    fn from(found: AccuracyAnswer) -> Self {
        Self {
            versions: found.versions.into_iter().map(ModelVersion::get).collect(),
            observations_until: found.observations_until.map(Moment::from),
            rows: found.review.rows.into_iter().map(AccuracyRow::from).collect(),
            total: found.review.total.map(AccuracyMeasures::from),
        }
    }
}

/// A day whose observed value lies outside of the interval that was forecast for it before.
#[derive(SimpleObject)]
#[graphql(name = "Anomaly")]
pub(crate) struct AnomalyNode {
    /// The day.
    date: Date,
    /// What was observed last on it.
    actual: Count,
    /// What was expected.
    prediction: Count,
    /// The interval.
    interval: Interval,
    /// Days after the last date of the version's data; 0 or less for a backtest's forecast.
    horizon_days: i32,
    /// The version that forecast it.
    version: i32,
    /// Whether it was forecast when the version was tested, and not by the version itself.
    of_backtest: bool,
    /// Observed minus the bound that was passed, followers.
    deviation: Count,
}

impl From<&Anomaly> for AnomalyNode {
    fn from(anomaly: &Anomaly) -> Self {
        Self {
            date: anomaly.date.into(),
            actual: Count::of(anomaly.actual.get()),
            prediction: Count::of(anomaly.expected.get()),
            interval: anomaly.interval.into(),
            horizon_days: anomaly.horizon_days,
            version: anomaly.version.get(),
            of_backtest: anomaly.basis != Basis::Forecast,
            deviation: Count(anomaly.deviation()),
        }
    }
}

/// Days that turned out as no forecast expected.
#[derive(SimpleObject)]
pub(crate) struct Anomalies {
    /// The first day that was looked at.
    from: Date,
    /// The last.
    to: Date,
    /// How many of these days were observed and had been forecast before.
    checked: Count,
    /// Those outside of their interval, by date.
    days: Vec<AnomalyNode>,
}

impl From<AnomaliesAnswer> for Anomalies {
    fn from(found: AnomaliesAnswer) -> Self {
        Self {
            from: (*found.span.start()).into(),
            to: (*found.span.end()).into(),
            checked: Count::of(found.checked.into()),
            days: found.anomalies.iter().map(AnomalyNode::from).collect(),
        }
    }
}

/// A version of a model.
#[derive(SimpleObject)]
#[graphql(name = "ModelVersion")]
pub(crate) struct VersionNode {
    /// Its number.
    version: i32,
    /// The readable name of the model.
    model: &'static str,
    /// When it was trained.
    trained_at: Moment,
    /// Who asked for it.
    trained_by: String,
    /// `daily` or `hourly`.
    grid: &'static str,
    /// Mean absolute error in backtest, followers.
    mae: f64,
    /// Mean absolute scaled error in backtest; none where the history never moves.
    mase: Option<f64>,
    /// The first observation that it was trained on.
    data_from: Moment,
    /// The last observation that it was trained on.
    data_until: Moment,
    /// SHA-256 of what answers.
    checksum: String,
    /// Bytes that training stored.
    size_bytes: Count,
    /// Whether it is the version that answers.
    active: bool,
    /// The last day on which it answered somebody.
    answered_at: Option<Date>,
    /// When it was deleted, or dropped as an old one.
    deleted_at: Option<Moment>,
}

impl From<TrainingRun> for VersionNode {
    fn from(run: TrainingRun) -> Self {
        let TrainingRun { version, facts, checksum, size_bytes, active, answered_at, deleted_at } = run;
        Self {
            version: version.get(),
            model: facts.served.name(),
            trained_at: facts.trained_at.into(),
            trained_by: facts.trained_by,
            grid: facts.grid.as_str(),
            mae: facts.mae,
            mase: facts.mase,
            data_from: facts.data_from.into(),
            data_until: facts.data_until.into(),
            checksum,
            size_bytes: Count::of(size_bytes),
            active,
            answered_at: answered_at.map(Date::from),
            deleted_at: deleted_at.map(Moment::from),
        }
    }
}
