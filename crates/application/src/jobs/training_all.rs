//! Jobs that train every account of a company, by a job of its own each.

use std::sync::Arc;

use atalaya_domain::access::{Operator, TenantScope};
use atalaya_domain::id::JobId;
use atalaya_domain::job::{JobKind, Priority};
use atalaya_domain::mandate::TrainModels;
use chrono::{DateTime, Utc};

use super::handler::{JobError, JobHandler, company_of, payload_of};
use super::train_payload::{self, command_of};
use super::training::train_task;
use super::{HeldLease, JobNotifier};
use crate::error::AppError;
use crate::page::PageRequest;
use crate::ports::jobs::{ClaimedJob, JobTask, NewJob};
use crate::ports::runtime::{Clock, Identifiers};
use crate::ports::store::{Store, UnitOfWork};
use crate::train_command::TrainCommand;

/// Parts of one transaction: few enough that nobody waits for it.
const AT_ONCE: usize = 500;

/// The task to train every account of a company.
pub(super) fn train_all_task(command: &TrainCommand) -> Result<JobTask, AppError> {
    let payload = train_payload::payload_of(command)?;
    Ok(JobTask { kind: JobKind::TrainAll, account: None, payload: Some(payload) })
}

/// Makes a job for each account out of one for all of them.
pub struct TrainAllHandler {
    /// A company's data.
    pub store: Arc<dyn Store>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Names jobs.
    pub identifiers: Arc<dyn Identifiers>,
    /// Wakes the workers of this process.
    pub notifier: Arc<JobNotifier>,
}

impl JobHandler for TrainAllHandler {
    fn kind(&self) -> JobKind {
        JobKind::TrainAll
    }

    /// The job goes on without a process when its parts are stored, and ends with the last of them.
    fn run(&self, job: &ClaimedJob, lease: &HeldLease<'_>) -> Result<(), JobError> {
        let command = command_of(payload_of(job)?)?;
        let scope = Operator::at_the_machine().mandate::<TrainModels>(company_of(job)?).scope();
        let (store, identifiers) = (&*self.store, &*self.identifiers);
        FanOut { store, identifiers, scope, job, command: &command }.run(lease, self.clock.now())?;
        self.notifier.notify();
        Ok(())
    }
}

/// One job for all accounts of a company, and what it takes to make parts of it.
struct FanOut<'f> {
    store: &'f dyn Store,
    identifiers: &'f dyn Identifiers,
    scope: TenantScope,
    job: &'f ClaimedJob,
    command: &'f TrainCommand,
}

impl FanOut<'_> {
    /// Stores the parts, some in each transaction. Whoever takes the job over goes on behind the last one that was
    /// stored, so that every account has one part, and one only.
    fn run(&self, held_lease: &HeldLease<'_>, now: DateTime<Utc>) -> Result<(), AppError> {
        loop {
            held_lease.check()?;
            if self.store.transaction(&self.scope, |unit| self.next(unit, now))? {
                return Ok(());
            }
        }
    }

    /// Stores the next parts, and says whether they were the last.
    fn next(&self, unit: &mut dyn UnitOfWork, now: DateTime<Utc>) -> Result<bool, AppError> {
        let (after, first) = match unit.jobs().last_part(self.job.lease.job)? {
            Some((account, turn)) => (Some(account), turn.saturating_add(1)),
            None => (None, 0),
        };
        let accounts = unit.accounts().page(&PageRequest::new(after, AT_ONCE))?;
        let part = |(turn, id, account)| -> Result<NewJob, AppError> {
            Ok(NewJob {
                id,
                parent: Some(self.job.lease.job),
                task: train_task(account, self.command)?,
                requested_by: self.job.requested_by.clone(),
                priority: Priority::Bulk,
                turn,
                at: now,
            })
        };
        let handles = accounts.items.into_iter().map(|summary| summary.account.handle);
        let ids = std::iter::repeat_with(|| -> JobId { self.identifiers.job() });
        let parts = (first..).zip(ids).zip(handles).map(|((turn, id), handle)| part((turn, id, handle)));
        let parts: Vec<NewJob> = parts.collect::<Result<_, _>>()?;
        unit.jobs().add_parts(&self.job.lease, &parts)?;
        let last = accounts.next.is_none();
        if last {
            unit.jobs().await_parts(&self.job.lease, now)?;
        }
        Ok(last)
    }
}
