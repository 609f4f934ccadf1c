//! Asks for the training of accounts whose model has aged.

use std::sync::Arc;

use atalaya_domain::access::Operator;
use atalaya_domain::id::CompanyId;
use atalaya_domain::job::{JobKind, Priority};
use atalaya_domain::mandate::{Attribution, TrainModels};
use chrono::{DateTime, TimeDelta, Utc};

use super::companies::for_every_company;
use super::handler::{JobError, JobHandler};
use super::training::train_task;
use super::{HeldLease, JobNotifier};
use crate::error::AppError;
use crate::ports::jobs::{ClaimedJob, NewJob};
use crate::ports::platform::PlatformStore;
use crate::ports::runtime::{Clock, Identifiers};
use crate::ports::store::Store;
use crate::train_command::TrainCommand;

/// Jobs of one transaction.
const AT_ONCE: u32 = 500;
/// The pause after a failed training.
const PAUSE_AFTER_FAILURE: TimeDelta = TimeDelta::days(1);

/// Asks for the training of accounts whose active model is old and which were observed since, each once, in every
/// company that is not suspended. A second run finds what the first one asked for and asks for nothing.
pub struct RetrainHandler {
    /// The companies.
    pub platform: Arc<dyn PlatformStore>,
    /// A company's data.
    pub store: Arc<dyn Store>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Names jobs.
    pub identifiers: Arc<dyn Identifiers>,
    /// Wakes the workers of this process.
    pub notifier: Arc<JobNotifier>,
    /// How old a model has to be; `None` where nothing is trained on a schedule.
    pub after: Option<TimeDelta>,
}

impl JobHandler for RetrainHandler {
    fn kind(&self) -> JobKind {
        JobKind::Retrain
    }

    fn every(&self) -> Option<TimeDelta> {
        Some(TimeDelta::hours(1))
    }

    fn run(&self, _: &ClaimedJob, lease: &HeldLease<'_>) -> Result<(), JobError> {
        Ok(self.ask(lease)?)
    }
}

impl RetrainHandler {
    /// Asks for what is due.
    fn ask(&self, held_lease: &HeldLease<'_>) -> Result<(), AppError> {
        let Some(after) = self.after else { return Ok(()) };
        let now = self.clock.now();
        for_every_company(self.platform.as_ref(), |company| {
            if company.active { self.ask_in(company.id, now - after, now, held_lease) } else { Ok(()) }
        })
    }

    fn ask_in(
        &self,
        company: CompanyId,
        aged: DateTime<Utc>,
        now: DateTime<Utc>,
        held_lease: &HeldLease<'_>,
    ) -> Result<(), AppError> {
        let scope = Operator::at_the_machine().mandate::<TrainModels>(company).scope();
        let mut asked: u32 = 0;
        loop {
            held_lease.check()?;
            let stored = self.store.transaction(&scope, |unit| {
                let due = unit.jobs().to_retrain(aged, now - PAUSE_AFTER_FAILURE, now, AT_ONCE)?;
                let job = |(turn, account)| -> Result<NewJob, AppError> {
                    Ok(NewJob {
                        id: self.identifiers.job(),
                        parent: None,
                        task: train_task(account, &TrainCommand::default())?,
                        requested_by: Attribution::system(),
                        priority: Priority::Scheduled,
                        turn,
                        at: now,
                    })
                };
                let jobs: Vec<NewJob> = (asked..).zip(due).map(job).collect::<Result<_, _>>()?;
                unit.jobs().insert(&jobs)?;
                u32::try_from(jobs.len()).map_err(AppError::internal)
            })?;
            asked = asked.saturating_add(stored);
            if stored < AT_ONCE {
                break;
            }
        }
        if asked > 0 {
            tracing::info!(
                event = "retraining_asked",
                company.id = company.get(),
                accounts = asked,
                "models have aged"
            );
            self.notifier.notify();
        }
        Ok(())
    }
}
