//! Keys that sign access tokens. Their private halves leave this process encrypted only, under a key of the
//! configuration.

use std::fmt;

use atalaya_application::AppError;
use atalaya_application::ports::keys::{KeyWrapping, NewKey, Sealed};
use atalaya_application::ports::security::{PublicKey, PublicPoint};
use atalaya_domain::signing_key::{KeyAlgorithm, KeyId};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretSlice};

use super::secrets::sha256;
use super::wrapping::{KeyError, WrappingKeys};

/// A key pair, of Ed25519 (RFC 8032) or of ECDSA on P-256 (FIPS 186-5). Its private half is never printed.
#[derive(Clone)]
pub struct SigningKey {
    id: KeyId,
    point: PublicPoint,
    pkcs8: SecretSlice<u8>,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("id", &self.id).finish_non_exhaustive()
    }
}

impl SigningKey {
    /// A new key.
    ///
    /// # Errors
    /// [`KeyError::Machine`] when the machine gives no randomness.
    pub fn generate(algorithm: KeyAlgorithm) -> Result<Self, KeyError> {
        let document = match algorithm {
            KeyAlgorithm::EdDsa => Ed25519KeyPair::generate().and_then(|pair| pair.to_pkcs8v1()),
            KeyAlgorithm::Es256 => {
                EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).and_then(|pair| pair.to_pkcs8v1())
            }
        };
        let document = document.map_err(|_| KeyError::Machine)?;
        Self::read(algorithm, document.as_ref().to_vec().into()).ok_or(KeyError::Machine)
    }

    /// The key of a PKCS#8 document, if it is one of `algorithm`.
    fn read(algorithm: KeyAlgorithm, pkcs8: SecretSlice<u8>) -> Option<Self> {
        let document = pkcs8.expose_secret();
        let point = match algorithm {
            KeyAlgorithm::EdDsa => {
                let pair = Ed25519KeyPair::from_pkcs8(document).ok()?;
                PublicPoint::Ed25519 { x: pair.public_key().as_ref().try_into().ok()? }
            }
            KeyAlgorithm::Es256 => {
                let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document).ok()?;
                // An uncompressed point (SEC 1, section 2.3.3): a tag, then both coordinates.
                let (x, y) = pair.public_key().as_ref().strip_prefix(&[UNCOMPRESSED])?.split_first_chunk()?;
                PublicPoint::P256 { x: *x, y: y.try_into().ok()? }
            }
        };
        Some(Self { id: thumbprint(&point)?, point, pkcs8 })
    }

    /// Its id: the thumbprint of its public half (RFC 7638).
    #[must_use]
    pub fn id(&self) -> &KeyId {
        &self.id
    }

    /// By what it signs.
    #[must_use]
    pub fn algorithm(&self) -> KeyAlgorithm {
        match self.point {
            PublicPoint::Ed25519 { .. } => KeyAlgorithm::EdDsa,
            PublicPoint::P256 { .. } => KeyAlgorithm::Es256,
        }
    }

    /// What may be published of it.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey { id: self.id.clone(), point: self.point }
    }

    /// The public half as verifiers and the database take it: 32 bytes, or the 65 of an uncompressed point.
    pub(super) fn public_bytes(&self) -> Vec<u8> {
        match &self.point {
            PublicPoint::Ed25519 { x } => x.to_vec(),
            PublicPoint::P256 { x, y } => [[UNCOMPRESSED].as_slice(), x, y].concat(),
        }
    }

    /// The private half as a PKCS#8 document, for the signer.
    pub(super) fn pkcs8(&self) -> &[u8] {
        self.pkcs8.expose_secret()
    }

    /// Encrypts the private half under the current one of `wrapping`.
    ///
    /// # Errors
    /// [`KeyError::Machine`] when the machine gives no randomness.
    pub fn seal(&self, wrapping: &WrappingKeys) -> Result<NewKey, KeyError> {
        Ok(NewKey {
            id: self.id.clone(),
            algorithm: self.algorithm(),
            public_key: self.public_bytes(),
            private_key: wrapping.seal(self.id.as_str(), self.pkcs8())?,
        })
    }

    /// Decrypts a stored key, and checks that it is the one that the fields beside it speak of: whoever can write to
    /// the database and has not the wrapping key cannot bring in a key of their own.
    ///
    /// # Errors
    /// [`KeyError`] says which variable is wrong.
    pub fn open(
        id: &KeyId,
        algorithm: KeyAlgorithm,
        public_key: &[u8],
        private_key: &Sealed,
        wrapping: &WrappingKeys,
    ) -> Result<Self, KeyError> {
        let pkcs8 = wrapping.open(id.as_str(), private_key)?;
        let opened = Self::read(algorithm, pkcs8).filter(|key| key.id == *id && key.public_bytes() == public_key);
        opened.ok_or_else(|| KeyError::Mismatched { kid: id.to_string() })
    }
}

