use super::*;
use crate::backtest::Evidence;
use crate::unrest::Unrest;

fn pair(split: usize, step: usize, error: f64) -> Pair {
    Pair { split, index: 0, step, forecast: 100.0, truth: 100.0 + error }
}

fn level(percent: u8) -> Level {
    Level::new(percent).unwrap()
}

fn design(independent: f64) -> Design {
    let evidence = Evidence { independent, overlap: 2.0 };
    Design { splits: Vec::new(), evidence, unrest: Unrest::default() }
}

fn radius(pairs: &[Pair], independent: f64, percent: u8, step: usize) -> f64 {
    Calibration::stepwise(pairs, &design(independent)).radius(level(percent).probability(), step, Doubt::NONE)
}

fn nine() -> Vec<Pair> {
    (1..=9).map(|size| pair(0, 1, f64::from(size))).collect()
}

#[test]
fn recent_windows_weigh_more() {
    let calm_then_wild = |wild: usize| {
        let pairs: Vec<Pair> = (0..10)
            .flat_map(|split| (1..=9).map(move |size| (split, f64::from(size))))
            .map(|(split, size)| pair(split, 1, if split == wild { 10.0 * size } else { size }))
            .collect();
        radius(&pairs, 10.0, 80, 1)
    };
    assert!(calm_then_wild(9) > calm_then_wild(0));
}

#[test]
fn a_walk_widens_faster_than_its_root_because_its_drift_is_a_guess() {
    let walk = Calibration::walk(&[1.0, -1.0, 2.0, -2.0, 1.0, -1.0, 0.5]);
    let (near, far) = (walk.radius(0.8, 1, Doubt::NONE), walk.radius(0.8, 16, Doubt::NONE));
    assert!(far > 4.0 * near && far < 16.0 * near);
    assert!(walk.radius(0.95, 1, Doubt::NONE) > near);
}

#[test]
fn fewer_independent_windows_make_wider_intervals() {
    let radius = |independent| radius(&nine(), independent, 95, 1);
    assert!(radius(2.0) > radius(5.0) && radius(5.0) > radius(10.0));
}

#[test]
fn coverage_of_an_origin_is_judged_by_the_others() {
    // The third origin's errors are ten times as large: intervals from the other two do not hold them.
    let pairs: Vec<Pair> = (0..3)
        .flat_map(|split| {
            (1..=20).map(move |size| pair(split, 1, f64::from(size) * if split == 2 { 100.0 } else { 1.0 }))
        })
        .collect();
    let coverage = Judged::leave_one_out(&pairs, &design(20.0)).held().coverage_95;
    assert!((0.6..0.7).contains(&coverage), "{coverage}");
}

#[test]
fn intervals_are_cut_off_at_zero() {
    let outlook = Outlook { bounds: Bounds::FOLLOWERS, below: 0.0, above: 0.0, doubt: Doubt::NONE };
    assert!(Calibration::stepwise(&nine(), &design(5.0)).interval(level(95), 2.0, 10, outlook).lower.abs() < 1e-12);
}

#[test]
fn intervals_reach_over_both_readings_of_a_jump_and_of_the_past_over_neither() {
    let outlook = Outlook { bounds: Bounds::of(&[Some(-1.0)]), below: -50.0, above: 10.0, doubt: Doubt::NONE };
    let calibration = Calibration::stepwise(&nine(), &design(5.0));
    let (now, then) = (
        calibration.interval(level(80), 100.0, 3, outlook),
        calibration.interval(level(80), 100.0, 3, outlook.of_the_past()),
    );
    assert!((then.lower - now.lower - 50.0).abs() < 1e-9 && (now.upper - then.upper - 10.0).abs() < 1e-9);
}

/// Normal numbers, the same ones for a seed (the sum of twelve uniform ones, less six).
fn normal(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(11);
    let mut uniform = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f64::from(u32::try_from(state >> 32).unwrap()) / f64::from(u32::MAX)
    };
    move || (0..12).map(|_| uniform()).sum::<f64>() - 6.0
}

/// How errors come about: around a level that is known, or added up from step to step.
#[derive(Clone, Copy, Debug)]
enum Errors {
    Noise,
    Walk,
}

/// Errors 1 to 28 steps after an origin.
fn errors(kind: Errors, next: &mut impl FnMut() -> f64) -> Vec<f64> {
    let mut sum = 0.0;
    let mut error = || {
        let new = next();
        sum += new;
        match kind {
            Errors::Noise => new,
            Errors::Walk => sum,
        }
    };
    (0..28).map(|_| error()).collect()
}

#[test]
fn intervals_hold_at_each_step_whether_errors_grow_or_not() {
    for kind in [Errors::Noise, Errors::Walk] {
        let mut points = Vec::new();
        for seed in 0..300 {
            let mut next = normal(seed);
            let pairs: Vec<Pair> = (0..16)
                .flat_map(|split| {
                    let errors = errors(kind, &mut next);
                    (1..=14).zip(errors).map(move |(step, error)| pair(split, step, error)).collect::<Vec<_>>()
                })
                .collect();
            let calibration = Calibration::stepwise(&pairs, &design(16.0));
            for (step, error) in (1..).zip(errors(kind, &mut next)) {
                let holds = |probability| error.abs() <= calibration.radius(probability, step, Doubt::NONE);
                points.push((step, holds(0.8), holds(0.95)));
            }
        }
        for step in [1, 2, 3, 5, 7, 14, 28] {
            let of_step: Vec<_> = points.iter().filter(|point| point.0 == step).collect();
            let share = |of: fn(&&(usize, bool, bool)) -> bool| {
                100.0 * count(of_step.iter().copied().filter(of).count()) / count(of_step.len())
            };
            let (of_80, of_95) = (share(|point| point.1), share(|point| point.2));
            assert!((70.0..=90.0).contains(&of_80), "{kind:?}, step {step}: {of_80}");
            assert!((90.0..=99.0).contains(&of_95), "{kind:?}, step {step}: {of_95}");
        }
    }
}

#[test]
fn half_widths_grow_with_the_step_and_with_the_level() {
    let mut next = normal(7);
    let pairs: Vec<Pair> = (0..16)
        .flat_map(|split| {
            // Errors that shrink with the step: no interval does.
            (1..=14).map(|step| pair(split, step, next() / count(step))).collect::<Vec<_>>()
        })
        .collect();
    let calibration = Calibration::stepwise(&pairs, &design(8.0));
    for step in 1..60 {
        assert!(calibration.radius(0.8, step + 1, Doubt::NONE) >= calibration.radius(0.8, step, Doubt::NONE));
        assert!(calibration.radius(0.95, step, Doubt::NONE) >= calibration.radius(0.8, step, Doubt::NONE));
    }
}
