//! Keys that sign access tokens, and how they are stored: the private part encrypted under a key of the configuration.

use std::fmt;

use atalaya_application::ports::security::PublicKey;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretSlice};

use super::secrets::sha256;
use super::wrapping::{KeyError, Sealed, WrappingKeys};

/// A signing key as it is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedKey {
    /// Its id in token headers.
    pub kid: String,
    /// The JWS algorithm that it signs by, `EdDSA` (RFC 8037).
    pub algorithm: String,
    /// The Ed25519 public key, 32 bytes.
    pub public_key: Vec<u8>,
    /// A nonce of 12 bytes, then the PKCS#8 document (RFC 5958) encrypted by AES-256-GCM with `kid` as associated data.
    pub private_key_encrypted: Vec<u8>,
    /// Which of the configured keys encrypted it.
    pub wrapping_key_id: String,
}

impl fmt::Debug for SealedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealedKey")
            .field("kid", &self.kid)
            .field("wrapping_key_id", &self.wrapping_key_id)
            .finish_non_exhaustive()
    }
}

/// An Ed25519 key pair (RFC 8032). Its private part is never printed.
#[derive(Clone)]
pub struct SigningKey {
    kid: String,
    public_key: Vec<u8>,
    pkcs8: SecretSlice<u8>,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("kid", &self.kid).finish_non_exhaustive()
    }
}

impl SigningKey {
    /// The JWS algorithm (RFC 8037).
    pub const ALGORITHM: &str = "EdDSA";

    /// A new key.
    ///
    /// # Errors
    /// [`KeyError::Machine`] when the machine gives no randomness.
    pub fn generate() -> Result<Self, KeyError> {
        let pair = Ed25519KeyPair::generate().map_err(|_| KeyError::Machine)?;
        let pkcs8 = pair.to_pkcs8v1().map_err(|_| KeyError::Machine)?;
        Ok(Self::of_pair(&pair, pkcs8.as_ref().to_vec().into()))
    }

    fn of_pair(pair: &Ed25519KeyPair, pkcs8: SecretSlice<u8>) -> Self {
        let public_key = pair.public_key().as_ref().to_vec();
        Self { kid: thumbprint(&public_key), public_key, pkcs8 }
    }

    /// Its id: the key's thumbprint (RFC 7638).
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// What may be published of it.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey { id: self.kid.clone(), x: self.public_key.clone() }
    }

    /// The private key as a PKCS#8 document, for the signer.
    pub(super) fn pkcs8(&self) -> &[u8] {
        self.pkcs8.expose_secret()
    }

    /// Encrypts the private key under the current one of `wrapping`.
    ///
    /// # Errors
    /// [`KeyError::Machine`] when the machine gives no randomness.
    pub fn seal(&self, wrapping: &WrappingKeys) -> Result<SealedKey, KeyError> {
        let sealed = wrapping.seal(&self.kid, self.pkcs8())?;
        Ok(SealedKey {
            kid: self.kid.clone(),
            algorithm: Self::ALGORITHM.to_owned(),
            public_key: self.public_key.clone(),
            private_key_encrypted: sealed.bytes,
            wrapping_key_id: sealed.wrapping_key_id,
        })
    }
}

impl SealedKey {
    /// Decrypts the private key and checks that it is the one that the other fields speak of.
    ///
    /// # Errors
    /// [`KeyError`] says which variable is wrong.
    pub fn open(&self, wrapping: &WrappingKeys) -> Result<SigningKey, KeyError> {
        let sealed =
            Sealed { bytes: self.private_key_encrypted.clone(), wrapping_key_id: self.wrapping_key_id.clone() };
        let pkcs8 = wrapping.open(&self.kid, &sealed)?;
        let mismatched = || KeyError::Mismatched { kid: self.kid.clone() };
        let pair = Ed25519KeyPair::from_pkcs8(pkcs8.expose_secret()).map_err(|_| mismatched())?;
        let opened = SigningKey::of_pair(&pair, pkcs8);
        if opened.kid == self.kid && opened.public_key == self.public_key { Ok(opened) } else { Err(mismatched()) }
    }
}

