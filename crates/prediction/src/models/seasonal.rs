//! A model that takes the season out of a history, extrapolates the rest and puts the season back.
//!
//! There is no test of whether a season is significant: the backtest says whether a model with one is worth its weight.

use serde::{Deserialize, Serialize};
use stlrs::Stl;

use super::ModelError;
use super::smoothing::{Smoothing, SmoothingForm};
use super::unit_scale::UnitScale;
use crate::numeric::tail;

/// The latest values that are decomposed.
const MEMORY: usize = 500;
/// Seasons over which the seasonal figure may change, as Bandara, Hyndman & Bergmeir (2021) have found best for the
/// first season.
const SEASONAL_WINDOW: usize = 11;
/// A decomposition by loess (STL, Cleveland et al. 1990, with the window of MSTL, Bandara, Hyndman & Bergmeir 2021), of
/// which exponential smoothing extrapolates all but the season, and the last season is repeated.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Mstl {
    adjusted: Smoothing,
}

impl Mstl {
    /// Estimates the smoothing of the latest 500 values less their season of `period` steps.
    ///
    /// # Errors
    /// [`ModelError`] under two seasons or 5 values, or where a value is not finite.
    pub(crate) fn fit(values: &[f64], period: usize) -> Result<Self, ModelError> {
        let (_, parts) = Parts::of(values, period)?;
        Ok(Self { adjusted: Smoothing::fit(&parts.adjusted, SmoothingForm::Automatic)? })
    }

    /// The `steps` values after the last of `values`, of which the latest 500 are decomposed.
    ///
    /// # Errors
    /// [`ModelError`] under two seasons, or where a value or a forecast is not finite.
    pub(crate) fn forecast(&self, values: &[f64], period: usize, steps: usize) -> Result<Vec<f64>, ModelError> {
        let (scale, parts) = Parts::of(values, period)?;
        let mut path = self.adjusted.forecast(&parts.adjusted, steps)?;
        for (value, season) in path.iter_mut().zip(tail(&parts.seasonal, period).iter().cycle()) {
            *value += season;
        }
        scale.restored(path)
    }

    /// The parameters of the smoothing by name, as a report shows them.
    pub(crate) fn hyperparameters(&self, period: usize) -> Vec<(String, String)> {
        let mut all = vec![("season_steps".into(), period.to_string())];
        all.extend(self.adjusted.hyperparameters());
        all
    }
}

/// A scaled history in two parts.
#[derive(Debug)]
struct Parts {
    seasonal: Vec<f64>,
    adjusted: Vec<f64>,
}

impl Parts {
    fn of(values: &[f64], period: usize) -> Result<(UnitScale, Self), ModelError> {
        let values = tail(values, MEMORY);
        if period < 2 || values.len() / 2 < period {
            return Err(ModelError::LessThanTwoSeasons);
        }
        let scale = UnitScale::of(values, 2 * period)?;
        let mut adjusted = scale.scaled(values);
        let failed = |error: stlrs::Error| ModelError::Fit(error.to_string());
        let decomposed = Stl::params().seasonal_length(SEASONAL_WINDOW).fit(&adjusted, period).map_err(failed)?;
        let seasonal = decomposed.into_parts().0;
        for (value, season) in adjusted.iter_mut().zip(&seasonal) {
            *value -= season;
        }
        Ok((scale, Self { seasonal, adjusted }))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::models::reference::{
        apart, assert_moves_and_grows, assert_robust, histories, recorded_forecast, series,
    };

    /// A week on a trend.
    fn weekly(days: u32) -> Vec<f64> {
        (0..days).map(|day| 500.0 + 3.0 * f64::from(day) + if day % 7 < 2 { 40.0 } else { 0.0 }).collect()
    }

    #[test]
    fn a_week_on_a_trend_is_continued() {
        let values = weekly(70);
        let path = Mstl::fit(&values, 7).unwrap().forecast(&values, 7, 21).unwrap();
        let expected = weekly(91).split_off(70);
        assert!(apart(&values, &path, &expected) < 0.01, "{path:?} is not {expected:?}");
    }

    #[test]
    fn the_airline_passengers_are_forecast_as_statsforecast_does() {
        let values = series("air_passengers");
        let path = Mstl::fit(&values, 12).unwrap().forecast(&values, 12, 14).unwrap();
        let apart = apart(&values, &path, &recorded_forecast("air_passengers", "mstl"));
        assert!(apart < 0.01, "{apart}");
    }

    #[test]
    fn awkward_histories_get_finite_forecasts() {
        assert_robust(|values| {
            let period = if values.len() < 14 { 4 } else { 7 };
            Mstl::fit(values, period)?.forecast(values, period, 365)
        });
    }

    #[test]
    fn less_than_two_seasons_are_refused() {
        for (days, period) in [(13, 7), (0, 7), (60, 1), (60, usize::MAX)] {
            assert_eq!(Mstl::fit(&weekly(days), period).unwrap_err(), ModelError::LessThanTwoSeasons);
        }
    }

    #[test]
    fn a_report_names_the_season() {
        let reported = Mstl::fit(&weekly(70), 7).unwrap().hyperparameters(7);
        assert_eq!(reported[0], ("season_steps".into(), "7".into()));
    }

    proptest! {
        #[test]
        fn forecasts_move_and_grow_with_the_history(
            values in histories(14), shift in -1e4..1e4, factor in 0.01..100.0,
        ) {
            let forecast = |values: &[f64]| Mstl::fit(values, 7).unwrap().forecast(values, 7, 10).unwrap();
            assert_moves_and_grows(&values, shift, factor, forecast)?;
        }
    }
}
