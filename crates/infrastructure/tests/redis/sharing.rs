//! What replicas share in Redis, and what they do without it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use atalaya_application::ports::memory::{Change, ChangeListener};
use atalaya_application::ports::quotas::{Charge, Charged, Quotas};
use atalaya_application::ports::runtime::{Health, Probe};
use atalaya_application::ports::security::LoginGuard;
use atalaya_domain::access::{Operator, Permission, TenantScope};
use atalaya_domain::account::{AccountHandle, AccountName, NewAccount};
use atalaya_domain::company::{CompanyName, DEFAULT_TIME_ZONE, NewCompany};
use atalaya_domain::id::UserId;
use atalaya_domain::login::{Attempt, AttemptKind, Device, LockoutPolicy};
use atalaya_domain::quota::{Quota, QuotaSubject, QuotaTable, RouteGroup};
use atalaya_infrastructure::freshness::Freshness;
use atalaya_infrastructure::login_guard::StoredLoginGuard;
use atalaya_infrastructure::persistence::Database;
use atalaya_infrastructure::redis::{Redis, RedisQuotas, SharedAttempts};
use atalaya_infrastructure::security::AuditKeys;
use atalaya_infrastructure::wake::WakeSignal;
use atalaya_test_servers::Redis as Server;
use chrono::{DateTime, TimeDelta, Utc};

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_mins(2);

fn eventually(what: &str, holds: impl Fn() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < PATIENCE, "{what}");
        thread::sleep(Duration::from_millis(2));
    }
}

/// One process' connection.
struct Replica {
    redis: Arc<Redis>,
    wakes: Arc<WakeSignal>,
}

impl Replica {
    fn of(server: &Server) -> Self {
        let wakes = Arc::new(WakeSignal::default());
        let redis = Redis::begin(&server.url().into(), b"one installation", Arc::clone(&wakes)).unwrap();
        let replica = Self { redis: Arc::new(redis), wakes };
        replica.await_up();
        replica
    }

    fn await_up(&self) {
        eventually("Redis is not heard", || self.redis.is_up());
    }

    fn await_away(&self) {
        eventually("Redis is believed to be there", || !self.redis.is_up());
    }

    fn quotas(&self, list: &str) -> RedisQuotas {
        let table = QuotaTable::new(Quota::parse_list(QuotaSubject::User, list).unwrap());
        RedisQuotas::new(Arc::clone(&self.redis), table)
    }
}

/// Charges a request, and whether that was done at once.
fn charge(quotas: &RedisQuotas) -> (Charged, bool) {
    match quotas.charge(UserId::new(1), None, RouteGroup::Read) {
        Charge::Now(charged) => (charged, true),
        Charge::Later(charge) => {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            (runtime.block_on(charge), false)
        }
    }
}

fn allowed(quotas: &RedisQuotas) -> usize {
    (0..100).take_while(|_| charge(quotas).0.is_ok()).count()
}

#[test]
fn replicas_grant_a_quota_once_whatever_comes_at_once() {
    let server = Server::new();
    let replicas = [Replica::of(&server), Replica::of(&server)];
    let quotas = replicas.each_ref().map(|replica| replica.quotas("all:100/day"));
    let granted = AtomicUsize::new(0);
    thread::scope(|scope| {
        for quotas in quotas.iter().cycle().take(8) {
            scope.spawn(|| {
                let count = (0..50).filter(|_| charge(quotas).0.is_ok()).count();
                granted.fetch_add(count, Ordering::SeqCst);
            });
        }
    });
    assert_eq!(granted.into_inner(), 100);
}

#[test]
fn while_redis_is_away_each_replica_grants_the_whole_and_then_they_share_again() {
    let server = Server::new();
    let replicas = [Replica::of(&server), Replica::of(&server)];
    let quotas = replicas.each_ref().map(|replica| replica.quotas("all:3/day"));
    assert_eq!(allowed(&quotas[0]), 3);
    assert_eq!(allowed(&quotas[1]), 0);
    server.kill();
    for (replica, quotas) in replicas.iter().zip(&quotas) {
        assert_eq!(allowed(quotas), 3);
        assert!(!replica.redis.is_up());
        assert_eq!(replica.redis.check().health, Health::Warning);
        assert!(charge(quotas).1, "somebody waited for a Redis that is known to be away");
    }
    server.start();
    for replica in &replicas {
        eventually("Redis is not heard again", || replica.redis.is_up());
        assert_eq!(replica.redis.check().health, Health::Healthy);
    }
    // It came back with nothing, so with the scripts and the counts gone.
    assert_eq!(allowed(&quotas[0]) + allowed(&quotas[1]), 3);
}

#[test]
fn a_redis_that_hangs_is_waited_for_once_and_briefly() {
    let server = Server::new();
    let replica = Replica::of(&server);
    let quotas = replica.quotas("all:100/day");
    assert!(!charge(&quotas).1);
    server.pause();
    // Redis answers nothing until it is resumed, so whoever waited for its answer would wait for ever.
    assert!(charge(&quotas).0.is_ok());
    assert!(charge(&quotas).1);
    server.resume();
    replica.await_up();
    assert!(!charge(&quotas).1);
}

#[test]
fn a_commit_of_another_replica_wakes_and_an_own_one_does_not() {
    let server = Server::new();
    let (here, there) = (Replica::of(&server), Replica::of(&server));
    let count = |replica: &Replica| replica.wakes.wait(u64::MAX);
    let before = [&here, &there].map(count);
    here.redis.wake_others();
    eventually("nobody is woken", || count(&there) != before[1]);
    there.redis.wake_others();
    // Redis sent the own call first.
    eventually("nobody is woken", || count(&here) != before[0]);
    assert_eq!([&here, &there].map(count), before.map(|count| count + 1));
}

