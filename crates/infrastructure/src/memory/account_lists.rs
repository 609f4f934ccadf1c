//! Lists of accounts that were asked for lately.

use std::sync::Arc;
use std::time::Duration;

use atalaya_application::page::PageRequest;
use atalaya_application::ports::memory::{AccountListMemory, AccountPage, Change, ChangeListener, Epoch};
use atalaya_application::ports::repositories::AccountSummary;
use atalaya_domain::access::{AccountReach, TenantScope};
use atalaya_domain::account::AccountHandle;
use atalaya_domain::id::CompanyId;
use moka::sync::Cache;

use super::stamps::{Slot, Stamps, Subject};
use crate::freshness::Freshness;

/// Remembers pages by company, reach and request.
pub struct MokaAccountListMemory {
    pages: Cache<Key, Entry>,
    stamps: Stamps,
    freshness: Arc<Freshness>,
}

#[derive(PartialEq, Eq, Hash)]
struct Key {
    company: CompanyId,
    reach: AccountReach,
    request: PageRequest<AccountHandle>,
}

impl Key {
    fn of(scope: &TenantScope, request: &PageRequest<AccountHandle>) -> Self {
        Self { company: scope.company(), reach: scope.reach(), request: request.clone() }
    }
}

#[derive(Clone)]
struct Entry {
    page: Arc<AccountPage>,
    epoch: Epoch,
    /// Of the company's accounts.
    slot: Slot,
}

impl Entry {
    fn bytes(&self) -> u32 {
        let accounts = self.page.items.len().saturating_mul(MokaAccountListMemory::ACCOUNT_BYTES);
        u32::try_from(MokaAccountListMemory::PAGE_BYTES + accounts).unwrap_or(u32::MAX)
    }
}

impl MokaAccountListMemory {
    /// The most memory that pages take, in bytes: those of some twenty thousand accounts.
    const CAPACITY: u64 = 8 * 1024 * 1024;
    /// How long a page is kept that nobody asks for.
    const IDLE: Duration = Duration::from_mins(10);
    /// About what a page takes besides its accounts.
    const PAGE_BYTES: usize = 512;
    /// About what an account takes, with its name.
    const ACCOUNT_BYTES: usize = size_of::<AccountSummary>() + 192;

    /// An empty memory, which recalls nothing while `freshness` does not hold.
    #[must_use]
    pub fn new(freshness: Arc<Freshness>) -> Self {
        let pages = Cache::builder().max_capacity(Self::CAPACITY).weigher(|_, entry: &Entry| entry.bytes());
        let pages = pages.time_to_idle(Self::IDLE).build();
        Self { pages, stamps: Stamps::new(), freshness }
    }

    /// About how many pages are remembered.
    #[must_use]
    pub fn entries(&self) -> u64 {
        self.pages.entry_count()
    }
}

impl AccountListMemory for MokaAccountListMemory {
    fn epoch(&self) -> Epoch {
        self.stamps.epoch()
    }

    fn recall(&self, scope: &TenantScope, request: &PageRequest<AccountHandle>) -> Option<Arc<AccountPage>> {
        let entry = self.pages.get(&Key::of(scope, request)).filter(|_| self.freshness.holds())?;
        self.stamps.unchanged_since(entry.epoch, &[entry.slot]).then_some(entry.page)
    }

    fn remember(
        &self,
        epoch: Epoch,
        scope: &TenantScope,
        request: &PageRequest<AccountHandle>,
        page: Arc<AccountPage>,
    ) {
        let slot = self.stamps.slot(Subject::Accounts(scope.company()));
        if self.stamps.unchanged_since(epoch, &[slot]) {
            self.pages.insert(Key::of(scope, request), Entry { page, epoch, slot });
        }
    }
}

impl ChangeListener for MokaAccountListMemory {
    fn changed(&self, change: &Change) {
        match change {
            // An assignment is a change of the account too.
            Change::Account(company, _) => self.stamps.mark(Subject::Accounts(*company)),
            Change::Company(_) | Change::User(_) | Change::Session(_) | Change::Keys | Change::KeyGone(_) => {}
        }
    }

    fn everything_changed(&self) {
        self.stamps.mark_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;

    use atalaya_application::page::Page;
    use atalaya_domain::access::{Operator, Permission};
    use atalaya_domain::id::UserId;

    use super::*;
    use crate::freshness::settable;

    fn scope(company: i64) -> TenantScope {
        Operator::at_the_machine().scope(CompanyId::new(company), Permission::ReadAccounts)
    }

    fn first(limit: usize) -> PageRequest<AccountHandle> {
        PageRequest::new(None, limit)
    }

    fn page() -> Arc<AccountPage> {
        Arc::new(Page { items: Vec::new(), next: None })
    }

    fn handle(name: &str) -> AccountHandle {
        AccountHandle::parse(name).unwrap()
    }

    #[test]
    fn a_page_is_recalled_as_it_was_asked_for_and_in_its_own_company_only() {
        let memory = MokaAccountListMemory::new(settable().1);
        memory.remember(memory.epoch(), &scope(1), &first(10), page());
        assert!(memory.recall(&scope(1), &first(10)).is_some());
        assert!(memory.recall(&scope(2), &first(10)).is_none());
        assert!(memory.recall(&scope(1), &first(11)).is_none());
        assert!(memory.recall(&scope(1), &PageRequest::new(Some(handle("bcp")), 10)).is_none());
    }

    #[test]
    fn a_change_of_any_account_of_the_company_forgets_its_pages_and_of_another_company_does_not() {
        let memory = MokaAccountListMemory::new(settable().1);
        memory.remember(memory.epoch(), &scope(1), &first(10), page());
        memory.changed(&Change::Account(CompanyId::new(2), handle("bcp")));
        memory.changed(&Change::User(UserId::new(1)));
        assert!(memory.recall(&scope(1), &first(10)).is_some());
        let epoch = memory.epoch();
        memory.changed(&Change::Account(CompanyId::new(1), handle("new")));
        assert!(memory.recall(&scope(1), &first(10)).is_none());
        memory.remember(epoch, &scope(1), &first(10), page());
        assert!(memory.recall(&scope(1), &first(10)).is_none(), "read before the change");
        memory.remember(memory.epoch(), &scope(1), &first(10), page());
        assert!(memory.recall(&scope(1), &first(10)).is_some());
        memory.everything_changed();
        assert!(memory.recall(&scope(1), &first(10)).is_none());
    }

    #[test]
    fn no_page_is_recalled_while_other_processes_are_not_heard() {
        let (time, freshness) = settable();
        let memory = MokaAccountListMemory::new(Arc::clone(&freshness));
        memory.remember(memory.epoch(), &scope(1), &first(10), page());
        freshness.confirm(freshness.now());
        time.store(4_999, Ordering::SeqCst);
        assert!(memory.recall(&scope(1), &first(10)).is_some());
        time.store(5_000, Ordering::SeqCst);
        assert!(memory.recall(&scope(1), &first(10)).is_none());
    }
}
