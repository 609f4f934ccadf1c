//! Jobs: asking for work that outlives its request, and following it.

use atalaya_domain::access::{Permission, TenantScope};
use atalaya_domain::caller::Caller;
use atalaya_domain::id::JobId;
use atalaya_domain::job::{Job, JobState};

use crate::accounts::OwnedAccount;
use crate::error::AppError;
use crate::forecasts::TrainCommand;
use crate::page::{Page, PageRequest};
use crate::receipt::Receipt;

/// The proof that a caller may ask for a company's jobs and follow them, with what the audit log tells of the caller.
#[derive(Debug, Clone)]
pub struct JobAdministration {
    pub(crate) scope: TenantScope,
    pub(crate) caller: Caller,
}

impl JobAdministration {
    /// The caller, in their own company.
    ///
    /// # Errors
    /// `Forbidden(Role)`.
    pub fn by_caller(caller: &Caller) -> Result<Self, AppError> {
        Ok(Self { scope: caller.authorize(Permission::TrainModels)?, caller: caller.clone() })
    }
}

/// Which jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct JobFilter {
    /// Parts of this one only; else those that are part of none.
    pub parent: Option<JobId>,
    /// Only those that are so far.
    pub state: Option<JobState>,
}

/// The use cases of jobs.
pub trait Jobs: Send + Sync {
    /// Asks for the training of an account. `receipt` is kept in the transaction that stores the job.
    ///
    /// # Errors
    /// `Unavailable(Jobs)` where the company has as many jobs waiting as it may.
    fn train(&self, owned: &OwnedAccount, command: &TrainCommand, receipt: &dyn Receipt<Job>) -> Result<Job, AppError>;

    /// Asks for the training of every account of the company. While such a job goes on, it is the one that is given.
    ///
    /// # Errors
    /// `Unavailable(Jobs)` where the company has as many jobs waiting as it may.
    fn train_all(
        &self,
        by: &JobAdministration,
        command: &TrainCommand,
        receipt: &dyn Receipt<Job>,
    ) -> Result<Job, AppError>;

    /// A job of the company.
    ///
    /// # Errors
    /// `NotFound(Job)`, alike for one of another company.
    fn find(&self, by: &JobAdministration, id: JobId) -> Result<Job, AppError>;

    /// Jobs of the company, newest first.
    ///
    /// # Errors
    /// Of the database.
    fn page(
        &self,
        by: &JobAdministration,
        filter: &JobFilter,
        request: &PageRequest<JobId>,
    ) -> Result<Page<Job, JobId>, AppError>;

    /// Calls a job off, with the jobs that it is made of. One that is being worked on ends at its next step; what it has
    /// not stored by then is not stored. One that ended stays as it is.
    ///
    /// # Errors
    /// `NotFound(Job)`, alike for one of another company.
    fn cancel(&self, by: &JobAdministration, id: JobId) -> Result<Job, AppError>;
}
