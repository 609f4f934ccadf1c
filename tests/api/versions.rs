//! The versions of a model: which one answers, what an earlier one answered, what is left of old ones, what a damaged
//! one does.

use atalaya_tests::fixtures::{daily_history, upload};
use atalaya_tests::{Client, Reply, TestApp, bank};
use aws_lc_rs::digest::{SHA256, digest};
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::durability;
use crate::planted::hexadecimal;
use crate::program::Program;

const ACCOUNT: &str = "BCPComunica";

fn app() -> TestApp {
    let bcp = bank("BCP")
        .trained_account(ACCOUNT, daily_history(60, 396_000))
        .account("nueva")
        .user("ursula", &[ACCOUNT])
        .viewer("vera", &[]);
    TestApp::start().with(bcp)
}

fn predict(client: &Client, more: &str) -> Reply {
    client.get(&format!("/regression/predict/{ACCOUNT}?fecha=2026-09-15{more}"))
}

/// Observes one more day and trains.
fn retrain(app: &TestApp, admin: &Client) {
    app.clock.advance(TimeDelta::minutes(1));
    let _ = admin.post("/regression/train", &json!({"username": ACCOUNT, "models": ["ridge"]})).expect(200);
}

/// Later observations that move every forecast.
fn surge(admin: &Client) {
    let rows = json!({"observations": [{"hora": "2026-08-23T16:00:00Z", "seguidores": 450_000}]});
    let _ = admin.post(&format!("/accounts/{ACCOUNT}/observations"), &rows).expect(200);
}

fn activate(client: &Client, version: &str) -> Reply {
    client.post(&format!("/regression/model-info/{ACCOUNT}/versions/{version}/activate"), &json!({}))
}

fn versions(client: &Client) -> Vec<Value> {
    let reply = client.get(&format!("/regression/model-info/{ACCOUNT}/versions"));
    assert_eq!(reply.expect(200)["account_name"], ACCOUNT);
    reply.json["versions"].as_array().unwrap().clone()
}

/// Damages one byte in the middle of what training wrote of a version.
fn damage(app: &TestApp, version: u32) {
    let mut bytes = artifact(app, version);
    bytes[20] = !bytes[20];
    let bytes = app.database.literal(&bytes);
    app.database.tamper(&format!("UPDATE model_versions SET artifact = {bytes} WHERE version = {version}"));
}

fn artifact(app: &TestApp, version: u32) -> Vec<u8> {
    app.database.blob(&format!("SELECT artifact FROM model_versions WHERE version = {version}"))
}

/// Stores other bytes as what training wrote of a version.
fn rewrite(app: &TestApp, version: u32, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = artifact(app, version);
    change(&mut bytes);
    let digest = digest(&SHA256, &bytes);
    let checksum = hexadecimal(digest.as_ref());
    let bytes = app.database.literal(&bytes);
    app.database.tamper(&format!(
        "UPDATE model_versions SET artifact = {bytes}, checksum = '{checksum}' WHERE version = {version}"
    ));
}

/// Lets a version be of another format: its number follows eight bytes of magic.
pub(crate) fn outdate(app: &TestApp, version: u32) {
    rewrite(app, version, |bytes| bytes[8] = 99);
}

fn warns_of_fallback(reply: &Reply) -> bool {
    reply.expect(200)["warnings"].as_array().unwrap().contains(&json!("FALLBACK_VERSION"))
}

