//! What stands for a picture, and how what was read on it is kept outside of the process: neither tells anybody who
//! looks there what was on the picture.

use atalaya_application::ports::digits::CompanyPicture;
use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::digest::{Context, SHA256, SHA256_OUTPUT_LEN};
use aws_lc_rs::hmac::{self, HMAC_SHA256, Key, sign};
use secrecy::{ExposeSecret, SecretSlice};

use super::wrapping::KeyError;
use crate::giving_way::Yielding;

/// Sets the names of pictures apart from the key that encrypts.
const NAME_LABEL: &[u8] = b"atalaya picture name 1";
const SEAL_LABEL: &[u8] = b"atalaya picture reading 1";

/// The name of a company's picture, for one version of what reads it.
pub(crate) type PictureName = [u8; 32];

/// SHA-256 of a picture, with what else it has to have in common with another to be the same: company and version.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct PictureDigest {
    company: i64,
    version: Box<str>,
    bytes: [u8; 32],
}

impl PictureDigest {
    /// Bytes that are digested between two pauses, in some ten microseconds.
    const STRETCH: usize = 32 * 1024;

    /// Of a picture.
    pub(crate) fn of(picture: &CompanyPicture<'_>) -> Self {
        let (mut context, mut yielding) = (Context::new(&SHA256), Yielding::default());
        for part in picture.bytes().chunks(Self::STRETCH) {
            context.update(part);
            yielding.pause();
        }
        let mut bytes = [0; SHA256_OUTPUT_LEN];
        bytes.copy_from_slice(context.finish().as_ref());
        Self { company: picture.company().get(), version: picture.version().into(), bytes }
    }
}

/// Names pictures (HMAC-SHA-256, RFC 2104) and encrypts what was read on them (AES-256-GCM). Without the key nobody can
/// try whether some picture was sent.
pub struct ReadingKeys {
    names: Key,
    seal: RandomizedNonceKey,
}

impl ReadingKeys {
    /// Under `secret`, which serves nothing else.
    ///
    /// # Errors
    /// [`KeyError::Machine`] where the cryptographic library fails.
    pub fn new(secret: &SecretSlice<u8>) -> Result<Self, KeyError> {
        let names = Key::new(HMAC_SHA256, secret.expose_secret());
        let seal = RandomizedNonceKey::new(&AES_256_GCM, sign(&names, SEAL_LABEL).as_ref());
        Ok(Self { seal: seal.map_err(|_| KeyError::Machine)?, names })
    }

    /// The name of a picture.
    pub(crate) fn name(&self, picture: &PictureDigest) -> PictureName {
        let mut context = hmac::Context::with_key(&self.names);
        context.update(NAME_LABEL);
        context.update(&picture.company.to_be_bytes());
        context.update(&picture.bytes);
        // The only part whose length differs comes last.
        context.update(picture.version.as_bytes());
        let mut name = [0; 32];
        name.copy_from_slice(context.sign().as_ref());
        name
    }

    /// Encrypts, bound to the name: under another it does not open. `None` where the machine gives no randomness.
    pub(crate) fn seal(&self, name: &PictureName, reading: &[u8]) -> Option<Vec<u8>> {
        let mut encrypted = reading.to_vec();
        let nonce = self.seal.seal_in_place_append_tag(Aad::from(name), &mut encrypted).ok()?;
        Some([nonce.as_ref().as_slice(), &encrypted].concat())
    }

    /// Decrypts what was sealed under that name; `None` for whatever else.
    pub(crate) fn open(&self, name: &PictureName, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, encrypted) = sealed.split_first_chunk::<NONCE_LEN>()?;
        let mut buffer = encrypted.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let length = self.seal.open_in_place(nonce, Aad::from(name), &mut buffer).ok()?.len();
        buffer.truncate(length);
        Some(buffer)
    }
}

#[cfg(test)]
mod tests {
    use atalaya_domain::access::Operator;
    use atalaya_domain::id::CompanyId;

    use super::*;

    fn digest(company: i64, version: &str, bytes: &[u8]) -> PictureDigest {
        let by = Operator::at_the_machine().mandate(CompanyId::new(company));
        PictureDigest::of(&CompanyPicture::new(&by, version, bytes))
    }

    fn keys(secret: u8) -> ReadingKeys {
        ReadingKeys::new(&vec![secret; 32].into()).unwrap()
    }

    #[test]
    fn a_picture_of_another_company_version_or_installation_has_another_name() {
        let picture = digest(1, "v1", b"picture");
        assert_eq!(picture, digest(1, "v1", b"picture"));
        let name = keys(7).name(&picture);
        assert_eq!(keys(7).name(&picture), name);
        assert_ne!(keys(8).name(&picture), name);
        for other in [digest(2, "v1", b"picture"), digest(1, "v2", b"picture"), digest(1, "v1", b"another")] {
            assert!(other != picture && keys(7).name(&other) != name, "{other:?}");
        }
    }

    #[test]
    fn what_is_sealed_opens_under_its_own_name_and_unchanged_only() {
        let (name, other) = (keys(7).name(&digest(1, "v1", b"a")), keys(7).name(&digest(2, "v1", b"a")));
        let sealed = keys(7).seal(&name, b"40712").unwrap();
        assert!(!sealed.windows(5).any(|part| part == b"40712"));
        assert_eq!(keys(7).open(&name, &sealed).as_deref(), Some(&b"40712"[..]));
        assert_eq!((keys(7).open(&other, &sealed), keys(8).open(&name, &sealed)), (None, None));
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert_eq!(keys(7).open(&name, &changed), None);
            assert_eq!(keys(7).open(&name, &sealed[..place]), None);
        }
    }
}
