//! The database's address leads to a hot standby, or to a server that became read-only, and back to a primary.
#![cfg(test)]

#[cfg(test)]
mod common;

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use atalaya_application::AppError;
use atalaya_application::error::Part;
use atalaya_application::ports::memory::{Change, ChangeListener};
use atalaya_application::ports::retention::Expiring;
use atalaya_infrastructure::freshness::Freshness;
use atalaya_infrastructure::persistence::Database;
use atalaya_infrastructure::security::AuditKeys;
use atalaya_test_servers::{PgDatabase, Postgres, Switch};
use chrono::DateTime;
use common::company_count;
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use secrecy::SecretSlice;

/// Generous: what is waited for takes less than a second where the machine is idle.
const DEADLINE: Duration = Duration::from_mins(1);

/// A primary with a standby, and a program whose address leads to either.
struct Pair {
    primary: Arc<Postgres>,
    standby: Postgres,
    switch: Switch,
    database: PgDatabase,
    program: Arc<Database>,
    heard: Arc<Heard>,
}

#[derive(Default)]
struct Heard {
    changes: Mutex<Vec<Change>>,
    losses: AtomicUsize,
}

impl ChangeListener for Heard {
    fn changed(&self, change: &Change) {
        self.changes.lock().unwrap().push(change.clone());
    }

    fn everything_changed(&self) {
        self.losses.fetch_add(1, Ordering::SeqCst);
    }
}

fn opened(url: &str, heard: &Arc<Heard>) -> Arc<Database> {
    let program = Database::open(url, 4, vec![Arc::clone(heard) as _]).unwrap();
    program.key_audit(AuditKeys::new(&SecretSlice::from(vec![7; 32])));
    program
}

impl Pair {
    fn new() -> Self {
        let primary = Arc::new(Postgres::new());
        let database = primary.create_database();
        let switch = Switch::to(primary.address());
        let heard = Arc::new(Heard::default());
        let program = opened(&database.url_by(switch.address()), &heard);
        program.setup().migrate_up().unwrap();
        let standby = primary.standby();
        standby.await_replay(&primary);
        Self { primary, standby, switch, database, program, heard }
    }
}

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < DEADLINE, "{what}");
        thread::sleep(Duration::from_millis(10));
    }
}

fn is_wrong_server<T: std::fmt::Debug>(outcome: &Result<T, AppError>) -> bool {
    matches!(outcome, Err(AppError::Unavailable { part: Part::PrimaryDatabase, .. }))
}

/// What another process does that changes the signing keys, as far as the change log tells.
fn log_a_change(url: &str) {
    let mut conn = PgConnection::establish(url).unwrap();
    conn.batch_execute("INSERT INTO change_log (kind, subject) VALUES ('keys', '')").unwrap();
}

