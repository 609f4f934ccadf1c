//! What is timed: made histories, and a forest's made problem.

use std::error::Error;
use std::sync::Arc;

use atalaya_application::ports::forecaster::{
    AccountOutlook, Forecaster, History, Trained, TrainedModel, TrainingError, TrainingPlan, Unobserved,
};
use atalaya_domain::forecast::{GridChoice, Level, MetricWeights, ModelId, OutOfReach, TogetherForecast};
use atalaya_domain::observation::{Observation, whole_followers};
use atalaya_prediction::{Sequence, SequenceForecast, SmartForecaster};
use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime};
use smartcore::ensemble::random_forest_regressor::{RandomForestRegressor, RandomForestRegressorParameters};
use smartcore::error::Failed;
use smartcore::linalg::basic::matrix::DenseMatrix;

/// Inputs of the forest's problem.
const WIDTH: usize = 15;
/// Trees of the timed forest.
pub(crate) const TREES: u16 = 100;
/// Inputs that each of its splits looks at: all, as is usual in scikit-learn, and a third (Breiman 2001).
pub(crate) const TRIED: [usize; 2] = [WIDTH, WIDTH / 3];

/// How far ahead sums of one account and totals of many are asked for.
pub(crate) const FURTHEST: Duration = Duration::days(90);
/// Accounts of a company.
const ACCOUNTS: u64 = 100;

/// Numbers from 0 to 1 by a congruential generator (Knuth's multiplier).
fn numbers(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed;
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f64::from(u32::try_from(state >> 32).unwrap_or_default()) / f64::from(u32::MAX)
    }
}

/// So many days of one account: a trend, a weekly rhythm, noise, and posts. Another seed is another account.
pub(crate) fn history(days: u16, seed: u64) -> Vec<Observation> {
    let mut next = numbers(seed);
    let (mut followers, mut posts) = (300_000.0, 0.0);
    let observation = |day: u16| {
        let noise = next();
        posts += (6.0 * noise).floor();
        followers += 40.0 + 15.0 * (f64::from(day % 7) - 3.0) + 30.0 * noise;
        let at = DateTime::from_timestamp_secs(946_702_800).unwrap_or_default() + Duration::days(day.into());
        Observation { at, followers: whole_followers(followers), posts: Some(whole_followers(posts)), following: None }
    };
    (0..days).map(observation).collect()
}

/// A whole training run: all models, forecasts for a year.
///
/// # Errors
/// As the forecaster's.
pub(crate) fn train(observations: &[Observation]) -> Result<Trained, TrainingError> {
    train_with(observations, Vec::new())
}

fn train_with(observations: &[Observation], models: Vec<ModelId>) -> Result<Trained, TrainingError> {
    let plan = TrainingPlan {
        models,
        weights: MetricWeights::default(),
        grid: GridChoice::Auto,
        max_horizon_days: 365,
        covariates: Vec::new(),
    };
    SmartForecaster::new().train(History { observations, time_zone: chrono_tz::America::Lima }, &plan, &Unobserved)
}

/// The models of a company's accounts, of 200 days each: what is asked of them takes the same time whichever models
/// they were chosen from.
///
/// # Errors
/// As the forecaster's.
pub(crate) fn company() -> Result<Vec<Arc<dyn TrainedModel>>, TrainingError> {
    (0..ACCOUNTS).map(|seed| Ok(train_with(&history(200, seed), vec![ModelId::Drift])?.model)).collect()
}

/// A company's followers on a date.
///
/// # Errors
/// [`OutOfReach`] where an account has no forecast for it.
pub(crate) fn total_of(company: &[Arc<dyn TrainedModel>], date: NaiveDate) -> Result<TogetherForecast, OutOfReach> {
    let outlooks: Vec<AccountOutlook> = company.iter().map(|model| model.outlook(date)).collect::<Result<_, _>>()?;
    Ok(SmartForecaster::new().together(&outlooks, &Level::DEFAULTS))
}

/// A forecast of two weeks from a series of so many days, of which, other than of an account's, every point counts.
///
/// # Errors
/// As the forecaster's.
pub(crate) fn forecast_series(days: u16) -> Result<SequenceForecast, Box<dyn Error + Send + Sync>> {
    let mut next = numbers(7);
    let mut value = 300_000.0;
    let point = |day: u16| {
        value += 40.0 + 15.0 * (f64::from(day % 7) - 3.0) + 30.0 * next();
        (NaiveDateTime::default() + Duration::days(day.into()), value)
    };
    let sequence = Sequence::new(&(0..days).map(point).collect::<Vec<_>>())?;
    Ok(SmartForecaster::new().forecast(&sequence, 14, &Level::DEFAULTS, &Unobserved)?)
}

/// Rows of the first problem of Friedman (1991) with ten inputs that say nothing, and their targets.
pub(crate) fn friedman(rows: u16) -> (Vec<Vec<f64>>, Vec<f64>) {
    let mut next = numbers(2024);
    let row = |_| {
        let x: Vec<f64> = (0..WIDTH).map(|_| next()).collect();
        let noise = (0..12).map(|_| next()).sum::<f64>() - 6.0;
        let place = |input: usize| x.get(input).copied().unwrap_or_default();
        let product = (std::f64::consts::PI * place(0) * place(1)).sin();
        let y = 10.0 * product + 20.0 * (place(2) - 0.5).powi(2) + 10.0 * place(3) + 5.0 * place(4) + noise;
        (x, y)
    };
    (0..rows).map(row).unzip()
}

/// A forest's matrix.
///
/// # Errors
/// Where the rows are not of one width.
pub(crate) fn matrix(rows: &Vec<Vec<f64>>) -> Result<DenseMatrix<f64>, Failed> {
    DenseMatrix::from_2d_vec(rows)
}

/// A random forest of fully grown trees whose splits look at `tried` inputs.
///
/// # Errors
/// As smartcore's.
pub(crate) fn forest(
    x: &DenseMatrix<f64>,
    y: &Vec<f64>,
    tried: usize,
) -> Result<RandomForestRegressor<f64, f64, DenseMatrix<f64>, Vec<f64>>, Failed> {
    let parameters = RandomForestRegressorParameters::default().with_n_trees(TREES.into()).with_m(tried).with_seed(1);
    RandomForestRegressor::fit(x, y, parameters)
}
