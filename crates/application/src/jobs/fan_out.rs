//! Makes a job for each account out of one for all of them.

use atalaya_domain::access::TenantScope;
use atalaya_domain::id::JobId;
use atalaya_domain::job::Priority;
use chrono::{DateTime, Utc};

use super::HeldLease;
use crate::error::AppError;
use crate::page::PageRequest;
use crate::ports::jobs::{ClaimedJob, JobWork, NewJob};
use crate::ports::runtime::Identifiers;
use crate::ports::store::{Store, UnitOfWork};
use crate::train_command::TrainCommand;

/// Parts of one transaction: few enough that nobody waits for it.
const AT_ONCE: usize = 500;

/// One job for all accounts of a company, and what it takes to make parts of it.
pub(super) struct FanOut<'f> {
    pub(super) store: &'f dyn Store,
    pub(super) identifiers: &'f dyn Identifiers,
    pub(super) scope: TenantScope,
    pub(super) job: &'f ClaimedJob,
    pub(super) command: &'f TrainCommand,
}

impl FanOut<'_> {
    /// Stores the parts, some in each transaction. Whoever takes the job over goes on behind the last one that was stored, so
    /// that every account has one part, and one only.
    pub(super) fn run(&self, held_lease: &HeldLease<'_>, now: DateTime<Utc>) -> Result<(), AppError> {
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
        let part = |(turn, id, account)| NewJob {
            id,
            parent: Some(self.job.lease.job),
            work: JobWork::Train { account, command: self.command.clone() },
            asker: self.job.asker.clone(),
            priority: Priority::Bulk,
            turn,
            at: now,
        };
        let handles = accounts.items.into_iter().map(|summary| summary.account.handle);
        let ids = std::iter::repeat_with(|| -> JobId { self.identifiers.job() });
        let parts: Vec<NewJob> =
            (first..).zip(ids).zip(handles).map(|((turn, id), handle)| part((turn, id, handle))).collect();
        unit.jobs().add_parts(&self.job.lease, &parts)?;
        let last = accounts.next.is_none();
        if last {
            unit.jobs().await_parts(&self.job.lease, now)?;
        }
        Ok(last)
    }
}
