//! Values brought to a common size, so that estimation sees the same numbers whatever the size of an account.

use serde::{Deserialize, Serialize};

use super::ModelError;

/// Moves the first value to 0 and the furthest from it to 1 or -1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct UnitScale {
    shift: f64,
    /// 1 where all values are the same.
    size: f64,
}

impl UnitScale {
    /// # Errors
    /// [`ModelError::TooFewRows`] under `needed` values, [`ModelError::NotFinite`] where a value, or the distance
    /// between two, is not a number.
    pub(crate) fn of(values: &[f64], needed: usize) -> Result<Self, ModelError> {
        let too_few = ModelError::TooFewRows { rows: values.len(), needed };
        let shift = *values.first().ok_or(too_few.clone())?;
        if values.len() < needed {
            return Err(too_few);
        }
        let furthest = values.iter().map(|value| (value - shift).abs()).fold(0.0, f64::max);
        let certain = values.iter().all(|value| value.is_finite()) && furthest.is_finite();
        let size = if furthest > 0.0 { furthest } else { 1.0 };
        if certain { Ok(Self { shift, size }) } else { Err(ModelError::NotFinite) }
    }

    pub(crate) fn scaled(self, values: &[f64]) -> Vec<f64> {
        values.iter().map(|value| (value - self.shift) / self.size).collect()
    }

    /// Scaled forecasts in the unit of the values.
    ///
    /// # Errors
    /// [`ModelError::NotFinite`] where one is not a number.
    pub(crate) fn restored(self, mut scaled: Vec<f64>) -> Result<Vec<f64>, ModelError> {
        for value in &mut scaled {
            *value = self.shift + self.size * *value;
        }
        if scaled.iter().all(|value| value.is_finite()) { Ok(scaled) } else { Err(ModelError::NotFinite) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_as_they_were() {
        let values = [120.0, 90.0, 180.0];
        let scale = UnitScale::of(&values, 3).unwrap();
        let scaled = scale.scaled(&values);
        assert_eq!(scaled, [0.0, -0.5, 1.0]);
        assert_eq!(scale.restored(scaled).unwrap(), values);
    }

    #[test]
    fn what_is_no_series_is_refused() {
        assert_eq!(UnitScale::of(&[], 1), Err(ModelError::TooFewRows { rows: 0, needed: 1 }));
        assert_eq!(UnitScale::of(&[1.0], 2), Err(ModelError::TooFewRows { rows: 1, needed: 2 }));
        for bad in [f64::NAN, f64::INFINITY, f64::MIN] {
            assert_eq!(UnitScale::of(&[f64::MAX, bad], 1), Err(ModelError::NotFinite), "{bad}");
        }
    }
}
