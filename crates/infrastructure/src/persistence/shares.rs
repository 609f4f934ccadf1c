//! [`Shares`]: how many connections of the pool each kind of work may hold (bulkheads).
//!
//! Whoever waits for a lock, or for a client who reads slowly, holds a connection meanwhile. Without shares, one locked
//! table would take the whole pool: all of it would wait there, and nothing else would be answered.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use atalaya_domain::access::{Permission, TenantScope};

use super::reach::Reach;
use crate::sync::locked;

/// A kind of work that shares the pool with the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Share {
    /// Who asks: users, sessions, failed logins, keys, and whatever else is the platform's.
    Identity,
    /// What is read to forecast, and lists of accounts.
    Accounts,
    /// Observations that are stored or deleted, which may take seconds, and what has to be known before.
    Uploads,
    /// Requests that may come again, by their keys.
    Requests,
    /// Whatever else is read and written of a company: its jobs, its log, pages of observations, training.
    Others,
    /// The queue of jobs.
    Jobs,
    /// Answers that last as long as somebody reads them.
    Exports,
}

impl Share {
    const ALL: [Self; 7] =
        [Self::Identity, Self::Accounts, Self::Uploads, Self::Requests, Self::Others, Self::Jobs, Self::Exports];

    /// That of most work of a reach.
    pub(super) fn of(reach: Reach) -> Self {
        match reach {
            Reach::Company(_) => Self::Others,
            Reach::Platform => Self::Identity,
        }
    }

    /// That of what a scope is for.
    pub(super) fn of_scope(scope: &TenantScope) -> Self {
        match scope.permission() {
            Permission::ManageCompanies
            | Permission::ReadInstallation
            | Permission::ManageUsers
            | Permission::OwnSession => Self::Identity,
            Permission::WriteObservations | Permission::DeleteObservations => Self::Uploads,
            Permission::ReadAccounts | Permission::ReadForecasts => Self::Accounts,
            Permission::ManageAccounts
            | Permission::TrainModels
            | Permission::DeleteModels
            | Permission::DefineTables
            | Permission::WriteRecords
            | Permission::ReadRecords
            | Permission::ReadDigits
            | Permission::ReadAudit => Self::Others,
        }
    }

    /// Whether some connections are kept for it.
    fn is_kept(self) -> bool {
        !matches!(self, Self::Exports)
    }
}

/// How many connections one kind of work may hold.
#[derive(Debug, Clone, Copy)]
struct Rule {
    share: Share,
    /// So many it always gets, whatever the others do.
    kept: u32,
    /// The most it gets.
    most: u32,
}

/// Who holds connections.
#[derive(Debug)]
pub(super) struct Shares {
    rules: [Rule; Share::ALL.len()],
    /// Connections that are kept for nobody.
    common: u32,
    held: Mutex<[u32; Share::ALL.len()]>,
    freed: Condvar,
}

/// The right to hold one connection.
pub(super) struct ConnectionPermit {
    shares: Arc<Shares>,
    share: Share,
}

impl Shares {
    /// Of each eight connections one is kept for each kind of work that is, and at least one; where there are hardly
    /// more connections than such kinds, none is. The queue of jobs and exports get a quarter of all at most.
    pub(super) fn of(connections: u32) -> Arc<Self> {
        let kinds = Share::ALL.into_iter().map(|share| u32::from(share.is_kept())).sum::<u32>();
        let kept = if connections > kinds { (connections / 8).max(1) } else { 0 };
        let rules = Share::ALL.map(|share| match share {
            Share::Exports => Rule { share, kept: 0, most: connections.div_ceil(4) },
            Share::Jobs => Rule { share, kept, most: connections.div_ceil(4) },
            _ => Rule { share, kept, most: connections },
        });
        let common = connections.saturating_sub(kinds * kept);
        Arc::new(Self { rules, common, held: Mutex::default(), freed: Condvar::new() })
    }

    /// Leave to hold a connection; `None` where it does not come within `patience`.
    pub(super) fn take(self: &Arc<Self>, share: Share, patience: Duration) -> Option<ConnectionPermit> {
        let waited = self.freed.wait_timeout_while(locked(&self.held), patience, |held| !self.has_room(share, held));
        let (mut held, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if !self.has_room(share, held.as_slice()) {
            return None;
        }
        self.change(share, held.as_mut_slice(), |count| count + 1);
        drop(held);
        Some(ConnectionPermit { shares: Arc::clone(self), share })
    }

    fn has_room(&self, share: Share, held: &[u32]) -> bool {
        let counts = || self.rules.iter().zip(held);
        let common: u32 = counts().map(|(rule, held)| held.saturating_sub(rule.kept)).sum();
        let own = counts().find(|(rule, _)| rule.share == share);
        own.is_some_and(|(rule, held)| *held < rule.most && (*held < rule.kept || common < self.common))
    }

    fn change(&self, share: Share, held: &mut [u32], change: impl FnOnce(u32) -> u32) {
        if let Some((_, count)) = self.rules.iter().zip(held).find(|(rule, _)| rule.share == share) {
            *count = change(*count);
        }
    }
}

impl Drop for ConnectionPermit {
    fn drop(&mut self) {
        let mut held = locked(&self.shares.held);
        self.shares.change(self.share, held.as_mut_slice(), |count| count.saturating_sub(1));
        drop(held);
        self.shares.freed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As many permits as a kind of work gets.
    fn all(shares: &Arc<Shares>, share: Share) -> Vec<ConnectionPermit> {
        std::iter::from_fn(|| shares.take(share, Duration::ZERO)).collect()
    }

    #[test]
    fn no_kind_of_work_takes_what_is_kept_for_another() {
        for size in [7, 8, 9, 15, 16, 31, 199] {
            for greedy in Share::ALL {
                let shares = Shares::of(size);
                let taken = all(&shares, greedy);
                assert!(!taken.is_empty(), "{greedy:?} of {size} gets none");
                for other in Share::ALL.into_iter().filter(|other| *other != greedy && other.is_kept()) {
                    assert!(!all(&shares, other).is_empty(), "{other:?} of {size} beside {greedy:?}");
                }
            }
        }
    }

    #[test]
    fn all_kinds_together_get_as_many_as_there_are() {
        for size in [1, 2, 3, 4, 5, 7, 8, 40, 199] {
            let shares = Shares::of(size);
            let taken: usize = Share::ALL.map(|share| all(&shares, share)).iter().map(Vec::len).sum();
            assert!(taken <= size as usize, "{taken} of {size}");
            drop(shares);
            let shares = Shares::of(size);
            assert!(!all(&shares, Share::Accounts).is_empty());
        }
    }

    #[test]
    fn exports_and_the_queue_of_jobs_get_a_quarter_at_most() {
        for (size, quarter) in [(1, 1), (3, 1), (8, 2), (9, 3), (31, 8)] {
            for share in [Share::Exports, Share::Jobs] {
                assert_eq!(all(&Shares::of(size), share).len(), quarter, "{share:?} of {size}");
            }
        }
    }

    #[test]
    fn a_permit_that_comes_back_goes_to_whoever_waits() {
        let shares = Shares::of(1);
        let permit = shares.take(Share::Uploads, Duration::ZERO).unwrap();
        assert!(shares.take(Share::Identity, Duration::ZERO).is_none());
        std::thread::scope(|threads| {
            let waiting = threads.spawn(|| shares.take(Share::Identity, Duration::from_mins(1)).is_some());
            drop(permit);
            assert!(waiting.join().unwrap());
        });
    }
}
