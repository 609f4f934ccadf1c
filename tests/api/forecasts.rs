//! Training and forecasting, on real followers that come in as a bank's do: over HTTP.

use atalaya_tests::fixtures::{REAL_CHANNEL, daily_history, hourly_history, upload};
use atalaya_tests::{Client, Reply, TestApp, bank};
use chrono::TimeDelta;
use serde_json::{Value, json};

const ACCOUNT: &str = "tenko_shibuki";

/// A bank whose administrator uploaded 130 real days and trained on them.
fn trained() -> (TestApp, Client) {
    let app = TestApp::start().with(bank("BCP").account(ACCOUNT).account("sin_modelo").viewer("vera", &[ACCOUNT]));
    let admin = app.login("admin_bcp");
    let uploaded = admin.post_csv(&format!("/accounts/{ACCOUNT}/observations"), REAL_CHANNEL);
    assert_eq!(uploaded.expect(200)["inserted"], 130);
    let _ = train(&admin, &json!({"models": ["ridge", "linear_regression"]})).expect(200);
    (app, admin)
}

fn train(admin: &Client, changes: &Value) -> Reply {
    let mut body = json!({"username": ACCOUNT});
    body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    admin.post("/regression/train", &body)
}

fn predict(client: &Client, date: &str) -> Reply {
    client.get(&format!("/regression/predict/{ACCOUNT}?fecha={date}"))
}

fn warnings(reply: &Reply) -> Vec<&str> {
    reply.expect(200)["warnings"].as_array().unwrap().iter().map(|warning| warning.as_str().unwrap()).collect()
}

/// Whether whole bounds hold the whole point, wider ones the narrower.
fn assert_intervals_nest(answer: &Value) {
    let point = answer["prediction"].as_u64().expect("whole followers");
    let (mut lower, mut upper) = (point, point);
    for interval in answer["intervals"].as_array().unwrap() {
        let (low, high) = (interval["lower"].as_u64().unwrap(), interval["upper"].as_u64().unwrap());
        assert!(low <= lower && upper <= high, "{answer}");
        (lower, upper) = (low, high);
    }
    assert!(lower < upper, "{answer}");
}

#[test]
fn real_followers_go_in_are_trained_and_forecast() {
    let (app, admin) = trained();
    let reply = predict(&app.login("vera"), "2026-09-01");
    let answer = reply.expect(200);
    for (field, value) in [
        ("target_variable", json!("seguidores")),
        ("requested_by", json!("vera")),
        ("empresa", json!("BCP")),
        ("username", json!(ACCOUNT)),
        ("fecha", json!("2026-09-01")),
        ("model_version", json!(1)),
        ("trained_at", json!("2026-08-23T17:00:00Z")),
        ("data_until", json!("2026-08-22T23:59:00Z")),
        ("horizon_days", json!(10)),
    ] {
        assert_eq!(answer[field], value, "{field}");
    }
    assert!(answer["model_type"].is_string() && answer["baseline"]["name"].is_string());
    let levels: Vec<_> = answer["intervals"].as_array().unwrap().iter().map(|interval| &interval["level"]).collect();
    assert_eq!(levels, [80, 95]);
    assert_intervals_nest(answer);
    let last = REAL_CHANNEL.lines().last().unwrap().split(',').nth(1).unwrap().parse::<f64>().unwrap();
    let prediction = answer["prediction"].as_f64().unwrap();
    assert!((prediction / last - 1.0).abs() < 0.1, "{prediction} ten days after {last}");
    assert_eq!(predict(&admin, "2026-09-01").json["prediction"], answer["prediction"]);
}

#[test]
fn training_tells_what_it_found() {
    let (_app, admin) = trained();
    let reply = train(&admin, &json!({"models": ["ridge"]}));
    let body = reply.expect(200);
    assert_eq!(body["model_version"], 2);
    assert_eq!(body["target_variable"], "seguidores");
    for metric in ["mae", "rmse", "mape", "mase", "smape", "r2_score"] {
        assert!(body["metrics"][metric].is_number(), "{metric} in {}", reply.text());
        assert!(body["baseline"]["metrics"][metric].is_number(), "{metric} in {}", reply.text());
    }
    assert!(body["best_model"]["model_id"].is_string() && body["best_model"]["model_name"].is_string());
    assert!(body["training_samples"].as_u64() > Some(50) && body["test_samples"].as_u64() > Some(10));
    assert!(!body["features_used"].as_array().unwrap().is_empty());
    assert!(body["message"].as_str().unwrap().contains(ACCOUNT));
    let english = train(&admin.clone().english(), &json!({"models": ["ridge"]}));
    assert_ne!(english.json["message"], body["message"]);
}

