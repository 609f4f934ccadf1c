//! Histories of every shape: no panic, no number that is not one, no negative follower.

use atalaya_application::ports::forecaster::TrainingError;
use atalaya_domain::forecast::{Level, ModelId};
use atalaya_domain::observation::{Followers, Observation};
use chrono::Duration;
use proptest::prelude::*;

use crate::fixtures::{begin, daily, hourly, observation, plan, train, try_train};

#[expect(clippy::cast_precision_loss, reason = "Followers::MAX is below 2^53")]
const MOST: f64 = Followers::MAX as f64;

/// Trains with every model and looks at every answer.
fn assert_sound(history: &[Observation]) {
    let trained = train(history, &plan());
    let model = &trained.model;
    let report = model.report();
    for score in &report.scores {
        assert!(score.mae.is_finite() && score.rmse.is_finite() && score.smape.is_finite(), "{score:?}");
        assert!([score.r2, score.evs, score.mape, score.mase].into_iter().flatten().all(f64::is_finite), "{score:?}");
        assert!((0.0..=1.0).contains(&score.coverage_80) && (0.0..=1.0).contains(&score.coverage_95));
    }
    assert_eq!(report.scores.len() + report.failures.len(), ModelId::ALL.len());
    let levels = [1, 50, 80, 95, 99].map(|percent| Level::new(percent).unwrap());
    let mut date = report.data_from.with_timezone(&crate::fixtures::LIMA).date_naive();
    while date <= model.last_reachable() {
        let forecast = model.predict(date, &levels).unwrap();
        assert!((0.0..=MOST).contains(&forecast.mean) && (0.0..=MOST).contains(&forecast.baseline), "{forecast:?}");
        for interval in &forecast.intervals {
            assert!(0.0 <= interval.lower && interval.lower <= forecast.mean, "{forecast:?}");
            assert!(forecast.mean <= interval.upper && interval.upper <= MOST, "{forecast:?}");
        }
        date += Duration::days(1);
    }
}

#[test]
fn a_constant_history_goes_on_as_it_was() {
    let trained = train(&daily(vec![1_234.0; 100]), &plan());
    let report = trained.model.report();
    assert_eq!(report.served, ModelId::Naive);
    assert!(report.scores.iter().all(|score| score.mase.is_none() && score.mae == 0.0));
    let forecast = trained.model.predict(trained.model.last_reachable(), &Level::DEFAULTS).unwrap();
    assert_eq!(forecast.whole_mean().get(), 1_234);
    assert_sound(&daily(vec![1_234.0; 100]));
}

#[test]
fn plain_shapes_are_sound() {
    assert_sound(&daily(vec![0.0; 60]));
    assert_sound(&daily((0..200).map(|day| 1e6 - 5_000.0 * f64::from(day))));
    assert_sound(&daily((0..200).map(|day| 100.0 + 10.0 * f64::from(day % 7))));
    assert_sound(&daily((0..200).map(|day| f64::from(day / 100) * MOST)));
    assert_sound(&daily((0..120).map(|day| 1.3_f64.powi(day))));
    assert_sound(&daily((0..120).map(|day| MOST * 0.8_f64.powi(day))));
    assert_sound(&hourly((0..72).map(|hour| 50.0 + f64::from(hour % 24))));
}

#[test]
fn an_exploding_history_does_not_explode_the_forecast() {
    let history = daily((0..200).map(|day| 1_000.0 * 1.05_f64.powi(day)));
    let trained = train(&history, &plan());
    let last = history.last().unwrap().followers.as_f64();
    let fastest = last - history[history.len() - 2].followers.as_f64();
    let report = trained.model.report();
    for ahead in 1..=90_i32 {
        let forecast = trained.model.predict(report.last_date + Duration::days(ahead.into()), &[]).unwrap();
        assert!(forecast.mean <= last + 1.5 * fastest * f64::from(ahead) + 1.0, "{ahead} days ahead: {forecast:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_daily_history_is_sound(values in prop::collection::vec(prop_oneof![0.0..1e3, 1e3..1e7, 0.0..MOST], 8..120)) {
        assert_sound(&daily(values));
    }

    #[test]
    fn any_walk_with_gaps_is_sound(
        steps in prop::collection::vec((1_i64..4, -500.0..600.0), 8..150),
        level in 0.0..1e6,
        posts in any::<bool>(),
    ) {
        let (mut at, mut level, mut total) = (begin(), level, 0);
        let history: Vec<Observation> = steps
            .into_iter()
            .map(|(days, change): (i64, f64)| {
                at += Duration::days(days);
                level += change;
                total += u64::from(change > 0.0);
                let posts = posts.then(|| Followers::new(total).unwrap());
                Observation { posts, ..observation(at, level) }
            })
            .collect();
        assert_sound(&history);
    }

    #[test]
    fn any_times_give_a_model_or_say_what_is_missing(mut minutes in prop::collection::vec(0_i64..60_000, 0..200)) {
        minutes.sort_unstable();
        minutes.dedup();
        let history: Vec<Observation> =
            minutes.into_iter().map(|minute| observation(begin() + Duration::minutes(minute), 900.0 + f64::from(u8::try_from(minute % 50).unwrap()))).collect();
        match try_train(&history, &plan()) {
            Ok(_) => assert_sound(&history),
            Err(TrainingError::InsufficientData { found, needed }) => prop_assert!(found < needed),
            Err(error) => prop_assert!(false, "{error}"),
        }
    }
}
