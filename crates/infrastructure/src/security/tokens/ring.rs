//! The keys of one moment.

use std::collections::HashMap;

use atalaya_application::ports::security::PublicKey;
use atalaya_domain::signing_key::{KeyAlgorithm, KeyId, KeyState};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use secrecy::{ExposeSecret, SecretString};

use super::super::keys::SigningKey;

/// The key that signs.
#[derive(Clone)]
pub(super) struct Signer {
    pub(super) id: KeyId,
    pub(super) algorithm: Algorithm,
    pub(super) key: EncodingKey,
}

/// A key that verifies, by its one algorithm.
#[derive(Clone)]
pub(super) struct Verifier {
    pub(super) id: KeyId,
    pub(super) algorithm: Algorithm,
    pub(super) key: DecodingKey,
}

/// The keys that verify tokens, each by its id and for one algorithm, and the one among them that signs.
#[derive(Clone, Default)]
pub(super) struct KeyRing {
    pub(super) signer: Option<Signer>,
    pub(super) verifiers: HashMap<KeyId, Verifier>,
    /// The one that signs first.
    pub(super) published: Vec<PublicKey>,
}

impl KeyRing {
    /// One secret that signs and verifies by HS256. It too has an id in every header, so that all algorithms are
    /// verified by the same steps.
    pub(super) fn shared_secret(secret: &SecretString) -> Self {
        let (bytes, algorithm) = (secret.expose_secret().as_bytes(), Algorithm::HS256);
        let id = KeyId::of_shared_secret();
        let verifier = Verifier { id: id.clone(), algorithm, key: DecodingKey::from_secret(bytes) };
        Self {
            signer: Some(Signer { id: id.clone(), algorithm, key: EncodingKey::from_secret(bytes) }),
            verifiers: HashMap::from([(id, verifier)]),
            published: Vec::new(),
        }
    }

    /// A key set: the active one signs, and all verify and are published.
    pub(super) fn of(mut keys: Vec<(SigningKey, KeyState)>) -> Self {
        // A stable sort: among the others, the order in which they came.
        keys.sort_by_key(|(_, state)| *state != KeyState::Active);
        let verifier = |key: &SigningKey| Verifier {
            id: key.id().clone(),
            algorithm: algorithm(key),
            key: match key.algorithm() {
                KeyAlgorithm::EdDsa => DecodingKey::from_ed_der(&key.public_bytes()),
                KeyAlgorithm::Es256 => DecodingKey::from_ec_der(&key.public_bytes()),
            },
        };
        let signer = |key: &SigningKey| Signer {
            id: key.id().clone(),
            algorithm: algorithm(key),
            key: match key.algorithm() {
                KeyAlgorithm::EdDsa => EncodingKey::from_ed_der(key.pkcs8()),
                KeyAlgorithm::Es256 => EncodingKey::from_ec_der(key.pkcs8()),
            },
        };
        Self {
            signer: keys.iter().find(|(_, state)| *state == KeyState::Active).map(|(key, _)| signer(key)),
            verifiers: keys.iter().map(|(key, _)| (key.id().clone(), verifier(key))).collect(),
            published: keys.iter().map(|(key, _)| key.public()).collect(),
        }
    }

    /// The ring without a key that is gone.
    pub(super) fn forget(&mut self, gone: &KeyId) {
        self.signer.take_if(|signer| signer.id == *gone);
        self.verifiers.remove(gone);
        self.published.retain(|key| key.id != *gone);
    }
}

fn algorithm(key: &SigningKey) -> Algorithm {
    match key.algorithm() {
        KeyAlgorithm::EdDsa => Algorithm::EdDSA,
        KeyAlgorithm::Es256 => Algorithm::ES256,
    }
}
