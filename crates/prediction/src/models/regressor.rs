//! smartcore's regressors on changes, forecasting recursively.

use std::panic::{AssertUnwindSafe, catch_unwind};

use atalaya_domain::forecast::ModelId;
use serde::{Deserialize, Serialize};
use smartcore::algorithm::neighbour::KNNAlgorithmName;
use smartcore::ensemble::extra_trees_regressor::ExtraTreesRegressor;
use smartcore::ensemble::random_forest_regressor::RandomForestRegressor;
use smartcore::error::Failed;
use smartcore::linalg::basic::arrays::{Array2, ArrayView1};
use smartcore::linalg::basic::matrix::DenseMatrix;
use smartcore::linear::lasso::{Lasso, LassoParameters};
use smartcore::linear::linear_regression::{LinearRegression, LinearRegressionParameters};
use smartcore::linear::ridge_regression::{RidgeRegression, RidgeRegressionParameters};
use smartcore::neighbors::knn_regressor::{KNNRegressor, KNNRegressorParameters};
use smartcore::svm::Kernels;
use smartcore::svm::svr::{SVR, SVRParameters};
use smartcore::tree::decision_tree_regressor::DecisionTreeRegressor;
use smartcore::xgboost::XGRegressor;

use super::ModelError;
use super::distance::{Euclidean, squared_distance};
use super::envelope::Envelope;
use super::scaler::{Scaler, kernel_gamma};
use super::settings::{self, Settings};
use super::state::State;
use crate::features::{FeatureSet, Rows, StepInputs, Table};
use crate::series::Series;

type Matrix = DenseMatrix<f64>;

/// A fitted smartcore model over scaled inputs.
#[derive(Debug, Serialize, Deserialize)]
enum Algorithm {
    Linear(LinearRegression<f64, f64, Matrix, Vec<f64>>),
    Ridge(RidgeRegression<f64, f64, Matrix, Vec<f64>>),
    Lasso(Lasso<f64, f64, Matrix, Vec<f64>>),
    DecisionTree(DecisionTreeRegressor<f64, f64, Matrix, Vec<f64>>),
    RandomForest(RandomForestRegressor<f64, f64, Matrix, Vec<f64>>),
    ExtraTrees(ExtraTreesRegressor<f64, f64, Matrix, Vec<f64>>),
    KNearest(KNNRegressor<f64, f64, Matrix, Vec<f64>, Euclidean>),
    SupportVector(KernelExpansion),
    GradientBoosting(XGRegressor<f64, f64, Matrix, Vec<f64>>),
}

impl Algorithm {
    fn fit(model: ModelId, x: &Matrix, y: &Vec<f64>, width: usize) -> Result<Self, Failed> {
        Ok(match model {
            ModelId::Ridge => {
                let parameters = RidgeRegressionParameters::default().with_normalize(false);
                Self::Ridge(RidgeRegression::fit(x, y, parameters.with_alpha(settings::RIDGE_PENALTY))?)
            }
            ModelId::Lasso => {
                let parameters = LassoParameters::default().with_normalize(false).with_alpha(settings::LASSO_PENALTY);
                Self::Lasso(Lasso::fit(x, y, parameters)?)
            }
            ModelId::DecisionTree => Self::DecisionTree(DecisionTreeRegressor::fit(x, y, settings::tree())?),
            ModelId::RandomForest => Self::RandomForest(RandomForestRegressor::fit(x, y, settings::forest(width))?),
            ModelId::ExtraTrees => Self::ExtraTrees(ExtraTreesRegressor::fit(x, y, settings::extra_trees(width))?),
            ModelId::GradientBoosting => Self::GradientBoosting(XGRegressor::fit(x, y, settings::boosting())?),
            ModelId::KNearest => Self::KNearest(KNNRegressor::fit(
                x,
                y,
                KNNRegressorParameters::default()
                    .with_distance(Euclidean)
                    .with_k(settings::NEIGHBOURS.min(y.len()))
                    .with_algorithm(KNNAlgorithmName::LinearSearch),
            )?),
            ModelId::SupportVector => Self::SupportVector(KernelExpansion::fit(x, y, width)?),
            ModelId::Linear => Self::Linear(LinearRegression::fit(x, y, LinearRegressionParameters::default())?),
            _ => return Err(Failed::fit("this model is not fitted on inputs")),
        })
    }

    fn predict(&self, x: &Matrix) -> Result<Vec<f64>, Failed> {
        match self {
            Self::Linear(model) => model.predict(x),
            Self::Ridge(model) => model.predict(x),
            Self::Lasso(model) => model.predict(x),
            Self::DecisionTree(model) => model.predict(x),
            Self::RandomForest(model) => model.predict(x),
            Self::ExtraTrees(model) => model.predict(x),
            Self::KNearest(model) => model.predict(x),
            Self::SupportVector(model) => Ok(model.predict(x)),
            Self::GradientBoosting(model) => model.predict(x),
        }
    }
}

