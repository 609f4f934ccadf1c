//! Device tokens: a random number, and the proof that this installation gave it to a client that logged in.
//!
//! Not here: where clients keep them, and what they change.

use atalaya_application::AppError;
use atalaya_application::ports::security::DeviceTokens;
use atalaya_domain::login::DeviceId;
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretSlice, SecretString};

use super::secrets::random_bytes;

/// The form of the tokens that are made now. It is authenticated, so no token of one form passes for another's.
const VERSION: u8 = 1;
const NONCE_BYTES: usize = 16;
const TAG_BYTES: usize = 32;
const TOKEN_BYTES: usize = 1 + NONCE_BYTES + TAG_BYTES;
/// base64 without padding: four characters for three bytes.
const TOKEN_CHARACTERS: usize = (TOKEN_BYTES * 4).div_ceil(3);

/// A text in the form of a device token; whether it is one is not known yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceClaim {
    /// The device that it claims.
    pub device: DeviceId,
    tag: [u8; TAG_BYTES],
}

impl DeviceClaim {
    /// Reads base64url without padding of version, nonce and tag (RFC 4648, 5). Every claim has one text only: another
    /// length, alphabet or value of the unused last bits is none.
    #[must_use]
    pub fn parse(token: &str) -> Option<Self> {
        if token.len() != TOKEN_CHARACTERS {
            return None;
        }
        let bytes: [u8; TOKEN_BYTES] = URL_SAFE_NO_PAD.decode(token).ok()?.try_into().ok()?;
        let (version, rest) = bytes.split_first()?;
        let (nonce, tag) = rest.split_first_chunk::<NONCE_BYTES>()?;
        let tag = tag.try_into().ok()?;
        (*version == VERSION).then_some(Self { device: DeviceId(*nonce), tag })
    }
}

/// [`DeviceTokens`] by HMAC-SHA-256 over version, nonce and username.
pub struct HmacDeviceTokens {
    key: hmac::Key,
}

impl HmacDeviceTokens {
    /// Authenticates under `secret`, which serves nothing else.
    #[must_use]
    pub fn new(secret: &SecretSlice<u8>) -> Self {
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret()) }
    }
}

/// What is authenticated. The name comes last, because it alone varies in length.
fn message(username_key: &str, device: DeviceId) -> Vec<u8> {
    [&[VERSION], device.0.as_slice(), username_key.as_bytes()].concat()
}

impl DeviceTokens for HmacDeviceTokens {
    fn issue(&self, username_key: &str) -> Result<SecretString, AppError> {
        let device = DeviceId(random_bytes().map_err(AppError::internal)?);
        let tag = hmac::sign(&self.key, &message(username_key, device));
        let token = [&[VERSION], device.0.as_slice(), tag.as_ref()].concat();
        Ok(SecretString::from(URL_SAFE_NO_PAD.encode(token)))
    }

    fn verify(&self, username_key: &str, token: &str) -> Option<DeviceId> {
        let DeviceClaim { device, tag } = DeviceClaim::parse(token)?;
        // Compares in constant time.
        hmac::verify(&self.key, &message(username_key, device), &tag).ok().map(|()| device)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(byte: u8) -> HmacDeviceTokens {
        HmacDeviceTokens::new(&vec![byte; 32].into())
    }

    fn issue(username_key: &str) -> String {
        tokens(7).issue(username_key).unwrap().expose_secret().to_owned()
    }

    #[test]
    fn a_token_is_good_for_its_username_and_under_its_secret_alone() {
        let token = issue("ana");
        assert!(tokens(7).verify("ana", &token).is_some());
        assert_eq!(tokens(7).verify("ana", &token), tokens(7).verify("ana", &token));
        assert_eq!(tokens(7).verify("ben", &token), None);
        assert_eq!(tokens(7).verify("", &token), None);
        assert_eq!(tokens(8).verify("ana", &token), None);
    }

    #[test]
    fn every_device_has_a_number_of_its_own() {
        let devices: std::collections::HashSet<_> =
            (0..1_000).map(|_| tokens(7).verify("ana", &issue("ana")).unwrap()).collect();
        assert_eq!(devices.len(), 1_000);
    }

    #[test]
    fn a_token_with_any_character_changed_added_or_missing_is_none() {
        let token = issue("ana");
        assert_eq!(token.len(), TOKEN_CHARACTERS);
        for (place, character) in token.char_indices() {
            for other in ['A', 'B', '-', '+', '=', 'é'] {
                let mut changed = token.clone();
                changed.replace_range(place..=place, &other.to_string());
                assert_eq!(tokens(7).verify("ana", &changed).is_some(), other == character, "{changed}");
            }
            let mut shortened = token.clone();
            shortened.remove(place);
            assert_eq!(tokens(7).verify("ana", &shortened), None);
        }
        for text in [String::new(), format!("{token}A"), format!(" {token}"), format!("{token}=="), "A".repeat(66)] {
            assert_eq!(tokens(7).verify("ana", &text), None, "{text:?}");
        }
    }

    #[test]
    fn a_claim_has_one_text_only() {
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let token = issue("ana");
        let readings = alphabet.chars().filter(|last| {
            let mut other = token.clone();
            other.pop();
            other.push(*last);
            DeviceClaim::parse(&other) == DeviceClaim::parse(&token)
        });
        assert_eq!(readings.count(), 1);
    }
}
