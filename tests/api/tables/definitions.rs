//! Defining entity types and fields, and what the trash gives back.

use reqwest::Method;
use serde_json::{Value, json};

use super::{NOWHERE, app, campaigns, define, field, keep, plain, records};

#[test]
fn an_entity_type_is_defined_shown_changed_and_deleted() {
    let app = app();
    let admin = app.login("admin_bcp");
    let asked = json!({"name": "campaign", "display_name": "Campañas", "description": "De pago", "extra": 1});
    let created = admin.post("/api/metadata/entities", &asked);
    let made = created.expect(201).clone();
    let id = made["id"].as_str().unwrap();
    let kept = ["created_at", "description", "display_name", "fields", "id", "name", "table_name"];
    let more = ["access", "require_if_match", "unique_together", "your_access"];
    let mut members = [kept.as_slice(), &more].concat();
    members.sort_unstable();
    assert_eq!(created.keys(), members);
    assert_eq!(
        (&made["name"], &made["description"], &made["fields"]),
        (&json!("campaign"), &json!("De pago"), &json!([]))
    );
    assert_eq!(made["table_name"], format!("entity_{}", id.replace('-', "")));
    let moment = made["created_at"].as_str().unwrap();
    assert!(moment.len() == 27 && moment.ends_with('Z'), "{moment}");
    let path = format!("/api/metadata/entities/{id}");
    assert_eq!(admin.get(&path).expect(200), &made);
    let list = admin.get("/api/metadata/entities").expect(200).clone();
    assert!(list[0].get("fields").is_none() && list[0]["description"] == "De pago");
    let changed = admin.put(&path, &json!({"display_name": "Pauta", "name": "other"}));
    assert_eq!(changed.expect(200)["display_name"], "Pauta");
    assert_eq!((&changed.json["name"], &changed.json["description"]), (&json!("campaign"), &json!("De pago")));
    assert_eq!(admin.put(&path, &json!({"description": null})).expect(200)["description"], Value::Null);
    assert_eq!(admin.delete(&path).status, 204);
    let _ = admin.get(&path).problem(404, "ENTITY_NOT_FOUND");
    let _ = admin.delete(&path).problem(404, "ENTITY_NOT_FOUND");
    let _ = admin.put(&path, &json!({})).problem(404, "ENTITY_NOT_FOUND");
}

