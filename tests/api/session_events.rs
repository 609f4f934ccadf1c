//! Sessions as they are followed: who shows something hears when it may show it no more.

use atalaya_tests::{Client, EventStream, TestApp, bank};
use serde_json::json;

const EVENTS: &str = "/auth/session/events";

fn app() -> TestApp {
    TestApp::start().with(bank("BCP").account("BCPComunica").admin("alba").user("ursula", &["BCPComunica"]))
}

/// A stream that has told that the session lives.
fn followed(client: &Client) -> EventStream {
    let mut events = client.follow(EVENTS);
    assert_eq!(events.next().expect("an event").name, "live");
    events
}

/// The stream tells the end and ends. Whoever waits for something else waits for good: the test's own limit ends it.
fn ends(mut events: EventStream) {
    assert_eq!(events.next().expect("an event").name, "end");
    assert_eq!(events.next(), None);
}

#[test]
fn a_logout_ends_the_stream_of_that_session_only() {
    let app = app();
    let (one, other) = (app.login("ursula"), app.login("ursula"));
    let (of_one, of_other) = (followed(&one), followed(&other));
    let _ = one.post("/auth/logout", &json!({})).expect(204);
    ends(of_one);
    let _ = other.get("/auth/me").expect(200);
    let _ = other.post("/auth/logout", &json!({})).expect(204);
    ends(of_other);
}

#[test]
fn an_administrator_who_ends_the_sessions_of_a_user_ends_their_streams() {
    let app = app();
    let (admin, ursula) = (app.login("alba"), app.login("ursula"));
    let id = ursula.get("/auth/me").expect(200)["id_usuario"].clone();
    let events = followed(&ursula);
    let _ = admin.delete(&format!("/auth/users/{id}/sessions")).expect(200);
    ends(events);
}

#[test]
fn a_disabled_user_hears_the_end() {
    let app = app();
    let (admin, ursula) = (app.login("alba"), app.login("ursula"));
    let id = ursula.get("/auth/me").expect(200)["id_usuario"].clone();
    let events = followed(&ursula);
    let _ = admin.patch(&format!("/auth/users/{id}"), &json!({"activo": false})).expect(200);
    ends(events);
}

#[test]
fn a_stream_has_no_room_for_the_eleventh_of_a_user() {
    let app = app();
    let ursula = app.login("ursula");
    let open: Vec<EventStream> = (0..10).map(|_| followed(&ursula)).collect();
    let _ = ursula.get(EVENTS).problem(429, "TOO_MANY_STREAMS");
    drop(open);
}

#[test]
fn nobody_follows_without_a_token() {
    let _ = app().anonymous().get(EVENTS).problem(401, "AUTHENTICATION_REQUIRED");
}
