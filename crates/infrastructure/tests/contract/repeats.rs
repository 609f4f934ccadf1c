//! Requests that may come again: one effect, whatever happens at once and whoever dies.

use std::sync::{Arc, Mutex};
use std::thread;

use atalaya_application::AppError;
use atalaya_application::error::Conflict;
use atalaya_application::ports::idempotency::{Attempt, Begun, IdempotencyStore, RequestKey, StoredAnswer};
use atalaya_application::ports::retention::Expiring;
use atalaya_application::ports::runtime::Clock;
use atalaya_application::ports::store::Store;
use atalaya_domain::access::{Role, TenantScope};
use atalaya_domain::id::UserId;
use atalaya_infrastructure::idempotency::StoredIdempotency;
use atalaya_infrastructure::persistence::Database;
use chrono::{DateTime, TimeDelta, Utc};

use super::support::*;

/// A clock that a test sets.
struct HandClock(Mutex<DateTime<Utc>>);

impl Clock for HandClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }
}

/// A process on the database, with a clock.
struct Process {
    world: World,
    clock: Arc<HandClock>,
    requests: StoredIdempotency,
}

impl Process {
    fn of(world: World) -> Self {
        let clock = Arc::new(HandClock(Mutex::new(start())));
        let requests =
            StoredIdempotency::new(Arc::clone(&world.database), Arc::clone(&clock) as _, &vec![7; 32].into());
        Self { world, clock, requests }
    }

    /// Two processes, a company and somebody of it.
    fn two(fixture: &dyn Fixture) -> ([Self; 2], TenantScope, UserId) {
        let processes = [World::new(fixture), World::opened(fixture)].map(Self::of);
        let company = processes[0].world.company("BCP");
        let user = processes[0].world.user(&company, "ana", Role::Admin);
        (processes, company, user.id)
    }

    /// Lets the process' clock go to so many seconds after [`start`].
    fn at(&self, second: i64) -> &Self {
        *self.clock.0.lock().unwrap() = start() + TimeDelta::seconds(second);
        self
    }

    fn begin(&self, company: &TenantScope, user: UserId, content: u32) -> Begun {
        self.requests.begin(&key(user), Some(company.company()), &[&content.to_be_bytes()]).unwrap()
    }

    fn first(&self, company: &TenantScope, user: UserId) -> Attempt {
        match self.begin(company, user, 7) {
            Begun::First(attempt) => attempt,
            other => panic!("{other:?}"),
        }
    }

    /// Makes an account, and keeps `answer` with it.
    fn act(&self, company: &TenantScope, attempt: &Attempt, handle: &str) -> Result<(), AppError> {
        self.world.write(company, |unit| {
            unit.accounts().insert(&new_account(handle), start())?;
            unit.answers().complete(attempt, &answer(handle))
        })
    }
}

fn key(user: UserId) -> RequestKey {
    RequestKey { user, operation: "train", key: "k".to_owned() }
}

fn answer(text: &str) -> StoredAnswer {
    StoredAnswer { status: 202, headers: Vec::new(), body: text.into() }.with("location", "/jobs/7").with("x", "a: b")
}

fn taken_over(result: &Result<(), AppError>) -> bool {
    matches!(result, Err(AppError::Conflict(Conflict::RequestTakenOver)))
}

