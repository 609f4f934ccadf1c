//! What is compared, what serves, what is refused.

use std::sync::Mutex;

use atalaya_application::ports::forecaster::{Forecaster, History, TrainingError, TrainingObserver};
use atalaya_domain::forecast::{Grid, Metric, MetricWeights, ModelId, Warning};
use atalaya_prediction::SmartForecaster;
use chrono::Duration;

use crate::fixtures::{
    LIMA, begin, busy_account, channel, daily, day, hourly, noise, observation, plan, plan_of, train, try_train,
    wandering,
};

#[test]
fn every_model_is_compared_on_a_real_channel() {
    let trained = train(&channel(), &plan());
    let report = trained.model.report();
    let mut compared: Vec<ModelId> = report.scores.iter().map(|score| score.model).collect();
    compared.sort();
    assert_eq!(compared, ModelId::ALL, "{:?}", report.failures);
    assert_eq!(report.grid, Grid::Daily);
    assert!(report.warnings.is_empty(), "{:?}", report.warnings);
    assert!(report.scores.is_sorted_by(|a, b| a.mase <= b.mase));
    assert_eq!(report.served, report.scores[0].model);
    assert!(report.score_of(report.served).unwrap().mase.unwrap() < 1.0);
}

#[test]
fn baselines_are_compared_even_where_the_plan_names_other_models() {
    let trained = train(&wandering(200, 3), &plan_of(&[ModelId::Ridge]));
    let mut compared: Vec<ModelId> = trained.model.report().scores.iter().map(|score| score.model).collect();
    compared.sort();
    assert_eq!(compared, [ModelId::Naive, ModelId::Drift, ModelId::SeasonalNaive, ModelId::Ridge]);
}

#[test]
fn a_regressor_serves_where_posts_bring_followers() {
    let trained = train(&busy_account(400), &plan());
    let report = trained.model.report();
    assert!(!report.served.is_baseline(), "{:?}", report.scores);
    assert!(!report.warnings.contains(&Warning::BaselineServes));
    let total: f64 = report.features.iter().map(|feature| feature.importance).sum();
    assert!((total - 1.0).abs() < 1e-9);
    assert!(report.features.is_sorted_by(|a, b| a.importance >= b.importance));
    assert!(report.features.iter().any(|feature| feature.name == "posts" && feature.importance > 0.0));
    assert!(report.training_samples > 300);
}

#[test]
fn the_best_baseline_serves_where_no_regressor_beats_it() {
    let straight = daily((0..120).map(|day| 1_000.0 + 7.0 * f64::from(day)));
    let trained = train(&straight, &plan());
    let report = trained.model.report();
    assert_eq!(report.served, ModelId::Drift);
    assert!(report.warnings.contains(&Warning::BaselineServes));
    assert!(report.features.iter().all(|feature| feature.importance == 0.0));
    assert!(report.failures.iter().all(|(model, why)| !model.is_baseline() && !why.is_empty()));
}

#[test]
fn weights_decide_the_ranking() {
    let history = wandering(200, 5);
    let weights = MetricWeights::new(vec![(Metric::Rmse, 2.0), (Metric::R2, 1.0)]).unwrap();
    let ranked = train(&history, &atalaya_application::ports::forecaster::TrainingPlan { weights, ..plan() });
    assert!(ranked.model.report().scores.is_sorted_by(|a, b| a.rmse <= b.rmse));
}

#[test]
fn a_few_days_of_hours_get_an_hourly_grid_served_two_weeks_ahead() {
    let mut level = 1_000.0;
    let history = hourly(noise(9).take(84).map(|noise| {
        level += 4.0 * noise;
        level
    }));
    let trained = train(&history, &plan());
    let report = trained.model.report();
    assert_eq!(report.grid, Grid::Hourly);
    assert!(report.warnings.contains(&Warning::HourlyGrid));
    assert!(report.warnings.contains(&Warning::ShortHistory));
    assert_eq!(trained.model.last_reachable(), report.last_date + Duration::days(14));
    assert!(report.failures.iter().all(|(_, why)| why.contains("season")), "{:?}", report.failures);
}

