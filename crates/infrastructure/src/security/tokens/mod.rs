//! Access tokens: JSON Web Tokens of the profile of RFC 9068, verified as RFC 8725 asks.

mod claims;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use atalaya_application::error::AppError;
use atalaya_application::ports::security::{AccessClaims, AccessTokens, PublicKey, TokenRejection};
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use secrecy::{ExposeSecret, SecretString};

use self::claims::WireClaims;
use super::keys::SigningKey;
use super::secrets::random_bytes;

/// Who issues tokens and for whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenNames {
    /// `iss`.
    pub issuer: String,
    /// `aud`.
    pub audience: String,
}

/// The keys that verify tokens, each by its id and for one algorithm, and the one among them that signs.
pub struct KeyRing {
    algorithm: Algorithm,
    signing_kid: String,
    signing: EncodingKey,
    verifying: HashMap<String, DecodingKey>,
    published: Vec<PublicKey>,
}

impl KeyRing {
    /// The id of the one shared secret. It is in every header, so that both algorithms are verified by the same steps.
    const SHARED_KID: &str = "shared";

    /// Ed25519 keys (RFC 8037): `active` signs, and it and `others` verify and are published.
    #[must_use]
    pub fn ed25519(active: &SigningKey, others: Vec<PublicKey>) -> Self {
        let mut published = vec![active.public()];
        published.extend(others.into_iter().filter(|key| key.id != active.kid()));
        let verifying = published.iter().map(|key| (key.id.clone(), DecodingKey::from_ed_der(&key.x))).collect();
        Self {
            algorithm: Algorithm::EdDSA,
            signing_kid: active.kid().to_owned(),
            signing: EncodingKey::from_ed_der(active.pkcs8()),
            verifying,
            published,
        }
    }

    /// One secret, of at least 32 bytes (RFC 7518, section 3.2), that signs and verifies by HS256. No key is published.
    #[must_use]
    pub fn shared_secret(secret: &SecretString) -> Self {
        let bytes = secret.expose_secret().as_bytes();
        Self {
            algorithm: Algorithm::HS256,
            signing_kid: Self::SHARED_KID.to_owned(),
            signing: EncodingKey::from_secret(bytes),
            verifying: HashMap::from([(Self::SHARED_KID.to_owned(), DecodingKey::from_secret(bytes))]),
            published: Vec::new(),
        }
    }
}

/// Signs and verifies by a [`KeyRing`].
pub struct JwtTokens {
    ring: KeyRing,
    names: TokenNames,
    validation: Validation,
}

impl JwtTokens {
    /// `typ` (RFC 9068, section 2.1): keeps any other kind of JWT from being taken for an access token.
    const TYPE: &str = "at+jwt";
    /// The longest token that is looked at, in bytes. An issued one has about 500.
    const MAX_BYTES: usize = 4096;
    /// How far clocks may differ.
    const LEEWAY: TimeDelta = TimeDelta::seconds(5);

    /// Issues and accepts tokens of these names, signed by the keys of `ring`.
    #[must_use]
    pub fn new(ring: KeyRing, names: TokenNames) -> Self {
        let mut validation = Validation::new(ring.algorithm);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        validation.set_issuer(&[&names.issuer]);
        validation.set_audience(&[&names.audience]);
        // The library would compare with the machine's clock: times are checked against the caller's `now` instead.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        Self { ring, names, validation }
    }

    /// The key that the header names, if the header is one that this program writes. What else it may carry (`jku`,
    /// `jwk`, `x5u`, `x5c`) is a stranger's word on which key to trust, and not listened to.
    fn key_of(&self, header: &Header) -> Option<&DecodingKey> {
        let ours = header.alg == self.ring.algorithm && header.typ.as_deref() == Some(Self::TYPE);
        // `crit` names extensions that must be understood (RFC 7515, section 4.1.11). None is.
        if !ours || header.crit.is_some() {
            return None;
        }
        self.ring.verifying.get(header.kid.as_deref()?)
    }
}

impl AccessTokens for JwtTokens {
    fn issue(&self, claims: &AccessClaims) -> Result<SecretString, AppError> {
        let mut header = Header::new(self.ring.algorithm);
        header.typ = Some(Self::TYPE.to_owned());
        header.kid = Some(self.ring.signing_kid.clone());
        let id = uuid::Builder::from_random_bytes(random_bytes().map_err(AppError::internal)?).into_uuid();
        let wire = WireClaims::new(claims, &self.names, id);
        jsonwebtoken::encode(&header, &wire, &self.ring.signing).map(SecretString::from).map_err(AppError::internal)
    }

    fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<AccessClaims, TokenRejection> {
        if token.len() > Self::MAX_BYTES {
            return Err(TokenRejection::Invalid);
        }
        let header = jsonwebtoken::decode_header(token).map_err(|_| TokenRejection::Invalid)?;
        let key = self.key_of(&header).ok_or(TokenRejection::Invalid)?;
        let wire = jsonwebtoken::decode::<WireClaims>(token, key, &self.validation)
            .map_err(|_| TokenRejection::Invalid)?
            .claims;
        let claims = wire.parse().ok_or(TokenRejection::Invalid)?;
        if claims.issued_at > now + Self::LEEWAY {
            return Err(TokenRejection::Invalid);
        }
        if now >= claims.expires_at + Self::LEEWAY {
            return Err(TokenRejection::Expired);
        }
        Ok(claims)
    }

    fn public_keys(&self) -> Vec<PublicKey> {
        self.ring.published.clone()
    }
}
