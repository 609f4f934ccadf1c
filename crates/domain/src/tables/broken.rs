//! How it is told that a value is none of its field.

use super::kind::FieldType;

/// A rule that a value of a record breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BrokenRule {
    /// No field of the entity type has that key.
    UnknownField,
    /// The field needs a value.
    Required,
    /// The value is of another type.
    WrongType(FieldType),
    /// More code points than the field allows, or than a JSON value may have.
    TooLong {
        /// The most.
        max: u32,
    },
    /// Lists and objects of a JSON value lie deeper in one another than is kept.
    TooDeep {
        /// The most levels.
        max: u32,
    },
    /// The texts of the record are more than it may hold together.
    RecordTooLarge {
        /// The most bytes.
        max: usize,
    },
    /// A character that no text may have.
    Character,
    /// More digits than are kept.
    TooManyDigits,
    /// Beyond what a whole number may be.
    OutOfRange,
    /// Smaller than the field allows.
    BelowMinimum {
        /// The smallest.
        min: String,
    },
    /// Larger than the field allows.
    AboveMaximum {
        /// The largest.
        max: String,
    },
    /// The text does not match the field's pattern.
    NotMatching,
    /// None of the field's choices.
    UnknownChoice {
        /// What there is to choose from.
        allowed: Vec<String>,
    },
    /// The field points to no record of that id.
    UnknownRecord,
    /// Several records are called as the text says.
    AmbiguousRecord,
}

/// A rule with the key that breaks it, as the sender wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The key in `data`.
    pub key: String,
    /// What is wrong.
    pub rule: BrokenRule,
}
