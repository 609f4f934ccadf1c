//! Tables that a company defines for itself: what clients that exist rely on, row by row, and what there is beside it.

use atalaya_tests::{Client, PASSWORD, Reply, TestApp, bank};
use reqwest::Method;
use serde_json::{Value, json};

const NOWHERE: &str = "00000000-0000-0000-0000-000000000000";

fn app() -> TestApp {
    TestApp::start().with(bank("BCP").user("ursula", &[]).viewer("vera", &[])).with(bank("BBVA").user("ulises", &[]))
}

fn define(admin: &Client, name: &str) -> String {
    let created = admin.post("/api/metadata/entities", &json!({"name": name, "display_name": "Campañas"}));
    created.expect(201)["id"].as_str().unwrap().to_owned()
}

fn field(admin: &Client, entity: &str, field: &Value) -> String {
    let created = admin.post(&format!("/api/metadata/entities/{entity}/fields"), field);
    created.expect(201)["id"].as_str().unwrap().to_owned()
}

fn plain(name: &str, kind: &str) -> Value {
    json!({"name": name, "display_name": name, "field_type": kind})
}

/// An entity type of the bank with one field of each plain type.
fn campaigns(admin: &Client) -> String {
    let entity = define(admin, "campaign");
    for (name, kind) in
        [("nombre", "TEXT"), ("gasto", "NUMBER"), ("clics", "INTEGER"), ("dia", "DATE"), ("activa", "BOOLEAN")]
    {
        field(admin, &entity, &plain(name, kind));
    }
    entity
}

fn records(entity: &str) -> String {
    format!("/api/entities/{entity}/records")
}

fn keep(client: &Client, entity: &str, data: &Value) -> String {
    let created = client.post(&records(entity), &json!({"data": data}));
    created.expect(201)["id"].as_str().unwrap().to_owned()
}

/// A body as it is written, because a number passes through no program of ours on its way.
fn send(client: &Client, method: Method, path: &str, body: &str) -> Reply {
    client.send(method, path, "application/json", body)
}

/// The values of a member of the records of a page, in order.
fn column(page: &Value, name: &str) -> Vec<Value> {
    page["items"].as_array().unwrap().iter().map(|record| record["data"][name].clone()).collect()
}

