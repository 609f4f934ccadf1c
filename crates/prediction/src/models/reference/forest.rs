//! smartcore's random forest against scikit-learn's on a made problem; see tests/data/README.md.

use smartcore::ensemble::random_forest_regressor::{RandomForestRegressor, RandomForestRegressorParameters};
use smartcore::linalg::basic::matrix::DenseMatrix;

const TRAINING: usize = 500;
const ROWS: usize = 800;
const WIDTH: usize = 10;

/// Numbers from 0 to 1 that any language can make again; tests/data/README.md says how.
fn numbers(mut state: u64) -> impl FnMut() -> f64 {
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f64::from(u32::try_from(state >> 32).unwrap()) / f64::from(u32::MAX)
    }
}

/// The first problem of Friedman (1991), with normal noise of deviation 1.
fn friedman() -> (Vec<Vec<f64>>, Vec<f64>) {
    let mut next = numbers(2024);
    let row = |_| {
        let x: Vec<f64> = (0..WIDTH).map(|_| next()).collect();
        let noise = (0..12).map(|_| next()).sum::<f64>() - 6.0;
        let product = (std::f64::consts::PI * x[0] * x[1]).sin();
        let y = 10.0 * product + 20.0 * (x[2] - 0.5).powi(2) + 10.0 * x[3] + 5.0 * x[4] + noise;
        (x, y)
    };
    (0..ROWS).map(row).unzip()
}

/// The root mean squared error on rows that a forest of 100 trees has not seen.
fn error(seed: u64) -> f64 {
    let (x, y) = friedman();
    let matrix = |rows: &[Vec<f64>]| DenseMatrix::from_2d_vec(&rows.to_vec()).unwrap();
    let parameters = RandomForestRegressorParameters::default()
        .with_n_trees(100)
        .with_max_depth(10)
        .with_min_samples_leaf(3)
        .with_m(3)
        .with_seed(seed);
    let fitted = RandomForestRegressor::fit(&matrix(&x[..TRAINING]), &y[..TRAINING].to_vec(), parameters).unwrap();
    let predicted: Vec<f64> = fitted.predict(&matrix(&x[TRAINING..])).unwrap();
    let squares: f64 = predicted.iter().zip(&y[TRAINING..]).map(|(one, other)| (one - other).powi(2)).sum();
    (squares / f64::from(u32::try_from(ROWS - TRAINING).unwrap())).sqrt()
}

/// The mean error of ten forests of scikit-learn 1.9.1 on the same rows.
const SCIKIT_LEARN: f64 = 2.2802;

#[test]
fn forests_are_as_good_as_those_of_scikit_learn() {
    let mean = (0..10).map(error).sum::<f64>() / 10.0;
    assert!((mean / SCIKIT_LEARN - 1.0).abs() < 0.03, "{mean}");
}
