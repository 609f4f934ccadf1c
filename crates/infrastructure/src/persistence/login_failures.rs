//! Windows of failed attempts, by the digest of what they are counted for.

use std::collections::HashMap;

use atalaya_application::AppError;
use atalaya_application::ports::login_failures::{FailureReader, FailureWriter, SubjectDigest};
use atalaya_domain::login::FailureWindow;
use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::database::Database;
use super::error::Expecting;
use super::failure_row::FailureRow;
use super::platform::Platform;
use super::reach::Reach;
use super::rows::stored;
use super::schema::login_failures;
use super::upsert::upsert_failures;

/// Windows that are removed in one transaction.
const PRUNED_AT_ONCE: i64 = 1_000;

impl FailureReader for Platform<'_, '_> {
    fn windows(&mut self, subjects: &[SubjectDigest]) -> Result<HashMap<SubjectDigest, FailureWindow>, AppError> {
        let rows: Vec<FailureRow> = login_failures::table
            .filter(login_failures::subject.eq_any(subjects.iter().map(|subject| subject.to_vec())))
            .select(FailureRow::as_select())
            .load(self.conn())
            .or_fault()?;
        let keyed = |row: FailureRow| {
            let subject = SubjectDigest::try_from(row.subject.as_slice()).map_err(AppError::internal)?;
            Ok((subject, row.window()?))
        };
        rows.into_iter().map(keyed).collect()
    }
}

impl FailureWriter for Platform<'_, '_> {
    fn store(&mut self, subject: &SubjectDigest, window: &FailureWindow, now: DateTime<Utc>) -> Result<(), AppError> {
        upsert_failures(self.conn(), &FailureRow::new(subject, window, now)).or_fault().map(drop)
    }

    fn forget(&mut self, subject: &SubjectDigest) -> Result<(), AppError> {
        diesel::delete(login_failures::table.find(subject.as_slice())).execute(self.conn()).or_fault().map(drop)
    }
}

impl Database {
    /// Deletes some of the windows that say nothing any more.
    pub(super) fn prune_failures(&self, now: DateTime<Utc>) -> Result<usize, AppError> {
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
