//! The comparison of models as the wire knows it.

use atalaya_domain::forecast::{ModelScore, TrainingReport};
use serde::Serialize;
use utoipa::ToSchema;

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
    /// Mean scaled interval score of the 95 % interval, less is better; `null` where the history never moves.
    msis_95: Option<f64>,
    /// Overall weighted average of sMAPE and MASE against repeating the last value, which has 1; less is better. `null` where
    /// it is undefined.
    owa: Option<f64>,
    /// Its share in what serves, 0 to 1; 0 for the combination itself.
    weight: f64,
    /// What its fits took, all origins together.
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

/// Every compared model, best first.
pub(super) fn results(report: &TrainingReport) -> Vec<ModelResult> {
    report.scores.iter().map(|score| ModelResult::new(report, score)).collect()
}