#[test]
fn newer_observations_make_the_model_stale_and_move_no_forecast() {
    let (_app, admin) = trained();
    let before = predict(&admin, "2026-09-01");
    assert!(!warnings(&before).contains(&"STALE_MODEL"));
    let newer = json!({"observations": [{"hora": "2026-08-23T12:00:00Z", "seguidores": 900_000}]});
    let _ = admin.post(&format!("/accounts/{ACCOUNT}/observations"), &newer).expect(200);
    let after = predict(&admin, "2026-09-01");
    assert!(warnings(&after).contains(&"STALE_MODEL"), "{}", after.text());
    for field in ["prediction", "intervals", "horizon_days", "data_until"] {
        assert_eq!(before.json[field], after.json[field], "{field}");
    }
    let _ = train(&admin, &json!({"models": ["ridge"]})).expect(200);
    assert!(!warnings(&predict(&admin, "2026-09-01")).contains(&"STALE_MODEL"));
}

#[test]
fn an_account_without_a_reading_for_more_than_three_days_answers_with_a_warning_everywhere() {
    let (app, admin) = trained();
    let stale = |admin: &Client| -> Vec<bool> {
        let date = json!({"fecha": "2026-12-01"});
        let item = json!({"items": [{"username": ACCOUNT, "fecha": "2026-12-01"}]});
        let batch = admin.post("/regression/predict-batch", &item).expect(200)["results"][0].clone();
        let replies = [
            predict(admin, "2026-12-01"),
            // Given again from memory.
            predict(admin, "2026-12-01"),
            predict(admin, "2026-08-01"),
            predict(admin, "2026-12-01&version=1"),
            admin.post(&format!("/regression/predict/{ACCOUNT}"), &date),
            admin.post(&format!("/regression/forecast/{ACCOUNT}"), &json!({"h": 3})),
        ];
        let of = |body: &Value| body["warnings"].as_array().unwrap().contains(&json!("STALE_DATA"));
        replies.iter().map(|reply| of(reply.expect(200))).chain([of(&batch)]).collect()
    };
    assert_eq!(stale(&admin), [false; 7]);
    app.clock.advance(TimeDelta::days(2));
    assert_eq!(stale(&app.login("admin_bcp")), [false; 7]);
    app.clock.advance(TimeDelta::days(96));
    let admin = app.login("admin_bcp");
    assert_eq!(stale(&admin), [true; 7]);
    let newer = json!({"observations": [{"hora": "2026-11-29T12:00:00Z", "seguidores": 900_000}]});
    let _ = admin.post(&format!("/accounts/{ACCOUNT}/observations"), &newer).expect(200);
    assert_eq!(stale(&admin), [false; 7]);
}

#[test]
fn a_date_inside_the_history_is_answered_with_what_was_measured() {
    let (_app, admin) = trained();
    let row = |date: &str| -> u64 {
        let line = REAL_CHANNEL.lines().find(|line| line.starts_with(date)).unwrap();
        line.split(',').nth(1).unwrap().parse().unwrap()
    };
    // 23:59 UTC is still the same day in Lima.
    for date in ["2026-08-20", "2026-05-01"] {
        let reply = predict(&admin, date);
        assert_eq!(reply.expect(200)["actual"], row(date), "{date}");
        assert!(reply.json["horizon_days"].as_i64() <= Some(0));
    }
    assert!(warnings(&predict(&admin, "2026-05-01")).contains(&"IN_SAMPLE"));
    assert!(!warnings(&predict(&admin, "2026-08-20")).contains(&"IN_SAMPLE"), "the backtest covers the last days");
    assert!(predict(&admin, "2026-09-01").json.get("actual").is_none());
}

#[test]
fn dates_out_of_reach_are_422_and_say_how_far_it_goes() {
    let (_app, admin) = trained();
    assert_eq!(predict(&admin, "2026-04-14").broken_rules(), ["fecha: before_history"]);
    // The history ends on August 22, and MAX_HORIZON_DAYS is 400.
    assert_eq!(predict(&admin, "2027-09-26").expect(200)["horizon_days"], 400);
    let beyond = predict(&admin, "2027-09-27");
    assert_eq!(beyond.broken_rules(), ["fecha: beyond_horizon"]);
    assert!(beyond.json["errors"][0]["message"].as_str().unwrap().contains("2027-09-26"));
    let short = TestApp::configured(&[("MAX_HORIZON_DAYS", "30")])
        .with(bank("BCP").trained_account(ACCOUNT, daily_history(60, 1_000)));
    assert_eq!(predict(&short.login("admin_bcp"), "2027-01-01").broken_rules(), ["fecha: beyond_horizon"]);
}

