//! How much more an account moves now than it used to.

use crate::calendar::Timeline;
use crate::numeric::{mean, median, tail};
use crate::series::Series;

/// The latest changes that are held against those before: a week of days, a day of hours.
const LATEST: usize = 7;
const LATEST_HOURS: usize = 24;
/// How many times as many they are held against.
const USUAL: usize = 16;
/// How much of a change of pace the width of intervals follows, as an exponent.
const FOLLOWED: f64 = 0.5;
/// How many changes must be unlike those before for the account to be another one than it was.
const LASTING: usize = 16;
const LASTING_HOURS: usize = 48;
/// How much farther from the usual change they may be by chance.
const CHANCE: f64 = 0.45;
/// The most that a width is multiplied by.
const MOST: f64 = 3.0;

/// How many times as wide as usual intervals are at a point, from what precedes it; 1 to 3.
///
/// An account that is restless now is not as sure as it was, and one that is calm now may wake up again. The larger
/// one of two measures over the last 112 steps (384 hours): the mean absolute change of the last 7 (24) over that
/// of all, to the power of ½, which answers to a few large days; and the median distance from the usual change in
/// the last 16 (48) over that in those before, less 0.45, which answers to a change that lasts, wholly. The latter
/// only by the day and by the hour.
pub(crate) fn restlessness(series: &Series, index: usize) -> f64 {
    let (latest, lasting) = match series.timeline() {
        Timeline::Hourly { .. } => (LATEST_HOURS, Some(LASTING_HOURS)),
        Timeline::Daily { .. } => (LATEST, Some(LASTING)),
        // A few weeks or months are one part of the year and not of another.
        _ => (LATEST, None),
    };
    let from = (index + 1).saturating_sub(latest * USUAL);
    let changes: Vec<f64> = (from..=index).filter_map(|index| series.change(index)).collect();
    let turmoil = lasting.map_or(1.0, |lasting| turmoil(&changes, lasting));
    pace(&changes, latest).max(turmoil).clamp(1.0, MOST)
}

/// The mean size of the latest changes over that of all, dampened.
fn pace(changes: &[f64], latest: usize) -> f64 {
    let sizes: Vec<f64> = changes.iter().map(|change| change.abs()).collect();
    let usual = mean(&sizes);
    if sizes.len() < 2 * latest || usual <= 0.0 {
        return 1.0;
    }
    (mean(tail(&sizes, latest)) / usual).powf(FOLLOWED)
}

/// The median distance of the latest changes from the usual one, over that of the changes before them, less what is
/// chance.
fn turmoil(changes: &[f64], latest: usize) -> f64 {
    let usual = median(changes);
    let distances: Vec<f64> = changes.iter().map(|change| (change - usual).abs()).collect();
    let Some(before) = distances.len().checked_sub(latest).filter(|before| *before >= 2 * latest) else { return 1.0 };
    let (before, now) = distances.split_at(before);
    let before = median(before);
    if before > 0.0 { median(now) / before - CHANCE } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::daily;

    /// A level that changes by 10 a day, give or take what `size` says of the day.
    fn growing(size: impl Fn(u32) -> f64) -> Series {
        let mut level = 10_000.0;
        let values: Vec<Option<f64>> = (0..200)
            .map(|day| {
                level += 10.0 + size(day) * if day % 2 == 0 { 1.0 } else { -1.0 };
                Some(level)
            })
            .collect();
        daily(&values)
    }

    #[test]
    fn an_account_is_restless_when_its_latest_week_is_and_never_calmer_than_usual() {
        let series = growing(|day| if (150..154).contains(&day) { 90.0 } else { 3.0 });
        assert!(restlessness(&series, 140) < 1.05, "{}", restlessness(&series, 140));
        assert!((1.5..2.5).contains(&restlessness(&series, 153)), "{}", restlessness(&series, 153));
        assert!((restlessness(&series, 199) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_change_that_lasts_is_followed_nearly_wholly() {
        let series = growing(|day| f64::from(5 + day % 3) * if day < 180 { 1.0 } else { 3.0 });
        assert!((2.2..=3.0).contains(&restlessness(&series, 199)), "{}", restlessness(&series, 199));
        assert!(restlessness(&series, 183) < 2.0);
    }
}
