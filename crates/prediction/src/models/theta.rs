//! The Theta method: the standard one (Assimakopoulos & Nikolopoulos 2000) and the optimised ones of Fiorucci,
//! Pellegrini, Louzada, Petropoulos & Koehler (2016), "Models for optimising the theta method and their relationship to
//! state space models", International Journal of Forecasting 32, of which the names of the forms and the bounds are.
//!
//! A series is the weighted mean of its line of regression and of a second line with θ times its curvature, which
//! simple exponential smoothing extrapolates. In the form of that paper, the error of one step is linear in the
//! starting level and in the weight ω = 1 - 1/θ of the line of regression. Both are solved for exactly, and only α is
//! searched for.

use serde::{Deserialize, Serialize};

use super::ModelError;
use super::optimise::{Bounds, golden_section};
use super::unit_scale::UnitScale;
use crate::numeric::{count, mean};

/// Bounds of the smoothing parameter α.
const SMOOTHING: Bounds = (0.1, 0.99);
/// Bounds of ω: θ from 1 to 10¹⁰.
const WEIGHT: Bounds = (0.0, 1.0 - 1e-10);
/// ω of the standard form, θ = 2.
const STANDARD: f64 = 0.5;
/// The first values, whose errors tell of the start and not of the model.
const WARM_UP: usize = 3;
/// Fewest values that leave errors to three parameters.
const NEEDED: usize = WARM_UP + 3;
/// Influences of the start below this are dropped.
const FORGOTTEN: f64 = 1e-24;

/// Which weights and lines are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ThetaForm {
    /// θ = 2 and one line of regression through the whole history.
    Standard,
    /// θ is estimated.
    Optimised,
    /// θ is estimated, and each value is expected from the line through those before it.
    DynamicOptimised,
}

/// A fitted Theta model: its parameters, which hold for any history of the same account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Theta {
    form: ThetaForm,
    /// Share of an error by which the level is corrected.
    alpha: f64,
    /// ω, the weight of the line of regression.
    weight: f64,
}

impl Theta {
    /// Estimates the parameters by least squares on all values.
    ///
    /// # Errors
    /// [`ModelError`] under 6 values, or where one is not finite.
    pub(crate) fn fit(values: &[f64], form: ThetaForm) -> Result<Self, ModelError> {
        let values = UnitScale::of(values, NEEDED)?.scaled(values);
        let lines = lines(&values, form);
        let fixed = (form == ThetaForm::Standard).then_some(STANDARD);
        let start = |alpha: f64| Products::of(&values, &lines, alpha).solve(fixed);
        let alpha = golden_section(SMOOTHING, 14, 18, |alpha| start(alpha).squares);
        Ok(Self { form, alpha, weight: start(alpha).weight })
    }

    /// The `steps` values after the last of `values`.
    ///
    /// # Errors
    /// [`ModelError`] under 6 values, or where a value or a forecast is not finite.
    pub(crate) fn forecast(&self, values: &[f64], steps: usize) -> Result<Vec<f64>, ModelError> {
        let scale = UnitScale::of(values, NEEDED)?;
        let values = scale.scaled(values);
        let start = Products::of(&values, &lines(&values, self.form), self.alpha).solve(Some(self.weight));
        scale.restored(self.path(&values, start.level, steps))
    }

    /// Its parameters by name, as a report shows them.
    pub(crate) fn hyperparameters(&self) -> Vec<(String, String)> {
        let theta = 1.0 / (1.0 - self.weight);
        let shown = if theta < 1e6 { format!("{theta:.4}") } else { format!("{theta:.3e}") };
        vec![("alpha".into(), format!("{:.4}", self.alpha)), ("theta".into(), shown)]
    }

