//! The queue of jobs. A company's own are written and read in its units of work; processes take them from [`JobQueue`].

use atalaya_domain::account::AccountHandle;
use atalaya_domain::horizon::Horizon;
use atalaya_domain::id::{CompanyId, JobId, ModelVersion};
use atalaya_domain::job::{Job, JobFailure, JobKind, JobState, Priority, Progress};
use atalaya_domain::mandate::Attribution;
use chrono::{DateTime, TimeDelta, Utc};

use super::job_payload::JobPayload;
use crate::error::AppError;
use crate::page::{Page, PageRequest};

/// What a job has to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobTask {
    /// Which handler does it.
    pub kind: JobKind,
    /// The account that it is about.
    pub account: Option<AccountHandle>,
    /// What else the handler has to know.
    pub payload: Option<JobPayload>,
}

impl JobTask {
    /// A task of which the kind says all.
    #[must_use]
    pub fn plain(kind: JobKind) -> Self {
        Self { kind, account: None, payload: None }
    }
}

/// A job to store.
#[derive(Debug, Clone, PartialEq)]
pub struct NewJob {
    /// Its id.
    pub id: JobId,
    /// The job that it is a part of.
    pub parent: Option<JobId>,
    /// What to do.
    pub task: JobTask,
    /// Who asked.
    pub requested_by: Attribution,
    /// Its priority.
    pub priority: Priority,
    /// Its place among the jobs that were asked for together. Of two companies that asked for many, each has its turn:
    /// jobs of one priority are taken by turn first and by age second.
    pub turn: u32,
    /// When it was asked for.
    pub at: DateTime<Utc>,
}

/// Which jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct JobFilter {
    /// Parts of this one only; else those that are part of none.
    pub parent: Option<JobId>,
    /// Only those in this state.
    pub state: Option<JobState>,
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

    /// The newest job of that kind that somebody of the company asked for and that has not ended.
    ///
    /// # Errors
    /// Of the database.
    fn unfinished(&mut self, kind: JobKind) -> Result<Option<Job>, AppError>;

    /// How many jobs that somebody of the company asked for have not ended. One that is made of others counts once, and
    /// what the program asked for does not count.
    ///
    /// # Errors
    /// Of the database.
    fn count_unfinished(&mut self) -> Result<u64, AppError>;

    /// The part of a job that was stored last, if there is one: its account and its place among the parts.
    ///
    /// # Errors
    /// Of the database.
    fn last_part(&mut self, parent: JobId) -> Result<Option<(AccountHandle, u32)>, AppError>;

    /// Accounts, by handle, whose active version was trained before `aged`, or after `now` by a clock that ran ahead,
    /// which have observations that it was not trained on, and for which no training waits, goes on or was asked for
    /// since `quiet`. No more than `most`.
    ///
    /// # Errors
    /// Of the database.
    fn to_retrain(
        &mut self,
        aged: DateTime<Utc>,
        quiet: DateTime<Utc>,
        now: DateTime<Utc>,
        most: u32,
    ) -> Result<Vec<AccountHandle>, AppError>;
}

/// Writes a company's jobs.
pub trait JobWriter: JobReader {
    /// Stores jobs.
    ///
    /// # Errors
    /// Of the database.
    fn insert(&mut self, jobs: &[NewJob]) -> Result<(), AppError>;

    /// Stores parts of a job that a process makes of it.
    ///
    /// # Errors
    /// `Unavailable(Jobs)` where the lease was lost or the job called off: the parts must not be.
    fn add_parts(&mut self, lease: &Lease, parts: &[NewJob]) -> Result<(), AppError>;

    /// Gives up the lease of a job whose parts are all stored: it goes on without a process, and ends with the last
    /// part.
    ///
    /// # Errors
    /// `Unavailable(Jobs)` where the lease was lost or the job called off.
    fn await_parts(&mut self, lease: &Lease, at: DateTime<Utc>) -> Result<(), AppError>;

    /// Calls off a job and its parts, as far as they have not ended; gives it as it is then. `None` where there is
    /// none.
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
    /// The attempt, counted from 1: a lease that was taken over has a smaller one than the job.
    pub attempt: u32,
}

/// A job that a process took.
#[derive(Debug, Clone, PartialEq)]
pub struct ClaimedJob {
    /// The right to it.
    pub lease: Lease,
    /// What to do.
    pub task: JobTask,
    /// Who asked.
    pub requested_by: Attribution,
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
    /// The word that the store and the log use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Training => "training",
            Self::Housekeeping => "housekeeping",
        }
    }

    /// The lane of a kind.
    #[must_use]
    pub fn of(kind: JobKind) -> Self {
        if kind == JobKind::Train { Self::Training } else { Self::Housekeeping }
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

/// What a process offers to take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// From which lane.
    pub lane: Lane,
    /// The kinds that it has a handler for. A later program may store others, which are not for this one to take.
    pub kinds: Vec<JobKind>,
    /// Now.
    pub at: DateTime<Utc>,
    /// For how long, unless it is renewed.
    pub lease: TimeDelta,
    /// Of one company, this process works on no more than so many jobs of the lane at a time.
    pub most: u32,
    /// A job that was taken so often and lost each time is given up.
    pub attempts: u32,
    /// The longest that a job waits until it is due. One that is due later was dated by a clock that ran ahead.
    pub longest_wait: TimeDelta,
}

impl Claim {
    /// Which leases hold.
    #[must_use]
    pub fn leases(&self) -> Horizon {
        Horizon::new(self.at, self.lease)
    }

    /// Which jobs wait until they are due.
    #[must_use]
    pub fn waits(&self) -> Horizon {
        Horizon::new(self.at, self.longest_wait)
    }
}

/// The queue as processes see it, across companies. Taking is atomic: of any number of processes, one gets a job.
pub trait JobQueue: Send + Sync {
    /// Stores a recurring job unless it is in the queue already. Of processes that start together, one stores it.
    ///
    /// # Errors
    /// Of the database.
    fn establish(&self, job: &NewJob) -> Result<(), AppError>;

    /// Takes a job whose lease is over or whose process is known to be gone, or else the next one that is due: the
    /// platform's own first, then by priority, turn and age. A job whose attempts are used up is ended as
    /// `Failed(Unavailable)` instead of taken.
    ///
    /// # Errors
    /// Of the database.
    fn claim(&self, claim: &Claim) -> Result<Option<ClaimedJob>, AppError>;

    /// Renews a lease and notes the progress.
    ///
    /// # Errors
    /// Of the database: the lease goes on as it was.
    fn renew(&self, lease: &Lease, progress: Progress, until: DateTime<Utc>) -> Result<Hold, AppError>;

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
