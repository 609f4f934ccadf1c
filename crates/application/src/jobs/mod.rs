//! Jobs: asking for work that outlives its request, and following it.

mod companies;
mod emptying;
mod following;
mod handler;
mod held_lease;
mod key_maintenance;
mod notifier;
mod pruning;
mod retraining;
mod runner;
mod service;
mod train_payload;
mod training;
mod training_all;

use atalaya_domain::id::JobId;
use atalaya_domain::job::Job;
use atalaya_domain::mandate::{Mandate, TrainModels};

use crate::accounts::OwnedAccount;
use crate::error::AppError;
use crate::page::{Page, PageRequest};
use crate::ports::jobs::JobFilter;
use crate::receipt::Receipt;
use crate::train_command::TrainCommand;

pub use emptying::EmptyTrashHandler;
pub use following::JobFollower;
pub use handler::{JobError, JobHandler};
pub(crate) use handler::{company_of, payload_of};
pub use held_lease::HeldLease;
pub use key_maintenance::MaintainKeysHandler;
pub use notifier::JobNotifier;
pub use pruning::PruneHandler;
pub use retraining::RetrainHandler;
pub use runner::JobRunner;
pub use service::JobService;
pub(crate) use service::store as enqueue;
pub use training::{TrainHandler, train_task};
pub use training_all::TrainAllHandler;

/// The use cases of jobs.
pub trait Jobs: Send + Sync {
    /// Asks for the training of an account. `receipt` is kept in the transaction that stores the job.
    ///
    /// # Errors
    /// `Unavailable(Jobs)` where the company has as many jobs waiting as it may.
    fn train(
        &self,
        owned: &OwnedAccount<TrainModels>,
        command: &TrainCommand,
        receipt: &dyn Receipt<Job>,
    ) -> Result<Job, AppError>;

    /// Asks for the training of every account of the company. While such a job goes on, it is the one that is given.
    ///
    /// # Errors
    /// `Unavailable(Jobs)` where the company has as many jobs waiting as it may.
    fn train_all(
        &self,
        by: &Mandate<TrainModels>,
        command: &TrainCommand,
        receipt: &dyn Receipt<Job>,
    ) -> Result<Job, AppError>;

    /// A job of the company.
    ///
    /// # Errors
    /// `NotFound(Job)`, alike for one of another company.
    fn find(&self, by: &Mandate<TrainModels>, id: JobId) -> Result<Job, AppError>;

    /// Jobs of the company, newest first.
    ///
    /// # Errors
    /// Of the database.
    fn page(
        &self,
        by: &Mandate<TrainModels>,
        filter: &JobFilter,
        request: &PageRequest<JobId>,
    ) -> Result<Page<Job, JobId>, AppError>;

    /// Calls a job off, with the jobs that it is made of. One that is being worked on ends at its next step; what it
    /// has not stored by then is not stored. One that ended stays as it is.
    ///
    /// # Errors
    /// `NotFound(Job)`, alike for one of another company.
    fn cancel(&self, by: &Mandate<TrainModels>, id: JobId) -> Result<Job, AppError>;
}
