//! The unit of a series and the place of its zero say nothing about its future.

use atalaya_domain::forecast::Level;
use atalaya_prediction::SequenceForecast;
use chrono::Duration;

use crate::fixtures::{account, daily, noise, plan, train, walk};
use crate::sequences::{days, forecast};

/// A weekly rhythm on a wandering trend.
fn rhythmic(points: usize, seed: u64) -> Vec<f64> {
    let around = walk(points, seed, 20_000.0, 30.0, 25.0);
    (0..).zip(around).map(|(day, value): (u32, f64)| value + if day % 7 < 2 { 90.0 } else { 0.0 }).collect()
}

fn histories() -> [Vec<f64>; 3] {
    [account(200, 1), rhythmic(250, 2), walk(160, 3, 50_000.0, 0.0, 30.0)]
}

/// The largest distance between the numbers of two forecasts, after `back` has undone what was done to the second, as
/// a share of the width of the 80 % interval.
fn distance(one: &SequenceForecast, other: &SequenceForecast, back: impl Fn(f64) -> f64) -> f64 {
    let apart = one.points.iter().zip(&other.points).map(|(one, other)| {
        let width = one.intervals[0].upper - one.intervals[0].lower;
        let bounds = one.intervals.iter().zip(&other.intervals);
        let bounds = bounds.flat_map(|(a, b)| [(a.lower, b.lower), (a.upper, b.upper)]);
        let sizes = bounds.chain([(one.mean, other.mean)]).map(|(a, b)| (a - back(b)).abs() / width);
        sizes.fold(0.0, f64::max)
    });
    apart.fold(0.0, f64::max)
}

#[test]
fn followers_in_thousands_are_forecast_in_thousands() {
    for values in histories() {
        let one = train(&daily(values.iter().copied()), &plan());
        let thousand = train(&daily(values.iter().map(|value| 1_000.0 * value)), &plan());
        let last = one.model.report().last_date;
        for ahead in 1..=90 {
            let on = |trained: &atalaya_application::ports::forecaster::Trained| {
                trained.model.predict(last + Duration::days(ahead), &Level::DEFAULTS).unwrap()
            };
            let (one, thousand) = (on(&one), on(&thousand));
            let width = one.intervals[0].upper - one.intervals[0].lower;
            let near = |a: f64, b: f64| (a - b / 1_000.0).abs() < 1e-2 * width;
            assert!(near(one.mean, thousand.mean), "{ahead} days ahead: {one:?}, {thousand:?}");
            for (one, thousand) in one.intervals.iter().zip(&thousand.intervals) {
                assert!(near(one.lower, thousand.lower) && near(one.upper, thousand.upper), "{one:?}, {thousand:?}");
            }
        }
    }
}

#[test]
fn a_power_of_two_changes_nothing() {
    for values in histories() {
        let one = forecast(&days(&values), 28);
        let other = forecast(&days(&values.iter().map(|value| 1_024.0 * value).collect::<Vec<_>>()), 28);
        let apart = distance(&one, &other, |value| value / 1_024.0);
        assert!(apart < 1e-9, "{apart}");
    }
}

#[test]
fn a_fraction_of_the_unit_gives_the_same_forecast() {
    for values in histories() {
        let one = forecast(&days(&values), 28);
        let other = forecast(&days(&values.iter().map(|value| 0.037 * value).collect::<Vec<_>>()), 28);
        let apart = distance(&one, &other, |value| value / 0.037);
        assert!(apart < 1e-2, "{apart}");
    }
}

#[test]
fn another_zero_gives_the_same_forecast() {
    for values in histories() {
        let one = forecast(&days(&values), 28);
        for shift in [4_096.0, 123_456.7, -300_000.0] {
            let other = forecast(&days(&values.iter().map(|value| value + shift).collect::<Vec<_>>()), 28);
            let apart = distance(&one, &other, |value| value - shift);
            assert!(apart < 1e-2, "{shift}: {apart}");
        }
    }
}

#[test]
fn noise_alone_is_forecast_in_its_own_unit() {
    let values: Vec<f64> = noise(4).take(200).collect();
    let one = forecast(&days(&values), 28);
    let other = forecast(&days(&values.iter().map(|value| 1e7 * value).collect::<Vec<_>>()), 28);
    let apart = distance(&one, &other, |value| value / 1e7);
    assert!(apart < 1e-2, "{apart}");
}
