//! Series of any numbers and any usual step.

use atalaya_application::ports::forecaster::{TrainingError, Unobserved};
use atalaya_domain::forecast::{Level, ModelId, ModelScore, Warning};
use atalaya_prediction::{Sequence, SequenceError, SequenceForecast, SmartForecaster, Step};
use chrono::{Months, NaiveDate, NaiveDateTime, TimeDelta};

use crate::fixtures::{normals, walk};

pub(crate) fn start() -> NaiveDateTime {
    NaiveDate::from_ymd_opt(2015, 1, 5).unwrap().and_hms_opt(6, 0, 0).unwrap()
}

fn every(step: TimeDelta, values: &[f64]) -> Vec<(NaiveDateTime, f64)> {
    (0..).zip(values).map(|(number, value)| (start() + step * number, *value)).collect()
}

fn every_months(months: u32, values: &[f64]) -> Vec<(NaiveDateTime, f64)> {
    (0..).zip(values).map(|(number, value)| (start() + Months::new(months * number), *value)).collect()
}

pub(crate) fn days(values: &[f64]) -> Sequence {
    Sequence::new(&every(TimeDelta::days(1), values)).unwrap()
}

pub(crate) fn forecast(sequence: &Sequence, horizon: usize) -> SequenceForecast {
    SmartForecaster::new().forecast(sequence, horizon, &Level::DEFAULTS, &Unobserved).unwrap()
}

/// A season on a trend, with a little noise.
fn seasonal(points: usize, season: usize) -> Vec<f64> {
    let turn = |number: f64| (std::f64::consts::TAU * number / f64::from(u32::try_from(season).unwrap())).sin();
    let value = |(number, normal): (u32, f64)| 500.0 + f64::from(number) + 80.0 * turn(number.into()) + normal;
    (0..).zip(normals(1)).take(points).map(value).collect()
}

fn assert_sound(forecast: &SequenceForecast, sequence: &Sequence) {
    for (point, number) in forecast.points.iter().zip(sequence.len()..) {
        assert_eq!(point.at, sequence.time(number));
        assert_eq!(point.intervals.len(), 2);
        assert!(point.mean.is_finite());
        assert!(point.intervals.iter().all(|i| i.lower <= point.mean && point.mean <= i.upper), "{point:?}");
        assert!(point.intervals[1].lower <= point.intervals[0].lower);
    }
    let total: f64 = forecast.members.iter().map(|member| member.weight).sum();
    assert!((total - 1.0).abs() < 1e-9 && forecast.model == forecast.members[0].model);
}

#[test]
fn every_usual_step_goes_on_with_its_season() {
    let cases = [
        (every(TimeDelta::hours(1), &seasonal(480, 24)), 24, 24),
        (every(TimeDelta::days(1), &seasonal(280, 7)), 7, 14),
        (every(TimeDelta::weeks(1), &seasonal(260, 52)), 52, 13),
        (every_months(1, &seasonal(120, 12)), 12, 12),
        (every_months(3, &seasonal(60, 4)), 4, 4),
    ];
    for (points, season, horizon) in cases {
        let sequence = Sequence::new(&points).unwrap();
        assert_eq!(sequence.len(), points.len());
        assert!(sequence.points().map(|(at, _)| at).eq(points.iter().map(|(at, _)| *at)));
        let forecast = forecast(&sequence, horizon);
        assert_sound(&forecast, &sequence);
        let truth = seasonal(points.len() + horizon, season);
        let off = forecast.points.iter().zip(&truth[points.len()..]).map(|(point, truth)| (point.mean - truth).abs());
        let off = off.sum::<f64>() / f64::from(u32::try_from(horizon).unwrap());
        assert!(off < 30.0, "season {season}: {off} off");
    }
}

#[test]
fn yearly_points_are_dated_a_year_apart() {
    let sequence = Sequence::new(&every_months(12, &walk(45, 2, 100.0, 3.0, 1.0))).unwrap();
    let forecast = forecast(&sequence, 3);
    assert_sound(&forecast, &sequence);
    assert_eq!(forecast.points[0].at, start() + Months::new(12 * 45));
}

