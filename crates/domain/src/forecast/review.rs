//! Past forecasts against what was observed since. Pure arithmetic: which forecasts and which observations is not
//! decided here.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use chrono_tz::Tz;

use super::{Basis, Level, LocalDays, PointForecast, StepCoverage, WholeInterval};
use crate::id::ModelVersion;
use crate::observation::{Followers, Observation};

/// The last value of each local date, as the daily grid takes it. `observations` are in ascending order of time.
#[must_use]
pub fn closing_values(observations: &[Observation], zone: Tz) -> BTreeMap<NaiveDate, Followers> {
    let days = LocalDays::of(observations, zone);
    let dated = |observation: &Observation| (days.date(observation.at), observation.followers);
    observations.iter().map(dated).collect()
}

/// Days ahead that are reviewed together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct HorizonRange {
    /// The first of them.
    pub from: u16,
    /// The last of them; `None` for all that follow.
    pub until: Option<u16>,
}

impl HorizonRange {
    /// The range of a horizon in days: each of the first 14 days alone, then 15 to 30, 31 to 90, and all beyond.
    #[must_use]
    pub fn of(days: u16) -> Self {
        let (from, until) = match days {
            ..=14 => (days, Some(days)),
            15..=30 => (15, Some(30)),
            31..=90 => (31, Some(90)),
            91.. => (91, None),
        };
        Self { from, until }
    }
}

/// A forecast of a date beside what was observed on it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcome {
    horizon_days: u16,
    actual: f64,
    forecast: f64,
    baseline: f64,
    within_80: bool,
    within_95: bool,
}

impl Outcome {
    /// The levels that a forecast must carry to be reviewed, in that order.
    pub const LEVELS: [Level; 2] = Level::DEFAULTS;

    /// `None` for a value that is no forecast from before its date, or that lacks one of [`Self::LEVELS`].
    #[must_use]
    pub fn new(forecast: &PointForecast, actual: Followers) -> Option<Self> {
        let horizon_days = u16::try_from(forecast.horizon_days).ok().filter(|days| *days > 0)?;
        let intervals = forecast.whole_intervals();
        let within = |level: Level| {
            let interval = intervals.iter().find(|interval| interval.level == level);
            interval.map(|interval| interval.contains(actual))
        };
        let [level_80, level_95] = Self::LEVELS;
        (forecast.basis == Basis::Forecast).then_some(())?;
        Some(Self {
            horizon_days,
            actual: actual.as_f64(),
            forecast: forecast.mean,
            baseline: forecast.baseline,
            within_80: within(level_80)?,
            within_95: within(level_95)?,
        })
    }
}

/// How forecasts turned out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Accuracy {
    /// How many of them, at least one.
    pub forecasts: u32,
    /// Mean absolute error, in followers.
    pub mae: f64,
    /// Mean of observed minus forecast, in followers: above 0 where forecasts were too low.
    pub bias: f64,
    /// Mean absolute percentage error, in percent; undefined where an observed value is zero.
    pub mape: Option<f64>,
    /// Mean absolute error of the best baseline of each forecast's version, in followers.
    pub baseline_mae: f64,
    /// Share of observed values inside the 80 % interval, 0 to 1.
    pub coverage_80: f64,
    /// Share of observed values inside the 95 % interval, 0 to 1.
    pub coverage_95: f64,
}

/// How forecasts turned out, by how far ahead they were.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AccuracyReview {
    /// One a range that has forecasts, nearest first.
    pub rows: Vec<(HorizonRange, Accuracy)>,
    /// All of them together; `None` where there are none.
    pub total: Option<Accuracy>,
    /// How often the intervals held, by days ahead.
    pub coverage_by_step: Vec<StepCoverage>,
}

