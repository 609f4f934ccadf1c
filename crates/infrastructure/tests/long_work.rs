//! Long units of work on PostgreSQL beside others of the same company.
#![cfg(test)]

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;

use atalaya_application::AppError;
use atalaya_application::ports::idempotency::{Attempt, Begun, IdempotencyStore, RequestKey, StoredAnswer};
use atalaya_application::ports::platform::PlatformStore;
use atalaya_application::ports::repositories::TimeSpan;
use atalaya_application::ports::runtime::Clock;
use atalaya_application::ports::store::UnitOfWork;
use atalaya_application::ports::tables::Writing;
use atalaya_domain::access::{Operator, Permission, TenantScope};
use atalaya_domain::account::{Account, AccountChange, AccountHandle, AccountName, NewAccount};
use atalaya_domain::audit::{AuditAction, AuditActor, AuditEvent};
use atalaya_domain::caller::Origin;
use atalaya_domain::id::{CompanyId, EntityId, RecordId, UserId};
use atalaya_domain::mandate::Attribution;
use atalaya_domain::observation::{Followers, Observation};
use atalaya_domain::tables::{DisplayName, EntityName, NewEntity, RecordQuery, RevisionKind, TableAccess, Values};
use atalaya_domain::user::Username;
use atalaya_infrastructure::idempotency::StoredIdempotency;
use atalaya_infrastructure::persistence::Database;
use atalaya_infrastructure::security::AuditKeys;
use atalaya_test_servers::{PgDatabase, Postgres};
use chrono::{DateTime, TimeDelta, Utc};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use secrecy::SecretSlice;
use uuid::Uuid;

const COMPANY: CompanyId = CompanyId::new(1);
const FILL: &str = "
    INSERT INTO companies (name, time_zone, active, created_at) VALUES ('one', 'UTC', TRUE, now());
    INSERT INTO users (company_id, username, username_key, password_hash, pepper_id, role, active, version, created_at)
        VALUES (1, 'ana', 'ana', 'h', 'p', 'admin', TRUE, 1, now());
    INSERT INTO accounts (company_id, handle, name, registered_at) VALUES (1, 'one', 'one', now())";

/// A bank with an account on a server of its own database.
struct Bank {
    server: PgDatabase,
    program: Arc<Database>,
}

impl Bank {
    fn new() -> Self {
        let server = Postgres::shared().create_database();
        let program = Self::open(&server);
        program.setup().migrate_up().unwrap();
        PgConnection::establish(&server.superuser_url()).unwrap().batch_execute(FILL).unwrap();
        let bank = Self { server, program };
        // The first entry of a chain is the only one that has nothing to wait for.
        log_in(&bank.program);
        bank
    }

    fn open(server: &PgDatabase) -> Arc<Database> {
        let program = Database::open(&server.url(), 4, Vec::new()).unwrap();
        program.key_audit(AuditKeys::new(&SecretSlice::from(vec![7; 32])));
        program
    }

    /// A further process on the same database.
    fn other_process(&self) -> Arc<Database> {
        Self::open(&self.server)
    }

    /// Runs a long unit of work, which is given the account, and says how often it ran.
    fn write_long(
        &self,
        mut work: impl FnMut(&mut dyn UnitOfWork, &Account) -> Result<(), AppError>,
    ) -> Result<u64, AppError> {
        write_long(&self.program, |unit, account| work(unit, account))
    }
}

fn write_long(
    program: &Arc<Database>,
    mut work: impl FnMut(&mut dyn UnitOfWork, &Account) -> Result<(), AppError>,
) -> Result<u64, AppError> {
    let mut runs = 0;
    program.store().long_transaction(&scope(), |unit| {
        runs += 1;
        let account = unit.accounts().find(&AccountHandle::parse("one").unwrap())?.unwrap();
        work(unit, &account)
    })?;
    Ok(runs)
}

