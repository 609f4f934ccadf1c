//! From timestamped observations to a regular series whose gaps are kept as gaps.
//!
//! This module chooses the grid and says what is known at each of its points. It never invents a value: what models
//! need in place of a missing one is asked for by name ([`Series::bridged_changes`], [`Series::bridged_values`]), and
//! none of it is a target to train on.

use atalaya_application::ports::forecaster::{History, TrainingError};
use atalaya_domain::forecast::{DAYS_AT_LEAST, Grid, GridChoice, HOURS_AT_LEAST, LocalDays, jitter, posts_made};
use atalaya_domain::observation::Followers;
use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc};

use crate::bridge::{Bridged, longest_gap};
use crate::calendar::{Timeline, epoch_hour};
use crate::irregularities::{Irregularities, find, without_outliers, without_shifts};
use crate::jump::Jump;
use crate::models::Bounds;
use crate::numeric::{count, last_digit, mean, stored};
use crate::unfinished::Unfinished;

/// Days with data from which a daily grid is used whatever else there is.
const DAYS_FOR_DAILY: usize = 30;
/// Observed points without which nothing is forecast.
pub(crate) const POINTS_AT_LEAST: usize = DAYS_AT_LEAST;
/// Observed hours from which an account with few days gets an hourly grid.
const HOURS_FOR_HOURLY: usize = HOURS_AT_LEAST;
/// Of those, how many must directly follow another: an hourly grid without hourly changes would teach nothing.
const HOURLY_CHANGES: usize = 24;
/// The longest stretch that a daily series looks back over, in days; what is older stays out.
const LONGEST_DAILY: i64 = 3_660;
/// The longest stretch that an hourly series looks back over, in hours (60 days).
const LONGEST_HOURLY: i64 = 1_440;
/// Missing steps in a row beyond which a gap is long.
pub(crate) const LONG_GAP: usize = 7;
/// The share of steps on which activity must be recorded before models may use it.
const ACTIVITY_SHARE: f64 = 0.8;

/// What is known at one point: the last followers and the last running total of posts in its day or hour.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    key: i64,
    followers: f64,
    posts: Option<Followers>,
}

/// A regular series with gaps, on the level of today: level shifts are taken out, outliers are gaps. Its first and last
/// points are observed.
#[derive(Debug, Clone)]
pub(crate) struct Series {
    timeline: Timeline,
    longest_gap: usize,
    is_cut: bool,
    unfinished: Option<Unfinished>,
    irregularities: Irregularities,
    jump: Option<Jump>,
    values: Vec<Option<f64>>,
    bridged: Bridged,
    runs: Vec<usize>,
    activity: Option<Activity>,
    /// What covariates brought after each point until the origin that the series is seen from, and was taken out of it;
    /// empty where nothing was.
    to_come: Vec<f64>,
    bounds: Bounds,
    unit: f64,
    data_from: DateTime<Utc>,
    data_until: DateTime<Utc>,
}

/// Posts in each step of a series.
#[derive(Debug, Clone)]
pub(crate) struct Activity {
    posts: Vec<f64>,
    runs: Vec<usize>,
}

impl Activity {
    /// Posts in each step; where none is recorded, the mean of the steps before it.
    pub(crate) fn posts(&self) -> &[f64] {
        &self.posts
    }

    /// How many steps up to and including each index have a recorded number of posts, without a break.
    pub(crate) fn run(&self, index: usize) -> usize {
        self.runs.get(index).copied().unwrap_or_default()
    }
}

