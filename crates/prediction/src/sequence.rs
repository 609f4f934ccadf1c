//! Series of any numbers, as files hold them: weekly sales, hourly visits, followers.
//!
//! The same engine as for accounts, without an account: the step is inferred, and only a series that never falls below
//! zero is kept above it.

use std::time::Instant;

use atalaya_application::ports::forecaster::{TrainingError, TrainingObserver};
use atalaya_domain::forecast::{
    GoalForecast, Interval, Level, Member, MetricWeights, ModelId, ModelScore, Period, PeriodForecast, Warning,
};
use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike};

use crate::backtest::{Backtested, Design, Pair};
use crate::calendar::{Timeline, epoch_hour};
use crate::forecaster::{SmartForecaster, warnings};
use crate::interval::{Calibration, Held, Outlook};
use crate::joint::Future;
use crate::numeric::stored;
use crate::paths::Windows;
use crate::run::{Choice, Run, failed};
use crate::score::score;
use crate::series::Series;

/// A regular series. Points without a value are gaps.
#[derive(Debug, Clone)]
pub struct Sequence {
    series: Series,
    /// What was observed, before the series was prepared.
    observed: Vec<Option<f64>>,
    replaced: usize,
    /// Time of day of the points, for steps of a day or more.
    time_of_day: NaiveTime,
}

/// Why points make no regular series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SequenceError {
    /// Fewer than [`Sequence::AT_LEAST`] points.
    #[error("{found} points; at least {} are needed", Sequence::AT_LEAST)]
    TooShort {
        /// Points with a time of their own.
        found: usize,
    },
    /// Not hours, days, weeks, months, quarters or years.
    #[error("the times are not an hour, a day, a week, a month, a quarter or a year apart")]
    NoStep,
    /// Gaps would make the series longer than any that is forecast.
    #[error("the times span more than {} steps", Sequence::LONGEST)]
    TooLong,
    /// A value that is not a number, or beyond [`Sequence::LARGEST`].
    #[error("a value is not a number, or beyond 1e15")]
    NotFinite,
}

/// One point ahead.
#[derive(Debug, Clone, PartialEq)]
pub struct SequencePoint {
    /// Its time.
    pub at: NaiveDateTime,
    /// The expected value.
    pub mean: f64,
    /// One interval for each level asked for, in that order.
    pub intervals: Vec<Interval>,
}

/// The forecast of a sequence.
#[derive(Debug, Clone, PartialEq)]
pub struct SequenceForecast {
    /// One a step.
    pub points: Vec<SequencePoint>,
    /// What was combined, heaviest first.
    pub members: Vec<Member>,
    /// The heaviest member.
    pub model: ModelId,
    /// What a reader of the forecast should know.
    pub warnings: Vec<Warning>,
    future: Future,
}

impl SequenceForecast {
    /// When the series reaches a number, as far as the forecast reaches. From sample paths.
    #[must_use]
    pub fn goal(&self, target: f64) -> GoalForecast {
        self.future.goal(target, None)
    }

    /// Sums and growth of periods of the forecast. From sample paths.
    #[must_use]
    pub fn periods(&self, period: Period, levels: &[Level]) -> Vec<PeriodForecast> {
        self.future.periods(NaiveDate::MAX, period, levels)
    }
}

impl Sequence {
    /// Points without which there is no forecast.
    pub const AT_LEAST: usize = 8;
    /// Steps from the first to the last point, at most.
    pub const LONGEST: usize = 100_000;
    /// The largest size of a value.
    pub const LARGEST: f64 = 1e15;

    /// Lays points on the grid that most of them keep to. Of two points at one time, the later one in `points` counts.
    ///
    /// # Errors
    /// [`SequenceError`] says which.
    pub fn new(points: &[(NaiveDateTime, f64)]) -> Result<Self, SequenceError> {
        if points.iter().any(|(_, value)| !value.is_finite() || value.abs() > Self::LARGEST) {
            return Err(SequenceError::NotFinite);
        }
        let mut points = points.to_vec();
        // Stable, so that of equal times the later one stays behind the earlier one.
        points.sort_by_key(|(at, _)| *at);
        let times = points.chunk_by(|(one, _), (next, _)| one == next).count();
        if times < Self::AT_LEAST {
            return Err(SequenceError::TooShort { found: times });
        }
        let timeline = step_of(&points).ok_or(SequenceError::NoStep)?;
        let mut values: Vec<Option<f64>> = Vec::with_capacity(points.len());
        for (at, value) in &points {
            let index = place(timeline, *at).ok_or(SequenceError::NoStep)?;
            if index >= Self::LONGEST {
                return Err(SequenceError::TooLong);
            }
            if values.len() <= index {
                values.resize(index + 1, None);
            }
            if let Some(cell) = values.get_mut(index) {
                *cell = Some(*value);
            }
        }
        let found = values.iter().flatten().count();
        if found < Self::AT_LEAST {
            return Err(SequenceError::TooShort { found });
        }
        let time_of_day = points.first().map(|(at, _)| at.time()).unwrap_or_default();
        let replaced = points.len() - found;
        Ok(Self { series: Series::regular(timeline, &values), observed: values, replaced, time_of_day })
    }