#[test]
fn month_ends_are_one_month_apart() {
    let month_ends = (0..48).map(|number| {
        let next = NaiveDate::from_ymd_opt(2015, 2, 1).unwrap() + Months::new(number);
        (next.pred_opt().unwrap().and_hms_opt(0, 0, 0).unwrap(), f64::from(number))
    });
    let sequence = Sequence::new(&month_ends.collect::<Vec<_>>()).unwrap();
    assert_eq!(sequence.len(), 48);
    let forecast = forecast(&sequence, 2);
    assert!((forecast.points[1].mean - 49.0).abs() < 0.5, "{:?}", forecast.points);
    let dates: Vec<String> = forecast.points.iter().map(|point| point.at.date().to_string()).collect();
    assert_eq!(dates, ["2019-01-31", "2019-02-28"]);
}

#[test]
fn so_many_days_go_on_by_so_many_days() {
    let points = every(TimeDelta::days(28), &walk(40, 2, 1_000.0, 10.0, 1.0));
    let sequence = Sequence::new(&points).unwrap();
    assert_eq!((sequence.step(), sequence.len(), sequence.replaced()), (Step::Days(28), 40, 0));
    let forecast = forecast(&sequence, 2);
    assert_sound(&forecast, &sequence);
    assert_eq!(forecast.points[1].at, start() + TimeDelta::days(28 * 41));
}

#[test]
fn a_told_step_takes_the_last_value_of_each() {
    let points = every(TimeDelta::days(1), &walk(120, 3, 1_000.0, 5.0, 3.0));
    let sequence = Sequence::by(&points, Some("W-SUN".parse().unwrap())).unwrap();
    // 120 days from a Monday on are 17 weeks and a day that waits for the rest of its week.
    assert_eq!((sequence.len(), sequence.unfinished(), sequence.replaced()), (17, 1, 102));
    let sundays = points.iter().skip(6).step_by(7).map(|(_, value)| Some(*value));
    assert!(sequence.points().map(|(_, value)| value).eq(sundays));
}

#[test]
fn tiny_values_keep_their_digits() {
    for tiny in [1e-17, 1e-80, 1e-250] {
        let values: Vec<f64> = (0..60).map(|day| tiny * (1.0 + 0.01 * f64::from(day))).collect();
        let sequence = days(&values);
        assert!(sequence.points().map(|(_, value)| value.unwrap()).eq(values.iter().copied()));
        for (point, day) in forecast(&sequence, 14).points.iter().zip(60..) {
            let expected = 1.0 + 0.01 * f64::from(day);
            assert!((point.mean / tiny - expected).abs() < 0.02, "{point:?}");
            assert!(point.intervals.iter().all(|i| i.lower <= point.mean && point.mean <= i.upper));
        }
    }
}

#[test]
fn of_two_points_at_one_time_the_later_one_counts() {
    let values = walk(60, 3, 1_000.0, 5.0, 3.0);
    let once = every(TimeDelta::days(1), &values);
    let mut twice: Vec<(NaiveDateTime, f64)> = once.iter().map(|(at, _)| (*at, -7.0)).collect();
    twice.extend(&once);
    let (once, twice) = (Sequence::new(&once).unwrap(), Sequence::new(&twice).unwrap());
    assert!(once.points().eq(twice.points()));
    assert_eq!((once.replaced(), twice.replaced()), (0, 60));
    assert_eq!(forecast(&once, 7), forecast(&twice, 7));
}

#[test]
fn the_order_of_points_does_not_matter() {
    let mut points = every(TimeDelta::days(1), &walk(60, 4, 1_000.0, 5.0, 3.0));
    let sorted = forecast(&Sequence::new(&points).unwrap(), 7);
    points.reverse();
    assert_eq!(forecast(&Sequence::new(&points).unwrap(), 7), sorted);
}