impl Series {
    /// Chooses the grid, unless it is told, and lays the observations on it. A last day that is not over is no point of
    /// a daily grid.
    ///
    /// # Errors
    /// [`TrainingError::InsufficientData`] for fewer than 8 days with data and no hourly grid either;
    /// [`TrainingError::InsufficientHours`] where hours are told and there are too few.
    pub(crate) fn new(history: History<'_>, grid: GridChoice) -> Result<Self, TrainingError> {
        if grid == GridChoice::Hour {
            return Self::hours(history)?.ok_or_else(|| insufficient_hours(history));
        }
        let whole_days = |unfinished: Unfinished| {
            let observations = history.observations.get(..unfinished.whole()).unwrap_or_default();
            let days = buckets(History { observations, ..history }, Grid::Daily);
            (days.len() >= POINTS_AT_LEAST).then_some((Some(unfinished), days))
        };
        let (unfinished, all_days) =
            Unfinished::find(history).and_then(whole_days).unwrap_or_else(|| (None, buckets(history, Grid::Daily)));
        let days = latest(&all_days, LONGEST_DAILY);
        let found = days.len();
        if grid == GridChoice::Auto
            && found < DAYS_FOR_DAILY
            && explained(&latest_hours(history)) > explained(days)
            && let Some(hourly) = Self::hours(history)?
        {
            return Ok(hourly);
        }
        if found < POINTS_AT_LEAST {
            return Err(insufficient(found));
        }
        Ok(Self { is_cut: found < all_days.len(), unfinished, ..Self::on_grid(history, Grid::Daily, days)? })
    }

    /// The latest hours; `None` where there are too few of them, or too few follow one another.
    fn hours(history: History<'_>) -> Result<Option<Self>, TrainingError> {
        let all_hours = buckets(history, Grid::Hourly);
        let hours = latest(&all_hours, LONGEST_HOURLY);
        if hours.len() < HOURS_FOR_HOURLY || consecutive(hours) < HOURLY_CHANGES {
            return Ok(None);
        }
        let is_cut = hours.len() < all_hours.len();
        Ok(Some(Self { is_cut, ..Self::on_grid(history, Grid::Hourly, hours)? }))
    }

    /// A series whose grid is known, without activity; the first and the last value are observed.
    pub(crate) fn regular(timeline: Timeline, values: &[Option<f64>]) -> Self {
        let day = |index| timeline.date(index).and_time(chrono::NaiveTime::MIN).and_utc();
        let (from, until) = (day(0), day(values.len().saturating_sub(1)));
        Self { bounds: Bounds::of(values), ..Self::of(timeline, values, &[], (from, until)) }
    }

    /// Takes what is irregular out of observed values and prepares what is left.
    fn of(
        timeline: Timeline,
        observed: &[Option<f64>],
        totals: &[Option<Followers>],
        (data_from, data_until): (DateTime<Utc>, DateTime<Utc>),
    ) -> Self {
        let irregularities = find(observed);
        let values = without_shifts(&without_outliers(observed, &irregularities.outliers), &irregularities.shifts);
        let runs = runs_of_changes(&values);
        Self {
            timeline,
            longest_gap: longest_gap(observed),
            is_cut: false,
            jump: Jump::find(observed, &irregularities),
            unfinished: None,
            irregularities,
            bridged: Bridged::new(&values, timeline.season()),
            activity: activity(totals, &runs),
            to_come: Vec::new(),
            bounds: Bounds::FOLLOWERS,
            unit: last_digit(observed),
            runs,
            values,
            data_from,
            data_until,
        }
    }

    fn on_grid(history: History<'_>, grid: Grid, buckets: &[Bucket]) -> Result<Self, TrainingError> {
        let zone = history.time_zone;
        let first_key = buckets.first().ok_or_else(|| insufficient(0))?.key;
        let keys = Keys::of(history, grid);
        let mut used = history.observations.iter().filter(|observation| keys.key(observation.at) >= first_key);
        let first = used.next().ok_or_else(|| insufficient(0))?;
        let last = used.next_back().unwrap_or(first);
        let timeline = match &keys {
            Keys::Daily(days) => Timeline::Daily { first: days.date(first.at) },
            Keys::Hourly(_) => Timeline::Hourly { first: first_key, hours: 1, zone },
        };
        let values = spread(buckets, |bucket| Some(bucket.followers));
        let totals = spread(buckets, |bucket| bucket.posts);
        Ok(Self::of(timeline, &values, &totals, (first.at, last.at)))
    }

