//! What models see in place of missing values: a bridge over each gap, from what precedes it to the value after it.
//!
//! A bridge adds up to the change across its gap, which is known: (after − before) / steps is the account's pace in the
//! gap. How that change is spread over the steps is not known. Where the history before the gap shows a season, the
//! steps follow it, so that a model of the season is not taught a straight line; elsewhere they lie on a straight line.
//! A bridge is never a target to train on, and rests on nothing after its end.

use crate::numeric::{count, mean};

/// Steps up to which a gap is always bridged: two months of days. What precedes a longer gap is forgotten once
/// [`ENOUGH`] points follow it.
const LONGEST_BRIDGED: usize = 62;
/// Points after a gap that are enough to forecast from without those before it.
const ENOUGH: usize = 60;
/// Seasons before a gap whose changes say what the season is like.
const SEASONS: usize = 8;
/// Changes of each phase of a season without which nothing is known of it.
const OF_EACH_PHASE: usize = 2;

/// A series without holes.
#[derive(Debug, Clone)]
pub(crate) struct Bridged {
    values: Vec<f64>,
    changes: Vec<f64>,
    /// The first points after gaps that are too long, ascending.
    begins: Vec<usize>,
}

impl Bridged {
    /// Bridges every gap of a series that begins with an observed value, whose season has `season` steps.
    pub(crate) fn new(observed: &[Option<f64>], season: usize) -> Self {
        let mut bridged = Self { values: Vec::with_capacity(observed.len()), changes: Vec::new(), begins: Vec::new() };
        let mut before: Option<f64> = None;
        for (index, value) in observed.iter().enumerate() {
            let Some(value) = *value else { continue };
            match before {
                None => bridged.push(value, 0.0),
                Some(before) => bridged.reach(observed, before, value, index, season),
            }
            before = Some(value);
        }
        bridged
    }

    /// The change into each point; index 0 holds 0.
    pub(crate) fn changes(&self) -> &[f64] {
        &self.changes
    }

    /// The values up to an observed point: from the first one, or from the end of the last gap of more than
    /// [`LONGEST_BRIDGED`] steps that enough points follow.
    pub(crate) fn until(&self, index: usize) -> &[f64] {
        let enough = |begin: &&usize| **begin + ENOUGH <= index + 1;
        let start = self.begins.iter().rev().find(enough).copied().unwrap_or_default();
        self.values.get(start..=index).or(self.values.get(start..)).unwrap_or_default()
    }

    fn push(&mut self, value: f64, change: f64) {
        self.values.push(value);
        self.changes.push(change);
    }

    /// Goes on to the observed value at an index, across the steps that are missing before it.
    fn reach(&mut self, observed: &[Option<f64>], before: f64, value: f64, index: usize, season: usize) {
        let from = self.values.len();
        let steps = count(index + 1 - from);
        let pace = (value - before) / steps;
        if index == from {
            return self.push(value, pace);
        }
        if index - from > LONGEST_BRIDGED {
            self.begins.push(index);
        }
        let figure = seasonal_figure(observed, from, season);
        let beside = |at: usize| figure.get(at % figure.len().max(1)).copied().unwrap_or_default();
        let usual = (from..=index).map(beside).sum::<f64>() / steps;
        let mut level = before;
        for at in from..index {
            let change = pace + beside(at) - usual;
            level += change;
            self.push(level, change);
        }
        self.push(value, value - level);
    }
}

/// By how much the changes of each phase of the season differ from the mean of all, by the index of their point modulo
/// the season. Empty where the changes of the latest seasons before a gap at `from` show none.
///
/// The differences are shrunk by the share of their variance that chance explains, as James & Stein (1961) do.
fn seasonal_figure(observed: &[Option<f64>], from: usize, season: usize) -> Vec<f64> {
    if season < 2 || from < OF_EACH_PHASE * season {
        return Vec::new();
    }
    let mut phases: Vec<Vec<f64>> = vec![Vec::new(); season];
    for index in from.saturating_sub(SEASONS * season).max(1)..from {
        let pair = observed.get(index - 1..=index).unwrap_or_default();
        if let ([Some(before), Some(after)], Some(phase)) = (pair, phases.get_mut(index % season)) {
            phase.push(after - before);
        }
    }
    if phases.iter().any(|phase| phase.len() < OF_EACH_PHASE) {
        return Vec::new();
    }
    let means: Vec<f64> = phases.iter().map(|phase| mean(phase)).collect();
    let centre = mean(&means);
    let within: f64 = phases.iter().zip(&means).map(|(phase, mean)| squares(phase, *mean)).sum();
    let freedom: usize = phases.iter().map(|phase| phase.len() - 1).sum();
    let fewest = phases.iter().map(Vec::len).min().unwrap_or(1);
    let by_chance = within / count(freedom.max(1)) / count(fewest) * count(season - 1);
    let between = squares(&means, centre);
    let share = if between > 0.0 { (1.0 - by_chance / between).max(0.0) } else { 0.0 };
    if share > 0.0 { means.iter().map(|mean| share * (mean - centre)).collect() } else { Vec::new() }
}