#[test]
fn thirty_days_are_daily_however_many_hours_there_are() {
    let history = hourly((0..30 * 24).map(f64::from));
    assert_eq!(train(&history, &plan()).model.report().grid, Grid::Daily);
}

#[test]
fn hours_that_never_follow_one_another_make_no_hourly_grid() {
    let twice_a_day = (0..50).map(|number| observation(begin() + Duration::hours(12 * number), 500.0));
    let history: Vec<_> = twice_a_day.collect();
    assert_eq!(train(&history, &plan()).model.report().grid, Grid::Daily);
}

#[test]
fn eight_days_are_enough_and_seven_are_refused() {
    assert!(try_train(&daily((0..8).map(f64::from)), &plan()).is_ok());
    let refused = try_train(&daily((0..7).map(f64::from)), &plan());
    assert!(matches!(refused, Err(TrainingError::InsufficientData { found: 7, needed: 8 })));
    let nothing = try_train(&[], &plan());
    assert!(matches!(nothing, Err(TrainingError::InsufficientData { found: 0, needed: 8 })));
}

#[test]
fn a_day_ends_at_midnight_in_the_accounts_time_zone() {
    let mut history = daily((0..40).map(f64::from));
    // 23:30 in Lima is the next day in UTC.
    let late = day(39).and_hms_opt(23, 30, 0).unwrap().and_local_timezone(LIMA).unwrap().to_utc();
    history.push(observation(late, 500.0));
    let trained = train(&history, &plan());
    assert_eq!(trained.model.report().last_date, day(39));
    assert_eq!(trained.model.report().data_until, late);
}

#[test]
fn gaps_are_named_and_left_out_of_training() {
    let whole = wandering(200, 8);
    let holed: Vec<_> = whole.iter().enumerate().filter(|(number, _)| number % 50 != 20).map(|(_, o)| *o).collect();
    let (whole, holed) = (train(&whole, &plan_of(&[ModelId::Linear])), train(&holed, &plan_of(&[ModelId::Linear])));
    assert!(!whole.model.report().warnings.contains(&Warning::GapsInHistory));
    assert!(holed.model.report().warnings.contains(&Warning::GapsInHistory));
    assert!(holed.model.report().training_samples < whole.model.report().training_samples);
}

#[test]
fn one_observation_a_month_still_gives_a_forecast() {
    let monthly: Vec<_> = (0..40)
        .map(|n| observation(begin() + Duration::days(30 * n), 1_000.0 + 30.0 * f64::from(u8::try_from(n).unwrap())))
        .collect();
    let trained = train(&monthly, &plan());
    let report = trained.model.report();
    assert!(report.test_samples >= 8 && report.served.is_baseline());
    let forecast = trained.model.predict(report.last_date + Duration::days(30), &[]).unwrap();
    assert!((forecast.mean - 2_200.0).abs() < 1.0, "{forecast:?}");
}

#[derive(Default)]
struct Watcher {
    seen: Mutex<Vec<(u32, u32)>>,
    patience: Option<usize>,
}

impl TrainingObserver for Watcher {
    fn progress(&self, done: u32, total: u32) {
        self.seen.lock().unwrap().push((done, total));
    }

    fn cancelled(&self) -> bool {
        self.patience.is_some_and(|patience| self.seen.lock().unwrap().len() > patience)
    }
}

#[test]
fn progress_rises_to_its_total() {
    let watcher = Watcher::default();
    let history = channel();
    SmartForecaster::new().train(History { observations: &history, time_zone: LIMA }, &plan(), &watcher).unwrap();
    let seen = watcher.seen.into_inner().unwrap();
    let (done, total) = *seen.last().unwrap();
    assert_eq!(done, total);
    assert!(seen.is_sorted() && seen.iter().all(|(_, each)| *each == total));
}

#[test]
fn a_cancelled_run_stops_between_fits() {
    let watcher = Watcher { patience: Some(5), ..Watcher::default() };
    let history = channel();
    let stopped = SmartForecaster::new().train(History { observations: &history, time_zone: LIMA }, &plan(), &watcher);
    assert!(matches!(stopped, Err(TrainingError::Cancelled)));
    assert_eq!(watcher.seen.into_inner().unwrap().len(), 6);
}
