//! The stretches of a series without a long gap, as models want them that take a plain sequence of values.

use crate::numeric::count;

/// The most missing steps that interpolation crosses: a week of days. Nobody knows what happened in a longer gap.
pub(crate) const LONGEST_BRIDGED: usize = 7;

/// Stretches of a series between its long gaps, ascending. Each begins and ends with an observed point; what is missing
/// in between lies on straight lines. Nothing is filled in between stretches.
#[derive(Debug, Clone)]
pub(crate) struct Stretches(Vec<Stretch>);

#[derive(Debug, Clone)]
struct Stretch {
    start: usize,
    values: Vec<f64>,
}

impl Stretches {
    pub(crate) fn new(values: &[Option<f64>]) -> Self {
        let mut stretches: Vec<Stretch> = Vec::new();
        let mut missing = 0;
        for (index, value) in values.iter().enumerate() {
            let Some(value) = *value else {
                missing += 1;
                continue;
            };
            match stretches.last_mut() {
                Some(stretch) if missing <= LONGEST_BRIDGED => stretch.reach(value, missing),
                _ => stretches.push(Stretch { start: index, values: vec![value] }),
            }
            missing = 0;
        }
        Self(stretches)
    }

    /// The values of the stretch that holds a point, up to that point. The point must be observed: the values inside a
    /// gap rest on the one after it, so that a part which ends there would know the future.
    pub(crate) fn until(&self, index: usize) -> &[f64] {
        let begun = self.0.partition_point(|stretch| stretch.start <= index);
        let Some(stretch) = begun.checked_sub(1).and_then(|last| self.0.get(last)) else { return &[] };
        stretch.values.get(..=index - stretch.start).unwrap_or(&stretch.values)
    }
}

impl Stretch {
    /// Goes on to the next observed value, across so many missing steps.
    fn reach(&mut self, value: f64, missing: usize) {
        let before = self.values.last().copied().unwrap_or(value);
        let slope = (value - before) / count(missing + 1);
        self.values.extend((1..=missing).map(|step| before + slope * count(step)));
        self.values.push(value);
    }
}

/// The most steps in a row without an observation.
pub(crate) fn longest_gap(values: &[Option<f64>]) -> usize {
    values.split(Option::is_some).map(<[_]>::len).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn with_gap(missing: usize) -> Vec<Option<f64>> {
        let gap = std::iter::repeat_n(None, missing);
        [Some(10.0), Some(20.0)].into_iter().chain(gap).chain([Some(100.0), Some(110.0)]).collect()
    }

    #[test]
    fn a_week_without_observations_is_bridged_on_a_straight_line() {
        let values = with_gap(7);
        let stretches = Stretches::new(&values);
        let straight = [10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0, 100.0, 110.0];
        assert_eq!(stretches.until(10), straight);
        assert_eq!(stretches.until(9), &straight[..10]);
        assert_eq!(stretches.until(1), &straight[..2]);
        assert_eq!(longest_gap(&values), 7);
    }

    #[test]
    fn across_more_than_a_week_nothing_is_filled() {
        let values = with_gap(8);
        let stretches = Stretches::new(&values);
        assert_eq!(stretches.until(11), [100.0, 110.0]);
        assert_eq!(stretches.until(10), [100.0]);
        assert_eq!(stretches.until(1), [10.0, 20.0]);
        assert_eq!(longest_gap(&values), 8);
    }

    #[test]
    fn a_series_without_gaps_is_one_stretch() {
        let values = [Some(3.0), Some(1.0), Some(2.0)];
        assert_eq!(Stretches::new(&values).until(2), [3.0, 1.0, 2.0]);
        assert_eq!(longest_gap(&values), 0);
        assert!(Stretches::new(&[]).until(0).is_empty());
    }

    proptest! {
        #[test]
        fn a_stretch_ends_with_its_point_holds_what_was_observed_and_knows_no_later_value(
            values in prop::collection::vec(prop::option::weighted(0.3, 0.0..1e6_f64), 1..120),
            later in prop::collection::vec(prop::option::of(0.0..1e6_f64), 0..20),
        ) {
            let stretches = Stretches::new(&values);
            for index in (0..values.len()).filter(|index| values[*index].is_some()) {
                let part = stretches.until(index);
                prop_assert!(!part.is_empty() && part.len() <= index + 1);
                let start = index + 1 - part.len();
                for (value, known) in values[start..=index].iter().zip(part) {
                    prop_assert!(value.is_none_or(|value| value.to_bits() == known.to_bits()));
                }
                prop_assert!(longest_gap(&values[start..=index]) <= LONGEST_BRIDGED);
                let before = values[..start].iter().rev().take_while(|value| value.is_none()).count();
                prop_assert!(before > LONGEST_BRIDGED || values[..start].iter().all(Option::is_none));
                let low = values[start..=index].iter().flatten().copied().fold(f64::MAX, f64::min);
                let high = values[start..=index].iter().flatten().copied().fold(f64::MIN, f64::max);
                prop_assert!(part.iter().all(|value| (low - 1e-6..=high + 1e-6).contains(value)));
                let other = [&values[..=index], &later].concat();
                let longer = Stretches::new(&other);
                prop_assert_eq!(longer.until(index), part);
            }
        }
    }
}
