//! Windows of failed attempts, by the digest of what they are counted for.

use std::collections::HashMap;

use atalaya_application::AppError;
use atalaya_domain::audit::AuditEvent;
use atalaya_domain::login::{FailureWindow, LockoutPolicy};
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::connection::AnyConnection;
use super::database::Database;
use super::error::Expecting;
use super::reach::Reach;
use super::rows::{loaded, stored};
use super::schema::login_failures;
use super::upsert::upsert_failures;

/// What failures are counted for, in a form that tells nobody what it is.
pub type SubjectDigest = [u8; 32];

/// A subject that fails.
pub struct FailingSubject<'a> {
    /// What is counted for.
    pub digest: SubjectDigest,
    /// When it locks.
    pub policy: LockoutPolicy,
    /// What the audit log tells of its lock.
    pub audit: &'a dyn Fn() -> AuditEvent,
}

/// A window as the database holds it.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = login_failures, treat_none_as_default_value = false)]
pub(super) struct FailureRow {
    subject: Vec<u8>,
    failures: Vec<u8>,
    locked_until: Option<NaiveDateTime>,
    over_at: NaiveDateTime,
}

/// Windows that are removed in one transaction.
const PRUNED_AT_ONCE: i64 = 1_000;

/// Seconds since 1970 in eight bytes, then a count in four, both big-endian.
const ENTRY_BYTES: usize = 12;

impl FailureRow {
    fn new(subject: &SubjectDigest, window: &FailureWindow, now: DateTime<Utc>) -> Self {
        let entry = |(second, count): &(DateTime<Utc>, u32)| {
            second.timestamp().to_be_bytes().into_iter().chain(count.to_be_bytes())
        };
        Self {
            subject: subject.to_vec(),
            failures: window.failures().iter().flat_map(entry).collect(),
            locked_until: window.locked_until().map(stored),
            over_at: stored(window.over_at().unwrap_or(now)),
        }
    }

    fn window(&self) -> Result<FailureWindow, AppError> {
        let damaged = || AppError::internal("a stored window of failed logins is damaged");
        let (entries, rest) = self.failures.as_chunks::<ENTRY_BYTES>();
        if !rest.is_empty() {
            return Err(damaged());
        }
        let failures = entries.iter().map(|entry| entry_of(entry).ok_or_else(damaged)).collect::<Result<_, _>>()?;
        Ok(FailureWindow::restore(failures, self.locked_until.map(loaded)))
    }
}

fn entry_of(entry: &[u8; ENTRY_BYTES]) -> Option<(DateTime<Utc>, u32)> {
    let (seconds, count) = entry.split_first_chunk::<8>()?;
    let second = DateTime::from_timestamp_secs(i64::from_be_bytes(*seconds))?;
    Some((second, u32::from_be_bytes(count.try_into().ok()?)))
}

fn find(
    conn: &mut AnyConnection,
    subjects: &[SubjectDigest],
) -> Result<HashMap<SubjectDigest, FailureWindow>, AppError> {
    let rows: Vec<FailureRow> = login_failures::table
        .filter(login_failures::subject.eq_any(subjects.iter().map(|subject| subject.to_vec())))
        .select(FailureRow::as_select())
        .load(conn)
        .or_fault()?;
    let keyed = |row: FailureRow| {
        let subject = SubjectDigest::try_from(row.subject.as_slice()).map_err(AppError::internal)?;
        Ok((subject, row.window()?))
    };
    rows.into_iter().map(keyed).collect()
}

impl Database {
    /// The windows of `subjects`, in one statement; a subject that never failed has none.
    ///
    /// # Errors
    /// Of the database.
    pub fn failure_windows(
        &self,
        subjects: &[SubjectDigest],
    ) -> Result<HashMap<SubjectDigest, FailureWindow>, AppError> {
        self.snapshot(Reach::Platform, |tx| find(tx.conn, subjects))
    }

    /// Adds a failure to each of `subjects` and tells the audit log of those that this locks, in one transaction. Gives
    /// the end of the lock of each that this locked, in their order.
    ///
    /// # Errors
    /// Of the database.
    pub fn add_failures(
        &self,
        subjects: &[FailingSubject<'_>],
        now: DateTime<Utc>,
    ) -> Result<Vec<Option<DateTime<Utc>>>, AppError> {
        let digests: Vec<SubjectDigest> = subjects.iter().map(|subject| subject.digest).collect();
        self.transaction(Reach::Platform, |tx| {
            let mut windows = find(tx.conn, &digests)?;
            let mut locks = Vec::with_capacity(subjects.len());
            for FailingSubject { digest, policy, audit } in subjects {
                let mut window = windows.remove(digest).unwrap_or_default();
                let locked = window.fail(now, policy);
                upsert_failures(tx.conn, &FailureRow::new(digest, &window, now)).or_fault()?;
                if locked {
                    tx.audit(&audit())?;
                }
                locks.push(window.locked_until().filter(|_| locked));
            }
            Ok(locks)
        })
    }

    /// Forgets the failures of `subject`.
    ///
    /// # Errors
    /// Of the database.
    pub fn forget_failures(&self, subject: &SubjectDigest) -> Result<(), AppError> {
        self.transaction(Reach::Platform, |tx| {
            diesel::delete(login_failures::table.find(subject.as_slice())).execute(tx.conn).or_fault()?;
            Ok(())
        })
    }

    /// Removes some of the windows that say nothing any more, and gives their number: 0 when none is left.
    ///
    /// # Errors
    /// Of the database.
    pub fn prune_failures(&self, now: DateTime<Utc>) -> Result<usize, AppError> {
        self.transaction(Reach::Platform, |tx| {
            let over: Vec<Vec<u8>> = login_failures::table
                .filter(login_failures::over_at.le(stored(now)))
                .select(login_failures::subject)
                .limit(PRUNED_AT_ONCE)
                .load(tx.conn)
                .or_fault()?;
            diesel::delete(login_failures::table.filter(login_failures::subject.eq_any(over)))
                .execute(tx.conn)
                .or_fault()
        })
    }
}