fn scope() -> TenantScope {
    Operator::at_the_machine().scope(COMPANY, Permission::ReadForecasts)
}

fn told() -> AuditEvent {
    AuditEvent::by_operator(&Operator::at_the_machine(), AuditAction::UserChanged, DateTime::UNIX_EPOCH)
        .in_company(Some(COMPANY))
}

/// What a login does to others of its company.
fn log_in(program: &Database) {
    PlatformStore::write(program, &mut |unit| unit.audit(&told())).unwrap();
}

fn row(minute: i64) -> Observation {
    let at = DateTime::UNIX_EPOCH + TimeDelta::minutes(minute);
    Observation { at, followers: Followers::new(1).unwrap(), posts: None, following: None }
}

/// A clock that a test sets.
struct HandClock(Mutex<DateTime<Utc>>);

impl Clock for HandClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }
}

impl HandClock {
    fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new(DateTime::UNIX_EPOCH)))
    }

    fn advance(&self, seconds: i64) {
        *self.0.lock().unwrap() += TimeDelta::seconds(seconds);
    }
}

fn begin(requests: &StoredIdempotency, key: &str) -> Begun {
    let key = RequestKey { user: UserId::new(1), operation: "upload", key: key.to_owned() };
    requests.begin(&key, Some(COMPANY), &[]).unwrap()
}

fn first(requests: &StoredIdempotency, key: &str) -> Attempt {
    match begin(requests, key) {
        Begun::First(attempt) => attempt,
        other => panic!("{other:?}"),
    }
}

fn answer() -> StoredAnswer {
    StoredAnswer { status: 200, headers: Vec::new(), body: b"{}".to_vec() }
}

#[test]
fn logins_beside_a_long_upload_neither_wait_for_it_nor_make_it_run_again() {
    let bank = Bank::new();
    let runs = bank.write_long(|unit, account| {
        unit.observations().upsert(account, &[row(0)])?;
        // More than there are connections. Were they to wait, this would not end.
        (0..8).for_each(|_| log_in(&bank.program));
        unit.audit(&told())
    });
    assert_eq!(runs.unwrap(), 1);
}

fn entity_id(id: u128) -> EntityId {
    EntityId::new(Uuid::from_u128(id))
}

/// An entity type without fields.
fn define(bank: &Bank, id: u128, name: &str) {
    let entity = NewEntity {
        name: EntityName::parse(name).unwrap(),
        display_name: DisplayName::parse(name).unwrap(),
        description: None,
        access: TableAccess::default(),
        requires_if_match: false,
    };
    let defined = bank
        .program
        .store()
        .transaction(&scope(), |unit| unit.entities().insert(entity_id(id), &entity, DateTime::UNIX_EPOCH));
    let _ = defined.unwrap();
}

/// Stores an empty record, as whoever found its entity type does.
fn store_record(unit: &mut dyn UnitOfWork, entity: u128, record: u128) -> Result<(), AppError> {
    let table = unit.entities().find(entity_id(entity))?.unwrap().opened_whole();
    let actor = AuditActor::User { id: UserId::new(1), name: Username::parse("ana").unwrap() };
    let by = Attribution { actor, origin: Origin::default() };
    let writing = Writing { kind: RevisionKind::Created, by, at: DateTime::UNIX_EPOCH };
    unit.records().insert(&table, &[(RecordId::new(Uuid::from_u128(record)), Values::new())], &writing).map(drop)
}

/// How many records an entity type has.
fn count_records(unit: &mut dyn UnitOfWork, entity: u128) -> Result<u64, AppError> {
    let table = unit.entities().find(entity_id(entity))?.unwrap().opened_whole();
    Ok(unit.records().count(&table, &RecordQuery::everything())?.count)
}

