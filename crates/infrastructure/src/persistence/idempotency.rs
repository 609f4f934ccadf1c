//! Requests that may come again, by their idempotency keys.

use atalaya_application::AppError;
use atalaya_application::error::{Conflict, Part};
use atalaya_application::ports::idempotency::{AnswerWriter, Attempt, Begun, StoredAnswer};
use atalaya_domain::id::AttemptId;
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::connection::AnyConnection;
use super::database::Database;
use super::error::Expecting;
use super::held_request::{HoldRow, KeptRequests};
use super::reach::Reach;
use super::rows::{loaded, read, stored};
use super::schema::idempotency_keys;
use super::shares::Share;
use super::store::Tenant;
use super::upsert::{lock_held, take_request};
use crate::security::{ContentCode, RequestCodes, random_secret};

/// Attempts of one statement, far below the most parameters of either database.
const ATTEMPTS_PER_STATEMENT: usize = 1_000;

/// The row of an attempt's request.
macro_rules! row_of {
    ($attempt:expr) => {
        idempotency_keys::table.find(($attempt.user.get(), $attempt.operation, $attempt.key.0.to_vec()))
    };
}

/// What is stored of a request that cannot be taken.
#[derive(Queryable, Selectable)]
#[diesel(table_name = idempotency_keys)]
struct KnownRow {
    content_code: Option<Vec<u8>>,
    status: Option<i32>,
    headers: Option<String>,
    body: Option<Vec<u8>>,
}

impl KnownRow {
    fn find(conn: &mut AnyConnection, attempt: &Attempt) -> Result<Option<Self>, AppError> {
        row_of!(attempt).select(Self::as_select()).first(conn).optional().or_fault()
    }

    fn judged(self, content: &ContentCode) -> Result<Begun, AppError> {
        if !self.content_code.is_some_and(|stored| content.matches(&stored)) {
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

/// What is known of a request by a row of a program before migration 0018, whose key is `unkeyed`. What it asked for
/// cannot be compared: while it is under way it is running, and afterwards its key is used. Such rows live for a day at
/// most.
fn begun_before_keys(
    conn: &mut AnyConnection,
    attempt: &Attempt,
    unkeyed: &[u8; 32],
    kept: KeptRequests,
) -> Result<Option<Begun>, AppError> {
    let row = || idempotency_keys::table.find((attempt.user.get(), attempt.operation, unkeyed.to_vec()));
    let found = row().select((idempotency_keys::status, idempotency_keys::kept_until)).first(conn).optional();
    let Some::<(Option<i32>, NaiveDateTime)>((status, until)) = found.or_fault()? else { return Ok(None) };
    match status {
        Some(_) if kept.answers.holds(loaded(until)) => Ok(Some(Begun::OtherBody)),
        None if kept.holds.holds(loaded(until)) => Ok(Some(Begun::Running)),
        // So that an attempt that was only slow finds its row gone, and its effect is rolled back.
        _ => {
            diesel::delete(row()).filter(idempotency_keys::kept_until.eq(until)).execute(conn).or_fault().map(|_| None)
        }
    }
}

/// Keeps an answer, as long as the attempt holds its request. Whoever takes the request over meanwhile waits for the
/// end of this transaction, and finds the answer.
fn keep_answer(conn: &mut AnyConnection, attempt: &Attempt, answer: &StoredAnswer) -> Result<(), AppError> {
    let kept = diesel::update(row_of!(attempt))
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
        codes: &RequestCodes,
        held_until: DateTime<Utc>,
        kept: KeptRequests,
    ) -> Result<Begun, AppError> {
        let hold = HoldRow::new(attempt, &codes.content, held_until);
        self.brief_transaction(Share::Requests, Reach::Platform, |tx| {
            if let Some(begun) = begun_before_keys(tx.conn, attempt, &codes.unkeyed, kept)? {
                return Ok(begun);
            }
            if take_request(tx.conn, &hold, kept).or_contended()? {
                return Ok(Begun::First(attempt.clone()));
            }
            // Between the two statements it may have been freed: then the next try takes it.
            let known = KnownRow::find(tx.conn, attempt)?;
            known.ok_or_else(|| AppError::unavailable(Part::Database))?.judged(&codes.content)
        })
    }

    /// Keeps the answer of an attempt that has no effect.
    ///
    /// # Errors
    /// `Conflict(RequestTakenOver)`; of the database.
    pub(crate) fn complete_request(&self, attempt: &Attempt, answer: &StoredAnswer) -> Result<(), AppError> {
        self.brief_transaction(Share::Requests, Reach::Platform, |tx| keep_answer(tx.conn, attempt, answer))
    }

    /// Frees a request that `attempt` holds and did not answer.
    ///
    /// # Errors
    /// Of the database.
    pub(crate) fn abandon_request(&self, attempt: &Attempt) -> Result<(), AppError> {
        self.brief_transaction(Share::Requests, Reach::Platform, |tx| {
            diesel::delete(row_of!(attempt))
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
                // What is being answered at this moment needs no renewal, and may not keep the others waiting for
                // theirs.
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

    /// Overwrites the hashes without a key that a program before migration 0018 wrote while this one served beside it,
    /// and says how many there were. `random` matches nothing that anybody sends.
    fn erase_unkeyed_requests(&self, random: [u8; 32]) -> Result<usize, AppError> {
        let (fingerprint, _) = random.split_at(16);
        self.brief_transaction(Share::Requests, Reach::Platform, |tx| {
            diesel::update(idempotency_keys::table.filter(idempotency_keys::content_code.is_null()))
                .set((
                    idempotency_keys::fingerprint.eq(fingerprint),
                    idempotency_keys::content_code.eq(random.as_slice()),
                ))
                .execute(tx.conn)
                .or_fault()
        })
    }

    /// Deletes the requests whose time is over, and erases hashes without a key.
    pub(super) fn prune_requests(&self, now: DateTime<Utc>) -> Result<usize, AppError> {
        let pruned = self.brief_transaction(Share::Requests, Reach::Platform, |tx| {
            diesel::delete(idempotency_keys::table)
                .filter(idempotency_keys::kept_until.le(stored(now)))
                .execute(tx.conn)
                .or_fault()
        })?;
        let random = random_secret().map_err(AppError::internal)?;
        Ok(pruned + self.erase_unkeyed_requests(random)?)
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
