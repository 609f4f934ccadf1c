//! Purges, misreadings, gaps and very long histories.

use atalaya_application::ports::forecaster::Trained;
use atalaya_domain::forecast::{Basis, Level, ModelId, Warning};
use atalaya_domain::observation::Observation;
use chrono::Duration;

use crate::fixtures::{account, daily, day, noise, plan, plan_of, train, walk};

fn warns(trained: &Trained, warning: Warning) -> bool {
    trained.model.report().warnings.contains(&warning)
}

fn mean_on(trained: &Trained, number: i64) -> f64 {
    trained.model.predict(day(number), &[]).unwrap().mean
}

/// An account that loses a tenth of its followers on a day.
fn purged(days: usize, on: usize, seed: u64) -> Vec<f64> {
    let mut values = account(days, seed);
    let lost = (0.1 * values[on]).round();
    for value in &mut values[on..] {
        *value -= lost;
    }
    values
}

fn without(history: &[Observation], missing: std::ops::Range<usize>) -> Vec<Observation> {
    let kept = history.iter().enumerate().filter(|(number, _)| !missing.contains(number));
    kept.map(|(_, observation)| *observation).collect()
}

#[test]
fn a_purge_is_named_and_growth_goes_on_after_it() {
    for seed in 0..3 {
        let values = purged(300, 250, seed);
        let trained = train(&daily(values.iter().copied()), &plan());
        let report = trained.model.report();
        assert!(warns(&trained, Warning::LevelShift) && !warns(&trained, Warning::GapsInHistory));
        assert_eq!(report.level_shifts.len(), 1);
        assert_eq!(report.level_shifts[0].date, day(250));
        let lost = values[250] - values[249];
        assert!((report.level_shifts[0].size - lost).abs() < 300.0, "{:?}, {lost}", report.level_shifts);
        assert!(report.explanation.trend > 30.0, "{:?}", report.explanation);
        let gained = mean_on(&trained, 329) - values[299];
        assert!((1_200.0..2_400.0).contains(&gained), "{gained} in 30 days");
    }
}

#[test]
fn a_date_before_a_purge_is_answered_on_the_level_of_its_time() {
    let values = purged(300, 250, 4);
    let trained = train(&daily(values.iter().copied()), &plan());
    let mut backtested = 0;
    for (number, observed) in (0..).zip(&values) {
        let answer = trained.model.predict(day(number), &Level::DEFAULTS).unwrap();
        let (near, is_backtest) = if answer.basis == Basis::Backtest { (1_000.0, 1) } else { (250.0, 0) };
        assert!((answer.mean - observed).abs() < near, "day {number}: {answer:?}, observed {observed}");
        assert!((answer.baseline - observed).abs() < near, "day {number}: {answer:?}, observed {observed}");
        assert!(answer.intervals.iter().all(|i| i.lower <= answer.mean && answer.mean <= i.upper));
        backtested += if number < 250 { is_backtest } else { 0 };
    }
    assert!(backtested > 30);
}

#[test]
fn a_purge_larger_than_the_account_once_was_leaves_its_early_days_as_they_were() {
    // 500 followers at first, 120,500 before the purge of 12,000.
    let mut values: Vec<f64> = walk(300, 5, 500.0, 400.0, 30.0);
    for value in &mut values[280..] {
        *value -= 12_000.0;
    }
    let trained = train(&daily(values.iter().copied()), &plan());
    assert!(warns(&trained, Warning::LevelShift));
    for (number, observed) in (10..150).zip(&values[10..]) {
        let mean = mean_on(&trained, number);
        assert!((mean - observed).abs() < 250.0, "day {number}: {mean}, observed {observed}");
    }
}

#[test]
fn a_bulk_gain_makes_no_follower_of_the_days_before_negative() {
    let mut values: Vec<f64> = walk(120, 6, 12.0, 0.0, 2.0).into_iter().map(f64::abs).collect();
    for value in &mut values[100..] {
        *value += 3_000.0;
    }
    let trained = train(&daily(values.iter().copied()), &plan());
    assert!(warns(&trained, Warning::LevelShift), "{:?}", trained.model.report().warnings);
    for (number, observed) in (0..100).zip(&values) {
        let answer = trained.model.predict(day(number), &Level::DEFAULTS).unwrap();
        assert!(answer.mean >= 0.0 && answer.baseline >= 0.0, "day {number}: {answer:?}");
        assert!((answer.mean - observed).abs() < 30.0, "day {number}: {answer:?}, observed {observed}");
        assert!(answer.intervals.iter().all(|i| 0.0 <= i.lower && i.lower <= answer.mean && answer.mean <= i.upper));
    }
}

