//! Takes jobs from the queue and does them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use atalaya_domain::job::{JobFailure, JobKind, Priority, RetryPolicy};
use atalaya_domain::mandate::Attribution;
use chrono::{DateTime, TimeDelta, Utc};

use super::handler::{JobError, JobHandler};
use super::held_lease::{Held, LEASE, hold};
use crate::error::{AppError, Forbidden, Part, Resource};
use crate::ports::jobs::{Claim, Ending, JobQueue, JobTask, Lane, Lease, NewJob};
use crate::ports::runtime::{Clock, Identifiers};

/// Takes jobs from the queue and does them. Any number of threads and processes may, each with a runner.
pub struct JobRunner {
    /// The queue.
    pub queue: Arc<dyn JobQueue>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Names jobs.
    pub identifiers: Arc<dyn Identifiers>,
    /// How often a job is tried.
    pub retry: RetryPolicy,
    /// Jobs of one company that this process works on at a time, in each lane.
    pub most_of_a_company: u32,
    /// What does them, one for each kind.
    pub handlers: Vec<Arc<dyn JobHandler>>,
}

impl JobRunner {
    /// The longest pause after a recurring job failed.
    const PAUSE_OF_RECURRING: TimeDelta = TimeDelta::minutes(1);

    /// Sees to it that every recurring job is in the queue.
    ///
    /// # Errors
    /// Of the database.
    pub fn establish(&self) -> Result<(), AppError> {
        let recurring = self.handlers.iter().filter(|handler| handler.every().is_some());
        recurring.into_iter().try_for_each(|handler| {
            self.queue.establish(&NewJob {
                id: self.identifiers.job(),
                parent: None,
                task: JobTask::plain(handler.kind()),
                requested_by: Attribution::system(),
                priority: Priority::Scheduled,
                turn: 0,
                at: self.clock.now(),
            })
        })
    }

    /// Takes the next job of a lane and does it; `false` where whoever asks had better wait: none is due, or this
    /// process trains as much as it can and has put the job back. Work that is under way when `stop` is set ends at its
    /// next step, and its job is given back.
    ///
    /// # Errors
    /// Of the database, where no job could be taken. What goes wrong with a job is settled with the job.
    pub fn run_next(&self, lane: Lane, stop: &AtomicBool) -> Result<bool, AppError> {
        let claim = Claim {
            lane,
            kinds: self
                .handlers
                .iter()
                .filter(|handler| Lane::of(handler.kind()) == lane)
                .map(|handler| handler.kind())
                .collect(),
            at: self.clock.now(),
            lease: LEASE,
            most: self.most_of_a_company,
            attempts: self.retry.attempts,
            longest_wait: self.longest_wait(),
        };
        let Some(job) = self.queue.claim(&claim)? else { return Ok(false) };
        let span = tracing::info_span!("job", job.id = %job.lease.job.get(), kind = %job.task.kind);
        let _entered = span.enter();
        let handler = self.handler(job.task.kind)?;
        let held = hold(&*self.queue, &*self.clock, &job.lease, stop, |held_lease| handler.run(&job, held_lease));
        // No training slot is free, so the next job would be refused too.
        let refused = matches!(held.outcome, Err(JobError::Failed(AppError::Unavailable { part: Part::Training, .. })));
        let full = refused && !held.lost && !stopped(stop);
        if let Err(error) = self.settle(handler, &job.lease, held, stop) {
            // The lease will be over, and somebody takes the job again.
            tracing::warn!(event = "job_unsettled", %error, "what became of a job could not be stored");
        }
        Ok(!full)
    }

    /// The longest that any job waits until it is due.
    fn longest_wait(&self) -> TimeDelta {
        let recurring = self.handlers.iter().filter_map(|handler| handler.every()).max();
        recurring.unwrap_or_default().max(self.retry.longest_pause)
    }

