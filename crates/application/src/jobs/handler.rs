//! [`JobHandler`]: what does the jobs of one kind.

use atalaya_domain::account::AccountHandle;
use atalaya_domain::id::CompanyId;
use atalaya_domain::job::JobKind;
use chrono::TimeDelta;

use super::HeldLease;
use crate::error::AppError;
use crate::ports::job_payload::{JobPayload, UnreadableJob};
use crate::ports::jobs::ClaimedJob;

/// Does the jobs of one kind. A new kind is a word of [`JobKind`], an implementation of this, and a line where the
/// handlers are put together.
pub trait JobHandler: Send + Sync {
    /// Which kind.
    fn kind(&self) -> JobKind;

    /// How long after it was done it is done again, on one process at a time; `None` for what somebody asks for. What
    /// the program does again and again may be done twice without harm.
    fn every(&self) -> Option<TimeDelta> {
        None
    }

    /// Does a job. One that somebody asked for is ended here, in the transaction of its effect; one that is done again
    /// and again is put back by whoever calls this. Long work asks `lease` between its steps whether to go on.
    ///
    /// # Errors
    /// [`JobError`] says whether it may be tried again.
    fn run(&self, job: &ClaimedJob, lease: &HeldLease<'_>) -> Result<(), JobError>;
}

/// Why a job was not done.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// It cannot be read, however often it is tried.
    #[error(transparent)]
    Unreadable(#[from] UnreadableJob),
    /// What was done failed.
    #[error(transparent)]
    Failed(#[from] AppError),
}

/// The company of a job over a company's data.
pub(crate) fn company_of(job: &ClaimedJob) -> Result<CompanyId, UnreadableJob> {
    job.lease.company.ok_or(UnreadableJob::Lacking("its company"))
}

/// The payload of a job that cannot be done without one.
pub(crate) fn payload_of(job: &ClaimedJob) -> Result<&JobPayload, UnreadableJob> {
    job.task.payload.as_ref().ok_or(UnreadableJob::Lacking("its payload"))
}

/// The account of a job about one.
pub(super) fn account_of(job: &ClaimedJob) -> Result<&AccountHandle, UnreadableJob> {
    job.task.account.as_ref().ok_or(UnreadableJob::Lacking("its account"))
}