#[test]
fn an_entity_type_is_defined_shown_changed_and_deleted() {
    let app = app();
    let admin = app.login("admin_bcp");
    let asked = json!({"name": "campaign", "display_name": "Campañas", "description": "De pago", "extra": 1});
    let created = admin.post("/api/metadata/entities", &asked);
    let made = created.expect(201).clone();
    let id = made["id"].as_str().unwrap();
    let members = ["created_at", "description", "display_name", "fields", "id", "name", "table_name"];
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
fn records_are_made_shown_changed_and_deleted() {
    let app = app();
    let (admin, ursula) = (app.login("admin_bcp"), app.login("ursula"));
    let entity = campaigns(&admin);
    let data = json!({"nombre": "Mayo", "gasto": 999.99, "clics": 7, "dia": "2026-05-03", "activa": true});
    let created = ursula.post(&records(&entity), &json!({"data": data}));
    assert_eq!(created.expect(201)["data"], data);
    assert_eq!(created.keys(), ["created_at", "data", "id", "revision", "updated_at"]);
    let path = format!("{}/{}", records(&entity), created.json["id"].as_str().unwrap());
    assert_eq!(ursula.get(&path).expect(200), &created.json);
    let empty = ursula.post(&records(&entity), &json!({"data": {}}));
    let nothing = json!({"nombre": null, "gasto": null, "clics": null, "dia": null, "activa": null});
    assert_eq!(empty.expect(201)["data"], nothing);
    let changed = ursula.put(&path, &json!({"data": {"gasto": 200, "nombre": null}}));
    assert_eq!(changed.expect(200)["data"]["gasto"].as_f64(), Some(200.0));
    assert_eq!(changed.json["data"]["nombre"], Value::Null, "null clears");
    assert_eq!((&changed.json["data"]["clics"], &changed.json["revision"]), (&json!(7), &json!(2)));
    assert_eq!(ursula.put(&path, &json!({"data": {}})).expect(200)["revision"], 2, "nothing new is no revision");
    assert_eq!(ursula.delete(&path).status, 204);
    let _ = ursula.get(&path).problem(404, "RECORD_NOT_FOUND");
    let _ = ursula.delete(&path).problem(404, "RECORD_NOT_FOUND");
    let _ = ursula.put(&path, &json!({"data": {}})).problem(404, "RECORD_NOT_FOUND");
}

#[test]
fn pages_of_records_are_as_clients_know_them() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = campaigns(&admin);
    let path = records(&entity);
    let none = admin.get(&path).expect(200).clone();
    let page = |page: &Value| ["total", "page", "page_size", "total_pages"].map(|name| page[name].as_u64().unwrap());
    assert_eq!((page(&none), &none["items"]), ([0, 1, 20, 1], &json!([])));
    for name in ["uno", "dos", "tres"] {
        keep(&admin, &entity, &json!({"nombre": name}));
    }
    let first = admin.get(&format!("{path}?page=1&page_size=2")).expect(200).clone();
    assert_eq!((page(&first), column(&first, "nombre")), ([3, 1, 2, 2], vec![json!("tres"), json!("dos")]));
    let second = admin.get(&format!("{path}?page=2&page_size=2")).expect(200).clone();
    assert_eq!(column(&second, "nombre"), [json!("uno")]);
    let beyond = admin.get(&format!("{path}?page=99")).expect(200).clone();
    assert_eq!((page(&beyond), &beyond["items"]), ([3, 99, 20, 1], &json!([])));
    for bad in ["page=0", "page=-1", "page_size=0", "page_size=101", "page=x", "page=99999999999999999999"] {
        let _ = admin.get(&format!("{path}?{bad}")).problem(422, "VALIDATION_FAILED");
    }
}

#[test]
fn every_broken_rule_of_a_record_is_named_unknown_fields_first() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = define(&admin, "campaign");
    field(&admin, &entity, &json!({"name": "nombre", "display_name": "n", "field_type": "TEXT", "is_required": true}));
    field(&admin, &entity, &plain("clics", "INTEGER"));
    let broken = admin.post(&records(&entity), &json!({"data": {"zeta": 1, "clics": "5", "alfa": 1}}));
    let rules =
        ["data.alfa: no_such_field", "data.zeta: no_such_field", "data.nombre: missing", "data.clics: wrong_type"];
    assert_eq!(broken.broken_rules(), rules);
    assert!(broken.json["detail"].is_string());
    for body in [json!({}), json!({"data": null}), json!({"data": []}), json!({"data": "x"})] {
        let _ = admin.post(&records(&entity), &body).problem(422, "VALIDATION_FAILED");
    }
    let record = keep(&admin, &entity, &json!({"nombre": "x"}));
    let path = format!("{}/{record}", records(&entity));
    let _ = admin.put(&path, &json!({"data": {"nombre": null}})).problem(422, "VALIDATION_FAILED");
    let _ = admin.put(&path, &json!({"data": {"clics": 5}})).expect(200);
    for key in ["nombre_", "id", "created_at", "NOMBRE"] {
        let _ = admin.put(&path, &json!({"data": {(key): 1}})).problem(422, "VALIDATION_FAILED");
    }
    let _ = send(&admin, Method::POST, &records(&entity), "{").problem(400, "UNREADABLE_BODY");
    let _ =
        send(&admin, Method::POST, &records(&entity), r#"{"data": {"clics": NaN}}"#).problem(400, "UNREADABLE_BODY");
}

