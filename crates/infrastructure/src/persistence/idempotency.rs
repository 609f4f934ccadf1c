//! Requests that may come again, by their idempotency keys.

use atalaya_application::AppError;
use atalaya_application::error::{Conflict, Part};
use atalaya_application::ports::idempotency::{AnswerWriter, Attempt, Begun, RequestKey, StoredAnswer};
use atalaya_domain::horizon::Horizon;
use atalaya_domain::id::{AttemptId, CompanyId};
use aws_lc_rs::digest::{SHA256, digest};
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::connection::AnyConnection;
use super::database::Database;
use super::error::Expecting;
use super::reach::Reach;
use super::rows::{read, stored};
use super::schema::idempotency_keys;
use super::store::Tenant;
use super::upsert::{lock_held, take_request};

/// Attempts of one statement, far below the most parameters of either database.
const ATTEMPTS_PER_STATEMENT: usize = 1_000;

/// What stands for a client's key, which may be anything, also a secret that was sent by mistake.
fn hash(key: &RequestKey) -> Vec<u8> {
    digest(&SHA256, key.key.as_bytes()).as_ref().to_vec()
}

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
}

impl HoldRow {
    fn new(attempt: &Attempt, fingerprint: u128, until: DateTime<Utc>) -> Self {
        Self {
            user_id: attempt.key.user.get(),
            company_id: attempt.company.map(CompanyId::get),
            operation: attempt.key.operation,
            key_hash: hash(&attempt.key),
            fingerprint: fingerprint.to_be_bytes().to_vec(),
            attempt: attempt.id.get().to_string(),
            kept_until: stored(until),
        }
    }
}

/// What is stored of a request that cannot be taken.
#[derive(Queryable, Selectable)]
#[diesel(table_name = idempotency_keys)]
struct KnownRow {
    fingerprint: Vec<u8>,
    status: Option<i32>,
    headers: Option<String>,
    body: Option<Vec<u8>>,
}

impl KnownRow {
    fn find(conn: &mut AnyConnection, key: &RequestKey) -> Result<Option<Self>, AppError> {
        idempotency_keys::table
            .find((key.user.get(), key.operation, hash(key)))
            .select(Self::as_select())
            .first(conn)
            .optional()
            .or_fault()
    }

    fn judged(self, fingerprint: u128) -> Result<Begun, AppError> {
        if self.fingerprint != fingerprint.to_be_bytes() {
            return Ok(Begun::OtherBody);
        }
        match (self.status, self.headers, self.body) {
            (Some(status), Some(headers), Some(body)) => Ok(Begun::Repeat(StoredAnswer {
                status: read("idempotency_keys.status", u16::try_from(status))?,
                headers: parsed_headers(&headers)?,
                body,
            })),
            _ => Ok(Begun::Running),
        }
    }
}

fn written_headers(headers: &[(String, String)]) -> Result<String, AppError> {
    let lines: Vec<String> = headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    let text = lines.join("\n");
    if text.lines().count() == headers.len() {
        Ok(text)
    } else {
        Err(AppError::internal("a header of an answer to keep has a line break"))
    }
}

fn parsed_headers(text: &str) -> Result<Vec<(String, String)>, AppError> {
    let header = |line: &str| {
        let (name, value) = line.split_once(": ").ok_or("it is no header")?;
        Ok::<_, &str>((name.to_owned(), value.to_owned()))
    };
    read("idempotency_keys.headers", text.lines().map(header).collect())
}

/// Keeps an answer, as long as the attempt holds its request. Whoever takes the request over meanwhile waits for the end of
/// this transaction, and finds the answer.
fn keep_answer(conn: &mut AnyConnection, attempt: &Attempt, answer: &StoredAnswer) -> Result<(), AppError> {
    let key = &attempt.key;
    let kept = diesel::update(idempotency_keys::table.find((key.user.get(), key.operation, hash(key))))
        .filter(idempotency_keys::attempt.eq(attempt.id.get().to_string()))
        .filter(idempotency_keys::status.is_null())
        .set((
            idempotency_keys::kept_until.eq(stored(attempt.answer_until)),
            idempotency_keys::status.eq(i32::from(answer.status)),
            idempotency_keys::headers.eq(written_headers(&answer.headers)?),
            idempotency_keys::body.eq(answer.body.as_slice()),
        ))
        .execute(conn)
        .or_fault()?;
    if kept == 1 { Ok(()) } else { Err(AppError::Conflict(Conflict::RequestTakenOver)) }
}

