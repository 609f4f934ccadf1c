//! The measures of the M4 competition with m = 1 (Makridakis et al. 2020), for one window and on average.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{available_parallelism, scope};
use std::time::Instant;

use atalaya_application::ports::forecaster::Unobserved;
use atalaya_domain::forecast::Level;
use atalaya_prediction::{Sequence, SmartForecaster};
use chrono::NaiveDateTime;

/// Values with their dates.
pub(crate) type Points = Vec<(NaiveDateTime, f64)>;

/// The scores of one window, or their means: sMAPE in percent, MASE and MSIS scaled by the one-step changes of the
/// training part.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Scores {
    pub(crate) smape: f64,
    mase: f64,
    naive_smape: f64,
    naive_mase: f64,
    /// Shares of the points inside their intervals, 0 to 1.
    pub(crate) covered_80: f64,
    pub(crate) covered_95: f64,
    /// Of the 95 % interval.
    pub(crate) msis: f64,
    pub(crate) milliseconds: f64,
}

/// One window: its scores, and for each step whether the 80 % and the 95 % interval held.
#[derive(Debug, Clone)]
pub(crate) struct Window {
    pub(crate) scores: Scores,
    pub(crate) held: Vec<[bool; 2]>,
}

/// Scores windows, each a past and the values after it, on all cores.
pub(crate) fn score_all(windows: &[(Points, Vec<f64>)]) -> Vec<Window> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut scored = Vec::new();
        while let Some((past, truth)) = windows.get(next.fetch_add(1, Ordering::Relaxed)) {
            scored.extend(Window::of(past, truth));
        }
        scored
    };
    scope(|threads| {
        let workers = available_parallelism().map_or(1, usize::from);
        let running: Vec<_> = (0..workers).map(|_| threads.spawn(work)).collect();
        running.into_iter().filter_map(|thread| thread.join().ok()).flatten().collect()
    })
}

impl Window {
    /// Forecasts a window from nothing but its past; `None` where that is impossible.
    fn of(past: &Points, truth: &[f64]) -> Option<Self> {
        let begun = Instant::now();
        let sequence = Sequence::new(past).ok()?;
        let forecast = SmartForecaster::new().forecast(&sequence, truth.len(), &Level::DEFAULTS, &Unobserved).ok()?;
        let milliseconds = begun.elapsed().as_secs_f64() * 1e3;
        let changes = past.windows(2).filter_map(|pair| Some((pair.last()?.1 - pair.first()?.1).abs()));
        let scale = average(&changes.collect::<Vec<_>>());
        let means: Vec<f64> = forecast.points.iter().map(|point| point.mean).collect();
        let naive = vec![past.last()?.1; truth.len()];
        let held: Vec<[bool; 2]> = forecast
            .points
            .iter()
            .zip(truth)
            .map(|(point, truth)| {
                [0, 1].map(|place: usize| point.intervals.get(place).is_some_and(|interval| interval.contains(*truth)))
            })
            .collect();
        let inside = |of: fn(&[bool; 2]) -> bool| {
            average(&held.iter().map(|held| f64::from(u8::from(of(held)))).collect::<Vec<_>>())
        };
        let interval_score = forecast
            .points
            .iter()
            .zip(truth)
            .filter_map(|(point, truth)| Some(point.intervals.get(1)?.score(*truth) / scale));
        let scores = Scores {
            smape: smape(truth, &means),
            mase: mean_error(truth, &means) / scale,
            naive_smape: smape(truth, &naive),
            naive_mase: mean_error(truth, &naive) / scale,
            covered_80: inside(|held| held[0]),
            covered_95: inside(|held| held[1]),
            msis: average(&interval_score.collect::<Vec<_>>()),
            milliseconds,
        };
        Some(Self { scores, held })
    }
}

impl Scores {
    pub(crate) fn mean(scores: &[Self]) -> Self {
        let of = |pick: fn(&Self) -> f64| average(&scores.iter().map(pick).collect::<Vec<_>>());
        Self {
            smape: of(|score| score.smape),
            mase: of(|score| score.mase),
            naive_smape: of(|score| score.naive_smape),
            naive_mase: of(|score| score.naive_mase),
            covered_80: of(|score| score.covered_80),
            covered_95: of(|score| score.covered_95),
            msis: of(|score| score.msis),
            milliseconds: of(|score| score.milliseconds),
        }
    }

    /// sMAPE and MASE relative to those of the last value, averaged: below 1 is better than repeating it.
    pub(crate) fn owa(&self) -> f64 {
        f64::midpoint(self.smape / self.naive_smape, self.mase / self.naive_mase)
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of series and points, far below 2^53")]
pub(crate) fn average(values: &[f64]) -> f64 {
    if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / values.len() as f64 }
}

fn mean_error(truth: &[f64], forecast: &[f64]) -> f64 {
    average(&truth.iter().zip(forecast).map(|(truth, forecast)| (truth - forecast).abs()).collect::<Vec<_>>())
}

fn smape(truth: &[f64], forecast: &[f64]) -> f64 {
    let term = |(truth, forecast): (&f64, &f64)| {
        let size = truth.abs() + forecast.abs();
        if size > 0.0 { 200.0 * (truth - forecast).abs() / size } else { 0.0 }
    };
    average(&truth.iter().zip(forecast).map(term).collect::<Vec<_>>())
}
