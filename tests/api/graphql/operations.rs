//! What each field does, beside what REST says of the same.

use atalaya_tests::fixtures::daily_history;
use atalaya_tests::{TestApp, bank};
use serde_json::{Value, json};

use super::{ask, data};

fn trained() -> TestApp {
    TestApp::start().with(bank("BCP").trained_account("uno", daily_history(90, 5_000)).account("dos").account("tres"))
}

#[test]
fn a_forecast_is_that_of_rest() {
    let app = trained();
    let admin = app.login("admin_bcp");
    let query = "{ account(handle: \"uno\") {
        predict(date: \"2026-08-30\") { prediction baseline version model intervals { level lower upper } }
        forecast(h: 3, level: [90]) { model days { date prediction intervals { level lower upper } } }
        comparison { version models { id mae mase } }
        versions { nodes { version active checksum } }
        accuracy { versions } anomalies { checked days { date } }
        observations(first: 2) { edges { cursor node { time followers } } pageInfo { hasNextPage endCursor } }
    } }";
    let reply = ask(&admin, query);
    let found = &data(&reply)["account"];
    let rest = admin.get("/regression/predict/uno?fecha=2026-08-30");
    let rest = rest.expect(200);
    for (ours, theirs) in [("prediction", "prediction"), ("version", "model_version"), ("model", "model_type")] {
        assert_eq!(found["predict"][ours], rest[theirs], "{ours}");
    }
    assert_eq!(found["predict"]["intervals"], rest["intervals"]);
    assert_eq!(found["predict"]["baseline"], rest["baseline"]["prediction"]);
    let path = admin.post("/regression/forecast/uno", &json!({"h": 3, "level": [90]}));
    let days: Vec<Value> = path.expect(200)["forecast"]
        .as_array()
        .unwrap()
        .iter()
        .map(|day| json!({"date": day["fecha"], "prediction": day["prediction"], "intervals": day["intervals"]}))
        .collect();
    assert_eq!(found["forecast"]["days"], json!(days));
    let compared = admin.get("/regression/compare-models/uno");
    let first = &compared.expect(200)["model_comparison"][0];
    assert_eq!(
        found["comparison"]["models"][0],
        json!({"id": first["model_id"], "mae": first["mae"], "mase": first["mase"]})
    );
    let versions = admin.get("/regression/model-info/uno/versions");
    assert_eq!(found["versions"]["nodes"][0]["checksum"], versions.expect(200)["versions"][0]["checksum"]);
    let observed = admin.get("/accounts/uno/observations?limit=2");
    let observed = observed.expect(200);
    assert_eq!(found["observations"]["edges"][1]["node"]["followers"], observed["observations"][1]["seguidores"]);
    assert_eq!(found["observations"]["pageInfo"], json!({"hasNextPage": true, "endCursor": observed["next_cursor"]}));
}

#[test]
fn pages_follow_one_another_by_their_cursors() {
    let app = trained();
    let admin = app.login("admin_bcp");
    let (mut seen, mut after) = (Vec::new(), Value::Null);
    loop {
        let query = "query($after: String) { accounts(first: 2, after: $after) {
            edges { cursor node { handle } } pageInfo { hasNextPage hasPreviousPage endCursor } } }";
        let reply = super::ask_with(&admin, query, &json!({"after": after}));
        let page = data(&reply)["accounts"].clone();
        assert_eq!(page["pageInfo"]["hasPreviousPage"], !after.is_null());
        seen.extend(page["edges"].as_array().unwrap().iter().map(|edge| edge["node"]["handle"].clone()));
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    assert_eq!(seen, ["dos", "tres", "uno"]);
}

#[test]
fn what_is_changed_is_there_for_rest() {
    let app = trained();
    let admin = app.login("admin_bcp");
    let query = "mutation {
        createAccount(input: {handle: \"cuatro\", name: \"Cuatro\", platform: \"twitter\"}) { handle name platform timeZone }
        uploadObservations(handle: \"cuatro\", observations: [
            {time: \"2026-01-01 10:00:00\", followers: 5, posts: 7}, {time: \"2026-01-02\", followers: 3000000000}
        ]) { inserted updated unchanged }
        trainAccount(handle: \"uno\", models: [\"linear_regression\"]) { id state account kind }
    }";
    let reply = ask(&admin, query);
    let done = data(&reply);
    assert_eq!(
        done["createAccount"],
        json!({"handle": "cuatro", "name": "Cuatro", "platform": "twitter", "timeZone": null})
    );
    assert_eq!(done["uploadObservations"], json!({"inserted": 2, "updated": 0, "unchanged": 0}));
    let stored = admin.get("/accounts/cuatro/observations");
    let stored = &stored.expect(200)["observations"];
    assert_eq!(
        (&stored[0]["hora"], &stored[1]["seguidores"]),
        (&json!("2026-01-01T15:00:00Z"), &json!(3_000_000_000_u64))
    );
    let job = &done["trainAccount"];
    assert_eq!((&job["account"], &job["kind"]), (&json!("uno"), &json!("train")));
    let id = job["id"].as_str().unwrap();
    assert_eq!(admin.get(&format!("/jobs/{id}")).expect(200)["cuenta"], "uno");
}

#[test]
fn security_notices_wait_for_a_login_that_reads_them() {
    let app = trained();
    let nobody = app.anonymous();
    let begin = |fields: &str| {
        let login = format!(
            "mutation {{ login(username: \"admin_bcp\", password: \"Una-Clave-2026\", refresh: BODY) {{ {fields} }} }}"
        );
        data(&ask(&nobody, &login))["login"].clone()
    };
    let token = begin("refreshToken")["refreshToken"].as_str().unwrap().to_owned();
    let refresh = || nobody.post("/auth/refresh", &json!({"refresh_token": token}));
    let _ = refresh().expect(200);
    app.clock.advance(chrono::TimeDelta::minutes(1));
    let _ = refresh().problem(401, "REFRESH_TOKEN_INVALID");
    let _ = begin("accessToken tokenType");
    let _ = nobody.post("/login", &json!({"username": "admin_bcp", "password": "Una-Clave-2026"})).expect(200);
    let notices = begin("securityNotices { code deviceName }");
    assert_eq!(notices["securityNotices"], json!([{"code": "refresh_replayed", "deviceName": null}]));
    assert_eq!(begin("securityNotices { code }")["securityNotices"], json!([]));
}

#[test]
fn a_session_goes_on_by_its_refresh_token_and_ends() {
    let app = trained();
    let login = "mutation { login(username: \"admin_bcp\", password: \"Una-Clave-2026\", refresh: BODY,
        deviceName: \"Script\") { accessToken refreshToken expiresIn } }";
    let nobody = app.anonymous();
    let session = data(&ask(&nobody, login))["login"].clone();
    let token = session["refreshToken"].as_str().unwrap();
    let next =
        ask(&nobody, &format!("mutation {{ refresh(refreshToken: \"{token}\") {{ accessToken refreshToken }} }}"));
    let next = data(&next)["refresh"].clone();
    let client = app.anonymous().bearing(next["accessToken"].as_str().unwrap());
    let sessions = client.get("/auth/sessions");
    assert_eq!(sessions.expect(200)["sessions"][0]["device_name"], "Script");
    let token = next["refreshToken"].as_str().unwrap();
    assert_eq!(data(&ask(&nobody, &format!("mutation {{ logout(refreshToken: \"{token}\") }}")))["logout"], true);
    let _ = client.get("/auth/me").problem(401, "TOKEN_REVOKED");
    assert!(session["expiresIn"].as_i64().unwrap() > 0);
}
