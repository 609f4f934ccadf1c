//! What passwords are refused, what is said about it, and passwords that have to be changed first.

use std::path::Path;

use atalaya_infrastructure::security::BreachedList;
use atalaya_tests::{Client, PASSWORD, Reply, TestApp, TestDatabase, bank};
use reqwest::Method;
use serde_json::{Value, json};

/// The password of nobody, which keeps every rule.
const NEW: &str = "Otra-Clave-2026";

fn app() -> TestApp {
    configured(&[])
}

fn configured(changes: &[(&str, &str)]) -> TestApp {
    let caja = bank("Caja Sullana").account("caja").user("ursula", &["caja"]).viewer("vera", &["caja"]);
    TestApp::configured(changes).with(caja)
}

fn change(client: &Client, current: &str, new: &str) -> Reply {
    client.post("/auth/change-password", &json!({"current_password": current, "new_password": new}))
}

fn register(admin: &Client, username: &str, password: &str, must_change: Value) -> Reply {
    let company = admin.get("/auth/me").expect(200)["empresa_id"].clone();
    let body = json!({"username": username, "password": password, "empresa_id": company});
    let mut body = body.as_object().unwrap().clone();
    if !must_change.is_null() {
        body.insert("must_change_password".to_owned(), must_change);
    }
    admin.post("/auth/register", &Value::Object(body))
}

fn with_token_of(app: &TestApp, username: &str, password: &str) -> Client {
    let token = app.try_login(username, password).expect(200)["access_token"].as_str().unwrap().to_owned();
    app.anonymous().bearing(&token)
}

fn hints(reply: &Reply) -> Vec<Option<&str>> {
    reply.json["errors"].as_array().unwrap().iter().map(|error| error["hint"].as_str()).collect()
}

#[test]
fn common_passwords_are_refused_wherever_one_is_set() {
    let app = app();
    let (admin, vera) = (app.login("admin_caja_sullana"), app.login("vera"));
    for common in ["P@ssw0rd", "Password123!", "Qwerty@123", "Welcome1!", "Contraseña-2026", "Atalaya2026!"] {
        assert_eq!(register(&admin, "nueva", common, Value::Null).broken_rules(), ["password: breached"], "{common}");
        assert_eq!(change(&vera, PASSWORD, common).broken_rules(), ["new_password: breached"], "{common}");
    }
    let _ = app.try_login("vera", PASSWORD).expect(200);
}

#[test]
fn every_broken_rule_is_told_at_once_with_a_hint_in_the_readers_language() {
    let app = app();
    let vera = app.login("vera");
    let spanish = change(&vera, PASSWORD, "p4ssword");
    let rules = ["no_uppercase", "no_special", "breached"].map(|rule| format!("new_password: {rule}"));
    assert_eq!(spanish.broken_rules(), rules);
    let told = "Se parece mucho a una de las contraseñas más usadas. \
                Escribir «@» por «a» y cosas parecidas ayuda poco; agregue palabras poco comunes.";
    assert_eq!(hints(&spanish), [Some(told), None, None]);
    assert_eq!(spanish.json["errors"][2]["message"], "Es una contraseña común o apareció en una filtración.");

    let english = change(&vera.english(), PASSWORD, "aaaaaaaa");
    let told = "Repetitions such as «aaa» or «abcabc» are easy to guess. Add another word or two, uncommon ones.";
    assert_eq!(hints(&english).first(), Some(&Some(told)));
}

#[test]
fn only_passwords_get_a_hint_and_no_answer_repeats_one() {
    let app = app();
    let admin = app.login("admin_caja_sullana");
    let reply = register(&admin, "x", "monkey1234", Value::Null);
    for error in reply.expect(422)["errors"].as_array().unwrap() {
        assert!(error["field"] == "password" || error["hint"].is_null(), "{error}");
    }
    assert!(!reply.text().contains("monkey"), "{}", reply.text());
    let strong = register(&admin, "nueva", "vaca-lenta-trece-lunas".repeat(6).as_str(), Value::Null);
    assert_eq!(strong.broken_rules(), ["password: too_long"]);
    assert_eq!(hints(&strong), [None]);
}