/// A serializable transaction, one of single statements, and what only reads: each of them, with its outcome.
fn all_ways(program: &Arc<Database>) -> [(&'static str, Result<(), AppError>); 4] {
    let now = DateTime::UNIX_EPOCH;
    [
        ("serializable", program.retention().prune(Expiring::LoginFailures, now).map(drop)),
        ("statement by statement", program.retention().prune(Expiring::Requests, now).map(drop)),
        ("reading", company_count(program).map(drop)),
        ("readiness", program.ping()),
    ]
}

#[test]
fn a_standby_is_the_wrong_server_for_all_that_is_done_and_the_primary_is_found_again() {
    let pair = Pair::new();
    thread::scope(|scope| (0..4).for_each(|_| drop(scope.spawn(|| company_count(&pair.program).unwrap()))));
    pair.switch.lead_to(Some(pair.standby.address()));
    // The first ones may find connections that are closed.
    until("the standby is noticed", || is_wrong_server(&pair.program.ping()));
    for (way, outcome) in all_ways(&pair.program) {
        assert!(is_wrong_server(&outcome), "{way}: {outcome:?}");
    }
    pair.switch.lead_to(Some(pair.primary.address()));
    until("the primary is found again", || all_ways(&pair.program).iter().all(|(_, outcome)| outcome.is_ok()));
}

#[test]
fn a_promoted_standby_is_the_primary() {
    let pair = Pair::new();
    pair.primary.kill();
    pair.switch.lead_to(Some(pair.standby.address()));
    until("the standby is noticed", || is_wrong_server(&pair.program.ping()));
    pair.standby.promote();
    until("the new primary is used", || all_ways(&pair.program).iter().all(|(_, outcome)| outcome.is_ok()));
}

#[test]
fn a_server_that_becomes_read_only_under_open_connections_is_the_wrong_one_until_it_writes_again() {
    let server = Arc::new(Postgres::new());
    let database = server.create_database();
    let program = opened(&database.url(), &Arc::default());
    program.setup().migrate_up().unwrap();
    for (way, _) in all_ways(&program) {
        thread::scope(|scope| (0..4).for_each(|_| drop(scope.spawn(|| company_count(&program).unwrap()))));
        server.set_read_only(true);
        let outcome_of =
            |all: [(&'static str, Result<(), AppError>); 4]| all.into_iter().find(|(name, _)| *name == way).unwrap().1;
        // A session hears of the change between two transactions.
        until("it is noticed", || is_wrong_server(&outcome_of(all_ways(&program))));
        for (later, outcome) in all_ways(&program) {
            assert!(is_wrong_server(&outcome), "{way}, then {later}: {outcome:?}");
        }
        server.set_read_only(false);
        until("it writes again", || all_ways(&program).iter().all(|(_, outcome)| outcome.is_ok()));
    }
}

#[test]
fn no_connection_is_opened_to_a_standby_whatever_the_address_says() {
    let pair = Pair::new();
    for attributes in ["any", "prefer-standby", "standby", "read-only"] {
        let url = format!("{}?target_session_attrs={attributes}", pair.database.url_by(pair.standby.address()));
        let program = opened(&url, &Arc::default());
        let migrated = program.setup().migrations();
        assert!(is_wrong_server(&migrated), "{attributes}: {migrated:?}");
        until("it is refused", || is_wrong_server(&program.ping()));
    }
}

#[test]
fn of_several_addresses_the_one_of_the_primary_is_used() {
    let pair = Pair::new();
    let single = pair.database.url_by(pair.standby.address());
    let both = format!("{},{}", pair.standby.address(), pair.primary.address());
    let program = opened(&single.replace(&pair.standby.address().to_string(), &both), &Arc::default());
    assert!(program.setup().migrations().unwrap().iter().all(|migration| migration.applied));
    for (way, outcome) in all_ways(&program) {
        assert!(outcome.is_ok(), "{way}: {outcome:?}");
    }
}

#[test]
fn a_standbys_change_log_confirms_nothing() {
    let pair = Pair::new();
    let mut feed = pair.program.change_feed().unwrap();
    feed.poll().unwrap();
    pair.standby.pause_replay();
    pair.switch.lead_to(Some(pair.standby.address()));
    until("the standby is noticed", || is_wrong_server(&feed.poll()));
    // As the memories see it: by a time that this test moves.
    let millis = Arc::new(AtomicU64::new(0));
    let time = Arc::clone(&millis);
    let freshness = Arc::new(Freshness::by(move || Duration::from_millis(time.load(Ordering::SeqCst))));
    pair.switch.lead_to(Some(pair.primary.address()));
    until("the primary is found again", || feed.poll().is_ok());
    let watch = feed.watch(Arc::clone(&freshness), Arc::default()).unwrap();
    pair.switch.lead_to(Some(pair.standby.address()));
    until("the standby is noticed", || is_wrong_server(&pair.program.ping()));
    millis.store(60_000, Ordering::SeqCst);
    // Several looks of the watch.
    thread::sleep(Duration::from_secs(2));
    assert!(!freshness.holds(), "a standby confirmed what it cannot know");
    pair.switch.lead_to(Some(pair.primary.address()));
    until("the primary confirms", || freshness.holds());
    drop(watch);
}

#[test]
fn after_another_server_took_over_nothing_remembered_is_believed_and_new_changes_are_heard() {
    let pair = Pair::new();
    let mut feed = pair.program.change_feed().unwrap();
    // What the standby never receives: the log of the new primary goes on with numbers that this feed has seen.
    pair.standby.stop_receiving();
    (0..3).for_each(|_| log_a_change(&pair.database.superuser_url()));
    assert_eq!(feed.poll().unwrap(), 3);
    pair.primary.kill();
    pair.standby.promote();
    pair.switch.lead_to(Some(pair.standby.address()));
    until("the new primary answers", || feed.poll().is_ok());
    assert_eq!(pair.heard.losses.load(Ordering::SeqCst), 1, "changes may have been lost");
    pair.heard.changes.lock().unwrap().clear();
    log_a_change(
        &pair
            .database
            .superuser_url()
            .replace(&pair.primary.address().to_string(), &pair.standby.address().to_string()),
    );
    assert_eq!(feed.poll().unwrap(), 1);
    assert_eq!(*pair.heard.changes.lock().unwrap(), [Change::Keys]);
}