fn squares(values: &[f64], centre: f64) -> f64 {
    values.iter().map(|value| (value - centre).powi(2)).sum()
}

/// The most steps in a row without an observation.
pub(crate) fn longest_gap(values: &[Option<f64>]) -> usize {
    values.split(Option::is_some).map(<[_]>::len).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn with_gap(before: usize, missing: usize, after: usize, value: impl Fn(usize) -> f64) -> Vec<Option<f64>> {
        let known = |index: &usize| *index < before || *index >= before + missing;
        (0..before + missing + after).map(|index| Some(index).filter(known).map(&value)).collect()
    }

    fn close(one: &[f64], other: &[f64]) -> bool {
        one.len() == other.len() && one.iter().zip(other).all(|(one, other)| (one - other).abs() < 1e-9)
    }

    #[test]
    fn a_gap_without_a_season_is_bridged_on_a_straight_line_however_long_it_is() {
        for missing in [1, 7, 8, 60] {
            let values = with_gap(3, missing, 2, |index| 10.0 * count(index));
            let bridged = Bridged::new(&values, 7);
            let straight: Vec<f64> = (0..values.len()).map(|index| 10.0 * count(index)).collect();
            assert!(close(bridged.until(values.len() - 1), &straight));
            assert!(close(&bridged.changes()[1..], &vec![10.0; values.len() - 1]));
            assert_eq!(longest_gap(&values), missing);
        }
    }

    #[test]
    fn a_bridge_follows_the_season_before_the_gap() {
        let value = |index: usize| 100.0 * count(index.div_ceil(7)) + 2.0 * count(index);
        for missing in [1, 7, 8, 20] {
            let values = with_gap(60, missing, 3, value);
            let whole: Vec<f64> = (0..values.len()).map(value).collect();
            assert!(close(Bridged::new(&values, 7).until(values.len() - 1), &whole), "{missing}");
        }
    }

    #[test]
    fn noise_is_no_season() {
        let noise = |index: usize| f64::from(u8::try_from(index * index * 31 % 23).unwrap());
        let values = with_gap(60, 10, 1, noise);
        let changes = Bridged::new(&values, 7).changes()[60..71].to_vec();
        let pace = (noise(70) - noise(59)) / 11.0;
        assert!(changes.iter().all(|change| (change - pace).abs() < 4.0), "{changes:?}");
    }

    #[test]
    fn what_precedes_a_very_long_gap_is_forgotten_once_enough_follows_it() {
        let values = with_gap(50, 63, 61, |index| 10.0 * count(index));
        let bridged = Bridged::new(&values, 7);
        let last = values.len() - 1;
        assert_eq!((bridged.until(last).len(), bridged.until(last - 1).len()), (61, 60));
        assert_eq!(bridged.until(last - 2).len(), last - 1);
        assert_eq!(bridged.until(49).len(), 50);
    }

    proptest! {
        #[test]
        fn a_bridged_series_holds_what_was_observed_and_knows_no_later_value(
            values in prop::collection::vec(prop::option::weighted(0.4, 0.0..1e6_f64), 1..120),
            later in prop::collection::vec(prop::option::of(0.0..1e6_f64), 0..20),
            season in 2_usize..9,
        ) {
            let values = [&[Some(1.0)], values.as_slice()].concat();
            let bridged = Bridged::new(&values, season);
            let other = Bridged::new(&[values.as_slice(), &later].concat(), season);
            for index in (0..values.len()).filter(|index| values[*index].is_some()) {
                let part = bridged.until(index);
                prop_assert_eq!(part.len(), index + 1);
                let same = |known: &f64, value: f64| value.to_bits() == known.to_bits();
                let kept = values.iter().zip(part).all(|(value, known)| value.is_none_or(|value| same(known, value)));
                prop_assert!(kept);
                let sum: f64 = bridged.changes()[..=index].iter().sum();
                prop_assert!((part[0] + sum - part[index]).abs() < 1e-6);
                prop_assert_eq!(other.until(index), part);
            }
        }
    }
}
