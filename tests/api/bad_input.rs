//! Bad input gets a clear error and changes nothing.

use std::fmt::Write;

use atalaya_tests::fixtures::daily_history;
use atalaya_tests::{Client, PASSWORD, Reply, TestApp, bank};
use reqwest::Method;
use serde_json::{Value, json};

use crate::odd::{CONTROLS, SQL, encoded};

const UPLOAD: &str = "/accounts/BCPComunica/observations";
const PREDICT: &str = "/regression/predict/BCPComunica";

/// A bank with a trained account, and everything that can be read of it before the bad input arrives.
struct Untouched {
    app: TestApp,
    admin: Client,
    before: Vec<Value>,
}

impl Untouched {
    fn new() -> Self {
        let bcp = bank("BCP").trained_account("BCPComunica", daily_history(60, 396_000)).user("ursula", &[]);
        let app = TestApp::start().with(bcp);
        let admin = app.login("admin_bcp");
        let before = state(&admin);
        Self { app, admin, before }
    }

    /// Sends the body to the upload and demands that exactly these rules are said to be broken, in both languages.
    #[track_caller]
    fn refuses_upload(&self, observations: &Value, rules: &[&str]) {
        let body = json!({"observations": observations});
        let spanish = self.admin.post(UPLOAD, &body);
        assert_eq!(spanish.broken_rules(), rules, "{}", spanish.text());
        let english = self.admin.clone().english().post(UPLOAD, &body);
        assert_eq!(english.broken_rules(), rules);
        assert_ne!(spanish.json["errors"][0]["message"], english.json["errors"][0]["message"]);
    }
}

impl Drop for Untouched {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(self.before, state(&self.admin), "bad input changed something");
        }
    }
}

/// Observations, users, models, accounts.
fn state(admin: &Client) -> Vec<Value> {
    let paths =
        [UPLOAD, "/auth/users", "/regression/history/BCPComunica", "/regression/metrics/BCPComunica", "/accounts"];
    paths.iter().map(|path| admin.get(path).expect(200).clone()).collect()
}

fn observation(time: &str) -> Value {
    json!([{"hora": time, "seguidores": 5}])
}

#[test]
fn malformed_json_is_400_and_says_where() {
    let untouched = Untouched::new();
    for path in [UPLOAD, PREDICT, "/regression/train", "/auth/register", "/accounts", "/auth/login"] {
        for body in ["{\n  \"a\": }", "", "{", "\u{feff}{}", "{\"a\":1}x", "\u{0}"] {
            let reply = untouched.admin.send(Method::POST, path, "application/json", body);
            let _ = reply.problem(400, "UNREADABLE_BODY");
        }
    }
    let reply = untouched.admin.send(Method::POST, UPLOAD, "application/json", "{\n  \"a\": }");
    assert!(reply.json["detail"].as_str().unwrap().contains("línea 2, columna 8"), "{}", reply.text());
    assert_eq!(reply.header("content-language"), "es");
    let reply = untouched.admin.clone().english().send(Method::POST, UPLOAD, "application/json", "{\n  \"a\": }");
    assert!(reply.json["detail"].as_str().unwrap().contains("line 2, column 8"), "{}", reply.text());
    assert_eq!(reply.header("content-language"), "en");
}

#[test]
fn a_query_that_cannot_be_read_is_400() {
    let untouched = Untouched::new();
    let reply = untouched.admin.get(&format!("{UPLOAD}?limit=1&limit=2"));
    let _ = reply.problem(400, "UNREADABLE_QUERY");
}

#[test]
fn another_media_type_is_415() {
    let untouched = Untouched::new();
    for (path, media) in [(UPLOAD, "application/xml"), ("/regression/train", "text/plain"), ("/accounts", "text/csv")] {
        let reply = untouched.admin.send(Method::POST, path, media, "{}");
        let _ = reply.problem(415, "UNSUPPORTED_MEDIA_TYPE");
    }
    let packed = untouched.admin.clone().with("content-encoding", "gzip").post(UPLOAD, &json!({}));
    let _ = packed.problem(415, "UNSUPPORTED_MEDIA_TYPE");
}