#[test]
fn what_is_no_series_is_refused() {
    let refused = |points: &[(NaiveDateTime, f64)]| Sequence::new(points).err().unwrap();
    let uneven: Vec<(NaiveDateTime, f64)> =
        (0..20).map(|number| (start() + TimeDelta::days(11 * number * number), 1.0)).collect();
    assert_eq!(refused(&uneven), SequenceError::NoStep);
    assert_eq!(refused(&every(TimeDelta::minutes(10), &[1.0; 200])), SequenceError::NoStep);
    assert_eq!(refused(&[]), SequenceError::TooShort { found: 0 });
    assert_eq!(refused(&[(start(), 1.0)]), SequenceError::TooShort { found: 1 });
    assert_eq!(refused(&[(start(), 1.0); 20]), SequenceError::TooShort { found: 1 });
    assert_eq!(refused(&every(TimeDelta::days(1), &[1.0; 7])), SequenceError::TooShort { found: 7 });
    let mut far = every(TimeDelta::hours(1), &[1.0; 20]);
    far.push((start() + TimeDelta::hours(200_000), 1.0));
    assert_eq!(refused(&far), SequenceError::TooLong);
    for bad in [f64::NAN, f64::INFINITY, 2e15] {
        assert_eq!(refused(&every(TimeDelta::days(1), &[bad; 20])), SequenceError::NotFinite);
    }
}

#[test]
fn values_below_zero_are_forecast_below_zero() {
    let values: Vec<f64> = walk(96, 5, -1e8, -20_000.0, 50_000.0);
    let sequence = Sequence::new(&every_months(1, &values)).unwrap();
    let forecast = forecast(&sequence, 12);
    assert_sound(&forecast, &sequence);
    let last = values[95];
    for point in &forecast.points {
        assert!((point.mean / last - 1.0).abs() < 0.05, "{point:?} after {last}");
        assert!(point.intervals.iter().all(|i| i.lower < point.mean && point.mean < i.upper && i.upper < -5e7));
    }
}

#[test]
fn values_never_below_zero_are_not_forecast_below_zero() {
    let falling: Vec<f64> = (0..80_u32).map(|day| f64::from(80 - day) * 10.0).collect();
    let sequence = days(&falling);
    for point in forecast(&sequence, 30).points {
        assert!(point.mean >= 0.0 && point.intervals.iter().all(|i| i.lower >= 0.0), "{point:?}");
    }
}

#[test]
fn fractions_stay_fractions() {
    let values: Vec<f64> = walk(120, 6, 400.0, 2.0, 3.0).into_iter().map(|value| value * 1e-5).collect();
    let sequence = days(&values);
    let forecast = forecast(&sequence, 14);
    assert_sound(&forecast, &sequence);
    let last = values[119];
    assert!(forecast.points.iter().all(|point| (point.mean / last - 1.0).abs() < 0.2), "{:?}", forecast.points);
    assert!(forecast.points.iter().all(|point| point.intervals[0].upper - point.intervals[0].lower < 0.5 * last));
}

#[test]
fn a_sequence_is_forecast_the_same_on_any_number_of_threads() {
    let sequence = days(&walk(200, 7, 9_000.0, 5.0, 20.0));
    let alone = forecast(&sequence, 14);
    std::thread::scope(|scope| {
        let together: Vec<_> = (0..8).map(|_| scope.spawn(|| forecast(&sequence, 14))).collect();
        for thread in together {
            let other = thread.join().unwrap();
            assert_eq!(other, alone);
            let same = |a: f64, b: f64| a.to_bits() == b.to_bits();
            assert!(other.points.iter().zip(&alone.points).all(|(a, b)| same(a.mean, b.mean)));
        }
    });
}

/// A walk that loses a third of its level at one point, for good.
fn purged(points: usize, at: usize) -> Vec<f64> {
    let values = walk(points, 8, 9_000.0, 25.0, 10.0).into_iter().enumerate();
    values.map(|(index, value)| if index < at { value } else { value - 3_000.0 }).collect()
}

#[test]
fn a_sequence_shows_what_was_observed() {
    let mut values = purged(120, 80);
    values[40] = 90_000.0;
    let shown: Vec<f64> = days(&values).points().filter_map(|(_, value)| value).collect();
    assert_eq!(shown, values);
}

