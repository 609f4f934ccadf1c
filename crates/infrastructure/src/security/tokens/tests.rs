use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use atalaya_application::error::Part;
use atalaya_application::ports::security::PublicPoint;
use atalaya_domain::access::Role;
use atalaya_domain::id::{CompanyId, SessionId};
use atalaya_domain::signing_key::{KeyAlgorithm, KeyState};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use jsonwebtoken::EncodingKey;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use uuid::Uuid;

use super::super::keys::SigningKey;
use super::*;
use crate::freshness::settable;

const SECRET: &str = "a secret that only the tests know, longer than 32 bytes";

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

fn names() -> TokenNames {
    TokenNames { issuer: "atalaya".to_owned(), audience: "atalaya-api".to_owned() }
}

fn claims() -> AccessClaims {
    AccessClaims {
        username: "ana".to_owned(),
        company: Some(CompanyId::new(3)),
        role: Role::Admin,
        session: SessionId::new(Uuid::from_u128(7)),
        user_version: 2,
        issued_at: now(),
        expires_at: now() + TimeDelta::minutes(30),
    }
}

/// A store of keys that a test changes, and which counts how often it is asked.
#[derive(Clone, Default)]
struct Shelf {
    keys: Arc<Mutex<Vec<(SigningKey, KeyState)>>>,
    loads: Arc<AtomicUsize>,
}

impl KeySource for Shelf {
    fn load(&self) -> Result<Vec<(SigningKey, KeyState)>, AppError> {
        self.loads.fetch_add(1, Ordering::SeqCst);
        let keys = self.keys.lock().unwrap().clone();
        if keys.is_empty() { Err(AppError::internal("the store is away")) } else { Ok(keys) }
    }
}

impl Shelf {
    fn put(&self, keys: &[(&SigningKey, KeyState)]) {
        *self.keys.lock().unwrap() = keys.iter().map(|(key, state)| ((*key).clone(), *state)).collect();
    }

    fn loads(&self) -> usize {
        self.loads.load(Ordering::SeqCst)
    }
}

fn key(algorithm: KeyAlgorithm) -> SigningKey {
    SigningKey::generate(algorithm).unwrap()
}

/// A process on a set of keys, and the store that it follows.
fn following(keys: &[(&SigningKey, KeyState)]) -> (JwtTokens, Shelf) {
    by(&Arc::new(Freshness::monotonic()), keys)
}

fn by(freshness: &Arc<Freshness>, keys: &[(&SigningKey, KeyState)]) -> (JwtTokens, Shelf) {
    let (tokens, shelf) = (JwtTokens::key_set(names(), Arc::clone(freshness)), Shelf::default());
    shelf.put(keys);
    tokens.follow(Box::new(shelf.clone())).unwrap();
    (tokens, shelf)
}

fn of_one(algorithm: KeyAlgorithm) -> JwtTokens {
    following(&[(&key(algorithm), KeyState::Active)]).0
}

fn eddsa() -> JwtTokens {
    of_one(KeyAlgorithm::EdDsa)
}

fn es256() -> JwtTokens {
    of_one(KeyAlgorithm::Es256)
}

fn hs256() -> JwtTokens {
    JwtTokens::shared_secret(&SecretString::from(SECRET), names())
}

fn signer(tokens: &JwtTokens) -> ring::Signer {
    tokens.keys.ring().signer.clone().unwrap()
}

fn verify(tokens: &JwtTokens, token: &str) -> Result<AccessClaims, TokenRejection> {
    tokens.verify(token, now()).map(|signed| signed.claims)
}

fn issue(tokens: &JwtTokens) -> String {
    tokens.issue(&claims()).unwrap().expose_secret().to_owned()
}

/// The parts of a token that `tokens` would issue.
fn parts(tokens: &JwtTokens) -> (Header, Value) {
    let token = issue(tokens);
    let payload = token.split('.').nth(1).unwrap();
    let claims = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
    (jsonwebtoken::decode_header(&token).unwrap(), claims)
}

