//! Many changes at once.

use atalaya_tests::Client;
use reqwest::Method;
use serde_json::{Value, json};

use super::{app, campaigns, column, define, field, keep, plain, records, send};

fn bulk(client: &Client, entity: &str, body: &Value) -> atalaya_tests::Reply {
    client.post(&format!("{}:bulk", records(entity)), body)
}

#[test]
fn many_changes_happen_in_one_go_or_not_at_all() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = campaigns(&admin);
    let (first, second) = (keep(&admin, &entity, &json!({"clics": 1})), keep(&admin, &entity, &json!({"clics": 2})));
    let changes = json!({
        "create": [{"data": {"clics": 3}}],
        "update": [{"id": first, "data": {"clics": 10}}, {"id": first, "data": {"clics": 10}}],
        "delete": [second],
    });
    let done = bulk(&admin, &entity, &changes);
    let _ = done.expect(200);
    let count = |name: &str| done.json[name].as_array().unwrap().len();
    assert_eq!(["created", "changed", "unchanged", "deleted"].map(count), [1, 1, 1, 1]);
    let page = admin.get(&format!("{}?sort=clics", records(&entity))).expect(200).clone();
    assert_eq!(column(&page, "clics"), [json!(3), json!(10)]);
    let broken = bulk(
        &admin,
        &entity,
        &json!({
            "create": [{"data": {"clics": 4}}, {"data": {"clics": "x", "nada": 1}}],
            "update": [{"id": first, "data": {"dia": "ayer"}}],
        }),
    );
    let rules =
        ["create[1].data.nada: no_such_field", "create[1].data.clics: wrong_type", "update[0].data.dia: wrong_type"];
    assert_eq!(broken.broken_rules(), rules);
    let gone = json!({"create": [{"data": {"clics": 5}}], "delete": [second]});
    let _ = bulk(&admin, &entity, &gone).problem(404, "RECORD_NOT_FOUND");
    assert_eq!(admin.get(&records(&entity)).expect(200)["total"], 2, "something of a refused request was done");
}

#[test]
fn an_upsert_changes_the_record_with_the_same_unique_value_and_no_other() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = define(&admin, "campaign");
    field(&admin, &entity, &json!({"name": "código", "display_name": "c", "field_type": "TEXT", "unique": true}));
    field(&admin, &entity, &plain("gasto", "NUMBER"));
    keep(&admin, &entity, &json!({"código": "A", "gasto": 1}));
    keep(&admin, &entity, &json!({"código": "B", "gasto": 2}));
    let changes = json!({"upsert_key": "código", "upsert": [
        {"data": {"código": "A", "gasto": 10}}, {"data": {"código": "C", "gasto": 3}},
    ]});
    let done = bulk(&admin, &entity, &changes);
    assert_eq!(
        (done.expect(200)["created"].as_array().unwrap().len(), &done.json["changed"][0]["revision"]),
        (1, &json!(2))
    );
    let page = admin.get(&format!("{}?sort=código", records(&entity))).expect(200).clone();
    assert_eq!(column(&page, "gasto"), [json!(10), json!(2), json!(3)]);
    // The second of two with the same value changes what the first one made or changed.
    let twice = json!({"upsert_key": "código", "upsert": [
        {"data": {"código": "A", "gasto": 11}}, {"data": {"código": "D", "gasto": 4}},
        {"data": {"código": "D", "gasto": 5}}, {"data": {"código": "A", "gasto": 11}},
        {"data": {"código": "A", "gasto": 12}}, {"data": {"gasto": 6}},
    ]});
    let done = bulk(&admin, &entity, &twice).expect(200).clone();
    let count = |name: &str| done[name].as_array().unwrap().len();
    assert_eq!(["created", "changed", "unchanged", "deleted"].map(count), [2, 3, 1, 0]);
    let page = admin.get(&format!("{}?sort=gasto", records(&entity))).expect(200).clone();
    assert_eq!(column(&page, "gasto"), [json!(2), json!(3), json!(5), json!(6), json!(12)]);
    let no_key = json!({"upsert_key": "gasto", "upsert": [{"data": {"gasto": 1}}]});
    assert_eq!(bulk(&admin, &entity, &no_key).broken_rules(), ["upsert_key: not_unique"]);
}

