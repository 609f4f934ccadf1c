//! Where a covariate comes from: which records of which of a company's own tables, and how they become numbers of days.

use std::fmt;
use std::str::FromStr;

use crate::id::{EntityId, FieldId};
use crate::tables::FieldType;

/// A word that names no aggregate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such aggregate")]
pub struct UnknownWord;

words! {
    /// How the records of a day become one number.
    Aggregate {
        /// The sum of their values; 0 on a day without a record.
        Sum = "sum",
        /// The mean of their values; unknown on a day without a record.
        Mean = "mean",
        /// How many they are; 0 on a day without a record.
        Count = "count",
        /// The largest of their values; unknown on a day without a record.
        Max = "max",
        /// 1 on a day with a record, or with one whose value is `true`; else 0.
        Flag = "flag",
    }
}

impl Aggregate {
    /// Whether a day without a record holds 0.
    #[must_use]
    pub fn is_zero_without(self) -> bool {
        matches!(self, Self::Sum | Self::Count | Self::Flag)
    }

    /// Whether it is made of values, so that a field has to be named.
    #[must_use]
    pub fn needs_value(self) -> bool {
        matches!(self, Self::Sum | Self::Mean | Self::Max)
    }

    /// The types of fields that it takes values of.
    #[must_use]
    pub fn takes(self) -> &'static [FieldType] {
        match self {
            Self::Sum | Self::Mean | Self::Max => &[FieldType::Number, FieldType::Integer],
            Self::Count => FieldType::ALL,
            Self::Flag => &[FieldType::Boolean],
        }
    }
}

/// Records of an entity type as a covariate. Fields are named by their ids: they may be renamed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CovariateSource {
    /// Whose records.
    pub entity: EntityId,
    /// The day of a record.
    pub date_field: FieldId,
    /// Its value; `None` where records are counted or flagged.
    pub value_field: Option<FieldId>,
    /// What becomes of the records of a day.
    pub aggregate: Aggregate,
    /// The handle of the account that a record is about; `None` where records are about every account.
    pub account_field: Option<FieldId>,
    /// How many days after its own a record counts, at most [`Self::LONGEST_LAG`].
    pub lag_days: u8,
    /// The day or time since which a record was known, as whoever keeps it declares; `None` where a record counts as
    /// known since it was written last.
    pub known_since_field: Option<FieldId>,
}

impl CovariateSource {
    /// The fields that it is made of.
    pub fn fields(&self) -> impl Iterator<Item = FieldId> {
        let optional = [self.value_field, self.account_field, self.known_since_field].into_iter().flatten();
        [self.date_field].into_iter().chain(optional)
    }

    /// The longest lag, in days.
    pub const LONGEST_LAG: u8 = 30;
    /// The most covariates of one training.
    pub const MOST: usize = 8;
    /// The types of a field that tells the day of a record, or since when it was known.
    pub const DAYS: [FieldType; 2] = [FieldType::Date, FieldType::DateTime];
    /// The types of a field that tells the account of a record.
    pub const ACCOUNTS: [FieldType; 2] = [FieldType::Text, FieldType::Choice];
}
