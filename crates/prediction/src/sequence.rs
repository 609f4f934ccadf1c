//! Series of any numbers, as files hold them: weekly sales, hourly visits, followers.
//!
//! The same engine as for accounts, without an account: the step is inferred, and only a series that never falls below
//! zero is kept above it.

use std::time::Instant;

use atalaya_application::ports::forecaster::{TrainingError, TrainingObserver};
use atalaya_domain::forecast::{
    GoalForecast, Interval, Level, Member, MetricWeights, ModelId, ModelScore, Period, PeriodForecast, Warning,
};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike};

use crate::backtest::{Backtested, Design, Pair};
use crate::calendar::Timeline;
use crate::forecaster::{SmartForecaster, warnings};
use crate::interval::{Calibration, Held, Outlook};
use crate::joint::Future;
use crate::numeric::stored;
use crate::paths::Windows;
use crate::run::{Choice, Run, failed};
use crate::score::score;
use crate::series::{POINTS_AT_LEAST, Series};
use crate::step::{Laid, Step};

/// The size of the largest value below which a series is scaled up.
const SMALL: f64 = 1.0 / 1024.0;
/// The most that a series is scaled up.
const LARGEST_SCALE: f64 = 1e300;

/// A regular series. Points without a value are gaps.
#[derive(Debug, Clone)]
pub struct Sequence {
    series: Series,
    /// What was observed, before the series was prepared.
    observed: Vec<Option<f64>>,
    replaced: usize,
    unfinished: usize,
    step: Step,
    /// Time of day of the points, for steps of a day or more; the minutes of hours.
    time_of_day: NaiveTime,
    /// What the values of the series are divided by to be those of the file.
    scale: f64,
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
    /// No regular step fits.
    #[error("the times follow no step of hours, days, weeks or months; --freq tells one")]
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
    /// On the scale of the series, which is that of the values times `scale`.
    future: Future,
    scale: f64,
}

impl SequenceForecast {
    /// When the series reaches a number, as far as the forecast reaches. From sample paths.
    #[must_use]
    pub fn goal(&self, target: f64) -> GoalForecast {
        let goal = self.future.goal(target * self.scale, None);
        GoalForecast { target, last_value: goal.last_value / self.scale, ..goal }
    }

    /// Sums and growth of periods of the forecast. From sample paths.
    #[must_use]
    pub fn periods(&self, period: Period, levels: &[Level]) -> Vec<PeriodForecast> {
        let mut periods = self.future.periods(NaiveDate::MAX, period, levels);
        for spread in periods.iter_mut().flat_map(|period| [&mut period.sum, &mut period.net_growth]) {
            spread.mean /= self.scale;
            for interval in &mut spread.intervals {
                interval.lower /= self.scale;
                interval.upper /= self.scale;
            }
        }
        periods
    }
}

impl Sequence {
    /// Points without which there is no forecast.
    pub const AT_LEAST: usize = POINTS_AT_LEAST;
    /// Steps from the first to the last point, at most.
    pub const LONGEST: usize = 100_000;
    /// The largest size of a value.
    pub const LARGEST: f64 = 1e15;

    /// Lays points on the step that fits them best. Of two points at one time, the later one in `points` counts.
    ///
    /// # Errors
    /// [`SequenceError`] says which.
    pub fn new(points: &[(NaiveDateTime, f64)]) -> Result<Self, SequenceError> {
        Self::by(points, None)
    }

    /// [`Self::new`] with a step that is told, where it is: each point holds what was observed last in its step, and a
    /// last step of several observations that still waits for some is left out.
    ///
    /// # Errors
    /// [`SequenceError`] says which.
    pub fn by(points: &[(NaiveDateTime, f64)], told: Option<Step>) -> Result<Self, SequenceError> {
        if points.iter().any(|(_, value)| !value.is_finite() || value.abs() > Self::LARGEST) {
            return Err(SequenceError::NotFinite);
        }
        let mut points = points.to_vec();
        // Stable, so that of equal times the later one stays behind the earlier one.
        points.sort_by_key(|(at, _)| *at);
        let latest: Vec<(NaiveDateTime, f64)> =
            points.chunk_by(|(one, _), (next, _)| one == next).filter_map(|same| same.last().copied()).collect();
        if latest.len() < Self::AT_LEAST {
            return Err(SequenceError::TooShort { found: latest.len() });
        }
        let times: Vec<NaiveDateTime> = latest.iter().map(|(at, _)| *at).collect();
        let found = match told {
            Some(step) => step.lay(&times).map(|laid| (step, laid)),
            None => Step::find(&times),
        };
        let (step, Laid { timeline, time_of_day, places, .. }) = found.ok_or(SequenceError::NoStep)?;
        let scale = scale_of(&latest);
        let mut observed: Vec<Option<f64>> = Vec::with_capacity(latest.len());
        for (place, (_, value)) in places.iter().zip(&latest) {
            let Some(index) = *place else { continue };
            if index >= Self::LONGEST {
                return Err(SequenceError::TooLong);
            }
            if observed.len() <= index {
                observed.resize(index + 1, None);
            }
            if let Some(cell) = observed.get_mut(index) {
                *cell = Some(*value * scale);
            }
        }
        let found = observed.iter().flatten().count();
        if found < Self::AT_LEAST {
            return Err(SequenceError::TooShort { found });
        }
        let unfinished = places.iter().filter(|place| place.is_none()).count();
        let replaced = points.len() - found - unfinished;
        let series = Series::regular(timeline, &observed);
        Ok(Self { series, observed, replaced, unfinished, step, time_of_day, scale })
    }

