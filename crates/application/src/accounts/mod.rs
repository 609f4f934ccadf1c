//! Accounts, and the proof that somebody may do something with one of them.

mod service;

use atalaya_domain::access::{Actor, Operator, Permission, TenantScope};
use atalaya_domain::account::{Account, AccountChange, NewAccount};
use atalaya_domain::audit::{AuditAction, AuditActor, AuditEvent};
use atalaya_domain::caller::{Caller, Origin};
use atalaya_domain::company::Company;
use atalaya_domain::id::CompanyId;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::Precondition;
use crate::error::AppError;
use crate::page::{Page, PageRequest};
use crate::ports::jobs::Asker;
use crate::ports::repositories::{AccountReader, AccountSummary};
use crate::receipt::Receipt;

use atalaya_domain::account::AccountHandle;

pub use service::AccountService;

/// An account together with the proof that the caller may do one thing with it. Only [`Accounts::open`] and
/// [`Accounts::open_as_operator`] make one.
#[derive(Debug, Clone)]
pub struct OwnedAccount {
    pub(crate) scope: TenantScope,
    pub(crate) account: Account,
    pub(crate) company: Company,
    pub(crate) opened_by: AuditActor,
    pub(crate) origin: Origin,
}

impl OwnedAccount {
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
        let company = Some(self.scope.company());
        AuditEvent::new(action, self.opened_by.clone(), company, self.origin.clone(), at)
            .on(self.account.handle.as_str())
    }

    /// The same, with what is done told as done by who asked for it.
    pub(crate) fn asked_by(self, asker: &Asker) -> Self {
        Self { opened_by: asker.actor.clone(), origin: asker.origin.clone(), ..self }
    }

    /// Fails unless the proof is for `permission`.
    pub(crate) fn requires(&self, permission: Permission) -> Result<(), AppError> {
        if self.scope.permission() == permission {
            Ok(())
        } else {
            Err(AppError::internal("an account was opened for one thing and used for another"))
        }
    }
}

/// The proof that somebody manages the accounts of a company, with what the audit log tells of them.
#[derive(Debug, Clone)]
pub struct AccountAdministration {
    pub(crate) scope: TenantScope,
    pub(crate) actor: AuditActor,
    pub(crate) origin: Origin,
}

impl AccountAdministration {
    /// A request, in the company that it names or in the caller's own.
    ///
    /// # Errors
    /// `Forbidden` in another company; `Invalid` when a superadmin names none.
    pub fn by_caller(caller: &Caller, company: Option<CompanyId>) -> Result<Self, AppError> {
        let scope = caller.authorize_in(Permission::ManageAccounts, company)?;
        Ok(Self { scope, actor: AuditActor::of(caller), origin: caller.origin().clone() })
    }

    /// Work at the machine.
    #[must_use]
    pub fn by_operator(operator: &Operator, company: CompanyId) -> Self {
        let scope = operator.scope(company, Permission::ManageAccounts);
        Self { scope, actor: AuditActor::Operator, origin: Origin::default() }
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
    /// Proves that the caller may do `permission` with the account of that handle.
    ///
    /// # Errors
    /// `Forbidden(Role)`; `Forbidden(Account)` alike for another company's account, one not assigned, one that does not
    /// exist and a text that is no handle.
    fn open(&self, caller: &Caller, permission: Permission, handle: &str) -> Result<OwnedAccount, AppError>;

    /// The same for a superadmin's request that names the company of the account.
    ///
    /// # Errors
    /// As [`Self::open`].
    fn open_in(
        &self,
        caller: &Caller,
        permission: Permission,
        company: Option<CompanyId>,
        handle: &str,
    ) -> Result<OwnedAccount, AppError>;

    /// Opens an account for the command line and for jobs.
    ///
    /// # Errors
    /// `Forbidden(Account)` when the company has no such account.
    fn open_as_operator(
        &self,
        operator: &Operator,
        company: CompanyId,
        permission: Permission,
        handle: &str,
    ) -> Result<OwnedAccount, AppError>;

    /// The accounts that the actor sees, all of them where no page is asked for; none for a superadmin.
    ///
    /// # Errors
    /// Of the database.
    fn mine(&self, actor: &Actor, request: Option<&PageRequest<AccountHandle>>) -> Result<AccountList, AppError>;

    /// The accounts of the company within the scope's reach.
    ///
    /// # Errors
    /// Of the database.
    fn list(
        &self,
        scope: &TenantScope,
        request: &PageRequest<AccountHandle>,
    ) -> Result<Page<AccountSummary, AccountHandle>, AppError>;

    /// Registers an account; `receipt` is kept in the same transaction.
    ///
    /// # Errors
    /// `Conflict(AccountExists)`; `NotFound(Company)` where a superadmin named one that does not exist.
    fn create(
        &self,
        by: &AccountAdministration,
        account: &NewAccount,
        receipt: &dyn Receipt<Account>,
    ) -> Result<Account, AppError>;

    /// Changes an account.
    ///
    /// # Errors
    /// `PreconditionFailed`.
    fn change(
        &self,
        owned: &OwnedAccount,
        change: &AccountChange,
        expected: Precondition<'_, Account>,
    ) -> Result<Account, AppError>;
}
