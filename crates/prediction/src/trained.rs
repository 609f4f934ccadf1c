//! A trained version in memory: everything was computed at training, so that an answer is a look-up.

use std::sync::Arc;

use atalaya_application::ports::forecaster::{AccountOutlook, ArtifactError, Assumed, Supposed, TrainedModel};
use atalaya_domain::forecast::{
    Basis, CovariateShare, EventEffect, Explanation, GoalForecast, Level, OutOfReach, Period, PeriodForecast,
    PointForecast, TrainingReport,
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::calendar::Timeline;
use crate::covariates::{CovariateAnswers, with_share};
use crate::explanation::Reasons;
use crate::fitted::{Fitted, Moved};
use crate::interval::{Calibration, Outlook};
use crate::joint::Future;
use crate::models::Bounds;
use crate::numeric::stored;
use crate::paths::{Curve, Windows};

/// The most posts a day that anybody may assume.
const MOST_POSTS: f64 = 1e9;

/// About what a report takes, with a score and coverage by step for every model, and the calibration of its intervals.
const REPORT_BYTES: usize = 16 * 1024;

/// What the served model and the best baseline expect at one point.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Expected {
    pub(crate) mean: f64,
    pub(crate) baseline: f64,
}

/// A point of the history: a value fitted from the observation `step` steps before.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct FittedPoint {
    pub(crate) expected: Expected,
    pub(crate) step: u32,
}

/// A point of the history that a backtest forecast, `step` steps ahead.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct BacktestPoint {
    pub(crate) index: u32,
    pub(crate) expected: Expected,
    pub(crate) step: u32,
}

/// Every answer that a version can give, by grid index.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Answers {
    pub(crate) timeline: Timeline,
    /// One a grid index of the history; at least one.
    pub(crate) history: Vec<FittedPoint>,
    /// Ascending by index.
    pub(crate) backtests: Vec<BacktestPoint>,
    /// One a step after the history; the last one ends the last reachable date.
    pub(crate) path: Vec<Expected>,
    pub(crate) calibration: Calibration,
    pub(crate) outlook: Outlook,
    /// Of which sample paths are made; none in versions of format 2.
    pub(crate) windows: Windows,
    /// Names the bytes of the fitted model.
    pub(crate) fitted_identity: u64,
    /// What forecasts beyond the first date are explained by; none in versions before format 5.
    pub(crate) reasons: Option<Reasons>,
}

/// A report and its answers.
#[derive(Debug, Clone)]
pub(crate) struct TrainedVersion {
    report: TrainingReport,
    answers: Answers,
    covariates: CovariateAnswers,
    first_date: NaiveDate,
    last_reachable: NaiveDate,
}

impl TrainedVersion {
    /// `None` where the answers have no history or no path: no training run makes such.
    pub(crate) fn new(report: TrainingReport, answers: Answers, covariates: CovariateAnswers) -> Option<Self> {
        let last = answers.history.len().checked_sub(1)?;
        answers.path.len().checked_sub(1)?;
        let first_date = answers.timeline.date(0);
        let last_reachable = answers.timeline.date(last + answers.path.len());
        Some(Self { report, answers, covariates, first_date, last_reachable })
    }

    pub(crate) fn report_ref(&self) -> &TrainingReport {
        &self.report
    }

    pub(crate) fn answers(&self) -> &Answers {
        &self.answers
    }

    pub(crate) fn covariates(&self) -> &CovariateAnswers {
        &self.covariates
    }

    /// What is expected at a grid index, how many steps ahead of what was known, and on what basis.
    fn at(&self, index: usize) -> Option<(Expected, usize, Basis)> {
        let Answers { history, backtests, path, .. } = &self.answers;
        if let Some(step) = (index + 1).checked_sub(history.len()).filter(|step| *step > 0) {
            return path.get(step - 1).map(|expected| (*expected, step, Basis::Forecast));
        }
        let backtest = backtests
            .binary_search_by_key(&stored(index), |point| point.index)
            .ok()
            .and_then(|position| backtests.get(position));
        if let Some(point) = backtest {
            return Some((point.expected, steps(point.step), Basis::Backtest));
        }
        history.get(index).map(|point| (point.expected, steps(point.step), Basis::InSample))
    }