/// A long unit of work that keeps the first entity type for itself, as an import does, and how often it ran.
fn import(bank: &Bank, mut work: impl FnMut(&mut dyn UnitOfWork) -> Result<(), AppError>) -> Result<u64, AppError> {
    let mut runs = 0;
    bank.program.store().long_transaction(&scope(), |unit| {
        runs += 1;
        unit.entities().lock(entity_id(1))?;
        work(unit)?;
        unit.audit(&told())
    })?;
    Ok(runs)
}

#[test]
fn neither_logins_nor_writers_of_other_entity_types_wait_for_an_import_or_make_it_run_again() {
    let bank = Bank::new();
    define(&bank, 1, "imported");
    define(&bank, 2, "other");
    let mut records = 0..;
    let runs = import(&bank, |unit| {
        store_record(unit, 1, 1)?;
        (0..8).for_each(|_| log_in(&bank.program));
        let other = |unit: &mut dyn UnitOfWork| {
            store_record(unit, 2, records.next().unwrap())?;
            unit.audit(&told())
        };
        bank.program.store().transaction(&scope(), other)?;
        bank.other_process().store().transaction(&scope(), |unit| unit.audit(&told()))
    });
    assert_eq!(runs.unwrap(), 1);
}

#[test]
fn who_writes_what_is_being_imported_waits_for_it_and_sees_all_of_it() {
    let bank = Bank::new();
    define(&bank, 1, "imported");
    let (begun, has_begun) = mpsc::channel();
    thread::scope(|threads| {
        let mut waiting = None;
        let imported = import(&bank, |unit| {
            store_record(unit, 1, 1)?;
            let (begun, bank) = (begun.clone(), &bank);
            waiting = Some(threads.spawn(move || {
                bank.other_process().store().transaction(&scope(), |unit| {
                    // What it sees from now on is what was there before the import.
                    let _ = unit.accounts().all()?;
                    begun.send(()).unwrap();
                    let count = count_records(unit, 1)?;
                    store_record(unit, 1, 2)?;
                    Ok(count)
                })
            }));
            has_begun.recv().unwrap();
            store_record(unit, 1, 3)
        });
        assert_eq!(imported.unwrap(), 1);
        assert_eq!(waiting.unwrap().join().unwrap().unwrap(), 2);
    });
}

#[test]
fn other_writers_of_the_company_do_not_wait_for_a_long_upload() {
    let bank = Bank::new();
    let runs = bank.write_long(|unit, account| {
        unit.observations().upsert(account, &[row(0)])?;
        let store = bank.program.store();
        store.transaction(&scope(), |unit| {
            unit.audit(&told())?;
            let account = NewAccount {
                handle: AccountHandle::parse("two").unwrap(),
                name: AccountName::parse("two").unwrap(),
                platform: None,
                time_zone: None,
            };
            unit.accounts().insert(&account, DateTime::UNIX_EPOCH).map(drop)
        })?;
        unit.audit(&told())
    });
    assert_eq!(runs.unwrap(), 1);
}

#[test]
fn an_upload_whose_hold_is_renewed_meanwhile_is_done_once() {
    let bank = Bank::new();
    let requests = StoredIdempotency::new(Arc::clone(&bank.program), HandClock::new(), &vec![7; 32].into());
    let attempt = first(&requests, "k");
    let runs = bank.write_long(|unit, account| {
        unit.observations().upsert(account, &[row(0)])?;
        requests.renew()?;
        unit.answers().complete(&attempt, &answer())?;
        unit.audit(&told())
    });
    assert_eq!(runs.unwrap(), 1);
    assert_eq!(begin(&requests, "k"), Begun::Repeat(answer()));
}

#[test]
fn a_short_effect_whose_hold_is_renewed_meanwhile_comes_through_too() {
    let bank = Bank::new();
    let requests = StoredIdempotency::new(Arc::clone(&bank.program), HandClock::new(), &vec![7; 32].into());
    let attempt = first(&requests, "k");
    let mut renewals = 1;
    let effect = bank.program.store().transaction(&scope(), |unit| {
        unit.audit(&told())?;
        if renewals > 0 {
            renewals -= 1;
            requests.renew()?;
        }
        unit.answers().complete(&attempt, &answer())
    });
    effect.unwrap();
    assert_eq!(begin(&requests, "k"), Begun::Repeat(answer()));
}

