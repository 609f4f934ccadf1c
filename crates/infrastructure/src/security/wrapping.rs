//! Encryption of what must be stored and not read: private keys and the installation's own secrets.

use atalaya_application::ports::keys::Sealed;
use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use secrecy::{ExposeSecret, SecretSlice};

use super::NamedSecret;

/// Why a key could not be made, stored or read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// There is nothing to encrypt private keys with.
    #[error("KEY_ENCRYPTION_KEY is empty")]
    NoWrappingKey,
    /// A key of the wrong length.
    #[error("KEY_ENCRYPTION_KEY has a key of {0} bytes; each needs 32")]
    WrappingKeyLength(usize),
    /// The key that a private key was encrypted under is not configured any more.
    #[error(
        "KEY_ENCRYPTION_KEY has no key of the id {wrapping_key_id:?}, under which {name} is stored; list it after the \
         current one, as id:value"
    )]
    UnknownWrappingKey {
        /// What it encrypts.
        name: String,
        /// The key that is missing.
        wrapping_key_id: String,
    },
    /// The key of that id does not decrypt it.
    #[error(
        "KEY_ENCRYPTION_KEY has another key under the id {wrapping_key_id:?} than the one that {name} was stored with, \
         or what is stored is damaged"
    )]
    Undecryptable {
        /// What it encrypts.
        name: String,
        /// The key that was tried.
        wrapping_key_id: String,
    },
    /// It was decrypted and is no key of its algorithm, or another one than its row says.
    #[error("signing key {kid} does not fit its stored public key")]
    Mismatched {
        /// The signing key.
        kid: String,
    },
    /// The cryptographic library failed.
    #[error("the machine could not make or encrypt a key")]
    Machine,
}

/// The keys that encrypt stored secrets: the first encrypts, all decrypt.
pub struct WrappingKeys {
    current: WrappingKey,
    former: Vec<WrappingKey>,
}

struct WrappingKey {
    id: String,
    key: RandomizedNonceKey,
}

impl WrappingKeys {
    /// The bytes of a key.
    pub const KEY_BYTES: usize = 32;

    /// The id of the key that encrypts.
    pub(super) fn encrypting_id(&self) -> &str {
        &self.current.id
    }

    /// Reads the keys of the configuration.
    ///
    /// # Errors
    /// [`KeyError`] when there is none or one is not 32 bytes long.
    pub fn new(secrets: &[NamedSecret]) -> Result<Self, KeyError> {
        let mut keys = secrets.iter().map(WrappingKey::new);
        let current = keys.next().ok_or(KeyError::NoWrappingKey)??;
        Ok(Self { current, former: keys.collect::<Result<_, _>>()? })
    }

    /// Encrypts under the current key, bound to `name` as associated data: under another name it does not open.
    ///
    /// # Errors
    /// [`KeyError::Machine`] when the machine gives no randomness.
    pub fn seal(&self, name: &str, secret: &[u8]) -> Result<Sealed, KeyError> {
        let mut encrypted = secret.to_vec();
        let nonce = self
            .current
            .key
            .seal_in_place_append_tag(Aad::from(name), &mut encrypted)
            .map_err(|_| KeyError::Machine)?;
        let bytes = [nonce.as_ref().as_slice(), &encrypted].concat();
        Ok(Sealed { bytes, wrapping_key_id: self.current.id.clone() })
    }

    /// Decrypts what was sealed under `name`.
    ///
    /// # Errors
    /// [`KeyError`] says which variable is wrong.
    pub fn open(&self, name: &str, sealed: &Sealed) -> Result<SecretSlice<u8>, KeyError> {
        let wrapping_key_id = || sealed.wrapping_key_id.clone();
        let undecryptable = || KeyError::Undecryptable { name: name.to_owned(), wrapping_key_id: wrapping_key_id() };
        let key = self.find(&sealed.wrapping_key_id).ok_or_else(|| KeyError::UnknownWrappingKey {
            name: name.to_owned(),
            wrapping_key_id: wrapping_key_id(),
        })?;
        let (nonce, encrypted) = sealed.bytes.split_first_chunk::<NONCE_LEN>().ok_or_else(undecryptable)?;
        let mut buffer = encrypted.to_vec();
        let length = key
            .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(name), &mut buffer)
            .map_err(|_| undecryptable())?
            .len();
        buffer.truncate(length);
        Ok(SecretSlice::from(buffer))
    }

    fn find(&self, id: &str) -> Option<&RandomizedNonceKey> {
        std::iter::once(&self.current).chain(&self.former).find(|known| known.id == id).map(|known| &known.key)
    }
}

impl WrappingKey {
    fn new(secret: &NamedSecret) -> Result<Self, KeyError> {
        let bytes = secret.value.expose_secret();
        let key = RandomizedNonceKey::new(&AES_256_GCM, bytes).map_err(|_| KeyError::WrappingKeyLength(bytes.len()))?;
        Ok(Self { id: secret.id.clone(), key })
    }
}
