//! Answers that were written once: a dashboard asks the same date of the same account again and again, and writing the
//! JSON cost more than everything that leads to it.

use std::sync::Arc;
use std::time::Duration;

use actix_web::web::Bytes;
use atalaya_application::forecasts::ReadableAccount;
use atalaya_application::ports::memory::AccountSnapshot;
use atalaya_domain::access::Actor;
use atalaya_domain::id::UserId;
use atalaya_texts::Language;
use chrono::NaiveDate;
use moka::sync::Cache;

use crate::http::respond::Written;

/// The most answers kept; one takes about a kilobyte.
const CAPACITY: u64 = 10_000;
/// How long an answer is kept that nobody asks for.
const IDLE: Duration = Duration::from_mins(5);

/// Keeps answers for a reader, an account as it was remembered, a date and a language. When anything changes of what
/// an account's answers are made from, the account is remembered anew, and its old answers are never asked for again.
pub struct AnswerMemory {
    answers: Cache<Key, Kept>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    reader: UserId,
    /// The snapshot's place in memory. It stays its own as long as the entry that holds the snapshot exists.
    snapshot: usize,
    asked: Asked,
}

/// What an answer depends on besides its reader and its account.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Asked {
    /// The date that is forecast.
    pub(super) date: NaiveDate,
    /// Whether the answer says that the last reading is old: time makes that true, and no change of the account.
    pub(super) stale: bool,
    /// In which language its warnings are.
    pub(super) language: Language,
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
    fn key(reader: &Actor, account: &ReadableAccount, asked: Asked) -> Key {
        Key { reader: reader.user(), snapshot: std::ptr::from_ref(account.snapshot()).addr(), asked }
    }

    /// What was written.
    pub(super) fn recall(&self, reader: &Actor, account: &ReadableAccount, asked: Asked) -> Option<Written> {
        self.answers.get(&Self::key(reader, account, asked)).map(|kept| kept.answer)
    }

    /// Keeps what was written.
    pub(super) fn remember(&self, reader: &Actor, account: &ReadableAccount, asked: Asked, body: Vec<u8>) -> Written {
        let answer = Written::new(Bytes::from(body));
        let kept = Kept { _snapshot: account.shared(), answer: answer.clone() };
        self.answers.insert(Self::key(reader, account, asked), kept);
        answer
    }
}
