//! [`Setup`]: what is done to a database before a program works on it, and what is looked for there.

use super::database::Database;

/// A database before work on it: its schema, and what an operator should know of it.
pub struct Setup<'d>(pub(super) &'d Database);

impl Database {
    /// The database before work on it.
    #[must_use]
    pub fn setup(&self) -> Setup<'_> {
        Setup(self)
    }
}