#[test]
fn a_misread_day_is_named_and_moves_no_forecast() {
    let right = account(300, 7);
    let mut misread = right.clone();
    misread[150] = 0.0;
    let history = daily(misread);
    let trained = train(&history, &plan());
    let report = trained.model.report();
    assert!(warns(&trained, Warning::Outliers));
    assert!(!warns(&trained, Warning::GapsInHistory) && !warns(&trained, Warning::LevelShift));
    assert_eq!(report.outliers.len(), 1);
    let outlier = report.outliers[0];
    assert!(outlier.date == day(150) && outlier.observed == 0.0, "{outlier:?}");
    assert!((outlier.expected - right[150]).abs() < 200.0, "{outlier:?}, {}", right[150]);
    let (unread, whole) = (train(&without(&history, 150..151), &plan()), train(&daily(right), &plan()));
    for number in 300..390 {
        assert_eq!(mean_on(&trained, number).to_bits(), mean_on(&unread, number).to_bits());
        assert!((mean_on(&trained, number) / mean_on(&whole, number) - 1.0).abs() < 0.005);
    }
}

#[test]
fn a_long_gap_is_named_and_a_short_one_is_just_a_gap() {
    let whole = daily(account(200, 8));
    let plan = plan_of(&[ModelId::Ridge, ModelId::Theta]);
    let trained = train(&whole, &plan);
    assert!(!warns(&trained, Warning::GapsInHistory) && !warns(&trained, Warning::LongGap));
    let short = train(&without(&whole, 90..93), &plan);
    assert!(warns(&short, Warning::GapsInHistory) && !warns(&short, Warning::LongGap));
    let long = train(&without(&whole, 90..100), &plan);
    assert!(warns(&long, Warning::GapsInHistory) && warns(&long, Warning::LongGap));
    for trained in [short, long] {
        let ahead = trained.model.report().last_date + Duration::days(14);
        let gained = trained.model.predict(ahead, &[]).unwrap().mean - whole[199].followers.as_f64();
        assert!((400.0..1_300.0).contains(&gained), "{gained} in 14 days");
    }
}

#[test]
fn a_history_longer_than_models_see_is_named() {
    let capped = train(&daily(account(1_200, 9)), &plan_of(&[ModelId::Ridge]));
    assert!(warns(&capped, Warning::CappedHistory));
    assert_eq!(capped.model.report().data_from, crate::fixtures::begin());
    let long = train(&daily(account(20_000, 9)), &plan());
    assert!(warns(&long, Warning::CappedHistory));
    assert!(long.model.report().data_from > crate::fixtures::begin());
    let whole = train(&daily(account(1_095, 9)), &plan_of(&[ModelId::Ridge]));
    assert!(!warns(&whole, Warning::CappedHistory));
}

#[test]
fn a_jump_on_the_last_day_is_named_unconfirmed_and_the_intervals_reach_over_it() {
    let mut values = account(200, 11);
    let before = values[198];
    values[199] = 0.0;
    let trained = train(&daily(values.clone()), &plan());
    assert!(warns(&trained, Warning::UnconfirmedJump) && warns(&trained, Warning::LevelShift));
    let next = trained.model.report().last_date + Duration::days(1);
    let forecast = trained.model.predict(next, &Level::DEFAULTS).unwrap();
    assert!(
        forecast.intervals.iter().all(|interval| interval.lower < 100.0 && interval.upper >= before),
        "{forecast:?}"
    );
    values.extend([50.0, 90.0, 140.0]);
    assert!(!warns(&train(&daily(values), &plan()), Warning::UnconfirmedJump));
}

/// A flat history that ends on another level since so many days.
fn flat_then(days: usize) -> Vec<f64> {
    [vec![1_000.0; 120], vec![1_500.0; days]].concat()
}

#[test]
fn a_jump_after_a_flat_history_is_unconfirmed_and_its_intervals_narrow_as_days_confirm_it() {
    let width = |days: usize| {
        let trained = train(&daily(flat_then(days)), &plan());
        let next = trained.model.report().last_date + Duration::days(1);
        let interval = trained.model.predict(next, &Level::DEFAULTS).unwrap().intervals[0];
        (warns(&trained, Warning::UnconfirmedJump), interval)
    };
    let (warned, interval) = width(1);
    assert!(warned && interval.lower <= 1_000.0 && interval.upper >= 1_500.0, "{interval:?}");
    let widths: Vec<f64> = (1..=3).map(|days| width(days).1).map(|interval| interval.upper - interval.lower).collect();
    assert!(widths[0] > widths[1] && widths[1] > widths[2], "{widths:?}");
    assert!(!width(4).0);
}

