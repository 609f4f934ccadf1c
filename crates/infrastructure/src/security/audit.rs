//! The keys of the audit log's chains.

use atalaya_application::ports::audit::{AuditSeal, ChainCode};
use atalaya_domain::audit::{Chain, Mac};
use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use secrecy::{ExposeSecret, SecretSlice};

/// Makes the codes of the audit log (HMAC-SHA-256, RFC 2104). Each chain has a key of its own, derived from one secret,
/// so that what is an entry of one chain is none of another.
#[derive(Clone)]
pub struct AuditKeys {
    secret: Key,
}

impl AuditKeys {
    /// Derives from the installation's secret for the purpose, which is the same under whatever key it is encrypted.
    #[must_use]
    pub fn new(secret: &SecretSlice<u8>) -> Self {
        Self { secret: Key::new(HMAC_SHA256, secret.expose_secret()) }
    }
}

impl AuditSeal for AuditKeys {
    fn of(&self, chain: Chain) -> ChainCode {
        let label = [b"atalaya audit chain key 1".as_slice(), &chain.number().to_be_bytes()].concat();
        let key = Key::new(HMAC_SHA256, sign(&self.secret, &label).as_ref());
        Box::new(move |message| {
            let mut code = Mac::GENESIS;
            code.0.copy_from_slice(sign(&key, message).as_ref());
            code
        })
    }
}

#[cfg(test)]
mod tests {
    use atalaya_domain::id::CompanyId;

    use super::*;

    #[test]
    fn each_chain_of_each_installation_has_a_key_of_its_own() {
        let keys = |byte| AuditKeys::new(&SecretSlice::from(vec![byte; 32]));
        let company = Chain::Company(CompanyId::new(1));
        let code = keys(1).of(company)(b"message");
        assert_eq!(code, keys(1).of(company)(b"message"));
        for other in [keys(2).of(company), keys(1).of(Chain::Platform)].map(|mac| mac(b"message")) {
            assert_ne!(code, other);
        }
    }
}