impl FromIterator<Outcome> for AccuracyReview {
    fn from_iter<I: IntoIterator<Item = Outcome>>(outcomes: I) -> Self {
        let mut by_range: BTreeMap<HorizonRange, Tally> = BTreeMap::new();
        let mut total = Tally::default();
        let mut held = Vec::new();
        for outcome in outcomes {
            held.push((u32::from(outcome.horizon_days), outcome.within_80, outcome.within_95));
            by_range.entry(HorizonRange::of(outcome.horizon_days)).or_default().add(&outcome);
            total.add(&outcome);
        }
        let row = |(range, tally): (HorizonRange, Tally)| Some((range, tally.accuracy()?));
        Self {
            rows: by_range.into_iter().filter_map(row).collect(),
            total: total.accuracy(),
            coverage_by_step: StepCoverage::of(held),
        }
    }
}

/// Sums over outcomes.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    forecasts: u32,
    absolute: f64,
    signed: f64,
    /// Of absolute errors as shares of what was observed.
    relative: f64,
    baseline: f64,
    within_80: u32,
    within_95: u32,
}

impl Tally {
    fn add(&mut self, outcome: &Outcome) {
        let error = outcome.actual - outcome.forecast;
        self.forecasts += 1;
        self.absolute += error.abs();
        self.signed += error;
        // Nothing observed makes this infinite or no number for good, which is how it becomes undefined.
        self.relative += error.abs() / outcome.actual;
        self.baseline += (outcome.actual - outcome.baseline).abs();
        self.within_80 += u32::from(outcome.within_80);
        self.within_95 += u32::from(outcome.within_95);
    }

    fn accuracy(&self) -> Option<Accuracy> {
        let count = f64::from(self.forecasts);
        (self.forecasts > 0).then(|| Accuracy {
            forecasts: self.forecasts,
            mae: self.absolute / count,
            bias: self.signed / count,
            mape: Some(100.0 * self.relative / count).filter(|mape| mape.is_finite()),
            baseline_mae: self.baseline / count,
            coverage_80: f64::from(self.within_80) / count,
            coverage_95: f64::from(self.within_95) / count,
        })
    }
}

/// A date whose observed value lies outside of the interval that was forecast for it before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anomaly {
    /// The date.
    pub date: NaiveDate,
    /// What was observed last on it.
    pub actual: Followers,
    /// What was expected.
    pub expected: Followers,
    /// The interval.
    pub interval: WholeInterval,
    /// Days from the end of the version's data to the date; 0 or less for a backtest's forecast.
    pub horizon_days: i32,
    /// The version that forecast it.
    pub version: ModelVersion,
    /// Whether the version forecast it, or its backtest did.
    pub basis: Basis,
}

impl Anomaly {
    /// `None` where the value lies inside the forecast's first interval, or the forecast has none.
    #[must_use]
    pub fn find(version: ModelVersion, forecast: &PointForecast, actual: Followers) -> Option<Self> {
        let interval = forecast.whole_intervals().into_iter().next().filter(|interval| !interval.contains(actual))?;
        Some(Self {
            date: forecast.date,
            actual,
            expected: forecast.whole_mean(),
            interval,
            horizon_days: forecast.horizon_days,
            version,
            basis: forecast.basis,
        })
    }

    /// Observed minus the bound that it is beyond, in followers: positive above the interval, negative below.
    #[must_use]
    pub fn deviation(&self) -> i64 {
        let WholeInterval { lower, upper, .. } = self.interval;
        self.actual.more_than(if self.actual > upper { upper } else { lower })
    }
}

impl WholeInterval {
    /// Whether a number lies inside, its bounds included.
    #[must_use]
    pub fn contains(&self, followers: Followers) -> bool {
        (self.lower..=self.upper).contains(&followers)
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};

    use super::*;
    use crate::forecast::Interval;

    fn followers(count: u64) -> Followers {
        Followers::new(count).unwrap()
    }