#[test]
fn an_account_that_hardly_ever_moves_is_not_sure_to_stand_still_for_long() {
    let values = (0..200).map(|day| 1_000.0 + 40.0 * f64::from(day / 90));
    let trained = train(&daily(values), &plan());
    let on = |ahead: i64| {
        let date = trained.model.report().last_date + Duration::days(ahead);
        trained.model.predict(date, &Level::DEFAULTS).unwrap().intervals[1]
    };
    // Two moves of 40 in 199 days: one in the next 14 is not as unlikely as 5 in 100.
    assert!(on(14).upper - on(14).lower >= 80.0 && on(1).upper - on(1).lower < 80.0, "{:?}, {:?}", on(1), on(14));
}

/// An account that gains 5 a day, and several thousand within some days of its life.
fn viral(days: i32, after: i32, seed: u64) -> Vec<f64> {
    let mut value = 10_000.0;
    let step = |(day, noise): (i32, f64)| {
        let viral = if (200..200 + days).contains(&day) { 3_000.0 / f64::from(days) * (1.0 + noise) } else { 0.0 };
        value += (5.0 + 4.0 * noise + viral).round();
        value
    };
    (0..200 + days + after).zip(noise(seed)).map(step).collect()
}

#[test]
fn a_plateau_after_a_viral_week_is_not_forecast_by_the_drift_of_a_whole_life() {
    for (days, after, seed) in [(2, 40, 1), (5, 8, 2), (5, 30, 3), (10, 30, 4), (10, 100, 5), (14, 60, 6)] {
        let values = viral(days, after, seed);
        let last = values[values.len() - 1];
        let trained = train(&daily(values), &plan());
        assert!(warns(&trained, Warning::LevelShift), "{days} {after}");
        let end = trained.model.report().last_date + Duration::days(14);
        let gained = trained.model.predict(end, &[]).unwrap().mean - last;
        assert!((45.0..95.0).contains(&gained), "{gained} in 14 days, {after} after a jump over {days}");
    }
}

#[test]
fn a_jump_that_nothing_supports_moves_the_forecast_as_far_as_it_is_likely_to_be_real() {
    let values = account(204, 12);
    let before = values[198];
    for jump in [0.3 * before, -0.1 * before] {
        let next = |confirmed: usize| {
            let mut values = values.clone();
            for value in &mut values[199..] {
                *value = (*value + jump).round();
            }
            let trained = train(&daily(values[..200 + confirmed].to_vec()), &plan());
            let date = trained.model.report().last_date + Duration::days(1);
            let forecast = trained.model.predict(date, &Level::DEFAULTS).unwrap();
            let interval = forecast.intervals[0];
            assert!(interval.contains(values[199 + confirmed]), "{forecast:?}, {confirmed} confirmed {jump}");
            (forecast.mean - before) / jump
        };
        let gone: Vec<f64> = (0..4).map(next).collect();
        assert!((0.6..0.8).contains(&gone[0]), "{gone:?}");
        assert!(gone[0] < gone[1] && gone[1] < gone[2] && gone[2] < gone[3] && gone[3] > 0.95, "{gone:?}");
    }
}

#[test]
fn a_misreading_that_was_mended_the_next_day_moves_no_forecast() {
    let sound = account(120, 12);
    let next = |values: Vec<f64>| {
        let trained = train(&daily(values), &plan());
        let date = trained.model.report().last_date + Duration::days(1);
        trained.model.predict(date, &[Level::DEFAULTS[0]]).unwrap()
    };
    let expected = next(sound.clone());
    for back in 1..=3 {
        for misread in [0.0, 1_000.0, 2.0 * sound[119]] {
            let mut values = sound.clone();
            values[119 - back] = misread;
            let found = next(values);
            assert!((found.mean - expected.mean).abs() < 0.01 * expected.mean, "{misread}: {found:?}");
            let width = found.intervals[0].upper - found.intervals[0].lower;
            assert!(width < 0.05 * expected.mean, "{misread}: {found:?}");
        }
    }
}
