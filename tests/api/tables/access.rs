//! Who may do what with the records of an entity type, what is only changed by who says what they saw, and values that
//! are unique together.

use atalaya_domain::access::Permission;
use atalaya_tests::Client;
use reqwest::Method;
use serde_json::{Value, json};

use super::{app, campaigns, define, field, keep, plain, records};
use crate::authorization_matrix::operations;
use crate::samples::{SAMPLES, Sample, Target};
use crate::world::{Who, World};

fn settings(admin: &Client, entity: &str, settings: &Value) -> Value {
    admin.put(&format!("/api/metadata/entities/{entity}"), settings).expect(200).clone()
}

fn of_page(client: &Client, path: &str) -> Vec<String> {
    let page = client.get(path).expect(200).clone();
    page["items"].as_array().unwrap().iter().map(|record| record["id"].as_str().unwrap().to_owned()).collect()
}

/// What somebody is told whose role may do it, by the level that the entity type gives the role.
fn expected(sample: &Sample, level: &str, writes: bool) -> (u16, Option<&'static str>) {
    let is_of_a_record =
        ["<record>", "<spare_record>", "<deleted_record>"].iter().any(|name| sample.path.contains(name));
    match level {
        "none" => (404, Some("ENTITY_NOT_FOUND")),
        "own" if is_of_a_record => (404, Some("RECORD_NOT_FOUND")),
        "read" if writes => (403, Some("TABLE_READ_ONLY")),
        _ => (sample.allowed, None),
    }
}

