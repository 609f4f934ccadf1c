//! Totals of records by groups.

use serde_json::{Value, json};

use super::{app, campaigns, keep, records, send};

#[test]
fn records_are_grouped_by_values_and_spans_of_days_and_measured_exactly() {
    let app = app();
    let (admin, viewer) = (app.login("admin_bcp"), app.login("vera"));
    let entity = campaigns(&admin);
    for (name, spent, day) in [
        (Some("Lima"), "0.10", Some("2026-05-03")),
        (Some("Lima"), "0.20", Some("2026-05-31")),
        (Some("Tacna"), "123456789.01", Some("2026-06-01")),
        (None, "-35.01", None),
    ] {
        let body = json!({"data": {"nombre": name, "dia": day}}).to_string();
        let body = body.replacen("\"data\":{", &format!("\"data\":{{\"gasto\":{spent},"), 1);
        let _ = send(&admin, reqwest::Method::POST, &records(&entity), &body).expect(201);
    }
    let path = format!("{}:aggregate", records(&entity));
    let totals = |asked: &Value| viewer.post(&path, asked).expect(200).clone();
    let all = [json!({"measure": "count"}), json!({"measure": "sum", "field": "gasto"})];
    let asked = json!({"group_by": [{"field": "dia", "by": "month"}], "measures": all, "numbers": "string"});
    let expected = json!({"records": 4, "groups": [
        {"key": ["2026-05-01"], "measures": [2, "0.30"]},
        {"key": ["2026-06-01"], "measures": [1, "123456789.01"]},
        {"key": [null], "measures": [1, "-35.01"]},
    ]});
    assert_eq!(totals(&asked), expected);
    let asked = json!({"filter": {"field": "nombre", "op": "is_null", "value": false},
        "group_by": [{"field": "nombre"}], "measures": [{"measure": "mean", "field": "gasto"},
        {"measure": "max", "field": "dia"}, {"measure": "count", "field": "clics"}]});
    let expected = json!({"records": 3, "groups": [
        {"key": ["Lima"], "measures": [0.15, "2026-05-31", 0]},
        {"key": ["Tacna"], "measures": [123_456_789.01, "2026-06-01", 0]},
    ]});
    assert_eq!(totals(&asked), expected);
    let none = json!({"q": "nada", "measures": all});
    assert_eq!(totals(&none), json!({"records": 0, "groups": [{"key": [], "measures": [0, null]}]}));
}

#[test]
fn what_cannot_be_grouped_or_measured_is_told_and_another_banks_records_are_not_there() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = campaigns(&admin);
    keep(&admin, &entity, &json!({"nombre": "x"}));
    let path = format!("{}:aggregate", records(&entity));
    let count = json!([{"measure": "count"}]);
    for (asked, broken) in [
        (json!({"measures": []}), "measures: empty"),
        (json!({"measures": [{"measure": "median"}]}), "measures[0].measure: unknown_value"),
        (json!({"measures": [{"measure": "sum"}]}), "measures[0].field: missing"),
        (json!({"measures": [{"measure": "sum", "field": "nombre"}]}), "measures[0]: not_for_type"),
        (json!({"measures": [{"measure": "sum", "field": "nada"}]}), "measures[0]: no_such_field"),
        (json!({"measures": count, "group_by": [{"field": "nombre", "by": "day"}]}), "group_by[0]: not_for_type"),
        (json!({"measures": count, "group_by": [{"field": "dia", "by": "year"}]}), "group_by[0].by: unknown_value"),
    ] {
        assert_eq!(admin.post(&path, &asked).rules_of(400, "INVALID_FILTER"), [broken]);
    }
    let _ = app.login("ulises").post(&path, &json!({"measures": count})).problem(404, "ENTITY_NOT_FOUND");
}
