//! What is told about models, and the life of a version; repeats of requests.

use atalaya_tests::fixtures::daily_history;
use atalaya_tests::{Client, TestApp, bank};
use serde_json::{Value, json};

fn app() -> TestApp {
    let bcp = bank("BCP").trained_account("BCPComunica", daily_history(90, 396_000)).account("nueva");
    TestApp::start().with(bcp)
}

fn about(admin: &Client, what: &str) -> Value {
    admin.get(&format!("/regression/{what}/BCPComunica")).expect(200).clone()
}

#[test]
fn metrics_and_comparison_rank_every_model_with_the_baselines_among_them() {
    let app = app();
    let admin = app.login("admin_bcp");
    let (metrics, comparison) = (about(&admin, "metrics"), about(&admin, "compare-models"));
    assert_eq!(metrics["account_name"], "BCPComunica");
    assert_eq!(metrics["target_variable"], "seguidores");
    assert_eq!(metrics["all_results"], comparison["model_comparison"]);
    assert_eq!(metrics["best_model"], comparison["best_model"]);
    let ranked = comparison["model_comparison"].as_array().unwrap();
    assert_eq!(comparison["total_models"], ranked.len());
    let ids: Vec<_> = ranked.iter().map(|model| model["model_id"].as_str().unwrap()).collect();
    for id in ["naive", "drift", "seasonal_naive", "linear_regression"] {
        assert!(ids.contains(&id), "{id} is not in {ids:?}");
    }
    let scores: Vec<_> = ranked.iter().map(|model| model["mase"].as_f64().unwrap()).collect();
    assert!(scores.is_sorted(), "{scores:?}");
    let fields = ["rmse", "mae", "medae", "r2", "evs", "mape", "smape", "mase", "coverage_80", "coverage_95"];
    for field in fields.into_iter().chain(["fit_seconds"]) {
        assert!(ranked[0][field].is_number(), "{field} in {}", ranked[0]);
    }
    for field in ["features_used", "training_samples", "test_samples", "timestamp"] {
        assert!(!metrics[field].is_null(), "{field} in {metrics}");
    }
}

#[test]
fn model_info_names_the_version_and_its_bytes() {
    let app = app();
    let info = about(&app.login("admin_bcp"), "model-info");
    assert_eq!((&info["model_version"], &info["grid"]), (&json!(1), &json!("daily")));
    assert_eq!(info["trained_by"], "operator");
    assert_eq!(info["checksum"].as_str().unwrap().len(), 64);
    assert!(info["size_bytes"].as_u64() > Some(100));
    assert!(info["hyperparameters"].is_object());
    assert_eq!(info["data_until"], "2026-08-23T01:00:00Z");
    assert_eq!(info["forecasts_until"], "2027-09-26");
}

#[test]
fn features_are_ordered_by_importance() {
    let app = app();
    let features = about(&app.login("admin_bcp"), "features");
    let list = features["features"].as_array().unwrap();
    assert_eq!(features["feature_count"], list.len());
    let importance: Vec<_> = list.iter().map(|feature| feature["importance"].as_f64().unwrap()).collect();
    assert!(importance.is_sorted_by(|a, b| a >= b), "{importance:?}");
    assert!(list.iter().all(|feature| feature["name"].is_string() && feature["value"].is_number()));
}