    pub(crate) fn timeline(&self) -> Timeline {
        self.timeline
    }

    /// Grid points from the first to the last observed one, gaps included; at least 8.
    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }

    /// Index of the last point.
    pub(crate) fn last(&self) -> usize {
        self.values.len().saturating_sub(1)
    }

    /// Points with an observation.
    pub(crate) fn observed(&self) -> usize {
        self.values.iter().flatten().count()
    }

    /// Whether a point between the first and the last lacks an observation.
    pub(crate) fn has_gaps(&self) -> bool {
        self.longest_gap > 0
    }

    /// The most steps in a row without an observation.
    pub(crate) fn longest_gap(&self) -> usize {
        self.longest_gap
    }

    /// Whether observations were left out because they are too old.
    pub(crate) fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// Whether a point is observed, or lies in a gap of at most [`LONG_GAP`] steps.
    pub(crate) fn is_near_known(&self, index: usize) -> bool {
        let missing = |at: &usize| self.value(*at).is_none();
        let before = (0..index).rev().take(LONG_GAP + 1).take_while(missing).count();
        let after = (index + 1..self.len()).take(LONG_GAP + 1).take_while(missing).count();
        !missing(&index) || before + 1 + after <= LONG_GAP
    }

    /// What was taken out of the observed values: shifts, and outliers.
    pub(crate) fn irregularities(&self) -> &Irregularities {
        &self.irregularities
    }

    /// The jump that its history ends on, where too few points have confirmed it.
    pub(crate) fn jump(&self) -> Option<Jump> {
        self.jump
    }

    /// By how much the reading of an unfinished last day moves a forecast from the last whole one; 0 where there is
    /// none.
    pub(crate) fn surprise(&self, path: &[f64]) -> f64 {
        let Some((unfinished, level)) = self.unfinished.zip(self.value(self.last())) else { return 0.0 };
        let most = self.changes_until(self.last()).map(f64::abs).fold(0.0, f64::max);
        unfinished.surprise(level, path, most)
    }

    /// What a value of this series at a point lacks to what was observed there: the shifts that were still to come, and
    /// what covariates brought later.
    pub(crate) fn taken_out(&self, index: usize) -> f64 {
        let later = self.irregularities.shifts.iter().filter(|shift| index < shift.index);
        -later.map(|shift| shift.size).sum::<f64>() - self.to_come.get(index).copied().unwrap_or_default()
    }

    /// The series with its values raised by what was still to come at each: as if it had been there all along.
    pub(crate) fn without(&self, to_come: &[f64]) -> Self {
        let raised = |(value, to_come): (&Option<f64>, &f64)| value.map(|value| value + to_come);
        let values: Vec<Option<f64>> = self.values.iter().zip(to_come).map(raised).collect();
        let bridged = Bridged::new(&values, self.timeline.season());
        Self { bridged, values, to_come: to_come.to_vec(), ..self.clone() }
    }

    /// Followers at a point, where observed and no outlier, on the level of today.
    pub(crate) fn value(&self, index: usize) -> Option<f64> {
        self.values.get(index).copied().flatten()
    }

    pub(crate) fn values(&self) -> &[Option<f64>] {
        &self.values
    }

    /// The change into each point; index 0 holds 0. Across a gap it is that of its bridge: good enough as an input
    /// where a forecast starts soon after a gap, and never a target to train on. Knowing the points up to an observed
    /// one is knowing these changes up to it.
    pub(crate) fn bridged_changes(&self) -> &[f64] {
        self.bridged.changes()
    }

    /// The values up to an origin without a hole, gaps bridged. Ends at the origin, or at the last observed point
    /// before it, and so rests on nothing after it.
    pub(crate) fn bridged_values(&self, origin: usize) -> &[f64] {
        self.observed_until(origin).map_or(&[], |observed| self.bridged.until(observed))
    }

    /// How many changes up to and including the one into this point were observed, one after another.
    pub(crate) fn run(&self, index: usize) -> usize {
        self.runs.get(index).copied().unwrap_or_default()
    }

    /// The change into a point, where both it and the point before were observed.
    pub(crate) fn change(&self, index: usize) -> Option<f64> {
        if self.run(index) > 0 { self.bridged_changes().get(index).copied() } else { None }
    }

    /// The observed changes into the points up to and including one.
    pub(crate) fn changes_until(&self, index: usize) -> impl Iterator<Item = f64> {
        (0..=index).filter_map(|index| self.change(index))
    }

    /// The account's own activity, where it is recorded on most steps.
    pub(crate) fn activity(&self) -> Option<&Activity> {
        self.activity.as_ref()
    }

    /// Between which values its forecasts stay.
    pub(crate) fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// One unit of the last digit that its readings have: 1 for whole numbers.
    pub(crate) fn unit(&self) -> f64 {
        self.unit
    }

    pub(crate) fn data_from(&self) -> DateTime<Utc> {
        self.data_from
    }

    pub(crate) fn data_until(&self) -> DateTime<Utc> {
        self.data_until
    }

    /// The mean absolute one-step change: the scale of MASE (Hyndman & Koehler 2006). `None` where nothing moves.
    pub(crate) fn naive_error(&self) -> Option<f64> {
        let sizes: Vec<f64> = self.changes_until(self.last()).map(f64::abs).collect();
        let scale = mean(&sizes);
        (scale > 0.0).then_some(scale)
    }

    /// The observed point at or before an index.
    pub(crate) fn observed_until(&self, index: usize) -> Option<usize> {
        (0..=index).rev().find(|candidate| self.value(*candidate).is_some())
    }
}