#[test]
fn wrong_types_are_named_by_their_path() {
    let untouched = Untouched::new();
    untouched.refuses_upload(&json!("none"), &["observations: wrong_type"]);
    untouched.refuses_upload(&json!([{"hora": 7, "seguidores": 5}]), &["observations[0].hora: wrong_type"]);
    let text = json!([{"hora": "2026-01-01T00:00:00Z", "seguidores": "5"}]);
    untouched.refuses_upload(&text, &["observations[0].seguidores: wrong_type"]);
    untouched.refuses_upload(&json!([{"seguidores": 5}]), &["observations[0].hora: missing"]);
    let rules = |path: &str, body: Value| untouched.admin.post(path, &body).broken_rules();
    assert_eq!(rules(UPLOAD, json!({})), ["observations: missing"]);
    for list in [json!([]), json!(7), json!(null)] {
        assert_eq!(rules(UPLOAD, list), ["body: wrong_type"]);
    }
    let row = json!({"hora": "2026-01-01T00:00:00Z", "seguidores": 5});
    assert_eq!(rules(UPLOAD, json!([[row]])), ["body: wrong_type"]);
    untouched.refuses_upload(&json!([["2026-01-01T00:00:00Z", 5, null, null]]), &["observations[0]: wrong_type"]);
    assert_eq!(rules("/auth/login", json!(["admin_bcp", "x", null, "none"])), ["body: wrong_type"]);
    assert_eq!(rules("/regression/train", json!({})), ["username: missing"]);
    assert_eq!(rules("/auth/register", json!({"username": "nueva", "password": 7})), ["password: wrong_type"]);
    assert_eq!(rules("/auth/login", json!({"username": {"$ne": ""}, "password": "x"})), ["username: wrong_type"]);
}

#[test]
fn missing_and_impossible_dates_are_422() {
    let untouched = Untouched::new();
    let asked = |query: &str| untouched.admin.get(&format!("{PREDICT}{query}")).broken_rules();
    assert_eq!(asked(""), ["fecha: missing"]);
    for bad in ["", "2026-02-30", "2026-13-01", "30/02/2026", "hoy", "2026-8-1", "0000-00-00", "2026-08-30T00:00:00Z"] {
        assert_eq!(asked(&format!("?fecha={bad}")), ["fecha: invalid_date"], "{bad:?}");
        let posted = untouched.admin.post(PREDICT, &json!({"fecha": bad}));
        assert_eq!(posted.broken_rules(), ["fecha: invalid_date"], "{bad:?}");
    }
    assert_eq!(untouched.admin.post(PREDICT, &json!({})).broken_rules(), ["fecha: missing"]);
    for bad in ["2026-02-30T00:00:00Z", "2026-02-30 10:00:00", "ayer", "", "2026-01-01T25:00:00Z"] {
        untouched.refuses_upload(&observation(bad), &["observations[0].hora: invalid_time"]);
    }
}

#[test]
fn dates_decades_away_are_422() {
    let untouched = Untouched::new();
    untouched.refuses_upload(&observation("2076-08-23T00:00:00Z"), &["observations[0].hora: too_far_ahead"]);
    untouched.refuses_upload(&observation("2026-08-24T17:00:01Z"), &["observations[0].hora: too_far_ahead"]);
    untouched.refuses_upload(&observation("1999-12-31T23:59:59Z"), &["observations[0].hora: too_old"]);
    for far in ["2076-08-23", "9999-12-31"] {
        let reply = untouched.admin.get(&format!("{PREDICT}?fecha={far}"));
        assert_eq!(reply.broken_rules(), ["fecha: beyond_horizon"]);
    }
    let before = untouched.admin.get(&format!("{PREDICT}?fecha=1976-08-23"));
    assert_eq!(before.broken_rules(), ["fecha: before_history"]);
}

