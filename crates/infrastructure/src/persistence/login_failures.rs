//! Windows of failed attempts, by the digest of what they are counted for.

use std::collections::HashMap;

use atalaya_application::AppError;
use atalaya_domain::audit::AuditEvent;
use atalaya_domain::login::{FailureWindow, LockoutPolicy};
use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::connection::AnyConnection;
use super::database::Database;
use super::error::Expecting;
use super::failure_row::FailureRow;
pub use super::failure_row::SubjectDigest;
use super::reach::Reach;
use super::rows::stored;
use super::schema::login_failures;
use super::upsert::upsert_failures;

/// A subject that fails.
pub struct FailingSubject<'a> {
    /// What is counted for.
    pub digest: SubjectDigest,
    /// When it locks.
    pub policy: LockoutPolicy,
    /// What the audit log tells of its lock.
    pub audit: &'a dyn Fn() -> AuditEvent,
}

/// Windows that are removed in one transaction.
const PRUNED_AT_ONCE: i64 = 1_000;

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