    fn handler(&self, kind: JobKind) -> Result<&dyn JobHandler, AppError> {
        let handler = self.handlers.iter().find(|handler| handler.kind() == kind);
        handler.map(AsRef::as_ref).ok_or_else(|| AppError::internal(format!("nothing is known of how to {kind}")))
    }

    /// Stores what became of a job, as far as that was not stored with its effect.
    fn settle(
        &self,
        handler: &dyn JobHandler,
        lease: &Lease,
        held: Held<Result<(), JobError>>,
        stop: &AtomicBool,
    ) -> Result<(), AppError> {
        let now = self.clock.now();
        let error = match held.outcome {
            Ok(()) => match handler.every() {
                Some(every) => return self.queue.put_back(lease, now + every, true),
                // Its ending is stored with its effect.
                None => return Ok(()),
            },
            Err(error) => error,
        };
        let let_go = matches!(error, JobError::Failed(AppError::Unavailable { part: Part::Jobs, .. }));
        if held.lost || (let_go && !stopped(stop)) {
            tracing::info!(
                event = "job_lost",
                "a job was called off or taken over, and what was done of it is not kept"
            );
            return Ok(());
        }
        if stopped(stop) && matches!(error, JobError::Failed(AppError::Unavailable { .. })) {
            return self.queue.put_back(lease, now, true);
        }
        if let Some(every) = handler.every() {
            tracing::error!(event = "recurring_job_failed", %error, "a recurring job failed");
            return self.queue.put_back(lease, now + every.min(Self::PAUSE_OF_RECURRING), true);
        }
        let error = match error {
            JobError::Failed(error) => error,
            JobError::Unreadable(error) => {
                tracing::error!(event = "job_unreadable", %error, "a job cannot be read and is given up");
                return self.give_up(lease, JobFailure::Internal, now);
            }
        };
        match error {
            AppError::InsufficientHours { found, needed } => {
                self.give_up(lease, JobFailure::InsufficientHours { found, needed }, now)
            }
            AppError::InsufficientData { found, needed } => {
                self.give_up(lease, JobFailure::InsufficientData { found, needed }, now)
            }
            AppError::StricterRule { count, .. } => {
                let count = u32::try_from(count).unwrap_or(u32::MAX);
                self.give_up(lease, JobFailure::RecordsBreakRule { count }, now)
            }
            AppError::NotFound(Resource::Entity | Resource::Field) => self.give_up(lease, JobFailure::FieldGone, now),
            AppError::Forbidden(Forbidden::Account) => self.give_up(lease, JobFailure::AccountGone, now),
            // The machine bears no more runs, or an import keeps the table locked: that is nobody's failure.
            AppError::Unavailable { part: Part::Training | Part::Lock, retry_after } => {
                let pause = TimeDelta::from_std(retry_after).map_err(AppError::internal)?;
                self.queue.put_back(lease, now + pause, true)
            }
            AppError::Unavailable { .. } => self.try_again(lease, JobFailure::Unavailable, &error, now),
            _ => self.try_again(lease, JobFailure::Internal, &error, now),
        }
    }

    fn try_again(
        &self,
        lease: &Lease,
        failure: JobFailure,
        error: &AppError,
        now: DateTime<Utc>,
    ) -> Result<(), AppError> {
        let Some(again_at) = self.retry.next(lease.attempt, now) else {
            tracing::error!(event = "job_failed", attempts = lease.attempt, %error, "a job was given up");
            return self.give_up(lease, failure, now);
        };
        tracing::debug!(event = "job_put_back", attempt = lease.attempt, %again_at, %error, "a job is tried again");
        self.queue.put_back(lease, again_at, false)
    }

    fn give_up(&self, lease: &Lease, failure: JobFailure, now: DateTime<Utc>) -> Result<(), AppError> {
        self.queue.end(lease, &Ending::Failed(failure), now)
    }
}

fn stopped(stop: &AtomicBool) -> bool {
    stop.load(Ordering::Relaxed)
}