#[test]
fn an_earlier_version_answers_again_and_says_what_it_said() {
    let app = app();
    let (admin, ursula) = (app.login("admin_bcp"), app.login("ursula"));
    let first = predict(&ursula, "");
    surge(&admin);
    retrain(&app, &admin);
    let second = predict(&ursula, "");
    assert_eq!(second.expect(200)["model_version"], 2);
    assert_ne!(second.json["prediction"], first.json["prediction"]);
    let again = activate(&admin, "1");
    assert_eq!((&again.expect(200)["model_version"], &again.json["active"]), (&json!(1), &json!(true)));
    let rolled_back = predict(&ursula, "");
    for field in ["prediction", "intervals", "model_version", "trained_at", "data_until", "coverage"] {
        assert_eq!(rolled_back.expect(200)[field], first.json[field], "{field}");
    }
    let active: Vec<_> = versions(&ursula).iter().map(|version| version["active"].clone()).collect();
    assert_eq!(active, [false, true], "newest first");
    let _ = activate(&admin, "2").expect(200);
    assert_eq!(predict(&ursula, "").json, second.json, "and forth again");
    let _ = activate(&admin, "2").expect(200);
    let told = admin.get("/audit?action=model_activated");
    let targets: Vec<_> =
        told.expect(200)["entries"].as_array().unwrap().iter().map(|entry| &entry["target"]).collect();
    assert_eq!(targets, ["BCPComunica: version 2", "BCPComunica: version 1"], "what changed nothing is not told");
}

#[test]
fn a_forecast_of_an_earlier_version_can_be_had_again() {
    let app = app();
    let admin = app.login("admin_bcp");
    let reads = ["metrics", "compare-models", "model-info", "features"];
    let about = |what: &str, version: &str| admin.get(&format!("/regression/{what}/{ACCOUNT}{version}"));
    let path = |body: Value| admin.post(&format!("/regression/forecast/{ACCOUNT}"), &body);
    let before: Vec<Value> = reads.iter().map(|what| about(what, "").expect(200).clone()).collect();
    let (first, history) = (predict(&admin, ""), admin.get(&format!("/regression/predict/{ACCOUNT}?fecha=2026-08-20")));
    let rows = path(json!({"h": 20})).expect(200)["forecast"].clone();
    surge(&admin);
    retrain(&app, &admin);
    let again = predict(&admin, "&version=1");
    for field in ["prediction", "intervals", "baseline", "horizon_days", "model_version", "model_type"] {
        assert_eq!(again.expect(200)[field], first.json[field], "{field}");
    }
    let past = admin.get(&format!("/regression/predict/{ACCOUNT}?fecha=2026-08-20&version=1"));
    assert_eq!(past.expect(200)["prediction"], history.json["prediction"]);
    assert_eq!(path(json!({"h": 20, "version": 1})).expect(200)["forecast"], rows);
    assert_ne!(path(json!({"h": 20})).expect(200)["forecast"], rows);
    for (what, before) in reads.iter().zip(before) {
        assert_eq!(about(what, "?version=1").expect(200), &before, "{what}");
    }
    assert_eq!(about("model-info", "").json["model_version"], 2);
    let _ = predict(&admin, "&version=9").problem(404, "MODEL_VERSION_NOT_FOUND");
    let _ = path(json!({"h": 3, "version": 9})).problem(404, "MODEL_VERSION_NOT_FOUND");
    assert_eq!(predict(&admin, "&version=0").broken_rules(), ["version: too_small"]);
    assert_eq!(predict(&admin, "&version=uno").broken_rules(), ["version: wrong_type"]);
    assert_eq!(path(json!({"h": 0, "version": 0})).broken_rules(), ["h: too_small", "version: too_small"]);
    let both = admin.get(&format!("/regression/predict/{ACCOUNT}?fecha=hoy&version=0"));
    assert_eq!(both.broken_rules(), ["fecha: invalid_date", "version: too_small"]);
    let _ = admin.get("/regression/metrics/nueva?version=1").problem(404, "MODEL_VERSION_NOT_FOUND");
    let _ = admin.get("/regression/metrics/nueva").problem(409, "MODEL_NOT_TRAINED");
}

