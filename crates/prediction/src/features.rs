//! The inputs of the regressors: calendar, recent changes, the account's own activity.
//!
//! A [`FeatureSet`] is chosen once for a training run, as rich as the history allows, and builds the same columns for a
//! training row as for a step of a forecast. Rows whose inputs or target would reach across a gap are not built.

use serde::{Deserialize, Serialize};

use crate::calendar::{Moment, Timeline};
use crate::covariates::Ahead;
use crate::models::{SEASON_MARGIN, State};
use crate::numeric::{deviation, mean, tail};
use crate::series::Series;

const WEEKDAYS: [&str; 7] = [
    "weekday_monday",
    "weekday_tuesday",
    "weekday_wednesday",
    "weekday_thursday",
    "weekday_friday",
    "weekday_saturday",
    "weekday_sunday",
];

/// What names of activity columns begin with.
const ACTIVITY: &str = "posts";

/// Rows below which a regressor is not worth fitting.
const ROWS_AT_LEAST: usize = 12;
/// Steps over which the recent activity is averaged.
const RECENT: usize = 28;
/// How far back the inputs reach, from the richest to the plainest.
const DEPTHS: [Depth; 5] = [
    Depth { season: true, ..RICH },
    RICH,
    Depth { lags: 7, means: &[7], deviation: Some(7), cycles: &[Cycle::Week, Cycle::DayOfMonth, Cycle::Day], ..RICH },
    Depth { lags: 3, means: &[3], deviation: None, cycles: &[Cycle::Day], ..RICH },
    Depth { lags: 1, means: &[], deviation: None, cycles: &[Cycle::Day], ..RICH },
];
const RICH: Depth = Depth {
    season: false,
    lags: 14,
    means: &[7, 14],
    deviation: Some(28),
    cycles: &[Cycle::Week, Cycle::DayOfMonth, Cycle::Year, Cycle::Holiday, Cycle::Day],
};

struct Depth {
    /// Whether the changes around the same time of the last season enter, where that lies beyond the lags.
    season: bool,
    lags: usize,
    means: &'static [usize],
    deviation: Option<usize>,
    cycles: &'static [Cycle],
}

/// A group of inputs that follow the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Cycle {
    /// Seven columns, of which one is 1.
    Week,
    /// The number of the day, 1 to 31.
    DayOfMonth,
    /// The month on a circle: December is next to January.
    Year,
    /// 1 on the public holidays of Peru.
    Holiday,
    /// The hour on a circle: 23 h is next to midnight.
    Day,
}

impl Cycle {
    fn names(self) -> &'static [&'static str] {
        match self {
            Self::Week => &WEEKDAYS,
            Self::DayOfMonth => &["day_of_month"],
            Self::Year => &["month_sin", "month_cos"],
            Self::Holiday => &["holiday"],
            Self::Day => &["hour_sin", "hour_cos"],
        }
    }

    fn append(self, moment: Moment, row: &mut Vec<f64>) {
        match self {
            Self::Week => row.extend((0..7).map(|day| if moment.weekday == day { 1.0 } else { 0.0 })),
            Self::DayOfMonth => row.push(f64::from(moment.day)),
            Self::Year => row.extend(on_circle(f64::from(moment.month) / 12.0)),
            Self::Holiday => row.push(f64::from(u8::from(moment.holiday))),
            Self::Day => row.extend(on_circle(f64::from(moment.hour) / 24.0)),
        }
    }

    /// A cycle enters only where the history before the first backtest origin has seen it: twice for the day, the week
    /// and the month, a year and a month for the year and its holidays. What a model has never seen, it would make up.
    fn is_seen(self, timeline: Timeline, days: usize) -> bool {
        match self {
            Self::Week => days >= 14,
            Self::DayOfMonth => days >= 62,
            Self::Year => days >= 396,
            Self::Holiday => matches!(timeline, Timeline::Daily { .. }) && days >= 396,
            Self::Day => matches!(timeline, Timeline::Hourly { .. }) && days >= 2,
        }
    }
}

/// Which inputs a run uses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FeatureSet {
    /// Steps of the season whose changes enter besides the lags.
    season: Option<usize>,
    lags: usize,
    means: Vec<usize>,
    deviation: Option<usize>,
    cycles: Vec<Cycle>,
    /// Steps over which activity is averaged beside the step's own; `None` where activity is not used.
    activity: Option<usize>,
    /// Names of the covariates that enter; no set with any is stored.
    #[serde(skip)]
    covariates: Vec<String>,
}

/// What the inputs of one step are computed from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StepInputs<'a> {
    /// Changes before the step, the most recent last.
    pub(crate) changes: &'a [f64],
    /// Posts up to and including the step, the step's own last; empty where activity is not used.
    pub(crate) posts: &'a [f64],
    /// The step's place in the calendar.
    pub(crate) moment: Moment,
    /// What covariates hold, and the step's index among their values; `None` where none enters.
    pub(crate) ahead: Option<(&'a Ahead, usize)>,
}

