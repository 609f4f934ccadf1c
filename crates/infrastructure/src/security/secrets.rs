//! Random secrets and their digests.

use atalaya_application::error::AppError;
use atalaya_application::ports::security::{RefreshHash, SealedChild, Secrets, TokenDigest};
use atalaya_domain::password::Password;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use aws_lc_rs::rand;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretBox, SecretString};

use super::wrapping::KeyError;

/// The machine gave no random numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the machine gave no random numbers")]
pub struct Entropy;

/// `N` bytes that nobody can guess.
pub(crate) fn random_bytes<const N: usize>() -> Result<[u8; N], Entropy> {
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

/// Letters and digits that nobody takes for one another. There are 32 of them, so that each carries five bits.
const READABLE: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// Letters and digits of a password that is made: 80 bits.
const PASSWORD_LETTERS: usize = 16;

/// Of so many letters and digits each is a group.
const PASSWORD_GROUP: usize = 4;

/// Sets this use of a refresh token apart from its stored hash and from any other.
const CHILD_LABEL: &[u8] = b"atalaya refresh child 1";

/// A child token could not be encrypted, or what is stored is not what was encrypted for this parent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a refresh token could not be sealed or opened")]
struct Unsealable;

/// The key that encrypts the child of a refresh token: HKDF (RFC 5869) of the token itself, of which only the hash is
/// stored, so that the database alone opens nothing.
fn child_key(parent: &str) -> Result<LessSafeKey, Unsealable> {
    let secret = Salt::new(HKDF_SHA256, &[]).extract(parent.as_bytes());
    let key = secret.expand(&[CHILD_LABEL], &AES_256_GCM).map_err(|_| Unsealable)?;
    Ok(LessSafeKey::new(UnboundKey::from(key)))
}

/// A nonce of 12 bytes, then the ciphertext of AES-256-GCM with its tag. The nonce is random, because whoever presents
/// a parent at the same time seals another child for it.
fn seal(parent: &str, child: &str) -> Result<Vec<u8>, Unsealable> {
    let nonce = random_bytes::<NONCE_LEN>().map_err(|_| Unsealable)?;
    let mut encrypted = child.as_bytes().to_vec();
    child_key(parent)?
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut encrypted)
        .map_err(|_| Unsealable)?;
    Ok([nonce.as_slice(), &encrypted].concat())
}

fn open(parent: &str, sealed: &[u8]) -> Result<SecretString, Unsealable> {
    let (nonce, encrypted) = sealed.split_first_chunk::<NONCE_LEN>().ok_or(Unsealable)?;
    let mut buffer = encrypted.to_vec();
    let opened = child_key(parent)?
        .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::empty(), &mut buffer)
        .map_err(|_| Unsealable)?;
    std::str::from_utf8(opened).map(SecretString::from).map_err(|_| Unsealable)
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

    fn seal_child(&self, parent: &str, child: &SecretString) -> Result<SealedChild, AppError> {
        seal(parent, child.expose_secret()).map(SealedChild).map_err(AppError::internal)
    }

    fn open_child(&self, parent: &str, sealed: &SealedChild) -> Result<SecretString, AppError> {
        open(parent, &sealed.0).map_err(AppError::internal)
    }

    fn readable_password(&self) -> Result<Password, AppError> {
        let bytes = SecretBox::new(Box::new(random_bytes::<PASSWORD_LETTERS>().map_err(AppError::internal)?));
        // It has its whole size from the start: text that grows leaves what it was in memory.
        let mut written = String::with_capacity(PASSWORD_LETTERS + PASSWORD_LETTERS / PASSWORD_GROUP - 1);
        for (number, byte) in bytes.expose_secret().iter().enumerate() {
            if number > 0 && number % PASSWORD_GROUP == 0 {
                written.push('-');
            }
            written.extend(READABLE.get(usize::from(byte % 32)).copied().map(char::from));
        }
        Ok(Password::new(SecretString::from(written).expose_secret()))
    }

    fn token_digest(&self, token: &str) -> TokenDigest {
        TokenDigest(sha256(token.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use atalaya_domain::password::PasswordPolicy;

    use super::*;

    #[test]
    fn refresh_tokens_have_256_bits_and_never_repeat() {
        let token = || RandomSecrets.refresh_token().unwrap().expose_secret().to_owned();
        let tokens: HashSet<String> = (0..1_000).map(|_| token()).collect();
        assert_eq!(tokens.len(), 1_000);
        assert!(tokens.iter().all(|token| URL_SAFE_NO_PAD.decode(token).is_ok_and(|bytes| bytes.len() == 32)));
    }

    #[test]
    fn a_password_that_is_made_keeps_both_policies_and_never_repeats() {
        let passwords: HashSet<String> =
            (0..1_000).map(|_| RandomSecrets.readable_password().unwrap().expose().to_owned()).collect();
        assert_eq!(passwords.len(), 1_000);
        for password in passwords {
            let groups: Vec<&str> = password.split('-').collect();
            assert!(groups.len() == 4 && groups.iter().all(|group| group.len() == 4), "{password}");
            assert!(password.bytes().all(|byte| byte == b'-' || READABLE.contains(&byte)), "{password}");
            for policy in [PasswordPolicy::Classes, PasswordPolicy::Length] {
                assert_eq!(policy.broken_rules(&password, "ana.perez", Some("BCP")), []);
            }
        }
    }

    #[test]
    fn only_its_parent_opens_a_sealed_child() {
        let (parent, other) = (RandomSecrets.refresh_token().unwrap(), RandomSecrets.refresh_token().unwrap());
        let child = RandomSecrets.refresh_token().unwrap();
        let sealed = RandomSecrets.seal_child(parent.expose_secret(), &child).unwrap();
        let open = |parent: &str, sealed: &SealedChild| RandomSecrets.open_child(parent, sealed);
        assert_eq!(open(parent.expose_secret(), &sealed).unwrap().expose_secret(), child.expose_secret());
        assert!(open(other.expose_secret(), &sealed).is_err());
        // What the database holds of the parent does not open it either.
        let RefreshHash(stored) = RandomSecrets.refresh_hash(parent.expose_secret());
        assert!(
            LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &stored).unwrap())
                .open_in_place(
                    Nonce::try_assume_unique_for_key(&sealed.0[..NONCE_LEN]).unwrap(),
                    Aad::empty(),
                    &mut sealed.0[NONCE_LEN..].to_vec(),
                )
                .is_err()
        );
        for index in 0..sealed.0.len() {
            let mut damaged = sealed.clone();
            damaged.0[index] ^= 1;
            assert!(open(parent.expose_secret(), &damaged).is_err(), "byte {index} may be changed");
        }
        assert!(open(parent.expose_secret(), &SealedChild(Vec::new())).is_err());
    }

    #[test]
    fn sealing_twice_gives_different_bytes() {
        let child = RandomSecrets.refresh_token().unwrap();
        let seal = || RandomSecrets.seal_child("parent", &child).unwrap();
        assert_ne!(seal(), seal());
    }

    #[test]
    fn digests_are_sha_256() {
        let TokenDigest(digest) = RandomSecrets.token_digest("abc");
        assert_eq!(digest[..4], [0xba, 0x78, 0x16, 0xbf]);
        assert_eq!(RandomSecrets.refresh_hash("abc"), RefreshHash(digest));
    }
}