/// The support vectors of a fitted [`SVR`] and their weights.
///
/// An `SVR` borrows its parameters and skips them when it is read back, so that a stored one could not predict; its
/// expansion over the kernel is all that prediction needs.
#[derive(Debug, Serialize, Deserialize)]
struct KernelExpansion {
    gamma: f64,
    vectors: Vec<Vec<f64>>,
    weights: Vec<f64>,
    offset: f64,
}

/// The leading fields of a serialised [`SVR`], in its order.
#[derive(Deserialize)]
struct ExportedSvr {
    instances: Option<Vec<Vec<f64>>>,
    _parameters: Option<SVRParameters<f64>>,
    w: Option<Vec<f64>>,
    b: f64,
}

impl KernelExpansion {
    fn fit(x: &Matrix, y: &Vec<f64>, width: usize) -> Result<Self, Failed> {
        let gamma = kernel_gamma(width);
        let parameters = SVRParameters::default()
            .with_eps(settings::TUBE)
            .with_c(settings::COST)
            .with_kernel(Kernels::rbf().with_gamma(gamma));
        let fitted = SVR::fit(x, y, &parameters)?;
        let unreadable = |error: postcard::Error| Failed::fit(&error.to_string());
        let bytes = postcard::to_stdvec(&fitted).map_err(unreadable)?;
        let (exported, _) = postcard::take_from_bytes::<ExportedSvr>(&bytes).map_err(unreadable)?;
        Ok(Self {
            gamma,
            vectors: exported.instances.unwrap_or_default(),
            weights: exported.w.unwrap_or_default(),
            offset: exported.b,
        })
    }

    fn predict(&self, x: &Matrix) -> Vec<f64> {
        let kernel = |row: &[f64], vector: &[f64]| (-self.gamma * squared_distance(row, vector)).exp();
        let mut cells = Vec::new();
        let value = |row: Box<dyn ArrayView1<f64> + '_>| {
            cells.clear();
            cells.extend(row.iterator(0).copied());
            let expansion = self.vectors.iter().zip(&self.weights);
            expansion.fold(self.offset, |sum, (vector, weight)| sum + weight * kernel(&cells, vector))
        };
        x.row_iter().map(value).collect()
    }
}

/// A regressor fitted on the changes of a series, with everything that forecasting from any state needs.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct FittedRegressor {
    features: FeatureSet,
    scaler: Scaler,
    envelope: Envelope,
    rows: usize,
    algorithm: Algorithm,
}

impl FittedRegressor {
    /// Fits on the changes up to `origin`.
    ///
    /// # Errors
    /// [`ModelError`] says why it cannot be fitted.
    pub(crate) fn fit(
        model: ModelId,
        series: &Series,
        features: &FeatureSet,
        table: &Table,
        origin: usize,
    ) -> Result<Self, ModelError> {
        let rows = table.until(origin, Settings::of(model).rows);
        let scaler = Scaler::fit(rows)?.rounding(chooses(model));
        // Least squares needs more rows than unknowns; the others are held to the same.
        let needed = scaler.width() + 2;
        if rows.len() < needed {
            return Err(ModelError::TooFewRows { rows: rows.len(), needed });
        }
        let x = matrix(rows, &scaler)?;
        let y = scaler.targets(rows.targets);
        let algorithm = guarded(|| Algorithm::fit(model, &x, &y, scaler.width()))?;
        Ok(Self {
            features: features.clone(),
            scaler,
            envelope: Envelope::measure(series.values(), origin),
            rows: rows.len(),
            algorithm,
        })
    }

    /// Rows that it was fitted on.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// The expected change of each row, not bounded by the envelope.
    ///
    /// # Errors
    /// [`ModelError`] where the model fails or a value is not finite.
    pub(crate) fn changes(&self, rows: Rows<'_>) -> Result<Vec<f64>, ModelError> {
        if rows.len() == 0 {
            return Ok(Vec::new());
        }
        let x = matrix(rows, &self.scaler)?;
        let scaled = guarded(|| self.algorithm.predict(&x))?;
        let changes: Vec<f64> = scaled.into_iter().map(|value| self.scaler.change(value)).collect();
        if changes.iter().all(|change| change.is_finite()) { Ok(changes) } else { Err(ModelError::NotFinite) }
    }