#[test]
fn entity_types_are_listed_newest_first_and_an_absent_description_is_null() {
    let app = app();
    let admin = app.login("admin_bcp");
    assert_eq!(admin.get("/api/metadata/entities").expect(200), &json!([]));
    for name in ["first", "second", "third"] {
        define(&admin, name);
    }
    let list = admin.get("/api/metadata/entities").expect(200).clone();
    let names: Vec<&str> = list.as_array().unwrap().iter().map(|entity| entity["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["third", "second", "first"]);
    assert_eq!(list[0]["description"], Value::Null);
}

#[test]
fn the_name_of_an_entity_type_is_unique_in_its_company_and_free_once_it_is_deleted() {
    let app = app();
    let admin = app.login("admin_bcp");
    let id = define(&admin, "campaign");
    let again = |name: &str| admin.post("/api/metadata/entities", &json!({"name": name, "display_name": "Otra"}));
    let _ = again("campaign").problem(409, "ENTITY_EXISTS");
    let _ = again("CAMPAIGN").problem(409, "ENTITY_EXISTS");
    define(&app.login("admin_bbva"), "campaign");
    assert_eq!(admin.delete(&format!("/api/metadata/entities/{id}")).status, 204);
    let _ = again("campaign").expect(201);
}

#[test]
fn a_name_of_an_entity_type_is_a_word() {
    let app = app();
    let admin = app.login("admin_bcp");
    let ask = |name: Value| admin.post("/api/metadata/entities", &json!({"name": name, "display_name": "x"}));
    let long = "x".repeat(101);
    for bad in ["", "1a", "a b", "a-b", "ñ", "a\"b", "a;drop table records", long.as_str()] {
        let _ = ask(json!(bad)).problem(422, "VALIDATION_FAILED");
    }
    let _ = ask(json!(7)).problem(422, "VALIDATION_FAILED");
    let _ = admin.post("/api/metadata/entities", &json!({"name": "a"})).problem(422, "VALIDATION_FAILED");
    let null = json!({"name": "a", "display_name": null});
    let _ = admin.post("/api/metadata/entities", &null).problem(422, "VALIDATION_FAILED");
    let _ = ask(json!("_a1")).expect(201);
}

#[test]
fn a_field_has_its_place_and_column_name() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = define(&admin, "campaign");
    let path = format!("/api/metadata/entities/{entity}/fields");
    let created = admin.post(&path, &plain("Nombre Largo", "TEXT"));
    let first = created.expect(201).clone();
    assert_eq!(
        (&first["column_name"], &first["display_order"], &first["is_required"], &first["max_length"]),
        (&json!("nombre_largo"), &json!(1), &json!(false), &Value::Null)
    );
    assert_eq!((&first["entity_id"], &first["field_type"]), (&json!(entity), &json!("TEXT")));
    let second = admin.post(&path, &plain("b", "NUMBER")).expect(201).clone();
    assert_eq!(second["display_order"], 2);
    for name in ["Nombre Largo", "nombre_largo", "NOMBRE LARGO"] {
        let _ = admin.post(&path, &plain(name, "TEXT")).problem(409, "FIELD_EXISTS");
    }
    for name in ["id", "created_at", "Updated At", "revision"] {
        let _ = admin.post(&path, &plain(name, "TEXT")).problem(409, "FIELD_NAME_RESERVED");
    }
    for kind in ["text", "VARCHAR", ""] {
        let _ = admin.post(&path, &plain("c", kind)).problem(422, "VALIDATION_FAILED");
    }
    let too_long = json!({"name": "c", "display_name": "c", "field_type": "TEXT", "max_length": 10_001});
    let _ = admin.post(&path, &too_long).problem(422, "VALIDATION_FAILED");
    let quoted = admin.post(&path, &plain("a\"b; DROP TABLE records; --", "TEXT")).expect(201).clone();
    assert_eq!(quoted["display_order"], 3);
    let name = "ñ".repeat(100);
    let _ = admin.post(&path, &plain(&name, "TEXT")).expect(201);
    let record = keep(&admin, &entity, &json!({(name.as_str()): "x"}));
    let shown = admin.get(&format!("{}/{record}", records(&entity))).expect(200).clone();
    assert_eq!(shown["data"][name.as_str()], "x");
    let absent = admin.post(&format!("/api/metadata/entities/{NOWHERE}/fields"), &plain("a", "TEXT"));
    let _ = absent.problem(404, "ENTITY_NOT_FOUND");
    let last = quoted["id"].as_str().unwrap();
    assert_eq!(admin.delete(&format!("{path}/{last}")).status, 204);
    let _ = admin.delete(&format!("{path}/{last}")).problem(404, "FIELD_NOT_FOUND");
    let other = define(&admin, "other");
    let elsewhere = format!("/api/metadata/entities/{other}/fields/{}", first["id"].as_str().unwrap());
    let _ = admin.delete(&elsewhere).problem(404, "FIELD_NOT_FOUND");
}

#[test]
fn a_field_that_is_deleted_takes_its_values_along_and_brings_them_back() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = define(&admin, "campaign");
    let old = field(&admin, &entity, &plain("nombre", "TEXT"));
    let record = keep(&admin, &entity, &json!({"nombre": "uno"}));
    let path = format!("{}/{record}", records(&entity));
    let fields = format!("/api/metadata/entities/{entity}/fields");
    assert_eq!(admin.delete(&format!("{fields}/{old}")).status, 204);
    let new = field(&admin, &entity, &plain("nombre", "TEXT"));
    assert_eq!(admin.get(&path).expect(200)["data"]["nombre"], Value::Null);
    let _ = admin.put(&path, &json!({"data": {"nombre": "dos"}})).expect(200);
    let restore = format!("/api/metadata/entities/{entity}/trash/{old}/restore");
    let _ = admin.ask(Method::POST, &restore).problem(409, "FIELD_EXISTS");
    let renamed = admin.patch(&format!("{fields}/{new}"), &json!({"name": "nombre nuevo"}));
    assert_eq!(renamed.expect(200)["column_name"], "nombre_nuevo");
    let _ = admin.ask(Method::POST, &restore).expect(200);
    assert_eq!(admin.get(&path).expect(200)["data"], json!({"nombre": "uno", "nombre nuevo": "dos"}));
}

