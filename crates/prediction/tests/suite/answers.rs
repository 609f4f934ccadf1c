//! What a trained version answers.

use atalaya_domain::forecast::{Basis, Level, ModelId, OutOfReach};
use chrono::{Duration, NaiveDate};

use crate::fixtures::{busy_account, channel, daily, day, hourly, plan, plan_of, train, wandering};

#[test]
fn dates_are_answered_from_the_first_to_the_last_reachable_and_no_others() {
    let trained = train(&channel(), &plan());
    let (model, last) = (&trained.model, trained.model.report().last_date);
    let first = last - Duration::days(129);
    assert_eq!(model.last_reachable(), last + Duration::days(90));
    let mut date = first;
    while date <= model.last_reachable() {
        assert!(model.predict(date, &Level::DEFAULTS).is_ok(), "{date}");
        date += Duration::days(1);
    }
    let before = model.predict(first - Duration::days(1), &[]).unwrap_err();
    assert_eq!(before, OutOfReach::BeforeHistory { first });
    let beyond = model.predict(model.last_reachable() + Duration::days(1), &[]).unwrap_err();
    assert_eq!(beyond, OutOfReach::BeyondHorizon { last: model.last_reachable() });
    assert!(model.predict(NaiveDate::MAX, &[]).is_err() && model.predict(NaiveDate::MIN, &[]).is_err());
}

#[test]
fn the_future_is_forecast_and_the_past_is_backtest_or_fitted() {
    let trained = train(&channel(), &plan());
    let last = trained.model.report().last_date;
    let on = |offset: i64| trained.model.predict(last + Duration::days(offset), &[]).unwrap();
    assert_eq!((on(1).basis, on(1).horizon_days), (Basis::Forecast, 1));
    assert_eq!((on(0).basis, on(0).horizon_days), (Basis::Backtest, 0));
    assert_eq!((on(-100).basis, on(-100).horizon_days), (Basis::InSample, -100));
}

#[test]
fn a_fitted_value_is_near_the_truth_and_a_gap_is_bridged() {
    let mut history = daily((0..100).map(|day| 10_000.0 + 50.0 * f64::from(day)));
    history.remove(10);
    let trained = train(&history, &plan());
    let fitted = trained.model.predict(day(30), &Level::DEFAULTS).unwrap();
    assert!((fitted.mean - 11_500.0).abs() < 1.0, "{fitted:?}");
    let bridged = trained.model.predict(day(10), &[]).unwrap();
    assert_eq!(bridged.basis, Basis::InSample);
    assert!((bridged.mean - 10_500.0).abs() < 1.0, "{bridged:?}");
}

#[test]
fn an_hourly_model_answers_for_the_last_hour_of_a_date() {
    // Begins at noon and ends, 60 hours later, at 23 h: one follower an hour.
    let trained = train(&hourly((0..60).map(|hour| 1_000.0 + f64::from(hour))), &plan());
    let last = trained.model.report().last_date;
    assert_eq!(last, day(2));
    let tomorrow = trained.model.predict(last + Duration::days(1), &[]).unwrap();
    assert!((tomorrow.mean - (1_059.0 + 24.0)).abs() < 1e-6, "{tomorrow:?}");
    assert_eq!(tomorrow.horizon_days, 1);
}

#[test]
fn the_rest_of_an_unfinished_day_is_a_forecast() {
    let trained = train(&hourly((0..54).map(|hour| 1_000.0 + f64::from(hour))), &plan());
    let today = trained.model.predict(trained.model.report().last_date, &[]).unwrap();
    assert_eq!((today.basis, today.horizon_days), (Basis::Forecast, 0));
    assert!((today.mean - 1_059.0).abs() < 1e-6, "{today:?}");
}

#[test]
fn intervals_hold_the_point_and_nest_and_widen() {
    let trained = train(&wandering(300, 21), &plan());
    let levels: Vec<Level> = (1..=99).map(|percent| Level::new(percent).unwrap()).collect();
    let last = trained.model.report().last_date;
    let mut narrower = vec![0.0; levels.len()];
    for ahead in 1..=90 {
        let forecast = trained.model.predict(last + Duration::days(ahead), &levels).unwrap();
        assert!(
            forecast.intervals.iter().all(|i| i.lower <= forecast.mean && forecast.mean <= i.upper && i.lower >= 0.0)
        );
        assert!(forecast.intervals.is_sorted_by(|a, b| a.lower >= b.lower && a.upper <= b.upper));
        let widths: Vec<f64> = forecast.intervals.iter().map(|i| i.upper - i.lower).collect();
        assert!(widths.iter().zip(&narrower).all(|(now, before)| *now >= before - 1e-6), "{ahead} days ahead");
        narrower = widths;
    }
}

#[test]
fn intervals_cover_a_random_walk_about_as_often_as_they_say() {
    let (mut inside_80, mut inside_95, mut points) = (0, 0, 0);
    for seed in 100..140 {
        let history = wandering(160, seed);
        let (known, future) = history.split_at(146);
        let trained = train(known, &plan_of(&[ModelId::Ridge]));
        for truth in future {
            let date = truth.at.with_timezone(&crate::fixtures::LIMA).date_naive();
            let forecast = trained.model.predict(date, &Level::DEFAULTS).unwrap();
            let holds = |i: usize| {
                forecast.intervals[i].lower <= truth.followers.as_f64()
                    && truth.followers.as_f64() <= forecast.intervals[i].upper
            };
            inside_80 += u32::from(holds(0));
            inside_95 += u32::from(holds(1));
            points += 1;
        }
    }
    let (share_80, share_95) = (f64::from(inside_80) / f64::from(points), f64::from(inside_95) / f64::from(points));
    assert!((0.70..=0.92).contains(&share_80), "{share_80}");
    assert!((0.87..=1.0).contains(&share_95), "{share_95}");
}

#[test]
fn more_posts_bring_more_followers_where_they_always_did() {
    let trained = train(&busy_account(400), &plan());
    let date = trained.model.report().last_date + Duration::days(30);
    let assuming = |posts: f64| {
        let assumed = trained.model.assuming(posts, &trained.fitted).unwrap().unwrap();
        assumed.model.predict(date, &[]).unwrap().mean
    };
    let usual = trained.model.predict(date, &[]).unwrap().mean;
    assert!(assuming(0.0) < usual && usual < assuming(6.0));
    // Three posts are the most of a day that it has seen.
    assert!((assuming(3.0) - assuming(1e300)).abs() < 1e-9);
    let most = trained.model.assuming(6.0, &trained.fitted).unwrap().unwrap();
    assert_eq!((most.posts_per_day, most.seen), (3.0, Some(0.0..=3.0)));
    // 12 followers a post.
    let effect = (assuming(3.0) - assuming(0.0)) / (3.0 * 30.0);
    assert!((effect - 12.0).abs() < 0.25 * 12.0, "{effect}");
}

#[test]
fn assumptions_that_cannot_enter_are_named() {
    let trained = train(&wandering(200, 2), &plan());
    assert!(trained.model.assuming(3.0, &trained.fitted).unwrap().is_none());
    let busy = train(&busy_account(400), &plan());
    assert!(busy.model.assuming(f64::NAN, &busy.fitted).unwrap().is_none());
}
