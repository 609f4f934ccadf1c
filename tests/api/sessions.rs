//! Sessions: refresh, replay, logout, revocation, keys.

use atalaya_tests::app::TestApp;
use atalaya_tests::{Client, PASSWORD, Reply, bank};
use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use crate::refresh::bearing;

fn app() -> TestApp {
    TestApp::start().with(bank("BCP").user("ursula", &[]).viewer("vera", &[])).with(bank("BBVA"))
}

fn begin(app: &TestApp, username: &str, refresh: &str) -> Reply {
    app.anonymous().post("/auth/login", &json!({"username": username, "password": PASSWORD, "refresh": refresh}))
}

fn refresh(app: &TestApp, token: &Value) -> Reply {
    app.anonymous().post("/auth/refresh", &json!({"refresh_token": token}))
}

#[test]
fn a_refresh_token_is_used_up_by_the_next_one() {
    let app = app();
    let first = begin(&app, "vera", "body");
    app.clock.advance(TimeDelta::minutes(31));
    let _ = bearing(&app, &first).get("/auth/me").problem(401, "TOKEN_EXPIRED");
    let second = refresh(&app, &first.json["refresh_token"]);
    let kept: Vec<&str> = first.keys().into_iter().filter(|key| *key != "device_token").collect();
    assert_eq!(second.keys(), kept, "only a login makes a device known");
    assert_ne!(second.json["refresh_token"], first.json["refresh_token"]);
    let _ = bearing(&app, &second).get("/auth/me").expect(200);
    let third = refresh(&app, &second.json["refresh_token"]);
    let _ = bearing(&app, &third).get("/auth/me").expect(200);
}

#[test]
fn a_replayed_refresh_token_ends_its_session_and_no_other() {
    let app = app();
    let (first, other) = (begin(&app, "vera", "body"), begin(&app, "vera", "body"));
    let second = refresh(&app, &first.json["refresh_token"]);
    app.clock.advance(TimeDelta::minutes(1));
    let _ = refresh(&app, &first.json["refresh_token"]).problem(401, "REFRESH_TOKEN_INVALID");
    let _ = refresh(&app, &second.json["refresh_token"]).problem(401, "REFRESH_TOKEN_INVALID");
    let _ = bearing(&app, &second).get("/auth/me").problem(401, "TOKEN_REVOKED");
    let _ = bearing(&app, &other).get("/auth/me").expect(200);
}

#[test]
fn a_session_ends_when_it_is_idle_and_at_its_limit() {
    let app = TestApp::configured(&[("SESSION_IDLE_MINUTES", "60"), ("SESSION_HOURS", "2")]).with(bank("BCP"));
    let idle = begin(&app, "admin_bcp", "body");
    let mut used = begin(&app, "admin_bcp", "body");
    for _ in 0..2 {
        app.clock.advance(TimeDelta::minutes(55));
        used = refresh(&app, &used.json["refresh_token"]);
    }
    assert_eq!(used.expect(200)["expires_in"], 600, "an access token outlives its session");
    let _ = refresh(&app, &idle.json["refresh_token"]).problem(401, "REFRESH_TOKEN_INVALID");
    app.clock.advance(TimeDelta::minutes(10));
    let _ = refresh(&app, &used.json["refresh_token"]).problem(401, "REFRESH_TOKEN_INVALID");
}

/// When a session ends at the latest, and when unless it is refreshed.
fn ends(reply: &Reply) -> [String; 2] {
    ["session_ends_at", "session_idle_until"].map(|field| reply.expect(200)[field].as_str().unwrap().to_owned())
}