impl AnswerWriter for Tenant<'_, '_> {
    fn complete(&mut self, attempt: &Attempt, answer: &StoredAnswer) -> Result<(), AppError> {
        if attempt.company != Some(self.scope.company()) {
            return Err(AppError::internal("an effect in one company was to be answered in another"));
        }
        keep_answer(self.conn(), attempt, answer)
    }
}

impl Database {
    /// Takes a request for `attempt` until `held_until`, or says what is known of it where that is kept.
    ///
    /// # Errors
    /// Of the database.
    pub(crate) fn begin_request(
        &self,
        attempt: &Attempt,
        fingerprint: u128,
        held_until: DateTime<Utc>,
        kept: KeptRequests,
    ) -> Result<Begun, AppError> {
        let hold = HoldRow::new(attempt, fingerprint, held_until);
        self.brief_transaction(Reach::Platform, |tx| {
            if take_request(tx.conn, &hold, kept).or_contended()? {
                return Ok(Begun::First(attempt.clone()));
            }
            // Between the two statements it may have been freed: then the next try takes it.
            let known = KnownRow::find(tx.conn, &attempt.key)?;
            known.ok_or_else(|| AppError::unavailable(Part::Database))?.judged(fingerprint)
        })
    }

    /// Keeps the answer of an attempt that has no effect.
    ///
    /// # Errors
    /// `Conflict(RequestTakenOver)`; of the database.
    pub(crate) fn complete_request(&self, attempt: &Attempt, answer: &StoredAnswer) -> Result<(), AppError> {
        self.brief_transaction(Reach::Platform, |tx| keep_answer(tx.conn, attempt, answer))
    }

    /// Frees a request that `attempt` holds and did not answer.
    ///
    /// # Errors
    /// Of the database.
    pub(crate) fn abandon_request(&self, attempt: &Attempt) -> Result<(), AppError> {
        let key = &attempt.key;
        self.brief_transaction(Reach::Platform, |tx| {
            diesel::delete(idempotency_keys::table.find((key.user.get(), key.operation, hash(key))))
                .filter(idempotency_keys::attempt.eq(attempt.id.get().to_string()))
                .filter(idempotency_keys::status.is_null())
                .execute(tx.conn)
                .or_fault()
        })
        .map(drop)
    }

    /// Holds the requests of these attempts until `until`, as far as they are held and not answered.
    ///
    /// # Errors
    /// Of the database.
    pub(crate) fn renew_requests(&self, attempts: &[AttemptId], until: DateTime<Utc>) -> Result<(), AppError> {
        let ids: Vec<String> = attempts.iter().map(|attempt| attempt.get().to_string()).collect();
        for ids in ids.chunks(ATTEMPTS_PER_STATEMENT) {
            self.vital_transaction(Reach::Platform, |tx| {
                // What is being answered at this moment needs no renewal, and may not keep the others waiting for theirs.
                let held = lock_held(tx.conn, ids).or_fault()?;
                diesel::update(idempotency_keys::table)
                    .filter(idempotency_keys::attempt.eq_any(&held))
                    .filter(idempotency_keys::status.is_null())
                    .set(idempotency_keys::kept_until.eq(stored(until)))
                    .execute(tx.conn)
                    .or_fault()
            })?;
        }
        Ok(())
    }

    /// Deletes the requests whose time is over: answers that are not given again, and what dead processes held. Says how
    /// many those were.
    ///
    /// # Errors
    /// Of the database.
    pub fn prune_requests(&self, now: DateTime<Utc>) -> Result<usize, AppError> {
        self.brief_transaction(Reach::Platform, |tx| {
            diesel::delete(idempotency_keys::table)
                .filter(idempotency_keys::kept_until.le(stored(now)))
                .execute(tx.conn)
                .or_fault()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read_as_they_were_written() {
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        for headers in [vec![], vec![header("location", "/jobs/1"), header("preference-applied", "a: b")]] {
            assert_eq!(parsed_headers(&written_headers(&headers).unwrap()).unwrap(), headers);
        }
        let forged = [header("location", "/jobs/1\nset-cookie: a")];
        assert!(matches!(written_headers(&forged), Err(AppError::Internal { .. })));
    }
}