fn insufficient(found: usize) -> TrainingError {
    TrainingError::InsufficientData { found: stored(found), needed: stored(POINTS_AT_LEAST) }
}

fn insufficient_hours(history: History<'_>) -> TrainingError {
    TrainingError::InsufficientHours { found: stored(latest_hours(history).len()), needed: stored(HOURS_FOR_HOURLY) }
}

/// The hours of an hourly grid that have data.
fn latest_hours(history: History<'_>) -> Vec<Bucket> {
    latest(&buckets(history, Grid::Hourly), LONGEST_HOURLY).to_vec()
}

/// The numbers of the local days or of the hours that times fall in.
enum Keys {
    Daily(LocalDays),
    /// With what is added for readings some minutes before and after the full hour.
    Hourly(TimeDelta),
}

impl Keys {
    fn of(history: History<'_>, grid: Grid) -> Self {
        let History { observations, time_zone } = history;
        match grid {
            Grid::Daily => Self::Daily(LocalDays::of(observations, time_zone)),
            Grid::Hourly => Self::Hourly(jitter(observations.iter().map(|observation| observation.at.minute()), 60)),
        }
    }

    fn key(&self, at: DateTime<Utc>) -> i64 {
        match self {
            Self::Daily(days) => i64::from(days.date(at).num_days_from_ce()),
            Self::Hourly(shift) => epoch_hour(at.checked_add_signed(*shift).unwrap_or(at)),
        }
    }
}

/// The last observation of each day or hour, ascending.
fn buckets(history: History<'_>, grid: Grid) -> Vec<Bucket> {
    let mut buckets: Vec<Bucket> = Vec::new();
    let keys = Keys::of(history, grid);
    for observation in history.observations {
        let key = keys.key(observation.at);
        let followers = observation.followers.as_f64();
        let posts = observation.posts;
        match buckets.last_mut() {
            Some(bucket) if bucket.key == key => {
                bucket.followers = followers;
                bucket.posts = posts.or(bucket.posts);
            }
            Some(bucket) if bucket.key > key => {}
            _ => buckets.push(Bucket { key, followers, posts }),
        }
    }
    buckets
}

