//! Any model, fitted: what the comparison, the combination and the stored version handle alike.

use std::sync::Arc;

use atalaya_domain::forecast::ModelId;
use serde::{Deserialize, Serialize};

use super::level::LevelForest;
use super::seasonal::Mstl;
use super::smoothing::{Smoothing, SmoothingForm};
use super::theta::{Theta, ThetaForm};
use super::{Baseline, FittedRegressor, ModelError, Settings, State};
use crate::covariates::{Ahead, View};
use crate::features::{FeatureSet, Table};
use crate::series::Series;

/// What models are fitted on.
#[derive(Debug)]
pub(crate) struct Material<'a> {
    /// The series.
    pub(crate) series: &'a Series,
    /// The rows of the regressors; `None` where the history is too short for any.
    pub(crate) rows: Option<(FeatureSet, Table)>,
    /// What covariates bring; `None` where none enters.
    pub(crate) ahead: Option<&'a Arc<Ahead>>,
    /// Where covariates enter, what each split of the design sees; else empty, and all see the same.
    pub(crate) at_splits: Vec<Material<'a>>,
}

impl<'a> Material<'a> {
    /// A series, and its rows of inputs.
    pub(crate) fn new(series: &'a Series, features: Option<&FeatureSet>) -> Self {
        let rows = features.map(|features| (features.clone(), Table::new(series, features, None)));
        Self { series, rows, ahead: None, at_splits: Vec::new() }
    }

    /// What is seen of a series where covariates enter.
    pub(crate) fn seen(view: &'a View, features: Option<&FeatureSet>) -> Self {
        let series = &view.series;
        let rows = features.map(|features| (features.clone(), Table::new(series, features, Some(&view.ahead))));
        Self { series, rows, ahead: Some(&view.ahead), at_splits: Vec::new() }
    }

    /// What a split of the design sees, by its number.
    pub(crate) fn at_split(&self, number: usize) -> &Self {
        self.at_splits.get(number).unwrap_or(self)
    }

    /// The state at the last observed point at or before `index`, with what covariates bring after it.
    pub(crate) fn state(&self, index: usize) -> State {
        State { ahead: self.ahead.map(Arc::clone), ..State::at(self.series, index) }
    }
}

/// What a forecast may look at: the series up to an origin, and nothing after it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Past<'a> {
    /// The latest changes and posts.
    pub(crate) state: &'a State,
    /// The values without a hole, ending at the origin; those before a long gap are not among them.
    pub(crate) values: &'a [f64],
}

/// A fitted model.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum FittedModel {
    #[serde(skip)]
    Baseline(Baseline),
    Smoothing(Smoothing),
    Theta(Theta),
    Seasonal(Mstl),
    Regressor(Box<FittedRegressor>),
    LevelForest(Box<LevelForest>),
}

impl FittedModel {
    /// Fits a model on what is known at `origin`, an observed point.
    ///
    /// # Errors
    /// [`ModelError`] says why it cannot be fitted.
    pub(crate) fn fit(model: ModelId, material: &Material<'_>, origin: usize) -> Result<Self, ModelError> {
        let Material { series, rows, .. } = material;
        let values = || series.bridged_values(origin);
        let smoothing = |form| Smoothing::fit(values(), form).map(Self::Smoothing);
        let theta = |form| Theta::fit(values(), form).map(Self::Theta);
        match model {
            ModelId::Naive => Ok(Self::Baseline(Baseline::Naive)),
            ModelId::Drift => Ok(Self::Baseline(Baseline::Drift)),
            ModelId::RecentDrift => Ok(Self::Baseline(Baseline::RecentDrift)),
            ModelId::SeasonalNaive => Ok(Self::Baseline(Baseline::SeasonalNaive)),
            ModelId::Ses => smoothing(SmoothingForm::Simple),
            ModelId::Ets => smoothing(SmoothingForm::Automatic),
            ModelId::Holt => smoothing(SmoothingForm::Holt),
            ModelId::DampedHolt => smoothing(SmoothingForm::DampedHolt),
            ModelId::Theta => theta(ThetaForm::Standard),
            ModelId::OptimisedTheta => theta(ThetaForm::Optimised),
            ModelId::DynamicTheta => theta(ThetaForm::DynamicOptimised),
            ModelId::Mstl => Mstl::fit(values(), series.timeline().season()).map(Self::Seasonal),
            ModelId::LevelForest => LevelForest::fit(series, origin).map(|forest| Self::LevelForest(Box::new(forest))),
            ModelId::Linear
            | ModelId::Ridge
            | ModelId::Lasso
            | ModelId::DecisionTree
            | ModelId::RandomForest
            | ModelId::ExtraTrees
            | ModelId::KNearest
            | ModelId::SupportVector
            | ModelId::GradientBoosting => {
                let (features, table) = rows.as_ref().ok_or(ModelError::TooFewRows { rows: 0, needed: 1 })?;
                let fitted = FittedRegressor::fit(model, series, features, table, origin)?;
                Ok(Self::Regressor(Box::new(fitted)))
            }
            ModelId::Combination => Err(ModelError::Fit("a combination is made of others".into())),
        }
    }

    /// The value at each of the `steps` steps after `past`, each as large as a series of its kind may be.
    ///
    /// # Errors
    /// [`ModelError`] where the model has no finite answer.
    pub(crate) fn forecast(&self, past: Past<'_>, steps: usize) -> Result<Vec<f64>, ModelError> {
        let state = past.state;
        let mut path = match self {
            Self::Baseline(baseline) => baseline.forecast(state, steps)?,
            Self::Smoothing(smoothing) => smoothing.forecast(past.values, steps)?,
            Self::Theta(theta) => theta.forecast(past.values, steps)?,
            Self::Seasonal(mstl) => mstl.forecast(past.values, state.timeline.season(), steps)?,
            Self::Regressor(regressor) => regressor.forecast(state, steps)?,
            Self::LevelForest(forest) => forest.forecast(state, steps)?,
        };
        for (step, value) in path.iter_mut().enumerate() {
            let brought = state.ahead.as_ref().map(|ahead| ahead.brought(state.origin, state.origin + step + 1));
            *value = state.bounds.hold(brought.map_or(*value, |brought| *value + brought));
        }
        if path.iter().all(|value| value.is_finite()) { Ok(path) } else { Err(ModelError::NotFinite) }
    }

    /// Its settings and what it has learnt, by name.
    pub(crate) fn hyperparameters(&self, model: ModelId, state: &State) -> Vec<(String, String)> {
        match self {
            Self::Baseline(baseline) => baseline.hyperparameters(state),
            Self::Smoothing(smoothing) => smoothing.hyperparameters(),
            Self::Theta(theta) => theta.hyperparameters(),
            Self::Seasonal(mstl) => mstl.hyperparameters(state.timeline.season()),
            Self::Regressor(_) | Self::LevelForest(_) => Settings::hyperparameters(model),
        }
    }

    /// The regressor, if it is one.
    pub(crate) fn regressor(&self) -> Option<&FittedRegressor> {
        match self {
            Self::Regressor(regressor) => Some(regressor),
            _ => None,
        }
    }
}