#[test]
fn without_a_heartbeat_the_change_log_is_read_more_often() {
    let server = Server::new();
    let replica = Replica::of(&server);
    assert_eq!(replica.wakes.poll_interval(), WakeSignal::CALLED);
    // Nobody asks anything: the silence itself is noticed.
    server.pause();
    replica.await_away();
    assert_eq!(replica.wakes.poll_interval(), WakeSignal::ALONE);
    server.resume();
    replica.await_up();
    assert_eq!(replica.wakes.poll_interval(), WakeSignal::CALLED);
}

/// Commits one change after the other.
struct Writer {
    database: Arc<Database>,
    scope: TenantScope,
}

impl Writer {
    fn new(url: &str, replica: &Replica) -> Self {
        let database = database(url, Vec::new());
        database.key_audit(AuditKeys::new(&vec![7; 32].into()));
        let operator = Operator::at_the_machine();
        let company = NewCompany { name: CompanyName::parse("BCP").unwrap(), time_zone: DEFAULT_TIME_ZONE };
        let company = database
            .platform()
            .transaction(|unit| unit.companies(&operator.platform()).insert(&company, now()))
            .unwrap();
        let redis = Arc::clone(&replica.redis);
        database.announce_by(move || redis.wake_others());
        Self { database, scope: operator.scope(company.id, Permission::ReadForecasts) }
    }

    fn write(&self, number: usize) {
        let name = format!("account{number}");
        let (handle, name) = (AccountHandle::parse(&name).unwrap(), AccountName::parse(&name).unwrap());
        let account = NewAccount { handle, name, platform: None, time_zone: None };
        self.database
            .store()
            .transaction(&self.scope, |unit| unit.accounts().insert(&account, now()).map(drop))
            .unwrap();
    }
}

/// Counts what it was told.
#[derive(Default)]
struct Heard(AtomicUsize);

impl ChangeListener for Heard {
    fn changed(&self, _: &Change) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    fn everything_changed(&self) {}
}

#[test]
fn a_change_on_one_replica_has_the_other_called_and_is_heard_there() {
    let server = Server::new();
    let (_folder, url) = file();
    let (here, there) = (Replica::of(&server), Replica::of(&server));
    let writer = Writer::new(&url, &here);
    let heard = Arc::new(Heard::default());
    let feed = database(&url, vec![Arc::clone(&heard) as _]).change_feed().unwrap();
    let _watch = feed.watch(Arc::new(Freshness::monotonic()), Arc::clone(&there.wakes)).unwrap();
    let calls = || there.wakes.wait(u64::MAX);
    for number in 1..=5 {
        let before = calls();
        writer.write(number);
        eventually("the other replica is not called", || calls() > before);
        eventually("a change is not heard", || heard.0.load(Ordering::SeqCst) == number);
    }

    server.kill();
    there.await_away();
    writer.write(6);
    eventually("a change is not heard without Redis", || heard.0.load(Ordering::SeqCst) == 6);
}

fn database(url: &str, listeners: Vec<Arc<dyn ChangeListener>>) -> Arc<Database> {
    let database = Database::open(url, 4, listeners).unwrap();
    database.setup().migrate_up().unwrap();
    database
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp_secs(1_769_256_000).unwrap()
}

fn file() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("atalaya.db").display());
    (folder, url)
}

/// Counts attempts of one stranger, of whom five may fail.
fn guard(url: &str, replica: &Replica) -> StoredLoginGuard {
    let policy = LockoutPolicy { threshold: 5, duration: TimeDelta::minutes(15) };
    StoredLoginGuard::new(database(url, Vec::new()), policy, &vec![7; 32].into())
        .shared_by(SharedAttempts::new(Arc::clone(&replica.redis)))
}

fn stranger() -> Attempt {
    Attempt { username_key: "ana".to_owned(), device: Device::Unknown, network: None, kind: AttemptKind::Login }
}

/// How many of twenty attempts at once may begin, by turns on each of the guards.
fn begun(guards: &[StoredLoginGuard]) -> usize {
    thread::scope(|scope| {
        let begin = |guard: &StoredLoginGuard| guard.begin(&stranger(), now()).is_ok();
        let running: Vec<_> = guards.iter().cycle().take(20).map(|guard| scope.spawn(move || begin(guard))).collect();
        running.into_iter().map(|thread| thread.join().unwrap()).filter(|begun| *begun).count()
    })
}

#[test]
fn replicas_let_no_more_attempts_be_under_way_than_may_fail() {
    let server = Server::new();
    let (_folder, url) = file();
    let replicas = [Replica::of(&server), Replica::of(&server)];
    let guards = replicas.each_ref().map(|replica| guard(&url, replica));
    assert_eq!(begun(&guards), 5);
    // Whichever began them, one that ends makes room on both.
    let ended = |guard: &StoredLoginGuard| (0..5).for_each(|_| guard.abandon(&stranger()));
    guards.iter().for_each(ended);
    assert_eq!(begun(&guards[1..]), 5);
    ended(&guards[1]);

    server.kill();
    replicas.iter().for_each(Replica::await_away);
    assert_eq!(guards.each_ref().map(|guard| begun(std::slice::from_ref(guard))), [5, 5]);
    guards.iter().for_each(ended);
    server.start();
    replicas.iter().for_each(Replica::await_up);
    assert_eq!(begun(&guards), 5);
}
