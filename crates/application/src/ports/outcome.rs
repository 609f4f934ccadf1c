//! [`Outcome`]: carries a value out of a unit of work, whose trait objects can give none.

use crate::error::AppError;

/// What the last run of a unit of work came to.
pub(super) struct Outcome<T>(Option<T>);

impl<T> Default for Outcome<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Outcome<T> {
    /// Keeps what a run came to. One that failed leaves nothing of an earlier one.
    pub(super) fn set(&mut self, run: Result<T, AppError>) -> Result<(), AppError> {
        self.0 = None;
        self.0 = Some(run?);
        Ok(())
    }

    /// What it came to.
    ///
    /// # Errors
    /// `Internal` where the store did not run the work.
    pub(super) fn value(self) -> Result<T, AppError> {
        self.0.ok_or_else(|| AppError::internal("the store did not run the work"))
    }
}
