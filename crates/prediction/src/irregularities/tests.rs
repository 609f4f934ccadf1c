use proptest::prelude::*;

use super::*;
use crate::numeric::SplitMix64;

/// Reproducible noise.
struct Noise(SplitMix64);

impl Noise {
    fn uniform(&mut self) -> f64 {
        (f64::from(u32::try_from(self.0.word() >> 32).unwrap()) + 0.5) / 4_294_967_296.0
    }

    /// Standard normal (Box & Muller 1958).
    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * self.uniform().ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform()).cos()
    }
}

/// Whole followers from a start, with a change for each point and the level before it.
fn series(points: usize, start: f64, mut change: impl FnMut(usize, f64) -> f64) -> Vec<Option<f64>> {
    let mut level = start;
    let grow = |index| {
        level += if index == 0 { 0.0 } else { change(index, level) };
        Some(level.round())
    };
    (0..points).map(grow).collect()
}

/// An account of 100,000 that gains 60 a day, with a deviation of 40.
fn account(points: usize, seed: u64) -> Vec<Option<f64>> {
    let mut noise = Noise(SplitMix64::new(seed));
    series(points, 100_000.0, |_, _| 60.0 + 40.0 * noise.normal())
}

fn lose(values: &mut [Option<f64>], followers: f64) {
    for value in values.iter_mut().flatten() {
        *value = (*value - followers).round();
    }
}

fn nothing() -> Irregularities {
    Irregularities::default()
}

/// The longer the gap, the less the rate across it stands out: of 10,000 accounts one has an ordinary change from which
/// a purge across seven missing days does not stand apart.
#[test]
fn a_purge_on_the_other_side_of_a_short_gap_is_found() {
    let is_found = |missing: usize, seed: u64| {
        let mut values = account(150, seed);
        lose(&mut values[80..], 10_000.0);
        values[80 - missing..80].fill(None);
        let found = find(&values);
        matches!(found.shifts[..], [LevelShift { index: 80, size }] if (size + 10_000.0).abs() < 1_000.0)
    };
    for missing in 1..=7 {
        let lacking = (0..500).filter(|seed| !is_found(missing, *seed)).count();
        assert!(lacking <= 1, "{lacking} of 500 are not found behind {missing} missing days");
    }
}

