//! Times laid on the points of a step.

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

use super::Step;
use crate::calendar::{Timeline, day_of_month, epoch_hour, month_number};
use crate::numeric::count;

/// Steps between two points that are counted, at most: one long gap does not speak against a step.
const LONGEST_COUNTED: i64 = 60;
/// Days that a month's row may be from its day: the last working day of a month lies so far from its end.
const MONTH_TOLERANCE: i64 = 3;
/// Days around the whole number of steps by which a told step may be dated early or late.
const FULL: f64 = 1.5;

/// Times on the points of a step.
#[derive(Debug, Clone)]
pub(crate) struct Laid {
    /// The points.
    pub(crate) timeline: Timeline,
    /// The time of day of points a day or more apart, and the minutes of hours.
    pub(crate) time_of_day: NaiveTime,
    /// The index of the point of each time, ascending; `None` for times of a step that is not over.
    pub(crate) places: Vec<Option<usize>>,
    filled: usize,
    /// Steps from the first to the last point, long gaps counted as [`LONGEST_COUNTED`].
    length: i64,
    /// Rows near their place, each by how near, over all rows.
    placed: f64,
}

impl Laid {
    /// The share of rows that keep a point of their own.
    pub(crate) fn kept(&self) -> f64 {
        count(self.filled) / count(self.places.len().max(1))
    }

    /// The share of rows that lie where the step has them, 0 to 1.
    pub(crate) fn placed(&self) -> f64 {
        self.placed
    }

    /// Filled points, rows that keep a point, and rows on their place, each as a share, multiplied.
    pub(crate) fn worth(&self) -> f64 {
        let length = count(usize::try_from(self.length).unwrap_or(usize::MAX));
        count(self.filled) / length.max(1.0) * self.kept() * self.placed
    }

    /// The step, with what was found out while it was laid.
    pub(super) fn step(&self, step: Step) -> Step {
        match (step, self.timeline) {
            (Step::Days(7), Timeline::Spaced { first, .. }) => Step::Week(first.weekday()),
            (Step::Months { months, .. }, Timeline::Monthly { day, .. }) => Step::Months { months, day },
            (step, _) => step,
        }
    }
}

/// Each time as the number of its point, and how far it lies from it.
struct Keys {
    /// Numbers of points, in ascending order.
    numbers: Vec<i64>,
    /// How near each time lies to its point, 1 to 0, summed up.
    placed: f64,
    /// The time of day of the points, where it is not that of the first time.
    time_of_day: Option<NaiveTime>,
    /// The hour, the day or the month of the point 0.
    anchor: i64,
    /// The day of the month, where the step is months.
    day: u32,
}

impl Keys {
    /// The points of a step from one of them on.
    fn timeline(&self, step: Step, key: i64) -> Option<Timeline> {
        let at = |width: u32| key.checked_mul(width.into())?.checked_add(self.anchor);
        Some(match step {
            Step::Hours(hours) => Timeline::Hourly { first: at(hours)?, hours, zone: chrono_tz::UTC },
            Step::Days(1) => Timeline::Daily { first: date(at(1)?)? },
            Step::Days(days) => Timeline::Spaced { first: date(at(days)?)?, days },
            Step::Week(_) => Timeline::Spaced { first: date(at(7)?)?, days: 7 },
            Step::Months { months, .. } => Timeline::Monthly { first: month(at(months)?)?, months, day: self.day },
        })
    }

    fn filled(&self) -> usize {
        self.numbers.chunk_by(|one, next| one == next).count()
    }

    /// The better of two ways to number the times: the second where more rows keep a point of their own.
    fn or(self, other: impl FnOnce() -> Self) -> Self {
        if self.filled() == self.numbers.len() {
            return self;
        }
        let other = other();
        if other.filled() > self.filled() { other } else { self }
    }
}