#[test]
fn a_forecast_tells_what_its_reader_should_know() {
    let mut values = purged(120, 80);
    assert_eq!(forecast(&days(&values), 7).warnings.iter().find(|w| **w == Warning::Outliers), None);
    values[40] = 90_000.0;
    let mut points = every(TimeDelta::days(1), &values);
    points.drain(20..30);
    let warnings = forecast(&Sequence::new(&points).unwrap(), 7).warnings;
    for expected in [Warning::LevelShift, Warning::Outliers, Warning::GapsInHistory, Warning::LongGap] {
        assert!(warnings.contains(&expected), "{expected:?} of {warnings:?}");
    }
    let hours = every(TimeDelta::hours(1), &walk(30, 8, 9_000.0, 25.0, 10.0));
    assert_eq!(
        forecast(&Sequence::new(&hours).unwrap(), 7).warnings[..2],
        [Warning::BaselineServes, Warning::ShortHistory]
    );
}

fn backtest(sequence: &Sequence, horizon: usize, origins: usize) -> Result<Vec<ModelScore>, TrainingError> {
    SmartForecaster::new().backtest(sequence, horizon, origins, &Unobserved)
}

#[test]
fn a_backtest_needs_room_and_ranks_the_models() {
    let values = walk(120, 8, 9_000.0, 25.0, 10.0);
    let scores = backtest(&days(&values), 7, 5).unwrap();
    assert!(scores.is_sorted_by(|a, b| a.mase <= b.mase));
    assert!(!backtest(&days(&values[..15]), 7, 5).unwrap().is_empty());
    let short = backtest(&days(&values[..14]), 7, 5);
    assert!(matches!(short, Err(TrainingError::InsufficientData { found: 14, needed: 15 })), "{short:?}");
}

#[test]
fn a_purge_in_a_window_is_charged_to_no_row_of_a_backtest() {
    let combination = |values: &[f64]| {
        let scores = backtest(&days(values), 7, 5).unwrap();
        let found = scores.into_iter().find(|score| score.model == ModelId::Combination);
        found.unwrap()
    };
    let undisturbed = combination(&purged(200, 200));
    // Windows begin after the points 164, 171, 178, 185 and 192.
    let disturbed = combination(&purged(200, 182));
    assert!(disturbed.mae < 2.0 * undisturbed.mae, "{disturbed:?} beside {undisturbed:?}");
    assert!(disturbed.coverage_95 > 0.8 && disturbed.msis_95 < undisturbed.msis_95.map(|msis| 3.0 * msis));
}

#[test]
fn an_outlier_in_a_window_is_no_truth() {
    let mut values = walk(200, 8, 9_000.0, 25.0, 10.0);
    values[182] = 30_000.0;
    for score in backtest(&days(&values), 7, 5).unwrap() {
        assert!(score.mae < 1_000.0, "{score:?}");
    }
}

#[test]
fn values_larger_than_any_account_are_not_cut_off() {
    let values: Vec<f64> = (0..100).map(|day| 5e13 + 1e11 * f64::from(day)).collect();
    let sequence = Sequence::new(&every(TimeDelta::days(1), &values)).unwrap();
    let forecast = SmartForecaster::new().forecast(&sequence, 2, &Level::DEFAULTS, &Unobserved).unwrap();
    assert!(forecast.points.iter().all(|point| (5.9e13..6.1e13).contains(&point.mean)), "{forecast:?}");
}

#[test]
fn what_is_said_of_tomorrow_does_not_depend_on_how_far_ahead_one_asks() {
    let values: Vec<f64> = walk(200, 21, 5_000.0, 8.0, 12.0);
    let tomorrow = |horizon: usize| forecast(&days(&values), horizon).points[0].clone();
    let one = tomorrow(1);
    for horizon in [14, 60] {
        let other = tomorrow(horizon);
        assert!(one.mean.to_bits() == other.mean.to_bits() && one.intervals == other.intervals, "{horizon}");
    }
}