    /// The value at each of the `steps` steps after `state`, each forecast change being an input of the next.
    ///
    /// # Errors
    /// As [`Self::changes`]; [`ModelError::TooFewPoints`] soon after a long gap.
    pub(crate) fn forecast(&self, state: &State, steps: usize) -> Result<Vec<f64>, ModelError> {
        let (known, needed) = (state.changes.len(), self.features.depth());
        if known < needed {
            return Err(ModelError::TooFewPoints { points: known + 1, needed: needed + 1 });
        }
        let (mut changes, mut posts) = (state.changes.clone(), state.posts.clone());
        let mut path = Vec::with_capacity(steps);
        let (mut row, mut level) = (Vec::new(), state.level);
        for step in 1..=steps {
            posts.push(state.posts_ahead);
            row.clear();
            let moment = state.timeline.moment(state.origin + step);
            let ahead = state.ahead.as_deref().map(|ahead| (ahead, state.origin + step));
            self.features.append(StepInputs { changes: &changes, posts: &posts, moment, ahead }, &mut row);
            let rows = Rows { width: row.len(), inputs: &row, targets: &[0.0] };
            let change = self.changes(rows)?.first().copied().ok_or(ModelError::NotFinite)?;
            let next = state.bounds.hold(self.envelope.bound(state.level, step, level + change));
            changes.push(next - level);
            level = next;
            path.push(level);
        }
        Ok(path)
    }
}

/// Whether a fit chooses, between splits, neighbours or support vectors, and so may turn on a last digit. Least squares
/// do not, and would take what rounding leaves of columns that depend on one another for a column of its own.
fn chooses(model: ModelId) -> bool {
    !matches!(model, ModelId::Linear | ModelId::Ridge | ModelId::Lasso)
}

fn matrix(rows: Rows<'_>, scaler: &Scaler) -> Result<Matrix, ModelError> {
    let mut cells = Vec::with_capacity(rows.len() * scaler.width());
    for row in rows.inputs.chunks_exact(rows.width.max(1)) {
        scaler.scale(row, &mut cells);
    }
    DenseMatrix::new(rows.len(), scaler.width(), cells, false).map_err(|error| ModelError::Fit(error.to_string()))
}

/// Runs smartcore, whose decompositions panic where they do not converge: one model's failure is no reason to end a
/// run.
pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T, Failed>) -> Result<T, ModelError> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(result) => result.map_err(|error| ModelError::Fit(error.to_string())),
        Err(_) => Err(ModelError::Fit("the numeric routine did not converge".into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{daily, rhythm};

    fn regressors() -> impl Iterator<Item = ModelId> {
        ModelId::choices().filter(|model| ModelId::Linear <= *model && *model <= ModelId::GradientBoosting)
    }

    fn fit(model: ModelId, series: &Series) -> Result<FittedRegressor, ModelError> {
        let features = FeatureSet::choose(series, series.last()).unwrap();
        let table = Table::new(series, &features, None);
        FittedRegressor::fit(model, series, &features, &table, series.last())
    }

    #[test]
    fn every_regressor_forecasts_the_same_after_it_was_stored() {
        let series = daily(&rhythm(200));
        let state = State::at(&series, series.last());
        for model in regressors() {
            let fitted = fit(model, &series).unwrap();
            let path = fitted.forecast(&state, 60).unwrap();
            let stored = postcard::to_stdvec(&fitted).unwrap();
            let read: FittedRegressor = postcard::from_bytes(&stored).unwrap();
            assert_eq!(read.forecast(&state, 60).unwrap(), path, "{model}");
        }
    }

    #[test]
    fn every_regressor_learns_a_weekly_rhythm() {
        let values = rhythm(214);
        let (known, future) = values.split_at(200);
        let series = daily(known);
        let state = State::at(&series, series.last());
        for model in regressors() {
            let path = fit(model, &series).unwrap().forecast(&state, future.len()).unwrap();
            let truth = future.last().copied().flatten().unwrap();
            let gained = truth - state.level;
            assert!((path.last().unwrap() - truth).abs() < 0.15 * gained, "{model}: {path:?}, truth {truth}");
        }
    }

    #[test]
    fn the_kernel_expansion_agrees_with_the_support_vector_model_it_was_taken_from() {
        let cells: Vec<f64> = (0..60).map(|cell| f64::from(cell * 7 % 11) / 5.0 - 1.0).collect();
        let x = DenseMatrix::new(20, 3, cells, false).unwrap();
        let y: Vec<f64> = (0..20).map(|row| f64::from(row * row % 5) - 2.0).collect();
        let parameters = SVRParameters::default()
            .with_eps(settings::TUBE)
            .with_c(settings::COST)
            .with_kernel(Kernels::rbf().with_gamma(kernel_gamma(3)));
        let whole = SVR::fit(&x, &y, &parameters).unwrap().predict(&x).unwrap();
        let expansion = KernelExpansion::fit(&x, &y, 3).unwrap().predict(&x);
        assert!(whole.iter().zip(&expansion).all(|(a, b)| (a - b).abs() < 1e-12));
    }

    #[test]
    fn a_history_that_moves_evenly_leaves_nothing_to_explain() {
        let series = daily(&(0..60).map(|day| Some(f64::from(100 + 5 * day))).collect::<Vec<_>>());
        assert_eq!(fit(ModelId::Ridge, &series).unwrap_err(), ModelError::NothingToExplain);
    }
}