    /// How many steps ahead the end of a date after the history is, at least 1.
    fn ahead(&self, date: NaiveDate) -> Result<usize, OutOfReach> {
        let beyond = OutOfReach::BeyondHorizon { last: self.last_reachable };
        if date <= self.report.last_date {
            return Err(OutOfReach::InHistory { last: self.report.last_date });
        }
        if date > self.last_reachable {
            return Err(beyond);
        }
        let index = self.answers.timeline.end_of(date).ok_or(beyond)?;
        (index + 1).checked_sub(self.answers.history.len()).filter(|step| *step > 0).ok_or(beyond)
    }

    /// What comes after the history.
    fn future(&self) -> Future {
        let Answers { timeline, history, path, calibration, outlook, windows, .. } = &self.answers;
        let last_date = self.report.last_date;
        let dates = Future::dates(*timeline, history.len(), last_date);
        Future {
            calibration: calibration.clone(),
            outlook: *outlook,
            windows: windows.clone(),
            steps: path.iter().map(|expected| expected.mean).zip(dates).collect(),
            last_date,
            last_value: self.report.explanation.last_value,
        }
    }
}

impl TrainedModel for TrainedVersion {
    fn report(&self) -> &TrainingReport {
        &self.report
    }

    fn predict(&self, date: NaiveDate, levels: &[Level]) -> Result<PointForecast, OutOfReach> {
        let beyond = OutOfReach::BeyondHorizon { last: self.last_reachable };
        let before = OutOfReach::BeforeHistory { first: self.first_date };
        if date < self.first_date {
            return Err(before);
        }
        if date > self.last_reachable {
            return Err(beyond);
        }
        let index = self.answers.timeline.end_of(date).ok_or(before)?;
        let (expected, step, basis) = self.at(index).ok_or(beyond)?;
        let Answers { calibration, outlook, .. } = &self.answers;
        let outlook = if basis == Basis::Forecast { *outlook } else { outlook.of_the_past() };
        let intervals = levels.iter().map(|level| calibration.interval(*level, expected.mean, step, outlook)).collect();
        let horizon = date.signed_duration_since(self.report.last_date).num_days();
        Ok(PointForecast {
            date,
            horizon_days: i32::try_from(horizon).unwrap_or(i32::MAX),
            mean: expected.mean,
            intervals,
            baseline: expected.baseline,
            basis,
        })
    }

    fn last_reachable(&self) -> NaiveDate {
        self.last_reachable
    }

    fn explain(&self, date: NaiveDate) -> Result<Option<Explanation>, OutOfReach> {
        let first = &self.report.explanation;
        if date == first.date {
            return Ok(Some(*first));
        }
        let steps = self.ahead(date)?;
        let Answers { timeline, history, path, reasons, .. } = &self.answers;
        let expected = path.get(steps - 1).ok_or(OutOfReach::BeyondHorizon { last: self.last_reachable })?;
        let place = (history.len().saturating_sub(1), steps);
        let share = self.covariates.brings(steps);
        let explain = |reasons: &Reasons| with_share(reasons.explain(first, expected.mean, *timeline, place), share);
        Ok(reasons.as_ref().map(explain))
    }

    fn shares(&self, date: NaiveDate) -> Result<Vec<CovariateShare>, OutOfReach> {
        // The first date that is explained may be that of the last hour, and hours have no covariates.
        if self.covariates.coming.is_empty() {
            return Ok(Vec::new());
        }
        let steps = self.ahead(date)?;
        let Answers { timeline, history, .. } = &self.answers;
        let last = history.len().saturating_sub(1);
        Ok(self.covariates.shares(steps, &|step| timeline.date(last + step)))
    }