    /// Points from the first to the last observed one, gaps included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.series.len()
    }

    /// Never: there are at least [`Self::AT_LEAST`] points.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The points with what was observed at them, level shifts and outliers included.
    pub fn points(&self) -> impl Iterator<Item = (NaiveDateTime, Option<f64>)> {
        self.observed.iter().enumerate().map(|(index, value)| (self.time(index), *value))
    }

    /// Points that a later one on the same step of the grid replaced.
    #[must_use]
    pub fn replaced(&self) -> usize {
        self.replaced
    }

    /// The time of a point, also of one after the last.
    #[must_use]
    pub fn time(&self, index: usize) -> NaiveDateTime {
        let timeline = self.series.timeline();
        match timeline {
            Timeline::Hourly { first, .. } => {
                let hours = i64::try_from(index).unwrap_or(i64::MAX).saturating_add(first);
                let minutes = i64::from(self.time_of_day.minute());
                TimeDelta::try_hours(hours)
                    .and_then(|since| chrono::DateTime::UNIX_EPOCH.naive_utc().checked_add_signed(since))
                    .and_then(|at| at.checked_add_signed(TimeDelta::minutes(minutes)))
                    .unwrap_or(NaiveDateTime::MAX)
            }
            Timeline::Daily { .. } | Timeline::Weekly { .. } | Timeline::Monthly { .. } => {
                timeline.date(index).and_time(self.time_of_day)
            }
        }
    }
}

/// The step that most neighbours are apart, from the first time on.
fn step_of(points: &[(NaiveDateTime, f64)]) -> Option<Timeline> {
    let (first, _) = points.first()?;
    let mut apart: Vec<TimeDelta> = points
        .windows(2)
        .filter_map(|pair| match pair {
            [(before, _), (after, _)] if after > before => Some(*after - *before),
            _ => None,
        })
        .collect();
    apart.sort_unstable();
    // Gaps only lengthen distances: the lower quartile is a step even where every other point is missing.
    let usual = apart.get(apart.len() / 4)?;
    let date = first.date();
    match (usual.num_minutes(), usual.num_days()) {
        (50..=70, _) => Some(Timeline::Hourly { first: epoch_hour(first.and_utc()), zone: chrono_tz::UTC }),
        (1380..=1500, _) => Some(Timeline::Daily { first: date }),
        (_, 7) => Some(Timeline::Weekly { first: date }),
        (_, 28..=31) => Some(Timeline::Monthly { first: date, months: 1 }),
        (_, 89..=92) => Some(Timeline::Monthly { first: date, months: 3 }),
        (_, 365 | 366) => Some(Timeline::Monthly { first: date, months: 12 }),
        _ => None,
    }
}

fn place(timeline: Timeline, at: NaiveDateTime) -> Option<usize> {
    match timeline {
        Timeline::Hourly { first, .. } => usize::try_from(epoch_hour(at.and_utc()).checked_sub(first)?).ok(),
        // Of a month the day does not count: month ends are 28 to 31 days in.
        Timeline::Daily { .. } | Timeline::Monthly { .. } => timeline.end_of(at.date()),
        Timeline::Weekly { .. } => {
            // A week that is dated a day or two early or late is still that week.
            let nearest: NaiveDate = at.date().checked_add_days(Days::new(3))?;
            timeline.end_of(nearest)
        }
    }
}

/// A forecast of a prepared series.
struct Ahead {
    path: Vec<f64>,
    members: Vec<Member>,
    calibration: Calibration,
    outlook: Outlook,
    windows: Windows,
    warnings: Vec<Warning>,
}

impl Ahead {
    fn interval(&self, level: Level, mean: f64, step: usize) -> Interval {
        self.calibration.interval(level, mean, step, self.outlook)
    }
}

fn ahead(series: &Series, horizon: usize, observer: &dyn TrainingObserver) -> Result<Ahead, TrainingError> {
    let weights = MetricWeights::default();
    let choice = Choice { models: &[], weights: &weights };
    let run = Run::new(series, Design::new(series, None));
    let mut compared = run.compare(choice, observer)?;
    let chosen = run.choose(&compared, choice)?;
    let served = run.serve(&chosen, horizon, &mut compared)?;
    let members: Vec<Member> = served.members.iter().map(|(member, _)| *member).collect();
    let answers = if let [only] = members.as_slice() { only.model } else { ModelId::Combination };
    let score = chosen.scores.iter().find(|score| score.model == answers);
    let mut warnings = warnings(&run, &chosen, &served, score);
    // Hours are what the file holds; only for an account do they stand in for days.
    warnings.retain(|warning| *warning != Warning::HourlyGrid);
    let outlook = Outlook::new(series, served.path.first().copied().unwrap_or_default());
    let windows = Windows::of(&chosen.backtested.recent(&run.design), &chosen.calibration);
    Ok(Ahead { path: served.path, members, calibration: chosen.calibration, outlook, windows, warnings })
}

