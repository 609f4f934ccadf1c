//! Accounts whose last day is not over.

use atalaya_domain::observation::Observation;
use chrono::{DateTime, Duration, Utc};

use crate::fixtures::{day, observation, plan, train};

/// Midnight in Lima on the first day.
fn midnight() -> DateTime<Utc> {
    "2022-01-01T05:00:00Z".parse().unwrap()
}

/// A reading every three hours from midnight on, 10 followers more at each, 80 a day.
fn readings(number: i32) -> Vec<Observation> {
    let reading =
        |number| observation(midnight() + Duration::hours(3 * i64::from(number)), 9_000.0 + 10.0 * f64::from(number));
    (0..number).map(reading).collect()
}

#[test]
fn a_forecast_does_not_depend_on_the_hour_of_the_last_reading() {
    let forecast = |number| train(&readings(number), &plan()).model.predict(day(63), &[]).unwrap().mean;
    let truth = 9_000.0 + 10.0 * f64::from(8 * 64 - 1);
    for number in [8 * 60, 8 * 60 + 1, 8 * 60 + 4, 8 * 60 + 6] {
        assert!((forecast(number) - truth).abs() < 8.0, "{number} readings: {}, {truth} is right", forecast(number));
    }
}

#[test]
fn the_date_of_an_unfinished_day_is_forecast_and_what_was_read_of_it_counts() {
    let mut history = readings(8 * 60 + 4);
    let trained = train(&history, &plan());
    assert_eq!(trained.model.report().last_date, day(59));
    assert_eq!(trained.model.report().data_until, history.last().unwrap().at);
    let usual = trained.model.predict(day(60), &[]).unwrap().mean;
    let last = history.last_mut().unwrap();
    *last = observation(last.at, last.followers.as_f64() + 50.0);
    let moved = train(&history, &plan()).model.predict(day(60), &[]).unwrap().mean;
    assert!((moved - usual - 50.0).abs() < 1.0, "{moved}, {usual}");
}
