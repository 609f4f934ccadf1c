//! When something last changed, so that whatever was read before is no longer believed.

use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

use atalaya_application::ports::memory::{Change, Epoch};
use atalaya_domain::account::AccountHandle;
use atalaya_domain::id::{CompanyId, SessionId, UserId};
use atalaya_domain::signing_key::KeyId;

/// What a remembered thing was read from.
#[derive(Debug, Clone, Copy, Hash)]
pub(super) enum Subject<'a> {
    User(UserId),
    Session(SessionId),
    Company(CompanyId),
    Account(CompanyId, &'a AccountHandle),
    /// All accounts of a company together.
    Accounts(CompanyId),
    Key(&'a KeyId),
}

impl<'a> Subject<'a> {
    /// What the change is of; nothing that is remembered is read from the key set as a whole.
    fn of(change: &'a Change) -> Option<Self> {
        match change {
            Change::User(user) => Some(Self::User(*user)),
            Change::Session(session) => Some(Self::Session(*session)),
            Change::Company(company) => Some(Self::Company(*company)),
            Change::Account(company, handle) => Some(Self::Account(*company, handle)),
            Change::KeyGone(key) => Some(Self::Key(key)),
            Change::Keys => None,
        }
    }
}

/// Where a subject's stamp is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot(usize);

/// A fixed number of stamps, each the epoch of the latest change of the subjects that hash to it.
///
/// Forgetting is one store, whatever is remembered, and remembering needs no lock: an entry carries the epoch it was
/// read in, so one that was read before a change and put in after it is never believed. Two subjects in one slot cost a
/// needless look at the store, never a stale answer.
pub(super) struct Stamps {
    epoch: AtomicU64,
    slots: Box<[AtomicU64]>,
    hasher: RandomState,
}

impl Stamps {
    /// Half a megabyte. After a thousand changes, one remembered thing in about thirty is needlessly read again.
    const SLOTS: usize = 1 << 16;

    pub(super) fn new() -> Self {
        Self {
            epoch: AtomicU64::new(0),
            slots: (0..Self::SLOTS).map(|_| AtomicU64::new(0)).collect(),
            hasher: RandomState::new(),
        }
    }

    pub(super) fn epoch(&self) -> Epoch {
        Epoch(self.epoch.load(Ordering::SeqCst))
    }

    pub(super) fn slot(&self, subject: Subject<'_>) -> Slot {
        let hash = self.hasher.hash_one(subject);
        // The remainder is below 2¹⁶.
        Slot(usize::try_from(hash % Self::SLOTS as u64).unwrap_or_default())
    }

    /// Everything read of the subject before now is void. The new epoch begins first: whoever begins to read in it
    /// finds the change, which was committed before.
    pub(super) fn mark(&self, subject: Subject<'_>) {
        let epoch = self.epoch.fetch_add(1, Ordering::SeqCst) + 1;
        if let Some(stamp) = self.slots.get(self.slot(subject).0) {
            stamp.fetch_max(epoch, Ordering::SeqCst);
        }
    }

    /// Everything read before now is void.
    pub(super) fn mark_all(&self) {
        let epoch = self.epoch.fetch_add(1, Ordering::SeqCst) + 1;
        for stamp in &self.slots {
            stamp.fetch_max(epoch, Ordering::SeqCst);
        }
    }

    /// [`Self::mark`] of what the change is of.
    pub(super) fn changed(&self, change: &Change) {
        if let Some(subject) = Subject::of(change) {
            self.mark(subject);
        }
    }

    /// Whether none of what was read in `epoch` has changed since.
    pub(super) fn unchanged_since(&self, epoch: Epoch, slots: &[Slot]) -> bool {
        slots.iter().all(|slot| self.slots.get(slot.0).is_some_and(|stamp| stamp.load(Ordering::SeqCst) <= epoch.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_voids_what_was_read_before_it_and_not_what_is_read_after() {
        let stamps = Stamps::new();
        let user = stamps.slot(Subject::User(UserId::new(1)));
        let before = stamps.epoch();
        stamps.mark(Subject::User(UserId::new(1)));
        assert!(!stamps.unchanged_since(before, &[user]));
        assert!(stamps.unchanged_since(stamps.epoch(), &[user]));
    }

    #[test]
    fn a_change_of_one_leaves_nearly_all_others() {
        let stamps = Stamps::new();
        let before = stamps.epoch();
        stamps.mark(Subject::User(UserId::new(0)));
        let unchanged = (1..=1_000).filter(|id| {
            let slots =
                [stamps.slot(Subject::User(UserId::new(*id))), stamps.slot(Subject::Company(CompanyId::new(*id)))];
            stamps.unchanged_since(before, &slots)
        });
        assert!(unchanged.count() >= 995);
    }
}
