//! Rules that become stricter: nothing that is kept is lost, and nothing breaks them afterwards.

use atalaya_tests::{Client, Reply};
use reqwest::Method;
use serde_json::{Value, json};

use super::{app, column, define, field, keep, plain, records, send};

fn change(admin: &Client, entity: &str, field: &str, change: &Value) -> Reply {
    admin.patch(&format!("/api/metadata/entities/{entity}/fields/{field}"), change)
}

#[test]
fn a_field_becomes_required_once_every_record_has_a_value_or_a_default_is_given() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = define(&admin, "campaign");
    let city = field(&admin, &entity, &plain("ciudad", "TEXT"));
    field(&admin, &entity, &plain("nombre", "TEXT"));
    let without: Vec<String> = (0..3).map(|_| keep(&admin, &entity, &json!({"nombre": "x"}))).collect();
    keep(&admin, &entity, &json!({"ciudad": "Tacna"}));
    let refused = change(&admin, &entity, &city, &json!({"is_required": true}));
    let advice = refused.json["detail"].as_str().unwrap();
    assert!(advice.contains(": 3.") && advice.contains("valor por defecto"), "{advice}");
    let mut named = refused.rules_of(409, "RECORDS_BREAK_RULE");
    named.sort();
    let mut expected: Vec<String> = without.iter().map(|id| format!("records.{id}: missing")).collect();
    expected.sort();
    assert_eq!(named, expected);

    let filled = change(&admin, &entity, &city, &json!({"is_required": true, "default": "Lima"}));
    assert_eq!((&filled.expect(200)["is_required"], &filled.json["default"]), (&json!(true), &json!("Lima")));
    let page = admin.get(&format!("{}?sort=ciudad", records(&entity))).expect(200).clone();
    assert_eq!(column(&page, "ciudad"), ["Lima", "Lima", "Lima", "Tacna"]);
    let first = admin.get(&format!("{}/{}/revisions", records(&entity), without[0])).expect(200).clone();
    assert_eq!(first["items"][0]["data"]["ciudad"], "Lima");
    let told = admin.get("/audit?action=records_changed").expect(200)["entries"][0]["target"].clone();
    assert_eq!(told, "campaign: 3");
}

#[test]
fn a_rule_becomes_stricter_only_where_records_keep_it_and_nothing_changes_otherwise() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = define(&admin, "campaign");
    let choice = json!({"name": "estado", "display_name": "e", "field_type": "CHOICE", "choices": ["a", "b"]});
    let fields = [plain("nombre", "TEXT"), plain("gasto", "NUMBER"), choice].map(|each| field(&admin, &entity, &each));
    let record = keep(&admin, &entity, &json!({"nombre": "Fiestas", "gasto": 10.5, "estado": "b"}));
    for (field, stricter, looser, code) in [
        (0, json!({"max_length": 6}), json!({"max_length": 7}), "too_long"),
        (0, json!({"pattern": "[a-z]+"}), json!({"pattern": "[A-Za-z]+"}), "malformed"),
        (1, json!({"min": 10.6}), json!({"min": 10.5}), "too_small"),
        (1, json!({"min": null, "max": 10.4}), json!({"max": 10.5}), "too_large"),
        (2, json!({"choices": ["a"]}), json!({"choices": ["b", "a", "c"]}), "unknown_value"),
    ] {
        let refused = change(&admin, &entity, &fields[field], &stricter);
        assert_eq!(refused.rules_of(409, "RECORDS_BREAK_RULE"), [format!("records.{record}: {code}")]);
        let _ = change(&admin, &entity, &fields[field], &looser).expect(200);
    }
    let field = change(&admin, &entity, &fields[1], &json!({"min": null, "max": null, "default": 3}));
    assert_eq!((field.expect(200).get("min"), &field.json["default"]), (None, &json!(3)));
    for (field, wrong, broken) in [
        (1, json!({"min": 5, "max": 4}), "max: too_small"),
        (1, json!({"min": 4}), "default: too_small"),
        (1, json!({"pattern": "a"}), "pattern: not_for_type"),
        (1, json!({"default": "x"}), "default: wrong_type"),
        (2, json!({"choices": []}), "choices: missing"),
    ] {
        assert_eq!(change(&admin, &entity, &fields[field], &wrong).broken_rules(), [broken]);
    }
}

#[test]
fn values_become_unique_once_no_two_are_the_same() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = define(&admin, "campaign");
    let spent = field(&admin, &entity, &plain("gasto", "NUMBER"));
    let mut equal: Vec<String> = ["1.5", "1.50"]
        .map(|number| {
            let body = format!(r#"{{"data":{{"gasto":{number}}}}}"#);
            let made = send(&admin, Method::POST, &records(&entity), &body);
            made.expect(201)["id"].as_str().unwrap().to_owned()
        })
        .into();
    keep(&admin, &entity, &json!({"gasto": 2}));
    keep(&admin, &entity, &json!({}));
    keep(&admin, &entity, &json!({}));
    let note = field(&admin, &entity, &plain("nota", "TEXT"));
    for _ in 0..2 {
        keep(&admin, &entity, &json!({"nota": ""}));
    }
    let empty = change(&admin, &entity, &note, &json!({"unique": true}));
    assert_eq!(empty.rules_of(409, "RECORDS_BREAK_RULE").len(), 2, "empty texts are values too");
    let name = field(&admin, &entity, &plain("nombre", "TEXT"));
    for text in ["Lima", "lima", "LIMA "] {
        keep(&admin, &entity, &json!({"nombre": text}));
    }
    assert_eq!(change(&admin, &entity, &name, &json!({"unique": true})).expect(200)["unique"], true);
    let refused = change(&admin, &entity, &spent, &json!({"unique": true}));
    let advice = refused.json["detail"].as_str().unwrap();
    assert!(advice.contains(": 2. Cambie los que se nombran"), "a default does not help: {advice}");
    equal.sort();
    let named: Vec<String> = equal.iter().map(|id| format!("records.{id}: repeated")).collect();
    assert_eq!(refused.rules_of(409, "RECORDS_BREAK_RULE"), named);
    assert_eq!(admin.delete(&format!("{}/{}", records(&entity), equal[0])).status, 204);
    assert_eq!(change(&admin, &entity, &spent, &json!({"unique": true})).expect(200)["unique"], true);
    let _ = admin.post(&records(&entity), &json!({"data": {"gasto": 1.5}})).problem(409, "VALUE_TAKEN");
}
