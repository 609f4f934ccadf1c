//! Deleting accounts and users: what is gone at once, what comes back, and what is deleted for good after thirty days.

use atalaya_tests::fixtures::daily_history;
use atalaya_tests::{Client, PASSWORD, TestApp, bank};
use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

const FORECAST: &str = "/regression/predict/BCPComunica?fecha=2026-09-30";

fn app() -> TestApp {
    let bcp = bank("BCP")
        .trained_account("BCPComunica", daily_history(60, 10_000))
        .account("otra")
        .user("ursula", &["BCPComunica", "otra"])
        .viewer("vera", &["BCPComunica"])
        .admin("segunda");
    TestApp::start().with(bcp).with(bank("BBVA").account("bbva_peru")).with_superadmin("root")
}

fn id(admin: &Client, username: &str) -> i64 {
    let users = admin.get("/auth/users").expect(200)["users"].clone();
    let user = users.as_array().unwrap().iter().find(|user| user["username"] == username).unwrap();
    user["id_usuario"].as_i64().unwrap()
}

fn restore(client: &Client, path: &str) -> atalaya_tests::Reply {
    client.ask(Method::POST, &format!("{path}/restore"))
}

/// The handles or usernames of a list.
fn named(list: &Value, member: &str) -> Vec<String> {
    list.as_array().unwrap().iter().map(|item| item[member].as_str().unwrap().to_owned()).collect()
}

fn told(admin: &Client, action: &str) -> Vec<String> {
    named(&admin.get(&format!("/audit?action={action}")).expect(200)["entries"], "target")
}

#[test]
fn a_deleted_account_is_nowhere_and_comes_back_with_everything() {
    let app = app();
    let (admin, viewer) = (app.login("admin_bcp"), app.login("vera"));
    let before = viewer.get(FORECAST).expect(200)["prediction"].clone();
    assert_eq!(admin.delete("/accounts/BCPComunica").status, 204);
    for client in [&admin, &viewer] {
        for path in [FORECAST, "/accounts/BCPComunica", "/accounts/BCPComunica/observations"] {
            let _ = client.ask(Method::GET, path).problem(403, "ACCOUNT_FORBIDDEN");
        }
        let batch = json!({"accounts": ["BCPComunica"], "dates": ["2026-09-30"]});
        assert!(!client.post("/regression/predict-batch", &batch).text().contains("prediction\":"));
    }
    assert_eq!(named(&admin.get("/accounts").expect(200)["accounts"], "cuenta"), ["otra"]);
    assert_eq!(viewer.get("/auth/my-accounts").expect(200)["total_accounts"], 0);
    assert_eq!(named(&admin.get("/accounts/overview").expect(200)["accounts"], "cuenta"), ["otra"]);
    let _ = admin.post("/regression/train", &json!({"username": "BCPComunica"})).problem(403, "ACCOUNT_FORBIDDEN");
    let again = json!({"cuenta": "BCPComunica", "nombre": "Otra vez"});
    let _ = admin.post("/accounts", &again).problem(409, "ACCOUNT_EXISTS");
    let _ = admin.ask(Method::DELETE, "/accounts/BCPComunica").problem(403, "ACCOUNT_FORBIDDEN");

    let trash = admin.get("/accounts/trash").expect(200)["accounts"].clone();
    assert_eq!(named(&trash, "cuenta"), ["BCPComunica"]);
    assert!(trash[0]["fecha_eliminacion"].is_string());
    // To whom it is assigned comes back too, but for those from whom it was taken meanwhile.
    let ursula = id(&admin, "ursula");
    let _ = admin.put(&format!("/auth/users/{ursula}/accounts"), &json!({"cuentas": ["otra"]})).expect(200);

    assert_eq!(restore(&admin, "/accounts/BCPComunica").expect(200)["cuenta"], "BCPComunica");
    assert_eq!(viewer.get(FORECAST).expect(200)["prediction"], before);
    let cuentas = admin.get(&format!("/auth/users/{ursula}")).expect(200)["cuentas"].clone();
    assert_eq!(cuentas, json!(["otra"]));
    assert_eq!(admin.get("/accounts/trash").expect(200)["accounts"], json!([]));
    let _ = restore(&admin, "/accounts/BCPComunica").problem(403, "ACCOUNT_FORBIDDEN");
    assert_eq!(told(&admin, "account_deleted"), ["BCPComunica"]);
    assert_eq!(told(&admin, "account_restored"), ["BCPComunica"]);
}

#[test]
fn an_account_that_changed_since_it_was_read_is_not_deleted() {
    let app = app();
    let admin = app.login("admin_bcp");
    let tag = admin.get("/accounts/otra").header("etag").to_owned();
    let _ = admin.patch("/accounts/otra", &json!({"nombre": "Otro nombre"})).expect(200);
    let old = admin.clone().with("if-match", &tag).ask(Method::DELETE, "/accounts/otra");
    let _ = old.problem(412, "PRECONDITION_FAILED");
    let tag = admin.get("/accounts/otra").header("etag").to_owned();
    assert_eq!(admin.with("if-match", &tag).delete("/accounts/otra").status, 204);
}