#[test]
fn who_may_train_is_told_how_and_others_whom_to_ask() {
    let app = TestApp::start().with(bank("BCP").account("sin_modelo").viewer("vera", &["sin_modelo"]));
    for (who, expected) in [("admin_bcp", "Entrénelo, y después"), ("vera", "Pida a un administrador")] {
        let client = app.login(who);
        let refused = client.get("/regression/predict/sin_modelo?fecha=2026-09-01");
        let detail = refused.problem(409, "MODEL_NOT_TRAINED")["detail"].clone();
        assert!(detail.as_str().unwrap().contains(expected), "{who}: {detail}");
        let items = json!({"items": [{"username": "sin_modelo", "fecha": "2026-09-01"}]});
        let batch = client.post("/regression/predict-batch", &items).expect(200).clone();
        assert_eq!(batch["results"][0]["detail"], detail, "{who}");
    }
}

#[test]
fn an_account_without_a_model_is_409() {
    let (_app, admin) = trained();
    for path in ["predict/sin_modelo?fecha=2026-09-01", "metrics/sin_modelo", "model-info/sin_modelo"] {
        let _ = admin.get(&format!("/regression/{path}")).problem(409, "MODEL_NOT_TRAINED");
    }
    let _ = admin.post("/regression/forecast/sin_modelo", &json!({"h": 3})).problem(409, "MODEL_NOT_TRAINED");
    let _ = admin.delete("/regression/model/sin_modelo").problem(409, "MODEL_NOT_TRAINED");
    assert_eq!(admin.get("/regression/users").expect(200), &json!([ACCOUNT]));
}

#[test]
fn a_path_has_a_row_for_each_day() {
    let (_app, admin) = trained();
    let path = format!("/regression/forecast/{ACCOUNT}");
    let reply = admin.post(&path, &json!({"h": 30, "level": [50, 90]}));
    let rows = reply.expect(200)["forecast"].as_array().unwrap();
    assert_eq!(rows.len(), 30);
    for (row, day) in rows.iter().zip(1..) {
        assert_eq!(row["horizon_days"], day);
        assert_intervals_nest(row);
    }
    assert_eq!(rows[9]["prediction"], predict(&admin, "2026-09-01").json["prediction"]);
    for (body, rule) in [
        (json!({"h": 0}), "h: too_small"),
        (json!({"h": 401}), "h: too_large"),
        (json!({}), "h: missing"),
        (json!({"h": 3, "level": [0]}), "level[0]: too_small"),
        (json!({"h": 3, "level": [100]}), "level[0]: too_large"),
    ] {
        assert_eq!(admin.post(&path, &body).broken_rules(), [rule]);
    }
}

#[test]
fn a_path_is_read_by_get_and_an_unchanged_one_is_a_304() {
    let (_app, admin) = trained();
    let path = format!("/regression/forecast/{ACCOUNT}");
    let posted = admin.post(&path, &json!({"h": 30, "level": [50, 90], "aggregate": "week", "version": 1}));
    let reply = admin.get(&format!("{path}?h=30&level=50,90&aggregate=week&version=1"));
    assert_eq!(reply.expect(200), posted.expect(200));
    let plain = admin.get(&format!("{path}?h=30"));
    let tag = plain.header("etag").to_owned();
    assert_ne!(tag, reply.header("etag"));
    let polling = admin.clone().with("if-none-match", tag);
    assert_eq!(polling.get(&format!("{path}?h=30")).status, 304);
    let _ = polling.get(&format!("{path}?h=29")).expect(200);
    let in_csv = polling.with("accept", "text/csv").get(&format!("{path}?h=30"));
    assert_eq!((in_csv.status, in_csv.header("content-type")), (200, "text/csv; charset=utf-8"));
    for (query, rules) in [
        ("", vec!["h: missing"]),
        ("h=x&level=80,b&version=0", vec!["h: wrong_type", "level[1]: wrong_type", "version: too_small"]),
        ("h=0&level=0,80,80", vec!["h: too_small", "level[0]: too_small", "level[2]: repeated"]),
        ("h=401", vec!["h: too_large"]),
        ("h=3&aggregate=day", vec!["aggregate: unknown_period"]),
    ] {
        assert_eq!(admin.get(&format!("{path}?{query}")).broken_rules(), rules, "{query}");
    }
    let _ = admin.get("/regression/forecast/sin_modelo?h=3").problem(409, "MODEL_NOT_TRAINED");
}