    /// A forecast of 100 with a baseline of 90, and intervals of ±10 and ±20.
    fn forecast(horizon_days: i32) -> PointForecast {
        let [level_80, level_95] = Outcome::LEVELS;
        let interval = |level, width| Interval { level, lower: 100.0 - width, upper: 100.0 + width };
        PointForecast {
            date: NaiveDate::from_ymd_opt(2026, 9, 1).unwrap(),
            horizon_days,
            mean: 100.0,
            intervals: vec![interval(level_80, 10.0), interval(level_95, 20.0)],
            baseline: 90.0,
            basis: Basis::Forecast,
        }
    }

    fn review(pairs: &[(i32, u64)]) -> AccuracyReview {
        pairs.iter().filter_map(|(days, actual)| Outcome::new(&forecast(*days), followers(*actual))).collect()
    }

    #[test]
    fn the_last_value_of_a_local_date_counts() {
        let at = |text: &str, count| Observation {
            at: text.parse::<DateTime<chrono::Utc>>().unwrap(),
            followers: followers(count),
            posts: None,
            following: None,
        };
        let rows = [at("2026-01-02T04:59:00Z", 1), at("2026-01-02T05:00:00Z", 2), at("2026-01-03T04:00:00Z", 3)];
        let closing = closing_values(&rows, chrono_tz::America::Lima);
        let first = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
        let expected = [(first, followers(1)), (first + TimeDelta::days(1), followers(3))];
        assert_eq!(closing.into_iter().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn near_horizons_stand_alone_and_far_ones_together() {
        let ranges = [1, 14, 15, 30, 31, 90, 91, u16::MAX].map(HorizonRange::of);
        let bounds = ranges.map(|range| (range.from, range.until));
        let (weeks, months, beyond) = ((15, Some(30)), (31, Some(90)), (91, None));
        assert_eq!(bounds, [(1, Some(1)), (14, Some(14)), weeks, weeks, months, months, beyond, beyond]);
    }

    #[test]
    fn known_errors_give_known_measures() {
        let review = review(&[(1, 80), (1, 120), (20, 125), (25, 100)]);
        let total = review.total.unwrap();
        assert_eq!((total.forecasts, total.mae, total.bias), (4, 65.0 / 4.0, 25.0 / 4.0));
        let shares = (total.coverage_80, total.coverage_95);
        assert_eq!((total.baseline_mae, shares), ((10.0 + 30.0 + 35.0 + 10.0) / 4.0, (0.25, 0.75)));
        let expected = 100.0 * (20.0 / 80.0 + 20.0 / 120.0 + 25.0 / 125.0) / 4.0;
        assert!((total.mape.unwrap() - expected).abs() < 1e-9);
        let rows: Vec<_> = review.rows.iter().map(|(range, row)| (range.from, row.forecasts, row.bias)).collect();
        assert_eq!(rows, [(1, 2, 0.0), (15, 2, 12.5)]);
    }

    #[test]
    fn a_percentage_of_nothing_is_undefined_and_no_forecast_has_no_row() {
        assert_eq!(review(&[(1, 0), (1, 100)]).total.unwrap().mape, None);
        assert_eq!(review(&[]), AccuracyReview::default());
    }

    #[test]
    fn what_was_not_forecast_before_its_date_is_no_outcome() {
        assert_eq!(Outcome::new(&forecast(0), followers(1)), None);
        let backtest = PointForecast { basis: Basis::Backtest, ..forecast(1) };
        assert_eq!(Outcome::new(&backtest, followers(1)), None);
        let bare = PointForecast { intervals: Vec::new(), ..forecast(1) };
        assert_eq!(Outcome::new(&bare, followers(1)), None);
    }

    #[test]
    fn a_deviation_counts_from_the_bound_that_was_passed() {
        let found = |actual| Anomaly::find(ModelVersion::FIRST, &forecast(3), followers(actual));
        assert_eq!((found(90), found(110)), (None, None), "the bounds belong to the interval");
        assert_eq!(found(111).map(|anomaly| anomaly.deviation()), Some(1));
        assert_eq!(found(50).map(|anomaly| anomaly.deviation()), Some(-40));
    }
}
