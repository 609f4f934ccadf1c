//! A genuine token, changed in every way: nothing but the genuine one is believed, and nobody is asked about it.

use std::io::ErrorKind;
use std::net::TcpListener;

use atalaya_infrastructure::security::WrappingKeys;
use atalaya_tests::app::{TestApp, settings};
use atalaya_tests::{Client, bank};
use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

/// Vera's genuine token, and the key that signed it, which no attacker has.
struct Genuine {
    app: TestApp,
    token: String,
    header: Value,
    claims: Value,
    pair: Ed25519KeyPair,
}

fn json_part(token: &str, index: usize) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(index).unwrap()).unwrap()).unwrap()
}

/// What is signed of a token with this header and these claims.
fn signing_input(header: &str, claims: &str) -> String {
    format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims))
}

fn signed_by(pair: &Ed25519KeyPair, header: &str, claims: &str) -> String {
    let input = signing_input(header, claims);
    let signature = URL_SAFE_NO_PAD.encode(pair.sign(input.as_bytes()));
    format!("{input}.{signature}")
}

fn changed(object: &Value, name: &str, value: Value) -> String {
    let mut object = object.clone();
    object[name] = value;
    object.to_string()
}

fn without(object: &Value, name: &str) -> String {
    let mut object = object.clone();
    object.as_object_mut().unwrap().remove(name);
    object.to_string()
}

/// An object whose text has a member twice.
fn twice(object: &Value, name: &str, value: &Value) -> String {
    let text = object.to_string();
    format!("{},{}:{value}}}", text.strip_suffix('}').unwrap(), json!(name))
}

impl Genuine {
    fn begin() -> Self {
        let app = TestApp::configured(&[("RATE_LIMIT_PER_MINUTE", "1000000")]).with(bank("BCP").viewer("vera", &[]));
        let vera = app.login("vera");
        let _ = vera.get("/auth/me").expect(200);
        let token = vera.token().to_owned();
        let (header, claims) = (json_part(&token, 0), json_part(&token, 1));
        let pair = signing_pair(&app, header["kid"].as_str().unwrap());
        let genuine = Self { app, token, header, claims, pair };
        // What follows would show nothing if this did not work.
        assert_eq!(genuine.status(&genuine.resigned(&genuine.header.to_string(), &genuine.claims.to_string())), 200);
        genuine
    }

    fn client(&self, token: &str) -> Client {
        self.app.anonymous().bearing(token)
    }

    fn status(&self, token: &str) -> u16 {
        self.client(token).get("/auth/me").status
    }

    #[track_caller]
    fn refused(&self, token: &str, what: &str) {
        let reply = self.client(token).get("/auth/me");
        assert_eq!(reply.status, 401, "{what}: {}", reply.text());
        assert_eq!(reply.header("www-authenticate").split(' ').next(), Some("Bearer"), "{what}");
    }

    fn resigned(&self, header: &str, claims: &str) -> String {
        signed_by(&self.pair, header, claims)
    }

    /// The genuine signature on another header.
    fn with_header(&self, header: &str) -> String {
        let (_, rest) = self.token.split_once('.').unwrap();
        format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header))
    }

    /// Refused with the genuine signature, by a stranger's key, without a signature, and even by our own key.
    #[track_caller]
    fn header_refused(&self, header: &str, stranger: &Ed25519KeyPair) {
        let claims = self.claims.to_string();
        self.refused(&self.with_header(header), header);
        self.refused(&signed_by(stranger, header, &claims), header);
        self.refused(&format!("{}.", signing_input(header, &claims)), header);
        self.refused(&self.resigned(header, &claims), header);
    }
}

/// The key that signs, out of the database, opened as the program itself opens it.
fn signing_pair(app: &TestApp, kid: &str) -> Ed25519KeyPair {
    let wrapping = WrappingKeys::new(&settings(&app.database, &[]).identity.key_encryption_keys).unwrap();
    let stored = app.core.database.stored_keys().unwrap();
    let key = stored.iter().find(|key| key.life.id.as_str() == kid).unwrap();
    let pkcs8 = wrapping.open(kid, &key.private_key).unwrap();
    Ed25519KeyPair::from_pkcs8(pkcs8.expose_secret()).unwrap()
}

fn stranger() -> Ed25519KeyPair {
    Ed25519KeyPair::generate().unwrap()
}

#[test]
fn no_other_algorithm_is_believed() {
    let genuine = Genuine::begin();
    let stranger = stranger();
    let algorithms = [
        "none", "None", "NONE", "nOnE", "", "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384",
        "PS512", "ES256", "ES384", "ES512", "ES256K", "Ed25519", "eddsa", "EDDSA", "A128KW", "garbage", "EdDSA ",
        "\u{0}",
    ];
    for algorithm in algorithms {
        genuine.header_refused(&changed(&genuine.header, "alg", json!(algorithm)), &stranger);
    }
    for value in [json!(null), json!(1), json!(["EdDSA"]), json!({"EdDSA": 1}), json!(true)] {
        genuine.header_refused(&changed(&genuine.header, "alg", value), &stranger);
    }
    genuine.header_refused(&without(&genuine.header, "alg"), &stranger);
}

