//! Histories to train on.

use atalaya_application::ports::forecaster::{Forecaster, History, Trained, TrainingError, TrainingPlan, Unobserved};
use atalaya_domain::forecast::{GridChoice, MetricWeights, ModelId};
use atalaya_domain::observation::{Followers, Observation, whole_followers};
use atalaya_prediction::SmartForecaster;
use chrono::{DateTime, Duration, NaiveDate, Utc};
use chrono_tz::Tz;

pub(crate) const LIMA: Tz = chrono_tz::America::Lima;

/// Noon in Lima on the first day of every made-up daily history.
const BEGIN: &str = "2022-01-01T17:00:00Z";

pub(crate) fn begin() -> DateTime<Utc> {
    BEGIN.parse().unwrap()
}

pub(crate) fn day(number: i64) -> NaiveDate {
    begin().with_timezone(&LIMA).date_naive() + Duration::days(number)
}

pub(crate) fn observation(at: DateTime<Utc>, followers: f64) -> Observation {
    Observation { at, followers: whole_followers(followers), posts: None, following: None }
}

/// One observation a day.
pub(crate) fn daily(values: impl IntoIterator<Item = f64>) -> Vec<Observation> {
    values.into_iter().zip(0..).map(|(value, number)| observation(begin() + Duration::days(number), value)).collect()
}

/// One observation an hour.
pub(crate) fn hourly(values: impl IntoIterator<Item = f64>) -> Vec<Observation> {
    values.into_iter().zip(0..).map(|(value, number)| observation(begin() + Duration::hours(number), value)).collect()
}

/// Numbers from -0.5 to 0.5 that look random and are the same every time.
pub(crate) fn noise(seed: u64) -> impl Iterator<Item = f64> {
    let mut state = seed;
    std::iter::repeat_with(move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f64::from(u32::try_from(state >> 32).unwrap()) / f64::from(u32::MAX) - 0.5
    })
}

/// Standard normal numbers (Box & Muller 1958), the same every time.
pub(crate) fn normals(seed: u64) -> impl Iterator<Item = f64> {
    let mut uniform = noise(seed).map(|noise| (noise + 0.5).clamp(1e-9, 1.0));
    std::iter::repeat_with(move || {
        let radius = (-2.0 * uniform.next().unwrap().ln()).sqrt();
        radius * (std::f64::consts::TAU * uniform.next().unwrap()).cos()
    })
}

/// A random walk of whole values: from `level`, with a mean change a step and the deviation of the changes.
pub(crate) fn walk(points: usize, seed: u64, level: f64, drift: f64, deviation: f64) -> Vec<f64> {
    let mut level = level;
    let step = |normal: f64| {
        level += drift + deviation * normal;
        level.round()
    };
    normals(seed).take(points).map(step).collect()
}

/// An account of 100,000 that gains 60 a day, with a deviation of 40.
pub(crate) fn account(days: usize, seed: u64) -> Vec<f64> {
    walk(days, seed, 100_000.0, 60.0, 40.0)
}

/// A growing account with a weekly rhythm, whose followers come with its posts.
pub(crate) fn busy_account(days: u32) -> Vec<Observation> {
    let (mut followers, mut total) = (300_000.0, 1_000_u64);
    (0..days)
        .zip(noise(11).zip(noise(12)))
        .map(|(number, (noise, whim))| {
            let posts = (0..3).filter(|hurdle| whim > 0.25 * f64::from(*hurdle) - 0.25).count();
            total += u64::try_from(posts).unwrap();
            let weekend = if number % 7 < 2 { 250.0 } else { 0.0 };
            followers += 20.0 + weekend + 12.0 * f64::from(u8::try_from(posts).unwrap()) + 20.0 * noise;
            let posts = Followers::new(total).unwrap();
            Observation { posts: Some(posts), ..observation(begin() + Duration::days(number.into()), followers) }
        })
        .collect()
}

/// A random walk with drift.
pub(crate) fn wandering(days: usize, seed: u64) -> Vec<Observation> {
    let mut level = 50_000.0;
    daily(noise(seed).take(days).map(|noise| {
        level += 5.0 + 60.0 * noise;
        level
    }))
}

/// 130 real days of a public channel; see tests/data/README.md.
pub(crate) fn channel() -> Vec<Observation> {
    let mut reader = csv::Reader::from_reader(include_bytes!("../data/channel_tenko_shibuki.csv").as_slice());
    reader
        .records()
        .map(|row| row.unwrap())
        .map(|row| observation(row[0].parse().unwrap(), row[1].parse().unwrap()))
        .collect()
}

pub(crate) fn plan() -> TrainingPlan {
    TrainingPlan {
        models: Vec::new(),
        weights: MetricWeights::default(),
        grid: GridChoice::Auto,
        max_horizon_days: 90,
        covariates: Vec::new(),
    }
}

pub(crate) fn plan_of(models: &[ModelId]) -> TrainingPlan {
    TrainingPlan { models: models.to_vec(), ..plan() }
}

pub(crate) fn try_train(observations: &[Observation], plan: &TrainingPlan) -> Result<Trained, TrainingError> {
    SmartForecaster::new().train(History { observations, time_zone: LIMA }, plan, &Unobserved)
}

pub(crate) fn train(observations: &[Observation], plan: &TrainingPlan) -> Trained {
    try_train(observations, plan).unwrap()
}