/// The buckets of the latest `span` steps.
fn latest(buckets: &[Bucket], span: i64) -> &[Bucket] {
    let last = buckets.last().map_or(0, |bucket| bucket.key);
    let older = buckets.partition_point(|bucket| last - bucket.key >= span);
    buckets.get(older..).unwrap_or_default()
}

/// The share of steps with data, times how many these are: of two grids for the same rows, that is better which has few
/// gaps and keeps many rows. A second reading on some days fills few hours.
fn explained(buckets: &[Bucket]) -> f64 {
    let span = buckets.last().zip(buckets.first()).map_or(0, |(last, first)| last.key - first.key);
    let filled = count(buckets.len());
    filled * filled / count(usize::try_from(span).unwrap_or_default() + 1)
}

fn consecutive(buckets: &[Bucket]) -> usize {
    buckets.windows(2).filter(|pair| matches!(pair, [before, after] if after.key - before.key == 1)).count()
}

/// One value a step. A missing day (or hour), one without an observation, is a missing value: `None`, never imputed.
fn spread<T>(buckets: &[Bucket], value_of: impl Fn(&Bucket) -> Option<T>) -> Vec<Option<T>> {
    let mut points = Vec::with_capacity(buckets.len());
    let mut next = buckets.first().map_or(0, |bucket| bucket.key);
    for bucket in buckets {
        while next < bucket.key {
            points.push(None);
            next += 1;
        }
        points.push(value_of(bucket));
        next += 1;
    }
    points
}

fn runs_of_changes(values: &[Option<f64>]) -> Vec<usize> {
    let mut runs = vec![0];
    let mut run = 0;
    for pair in values.windows(2) {
        run = if matches!(pair, [Some(_), Some(_)]) { run + 1 } else { 0 };
        runs.push(run);
    }
    runs
}

fn activity(totals: &[Option<Followers>], runs_of_changes: &[usize]) -> Option<Activity> {
    let (mut posts, mut runs) = (vec![0.0], vec![0]);
    let (mut sum, mut known, mut run) = (0.0, 0_usize, 0_usize);
    for pair in totals.windows(2) {
        if let [Some(before), Some(after)] = pair {
            let made = posts_made(*before, *after).as_f64();
            (sum, known, run) = (sum + made, known + 1, run + 1);
            posts.push(made);
        } else {
            run = 0;
            posts.push(if known == 0 { 0.0 } else { sum / count(known) });
        }
        runs.push(run);
    }
    let moves = runs_of_changes.iter().filter(|run| **run > 0).count();
    let covered = runs_of_changes.iter().zip(&runs).filter(|(change, posts)| **change > 0 && **posts > 0).count();
    (moves > 0 && count(covered) >= ACTIVITY_SHARE * count(moves)).then_some(Activity { posts, runs })
}

#[cfg(test)]
mod tests {
    use atalaya_domain::observation::{Observation, whole_followers};
    use chrono::Duration;

    use super::*;
    use crate::testing::daily;