    /// The values to come after a history that begins at a level.
    fn path(&self, values: &[f64], start: f64, steps: usize) -> Vec<f64> {
        let keep = 1.0 - self.alpha;
        let mut level = values.iter().fold(start, |level, value| self.alpha * value + keep * level);
        let fixed = Line::of_regression(values);
        let mut moving = values.iter().fold(MovingLine::default(), |line, value| line.after(*value));
        let mut power = values.iter().fold(1.0, |power, _| power * keep);
        let mut path = Vec::with_capacity(steps);
        for _ in 0..steps {
            let line = if self.form == ThetaForm::DynamicOptimised { moving.line } else { fixed };
            let expected = level + self.weight * line.pull(self.alpha, power);
            path.push(expected);
            level = self.alpha * expected + keep * level;
            moving = moving.after(expected);
            power *= keep;
        }
        path
    }
}

/// A straight line: its value one step before the first point, and what it adds at each step.
#[derive(Debug, Clone, Copy, Default)]
struct Line {
    intercept: f64,
    slope: f64,
}

impl Line {
    /// Least squares on times 1, 2, 3…
    fn of_regression(values: &[f64]) -> Self {
        let n = count(values.len());
        let centre = mean(values);
        let middle = f64::midpoint(n, 1.0);
        let products: f64 = (1..).zip(values).map(|(time, value)| (count(time) - middle) * (value - centre)).sum();
        let slope = 12.0 * products / (n * (n * n - 1.0));
        Self { intercept: centre - slope * middle, slope }
    }

    /// What the line adds to the expectation of a step, where the start's influence is `power`, (1 - α) to the number
    /// of steps before.
    fn pull(self, alpha: f64, power: f64) -> f64 {
        self.intercept * power + self.slope * (1.0 - power * (1.0 - alpha)) / alpha
    }
}

/// The line of regression through the values so far, brought up to date value by value.
#[derive(Debug, Clone, Copy, Default)]
struct MovingLine {
    values: usize,
    mean: f64,
    line: Line,
}

impl MovingLine {
    fn after(self, value: f64) -> Self {
        let t = count(self.values + 1);
        let mean = self.mean + (value - self.mean) / t;
        let slope = if self.values == 0 {
            0.0
        } else {
            ((t - 2.0) * self.line.slope + 6.0 * (value - self.mean) / t) / (t + 1.0)
        };
        Self { values: self.values + 1, mean, line: Line { intercept: mean - slope * (t + 1.0) / 2.0, slope } }
    }
}

/// The line by which each value is expected.
fn lines(values: &[f64], form: ThetaForm) -> Vec<Line> {
    if form != ThetaForm::DynamicOptimised {
        return vec![Line::of_regression(values); values.len()];
    }
    let mut moving = MovingLine::default();
    values
        .iter()
        .map(|value| {
            let before = moving.line;
            moving = moving.after(*value);
            before
        })
        .collect()
}

/// What least squares gives for one α.
#[derive(Debug, Clone, Copy)]
struct Start {
    level: f64,
    weight: f64,
    squares: f64,
}

/// Sums of products of the errors from a start of zero, of the start's influence, and of the line's pull.
#[derive(Debug, Default)]
struct Products {
    error_error: f64,
    error_start: f64,
    error_line: f64,
    start_start: f64,
    start_line: f64,
    line_line: f64,
}

impl Products {
    fn of(values: &[f64], lines: &[Line], alpha: f64) -> Self {
        let keep = 1.0 - alpha;
        let mut sums = Self::default();
        let (mut level, mut power) = (0.0, 1.0);
        for (time, (value, line)) in values.iter().zip(lines).enumerate() {
            if time >= WARM_UP {
                let (error, pull) = (value - level, line.pull(alpha, power));
                sums.error_error += error * error;
                sums.error_start += error * power;
                sums.error_line += error * pull;
                sums.start_start += power * power;
                sums.start_line += power * pull;
                sums.line_line += pull * pull;
            }
            level = alpha * value + keep * level;
            power = if power > FORGOTTEN { power * keep } else { 0.0 };
        }
        sums
    }

