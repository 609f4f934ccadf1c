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

/// Once a day, so many minutes after midnight; 80 followers more each day.
fn once_a_day(days: i64, minute: i64) -> Vec<Observation> {
    let at = |day| midnight() + Duration::days(day) + Duration::minutes(minute);
    (0..days).map(|day| observation(at(day), 9_000.0 + 80.0 * f64::from(i32::try_from(day).unwrap()))).collect()
}

#[test]
fn a_last_reading_hours_before_the_next_one_moves_no_forecast_by_a_days_growth() {
    // Read at midnight, in the morning, at noon, and at the end of the day.
    for minute in [0, 10 * 60, 12 * 60, 23 * 60 + 59] {
        for days in [20, 60, 200] {
            let history = once_a_day(days, minute);
            let plain = train(&history, &plan());
            let date = plain.model.report().last_date + Duration::days(2);
            let truth = plain.model.predict(date, &[]).unwrap().mean;
            for hours in [12, 18, 21] {
                let mut more = history.clone();
                let last = *more.last().unwrap();
                let grown = last.followers.as_f64() + 80.0 * f64::from(i32::try_from(hours).unwrap()) / 24.0;
                more.push(observation(last.at + Duration::hours(hours), grown));
                let moved = train(&more, &plan()).model.predict(date, &[]).unwrap().mean - truth;
                assert!(moved.abs() <= 12.0, "at {minute}, {days} days, {hours} hours later: moved by {moved}");
            }
        }
    }
}

#[test]
fn readings_every_three_hours_are_taken_as_far_as_they_go_from_the_second_week_on() {
    for days in [9, 12, 20, 29, 40] {
        let truth = 9_000.0 + 10.0 * f64::from(8 * (days + 4) - 1);
        for more in 0..8 {
            let trained = train(&readings(8 * days + more), &plan());
            let forecast = trained.model.predict(day(i64::from(days) + 3), &[]).unwrap().mean;
            assert!((forecast - truth).abs() < 12.0, "{days} days and {more} readings: {forecast}, {truth} is right");
        }
    }
}