    fn close(a: &[f64], b: &[f64]) -> bool {
        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-9)
    }

    #[test]
    fn a_gap_stays_a_gap_and_its_change_belongs_to_no_day() {
        let mut values: Vec<Option<f64>> = (0..12).map(|day| Some(f64::from(10 * day))).collect();
        values[5] = None;
        values[6] = None;
        let series = daily(&values);
        assert!(series.has_gaps());
        assert_eq!(series.observed(), 10);
        assert_eq!(series.change(4), Some(10.0));
        assert_eq!((series.change(5), series.change(6), series.change(7)), (None, None, None));
        assert_eq!((series.run(4), series.run(7), series.run(9)), (4, 0, 2));
        assert!(close(&series.bridged_changes()[5..8], &[10.0, 10.0, 10.0]));
        assert_eq!(series.observed_until(6), Some(4));
    }

    #[test]
    fn an_origin_inside_a_gap_knows_nothing_of_its_end() {
        let mut values: Vec<Option<f64>> = (0..12).map(|day| Some(f64::from(day))).collect();
        values[5..8].fill(None);
        assert!(close(daily(&values).bridged_values(6), &[0.0, 1.0, 2.0, 3.0, 4.0]));
    }

    #[test]
    fn the_last_observation_of_a_day_counts_and_an_older_one_that_follows_does_not() {
        let begin = DateTime::from_timestamp_secs(1_704_096_000).unwrap();
        let at = |hours: i64, followers: f64| {
            let followers = whole_followers(followers);
            Observation { at: begin + Duration::hours(hours), followers, posts: None, following: None }
        };
        let mut observations: Vec<Observation> =
            (0..10).flat_map(|day| [at(24 * day, 100.0), at(24 * day + 5, 200.0), at(24 * day + 5, 300.0)]).collect();
        observations.insert(12, at(1, 999.0));
        let history = History { observations: &observations, time_zone: chrono_tz::UTC };
        assert_eq!(Series::new(history, GridChoice::Auto).unwrap().values(), [Some(300.0); 10]);
    }

    /// An account's observations in Lima, at minutes after a midnight there.
    fn read_at(minutes: impl Iterator<Item = i64>) -> Vec<Observation> {
        let midnight = DateTime::from_timestamp_secs(1_704_085_200).unwrap();
        let observation = |(number, minutes): (i32, i64)| Observation {
            at: midnight + Duration::minutes(minutes),
            followers: whole_followers(1_000.0 + 10.0 * f64::from(number)),
            posts: None,
            following: None,
        };
        (0..).zip(minutes).map(observation).collect()
    }

    fn series(observations: &[Observation]) -> Series {
        Series::new(History { observations, time_zone: chrono_tz::America::Lima }, GridChoice::Auto).unwrap()
    }

    #[test]
    fn jitter_around_midnight_or_the_hour_loses_no_reading() {
        let jitter = |number: i64| [-3, 2, 0, -1, 4][usize::try_from(number % 5).unwrap()];
        let days = series(&read_at((0..40).map(|day| day * 24 * 60 + jitter(day))));
        assert_eq!((days.len(), days.observed(), days.timeline().grid()), (40, 40, Grid::Daily));
        assert_eq!(days.timeline().date(0).to_string(), "2024-01-01");
        let hours = series(&read_at((0..60).map(|hour| hour * 60 + jitter(hour))));
        assert_eq!((hours.len(), hours.observed(), hours.timeline().grid()), (60, 60, Grid::Hourly));
    }

    #[test]
    fn a_second_reading_on_some_days_leaves_days() {
        let minutes = (0..29).flat_map(|day| [day * 24 * 60 + 22 * 60, day * 24 * 60 + 23 * 60]);
        let series = series(&read_at(minutes));
        assert_eq!((series.timeline().grid(), series.observed()), (Grid::Daily, 29));
    }

    #[test]
    fn deleted_posts_count_as_none_and_unrecorded_ones_as_usual() {
        let totals = [Some(10.0), Some(14.0), Some(12.0), None, Some(20.0), Some(22.0)];
        let totals = totals.map(|total| total.map(whole_followers));
        let activity = activity(&totals, &[0, 1, 1, 0, 0, 1]).unwrap();
        assert!(close(activity.posts(), &[0.0, 4.0, 0.0, 2.0, 2.0, 2.0]));
        assert_eq!((activity.run(2), activity.run(4), activity.run(5)), (2, 0, 1));
    }

    #[test]
    fn activity_that_is_mostly_unrecorded_is_not_used() {
        let totals = [Some(1.0), Some(2.0), None, None, None, None].map(|total| total.map(whole_followers));
        assert!(activity(&totals, &[0, 1, 2, 3, 4, 5]).is_none());
    }
}