/// What `tokens` says to a token that it signed itself, after a change of header or claims.
fn verify_changed(
    tokens: &JwtTokens,
    change: impl FnOnce(&mut Header, &mut Value),
) -> Result<AccessClaims, TokenRejection> {
    let (mut header, mut claims) = parts(tokens);
    change(&mut header, &mut claims);
    let token = jsonwebtoken::encode(&header, &claims, &signer(tokens).key).unwrap();
    verify(tokens, &token)
}

#[test]
fn what_was_issued_is_verified_under_every_algorithm() {
    for tokens in [eddsa(), es256(), hs256()] {
        assert_eq!(verify(&tokens, &issue(&tokens)), Ok(claims()));
        let superadmin = AccessClaims { company: None, role: Role::Superadmin, ..claims() };
        let token = tokens.issue(&superadmin).unwrap();
        assert_eq!(verify(&tokens, token.expose_secret()), Ok(superadmin));
    }
}

#[test]
fn a_token_carries_its_type_and_key_and_nothing_beside_the_claims() {
    let tokens = eddsa();
    let (header, claims) = parts(&tokens);
    assert_eq!((header.typ.as_deref(), header.alg), (Some("at+jwt"), Algorithm::EdDSA));
    assert_eq!(header.kid, Some(tokens.public_keys()[0].id.to_string()));
    let mut claims: Vec<_> = claims.as_object().unwrap().keys().map(String::as_str).collect();
    claims.sort_unstable();
    let expected = ["aud", "client_id", "empresa_id", "exp", "iat", "iss", "jti", "nbf", "rol", "sid", "sub", "ver"];
    assert_eq!(claims, expected);
}

#[test]
fn a_change_of_any_byte_is_noticed() {
    for tokens in [eddsa(), es256(), hs256()] {
        let token = issue(&tokens).into_bytes();
        for position in 0..token.len() {
            for change in [0x01, 0x02, 0x20] {
                let mut forged = token.clone();
                forged[position] ^= change;
                let forged = String::from_utf8(forged).unwrap();
                assert!(tokens.verify(&forged, now()).is_err(), "byte {position} was changed unnoticed");
            }
        }
    }
}

#[test]
fn a_token_without_a_signature_is_refused() {
    for tokens in [eddsa(), es256(), hs256()] {
        let token = issue(&tokens);
        let (signed, _) = token.rsplit_once('.').unwrap();
        let payload = signed.split('.').nth(1).unwrap();
        let kid = signer(&tokens).id.to_string();
        for algorithm in ["none", "None", "NONE", ""] {
            let header = json!({"typ": "at+jwt", "alg": algorithm, "kid": kid}).to_string();
            let unsigned = format!("{}.{payload}.", URL_SAFE_NO_PAD.encode(header));
            assert_eq!(tokens.verify(&unsigned, now()), Err(TokenRejection::Invalid));
        }
        assert_eq!(tokens.verify(&format!("{signed}."), now()), Err(TokenRejection::Invalid));
        assert_eq!(tokens.verify(signed, now()), Err(TokenRejection::Invalid));
    }
}

/// What a stranger could make an HMAC secret of: the published key in each of its forms.
fn published(tokens: &JwtTokens) -> Vec<Vec<u8>> {
    let forms = |bytes: &[u8]| [bytes.to_vec(), URL_SAFE_NO_PAD.encode(bytes).into_bytes()];
    match tokens.public_keys()[0].point {
        PublicPoint::Ed25519 { x } => forms(&x).to_vec(),
        PublicPoint::P256 { x, y } => [forms(&x), forms(&y), forms(&[[4].as_slice(), &x, &y].concat())].concat(),
    }
}

#[test]
fn the_public_key_is_no_hmac_secret() {
    for tokens in [eddsa(), es256()] {
        let (mut header, claims) = parts(&tokens);
        header.alg = Algorithm::HS256;
        for secret in published(&tokens) {
            let forged = jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(&secret)).unwrap();
            assert_eq!(tokens.verify(&forged, now()), Err(TokenRejection::Invalid));
        }
    }
}

