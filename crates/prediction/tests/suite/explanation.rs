//! The forecast in plain parts, and what is assumed of activity.

use atalaya_application::ports::forecaster::Trained;
use atalaya_domain::forecast::{Level, ModelId};
use chrono::Duration;

use crate::fixtures::{account, busy_account, channel, daily, hourly, noise, plan, plan_of, train, wandering};

fn assert_adds_up(trained: &Trained) {
    let explanation = trained.model.report().explanation;
    let forecast = trained.model.predict(explanation.date, &[]).unwrap();
    let distance = (explanation.prediction() - forecast.mean).abs();
    assert!(distance <= 1e-6 * forecast.mean.abs().max(1.0), "{explanation:?} for {forecast:?}");
}

#[test]
fn the_parts_add_up_to_the_forecast_of_the_first_date() {
    let mut purged = account(200, 1);
    for value in &mut purged[150..] {
        *value -= 12_000.0;
    }
    for history in [channel(), wandering(200, 1), busy_account(400), daily(account(12, 1)), daily(purged)] {
        let trained = train(&history, &plan());
        let report = trained.model.report();
        assert_adds_up(&trained);
        assert_eq!(report.explanation.date, report.last_date + Duration::days(1));
        assert_eq!(report.explanation.last_value.to_bits(), history.last().unwrap().followers.as_f64().to_bits());
    }
}

#[test]
fn the_parts_add_up_to_the_forecast_of_every_date() {
    let hours = hourly((0..90).map(|hour| 4_000.0 + 5.0 * f64::from(hour)));
    for history in [channel(), busy_account(400), daily(account(12, 1)), hours] {
        let trained = train(&history, &plan());
        let report = trained.model.report();
        let first = report.explanation;
        assert_eq!(trained.model.explain(first.date).unwrap(), Some(first));
        let mut date = first.date;
        while date <= trained.model.last_reachable() {
            let explanation = trained.model.explain(date).unwrap().unwrap();
            let forecast = trained.model.predict(date, &[]).unwrap().mean;
            assert!((explanation.prediction() - forecast).abs() <= 1e-6 * forecast.abs().max(1.0), "{date}");
            assert_eq!((explanation.date, explanation.last_value.to_bits()), (date, first.last_value.to_bits()));
            date += Duration::days(1);
        }
        // The day of the last hour may go on.
        let before = first.date - Duration::days(1);
        assert!(trained.model.explain(before).is_err() && trained.model.explain(date).is_err());
    }
}

#[test]
fn later_parts_go_on_as_the_first_ones_begin() {
    let trained = train(&busy_account(400), &plan());
    let first = trained.model.report().explanation;
    let on = |days: i64| trained.model.explain(first.date + Duration::days(days)).unwrap().unwrap();
    let (second, week) = (on(1), on(6));
    assert!((second.trend - 2.0 * first.trend).abs() < 1e-6 && (week.trend - 7.0 * first.trend).abs() < 1e-6);
    assert!(week.weekday.abs() < 0.2 * first.weekday.abs(), "a whole week has every weekday once: {week:?}");
    assert!(second.activity > first.activity && week.activity > second.activity);
}

#[test]
fn the_parts_of_hours_add_up_to_the_forecast_of_the_end_of_the_day() {
    for hours in [72, 84, 90] {
        let mut level = 4_000.0;
        let history = hourly(noise(3).take(hours).map(|noise| {
            level += 5.0 + 6.0 * noise;
            level
        }));
        let trained = train(&history, &plan());
        assert_adds_up(&trained);
        let explanation = trained.model.report().explanation;
        assert_eq!((explanation.weekday, explanation.activity), (0.0, 0.0));
    }
}

#[test]
fn without_recorded_activity_it_explains_nothing() {
    for history in [channel(), wandering(200, 2)] {
        let trained = train(&history, &plan());
        let report = trained.model.report();
        assert!(report.explanation.activity == 0.0 && report.assumed_posts_per_day.is_none());
    }
}

#[test]
fn a_strong_weekday_shows_in_its_part() {
    // On the two days that begin each week of the history, 250 more come than on the others.
    let trained = train(&busy_account(400), &plan());
    let weekday = trained.model.report().explanation.weekday;
    assert!((130.0..220.0).contains(&weekday), "{weekday} on one of the two");
    let trained = train(&busy_account(402), &plan());
    let weekday = trained.model.report().explanation.weekday;
    assert!((-110.0..-40.0).contains(&weekday), "{weekday} on another");
}

#[test]
fn the_assumed_posts_are_those_of_late() {
    let history = busy_account(400);
    let trained = train(&history, &plan());
    let assumed = trained.model.report().assumed_posts_per_day.unwrap();
    let total = |number: usize| history[number].posts.unwrap().as_f64();
    let mean = (total(399) - total(371)) / 28.0;
    assert!((assumed - mean).abs() < 0.2 * mean, "{assumed} for {mean}");
    assert!(trained.model.report().explanation.activity > 0.0);
}

#[test]
fn assuming_what_is_assumed_anyway_moves_nothing() {
    let trained = train(&busy_account(400), &plan_of(&[ModelId::Ridge, ModelId::RandomForest]));
    let assumed = trained.model.report().assumed_posts_per_day.unwrap();
    let assuming = |posts: f64| trained.model.assuming(posts, &trained.fitted).unwrap().unwrap().model;
    let (same, more) = (assuming(assumed), assuming(assumed + 0.5));
    let last = trained.model.report().last_date;
    for ahead in 1..=90 {
        let on = |model: &dyn atalaya_application::ports::forecaster::TrainedModel| {
            model.predict(last + Duration::days(ahead), &Level::DEFAULTS).unwrap()
        };
        let usual = on(trained.model.as_ref());
        assert!((on(same.as_ref()).mean - usual.mean).abs() < 1e-6);
        assert!(on(more.as_ref()).mean > usual.mean, "{ahead} days ahead");
        assert!(on(more.as_ref()).baseline.to_bits() == usual.baseline.to_bits());
    }
}
