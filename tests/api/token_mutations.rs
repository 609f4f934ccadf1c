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
    pair: Signer,
}

/// The ways of signing, as `JWT_ALGORITHM` names them.
const ALGORITHMS: [&str; 3] = ["EdDSA", "ES256", "HS256"];
const SECRET: &str = "known to this suite alone, and longer than 32 bytes";

/// A key of one of the algorithms.
enum Signer {
    EdDsa(Ed25519KeyPair),
    Es256(EcdsaKeyPair),
    Hs256(Box<hmac::Key>),
}

impl Signer {
    fn of(algorithm: &str, pkcs8: &[u8]) -> Self {
        match algorithm {
            "EdDSA" => Self::EdDsa(Ed25519KeyPair::from_pkcs8(pkcs8).unwrap()),
            _ => Self::Es256(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8).unwrap()),
        }
    }

    /// A key that is none of ours.
    fn stranger(algorithm: &str) -> Self {
        match algorithm {
            "EdDSA" => Self::EdDsa(Ed25519KeyPair::generate().unwrap()),
            "ES256" => Self::Es256(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap()),
            _ => Self::Hs256(Box::new(hmac::Key::new(hmac::HMAC_SHA256, b"what a stranger takes for the secret"))),
        }
    }

    fn sign(&self, input: &[u8]) -> Vec<u8> {
        match self {
            Self::EdDsa(pair) => pair.sign(input).as_ref().to_vec(),
            Self::Es256(pair) => pair.sign(&SystemRandom::new(), input).unwrap().as_ref().to_vec(),
            Self::Hs256(secret) => hmac::sign(secret, input).as_ref().to_vec(),
        }
    }

    /// What everybody may know of it.
    fn public(&self) -> Vec<u8> {
        match self {
            Self::EdDsa(pair) => pair.public_key().as_ref().to_vec(),
            Self::Es256(pair) => pair.public_key().as_ref().to_vec(),
            Self::Hs256(_) => Vec::new(),
        }
    }
}

fn json_part(token: &str, index: usize) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(index).unwrap()).unwrap()).unwrap()
}

/// What is signed of a token with this header and these claims.
fn signing_input(header: &str, claims: &str) -> String {
    format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims))
}

fn signed_by(pair: &Signer, header: &str, claims: &str) -> String {
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
    fn begin(algorithm: &str) -> Self {
        let settings = [("RATE_LIMIT_PER_MINUTE", "1000000"), ("JWT_ALGORITHM", algorithm), ("JWT_SECRET_KEY", SECRET)];
        let app = TestApp::configured(&settings).with(bank("BCP").viewer("vera", &[]));
        let vera = app.login("vera");
        let _ = vera.get("/auth/me").expect(200);
        let token = vera.token().to_owned();
        let (header, claims) = (json_part(&token, 0), json_part(&token, 1));
        assert_eq!(header["alg"], json!(algorithm));
        let pair = match algorithm {
            "HS256" => Signer::Hs256(Box::new(hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes()))),
            _ => signing_pair(&app, algorithm, header["kid"].as_str().unwrap()),
        };
        let genuine = Self { app, token, header, claims, pair };
        // What follows would show nothing if this did not work.
        assert_eq!(genuine.status(&genuine.resigned(&genuine.header.to_string(), &genuine.claims.to_string())), 200);
        genuine
    }

    fn algorithm(&self) -> &str {
        self.header["alg"].as_str().unwrap()
    }

    fn stranger(&self) -> Signer {
        Signer::stranger(self.algorithm())
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
    fn header_refused(&self, header: &str, stranger: &Signer) {
        let claims = self.claims.to_string();
        self.refused(&self.with_header(header), header);
        self.refused(&signed_by(stranger, header, &claims), header);
        self.refused(&format!("{}.", signing_input(header, &claims)), header);
        self.refused(&self.resigned(header, &claims), header);
    }
}

/// The key that signs, out of the database, opened as the program itself opens it.
fn signing_pair(app: &TestApp, algorithm: &str, kid: &str) -> Signer {
    let wrapping = WrappingKeys::new(&settings(&app.database, &[]).identity.key_encryption_keys).unwrap();
    let stored = app.core.database.stored_keys().unwrap();
    let key = stored.iter().find(|key| key.life.id.as_str() == kid).unwrap();
    let pkcs8 = wrapping.open(kid, &key.private_key).unwrap();
    Signer::of(algorithm, pkcs8.expose_secret())
}

