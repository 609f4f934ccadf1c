//! Keeping records.

use std::thread;

use reqwest::Method;
use serde_json::{Value, json};

use super::{NOWHERE, app, campaigns, column, define, field, keep, plain, records, send};

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
    let told = ursula.get(&format!("{path}/revisions")).expect(200)["items"].clone();
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
    let page = ursula.get(&format!("{path}/revisions?page=2&page_size=2")).expect(200).clone();
    let numbers: Vec<&Value> = page["items"].as_array().unwrap().iter().map(|item| &item["revision"]).collect();
    assert_eq!(numbers, [&json!(3), &json!(2)]);
    let about = ["total", "page", "page_size", "total_pages"].map(|name| page[name].clone());
    assert_eq!(about, [json!(5), json!(2), json!(2), json!(3)]);
    let beyond = ursula.get(&format!("{path}/revisions?page=9")).expect(200).clone();
    assert_eq!((&beyond["items"], &beyond["page_size"]), (&json!([]), &json!(20)));
    let broken = ursula.get(&format!("{path}/revisions?page=0&page_size=101"));
    assert_eq!(broken.broken_rules(), ["page: too_small", "page_size: too_large"]);
    let _ = ursula.post(&format!("{path}/revert"), &json!({"revision": 9})).problem(404, "REVISION_NOT_FOUND");
    let strange = ursula.get(&format!("{}/{}/revisions", records(&entity), uuid::Uuid::nil()));
    let _ = strange.problem(404, "RECORD_NOT_FOUND");
}

#[test]
fn a_value_of_a_unique_field_is_there_once() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = define(&admin, "campaign");
    let code = json!({"name": "código", "display_name": "c", "field_type": "TEXT", "unique": true});
    let code_id = field(&admin, &entity, &code);
    let record = keep(&admin, &entity, &json!({"código": "A1"}));
    let again = |data: &Value| admin.post(&records(&entity), &json!({"data": data}));
    let taken = ["data.código: value_taken"];
    assert_eq!(again(&json!({"código": "A1"})).rules_of(409, "VALUE_TAKEN"), taken);
    let other = again(&json!({"código": "a1"})).expect(201)["id"].as_str().unwrap().to_owned();
    let path = format!("{}/{other}", records(&entity));
    let change = json!({"data": {"código": "A1"}});
    assert_eq!(admin.put(&path, &change).rules_of(409, "VALUE_TAKEN"), taken);
    assert_eq!(send(&admin, Method::PATCH, &path, &change.to_string()).rules_of(409, "VALUE_TAKEN"), taken);
    let by_id = admin.post(&format!("{}?keys=id", records(&entity)), &json!({"data": {code_id.as_str(): "A1"}}));
    assert_eq!(by_id.rules_of(409, "VALUE_TAKEN"), [format!("data.{code_id}: value_taken")]);
    let _ = again(&json!({"código": null})).expect(201);
    let _ = again(&json!({})).expect(201);
    assert_eq!(admin.delete(&format!("{}/{record}", records(&entity))).status, 204);
    let _ = again(&json!({"código": "A1"})).expect(201);
    // Going back to a value that another record has by now.
    let moved = json!({"data": {"código": "Z9"}});
    let _ = admin.put(&path, &moved).expect(200);
    let _ = again(&json!({"código": "a1"})).expect(201);
    let back = admin.post(&format!("{path}/revert"), &json!({"revision": 1}));
    assert_eq!(back.rules_of(409, "VALUE_TAKEN"), taken);
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
fn of_fifty_people_at_once_one_gets_a_unique_value() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = define(&admin, "campaign");
    field(&admin, &entity, &json!({"name": "codigo", "display_name": "c", "field_type": "TEXT", "unique": true}));
    let statuses: Vec<u16> = thread::scope(|scope| {
        let create = || admin.post(&records(&entity), &json!({"data": {"codigo": "x"}})).status;
        let people: Vec<_> = (0..50).map(|_| scope.spawn(create)).collect();
        people.into_iter().map(|person| person.join().unwrap()).collect()
    });
    let count = |status: u16| statuses.iter().filter(|told| **told == status).count();
    // Whoever finds too many waiting is told to come back.
    assert_eq!((count(201), count(409) + count(503)), (1, 49), "{statuses:?}");
    assert_eq!(admin.get(&records(&entity)).expect(200)["total"], 1);
}