impl FeatureSet {
    /// The richest set that leaves enough rows to train on at `origin`, the earliest one of the backtest; `None` where
    /// even the plainest does not.
    pub(crate) fn choose(series: &Series, origin: usize) -> Option<Self> {
        let changes = (0..=origin).filter(|index| series.run(*index) > 0).count();
        let reachable = |depth: &&Depth| !depth.season || series.timeline().season() > depth.lags;
        DEPTHS.iter().filter(reachable).map(|depth| Self::of_depth(depth, series, origin)).find(|set| {
            let rows = (0..=origin).filter(|index| set.has_row(series, *index)).count();
            let inputs = set.names().len();
            rows >= ROWS_AT_LEAST && rows > inputs + inputs / 4 && rows * 2 >= changes
        })
    }

    fn of_depth(depth: &Depth, series: &Series, origin: usize) -> Self {
        let timeline = series.timeline();
        let days = timeline.date(origin).signed_duration_since(timeline.date(0)).num_days() + 1;
        let days = usize::try_from(days).unwrap_or_default();
        Self {
            season: depth.season.then_some(timeline.season()),
            lags: depth.lags,
            means: depth.means.to_vec(),
            deviation: depth.deviation,
            cycles: depth.cycles.iter().copied().filter(|cycle| cycle.is_seen(timeline, days)).collect(),
            activity: series.activity().map(|_| depth.means.first().copied().unwrap_or(1)),
            covariates: Vec::new(),
        }
    }

    /// The same with covariates among the inputs.
    pub(crate) fn with_covariates(self, names: &[String]) -> Self {
        Self { covariates: names.to_vec(), ..self }
    }

    /// How many changes before a step the inputs need.
    pub(crate) fn depth(&self) -> usize {
        let season = self.season.map(|season| season + SEASON_MARGIN);
        self.means.iter().copied().chain(self.deviation).chain(season).fold(self.lags, usize::max)
    }

    fn has_row(&self, series: &Series, index: usize) -> bool {
        let recorded = series.activity().map_or(0, |activity| activity.run(index));
        series.run(index) > self.depth() && recorded >= self.activity.unwrap_or_default()
    }

    /// Names of the columns, in their order.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = (1..=self.lags).map(|lag| format!("change_lag_{lag}")).collect();
        if let Some(season) = self.season {
            names.extend(around(season).map(|lag| format!("change_lag_{lag}")));
            names.push(format!("change_mean_around_lag_{season}"));
        }
        names.extend(self.means.iter().map(|window| format!("change_mean_{window}")));
        names.extend(self.deviation.iter().map(|window| format!("change_deviation_{window}")));
        names.extend(self.cycles.iter().flat_map(|cycle| cycle.names()).map(|name| (*name).to_owned()));
        if let Some(window) = self.activity {
            names.extend([ACTIVITY.to_owned(), format!("{ACTIVITY}_mean_{window}")]);
        }
        names.extend(self.covariates.iter().flat_map(|covariate| Ahead::names(covariate)));
        names
    }

    /// The inputs of the first step after a state.
    pub(crate) fn first_inputs(&self, state: &State) -> Vec<f64> {
        let (mut row, mut posts) = (Vec::new(), state.posts.clone());
        posts.push(state.posts_ahead);
        let moment = state.timeline.moment(state.origin + 1);
        let ahead = state.ahead.as_deref().map(|ahead| (ahead, state.origin + 1));
        self.append(StepInputs { changes: &state.changes, posts: &posts, moment, ahead }, &mut row);
        row
    }

    /// Appends the inputs of one step to `row`, in the order of [`Self::names`].
    pub(crate) fn append(&self, inputs: StepInputs<'_>, row: &mut Vec<f64>) {
        row.extend(inputs.changes.iter().rev().take(self.lags));
        if let Some(season) = self.season {
            let lag = |lag: usize| {
                let place = inputs.changes.len().checked_sub(lag);
                place.and_then(|place| inputs.changes.get(place)).copied().unwrap_or_default()
            };
            row.extend(around(season).map(lag));
            let wide: Vec<f64> = (season - SEASON_MARGIN..=season + SEASON_MARGIN).map(lag).collect();
            row.push(mean(&wide));
        }
        row.extend(self.means.iter().map(|window| mean(tail(inputs.changes, *window))));
        row.extend(self.deviation.iter().map(|window| deviation(tail(inputs.changes, *window))));
        for cycle in &self.cycles {
            cycle.append(inputs.moment, row);
        }
        if let Some(window) = self.activity {
            row.extend([inputs.posts.last().copied().unwrap_or_default(), mean(tail(inputs.posts, window))]);
        }
        if let Some((ahead, index)) = inputs.ahead {
            row.extend(ahead.inputs(index));
        }
    }
}

/// The lags at the season and on both sides of it.
fn around(season: usize) -> std::ops::RangeInclusive<usize> {
    season - 1..=season + 1
}

