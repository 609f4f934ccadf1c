//! Sessions as they are followed: who shows something hears when it may show it no more.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::sleep;
use std::time::Duration;

use atalaya_application::AppError;
use atalaya_application::error::Part;
use atalaya_application::page::{Page, PageRequest};
use atalaya_application::ports::security::PublicKey;
use atalaya_application::sessions::{Grant, Login, Profile, Sessions, Whose};
use atalaya_domain::access::Actor;
use atalaya_domain::caller::{Caller, Origin};
use atalaya_domain::id::SessionId;
use atalaya_domain::mandate::{Authorized, OwnSession};
use atalaya_domain::password::Password;
use atalaya_domain::session::{Session, SessionPlace};
use atalaya_tests::{Client, EventStream, TestApp, bank};
use atalaya_web::EventStreams;
use serde_json::json;

const EVENTS: &str = "/auth/session/events";

/// Sessions whose database can be away, in a process that has forgotten every token by then.
struct Staged {
    sessions: Arc<dyn Sessions>,
    away: AtomicBool,
    /// How often the database was asked while it was away.
    missed: AtomicUsize,
}

impl Sessions for Staged {
    fn recall(&self, token: &str) -> Result<Option<Arc<Actor>>, AppError> {
        if self.away.load(Ordering::SeqCst) { Ok(None) } else { self.sessions.recall(token) }
    }

    fn authenticate(&self, token: &str) -> Result<Arc<Actor>, AppError> {
        if self.away.load(Ordering::SeqCst) {
            self.missed.fetch_add(1, Ordering::SeqCst);
            return Err(AppError::unavailable(Part::Database));
        }
        self.sessions.authenticate(token)
    }

    fn admits_login(&self) -> Result<(), AppError> {
        self.sessions.admits_login()
    }

    fn login(&self, login: &Login) -> Result<Grant, AppError> {
        self.sessions.login(login)
    }

    fn refresh(&self, token: &str, origin: &Origin) -> Result<Grant, AppError> {
        self.sessions.refresh(token, origin)
    }

    fn logout_with_refresh(&self, token: &str, origin: &Origin) -> Result<(), AppError> {
        self.sessions.logout_with_refresh(token, origin)
    }

    fn logout(&self, caller: &Caller) -> Result<(), AppError> {
        self.sessions.logout(caller)
    }

    fn profile(&self, actor: &Actor) -> Result<Profile, AppError> {
        self.sessions.profile(actor)
    }

    fn change_password(&self, by: &Authorized<OwnSession>, current: &Password, new: &Password) -> Result<(), AppError> {
        self.sessions.change_password(by, current, new)
    }

    fn list(
        &self,
        whose: Whose<'_>,
        page: Option<&PageRequest<SessionPlace>>,
    ) -> Result<Page<Session, SessionPlace>, AppError> {
        self.sessions.list(whose, page)
    }

    fn end(&self, whose: Whose<'_>, session: SessionId) -> Result<(), AppError> {
        self.sessions.end(whose, session)
    }

    fn end_all(&self, whose: Whose<'_>) -> Result<usize, AppError> {
        self.sessions.end_all(whose)
    }

    fn public_keys(&self) -> Vec<PublicKey> {
        self.sessions.public_keys()
    }
}

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
fn a_database_that_is_away_is_not_asked_at_every_look_and_ends_nothing() {
    let mut staged = None;
    let app = TestApp::adjusted(|services| {
        let sessions = &mut Arc::make_mut(&mut services.use_cases).sessions;
        let (away, missed) = (AtomicBool::default(), AtomicUsize::default());
        let replaced = Arc::new(Staged { sessions: Arc::clone(sessions), away, missed });
        *sessions = Arc::clone(&replaced) as Arc<dyn Sessions>;
        staged = Some(replaced);
    });
    let (app, staged) = (app.with(bank("BCP").admin("alba")), staged.unwrap());
    let alba = app.login("alba");
    let events = followed(&alba);
    staged.away.store(true, Ordering::SeqCst);
    let missed = || staged.missed.load(Ordering::SeqCst);
    while missed() == 0 {
        sleep(Duration::from_millis(10));
    }
    // Four looks of a stream whose database answers.
    sleep(Duration::from_secs(2));
    assert_eq!(missed(), 1);
    staged.away.store(false, Ordering::SeqCst);
    let _ = alba.post("/auth/logout", &json!({})).expect(204);
    ends(events);
}

#[test]
fn a_stream_has_no_room_for_the_eleventh_of_a_user() {
    let app = app();
    let ursula = app.login("ursula");
    let open: Vec<EventStream> = (0..EventStreams::MOST_SESSIONS_OF_A_USER).map(|_| followed(&ursula)).collect();
    let _ = ursula.get(EVENTS).problem(429, "TOO_MANY_STREAMS");
    drop(open);
}

#[test]
fn nobody_follows_without_a_token() {
    let _ = app().anonymous().get(EVENTS).problem(401, "AUTHENTICATION_REQUIRED");
}
