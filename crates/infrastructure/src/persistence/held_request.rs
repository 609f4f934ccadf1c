//! A request that an attempt holds, as the database stores it.

use atalaya_application::ports::idempotency::Attempt;
use atalaya_domain::horizon::Horizon;
use atalaya_domain::id::CompanyId;
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::rows::stored;
use super::schema::idempotency_keys;
use crate::security::ContentCode;

/// Which stored requests still count at a moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KeptRequests {
    /// Holds of attempts that go on.
    pub(crate) holds: Horizon,
    /// Answers.
    pub(crate) answers: Horizon,
}

/// A request that an attempt holds.
#[derive(Insertable)]
#[diesel(table_name = idempotency_keys)]
pub(super) struct HoldRow {
    user_id: i64,
    company_id: Option<i64>,
    operation: &'static str,
    key_hash: Vec<u8>,
    fingerprint: Vec<u8>,
    attempt: String,
    kept_until: NaiveDateTime,
    content_code: Vec<u8>,
}

impl HoldRow {
    pub(super) fn new(attempt: &Attempt, content: &ContentCode, until: DateTime<Utc>) -> Self {
        Self {
            user_id: attempt.user.get(),
            company_id: attempt.company.map(CompanyId::get),
            operation: attempt.operation,
            key_hash: attempt.key.0.to_vec(),
            // The column of the program before, which must not be empty. That program looks under its own hash of the
            // key and does not find this row: docs/deployment.md says what that means for one update.
            fingerprint: attempt.id.get().as_bytes().to_vec(),
            attempt: attempt.id.get().to_string(),
            kept_until: stored(until),
            content_code: content.as_bytes().to_vec(),
        }
    }
}
