//! Jobs: work that outlives the request that asked for it, done once by whichever process takes it.
//!
//! A process takes a job for a while (its lease) and has to renew that; one that dies loses the job to another. What a
//! job does is therefore written together with its ending, or may be done again without harm.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, TimeDelta, Utc};

use crate::account::AccountHandle;
use crate::id::{CompanyId, JobId, ModelVersion};

/// A word that names nothing here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such word of jobs")]
pub struct UnknownWord;

words! {
    /// What a job does.
    JobKind {
        /// Trains one account.
        Train = "train",
        /// Trains every account of a company, by a job of its own each.
        TrainAll = "train_all",
        /// Makes, promotes and removes signing keys as they fall due.
        MaintainKeys = "maintain_keys",
        /// Removes what is kept no longer.
        Prune = "prune",
        /// Asks for the training of accounts whose model has aged.
        Retrain = "retrain",
        /// Gives a field of a table another type.
        RetypeField = "retype_field",
        /// Deletes what was in the trash of tables for too long.
        EmptyTrash = "empty_trash",
    }
}

impl JobKind {
    /// Whether a job of this kind is made of others: it ends with the last of them.
    #[must_use]
    pub fn has_parts(self) -> bool {
        match self {
            Self::TrainAll => true,
            Self::Train | Self::MaintainKeys | Self::Prune | Self::Retrain | Self::RetypeField | Self::EmptyTrash => {
                false
            }
        }
    }
}

words! {
    /// How far a job is.
    JobState {
        /// Waits for a process to take it, for the first time or again.
        Queued = "queued",
        /// A process works on it, or on the jobs that it is made of.
        Running = "running",
        /// Done. A job that is made of others has done what it was asked for when all of them ended, however each did.
        Succeeded = "succeeded",
        /// Given up.
        Failed = "failed",
        /// Called off.
        Cancelled = "cancelled",
    }
}

impl JobState {
    /// Whether nothing more happens to the job.
    #[must_use]
    pub fn is_final(self) -> bool {
        match self {
            Self::Queued | Self::Running => false,
            Self::Succeeded | Self::Failed | Self::Cancelled => true,
        }
    }
}

/// What goes before what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// Somebody waits for this one job.
    Waited,
    /// One of many that somebody asked for together.
    Bulk,
    /// The program asked for it.
    Scheduled,
}

/// How much of a job is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Steps done.
    pub done: u32,
    /// Steps in all; 0 while that is not known.
    pub total: u32,
}

/// How the jobs that a job is made of stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Parts {
    /// Waiting.
    pub queued: u32,
    /// Being worked on.
    pub running: u32,
    /// Done.
    pub succeeded: u32,
    /// Given up.
    pub failed: u32,
    /// Called off.
    pub cancelled: u32,
}

impl Parts {
    /// The progress of the whole: parts that ended, of all.
    #[must_use]
    pub fn progress(&self) -> Progress {
        let done = self.succeeded + self.failed + self.cancelled;
        Progress { done, total: done + self.queued + self.running }
    }
}

/// Why a job was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobFailure {
    /// Too few observations to train on.
    InsufficientData {
        /// Days with an observation.
        found: u32,
        /// Days that are needed.
        needed: u32,
    },
    /// Too few readings for the hourly grid that was asked for.
    InsufficientHours {
        /// Hours with an observation.
        found: u32,
        /// Hours that are needed.
        needed: u32,
    },
    /// The account is not there any more.
    AccountGone,
    /// The field is not there any more, or its table.
    FieldGone,
    /// Values of records are none of the type that their field was to have.
    RecordsBreakRule {
        /// How many.
        count: u32,
    },
    /// A part that is needed stayed away or full, however often it was tried.
    Unavailable,
    /// A fault of the program.
    Internal,
}

/// A job, as whoever asked for it sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// Whose data it works on; `None` for the platform's own.
    pub company: Option<CompanyId>,
    /// The job that it is a part of.
    pub parent: Option<JobId>,
    /// What it does.
    pub kind: JobKind,
    /// The account that it is about.
    pub account: Option<AccountHandle>,
    /// Who asked for it: a login name, `operator` or `system`.
    pub asked_by: String,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When a process first took it.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// How far it is.
    pub state: JobState,
    /// How often a process took it.
    pub attempts: u32,
    /// How much of it is done. Of a job made of others: how many of them ended.
    pub progress: Progress,
    /// How the jobs stand that it is made of; `None` for one that is not.
    pub parts: Option<Parts>,
    /// The version that it trained.
    pub version: Option<ModelVersion>,
    /// Why it was given up.
    pub failure: Option<JobFailure>,
}

/// How often a job is tried, and the pauses between (exponential backoff).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// How often a job is tried before it is given up.
    pub attempts: u32,
    /// The pause after the first failure; each further one is twice as long.
    pub first_pause: TimeDelta,
    /// The longest pause.
    pub longest_pause: TimeDelta,
}

impl RetryPolicy {
    /// When to try again after the `attempts`-th failure; `None` where it is given up.
    #[must_use]
    pub fn next(&self, attempts: u32, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        if attempts >= self.attempts {
            return None;
        }
        let doublings = attempts.saturating_sub(1).min(16);
        let pause = self.first_pause.checked_mul(1 << doublings).unwrap_or(self.longest_pause);
        Some(now + pause.min(self.longest_pause))
    }
}

impl Default for RetryPolicy {
    /// Five times within about a minute and a quarter.
    fn default() -> Self {
        Self { attempts: 5, first_pause: TimeDelta::seconds(5), longest_pause: TimeDelta::minutes(5) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_until_the_job_is_given_up() {
        let policy =
            RetryPolicy { attempts: 5, first_pause: TimeDelta::seconds(5), longest_pause: TimeDelta::seconds(30) };
        let now = DateTime::UNIX_EPOCH;
        let pauses: Vec<Option<i64>> =
            (1..=6).map(|attempts| policy.next(attempts, now).map(|at| (at - now).num_seconds())).collect();
        assert_eq!(pauses, [Some(5), Some(10), Some(20), Some(30), None, None]);
    }

    #[test]
    fn a_job_made_of_others_is_as_far_as_they_are() {
        let parts = Parts { queued: 3, running: 1, succeeded: 4, failed: 1, cancelled: 1 };
        assert_eq!(parts.progress(), Progress { done: 6, total: 10 });
    }

    #[test]
    fn every_word_is_read_back() {
        assert!(JobKind::ALL.iter().all(|kind| kind.as_str().parse() == Ok(*kind)));
        assert!(JobState::ALL.iter().all(|state| state.as_str().parse() == Ok(*state)));
    }
}
