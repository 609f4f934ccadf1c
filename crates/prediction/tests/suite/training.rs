//! What is compared, what serves, what is refused.

use atalaya_application::ports::forecaster::{TrainingError, TrainingPlan};
use atalaya_domain::forecast::{Grid, GridChoice, Metric, MetricWeights, ModelId, Warning};
use chrono::Duration;

use crate::fixtures::{
    LIMA, begin, busy_account, channel, daily, day, hourly, noise, observation, plan, plan_of, train, try_train, walk,
    wandering,
};

#[test]
fn every_model_is_compared_on_a_real_channel() {
    let trained = train(&channel(), &plan());
    let report = trained.model.report();
    let mut compared: Vec<ModelId> = report.scores.iter().map(|score| score.model).collect();
    compared.sort();
    assert_eq!(compared, ModelId::ALL, "{:?}", report.failures);
    assert!(report.members.len() > 1 && report.failures.is_empty());
    assert_eq!(report.origins, 10);
    assert_eq!(report.grid, Grid::Daily);
    assert!(report.warnings.is_empty(), "{:?}", report.warnings);
    assert!(report.scores.is_sorted_by(|a, b| a.mase <= b.mase));
    assert_eq!(report.served, report.members[0].model);
    assert!(report.served_score().unwrap().mase < report.score_of(ModelId::Naive).unwrap().mase);
}

#[test]
fn a_regressor_serves_where_posts_bring_followers() {
    let trained = train(&busy_account(400), &plan());
    let report = trained.model.report();
    assert!(!report.served.is_baseline(), "{:?}", report.scores);
    assert!(!report.warnings.contains(&Warning::BaselineServes));
    // In followers a step, of which this account gains about a hundred.
    assert!(report.features.iter().all(|feature| (0.0..300.0).contains(&feature.importance)));
    assert!(report.features[0].importance > 10.0);
    assert!(report.features.is_sorted_by(|a, b| a.importance >= b.importance));
    assert!(report.features.iter().any(|feature| feature.name == "posts" && feature.importance > 0.0));
    assert!(report.training_samples > 300);
}

#[test]
fn a_straight_line_goes_on_whoever_serves() {
    let straight = daily((0..120).map(|day| 1_000.0 + 7.0 * f64::from(day)));
    let trained = train(&straight, &plan());
    let report = trained.model.report();
    assert!(report.baseline.is_baseline());
    assert!(report.features.iter().all(|feature| feature.importance == 0.0));
    assert!(report.failures.iter().all(|(model, why)| !model.is_baseline() && !why.is_empty()));
    let forecast = trained.model.predict(report.last_date + Duration::days(90), &[]).unwrap();
    assert!((forecast.mean - (1_000.0 + 7.0 * 209.0)).abs() < 1.0, "{forecast:?}");
}

#[test]
fn where_nothing_is_to_be_known_the_forecast_stays_near_the_last_value() {
    let (mut served, mut naive, mut cautious) = (0.0, 0.0, 0);
    for seed in 0..24 {
        let values = walk(174, 1_000 + seed, 50_000.0, 0.0, 30.0);
        let (known, future) = values.split_at(160);
        let trained = train(&daily(known.iter().copied()), &plan());
        for (truth, date) in future.iter().zip(160..) {
            served += (trained.model.predict(day(date), &[]).unwrap().mean - truth).abs();
            naive += (known[159] - truth).abs();
        }
        cautious += u32::from(trained.model.report().warnings.contains(&Warning::BaselineServes));
    }
    assert!(served < 1.05 * naive, "{served} against {naive}");
    assert!(cautious > 12, "{cautious} of 24");
}

#[test]
fn weights_decide_the_ranking() {
    let history = wandering(200, 5);
    let weights = MetricWeights::new(vec![(Metric::Rmse, 2.0), (Metric::R2, 1.0)]).unwrap();
    let ranked = train(&history, &TrainingPlan { weights, ..plan() });
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
    assert!(!report.warnings.contains(&Warning::ShortHistory) && report.origins >= 5);
    assert_eq!(trained.model.last_reachable(), report.last_date + Duration::days(14));
}

#[test]
fn thirty_days_are_daily_however_many_hours_there_are() {
    let history = hourly((0..30 * 24).map(f64::from));
    assert_eq!(train(&history, &plan()).model.report().grid, Grid::Daily);
}

#[test]
fn a_grid_that_is_told_is_taken_where_there_is_enough_for_it() {
    let told = |grid| TrainingPlan { grid, ..plan() };
    let hours = hourly((0..30 * 24).map(f64::from));
    let trained = train(&hours, &told(GridChoice::Hour));
    assert_eq!((trained.model.report().grid, trained.model.report().grid_asked), (Grid::Hourly, GridChoice::Hour));
    let days = hourly((0..10 * 24).map(f64::from));
    assert_eq!(train(&days, &told(GridChoice::Auto)).model.report().grid, Grid::Hourly);
    assert_eq!(train(&days, &told(GridChoice::Day)).model.report().grid, Grid::Daily);
    let few = try_train(&daily((0..100).map(f64::from)), &told(GridChoice::Hour));
    assert!(matches!(few, Err(TrainingError::InsufficientHours { found: 60, needed: 48 })));
    let short = try_train(&hourly((0..150).map(f64::from)), &told(GridChoice::Day));
    assert!(matches!(short, Err(TrainingError::InsufficientData { found: 7, needed: 8 })));
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