#[test]
fn a_key_that_the_header_brings_along_is_not_used() {
    let (ours, theirs) = (eddsa(), eddsa());
    let (mut header, claims) = parts(&theirs);
    let PublicPoint::Ed25519 { x } = theirs.public_keys()[0].point else { panic!("no Ed25519 key") };
    let x = URL_SAFE_NO_PAD.encode(x);
    header.kid = Some(signer(&ours).id.to_string());
    header.jwk = Some(serde_json::from_value(json!({"kty": "OKP", "crv": "Ed25519", "x": x})).unwrap());
    header.jku = Some("https://example.org/jwks.json".to_owned());
    let forged = jsonwebtoken::encode(&header, &claims, &signer(&theirs).key).unwrap();
    assert_eq!(ours.verify(&forged, now()), Err(TokenRejection::Invalid));
}

#[test]
fn a_key_verifies_by_its_own_algorithm_only() {
    let (old, new) = (key(KeyAlgorithm::EdDsa), key(KeyAlgorithm::Es256));
    let (before, _) = following(&[(&old, KeyState::Active)]);
    let (after, _) = following(&[(&new, KeyState::Active), (&old, KeyState::Retiring)]);
    assert_eq!(verify(&after, &issue(&before)), Ok(claims()));
    assert_eq!(verify(&after, &issue(&after)), Ok(claims()));
    for (signing, named) in [(&before, &after), (&after, &before)] {
        let (mut header, claims) = parts(signing);
        header.kid = Some(signer(named).id.to_string());
        let forged = jsonwebtoken::encode(&header, &claims, &signer(signing).key).unwrap();
        assert_eq!(after.verify(&forged, now()), Err(TokenRejection::Invalid));
    }
}

#[test]
fn an_unknown_key_is_refused_and_a_retiring_or_pending_one_verifies() {
    let (retiring, active) = (key(KeyAlgorithm::EdDsa), key(KeyAlgorithm::EdDsa));
    let (before, _) = following(&[(&retiring, KeyState::Active)]);
    let token = issue(&before);
    let (rotated, _) = following(&[(&retiring, KeyState::Retiring), (&active, KeyState::Active)]);
    let signed = rotated.verify(&token, now()).unwrap();
    assert_eq!((signed.claims, &signed.key), (claims(), retiring.id()));
    assert_eq!(rotated.public_keys(), [active.public(), retiring.public()]);
    let (early, _) = following(&[(&retiring, KeyState::Active), (&active, KeyState::Pending)]);
    assert_eq!(verify(&early, &issue(&rotated)), Ok(claims()));
    let (removed, _) = following(&[(&active, KeyState::Active)]);
    assert_eq!(removed.verify(&token, now()), Err(TokenRejection::Invalid));
    assert!(verify_changed(&hs256(), |header, _| header.kid = None).is_err());
    assert!(verify_changed(&hs256(), |header, _| header.kid = Some("other".to_owned())).is_err());
}

#[test]
fn a_revoked_key_is_gone_at_once_and_does_not_come_back_while_the_store_is_away_or_behind() {
    let (revoked, next) = (key(KeyAlgorithm::EdDsa), key(KeyAlgorithm::EdDsa));
    let (tokens, shelf) = following(&[(&revoked, KeyState::Active), (&next, KeyState::Pending)]);
    let token = issue(&tokens);
    shelf.put(&[]);
    tokens.changed(&Change::KeyGone(revoked.id().clone()));
    assert_eq!(shelf.loads(), 1, "the next listener is kept waiting");
    assert_eq!(tokens.verify(&token, now()), Err(TokenRejection::Invalid));
    assert_eq!(tokens.public_keys(), [next.public()]);
    assert!(tokens.issue(&claims()).is_err(), "a revoked key signs");
    shelf.put(&[(&revoked, KeyState::Active), (&next, KeyState::Pending)]);
    tokens.reload().unwrap();
    assert_eq!(tokens.verify(&token, now()), Err(TokenRejection::Invalid));
    shelf.put(&[(&next, KeyState::Active)]);
    tokens.changed(&Change::Keys);
    assert_eq!(verify(&tokens, &issue(&tokens)), Ok(claims()));
}

