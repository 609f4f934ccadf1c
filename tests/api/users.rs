//! Users of a bank: registering, changing, disabling.

use atalaya_tests::{Client, PASSWORD, Reply, TestApp, bank};
use serde_json::{Value, json};

fn app() -> TestApp {
    let bcp = bank("BCP").account("BCPComunica").user("ursula", &["BCPComunica"]).viewer("vera", &[]);
    TestApp::start().with(bcp).with(bank("BBVA").account("bbva_peru")).with_superadmin("root")
}

fn company(client: &Client) -> Value {
    client.get("/auth/me").expect(200)["empresa_id"].clone()
}

fn id(client: &Client) -> i64 {
    client.get("/auth/me").expect(200)["id_usuario"].as_i64().unwrap()
}

/// Registers a user of the admin's own bank, with some fields changed.
fn register(admin: &Client, changes: &Value) -> Reply {
    let mut body = json!({"username": "nueva", "password": "Otra-Clave-2026", "empresa_id": company(admin)});
    body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    admin.post("/auth/register", &body)
}

#[test]
fn a_registered_user_logs_in() {
    let app = app();
    let admin = app.login("admin_bcp");
    let reply = register(&admin, &json!({"cuentas": ["BCPComunica"], "email": "nueva@bcp.example"}));
    let body = reply.expect(201);
    let kept = ["activo", "cuentas", "email", "empresa_id", "fecha_creacion", "id_usuario"];
    let added = ["must_change_password", "rol", "ultimo_acceso", "username"];
    assert_eq!(reply.keys(), [kept.as_slice(), &added].concat());
    assert_eq!((&body["rol"], &body["activo"]), (&json!("user"), &json!(true)));
    assert_eq!(body["cuentas"], json!(["BCPComunica"]));
    let login = app.try_login("nueva", "Otra-Clave-2026");
    assert_eq!(login.expect(200)["empresa_nombre"], "BCP");
}

#[test]
fn a_username_is_taken_whatever_its_letter_case_and_bank() {
    let app = app();
    for username in ["ursula", "URSULA", "admin_BBVA"] {
        let reply = register(&app.login("admin_bcp"), &json!({"username": username}));
        let _ = reply.problem(409, "USERNAME_TAKEN");
    }
}

#[test]
fn every_rule_that_a_password_breaks_is_named() {
    let app = app();
    let admin = app.login("admin_bcp");
    let broken = |password: &str| register(&admin, &json!({"password": password})).broken_rules();
    let rules = ["too_short", "no_uppercase", "no_digit", "no_special"].map(|rule| format!("password: {rule}"));
    assert_eq!(broken("corta"), rules);
    assert_eq!(broken("Mi-NUEVA-clave-1"), ["password: contains_username"]);
    assert_eq!(broken(&"x".repeat(129)), ["password: too_long"]);
    let _ = register(&admin, &json!({"password": "quince letras !"})).expect(201);
}

#[test]
fn what_is_wrong_with_each_field_is_said_at_once() {
    let app = app();
    let reply = register(
        &app.login("admin_bcp"),
        &json!({"username": "a", "rol": "king", "email": "nobody", "cuentas": ["a b", "BCPComunica"]}),
    );
    let expected = ["cuentas[0]: invalid_character", "email: malformed", "rol: unknown_value", "username: too_short"];
    let mut rules = reply.broken_rules();
    rules.sort();
    assert_eq!(rules, expected);
}

#[test]
fn nobody_makes_a_superadmin() {
    let app = app();
    let bcp = company(&app.login("admin_bcp"));
    for (who, changes) in
        [("admin_bcp", json!({"rol": "superadmin"})), ("root", json!({"rol": "superadmin", "empresa_id": bcp}))]
    {
        let _ = register(&app.login(who), &changes).problem(403, "GRANT_FORBIDDEN");
    }
    let admin = app.login("admin_bcp");
    let path = format!("/auth/users/{}", id(&app.login("ursula")));
    let _ = admin.patch(&path, &json!({"rol": "superadmin"})).problem(403, "GRANT_FORBIDDEN");
}