/// Lays times in ascending order on a step. A told step is not looked for: each point holds what was read last in it,
/// and a last step that is not over is left out.
pub(super) fn lay(step: Step, times: &[NaiveDateTime], told: bool) -> Option<Laid> {
    let keys = match step {
        Step::Hours(hours) => hourly(times, hours.into(), told),
        Step::Days(1) => daily(times),
        Step::Days(days) if told => spaced(times, days.into(), times.last().map_or(0, |at| day_of(*at)), told),
        Step::Days(days) => spaced(times, days.into(), residue(times.iter().map(|at| day_of(*at)), days.into()), told),
        // The first day of the count is a Monday.
        Step::Week(weekday) => spaced(times, 7, 1 + i64::from(weekday.num_days_from_monday()), told),
        Step::Months { months, day: 0 } => monthly(times, months.into(), usual_day(times), told),
        Step::Months { months, day } => monthly(times, months.into(), day, told),
    };
    let first = *keys.numbers.first()?;
    let timeline = keys.timeline(step, first)?;
    let time_of_day = keys.time_of_day.unwrap_or_else(|| times.first().map(NaiveDateTime::time).unwrap_or_default());
    let mut places: Vec<Option<usize>> = keys.numbers.iter().map(|key| usize::try_from(key - first).ok()).collect();
    if told && is_unfinished(times, &keys.numbers, timeline) {
        let last = places.last().copied().flatten();
        places.iter_mut().filter(|place| **place == last).for_each(|place| *place = None);
    }
    let steps = keys.numbers.windows(2).map(|pair| match pair {
        [before, after] => (after - before).min(LONGEST_COUNTED),
        _ => 0,
    });
    Some(Laid {
        timeline,
        time_of_day,
        filled: keys.filled(),
        length: steps.sum::<i64>() + 1,
        placed: keys.placed / count(times.len().max(1)),
        places,
    })
}

fn date(day: i64) -> Option<NaiveDate> {
    NaiveDate::from_num_days_from_ce_opt(i32::try_from(day).ok()?)
}

fn day_of(at: NaiveDateTime) -> i64 {
    at.date().num_days_from_ce().into()
}

/// The hour that a time is nearest to.
fn nearest_hour(at: NaiveDateTime) -> i64 {
    hour_of(at.checked_add_signed(TimeDelta::minutes(30)).unwrap_or(at))
}

fn hour_of(at: NaiveDateTime) -> i64 {
    epoch_hour(at.and_utc())
}

/// What most numbers leave when they are divided.
fn residue(numbers: impl Iterator<Item = i64>, divisor: i64) -> i64 {
    let mut residues: Vec<i64> = numbers.map(|number| number.rem_euclid(divisor.max(1))).collect();
    residues.sort_unstable();
    let commonest = residues.chunk_by(|one, next| one == next).max_by_key(|same| same.len());
    commonest.and_then(|same| same.first()).copied().unwrap_or_default()
}

/// Hours as the clock shows them, or the nearest ones where readings fall just before and just after the hour.
fn hourly(times: &[NaiveDateTime], hours: i64, told: bool) -> Keys {
    let keys = |hour: fn(NaiveDateTime) -> i64, time_of_day| {
        let of_hours: Vec<i64> = times.iter().map(|at| hour(*at)).collect();
        let last = of_hours.last().copied().unwrap_or_default();
        let anchor = if told { last } else { residue(of_hours.iter().copied(), hours) };
        // A told step ends with its point; one that was found has its rows around it.
        let shift = if told { hours - 1 } else { hours / 2 };
        let keys = of_hours.iter().map(|hour| (hour - anchor + shift).div_euclid(hours)).collect();
        let placed = of_hours.iter().filter(|hour| (*hour - anchor).rem_euclid(hours) == 0).count();
        Keys { numbers: keys, placed: count(placed), time_of_day, anchor, day: 0 }
    };
    keys(hour_of, None).or(|| keys(nearest_hour, Some(NaiveTime::MIN)))
}

/// Days of the calendar, or the nearest midnights where readings fall just before and just after midnight.
fn daily(times: &[NaiveDateTime]) -> Keys {
    let placed = count(times.len());
    let keys = times.iter().map(|at| day_of(*at)).collect();
    let nearest = || {
        let noon = |at: &NaiveDateTime| at.checked_add_signed(TimeDelta::hours(12)).unwrap_or(*at);
        let keys = times.iter().map(|at| day_of(noon(at))).collect();
        Keys { numbers: keys, placed, time_of_day: Some(NaiveTime::MIN), anchor: 0, day: 0 }
    };
    Keys { numbers: keys, placed, time_of_day: None, anchor: 0, day: 0 }.or(nearest)
}

/// Every so many days. A told step ends with its point, unless nearest points keep more rows.
fn spaced(times: &[NaiveDateTime], days: i64, anchor: i64, told: bool) -> Keys {
    let tolerance = (2 * days / 7).min(2);
    let keys = |shift: i64| {
        let since: Vec<i64> = times.iter().map(|at| day_of(*at) - anchor).collect();
        let keys = since.iter().map(|day| (day + shift).div_euclid(days)).collect();
        let away = |day: &i64| {
            let away = day.rem_euclid(days);
            away.min(days - away)
        };
        let placed = since.iter().map(|day| nearness(away(day), tolerance)).sum();
        Keys { numbers: keys, placed, time_of_day: None, anchor, day: 0 }
    };
    if told { keys(days - 1).or(|| keys(days / 2)) } else { keys(days / 2) }
}

