//! The job that deletes what is kept no longer.

use std::sync::Arc;

use atalaya_domain::job::JobKind;
use chrono::TimeDelta;

use super::HeldLease;
use super::handler::{JobError, JobHandler};
use crate::error::AppError;
use crate::ports::jobs::ClaimedJob;
use crate::ports::retention::{Expiring, Retention};
use crate::ports::runtime::Clock;

/// Deletes whatever is kept no longer, some in each transaction, until it is told to stop.
pub struct PruneHandler {
    /// What is deleted.
    pub retention: Arc<dyn Retention>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl JobHandler for PruneHandler {
    fn kind(&self) -> JobKind {
        JobKind::Prune
    }

    fn every(&self) -> Option<TimeDelta> {
        Some(TimeDelta::minutes(5))
    }

    fn run(&self, _: &ClaimedJob, lease: &HeldLease<'_>) -> Result<(), JobError> {
        let now = self.clock.now();
        // One thing that fails keeps no other from being deleted.
        let pruned = Expiring::ALL.map(|kind| until_none(lease, || self.retention.prune(kind, now)));
        Ok(pruned.into_iter().collect::<Result<(), AppError>>()?)
    }
}

/// Repeats what deletes some of many and says how many, until there were none.
fn until_none(lease: &HeldLease<'_>, some: impl Fn() -> Result<usize, AppError>) -> Result<(), AppError> {
    loop {
        lease.check()?;
        if some()? == 0 {
            return Ok(());
        }
    }
}
