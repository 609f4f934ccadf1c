//! What fields hold, and what relations do.

use std::fmt;
use std::str::FromStr;

/// A word that names no type of field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such type of field")]
pub struct UnknownWord;

words! {
    /// What a field holds.
    FieldType {
        /// Text in Unicode's form NFC, its length counted in code points.
        Text = "TEXT",
        /// A decimal number, kept as written: [`Number`](super::Number).
        Number = "NUMBER",
        /// A whole number within ±2^53, which is what a JSON number carries exactly in JavaScript.
        Integer = "INTEGER",
        /// A day of the years 1 to 9999.
        Date = "DATE",
        /// `true` or `false`.
        Boolean = "BOOLEAN",
        /// A record of another entity type, or of the same.
        Relation = "RELATION",
        /// An instant, to the microsecond.
        DateTime = "DATETIME",
        /// One of the field's own choices.
        Choice = "CHOICE",
        /// Any JSON value: [`Json`](super::Json). It is kept and shown, and neither compared nor unique.
        Json = "JSON",
    }
}

impl FieldType {
    /// Whether values of this type may be unique: two are not enough to tell records apart, and one JSON value can be
    /// written in many ways.
    #[must_use]
    pub fn can_be_unique(self) -> bool {
        !matches!(self, Self::Boolean | Self::Json)
    }

    /// Whether one value of this type is larger than another one to people.
    #[must_use]
    pub fn is_ordered(self) -> bool {
        !matches!(self, Self::Boolean | Self::Relation | Self::Json)
    }
}

words! {
    /// What becomes of records that point to a record that is deleted.
    OnDelete {
        /// It is not deleted while records point to it.
        Restrict = "restrict",
        /// They point to nothing from then on.
        Clear = "clear",
        /// They are deleted too.
        Cascade = "cascade",
    }
}
