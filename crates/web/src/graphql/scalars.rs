//! Scalars of the schema. A text is any text here: its rules are the resolver's, so that a broken one is named as REST
//! names it.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use chrono::{DateTime, NaiveDate, Utc};

use crate::api::parse::wire_time;

macro_rules! text_scalars {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub(crate) struct $name(pub(crate) String);

        #[Scalar]
        $(#[$doc])*
        impl ScalarType for $name {
            fn parse(value: Value) -> InputValueResult<Self> {
                match value {
                    Value::String(text) => Ok(Self(text)),
                    other => Err(InputValueError::expected_type(other)),
                }
            }

            fn to_value(&self) -> Value {
                Value::String(self.0.clone())
            }
        }
    )+};
}

text_scalars! {
    /// A day, `YYYY-MM-DD`.
    Date,
    /// A moment, in UTC by RFC 3339; where it is sent, one without a zone is on the account's clocks.
    Moment,
}

impl From<NaiveDate> for Date {
    fn from(date: NaiveDate) -> Self {
        Self(date.to_string())
    }
}

impl From<DateTime<Utc>> for Moment {
    fn from(at: DateTime<Utc>) -> Self {
        Self(wire_time(at))
    }
}

/// A whole number of up to 18 digits: more followers than an `Int` holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Count(pub(crate) i64);

#[Scalar]
/// A whole number of up to 18 digits: more followers than an `Int` holds.
impl ScalarType for Count {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::Number(number) => number.as_i64().map(Self).ok_or_else(|| InputValueError::expected_type(value)),
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::Number(self.0.into())
    }
}

impl Count {
    /// A count that is none below zero.
    pub(crate) fn of(count: u64) -> Self {
        Self(i64::try_from(count).unwrap_or(i64::MAX))
    }
}
