//! What is stored of a request that may come again: codes under a key of the installation, never the request itself.

use atalaya_application::ports::idempotency::{KeyCode, RequestKey};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac::{Context, HMAC_SHA256, Key};
use secrecy::{ExposeSecret, SecretSlice};

use super::secrets::sha256;

/// Sets the codes of keys apart from those of contents.
const KEY_LABEL: &[u8] = b"atalaya request key 1";
const CONTENT_LABEL: &[u8] = b"atalaya request content 1";

/// The code of what a request asks for. It is made by [`RequestCodes`] alone: the content may hold a password, and a
/// hash without a key would let whoever has the table try passwords without the work of bcrypt.
#[derive(Clone)]
pub struct ContentCode([u8; 32]);

impl ContentCode {
    /// As it is stored.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether this is what is stored, in constant time.
    pub(crate) fn matches(&self, stored: &[u8]) -> bool {
        verify_slices_are_equal(&self.0, stored).is_ok()
    }
}

/// What stands for a request.
pub struct RequestCodes {
    /// For the client's key.
    pub key: KeyCode,
    /// For what is asked.
    pub content: ContentCode,
    /// SHA-256 of the client's key, as programs before migration 0018 stored it. It is looked for, and never stored.
    pub unkeyed: [u8; 32],
}

/// Makes [`RequestCodes`] (HMAC-SHA-256, RFC 2104).
pub struct RequestKeys {
    key: Key,
}

impl RequestKeys {
    /// Under `secret`, which serves nothing else.
    #[must_use]
    pub fn new(secret: &SecretSlice<u8>) -> Self {
        Self { key: Key::new(HMAC_SHA256, secret.expose_secret()) }
    }

    /// The codes of a request that asks for `content`, a list of parts. The same key or content of another user or
    /// operation has other codes.
    #[must_use]
    pub fn of(&self, request: &RequestKey, content: &[&[u8]]) -> RequestCodes {
        let user = request.user.get().to_be_bytes();
        let whose = [user.as_slice(), request.operation.as_bytes(), request.key.as_bytes()];
        let key = self.code(KEY_LABEL, whose.into_iter());
        let content = self.code(CONTENT_LABEL, whose.into_iter().chain(content.iter().copied()));
        RequestCodes { key: KeyCode(key), content: ContentCode(content), unkeyed: sha256(request.key.as_bytes()) }
    }

    /// Each part comes with its length before it, so no two lists of parts are the same bytes.
    fn code<'a>(&self, label: &[u8], parts: impl Iterator<Item = &'a [u8]>) -> [u8; 32] {
        let mut context = Context::with_key(&self.key);
        context.update(label);
        for part in parts {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        let mut code = [0; 32];
        code.copy_from_slice(context.sign().as_ref());
        code
    }
}

#[cfg(test)]
mod tests {
    use atalaya_domain::id::UserId;

    use super::*;

    fn request(user: i64, operation: &'static str, key: &str) -> RequestKey {
        RequestKey { user: UserId::new(user), operation, key: key.to_owned() }
    }

    fn codes(secret: u8, request: &RequestKey, content: &[&[u8]]) -> ([u8; 32], [u8; 32]) {
        let codes = RequestKeys::new(&vec![secret; 32].into()).of(request, content);
        (codes.key.0, codes.content.0)
    }

    #[test]
    fn codes_depend_on_the_installation_the_user_the_operation_and_the_key() {
        let asked = request(1, "register", "k");
        let (key, content) = codes(7, &asked, &[b"body"]);
        assert_eq!(codes(7, &asked, &[b"body"]), (key, content));
        assert_ne!(key, content);
        for (secret, other) in [
            (8, request(1, "register", "k")),
            (7, request(2, "register", "k")),
            (7, request(1, "train", "k")),
            (7, request(1, "register", "K")),
        ] {
            let (other_key, other_content) = codes(secret, &other, &[b"body"]);
            assert!(other_key != key && other_content != content, "{other:?}");
        }
    }

    #[test]
    fn the_parts_of_a_content_do_not_run_together() {
        let asked = request(1, "register", "k");
        let lists: [&[&[u8]]; 6] = [&[], &[b""], &[b"ab"], &[b"a", b"b"], &[b"", b"ab"], &[b"ab", b""]];
        let contents: std::collections::HashSet<_> = lists.map(|parts| codes(7, &asked, parts).1).into();
        assert_eq!(contents.len(), lists.len());
    }

    #[test]
    fn a_stored_code_matches_only_itself() {
        let codes = RequestKeys::new(&vec![7; 32].into()).of(&request(1, "register", "k"), &[b"body"]);
        let stored = codes.content.as_bytes().to_vec();
        assert!(codes.content.matches(&stored));
        assert!(!codes.content.matches(&stored[..31]) && !codes.content.matches(&[]));
        assert!((0..32).all(|place| {
            let mut other = stored.clone();
            other[place] ^= 1;
            !codes.content.matches(&other)
        }));
    }
}
