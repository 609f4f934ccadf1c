//! The port: one training run from observations to a version that answers.

use std::ops::RangeInclusive;
use std::sync::Arc;

use atalaya_application::ports::forecaster::{
    AccountOutlook, ArtifactError, Forecaster, History, Trained, TrainedModel, TrainingError, TrainingObserver,
    TrainingPlan,
};
use atalaya_domain::forecast::{
    Grid, GridChoice, Horizon, Level, LevelShift, Member, ModelId, ModelScore, Outlier, TogetherForecast,
    TrainingReport, Warning,
};

use crate::artifact::{read_model, write_model};
use crate::backtest::{Design, Pair};
use crate::calendar::Timeline;
use crate::combination::combined;
use crate::covariates::{Asked, Findings, Views};
use crate::explanation;
use crate::fitted;
use crate::insample;
use crate::interval::Outlook;
use crate::joint;
use crate::models::{FittedModel, FittedRegressor};
use crate::numeric::{count, deviation, mean, stored};
use crate::paths::Windows;
use crate::response::Response;
use crate::run::{Choice, Chosen, Compared, Run, Served, alone, failed};
use crate::series::{LONG_GAP, Series};
use crate::trained::{Answers, Expected, TrainedVersion};

/// The furthest that a model of hourly points is served, in days.
const HOURLY_REACH: u16 = 14;
/// Origins below which error measures rest on too little.
const FEW_ORIGINS: usize = 5;
/// Backtest coverages of the served intervals outside of which a reader is warned.
const FAIR_COVERAGE_80: RangeInclusive<f64> = 0.65..=0.95;
const LEAST_COVERAGE_95: f64 = 0.85;
/// Points beyond which few models see the whole history, and the reader is told.
const SEEN_POINTS: usize = 1_095;

/// Compares baselines, statistical models and smartcore's regressors by rolling-origin backtests, and serves a weighted
/// mean of the best.
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
        let series = Series::new(history, plan.grid)?;
        let run = Run::new(&series, Design::new(&series, None));
        let work = Work {
            choice: Choice { models: &plan.models, weights: &plan.weights },
            steps: steps_ahead(&series, plan.max_horizon_days),
        };
        let mut found = Findings::of(&series, &plan.covariates, history.time_zone);
        let columns = found.kept();
        let passes = if columns.is_empty() { 1 } else { 2 };
        let usual = work.pass(&run, &Pass { observer, number: 0, of: passes })?;
        if columns.is_empty() {
            return conclude(&run, usual, plan.grid, found.finish(&series, None, work.steps));
        }
        let views = Views::new(&series, &run.design, &columns, work.steps);
        let covered = Run::with_covariates(&series, run.design.clone(), &views);
        let with = work.pass(&covered, &Pass { observer, number: 1, of: passes })?;
        if !with.is_worse_than(&usual, &run.design) {
            let without = usual.score().cloned();
            let asked = Asked { without, ..found.finish(&series, Some(&views), work.steps) };
            return conclude(&covered, with, plan.grid, asked);
        }
        found.none_serves();
        conclude(&run, usual, plan.grid, found.finish(&series, None, work.steps))
    }

    fn together(&self, accounts: &[AccountOutlook], levels: &[Level]) -> TogetherForecast {
        joint::together(accounts, levels)
    }

    fn open(&self, artifact: &[u8]) -> Result<Arc<dyn TrainedModel>, ArtifactError> {
        Ok(Arc::new(read_model(artifact)?))
    }
}

/// What every pass of a training is to do.
struct Work<'a> {
    choice: Choice<'a>,
    /// How far ahead the path goes.
    steps: usize,
}

impl Work<'_> {
    /// Compares, chooses and serves.
    fn pass(&self, run: &Run<'_>, observer: &Pass<'_>) -> Result<Passed, TrainingError> {
        let mut compared = run.compare(self.choice, observer)?;
        let chosen = run.choose(&compared, self.choice)?;
        let served = run.serve(&chosen, self.steps, &mut compared)?;
        observer.progress(compared.total, compared.total);
        Ok(Passed { compared, chosen, served })
    }
}

/// One of several passes, each of as many steps, as an observer of all of them sees it.
struct Pass<'a> {
    observer: &'a dyn TrainingObserver,
    number: u32,
    of: u32,
}

impl TrainingObserver for Pass<'_> {
    fn progress(&self, done: u32, total: u32) {
        self.observer.progress(self.number * total + done, self.of * total);
    }

    fn cancelled(&self) -> bool {
        self.observer.cancelled()
    }
}