#[test]
fn a_session_tells_when_it_ends_and_only_a_refresh_puts_that_off() {
    let app = TestApp::configured(&[("SESSION_IDLE_MINUTES", "60"), ("SESSION_HOURS", "2")]).with(bank("BCP"));
    let login = begin(&app, "admin_bcp", "body");
    let (limit, idle) = ("2026-08-23T19:00:00Z", "2026-08-23T18:00:00Z");
    assert_eq!(ends(&login), [limit, idle]);
    app.clock.advance(TimeDelta::minutes(25));
    let admin = bearing(&app, &login);
    let _ = admin.get("/accounts").expect(200);
    assert_eq!(ends(&admin.get("/auth/me")), [limit, idle], "a request is no use of the session");
    let once = refresh(&app, &login.json["refresh_token"]);
    let later = "2026-08-23T18:25:00Z";
    assert_eq!(ends(&once), [limit, later]);
    app.clock.advance(TimeDelta::seconds(5));
    assert_eq!(ends(&refresh(&app, &login.json["refresh_token"])), [limit, later], "a repeat puts nothing off");
    assert_eq!(ends(&admin.get("/auth/me")), [limit, later], "the older token is of the same session");
    app.clock.advance(TimeDelta::minutes(55));
    let twice = refresh(&app, &once.json["refresh_token"]);
    assert_eq!(ends(&twice), [limit, limit], "it is never idle for longer than it lasts");
    assert_eq!(ends(&bearing(&app, &twice).get("/auth/me")), [limit, limit]);
}

#[test]
fn a_session_without_a_refresh_token_ends_with_its_access_token() {
    let app = app();
    let login = begin(&app, "vera", "none");
    let end = "2026-08-23T17:30:00Z";
    assert_eq!(login.expect(200)["expires_in"], 1800);
    assert_eq!(ends(&login), [end, end]);
    let vera = bearing(&app, &login);
    assert_eq!(ends(&vera.get("/auth/me")), [end, end]);
    let listed = |client: &Client| client.get("/auth/sessions").expect(200)["sessions"].as_array().unwrap().len();
    assert_eq!(listed(&vera), 1);
    app.clock.advance(TimeDelta::minutes(31));
    let _ = vera.get("/auth/me").problem(401, "TOKEN_EXPIRED");
    assert_eq!(listed(&app.login("vera")), 1, "what nobody can use any more is not listed");
}

#[test]
fn an_access_token_ends_when_its_session_is_idle() {
    let app = TestApp::configured(&[("SESSION_IDLE_MINUTES", "10")]).with(bank("BCP"));
    let grant = begin(&app, "admin_bcp", "body");
    assert_eq!(grant.expect(200)["expires_in"], 600);
    app.clock.advance(TimeDelta::minutes(11));
    let _ = bearing(&app, &grant).get("/auth/me").problem(401, "TOKEN_EXPIRED");
}

#[test]
fn a_cookie_refreshes_for_allowed_pages_only() {
    let app = app();
    let login = begin(&app, "vera", "cookie");
    let cookie = login.header("set-cookie").split(';').next().unwrap();
    let browser = app.anonymous().with("cookie", cookie);
    let page = |origin: &str| browser.clone().with("origin", origin);
    let _ = browser.post("/auth/refresh", &json!({})).problem(403, "ORIGIN_FORBIDDEN");
    let own_by_tls = app.anonymous().own_origin().replace("http:", "https:");
    for origin in ["https://evil.example", "null", "https://panel.example.evil", "http://panel.example", &own_by_tls] {
        let _ = page(origin).post("/auth/refresh", &json!({})).problem(403, "ORIGIN_FORBIDDEN");
    }
    let form = page("https://panel.example").send(
        Method::POST,
        "/auth/refresh",
        "application/x-www-form-urlencoded",
        "refresh_token=x",
    );
    let _ = form.problem(415, "UNSUPPORTED_MEDIA_TYPE");
    let refreshed = page("https://panel.example").post("/auth/refresh", &json!({}));
    let next = refreshed.header("set-cookie").split(';').next().unwrap();
    assert!(next.starts_with("atalaya_refresh=") && next != cookie);
    assert!(refreshed.expect(200).get("refresh_token").is_none());
    let same_origin = app.anonymous().with("cookie", next).with("sec-fetch-site", "same-origin");
    let next = same_origin.post("/auth/refresh", &json!({}));
    let next = next.header("set-cookie").split(';').next().unwrap();
    let own = app.anonymous().own_origin();
    let _ = app.anonymous().with("cookie", next).with("origin", own).post("/auth/refresh", &json!({})).expect(200);
}