/// The thumbprint of an Ed25519 public key (RFC 7638, with the members that RFC 8037 requires).
fn thumbprint(public_key: &[u8]) -> String {
    let x = URL_SAFE_NO_PAD.encode(public_key);
    URL_SAFE_NO_PAD.encode(sha256(format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#).as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::super::NamedSecret;
    use super::*;

    fn secret(id: &str, byte: u8) -> NamedSecret {
        NamedSecret { id: id.to_owned(), value: vec![byte; 32].into() }
    }

    fn wrapping(secrets: &[NamedSecret]) -> WrappingKeys {
        WrappingKeys::new(secrets).unwrap()
    }

    #[test]
    fn a_sealed_key_opens_to_the_same_key() {
        let key = SigningKey::generate().unwrap();
        let sealed = key.seal(&wrapping(&[secret("1", 7)])).unwrap();
        let opened = sealed.open(&wrapping(&[secret("1", 7)])).unwrap();
        assert_eq!((opened.kid(), opened.public(), opened.pkcs8()), (key.kid(), key.public(), key.pkcs8()));
        assert!(
            !sealed.private_key_encrypted.windows(8).any(|bytes| key.pkcs8().windows(8).any(|plain| plain == bytes))
        );
    }

    #[test]
    fn a_key_sealed_before_the_rotation_of_wrapping_keys_still_opens() {
        let sealed = SigningKey::generate().unwrap().seal(&wrapping(&[secret("1", 7)])).unwrap();
        assert!(sealed.open(&wrapping(&[secret("2", 9), secret("1", 7)])).is_ok());
    }

    #[test]
    fn the_error_names_the_variable_and_the_key_that_is_missing_or_wrong() {
        let sealed = SigningKey::generate().unwrap().seal(&wrapping(&[secret("1", 7)])).unwrap();
        let missing = sealed.open(&wrapping(&[secret("2", 9)])).unwrap_err();
        assert!(matches!(&missing, KeyError::UnknownWrappingKey { wrapping_key_id, .. } if wrapping_key_id == "1"));
        let wrong = sealed.open(&wrapping(&[secret("1", 9)])).unwrap_err();
        assert!(matches!(&wrong, KeyError::Undecryptable { wrapping_key_id, .. } if wrapping_key_id == "1"));
        assert!(missing.to_string().contains("KEY_ENCRYPTION_KEY") && wrong.to_string().contains("KEY_ENCRYPTION_KEY"));
    }

    #[test]
    fn a_stored_key_that_was_tampered_with_does_not_open() {
        let keys = wrapping(&[secret("1", 7)]);
        let sealed = SigningKey::generate().unwrap().seal(&keys).unwrap();
        for position in 0..sealed.private_key_encrypted.len() {
            let mut tampered = sealed.clone();
            tampered.private_key_encrypted[position] ^= 1;
            assert!(tampered.open(&keys).is_err(), "byte {position} was changed unnoticed");
        }
        let renamed = SealedKey { kid: "other".to_owned(), ..sealed.clone() };
        assert!(matches!(renamed.open(&keys), Err(KeyError::Undecryptable { .. })));
        let republished = SealedKey { public_key: vec![0; 32], ..sealed.clone() };
        assert!(matches!(republished.open(&keys), Err(KeyError::Mismatched { .. })));
        let cut = SealedKey { private_key_encrypted: vec![1, 2, 3], ..sealed };
        assert!(matches!(cut.open(&keys), Err(KeyError::Undecryptable { .. })));
    }

    #[test]
    fn wrapping_keys_have_32_bytes() {
        let short = NamedSecret { id: "1".to_owned(), value: vec![7; 31].into() };
        assert_eq!(WrappingKeys::new(&[short]).err(), Some(KeyError::WrappingKeyLength(31)));
        assert_eq!(WrappingKeys::new(&[]).err(), Some(KeyError::NoWrappingKey));
    }

    #[test]
    fn a_key_is_named_by_its_thumbprint() {
        // RFC 8037, appendix A.3.
        let x = URL_SAFE_NO_PAD.decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        assert_eq!(thumbprint(&x.unwrap_or_default()), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn private_keys_are_not_printed() {
        let key = SigningKey::generate().unwrap();
        let printed = format!("{key:?} {:?}", key.seal(&wrapping(&[secret("1", 7)])).unwrap());
        assert!(printed.contains(key.kid()) && !printed.contains("pkcs8") && !printed.contains("private"));
    }
}
