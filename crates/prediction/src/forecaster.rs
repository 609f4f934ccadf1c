//! The port: one training run from observations to a version that answers.

use std::cell::Cell;
use std::ops::RangeInclusive;
use std::sync::Arc;

use atalaya_application::ports::forecaster::{
    ArtifactError, Forecaster, History, Trained, TrainedModel, TrainingError, TrainingObserver, TrainingPlan,
};
use atalaya_domain::forecast::{
    Explanation, Feature, Grid, Horizon, Member, MetricWeights, ModelId, ModelScore, TrainingReport, Warning,
};

use crate::artifact::{fitted_identity, read_model, write_fitted, write_model};
use crate::backtest::{Backtested, Design, Stopped, Training, backtest};
use crate::calendar::Timeline;
use crate::features::{FeatureSet, Table};
use crate::fitted::Fitted;
use crate::importance::importances;
use crate::insample;
use crate::interval::Calibration;
use crate::models::{Baseline, FittedRegressor, Model, ModelError, Settings, State};
use crate::numeric::{mean, stored};
use crate::score::score;
use crate::selection::rank;
use crate::series::Series;
use crate::trained::{Answers, Expected, TrainedVersion};

/// The furthest that a model of hourly points is served, in days.
const HOURLY_REACH: u16 = 14;
/// Origins below which error measures rest on too little.
const FEW_ORIGINS: usize = 5;
/// Backtest coverages of the served intervals outside of which a reader is warned.
const FAIR_COVERAGE_80: RangeInclusive<f64> = 0.65..=0.95;
const LEAST_COVERAGE_95: f64 = 0.85;

/// Compares smartcore's regressors on changes with three baselines by rolling-origin backtests; the winner serves.
///
/// Stateless and deterministic. A run works on the thread that calls it.
#[derive(Debug, Clone, Copy, Default)]
pub struct SmartForecaster;

impl SmartForecaster {
    /// A forecaster.
    #[must_use]
    pub fn new() -> Self {
        Self
    }
}

impl Forecaster for SmartForecaster {
    fn train(
        &self,
        history: History<'_>,
        plan: &TrainingPlan,
        observer: &dyn TrainingObserver,
    ) -> Result<Trained, TrainingError> {
        let series = Series::new(history)?;
        let run = Run::prepare(&series, plan);
        let models = compared_models(plan);
        let total = stored(models.len() * run.design.splits.len() + 1);
        let compared = run.compare(models, total, observer)?;
        let ranked = run.ranked(&compared, plan);
        let trained = run.conclude(compared, ranked, plan)?;
        observer.progress(total, total);
        Ok(trained)
    }

    fn open(&self, artifact: &[u8]) -> Result<Arc<dyn TrainedModel>, ArtifactError> {
        Ok(Arc::new(read_model(artifact)?))
    }
}

/// A forecast of a series without an account.
pub(crate) struct Ahead {
    pub(crate) path: Vec<f64>,
    pub(crate) calibration: Calibration,
    pub(crate) model: ModelId,
    pub(crate) members: Vec<Member>,
    pub(crate) warnings: Vec<Warning>,
}

/// Forecasts `steps` steps of a series.
pub(crate) fn forecast_series(
    series: &Series,
    steps: usize,
    observer: &dyn TrainingObserver,
) -> Result<Ahead, TrainingError> {
    let plan = TrainingPlan { models: Vec::new(), weights: MetricWeights::default(), max_horizon_days: 1 };
    let run = Run::prepare(series, &plan);
    let mut compared = run.compare(compared_models(&plan), 1, observer)?;
    let ranked = run.ranked(&compared, &plan);
    let served = run.serve(&ranked, steps, &mut compared)?;
    let calibration = Calibration::new(&compared.of(served.model)?.pairs, run.design.independent);
    let warnings = run.warnings(served.model, ranked.iter().find(|score| score.model == served.model), &calibration);
    Ok(Ahead {
        path: served.path,
        calibration,
        model: served.model,
        members: vec![Member { model: served.model, weight: 1.0 }],
        warnings,
    })
}

/// Backtests every model on the last `origins` origins, `horizon` steps each.
pub(crate) fn backtest_series(
    series: &Series,
    horizon: usize,
    origins: usize,
    observer: &dyn TrainingObserver,
) -> Result<Vec<ModelScore>, TrainingError> {
    let plan = TrainingPlan { models: Vec::new(), weights: MetricWeights::default(), max_horizon_days: 1 };
    let run = Run { design: Design::of(series, horizon, origins), ..Run::prepare(series, &plan) };
    let compared = run.compare(compared_models(&plan), 1, observer)?;
    Ok(run.ranked(&compared, &plan))
}

/// What a run works with, fixed before the first fit.
struct Run<'a> {
    series: &'a Series,
    design: Design,
    training: Option<Training>,
    state: State,
}

