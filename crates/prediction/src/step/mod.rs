//! The step of a series: told, or found from its times.
//!
//! Every candidate is laid over the times and judged by what it explains: points that are filled, rows that keep a
//! point of their own, and rows that lie where the step would have them.

mod lay;
#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;

use chrono::{NaiveDateTime, Weekday};

pub(crate) use lay::Laid;
use lay::lay;

/// How far apart the points of a series are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// So many hours: 1, 2, 3, 4, 6, 8 or 12.
    Hours(u32),
    /// So many days, 1 to 366.
    Days(u32),
    /// A week, each point on this day.
    Week(Weekday),
    /// So many months: 1, 2, 3, 4, 6 or 12.
    Months {
        /// From one point to the next.
        months: u32,
        /// The day of the month, 1 to 31; the last one of a month that has fewer.
        day: u32,
    },
}

/// Steps in hours that divide a day.
const HOURS: [u32; 7] = [1, 2, 3, 4, 6, 8, 12];
/// Steps in months that divide a year.
const MONTHS: [u32; 6] = [1, 2, 3, 4, 6, 12];
const MINUTES_PER_DAY: i64 = 24 * 60;
/// Days between two times from which the step may be months.
const SHORTEST_MONTH: i64 = 20;
/// The longest step in days.
const MOST_DAYS: u32 = 366;
/// What a step explains, at least: readings twenty days apart on average are no daily series.
const LEAST_WORTH: f64 = 0.05;
/// By how much a later candidate has to be better than an earlier, more usual one.
const MARGIN: f64 = 1.02;
/// Rows that keep a point of their own, where the step is hours; more rows an hour than two are another step.
const KEPT_OF_HOURS: f64 = 0.5;
/// Rows that keep a point of their own, and rows on their place, where the step is longer than a day.
const KEPT_OF_LONG: f64 = 0.9;
const PLACED_OF_LONG: f64 = 0.75;

impl Step {
    /// The day of the month that stands for the last one.
    pub const LAST_DAY: u32 = 31;

    /// The word by which it is told, such as `W-MON` or `14D`; `None` of months on another day than the first and the
    /// last.
    #[must_use]
    pub fn code(self) -> Option<String> {
        Some(match self {
            Self::Hours(1) => "H".to_owned(),
            Self::Hours(hours) => format!("{hours}H"),
            Self::Days(1) => "D".to_owned(),
            Self::Days(days) => format!("{days}D"),
            Self::Week(day) => format!("W-{}", day.to_string().to_uppercase()),
            Self::Months { months: months @ (1 | 3 | 12), day: day @ (1 | Self::LAST_DAY) } => {
                let unit = match months {
                    1 => 'M',
                    3 => 'Q',
                    _ => 'Y',
                };
                format!("{unit}{}", if day == 1 { 'S' } else { 'E' })
            }
            Self::Months { .. } => return None,
        })
    }

    /// Finds the step of times in ascending order, with the points that they lie on; `None` where no step fits.
    pub(crate) fn find(times: &[NaiveDateTime]) -> Option<(Self, Laid)> {
        let mut best: Option<(Self, Laid)> = None;
        for step in candidates(times) {
            let Some(laid) = lay(step, times, false).filter(|laid| is_possible(step, laid)) else { continue };
            if best.as_ref().is_none_or(|(_, best)| laid.worth() > MARGIN * best.worth()) {
                best = Some((laid.step(step), laid));
            }
        }
        best.filter(|(_, laid)| laid.worth() >= LEAST_WORTH)
    }

    /// Lays times in ascending order on a step that was told: a point holds the last reading of its step.
    pub(crate) fn lay(self, times: &[NaiveDateTime]) -> Option<Laid> {
        lay(self, times, true)
    }

    /// Whether points are hours apart, so that a change of clocks moves them.
    #[must_use]
    pub fn is_hours(self) -> bool {
        matches!(self, Self::Hours(_))
    }
}