#[test]
fn the_published_key_is_no_shared_secret() {
    let genuine = Genuine::begin();
    let published = genuine.app.anonymous().get("/.well-known/jwks.json");
    let x = published.json["keys"][0]["x"].as_str().unwrap().to_owned();
    let raw = genuine.pair.public_key().as_ref().to_vec();
    let secrets =
        [raw, x.into_bytes(), published.bytes.clone(), published.json["keys"][0].to_string().into_bytes(), vec![]];
    for (name, algorithm) in [("HS256", hmac::HMAC_SHA256), ("HS384", hmac::HMAC_SHA384), ("HS512", hmac::HMAC_SHA512)]
    {
        for secret in &secrets {
            let input = signing_input(&changed(&genuine.header, "alg", json!(name)), &genuine.claims.to_string());
            let tag = hmac::sign(&hmac::Key::new(algorithm, secret), input.as_bytes());
            genuine.refused(&format!("{input}.{}", URL_SAFE_NO_PAD.encode(tag)), name);
        }
    }
}

#[test]
fn a_strangers_key_of_another_kind_is_not_believed() {
    let genuine = Genuine::begin();
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let input = signing_input(&changed(&genuine.header, "alg", json!("ES256")), &genuine.claims.to_string());
    let signature = pair.sign(&SystemRandom::new(), input.as_bytes()).unwrap();
    genuine.refused(&format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature)), "ES256 by a stranger");
}

#[test]
fn no_other_type_or_key_id_is_believed() {
    let genuine = Genuine::begin();
    let stranger = stranger();
    for kind in ["JWT", "jwt", "AT+JWT", "application/at+jwt", "at+jwt ", "dpop+jwt", ""] {
        genuine.header_refused(&changed(&genuine.header, "typ", json!(kind)), &stranger);
    }
    let published = genuine.app.anonymous().get("/.well-known/jwks.json");
    let standby = published.expect(200)["keys"][1]["kid"].clone();
    let long = "k".repeat(1_000);
    for kid in [
        standby,
        json!("unknown"),
        json!("shared"),
        json!(""),
        json!("../../../dev/null"),
        json!("/proc/self/environ"),
        json!("file:///etc/passwd"),
        json!("x' UNION SELECT 'secret"),
        json!(long),
        json!("k\u{0}"),
        json!("k\r\nX-Injected: 1"),
        json!(null),
        json!(1),
        json!(["a"]),
    ] {
        genuine.header_refused(&changed(&genuine.header, "kid", kid), &stranger);
    }
    for name in ["typ", "kid"] {
        genuine.header_refused(&without(&genuine.header, name), &stranger);
    }
    for header in ["{}", "", "null", "[]", "\"EdDSA\"", "{\"alg\":\"EdDSA\"", "\u{feff}{}"] {
        genuine.header_refused(header, &stranger);
    }
}

#[test]
fn keys_that_a_header_brings_along_or_points_at_are_neither_used_nor_fetched() {
    let genuine = Genuine::begin();
    let stranger = stranger();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("http://{}/keys", listener.local_addr().unwrap());
    let x = URL_SAFE_NO_PAD.encode(stranger.public_key());
    let jwk =
        json!({"kty": "OKP", "crv": "Ed25519", "x": x, "kid": genuine.header["kid"], "alg": "EdDSA", "use": "sig"});
    for (name, value) in [
        ("jku", json!(url)),
        ("jwk", jwk),
        ("x5u", json!(url)),
        ("x5c", json!(["MIIBszCCAVmgAwIBAgIUZ", url])),
        ("x5t", json!("AAAA")),
        ("x5t#S256", json!("AAAA")),
        ("url", json!(url)),
        ("iss", json!(url)),
        ("crit", json!(["exp"])),
        ("crit", json!(["b64"])),
        ("crit", json!([])),
        ("b64", json!(false)),
        ("b64", json!(true)),
        ("cty", json!("JWT")),
        ("zip", json!("DEF")),
        ("enc", json!("A256GCM")),
        ("nonce", json!("1")),
        ("made-up", json!(1)),
    ] {
        genuine.header_refused(&changed(&genuine.header, name, value), &stranger);
    }
    for (name, value) in
        [("alg", json!("none")), ("alg", json!("EdDSA")), ("kid", json!("other")), ("typ", json!("at+jwt"))]
    {
        genuine.header_refused(&twice(&genuine.header, name, &value), &stranger);
    }
    let heard = listener.accept().unwrap_err();
    assert_eq!(heard.kind(), ErrorKind::WouldBlock, "somebody was asked about a token");
}