impl SmartForecaster {
    /// Forecasts `horizon` steps of a sequence, with an interval for each of `levels`.
    ///
    /// # Errors
    /// [`TrainingError`], `InsufficientData` not among them.
    pub fn forecast(
        &self,
        sequence: &Sequence,
        horizon: usize,
        levels: &[Level],
        observer: &dyn TrainingObserver,
    ) -> Result<SequenceForecast, TrainingError> {
        let series = &sequence.series;
        let ahead = ahead(series, horizon, observer)?;
        let points = ahead.path.iter().enumerate().map(|(index, mean)| SequencePoint {
            at: sequence.time(sequence.len() + index),
            mean: *mean,
            intervals: levels.iter().map(|level| ahead.interval(*level, *mean, index + 1)).collect(),
        });
        let points = points.collect();
        let last_date = series.timeline().date(series.last());
        let dates = Future::dates(series.timeline(), series.len(), last_date);
        let future = Future {
            calibration: ahead.calibration,
            outlook: ahead.outlook,
            windows: ahead.windows,
            steps: ahead.path.into_iter().zip(dates).collect(),
            last_date,
            last_value: series.value(series.last()).unwrap_or_default(),
        };
        Ok(SequenceForecast {
            points,
            future,
            model: ahead.members.first().map_or(ModelId::Naive, |heaviest| heaviest.model),
            members: ahead.members,
            warnings: ahead.warnings,
        })
    }

    /// Backtests every model on the last `origins` rolling origins of a sequence, `horizon` steps each, best first.
    ///
    /// The combination is chosen anew at each origin, from what precedes it, as [`Self::forecast`] would: its row is the
    /// error of what is served, and its coverage that of the served intervals. All rows have the same truths: the values
    /// on the level of today, without outliers.
    ///
    /// # Errors
    /// [`TrainingError`]; `InsufficientData` where no window has [`Sequence::AT_LEAST`] points before it.
    pub fn backtest(
        &self,
        sequence: &Sequence,
        horizon: usize,
        origins: usize,
        observer: &dyn TrainingObserver,
    ) -> Result<Vec<ModelScore>, TrainingError> {
        let series = &sequence.series;
        let weights = MetricWeights::default();
        let choice = Choice { models: &[], weights: &weights };
        let run = Run::new(series, Design::side_by_side(series, horizon, origins));
        if run.design.splits.is_empty() {
            let needed = stored(horizon.max(1).saturating_add(Sequence::AT_LEAST));
            return Err(TrainingError::InsufficientData { found: stored(series.observed()), needed });
        }
        let compared = run.compare(choice, observer)?;
        let mut scores = run.choose(&compared, choice)?.scores;
        scores.retain(|score| score.model != ModelId::Combination);
        scores.push(sequence.served_score(&run, observer)?);
        scores.sort_by(|a, b| a.mae.total_cmp(&b.mae));
        Ok(scores)
    }
}

impl Sequence {
    /// The score of what is served at each origin of a run, from what precedes it.
    fn served_score(&self, run: &Run<'_>, observer: &dyn TrainingObserver) -> Result<ModelScore, TrainingError> {
        let begun = Instant::now();
        let mut splits: Vec<Vec<Pair>> = Vec::new();
        let mut judged = Vec::new();
        for (number, split) in run.design.splits.iter().enumerate() {
            let past = self.observed.get(..=split.origin).unwrap_or_default();
            let past = Series::regular(self.series.timeline(), past);
            let ahead = ahead(&past, split.targets.last().map_or(0, |last| last - split.origin), observer)?;
            // The forecast starts at the level of its origin. Shifts after it are in no model's truth: it is not charged
            // with them either.
            let still_to_come = self.series.taken_out(split.origin);
            let mut pairs = Vec::with_capacity(split.targets.len());
            for index in &split.targets {
                let step = index - split.origin;
                let found = ahead.path.get(step - 1).copied().zip(self.series.value(*index));
                let (forecast, truth) = found.ok_or_else(|| failed(&"a target without a value"))?;
                let [inner, outer] = Level::DEFAULTS.map(|level| ahead.interval(level, forecast, step));
                let raw = truth + still_to_come;
                judged.push((step, inner.contains(raw), outer.contains(raw), outer.score(raw)));
                pairs.push(Pair { split: number, index: *index, step, forecast: forecast - still_to_come, truth });
            }
            splits.push(pairs);
        }
        let served = Backtested { model: ModelId::Combination, splits, fit_time: begun.elapsed() };
        let scale = self.series.naive_error();
        let score = score(&served, &run.design, scale);
        let held = Held::of(&judged);
        Ok(ModelScore {
            coverage_80: held.coverage_80,
            coverage_95: held.coverage_95,
            coverage_by_step: held.by_step,
            msis_95: scale.map(|scale| held.score_95 / scale),
            ..score
        })
    }
}
