//! Accounts that were asked for lately.

use std::sync::Arc;

use atalaya_application::ports::memory::{AccountMemory, AccountSnapshot, Change, ChangeListener, Epoch, Serving};
use atalaya_domain::access::TenantScope;
use atalaya_domain::account::AccountHandle;
use atalaya_domain::id::CompanyId;
use moka::Equivalent;
use moka::sync::Cache;

use super::stamps::{Slot, Stamps, Subject};
use crate::freshness::Freshness;

/// Remembers accounts by company and handle.
pub struct MokaAccountMemory {
    accounts: Cache<Key, Entry>,
    stamps: Stamps,
    freshness: Arc<Freshness>,
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Key {
    company: CompanyId,
    handle: AccountHandle,
}

/// A [`Key`] to look up by, without a copy of the handle. Its fields hash like the key's.
#[derive(Hash)]
struct KeyRef<'a> {
    company: CompanyId,
    handle: &'a AccountHandle,
}

impl Equivalent<Key> for KeyRef<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        self.company == key.company && *self.handle == key.handle
    }
}

#[derive(Clone)]
struct Entry {
    snapshot: Arc<AccountSnapshot>,
    epoch: Epoch,
    /// Of the account and its company.
    slots: [Slot; 2],
}

impl Entry {
    fn bytes(&self) -> u32 {
        let model = match &self.snapshot.serving {
            Serving::Version(serving) => serving.model.memory_bytes(),
            Serving::Untrained | Serving::Unusable(_) => 0,
        };
        u32::try_from(model + MokaAccountMemory::ACCOUNT_BYTES).unwrap_or(u32::MAX)
    }
}

impl MokaAccountMemory {
    /// About what an account takes without its model.
    const ACCOUNT_BYTES: usize = 1_024;

    /// An empty memory of at most about `most_bytes`, which recalls nothing while `freshness` does not hold.
    #[must_use]
    pub fn new(most_bytes: u64, freshness: Arc<Freshness>) -> Self {
        let accounts = Cache::builder().max_capacity(most_bytes).weigher(|_, entry: &Entry| entry.bytes()).build();
        Self { accounts, stamps: Stamps::new(), freshness }
    }

    /// About how many accounts are remembered.
    #[must_use]
    pub fn entries(&self) -> u64 {
        self.accounts.entry_count()
    }
}

impl AccountMemory for MokaAccountMemory {
    fn epoch(&self) -> Epoch {
        self.stamps.epoch()
    }

    fn recall(&self, scope: &TenantScope, handle: &AccountHandle) -> Option<Arc<AccountSnapshot>> {
        let key = KeyRef { company: scope.company(), handle };
        let entry = self.accounts.get(&key).filter(|_| self.freshness.holds())?;
        self.stamps.unchanged_since(entry.epoch, &entry.slots).then_some(entry.snapshot)
    }

    fn remember(&self, epoch: Epoch, snapshot: Arc<AccountSnapshot>) {
        let key = Key { company: snapshot.company, handle: snapshot.account.handle.clone() };
        let slots = [
            self.stamps.slot(Subject::Account(key.company, &key.handle)),
            self.stamps.slot(Subject::Company(key.company)),
        ];
        if self.stamps.unchanged_since(epoch, &slots) {
            self.accounts.insert(key, Entry { snapshot, epoch, slots });
        }
    }
}

impl ChangeListener for MokaAccountMemory {
    fn changed(&self, change: &Change) {
        match change {
            Change::Account(..) | Change::Company(_) => self.stamps.changed(change),
            Change::User(_) | Change::Session(_) | Change::Keys | Change::KeyGone(_) => {}
        }
    }