/// The steps that may be meant, the more usual ones first. Which are tried follows from how far the times are apart, so
/// that a long series of days is not laid on months.
fn candidates(times: &[NaiveDateTime]) -> Vec<Step> {
    let mut apart: Vec<i64> = times
        .windows(2)
        .filter_map(|pair| match pair {
            [before, after] => Some((*after - *before).num_minutes()),
            _ => None,
        })
        .collect();
    apart.sort_unstable();
    let quartile = |quarters: usize| apart.get(apart.len() * quarters / 4).copied().unwrap_or_default();
    let mut steps = vec![Step::Days(1), Step::Days(7)];
    if quartile(2) >= SHORTEST_MONTH * MINUTES_PER_DAY {
        // The day of the month is found while the step is laid.
        steps.extend(MONTHS.map(|months| Step::Months { months, day: 0 }));
    }
    let days: Vec<i64> = apart.iter().map(|minutes| (minutes + MINUTES_PER_DAY / 2) / MINUTES_PER_DAY).collect();
    let commonest = days.chunk_by(|one, next| one == next).max_by_key(|same| same.len()).and_then(|same| same.first());
    let quartiles = [1, 2].map(|quarters| days.get(days.len() * quarters / 4));
    let long = [commonest].into_iter().chain(quartiles).flatten().filter_map(|days| u32::try_from(*days).ok());
    steps.extend(long.filter(|days| (2..=MOST_DAYS).contains(days) && *days != 7).map(Step::Days));
    if quartile(1) < MINUTES_PER_DAY {
        steps.extend(HOURS.map(Step::Hours));
    }
    steps
}

fn is_possible(step: Step, laid: &Laid) -> bool {
    match step {
        Step::Days(1) => true,
        Step::Hours(1) => laid.kept() >= KEPT_OF_HOURS,
        _ => laid.kept() >= KEPT_OF_LONG && laid.placed() >= PLACED_OF_LONG,
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Hours(1) => f.write_str("every hour")?,
            Self::Hours(hours) => write!(f, "every {hours} hours")?,
            Self::Days(1) => f.write_str("every day")?,
            Self::Days(days) => write!(f, "every {days} days")?,
            Self::Week(day) => write!(f, "every week on {day}")?,
            Self::Months { months, day } => {
                let on = if day == Self::LAST_DAY { "the last day".to_owned() } else { format!("day {day}") };
                match months {
                    1 => write!(f, "every month on {on}")?,
                    12 => write!(f, "every year on {on} of the month")?,
                    months => write!(f, "every {months} months on {on}")?,
                }
            }
        }
        self.code().map_or(Ok(()), |code| write!(f, " ({code})"))
    }
}

/// A word that names no step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "H, D, W-MON to W-SUN, MS, ME, QS, QE, YS, YE, or a number before H (2, 3, 4, 6, 8, 12), D (to 366) or W (to 52)"
)]
pub struct UnknownStep;

impl FromStr for Step {
    type Err = UnknownStep;

    /// Reads a step as pandas names it, in either letter case: `H`, `D`, `W-SUN`, `MS`, `QE`, `14D`. `W` alone is
    /// `W-SUN`, and `M`, `Q`, `Y` are the ends of their periods.
    fn from_str(word: &str) -> Result<Self, UnknownStep> {
        let word = word.trim().to_uppercase();
        let digits = word.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = word.split_at_checked(digits).ok_or(UnknownStep)?;
        if number.is_empty() {
            return named(unit);
        }
        let number: u32 = number.parse().map_err(|_| UnknownStep)?;
        match unit {
            "H" if HOURS.contains(&number) => Ok(Self::Hours(number)),
            "D" if (1..=MOST_DAYS).contains(&number) => Ok(Self::Days(number)),
            "W" if (1..=MOST_DAYS / 7).contains(&number) => Ok(Self::Days(7 * number)),
            _ if number == 1 => named(unit),
            _ => Err(UnknownStep),
        }
    }
}

fn named(unit: &str) -> Result<Step, UnknownStep> {
    let months = |months, day| Ok(Step::Months { months, day });
    match unit {
        "H" => Ok(Step::Hours(1)),
        "D" => Ok(Step::Days(1)),
        "W" => Ok(Step::Week(Weekday::Sun)),
        "MS" => months(1, 1),
        "M" | "ME" => months(1, Step::LAST_DAY),
        "QS" => months(3, 1),
        "Q" | "QE" => months(3, Step::LAST_DAY),
        "YS" => months(12, 1),
        "Y" | "YE" => months(12, Step::LAST_DAY),
        _ => {
            let day = unit.strip_prefix("W-").filter(|day| day.len() == 3).ok_or(UnknownStep)?;
            day.parse().map(Step::Week).map_err(|_| UnknownStep)
        }
    }
}