/// The backtests of a run, and the models that could not be compared.
struct Compared {
    results: Vec<Backtested>,
    failures: Vec<(ModelId, String)>,
}

/// The model that serves, fitted on the whole history.
struct Served {
    model: ModelId,
    path: Vec<f64>,
    regressor: Option<FittedRegressor>,
}

impl<'a> Run<'a> {
    fn prepare(series: &'a Series, plan: &TrainingPlan) -> Self {
        let design = Design::new(series);
        let wanted = compared_models(plan).iter().any(|model| !model.is_baseline());
        let training = FeatureSet::choose(series, design.earliest())
            .filter(|_| wanted)
            .map(|features| Training { table: Table::new(series, &features), features });
        Self { series, design, training, state: State::at(series, series.last()) }
    }

    fn compare(
        &self,
        models: Vec<ModelId>,
        total: u32,
        observer: &dyn TrainingObserver,
    ) -> Result<Compared, TrainingError> {
        let fits = self.design.splits.len();
        let mut compared = Compared { results: Vec::new(), failures: Vec::new() };
        for (number, model) in models.into_iter().enumerate() {
            let done = Cell::new(number * fits);
            let proceed = || {
                observer.progress(stored(done.get()), total);
                done.set(done.get() + 1);
                !observer.cancelled()
            };
            match backtest(model, self.series, self.training.as_ref(), &self.design, &proceed) {
                Ok(result) => compared.results.push(result),
                Err(Stopped::Cancelled) => return Err(TrainingError::Cancelled),
                Err(Stopped::Model(error)) => compared.fail(model, &error),
            }
        }
        observer.progress(total - 1, total);
        if observer.cancelled() { Err(TrainingError::Cancelled) } else { Ok(compared) }
    }

    fn ranked(&self, compared: &Compared, plan: &TrainingPlan) -> Vec<ModelScore> {
        let scale = self.series.naive_error();
        rank(compared.results.iter().map(|result| score(result, &self.design, scale)).collect(), &plan.weights)
    }

    fn conclude(
        &self,
        mut compared: Compared,
        ranked: Vec<ModelScore>,
        plan: &TrainingPlan,
    ) -> Result<Trained, TrainingError> {
        let steps = steps_ahead(self.series, plan.max_horizon_days);
        let served = self.serve(&ranked, steps, &mut compared)?;
        let best = ranked.iter().find_map(|score| Baseline::of(score.model)).unwrap_or(Baseline::Naive);
        let baseline_path = best.forecast(&self.state, steps).map_err(|error| failed(&error))?;
        let result = compared.of(served.model)?;
        let baseline = compared.of(best.id())?;
        let calibration = Calibration::new(&result.pairs, self.design.independent);
        let mut report = self.report(&served, best.id(), ranked, &calibration)?;
        report.failures.clone_from(&compared.failures);

        let fitted = Fitted { state: self.state.clone(), regressor: served.regressor };
        let history = insample::fitted_points(
            self.series,
            fitted.regressor.as_ref().zip(self.training.as_ref()),
            served.model,
            best,
        );
        let path = served.path.into_iter().zip(baseline_path);
        let fitted_bytes = write_fitted(&fitted).map_err(|error| failed(&error))?;
        let answers = Answers {
            timeline: self.series.timeline(),
            history,
            backtests: insample::backtest_points(result, baseline),
            path: path.map(|(mean, baseline)| Expected { mean, baseline }).collect(),
            calibration,
            fitted_identity: fitted_identity(&fitted_bytes),
        };
        let version = TrainedVersion::new(report, answers).ok_or_else(|| TrainingError::Failed("no path".into()))?;
        let artifact = write_model(&version).map_err(|error| failed(&error))?;
        tracing::debug!(model = %version.report_ref().served, artifact_bytes = artifact.len(), "model trained");
        Ok(Trained { model: Arc::new(version), artifact, fitted: fitted_bytes })
    }

    /// Fits the best model on the whole history; where that fails, the next best.
    fn serve(&self, ranked: &[ModelScore], steps: usize, compared: &mut Compared) -> Result<Served, TrainingError> {
        for score in ranked {
            match self.fit_to_serve(score.model, steps) {
                Ok(served) => return Ok(served),
                Err(error) => compared.fail(score.model, &error),
            }
        }
        Err(TrainingError::Failed("not even the last value could be repeated".into()))
    }

    fn fit_to_serve(&self, model: ModelId, steps: usize) -> Result<Served, ModelError> {
        if let Some(baseline) = Baseline::of(model) {
            return Ok(Served { model, path: baseline.forecast(&self.state, steps)?, regressor: None });
        }
        let training = self.training.as_ref().ok_or(ModelError::TooFewRows { rows: 0, needed: 1 })?;
        let regressor =
            FittedRegressor::fit(model, self.series, &training.features, &training.table, self.series.last())?;
        let path = regressor.forecast(&self.state, steps)?;
        Ok(Served { model, path, regressor: Some(regressor) })
    }