/// The tag of a point with both coordinates.
const UNCOMPRESSED: u8 = 4;

/// The thumbprint of a public key (RFC 7638; RFC 8037 says which members those of Ed25519 have).
fn thumbprint(point: &PublicPoint) -> Option<KeyId> {
    let text = |bytes: &[u8; 32]| URL_SAFE_NO_PAD.encode(bytes);
    let members = match point {
        PublicPoint::Ed25519 { x } => format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, text(x)),
        PublicPoint::P256 { x, y } => format!(r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#, text(x), text(y)),
    };
    KeyId::parse(&URL_SAFE_NO_PAD.encode(sha256(members.as_bytes()))).ok()
}

impl KeyWrapping for WrappingKeys {
    fn make(&self, algorithm: KeyAlgorithm) -> Result<NewKey, AppError> {
        SigningKey::generate(algorithm).and_then(|key| key.seal(self)).map_err(AppError::internal)
    }

    fn current_id(&self) -> &str {
        self.encrypting_id()
    }

    fn rewrap(&self, name: &str, sealed: &Sealed) -> Result<Sealed, AppError> {
        let secret = self.open(name, sealed).map_err(AppError::internal)?;
        self.seal(name, secret.expose_secret()).map_err(AppError::internal)
    }
}

#[cfg(test)]
mod tests {
    use KeyAlgorithm::{EdDsa, Es256};

    use super::super::NamedSecret;
    use super::*;

    fn wrapping(secrets: &[(&str, u8)]) -> WrappingKeys {
        let named = |(id, byte): &(&str, u8)| NamedSecret { id: (*id).to_owned(), value: vec![*byte; 32].into() };
        WrappingKeys::new(&secrets.iter().map(named).collect::<Vec<_>>()).unwrap()
    }

    fn open(stored: &NewKey, wrapping: &WrappingKeys) -> Result<SigningKey, KeyError> {
        SigningKey::open(&stored.id, stored.algorithm, &stored.public_key, &stored.private_key, wrapping)
    }

    /// A new key of each algorithm, as it is stored.
    fn stored(wrapping: &WrappingKeys) -> [NewKey; 2] {
        KeyAlgorithm::ALL.map(|algorithm| SigningKey::generate(algorithm).unwrap().seal(wrapping).unwrap())
    }

    #[test]
    fn a_sealed_key_opens_to_the_same_key() {
        for algorithm in KeyAlgorithm::ALL {
            let key = SigningKey::generate(algorithm).unwrap();
            let sealed = key.seal(&wrapping(&[("1", 7)])).unwrap();
            let opened = open(&sealed, &wrapping(&[("1", 7)])).unwrap();
            assert_eq!((opened.id(), opened.public(), opened.pkcs8()), (key.id(), key.public(), key.pkcs8()));
            assert_eq!((opened.algorithm(), sealed.algorithm), (algorithm, algorithm));
            let encrypted = &sealed.private_key.bytes;
            assert!(!encrypted.windows(8).any(|bytes| key.pkcs8().windows(8).any(|plain| plain == bytes)));
        }
    }