proptest! {
    #[test]
    fn a_purge_is_found_where_it_happened(
        seed: u64, points in 40_usize..400, place in any::<usize>(), share in 0.02..0.2_f64,
    ) {
        let mut values = account(points, seed);
        let index = 1 + place % (points - 1);
        let purged = (share * values[index].unwrap()).round();
        lose(&mut values[index..], purged);
        let found = find(&values);
        prop_assert!(found.outliers.is_empty());
        prop_assert_eq!(found.shifts.iter().map(|shift| shift.index).collect::<Vec<_>>(), vec![index]);
        prop_assert!((found.shifts[0].size + purged).abs() < 300.0, "{:?} for {}", found.shifts, purged);
        let level = without_shifts(&values, &found.shifts);
        prop_assert_eq!(level.last(), values.last());
        prop_assert_eq!(find(&level), nothing());
    }

    #[test]
    fn a_spike_is_an_outlier_and_no_shift(
        seed: u64, points in 40_usize..400, place in any::<usize>(), length in 1_usize..=3, share in -0.5_f64..0.5,
    ) {
        prop_assume!(share.abs() > 0.03);
        let mut values = account(points, seed);
        let index = 1 + place % (points - length - 2);
        let expected = values[index].unwrap();
        lose(&mut values[index..index + length], share * expected);
        let found = find(&values);
        prop_assert!(found.shifts.is_empty(), "{:?}", found.shifts);
        let places: Vec<usize> = found.outliers.iter().map(|outlier| outlier.index).collect();
        prop_assert_eq!(places, (index..index + length).collect::<Vec<_>>());
        prop_assert!((found.outliers[0].expected - expected).abs() < 300.0);
        prop_assert_eq!(Some(found.outliers[0].observed), values[index]);
        let without = without_outliers(&values, &found.outliers);
        prop_assert_eq!(without.iter().flatten().count(), points - length);
        prop_assert_eq!(find(&without), nothing());
    }

    #[test]
    fn random_walks_have_no_irregularity(seed: u64, points in 8_usize..800, share in 0.0001..0.05) {
        let mut noise = Noise(SplitMix64::new(seed));
        let values = series(points, 1e6, |_, level| share * level * noise.normal());
        prop_assert_eq!(find(&values), nothing());
    }

    #[test]
    fn straight_lines_have_no_irregularity(points in 8_usize..400, start in 0.0..1e6, slope in -500.0..5_000.0) {
        prop_assert_eq!(find(&series(points, start, |_, _| slope)), nothing());
    }

    #[test]
    fn a_strong_weekday_is_no_irregularity(seed: u64, points in 8_usize..400, bump in 100.0..20_000.0, quiet: bool) {
        let mut noise = Noise(SplitMix64::new(seed));
        let around = if quiet { 0.0 } else { 10.0 };
        let values = series(points, 50_000.0, |day, _| {
            around * noise.normal() + if day % 7 == 3 { bump * (1.0 + 0.05 * noise.normal()) } else { around }
        });
        prop_assert_eq!(find(&values), nothing());
    }

    #[test]
    fn growth_upon_growth_is_no_irregularity(seed: u64, points in 8_usize..150, rate in 0.0..0.15) {
        let mut noise = Noise(SplitMix64::new(seed));
        let values = series(points, 20.0, |_, level| rate * level * (1.0 + 0.3 * noise.normal()));
        prop_assert_eq!(find(&values), nothing());
    }

    #[test]
    fn single_followers_come_and_go_without_irregularity(seed: u64, points in 8_usize..400, share in 0.0..1.0) {
        let mut noise = Noise(SplitMix64::new(seed));
        let values = series(points, 300.0, |_, _| if noise.uniform() < share { noise.normal().round() } else { 0.0 });
        prop_assert_eq!(find(&values), nothing());
    }

    #[test]
    fn a_count_that_is_published_rounded_has_no_irregularity(seed: u64, points in 8_usize..400, pace in 1.0..900.0) {
        let mut noise = Noise(SplitMix64::new(seed));
        let exact = series(points, 1.2e6, |_, _| pace * (1.0 + 0.3 * noise.normal()));
        let rounded: Vec<Option<f64>> = exact.iter().map(|value| value.map(|v| (v / 1e5).floor() * 1e5)).collect();
        prop_assert_eq!(find(&rounded), nothing());
    }

    #[test]
    fn anything_is_survived(values in prop::collection::vec(prop::option::of(-1e9..1e9_f64), 0..200)) {
        let found = find(&values);
        prop_assert!(found.shifts.iter().all(|shift| shift.size.is_finite() && values[shift.index].is_some()));
        prop_assert!(found.outliers.iter().all(|o| o.expected.is_finite() && values[o.index] == Some(o.observed)));
    }
}

#[test]
fn a_short_series_is_not_judged() {
    let mut values = account(20, 1);
    lose(&mut values[10..], 20_000.0);
    assert_eq!(find(&values), nothing());
}

#[test]
fn a_purge_on_the_last_day_counts_as_a_shift_until_it_proves_a_misreading() {
    let mut values = account(100, 2);
    lose(&mut values[99..], 5_000.0);
    assert_eq!(find(&values).shifts.iter().map(|shift| shift.index).collect::<Vec<_>>(), [99]);
    values.push(Some(values[98].unwrap() + 120.0));
    let found = find(&values);
    assert!(found.shifts.is_empty());
    assert_eq!(found.outliers.iter().map(|outlier| outlier.index).collect::<Vec<_>>(), [99]);
}

