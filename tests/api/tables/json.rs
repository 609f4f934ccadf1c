//! Fields that hold any JSON value.

use reqwest::Method;
use serde_json::{Value, json};

use super::{app, column, define, field, keep, plain, records, send};

#[test]
fn a_value_is_kept_as_it_was_written() {
    let app = app();
    let (admin, ursula) = (app.login("admin_bcp"), app.login("ursula"));
    let entity = define(&admin, "campaign");
    field(&admin, &entity, &plain("detalle", "JSON"));
    let path = records(&entity);
    let big = r#"{"data":{"detalle": {"z" : 1.50, "a": [123456789012345678901234567890, null, "=1+1"]}}}"#;
    let made = send(&ursula, Method::POST, &path, big);
    let _ = made.expect(201);
    assert!(made.text().contains(r#"{"z":1.50,"a":[123456789012345678901234567890,null,"=1+1"]}"#), "{}", made.text());
    let texts = send(&ursula, Method::POST, &format!("{path}?numbers=string"), big).expect(201).clone();
    let exact = r#"{"z":1.50,"a":[123456789012345678901234567890,null,"=1+1"]}"#;
    assert_eq!(texts["data"]["detalle"], exact, "who reads numbers as texts loses no digit");
    for value in [json!(true), json!(5), json!("hola \"ya\""), json!([]), json!({})] {
        let id = keep(&ursula, &entity, &json!({"detalle": value}));
        assert_eq!(ursula.get(&format!("{path}/{id}")).expect(200)["data"]["detalle"], value);
    }
    let id = keep(&ursula, &entity, &json!({"detalle": null}));
    assert_eq!(ursula.get(&format!("{path}/{id}")).expect(200)["data"]["detalle"], Value::Null);
    let deep = format!("{}1{}", "[".repeat(33), "]".repeat(33));
    let refused = send(&ursula, Method::POST, &path, &format!(r#"{{"data":{{"detalle":{deep}}}}}"#));
    assert_eq!(refused.broken_rules(), ["data.detalle: too_deep"]);
    let long = json!({"data": {"detalle": "x".repeat(10_000)}});
    assert_eq!(ursula.post(&path, &long).broken_rules(), ["data.detalle: too_long"]);
}

#[test]
fn only_whether_there_is_a_value_is_asked() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = define(&admin, "campaign");
    field(&admin, &entity, &plain("detalle", "JSON"));
    field(&admin, &entity, &plain("nombre", "TEXT"));
    keep(&admin, &entity, &json!({"detalle": {"a": 1}, "nombre": "uno"}));
    keep(&admin, &entity, &json!({"nombre": "dos"}));
    let path = records(&entity);
    let names = |filter: &str| column(admin.get(&format!("{path}?{filter}")).expect(200), "nombre");
    assert_eq!(names("filter[detalle][is_null]=true"), [json!("dos")]);
    assert_eq!(names("filter[detalle][is_null]=false"), [json!("uno")]);
    for filter in ["eq", "ne", "in", "gt", "contains", "between"] {
        let refused = admin.get(&format!("{path}?filter[detalle][{filter}]=1"));
        let _ = refused.problem(400, "INVALID_FILTER");
    }
    let grouped = admin.post(&format!("{path}:aggregate"), &json!({"group_by": [{"field": "detalle"}]}));
    assert!(grouped.status == 400 || grouped.status == 422, "{}", grouped.text());
    for rule in [json!({"unique": true}), json!({"min": 1}), json!({"pattern": "x"}), json!({"choices": ["x"]})] {
        let mut asked = plain("otro", "JSON");
        asked.as_object_mut().unwrap().extend(rule.as_object().unwrap().clone());
        let refused = admin.post(&format!("/api/metadata/entities/{entity}/fields"), &asked);
        let member = rule.as_object().unwrap().keys().next().unwrap();
        assert_eq!(refused.broken_rules(), [format!("{member}: not_for_type")]);
    }
}

#[test]
fn files_and_other_types_give_values_back() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = define(&admin, "campaign");
    field(&admin, &entity, &plain("detalle", "JSON"));
    let path = records(&entity);
    let value = json!({"a": [1, "x;y"]});
    keep(&admin, &entity, &json!({"detalle": value}));
    let csv = admin.get(&format!("{path}:export?format=csv")).text();
    assert!(csv.ends_with("\"{\"\"a\"\":[1,\"\"x;y\"\"]}\"\n"), "{csv}");
    let again = admin.post_csv(&format!("{path}:import?upsert_key=id"), csv).expect(200).clone();
    assert_eq!((&again["unchanged"], &again["created"]), (&json!(1), &json!(0)), "{again}");
    let broken = admin.post_csv(&format!("{path}:import?dry_run=true"), "detalle\n{a:1}\n").expect(200).clone();
    assert_eq!((&broken["errors_total"], &broken["errors"][0]["line"]), (&json!(1), &json!(2)), "{broken}");
    let retype = |kind: &str| {
        let fields = admin.get(&format!("/api/metadata/entities/{entity}")).expect(200)["fields"].clone();
        let id = fields[0]["id"].as_str().unwrap().to_owned();
        let to = json!({"field_type": kind, "max_length": 1_000});
        admin.post(&format!("/api/metadata/entities/{entity}/fields/{id}/retype"), &to)
    };
    let _ = retype("TEXT").expect(200);
    assert_eq!(column(admin.get(&path).expect(200), "detalle"), [json!("{\"a\":[1,\"x;y\"]}")]);
    let _ = retype("JSON").expect(200);
    assert_eq!(column(admin.get(&path).expect(200), "detalle"), [value]);
    let own = admin.get("/api/entities/openapi.json").expect(200).to_string();
    assert!(own.contains("\"detalle\":{\"title\":\"detalle\"}"), "a value of any type: {own}");
}
