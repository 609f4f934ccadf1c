//! Access tokens: JSON Web Tokens of the profile of RFC 9068, verified as RFC 8725 asks.

mod claims;
mod live;
mod ring;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use atalaya_application::error::AppError;
use atalaya_application::ports::memory::{Change, ChangeListener};
use atalaya_application::ports::security::{AccessClaims, AccessTokens, PublicKey, SignedClaims, TokenRejection};
use atalaya_domain::signing_key::{CLOCK_LEEWAY, KeyId};
use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, Header, Validation};
use secrecy::SecretString;

use self::claims::WireClaims;
use self::live::LiveRing;
use self::ring::{KeyRing, Verifier};
use super::secrets::random_bytes;
use crate::freshness::Freshness;

pub use self::live::KeySource;

/// Who issues tokens and for whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenNames {
    /// `iss`.
    pub issuer: String,
    /// `aud`.
    pub audience: String,
}

/// Signs and verifies by the keys of the set, or by one shared secret.
pub struct JwtTokens {
    keys: LiveRing,
    names: TokenNames,
    validations: [(Algorithm, Validation); 3],
}

impl JwtTokens {
    /// `typ` (RFC 9068, section 2.1): keeps any other kind of JWT from being taken for an access token.
    const TYPE: &str = "at+jwt";
    /// The longest token that is looked at, in bytes. An issued one has about 500.
    const MAX_BYTES: usize = 4096;

    /// Signs and verifies by one secret of at least 32 bytes (RFC 7518, section 3.2), by HS256. No key is published.
    #[must_use]
    pub fn shared_secret(secret: &SecretString, names: TokenNames) -> Self {
        Self::new(LiveRing::fixed(KeyRing::shared_secret(secret)), names)
    }

    /// Signs and verifies by a key set, as soon as [`Self::follow`] has said where it is. While `freshness` does not
    /// hold, the keys are asked for before a token is believed.
    #[must_use]
    pub fn key_set(names: TokenNames, freshness: Arc<Freshness>) -> Self {
        Self::new(LiveRing::by(freshness), names)
    }

    fn new(keys: LiveRing, names: TokenNames) -> Self {
        let validations = [Algorithm::EdDSA, Algorithm::ES256, Algorithm::HS256]
            .map(|algorithm| (algorithm, Self::validation(algorithm, &names)));
        Self { keys, names, validations }
    }

    fn validation(algorithm: Algorithm, names: &TokenNames) -> Validation {
        let mut validation = Validation::new(algorithm);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        validation.set_issuer(&[&names.issuer]);
        validation.set_audience(&[&names.audience]);
        // The library would compare with the machine's clock: times are checked against the caller's `now` instead.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        validation
    }

    /// Takes the keys from `source`, now and whenever a change is told. Says so once: what comes later is ignored.
    ///
    /// # Errors
    /// Those of `source`.
    pub fn follow(&self, source: Box<dyn KeySource>) -> Result<(), AppError> {
        self.keys.follow(source)
    }

    /// Takes the keys from the source anew, in case that failed when it was told of a change.
    ///
    /// # Errors
    /// Those of the source; the keys stay as they were.
    pub fn reload(&self) -> Result<(), AppError> {
        self.keys.reload()
    }

    fn reload_after_a_change(&self) {
        if let Err(error) = self.keys.reload() {
            tracing::error!(event = "keys_not_reloaded", %error, "the signing keys changed and could not be read");
        }
    }

    /// What this program writes before its claims, and nothing else.
    fn header(algorithm: Algorithm, key: &KeyId) -> Header {
        let mut header = Header::new(algorithm);
        header.typ = Some(Self::TYPE.to_owned());
        header.kid = Some(key.to_string());
        header
    }

    /// The key that the header names, if the header is one that this program writes: one algorithm for each key, and no
    /// member more. `jku`, `jwk`, `x5u` and `x5c` are a stranger's word on which key to trust, and `crit` names
    /// extensions that must be understood (RFC 7515, section 4.1.11): none is.
    fn verifier(&self, header: &Header) -> Result<Verifier, TokenRejection> {
        let id = header.kid.as_deref().and_then(|kid| KeyId::parse(kid).ok()).ok_or(TokenRejection::Invalid)?;
        if *header != Self::header(header.alg, &id) {
            return Err(TokenRejection::Invalid);
        }
        let known = self.keys.verifier(&id).map_err(|_| TokenRejection::Unavailable)?;
        known.filter(|known| known.algorithm == header.alg).ok_or(TokenRejection::Invalid)
    }
}

impl AccessTokens for JwtTokens {
    fn issue(&self, claims: &AccessClaims) -> Result<SecretString, AppError> {
        let signer = self.keys.signer()?;
        let header = Self::header(signer.algorithm, &signer.id);
        let id = uuid::Builder::from_random_bytes(random_bytes().map_err(AppError::internal)?).into_uuid();
        let wire = WireClaims::new(claims, &self.names, id);
        jsonwebtoken::encode(&header, &wire, &signer.key).map(SecretString::from).map_err(AppError::internal)
    }

    fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<SignedClaims, TokenRejection> {
        let invalid = || TokenRejection::Invalid;
        if token.len() > Self::MAX_BYTES {
            return Err(invalid());
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| invalid())?;
        let Verifier { id, algorithm, key } = self.verifier(&header)?;
        let (_, validation) = self.validations.iter().find(|(known, _)| *known == algorithm).ok_or_else(invalid)?;
        let wire = jsonwebtoken::decode::<WireClaims>(token, &key, validation).map_err(|_| invalid())?.claims;
        let claims = wire.parse().ok_or_else(invalid)?;
        if claims.issued_at > now + CLOCK_LEEWAY {
            return Err(invalid());
        }
        if now >= claims.expires_at + CLOCK_LEEWAY {
            return Err(TokenRejection::Expired);
        }
        Ok(SignedClaims { claims, key: id })
    }

    fn public_keys(&self) -> Vec<PublicKey> {
        self.keys.ring().published.clone()
    }
}

impl ChangeListener for JwtTokens {
    /// Whoever remembers tokens has to hear of a change after this: what is verified anew must meet the new keys.
    fn changed(&self, change: &Change) {
        match change {
            Change::KeyGone(id) => self.keys.forget(id),
            Change::Keys => self.reload_after_a_change(),
            Change::User(_) | Change::Session(_) | Change::Company(_) | Change::Account(..) => {}
        }
    }

    fn everything_changed(&self) {
        self.reload_after_a_change();
    }
}
