//! The queue of jobs. A company's own are written and read in its units of work; processes take them from [`JobQueue`].

use std::time::Duration;

use atalaya_domain::account::AccountHandle;
use atalaya_domain::audit::AuditActor;
use atalaya_domain::caller::Origin;
use atalaya_domain::id::{CompanyId, JobId, ModelVersion};
use atalaya_domain::job::{Job, JobFailure, JobKind, Priority, Progress};
use chrono::{DateTime, Utc};

use crate::error::AppError;
use crate::forecasts::TrainCommand;
use crate::jobs::JobFilter;
use crate::page::{Page, PageRequest};

/// What a job has to do.
#[derive(Debug, Clone, PartialEq)]
pub enum JobWork {
    /// Train an account.
    Train {
        /// The account.
        account: AccountHandle,
        /// How.
        command: TrainCommand,
    },
    /// Train every account of the company, by a job each.
    TrainAll {
        /// How.
        command: TrainCommand,
    },
    /// What the program asks for by itself; its kind says all.
    Recurring(JobKind),
}

/// Who asked for a job: what the audit log tells of its effects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asker {
    /// Who.
    pub actor: AuditActor,
    /// From where.
    pub origin: Origin,
}

/// A job to store.
#[derive(Debug, Clone, PartialEq)]
pub struct NewJob {
    /// Its id.
    pub id: JobId,
    /// The job that it is a part of.
    pub parent: Option<JobId>,
    /// What to do.
    pub work: JobWork,
    /// Who asked.
    pub asker: Asker,
    /// What it goes before.
    pub priority: Priority,
    /// Its place among the jobs that were asked for together. Of two companies that asked for many, each has its turn:
    /// jobs of one priority are taken by turn first and by age second.
    pub turn: u32,
    /// When it was asked for.
    pub at: DateTime<Utc>,
}

/// Reads a company's jobs.
pub trait JobReader {
    /// One job.
    ///
    /// # Errors
    /// Of the database.
    fn find(&mut self, id: JobId) -> Result<Option<Job>, AppError>;

    /// Jobs, newest first.
    ///
    /// # Errors
    /// Of the database.
    fn page(&mut self, filter: &JobFilter, request: &PageRequest<JobId>) -> Result<Page<Job, JobId>, AppError>;

    /// The newest job of that kind that has not ended.
    ///
    /// # Errors
    /// Of the database.
    fn unfinished(&mut self, kind: JobKind) -> Result<Option<Job>, AppError>;

    /// How many jobs of the company have not ended.
    ///
    /// # Errors
    /// Of the database.
    fn count_unfinished(&mut self) -> Result<u64, AppError>;
}

/// Writes a company's jobs.
pub trait JobWriter: JobReader {
    /// Stores jobs.
    ///
    /// # Errors
    /// Of the database.
    fn insert(&mut self, jobs: &[NewJob]) -> Result<(), AppError>;

    /// Calls off a job and its parts, as far as they have not ended; gives it as it is then. `None` where there is none.
    ///
    /// # Errors
    /// Of the database.
    fn cancel(&mut self, id: JobId, at: DateTime<Utc>) -> Result<Option<Job>, AppError>;

    /// Ends a job in the transaction of its effect.
    ///
    /// # Errors
    /// `Unavailable(Jobs)` where the lease was lost or the job called off: the effect must not be.
    fn finish(&mut self, lease: &Lease, ending: &Ending, at: DateTime<Utc>) -> Result<(), AppError>;
}

/// The right of one process to work on a job, until it is over or was renewed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The job.
    pub job: JobId,
    /// Its company.
    pub company: Option<CompanyId>,
    /// The attempt, counted from 1: a lease that was taken over has a smaller one.
    pub attempt: u32,
}

/// A job that a process took.
#[derive(Debug, Clone, PartialEq)]
pub struct ClaimedJob {
    /// The right to it.
    pub lease: Lease,
    /// What to do.
    pub work: JobWork,
    /// Who asked.
    pub asker: Asker,
}

/// Which jobs a process takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Those that fit models.
    Training,
    /// All others, which are short.
    Housekeeping,
}

impl Lane {
    /// The lane of a kind.
    #[must_use]
    pub fn of(kind: JobKind) -> Self {
        match kind {
            JobKind::Train => Self::Training,
            JobKind::TrainAll | JobKind::MaintainKeys | JobKind::Prune | JobKind::Retrain => Self::Housekeeping,
        }
    }
}

/// How a job ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Done.
    Succeeded {
        /// The version that it trained.
        version: Option<ModelVersion>,
    },
    /// Given up.
    Failed(JobFailure),
}

/// Whether a process may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// The lease was renewed.
    Held,
    /// The job was called off, or is another process' by now.
    Lost,
}

/// The queue as processes see it, across companies. Taking is atomic: of any number of processes, one gets a job.
pub trait JobQueue: Send + Sync {
    /// Sees to it that a recurring job is in the queue, first due at once. Of processes that start together, one adds it.
    ///
    /// # Errors
    /// Of the database.
    fn establish(&self, kind: JobKind, now: DateTime<Utc>) -> Result<(), AppError>;

    /// Takes the next job of a lane that is due, or whose lease is over, for `lease` from now. Of one company, no more than
    /// `most` are worked on at a time.
    ///
    /// # Errors
    /// Of the database.
    fn claim(&self, lane: Lane, now: DateTime<Utc>, lease: Duration, most: u32)
    -> Result<Option<ClaimedJob>, AppError>;

    /// Renews a lease and notes the progress.
    ///
    /// # Errors
    /// Of the database: the lease goes on as it was.
    fn renew(
        &self,
        lease: &Lease,
        progress: Progress,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Hold, AppError>;

    /// Ends a job whose effect is stored already, or that has none. Nothing happens where the lease was lost.
    ///
    /// # Errors
    /// Of the database.
    fn end(&self, lease: &Lease, ending: &Ending, at: DateTime<Utc>) -> Result<(), AppError>;

    /// Gives a job back, to be taken again from `again_at` on: a failed one, or a recurring one until it is due. Where
    /// `forgiven`, the attempt does not count.
    ///
    /// # Errors
    /// Of the database.
    fn put_back(&self, lease: &Lease, again_at: DateTime<Utc>, forgiven: bool) -> Result<(), AppError>;
}
