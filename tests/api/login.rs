//! Logging in.

use atalaya_tests::{Client, PASSWORD, TestApp, bank};
use chrono::TimeDelta;
use serde_json::{Value, json};

fn app() -> TestApp {
    TestApp::start().with(bank("BCP").user("ursula", &[]).viewer("vera", &[])).with_superadmin("root")
}

fn id_of(admin: &Client, username: &str) -> i64 {
    let users = admin.get("/auth/users");
    let users = users.expect(200)["users"].as_array().unwrap();
    users.iter().find(|user| user["username"] == username).unwrap()["id_usuario"].as_i64().unwrap()
}

#[test]
fn a_login_answers_the_fields_that_clients_know() {
    let app = app();
    let reply = app.anonymous().post("/auth/login", &json!({"username": "admin_bcp", "password": PASSWORD}));
    let body = reply.expect(200);
    let kept = [
        "access_token",
        "empresa_id",
        "empresa_nombre",
        "expires_in",
        "must_change_password",
        "rol",
        "security_notices",
        "session_ends_at",
        "session_idle_until",
        "token_type",
        "username",
    ];
    assert_eq!(reply.keys(), kept);
    assert_eq!((&body["token_type"], &body["expires_in"]), (&json!("bearer"), &json!(1800)));
    assert_eq!((&body["username"], &body["empresa_nombre"]), (&json!("admin_bcp"), &json!("BCP")));
    assert_eq!(body["rol"], "admin");
    assert!(body["empresa_id"].is_i64());
    assert_eq!(reply.header("cache-control"), "no-store");
}

#[test]
fn the_refresh_token_goes_where_it_was_asked_to() {
    let app = app();
    let login = |refresh: Value| {
        app.anonymous().post("/auth/login", &json!({"username": "vera", "password": PASSWORD, "refresh": refresh}))
    };
    let cookie = login(json!("cookie"));
    let value = cookie.header("set-cookie");
    for part in ["atalaya_refresh=", "HttpOnly", "SameSite=Strict", "Path=/auth", "Max-Age=86400"] {
        assert!(value.contains(part), "{part} is missing in {value}");
    }
    assert!(cookie.json.get("refresh_token").is_none());
    let body = login(json!("body"));
    assert!(body.json["refresh_token"].as_str().unwrap().len() >= 22, "fewer than 128 bits");
    assert_eq!(body.header("set-cookie"), "");
    let none = login(json!("none"));
    assert!(none.json.get("refresh_token").is_none());
    assert_eq!(none.header("set-cookie"), "");
    assert_eq!(login(json!("pigeon")).broken_rules(), ["refresh: unknown_value"]);
}

#[test]
fn a_superadmin_needs_no_company() {
    let reply = app().try_login("root", PASSWORD);
    assert_eq!(reply.expect(200)["empresa_id"], Value::Null);
    assert_eq!(reply.json["empresa_nombre"], Value::Null);
    assert_eq!(reply.json["rol"], "superadmin");
}

#[test]
fn letter_case_of_a_username_does_not_matter() {
    assert_eq!(app().try_login("ADMIN_bcp", PASSWORD).expect(200)["username"], "admin_bcp");
}

#[test]
fn nobody_learns_why_a_login_failed() {
    let app = app().with(bank("BBVA").user("suspended", &[]));
    let (root, admin) = (app.login("root"), app.login("admin_bcp"));
    let disabled = format!("/auth/users/{}", id_of(&admin, "ursula"));
    let _ = admin.patch(&disabled, &json!({"activo": false})).expect(200);
    let bbva = app.login("admin_bbva").get("/auth/me").json["empresa_id"].clone();
    let _ = root.patch(&format!("/companies/{bbva}"), &json!({"activo": false})).expect(200);
    let wrong = app.try_login("vera", "Otra-Clave-2026");
    assert_eq!(wrong.problem(401, "BAD_CREDENTIALS")["detail"], "El usuario o la contraseña no son correctos.");
    assert_eq!(wrong.header("www-authenticate"), "Bearer");
    for (username, password) in [
        ("nobody", PASSWORD),
        ("ursula", PASSWORD),
        ("suspended", PASSWORD),
        ("", ""),
        ("' OR 1=1 --", PASSWORD),
        ("vera", ""),
        ("vera ", PASSWORD),
    ] {
        assert_eq!(app.try_login(username, password).redacted(), wrong.redacted(), "{username:?}");
    }
}

#[test]
fn after_ten_wrong_passwords_the_right_one_works() {
    let app = app();
    for _ in 0..10 {
        let _ = app.try_login("vera", "wrong").problem(401, "BAD_CREDENTIALS");
    }
    let _ = app.try_login("vera", PASSWORD).expect(200);
}