    fn everything_changed(&self) {
        self.stamps.mark_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use atalaya_domain::access::{Operator, Permission};
    use atalaya_domain::account::{Account, AccountName};
    use atalaya_domain::company::CompanyName;
    use atalaya_domain::id::{AccountId, SessionId, UserId};
    use chrono::DateTime;
    use chrono_tz::Tz;
    use uuid::Uuid;

    use super::*;
    use crate::freshness::settable;

    /// More than any test fills.
    const ROOM: u64 = 1 << 20;

    fn handle(name: &str) -> AccountHandle {
        AccountHandle::parse(name).unwrap()
    }

    fn scope(company: i64) -> TenantScope {
        Operator::at_the_machine().scope(CompanyId::new(company), Permission::ReadForecasts)
    }

    fn snapshot(company: i64, name: &str) -> Arc<AccountSnapshot> {
        Arc::new(AccountSnapshot {
            company: CompanyId::new(company),
            company_name: CompanyName::parse("Interbank").unwrap(),
            account: Account {
                id: AccountId::new(1),
                handle: handle(name),
                name: AccountName::parse(name).unwrap(),
                platform: None,
                time_zone: None,
                registered_at: DateTime::UNIX_EPOCH,
            },
            time_zone: Tz::UTC,
            assigned: Vec::new(),
            newest_observation: None,
            serving: Serving::Untrained,
        })
    }

    #[test]
    fn an_account_is_recalled_in_its_own_company_only() {
        let memory = MokaAccountMemory::new(ROOM, settable().1);
        memory.remember(memory.epoch(), snapshot(1, "bcp"));
        assert!(memory.recall(&scope(1), &handle("bcp")).is_some());
        assert!(memory.recall(&scope(2), &handle("bcp")).is_none());
        assert!(memory.recall(&scope(1), &handle("BCP")).is_none());
    }

    #[test]
    fn no_account_is_recalled_while_other_processes_are_not_heard() {
        let (time, freshness) = settable();
        let memory = MokaAccountMemory::new(ROOM, Arc::clone(&freshness));
        memory.remember(memory.epoch(), snapshot(1, "bcp"));
        freshness.confirm(freshness.now());
        time.store(4_999, Ordering::SeqCst);
        assert!(memory.recall(&scope(1), &handle("bcp")).is_some());
        time.store(5_000, Ordering::SeqCst);
        assert!(memory.recall(&scope(1), &handle("bcp")).is_none());
    }

    #[test]
    fn a_change_of_account_or_company_forgets_it_and_of_anything_else_does_not() {
        let memory = MokaAccountMemory::new(ROOM, settable().1);
        for change in [Change::Account(CompanyId::new(1), handle("bcp")), Change::Company(CompanyId::new(1))] {
            memory.remember(memory.epoch(), snapshot(1, "bcp"));
            memory.changed(&Change::Account(CompanyId::new(1), handle("other")));
            memory.changed(&Change::User(UserId::new(1)));
            memory.changed(&Change::Session(SessionId::new(Uuid::nil())));
            assert!(memory.recall(&scope(1), &handle("bcp")).is_some());
            memory.changed(&change);
            assert!(memory.recall(&scope(1), &handle("bcp")).is_none(), "{change:?} left the account");
        }
    }

    #[test]
    fn what_was_read_before_a_change_is_not_remembered_after_it() {
        let memory = MokaAccountMemory::new(ROOM, settable().1);
        let epoch = memory.epoch();
        memory.changed(&Change::Account(CompanyId::new(1), handle("bcp")));
        memory.remember(epoch, snapshot(1, "bcp"));
        assert!(memory.recall(&scope(1), &handle("bcp")).is_none());
    }

    #[test]
    fn what_is_remembered_takes_no_more_than_it_may() {
        let memory = MokaAccountMemory::new(ROOM, settable().1);
        for number in 0..5_000 {
            memory.remember(memory.epoch(), snapshot(1, &format!("account_{number}")));
        }
        memory.accounts.run_pending_tasks();
        assert!((1..=1_024).contains(&memory.entries()), "{} accounts", memory.entries());
        assert!(memory.accounts.weighted_size() <= ROOM);
    }

    #[test]
    fn one_companys_uploads_do_not_keep_anothers_accounts_from_being_remembered() {
        let memory = MokaAccountMemory::new(ROOM, settable().1);
        let epoch = memory.epoch();
        memory.changed(&Change::Account(CompanyId::new(2), handle("busy")));
        memory.remember(epoch, snapshot(1, "bcp"));
        assert!(memory.recall(&scope(1), &handle("bcp")).is_some());
    }
}
