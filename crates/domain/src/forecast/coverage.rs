//! How often intervals held the truth, by how far ahead they looked.

use std::collections::BTreeMap;

/// How often the truth lay inside the intervals of some steps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StepCoverage {
    /// The first of the steps, at least 1. A step is a day, on an hourly grid an hour.
    pub from: u32,
    /// The last of them that was tested.
    pub until: u32,
    /// How many values were tested, at least one.
    pub points: u32,
    /// Share of them inside the 80 % interval, 0 to 1.
    pub coverage_80: f64,
    /// Share of them inside the 95 % interval, 0 to 1.
    pub coverage_95: f64,
}

#[derive(Default)]
struct Tally {
    until: u32,
    points: u32,
    within_80: u32,
    within_95: u32,
}

impl StepCoverage {
    /// The first step of each group: near steps alone, farther ones together, as there are more of them and they differ
    /// less.
    pub const GROUPS: [u32; 6] = [1, 2, 3, 5, 8, 15];

    /// Tested values by groups of steps (1, 2, 3 and 4, 5 to 7, 8 to 14, and all beyond), nearest first. Of each value:
    /// how many steps ahead it was, and whether it lay inside the 80 % and the 95 % interval. Groups without a value
    /// are left out.
    #[must_use]
    pub fn of(values: impl IntoIterator<Item = (u32, bool, bool)>) -> Vec<Self> {
        let mut groups: BTreeMap<u32, Tally> = BTreeMap::new();
        for (step, within_80, within_95) in values {
            let step = step.max(1);
            let from = Self::GROUPS.iter().copied().rev().find(|from| *from <= step).unwrap_or(1);
            let tally = groups.entry(from).or_default();
            tally.until = tally.until.max(step);
            tally.points += 1;
            tally.within_80 += u32::from(within_80);
            tally.within_95 += u32::from(within_95);
        }
        let share = |within: u32, points: u32| f64::from(within) / f64::from(points);
        let coverage = |(from, tally): (u32, Tally)| Self {
            from,
            until: tally.until,
            points: tally.points,
            coverage_80: share(tally.within_80, tally.points),
            coverage_95: share(tally.within_95, tally.points),
        };
        groups.into_iter().map(coverage).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_steps_stand_alone_and_far_ones_together() {
        let values = (1..=28).flat_map(|step| [(step, true, true), (step, step > 1, true)]);
        let groups = StepCoverage::of(values);
        let steps: Vec<(u32, u32, u32)> = groups.iter().map(|group| (group.from, group.until, group.points)).collect();
        assert_eq!(steps, [(1, 1, 2), (2, 2, 2), (3, 4, 4), (5, 7, 6), (8, 14, 14), (15, 28, 28)]);
        assert!((groups[0].coverage_80 - 0.5).abs() < 1e-12 && (groups[0].coverage_95 - 1.0).abs() < 1e-12);
        assert!(groups[1..].iter().all(|group| group.coverage_80 > 0.99));
    }

    #[test]
    fn nothing_tested_is_no_group() {
        assert_eq!(StepCoverage::of([]), []);
        assert_eq!(StepCoverage::of([(30, true, false)]).len(), 1);
    }
}