#[test]
fn a_username_is_locked_after_as_many_failures_as_the_setting_says() {
    let app = TestApp::configured(&[("MAX_LOGIN_ATTEMPTS", "3"), ("LOCKOUT_DURATION", "15")]).with(bank("BCP"));
    for username in ["admin_bcp", "unknown"] {
        for _ in 0..3 {
            let _ = app.try_login(username, "wrong").problem(401, "BAD_CREDENTIALS");
        }
        let locked = app.try_login(username, PASSWORD);
        let _ = locked.problem(429, "LOGIN_LOCKED");
        assert_eq!(locked.header("retry-after"), "900");
    }
    let _ = app.try_login("ADMIN_BCP", PASSWORD).problem(429, "LOGIN_LOCKED");
    app.clock.advance(TimeDelta::minutes(15));
    let _ = app.try_login("admin_bcp", PASSWORD).expect(200);
}

#[test]
fn a_success_forgets_the_failures_before_it() {
    let app = TestApp::configured(&[("MAX_LOGIN_ATTEMPTS", "3")]).with(bank("BCP"));
    for _ in 0..4 {
        for _ in 0..2 {
            let _ = app.try_login("admin_bcp", "wrong").problem(401, "BAD_CREDENTIALS");
        }
        let _ = app.try_login("admin_bcp", PASSWORD).expect(200);
    }
}

#[test]
fn me_tells_who_one_is() {
    let app = TestApp::start().with(bank("BCP").account("BCPComunica").viewer("vera", &["BCPComunica"]));
    let reply = app.login("vera").get("/auth/me");
    let me = reply.expect(200);
    assert_eq!((&me["username"], &me["empresa_nombre"], &me["rol"]), (&json!("vera"), &json!("BCP"), &json!("viewer")));
    assert_eq!(me["cuentas"], json!(["BCPComunica"]));
    assert_eq!(me["zona_horaria"], "America/Lima");
    assert_eq!(me["ultimo_acceso"], "2026-08-23T17:00:00Z");
    assert_eq!(me["must_change_password"], false);
    let text = reply.text().to_lowercase().replace("must_change_password", "");
    for secret in ["password", "hash", "pepper", "$2b$", "version"] {
        assert!(!text.contains(secret), "{secret} is in {text}");
    }
}

#[test]
fn my_accounts_are_those_that_one_may_see() {
    let bcp =
        bank("BCP").account("BCPComunica").account("BCPOtra").viewer("vera", &["BCPComunica"]).user("ursula", &[]);
    let app = TestApp::start().with(bcp).with_superadmin("root");
    let mine = |who: &str| app.login(who).get("/auth/my-accounts");
    let vera = mine("vera");
    assert_eq!(vera.expect(200)["total_accounts"], 1);
    assert_eq!(vera.keys(), ["accounts", "empresa_id", "empresa_nombre", "total_accounts"]);
    let account = json!({"cuenta": "BCPComunica", "nombre": "BCPComunica", "fecha_registro": "2026-08-23T17:00:00Z"});
    assert_eq!(vera.json["accounts"], json!([account]));
    assert_eq!(mine("admin_bcp").expect(200)["total_accounts"], 2);
    assert_eq!(mine("ursula").expect(200)["total_accounts"], 0);
    assert_eq!(mine("root").expect(200)["total_accounts"], 0);
}

#[test]
fn a_malformed_authorization_is_401_with_a_challenge() {
    let app = app();
    for header in ["", "Bearer", "Bearer ", "Basic dmVyYQ==", "Bearer a b", "token", "Bearer  "] {
        let reply = app.anonymous().with("authorization", header).get("/auth/me");
        assert_eq!(reply.status, 401, "{header:?}");
        assert!(reply.header("www-authenticate").starts_with("Bearer"), "{header:?}");
    }
    let garbage = app.anonymous().bearing("a.b.c").get("/auth/me");
    assert_eq!(garbage.header("www-authenticate"), r#"Bearer error="invalid_token""#);
}

#[test]
fn guesses_at_once_are_no_more_than_may_fail() {
    let app = TestApp::configured(&[("MAX_LOGIN_ATTEMPTS", "5")]).with(bank("BCP"));
    let statuses: Vec<u16> = std::thread::scope(|threads| {
        let guess = || app.try_login("admin_bcp", "wrong").status;
        let running: Vec<_> = (0..30).map(|_| threads.spawn(guess)).collect();
        running.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let mut compared = statuses.iter().filter(|status| **status == 401).count();
    // On a busy machine some found no place to be hashed, so that fewer were compared than may fail.
    loop {
        assert!(compared <= 5, "{compared} guesses were compared: {statuses:?}");
        match app.try_login("admin_bcp", "wrong").status {
            401 => compared += 1,
            503 => {}
            status => {
                assert_eq!(status, 429);
                break;
            }
        }
    }
}