/// What a pass found.
struct Passed {
    compared: Compared,
    chosen: Chosen,
    served: Served,
}

impl Passed {
    /// Whether what would serve has a larger error over the recent windows than another's, by more than chance
    /// explains: by more than the standard error of the mean difference of a window (Diebold & Mariano 1995).
    fn is_worse_than(&self, other: &Self, design: &Design) -> bool {
        let error = |pairs: &[Pair]| mean(&pairs.iter().map(Pair::size).collect::<Vec<_>>());
        let of = |passed: &Self, number: usize| passed.chosen.backtested.splits.get(number).map(|pairs| error(pairs));
        let differences: Vec<f64> =
            design.recent().filter_map(|(number, _)| Some(of(self, number)? - of(other, number)?)).collect();
        let by_chance = deviation(&differences) / design.evidence.independent.max(1.0).sqrt();
        mean(&differences) > by_chance
    }

    /// The score of what would serve.
    fn score(&self) -> Option<&ModelScore> {
        let model = match self.chosen.members.as_slice() {
            [only] => only.model,
            _ => ModelId::Combination,
        };
        self.chosen.scores.iter().find(|score| score.model == model)
    }
}

/// Packs what a run found into a version and its bytes.
fn conclude(run: &Run<'_>, passed: Passed, grid_asked: GridChoice, asked: Asked) -> Result<Trained, TrainingError> {
    let Passed { compared, chosen, served } = passed;
    let (compared, served) = (&compared, &served);
    let series = run.series();
    let response = Response::measure(series);
    let report = TrainingReport {
        grid_asked,
        covariates: asked.outcomes,
        without_covariates: asked.without,
        ..report(run, compared, &chosen, served, response.as_ref())?
    };
    let history = insample::fitted_points(&run.material, &served.members, chosen.baseline);
    let baseline = combined(&alone(chosen.baseline), &compared.results, &run.design);
    let backtests = insample::backtest_points(run.observed, &chosen.backtested, &baseline, &run.design);
    let path = served.path.iter().zip(&served.baseline_path);
    let path: Vec<Expected> = path.map(|(mean, baseline)| Expected { mean: *mean, baseline: *baseline }).collect();
    let served_next = path.first().map_or(0.0, |next| next.mean);
    let fitted_bytes = fitted::write(response.as_ref()).map_err(|error| failed(&error))?;
    let answers = Answers {
        timeline: series.timeline(),
        history,
        backtests,
        outlook: Outlook::new(series, served_next),
        path,
        windows: Windows::of(&chosen.backtested.recent(&run.design), &chosen.calibration),
        calibration: chosen.calibration,
        fitted_identity: fitted::identity(&fitted_bytes),
        reasons: Some(explanation::Reasons::of(run, response.as_ref())),
    };
    let version =
        TrainedVersion::new(report, answers, asked.answers).ok_or_else(|| TrainingError::Failed("no path".into()))?;
    let artifact = write_model(&version).map_err(|error| failed(&error))?;
    tracing::debug!(model = %version.report_ref().served, artifact_bytes = artifact.len(), "model trained");
    Ok(Trained { model: Arc::new(version), artifact, fitted: fitted_bytes })
}

fn report(
    run: &Run<'_>,
    compared: &Compared,
    chosen: &Chosen,
    served: &Served,
    response: Option<&Response>,
) -> Result<TrainingReport, TrainingError> {
    let series = run.series();
    let members: Vec<Member> = served.members.iter().map(|(member, _)| *member).collect();
    let heaviest = members.first().ok_or_else(|| failed(&"nothing serves"))?.model;
    let rows = served.members.iter().filter_map(|(_, fitted)| fitted.regressor()).map(FittedRegressor::rows).max();
    let hyperparameters = served.members.iter().flat_map(|(member, fitted)| settings(member.model, fitted, run));
    let date = |index| series.timeline().date(index);
    let irregular = series.irregularities();
    let outlier = |outlier: &crate::irregularities::Outlier| Outlier {
        date: date(outlier.index),
        observed: outlier.observed,
        expected: outlier.expected,
    };
    let mut report = TrainingReport {
        served: heaviest,
        baseline: chosen.baseline,
        grid: series.timeline().grid(),
        grid_asked: GridChoice::default(),
        scores: chosen.scores.clone(),
        failures: compared.failures.clone(),
        training_samples: stored(rows.unwrap_or_else(|| series.observed())),
        test_samples: stored(run.design.pairs()),
        origins: stored(run.design.origins()),
        features: explanation::features(run, &served.members),
        explanation: explanation::explanation(run, served, response),
        assumed_posts_per_day: response.map(Response::usual),
        level_shifts: irregular
            .shifts
            .iter()
            .map(|shift| LevelShift { date: date(shift.index), size: shift.size })
            .collect(),
        outliers: irregular.outliers.iter().map(outlier).collect(),
        hyperparameters: hyperparameters.collect(),
        data_from: series.data_from(),
        data_until: series.data_until(),
        last_date: date(series.last()),
        warnings: Vec::new(),
        covariates: Vec::new(),
        without_covariates: None,
        members,
    };
    report.warnings = warnings(run, chosen, served, report.served_score());
    Ok(report)
}