#[test]
fn versions_are_listed_newest_first_and_page_by_page() {
    let app = app();
    let admin = app.login("admin_bcp");
    retrain(&app, &admin);
    retrain(&app, &admin);
    let all = versions(&admin);
    let info = admin.get(&format!("/regression/model-info/{ACCOUNT}"));
    for field in
        ["model_version", "model_id", "model_type", "trained_at", "trained_by", "grid", "data_from", "data_until"]
    {
        assert_eq!(all[0][field], info.json[field], "{field}");
    }
    for field in ["checksum", "size_bytes"] {
        assert_eq!(all[0][field], info.json[field], "{field}");
    }
    assert!(all[0]["mae"].is_number() && all[0]["mase"].is_number());
    let (mut paged, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = admin.get(&format!("/regression/model-info/{ACCOUNT}/versions?limit=2{cursor}"));
        paged.extend(page.expect(200)["versions"].as_array().unwrap().clone());
        match page.json["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(paged, all);
    let bad = admin.get(&format!("/regression/model-info/{ACCOUNT}/versions?cursor=x"));
    assert_eq!(bad.broken_rules(), ["cursor: not_a_cursor"]);
    assert!(admin.get("/regression/model-info/nueva/versions").expect(200)["versions"].as_array().unwrap().is_empty());
}

#[test]
fn what_answered_somebody_is_noted_by_its_day() {
    let app = app();
    let admin = app.login("admin_bcp");
    let answered = || {
        app.core.upkeep().run_all();
        versions(&admin).iter().map(|version| version["answered_at"].clone()).collect::<Vec<_>>()
    };
    retrain(&app, &admin);
    let _ = admin.get(&format!("/regression/metrics/{ACCOUNT}")).expect(200);
    assert_eq!(predict(&admin, "x").status, 422);
    assert_eq!(answered(), [Value::Null, Value::Null], "what is told about a model is no forecast");
    let _ = predict(&admin, "").expect(200);
    assert_eq!(answered(), [json!("2026-08-23"), Value::Null]);
    app.clock.advance(TimeDelta::days(1));
    let admin = app.login("admin_bcp");
    // An answer that is kept counts as one that is made.
    let _ = predict(&admin, "").expect(200);
    let _ = predict(&admin, "&version=1").expect(200);
    app.core.upkeep().run_all();
    let days: Vec<_> = versions(&admin).iter().map(|version| version["answered_at"].clone()).collect();
    assert_eq!(days, ["2026-08-24", "2026-08-24"]);
}

#[test]
fn old_versions_are_dropped_unless_they_answered() {
    let app = app();
    let admin = app.login("admin_bcp");
    let first = predict(&admin, "");
    app.core.upkeep().run_all();
    for _ in 0..11 {
        retrain(&app, &admin);
    }
    let all = versions(&admin);
    assert_eq!(all.len(), 12, "every run stays");
    let dropped: Vec<_> = all.iter().filter(|version| !version["deleted_at"].is_null()).collect();
    assert_eq!(dropped.iter().map(|version| &version["model_version"]).collect::<Vec<_>>(), [2]);
    assert_eq!(predict(&admin, "&version=1").expect(200)["prediction"], first.json["prediction"]);
    let assuming = json!({"fecha": "2026-09-15", "datos": {"tweets": 40}});
    let _ = activate(&admin, "1").expect(200);
    let unfitted = admin.post(&format!("/regression/predict/{ACCOUNT}"), &assuming);
    assert_eq!(
        (&unfitted.expect(200)["prediction"], &unfitted.json["assumption_effect"]),
        (&first.json["prediction"], &json!(0))
    );
    assert!(unfitted.json["warnings"].as_array().unwrap().contains(&json!("ASSUMPTIONS_UNUSED")));
    let _ = predict(&admin, "&version=2").problem(409, "MODEL_VERSION_DELETED");
    let _ = activate(&admin, "2").problem(409, "MODEL_VERSION_DELETED");
    assert_eq!(predict(&admin, "").expect(200)["model_version"], 1, "what cannot answer replaces nothing");
}

#[test]
fn what_answered_a_moment_ago_is_not_dropped_by_a_training() {
    let app = app();
    let admin = app.login("admin_bcp");
    for _ in 0..10 {
        retrain(&app, &admin);
    }
    let _ = activate(&admin, "2").expect(200);
    let second = predict(&admin, "");
    let third = predict(&admin, "&version=3");
    retrain(&app, &admin);
    retrain(&app, &admin);
    let all = versions(&admin);
    let dropped: Vec<_> = all.iter().filter(|version| !version["deleted_at"].is_null()).collect();
    assert_eq!(dropped.iter().map(|version| &version["model_version"]).collect::<Vec<_>>(), [1]);
    let answered: Vec<_> = all.iter().filter(|version| !version["answered_at"].is_null()).collect();
    assert_eq!(answered.iter().map(|version| &version["model_version"]).collect::<Vec<_>>(), [3, 2]);
    for (version, said) in [(2, second), (3, third)] {
        let again = predict(&admin, &format!("&version={version}"));
        assert_eq!(again.expect(200)["prediction"], said.json["prediction"], "version {version}");
    }
}

#[test]
fn a_version_of_another_format_is_not_called_damaged() {
    let app = app();
    let admin = app.login("admin_bcp");
    retrain(&app, &admin);
    outdate(&app, 2);
    let fallen = predict(&admin, "");
    assert!(warns_of_fallback(&fallen));
    assert_eq!(fallen.json["model_version"], 1);
    let _ = predict(&admin, "&version=2").problem(409, "MODEL_OUTDATED");
    let _ = activate(&admin, "2").problem(409, "MODEL_OUTDATED");
    outdate(&app, 1);
    let database = app.stop();
    let mut program = Program::serve(&database, &[]);
    let admin = durability::admin(&program);
    for _ in 0..2 {
        let refused = predict(&admin, "");
        let detail = refused.problem(409, "MODEL_OUTDATED")["detail"].as_str().unwrap();
        assert!(detail.contains("que entrene la cuenta de nuevo"), "{detail}");
        let _ = predict(&admin, "&version=2").problem(409, "MODEL_OUTDATED");
        assert_eq!(admin.get(&format!("/regression/accuracy/{ACCOUNT}")).expect(200)["rows"], json!([]));
    }
    program.terminate();
    assert!(program.wait().success());
    let printed = program.printed();
    let told: Vec<_> = printed.lines().filter(|line| line.contains("event=model_outdated")).collect();
    assert_eq!(told.len(), 2, "one a version: {printed}");
    assert!(told.iter().all(|line| line.contains("WARN")), "{told:?}");
    assert!(!printed.contains("event=model_damaged"), "{printed}");
}

#[test]
fn a_truncated_version_is_damaged_whatever_its_checksum_says() {
    let app = app();
    let admin = app.login("admin_bcp");
    let first = predict(&admin, "");
    for (newest, length) in [(2, 0), (3, 9), (4, 30), (5, 500)] {
        retrain(&app, &admin);
        rewrite(&app, newest, |bytes| bytes.truncate(length));
        let fallen = predict(&admin, "");
        assert!(warns_of_fallback(&fallen), "{length} bytes");
        assert_eq!(fallen.json["prediction"], first.json["prediction"], "{length} bytes");
        let _ = predict(&admin, &format!("&version={newest}")).problem(409, "MODEL_DAMAGED");
    }
    app.database.tamper("UPDATE model_versions SET artifact = substr(artifact, 1, 500) WHERE version = 1");
    let _ = predict(&admin, "&version=1").problem(409, "MODEL_DAMAGED");
}

#[test]
fn a_damaged_version_falls_back_to_the_one_before() {
    let app = app();
    let admin = app.login("admin_bcp");
    let first = predict(&admin, "");
    assert!(!warns_of_fallback(&first));
    surge(&admin);
    retrain(&app, &admin);
    damage(&app, 2);
    let fallen = predict(&admin, "");
    assert_eq!(
        (&fallen.expect(200)["prediction"], &fallen.json["model_version"]),
        (&first.json["prediction"], &json!(1))
    );
    assert!(warns_of_fallback(&fallen));
    assert!(warns_of_fallback(&admin.get(&format!("/regression/metrics/{ACCOUNT}"))));
    let _ = predict(&admin, "&version=2").problem(409, "MODEL_DAMAGED");
    assert!(!warns_of_fallback(&predict(&admin, "&version=1")));
    let _ = activate(&admin, "1").expect(200);
    let chosen = predict(&admin, "");
    assert_eq!(chosen.expect(200)["model_version"], 1);
    assert!(!warns_of_fallback(&chosen));
    let _ = activate(&admin, "2").problem(409, "MODEL_DAMAGED");
    assert_eq!(predict(&admin, "").json, chosen.json, "a damaged version replaces none that answers");
}

#[test]
fn a_damaged_fitted_model_answers_without_assumptions_only() {
    let app = app();
    let admin = app.login("admin_bcp");
    let bytes = app.database.literal(&[0]);
    app.database.tamper(&format!("UPDATE model_versions SET fitted = {bytes}"));
    let _ = predict(&admin, "").expect(200);
    let assuming = json!({"fecha": "2026-09-15", "datos": {"tweets": 40}});
    let _ = admin.post(&format!("/regression/predict/{ACCOUNT}"), &assuming).problem(409, "MODEL_DAMAGED");
}

#[test]
fn a_damaged_version_is_told_to_the_operator() {
    let app = app();
    retrain(&app, &app.login("admin_bcp"));
    damage(&app, 2);
    let database = app.stop();
    let mut program = Program::serve(&database, &[]);
    let admin = durability::admin(&program);
    assert!(warns_of_fallback(&predict(&admin, "")));
    for _ in 0..3 {
        let _ = predict(&admin, "&version=2").problem(409, "MODEL_DAMAGED");
    }
    program.terminate();
    assert!(program.wait().success());
    let printed = program.printed();
    let told: Vec<_> = printed.lines().filter(|line| line.contains("event=model_damaged")).collect();
    let [line] = told.as_slice() else { panic!("told {} times: {printed}", told.len()) };
    for field in ["ERROR", "account.id=", "company.id=", "version=2"] {
        assert!(line.contains(field), "{field} is missing in {line}");
    }
}

#[test]
fn where_every_version_is_damaged_training_anew_helps() {
    let app = app();
    let admin = app.login("admin_bcp");
    damage(&app, 1);
    let refused = predict(&admin, "");
    let detail = refused.problem(409, "MODEL_DAMAGED")["detail"].as_str().unwrap();
    assert!(detail.contains("que entrene la cuenta de nuevo"), "{detail}");
    assert_eq!(versions(&admin).len(), 1);
    assert_eq!(admin.get(&format!("/regression/history/{ACCOUNT}")).expect(200)["total"], 1);
    retrain(&app, &admin);
    assert_eq!(predict(&admin, "").expect(200)["model_version"], 2);
}

#[test]
fn only_who_may_train_activates_and_only_who_may_read_sees_versions() {
    let app = app().with(bank("BBVA").trained_account("bbva_peru", daily_history(60, 5_000)));
    let (ursula, vera, neighbour) = (app.login("ursula"), app.login("vera"), app.login("admin_bbva"));
    assert_eq!(versions(&ursula).len(), 1);
    let _ = activate(&ursula, "1").problem(403, "ROLE_FORBIDDEN");
    let _ = activate(&neighbour, "1").problem(403, "ACCOUNT_FORBIDDEN");
    let _ = activate(&neighbour, "x").problem(403, "ACCOUNT_FORBIDDEN");
    for unknown in ["2", "0", "x", "99999999999"] {
        let _ = activate(&app.login("admin_bcp"), unknown).problem(404, "MODEL_VERSION_NOT_FOUND");
    }
    for stranger in [&vera, &neighbour] {
        for path in ["model-info/BCPComunica/versions", "accuracy/BCPComunica", "anomalies/BCPComunica"] {
            let _ = stranger.get(&format!("/regression/{path}")).problem(403, "ACCOUNT_FORBIDDEN");
        }
        let _ = predict(stranger, "&version=1").problem(403, "ACCOUNT_FORBIDDEN");
    }
}

#[test]
fn deleting_a_model_leaves_no_version_to_answer() {
    let app = app();
    let admin = app.login("admin_bcp");
    let _ = admin.post("/accounts/nueva/observations", &upload(&daily_history(60, 1_000))).expect(200);
    let _ = admin.delete(&format!("/regression/model/{ACCOUNT}")).expect(200);
    let _ = predict(&admin, "&version=1").problem(409, "MODEL_VERSION_DELETED");
    let _ = activate(&admin, "1").problem(409, "MODEL_VERSION_DELETED");
    assert!(versions(&admin)[0]["deleted_at"].is_string());
}
