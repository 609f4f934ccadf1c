//! Accounts, and the proof that somebody may do something with one of them.

mod service;

use std::marker::PhantomData;
use std::sync::Arc;

use atalaya_domain::access::TenantScope;
use atalaya_domain::account::{Account, AccountChange, AccountHandle, NewAccount};
use atalaya_domain::audit::{AuditAction, AuditEvent};
use atalaya_domain::company::Company;
use atalaya_domain::mandate::{Attribution, Authorized, ManageAccounts, Mandate, Permit, ReadAccounts};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::Precondition;
use crate::error::AppError;
use crate::page::PageRequest;
use crate::ports::memory::AccountPage;
use crate::ports::repositories::{AccountReader, AccountSummary};
use crate::ports::trash::Trashed;
use crate::receipt::Receipt;

pub use service::AccountService;

/// An account together with the proof that somebody may do with it what `P` permits. Only the `open` of
/// `dyn Accounts` makes one.
#[derive(Debug, Clone)]
pub struct OwnedAccount<P> {
    pub(crate) scope: TenantScope,
    pub(crate) account: Account,
    pub(crate) company: Company,
    pub(crate) by: Attribution,
    permit: PhantomData<P>,
}

impl<P> OwnedAccount<P> {
    /// The account.
    #[must_use]
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// The company that owns it.
    #[must_use]
    pub fn company(&self) -> &Company {
        &self.company
    }

    /// Where its days end.
    #[must_use]
    pub fn time_zone(&self) -> Tz {
        self.account.time_zone.unwrap_or(self.company.time_zone)
    }

    /// What was done to the account by whoever opened it, as the audit log tells it.
    pub(crate) fn event(&self, action: AuditAction, at: DateTime<Utc>) -> AuditEvent {
        self.by.event(action, Some(self.scope.company()), at).on(self.account.handle.as_str())
    }

    /// The same, with what is done told as done by who asked for it.
    pub(crate) fn asked_by(self, requested_by: &Attribution) -> Self {
        Self { by: requested_by.clone(), ..self }
    }
}

/// Accounts that somebody sees: a page of them, or all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountList {
    /// By handle.
    pub accounts: Vec<AccountSummary>,
    /// How many there are in all.
    pub total: u64,
    /// The handle to continue after; `None` where nothing follows.
    pub next: Option<AccountHandle>,
}

impl AccountList {
    /// Nothing.
    pub(crate) const EMPTY: Self = Self { accounts: Vec::new(), total: 0, next: None };

    /// Reads a page, or everything where none is asked for: clients from before there were pages expect the whole list.
    pub(crate) fn read(
        accounts: &mut dyn AccountReader,
        request: Option<&PageRequest<AccountHandle>>,
    ) -> Result<Self, AppError> {
        let total = accounts.count()?;
        Ok(match request {
            Some(request) => {
                let page = accounts.page(request)?;
                Self { accounts: page.items, total, next: page.next }
            }
            None => Self { accounts: accounts.all()?, total, next: None },
        })
    }
}

/// The use cases of accounts.
pub trait Accounts: Send + Sync {
    /// The account of that handle within the scope's reach, and its company.
    ///
    /// # Errors
    /// `Forbidden(Account)` alike for another company's account, one out of reach, one that does not exist and a text
    /// that is no handle.
    fn find(&self, scope: &TenantScope, handle: &str) -> Result<(Account, Company), AppError>;

    /// The accounts that the caller sees, all of them where no page is asked for; none for a superadmin.
    ///
    /// # Errors
    /// Of the database.
    fn mine(
        &self,
        by: &Authorized<ReadAccounts>,
        request: Option<&PageRequest<AccountHandle>>,
    ) -> Result<AccountList, AppError>;

    /// Every account of the company within the scope's reach, by handle.
    ///
    /// # Errors
    /// Of the database.
    fn all(&self, scope: &TenantScope) -> Result<Vec<AccountSummary>, AppError>;

    /// A page of the accounts of the company within the scope's reach.
    ///
    /// # Errors
    /// Of the database.
    fn list(&self, scope: &TenantScope, request: &PageRequest<AccountHandle>) -> Result<AccountPage, AppError>;

    /// The same, remembered for [`Self::recall_list`].
    ///
    /// # Errors
    /// Of the database.
    fn list_to_recall(
        &self,
        scope: &TenantScope,
        request: &PageRequest<AccountHandle>,
    ) -> Result<Arc<AccountPage>, AppError>;

    /// The page as it was read lately; nothing where an account of the company has changed since, as far as this
    /// process has heard. It needs no thread that may wait.
    fn recall_list(&self, scope: &TenantScope, request: &PageRequest<AccountHandle>) -> Option<Arc<AccountPage>>;

    /// Registers an account; `receipt` is kept in the same transaction.
    ///
    /// # Errors
    /// `Conflict(AccountExists)`; `NotFound(Company)` where a superadmin named one that does not exist.
    fn create(
        &self,
        by: &Mandate<ManageAccounts>,
        account: &NewAccount,
        receipt: &dyn Receipt<Account>,
    ) -> Result<Account, AppError>;

    /// Changes an account.
    ///
    /// # Errors
    /// `PreconditionFailed`.
    fn change(
        &self,
        owned: &OwnedAccount<ManageAccounts>,
        change: &AccountChange,
        expected: Precondition<'_, Account>,
    ) -> Result<Account, AppError>;

    /// Deletes an account, with all that belongs to it. For [`TRASH_KEPT`](crate::ports::trash::TRASH_KEPT) it can be
    /// restored, and its handle stays taken.
    ///
    /// # Errors
    /// `PreconditionFailed`.
    fn delete(&self, owned: &OwnedAccount<ManageAccounts>, expected: Precondition<'_, Account>)
    -> Result<(), AppError>;

    /// The deleted accounts that can be restored, the last one first.
    ///
    /// # Errors
    /// Of the database.
    fn trash(&self, by: &Mandate<ManageAccounts>) -> Result<Vec<Trashed<Account>>, AppError>;

    /// Restores a deleted account, with all that belongs to it.
    ///
    /// # Errors
    /// `Forbidden(Account)` as in [`Self::find`], and where the account is there or was deleted for good.
    fn restore(&self, by: &Mandate<ManageAccounts>, handle: &str) -> Result<Account, AppError>;
}

impl dyn Accounts {
    /// Proves that the holder of the mandate may do what it permits with the account of that handle.
    ///
    /// # Errors
    /// As [`Accounts::find`].
    pub fn open<P: Permit<Scope = TenantScope>>(
        &self,
        by: &Mandate<P>,
        handle: &str,
    ) -> Result<OwnedAccount<P>, AppError> {
        let (account, company) = self.find(&by.scope(), handle)?;
        Ok(OwnedAccount { scope: by.scope(), account, company, by: by.attribution(), permit: PhantomData })
    }
}