#[test]
fn followers_that_are_no_count_are_422() {
    let untouched = Untouched::new();
    let row = |followers: Value| json!([{"hora": "2026-01-01T00:00:00Z", "seguidores": followers}]);
    untouched.refuses_upload(&row(json!(-1)), &["observations[0].seguidores: not_a_count"]);
    untouched.refuses_upload(&row(json!(1_000_000_000_001_i64)), &["observations[0].seguidores: not_a_count"]);
    for bad in [json!(1.5), json!(1e300), json!(null), json!("NaN")] {
        untouched.refuses_upload(&row(bad), &["observations[0].seguidores: wrong_type"]);
    }
    // JSON has no NaN: a body with one cannot be read at all.
    let nan = r#"{"observations":[{"hora":"2026-01-01T00:00:00Z","seguidores":NaN}]}"#;
    let _ = untouched.admin.send(Method::POST, UPLOAD, "application/json", nan).problem(400, "UNREADABLE_BODY");
    for bad in ["NaN", "inf", "-1", "1.5", "", "1e3"] {
        let reply = untouched.admin.post_csv(UPLOAD, format!("hora,seguidores\n2026-01-01,{bad}\n"));
        assert_eq!(reply.broken_rules(), ["seguidores: not_a_count"], "{bad:?}");
    }
}

#[test]
fn duplicate_rows_are_422() {
    let untouched = Untouched::new();
    let twice = json!([
        {"hora": "2026-01-01T00:00:00Z", "seguidores": 5},
        {"hora": "2025-12-31T19:00:00-05:00", "seguidores": 6},
    ]);
    untouched.refuses_upload(&twice, &["observations[1].hora: duplicate_time"]);
    let reply = untouched.admin.post_csv(UPLOAD, "hora,seguidores\n2026-01-01,5\n2026-01-02,5\n2026-01-01,5\n");
    assert_eq!(reply.broken_rules(), ["hora: duplicate_time"]);
    assert_eq!(reply.json["errors"][0]["line"], 4);
}

#[test]
fn a_bad_line_nine_thousand_rows_in_is_named_by_line_and_column() {
    let untouched = Untouched::new();
    let mut csv = String::from("hora,seguidores,tweets\n");
    let start: chrono::DateTime<chrono::Utc> = "2020-01-01T00:00:00Z".parse().unwrap();
    for row in 0..9_500 {
        let at = (start + chrono::TimeDelta::hours(row)).to_rfc3339();
        let followers = if row == 9_000 { "muchos".to_owned() } else { (1_000 + row).to_string() };
        writeln!(csv, "{at},{followers},7").unwrap();
    }
    let reply = untouched.admin.post_csv(UPLOAD, csv);
    assert_eq!(reply.broken_rules(), ["seguidores: not_a_count"]);
    assert_eq!(reply.json["errors"][0]["line"], 9_002);
    assert_eq!(reply.json["errors"][0]["column"], "seguidores");
}

#[test]
fn bodies_over_their_limit_are_413() {
    let untouched = Untouched::new();
    let rows = "2026-01-01T00:00:00Z,5\n".repeat(17 * 1024 * 1024 / 23 + 1);
    let reply = untouched.admin.post_csv(UPLOAD, format!("hora,seguidores\n{rows}"));
    assert!(reply.problem(413, "BODY_TOO_LARGE")["detail"].as_str().unwrap().contains("16 MiB"));
    let padding = " ".repeat(1024 * 1024);
    for path in [UPLOAD, "/auth/login", "/regression/predict-batch"] {
        let reply = untouched.admin.send(Method::POST, path, "application/json", format!("{{}}{padding}"));
        let _ = reply.problem(413, "BODY_TOO_LARGE");
    }
}

#[test]
fn whoever_sends_a_large_body_and_may_not_hears_why() {
    let untouched = Untouched::new();
    let rows = format!("hora,seguidores\n{}", "2026-01-01T00:00:00Z,5\n".repeat(200_000));
    for _ in 0..5 {
        let reply = untouched.app.anonymous().post_csv(UPLOAD, rows.clone());
        let _ = reply.problem(401, "AUTHENTICATION_REQUIRED");
    }
}