#[test]
fn a_deleted_model_answers_no_more_and_its_run_stays_in_the_history() {
    let app = app();
    let admin = app.login("admin_bcp");
    let train = || admin.post("/regression/train", &json!({"username": "BCPComunica", "models": ["ridge"]}));
    let _ = train().expect(200);
    let deleted = admin.delete("/regression/model/BCPComunica");
    let mut versions = deleted.expect(200)["deleted_versions"].as_array().unwrap().clone();
    versions.sort_by_key(Value::as_i64);
    assert_eq!(versions, [json!(1), json!(2)]);
    let predict = || admin.get("/regression/predict/BCPComunica?fecha=2026-09-01");
    let _ = predict().problem(409, "MODEL_NOT_TRAINED");
    let history = about(&admin, "history");
    assert_eq!(history["total"], 2);
    for run in history["history"].as_array().unwrap() {
        assert_eq!(run["active"], false);
        assert_eq!(run["deleted_at"], "2026-08-23T17:00:00Z");
    }
    assert_eq!(train().expect(200)["model_version"], 3, "a number is never given twice");
    assert_eq!(predict().expect(200)["model_version"], 3);
    let history = about(&admin, "history");
    let newest = &history["history"][0];
    assert_eq!((&newest["model_version"], &newest["active"]), (&json!(3), &json!(true)));
    assert_eq!(newest["trained_by"], "admin_bcp");
}

#[test]
fn available_accounts_tell_how_much_there_is() {
    let app = app();
    let available = app.login("admin_bcp").get("/regression/available-accounts");
    let expected = json!({"total": 2, "accounts": [
        {"cuenta": "BCPComunica", "nombre": "BCPComunica", "has_model": true, "observations": 90,
         "data_until": "2026-08-23T01:00:00Z"},
        {"cuenta": "nueva", "nombre": "nueva", "has_model": false, "observations": 0, "data_until": null},
    ]});
    assert_eq!(available.expect(200), &expected);
}

#[test]
fn lists_of_own_accounts_come_whole_or_in_pages() {
    let handles = ["a1", "b2", "c3", "d4", "e5"];
    let bcp = handles.iter().fold(bank("BCP"), |bank, handle| bank.account(handle));
    let app = TestApp::start().with(bcp);
    let admin = app.login("admin_bcp");
    for (path, total) in [("/auth/my-accounts", "total_accounts"), ("/regression/available-accounts", "total")] {
        let whole = admin.get(path);
        assert_eq!(whole.expect(200)["accounts"].as_array().unwrap().len(), 5);
        assert!(whole.json.get("next_cursor").is_none());
        let (mut found, mut query) = (Vec::new(), "?limit=2".to_owned());
        loop {
            let page = admin.get(&format!("{path}{query}"));
            assert_eq!(page.expect(200)[total], 5);
            let names = page.json["accounts"].as_array().unwrap();
            assert!(names.len() <= 2);
            found.extend(names.iter().map(|account| account["cuenta"].as_str().unwrap().to_owned()));
            let Some(cursor) = page.json.get("next_cursor") else { break };
            query = format!("?limit=2&cursor={}", cursor.as_str().unwrap());
        }
        assert_eq!(found, handles);
        let _ = admin.get(&format!("{path}?limit=0")).problem(422, "VALIDATION_FAILED");
    }
    let names = admin.get("/regression/users?limit=2");
    assert_eq!(names.expect(200), &json!([]));
    assert_eq!(names.header("link"), "</regression/users?limit=2&cursor=b2>; rel=\"next\"");
    assert_eq!(admin.get("/regression/users?limit=2&cursor=d4").header("link"), "");
}

#[test]
fn an_answer_that_did_not_change_is_304() {
    let app = app();
    let admin = app.login("admin_bcp");
    let path = "/regression/predict/BCPComunica?fecha=2026-09-01";
    let first = admin.get(path);
    let tag = first.header("etag").to_owned();
    assert_eq!(first.header("cache-control"), "private, no-cache");
    for known in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".to_owned()] {
        let again = admin.clone().with("if-none-match", &known).get(path);
        assert_eq!((again.status, again.bytes.len()), (304, 0), "{known}");
        assert_eq!(again.header("etag"), tag);
    }
    let _ = admin.clone().with("if-none-match", "\"x\"").get(path).expect(200);
    let newer = json!({"observations": [{"hora": "2026-08-23T12:00:00Z", "seguidores": 1}]});
    let _ = admin.post("/accounts/BCPComunica/observations", &newer).expect(200);
    let _ = admin.clone().with("if-none-match", &tag).get(path).expect(200);
}

