//! What a training run, opening an artifact and answering a date cost.

use std::hint::black_box;

use atalaya_application::ports::forecaster::{Forecaster, History, Trained, TrainingPlan, Unobserved};
use atalaya_domain::forecast::{Level, MetricWeights};
use atalaya_domain::observation::{Observation, whole_followers};
use atalaya_prediction::SmartForecaster;
use chrono::{DateTime, Duration};
use criterion::Criterion;

/// Three years of days with a trend, a weekly rhythm and noise, and posts.
fn three_years() -> Vec<Observation> {
    let (mut state, mut followers, mut total) = (7_u64, 300_000.0, 0.0);
    (0_i64..1_095)
        .map(|day| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let noise = f64::from(u32::try_from(state >> 32).unwrap_or_default()) / f64::from(u32::MAX);
            let weekday = f64::from(u8::try_from(day % 7).unwrap_or_default());
            total += (6.0 * noise).floor();
            followers += 40.0 + 15.0 * (weekday - 3.0) + 30.0 * noise;
            let at = DateTime::from_timestamp_secs(1_640_991_600).unwrap_or_default() + Duration::days(day);
            Observation {
                at,
                followers: whole_followers(followers),
                posts: Some(whole_followers(total)),
                following: None,
            }
        })
        .collect()
}

fn train(observations: &[Observation]) -> Option<Trained> {
    let plan = TrainingPlan { models: Vec::new(), weights: MetricWeights::default(), max_horizon_days: 365 };
    SmartForecaster::new().train(History { observations, time_zone: chrono_tz::America::Lima }, &plan, &Unobserved).ok()
}

fn main() {
    let mut criterion = Criterion::default().sample_size(10).configure_from_args();
    let history = three_years();
    criterion.bench_function("train 1,095 days, all models", |bench| bench.iter(|| train(black_box(&history))));
    if let Some(trained) = train(&history) {
        let forecaster = SmartForecaster::new();
        criterion.bench_function("open an artifact", |bench| {
            bench.iter(|| forecaster.open(black_box(&trained.artifact)).is_ok());
        });
        let date = trained.model.report().last_date + Duration::days(30);
        criterion.bench_function("predict a date", |bench| {
            bench.iter(|| trained.model.predict(black_box(date), &Level::DEFAULTS));
        });
    }
    criterion.final_summary();
}
