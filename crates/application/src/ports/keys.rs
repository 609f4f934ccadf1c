//! Signing keys and whatever else is stored encrypted: where it is kept, and what encrypts it.

use atalaya_domain::signing_key::{KeyAlgorithm, KeyId, KeyLife, KeyState};
use chrono::{DateTime, Utc};

use crate::error::AppError;

/// Something encrypted. It opens only under the name that it was sealed with.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    /// A nonce of 12 bytes, then the ciphertext of AES-256-GCM with its tag.
    pub bytes: Vec<u8>,
    /// Which of the configured keys encrypted it.
    pub wrapping_key_id: String,
}

/// A signing key that was just made.
#[derive(Clone, PartialEq, Eq)]
pub struct NewKey {
    /// Its id.
    pub id: KeyId,
    /// By what it signs.
    pub algorithm: KeyAlgorithm,
    /// The public half: 32 bytes of Ed25519, or the 65 of an uncompressed point of P-256.
    pub public_key: Vec<u8>,
    /// The private half, a PKCS#8 document (RFC 5958), sealed under the id.
    pub private_key: Sealed,
}

/// What a stored secret is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SealedKind {
    /// The private half of a signing key, named by the key's id.
    SigningKey,
    /// A secret that the installation made for itself, named by its purpose.
    InstallationSecret,
}

/// A stored secret.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedSecret {
    /// What it is.
    pub kind: SealedKind,
    /// The name that it was sealed under.
    pub name: String,
    /// The secret, encrypted.
    pub sealed: Sealed,
}

/// Reads the signing keys.
pub trait KeyReader {
    /// Every signing key, the oldest first.
    ///
    /// # Errors
    /// Of the database.
    fn list(&mut self) -> Result<Vec<KeyLife>, AppError>;
}

/// The signing keys and stored secrets in one transaction. Of several processes at once, each sees what the one before
/// it left, and all hear of what it changed.
pub trait KeyWriter: KeyReader {
    /// Stores a new key in its first state.
    ///
    /// # Errors
    /// Of the database, which refuses a second active key.
    fn insert(&mut self, key: &NewKey, state: KeyState, at: DateTime<Utc>) -> Result<(), AppError>;

    /// Brings a key into its next state.
    ///
    /// # Errors
    /// Of the database, which refuses a second active key; `Internal` when there is no such key.
    fn enter(&mut self, id: &KeyId, state: KeyState, at: DateTime<Utc>) -> Result<(), AppError>;

    /// Deletes a key. Nothing that it signed is believed from the commit on.
    ///
    /// # Errors
    /// Of the database; `Internal` when there is no such key.
    fn remove(&mut self, id: &KeyId) -> Result<(), AppError>;

    /// Everything that is stored encrypted.
    ///
    /// # Errors
    /// Of the database.
    fn secrets(&mut self) -> Result<Vec<SealedSecret>, AppError>;

    /// Stores a secret as it was sealed anew.
    ///
    /// # Errors
    /// Of the database; `Internal` when there is no such secret.
    fn reseal(&mut self, secret: &SealedSecret) -> Result<(), AppError>;
}

/// Makes signing keys and encrypts what is stored.
pub trait KeyWrapping: Send + Sync {
    /// A new signing key, its private half sealed.
    ///
    /// # Errors
    /// `Internal` when the machine has no randomness.
    fn make(&self, algorithm: KeyAlgorithm) -> Result<NewKey, AppError>;

    /// The id of the key that encrypts now.
    fn current_id(&self) -> &str;

    /// Decrypts what was sealed under `name` and seals it under the current key.
    ///
    /// # Errors
    /// `Internal` says which key is missing or wrong.
    fn rewrap(&self, name: &str, sealed: &Sealed) -> Result<Sealed, AppError>;
}
