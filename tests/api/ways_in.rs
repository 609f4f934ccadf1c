//! What is done tells the audit log the same, whichever way in it was done by.

use atalaya_tests::fixtures::{REAL_CHANNEL, daily_history};
use atalaya_tests::{Client, PASSWORD, TestApp, bank};
use serde_json::{Value, json};

use crate::command_line::succeed;

/// Action, target and outcome.
type Act = (String, String, String);

/// The acts that the chain of the reader's bank tells, oldest first, as far as they are among `of`.
fn acts(reader: &Client, of: &[&str]) -> Vec<Act> {
    let reply = reader.get("/audit?limit=1000");
    let log = reply.expect(200);
    let word = |entry: &Value, field: &str| entry[field].as_str().unwrap_or_default().to_owned();
    let entries = log["entries"].as_array().unwrap().iter().rev();
    let told = entries.map(|entry| (word(entry, "action"), word(entry, "target"), word(entry, "outcome")));
    told.filter(|(action, ..)| of.contains(&action.as_str())).collect()
}

const ACTS: [&str; 4] = ["user_registered", "account_created", "observations_recorded", "model_trained"];

fn entered(app: &TestApp, username: &str, password: &str) -> Client {
    let login = app.try_login(username, password);
    app.anonymous().bearing(login.expect(200)["access_token"].as_str().unwrap())
}

#[test]
fn rest_and_the_command_line_tell_the_same_acts() {
    let app = TestApp::start().with_superadmin("root");
    let root = app.login("root");
    let company = root.post("/companies", &json!({"nombre": "BCP"})).expect(201)["empresa_id"].clone();
    let admin = json!({"username": "ana", "password": PASSWORD, "rol": "admin", "empresa_id": company});
    let _ = root.post("/auth/register", &admin).expect(201);
    let ana = entered(&app, "ana", PASSWORD);
    let _ = ana.post("/accounts", &json!({"cuenta": "tenko", "nombre": "Tenko"})).expect(201);
    let _ = ana.post_csv("/accounts/tenko/observations", REAL_CHANNEL).expect(200);
    let _ = ana.post("/regression/train", &json!({"username": "tenko", "models": ["ridge"]})).expect(200);

    let file = app.database.folder().join("history.csv");
    std::fs::write(&file, REAL_CHANNEL).unwrap();
    let _ = succeed(&app.database, &["company", "create", "Interbank"], "");
    let _ = succeed(&app.database, &["user", "create", "eva", "--company", "Interbank", "--role", "admin"], PASSWORD);
    let file = file.to_str().unwrap();
    let import = ["account", "import", file, "--company", "Interbank", "--account", "tenko", "--create", "Tenko"];
    let _ = succeed(&app.database, &import, "");
    let _ = succeed(&app.database, &["train", "--company", "Interbank", "--models", "ridge"], "");

    let by_rest = acts(&ana, &ACTS);
    assert_eq!(by_rest.iter().map(|(action, ..)| action.as_str()).collect::<Vec<_>>(), ACTS);
    let of_eva = |(action, target, outcome): Act| (action, target.replace("ana", "eva"), outcome);
    let by_rest: Vec<_> = by_rest.into_iter().map(of_eva).collect();
    assert_eq!(acts(&entered(&app, "eva", PASSWORD), &ACTS), by_rest);
}

#[test]
fn the_demonstration_tells_the_acts_of_its_banks() {
    let app = TestApp::start();
    atalaya_server::demonstration::create(&app.core).unwrap();
    for admin in atalaya_server::demonstration::usernames() {
        let reader = entered(&app, admin, atalaya_server::demonstration::PASSWORD);
        let told = acts(&reader, &ACTS);
        assert_eq!(told.iter().map(|(action, ..)| action.as_str()).collect::<Vec<_>>(), ACTS, "{admin}");
        assert_eq!(told[0].1, admin);
    }
}

#[test]
fn a_job_tells_what_a_training_in_its_request_tells() {
    let app = TestApp::start().with(bank("BCP").account_with("tenko", daily_history(200, 1_000)));
    let admin = app.login("admin_bcp");
    let train = json!({"username": "tenko", "models": ["ridge"]});
    let _ = admin.post("/regression/train", &train).expect(200);
    let _ = admin.clone().with("prefer", "respond-async").post("/regression/train", &train).expect(202);
    app.run_jobs();
    let trained = acts(&admin, &["model_trained"]);
    assert_eq!(trained.len(), 2);
    assert_eq!(trained[0], trained[1]);
}

#[test]
fn whoever_is_disabled_or_suspended_is_told_the_same_by_rest_and_the_command_line() {
    const SWITCHED: [&str; 4] = ["user_disabled", "user_enabled", "company_suspended", "company_resumed"];
    let app = TestApp::start()
        .with_superadmin("root")
        .with(bank("BCP").user("eva", &[]))
        .with(bank("Interbank").user("luz", &[]));
    let root = app.login("root");
    let companies = root.get("/companies").expect(200)["companies"].as_array().unwrap().clone();
    let company = companies.iter().find(|each| each["empresa_nombre"] == "BCP").unwrap()["empresa_id"].clone();
    let eva = app.login("eva").get("/auth/me").expect(200)["id_usuario"].clone();
    let of_user = |active: bool| {
        let _ = app.login("admin_bcp").patch(&format!("/auth/users/{eva}"), &json!({"activo": active})).expect(200);
    };
    let of_company = |active: bool| {
        let _ = root.patch(&format!("/companies/{company}"), &json!({"activo": active})).expect(200);
    };
    of_user(false);
    of_company(false);
    of_company(true);
    of_user(true);
    for command in [
        ["user", "disable", "luz"],
        ["company", "suspend", "Interbank"],
        ["company", "resume", "Interbank"],
        ["user", "enable", "luz"],
    ] {
        let _ = succeed(&app.database, &command, "");
    }
    let by_rest = acts(&app.login("admin_bcp"), &SWITCHED);
    let of_other =
        |(action, target, outcome): Act| (action, target.replace("eva", "luz").replace("BCP", "Interbank"), outcome);
    let expected: Vec<_> = by_rest.into_iter().map(of_other).collect();
    assert_eq!(expected.iter().map(|(action, ..)| action.as_str()).collect::<Vec<_>>(), {
        ["user_disabled", "company_suspended", "company_resumed", "user_enabled"]
    });
    assert_eq!(acts(&app.login("admin_interbank"), &SWITCHED), expected);
}
