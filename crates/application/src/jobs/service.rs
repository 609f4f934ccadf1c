//! [`Jobs`] on the ports.

use std::sync::Arc;

use atalaya_domain::account::AccountHandle;
use atalaya_domain::audit::AuditAction;
use atalaya_domain::id::JobId;
use atalaya_domain::job::{Job, JobKind, JobState, Priority};
use atalaya_domain::mandate::{Attribution, Mandate, TrainModels};

use super::training::train_task;
use super::training_all::train_all_task;
use super::{JobNotifier, Jobs};
use crate::accounts::OwnedAccount;
use crate::error::{AppError, Part, Resource};
use crate::page::{Page, PageRequest};
use crate::ports::jobs::{JobFilter, JobTask, JobWriter, NewJob};
use crate::ports::runtime::{Clock, Identifiers};
use crate::ports::store::Store;
use crate::receipt::Receipt;
use crate::train_command::TrainCommand;

/// [`Jobs`] on the ports.
pub struct JobService {
    /// A company's data.
    pub store: Arc<dyn Store>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Names jobs.
    pub identifiers: Arc<dyn Identifiers>,
    /// Wakes the workers of this process.
    pub notifier: Arc<JobNotifier>,
}

impl JobService {
    /// Jobs that the people of one company may have unfinished at a time. One that is made of others counts once.
    pub const MOST_UNFINISHED: u64 = 100;

    fn new_job(&self, task: JobTask, requested_by: &Attribution, priority: Priority) -> NewJob {
        let (id, at) = (self.identifiers.job(), self.clock.now());
        NewJob { id, parent: None, task, requested_by: requested_by.clone(), priority, turn: 0, at }
    }
}

/// The target of a job's audit entries: its account, where it has one, and its kind.
fn target(account: Option<&AccountHandle>, kind: JobKind) -> String {
    account.map_or_else(|| kind.to_string(), |account| format!("{}: {kind}", account.as_str()))
}

/// Stores a job of the company behind those that it has.
///
/// # Errors
/// `Unavailable(Jobs)` where the company has as many jobs waiting as it may.
pub(crate) fn store(jobs: &mut dyn JobWriter, job: &NewJob) -> Result<Job, AppError> {
    let unfinished = jobs.count_unfinished()?;
    if unfinished >= JobService::MOST_UNFINISHED {
        return Err(AppError::unavailable(Part::Jobs));
    }
    let turn = u32::try_from(unfinished).map_err(AppError::internal)?;
    jobs.insert(&[NewJob { turn, ..job.clone() }])?;
    jobs.find(job.id)?.ok_or_else(|| AppError::internal("a job that was stored is not there"))
}

impl Jobs for JobService {
    fn train(
        &self,
        owned: &OwnedAccount<TrainModels>,
        command: &TrainCommand,
        receipt: &dyn Receipt<Job>,
    ) -> Result<Job, AppError> {
        let task = train_task(owned.account.handle.clone(), command)?;
        let new = self.new_job(task, &owned.by, Priority::Waited);
        let requested = target(Some(&owned.account.handle), JobKind::Train);
        let audit = owned.event(AuditAction::JobRequested, new.at).on(requested);
        let job = self.store.transaction(&owned.scope, |unit| {
            unit.audit(&audit)?;
            let job = store(unit.jobs(), &new)?;
            receipt.keep(unit, &job)?;
            Ok(job)
        })?;
        self.notifier.notify();
        Ok(job)
    }

    fn train_all(
        &self,
        by: &Mandate<TrainModels>,
        command: &TrainCommand,
        receipt: &dyn Receipt<Job>,
    ) -> Result<Job, AppError> {
        let new = self.new_job(train_all_task(command)?, &by.attribution(), Priority::Bulk);
        let audit = by.event(AuditAction::JobRequested, new.at).on(target(None, JobKind::TrainAll));
        let job = self.store.transaction(&by.scope(), |unit| {
            let job = if let Some(going_on) = unit.jobs().unfinished(JobKind::TrainAll)? {
                going_on
            } else {
                unit.audit(&audit)?;
                store(unit.jobs(), &new)?
            };
            receipt.keep(unit, &job)?;
            Ok(job)
        })?;
        self.notifier.notify();
        Ok(job)
    }

    fn find(&self, by: &Mandate<TrainModels>, id: JobId) -> Result<Job, AppError> {
        self.store.query_apart(&by.scope(), |view| view.jobs().find(id))?.ok_or(AppError::NotFound(Resource::Job))
    }

    fn page(
        &self,
        by: &Mandate<TrainModels>,
        filter: &JobFilter,
        request: &PageRequest<JobId>,
    ) -> Result<Page<Job, JobId>, AppError> {
        self.store.query_apart(&by.scope(), |view| view.jobs().page(filter, request))
    }

    fn cancel(&self, by: &Mandate<TrainModels>, id: JobId) -> Result<Job, AppError> {
        let now = self.clock.now();
        let cancelled = self.store.transaction(&by.scope(), |unit| {
            let going_on = unit.jobs().find(id)?.filter(|job| !job.state.is_final());
            if let Some(job) = going_on {
                // Before the job is written to, as where one ends by its work: the other order could lock both out.
                let audit = by.event(AuditAction::JobCancelled, now).on(target(job.account.as_ref(), job.kind));
                unit.audit(&audit)?;
            }
            unit.jobs().cancel(id, now)
        })?;
        let job = cancelled.ok_or(AppError::NotFound(Resource::Job))?;
        if job.state == JobState::Cancelled {
            let by = by.attribution();
            let actor = by.actor.name();
            tracing::info!(event = "job_cancelled", job.id = %id.get(), kind = %job.kind, actor, "a job was called off");
        }
        Ok(job)
    }
}