#[test]
fn each_policy_refuses_what_it_says() {
    let long = configured(&[("PASSWORD_POLICY", "length")]);
    let vera = long.login("vera");
    assert_eq!(change(&vera, PASSWORD, "Sh0rt-but-4").broken_rules(), ["new_password: too_short"]);
    for (common, rule) in [("passwordpassword", "breached"), ("clave de caja sullana", "contains_company")] {
        assert_eq!(change(&vera, PASSWORD, common).broken_rules(), [format!("new_password: {rule}")]);
    }
    let _ = change(&vera, PASSWORD, "cuatro patos verdes").expect(204);

    let classes = app();
    let vera = classes.login("vera");
    assert_eq!(
        change(&vera, PASSWORD, "cuatro patos").broken_rules(),
        ["no_uppercase", "no_digit"].map(|rule| format!("new_password: {rule}"))
    );
    assert_eq!(change(&vera, PASSWORD, "Veranda.Vera7").broken_rules(), ["new_password: contains_username"]);
    let _ = change(&vera, PASSWORD, "cuatro patos verdes").expect(204);
}

/// A list of breached passwords in a folder of the test.
fn list_in(folder: &Path, passwords: &[&str]) -> String {
    let mut list = BreachedList::default();
    for password in passwords {
        list.add_line(password.as_bytes());
    }
    let path = folder.join("breached.bin");
    list.write(&path).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_password_of_the_imported_list_is_refused_and_its_neighbour_is_not() {
    let folder = TestDatabase::default();
    let path = list_in(folder.folder(), &["vaca-lenta-trece-lunas", "contrasen\u{303}as de los andes"]);
    let app = configured(&[("BREACHED_PASSWORDS_FILE", &path)]);
    let (admin, vera) = (app.login("admin_caja_sullana"), app.login("vera"));
    for known in ["vaca-lenta-trece-lunas", "contrase\u{f1}as de los andes"] {
        assert_eq!(register(&admin, "nueva", known, Value::Null).broken_rules(), ["password: breached"]);
        assert_eq!(change(&vera, PASSWORD, known).broken_rules(), ["new_password: breached"]);
    }
    assert_eq!(change(&vera, PASSWORD, "Password123!").broken_rules(), ["new_password: breached"]);
    let _ = change(&vera, PASSWORD, "vaca-lenta-trece-soles").expect(204);
}

#[test]
fn a_list_that_cannot_be_read_stops_the_start_and_later_accepts_no_password() {
    let folder = TestDatabase::default();
    let path = folder.folder().join("breached.bin");
    let settings = [("BREACHED_PASSWORDS_FILE", path.to_str().unwrap())];
    let start = || TestApp::try_start(TestDatabase::default(), &settings).err().map(|error| error.to_string());
    let missing = start().unwrap();
    assert!(missing.starts_with("BREACHED_PASSWORDS_FILE: "), "{missing}");
    std::fs::write(&path, "123456\npassword\n12345678\nqwerty\n").unwrap();
    let foreign = start().unwrap();
    assert!(foreign.contains("atalaya passwords import"), "{foreign}");

    list_in(folder.folder(), &["one", "two", "three"]);
    let app = configured(&settings);
    std::fs::File::options().write(true).open(&path).unwrap().set_len(24).unwrap();
    let _ = change(&app.login("vera"), PASSWORD, NEW).problem(500, "INTERNAL_ERROR");
    let _ = app.try_login("vera", PASSWORD).expect(200);
    let _ = app.try_login("vera", NEW).problem(401, "BAD_CREDENTIALS");
}

#[test]
fn long_passwords_of_any_script_are_whole_passwords() {
    let app = app();
    let mut current = PASSWORD.to_owned();
    let ascii = "correct horse battery staple ".repeat(4);
    // Six bytes a syllable: what ends in the seventy-third byte and what comes long after it count alike.
    let mixed = "ñandú 日本 Ωμέγα 🐧 ".repeat(6);
    for (stem, length) in [(&ascii, 64), (&ascii, 72), (&mixed, 64), (&mixed, 127), (&ascii, 116)] {
        let stem: String = stem.chars().cycle().take(length).collect();
        let (new, other) = (format!("{stem}a"), format!("{stem}b"));
        let _ = change(&with_token_of(&app, "vera", &current), &current, &new).expect(204);
        let _ = app.try_login("vera", &other).problem(401, "BAD_CREDENTIALS");
        let _ = app.try_login("vera", &stem).problem(401, "BAD_CREDENTIALS");
        let _ = app.try_login("vera", &new).expect(200);
        current = new;
    }
}

#[test]
fn both_spellings_of_an_accent_open_the_same_door() {
    let app = app();
    let _ = change(&app.login("vera"), PASSWORD, "Cien-A\u{f1}os-7\u{e9}").expect(204);
    let _ = app.try_login("vera", "Cien-An\u{303}os-7e\u{301}").expect(200);
    let same = change(
        &with_token_of(&app, "vera", "Cien-A\u{f1}os-7\u{e9}"),
        "Cien-A\u{f1}os-7\u{e9}",
        "Cien-An\u{303}os-7e\u{301}",
    );
    assert_eq!(same.broken_rules(), ["new_password: same_password"]);
}

#[test]
fn whoever_got_a_temporary_password_may_do_nothing_but_change_it() {
    let app = app();
    let admin = app.login("admin_caja_sullana");
    let registered = register(&admin, "nueva", PASSWORD, json!(true));
    assert_eq!(registered.expect(201)["must_change_password"], true);
    let login =
        app.anonymous().post("/auth/login", &json!({"username": "nueva", "password": PASSWORD, "refresh": "body"}));
    assert_eq!(login.expect(200)["must_change_password"], true);
    let nueva = app.anonymous().bearing(login.json["access_token"].as_str().unwrap());
    assert_eq!(nueva.get("/auth/me").expect(200)["must_change_password"], true);
    let _ = nueva.get("/auth/sessions").expect(200);
    let refused = nueva.get("/auth/my-accounts");
    let told = refused.problem(403, "PASSWORD_CHANGE_REQUIRED")["detail"].as_str().unwrap();
    assert!(told.contains("Elija una contraseña propia"), "{told}");
    let _ = nueva.get("/regression/users").problem(403, "PASSWORD_CHANGE_REQUIRED");

    assert_eq!(change(&nueva, PASSWORD, PASSWORD).broken_rules(), ["new_password: same_password"]);
    assert_eq!(change(&nueva, PASSWORD, "Welcome1!").broken_rules(), ["new_password: breached"]);
    let _ = nueva.get("/auth/my-accounts").problem(403, "PASSWORD_CHANGE_REQUIRED");
    let _ = change(&nueva, PASSWORD, NEW).expect(204);
    let _ = nueva.get("/auth/my-accounts").problem(401, "TOKEN_REVOKED");

    let refreshed = app.anonymous().post("/auth/refresh", &json!({"refresh_token": login.json["refresh_token"]}));
    assert_eq!(refreshed.expect(200)["must_change_password"], false);
    let nueva = app.anonymous().bearing(refreshed.json["access_token"].as_str().unwrap());
    let _ = nueva.get("/auth/my-accounts").expect(200);
    assert_eq!(with_token_of(&app, "nueva", NEW).get("/auth/me").expect(200)["must_change_password"], false);
}

#[test]
fn an_administrator_demands_a_change_at_once_and_cannot_take_the_demand_back() {
    let app = app();
    let (admin, ursula) = (app.login("admin_caja_sullana"), app.login("ursula"));
    let path = format!("/auth/users/{}", ursula.get("/auth/me").expect(200)["id_usuario"]);
    let _ = ursula.get("/regression/users").expect(200);
    let _ = app.login("vera").patch(&path, &json!({"must_change_password": true})).problem(403, "ROLE_FORBIDDEN");
    assert_eq!(admin.patch(&path, &json!({"must_change_password": true})).expect(200)["must_change_password"], true);
    // The token that was good a moment ago is no way around it.
    let _ = ursula.get("/regression/users").problem(403, "PASSWORD_CHANGE_REQUIRED");
    let back = admin.patch(&path, &json!({"must_change_password": false}));
    assert_eq!(back.broken_rules(), ["must_change_password: unknown_value"]);
    assert_eq!(admin.patch(&path, &json!({"rol": "user"})).expect(200)["must_change_password"], true);
    let _ = change(&ursula, PASSWORD, NEW).expect(204);
    assert_eq!(admin.get(&path).expect(200)["must_change_password"], false);
    let _ = with_token_of(&app, "ursula", NEW).get("/regression/users").expect(200);
}

#[test]
fn the_demand_is_told_before_anything_about_the_request() {
    let app = app();
    let admin = app.login("admin_caja_sullana");
    let _ = register(&admin, "nueva", PASSWORD, json!(true)).expect(201);
    let nueva = with_token_of(&app, "nueva", PASSWORD);
    for (method, path, body) in [
        (Method::POST, "/regression/train", "{"),
        (Method::POST, "/auth/register", r#"{"username": 7}"#),
        (Method::POST, "/regression/predict-batch", r#"{"items": 7}"#),
        (Method::PATCH, "/accounts/nobody", "{}"),
    ] {
        let reply = nueva.send(method, path, "application/json", body);
        let _ = reply.problem(403, "PASSWORD_CHANGE_REQUIRED");
    }
    let _ = nueva.get("/accounts?limit=1&limit=2").problem(403, "PASSWORD_CHANGE_REQUIRED");
    let _ = nueva.post("/auth/logout", &json!({})).expect(204);
}