#[test]
fn a_renewal_does_not_wait_for_what_is_being_answered() {
    let bank = Bank::new();
    let clock = HandClock::new();
    let requests = StoredIdempotency::new(Arc::clone(&bank.program), Arc::clone(&clock) as _, &vec![7; 32].into());
    let (answered, other) = (first(&requests, "answered"), first(&requests, "other"));
    let runs = bank.write_long(|unit, _| {
        unit.answers().complete(&answered, &answer())?;
        clock.advance(14);
        // Within this transaction: were it to wait, it would wait in vain.
        requests.renew()
    });
    assert_eq!(runs.unwrap(), 1);
    clock.advance(14);
    assert_eq!(begin(&requests, "other"), Begun::Running, "{other:?}");
    assert_eq!(begin(&requests, "answered"), Begun::Repeat(answer()));
}

#[test]
fn uploads_at_once_run_once_and_keep_the_totals_whatever_others_do() {
    const THREADS: i64 = 6;
    const UPLOADS: i64 = 20;
    let bank = Bank::new();
    let processes = [Arc::clone(&bank.program), bank.other_process()];
    let (runs, deleted, uploading) = (AtomicU64::new(0), AtomicU64::new(0), AtomicI64::new(THREADS));
    let upload_all = |program: &Arc<Database>, thread: i64| {
        for number in 0..UPLOADS {
            // Its own row, and one that all write.
            let rows = [row(1 + thread * UPLOADS + number), row(0)];
            let ran = write_long(program, |unit, account| {
                unit.observations().upsert(account, &rows)?;
                unit.audit(&told())
            });
            runs.fetch_add(ran.unwrap(), Ordering::Relaxed);
        }
        uploading.fetch_sub(1, Ordering::Relaxed);
    };
    let disturb = |program: &Arc<Database>| {
        while uploading.load(Ordering::Relaxed) > 0 {
            log_in(program);
            let change =
                AccountChange { name: Some(AccountName::parse("One").unwrap()), platform: None, time_zone: None };
            let changed = program.store().transaction(&scope(), |unit| {
                let account = unit.accounts().find(&AccountHandle::parse("one").unwrap())?.unwrap();
                unit.accounts().change(&account, &change)?;
                unit.audit(&told())
            });
            changed.unwrap();
            let gone = program.store().long_transaction(&scope(), |unit| {
                let account = unit.accounts().find(&AccountHandle::parse("one").unwrap())?.unwrap();
                let gone = unit.observations().delete(&account, TimeSpan::default())?;
                unit.audit(&told())?;
                Ok(gone)
            });
            deleted.fetch_add(gone.unwrap(), Ordering::Relaxed);
        }
    };
    thread::scope(|threads| {
        for (thread, program) in (0..THREADS).zip(processes.iter().cycle()) {
            let upload_all = &upload_all;
            threads.spawn(move || upload_all(program, thread));
        }
        threads.spawn(|| disturb(&processes[1]));
    });
    assert_eq!(runs.into_inner(), (THREADS * UPLOADS).cast_unsigned());
    let store = bank.program.store();
    let (summary, all) = store
        .query(&scope(), |view| {
            let summary = view.accounts().all()?.remove(0);
            let all = view.observations().all(&summary.account)?;
            Ok((summary, all))
        })
        .unwrap();
    assert_eq!(summary.observations, all.len() as u64);
    assert_eq!(summary.data_until, all.last().map(|observation| observation.at));
    assert!(all.len() as u64 + deleted.into_inner() >= (THREADS * UPLOADS).cast_unsigned());
}