#[test]
fn a_refresh_without_any_token_says_so() {
    let app = app();
    let page = app.anonymous().with("origin", "http://localhost:4321").with("accept-language", "en");
    let missing = page.post("/auth/refresh", &json!({}));
    let detail = missing.problem(401, "REFRESH_TOKEN_INVALID")["detail"].clone();
    assert!(detail.as_str().unwrap().starts_with("There is no session to renew"), "{detail}");
    let unknown = page.post("/auth/refresh", &json!({"refresh_token": "x"}));
    assert_ne!(unknown.problem(401, "REFRESH_TOKEN_INVALID")["detail"], detail);
    // A page of this machine may act with the cookie in development, whatever its port.
    let login = begin(&app, "vera", "cookie");
    let cookie = login.header("set-cookie").split(';').next().unwrap();
    let _ = page.with("cookie", cookie).post("/auth/refresh", &json!({})).expect(200);
}

#[test]
fn a_cookie_whose_name_travels_encoded_is_not_ours() {
    let app = app();
    let login = begin(&app, "vera", "cookie");
    let cookie = login.header("set-cookie").split(';').next().unwrap();
    let browser = |cookie: &str| app.anonymous().with("cookie", cookie).with("sec-fetch-site", "same-origin");
    let encoded = cookie.replacen("atalaya", "%61talaya", 1);
    assert_eq!(browser(&encoded).post("/auth/refresh", &json!({})).status, 401);
    let _ = browser(cookie).post("/auth/refresh", &json!({})).expect(200);
}

#[test]
fn logging_out_ends_the_session_at_once() {
    let app = app();
    let by_access = app.login("vera");
    let _ = by_access.get("/auth/me").expect(200);
    let _ = by_access.ask(Method::POST, "/auth/logout").expect(204);
    let _ = by_access.get("/auth/me").problem(401, "TOKEN_REVOKED");
    let grant = begin(&app, "vera", "body");
    let out = app.anonymous().post("/auth/logout", &json!({"refresh_token": grant.json["refresh_token"]}));
    let _ = out.expect(204);
    let _ = bearing(&app, &grant).get("/auth/me").problem(401, "TOKEN_REVOKED");
    let _ = refresh(&app, &grant.json["refresh_token"]).problem(401, "REFRESH_TOKEN_INVALID");
    let _ = app.anonymous().ask(Method::POST, "/auth/logout").problem(401, "AUTHENTICATION_REQUIRED");
}

#[test]
fn one_lists_and_ends_ones_own_devices() {
    let app = app();
    let named = json!({"username": "vera", "password": PASSWORD, "device_name": "Televisor"});
    let television = bearing(&app, &app.anonymous().post("/auth/login", &named));
    let phone = app.login("vera");
    let list = phone.get("/auth/sessions");
    let sessions = list.expect(200)["sessions"].as_array().unwrap();
    assert_eq!(sessions.len(), 2);
    assert_eq!(sessions.iter().filter(|session| session["current"] == true).count(), 1);
    let other = sessions.iter().find(|session| session["current"] == false).unwrap();
    assert_eq!(other["device_name"], "Televisor");
    assert_eq!(other["address"], "127.0.0.1");
    let path = format!("/auth/sessions/{}", other["id"].as_str().unwrap());
    let _ = app.login("ursula").delete(&path).problem(404, "SESSION_NOT_FOUND");
    let _ = phone.delete(&path).expect(204);
    let _ = television.get("/auth/me").problem(401, "TOKEN_REVOKED");
    let _ = phone.delete(&path).problem(404, "SESSION_NOT_FOUND");
}