#[test]
fn what_is_too_small_to_matter_is_no_shift_however_calm_the_rest() {
    let mut values = series(100, 100_000.0, |day, _| if day % 2 == 0 { 1.0 } else { 2.0 });
    let mut gained = values.clone();
    lose(&mut values[50..], 450.0);
    lose(&mut gained[50..], -900.0);
    assert_eq!((find(&values), find(&gained)), (nothing(), nothing()));
    lose(&mut values[50..], 150.0);
    lose(&mut gained[50..], -300.0);
    assert_eq!((find(&values).shifts.len(), find(&gained).shifts.len()), (1, 1));
}

#[test]
fn a_wave_is_no_shift_while_it_goes_on_and_one_burst_when_it_is_over() {
    let mut noise = Noise(SplitMix64::new(3));
    let wave = [0.0, 0.0, 3_000.0, 1_800.0, 1_000.0, 500.0, 250.0];
    let burst = |day: usize| day.checked_sub(60).and_then(|since| wave.get(since)).copied().unwrap_or_default();
    let values = series(120, 50_000.0, |day, _| 20.0 + 5.0 * noise.normal() + burst(day));
    assert_eq!(find(&values[..66]), nothing());
    let found = find(&values);
    assert_eq!(found.shifts.iter().map(|shift| shift.index).collect::<Vec<_>>(), [62, 63, 64, 65, 66]);
    assert_eq!(found.outliers, []);
}

#[test]
fn two_purges_and_a_misreading_are_told_apart() {
    let mut values = account(300, 4);
    lose(&mut values[70..], 4_000.0);
    lose(&mut values[205..], 9_000.0);
    values[150] = Some(0.0);
    let found = find(&values);
    assert_eq!(found.shifts.iter().map(|shift| shift.index).collect::<Vec<_>>(), [70, 205]);
    assert_eq!(found.outliers.iter().map(|outlier| outlier.index).collect::<Vec<_>>(), [150]);
}

#[test]
fn a_jump_that_recurs_each_month_or_too_often_is_no_shift() {
    let jumps = |days: &[usize]| {
        let mut noise = Noise(SplitMix64::new(5));
        find(&series(150, 50_000.0, |day, _| {
            20.0 + 5.0 * noise.normal() + if days.contains(&day) { 2_000.0 } else { 0.0 }
        }))
    };
    assert_eq!(jumps(&[50, 93]).shifts.len(), 2);
    assert_eq!(jumps(&[50, 80]), nothing());
    assert_eq!(jumps(&[20, 55, 90]), nothing());
    assert_eq!(jumps(&[20, 53, 97, 130]), nothing());
}

#[test]
fn a_spike_that_recurs_each_month_is_no_outlier() {
    let spikes = |days: &[usize]| {
        let mut values = account(120, 6);
        for day in days {
            lose(&mut values[*day..=*day], -20_000.0);
        }
        find(&values)
    };
    assert_eq!(spikes(&[40, 85]).outliers.len(), 2);
    assert_eq!(spikes(&[40, 70]), nothing());
}

#[test]
fn three_days_that_stand_off_by_unequal_sizes_and_return_are_outliers() {
    let values = account(200, 1);
    for shares in [[0.05, 0.20, 0.30], [0.20, 0.30, 0.15], [-0.3, -0.2, -0.25]] {
        let mut wrong = values.clone();
        for (day, share) in (150..).zip(shares) {
            wrong[day] = wrong[day].map(|value| value * (1.0 + share));
        }
        let found = find(&wrong);
        assert_eq!(
            found.outliers.iter().map(|outlier| outlier.index).collect::<Vec<_>>(),
            [150, 151, 152],
            "{shares:?}"
        );
        assert!(found.shifts.is_empty());
    }
}

#[test]
fn a_purge_in_a_long_gap_is_a_shift() {
    let mut values = account(200, 1);
    for value in &mut values[130..] {
        *value = value.map(|value| value * 0.8);
    }
    values[110..130].fill(None);
    let found = find(&values);
    assert_eq!(found.shifts.iter().map(|shift| shift.index).collect::<Vec<_>>(), [130], "{found:?}");
}
