//! A shift that takes several steps: a viral week, a purge over some days.
//!
//! What an account gains in one such week of its life says nothing of the weeks to come, once it goes on as before;
//! taken for trend, it would be forecast for ever. It is a burst only where the whole history has no other: every
//! change that is far out lies in one stretch of at most two weeks, all others are small beside it, and the pace before
//! has come back.

use super::{APART, FEWEST_CHANGES, LevelShift, SCALES, SHARE_GAINED, SHARE_LOST, SHARE_MOVING};
use crate::numeric::{count, mean, median};

/// The most steps of a burst.
const LONGEST: usize = 14;
/// Changes before a burst, and after it, without which nobody can say what is usual.
const BEFORE: usize = 14;
const AFTER: usize = 5;

/// The change into an observed point, by the step.
#[derive(Debug, Clone, Copy)]
struct Change {
    index: usize,
    steps: f64,
    /// The value before.
    level: f64,
    rate: f64,
}

/// The shifts of the steps of the only burst; none where there is none, or more than one.
pub(super) fn find(values: &[Option<f64>]) -> Vec<LevelShift> {
    burst(&changes(values)).unwrap_or_default()
}

fn changes(values: &[Option<f64>]) -> Vec<Change> {
    let observed: Vec<(usize, f64)> =
        values.iter().enumerate().filter_map(|(index, value)| value.map(|value| (index, value))).collect();
    let change = |pair: &[(usize, f64)]| match pair {
        [before, after] => {
            let steps = count(after.0 - before.0);
            Some(Change { index: after.0, steps, level: before.1, rate: (after.1 - before.1) / steps })
        }
        _ => None,
    };
    observed.windows(2).filter_map(change).collect()
}

fn burst(changes: &[Change]) -> Option<Vec<LevelShift>> {
    let rates: Vec<f64> = changes.iter().map(|change| change.rate).collect();
    let moving = rates.iter().filter(|rate| **rate != 0.0).count();
    if rates.len() < FEWEST_CHANGES || count(moving) < SHARE_MOVING * count(rates.len()) {
        return None;
    }
    let centre = median(&rates);
    let away: Vec<f64> = rates.iter().map(|rate| rate - centre).collect();
    let scale = scale(&away);
    let is_far = |excess: &f64| excess.abs() >= SCALES * scale;
    let (first, last) = (away.iter().position(is_far)?, away.iter().rposition(is_far)?);
    let inside = away.get(first..=last)?;
    let outside = away.get(..first)?.iter().chain(away.get(last + 1..)?);
    let farthest = outside.map(|excess| excess.abs()).fold(0.0, f64::max);
    let pace = mean(inside);
    let (before, after) = (rates.get(first.saturating_sub(2 * LONGEST)..first)?, rates.get(last + 1..)?);
    let after = after.get(..after.len().min(2 * LONGEST))?;
    let goes_on = (median(after) - median(before)).abs() <= pace.abs() / SCALES;
    let is_short = (2..=LONGEST).contains(&inside.len()) && first >= BEFORE && after.len() >= AFTER;
    let is_one = inside.iter().all(|excess| excess * pace > 0.0) && pace.abs() >= APART * farthest;
    let usual = f64::midpoint(median(before), median(after));
    let shifts: Vec<LevelShift> = changes
        .get(first..=last)?
        .iter()
        .map(|change| LevelShift { index: change.index, size: (change.rate - usual) * change.steps })
        .collect();
    let size: f64 = shifts.iter().map(|shift| shift.size).sum();
    let share = if size < 0.0 { SHARE_LOST } else { SHARE_GAINED };
    let matters = size.abs() >= share * changes.get(first)?.level.abs();
    (is_short && is_one && goes_on && matters).then_some(shifts)
}

/// One robust scale of deviations: the median one or the 90th percentile, whichever says more, as for normal changes.
fn scale(away: &[f64]) -> f64 {
    let mut sizes: Vec<f64> = away.iter().map(|excess| excess.abs()).collect();
    sizes.sort_by(f64::total_cmp);
    let high = sizes.get(sizes.len() * 9 / 10).copied().unwrap_or_default();
    (1.4826 * median(&sizes)).max(high / 1.6449).max(f64::MIN_POSITIVE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numeric::SplitMix64;

    /// Followers that gain 20 a day, give or take 10, and so much more on some days.
    fn growing(days: usize, seed: u64, more: impl Fn(usize) -> f64) -> Vec<Option<f64>> {
        let mut random = SplitMix64::new(seed);
        let mut value = 10_000.0;
        let mut step = |day: usize| {
            let noise = f64::from(u32::try_from(random.word() >> 32).unwrap()) / f64::from(u32::MAX) - 0.5;
            value += (20.0 + 20.0 * noise + more(day)).round();
            Some(value)
        };
        (0..days).map(&mut step).collect()
    }

    fn within(days: std::ops::Range<usize>, size: f64) -> impl Fn(usize) -> f64 {
        move |day| if days.contains(&day) { size } else { 0.0 }
    }

    #[test]
    fn a_viral_week_and_a_purge_over_days_are_found_once_the_pace_is_back() {
        for (size, days, length) in [(700.0, 7, 120), (700.0, 7, 92), (-400.0, 4, 200), (300.0, 14, 200)] {
            let shifts = find(&growing(length, 3, within(80..80 + days, size)));
            assert_eq!(shifts.iter().map(|shift| shift.index).collect::<Vec<_>>(), (80..80 + days).collect::<Vec<_>>());
            let total: f64 = shifts.iter().map(|shift| shift.size).sum();
            assert!((total - size * count(days)).abs() < 0.1 * (size * count(days)).abs(), "{total}");
        }
    }

    #[test]
    fn what_still_goes_on_recurs_or_lasts_is_no_burst() {
        let still = growing(86, 3, within(80..86, 700.0));
        let just_over = growing(90, 3, within(80..87, 700.0));
        let lasting = growing(200, 3, within(80..110, 700.0));
        let twice = growing(300, 3, |day| within(80..87, 700.0)(day) + within(200..205, 900.0)(day));
        let faster = growing(200, 3, |day| within(80..87, 700.0)(day) + within(87..200, 80.0)(day));
        let small = growing(200, 3, within(80..82, 45.0));
        for values in [still, just_over, lasting, twice, faster, small] {
            assert_eq!(find(&values), []);
        }
    }

    #[test]
    fn ordinary_accounts_have_no_burst() {
        for seed in 0..300 {
            assert_eq!(find(&growing(120, seed, |_| 0.0)), []);
        }
        assert_eq!(find(&[Some(5.0); 200]), []);
        assert_eq!(find(&[]), []);
    }
}