#[test]
fn an_entity_type_comes_back_out_of_the_trash_with_its_records() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = campaigns(&admin);
    let record = keep(&admin, &entity, &json!({"nombre": "x"}));
    assert_eq!(admin.delete(&format!("/api/metadata/entities/{entity}")).status, 204);
    let _ = admin.get(&format!("{}/{record}", records(&entity))).problem(404, "ENTITY_NOT_FOUND");
    let trash = admin.get("/api/metadata/trash").expect(200).clone();
    assert_eq!((&trash[0]["id"], trash.as_array().unwrap().len()), (&json!(entity), 1));
    let restored = admin.ask(Method::POST, &format!("/api/metadata/trash/{entity}/restore"));
    assert_eq!(restored.expect(200)["fields"].as_array().unwrap().len(), 5);
    let _ = admin.get(&format!("{}/{record}", records(&entity))).expect(200);
    let again = admin.ask(Method::POST, &format!("/api/metadata/trash/{entity}/restore"));
    let _ = again.problem(404, "ENTITY_NOT_FOUND");
}

#[test]
fn a_field_keeps_its_values_under_another_name_and_the_old_name_is_free() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = define(&admin, "campaign");
    let id = field(&admin, &entity, &plain("gasto", "NUMBER"));
    let record = keep(&admin, &entity, &json!({"gasto": 5}));
    let fields = format!("/api/metadata/entities/{entity}/fields");
    let _ = admin.patch(&format!("{fields}/{id}"), &json!({"name": "costo", "display_order": 9})).expect(200);
    field(&admin, &entity, &plain("gasto", "TEXT"));
    let path = format!("{}/{record}", records(&entity));
    assert_eq!(admin.get(&path).expect(200)["data"], json!({"costo": 5, "gasto": null}));
    let by_id = admin.get(&format!("{path}?keys=id")).expect(200).clone();
    assert_eq!(by_id["data"][&id], 5);
    let written = admin.put(&format!("{path}?keys=id"), &json!({"data": {(id.as_str()): 6}}));
    assert_eq!(written.expect(200)["data"][&id], 6);
    let _ = admin.get(&format!("{path}?keys=x")).problem(422, "VALIDATION_FAILED");
}

#[test]
fn a_field_tells_what_it_is_for_and_how_its_choices_are_shown() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = define(&admin, "campaign");
    let fields = format!("/api/metadata/entities/{entity}/fields");
    let state = |more: Value| {
        let mut asked =
            json!({"name": "estado", "display_name": "Estado", "field_type": "CHOICE", "choices": ["A", "B"]});
        asked.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        admin.post(&fields, &asked)
    };
    let wrong =
        state(json!({"choice_labels": {"C": "x"}, "choice_colors": {"A": "beige"}, "description": "x".repeat(1_001)}));
    let expected = ["description: too_long", "choice_labels.C: unknown_value", "choice_colors.A: unknown_value"];
    assert_eq!(wrong.broken_rules(), expected);
    let looks = json!({
        "description": "En qué va la campaña", "choice_labels": {"A": "Activa"}, "choice_colors": {"A": "green", "B": "red"},
    });
    let made = state(looks.clone()).expect(201).clone();
    for (name, value) in looks.as_object().unwrap() {
        assert_eq!(&made[name], value);
    }
    let one = format!("{fields}/{}", made["id"].as_str().unwrap());
    let changed = admin.patch(&one, &json!({"choices": ["B", "C"], "description": null})).expect(200).clone();
    let seen = (&changed["description"], &changed["choice_labels"], &changed["choice_colors"]);
    assert_eq!(seen, (&Value::Null, &Value::Null, &json!({"B": "red"})), "a choice that went takes its look along");
    let csv = "estado\nde baja\n";
    let _ = admin.patch(&one, &json!({"choice_labels": {"B": "De baja"}})).expect(200);
    let _ = admin.post_csv(&format!("{}:import", records(&entity)), csv).expect(200);
    assert_eq!(
        admin.get(&records(&entity)).expect(200)["items"][0]["data"]["estado"],
        "B",
        "a file may have the label"
    );
}