#[test]
fn the_same_key_and_body_have_one_effect() {
    let app = app();
    let admin = app.login("admin_bcp");
    let keyed = admin.clone().with("idempotency-key", "pedido-1");
    let body = json!({"username": "BCPComunica", "models": ["ridge"]});
    let first = keyed.post("/regression/train", &body);
    assert_eq!(first.expect(200)["model_version"], 2);
    assert_eq!(first.header("idempotency-replayed"), "");
    let again = keyed.post("/regression/train", &body);
    assert_eq!((again.header("idempotency-replayed"), &again.json), ("true", &first.json));
    let other = keyed.post("/regression/train", &json!({"username": "BCPComunica", "models": ["lasso"]}));
    let _ = other.problem(422, "IDEMPOTENCY_KEY_REUSED");
    assert_eq!(about(&admin, "history")["total"], 2);
    let elsewhere = keyed.post("/accounts/nueva/observations", &json!({"observations": []}));
    let _ = elsewhere.expect(200);
    let same_key = keyed.post("/accounts/BCPComunica/observations", &json!({"observations": []}));
    let _ = same_key.problem(422, "IDEMPOTENCY_KEY_REUSED");
}

#[test]
fn a_key_counts_for_one_user_and_only_success_is_remembered() {
    let app = app().with(bank("BBVA"));
    let register = |who: &str, username: &str| {
        let admin = app.login(who).with("idempotency-key", "k");
        let company = admin.get("/auth/me").json["empresa_id"].clone();
        let body = json!({"username": username, "password": "Otra-Clave-2026", "empresa_id": company});
        admin.post("/auth/register", &body)
    };
    let _ = register("admin_bcp", "admin_bbva").problem(409, "USERNAME_TAKEN");
    let first = register("admin_bcp", "nueva");
    let again = register("admin_bcp", "nueva");
    assert_eq!((again.status, &again.json), (201, &first.json));
    let _ = register("admin_bbva", "nueva").problem(409, "USERNAME_TAKEN");
    for key in [" ", &"k".repeat(201)] {
        let keyed = app.login("admin_bcp").with("idempotency-key", key);
        let _ = keyed.post("/regression/predict-batch", &json!({"items": []})).problem(400, "UNREADABLE_HEADER");
    }
}

#[test]
fn two_requests_with_one_key_at_once_have_one_effect() {
    let app = app();
    let keyed = app.login("admin_bcp").with("idempotency-key", "a-la-vez");
    let _ = keyed.get("/auth/me").expect(200);
    let body = json!({"username": "BCPComunica", "models": ["ridge"]});
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..4).map(|_| scope.spawn(|| keyed.post("/regression/train", &body).status)).collect();
        tries.into_iter().map(|attempt| attempt.join().unwrap()).collect()
    });
    assert!(statuses.iter().all(|status| matches!(status, 200 | 409)), "{statuses:?}");
    assert_eq!(about(&keyed, "history")["total"], 2);
}

#[test]
fn a_repeat_shows_nothing_that_was_taken_away_since() {
    let bcp = bank("BCP").trained_account("BCPComunica", daily_history(60, 396_000)).viewer("vera", &["BCPComunica"]);
    let app = TestApp::start().with(bcp);
    let vera = app.login("vera").with("idempotency-key", "k");
    let body = json!({"items": [{"username": "BCPComunica", "fecha": "2026-09-01"}]});
    let _ = vera.post("/regression/predict-batch", &body).expect(200);
    let id = vera.get("/auth/me").json["id_usuario"].clone();
    let _ = app.login("admin_bcp").put(&format!("/auth/users/{id}/accounts"), &json!({"cuentas": []})).expect(200);
    assert_eq!(vera.post("/regression/predict-batch", &body).json["results"][0]["status"], 403);
}
