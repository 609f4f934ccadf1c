//! Records that point to others.

use serde_json::{Value, json};

use super::{NOWHERE, app, define, field, keep, plain, records};

#[test]
fn a_relation_points_to_a_record_that_is_there() {
    let app = app();
    let admin = app.login("admin_bcp");
    let (city, campaign) = (define(&admin, "city"), define(&admin, "campaign"));
    field(&admin, &city, &plain("código", "TEXT"));
    field(&admin, &city, &plain("nombre", "TEXT"));
    let relation = |display: &str, on_delete: &str| {
        json!({"name": on_delete, "display_name": "c", "field_type": "RELATION", "target_entity_id": city,
            "target_display_field": display, "on_delete": on_delete})
    };
    let fields = format!("/api/metadata/entities/{campaign}/fields");
    let _ = admin.post(&fields, &plain("x", "RELATION")).problem(422, "VALIDATION_FAILED");
    let _ = admin.post(&fields, &relation("nada", "restrict")).problem(422, "VALIDATION_FAILED");
    for on_delete in ["restrict", "clear", "cascade"] {
        field(&admin, &campaign, &relation("nombre", on_delete));
    }
    let relationships = admin.get(&format!("/api/metadata/entities/{city}/relationships")).expect(200).clone();
    let newest = &relationships[0];
    assert_eq!(relationships.as_array().unwrap().len(), 3);
    assert_eq!((&newest["target_entity_id"], &newest["source_entity_id"]), (&json!(city), &json!(campaign)));
    assert_eq!((&newest["relationship_type"], &newest["on_delete"]), (&json!("MANY_TO_ONE"), &json!("cascade")));
    let lima = keep(&admin, &city, &json!({"código": "LIM", "nombre": "Lima"}));
    keep(&admin, &city, &json!({"código": "CUZ", "nombre": "Cusco"}));
    let choices = admin.get(&format!("/api/metadata/entities/{city}/lookup?search=LIM")).expect(200).clone();
    assert_eq!(choices, json!([{"id": lima, "display_value": "Lima"}]));
    for bad in ["limit=0", "limit=101", "limit=-1", "limit=x"] {
        let refused = admin.get(&format!("/api/metadata/entities/{city}/lookup?{bad}"));
        let _ = refused.problem(422, "VALIDATION_FAILED");
    }
    for bad in [json!("x"), json!(7), json!(NOWHERE)] {
        let refused = admin.post(&records(&campaign), &json!({"data": {"clear": bad}}));
        let _ = refused.problem(422, "VALIDATION_FAILED");
    }
    let elsewhere = keep(&admin, &campaign, &json!({}));
    let wrong_table = admin.post(&records(&campaign), &json!({"data": {"clear": elsewhere}}));
    assert_eq!(wrong_table.broken_rules(), ["data.clear: unknown_record"]);
    let restricting = keep(&admin, &campaign, &json!({"restrict": lima}));
    let clearing = keep(&admin, &campaign, &json!({"clear": lima}));
    let cascading = keep(&admin, &campaign, &json!({"cascade": lima}));
    let target = format!("{}/{lima}", records(&city));
    let _ = admin.delete(&target).problem(409, "RECORD_IN_USE");
    assert_eq!(admin.delete(&format!("{}/{restricting}", records(&campaign))).status, 204);
    assert_eq!(admin.delete(&target).status, 204);
    let cleared = admin.get(&format!("{}/{clearing}", records(&campaign)));
    assert_eq!(cleared.expect(200)["data"]["clear"], Value::Null);
    let _ = admin.get(&format!("{}/{cascading}", records(&campaign))).problem(404, "RECORD_NOT_FOUND");
}

#[test]
fn a_relation_is_chosen_by_the_same_field_whatever_it_is_called() {
    let app = app();
    let admin = app.login("admin_bcp");
    let (city, campaign) = (define(&admin, "city"), define(&admin, "campaign"));
    let code = field(&admin, &city, &plain("código", "INTEGER"));
    field(&admin, &city, &plain("nombre", "TEXT"));
    let lima = keep(&admin, &city, &json!({"código": 151, "nombre": "Lima"}));
    let relation = json!({"name": "ciudad", "display_name": "Ciudad", "field_type": "RELATION",
        "target_entity_id": city, "target_display_field": "código"});
    field(&admin, &campaign, &relation);
    let shown =
        |search: &str| admin.get(&format!("/api/metadata/entities/{city}/lookup?search={search}")).expect(200).clone();
    let lima = json!([{"id": lima, "display_value": "151"}]);
    let target = || {
        let field = &admin.get(&format!("/api/entities/{campaign}")).expect(200)["fields"][0].clone();
        assert_eq!(field["target_entity_id"], json!(city));
        field["target_display_field"].clone()
    };
    assert_eq!(
        (shown(""), shown("151"), shown("15"), target()),
        (lima.clone(), lima.clone(), json!([]), json!("código"))
    );

    let code = format!("/api/metadata/entities/{city}/fields/{code}");
    let _ = admin.patch(&code, &json!({"name": "ubigeo"})).expect(200);
    field(&admin, &city, &plain("código", "TEXT"));
    assert_eq!((shown("151"), target()), (lima, json!("ubigeo")));
    // Its first text stands in for a field in the trash.
    assert_eq!(admin.delete(&code).status, 204);
    assert_eq!((shown("Lim")[0]["display_value"].clone(), target()), (json!("Lima"), json!("ubigeo")));
}