    /// The starting level and weight with the least squared errors; `weight` is kept where it is given.
    fn solve(&self, weight: Option<f64>) -> Start {
        let weight = weight.unwrap_or_else(|| {
            let determinant = self.start_start * self.line_line - self.start_line * self.start_line;
            if determinant > 1e-12 * self.start_start * self.line_line {
                let product = self.error_line * self.start_start - self.error_start * self.start_line;
                (product / determinant).clamp(WEIGHT.0, WEIGHT.1)
            } else {
                // A line without slope cannot be told from the start: every weight does as well.
                STANDARD
            }
        });
        let level = (self.error_start - weight * self.start_line) / self.start_start;
        let squares = self.error_error + level * level * self.start_start + weight * weight * self.line_line
            - 2.0 * (level * self.error_start + weight * self.error_line - level * weight * self.start_line);
        Start { level, weight, squares: squares.max(0.0) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::models::reference::{Recorded, SERIES, apart, assert_moves_and_grows, assert_robust, histories, series};

    const FORMS: [(&str, ThetaForm); 3] = [
        ("theta", ThetaForm::Standard),
        ("optimised_theta", ThetaForm::Optimised),
        ("dynamic_optimised_theta", ThetaForm::DynamicOptimised),
    ];

    fn forecast(values: &[f64], form: ThetaForm, steps: usize) -> Vec<f64> {
        Theta::fit(values, form).unwrap().forecast(values, steps).unwrap()
    }

    fn squares(model: &Theta, values: &[f64]) -> f64 {
        Products::of(values, &lines(values, model.form), model.alpha).solve(Some(model.weight)).squares
    }

    fn assert_near(actual: &[f64], expected: &[f64], tolerance: f64) {
        assert_eq!(actual.len(), expected.len());
        for (one, other) in actual.iter().zip(expected) {
            assert!((one - other).abs() <= tolerance, "{actual:?} is not {expected:?}");
        }
    }

    /// What the R package forecTheta of the method's authors answers without estimation, from half the first value,
    /// α = 0.5 and θ = 2, as the tests of the Python package statsforecast publish it.
    #[test]
    fn given_parameters_forecast_the_airline_passengers_as_published() {
        let values = series("air_passengers");
        let path = |form| Theta { form, alpha: 0.5, weight: STANDARD }.path(&values, values[0] / 2.0, 5);
        assert_near(&path(ThetaForm::Standard), &[441.9132, 443.2418, 444.5704, 445.8990, 447.2276], 1e-4);
        assert_near(&path(ThetaForm::DynamicOptimised), &[441.9132, 443.2330, 444.5484, 445.8594, 447.1659], 1e-4);
    }

    /// The same with estimation. The optimised forms have a flat optimum, which forecTheta leaves a little early.
    #[test]
    fn estimated_parameters_forecast_the_airline_passengers_as_published() {
        let values = series("air_passengers");
        let published = [
            (ThetaForm::Standard, [432.9292, 434.2578, 435.5864, 436.9150, 438.2435], 1e-4),
            (ThetaForm::Optimised, [433.7215, 435.8345, 437.9475, 440.0606, 442.1736], 0.3),
            (ThetaForm::DynamicOptimised, [432.5131, 433.4257, 434.3344, 435.2391, 436.1399], 0.3),
        ];
        for (form, expected, tolerance) in published {
            assert_near(&forecast(&values, form, 5), &expected, tolerance);
        }
    }

    #[test]
    fn no_fit_of_statsforecast_has_smaller_errors() {
        for (name, (model, form)) in SERIES.into_iter().flat_map(|name| FORMS.map(|form| (name, form))) {
            let (values, theirs) = (series(name), Recorded::of(name, model));
            let ours = squares(&Theta::fit(&values, form).unwrap(), &values);
            assert!(ours <= theirs.squares * (1.0 + 1e-6), "{name}, {model}: {ours} > {}", theirs.squares);
        }
    }

    #[test]
    fn the_parameters_of_statsforecast_give_its_forecasts() {
        for (name, (model, form)) in SERIES.into_iter().flat_map(|name| FORMS.map(|form| (name, form))) {
            let (values, theirs) = (series(name), Recorded::of(name, model));
            let fitted = Theta { form, alpha: theirs.alpha, weight: 1.0 - 1.0 / theirs.theta };
            let path = fitted.forecast(&values, 14).unwrap();
            let apart = apart(&values, &path, &theirs.forecast);
            assert!(apart < 1e-5, "{name}, {model}: {apart}");
        }
    }

    #[test]
    fn forecasts_are_those_of_statsforecast() {
        for (name, (model, form)) in SERIES.into_iter().flat_map(|name| FORMS.map(|form| (name, form))) {
            let (values, theirs) = (series(name), Recorded::of(name, model));
            let apart = apart(&values, &forecast(&values, form, 14), &theirs.forecast);
            assert!(apart < 0.01, "{name}, {model}: {apart}");
        }
    }

    /// Hyndman & Billah (2003): the standard method is simple exponential smoothing with half of the trend as drift.
    #[test]
    fn the_standard_form_drifts_by_half_of_the_trend() {
        let values = series("nile");
        let slope = Line::of_regression(&values).slope;
        let path = forecast(&values, ThetaForm::Standard, 20);
        for pair in path.windows(2) {
            assert!((pair[1] - pair[0] - slope / 2.0).abs() < 1e-9);
        }
    }

    #[test]
    fn the_moving_line_is_the_line_of_regression_so_far() {
        let values = series("nile");
        let moved = values.iter().fold(MovingLine::default(), |line, value| line.after(*value)).line;
        let whole = Line::of_regression(&values);
        assert!((moved.slope - whole.slope).abs() < 1e-9 && (moved.intercept - whole.intercept).abs() < 1e-6);
    }

    #[test]
    fn awkward_histories_get_finite_forecasts() {
        for (_, form) in FORMS {
            assert_robust(|values| Theta::fit(values, form)?.forecast(values, 365));
        }
    }

    #[test]
    fn a_history_that_is_too_short_is_refused() {
        for values in [&[][..], &[1.0; 5]] {
            let refused = Theta::fit(values, ThetaForm::Standard).unwrap_err();
            assert_eq!(refused, ModelError::TooFewRows { rows: values.len(), needed: 6 });
        }
        assert_eq!(Theta::fit(&[f64::NAN; 9], ThetaForm::Standard).unwrap_err(), ModelError::NotFinite);
    }

    #[test]
    fn a_report_names_alpha_and_theta() {
        let standard = Theta { form: ThetaForm::Standard, alpha: 0.25, weight: STANDARD };
        assert_eq!(
            standard.hyperparameters(),
            [("alpha", "0.2500"), ("theta", "2.0000")].map(|(a, b)| (a.into(), b.into()))
        );
        let steep = Theta { weight: WEIGHT.1, ..standard };
        assert_eq!(steep.hyperparameters()[1].1, "1.000e10");
    }

    #[test]
    fn a_model_is_carried_to_a_longer_history_and_through_storage() {
        let values = series("channel");
        let fitted = Theta::fit(&values[..100], ThetaForm::DynamicOptimised).unwrap();
        let stored = postcard::to_stdvec(&fitted).unwrap();
        let read: Theta = postcard::from_bytes(&stored).unwrap();
        let path = read.forecast(&values, 7).unwrap();
        assert_eq!(path, fitted.forecast(&values, 7).unwrap());
        assert!((path[0] - values[129]).abs() < 1_000.0, "{path:?}");
    }

    proptest! {
        #[test]
        fn forecasts_move_and_grow_with_the_history(
            values in histories(8), shift in -1e4..1e4, factor in 0.01..100.0, form in prop::sample::select(&FORMS[..]),
        ) {
            assert_moves_and_grows(&values, shift, factor, |values| forecast(values, form.1, 10))?;
        }

        #[test]
        fn the_optimised_forms_continue_a_straight_line(
            begin in -1e6..1e6, slope in prop_oneof![-1e3..-0.1, 0.1..1e3], length in 8_u32..400, dynamic: bool,
        ) {
            let form = if dynamic { ThetaForm::DynamicOptimised } else { ThetaForm::Optimised };
            let values: Vec<f64> = (0..length).map(|day| begin + slope * f64::from(day)).collect();
            let expected: Vec<f64> = (length..length + 30).map(|day| begin + slope * f64::from(day)).collect();
            prop_assert!(apart(&values, &forecast(&values, form, 30), &expected) < 1e-6);
        }
    }
}
