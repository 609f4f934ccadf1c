//! The words of records on the wire that are this API's own.

/// By what records name their fields.
pub(crate) const KEYS: [&str; 2] = ["name", "id"];
/// How numbers of records are written.
pub(crate) const NUMBERS: [&str; 2] = ["number", "string"];
/// The one type of relationship that there is.
pub(crate) const RELATIONSHIP: &str = "MANY_TO_ONE";