#[test]
fn a_key_that_another_process_just_made_is_found_and_a_flood_of_unknown_ones_asks_once_a_second() {
    let (ours, theirs) = (key(KeyAlgorithm::EdDsa), key(KeyAlgorithm::EdDsa));
    let (there, _) = following(&[(&theirs, KeyState::Active)]);
    let (time, freshness) = settable();
    let (here, shelf) = by(&freshness, &[(&ours, KeyState::Active)]);
    time.store(1_000, Ordering::SeqCst);
    shelf.put(&[(&ours, KeyState::Retiring), (&theirs, KeyState::Active)]);
    assert_eq!(shelf.loads(), 1);
    assert_eq!(verify(&here, &issue(&there)), Ok(claims()));
    assert_eq!(shelf.loads(), 2);
    for (at, loads) in [(1_999, 2), (2_000, 3), (60_000, 4)] {
        time.store(at, Ordering::SeqCst);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for number in 0..100 {
                        let kid = Some(format!("unknown-{number}"));
                        assert!(verify_changed(&here, |header, _| header.kid.clone_from(&kid)).is_err());
                    }
                });
            }
        });
        assert_eq!(shelf.loads(), loads, "after {at} ms");
    }
    // What is no id at all is not looked for.
    time.store(120_000, Ordering::SeqCst);
    assert!(verify_changed(&here, |header, _| header.kid = Some("../keys/1".to_owned())).is_err());
    assert_eq!(shelf.loads(), 4);
}

#[test]
fn a_key_that_another_process_revoked_is_refused_though_nobody_tells_of_it() {
    let (revoked, next) = (key(KeyAlgorithm::EdDsa), key(KeyAlgorithm::EdDsa));
    let (time, freshness) = settable();
    let (tokens, shelf) = by(&freshness, &[(&revoked, KeyState::Active), (&next, KeyState::Pending)]);
    let token = issue(&tokens);
    freshness.confirm(freshness.now());
    shelf.put(&[(&next, KeyState::Active)]);
    time.store(4_999, Ordering::SeqCst);
    assert_eq!(verify(&tokens, &token), Ok(claims()), "the feed is believed for five seconds");
    time.store(5_000, Ordering::SeqCst);
    assert_eq!(verify(&tokens, &token), Err(TokenRejection::Invalid));
    assert_eq!(verify(&tokens, &issue(&tokens)), Ok(claims()));
    assert_eq!(shelf.loads(), 2);
}

#[test]
fn a_key_that_signs_instead_of_a_revoked_one_is_looked_for_at_once_and_once() {
    let (revoked, next) = (key(KeyAlgorithm::EdDsa), key(KeyAlgorithm::EdDsa));
    let (_, freshness) = settable();
    let (tokens, shelf) = by(&freshness, &[(&revoked, KeyState::Active), (&next, KeyState::Pending)]);
    freshness.confirm(freshness.now());
    // As when another process revoked it: the first of the two changes is told, the second not yet.
    shelf.put(&[(&next, KeyState::Active)]);
    tokens.changed(&Change::KeyGone(revoked.id().clone()));
    let [one, other] = [issue(&tokens), issue(&tokens)];
    assert_eq!((verify(&tokens, &one), verify(&tokens, &other)), (Ok(claims()), Ok(claims())));
    assert_eq!(shelf.loads(), 2, "the first one and one more");

    // Without a key in its place a token cannot be had, and the store is not asked by each who wants one.
    shelf.put(&[(&key(KeyAlgorithm::EdDsa), KeyState::Pending)]);
    tokens.changed(&Change::KeyGone(next.id().clone()));
    for _ in 0..3 {
        let refused = tokens.issue(&claims());
        assert!(matches!(refused, Err(AppError::Unavailable { part: Part::SigningKey, .. })));
    }
    assert_eq!(shelf.loads(), 3);
}

#[test]
fn while_nothing_is_heard_keys_are_asked_for_once_a_second_and_without_an_answer_nothing_is_believed() {
    let active = key(KeyAlgorithm::EdDsa);
    let (time, freshness) = settable();
    let (tokens, shelf) = by(&freshness, &[(&active, KeyState::Active)]);
    let token = issue(&tokens);
    freshness.confirm(freshness.now());
    let at = |millis: u64| {
        time.store(millis, Ordering::SeqCst);
        let verified = [verify(&tokens, &token), verify(&tokens, &token)];
        assert_eq!(verified[0], verified[1], "after {millis} ms");
        (verified[0].clone(), shelf.loads())
    };
    assert_eq!(at(5_000), (Ok(claims()), 2));
    shelf.put(&[]);
    assert_eq!(at(5_999), (Ok(claims()), 2));
    assert_eq!(at(6_000), (Err(TokenRejection::Unavailable), 3));
    shelf.put(&[(&active, KeyState::Active)]);
    assert_eq!(at(6_999), (Err(TokenRejection::Unavailable), 3));
    assert_eq!(at(7_000), (Ok(claims()), 4));
    freshness.confirm(freshness.now());
    shelf.put(&[]);
    assert_eq!(at(11_999), (Ok(claims()), 4));
    assert_eq!(at(12_000), (Err(TokenRejection::Unavailable), 5));
}