#[test]
fn sessions_come_in_pages_where_a_limit_is_given() {
    let app = app();
    // Some begin in the same microsecond: the clock stands still.
    let mut vera = app.login("vera");
    for minute in 0..4 {
        app.clock.advance(TimeDelta::minutes(minute % 2));
        vera = app.login("vera");
    }
    let id = vera.get("/auth/me").json["id_usuario"].clone();
    let admin = app.login("admin_bcp");
    for (reader, path) in [(&vera, "/auth/sessions".to_owned()), (&admin, format!("/auth/users/{id}/sessions"))] {
        let whole = reader.get(&path);
        assert_eq!(whole.keys(), ["sessions"], "a client from before there were pages gets them all");
        let ids = |reply: &Reply| -> Vec<Value> {
            let sessions = reply.expect(200)["sessions"].as_array().unwrap();
            sessions.iter().map(|session| session["id"].clone()).collect()
        };
        let (mut paged, mut from) = (Vec::new(), String::new());
        loop {
            let page = reader.get(&format!("{path}?limit=2{from}"));
            paged.extend(ids(&page));
            let Some(next) = page.json["next_cursor"].as_str() else { break };
            from = format!("&cursor={next}");
            assert!(paged.len() <= 5, "{paged:?}");
        }
        assert_eq!((paged.len(), &paged), (5, &ids(&whole)));
        for (query, rule) in [
            ("limit=0", "limit: too_small"),
            ("limit=1001", "limit: too_large"),
            ("limit=x", "limit: wrong_type"),
            ("cursor=1.x", "cursor: not_a_cursor"),
        ] {
            assert_eq!(reader.get(&format!("{path}?{query}")).broken_rules(), [rule]);
        }
    }
    // Those of before end with their access tokens. Of these two the first is idle by then.
    let _ = begin(&app, "vera", "body");
    app.clock.advance(TimeDelta::minutes(1));
    let _ = begin(&app, "vera", "body");
    app.clock.advance(TimeDelta::minutes(119));
    let _ = app.login("admin_bbva").get(&format!("/auth/users/{id}/sessions?limit=0")).problem(404, "USER_NOT_FOUND");
    let left = app.login("admin_bcp").get(&format!("/auth/users/{id}/sessions?limit=9"));
    assert_eq!(left.expect(200)["sessions"].as_array().unwrap().len(), 1, "an idle session is no live one");
}

#[test]
fn an_administrator_ends_the_session_of_a_user_of_the_bank() {
    let app = app();
    let vera = app.login("vera");
    let id = vera.get("/auth/me").json["id_usuario"].clone();
    let admin = app.login("admin_bcp");
    let sessions = admin.get(&format!("/auth/users/{id}/sessions"));
    let session = sessions.expect(200)["sessions"][0]["id"].as_str().unwrap();
    let path = format!("/auth/users/{id}/sessions/{session}");
    let _ = app.login("admin_bbva").delete(&path).problem(404, "USER_NOT_FOUND");
    let _ = admin.delete(&path).expect(204);
    let _ = vera.get("/auth/me").problem(401, "TOKEN_REVOKED");
}

#[test]
fn a_changed_password_ends_every_other_session() {
    let app = app();
    let (mine, there) = (begin(&app, "vera", "body"), app.login("vera"));
    let here = bearing(&app, &mine);
    let change = |current: &str, new: &str| {
        here.post("/auth/change-password", &json!({"current_password": current, "new_password": new}))
    };
    assert_eq!(change("wrong", "Otra-Clave-2026").broken_rules(), ["current_password: wrong_password"]);
    let broken = ["too_short", "no_uppercase", "no_digit", "no_special"].map(|rule| format!("new_password: {rule}"));
    assert_eq!(change(PASSWORD, "corta").broken_rules(), broken);
    let _ = there.get("/auth/me").expect(200);
    let _ = change(PASSWORD, "Otra-Clave-2026").expect(204);
    let _ = there.get("/auth/me").problem(401, "TOKEN_REVOKED");
    let mine = refresh(&app, &mine.json["refresh_token"]);
    let _ = bearing(&app, &mine).get("/auth/me").expect(200);
    let _ = app.try_login("vera", PASSWORD).problem(401, "BAD_CREDENTIALS");
    let _ = app.try_login("vera", "Otra-Clave-2026").expect(200);
}

