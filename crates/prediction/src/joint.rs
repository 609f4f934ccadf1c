//! Goals, sums and totals from sample paths.

use std::collections::BTreeMap;

use atalaya_application::ports::forecaster::AccountOutlook;
use atalaya_domain::forecast::{GoalChance, GoalForecast, Level, Period, PeriodForecast, Spread, TogetherForecast};
use chrono::NaiveDate;

use crate::calendar::Timeline;
use crate::interval::{Calibration, Outlook};
use crate::numeric::{count, stored};
use crate::paths::{Curve, Normals, PATHS, Walks, Windows};

/// What comes after a history, as far as a forecast reaches.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Future {
    pub(crate) calibration: Calibration,
    pub(crate) outlook: Outlook,
    pub(crate) windows: Windows,
    /// What is expected at each step, and the date whose last step it is.
    pub(crate) steps: Vec<(f64, Option<NaiveDate>)>,
    pub(crate) last_date: NaiveDate,
    pub(crate) last_value: f64,
}

/// A day of all paths.
struct Day<'a> {
    date: NaiveDate,
    mean: f64,
    /// Followers at its end, one for each path.
    values: &'a [f64],
}

impl Future {
    /// The dates of steps from a grid index on, each where the step is the last of its date, without those of the
    /// history.
    pub(crate) fn dates(
        timeline: Timeline,
        first: usize,
        last_date: NaiveDate,
    ) -> impl Iterator<Item = Option<NaiveDate>> {
        (first..).map(move |index| {
            let date = timeline.date(index);
            (date > last_date && timeline.date(index + 1) != date).then_some(date)
        })
    }

    /// Shows every date after the history, up to `until`, as long as `look` wants more.
    fn each_day(&self, until: NaiveDate, mut look: impl FnMut(&Day<'_>) -> bool) {
        let mut walks = Walks::new(&self.windows);
        let mut values = vec![0.0; PATHS];
        for (index, (mean, date)) in self.steps.iter().enumerate() {
            let errors = walks.next();
            let Some(date) = *date else { continue };
            if date > until {
                return;
            }
            let curve = Curve::new(&self.calibration, self.outlook, index + 1);
            for (pair, error) in values.chunks_exact_mut(2).zip(errors) {
                for (value, error) in pair.iter_mut().zip([*error, -*error]) {
                    *value = self.outlook.bounds.hold(mean + curve.distance(error));
                }
            }
            if !look(&Day { date, mean: *mean, values: &values }) {
                return;
            }
        }
    }

    /// The last date that it reaches.
    fn until(&self) -> NaiveDate {
        self.steps.iter().rev().find_map(|(_, date)| *date).unwrap_or(self.last_date)
    }

    /// When a number is reached; and, for a date, how surely until then.
    pub(crate) fn goal(&self, target: f64, by: Option<NaiveDate>) -> GoalForecast {
        let (last_date, last_value, until) = (self.last_date, self.last_value, self.until());
        let is_reached = last_value >= target;
        let mut reached = vec![is_reached; PATHS];
        let mut dates = [is_reached.then_some(last_date); 3];
        let mut chance = None;
        self.each_day(until, |day| {
            for (reached, value) in reached.iter_mut().zip(day.values) {
                *reached |= *value >= target;
            }
            let share = count(reached.iter().filter(|reached| **reached).count()) / count(PATHS);
            for (date, percent) in dates.iter_mut().zip(GoalForecast::SHARES) {
                if date.is_none() && share >= f64::from(percent) / 100.0 {
                    *date = Some(day.date);
                }
            }
            if by == Some(day.date) {
                let days = f64::from(i32::try_from((day.date - last_date).num_days()).unwrap_or(i32::MAX)).max(1.0);
                chance = Some(GoalChance {
                    date: day.date,
                    probability: share,
                    pace_needed: if is_reached { 0.0 } else { (target - last_value) / days },
                    pace_expected: (day.mean - last_value) / days,
                });
            }
            by.is_some_and(|by| day.date < by) || dates.iter().any(Option::is_none)
        });
        GoalForecast { target, last_value, until, dates, by: chance }
    }

    /// The periods until a date.
    pub(crate) fn periods(&self, until: NaiveDate, period: Period, levels: &[Level]) -> Vec<PeriodForecast> {
        let mut done = Vec::new();
        let mut before = (self.last_value, vec![self.last_value; PATHS]);
        let mut open: Option<Open> = None;
        self.each_day(until, |day| {
            if let Some(ended) = open.take_if(|open| !period.joins(open.until, day.date)) {
                done.push(ended.close(&mut before, levels));
            }
            match &mut open {
                Some(open) => open.add(day),
                None => open = Some(Open::new(day)),
            }
            true
        });
        done.extend(open.map(|open| open.close(&mut before, levels)));
        done
    }
}

/// Sums over one period, path by path.
struct Open {
    from: NaiveDate,
    until: NaiveDate,
    days: u32,
    /// The sums and the last values of the paths, each with what is expected.
    sum: (f64, Vec<f64>),
    end: (f64, Vec<f64>),
}

impl Open {
    fn new(day: &Day<'_>) -> Self {
        let today = (day.mean, day.values.to_vec());
        Self { from: day.date, until: day.date, days: 1, sum: today.clone(), end: today }
    }

