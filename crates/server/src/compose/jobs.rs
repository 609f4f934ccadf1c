//! The use cases of jobs, and what the program does by itself once for all of its processes.

use std::sync::Arc;

use atalaya_application::AppError;
use atalaya_application::accounts::Accounts;
use atalaya_application::forecasts::{RunsByCompany, Training};
use atalaya_application::jobs::{
    HeldLease, JobNotifier, JobRunner, JobService, Jobs, RecurringTask, RecurringWork, Retraining,
};
use atalaya_application::keys::SigningKeys;
use atalaya_application::ports::runtime::{Clock, Identifiers};
use atalaya_domain::job::{JobKind, RetryPolicy};
use atalaya_infrastructure::idempotency;
use atalaya_infrastructure::login_guard::StoredLoginGuard;
use atalaya_infrastructure::persistence::Database;
use atalaya_infrastructure::runtime::UuidIdentifiers;
use chrono::TimeDelta;

/// What jobs are done with.
pub(super) struct JobParts {
    pub(super) accounts: Arc<dyn Accounts>,
    pub(super) training: Arc<dyn Training>,
    pub(super) keys: Arc<dyn SigningKeys>,
    pub(super) guard: Arc<StoredLoginGuard>,
    pub(super) retrain_after: Option<TimeDelta>,
    pub(super) training_at_a_time: usize,
}

/// The use cases, and who does the work.
pub(super) struct Housework {
    pub(super) jobs: Arc<dyn Jobs>,
    pub(super) runner: Arc<JobRunner>,
    pub(super) notifier: Arc<JobNotifier>,
}

impl JobParts {
    pub(super) fn compose(self, database: &Arc<Database>, clock: &Arc<dyn Clock>) -> Housework {
        let notifier = Arc::new(JobNotifier::default());
        let identifiers: Arc<dyn Identifiers> = Arc::new(UuidIdentifiers);
        let retraining = Retraining {
            companies: database.companies(),
            store: database.store(),
            clock: Arc::clone(clock),
            identifiers: Arc::clone(&identifiers),
            notifier: Arc::clone(&notifier),
            after: self.retrain_after,
        };
        let keys = self.keys;
        let task = |kind, every, work: RecurringWork| RecurringTask { kind, every, work };
        let recurring = vec![
            task(JobKind::MaintainKeys, TimeDelta::minutes(1), Box::new(move |_| keys.maintain().map(drop))),
            task(JobKind::Prune, TimeDelta::minutes(5), prune(database, clock, self.guard)),
            task(JobKind::Retrain, TimeDelta::hours(1), Box::new(move |held_lease| retraining.run(held_lease))),
        ];
        // One run of a company stays free for whoever waits for the answer.
        let most = self.training_at_a_time.clamp(1, RunsByCompany::MOST - 1);
        let runner = JobRunner {
            queue: database.job_queue(),
            store: database.store(),
            accounts: self.accounts,
            training: self.training,
            clock: Arc::clone(clock),
            identifiers: Arc::clone(&identifiers),
            notifier: Arc::clone(&notifier),
            retry: RetryPolicy::default(),
            most_of_a_company: u32::try_from(most).unwrap_or(1),
            recurring,
        };
        let jobs = JobService {
            store: database.store(),
            clock: Arc::clone(clock),
            identifiers,
            notifier: Arc::clone(&notifier),
        };
        Housework { jobs: Arc::new(jobs), runner: Arc::new(runner), notifier }
    }
}

/// Removes whatever is kept no longer, some in each transaction, until it is told to stop. One thing that fails keeps no other.
fn prune(database: &Arc<Database>, clock: &Arc<dyn Clock>, guard: Arc<StoredLoginGuard>) -> RecurringWork {
    let (database, clock) = (Arc::clone(database), Arc::clone(clock));
    Box::new(move |held_lease| {
        let now = clock.now();
        let pruned: [Result<(), AppError>; 5] = [
            until_none(held_lease, || database.prune_changes(now)),
            until_none(held_lease, || idempotency::prune(&database, now)),
            until_none(held_lease, || database.prune_sessions(now)),
            until_none(held_lease, || database.prune_jobs(now)),
            until_none(held_lease, || guard.prune(now)),
        ];
        pruned.into_iter().collect()
    })
}

/// Repeats what removes some of many and says how many, until there were none.
fn until_none(held_lease: &HeldLease<'_>, some: impl Fn() -> Result<usize, AppError>) -> Result<(), AppError> {
    loop {
        held_lease.check()?;
        if some()? == 0 {
            return Ok(());
        }
    }
}
