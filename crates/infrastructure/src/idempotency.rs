//! Requests that may come again, kept in the database for every process on it.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use atalaya_application::AppError;
use atalaya_application::ports::idempotency::{Attempt, Begun, IdempotencyStore, RequestKey, StoredAnswer};
use atalaya_application::ports::runtime::{Clock, Identifiers};
use atalaya_domain::horizon::Horizon;
use atalaya_domain::id::{AttemptId, CompanyId};
use chrono::TimeDelta;
use secrecy::SecretSlice;

use crate::persistence::{Database, KeptRequests};
use crate::runtime::UuidIdentifiers;
use crate::security::RequestKeys;
use crate::sync::locked;

/// How long an answer is given again, from the beginning of its request.
const ANSWERED_FOR: TimeDelta = TimeDelta::hours(24);
/// How long a request is held without renewal: after the death of a process, nobody waits longer for what it held.
const HELD_FOR: TimeDelta = TimeDelta::seconds(15);

/// [`IdempotencyStore`] in the database. Somebody has to call [`Self::renew`] every few seconds.
pub struct StoredIdempotency {
    database: Arc<Database>,
    clock: Arc<dyn Clock>,
    keys: RequestKeys,
    under_way: Mutex<HashSet<AttemptId>>,
}

impl StoredIdempotency {
    /// On a database. What stands for requests there is made under `secret`, which serves nothing else.
    #[must_use]
    pub fn new(database: Arc<Database>, clock: Arc<dyn Clock>, secret: &SecretSlice<u8>) -> Self {
        Self { database, clock, keys: RequestKeys::new(secret), under_way: Mutex::default() }
    }

    /// Renews the holds of all that is under way in this process. One that ran out and was not taken over is held
    /// again.
    ///
    /// # Errors
    /// Of the database: the holds go on as they were.
    pub fn renew(&self) -> Result<(), AppError> {
        let attempts: Vec<AttemptId> = locked(&self.under_way).iter().copied().collect();
        if attempts.is_empty() {
            return Ok(());
        }
        self.database.renew_requests(&attempts, self.clock.now() + HELD_FOR)
    }
}

impl IdempotencyStore for StoredIdempotency {
    fn begin(&self, key: &RequestKey, company: Option<CompanyId>, content: &[&[u8]]) -> Result<Begun, AppError> {
        let now = self.clock.now();
        let codes = self.keys.of(key, content);
        let attempt = Attempt {
            id: UuidIdentifiers.attempt(),
            user: key.user,
            operation: key.operation,
            key: codes.key,
            company,
            answer_until: now + ANSWERED_FOR,
        };
        let kept = KeptRequests { holds: Horizon::new(now, HELD_FOR), answers: Horizon::new(now, ANSWERED_FOR) };
        let begun = self.database.begin_request(&attempt, &codes, now + HELD_FOR, kept)?;
        if matches!(begun, Begun::First(_)) {
            locked(&self.under_way).insert(attempt.id);
        }
        Ok(begun)
    }

    fn complete(&self, attempt: &Attempt, answer: &StoredAnswer) -> Result<(), AppError> {
        self.database.complete_request(attempt, answer)
    }

    fn abandon(&self, attempt: &Attempt) {
        self.let_go(attempt.id);
        if let Err(error) = self.database.abandon_request(attempt) {
            tracing::warn!(event = "request_not_freed", %error, "a failed request may be tried again in some seconds only");
        }
    }

    fn let_go(&self, attempt: AttemptId) {
        locked(&self.under_way).remove(&attempt);
    }
}
