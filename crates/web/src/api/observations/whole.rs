//! Whole numbers of JSON: `5` and `5.0` are the same number there, and so they are here.

use serde::{Deserialize, Deserializer};

/// A number as it was sent.
#[derive(Deserialize)]
#[serde(untagged)]
enum Sent {
    Whole(i64),
    Decimal(f64),
}

/// The largest size up to which a number with decimals is exact.
const EXACT: f64 = 9_007_199_254_740_992.0;

impl Sent {
    fn whole<E: serde::de::Error>(self) -> Result<i64, E> {
        match self {
            Self::Whole(number) => Ok(number),
            Self::Decimal(number) if number.fract() == 0.0 && number.abs() <= EXACT => {
                format!("{number:.0}").parse().map_err(E::custom)
            }
            Self::Decimal(_) => Err(E::custom("not a whole number")),
        }
    }
}

pub(super) fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    Sent::deserialize(deserializer)?.whole()
}

pub(super) fn optional<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    Option::<Sent>::deserialize(deserializer)?.map(Sent::whole).transpose()
}
