//! What is written in the transaction of an effect, so that either both happened or neither.

use crate::error::AppError;
use crate::ports::store::UnitOfWork;

/// Keeps a record of an effect `T` in the transaction that has it: the answer to a request that may come again, or the
/// ending of the job that did it. Where the record cannot be kept, because another process took the work over, the
/// effect is rolled back.
pub trait Receipt<T: ?Sized>: Send + Sync {
    /// Keeps it. May run again after contention, in another transaction.
    ///
    /// # Errors
    /// Those that undo the effect.
    fn keep(&self, unit: &mut dyn UnitOfWork, outcome: &T) -> Result<(), AppError>;
}

/// Nothing is kept: for effects that may happen again without harm, or that nobody repeats.
#[derive(Debug, Clone, Copy)]
pub struct Unkept;

impl<T: ?Sized> Receipt<T> for Unkept {
    fn keep(&self, _unit: &mut dyn UnitOfWork, _outcome: &T) -> Result<(), AppError> {
        Ok(())
    }
}