    fn report(
        &self,
        served: &Served,
        baseline: ModelId,
        scores: Vec<ModelScore>,
        calibration: &Calibration,
    ) -> Result<TrainingReport, TrainingError> {
        let warnings =
            self.warnings(served.model, scores.iter().find(|score| score.model == served.model), calibration);
        Ok(TrainingReport {
            served: served.model,
            members: vec![Member { model: served.model, weight: 1.0 }],
            baseline,
            grid: self.series.timeline().grid(),
            scores,
            failures: Vec::new(),
            training_samples: stored(served.regressor.as_ref().map_or(self.series.observed(), FittedRegressor::rows)),
            test_samples: stored(self.design.pairs()),
            origins: stored(self.design.splits.len()),
            features: self.features(served).map_err(|error| failed(&error))?,
            explanation: self.explanation(served),
            assumed_posts_per_day: None,
            level_shifts: Vec::new(),
            outliers: Vec::new(),
            hyperparameters: match Baseline::of(served.model) {
                Some(baseline) => baseline.hyperparameters(&self.state),
                None => Settings::hyperparameters(served.model),
            },
            data_from: self.series.data_from(),
            data_until: self.series.data_until(),
            last_date: self.series.timeline().date(self.series.last()),
            warnings,
        })
    }

    fn explanation(&self, served: &Served) -> Explanation {
        let Self { state, series, .. } = self;
        let forecast = served.path.first().copied().unwrap_or(state.level);
        let trend = mean(&state.changes);
        Explanation {
            date: series.timeline().date(series.last() + 1),
            last_value: state.level,
            trend,
            weekday: 0.0,
            activity: 0.0,
            correction: forecast - state.level - trend,
        }
    }

    fn features(&self, served: &Served) -> Result<Vec<Feature>, ModelError> {
        let Some(training) = self.training.as_ref() else { return Ok(Vec::new()) };
        let names = training.features.names();
        let shares = match &served.regressor {
            Some(regressor) => importances(regressor, &training.table, self.series.last())?,
            None => vec![0.0; names.len()],
        };
        let latest = training.features.first_inputs(&self.state);
        let mut features: Vec<Feature> = names
            .into_iter()
            .zip(shares)
            .zip(latest)
            .map(|((name, importance), latest)| Feature { name, importance, latest })
            .collect();
        features.sort_by(|a, b| b.importance.total_cmp(&a.importance));
        Ok(features)
    }

    fn warnings(&self, served: ModelId, score: Option<&ModelScore>, calibration: &Calibration) -> Vec<Warning> {
        let misses = |score: &ModelScore| {
            !FAIR_COVERAGE_80.contains(&score.coverage_80) || score.coverage_95 < LEAST_COVERAGE_95
        };
        let raised = [
            (Warning::BaselineServes, served.is_baseline()),
            (Warning::HourlyGrid, self.series.timeline().grid() == Grid::Hourly),
            (Warning::ShortHistory, self.design.splits.len() < FEW_ORIGINS),
            (Warning::GapsInHistory, self.series.has_gaps()),
            (Warning::PoorCoverage, !calibration.is_degenerate() && score.is_some_and(misses)),
        ];
        raised.into_iter().filter(|(_, holds)| *holds).map(|(warning, _)| warning).collect()
    }
}

impl Compared {
    fn fail(&mut self, model: ModelId, error: &ModelError) {
        tracing::debug!(%model, %error, "model left out of the comparison");
        self.failures.push((model, error.to_string()));
    }

    fn of(&self, model: ModelId) -> Result<&Backtested, TrainingError> {
        let found = self.results.iter().find(|result| result.model == model);
        found.ok_or_else(|| TrainingError::Failed(format!("{model} was not compared")))
    }
}

/// The baselines and the models of the plan, each once; all where the plan names none.
fn compared_models(plan: &TrainingPlan) -> Vec<ModelId> {
    let wanted = |model: &ModelId| model.is_baseline() || plan.models.is_empty() || plan.models.contains(model);
    Settings::compared().filter(wanted).collect()
}

/// Steps from the last point to the end of the last date that is served.
fn steps_ahead(series: &Series, max_horizon_days: u16) -> usize {
    let timeline = series.timeline();
    let days = match timeline {
        Timeline::Hourly { .. } => max_horizon_days.clamp(1, HOURLY_REACH),
        _ => max_horizon_days.clamp(1, Horizon::LONGEST),
    };
    let last_date = timeline.date(series.last()).checked_add_days(chrono::Days::new(days.into()));
    let end = last_date.and_then(|date| timeline.end_of(date)).unwrap_or_default();
    end.saturating_sub(series.last()).max(1)
}

fn failed(error: &dyn std::fmt::Display) -> TrainingError {
    TrainingError::Failed(error.to_string())
}