#[test]
fn a_username_of_ten_thousand_characters_is_refused_and_never_judged_at_login() {
    let untouched = Untouched::new();
    let long = "a".repeat(10_000);
    let company = untouched.admin.get("/auth/me").json["empresa_id"].clone();
    let body = json!({"username": long, "password": "Otra-Clave-2026", "empresa_id": company});
    assert_eq!(untouched.admin.post("/auth/register", &body).broken_rules(), ["username: too_long"]);
    let login = untouched.app.try_login(&long, "Otra-Clave-2026");
    assert_eq!(login.problem(401, "BAD_CREDENTIALS")["detail"], "El usuario o la contraseña no son correctos.");
    for path in [format!("/regression/predict/{long}?fecha=2026-08-30"), format!("/accounts/{long}")] {
        let _ = untouched.admin.get(&path).problem(403, "ACCOUNT_FORBIDDEN");
    }
}

#[test]
fn control_characters_are_refused() {
    let untouched = Untouched::new();
    let company = untouched.admin.get("/auth/me").json["empresa_id"].clone();
    for control in CONTROLS {
        let name = format!("ana{control}perez");
        let user = json!({"username": name, "password": "Otra-Clave-2026", "empresa_id": company});
        assert_eq!(untouched.admin.post("/auth/register", &user).broken_rules(), ["username: invalid_character"]);
        let account = json!({"cuenta": name, "nombre": name, "plataforma": name});
        let rules = untouched.admin.post("/accounts", &account).broken_rules();
        let expected = ["cuenta: invalid_character", "nombre: invalid_character", "plataforma: invalid_character"];
        assert_eq!(rules, expected);
        let _ = untouched.app.try_login(&name, "x").problem(401, "BAD_CREDENTIALS");
    }
    for path in ["/accounts/a%00b", "/accounts/a%0Ab", "/regression/predict/%1B%5B31m?fecha=2026-08-30"] {
        let _ = untouched.admin.get(path).problem(403, "ACCOUNT_FORBIDDEN");
    }
}

#[test]
fn an_unknown_account_is_403() {
    let untouched = Untouched::new();
    for path in ["/regression/predict/nadie?fecha=2026-08-30", "/accounts/nadie", "/regression/history/nadie"] {
        let spanish = untouched.admin.get(path);
        assert_eq!(
            spanish.problem(403, "ACCOUNT_FORBIDDEN")["detail"],
            "No tiene acceso a esta cuenta, o no existe. Revise el nombre o consulte a un administrador de su empresa."
        );
        let english = untouched.admin.clone().english().get(path);
        assert_eq!(english.problem(403, "ACCOUNT_FORBIDDEN")["instance"], path.split('?').next().unwrap());
        assert_ne!(spanish.json["detail"], english.json["detail"]);
    }
}

#[test]
fn three_observations_are_too_few_and_the_answer_says_how_many_are_needed() {
    let app = TestApp::start().with(bank("BCP").account_with("BCPComunica", daily_history(3, 396_000)));
    let admin = app.login("admin_bcp");
    let reply = admin.post("/regression/train", &json!({"username": "BCPComunica"}));
    let detail = reply.problem(422, "INSUFFICIENT_DATA")["detail"].as_str().unwrap();
    assert!(detail.contains("observaciones: 3;") && detail.contains("se necesitan 8"), "{detail}");
    assert_eq!(admin.get("/regression/history/BCPComunica").expect(200)["total"], 0);
    let _ = admin.get(&format!("{PREDICT}?fecha=2026-08-30")).problem(409, "MODEL_NOT_TRAINED");
}

fn harmless(reply: &Reply) {
    assert!((400..500).contains(&reply.status), "{}: {}", reply.status, reply.text());
    let text = reply.text().to_lowercase();
    assert!(!text.contains("syntax error") && !text.contains("sqlite") && !text.contains("postgres"), "{text}");
}

