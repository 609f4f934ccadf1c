//! A window of failed attempts, as the database stores it.

use atalaya_application::AppError;
use atalaya_application::ports::login_failures::SubjectDigest;
use atalaya_domain::login::FailureWindow;
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::rows::{loaded, stored};
use super::schema::login_failures;

/// A window as the database holds it.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = login_failures, treat_none_as_default_value = false)]
pub(super) struct FailureRow {
    pub(super) subject: Vec<u8>,
    failures: Vec<u8>,
    locked_until: Option<NaiveDateTime>,
    over_at: NaiveDateTime,
}

/// Seconds since 1970 in eight bytes, then a count in four, both big-endian.
const ENTRY_BYTES: usize = 12;

impl FailureRow {
    pub(super) fn new(subject: &SubjectDigest, window: &FailureWindow, now: DateTime<Utc>) -> Self {
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

    pub(super) fn window(&self) -> Result<FailureWindow, AppError> {
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