#[test]
fn each_operation_on_records_keeps_to_what_the_entity_type_gives_a_role() {
    let world = World::new();
    let permissions = operations();
    let admin = world.client(Who::Admin);
    let [entity, ..] = &world.canary.table;
    let of_records = |sample: &&Sample| {
        let asked = permissions[sample.operation];
        let is_about_records = matches!(asked, Some(Permission::ReadRecords | Permission::WriteRecords));
        is_about_records && sample.target == Target::Entity
    };
    let mut wrong = Vec::new();
    for level in ["none", "own", "read", "write"] {
        let of_viewers = if level == "none" { "none" } else { "read" };
        settings(&admin, entity, &json!({"access": {"user": level, "viewer": of_viewers}}));
        for sample in SAMPLES.iter().filter(of_records) {
            let writes = permissions[sample.operation] == Some(Permission::WriteRecords);
            let callers = [(Who::User, level), (Who::Viewer, of_viewers), (Who::Admin, "write")];
            for (who, level) in callers.into_iter().filter(|(who, _)| !(writes && *who == Who::Viewer)) {
                let reply = world.ask(who, sample, &world.canary);
                let (status, code) = expected(sample, level, writes);
                let told = reply.json["error_code"].as_str();
                if reply.status != status || (code.is_some() && told != code) {
                    wrong.push(format!("{} as {who:?} with {level}: {} {told:?}", sample.operation, reply.status));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn a_table_that_is_closed_to_a_role_is_not_listed_for_it() {
    let app = app();
    let (admin, ursula, vera) = (app.login("admin_bcp"), app.login("ursula"), app.login("vera"));
    let open = campaigns(&admin);
    let closed = define(&admin, "salaries");
    let changed = settings(&admin, &closed, &json!({"access": {"user": "none"}}));
    assert_eq!(changed["access"], json!({"user": "none", "viewer": "read"}));
    let listed = |client: &Client| {
        let tables = client.get("/api/entities").expect(200).clone();
        let row = |table: &Value| (table["id"].as_str().unwrap().to_owned(), table["your_access"].clone());
        tables.as_array().unwrap().iter().map(row).collect::<Vec<_>>()
    };
    assert_eq!(listed(&ursula), [(open.clone(), json!("write"))]);
    assert_eq!(listed(&vera), [(closed.clone(), json!("read")), (open.clone(), json!("read"))]);
    assert_eq!(listed(&admin), [(closed.clone(), json!("write")), (open, json!("write"))]);
    let _ = ursula.get(&format!("/api/entities/{closed}")).problem(404, "ENTITY_NOT_FOUND");
    let broken = admin.put(&format!("/api/metadata/entities/{closed}"), &json!({"access": {"viewer": "write"}}));
    assert_eq!(broken.broken_rules(), ["access.viewer: unknown_value"]);
    let at_once = json!({"name": "bonus", "display_name": "Bonos", "access": {"user": "own", "viewer": "none"}});
    let defined = admin.post("/api/metadata/entities", &at_once).expect(201).clone();
    assert_eq!(defined["access"], json!({"user": "own", "viewer": "none"}));
}

#[test]
fn users_have_their_own_records_and_no_way_to_those_of_others() {
    let app = atalaya_tests::TestApp::start().with(atalaya_tests::bank("BCP").user("ursula", &[]).user("uma", &[]));
    let (admin, ursula, uma) = (app.login("admin_bcp"), app.login("ursula"), app.login("uma"));
    let entity = define(&admin, "diary");
    field(&admin, &entity, &json!({"name": "código", "display_name": "c", "field_type": "TEXT", "unique": true}));
    field(&admin, &entity, &plain("monto", "NUMBER"));
    let before = keep(&uma, &entity, &json!({"código": "U1", "monto": 5}));
    settings(&admin, &entity, &json!({"access": {"user": "own"}}));
    let mine = keep(&ursula, &entity, &json!({"código": "M1", "monto": 1}));
    let path = records(&entity);
    assert_eq!(of_page(&ursula, &path), [mine.as_str()]);
    assert_eq!(of_page(&ursula, &format!("{path}?sort=-monto")), [mine.as_str()]);
    assert_eq!(of_page(&ursula, &format!("{path}?filter[monto][gte]=2")), [""; 0]);
    assert_eq!(of_page(&admin, &format!("{path}?sort=monto")), [mine.as_str(), before.as_str()]);
    let found = ursula.get(&format!("/api/metadata/entities/{entity}/lookup")).expect(200).clone();
    assert_eq!(found, json!([{"id": mine, "display_value": "M1"}]));
    let totals = json!({"measures": [{"measure": "sum", "field": "monto"}]});
    let sum = ursula.post(&format!("{path}:aggregate"), &totals).expect(200).clone();
    assert_eq!(sum["records"], 1);
    let exported = ursula.get(&format!("{path}:export"));
    assert!(exported.status == 200 && !exported.text().contains("U1"));

    for (method, body) in [(Method::PUT, json!({"data": {"monto": 9}})), (Method::DELETE, Value::Null)] {
        let reply = match method {
            Method::PUT => ursula.put(&format!("{path}/{before}"), &body),
            _ => ursula.delete(&format!("{path}/{before}")),
        };
        let _ = reply.problem(404, "RECORD_NOT_FOUND");
    }
    let bulk = format!("{path}:bulk");
    let update = json!({"update": [{"id": before, "data": {"monto": 9}}]});
    let _ = ursula.post(&bulk, &update).problem(404, "RECORD_NOT_FOUND");
    let _ = ursula.post(&bulk, &json!({"delete": [before]})).problem(404, "RECORD_NOT_FOUND");
    // Nothing of the other's record is changed by its unique value either.
    let upsert = json!({"upsert_key": "código", "upsert": [{"data": {"código": "U1", "monto": 9}}]});
    let taken = ursula.post(&bulk, &upsert);
    assert_eq!(taken.broken_rules(), ["upsert[0].data.código: value_taken"]);
    assert!(!taken.text().contains(&before), "{}", taken.text());
    let taken = ursula.post(&path, &json!({"data": {"código": "U1"}}));
    assert_eq!(taken.rules_of(409, "VALUE_TAKEN"), ["data.código: value_taken"]);
    assert!(!taken.text().contains(&before), "{}", taken.text());
    assert_eq!(uma.get(&format!("{path}/{before}")).expect(200)["data"]["monto"], 5);

    // A relation leads to what one may read, and no further.
    let linked = define(&admin, "linked");
    let relation = json!({"name": "de", "display_name": "De", "field_type": "RELATION", "target_entity_id": entity,
        "target_display_field": "código"});
    field(&admin, &linked, &relation);
    let to = |record: &str| json!({"data": {"de": record}});
    assert_eq!(ursula.post(&records(&linked), &to(&before)).broken_rules(), ["data.de: unknown_record"]);
    let _ = ursula.post(&records(&linked), &to(&mine)).expect(201);
}

#[test]
fn a_table_may_demand_that_whoever_changes_a_record_says_what_they_saw() {
    let app = app();
    let (admin, ursula) = (app.login("admin_bcp"), app.login("ursula"));
    let entity = campaigns(&admin);
    let record = keep(&ursula, &entity, &json!({"nombre": "uno"}));
    let path = format!("{}/{record}", records(&entity));
    assert_eq!(settings(&admin, &entity, &json!({"require_if_match": true}))["require_if_match"], true);
    let body = json!({"data": {"nombre": "dos"}});
    let _ = ursula.put(&path, &body).problem(428, "PRECONDITION_REQUIRED");
    let _ = ursula.patch(&path, &body).problem(428, "PRECONDITION_REQUIRED");
    let any = ursula.clone().with("if-match", "*").put(&path, &body);
    let _ = any.problem(428, "PRECONDITION_REQUIRED");
    let _ = ursula.delete(&path).problem(428, "PRECONDITION_REQUIRED");
    let _ = ursula.post(&format!("{path}/revert"), &json!({"revision": 1})).problem(428, "PRECONDITION_REQUIRED");
    let bulk = format!("{}:bulk", records(&entity));
    let update =
        |revision: Value| json!({"update": [{"id": record, "revision": revision, "data": {"nombre": "tres"}}]});
    let _ = ursula.post(&bulk, &update(Value::Null)).problem(428, "PRECONDITION_REQUIRED");
    let _ = ursula.post(&bulk, &json!({"delete": [record]})).problem(428, "PRECONDITION_REQUIRED");

    let tag = ursula.get(&path).header("etag").to_owned();
    let changed = ursula.clone().with("if-match", &tag).put(&path, &body).expect(200).clone();
    assert_eq!(changed["revision"], 2);
    let _ = ursula.post(&bulk, &update(json!(1))).problem(412, "PRECONDITION_FAILED");
    assert_eq!(ursula.post(&bulk, &update(json!(2))).expect(200)["changed"][0]["revision"], 3);
    let seen = |revision: i32| json!({"delete": [{"id": record, "revision": revision}]});
    let _ = ursula.post(&bulk, &seen(2)).problem(412, "PRECONDITION_FAILED");
    assert_eq!(ursula.post(&bulk, &seen(3)).expect(200)["deleted"], json!([record]));
}

#[test]
fn values_of_several_fields_are_unique_together() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = define(&admin, "budget");
    let fields = [("ciudad", "TEXT"), ("dia", "DATE"), ("monto", "NUMBER")];
    let [city, ..] = fields.map(|(name, kind)| field(&admin, &entity, &plain(name, kind)));
    let of = |city: &str, day: &str| json!({"ciudad": city, "dia": day});
    let first = keep(&admin, &entity, &of("Lima", "2026-01-31"));
    let second = keep(&admin, &entity, &of("Lima", "2026-01-31"));
    let path = format!("/api/metadata/entities/{entity}");
    let rule = json!({"unique_together": [["dia", "ciudad"]]});
    let refused = admin.put(&path, &rule);
    assert!(refused.json["detail"].as_str().unwrap().contains(": 2."), "{}", refused.text());
    let mut named = [first, second.clone()].map(|id| format!("records.{id}: repeated"));
    named.sort();
    assert_eq!(refused.rules_of(409, "RECORDS_BREAK_RULE"), named);
    assert_eq!(admin.delete(&format!("{}/{second}", records(&entity))).status, 204);
    assert_eq!(settings(&admin, &entity, &rule)["unique_together"], json!([["ciudad", "dia"]]));

    let create = |data: Value| admin.post(&records(&entity), &json!({"data": data}));
    let named = ["data.ciudad: values_taken", "data.dia: values_taken"];
    assert_eq!(create(of("Lima", "2026-01-31")).rules_of(409, "VALUE_TAKEN"), named);
    let many = json!({"create": [{"data": of("Ica", "2026-01-31")}, {"data": of("Ica", "2026-01-31")}]});
    let refused = admin.post(&format!("{}:bulk", records(&entity)), &many);
    assert_eq!(refused.broken_rules(), named.map(|rule| format!("create[1].{rule}")));
    let _ = create(of("Lima", "2026-02-01")).expect(201);
    let _ = create(json!({"ciudad": "Lima"})).expect(201);
    let _ = create(json!({"ciudad": "Lima"})).expect(201);
    let restore = format!("/api/entities/{entity}/trash/{second}/restore");
    let _ = admin.ask(Method::POST, &restore).problem(409, "VALUE_TAKEN");
    let removed = admin.delete(&format!("{path}/fields/{city}"));
    let _ = removed.problem(409, "FIELD_IN_UNIQUE_SET");

    for (sets, broken) in [
        (json!([["ciudad"]]), "unique_together: wrong_set_size"),
        (json!([["ciudad", "ciudad"]]), "unique_together: wrong_set_size"),
        (json!([["ciudad", "nada"]]), "unique_together: unknown_value"),
        (json!(vec![["ciudad", "dia"]; 11]), "unique_together: too_many"),
    ] {
        assert_eq!(admin.put(&path, &json!({"unique_together": sets})).broken_rules(), [broken]);
    }
    assert_eq!(settings(&admin, &entity, &json!({"unique_together": []}))["unique_together"], json!([]));
    let _ = create(of("Lima", "2026-01-31")).expect(201);
    assert_eq!(admin.delete(&format!("{path}/fields/{city}")).status, 204);
}
