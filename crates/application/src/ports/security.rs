//! Hashing, tokens and secrets.

use atalaya_domain::access::Role;
use atalaya_domain::id::{CompanyId, SessionId};
use atalaya_domain::login::{Attempt, DeviceId, Scope};
use atalaya_domain::password::Password;
use atalaya_domain::signing_key::KeyId;
use atalaya_domain::suspect::Suspect;
use chrono::{DateTime, Utc};
use secrecy::SecretString;

use crate::error::AppError;

/// A stored password hash with the id of the pepper that it was made with. Never printed.
#[derive(Clone)]
pub struct PasswordHash {
    /// The hash in its own text form.
    pub hash: SecretString,
    /// Which pepper.
    pub pepper_id: String,
}

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// What comparing a password gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comparison {
    /// Whether it is the password.
    pub matches: bool,
    /// Whether the hash was made with an old pepper or cost and should be made anew.
    pub outdated: bool,
}

/// Hashes passwords in a lane of its own. Every call takes as long as the machine is told to make guessing cost.
pub trait PasswordHasher: Send + Sync {
    /// Whether the lane would take work that came now. A hint: the lane itself decides.
    fn has_room(&self) -> bool;

    /// Hashes.
    ///
    /// # Errors
    /// `Unavailable` when the lane is full or the turn does not come in time.
    fn hash(&self, password: &Password) -> Result<PasswordHash, AppError>;

    /// Hashes, unless others run or wait: `None` then.
    ///
    /// # Errors
    /// `Internal` when the work fails.
    fn hash_if_idle(&self, password: &Password) -> Result<Option<PasswordHash>, AppError>;

    /// Compares.
    ///
    /// # Errors
    /// `Unavailable` when the lane is full or the turn does not come in time.
    fn compare(&self, password: &Password, stored: &PasswordHash) -> Result<Comparison, AppError>;

    /// Does the work of [`Self::compare`] for a user who does not exist, so that time tells nothing.
    ///
    /// # Errors
    /// `Unavailable` when the lane is full or the turn does not come in time.
    fn compare_with_nobody(&self, password: &Password) -> Result<(), AppError>;
}

/// What an access token says (RFC 9068).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessClaims {
    /// `sub`: the username.
    pub username: String,
    /// `empresa_id`.
    pub company: Option<CompanyId>,
    /// `rol`.
    pub role: Role,
    /// `sid`.
    pub session: SessionId,
    /// `ver`: the user's version.
    pub user_version: i64,
    /// `iat` and `nbf`.
    pub issued_at: DateTime<Utc>,
    /// `exp`.
    pub expires_at: DateTime<Utc>,
}

/// Claims with the key that signed them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedClaims {
    /// What the token says.
    pub claims: AccessClaims,
    /// `kid`.
    pub key: KeyId,
}

/// Why a token is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenRejection {
    /// Malformed, forged, for somebody else, of an unknown key.
    #[error("invalid token")]
    Invalid,
    /// Its time is over.
    #[error("expired token")]
    Expired,
    /// It may be a good one: whether its key was revoked cannot be known at the moment.
    #[error("the keys are not known at the moment")]
    Unavailable,
}

/// A public key as the key set publishes it (RFC 7517).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    /// `kid`.
    pub id: KeyId,
    /// The key itself.
    pub point: PublicPoint,
}

/// A point of a curve, as the key set publishes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PublicPoint {
    /// Of Ed25519 (RFC 8037).
    Ed25519 {
        /// The public key.
        x: [u8; 32],
    },
    /// Of P-256 (RFC 7518, section 6.2.1).
    P256 {
        /// The first coordinate, big-endian.
        x: [u8; 32],
        /// The second coordinate, big-endian.
        y: [u8; 32],
    },
}

/// Signs and verifies access tokens.
pub trait AccessTokens: Send + Sync {
    /// Signs.
    ///
    /// # Errors
    /// `Internal` when the key does not sign.
    fn issue(&self, claims: &AccessClaims) -> Result<SecretString, AppError>;

    /// Verifies signature, algorithm, type, issuer, audience and times.
    ///
    /// # Errors
    /// [`TokenRejection`] says as much as a client may know.
    fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<SignedClaims, TokenRejection>;

    /// The keys to publish, the one that signs first; none where one shared secret signs.
    fn public_keys(&self) -> Vec<PublicKey>;
}

/// What is stored of a refresh token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RefreshHash(pub [u8; 32]);

/// A refresh token, encrypted under a key that is made of its parent: who has no parent cannot read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedChild(pub Vec<u8>);

/// What is remembered of an access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenDigest(pub [u8; 32]);

/// Makes and digests secrets.
pub trait Secrets: Send + Sync {
    /// A new refresh token of 256 random bits.
    ///
    /// # Errors
    /// `Internal` when the machine has no randomness.
    fn refresh_token(&self) -> Result<SecretString, AppError>;

    /// SHA-256 of a refresh token.
    fn refresh_hash(&self, token: &str) -> RefreshHash;

    /// Encrypts a refresh token for whoever has its parent.
    ///
    /// # Errors
    /// `Internal` when the machine has no randomness.
    fn seal_child(&self, parent: &str, child: &SecretString) -> Result<SealedChild, AppError>;

    /// Decrypts what was sealed for `parent`.
    ///
    /// # Errors
    /// `Internal` when it was sealed for another one, or is damaged.
    fn open_child(&self, parent: &str, sealed: &SealedChild) -> Result<SecretString, AppError>;

    /// A new password of 80 random bits, in letters and digits that are not mistaken for others, in groups to be read
    /// out and typed.
    ///
    /// # Errors
    /// `Internal` when the machine has no randomness.
    fn readable_password(&self) -> Result<Password, AppError>;

    /// SHA-256 of an access token.
    fn token_digest(&self, token: &str) -> TokenDigest;
}

/// Counts failed attempts, of known usernames and of unknown ones alike.
pub trait LoginGuard: Send + Sync {
    /// Begins an attempt, which counts as a failure of all its subjects until it ends.
    ///
    /// # Errors
    /// `RateLimited` when one of them is locked or as many attempts go on as may fail; `Unavailable` when the failures
    /// cannot be looked up: nothing is compared then.
    fn begin(&self, attempt: &Attempt, now: DateTime<Utc>) -> Result<(), AppError>;

    /// Ends an attempt with a wrong secret. What that locks or alarms is told in the same transaction, as the event of
    /// the suspect, and given back for the log.
    ///
    /// # Errors
    /// Of the database; whoever asks must not hear then that the secret was wrong.
    fn fail(&self, attempt: &Attempt, suspect: &Suspect<'_>, now: DateTime<Utc>) -> Result<Vec<Scope>, AppError>;

    /// Ends an attempt with the right secret: earlier failures of that username and device were the same person's
    /// slips. Those of the network stay.
    ///
    /// # Errors
    /// Of the database.
    fn succeed(&self, attempt: &Attempt) -> Result<(), AppError>;

    /// Ends an attempt of which nothing came: nothing was compared.
    fn abandon(&self, attempt: &Attempt);
}

/// Makes and knows device tokens: what a browser or client that logged in keeps, to be counted apart from strangers.
/// They open nothing.
pub trait DeviceTokens: Send + Sync {
    /// A token of a new device, good for this username alone.
    ///
    /// # Errors
    /// `Internal` when the machine has no randomness.
    fn issue(&self, username_key: &str) -> Result<SecretString, AppError>;

    /// The device of a token, if it is one of this username.
    fn verify(&self, username_key: &str, token: &str) -> Option<DeviceId>;
}
