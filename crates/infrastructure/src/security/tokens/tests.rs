use atalaya_domain::access::Role;
use atalaya_domain::id::{CompanyId, SessionId};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;

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

fn eddsa() -> JwtTokens {
    JwtTokens::new(KeyRing::ed25519(&SigningKey::generate().unwrap(), Vec::new()), names())
}

fn hs256() -> JwtTokens {
    JwtTokens::new(KeyRing::shared_secret(&SecretString::from(SECRET)), names())
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
    let token = jsonwebtoken::encode(&header, &claims, &tokens.ring.signing).unwrap();
    tokens.verify(&token, now())
}

#[test]
fn what_was_issued_is_verified_under_both_algorithms() {
    for tokens in [eddsa(), hs256()] {
        assert_eq!(tokens.verify(&issue(&tokens), now()), Ok(claims()));
        let superadmin = AccessClaims { company: None, role: Role::Superadmin, ..claims() };
        let token = tokens.issue(&superadmin).unwrap();
        assert_eq!(tokens.verify(token.expose_secret(), now()), Ok(superadmin));
    }
}

#[test]
fn a_token_carries_its_type_and_key_and_nothing_beside_the_claims() {
    let tokens = eddsa();
    let (header, claims) = parts(&tokens);
    assert_eq!((header.typ.as_deref(), header.alg), (Some("at+jwt"), Algorithm::EdDSA));
    assert_eq!(header.kid, Some(tokens.public_keys()[0].id.clone()));
    let mut claims: Vec<_> = claims.as_object().unwrap().keys().map(String::as_str).collect();
    claims.sort_unstable();
    let expected = ["aud", "client_id", "empresa_id", "exp", "iat", "iss", "jti", "nbf", "rol", "sid", "sub", "ver"];
    assert_eq!(claims, expected);
}

#[test]
fn a_change_of_any_byte_is_noticed() {
    for tokens in [eddsa(), hs256()] {
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
    for tokens in [eddsa(), hs256()] {
        let token = issue(&tokens);
        let (signed, _) = token.rsplit_once('.').unwrap();
        let payload = signed.split('.').nth(1).unwrap();
        let kid = &tokens.ring.signing_kid;
        for algorithm in ["none", "None", "NONE", ""] {
            let header = json!({"typ": "at+jwt", "alg": algorithm, "kid": kid}).to_string();
            let unsigned = format!("{}.{payload}.", URL_SAFE_NO_PAD.encode(header));
            assert_eq!(tokens.verify(&unsigned, now()), Err(TokenRejection::Invalid));
        }
        assert_eq!(tokens.verify(&format!("{signed}."), now()), Err(TokenRejection::Invalid));
        assert_eq!(tokens.verify(signed, now()), Err(TokenRejection::Invalid));
    }
}

#[test]
fn the_public_key_is_no_hmac_secret() {
    let tokens = eddsa();
    let (mut header, claims) = parts(&tokens);
    header.alg = Algorithm::HS256;
    let key = tokens.public_keys().remove(0);
    for secret in [key.x.clone(), URL_SAFE_NO_PAD.encode(&key.x).into_bytes()] {
        let forged = jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(&secret)).unwrap();
        assert_eq!(tokens.verify(&forged, now()), Err(TokenRejection::Invalid));
    }
}

#[test]
fn a_key_that_the_header_brings_along_is_not_used() {
    let (ours, theirs) = (eddsa(), eddsa());
    let (mut header, claims) = parts(&theirs);
    let x = URL_SAFE_NO_PAD.encode(&theirs.public_keys()[0].x);
    header.kid = Some(ours.ring.signing_kid.clone());
    header.jwk = Some(serde_json::from_value(json!({"kty": "OKP", "crv": "Ed25519", "x": x})).unwrap());
    header.jku = Some("https://example.org/jwks.json".to_owned());
    let forged = jsonwebtoken::encode(&header, &claims, &theirs.ring.signing).unwrap();
    assert_eq!(ours.verify(&forged, now()), Err(TokenRejection::Invalid));
}

#[test]
fn an_unknown_key_is_refused_and_a_retiring_one_still_verifies() {
    let (retiring, active) = (SigningKey::generate().unwrap(), SigningKey::generate().unwrap());
    let before = JwtTokens::new(KeyRing::ed25519(&retiring, Vec::new()), names());
    let token = issue(&before);
    let rotated = JwtTokens::new(KeyRing::ed25519(&active, vec![retiring.public()]), names());
    assert_eq!(rotated.verify(&token, now()), Ok(claims()));
    assert_eq!(rotated.public_keys(), [active.public(), retiring.public()]);
    let removed = JwtTokens::new(KeyRing::ed25519(&active, Vec::new()), names());
    assert_eq!(removed.verify(&token, now()), Err(TokenRejection::Invalid));
    assert!(verify_changed(&hs256(), |header, _| header.kid = None).is_err());
    assert!(verify_changed(&hs256(), |header, _| header.kid = Some("other".to_owned())).is_err());
}

#[test]
fn a_token_of_another_type_or_with_critical_extensions_is_refused() {
    for tokens in [eddsa(), hs256()] {
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
    let long = jsonwebtoken::encode(&header, &claims, &tokens.ring.signing).unwrap();
    for broken in [long.as_str(), "", ".", "..", "...", "a.b.c", "ñ.ñ.ñ", "\0"] {
        assert_eq!(tokens.verify(broken, now()), Err(TokenRejection::Invalid));
    }
}