    /// How far apart its points are.
    #[must_use]
    pub fn step(&self) -> Step {
        self.step
    }

    /// Points that were left out because a last step that was told is not over.
    #[must_use]
    pub fn unfinished(&self) -> usize {
        self.unfinished
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
        self.observed.iter().enumerate().map(|(index, value)| (self.time(index), value.map(|value| value / self.scale)))
    }

    /// When the level jumped for good, and by how much: no model learns it as a trend.
    #[must_use]
    pub fn level_shifts(&self) -> Vec<(NaiveDateTime, f64)> {
        let shifts = self.series.irregularities().shifts.iter();
        shifts.map(|shift| (self.time(shift.index), shift.size / self.scale)).collect()
    }

    /// When a value went away and came back at once, and was left out.
    #[must_use]
    pub fn outliers(&self) -> Vec<NaiveDateTime> {
        self.series.irregularities().outliers.iter().map(|outlier| self.time(outlier.index)).collect()
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
            Timeline::Hourly { first, hours, .. } => {
                let hours = i64::try_from(index).unwrap_or(i64::MAX).saturating_mul(hours.into()).saturating_add(first);
                let minutes = i64::from(self.time_of_day.minute());
                TimeDelta::try_hours(hours)
                    .and_then(|since| chrono::DateTime::UNIX_EPOCH.naive_utc().checked_add_signed(since))
                    .and_then(|at| at.checked_add_signed(TimeDelta::minutes(minutes)))
                    .unwrap_or(NaiveDateTime::MAX)
            }
            Timeline::Daily { .. } | Timeline::Spaced { .. } | Timeline::Monthly { .. } => {
                timeline.date(index).and_time(self.time_of_day)
            }
        }
    }
}

/// The power of two that makes very small values ordinary ones, so that no rounding or threshold takes them for
/// nothing; 1 for all others. It changes no digit.
fn scale_of(points: &[(NaiveDateTime, f64)]) -> f64 {
    let largest = points.iter().map(|(_, value)| value.abs()).fold(0.0, f64::max);
    if largest == 0.0 || largest >= SMALL {
        return 1.0;
    }
    // Beyond this the values have no digits of their own left.
    let mut scale = 1.0;
    while largest * scale < SMALL && scale < LARGEST_SCALE {
        scale *= 2.0;
    }
    scale
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
        let scale = sequence.scale;
        let points = ahead.path.iter().enumerate().map(|(index, mean)| {
            let scaled = |level: &Level| {
                let Interval { level, lower, upper } = ahead.interval(*level, *mean, index + 1);
                Interval { level, lower: lower / scale, upper: upper / scale }
            };
            SequencePoint {
                at: sequence.time(sequence.len() + index),
                mean: *mean / scale,
                intervals: levels.iter().map(scaled).collect(),
            }
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
            scale,
            model: ahead.members.first().map_or(ModelId::Naive, |heaviest| heaviest.model),
            members: ahead.members,
            warnings: ahead.warnings,
        })
    }

    /// Backtests every model on the last `origins` rolling origins of a sequence, `horizon` steps each, best first.
    ///
    /// The combination is chosen anew at each origin, from what precedes it, as [`Self::forecast`] would: its row is
    /// the error of what is served, and its coverage that of the served intervals. All rows have the same truths: the
    /// values on the level of today, without outliers.
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
        for score in &mut scores {
            for error in [&mut score.mae, &mut score.rmse, &mut score.medae] {
                *error /= sequence.scale;
            }
        }
        scores.sort_by(|a, b| a.mae.total_cmp(&b.mae));
        Ok(scores)
    }
}

impl Sequence {
    /// How many of the last `most` rolling origins a [backtest](SmartForecaster::backtest) uses: those with
    /// [`Sequence::AT_LEAST`] points before them.
    #[must_use]
    pub fn origins(&self, horizon: usize, most: usize) -> usize {
        Design::side_by_side(&self.series, horizon, most).splits.len()
    }

    /// The score of what is served at each origin of a run, from what precedes it.
    fn served_score(&self, run: &Run<'_>, observer: &dyn TrainingObserver) -> Result<ModelScore, TrainingError> {
        let begun = Instant::now();
        let mut splits: Vec<Vec<Pair>> = Vec::new();
        let mut judged = Vec::new();
        for (number, split) in run.design.splits.iter().enumerate() {
            let past = self.observed.get(..=split.origin).unwrap_or_default();
            let past = Series::regular(self.series.timeline(), past);
            let ahead = ahead(&past, split.targets.last().map_or(0, |last| last - split.origin), observer)?;
            // The forecast starts at the level of its origin. Shifts after it are in no model's truth: it is not
            // charged with them either.
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
