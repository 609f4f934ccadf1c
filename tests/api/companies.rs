//! Banks and their accounts.

use atalaya_tests::{TestApp, bank};
use serde_json::{Value, json};

fn app() -> TestApp {
    TestApp::start().with(bank("BCP").account("BCPComunica").user("ursula", &[])).with_superadmin("root")
}

#[test]
fn a_superadmin_creates_and_changes_banks() {
    let app = app();
    let root = app.login("root");
    let created = root.post("/companies", &json!({"empresa_nombre": "Banco Nuevo", "zona_horaria": "America/Bogota"}));
    let id = created.expect(201)["empresa_id"].clone();
    assert_eq!(created.keys(), ["activo", "empresa_id", "empresa_nombre", "fecha_creacion", "zona_horaria"]);
    assert_eq!(root.get(&format!("/companies/{id}")).json, created.json);
    let changed = root.patch(&format!("/companies/{id}"), &json!({"empresa_nombre": "Banco Viejo"}));
    assert_eq!(changed.expect(200)["empresa_nombre"], "Banco Viejo");
    assert_eq!(changed.json["zona_horaria"], "America/Bogota");
    let names = root.get("/companies").json["companies"].clone();
    assert_eq!(names.as_array().unwrap().len(), 2);
    let taken = root.post("/companies", &json!({"empresa_nombre": "BCP"}));
    let _ = taken.problem(409, "COMPANY_EXISTS");
    let _ = root.get("/companies/999999").problem(404, "COMPANY_NOT_FOUND");
    let broken = root.post("/companies", &json!({"empresa_nombre": " ", "zona_horaria": "Luna/Mar"}));
    assert_eq!(broken.broken_rules(), ["empresa_nombre: empty", "zona_horaria: unknown_zone"]);
}

#[test]
fn users_of_a_suspended_bank_are_out_at_once() {
    let app = app();
    let ursula = app.login("ursula");
    let company = ursula.get("/auth/me").expect(200)["empresa_id"].clone();
    let path = format!("/companies/{company}");
    let _ = app.login("root").patch(&path, &json!({"activo": false})).expect(200);
    let _ = ursula.get("/auth/me").problem(401, "TOKEN_REVOKED");
    let _ = app.login("root").patch(&path, &json!({"activo": true})).expect(200);
    let _ = app.login("ursula").get("/auth/me").expect(200);
}

#[test]
fn an_administrator_keeps_the_banks_accounts() {
    let app = app();
    let admin = app.login("admin_bcp");
    let account = json!({"cuenta": "@BCP_Ayuda", "nombre": "Ayuda BCP", "plataforma": "twitter"});
    let created = admin.post("/accounts", &account);
    assert_eq!(created.expect(201)["cuenta"], "BCP_Ayuda");
    assert_eq!(created.keys(), ["cuenta", "fecha_registro", "nombre", "plataforma", "zona_horaria"]);
    let _ = admin.post("/accounts", &account).problem(409, "ACCOUNT_EXISTS");
    let changed = admin.patch("/accounts/BCP_Ayuda", &json!({"zona_horaria": "America/Bogota"}));
    assert_eq!(changed.expect(200)["zona_horaria"], "America/Bogota");
    assert_eq!(changed.json["nombre"], "Ayuda BCP");
    assert_eq!(admin.get("/accounts/BCP_Ayuda").json, changed.json);
    let broken = admin.post("/accounts", &json!({"cuenta": "a/b", "nombre": "", "zona_horaria": "x"}));
    let rules = ["cuenta: invalid_character", "nombre: empty", "zona_horaria: unknown_zone"];
    assert_eq!(broken.broken_rules(), rules);
}

#[test]
fn two_banks_may_have_accounts_of_one_name_and_each_sees_its_own() {
    let app = app().with(bank("BBVA").account("BCPComunica"));
    let (bcp, bbva) = (app.login("admin_bcp"), app.login("admin_bbva"));
    let _ = bbva.patch("/accounts/BCPComunica", &json!({"nombre": "El otro"})).expect(200);
    assert_eq!(bcp.get("/accounts/BCPComunica").json["nombre"], "BCPComunica");
    assert_eq!(bbva.get("/accounts/BCPComunica").json["nombre"], "El otro");
}

#[test]
fn accounts_are_listed_in_pages() {
    let app = TestApp::start().with(bank("BCP").account("a").account("b").account("c").viewer("vera", &["b"]));
    let admin = app.login("admin_bcp");
    let first = admin.get("/accounts?limit=2");
    assert_eq!(first.expect(200)["next_cursor"], "b");
    let second = admin.get("/accounts?limit=2&cursor=b");
    assert_eq!(second.json["accounts"][0]["cuenta"], "c");
    assert_eq!(second.json["next_cursor"], Value::Null);
    let seen = app.login("vera").get("/accounts");
    assert_eq!(seen.expect(200)["accounts"].as_array().unwrap().len(), 1);
    let _ = app.login("vera").get("/accounts/a").problem(403, "ACCOUNT_FORBIDDEN");
}
