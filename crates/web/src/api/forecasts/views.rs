//! Pieces that several answers have in common.

use crate::api::schemas::{ModelName, WarningCode};
use atalaya_domain::forecast::{
    LevelShift, Outlier, PointForecast, StepCoverage, TrainingReport, Warning, WholeInterval,
};
use atalaya_texts::{self as texts, Language};
use serde::Serialize;
use utoipa::ToSchema;

/// An interval that should hold the truth `level` times in a hundred.
#[derive(Serialize, ToSchema)]
pub(crate) struct IntervalView {
    /// In percent.
    #[schema(minimum = 1, maximum = 99, example = 80)]
    pub(super) level: u8,
    /// Lower bound, whole followers.
    pub(super) lower: u64,
    /// Upper bound, whole followers.
    pub(super) upper: u64,
}

/// What the best baseline says.
#[derive(Serialize, ToSchema)]
pub(crate) struct BaselineView {
    /// Its readable name.
    #[schema(value_type = ModelName)]
    pub(super) name: &'static str,
    /// Whole followers.
    pub(super) prediction: u64,
}

/// How often the truth was inside an interval of the level, in backtest.
#[derive(Serialize, ToSchema)]
pub(crate) struct CoverageView {
    /// In percent.
    #[schema(minimum = 1, maximum = 99, example = 80)]
    level: u8,
    /// Share of test values inside, 0 to 1.
    #[schema(minimum = 0, maximum = 1, example = 0.83)]
    backtest: f64,
}

/// How often the truth was inside the intervals of some steps ahead.
#[derive(Serialize, ToSchema)]
pub(crate) struct StepCoverageView {
    /// The first of the steps: days, on an hourly grid hours.
    #[schema(minimum = 1, example = 3)]
    from: u32,
    /// The last of them that was tested.
    #[schema(minimum = 1, example = 4)]
    until: u32,
    /// How many values were tested.
    #[schema(minimum = 1, example = 32)]
    points: u32,
    /// Share of them inside the 80 % interval, 0 to 1.
    #[schema(minimum = 0, maximum = 1, example = 0.81)]
    coverage_80: f64,
    /// Share of them inside the 95 % interval, 0 to 1.
    #[schema(minimum = 0, maximum = 1, example = 0.94)]
    coverage_95: f64,
}

impl From<&StepCoverage> for StepCoverageView {
    fn from(group: &StepCoverage) -> Self {
        let StepCoverage { from, until, points, coverage_80, coverage_95 } = *group;
        Self { from, until, points, coverage_80, coverage_95 }
    }
}

/// A lasting jump of the level that is not the account's own growth.
#[derive(Serialize, ToSchema)]
pub(crate) struct LevelShiftView {
    /// The date on which it shows.
    #[schema(format = Date)]
    fecha: String,
    /// By how many followers; negative for a loss.
    size: f64,
}

impl From<&LevelShift> for LevelShiftView {
    fn from(shift: &LevelShift) -> Self {
        Self { fecha: shift.date.to_string(), size: shift.size }
    }
}

/// A value that went away and came back: a misreading, left out of training.
#[derive(Serialize, ToSchema)]
pub(crate) struct OutlierView {
    /// Its date.
    #[schema(format = Date)]
    fecha: String,
    /// What was observed, in followers.
    observed: f64,
    /// What its neighbours let expect, in followers.
    expected: f64,
}

impl From<&Outlier> for OutlierView {
    fn from(outlier: &Outlier) -> Self {
        Self { fecha: outlier.date.to_string(), observed: outlier.observed, expected: outlier.expected }
    }
}

pub(super) fn warning_codes(warnings: &[Warning]) -> Vec<&'static str> {
    warnings.iter().map(|warning| warning.code()).collect()
}

/// A warning in words.
#[derive(Serialize, ToSchema)]
pub(crate) struct WarningText {
    /// The warning.
    #[schema(value_type = WarningCode)]
    code: &'static str,
    /// What it means and what to do, in the reader's language.
    message: String,
}

pub(super) fn warning_texts(warnings: &[Warning], language: Language) -> Vec<WarningText> {
    let text = |warning: &Warning| WarningText { code: warning.code(), message: texts::warning(language, *warning) };
    warnings.iter().map(text).collect()
}

pub(super) fn interval_views(forecast: &PointForecast) -> Vec<IntervalView> {
    let view = |interval: WholeInterval| IntervalView {
        level: interval.level.percent(),
        lower: interval.lower.get(),
        upper: interval.upper.get(),
    };
    forecast.whole_intervals().into_iter().map(view).collect()
}

/// The backtest coverage of what answers.
pub(super) fn coverage(report: &TrainingReport) -> Vec<CoverageView> {
    let of = |score: &atalaya_domain::forecast::ModelScore| {
        [(80, score.coverage_80), (95, score.coverage_95)].map(|(level, backtest)| CoverageView { level, backtest })
    };
    report.served_score().into_iter().flat_map(of).collect()
}

/// The same by how many steps ahead the test values were; empty for versions that were trained before it was kept.
pub(super) fn coverage_by_step(report: &TrainingReport) -> Vec<StepCoverageView> {
    let groups = report.served_score().map(|score| score.coverage_by_step.as_slice()).unwrap_or_default();
    groups.iter().map(StepCoverageView::from).collect()
}