#[test]
fn a_taken_value_is_told_by_its_place_with_what_else_is_wrong() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = define(&admin, "campaign");
    let code = json!({"name": "código", "display_name": "c", "field_type": "TEXT", "unique": true});
    let _ = field(&admin, &entity, &code);
    let _ = field(&admin, &entity, &plain("monto", "NUMBER"));
    let [first, second] = ["A", "B"].map(|code| keep(&admin, &entity, &json!({"código": code})));
    let create = |code: &str| json!({"data": {"código": code}});
    let update = |id: &str, code: &str| json!({"id": id, "data": {"código": code}});
    let broken = bulk(
        &admin,
        &entity,
        &json!({
            "create": [create("A"), create("C"), create("C"), {"data": {"monto": "x"}}],
            "update": [update(&first, "B"), update(&second, "B")],
        }),
    );
    let rules = [
        "create[3].data.monto: wrong_type",
        "create[0].data.código: value_taken",
        "create[2].data.código: value_taken",
        "update[0].data.código: value_taken",
    ];
    assert_eq!(broken.broken_rules(), rules);
    let again =
        json!({"upsert_key": "código", "create": [create("A")], "upsert": [create("A"), create("D"), create("D")]});
    assert_eq!(bulk(&admin, &entity, &again).broken_rules(), ["create[0].data.código: value_taken"]);
    let page = admin.get(&format!("{}?sort=código", records(&entity))).expect(200).clone();
    assert_eq!(column(&page, "código"), [json!("A"), json!("B")]);

    // Two records may change places, and one may take what an earlier step gave up.
    let swapped = json!({"update": [update(&first, "B"), update(&second, "A")]});
    assert_eq!(bulk(&admin, &entity, &swapped).expect(200)["changed"].as_array().unwrap().len(), 2);
    let most: Vec<Value> = (0..150).map(|_| create("A")).collect();
    assert_eq!(bulk(&admin, &entity, &json!({"create": most})).broken_rules().len(), 100);
}

#[test]
fn a_list_is_no_object_and_too_many_are_refused() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = campaigns(&admin);
    let path = format!("{}:bulk", records(&entity));
    for body in
        [r#"[[[{"nombre":"x"}]],[],[],null,[]]"#, r#"{"create": [[{"nombre": "x"}]]}"#, r#"{"update": [["x", {}]]}"#]
    {
        let _ = send(&admin, Method::POST, &path, body).problem(422, "VALIDATION_FAILED");
    }
    let many: Vec<Value> = (0..1_001).map(|_| json!({"data": {}})).collect();
    assert_eq!(bulk(&admin, &entity, &json!({"create": many})).broken_rules(), ["body: too_many"]);
}

#[test]
fn a_long_chain_of_records_goes_at_once_and_is_told() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = define(&admin, "link");
    field(&admin, &entity, &plain("nombre", "TEXT"));
    field(
        &admin,
        &entity,
        &json!({
            "name": "next", "display_name": "next", "field_type": "RELATION", "target_entity_id": entity,
            "target_display_field": "nombre", "on_delete": "cascade",
        }),
    );
    let first = keep(&admin, &entity, &json!({}));
    let mut last = first.clone();
    for _ in 0..300 {
        last = keep(&admin, &entity, &json!({"next": last}));
    }
    assert_eq!(admin.delete(&format!("{}/{first}", records(&entity))).status, 204);
    assert_eq!(admin.get(&records(&entity)).expect(200)["total"], 0);
    let told = admin.get("/audit?action=records_deleted").expect(200)["entries"].clone();
    let targets: Vec<&str> = told.as_array().unwrap().iter().map(|entry| entry["target"].as_str().unwrap()).collect();
    assert_eq!(targets, [format!("link: {first}").as_str(), "link: 300"]);
}
