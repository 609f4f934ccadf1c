//! Takes jobs from the queue and does them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use atalaya_domain::access::Operator;
use atalaya_domain::account::AccountHandle;
use atalaya_domain::id::CompanyId;
use atalaya_domain::job::{JobFailure, JobKind, Priority, RetryPolicy};
use atalaya_domain::mandate::{Attribution, TrainModels};
use chrono::{DateTime, TimeDelta, Utc};

use super::fan_out::FanOut;
use super::held_lease::{Held, LEASE, hold};
use super::{HeldLease, JobNotifier};
use crate::accounts::Accounts;
use crate::error::{AppError, Forbidden, Part};
use crate::forecasts::{Training, TrainingOutcome};
use crate::ports::jobs::{Claim, ClaimedJob, Ending, JobQueue, JobWork, Lane, Lease, NewJob};
use crate::ports::runtime::{Clock, Identifiers};
use crate::ports::store::{Store, UnitOfWork};
use crate::receipt::Receipt;
use crate::train_command::TrainCommand;

/// What a recurring job does. It may be done again without harm.
pub type RecurringWork = Box<dyn Fn(&HeldLease<'_>) -> Result<(), AppError> + Send + Sync>;

/// Something that the program does again and again, on one process at a time.
pub struct RecurringTask {
    /// Which job stands for it.
    pub kind: JobKind,
    /// How long after it was done it is done again.
    pub every: TimeDelta,
    /// What is done.
    pub work: RecurringWork,
}

/// Takes jobs from the queue and does them. Any number of threads and processes may, each with a runner.
pub struct JobRunner {
    /// The queue.
    pub queue: Arc<dyn JobQueue>,
    /// A company's data.
    pub store: Arc<dyn Store>,
    /// Opens accounts.
    pub accounts: Arc<dyn Accounts>,
    /// Trains.
    pub training: Arc<dyn Training>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Names jobs.
    pub identifiers: Arc<dyn Identifiers>,
    /// Wakes the workers of this process.
    pub notifier: Arc<JobNotifier>,
    /// How often a job is tried.
    pub retry: RetryPolicy,
    /// Jobs of one company that this process works on at a time, in each lane.
    pub most_of_a_company: u32,
    /// What the program does by itself.
    pub recurring: Vec<RecurringTask>,
}

/// How work on a job went that did not fail.
enum Done {
    /// Its ending is stored with its effect.
    Ended,
    /// It is due again.
    Again(DateTime<Utc>),
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

impl JobRunner {
    /// The longest pause after a recurring job failed.
    const PAUSE_OF_RECURRING: TimeDelta = TimeDelta::minutes(1);

    /// Sees to it that every recurring job is in the queue.
    ///
    /// # Errors
    /// Of the database.
    pub fn establish(&self) -> Result<(), AppError> {
        self.recurring.iter().try_for_each(|task| {
            self.queue.establish(&NewJob {
                id: self.identifiers.job(),
                parent: None,
                work: JobWork::Recurring(task.kind),
                asker: Attribution::system(),
                priority: Priority::Scheduled,
                turn: 0,
                at: self.clock.now(),
            })
        })
    }

    /// Takes the next job of a lane and does it; `false` where whoever asks had better wait: none is due, or this process
    /// trains as much as it can and has put the job back. Work that is under way when `stop` is set ends at
    /// its next step, and its job is given back.
    ///
    /// # Errors
    /// Of the database, where no job could be taken. What goes wrong with a job is settled with the job.
    pub fn run_next(&self, lane: Lane, stop: &AtomicBool) -> Result<bool, AppError> {
        let claim = Claim {
            lane,
            at: self.clock.now(),
            lease: LEASE,
            most: self.most_of_a_company,
            attempts: self.retry.attempts,
            longest_wait: self.longest_wait(),
        };
        let Some(job) = self.queue.claim(&claim)? else { return Ok(false) };
        let span = tracing::info_span!("job", job.id = %job.lease.job.get(), kind = %job.work.kind());
        let _entered = span.enter();
        let held = hold(&*self.queue, &*self.clock, &job.lease, stop, |held_lease| self.work_on(&job, held_lease));
        // The next one would fare no better, nor any other of a long queue.
        let refused = matches!(held.outcome, Err(AppError::Unavailable { part: Part::Training, .. }));
        let full = refused && !held.lost && !stopped(stop);
        if let Err(error) = self.settle(&job, held, stop) {
            // The lease will be over, and somebody takes the job again.
            tracing::warn!(event = "job_unsettled", %error, "what became of a job could not be stored");
        }
        Ok(!full)
    }

    /// The longest that any job waits until it is due.
    fn longest_wait(&self) -> TimeDelta {
        let recurring = self.recurring.iter().map(|task| task.every).max();
        recurring.unwrap_or_default().max(self.retry.longest_pause)
    }

    fn work_on(&self, job: &ClaimedJob, held_lease: &HeldLease<'_>) -> Result<Done, AppError> {
        match &job.work {
            JobWork::Train { account, command } => self.train(job, account, command, held_lease),
            JobWork::TrainAll { command } => {
                let scope = Operator::at_the_machine().mandate::<TrainModels>(company_of(job)?).scope();
                let (store, identifiers) = (&*self.store, &*self.identifiers);
                let fan_out = FanOut { store, identifiers, scope, job, command };
                fan_out.run(held_lease, self.clock.now())?;
                self.notifier.notify();
                Ok(Done::Ended)
            }
            JobWork::Recurring(kind) => {
                let task = self.recurring(*kind)?;
                (task.work)(held_lease)?;
                Ok(Done::Again(self.clock.now() + task.every))
            }
        }
    }

    fn train(
        &self,
        job: &ClaimedJob,
        account: &AccountHandle,
        command: &TrainCommand,
        held_lease: &HeldLease<'_>,
    ) -> Result<Done, AppError> {
        let by = Operator::at_the_machine().mandate::<TrainModels>(company_of(job)?);
        let owned = self.accounts.open(&by, account.as_str())?.asked_by(&job.asker);
        let receipt = EndOfTraining { lease: &job.lease, clock: &*self.clock };
        self.training.train(&owned, command, held_lease, &receipt)?;
        Ok(Done::Ended)
    }

    fn recurring(&self, kind: JobKind) -> Result<&RecurringTask, AppError> {
        let task = self.recurring.iter().find(|task| task.kind == kind);
        task.ok_or_else(|| AppError::internal(format!("nothing is known of how to {kind}")))
    }

    /// Stores what became of a job, as far as that was not stored with its effect.
    fn settle(&self, job: &ClaimedJob, held: Held<Done>, stop: &AtomicBool) -> Result<(), AppError> {
        let (lease, now) = (&job.lease, self.clock.now());
        let error = match held.outcome {
            Ok(Done::Ended) => return Ok(()),
            Ok(Done::Again(at)) => return self.queue.put_back(lease, at, true),
            Err(error) => error,
        };
        if held.lost || (matches!(error, AppError::Unavailable { part: Part::Jobs, .. }) && !stopped(stop)) {
            tracing::info!(
                event = "job_lost",
                "a job was called off or taken over, and what was done of it is not kept"
            );
            return Ok(());
        }
        if stopped(stop) && matches!(error, AppError::Unavailable { .. }) {
            return self.queue.put_back(lease, now, true);
        }
        if let JobWork::Recurring(kind) = &job.work {
            tracing::error!(event = "recurring_job_failed", %error, "what the program does by itself failed");
            let every = self.recurring(*kind).map_or(Self::PAUSE_OF_RECURRING, |task| task.every);
            return self.queue.put_back(lease, now + every.min(Self::PAUSE_OF_RECURRING), true);
        }
        match error {
            AppError::InsufficientHours { found, needed } => {
                self.give_up(lease, JobFailure::InsufficientHours { found, needed }, now)
            }
            AppError::InsufficientData { found, needed } => {
                self.give_up(lease, JobFailure::InsufficientData { found, needed }, now)
            }
            AppError::Forbidden(Forbidden::Account) => self.give_up(lease, JobFailure::AccountGone, now),
            // As many runs go on as the machine can bear: that is nobody's failure.
            AppError::Unavailable { part: Part::Training, retry_after } => {
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

fn company_of(job: &ClaimedJob) -> Result<CompanyId, AppError> {
    job.lease.company.ok_or_else(|| AppError::internal("a job over a company's data is stored without a company"))
}
