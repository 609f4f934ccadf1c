//! Requests that may come again: who does one at the moment, and what was answered.
//!
//! A request has one effect, because its answer is written in the transaction of the effect ([`AnswerWriter`]), which
//! succeeds only for the attempt that holds the request. A process renews what it holds; when it dies, the hold runs
//! out and the next attempt takes the request over.

use atalaya_domain::id::{AttemptId, CompanyId, UserId};
use chrono::{DateTime, Utc};

use crate::error::AppError;

/// Which request: a client's key counts for one user and one operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestKey {
    /// Who asked.
    pub user: UserId,
    /// For what.
    pub operation: &'static str,
    /// The client's own key.
    pub key: String,
}

/// What stands for a [`RequestKey`] in the store: a code under a secret of the installation, because clients may make
/// their keys from what they send, and that may be a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyCode(pub [u8; 32]);

/// The right to do a request, until another attempt took it over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Itself.
    pub id: AttemptId,
    /// Who asked.
    pub user: UserId,
    /// For what.
    pub operation: &'static str,
    /// The client's key.
    pub key: KeyCode,
    /// The company whose data the effect is in.
    pub company: Option<CompanyId>,
    /// Until when the answer is given again.
    pub answer_until: DateTime<Utc>,
}

/// An answer to give again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAnswer {
    /// Its status.
    pub status: u16,
    /// Its headers besides those of every answer, by name. No value has a line break.
    pub headers: Vec<(String, String)>,
    /// Its JSON body.
    pub body: Vec<u8>,
}

impl StoredAnswer {
    /// With one more header.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }
}

/// What is known of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// It is this attempt's: to do, then to complete or abandon.
    First(Attempt),
    /// It was answered: this way.
    Repeat(StoredAnswer),
    /// Another attempt is doing it.
    Running,
    /// The key was used with another body.
    OtherBody,
}

/// Which process does which request, and for a day what was answered.
pub trait IdempotencyStore: Send + Sync {
    /// Begins a request, atomically: of several at once one is the first. Its hold is renewed until [`Self::let_go`].
    /// `content` is all that the request asks for, in parts. It may hold a password: the store keeps a code of it that
    /// nobody can make without a secret of the installation.
    ///
    /// # Errors
    /// Of the store.
    fn begin(&self, key: &RequestKey, company: Option<CompanyId>, content: &[&[u8]]) -> Result<Begun, AppError>;

    /// Keeps the answer to a request that has no effect, so that it needs no unit of work.
    ///
    /// # Errors
    /// `Conflict(RequestTakenOver)`; of the store.
    fn complete(&self, attempt: &Attempt, answer: &StoredAnswer) -> Result<(), AppError>;

    /// Frees a request whose work failed, so that another attempt may be made at once. One that was answered or taken
    /// over stays. Where the store is away, the hold runs out by itself.
    fn abandon(&self, attempt: &Attempt);

    /// Renews the hold no longer: the attempt has ended.
    fn let_go(&self, attempt: AttemptId);
}

/// Keeps answers in a unit of work.
pub trait AnswerWriter {
    /// Keeps the answer of an attempt.
    ///
    /// # Errors
    /// `Conflict(RequestTakenOver)` where the attempt does not hold the request any more: the effect must not be.
    fn complete(&mut self, attempt: &Attempt, answer: &StoredAnswer) -> Result<(), AppError>;
}