#[test]
fn values_of_each_type_are_taken_or_refused_and_none_is_a_fault() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = campaigns(&admin);
    let ask = |name: &str, value: &str| {
        send(&admin, Method::POST, &records(&entity), &format!(r#"{{"data": {{"{name}": {value}}}}}"#))
    };
    let long = format!("\"{}\"", "x".repeat(256));
    for (name, value) in [
        ("nombre", "1"),
        ("nombre", "true"),
        ("nombre", "[]"),
        ("nombre", r#""a\u0000b""#),
        ("nombre", long.as_str()),
        ("gasto", r#""1""#),
        ("gasto", "true"),
        ("gasto", "1e999"),
        ("gasto", "12345678901234567890123456789"),
        ("clics", "5.0"),
        ("clics", "5.5"),
        ("clics", "true"),
        ("clics", r#""5""#),
        ("clics", "9007199254740993"),
        ("clics", "123456789012345678901234567890"),
        ("dia", r#""2023-02-29""#),
        ("dia", r#""15/01/2024""#),
        ("dia", r#""2024-01-15T00:00:00Z""#),
        ("dia", r#""2024-01-15\n""#),
        ("dia", "20240115"),
        ("activa", r#""true""#),
        ("activa", "1"),
        ("activa", "0"),
    ] {
        let _ = ask(name, value).problem(422, "VALIDATION_FAILED");
    }
    for (name, value, answer) in [
        ("nombre", r#""""#, json!("")),
        ("nombre", r#""vmx-15""#, json!("vmx-15")),
        ("nombre", r#""=1+1""#, json!("=1+1")),
        ("clics", "-9007199254740992", json!(-9_007_199_254_740_992_i64)),
        ("dia", r#""0001-01-01""#, json!("0001-01-01")),
        ("dia", r#""9999-12-31""#, json!("9999-12-31")),
        ("activa", "false", json!(false)),
        ("gasto", "null", Value::Null),
    ] {
        assert_eq!(ask(name, value).expect(201)["data"][name], answer, "{name} {value}");
    }
}

#[test]
fn a_number_is_answered_digit_by_digit() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = campaigns(&admin);
    for (sent, answered) in [
        ("123456789.01", "123456789.01"),
        ("0.1", "0.1"),
        ("1234567890123456789012345678", "1234567890123456789012345678"),
        ("-35.01", "-35.01"),
        ("1e3", "1000"),
        ("1.50", "1.50"),
    ] {
        let body = format!(r#"{{"data": {{"gasto": {sent}}}}}"#);
        let created = send(&admin, Method::POST, &records(&entity), &body);
        let _ = created.expect(201);
        assert!(
            created.text().contains(&format!(r#""gasto":{answered},"#))
                || created.text().contains(&format!(r#""gasto":{answered}}}"#)),
            "{}",
            created.text()
        );
        let path = format!("{}/{}?numbers=string", records(&entity), created.json["id"].as_str().unwrap());
        assert_eq!(admin.get(&path).expect(200)["data"]["gasto"], answered);
    }
}

#[test]
fn roles_are_asked_before_existence_and_bodies() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = campaigns(&admin);
    let record = keep(&admin, &entity, &json!({"nombre": "x"}));
    let (ursula, vera) = (app.login("ursula"), app.login("vera"));
    for path in ["/api/metadata/entities".to_owned(), format!("/api/metadata/entities/{NOWHERE}")] {
        let _ = ursula.get(&path).problem(403, "ROLE_FORBIDDEN");
    }
    let _ = ursula.post("/api/metadata/entities", &json!({})).problem(403, "ROLE_FORBIDDEN");
    let _ = app.anonymous().get("/api/metadata/entities").problem(401, "AUTHENTICATION_REQUIRED");
    let _ = vera.get(&records(&entity)).expect(200);
    let _ = vera.get(&format!("{}/{record}", records(&entity))).expect(200);
    let _ = vera.get(&format!("/api/metadata/entities/{entity}/lookup")).expect(200);
    let _ = vera.post(&records(&entity), &json!({"data": {}})).problem(403, "ROLE_FORBIDDEN");
    let _ = vera.delete(&format!("{}/{record}", records(&entity))).problem(403, "ROLE_FORBIDDEN");
    let schema = vera.get("/api/entities").expect(200).clone();
    assert_eq!(schema[0]["fields"].as_array().unwrap().len(), 5);
    assert_eq!(vera.get(&format!("/api/entities/{entity}")).expect(200), &schema[0]);
}

#[test]
fn an_id_that_is_none_is_422_and_one_of_nobody_or_of_another_bank_is_404() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = campaigns(&admin);
    let record = keep(&admin, &entity, &json!({"nombre": "secreto"}));
    let _ = admin.get("/api/metadata/entities/x").problem(422, "VALIDATION_FAILED");
    let _ = admin.get(&format!("{}/x", records(&entity))).problem(422, "VALIDATION_FAILED");
    let _ = admin.get(&format!("{}/{NOWHERE}", records(&entity))).problem(404, "RECORD_NOT_FOUND");
    let _ = admin.get(&records(NOWHERE)).problem(404, "ENTITY_NOT_FOUND");
    let upper = admin.get(&format!("{}/{}", records(&entity), record.to_uppercase())).expect(200).clone();
    assert_eq!(upper["id"], record);
    let other = app.login("admin_bbva");
    let paths = [
        records(&entity),
        format!("{}/{record}", records(&entity)),
        format!("{}/{record}/revisions", records(&entity)),
        format!("/api/entities/{entity}"),
        format!("/api/entities/{entity}/trash"),
        format!("/api/metadata/entities/{entity}"),
        format!("/api/metadata/entities/{entity}/lookup"),
        format!("/api/metadata/entities/{entity}/relationships"),
        format!("/api/metadata/entities/{entity}/trash"),
    ];
    for path in paths {
        let _ = other.get(&path).problem(404, "ENTITY_NOT_FOUND");
    }
    let body = json!({"data": {"nombre": "mío"}});
    let _ = other.put(&format!("{}/{record}", records(&entity)), &body).problem(404, "ENTITY_NOT_FOUND");
    let _ = other.post(&records(&entity), &body).problem(404, "ENTITY_NOT_FOUND");
    // Through an entity type of one's own neither.
    let mine = campaigns(&other);
    let _ = other.get(&format!("{}/{record}", records(&mine))).problem(404, "RECORD_NOT_FOUND");
}

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
    let deep = json!({"filter": {"and": [{"and": [{"and": [{"and": [{"and": []}]}]}]}]}});
    let refused = admin.post(&format!("{}:query", records(&entity)), &deep);
    let _ = refused.problem(400, "INVALID_FILTER");
    let payload = "x' OR 1=1; DROP TABLE records; -- $.a[*] (a+)+$ =cmd|' /C calc'!A0";
    let query = json!({"filter": {"field": "nombre", "op": "eq", "value": payload}});
    keep(&admin, &entity, &json!({"nombre": payload}));
    let found = admin.post(&format!("{}:query", records(&entity)), &query).expect(200).clone();
    assert_eq!(column(&found, "nombre"), [json!(payload)]);
}

#[test]
fn who_saves_second_is_told_and_overwrites_nothing() {
    let app = app();
    let (admin, ursula) = (app.login("admin_bcp"), app.login("ursula"));
    let entity = campaigns(&admin);
    let record = keep(&admin, &entity, &json!({"nombre": "uno", "clics": 1}));
    let path = format!("{}/{record}", records(&entity));
    let tag = ursula.get(&path).header("etag").to_owned();
    let first = admin.clone().with("if-match", &tag).put(&path, &json!({"data": {"nombre": "dos"}}));
    let _ = first.expect(200);
    let second = ursula.clone().with("if-match", &tag).put(&path, &json!({"data": {"nombre": "tres"}}));
    let _ = second.problem(412, "PRECONDITION_FAILED");
    let deletion = ursula.clone().with("if-match", &tag).delete(&path);
    let _ = deletion.problem(412, "PRECONDITION_FAILED");
    assert_eq!(ursula.get(&path).expect(200)["data"]["nombre"], "dos");
}

#[test]
fn a_record_keeps_its_revisions_and_goes_back_to_one() {
    let app = app();
    let (admin, ursula) = (app.login("admin_bcp"), app.login("ursula"));
    let entity = campaigns(&admin);
    let record = keep(&admin, &entity, &json!({"nombre": "uno"}));
    let path = format!("{}/{record}", records(&entity));
    let _ = ursula.put(&path, &json!({"data": {"nombre": "dos"}})).expect(200);
    assert_eq!(ursula.delete(&path).status, 204);
    let restored = ursula.ask(Method::POST, &format!("/api/entities/{entity}/trash/{record}/restore"));
    assert_eq!(restored.expect(200)["data"]["nombre"], "dos");
    let reverted = ursula.post(&format!("{path}/revert"), &json!({"revision": 1}));
    assert_eq!(reverted.expect(200)["data"]["nombre"], "uno");
    let told = ursula.get(&format!("{path}/revisions")).expect(200)["revisions"].clone();
    let told: Vec<String> = told
        .as_array()
        .unwrap()
        .iter()
        .map(|revision| {
            let word = |name: &str| revision[name].to_string().replace('"', "");
            format!("{} {} {} {}", word("revision"), word("kind"), word("by"), revision["data"]["nombre"])
        })
        .collect();
    assert_eq!(
        told,
        [
            "5 reverted ursula \"uno\"",
            "4 restored ursula \"dos\"",
            "3 deleted ursula \"dos\"",
            "2 changed ursula \"dos\"",
            "1 created admin_bcp \"uno\"",
        ]
    );
    let _ = ursula.post(&format!("{path}/revert"), &json!({"revision": 9})).problem(404, "REVISION_NOT_FOUND");
}

#[test]
fn a_value_of_a_unique_field_is_there_once() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = define(&admin, "campaign");
    let code = json!({"name": "código", "display_name": "c", "field_type": "TEXT", "unique": true});
    field(&admin, &entity, &code);
    let record = keep(&admin, &entity, &json!({"código": "A1"}));
    let again = |data: &Value| admin.post(&records(&entity), &json!({"data": data}));
    let _ = again(&json!({"código": "A1"})).problem(409, "VALUE_TAKEN");
    let _ = again(&json!({"código": "a1"})).expect(201);
    let _ = again(&json!({"código": null})).expect(201);
    let _ = again(&json!({})).expect(201);
    assert_eq!(admin.delete(&format!("{}/{record}", records(&entity))).status, 204);
    let _ = again(&json!({"código": "A1"})).expect(201);
    let restore = format!("/api/entities/{entity}/trash/{record}/restore");
    let _ = admin.ask(Method::POST, &restore).problem(409, "VALUE_TAKEN");
}

#[test]
fn of_many_records_with_one_unique_value_one_is_made() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = define(&admin, "campaign");
    field(&admin, &entity, &json!({"name": "código", "display_name": "c", "field_type": "TEXT", "unique": true}));
    let path = records(&entity);
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let asked: Vec<_> =
            (0..50).map(|_| scope.spawn(|| admin.post(&path, &json!({"data": {"código": "A1"}})).status)).collect();
        asked.into_iter().map(|asked| asked.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| [201, 409, 503].contains(status)), "{statuses:?}");
    assert_eq!(admin.get(&path).expect(200)["total"], 1);
}

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
fn the_audit_log_tells_who_defined_and_who_wrote() {
    let app = app();
    let (admin, ursula) = (app.login("admin_bcp"), app.login("ursula"));
    let entity = define(&admin, "campaign");
    let gasto = field(&admin, &entity, &plain("gasto", "NUMBER"));
    let record = keep(&ursula, &entity, &json!({"gasto": 1}));
    let path = format!("{}/{record}", records(&entity));
    let _ = ursula.put(&path, &json!({"data": {"gasto": 2}})).expect(200);
    assert_eq!(ursula.delete(&path).status, 204);
    assert_eq!(admin.delete(&format!("/api/metadata/entities/{entity}/fields/{gasto}")).status, 204);
    let told = admin.get("/audit?limit=6").expect(200)["entries"].clone();
    let told: Vec<String> = told
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| [&entry["action"], &entry["actor"], &entry["target"]].map(|word| word.as_str().unwrap()).join(" "))
        .collect();
    assert_eq!(
        told,
        [
            "field_deleted admin_bcp campaign.gasto".to_owned(),
            format!("records_deleted ursula campaign: {record}"),
            format!("records_changed ursula campaign: {record}"),
            format!("records_created ursula campaign: {record}"),
            "field_defined admin_bcp campaign.gasto".to_owned(),
            "entity_defined admin_bcp campaign".to_owned(),
        ]
    );
}

#[test]
fn a_repeated_request_with_its_key_makes_one_record() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = campaigns(&admin);
    let asked = || {
        let client = admin.clone().with("idempotency-key", "k1");
        client.post(&records(&entity), &json!({"data": {"nombre": "x"}}))
    };
    assert_eq!(asked().expect(201), asked().expect(201));
    assert_eq!(admin.get(&records(&entity)).expect(200)["total"], 1);
}

#[test]
fn clients_of_tables_log_in_with_their_own_words() {
    let app = app();
    let session = app.anonymous().post("/api/auth/login", &json!({"username": "admin_bcp", "password": PASSWORD}));
    let answer = session.expect(200).clone();
    assert_eq!(session.keys(), ["access_token", "token_type", "user"]);
    assert_eq!((&answer["token_type"], &answer["user"]["role"]), (&json!("bearer"), &json!("Admin")));
    assert!(answer["user"]["id"].is_string());
    let admin = app.anonymous().bearing(answer["access_token"].as_str().unwrap());
    let _ = admin.get("/api/metadata/entities").expect(200);
    for username in ["admin_bcp", "nobody"] {
        let wrong = json!({"username": username, "password": "wrong"});
        let _ = app.anonymous().post("/api/auth/login", &wrong).problem(401, "BAD_CREDENTIALS");
    }
    let missing = app.anonymous().post("/api/auth/login", &json!({"username": "x"}));
    let _ = missing.problem(422, "VALIDATION_FAILED");
}

#[test]
fn strangers_register_only_where_the_operator_opened_a_company() {
    let app = app();
    let asked = |role: &str, name: &str| json!({"username": name, "email": "ana@example.com", "password": "Una-Clave-2026", "role": role});
    let register = "/api/auth/register";
    let _ = app.anonymous().post(register, &asked("User", "ana")).problem(403, "REGISTRATION_CLOSED");
    let _ = app.anonymous().post(register, &asked("Admin", "ana")).problem(403, "GRANT_FORBIDDEN");
    let made = app.login("admin_bcp").post(register, &asked("Admin", "ana"));
    assert_eq!(made.expect(201)["role"], "Admin");
    assert_eq!(made.keys(), ["email", "id", "role", "username"]);
    let _ = app.login("admin_bcp").post(register, &asked("User", "ANA")).problem(409, "USERNAME_TAKEN");
    let _ = app.login("ursula").post(register, &asked("User", "otra")).problem(403, "ROLE_FORBIDDEN");
    let company = app.login("ursula").get("/auth/me").expect(200)["empresa_id"].to_string();
    let database = app.stop();
    let open = TestApp::try_start(database, &[("OPEN_REGISTRATION_COMPANY", &company)]).unwrap();
    let _ = open.anonymous().post(register, &asked("Admin", "luis")).problem(403, "GRANT_FORBIDDEN");
    let made = open.anonymous().post(
        register,
        &json!({
            "username": "luis", "email": "luis@example.com", "password": "Una-Clave-2026"
        }),
    );
    assert_eq!(made.expect(201)["role"], "User");
    let _ = open.anonymous().post(register, &asked("Boss", "eva")).problem(422, "VALIDATION_FAILED");
    let _ = open.anonymous().bearing("nonsense").post(register, &asked("User", "eva")).problem(401, "TOKEN_INVALID");
    let luis = open.anonymous().post("/api/auth/login", &json!({"username": "luis", "password": "Una-Clave-2026"}));
    assert_eq!(luis.expect(200)["user"]["role"], "User");
}
