//! The use cases of jobs, and what does each kind of them.

use std::sync::Arc;

use atalaya_application::accounts::Accounts;
use atalaya_application::forecasts::{RunsByCompany, Training};
use atalaya_application::jobs::{
    EmptyTrashHandler, JobHandler, JobNotifier, JobRunner, JobService, Jobs, MaintainKeysHandler, PruneHandler,
    RetrainHandler, TrainAllHandler, TrainHandler,
};
use atalaya_application::keys::SigningKeys;
use atalaya_application::ports::runtime::{Clock, Identifiers};
use atalaya_application::tables::RetypeFieldHandler;
use atalaya_domain::job::RetryPolicy;
use atalaya_infrastructure::persistence::Database;
use atalaya_infrastructure::runtime::UuidIdentifiers;
use chrono::TimeDelta;

/// What the job handlers need.
pub(super) struct JobParts {
    pub(super) accounts: Arc<dyn Accounts>,
    pub(super) training: Arc<dyn Training>,
    pub(super) keys: Arc<dyn SigningKeys>,
    pub(super) retrain_after: Option<TimeDelta>,
    pub(super) training_at_a_time: usize,
}

/// The use cases, and who does the work.
pub(super) struct JobSystem {
    pub(super) jobs: Arc<dyn Jobs>,
    pub(super) runner: Arc<JobRunner>,
    pub(super) notifier: Arc<JobNotifier>,
}

impl JobParts {
    pub(super) fn compose(self, database: &Arc<Database>, clock: &Arc<dyn Clock>) -> JobSystem {
        let notifier = Arc::new(JobNotifier::default());
        let identifiers: Arc<dyn Identifiers> = Arc::new(UuidIdentifiers);
        let handlers: Vec<Arc<dyn JobHandler>> = vec![
            Arc::new(TrainHandler { accounts: self.accounts, training: self.training, clock: Arc::clone(clock) }),
            Arc::new(TrainAllHandler {
                store: database.store(),
                clock: Arc::clone(clock),
                identifiers: Arc::clone(&identifiers),
                notifier: Arc::clone(&notifier),
            }),
            Arc::new(RetrainHandler {
                platform: database.platform(),
                store: database.store(),
                clock: Arc::clone(clock),
                identifiers: Arc::clone(&identifiers),
                notifier: Arc::clone(&notifier),
                after: self.retrain_after,
            }),
            Arc::new(RetypeFieldHandler { store: database.store(), clock: Arc::clone(clock) }),
            Arc::new(MaintainKeysHandler(self.keys)),
            Arc::new(EmptyTrashHandler {
                platform: database.platform(),
                store: database.store(),
                clock: Arc::clone(clock),
            }),
            Arc::new(PruneHandler { retention: database.retention(), clock: Arc::clone(clock) }),
        ];
        // One run of a company stays free for whoever waits for the answer.
        let most = self.training_at_a_time.clamp(1, RunsByCompany::MOST - 1);
        let runner = JobRunner {
            queue: database.job_queue(),
            clock: Arc::clone(clock),
            identifiers: Arc::clone(&identifiers),
            retry: RetryPolicy::default(),
            most_of_a_company: u32::try_from(most).unwrap_or(1),
            handlers,
        };
        let jobs = JobService {
            store: database.store(),
            clock: Arc::clone(clock),
            identifiers,
            notifier: Arc::clone(&notifier),
        };
        JobSystem { jobs: Arc::new(jobs), runner: Arc::new(runner), notifier }
    }
}