fn on_circle(turn: f64) -> [f64; 2] {
    let angle = std::f64::consts::TAU * turn;
    [angle.sin(), angle.cos()]
}

/// Every training row of a series, in order of time.
#[derive(Debug)]
pub(crate) struct Table {
    width: usize,
    indices: Vec<usize>,
    inputs: Vec<f64>,
    targets: Vec<f64>,
}

/// Rows of a [`Table`] to fit on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rows<'a> {
    /// Inputs a row.
    pub(crate) width: usize,
    /// Row after row.
    pub(crate) inputs: &'a [f64],
    /// The change to be explained, one a row.
    pub(crate) targets: &'a [f64],
}

impl Table {
    /// The rows of a series; `ahead` is what the covariates among the inputs hold.
    pub(crate) fn new(series: &Series, set: &FeatureSet, ahead: Option<&Ahead>) -> Self {
        let mut table = Self { width: set.names().len(), indices: Vec::new(), inputs: Vec::new(), targets: Vec::new() };
        for index in 0..series.len() {
            let (true, Some(target)) = (set.has_row(series, index), series.change(index)) else { continue };
            let posts = series.activity().and_then(|activity| activity.posts().get(..=index)).unwrap_or_default();
            let changes = series.bridged_changes().get(..index).unwrap_or_default();
            let moment = series.timeline().moment(index);
            let ahead = ahead.map(|ahead| (ahead, index));
            set.append(StepInputs { changes, posts, moment, ahead }, &mut table.inputs);
            table.indices.push(index);
            table.targets.push(target);
        }
        table
    }

    /// The latest `limit` rows whose target lies at or before `origin`.
    pub(crate) fn until(&self, origin: usize, limit: usize) -> Rows<'_> {
        let end = self.indices.partition_point(|index| *index <= origin);
        let start = end.saturating_sub(limit);
        Rows {
            width: self.width,
            inputs: self.inputs.get(start * self.width..end * self.width).unwrap_or_default(),
            targets: self.targets.get(start..end).unwrap_or_default(),
        }
    }

    /// The grid index of each row.
    pub(crate) fn indices(&self) -> &[usize] {
        &self.indices
    }
}

impl Rows<'_> {
    pub(crate) fn len(&self) -> usize {
        self.targets.len()
    }
}

/// Mean posts a step over the latest 28 steps: what is assumed of the future.
pub(crate) fn recent_activity(posts: &[f64]) -> f64 {
    mean(tail(posts.get(1..).unwrap_or_default(), RECENT))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{daily, rhythm};

    #[test]
    fn a_long_history_gets_every_input() {
        let series = daily(&rhythm(1_095));
        let names = FeatureSet::choose(&series, 954).unwrap().names();
        for name in ["change_lag_1", "change_lag_14", "change_mean_7", "change_mean_14", "change_deviation_28"] {
            assert!(names.iter().any(|known| known == name), "{name}");
        }
        for name in ["weekday_monday", "weekday_sunday", "day_of_month", "month_sin", "month_cos"] {
            assert!(names.iter().any(|known| known == name), "{name}");
        }
        assert_eq!(names.len(), 28);
    }

    #[test]
    fn a_short_history_gets_fewer_and_a_tiny_one_none() {
        let short = FeatureSet::choose(&daily(&rhythm(40)), 24).unwrap();
        assert!(short.depth() < 28);
        assert_eq!(FeatureSet::choose(&daily(&rhythm(10)), 6), None);
    }

    #[test]
    fn a_row_has_a_value_for_every_name_and_none_reaches_across_a_gap() {
        let mut values = rhythm(200);
        values[100] = None;
        let series = daily(&values);
        let set = FeatureSet::choose(&series, 170).unwrap();
        let table = Table::new(&series, &set, None);
        let rows = table.until(199, usize::MAX);
        assert_eq!((rows.width, rows.inputs.len()), (set.names().len(), rows.len() * rows.width));
        let reach = set.depth();
        assert!(table.indices().iter().all(|index| index + 1 < 101 || index - reach > 101), "{:?}", table.indices());
        assert_eq!(set.first_inputs(&State::at(&series, 199)).len(), rows.width);
    }

    #[test]
    fn lags_are_counted_back_from_the_step() {
        let series = daily(&(0..200).map(|day| Some(f64::from(day * day))).collect::<Vec<_>>());
        let set = FeatureSet::choose(&series, 150).unwrap();
        let inputs = set.first_inputs(&State::at(&series, 150));
        let lag =
            |lag: usize| inputs[set.names().iter().position(|name| *name == format!("change_lag_{lag}")).unwrap()];
        assert!((lag(1) - 299.0).abs() < 1e-9 && (lag(2) - 297.0).abs() < 1e-9);
        // Day 151 from Monday 2024-01-01 is Friday 2024-05-31.
        let friday = set.names().iter().position(|name| name == "weekday_friday").unwrap();
        assert!((inputs[friday] - 1.0).abs() < 1e-9);
    }
}