#[test]
fn accounts_that_the_bank_does_not_have_cannot_be_assigned() {
    let app = app();
    let admin = app.login("admin_bcp");
    let refused = ["cuentas[1]: unknown_account"];
    for foreign in ["bbva_peru", "nobody"] {
        let cuentas = json!({"cuentas": ["BCPComunica", foreign]});
        assert_eq!(register(&admin, &cuentas).broken_rules(), refused);
        let path = format!("/auth/users/{}/accounts", id(&app.login("vera")));
        assert_eq!(admin.put(&path, &cuentas).broken_rules(), refused);
    }
    let _ = app.try_login("nueva", "Otra-Clave-2026").problem(401, "BAD_CREDENTIALS");
    assert_eq!(app.login("vera").get("/auth/me").json["cuentas"], json!([]));
}

#[test]
fn fields_that_are_not_the_callers_to_set_are_ignored() {
    let app = app();
    let bbva = company(&app.login("admin_bbva"));
    let ursula = app.login("ursula");
    let path = format!("/auth/users/{}", id(&ursula));
    let admin = app.login("admin_bcp");
    let wishes = json!({"empresa_id": bbva, "id_usuario": 1, "username": "root", "email": "u@bcp.example"});
    let changed = admin.patch(&path, &wishes);
    assert_eq!(changed.expect(200)["empresa_id"], company(&admin));
    assert_eq!(changed.json["username"], "ursula");
    let registered = register(&admin, &json!({"activo": false, "id_usuario": 1}));
    assert_eq!(registered.expect(201)["activo"], true);
    let upgrade = json!({"current_password": PASSWORD, "new_password": "Otra-Clave-2026", "rol": "admin"});
    let _ = ursula.post("/auth/change-password", &upgrade).expect(204);
    assert_eq!(app.try_login("ursula", "Otra-Clave-2026").expect(200)["rol"], "user");
}

#[test]
fn a_demoted_administrator_is_out_at_once_and_comes_back_with_less() {
    let app = TestApp::start().with(bank("BCP").admin("adela"));
    let adela = app.login("adela");
    let _ = adela.get("/auth/users").expect(200);
    let path = format!("/auth/users/{}", id(&adela));
    let changed = app.login("admin_bcp").patch(&path, &json!({"rol": "viewer"}));
    assert_eq!(changed.expect(200)["rol"], "viewer");
    let _ = adela.get("/auth/users").problem(401, "TOKEN_REVOKED");
    let _ = app.login("adela").get("/auth/users").problem(403, "ROLE_FORBIDDEN");
}

#[test]
fn a_disabled_user_is_out_at_once_and_back_when_enabled() {
    let app = app();
    let ursula = app.login("ursula");
    let path = format!("/auth/users/{}", id(&ursula));
    let admin = app.login("admin_bcp");
    let _ = admin.patch(&path, &json!({"activo": false})).expect(200);
    let _ = ursula.get("/auth/me").problem(401, "TOKEN_REVOKED");
    let _ = app.try_login("ursula", PASSWORD).problem(401, "BAD_CREDENTIALS");
    let _ = admin.patch(&path, &json!({"activo": true})).expect(200);
    let _ = ursula.get("/auth/me").problem(401, "TOKEN_REVOKED");
    let _ = app.try_login("ursula", PASSWORD).expect(200);
}

#[test]
fn the_last_administrator_stays() {
    let app = app();
    let admin = app.login("admin_bcp");
    let path = format!("/auth/users/{}", id(&admin));
    for change in [json!({"rol": "user"}), json!({"activo": false})] {
        let _ = admin.patch(&path, &change).problem(409, "LAST_ADMIN");
        let _ = app.login("root").patch(&path, &change).problem(409, "LAST_ADMIN");
    }
    let _ = admin.get("/auth/me").expect(200);
}

