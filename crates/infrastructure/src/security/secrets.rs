//! Random secrets and their digests.

use atalaya_application::error::AppError;
use atalaya_application::ports::security::{RefreshHash, Secrets, TokenDigest};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::SecretString;

use super::wrapping::KeyError;

/// The machine gave no random numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the machine gave no random numbers")]
pub struct Entropy;

/// `N` bytes that nobody can guess.
pub(super) fn random_bytes<const N: usize>() -> Result<[u8; N], Entropy> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).map_err(|_| Entropy)?;
    Ok(bytes)
}

/// 32 bytes that nobody can guess.
///
/// # Errors
/// [`KeyError::Machine`] when the machine gives no randomness.
pub fn random_secret() -> Result<[u8; 32], KeyError> {
    random_bytes().map_err(|_| KeyError::Machine)
}

/// SHA-256 (FIPS 180-4).
pub(super) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, bytes).as_ref());
    hash
}

/// Secrets from the machine's randomness. Digests are plain SHA-256: what they digest cannot be guessed, so slowness
/// would protect nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct RandomSecrets;

impl Secrets for RandomSecrets {
    fn refresh_token(&self) -> Result<SecretString, AppError> {
        let bytes = random_bytes::<32>().map_err(AppError::internal)?;
        Ok(SecretString::from(URL_SAFE_NO_PAD.encode(bytes)))
    }

    fn refresh_hash(&self, token: &str) -> RefreshHash {
        RefreshHash(sha256(token.as_bytes()))
    }

    fn token_digest(&self, token: &str) -> TokenDigest {
        TokenDigest(sha256(token.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn refresh_tokens_have_256_bits_and_never_repeat() {
        let token = || RandomSecrets.refresh_token().unwrap().expose_secret().to_owned();
        let tokens: HashSet<String> = (0..1_000).map(|_| token()).collect();
        assert_eq!(tokens.len(), 1_000);
        assert!(tokens.iter().all(|token| URL_SAFE_NO_PAD.decode(token).is_ok_and(|bytes| bytes.len() == 32)));
    }

    #[test]
    fn digests_are_sha_256() {
        let TokenDigest(digest) = RandomSecrets.token_digest("abc");
        assert_eq!(digest[..4], [0xba, 0x78, 0x16, 0xbf]);
        assert_eq!(RandomSecrets.refresh_hash("abc"), RefreshHash(digest));
    }
}
