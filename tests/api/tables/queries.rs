//! Finding records.

use reqwest::Method;
use serde_json::{Value, json};

use super::{app, campaigns, column, keep, records, send};

#[test]
fn filters_find_what_they_say_and_nulls_are_not_dropped() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = campaigns(&admin);
    for (name, spend) in
        [(json!("Lima"), "9"), (json!("LIMA norte"), "10"), (json!("Ñaña"), "10.50"), (Value::Null, "-1")]
    {
        let body = format!(r#"{{"data": {{"nombre": {name}, "gasto": {spend}}}}}"#);
        let _ = send(&admin, Method::POST, &records(&entity), &body).expect(201);
    }
    keep(&admin, &entity, &json!({"nombre": "sin gasto"}));
    let found = |query: &str| {
        let page = admin.get(&format!("{}?{query}&sort=gasto", records(&entity))).expect(200).clone();
        (column(&page, "nombre"), page["total"].as_u64().unwrap())
    };
    let names = |names: &[&str]| names.iter().map(|name| json!(name)).collect::<Vec<_>>();
    assert_eq!(found("filter[gasto][gt]=9").0, names(&["LIMA norte", "Ñaña"]));
    assert_eq!(found("filter[gasto]=10.5").0, names(&["Ñaña"]));
    assert_eq!(found("filter[nombre][eq]=Lima").0, names(&["Lima"]));
    assert_eq!(found("filter[nombre][contains]=lima").0, names(&["Lima", "LIMA norte"]));
    assert_eq!(found("filter[nombre][starts]=nan").0, names(&["Ñaña"]));
    let others = vec![Value::Null, json!("LIMA norte"), json!("Ñaña"), json!("sin gasto")];
    assert_eq!(found("filter[nombre][ne]=Lima"), (others, 4));
    assert_eq!(found("filter[gasto][is_null]=true").0, names(&["sin gasto"]));
    assert_eq!(found("filter[gasto][in]=9,10").0, names(&["Lima", "LIMA norte"]));
    assert_eq!(found("filter[gasto][between]=9,10.5").1, 3);
    assert_eq!(found("filter[gasto][gte]=9&filter[nombre][contains]=norte").0, names(&["LIMA norte"]));
    assert_eq!(found("q=nana").0, names(&["Ñaña"]));
    assert_eq!(found("filter[nombre][contains]=%25").1, 0);
    let query = json!({"filter": {"or": [
        {"field": "nombre", "op": "eq", "value": "Lima"},
        {"and": [{"field": "gasto", "op": "lt", "value": 0}, {"field": "nombre", "op": "is_null", "value": true}]},
    ]}, "sort": ["-gasto"]});
    let page = admin.post(&format!("{}:query", records(&entity)), &query).expect(200).clone();
    assert_eq!(column(&page, "nombre"), [json!("Lima"), Value::Null]);
}

#[test]
fn records_sort_as_numbers_with_nothing_last_and_pages_do_not_repeat() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = campaigns(&admin);
    for clicks in [json!(9), json!(10), Value::Null, json!(-1), json!(10), json!(100), Value::Null] {
        keep(&admin, &entity, &json!({"clics": clicks}));
    }
    let pages = |sort: &str| {
        let mut seen = Vec::new();
        for page in 1..=4 {
            let path = format!("{}?sort={sort}&page_size=2&page={page}", records(&entity));
            seen.extend(admin.get(&path).expect(200)["items"].as_array().unwrap().clone());
        }
        let mut ids: Vec<String> = seen.iter().map(|record| record["id"].to_string()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 7, "{sort}");
        seen.iter().map(|record| record["data"]["clics"].clone()).collect::<Vec<_>>()
    };
    let nothing = Value::Null;
    let rising = [json!(-1), json!(9), json!(10), json!(10), json!(100), nothing.clone(), nothing.clone()];
    assert_eq!(pages("clics"), rising);
    let falling = [json!(100), json!(10), json!(10), json!(9), json!(-1), nothing.clone(), nothing];
    assert_eq!(pages("-clics"), falling);
    assert_eq!(pages("nombre,clics"), rising);
}

#[test]
fn what_is_no_filter_is_told_and_named() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = campaigns(&admin);
    for (query, rule) in [
        ("filter[nada][eq]=1", "filter[nada][eq]: no_such_field"),
        ("filter[gasto][like]=1", "filter[gasto][like]: unknown_value"),
        ("filter[gasto][contains]=1", "filter[gasto][contains]: wrong_operator"),
        ("filter[gasto][eq]=1,5", "filter[gasto][eq]: wrong_type"),
        ("filter[dia][between]=2026-01-01", "filter[dia][between]: wrong_value_count"),
        ("filter[activa]=maybe", "filter[activa]: wrong_type"),
        ("filter=1", "filter: malformed"),
        ("sort=nada", "sort: no_such_field"),
        ("sort=a,b,c,d,e,f", "sort: too_many"),
    ] {
        let refused = admin.get(&format!("{}?{query}", records(&entity)));
        let _ = refused.problem(400, "INVALID_FILTER");
        let error = &refused.json["errors"][0];
        assert_eq!([&error["field"], &error["code"]].map(|word| word.as_str().unwrap()).join(": "), rule, "{query}");
    }
    let deep = json!({"filter": {"and": [{"and": [{"and": [{"and": [{"and": [{"and": []}]}]}]}]}]}});
    let refused = admin.post(&format!("{}:query", records(&entity)), &deep);
    let _ = refused.problem(400, "INVALID_FILTER");
    let payload = "x' OR 1=1; DROP TABLE records; -- $.a[*] (a+)+$ =cmd|' /C calc'!A0";
    let query = json!({"filter": {"field": "nombre", "op": "eq", "value": payload}});
    keep(&admin, &entity, &json!({"nombre": payload}));
    let found = admin.post(&format!("{}:query", records(&entity)), &query).expect(200).clone();
    assert_eq!(column(&found, "nombre"), [json!(payload)]);
}