#[test]
fn an_assignment_counts_at_once() {
    let app = app();
    let (admin, vera, ursula) = (app.login("admin_bcp"), app.login("vera"), app.login("ursula"));
    let history = "/regression/history/BCPComunica";
    let _ = vera.get(history).problem(403, "ACCOUNT_FORBIDDEN");
    let _ = ursula.get(history).expect(200);
    let assign = |who: &Client, accounts: Value| {
        let _ = admin.put(&format!("/auth/users/{}/accounts", id(who)), &json!({"cuentas": accounts})).expect(200);
    };
    assign(&vera, json!(["BCPComunica"]));
    assign(&ursula, json!([]));
    let _ = vera.get(history).expect(200);
    let _ = ursula.get(history).problem(403, "ACCOUNT_FORBIDDEN");
}

#[test]
fn users_are_listed_in_pages() {
    let app = app();
    let admin = app.login("admin_bcp");
    let first = admin.get("/auth/users?limit=2");
    assert_eq!(first.expect(200)["users"].as_array().unwrap().len(), 2);
    let cursor = first.json["next_cursor"].as_str().unwrap();
    let second = admin.get(&format!("/auth/users?limit=2&cursor={cursor}"));
    assert_eq!(second.json["next_cursor"], Value::Null);
    let on = |page: &Reply| page.expect(200)["users"].as_array().unwrap().clone();
    let mut names: Vec<_> = on(&first).into_iter().chain(on(&second)).map(|user| user["username"].clone()).collect();
    names.sort_by_key(Value::to_string);
    assert_eq!(names, ["admin_bcp", "ursula", "vera"]);
    for (query, rule) in [
        ("limit=0", "limit: too_small"),
        ("limit=-1", "limit: too_small"),
        ("limit=1001", "limit: too_large"),
        ("limit=x", "limit: wrong_type"),
        ("cursor=x", "cursor: not_a_cursor"),
        // A cursor was once the last id of its page.
        ("cursor=7", "cursor: not_a_cursor"),
        ("empresa_id=x", "empresa_id: wrong_type"),
    ] {
        assert_eq!(admin.get(&format!("/auth/users?{query}")).broken_rules(), [rule]);
    }
}

#[test]
fn a_superadmin_names_the_bank() {
    let app = app();
    let (root, admin) = (app.login("root"), app.login("admin_bcp"));
    let bcp = company(&admin);
    assert_eq!(root.get("/auth/users").broken_rules(), ["empresa_id: missing"]);
    assert_eq!(root.get(&format!("/auth/users?empresa_id={bcp}")).json, admin.get("/auth/users").json);
    let body = json!({"username": "nueva", "password": "Otra-Clave-2026"});
    assert_eq!(root.post("/auth/register", &body).broken_rules(), ["empresa_id: missing"]);
    assert_eq!(register(&root, &json!({"empresa_id": bcp, "rol": "admin"})).expect(201)["empresa_id"], bcp);
}

#[test]
fn of_many_registrations_of_one_name_at_once_one_succeeds() {
    let app = app();
    let admin = app.login("admin_bcp");
    let before = app.database.rows("users");
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let tries: Vec<_> =
            (0..50).map(|_| scope.spawn(|| register(&admin, &json!({"username": "Unica"})).status)).collect();
        tries.into_iter().map(|attempt| attempt.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| matches!(status, 201 | 409 | 503)), "{statuses:?}");
    assert_eq!(app.database.rows("users"), before + 1);
}

#[test]
fn a_change_of_what_somebody_else_changed_meanwhile_is_412() {
    let app = TestApp::start().with(bank("BCP").user("ursula", &[]));
    let admin = app.login("admin_bcp");
    let users = admin.get("/auth/users").expect(200).clone();
    let ursula = users["users"].as_array().unwrap().iter().find(|user| user["username"] == "ursula").unwrap().clone();
    let path = format!("/auth/users/{}", ursula["id_usuario"]);
    let seen = admin.get(&path).header("etag").to_owned();
    let _ = admin.clone().with("if-match", &seen).patch(&path, &json!({"rol": "viewer"})).expect(200);
    let late = admin.clone().with("if-match", &seen).patch(&path, &json!({"rol": "admin"}));
    let _ = late.problem(412, "PRECONDITION_FAILED");
    assert_eq!(admin.get(&path).expect(200)["rol"], "viewer");
}
