//! What other posts would bring.

use atalaya_domain::observation::{Followers, Observation};
use atalaya_tests::{Client, TestApp, bank};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

const ACCOUNT: &str = "BCPComunica";

/// 200 days until 2026-08-22 with 0 to 60 posts each, and so many followers a post besides 15 to 25 a day.
fn planted(effect: u64) -> Vec<Observation> {
    let last: DateTime<Utc> = "2026-08-23T01:00:00Z".parse().unwrap();
    let (mut followers, mut total) = (100_000, 5_000);
    let whole = |number| Followers::new(number).unwrap();
    (0..200_u64)
        .map(|day| {
            // A multiplicative hash (Knuth).
            let hash = |seed: u64| day.wrapping_add(seed).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33;
            let posts = if day == 3 { 0 } else { hash(1) % 61 };
            followers += 15 + hash(1_000) % 11 + effect * posts;
            total += posts;
            let back = TimeDelta::days(i64::try_from(199 - day).unwrap());
            Observation { at: last - back, followers: whole(followers), posts: Some(whole(total)), following: None }
        })
        .collect()
}

/// The answer for 2026-09-05, 14 days after the history, with so many posts a day.
fn assuming(client: &Client, posts: f64) -> Value {
    let body = json!({"fecha": "2026-09-05", "datos": {"tweets": posts}});
    client.post(&format!("/regression/predict/{ACCOUNT}"), &body).expect(200).clone()
}

fn has(answer: &Value, warning: &str) -> bool {
    answer["warnings"].as_array().unwrap().contains(&json!(warning))
}

#[test]
fn an_effect_of_posts_is_answered_as_large_as_it_is() {
    let app = TestApp::start().with(bank("BCP").trained_account(ACCOUNT, planted(8)));
    let admin = app.login("admin_bcp");
    let prediction = |posts: f64| assuming(&admin, posts)["prediction"].as_f64().unwrap();
    let effect = (prediction(50.0) - prediction(0.0)) / (50.0 * 14.0);
    assert!((effect - 8.0).abs() < 2.0, "{effect} followers a post");
    let none = assuming(&admin, 0.0);
    assert_eq!((&none["assumption_used"], &none["assumptions"]["source"]), (&json!(0.0), &json!("caller")));
    assert!(!has(&none, "ASSUMPTION_OUT_OF_RANGE") && !has(&none, "ASSUMPTIONS_UNUSED"), "{none}");
    let plain = admin.get(&format!("/regression/predict/{ACCOUNT}?fecha=2026-09-05")).expect(200).clone();
    let moved = none["prediction"].as_i64().unwrap() - plain["prediction"].as_i64().unwrap();
    assert_eq!(none["assumption_effect"], moved);
    assert_eq!(none["baseline"], plain["baseline"]);
    let features = admin.get(&format!("/regression/features/{ACCOUNT}")).expect(200).clone();
    // About 30 posts are usual.
    let activity = features["explanation"]["activity"].as_f64().unwrap();
    assert!((160.0..320.0).contains(&activity), "{activity}");
}

#[test]
fn more_posts_than_were_ever_seen_are_answered_as_the_most_that_were() {
    let app = TestApp::start().with(bank("BCP").trained_account(ACCOUNT, planted(8)));
    let admin = app.login("admin_bcp");
    let many = assuming(&admin, 5_000.0);
    assert!(has(&many, "ASSUMPTION_OUT_OF_RANGE"), "{many}");
    assert_eq!(many["assumptions"], json!({"tweets": 5_000.0, "source": "caller"}));
    let most = many["assumption_seen"]["max"].as_f64().unwrap();
    assert!((55.0..=60.0).contains(&most) && many["assumption_used"] == most, "{many}");
    let edge = assuming(&admin, most);
    assert!(!has(&edge, "ASSUMPTION_OUT_OF_RANGE"), "{edge}");
    assert_eq!(edge["prediction"], many["prediction"]);
}

#[test]
fn posts_that_brought_nothing_move_nothing() {
    let app = TestApp::start().with(bank("BCP").trained_account(ACCOUNT, planted(0)));
    let admin = app.login("admin_bcp");
    let answer = assuming(&admin, 50.0);
    assert!(has(&answer, "ASSUMPTIONS_UNUSED") && !has(&answer, "ASSUMPTION_OUT_OF_RANGE"), "{answer}");
    assert_eq!((&answer["assumption_effect"], &answer["assumption_used"]), (&json!(0), &Value::Null));
    let plain = admin.post(&format!("/regression/predict/{ACCOUNT}"), &json!({"fecha": "2026-09-05"}));
    assert_eq!(plain.expect(200)["prediction"], answer["prediction"]);
    assert_eq!(plain.json["assumptions"], json!({"tweets": null, "source": "none"}));
}