/// The settings of one member, each named after it.
fn settings(model: ModelId, fitted: &FittedModel, run: &Run<'_>) -> Vec<(String, String)> {
    let named = fitted.hyperparameters(model, &run.state).into_iter();
    named.map(|(name, value)| (format!("{model}.{name}"), value)).collect()
}

/// What a reader of this run should know. `score` is that of what answers.
pub(crate) fn warnings(run: &Run<'_>, chosen: &Chosen, served: &Served, score: Option<&ModelScore>) -> Vec<Warning> {
    let series = run.series();
    let irregular = series.irregularities();
    let raised = [
        (Warning::BaselineServes, chosen.unconvinced || served.is_stand_in),
        (Warning::HourlyGrid, series.timeline().grid() == Grid::Hourly),
        (Warning::ShortHistory, run.is_short() || run.design.origins() < FEW_ORIGINS),
        (Warning::GapsInHistory, series.has_gaps()),
        (Warning::LongGap, series.longest_gap() > LONG_GAP),
        (Warning::UnconfirmedJump, series.jump().is_some()),
        (Warning::LevelShift, !irregular.shifts.is_empty()),
        (Warning::Outliers, !irregular.outliers.is_empty()),
        (Warning::CappedHistory, series.is_cut() || series.len() > SEEN_POINTS),
        (
            Warning::PoorCoverage,
            !chosen.calibration.is_degenerate()
                && score.is_some_and(|score| covers_poorly(score, run.design.origins())),
        ),
    ];
    raised.into_iter().filter(|(_, holds)| *holds).map(|(warning, _)| warning).collect()
}

/// Whether the intervals of some group of steps held far less or more often than they say, beyond what the few origins
/// explain: a group has one standard error of their number in its favour.
fn covers_poorly(score: &ModelScore, origins: usize) -> bool {
    let chance = |level: f64| (level * (1.0 - level) / count(origins.max(1))).sqrt();
    let misses = |of_80: f64, of_95: f64, by_80: f64, by_95: f64| {
        !(FAIR_COVERAGE_80.start() - by_80..=FAIR_COVERAGE_80.end() + by_80).contains(&of_80)
            || of_95 < LEAST_COVERAGE_95 - by_95
    };
    let mut groups = score.coverage_by_step.iter();
    misses(score.coverage_80, score.coverage_95, 0.0, 0.0)
        || groups.any(|group| misses(group.coverage_80, group.coverage_95, chance(0.8), chance(0.95)))
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

#[cfg(test)]
mod tests {
    use atalaya_domain::forecast::StepCoverage;

    use super::*;

    #[test]
    fn one_group_of_steps_that_is_held_too_seldom_is_poor_whatever_the_others_are() {
        let stored = read_model(include_bytes!("../tests/data/version_of_format_3.model")).unwrap();
        let any = stored.report_ref().scores.first().unwrap();
        let poor = |of_80: f64, of_95: f64, tomorrow_80: f64, tomorrow_95: f64| {
            let tomorrow =
                StepCoverage { from: 1, until: 1, points: 16, coverage_80: tomorrow_80, coverage_95: tomorrow_95 };
            let later = StepCoverage { from: 2, until: 14, points: 208, coverage_80: of_80, coverage_95: of_95 };
            let by_step = vec![tomorrow, later];
            let score = ModelScore { coverage_80: of_80, coverage_95: of_95, coverage_by_step: by_step, ..any.clone() };
            covers_poorly(&score, 16)
        };
        assert!(!poor(0.8, 0.95, 0.8, 0.95));
        assert!(poor(0.8, 0.95, 0.31, 0.95), "tomorrow is held 31 times in a hundred");
        assert!(poor(0.8, 0.95, 0.8, 0.75));
        assert!(!poor(0.8, 0.95, 0.6, 0.81), "of sixteen origins that may be chance");
        assert!(poor(0.6, 0.95, 0.7, 0.95) && poor(0.97, 0.99, 0.8, 0.95) && poor(0.8, 0.84, 0.8, 0.95));
    }
}