#[test]
fn a_path_is_csv_for_whoever_prefers_it() {
    let (_app, admin) = trained();
    let path = format!("/regression/forecast/{ACCOUNT}");
    let body = admin.post(&path, &json!({"h": 2, "level": [80, 95]})).expect(200).clone();
    let line = |row: &Value| {
        let of = |interval: usize, bound: &str| row["intervals"][interval][bound].to_string();
        let bounds = [of(0, "lower"), of(0, "upper"), of(1, "lower"), of(1, "upper")].join(",");
        let [day, ahead, mean, baseline] = ["fecha", "horizon_days", "prediction", "baseline"].map(|name| &row[name]);
        format!("{},{ahead},{mean},{bounds},{baseline}\n", day.as_str().unwrap())
    };
    let header = "fecha,horizon_days,prediction,lower_80,upper_80,lower_95,upper_95,baseline\n".to_owned();
    let expected = header + &line(&body["forecast"][0]) + &line(&body["forecast"][1]);
    let reader = admin.clone().with("accept", "text/csv");
    let reply = reader.get(&format!("{path}?h=2"));
    assert_eq!((reply.status, reply.text()), (200, expected.as_str().into()));
    let weeks = reader.get(&format!("{path}?h=30&level=80&aggregate=week"));
    let text = weeks.text();
    let (header, lines) = text.split_once('\n').unwrap();
    assert_eq!(
        header,
        "from,until,days,sum,sum_lower_80,sum_upper_80,net_growth,net_growth_lower_80,net_growth_upper_80"
    );
    let days = lines.lines().map(|line| line.split(',').nth(2).unwrap().parse::<u32>().unwrap());
    assert_eq!(days.sum::<u32>(), 30);
    let _ = reader.get(&format!("{path}?h=0")).problem(422, "VALIDATION_FAILED");
}

