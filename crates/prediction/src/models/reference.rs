//! Series that anyone can look up, and what another program makes of them; see tests/data/README.md.

use proptest::prelude::*;

use super::ModelError;

mod forest;

const CLASSIC: &[u8] = include_bytes!("../../tests/data/classic_series.csv");
const CHANNEL: &[u8] = include_bytes!("../../tests/data/channel_tenko_shibuki.csv");
const FITS: &[u8] = include_bytes!("../../tests/data/statsforecast_fits.csv");
const FORECASTS: &[u8] = include_bytes!("../../tests/data/statsforecast_forecasts.csv");

/// The series that statsforecast was run on.
pub(crate) const SERIES: [&str; 3] = ["air_passengers", "nile", "channel"];

/// A model as statsforecast has fitted it. What the model does not have is 0.
#[derive(Debug)]
pub(crate) struct Recorded {
    pub(crate) alpha: f64,
    pub(crate) beta: f64,
    pub(crate) phi: f64,
    pub(crate) theta: f64,
    /// Sum of the squared errors that it has minimised.
    pub(crate) squares: f64,
    pub(crate) forecast: Vec<f64>,
}

impl Recorded {
    pub(crate) fn of(series: &str, model: &str) -> Self {
        let fit = rows(FITS).into_iter().find(|row| &row[0] == series && &row[1] == model).unwrap();
        let number = |column: usize| fit[column].parse().unwrap();
        Self {
            alpha: number(2),
            beta: number(3),
            phi: number(4),
            theta: number(5),
            squares: number(6),
            forecast: recorded_forecast(series, model),
        }
    }
}

/// The 14 steps that statsforecast has forecast.
pub(crate) fn recorded_forecast(series: &str, model: &str) -> Vec<f64> {
    let all = rows(FORECASTS).into_iter().filter(|row| &row[0] == series && &row[1] == model);
    let forecast: Vec<f64> = all.map(|row| row[3].parse().unwrap()).collect();
    assert_eq!(forecast.len(), 14, "{series} {model}");
    forecast
}

pub(crate) fn series(name: &str) -> Vec<f64> {
    if name == "channel" {
        rows(CHANNEL).iter().map(|row| row[1].parse().unwrap()).collect()
    } else {
        rows(CLASSIC).iter().filter(|row| &row[0] == name).map(|row| row[1].parse().unwrap()).collect()
    }
}

fn rows(file: &[u8]) -> Vec<csv::StringRecord> {
    csv::Reader::from_reader(file).records().map(Result::unwrap).collect()
}

/// The greatest distance of two paths, as a share of the range of the history.
pub(crate) fn apart(history: &[f64], one: &[f64], other: &[f64]) -> f64 {
    assert_eq!(one.len(), other.len());
    let range = history.iter().fold(f64::MIN, |a, b| a.max(*b)) - history.iter().fold(f64::MAX, |a, b| a.min(*b));
    one.iter().zip(other).map(|(one, other)| (one - other).abs() / range).fold(0.0, f64::max)
}

/// Histories that have broken forecasters: constant, straight, empty of followers, exploding, with a jump, short.
pub(crate) fn awkward() -> Vec<Vec<f64>> {
    let made = |length: u32, value: fn(f64) -> f64| (0..length).map(|day| value(f64::from(day))).collect::<Vec<_>>();
    vec![
        made(60, |_| 1_234.5),
        made(60, |_| 0.0),
        made(60, |day| 7.0 * day - 100.0),
        made(200, |day| 1.5_f64.powf(day)),
        made(1_000, |day| 1e290 * day * day),
        made(60, |day| if day < 59.0 { 5.0 } else { 1e9 }),
        made(60, |day| if day % 2.0 < 1.0 { 3.0 } else { -3.0 }),
        made(8, |day| (day * 1.7).sin() * 40.0),
        made(8, |_| 3.0),
        made(8, |day| day),
        made(2_000, |day| 1e12 + (day * 0.37).sin()),
    ]
}

/// That a model answers each awkward history with finite numbers.
pub(crate) fn assert_robust(forecast: impl Fn(&[f64]) -> Result<Vec<f64>, ModelError>) {
    for history in awkward() {
        let path = forecast(&history).unwrap_or_else(|error| panic!("{error}: {history:?}"));
        assert!(path.len() == 365 && path.iter().all(|value| value.is_finite()), "{path:?} after {history:?}");
    }
}

/// Histories to forecast at random.
pub(crate) fn histories(shortest: usize) -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(-1_000.0..1_000.0, shortest..60)
}

/// Holds that a forecast of a moved and stretched history is the moved and stretched forecast.
pub(crate) fn assert_moves_and_grows(
    values: &[f64],
    shift: f64,
    factor: f64,
    forecast: impl Fn(&[f64]) -> Vec<f64>,
) -> Result<(), TestCaseError> {
    let change = |values: &[f64]| values.iter().map(|value| shift + factor * value).collect::<Vec<f64>>();
    let moved = change(values);
    prop_assert!(apart(&moved, &forecast(&moved), &change(&forecast(values))) < 1e-4);
    Ok(())
}