#[test]
fn a_deleted_user_is_out_at_once_and_comes_back_as_they_were() {
    let app = app();
    let (admin, ursula) = (app.login("admin_bcp"), app.login("ursula"));
    let user = format!("/auth/users/{}", id(&admin, "ursula"));
    let before = admin.get(&user).expect(200).clone();
    assert_eq!(admin.delete(&user).status, 204);
    let _ = ursula.ask(Method::GET, "/auth/me").problem(401, "TOKEN_REVOKED");
    assert_eq!(app.try_login("ursula", PASSWORD).status, 401);
    let _ = admin.ask(Method::GET, &user).problem(404, "USER_NOT_FOUND");
    let _ = admin.ask(Method::DELETE, &user).problem(404, "USER_NOT_FOUND");
    assert!(!named(&admin.get("/auth/users").expect(200)["users"], "username").contains(&"ursula".to_owned()));
    let taken = json!({"username": "Ursula", "password": "Otra-Clave-2026"});
    let _ = admin.post("/auth/register", &taken).problem(409, "USERNAME_TAKEN");
    let trash = admin.get("/auth/users/trash").expect(200)["users"].clone();
    assert_eq!(named(&trash, "username"), ["ursula"]);
    assert_eq!(trash[0]["cuentas"], before["cuentas"]);

    assert_eq!(restore(&admin, &user).expect(200)["username"], "ursula");
    // No session comes back with them.
    let _ = ursula.ask(Method::GET, "/auth/me").problem(401, "TOKEN_REVOKED");
    let _ = app.try_login("ursula", PASSWORD).expect(200);
    let member = |user: &Value, name: &str| user[name].clone();
    let after = admin.get(&user).expect(200).clone();
    for name in ["username", "rol", "activo", "email", "cuentas", "fecha_creacion"] {
        assert_eq!(member(&after, name), member(&before, name), "{name}");
    }
    assert_eq!(told(&admin, "user_deleted"), ["ursula"]);
    assert_eq!(told(&admin, "user_restored"), ["ursula"]);
}

#[test]
fn nobody_deletes_themselves_or_the_last_administrator() {
    let app = app();
    let (admin, root) = (app.login("admin_bcp"), app.login("root"));
    let own = format!("/auth/users/{}", id(&admin, "admin_bcp"));
    let _ = admin.ask(Method::DELETE, &own).problem(409, "OWN_USER");
    let second = format!("/auth/users/{}", id(&admin, "segunda"));
    assert_eq!(admin.delete(&second).status, 204);
    let _ = root.ask(Method::DELETE, &own).problem(409, "LAST_ADMIN");
    let company = admin.get("/auth/me").expect(200)["empresa_id"].clone();
    let restored = root.ask(Method::POST, &format!("{second}/restore?empresa_id={company}"));
    assert_eq!(restored.expect(200)["rol"], "admin");
    assert_eq!(root.delete(&own).status, 204);
    let _ = admin.ask(Method::GET, "/auth/me").problem(401, "TOKEN_REVOKED");
}

#[test]
fn another_bank_neither_deletes_nor_sees_nor_restores() {
    let app = app();
    let (admin, neighbour) = (app.login("admin_bcp"), app.login("admin_bbva"));
    let user = format!("/auth/users/{}", id(&admin, "vera"));
    let _ = neighbour.ask(Method::DELETE, "/accounts/otra").problem(403, "ACCOUNT_FORBIDDEN");
    let _ = neighbour.ask(Method::DELETE, &user).problem(404, "USER_NOT_FOUND");
    assert_eq!((admin.delete("/accounts/otra").status, admin.delete(&user).status), (204, 204));
    assert_eq!(neighbour.get("/accounts/trash").expect(200)["accounts"], json!([]));
    assert_eq!(neighbour.get("/auth/users/trash").expect(200)["users"], json!([]));
    let _ = restore(&neighbour, "/accounts/otra").problem(403, "ACCOUNT_FORBIDDEN");
    let _ = restore(&neighbour, &user).problem(404, "USER_NOT_FOUND");
}

#[test]
fn what_was_deleted_for_thirty_days_is_deleted_for_good() {
    let app = app();
    let begin = app.login("admin_bcp");
    let ursula = format!("/auth/users/{}", id(&begin, "ursula"));
    drop(app.login("ursula"));
    assert_eq!(begin.delete("/accounts/BCPComunica").status, 204);
    assert_eq!(begin.delete(&ursula).status, 204);

    app.clock.advance(TimeDelta::days(30));
    app.run_jobs();
    let admin = app.login("admin_bcp");
    let lists = || {
        let accounts = admin.get("/accounts/trash").expect(200)["accounts"].as_array().unwrap().len();
        (accounts, admin.get("/auth/users/trash").expect(200)["users"].as_array().unwrap().len())
    };
    assert_eq!(lists(), (1, 1), "of less than thirty days");

    app.clock.advance(TimeDelta::seconds(1));
    // Whether the job ran already makes no difference to who asks.
    assert_eq!(lists(), (0, 0));
    let _ = restore(&admin, "/accounts/BCPComunica").problem(403, "ACCOUNT_FORBIDDEN");
    let _ = restore(&admin, &ursula).problem(404, "USER_NOT_FOUND");

    app.clock.advance(TimeDelta::days(1));
    app.run_jobs();
    let admin = app.login("admin_bcp");
    assert_eq!(told(&admin, "account_purged"), ["BCPComunica"]);
    assert_eq!(told(&admin, "user_purged"), ["ursula"]);
    // The names are free, and show nothing of what was.
    let _ = admin.post("/accounts", &json!({"cuenta": "BCPComunica", "nombre": "Nueva"})).expect(201);
    assert_eq!(admin.get("/accounts/BCPComunica/observations").expect(200)["observations"], json!([]));
    let _ = admin.get(FORECAST).problem(409, "MODEL_NOT_TRAINED");
    let user = json!({"username": "ursula", "password": "Otra-Clave-2026"});
    assert_eq!(admin.post("/auth/register", &user).expect(201)["cuentas"], json!([]));
}
