//! Access tokens: no bytes break the parser, and of all that a stranger can make of a genuine token, only the genuine
//! token is accepted.

#![no_main]

use std::sync::{Arc, LazyLock};

use arbitrary::Arbitrary;
use atalaya_application::AppError;
use atalaya_application::ports::security::{AccessClaims, AccessTokens, SignedClaims};
use atalaya_domain::access::Role;
use atalaya_domain::id::{CompanyId, SessionId};
use atalaya_domain::signing_key::{KeyAlgorithm, KeyState};
use atalaya_infrastructure::freshness::Freshness;
use atalaya_infrastructure::security::{JwtTokens, KeySource, SigningKey, TokenNames};
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, EncodingKey};
use libfuzzer_sys::fuzz_target;
use secrecy::{ExposeSecret, SecretString};

const SECRET: &str = "known to this target alone, and longer than 32 bytes";

/// What a stranger tries.
#[derive(Debug, Arbitrary)]
enum Attempt<'a> {
    /// Whatever bytes.
    Bytes(&'a [u8]),
    /// A genuine token with changes.
    Changed(Vec<Change<'a>>),
    /// The signature of one token under the header and claims of another.
    Spliced,
    /// Any header and claims under a good signature: what comes after the signature must stand them too.
    Signed(&'a [u8], &'a [u8]),
}

/// A change of a token. Positions are taken modulo its length.
#[derive(Debug, Arbitrary)]
enum Change<'a> {
    Flip(u16, u8),
    Insert(u16, &'a [u8]),
    Remove(u16, u8),
    Cut(u16),
    /// Another text for one of the three parts.
    Part(u8, &'a [u8]),
    /// Another part of the token itself.
    Copy(u8, u8),
}

/// Keys that nobody rotates.
struct KeySet(Vec<(SigningKey, KeyState)>);

impl KeySource for KeySet {
    fn load(&self) -> Result<Vec<(SigningKey, KeyState)>, AppError> {
        Ok(self.0.clone())
    }
}

fn names() -> TokenNames {
    TokenNames { issuer: "atalaya".to_owned(), audience: "atalaya-api".to_owned() }
}

/// An issuer with two tokens of its own.
struct Issuer {
    tokens: JwtTokens,
    genuine: String,
    other: String,
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

fn claims(username: &str, role: Role) -> AccessClaims {
    AccessClaims {
        username: username.to_owned(),
        company: (role != Role::Superadmin).then(|| CompanyId::new(3)),
        role,
        session: SessionId::new(uuid::Uuid::from_u128(7)),
        user_version: 2,
        issued_at: now(),
        expires_at: now() + TimeDelta::minutes(30),
    }
}

impl Issuer {
    fn by_keys(signing: KeyAlgorithm, standing_by: KeyAlgorithm) -> Self {
        let key = |algorithm, state| (SigningKey::generate(algorithm).unwrap(), state);
        let set = vec![key(signing, KeyState::Active), key(standing_by, KeyState::Pending)];
        let tokens = JwtTokens::key_set(names(), Arc::new(Freshness::monotonic()));
        tokens.follow(Box::new(KeySet(set))).unwrap();
        Self::new(tokens)
    }

    fn new(tokens: JwtTokens) -> Self {
        let issue = |claims| tokens.issue(&claims).unwrap().expose_secret().to_owned();
        let (genuine, other) = (issue(claims("ana", Role::Viewer)), issue(claims("root", Role::Superadmin)));
        Self { tokens, genuine, other }
    }

    fn accepts(&self, token: &str) -> bool {
        self.tokens.verify(token, now()).is_ok()
    }
}

static EDDSA: LazyLock<Issuer> = LazyLock::new(|| Issuer::by_keys(KeyAlgorithm::EdDsa, KeyAlgorithm::Es256));
static ES256: LazyLock<Issuer> = LazyLock::new(|| Issuer::by_keys(KeyAlgorithm::Es256, KeyAlgorithm::EdDsa));
static HS256: LazyLock<Issuer> =
    LazyLock::new(|| Issuer::new(JwtTokens::shared_secret(&SecretString::from(SECRET), names())));

fn apply(token: &mut Vec<u8>, change: &Change) {
    let place = |at: u16, token: &[u8]| usize::from(at) % token.len().max(1);
    match *change {
        Change::Flip(at, by) => {
            let at = place(at, token);
            if let Some(byte) = token.get_mut(at) {
                *byte ^= by;
            }
        }
        Change::Insert(at, bytes) => {
            let at = place(at, token);
            token.splice(at..at, bytes.iter().copied());
        }
        Change::Remove(at, count) => {
            let at = place(at, token);
            let end = token.len().min(at + usize::from(count));
            token.drain(at..end);
        }
        Change::Cut(at) => token.truncate(place(at, token)),
        Change::Part(which, bytes) => set_part(token, which, bytes.to_vec()),
        Change::Copy(from, to) => {
            let parts: Vec<_> = token.split(|byte| *byte == b'.').collect();
            let copied = parts[usize::from(from) % parts.len()].to_vec();
            set_part(token, to, copied);
        }
    }
}

fn set_part(token: &mut Vec<u8>, which: u8, bytes: Vec<u8>) {
    let mut parts: Vec<_> = token.split(|byte| *byte == b'.').map(<[u8]>::to_vec).collect();
    let which = usize::from(which) % parts.len();
    parts[which] = bytes;
    *token = parts.join(&b'.');
}

/// A token of any header and claims, signed with the shared secret.
fn signed(header: &[u8], claims: &[u8]) -> String {
    let message = format!("{}.{}", base64url(header), base64url(claims));
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::HS256).unwrap();
    format!("{message}.{signature}")
}

/// RFC 4648, section 5, without padding.
fn base64url(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let sextets = |chunk: &[u8]| {
        let word = chunk.iter().chain(&[0; 2]).take(3).fold(0_u32, |word, byte| word << 8 | u32::from(*byte));
        let characters = [18, 12, 6, 0].map(|shift| char::from(ALPHABET[(word >> shift & 63) as usize]));
        characters.into_iter().take(chunk.len() + 1).collect::<String>()
    };
    bytes.chunks(3).map(sextets).collect()
}

fuzz_target!(|attempt: Attempt| {
    for issuer in [&*EDDSA, &*ES256, &*HS256] {
        let candidate = match &attempt {
            Attempt::Bytes(bytes) => bytes.to_vec(),
            Attempt::Changed(changes) => {
                let mut token = issuer.genuine.clone().into_bytes();
                changes.iter().for_each(|change| apply(&mut token, change));
                token
            }
            Attempt::Spliced => {
                let (signed, _) = issuer.other.rsplit_once('.').unwrap();
                let (_, signature) = issuer.genuine.rsplit_once('.').unwrap();
                format!("{signed}.{signature}").into_bytes()
            }
            Attempt::Signed(header, claims) => {
                let token = signed(header, claims);
                assert!(!EDDSA.accepts(&token) && !ES256.accepts(&token), "a secret signed for a key pair: {token}");
                if let Ok(SignedClaims { claims, .. }) = HS256.tokens.verify(&token, now()) {
                    assert!((claims.role == Role::Superadmin) == claims.company.is_none(), "{claims:?}");
                    assert!(claims.issued_at <= now() + TimeDelta::seconds(5), "{claims:?}");
                    assert!(claims.expires_at > now() - TimeDelta::seconds(5), "{claims:?}");
                }
                continue;
            }
        };
        // An `Authorization` header that is no text never comes so far.
        let Ok(candidate) = std::str::from_utf8(&candidate) else { continue };
        assert!(issuer.accepts(&issuer.genuine));
        assert!(!issuer.accepts(candidate) || candidate == issuer.genuine, "a forged token was accepted: {candidate}");
    }
});
