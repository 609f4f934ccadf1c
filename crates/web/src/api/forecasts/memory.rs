//! Answers that were written once: a dashboard asks the same date of the same account again and again, and writing the
//! JSON cost more than everything that leads to it.

use std::sync::Arc;
use std::time::Duration;

use actix_web::web::Bytes;
use atalaya_application::forecasts::ReadableAccount;
use atalaya_application::ports::memory::AccountSnapshot;
use atalaya_domain::access::Actor;
use atalaya_domain::id::UserId;
use chrono::NaiveDate;
use moka::sync::Cache;

use crate::http::respond::Written;

/// The most answers kept; one takes about a kilobyte.
const CAPACITY: u64 = 10_000;
/// How long an answer is kept that nobody asks for.
const IDLE: Duration = Duration::from_mins(5);

/// Keeps answers for a reader, an account as it was remembered, and a date. When anything changes of what an account's
/// answers are made from, the account is remembered anew, and its old answers are never asked for again.
pub struct AnswerMemory {
    answers: Cache<Key, Kept>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    reader: UserId,
    /// The snapshot's place in memory. It stays its own as long as the entry that holds the snapshot exists.
    snapshot: usize,
    date: NaiveDate,
    /// Whether the answer says that the last reading is old: time makes that true, and no change of the account.
    stale: bool,
}

#[derive(Clone)]
struct Kept {
    _snapshot: Arc<AccountSnapshot>,
    answer: Written,
}

impl Default for AnswerMemory {
    fn default() -> Self {
        Self { answers: Cache::builder().max_capacity(CAPACITY).time_to_idle(IDLE).build() }
    }
}

impl AnswerMemory {
    fn key(reader: &Actor, account: &ReadableAccount, date: NaiveDate, stale: bool) -> Key {
        Key { reader: reader.user(), snapshot: std::ptr::from_ref(account.snapshot()).addr(), date, stale }
    }

    /// What was written, with or without the warning that the last reading is old.
    pub(super) fn recall(
        &self,
        reader: &Actor,
        account: &ReadableAccount,
        date: NaiveDate,
        stale: bool,
    ) -> Option<Written> {
        self.answers.get(&Self::key(reader, account, date, stale)).map(|kept| kept.answer)
    }

    /// Keeps what was written.
    pub(super) fn remember(
        &self,
        reader: &Actor,
        account: &ReadableAccount,
        date: NaiveDate,
        stale: bool,
        body: Vec<u8>,
    ) -> Written {
        let answer = Written::new(Bytes::from(body));
        let kept = Kept { _snapshot: account.shared(), answer: answer.clone() };
        self.answers.insert(Self::key(reader, account, date, stale), kept);
        answer
    }
}
