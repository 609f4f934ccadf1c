//! Long units of work on PostgreSQL beside others of the same company.
#![cfg(test)]

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use atalaya_domain::access::{Operator, Permission};
use atalaya_domain::account::AccountHandle;
use atalaya_domain::audit::{AuditAction, AuditEvent, Counted};
use atalaya_domain::id::CompanyId;
use atalaya_domain::observation::{Followers, Observation};
use atalaya_infrastructure::persistence::Database;
use atalaya_infrastructure::security::AuditKeys;
use atalaya_test_servers::Postgres;
use chrono::DateTime;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use secrecy::SecretSlice;

const COMPANY: CompanyId = CompanyId::new(1);
const FILL: &str = "INSERT INTO companies (name, time_zone, active, created_at) VALUES ('one', 'UTC', TRUE, now()); \
                    INSERT INTO accounts (company_id, handle, name, registered_at) VALUES (1, 'one', 'one', now())";
const SOMEBODY_WAITS: &str =
    "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";

fn told() -> AuditEvent {
    AuditEvent::by_operator(&Operator::at_the_machine(), AuditAction::UserChanged, DateTime::UNIX_EPOCH)
        .in_company(Some(COMPANY))
}

#[test]
fn an_upload_is_not_done_again_because_somebody_logged_in_meanwhile() {
    let database = Postgres::shared().create_database();
    let program = Database::open(&database.url(), 4, Vec::new()).unwrap();
    program.migrate_up().unwrap();
    program.key_audit(AuditKeys::new(&SecretSlice::from(vec![7; 32])));
    let mut superuser = PgConnection::establish(&database.superuser_url()).unwrap();
    superuser.batch_execute(FILL).unwrap();
    let login = || program.append_audit(&[Counted { event: told(), count: 1 }]).unwrap();
    login();

    let scope = Operator::at_the_machine().scope(COMPANY, Permission::ReadForecasts);
    let row =
        Observation { at: DateTime::UNIX_EPOCH, followers: Followers::new(1).unwrap(), posts: None, following: None };
    let runs = AtomicU64::new(0);
    thread::scope(|threads| {
        let mut logins = Vec::new();
        let upload = program.store().transaction(&scope, |unit| {
            runs.fetch_add(1, Ordering::Relaxed);
            let account = unit.accounts().find(&AccountHandle::parse("one").unwrap())?.unwrap();
            unit.observations().upsert(&account, &[row])?;
            let started = Instant::now();
            let other = threads.spawn(login);
            // Until the other waits for this one, or is through, which would be too early.
            while !other.is_finished() && diesel::sql_query(SOMEBODY_WAITS).execute(&mut superuser).unwrap() == 0 {
                assert!(started.elapsed() < Duration::from_secs(30), "the other neither waits nor ends");
                thread::sleep(Duration::from_millis(5));
            }
            logins.push(other);
            unit.audit(&told())
        });
        upload.unwrap();
        for other in logins {
            other.join().unwrap();
        }
    });
    assert_eq!(runs.into_inner(), 1);
}