    fn events(&self) -> Vec<EventEffect> {
        self.covariates.events.clone()
    }

    fn supposing(&self, values: &[(String, f64)]) -> Option<Supposed> {
        let (covariates, used) = self.covariates.supposing(values)?;
        let mut version = Self { covariates, ..self.clone() };
        let moved = |steps: usize| version.covariates.brings(steps) - self.covariates.brings(steps);
        for (expected, step) in version.answers.path.iter_mut().zip(1..) {
            expected.mean = Bounds::FOLLOWERS.hold(expected.mean + moved(step));
        }
        let first = &mut version.report.explanation;
        // The first date is a day of one step: covariates are kept on daily grids only.
        first.covariates = version.covariates.brings(1);
        Some(Supposed { model: Arc::new(version), used })
    }

    fn goal(&self, target: f64, by: Option<NaiveDate>) -> Result<GoalForecast, OutOfReach> {
        if let Some(date) = by {
            self.ahead(date)?;
        }
        Ok(self.future().goal(target, by))
    }

    fn periods(&self, until: NaiveDate, period: Period, levels: &[Level]) -> Result<Vec<PeriodForecast>, OutOfReach> {
        self.ahead(until)?;
        Ok(self.future().periods(until, period, levels))
    }

    fn outlook(&self, date: NaiveDate) -> Result<AccountOutlook, OutOfReach> {
        let step = self.ahead(date)?;
        let Answers { calibration, outlook, path, windows, timeline, .. } = &self.answers;
        let expected = path.get(step - 1).ok_or(OutOfReach::BeyondHorizon { last: self.last_reachable })?;
        let (above, below) = Curve::new(calibration, *outlook, step).into_sides();
        let errors = windows.0.iter().map(|window| (timeline.date(steps(window.origin)), window.errors.clone()));
        Ok(AccountOutlook { mean: expected.mean, above, below, errors: errors.collect() })
    }

    fn memory_bytes(&self) -> usize {
        let Answers { history, backtests, path, .. } = &self.answers;
        let windows = self.answers.windows.bytes();
        let points = windows
            + size_of_val(history.as_slice())
            + size_of_val(backtests.as_slice())
            + size_of_val(path.as_slice());
        points + self.covariates.bytes() + REPORT_BYTES
    }

    fn assuming(&self, posts_per_day: f64, fitted: &[u8]) -> Result<Option<Assumed>, ArtifactError> {
        let fitted = Fitted::read(fitted, self.answers.fitted_identity)?;
        if !posts_per_day.is_finite() {
            return Ok(None);
        }
        let moved = fitted.moved_by(posts_per_day.clamp(0.0, MOST_POSTS), self.answers.path.len());
        Ok(moved.map(|Moved { posts_per_day, seen, steps }| {
            let mut version = self.clone();
            for (expected, moved) in version.answers.path.iter_mut().zip(steps) {
                expected.mean = Bounds::FOLLOWERS.hold(expected.mean + moved);
            }
            Assumed { model: Arc::new(version), posts_per_day, seen }
        }))
    }
}

fn steps(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifact::read_model;

    #[test]
    fn the_errors_that_sample_paths_are_made_of_count_as_memory() {
        let version = read_model(include_bytes!("../tests/data/version_of_format_3.model")).unwrap();
        let answers = Answers { windows: Windows::default(), ..version.answers.clone() };
        let without = TrainedVersion::new(version.report.clone(), answers, CovariateAnswers::default()).unwrap();
        let errors: usize = version.answers.windows.0.iter().map(|window| size_of_val(window.errors.as_slice())).sum();
        assert!(errors > 0);
        assert!(version.memory_bytes() >= without.memory_bytes() + errors);
        // The paths themselves are made for one answer and kept by nobody.
        let before = version.memory_bytes();
        assert!(version.goal(1e9, None).is_ok());
        assert_eq!(version.memory_bytes(), before);
    }
}
