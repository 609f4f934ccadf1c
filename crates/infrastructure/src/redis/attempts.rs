//! Login attempts that are under way on any replica.

use atalaya_application::ports::login_failures::SubjectDigest;
use std::sync::Arc;

use ::redis::Script;
use atalaya_application::ports::runtime::Randomness;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{Invocation, Redis};
use crate::runtime::ThreadRandomness;

/// An attempt under way: what it is counted for, and its number in this process.
pub(crate) type Ticket = (SubjectDigest, u64);

/// How long an attempt counts whose process died: longer than any takes.
const KEPT_MILLIS: u64 = 30_000;

/// For each key, forgets attempts whose time is over, counts the others, and adds this one.
const ENTER: &str = include_str!("enter.lua");
/// Removes from each key the attempt that is named for it.
const LEAVE: &str = "for nth, key in ipairs(KEYS) do redis.call('ZREM', key, ARGV[nth]) end\nreturn 1";

/// Counts the attempts under way of all replicas, by the digest of what they are counted for. A digest is keyed: Redis
/// learns no name and no address.
pub struct SharedAttempts {
    redis: Arc<Redis>,
    enter: Arc<Script>,
    leave: Arc<Script>,
    /// Tells the tickets of this process from those of others.
    process: String,
    kept_millis: u64,
}

impl SharedAttempts {
    /// Counts in `redis`.
    #[must_use]
    pub fn new(redis: Arc<Redis>) -> Self {
        let process = uuid::Uuid::from_u128(ThreadRandomness.bits()).simple().to_string();
        let (enter, leave) = (Arc::new(Script::new(ENTER)), Arc::new(Script::new(LEAVE)));
        Self { redis, enter, leave, process, kept_millis: KEPT_MILLIS }
    }

    /// Adds an attempt by a ticket for each subject and gives how many were before it, in their order. `None` while
    /// Redis is away. It blocks.
    pub(crate) fn enter(&self, tickets: &[Ticket]) -> Option<Vec<u32>> {
        let mut invocation = self.invocation(&self.enter, tickets);
        invocation.arguments.push(self.kept_millis.to_string());
        self.redis.run_blocking(invocation).filter(|before: &Vec<u32>| before.len() == tickets.len())
    }

    /// Removes attempts. Where Redis is away they end by themselves. It blocks, so that whoever was answered may come
    /// back to any replica and not meet their own last attempt.
    pub(crate) fn leave(&self, tickets: &[Ticket]) {
        // Nothing is to be done where it fails: the connection told of it.
        let _: Option<u32> = self.redis.run_blocking(self.invocation(&self.leave, tickets));
    }

    fn invocation(&self, script: &Arc<Script>, tickets: &[Ticket]) -> Invocation {
        let key = |digest: &SubjectDigest| self.redis.key(format_args!("attempts:{}", URL_SAFE_NO_PAD.encode(digest)));
        Invocation {
            script: Arc::clone(script),
            keys: tickets.iter().map(|(digest, _)| key(digest)).collect(),
            arguments: tickets.iter().map(|(_, ticket)| format!("{}:{ticket}", self.process)).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::super::tests::connected;
    use super::*;

    const ANA: SubjectDigest = [1; 32];
    const BEN: SubjectDigest = [2; 32];

    #[test]
    fn processes_count_together_and_each_ends_its_own() {
        let redis = connected();
        let (here, there) = (SharedAttempts::new(Arc::clone(&redis)), SharedAttempts::new(redis));
        assert_eq!(here.enter(&[(ANA, 1), (BEN, 1)]), Some(vec![0, 0]));
        assert_eq!(there.enter(&[(ANA, 1)]), Some(vec![1]));
        here.leave(&[(ANA, 1)]);
        here.leave(&[(ANA, 1)]);
        assert_eq!(here.enter(&[(ANA, 2), (BEN, 2)]), Some(vec![1, 1]));
    }

    #[test]
    fn attempts_of_a_process_that_died_end_by_themselves() {
        let redis = connected();
        let died = SharedAttempts { kept_millis: 100, ..SharedAttempts::new(Arc::clone(&redis)) };
        let lives = SharedAttempts::new(redis);
        assert_eq!(died.enter(&[(ANA, 1)]), Some(vec![0]));
        let began = Instant::now();
        // Attempts that go on coming do not keep it alive.
        while lives.enter(&[(ANA, 1)]) != Some(vec![0]) {
            assert!(began.elapsed() < Duration::from_mins(2), "it counts for ever");
            lives.leave(&[(ANA, 1)]);
        }
    }
}