#[test]
fn every_claim_is_required_of_its_type_and_true() {
    let genuine = Genuine::begin();
    let header = genuine.header.to_string();
    let (stranger, ours) = (stranger(), |claims: &str| genuine.resigned(&header, claims));
    for name in genuine.claims.as_object().unwrap().keys() {
        genuine.refused(&ours(&without(&genuine.claims, name)), &format!("no {name}"));
        genuine.refused(&ours(&twice(&genuine.claims, name, &genuine.claims[name])), &format!("{name} twice"));
        for wrong in [json!(["x"]), json!({"x": 1}), json!(true), json!(1.5)] {
            genuine.refused(&ours(&changed(&genuine.claims, name, wrong.clone())), &format!("{name} = {wrong}"));
        }
        // What a stranger writes there does not matter: it is not signed.
        for value in [json!("admin_bcp"), json!(1), json!(null), genuine.claims[name].clone()] {
            let claims = changed(&genuine.claims, name, value);
            genuine.refused(&signed_by(&stranger, &header, &claims), &format!("{name} by a stranger"));
            genuine.refused(&format!("{}.", signing_input(&header, &claims)), &format!("{name} without a signature"));
        }
    }
    let nil = "00000000-0000-0000-0000-000000000000";
    for (name, value) in [
        ("iss", json!("another")),
        ("iss", json!("")),
        ("aud", json!("another-api")),
        ("aud", json!(["atalaya-api"])),
        ("sub", json!("admin_bcp")),
        ("sub", json!("nobody")),
        ("sub", json!("")),
        ("client_id", json!("another")),
        ("jti", json!("1")),
        ("sid", json!(nil)),
        ("sid", json!("1")),
        ("ver", json!(999)),
        ("ver", json!(-1)),
        ("empresa_id", json!(999)),
        ("empresa_id", json!(null)),
        ("rol", json!("admin")),
        ("rol", json!("superadmin")),
        ("rol", json!("owner")),
        ("exp", json!(i64::MAX)),
        ("exp", json!(-1)),
        ("iat", json!(0)),
        ("nbf", json!(0)),
    ] {
        genuine.refused(&ours(&changed(&genuine.claims, name, value.clone())), &format!("{name} = {value}"));
    }
    for claims in ["{}", "", "null", "[]", "\"sub\""] {
        genuine.refused(&ours(claims), claims);
    }
}

#[test]
fn a_change_of_any_byte_or_a_cut_anywhere_is_noticed() {
    let genuine = Genuine::begin();
    for position in 0..genuine.token.len() {
        for bit in [0x01, 0x02, 0x04] {
            let mut bytes = genuine.token.clone().into_bytes();
            bytes[position] ^= bit;
            genuine.refused(&String::from_utf8(bytes).unwrap(), &format!("byte {position} ^ {bit}"));
        }
        genuine.refused(&genuine.token[..position], &format!("cut at {position}"));
    }
    assert_eq!(genuine.status(&genuine.token), 200);
}

#[test]
fn what_is_long_or_of_another_shape_is_refused() {
    let genuine = Genuine::begin();
    let [header, claims, signature] = genuine.token.split('.').collect::<Vec<_>>().try_into().unwrap();
    let padded = genuine.resigned(&genuine.header.to_string(), &format!("{}{}", genuine.claims, " ".repeat(4_096)));
    assert!(padded.len() > 4_096);
    for shape in [
        padded,
        format!("{}{}", genuine.token, "A".repeat(8_000)),
        format!("{header}..{claims}.{signature}"),
        format!("{header}.{claims}..{signature}"),
        format!(".{}", genuine.token),
        format!("{}.", genuine.token),
        format!("{header}.{claims}.{signature}.{signature}.{signature}"),
        format!("{header}.{signature}.{claims}"),
        format!("{}=", genuine.token),
        format!("{}, {}", genuine.token, genuine.token),
        format!("Bearer {}", genuine.token),
        ".".to_owned(),
        "..".to_owned(),
    ] {
        genuine.refused(&shape, &shape);
    }
}

#[test]
fn a_token_holds_from_five_seconds_before_its_issue_to_five_seconds_after_its_end() {
    let genuine = Genuine::begin();
    let now: DateTime<Utc> = atalaya_tests::app::NOW.parse().unwrap();
    let token = |issued: i64, ends: i64| {
        let mut claims = genuine.claims.clone();
        let at = |seconds| json!((now + TimeDelta::seconds(seconds)).timestamp());
        (claims["iat"], claims["nbf"], claims["exp"]) = (at(issued), at(issued), at(ends));
        genuine.resigned(&genuine.header.to_string(), &claims.to_string())
    };
    for (issued, ends, status) in
        [(5, 60, 200), (6, 60, 401), (-60, 0, 200), (-60, -4, 200), (-60, -5, 401), (-60, -6, 401)]
    {
        let token = token(issued, ends);
        // The second time it is remembered.
        let statuses = [genuine.status(&token), genuine.status(&token)];
        assert_eq!(statuses, [status; 2], "issued {issued} s and ending {ends} s from now");
    }
    let expired = genuine.client(&token(-60, -5)).get("/auth/me");
    let _ = expired.problem(401, "TOKEN_EXPIRED");
}
