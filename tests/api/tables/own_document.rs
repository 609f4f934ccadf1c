//! The OpenAPI document of a company's own tables.

use serde_json::{Value, json};

use super::{NOWHERE, app, campaigns, define, field, records};

#[test]
fn each_table_that_one_may_read_is_a_schema_with_its_own_fields() {
    let app = app();
    let (admin, ursula, vera) = (app.login("admin_bcp"), app.login("ursula"), app.login("vera"));
    let entity = campaigns(&admin);
    for each in [
        json!({"name": "código", "display_name": "Código", "field_type": "TEXT", "is_required": true, "max_length": 9,
            "pattern": "[A-Z]+|x"}),
        json!({"name": "estado", "display_name": "Estado", "field_type": "CHOICE", "choices": ["a", "b"]}),
        json!({"name": "nota", "display_name": "Nota", "field_type": "NUMBER", "min": 0.5, "max": 20}),
        json!({"name": "padre", "display_name": "Padre", "field_type": "RELATION", "target_entity_id": entity,
            "target_display_field": "nombre"}),
    ] {
        field(&admin, &entity, &each);
    }
    let hidden = define(&admin, "salaries");
    let closed = json!({"access": {"user": "none", "viewer": "none"}});
    let _ = admin.put(&format!("/api/metadata/entities/{hidden}"), &closed).expect(200);

    let path = "/api/entities/openapi.json";
    let document = ursula.get(path).expect(200).clone();
    assert_eq!(document["openapi"], "3.1.0");
    let data = &document["components"]["schemas"]["campaign.data"];
    assert_eq!(data["required"], json!(["código"]));
    let of = |name: &str| data["properties"][name].clone();
    let text = json!({"type": "string", "title": "Código", "maxLength": 9, "pattern": "^(?:[A-Z]+|x)$"});
    assert_eq!(of("código"), text);
    assert_eq!(of("estado"), json!({"type": ["string", "null"], "title": "Estado", "enum": ["a", "b", null]}));
    assert_eq!(of("nota"), json!({"type": ["number", "null"], "title": "Nota", "minimum": 0.5, "maximum": 20}));
    assert_eq!(of("padre"), json!({"type": ["string", "null"], "title": "Padre", "format": "uuid"}));
    assert_eq!(of("dia"), json!({"type": ["string", "null"], "title": "dia", "format": "date"}));

    // A list goes on by cursor, and shows what was asked for of each record.
    let list = &document["paths"][&records(&entity)]["get"];
    let asked = list["parameters"].as_array().unwrap().iter().map(|parameter| parameter["name"].as_str().unwrap());
    assert_eq!(asked.collect::<Vec<_>>(), ["page", "page_size", "cursor", "sort", "q", "view", "fields", "expand"]);
    let listed = &document["components"]["schemas"]["campaign.page"]["properties"];
    assert_eq!(listed["next_cursor"], json!({"type": ["string", "null"]}));
    assert_eq!(listed["items"]["items"]["$ref"], "#/components/schemas/campaign.shown");
    let of_list = &document["components"]["schemas"]["campaign.shown"]["properties"];
    assert_eq!(of_list["data"]["$ref"], "#/components/schemas/campaign.changes");

    let methods = |document: &Value, path: &str| {
        let item = document["paths"][path].as_object().unwrap();
        item.keys().filter(|key| *key != "parameters").cloned().collect::<Vec<_>>()
    };
    let all = records(&entity);
    assert_eq!(methods(&document, &all), ["get", "post"]);
    assert_eq!(methods(&document, &format!("{all}/{{record_id}}")), ["get", "put", "patch", "delete"]);
    let of_viewer = vera.get(path).expect(200).clone();
    assert_eq!(methods(&of_viewer, &all), ["get"]);
    assert!(!document.to_string().contains("salaries"));
    assert!(admin.get(path).expect(200).to_string().contains("salaries"));
    let other = app.login("ulises").get(path).expect(200).clone();
    assert_eq!(other["paths"], json!({}));
    let _ = ursula.get(&format!("/api/entities/{NOWHERE}")).problem(404, "ENTITY_NOT_FOUND");
}
