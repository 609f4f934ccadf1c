//! What was answered to a request that may come again.

use atalaya_domain::id::UserId;

use crate::error::AppError;

/// Which request: a client's key counts for one user and one operation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RequestKey {
    /// Who asked.
    pub user: UserId,
    /// For what.
    pub operation: &'static str,
    /// The client's own key.
    pub key: String,
}

/// An answer to give again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAnswer {
    /// Its status.
    pub status: u16,
    /// Its JSON body.
    pub body: Vec<u8>,
}

/// What is known of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// It is the first with this key: do it, then complete or abandon it.
    First,
    /// It was answered: this way.
    Repeat(StoredAnswer),
    /// The first is still being done.
    Running,
    /// The key was used with another body.
    OtherBody,
}

/// Remembers answers for a day.
pub trait IdempotencyStore: Send + Sync {
    /// Begins a request, atomically: of several at once one is the first.
    ///
    /// # Errors
    /// Of the store.
    fn begin(&self, key: &RequestKey, fingerprint: u128) -> Result<Begun, AppError>;

    /// Stores the answer of the first.
    ///
    /// # Errors
    /// Of the store.
    fn complete(&self, key: &RequestKey, answer: StoredAnswer) -> Result<(), AppError>;

    /// Forgets the first, so that another attempt may be made.
    fn abandon(&self, key: &RequestKey);
}