#[test]
fn a_token_of_another_type_or_with_critical_extensions_is_refused() {
    for tokens in [eddsa(), es256(), hs256()] {
        assert!(verify_changed(&tokens, |_, _| ()).is_ok());
        assert!(verify_changed(&tokens, |header, _| header.typ = Some("JWT".to_owned())).is_err());
        assert!(verify_changed(&tokens, |header, _| header.typ = None).is_err());
        assert!(verify_changed(&tokens, |header, _| header.crit = Some(vec!["exp".to_owned()])).is_err());
        assert!(verify_changed(&tokens, |header, _| header.crit = Some(Vec::new())).is_err());
    }
}

#[test]
fn every_claim_is_required_and_of_its_type() {
    let tokens = hs256();
    let (_, claims) = parts(&tokens);
    for name in claims.as_object().unwrap().keys() {
        let missing = verify_changed(&tokens, |_, claims| {
            claims.as_object_mut().unwrap().remove(name);
        });
        assert_eq!(missing, Err(TokenRejection::Invalid), "a token without {name} was accepted");
        let wrong = verify_changed(&tokens, |_, claims| claims[name] = json!(["of another type"]));
        assert_eq!(wrong, Err(TokenRejection::Invalid), "a token with a list as {name} was accepted");
    }
}

#[test]
fn claims_of_somebody_else_or_that_contradict_each_other_are_refused() {
    let changes = [
        ("iss", json!("another")),
        ("iss", json!("Atalaya")),
        ("aud", json!("another-api")),
        ("aud", json!(["atalaya-api"])),
        ("rol", json!("owner")),
        ("rol", json!("superadmin")),
        ("empresa_id", Value::Null),
        ("jti", json!("1")),
        ("sid", json!("1")),
        ("exp", json!(i64::MAX)),
        ("exp", json!(1.0e30)),
        ("nbf", json!(1_700_000_000)),
    ];
    for (name, value) in changes {
        let verified = verify_changed(&hs256(), |_, claims| claims[name] = value.clone());
        assert_eq!(verified, Err(TokenRejection::Invalid), "{name} = {value} was accepted");
    }
}

#[test]
fn a_token_holds_from_its_issue_to_its_expiry_with_five_seconds_of_leeway() {
    let tokens = hs256();
    let token = issue(&tokens);
    let at = |seconds: i64| tokens.verify(&token, now() + TimeDelta::seconds(seconds));
    let end = 30 * 60;
    assert_eq!(at(-6), Err(TokenRejection::Invalid));
    assert!(at(-5).is_ok() && at(0).is_ok() && at(end).is_ok() && at(end + 4).is_ok());
    assert_eq!(at(end + 5), Err(TokenRejection::Expired));
}

#[test]
fn only_a_signed_token_is_told_that_it_expired() {
    let (ours, theirs) = (eddsa(), eddsa());
    let late = now() + TimeDelta::hours(1);
    assert_eq!(ours.verify(&issue(&theirs), late), Err(TokenRejection::Invalid));
    assert_eq!(ours.verify(&issue(&ours), late), Err(TokenRejection::Expired));
}

#[test]
fn long_or_broken_tokens_are_refused() {
    let tokens = hs256();
    let (mut header, claims) = parts(&tokens);
    header.cty = Some("x".repeat(JwtTokens::MAX_BYTES));
    let long = jsonwebtoken::encode(&header, &claims, &signer(&tokens).key).unwrap();
    for broken in [long.as_str(), "", ".", "..", "...", "a.b.c", "ñ.ñ.ñ", "\0"] {
        assert_eq!(tokens.verify(broken, now()), Err(TokenRejection::Invalid));
    }
}