    #[test]
    fn a_key_sealed_before_the_rotation_of_wrapping_keys_still_opens() {
        for sealed in stored(&wrapping(&[("1", 7)])) {
            assert!(open(&sealed, &wrapping(&[("2", 9), ("1", 7)])).is_ok());
        }
    }

    #[test]
    fn the_error_names_the_variable_and_the_key_that_is_missing_or_wrong() {
        let [sealed, _] = stored(&wrapping(&[("1", 7)]));
        let missing = open(&sealed, &wrapping(&[("2", 9)])).unwrap_err();
        assert!(matches!(&missing, KeyError::UnknownWrappingKey { wrapping_key_id, .. } if wrapping_key_id == "1"));
        let wrong = open(&sealed, &wrapping(&[("1", 9)])).unwrap_err();
        assert!(matches!(&wrong, KeyError::Undecryptable { wrapping_key_id, .. } if wrapping_key_id == "1"));
        assert!(missing.to_string().contains("KEY_ENCRYPTION_KEY") && wrong.to_string().contains("KEY_ENCRYPTION_KEY"));
    }

    #[test]
    fn a_stored_key_that_was_tampered_with_does_not_open() {
        let keys = wrapping(&[("1", 7)]);
        let others = stored(&keys);
        for (sealed, other) in stored(&keys).iter().zip(&others) {
            for position in 0..sealed.private_key.bytes.len() {
                let mut tampered = sealed.clone();
                tampered.private_key.bytes[position] ^= 1;
                assert!(open(&tampered, &keys).is_err(), "byte {position} was changed unnoticed");
            }
            let renamed = NewKey { id: other.id.clone(), ..sealed.clone() };
            assert!(matches!(open(&renamed, &keys), Err(KeyError::Undecryptable { .. })));
            let republished = NewKey { public_key: other.public_key.clone(), ..sealed.clone() };
            assert!(matches!(open(&republished, &keys), Err(KeyError::Mismatched { .. })));
            let algorithm = if sealed.algorithm == EdDsa { Es256 } else { EdDsa };
            assert!(matches!(open(&NewKey { algorithm, ..sealed.clone() }, &keys), Err(KeyError::Mismatched { .. })));
            let mut cut = sealed.clone();
            cut.private_key.bytes.truncate(3);
            assert!(matches!(open(&cut, &keys), Err(KeyError::Undecryptable { .. })));
        }
    }

    #[test]
    fn wrapping_keys_have_32_bytes() {
        let short = NamedSecret { id: "1".to_owned(), value: vec![7; 31].into() };
        assert_eq!(WrappingKeys::new(&[short]).err(), Some(KeyError::WrappingKeyLength(31)));
        assert_eq!(WrappingKeys::new(&[]).err(), Some(KeyError::NoWrappingKey));
    }

    #[test]
    fn a_key_is_named_by_its_thumbprint() {
        let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap().try_into().unwrap();
        // RFC 8037, appendix A.3.
        let ed25519 = PublicPoint::Ed25519 { x: bytes("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo") };
        assert_eq!(thumbprint(&ed25519).unwrap().as_str(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        // The key of RFC 7517, appendix A.1, and SHA-256 of its members as RFC 7638 orders them, by another program.
        let p256 = PublicPoint::P256 {
            x: bytes("MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4"),
            y: bytes("4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"),
        };
        assert_eq!(thumbprint(&p256).unwrap().as_str(), "cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s");
    }

    #[test]
    fn private_keys_are_not_printed() {
        let key = SigningKey::generate(Es256).unwrap();
        let printed = format!("{key:?}");
        assert!(printed.contains(key.id().as_str()) && !printed.contains("pkcs8"));
    }
}