#[test]
fn a_batch_answers_in_order_with_a_status_for_each_item() {
    let (_app, admin) = trained();
    let item = |username: &str, fecha: &str| json!({"username": username, "fecha": fecha});
    let items = [
        item("sin_modelo", "2026-09-01"),
        item(ACCOUNT, "2026-09-01"),
        item("nadie", "2026-09-01"),
        item(ACCOUNT, "2026-02-30"),
        item(ACCOUNT, "2026-09-02"),
    ];
    let reply = admin.post("/regression/predict-batch", &json!({"items": items}));
    let results = reply.expect(200)["results"].as_array().unwrap();
    let statuses: Vec<_> = results.iter().map(|result| result["status"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [409, 200, 403, 422, 200]);
    assert_eq!(results[1]["prediction"], predict(&admin, "2026-09-01").json["prediction"]);
    assert_eq!(results[2]["error_code"], "ACCOUNT_FORBIDDEN");
    let many = |count: usize| json!({"items": vec![item(ACCOUNT, "2026-09-01"); count]});
    let thousand = admin.post("/regression/predict-batch", &many(1_000));
    assert_eq!(thousand.expect(200)["results"].as_array().unwrap().len(), 1_000);
    assert_eq!(admin.post("/regression/predict-batch", &many(1_001)).broken_rules(), ["items: too_many"]);
}

#[test]
fn assumptions_about_activity_are_heard() {
    let history = daily_history(120, 10_000);
    let app = TestApp::start().with(bank("BCP").trained_account(ACCOUNT, history));
    let admin = app.login("admin_bcp");
    let path = format!("/regression/predict/{ACCOUNT}");
    let plain = admin.post(&path, &json!({"fecha": "2026-09-01"}));
    assert_eq!(plain.expect(200)["prediction"], predict(&admin, "2026-09-01").json["prediction"]);
    let busy = admin.post(&path, &json!({"fecha": "2026-09-01", "datos": {"tweets": 40}, "level": [60]}));
    assert_eq!(busy.expect(200)["intervals"].as_array().unwrap().len(), 1);
    let unused = warnings(&busy).contains(&"ASSUMPTIONS_UNUSED");
    assert!(unused != (busy.json["prediction"] != plain.json["prediction"]), "{}", busy.text());
    for (datos, rule) in [(json!({"tweets": -1}), "datos.tweets: too_small"), (json!(7), "datos: wrong_type")] {
        let reply = admin.post(&path, &json!({"fecha": "2026-09-01", "datos": datos}));
        assert_eq!(reply.status, 422, "{}", reply.text());
        assert!(reply.broken_rules()[0].starts_with(rule.split(':').next().unwrap()), "{}", reply.text());
    }
}

#[test]
fn a_level_that_is_there_twice_is_refused_in_the_readers_language() {
    let (_app, admin) = trained();
    let predict = |client: &Client, level: &Value| {
        client.post(&format!("/regression/predict/{ACCOUNT}"), &json!({"fecha": "2026-09-01", "level": level}))
    };
    let path = |client: &Client, level: &Value| {
        client.post(&format!("/regression/forecast/{ACCOUNT}"), &json!({"h": 3, "level": level}))
    };
    for (client, message) in [(admin.clone(), "Está repetido."), (admin.clone().english(), "It is repeated.")] {
        for reply in [predict(&client, &json!([80, 95, 80])), path(&client, &json!([80, 95, 80]))] {
            assert_eq!(reply.broken_rules(), ["level[2]: repeated"]);
            assert_eq!(reply.json["errors"][0]["message"], message);
        }
    }
    let _ = predict(&admin, &json!([95, 80])).expect(200);
    assert_eq!(
        path(&admin, &json!([0, 80, 80, 100])).broken_rules(),
        ["level[0]: too_small", "level[2]: repeated", "level[3]: too_large"]
    );
}

#[test]
fn weights_choose_the_winner() {
    let (_app, admin) = trained();
    let weighted = train(&admin, &json!({"models": ["ridge"], "metric_weights": {"rmse": 0.5, "mae": 0.5}}));
    let _ = weighted.expect(200);
    for (weights, rule) in [
        (json!({"mase": -1.0}), "metric_weights: negative_weight"),
        (json!({"mase": 0.0}), "metric_weights: negative_weight"),
        (json!({"luck": 1.0}), "metric_weights.luck: unknown_value"),
        (json!({"mase": "much"}), "metric_weights.mase: wrong_type"),
    ] {
        let rules = train(&admin, &json!({"metric_weights": weights})).broken_rules();
        assert!(rules.contains(&rule.to_owned()), "{rules:?}");
    }
    assert_eq!(train(&admin, &json!({"models": ["ridge", "magic"]})).broken_rules(), ["models[1]: unknown_value"]);
    assert_eq!(train(&admin, &json!({"models": ["combination"]})).broken_rules(), ["models[0]: unknown_value"]);
}

#[test]
fn a_week_of_hours_trains_hourly_and_says_so() {
    let app = TestApp::start().with(bank("BCP").account(ACCOUNT));
    let admin = app.login("admin_bcp");
    let week = upload(&hourly_history(168, 396_000));
    let _ = admin.post(&format!("/accounts/{ACCOUNT}/observations"), &week).expect(200);
    let trained = train(&admin, &json!({"models": ["ridge"]}));
    assert!(warnings(&trained).contains(&"HOURLY_GRID"), "{}", trained.text());
    assert_eq!(admin.get(&format!("/regression/model-info/{ACCOUNT}")).json["grid"], "hourly");
    assert_intervals_nest(predict(&admin, "2026-08-25").expect(200));
}

#[test]
fn three_days_after_eight_silent_ones_training_answers_with_a_warning() {
    let app = TestApp::start().with(bank("BCP").account(ACCOUNT));
    let admin = app.login("admin_bcp");
    let mut history = daily_history(79, 396_000);
    let _ = history.drain(68..76);
    let _ = admin.post(&format!("/accounts/{ACCOUNT}/observations"), &upload(&history)).expect(200);
    assert!(warnings(&train(&admin, &json!({}))).contains(&"LONG_GAP"));
    assert_intervals_nest(predict(&admin, "2026-08-25").expect(200));
    let deferred = admin.clone().with("prefer", "respond-async");
    let job = train(&deferred, &json!({})).expect(202)["id"].as_str().unwrap().to_owned();
    app.run_jobs();
    assert_eq!(admin.get(&format!("/jobs/{job}")).expect(200)["state"], "succeeded");
}
