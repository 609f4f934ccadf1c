//! The signing key set: what is in it, rotation by the schedule and by hand, revocation, and encrypting it anew.

mod service;

use atalaya_domain::access::Operator;
use atalaya_domain::audit::AuditAction;
use atalaya_domain::signing_key::{KeyId, KeyLife, KeyRefusal, NextStep, Urgency};
use chrono::{DateTime, Utc};

use crate::error::AppError;

pub use service::SigningKeyService;

/// Why nothing was done with the keys.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// There are no keys to work on.
    #[error("access tokens are signed with a shared secret (HS256), so there is no set of signing keys")]
    SharedSecret,
    /// The set does not allow it now.
    #[error("{0}")]
    Refused(KeyRefusal),
    /// A fault.
    #[error("{0}")]
    Failed(#[from] AppError),
}

/// A key of the set, with what the schedule has in mind for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedKey {
    /// The key.
    pub key: KeyLife,
    /// What becomes of it next, and when.
    pub next: Option<(NextStep, DateTime<Utc>)>,
}

/// Something that was done to a key, as the audit log tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyEvent {
    /// What.
    pub action: AuditAction,
    /// To which.
    pub key: KeyId,
}

/// What was encrypted anew.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rewrapped {
    /// Signing keys.
    pub signing_keys: usize,
    /// Secrets that the installation made for itself.
    pub installation_secrets: usize,
    /// Those of both that were under the current key already.
    pub unchanged: usize,
}

/// The use cases of the signing key set. Every change is told to the audit log of the platform, in its transaction.
pub trait SigningKeys: Send + Sync {
    /// Every key, the oldest first.
    ///
    /// # Errors
    /// [`KeysError`].
    fn list(&self) -> Result<Vec<ListedKey>, KeysError>;

    /// Does what is due: makes the first key, publishes the next one, rotates, removes. Of several processes that do so
    /// at once, one does it. Nothing where a shared secret signs.
    ///
    /// # Errors
    /// Of the database.
    fn maintain(&self) -> Result<Vec<KeyEvent>, AppError>;

    /// The key that stands by takes over now.
    ///
    /// # Errors
    /// [`KeysError::Refused`] when verifiers may not know it yet, unless it is urgent.
    fn rotate(&self, by: &Operator, urgency: Urgency) -> Result<Vec<KeyEvent>, KeysError>;

    /// A compromised key verifies nothing from now on.
    ///
    /// # Errors
    /// [`KeysError::Refused`] when there is no such key.
    fn revoke(&self, by: &Operator, id: &KeyId) -> Result<Vec<KeyEvent>, KeysError>;

    /// Encrypts whatever is stored encrypted under the current key, all or nothing; a second time does nothing.
    ///
    /// # Errors
    /// `Internal` says which former key is missing.
    fn rewrap(&self, by: &Operator) -> Result<Rewrapped, AppError>;
}
