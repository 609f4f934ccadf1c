//! Hashing of passwords and lists of known ones, access tokens, signing keys, refresh tokens, device tokens, and codes
//! of requests that may come again.
//!
//! Not here: who may do what, and where any of it is stored.

mod audit;
mod breached;
mod devices;
mod keys;
mod password;
mod readings;
mod requests;
mod secrets;
mod strength;
mod tokens;
mod wrapping;

use std::fmt;

use secrecy::SecretSlice;

pub use atalaya_application::ports::keys::Sealed;
pub use audit::AuditKeys;
pub use breached::{BreachedFileError, BreachedList, BreachedPasswords};
pub use devices::{DeviceClaim, HmacDeviceTokens};
pub use keys::SigningKey;
pub use password::{BcryptHasher, HasherError};
pub use readings::ReadingKeys;
pub(crate) use readings::{PictureDigest, PictureName};
pub use requests::{ContentCode, RequestCodes, RequestKeys};
pub(crate) use secrets::random_bytes;
pub use secrets::{Entropy, RandomSecrets, random_secret};
pub use strength::{CommonPasswords, ZxcvbnEstimator};
pub use tokens::{JwtTokens, KeySource, TokenNames};
pub use wrapping::{KeyError, WrappingKeys};

/// One of a list of secrets of which the first is current and the others are still understood. Never printed.
#[derive(Clone)]
pub struct NamedSecret {
    /// What is stored beside whatever the secret made, so that the right one is found again.
    pub id: String,
    /// The secret.
    pub value: SecretSlice<u8>,
}

impl fmt::Debug for NamedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NamedSecret").field("id", &self.id).finish_non_exhaustive()
    }
}