#[test]
fn passwords_that_differ_at_the_seventy_third_byte_differ() {
    let app = app();
    let long = "x".repeat(72);
    let change = json!({"current_password": PASSWORD, "new_password": format!("{long}1")});
    let _ = app.login("vera").post("/auth/change-password", &change).expect(204);
    let _ = app.try_login("vera", &format!("{long}2")).problem(401, "BAD_CREDENTIALS");
    let _ = app.try_login("vera", &format!("{long}1")).expect(200);
}

fn part(token: &str, index: usize) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(token.split('.').nth(index).unwrap()).unwrap()
}

#[test]
fn the_published_key_verifies_a_token() {
    let app = app();
    let token = app.login("vera").token().to_owned();
    let keys = app.anonymous().get("/.well-known/jwks.json");
    let header: Value = serde_json::from_slice(&part(&token, 0)).unwrap();
    let key = &keys.expect(200)["keys"][0];
    assert_eq!((&header["kid"], &header["alg"]), (&key["kid"], &key["alg"]));
    assert_eq!((&key["kty"], &key["crv"]), (&json!("OKP"), &json!("Ed25519")));
    assert_eq!(keys.header("cache-control"), "public, max-age=300");
    assert!(key.get("d").is_none(), "the private key is published");
    let public = URL_SAFE_NO_PAD.decode(key["x"].as_str().unwrap()).unwrap();
    let (signed, _) = token.rsplit_once('.').unwrap();
    UnparsedPublicKey::new(&ED25519, public).verify(signed.as_bytes(), &part(&token, 2)).unwrap();
}

#[test]
fn a_token_with_any_part_exchanged_is_refused() {
    let app = app();
    let (vera, admin) = (app.login("vera"), app.login("admin_bcp"));
    let parts: Vec<&str> = vera.token().split('.').collect();
    let foreign: Vec<&str> = admin.token().split('.').collect();
    let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"at+jwt"}"#);
    let mut claims: Value = serde_json::from_slice(&part(vera.token(), 1)).unwrap();
    claims["rol"] = json!("admin");
    let forged = URL_SAFE_NO_PAD.encode(claims.to_string());
    for token in [
        format!("{}.{}.{}", parts[0], foreign[1], parts[2]),
        format!("{}.{forged}.{}", parts[0], parts[2]),
        format!("{none}.{}.", parts[1]),
        format!("{none}.{forged}.{}", parts[2]),
        format!("{}.{}.", parts[0], parts[1]),
    ] {
        let _ = app.anonymous().bearing(&token).get("/auth/me").problem(401, "TOKEN_INVALID");
    }
}

#[test]
fn a_refresh_token_is_no_access_token() {
    let app = app();
    let grant = begin(&app, "vera", "body");
    let client = app.anonymous().bearing(grant.json["refresh_token"].as_str().unwrap());
    let _ = client.get("/auth/me").problem(401, "TOKEN_INVALID");
}

#[test]
fn sessions_and_keys_outlive_a_restart() {
    let app = app();
    let grant = begin(&app, "vera", "body");
    let token = grant.json["access_token"].as_str().unwrap().to_owned();
    let app = TestApp::try_start(app.stop(), &[]).unwrap();
    let _ = app.anonymous().bearing(&token).get("/auth/me").expect(200);
    let _ = refresh(&app, &grant.json["refresh_token"]).expect(200);
}

#[test]
fn a_shared_secret_signs_where_it_is_configured_and_is_not_published() {
    let secret = "0123456789abcdef0123456789abcdef";
    let app = TestApp::configured(&[("JWT_ALGORITHM", "HS256"), ("JWT_SECRET_KEY", secret)]).with(bank("BCP"));
    let admin = app.login("admin_bcp");
    let _ = admin.get("/auth/me").expect(200);
    assert_eq!(app.anonymous().get("/.well-known/jwks.json").expect(200)["keys"], json!([]));
}
