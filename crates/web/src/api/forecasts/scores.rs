//! The comparison of models as the wire knows it.

use super::views::StepCoverageView;
use crate::api::schemas::{ModelName, ModelWord};
use atalaya_domain::forecast::{ModelScore, TrainingReport};
use serde::Serialize;
use utoipa::ToSchema;

/// One model in the comparison. Errors are those of the backtest: forecasts against values that the model had not seen.
#[derive(Serialize, ToSchema)]
pub(crate) struct ModelResult {
    /// The model.
    #[schema(value_type = ModelWord)]
    model_id: &'static str,
    /// Its readable name.
    #[schema(value_type = ModelName)]
    model_name: &'static str,
    /// Whether it is one of the baselines that the others have to beat.
    is_baseline: bool,
    /// Root mean squared error, followers.
    #[schema(minimum = 0)]
    rmse: f64,
    /// Mean absolute error, followers.
    #[schema(minimum = 0)]
    mae: f64,
    /// Median absolute error, followers.
    #[schema(minimum = 0)]
    medae: f64,
    /// Coefficient of determination; `null` where the test values never move.
    #[schema(required = true)]
    r2: Option<f64>,
    /// The same by its older name.
    #[schema(required = true)]
    r2_score: Option<f64>,
    /// Explained variance; `null` where the test values never move.
    #[schema(required = true)]
    evs: Option<f64>,
    /// Mean absolute percentage error; `null` where a test value is zero.
    #[schema(minimum = 0, required = true)]
    mape: Option<f64>,
    /// Symmetric mean absolute percentage error, 0 to 200.
    #[schema(minimum = 0)]
    smape: f64,
    /// Mean absolute scaled error; `null` where the history never moves.
    #[schema(minimum = 0, required = true)]
    mase: Option<f64>,
    /// Share of test values inside the 80 % interval, 0 to 1.
    #[schema(minimum = 0, maximum = 1)]
    coverage_80: f64,
    /// Share of test values inside the 95 % interval, 0 to 1.
    #[schema(minimum = 0, maximum = 1)]
    coverage_95: f64,
    /// Both by how many steps ahead the test values were; empty for versions trained before it was kept.
    coverage_by_step: Vec<StepCoverageView>,
    /// Mean scaled interval score of the 95 % interval, less is better; `null` where the history never moves.
    #[schema(minimum = 0, required = true)]
    msis_95: Option<f64>,
    /// Overall weighted average of sMAPE and MASE against repeating the last value, which has 1; less is better. `null`
    /// where it is undefined.
    #[schema(minimum = 0, required = true)]
    owa: Option<f64>,
    /// Its share in what serves, 0 to 1; 0 for the combination itself.
    #[schema(minimum = 0, maximum = 1.000_001)]
    weight: f64,
    /// What its fits took, all origins together.
    #[schema(minimum = 0)]
    fit_seconds: f64,
}

impl ModelResult {
    fn new(report: &TrainingReport, score: &ModelScore) -> Self {
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
            coverage_by_step: score.coverage_by_step.iter().map(StepCoverageView::from).collect(),
            msis_95: score.msis_95,
            owa: report.owa(score),
            weight: report.weight_of(score.model),
            fit_seconds: score.fit_time.as_secs_f64(),
        }
    }
}

/// The score of what answers, by the name of its heaviest member.
pub(super) fn best(report: &TrainingReport) -> Option<ModelResult> {
    let (served, score) = (report.served, report.served_score()?);
    Some(ModelResult {
        model_id: served.as_str(),
        model_name: served.name(),
        is_baseline: served.is_baseline(),
        weight: report.weight_of(served),
        ..ModelResult::new(report, score)
    })
}

/// The score of what would answer without covariates, where some are kept.
pub(super) fn without_covariates(report: &TrainingReport) -> Option<ModelResult> {
    let score = report.without_covariates.as_ref()?;
    // It is no member of what answers.
    Some(ModelResult { weight: 0.0, ..ModelResult::new(report, score) })
}

/// Every compared model, best first.
pub(super) fn results(report: &TrainingReport) -> Vec<ModelResult> {
    report.scores.iter().map(|score| ModelResult::new(report, score)).collect()
}
