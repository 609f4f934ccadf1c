//! Following a table: whoever shows its records hears of what others do to them.

use atalaya_tests::{Client, EventStream};
use reqwest::Method;
use serde_json::{Value, json};

use super::{NOWHERE, app, campaigns, field, keep, plain, records, send};

fn events(entity: &str) -> String {
    format!("/api/entities/{entity}/events")
}

fn followed(client: &Client, entity: &str) -> EventStream {
    let mut events = client.follow(&events(entity));
    assert_eq!(events.next().expect("an event").name, "begin");
    events
}

/// What the next event tells. Whoever waits for something else waits for good: the test's own limit ends it.
fn told(events: &mut EventStream) -> (String, Value) {
    let event = events.next().expect("an event");
    assert_eq!(event.name, "change");
    assert!(event.data["at"].is_string());
    (event.data["action"].as_str().unwrap().to_owned(), event.data["record_id"].clone())
}

#[test]
fn whoever_follows_a_table_hears_of_every_change_in_its_order() {
    let app = app();
    let (admin, ursula) = (app.login("admin_bcp"), app.login("ursula"));
    let entity = campaigns(&admin);
    let other = admin.post("/api/metadata/entities", &json!({"name": "campaign2", "display_name": "Otra"}));
    let other = other.expect(201)["id"].as_str().unwrap().to_owned();
    field(&admin, &other, &plain("nombre", "TEXT"));
    let mut vera = followed(&app.login("vera"), &entity);
    let id = keep(&ursula, &entity, &json!({"nombre": "uno"}));
    // Of another table whose name begins alike, nothing is told.
    keep(&ursula, &other, &json!({"nombre": "dos"}));
    let one = format!("{}/{id}", records(&entity));
    let _ = send(&ursula, Method::PATCH, &one, r#"{"data":{"nombre":"tres"}}"#).expect(200);
    assert_eq!(ursula.delete(&one).status, 204);
    let steps = json!({"create": [{"data": {"nombre": "a"}}, {"data": {"nombre": "b"}}]});
    let _ = ursula.post(&format!("{}:bulk", records(&entity)), &steps).expect(200);
    field(&admin, &entity, &plain("extra", "TEXT"));
    let id = Value::String(id);
    for expected in [
        ("records_created", &id),
        ("records_changed", &id),
        ("records_deleted", &id),
        ("records_created", &Value::Null),
        ("field_defined", &Value::Null),
    ] {
        let (action, record) = told(&mut vera);
        assert_eq!((action.as_str(), &record), expected);
    }
}

#[test]
fn whoever_reads_their_own_records_only_hears_of_no_others() {
    let app = app();
    let (admin, ursula) = (app.login("admin_bcp"), app.login("ursula"));
    let entity = campaigns(&admin);
    let narrowed = json!({"access": {"user": "own"}});
    let _ = admin.put(&format!("/api/metadata/entities/{entity}"), &narrowed).expect(200);
    let mut events = followed(&ursula, &entity);
    keep(&admin, &entity, &json!({"nombre": "de otros"}));
    let several = json!({"create": [{"data": {"nombre": "a"}}, {"data": {"nombre": "b"}}]});
    let _ = admin.post(&format!("{}:bulk", records(&entity)), &several).expect(200);
    let own = keep(&ursula, &entity, &json!({"nombre": "mía"}));
    assert_eq!(told(&mut events), ("records_created".to_owned(), json!(own)));
    // What others do to one's own is told, though it is gone by then.
    assert_eq!(admin.delete(&format!("{}/{own}", records(&entity))).status, 204);
    assert_eq!(told(&mut events), ("records_deleted".to_owned(), json!(own)));
    let _ = ursula.post(&format!("{}:bulk", records(&entity)), &several).expect(200);
    assert_eq!(told(&mut events), ("records_created".to_owned(), Value::Null));
}

#[test]
fn the_stream_ends_once_the_table_is_not_there_any_more_for_who_follows() {
    let app = app();
    let (admin, ursula) = (app.login("admin_bcp"), app.login("ursula"));
    let entity = campaigns(&admin);
    let (mut of_ursula, mut of_admin) = (followed(&ursula, &entity), followed(&admin, &entity));
    let path = format!("/api/metadata/entities/{entity}");
    let _ = admin.put(&path, &json!({"access": {"user": "none"}})).expect(200);
    assert_eq!(of_ursula.next(), None);
    let _ = ursula.get(&events(&entity)).problem(404, "ENTITY_NOT_FOUND");
    assert_eq!(told(&mut of_admin).0, "entity_changed");
    assert_eq!(admin.delete(&path).status, 204);
    assert_eq!(of_admin.next(), None);
    let _ = admin.get(&events(NOWHERE)).problem(404, "ENTITY_NOT_FOUND");
    let _ = app.login("ulises").get(&events(&entity)).problem(404, "ENTITY_NOT_FOUND");
}

#[test]
fn a_logout_ends_the_stream() {
    let app = app();
    let (admin, ursula) = (app.login("admin_bcp"), app.login("ursula"));
    let entity = campaigns(&admin);
    let mut events = followed(&ursula, &entity);
    let _ = ursula.post("/auth/logout", &json!({})).expect(204);
    assert_eq!(events.next(), None);
}