    fn add(&mut self, day: &Day<'_>) {
        self.until = day.date;
        self.days += 1;
        self.sum.0 += day.mean;
        for (sum, value) in self.sum.1.iter_mut().zip(day.values) {
            *sum += value;
        }
        self.end.0 = day.mean;
        self.end.1.copy_from_slice(day.values);
    }

    /// Ends the period. `before` holds what each path ended the one before with.
    fn close(self, before: &mut (f64, Vec<f64>), levels: &[Level]) -> PeriodForecast {
        let Self { from, until, days, sum: (expected, mut sums), end } = self;
        let mut growth: Vec<f64> = end.1.iter().zip(&before.1).map(|(end, before)| end - before).collect();
        let net_growth = Spread::of(end.0 - before.0, &mut growth, levels);
        *before = end;
        PeriodForecast { from, until, days, sum: Spread::of(expected, &mut sums, levels), net_growth }
    }
}

/// Several accounts on one date.
///
/// Their errors hang together by one factor that all have in common. Its share is the mean correlation of the accounts'
/// backtest errors on the same dates, from the same origins.
pub(crate) fn together(accounts: &[AccountOutlook], levels: &[Level]) -> TogetherForecast {
    let correlation = correlation(accounts);
    let (common, own) = (correlation.sqrt(), (1.0 - correlation).sqrt());
    let curves: Vec<(f64, Curve)> =
        accounts.iter().map(|account| (account.mean, Curve::from_outlook(account))).collect();
    let mut normals = Normals::new(stored(accounts.len()).into());
    let mut sums = Vec::with_capacity(PATHS);
    for _ in 0..PATHS / 2 {
        let factor = normals.next();
        let (mut sum, mut opposite) = (0.0, 0.0);
        for (mean, curve) in &curves {
            let error = common * factor + own * normals.next();
            sum += (mean + curve.distance(error)).max(0.0);
            opposite += (mean + curve.distance(-error)).max(0.0);
        }
        sums.extend([sum, opposite]);
    }
    let mean = accounts.iter().map(|account| account.mean).sum();
    TogetherForecast { total: Spread::of(mean, &mut sums, levels), correlation }
}

/// The mean correlation of pairs of accounts, from errors of the same origin and step; 0 where no two have any.
fn correlation(accounts: &[AccountOutlook]) -> f64 {
    let mut by_origin: BTreeMap<NaiveDate, Vec<&[f32]>> = BTreeMap::new();
    for (origin, errors) in accounts.iter().flat_map(|account| &account.errors) {
        by_origin.entry(*origin).or_default().push(errors);
    }
    let (mut between, mut within) = (0.0, 0.0);
    for errors in by_origin.values() {
        let longest = errors.iter().map(|errors| errors.len()).max().unwrap_or(0);
        for step in 0..longest {
            let of_step = errors.iter().filter_map(|errors| errors.get(step)).copied().map(f64::from);
            let (mut known, mut sum, mut squares) = (0.0, 0.0, 0.0);
            for error in of_step {
                known += 1.0;
                sum += error;
                squares += error * error;
            }
            if known > 1.0 {
                between += sum * sum - squares;
                within += (known - 1.0) * squares;
            }
        }
    }
    if within > 0.0 { (between / within).clamp(0.0, 1.0) } else { 0.0 }
}