#[test]
fn sql_in_every_field_query_and_path_is_text() {
    let untouched = Untouched::new();
    let (admin, company) = (&untouched.admin, untouched.admin.get("/auth/me").json["empresa_id"].clone());
    for sql in SQL {
        let encoded = encoded(sql);
        harmless(&untouched.app.try_login(sql, sql));
        harmless(&admin.post("/auth/refresh", &json!({"refresh_token": sql})));
        let change = json!({"current_password": sql, "new_password": sql});
        harmless(&admin.post("/auth/change-password", &change));
        harmless(&admin.post("/auth/register", &json!({"username": sql, "password": sql, "empresa_id": company})));
        let user =
            json!({"username": "nueva", "password": "Otra-Clave-2026", "rol": sql, "email": sql, "cuentas": [sql]});
        harmless(&admin.post("/auth/register", &user));
        harmless(&admin.post("/accounts", &json!({"cuenta": sql, "nombre": sql, "zona_horaria": sql})));
        harmless(&admin.patch("/accounts/BCPComunica", &json!({"zona_horaria": sql})));
        harmless(&admin.post(UPLOAD, &json!({"observations": [{"hora": sql, "seguidores": 5}]})));
        harmless(&admin.post_csv(UPLOAD, format!("hora,usuario,seguidores\n{sql},{sql},{sql}\n")));
        harmless(&admin.post_csv(UPLOAD, format!("hora,{sql}\n2026-01-01,5\n")));
        let train = json!({"username": "BCPComunica", "models": [sql], "metric_weights": {sql: 1.0}});
        harmless(&admin.post("/regression/train", &train));
        harmless(&admin.post("/regression/train", &json!({"username": sql})));
        harmless(&admin.post(PREDICT, &json!({"fecha": sql})));
        let batch = admin.post("/regression/predict-batch", &json!({"items": [{"username": sql, "fecha": sql}]}));
        assert_eq!(batch.expect(200)["results"][0]["error_code"], "ACCOUNT_FORBIDDEN");
        for path in [
            format!("/auth/users/{encoded}"),
            format!("/auth/sessions/{encoded}"),
            format!("/accounts/{encoded}"),
            format!("/accounts/{encoded}/observations"),
            format!("/regression/predict/{encoded}?fecha=2026-08-30"),
            format!("/regression/model-info/{encoded}"),
            format!("/auth/users?cursor={encoded}"),
            format!("/auth/users?limit={encoded}"),
            format!("/auth/users?empresa_id={encoded}"),
            format!("/accounts?cursor={encoded}"),
            format!("{UPLOAD}?from={encoded}"),
            format!("{UPLOAD}?to={encoded}"),
            format!("{UPLOAD}?cursor={encoded}"),
            format!("{PREDICT}?fecha={encoded}"),
        ] {
            harmless(&admin.get(&path));
        }
        harmless(&admin.delete(&format!("{UPLOAD}?from={encoded}")));
        harmless(&admin.delete(&format!("/regression/model/{encoded}")));
    }
}

#[test]
fn a_field_that_looks_like_a_missing_one_is_told_and_others_are_ignored() {
    let app = TestApp::start().with(bank("BCP").trained_account("bcp_peru", daily_history(120, 237_000)));
    let admin = app.login("admin_bcp");
    let newcomer = |more: Value| {
        let mut body = json!({"username": "rosa", "password": PASSWORD});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        admin.post("/auth/register", &body)
    };
    let reply = newcomer(json!({"role": "viewer"}));
    assert_eq!(reply.broken_rules(), ["role: unknown_field"]);
    assert!(reply.text().contains("Tal vez quiso decir «rol»"), "{}", reply.text());
    assert_eq!(
        newcomer(json!({"rol": "user", "mustChangePassword": true})).broken_rules(),
        ["mustChangePassword: unknown_field"]
    );
    // Beside the field itself, and of another kind altogether, it is one that others need.
    let _ = newcomer(json!({"rol": "viewer", "role": "viewer", "comentario": "de caja"})).expect(201);
    let nested = json!({"fecha": "2026-09-05", "datos": {"tweet": 10}});
    let reply = admin.post("/regression/predict/bcp_peru", &nested);
    assert_eq!(reply.broken_rules(), ["datos.tweet: unknown_field"]);
    let rows = json!({"observations": [
        {"hora": "2026-08-20T23:59:00Z", "seguidores": 12_034},
        {"hora": "2026-08-21T23:59:00Z", "seguidores": 12_101, "tweest": 3},
    ]});
    let reply = admin.post("/accounts/bcp_peru/observations", &rows);
    assert_eq!(reply.broken_rules(), ["observations[1].tweest: unknown_field"]);
}