#[test]
fn no_other_algorithm_is_believed() {
    for algorithm in ALGORITHMS {
        let genuine = Genuine::begin(algorithm);
        let stranger = genuine.stranger();
        let algorithms = [
            "none", "None", "NONE", "nOnE", "", "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384",
            "PS512", "EdDSA", "ES256", "ES384", "ES512", "ES256K", "Ed25519", "eddsa", "EDDSA", "A128KW", "garbage",
            "EdDSA ", "\u{0}",
        ];
        for other in algorithms.into_iter().filter(|other| *other != algorithm) {
            genuine.header_refused(&changed(&genuine.header, "alg", json!(other)), &stranger);
        }
        for value in [json!(null), json!(1), json!([algorithm]), json!({algorithm: 1}), json!(true)] {
            genuine.header_refused(&changed(&genuine.header, "alg", value), &stranger);
        }
        genuine.header_refused(&without(&genuine.header, "alg"), &stranger);
    }
}

#[test]
fn the_published_key_is_no_shared_secret() {
    for algorithm in ["EdDSA", "ES256"] {
        let genuine = Genuine::begin(algorithm);
        let published = genuine.app.anonymous().get("/.well-known/jwks.json");
        let x = published.json["keys"][0]["x"].as_str().unwrap().to_owned();
        let raw = genuine.pair.public();
        let secrets =
            [raw, x.into_bytes(), published.bytes.clone(), published.json["keys"][0].to_string().into_bytes(), vec![]];
        for (name, algorithm) in
            [("HS256", hmac::HMAC_SHA256), ("HS384", hmac::HMAC_SHA384), ("HS512", hmac::HMAC_SHA512)]
        {
            for secret in &secrets {
                let input = signing_input(&changed(&genuine.header, "alg", json!(name)), &genuine.claims.to_string());
                let tag = hmac::sign(&hmac::Key::new(algorithm, secret), input.as_bytes());
                genuine.refused(&format!("{input}.{}", URL_SAFE_NO_PAD.encode(tag)), name);
            }
        }
    }
}

#[test]
fn a_strangers_key_of_another_kind_is_not_believed() {
    for (genuine, other) in
        [("EdDSA", "ES256"), ("ES256", "EdDSA"), ("HS256", "EdDSA"), ("HS256", "ES256"), ("ES256", "HS256")]
    {
        let genuine = Genuine::begin(genuine);
        let header = changed(&genuine.header, "alg", json!(other));
        let token = signed_by(&Signer::stranger(other), &header, &genuine.claims.to_string());
        genuine.refused(&token, &format!("{other} by a stranger"));
    }
}

#[test]
fn no_other_type_or_key_id_is_believed() {
    for algorithm in ALGORITHMS {
        let genuine = Genuine::begin(algorithm);
        let stranger = genuine.stranger();
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
            if kid == genuine.header["kid"] {
                continue;
            }
            genuine.header_refused(&changed(&genuine.header, "kid", kid), &stranger);
        }
        for name in ["typ", "kid"] {
            genuine.header_refused(&without(&genuine.header, name), &stranger);
        }
        for header in ["{}", "", "null", "[]", "\"EdDSA\"", "{\"alg\":\"EdDSA\"", "\u{feff}{}"] {
            genuine.header_refused(header, &stranger);
        }
    }
}

#[test]
fn keys_that_a_header_brings_along_or_points_at_are_neither_used_nor_fetched() {
    for algorithm in ALGORITHMS {
        let genuine = Genuine::begin(algorithm);
        let stranger = genuine.stranger();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let url = format!("http://{}/keys", listener.local_addr().unwrap());
        let x = URL_SAFE_NO_PAD.encode(stranger.public());
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
            [("alg", json!("none")), ("alg", json!(algorithm)), ("kid", json!("other")), ("typ", json!("at+jwt"))]
        {
            genuine.header_refused(&twice(&genuine.header, name, &value), &stranger);
        }
        let heard = listener.accept().unwrap_err();
        assert_eq!(heard.kind(), ErrorKind::WouldBlock, "somebody was asked about a token");
    }
}

#[test]
fn every_claim_is_required_of_its_type_and_true() {
    for algorithm in ALGORITHMS {
        let genuine = Genuine::begin(algorithm);
        let header = genuine.header.to_string();
        let (stranger, ours) = (genuine.stranger(), |claims: &str| genuine.resigned(&header, claims));
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
                genuine
                    .refused(&format!("{}.", signing_input(&header, &claims)), &format!("{name} without a signature"));
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
}

#[test]
fn a_change_of_any_byte_or_a_cut_anywhere_is_noticed() {
    for algorithm in ALGORITHMS {
        let genuine = Genuine::begin(algorithm);
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
}

#[test]
fn what_is_long_or_of_another_shape_is_refused() {
    for algorithm in ALGORITHMS {
        let genuine = Genuine::begin(algorithm);
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
}

#[test]
fn a_token_holds_from_five_seconds_before_its_issue_to_five_seconds_after_its_end() {
    for algorithm in ALGORITHMS {
        let genuine = Genuine::begin(algorithm);
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
}