pub(crate) fn of_parallel_attempts_at_a_request_one_is_the_first(fixture: &dyn Fixture) {
    let (processes, company, user) = Process::two(fixture);
    let begun: Vec<Begun> = thread::scope(|scope| {
        let (company, twenty) = (&company, processes.iter().cycle().take(20));
        let running: Vec<_> = twenty.map(|process| scope.spawn(move || process.begin(company, user, 7))).collect();
        running.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let firsts = begun.iter().filter(|begun| matches!(begun, Begun::First(_))).count();
    let running = begun.iter().filter(|begun| **begun == Begun::Running).count();
    assert_eq!((firsts, running), (1, 19));
}

pub(crate) fn an_answer_is_given_again_by_every_process(fixture: &dyn Fixture) {
    let (processes, company, user) = Process::two(fixture);
    let attempt = processes[0].first(&company, user);
    processes[0].act(&company, &attempt, "bcp").unwrap();
    for process in &processes {
        assert_eq!(process.begin(&company, user, 7), Begun::Repeat(answer("bcp")));
        assert_eq!(process.begin(&company, user, 8), Begun::OtherBody);
        process.requests.abandon(&attempt);
    }
    assert_eq!(processes[1].begin(&company, user, 7), Begun::Repeat(answer("bcp")), "an answer is not abandoned");
}

pub(crate) fn a_request_of_a_dead_process_is_taken_over_when_its_hold_is_over(fixture: &dyn Fixture) {
    let (processes, company, user) = Process::two(fixture);
    let [dead, other] = &processes;
    let lost = dead.first(&company, user);
    assert_eq!(other.at(14).begin(&company, user, 7), Begun::Running);
    assert_eq!(other.begin(&company, user, 8), Begun::OtherBody);
    let attempt = other.at(15).first(&company, user);
    assert_ne!(attempt.id, lost.id);
    // It was not dead, only slow: nothing of what it does may stay, and it frees nothing.
    assert!(taken_over(&dead.act(&company, &lost, "slow")));
    dead.requests.abandon(&lost);
    other.act(&company, &attempt, "bcp").unwrap();
    assert!(taken_over(&dead.act(&company, &lost, "slower")));
    assert_eq!(handles(&other.world.summaries(&company)), ["bcp"]);
    assert_eq!(dead.begin(&company, user, 7), Begun::Repeat(answer("bcp")));
}

pub(crate) fn of_an_effect_and_a_takeover_at_once_one_comes_through(fixture: &dyn Fixture) {
    let (processes, company, user) = Process::two(fixture);
    let [slow, other] = &processes;
    for round in 0..10 {
        let handle = format!("round{round}");
        let second = 100_000 * (round + 1);
        slow.at(second);
        other.at(second + 15);
        let lost = slow.first(&company, user);
        let (acted, begun) = thread::scope(|scope| {
            let acting = scope.spawn(|| slow.act(&company, &lost, &handle));
            let begun = other.begin(&company, user, 7);
            (acting.join().unwrap(), begun)
        });
        match (acted, begun) {
            (Ok(()), Begun::Repeat(given)) => assert_eq!(given, answer(&handle)),
            (acted, Begun::First(attempt)) => {
                assert!(taken_over(&acted));
                other.act(&company, &attempt, &handle).unwrap();
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(handles(&other.world.summaries(&company)).len(), 10);
}

pub(crate) fn a_hold_is_renewed_until_the_attempt_ends(fixture: &dyn Fixture) {
    let (processes, company, user) = Process::two(fixture);
    let [busy, other] = &processes;
    let attempt = busy.first(&company, user);
    for second in [10, 20, 30] {
        busy.at(second).requests.renew().unwrap();
    }
    other.requests.renew().unwrap();
    assert_eq!(other.at(44).begin(&company, user, 7), Begun::Running);
    busy.requests.let_go(attempt.id);
    busy.at(44).requests.renew().unwrap();
    assert!(matches!(other.at(45).begin(&company, user, 7), Begun::First(_)));
}

pub(crate) fn a_hold_that_ran_out_unnoticed_is_held_again(fixture: &dyn Fixture) {
    let (processes, company, user) = Process::two(fixture);
    let [busy, other] = &processes;
    let attempt = busy.first(&company, user);
    busy.at(60).requests.renew().unwrap();
    assert_eq!(other.at(60).begin(&company, user, 7), Begun::Running);
    busy.act(&company, &attempt, "bcp").unwrap();
    busy.at(90).requests.renew().unwrap();
    assert_eq!(other.at(86_399).begin(&company, user, 7), Begun::Repeat(answer("bcp")), "no answer is made shorter");
}

pub(crate) fn a_failed_request_may_be_tried_again_at_once(fixture: &dyn Fixture) {
    let (processes, company, user) = Process::two(fixture);
    let [failing, other] = &processes;
    let attempt = failing.first(&company, user);
    let failed = failing.world.write::<()>(&company, |unit| {
        unit.answers().complete(&attempt, &answer("never"))?;
        Err(AppError::PreconditionFailed)
    });
    assert!(matches!(failed, Err(AppError::PreconditionFailed)));
    assert_eq!(other.begin(&company, user, 7), Begun::Running, "what was rolled back was not answered");
    failing.requests.abandon(&attempt);
    assert!(matches!(other.begin(&company, user, 8), Begun::First(_)));
}

pub(crate) fn answers_are_given_for_a_day_and_pruned_after_it(fixture: &dyn Fixture) {
    let (processes, company, user) = Process::two(fixture);
    let [process, other] = &processes;
    let attempt = process.first(&company, user);
    process.act(&company, &attempt, "bcp").unwrap();
    let prune = |second: i64| process.world.prune(Expiring::Requests, start() + TimeDelta::seconds(second));
    let day = 24 * 60 * 60;
    assert_eq!(prune(day - 1), 0);
    assert_eq!(other.at(day - 1).begin(&company, user, 7), Begun::Repeat(answer("bcp")));
    let anew = other.at(day).begin(&company, user, 8);
    assert!(matches!(anew, Begun::First(_)), "an answer that is not pruned yet is none either: {anew:?}");
    assert_eq!((prune(day), prune(day + 15)), (0, 1));
}

pub(crate) fn a_key_counts_for_one_user_and_one_operation(fixture: &dyn Fixture) {
    let (processes, company, user) = Process::two(fixture);
    let process = &processes[0];
    let attempt = process.first(&company, user);
    process.act(&company, &attempt, "bcp").unwrap();
    let bbva = process.world.company("BBVA");
    let stranger = process.world.user(&bbva, "ben", Role::Admin).id;
    assert!(matches!(process.begin(&bbva, stranger, 7), Begun::First(_)));
    let upload = RequestKey { operation: "upload", ..key(user) };
    assert!(matches!(process.requests.begin(&upload, Some(company.company()), &[]).unwrap(), Begun::First(_)));
}

pub(crate) fn no_answer_is_kept_in_another_company(fixture: &dyn Fixture) {
    let (processes, company, user) = Process::two(fixture);
    let process = &processes[0];
    let bbva = process.world.company("BBVA");
    let attempt = process.first(&company, user);
    assert!(matches!(process.act(&bbva, &attempt, "bbva"), Err(AppError::Internal { .. })));
    assert!(process.world.summaries(&bbva).is_empty());
    assert_eq!(process.begin(&company, user, 7), Begun::Running);
}

/// SHA-256 of the key `k`: how the program before migration 0018 named its row.
const UNKEYED_KEY: &str = "8254c329a92850f6d539dd376f4816ee2764517da5e0235514af433164480d7a";

/// Writes the row that the program before migration 0018 would: held at [`start`], or answered.
fn before_0018(fixture: &dyn Fixture, user: UserId, answered: bool) {
    let (hash, empty) = if fixture.url().starts_with("sqlite") {
        (format!("x'{UNKEYED_KEY}'"), "x''")
    } else {
        (format!("decode('{UNKEYED_KEY}', 'hex')"), "''")
    };
    let fingerprint = hash.replace(UNKEYED_KEY, &UNKEYED_KEY[..32]);
    let (until, answer) = if answered {
        ("2026-01-25 12:00:00", format!("202, '', {empty}"))
    } else {
        ("2026-01-24 12:00:15", "NULL, NULL, NULL".into())
    };
    fixture.execute(&format!(
        "INSERT INTO idempotency_keys
             (user_id, company_id, operation, key_hash, fingerprint, attempt, kept_until, status, headers, body)
         SELECT {user}, company_id, 'train', {hash}, {fingerprint}, '00000000-0000-4000-8000-000000000000',
             '{until}', {answer} FROM users WHERE id = {user}",
        user = user.get(),
    ));
}

pub(crate) fn what_a_program_without_keys_does_is_not_done_again_and_matches_nothing(fixture: &dyn Fixture) {
    let (processes, company, user) = Process::two(fixture);
    let process = &processes[0];
    before_0018(fixture, user, false);
    assert_eq!(process.at(14).begin(&company, user, 7), Begun::Running);
    // Its process died: the request is taken over, and its row is gone, so that a late effect of it fails.
    let attempt = process.at(15).first(&company, user);
    process.requests.abandon(&attempt);
    before_0018(fixture, user, true);
    let day = 24 * 60 * 60;
    assert_eq!(process.at(day - 1).begin(&company, user, 7), Begun::OtherBody);
    assert_eq!(process.world.prune(Expiring::Requests, start()), 1, "its hash is overwritten");
    assert_eq!(process.world.prune(Expiring::Requests, start()), 0);
    assert_eq!(process.begin(&company, user, 7), Begun::OtherBody, "and its request still done");
    assert!(matches!(process.at(day).begin(&company, user, 7), Begun::First(_)));
}

/// Does `work` while every connection is in use that reading a company's data may have.
fn with_no_connection_left(database: &Database, company: &TenantScope, work: &mut dyn FnMut()) {
    let store: &dyn Store = database;
    let mut taken = false;
    let outcome = store.query(company, |_| {
        taken = true;
        with_no_connection_left(database, company, work);
        Ok(())
    });
    if !taken {
        assert!(matches!(outcome, Err(AppError::Unavailable { .. })), "{outcome:?}");
        work();
    }
}

pub(crate) fn holds_are_renewed_and_changes_heard_though_every_connection_is_in_use(fixture: &dyn Fixture) {
    let (processes, company, user) = Process::two(fixture);
    let [busy, other] = &processes;
    busy.first(&company, user);
    let mut feed = busy.world.database.change_feed().unwrap();
    with_no_connection_left(&busy.world.database, &company, &mut || {
        busy.world.database.ping().unwrap();
        busy.at(10).requests.renew().unwrap();
        other.world.account(&company, "bcp");
        assert_eq!(feed.poll().unwrap(), 1);
    });
    assert_eq!(other.at(24).begin(&company, user, 7), Begun::Running);
}