/// 1 for a row on its day, a little less for one within the tolerance, 0 beyond.
fn nearness(days_away: i64, tolerance: i64) -> f64 {
    let lost = u32::try_from(days_away).map_or(1.0, |days| f64::from(days) / 10.0);
    if days_away <= tolerance { 1.0 - lost } else { 0.0 }
}

/// The day of the month that most times share, 31 standing for the last one.
fn usual_day(times: &[NaiveDateTime]) -> u32 {
    let dates: Vec<NaiveDate> = times.iter().map(NaiveDateTime::date).collect();
    let shares = |day: u32| dates.iter().filter(|date| day_of_month(**date, day) == **date).count();
    let ends = shares(31) == dates.len();
    // Of days that as many share, a short month between leaves the smaller one; only month ends are ends.
    let days: Vec<u32> = if ends { vec![31] } else { (1..=31).collect() };
    days.into_iter().rev().max_by_key(|day| shares(*day)).unwrap_or(31)
}

/// Months of the calendar, or the nearest day of the month where that keeps more rows.
fn monthly(times: &[NaiveDateTime], months: i64, day: u32, told: bool) -> Keys {
    let anchor = match (told, day) {
        (false, _) => residue(times.iter().map(|at| month_number(at.date())), months),
        // The periods of a year begin with January and end with December.
        (true, 1) => 0,
        (true, _) => months - 1,
    };
    // Days around the day of a month, as its month's number.
    let nearest = |date: NaiveDate| {
        let own = month_number(date);
        let away = date.signed_duration_since(day_of_month(date, day)).num_days();
        match away {
            16.. => own + 1,
            ..=-16 => own - 1,
            _ => own,
        }
    };
    let keys = |month: &dyn Fn(NaiveDate) -> i64| {
        let numbers: Vec<(i64, NaiveDate)> = times.iter().map(|at| (month(at.date()), at.date())).collect();
        // A told step that ends with its point takes in the months before it; one that begins with it, those after it.
        let shift = match (told, day) {
            (false, _) => months / 2,
            (true, 1) => 0,
            (true, _) => months - 1,
        };
        let keys = numbers.iter().map(|(month, _)| (month - anchor + shift).div_euclid(months)).collect();
        let placed = numbers.iter().filter(|(month, _)| (month - anchor).rem_euclid(months) == 0);
        let placed = placed.map(|(month, date)| nearness(days_from(*month, day, *date), MONTH_TOLERANCE)).sum();
        Keys { numbers: keys, placed, time_of_day: None, anchor, day }
    };
    keys(&month_number).or(|| keys(&nearest))
}

/// The first day of a month by its number.
fn month(number: i64) -> Option<NaiveDate> {
    let year = i32::try_from(number.div_euclid(12)).ok()?;
    NaiveDate::from_ymd_opt(year, u32::try_from(number.rem_euclid(12)).ok()? + 1, 1)
}

/// Days between a date and a day of a month.
fn days_from(number: i64, day: u32, date: NaiveDate) -> i64 {
    month(number).map_or(i64::MAX, |first| date.signed_duration_since(day_of_month(first, day)).num_days().abs())
}

/// Whether the last step of a told series, made of several readings, still waits for some: the next reading, as far
/// away as the readings before it usually are, would fall before its end.
fn is_unfinished(times: &[NaiveDateTime], keys: &[i64], timeline: Timeline) -> bool {
    let filled = keys.chunk_by(|one, next| one == next).count();
    if count(times.len()) < FULL * count(filled) {
        return false;
    }
    let (Some(last), Some(first), Some(key), Some(first_key)) =
        (times.last(), times.first(), keys.last(), keys.first())
    else {
        return false;
    };
    let readings = i32::try_from(times.len()).unwrap_or(i32::MAX).saturating_sub(1).max(1);
    let usual = (*last - *first) / readings;
    let index = usize::try_from(key - first_key).unwrap_or(usize::MAX);
    let end = match timeline {
        Timeline::Monthly { day: 1, .. } => timeline.date(index + 1).and_time(NaiveTime::MIN),
        Timeline::Hourly { .. } => return false,
        _ => timeline.date(index).and_time(NaiveTime::MIN) + TimeDelta::days(1),
    };
    last.checked_add_signed(usual).is_some_and(|next| next < end)
}
