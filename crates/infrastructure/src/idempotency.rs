//! Answers by idempotency key, in the memory of one process.

use std::time::Duration;

use atalaya_application::AppError;
use atalaya_application::ports::idempotency::{Begun, IdempotencyStore, RequestKey, StoredAnswer};
use moka::ops::compute::{CompResult, Op};
use moka::sync::Cache;

/// How long an answer is given again.
const REMEMBERED_FOR: Duration = Duration::from_hours(24);
/// Bytes of remembered answers.
const MOST_BYTES: u64 = 16 * 1024 * 1024;
/// What an entry costs besides its body.
const ENTRY_BYTES: u32 = 256;

#[derive(Debug, Clone)]
struct Entry {
    fingerprint: u128,
    answer: Option<StoredAnswer>,
}

/// [`IdempotencyStore`] in the memory of one process: right for one replica, forgotten at a restart.
pub struct MemoryIdempotency {
    entries: Cache<RequestKey, Entry>,
}

impl Default for MemoryIdempotency {
    fn default() -> Self {
        let weight = |_: &RequestKey, entry: &Entry| {
            let body = entry.answer.as_ref().map_or(0, |answer| answer.body.len());
            u32::try_from(body).unwrap_or(u32::MAX).saturating_add(ENTRY_BYTES)
        };
        let entries = Cache::builder().weigher(weight).max_capacity(MOST_BYTES).time_to_live(REMEMBERED_FOR).build();
        Self { entries }
    }
}

impl IdempotencyStore for MemoryIdempotency {
    fn begin(&self, key: &RequestKey, fingerprint: u128) -> Result<Begun, AppError> {
        let outcome = self.entries.entry(key.clone()).and_compute_with(|known| match known {
            Some(_) => Op::Nop,
            None => Op::Put(Entry { fingerprint, answer: None }),
        });
        Ok(match outcome {
            CompResult::Unchanged(known) => {
                let known = known.into_value();
                match known.answer {
                    _ if known.fingerprint != fingerprint => Begun::OtherBody,
                    Some(answer) => Begun::Repeat(answer),
                    None => Begun::Running,
                }
            }
            _ => Begun::First,
        })
    }

    fn complete(&self, key: &RequestKey, answer: StoredAnswer) -> Result<(), AppError> {
        self.entries.entry(key.clone()).and_compute_with(|known| match known {
            Some(known) => Op::Put(Entry { answer: Some(answer), ..known.into_value() }),
            None => Op::Nop,
        });
        Ok(())
    }

    fn abandon(&self, key: &RequestKey) {
        self.entries.invalidate(key);
    }
}

#[cfg(test)]
mod tests {
    use atalaya_domain::id::UserId;

    use super::*;

    fn key(user: i64) -> RequestKey {
        RequestKey { user: UserId::new(user), operation: "train", key: "k".into() }
    }

    #[test]
    fn a_repeat_gets_the_first_answer_and_another_body_none() {
        let store = MemoryIdempotency::default();
        let answer = StoredAnswer { status: 201, body: b"{}".to_vec() };
        assert_eq!(store.begin(&key(1), 7).unwrap(), Begun::First);
        assert_eq!(store.begin(&key(1), 7).unwrap(), Begun::Running);
        store.complete(&key(1), answer.clone()).unwrap();
        assert_eq!(store.begin(&key(1), 7).unwrap(), Begun::Repeat(answer));
        assert_eq!(store.begin(&key(1), 8).unwrap(), Begun::OtherBody);
        assert_eq!(store.begin(&key(2), 8).unwrap(), Begun::First);
    }

    #[test]
    fn an_abandoned_request_may_be_tried_again() {
        let store = MemoryIdempotency::default();
        assert_eq!(store.begin(&key(1), 7).unwrap(), Begun::First);
        store.abandon(&key(1));
        assert_eq!(store.begin(&key(1), 7).unwrap(), Begun::First);
    }
}
