//! Error measures, and by what mixture of them models are ranked.

use std::str::FromStr;

/// An error measure by which models are ranked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Metric {
    /// Mean absolute error, in followers.
    Mae,
    /// Root mean squared error, in followers.
    Rmse,
    /// Mean absolute percentage error, in percent.
    Mape,
    /// Symmetric mean absolute percentage error, in percent, 0 to 200 (Makridakis 1993).
    Smape,
    /// Mean absolute scaled error (Hyndman & Koehler 2006).
    Mase,
    /// Coefficient of determination; the only one here of which more is better.
    R2,
}

impl Metric {
    /// Every measure.
    pub const ALL: [Self; 6] = [Self::Mae, Self::Rmse, Self::Mape, Self::Smape, Self::Mase, Self::R2];

    /// The wire word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mae => "mae",
            Self::Rmse => "rmse",
            Self::Mape => "mape",
            Self::Smape => "smape",
            Self::Mase => "mase",
            Self::R2 => "r2_score",
        }
    }
}

impl FromStr for Metric {
    type Err = UnknownMetric;

    fn from_str(text: &str) -> Result<Self, UnknownMetric> {
        match text {
            "mae" => Ok(Self::Mae),
            "rmse" => Ok(Self::Rmse),
            "mape" => Ok(Self::Mape),
            "smape" => Ok(Self::Smape),
            "mase" => Ok(Self::Mase),
            "r2" | "r2_score" => Ok(Self::R2),
            _ => Err(UnknownMetric),
        }
    }
}

/// A word that names no error measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such metric")]
pub struct UnknownMetric;

/// By what mixture of measures models are ranked; the weights are not negative and one is above zero.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricWeights(Vec<(Metric, f64)>);

impl MetricWeights {
    /// The largest weight: sums of weighted errors stay far from the ends of a float.
    pub const LARGEST: f64 = 1e6;

    /// # Errors
    /// [`InvalidWeights`] when a weight is not a number from 0 to [`Self::LARGEST`], or when none is above zero.
    pub fn new(weights: Vec<(Metric, f64)>) -> Result<Self, InvalidWeights> {
        let sound = weights.iter().all(|(_, weight)| (0.0..=Self::LARGEST).contains(weight));
        if sound && weights.iter().any(|(_, weight)| *weight > 0.0) { Ok(Self(weights)) } else { Err(InvalidWeights) }
    }

    /// The measures and their weights.
    #[must_use]
    pub fn as_slice(&self) -> &[(Metric, f64)] {
        &self.0
    }
}

impl Default for MetricWeights {
    /// MASE alone.
    fn default() -> Self {
        Self(vec![(Metric::Mase, 1.0)])
    }
}

/// Weights of which one is out of bounds or not a number, or of which none counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("weights are numbers from 0 to {}, and at least one is above zero", MetricWeights::LARGEST)]
pub struct InvalidWeights;
