//! [`Accounts`] on the ports.

use std::sync::Arc;

use atalaya_domain::access::TenantScope;
use atalaya_domain::account::{Account, AccountChange, AccountHandle, NewAccount};
use atalaya_domain::audit::AuditAction;
use atalaya_domain::company::Company;
use atalaya_domain::mandate::{Authorized, ManageAccounts, Mandate, ReadAccounts};

use super::{AccountList, Accounts, OwnedAccount};
use crate::Precondition;
use crate::error::{AppError, Forbidden};
use crate::page::PageRequest;
use crate::ports::memory::{AccountListMemory, AccountPage};
use crate::ports::repositories::AccountSummary;
use crate::ports::runtime::Clock;
use crate::ports::store::Store;
use crate::ports::trash::{TRASH_KEPT, Trashed};
use crate::receipt::Receipt;

/// [`Accounts`] on the ports.
pub struct AccountService {
    /// A company's data.
    pub store: Arc<dyn Store>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Lists that were asked for lately.
    pub lists: Arc<dyn AccountListMemory>,
}

/// What is not there is answered as what belongs to another company.
fn forbidden() -> AppError {
    AppError::Forbidden(Forbidden::Account)
}

impl Accounts for AccountService {
    fn find(&self, scope: &TenantScope, handle: &str) -> Result<(Account, Company), AppError> {
        let handle = AccountHandle::parse(handle).map_err(|_| forbidden())?;
        self.store.query(scope, |view| {
            let account = view.accounts().find(&handle)?.ok_or_else(forbidden)?;
            Ok((account, view.accounts().company()?))
        })
    }

    fn mine(
        &self,
        by: &Authorized<ReadAccounts>,
        request: Option<&PageRequest<AccountHandle>>,
    ) -> Result<AccountList, AppError> {
        if by.caller().company().is_none() {
            return Ok(AccountList::EMPTY);
        }
        let scope = by.access()?.scope();
        self.store.query(&scope, |view| AccountList::read(view.accounts(), request))
    }

    fn all(&self, scope: &TenantScope) -> Result<Vec<AccountSummary>, AppError> {
        self.store.query(scope, |view| view.accounts().all())
    }

    fn list(&self, scope: &TenantScope, request: &PageRequest<AccountHandle>) -> Result<AccountPage, AppError> {
        self.store.query(scope, |view| view.accounts().page(request))
    }

    fn list_to_recall(
        &self,
        scope: &TenantScope,
        request: &PageRequest<AccountHandle>,
    ) -> Result<Arc<AccountPage>, AppError> {
        let epoch = self.lists.epoch();
        let page = Arc::new(self.list(scope, request)?);
        self.lists.remember(epoch, scope, request, Arc::clone(&page));
        Ok(page)
    }

    fn recall_list(&self, scope: &TenantScope, request: &PageRequest<AccountHandle>) -> Option<Arc<AccountPage>> {
        self.lists.recall(scope, request)
    }

    fn create(
        &self,
        by: &Mandate<ManageAccounts>,
        account: &NewAccount,
        receipt: &dyn Receipt<Account>,
    ) -> Result<Account, AppError> {
        let now = self.clock.now();
        let audit = by.event(AuditAction::AccountCreated, now).on(account.handle.as_str());
        let account = self.store.transaction(&by.scope(), |unit| {
            unit.accounts().company()?;
            unit.audit(&audit)?;
            let account = unit.accounts().insert(account, now)?;
            receipt.keep(unit, &account)?;
            Ok(account)
        })?;
        tracing::info!(
            event = "account_created",
            account.id = account.id.get(),
            company.id = by.company().get(),
            "an account was created"
        );
        Ok(account)
    }

    fn change(
        &self,
        owned: &OwnedAccount<ManageAccounts>,
        change: &AccountChange,
        expected: Precondition<'_, Account>,
    ) -> Result<Account, AppError> {
        let audit = owned.event(AuditAction::AccountChanged, self.clock.now());
        let account = self.store.transaction(&owned.scope, |unit| {
            let current = unit.accounts().find(&owned.account.handle)?;
            expected(&current.ok_or_else(forbidden)?)?;
            let changed = unit.accounts().change(&owned.account, change)?;
            // Last: whoever writes observations of the account holds it, and comes to the audit log at the end too.
            unit.audit(&audit)?;
            Ok(changed)
        })?;
        tracing::info!(
            event = "account_changed",
            account.id = account.id.get(),
            company.id = owned.scope.company().get(),
            "an account was changed"
        );
        Ok(account)
    }

    fn delete(
        &self,
        owned: &OwnedAccount<ManageAccounts>,
        expected: Precondition<'_, Account>,
    ) -> Result<(), AppError> {
        let now = self.clock.now();
        let audit = owned.event(AuditAction::AccountDeleted, now);
        self.store.transaction(&owned.scope, |unit| {
            let current = unit.accounts().find(&owned.account.handle)?.ok_or_else(forbidden)?;
            expected(&current)?;
            unit.accounts().delete(&current, now)?;
            unit.audit(&audit)
        })?;
        tracing::info!(
            event = "account_deleted",
            account.id = owned.account.id.get(),
            company.id = owned.scope.company().get(),
            "an account was deleted"
        );
        Ok(())
    }

    fn trash(&self, by: &Mandate<ManageAccounts>) -> Result<Vec<Trashed<Account>>, AppError> {
        self.store.query(&by.scope(), |view| view.accounts().trash(self.clock.now() - TRASH_KEPT))
    }

    fn restore(&self, by: &Mandate<ManageAccounts>, handle: &str) -> Result<Account, AppError> {
        let handle = AccountHandle::parse(handle).map_err(|_| forbidden())?;
        let now = self.clock.now();
        let account = self.store.transaction(&by.scope(), |unit| {
            let account = unit.accounts().restore(&handle, now - TRASH_KEPT)?;
            unit.audit(&by.event(AuditAction::AccountRestored, now).on(handle.as_str()))?;
            Ok(account)
        })?;
        tracing::info!(
            event = "account_restored",
            account.id = account.id.get(),
            company.id = by.company().get(),
            "an account was restored"
        );
        Ok(account)
    }
}
