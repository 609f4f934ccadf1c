//! A series as it is seen at an origin where covariates enter.

use std::sync::Arc;

use super::columns::{Column, Origin};
use super::effect::{Effect, effects};
use crate::backtest::Design;
use crate::numeric::{mean, tail};
use crate::series::Series;

/// Steps over which an input of the regressors averages a column beside the step's own value.
const AVERAGED: usize = 7;

/// What an origin knows of columns, history and future, and what they bring.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Ahead {
    /// By column and grid index.
    columns: Vec<Vec<f64>>,
    /// Followers that the columns have brought up to and including each grid index.
    total: Vec<f64>,
}

impl Ahead {
    fn new(columns: Vec<Vec<f64>>, effects: &[Effect]) -> Self {
        let steps = columns.first().map_or(0, Vec::len);
        let brought = |index: usize| -> f64 {
            let values = columns.iter().map(|column| column.get(index).copied().unwrap_or_default());
            effects.iter().zip(values).map(|(effect, value)| effect.drawn * value).sum()
        };
        let mut sum = 0.0;
        let total = (0..steps).map(|index| {
            sum += brought(index);
            sum
        });
        Self { total: total.collect(), columns }
    }

    /// The values of each column by grid index, history and future.
    pub(crate) fn columns(&self) -> &[Vec<f64>] {
        &self.columns
    }

    /// Followers that the columns bring after `origin` until the end of a step; beyond what is known, as many as until
    /// the last step that is.
    pub(crate) fn brought(&self, origin: usize, index: usize) -> f64 {
        let until = |index: usize| self.total.get(index).or(self.total.last()).copied().unwrap_or_default();
        until(index) - until(origin)
    }

    /// The inputs of a step: of each column its value, and its mean over the latest steps.
    pub(crate) fn inputs(&self, index: usize) -> impl Iterator<Item = f64> {
        self.columns.iter().flat_map(move |column| {
            let until = column.get(..=index).unwrap_or(column);
            [until.last().copied().unwrap_or_default(), mean(tail(until, AVERAGED))]
        })
    }

    /// Names of the inputs of a column.
    pub(crate) fn names(column: &str) -> [String; 2] {
        [format!("covariate_{column}"), format!("covariate_{column}_mean_{AVERAGED}")]
    }
}

/// A series without what columns brought until an origin.
#[derive(Debug)]
pub(crate) struct View {
    pub(crate) series: Series,
    pub(crate) ahead: Arc<Ahead>,
    /// Of the columns, in their order.
    pub(crate) effects: Vec<Effect>,
    /// The first step of which nothing is known, of each column.
    pub(crate) assumed_from: Vec<usize>,
}

impl View {
    /// What an origin knows, up to and including the step `end`.
    pub(crate) fn at(series: &Series, columns: &[&Column], origin: Origin, end: usize) -> Self {
        let known: Vec<_> = columns.iter().map(|column| column.known(origin, end)).collect();
        let assumed_from = known.iter().map(|known| known.assumed_from).collect();
        let values: Vec<Vec<f64>> = known.into_iter().map(|known| known.values).collect();
        let slices: Vec<&[f64]> = values.iter().map(Vec::as_slice).collect();
        let effects = effects(series, origin.index, &slices);
        let ahead = Ahead::new(values, &effects);
        let to_come: Vec<f64> = (0..series.len()).map(|at| ahead.brought(at.min(origin.index), origin.index)).collect();
        Self { series: series.without(&to_come), ahead: Arc::new(ahead), effects, assumed_from }
    }
}

/// The views of a run.
#[derive(Debug)]
pub(crate) struct Views {
    /// At the origin of each split of the design.
    pub(crate) at_splits: Vec<View>,
    /// At the end of the history.
    pub(crate) at_end: View,
    /// Names of the columns.
    pub(crate) names: Vec<String>,
}

impl Views {
    /// Of columns over a design, and `steps` ahead at the end of the history.
    pub(crate) fn new(series: &Series, design: &Design, columns: &[&Column], steps: usize) -> Self {
        let at_splits = design.splits.iter().map(|split| {
            let end = split.targets.last().copied().unwrap_or(split.origin);
            View::at(series, columns, Origin::past(split.origin), end)
        });
        Self {
            at_splits: at_splits.collect(),
            at_end: View::at(series, columns, Origin::now(series.last()), series.last() + steps),
            names: columns.iter().map(|column| column.name.clone()).collect(),
        }
    }
}
