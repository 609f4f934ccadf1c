//! Jobs that train one account.

use std::sync::Arc;

use atalaya_domain::access::Operator;
use atalaya_domain::account::AccountHandle;
use atalaya_domain::job::JobKind;
use atalaya_domain::mandate::TrainModels;

use super::HeldLease;
use super::handler::{JobError, JobHandler, account_of, company_of, payload_of};
use super::train_payload::{self, command_of};
use crate::accounts::Accounts;
use crate::error::AppError;
use crate::forecasts::{Training, TrainingOutcome};
use crate::ports::jobs::{ClaimedJob, Ending, JobTask, Lease};
use crate::ports::runtime::Clock;
use crate::ports::store::UnitOfWork;
use crate::receipt::Receipt;
use crate::train_command::TrainCommand;

/// The task to train an account.
///
/// # Errors
/// `Internal` where the command cannot be written.
pub fn train_task(account: AccountHandle, command: &TrainCommand) -> Result<JobTask, AppError> {
    let payload = train_payload::payload_of(command)?;
    Ok(JobTask { kind: JobKind::Train, account: Some(account), payload: Some(payload) })
}

/// Trains an account for whoever asked.
pub struct TrainHandler {
    /// Opens accounts.
    pub accounts: Arc<dyn Accounts>,
    /// Trains.
    pub training: Arc<dyn Training>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Ends a job in the transaction that stores what it trained.
struct EndOfTraining<'e> {
    lease: &'e Lease,
    clock: &'e dyn Clock,
}

impl Receipt<TrainingOutcome> for EndOfTraining<'_> {
    fn keep(&self, unit: &mut dyn UnitOfWork, outcome: &TrainingOutcome) -> Result<(), AppError> {
        let ending = Ending::Succeeded { version: Some(outcome.run.version) };
        unit.jobs().finish(self.lease, &ending, self.clock.now())
    }
}

impl JobHandler for TrainHandler {
    fn kind(&self) -> JobKind {
        JobKind::Train
    }

    fn run(&self, job: &ClaimedJob, lease: &HeldLease<'_>) -> Result<(), JobError> {
        let command = command_of(payload_of(job)?)?;
        let account = account_of(job)?;
        let by = Operator::at_the_machine().mandate::<TrainModels>(company_of(job)?);
        let owned = self.accounts.open(&by, account.as_str())?.asked_by(&job.requested_by);
        let receipt = EndOfTraining { lease: &job.lease, clock: &*self.clock };
        self.training.train(&owned, &command, lease, &receipt)?;
        Ok(())
    }
}
