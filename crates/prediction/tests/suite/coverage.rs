//! Whether intervals hold at each step. Few series, so that the suite stays quick; `make bench-forecast` forecasts 150
//! of each of five kinds.

use atalaya_domain::forecast::{Basis, Level};
use chrono::Duration;

use crate::fixtures::{daily, normals, plan, train};

/// A trend, a bump on two weekdays, and noise around them.
fn trend_and_week(days: usize, seed: u64) -> Vec<f64> {
    let value = |(day, normal): (u32, f64)| {
        5_000.0 + 8.0 * f64::from(day) + if day % 7 < 2 { 30.0 } else { 0.0 } + 12.0 * normal
    };
    (0..).zip(normals(seed).take(days)).map(value).collect()
}

#[test]
fn intervals_hold_tomorrow_as_often_as_in_two_weeks_where_errors_do_not_grow() {
    let (mut near, mut far) = ((0, 0), (0, 0));
    for seed in 0..24 {
        let values = trend_and_week(214, seed);
        let trained = train(&daily(values[..200].iter().copied()), &plan());
        for ahead in [1, 2, 3, 12, 13, 14] {
            let date = trained.model.report().last_date + Duration::days(ahead);
            let interval = trained.model.predict(date, &Level::DEFAULTS).unwrap().intervals[0];
            let truth = values[199 + usize::try_from(ahead).unwrap()].round();
            let count = if ahead < 4 { &mut near } else { &mut far };
            count.0 += u32::from(interval.contains(truth));
            count.1 += 1;
        }
    }
    // 72 points each, of which 80 in 100 are to be held: between the bars lie four standard errors.
    for (held, points) in [near, far] {
        let share = f64::from(held) / f64::from(points);
        assert!((0.65..0.96).contains(&share), "near {near:?}, far {far:?}");
    }
}

#[test]
fn coverage_is_told_by_steps_and_adds_up() {
    let trained = train(&daily(trend_and_week(200, 3)), &plan());
    for score in &trained.model.report().scores {
        let groups = &score.coverage_by_step;
        assert_eq!(groups.iter().map(|group| group.from).collect::<Vec<_>>(), [1, 2, 3, 5, 8]);
        assert_eq!(groups.last().unwrap().until, 14);
        let points: f64 = groups.iter().map(|group| f64::from(group.points)).sum();
        assert!((points - f64::from(trained.model.report().test_samples)).abs() < 0.5);
        let held: f64 = groups.iter().map(|group| group.coverage_80 * f64::from(group.points)).sum();
        assert!((held / points - score.coverage_80).abs() < 1e-9);
    }
}

#[test]
fn on_ordinary_noise_the_dates_outside_their_interval_are_as_many_as_it_says() {
    let (mut outside, mut checked) = ([0_u32; 2], 0_u32);
    for seed in 50..58 {
        let values = trend_and_week(200, seed);
        let trained = train(&daily(values.iter().copied()), &plan());
        for (day, value) in (0_i64..).zip(&values).skip(100) {
            let answer = trained.model.predict(crate::fixtures::day(day), &Level::DEFAULTS).unwrap();
            if answer.basis == Basis::Backtest {
                checked += 1;
                for (outside, interval) in outside.iter_mut().zip(&answer.intervals) {
                    *outside += u32::from(!interval.contains(value.round()));
                }
            }
        }
    }
    let [of_80, of_95] = outside.map(|outside| 100.0 * f64::from(outside) / f64::from(checked));
    assert!((13.0..27.0).contains(&of_80) && (1.5..9.0).contains(&of_95), "{of_80} and {of_95} of {checked}");
}
