//! [`Accounts`] on the ports.

use std::sync::Arc;

use atalaya_domain::access::{Actor, Operator, Permission, TenantScope};
use atalaya_domain::account::{Account, AccountChange, AccountHandle, NewAccount};
use atalaya_domain::audit::{AuditAction, AuditActor, AuditEvent};
use atalaya_domain::caller::{Caller, Origin};
use atalaya_domain::id::CompanyId;

use super::{AccountAdministration, AccountList, Accounts, OwnedAccount};
use crate::Precondition;
use crate::error::{AppError, Forbidden};
use crate::page::{Page, PageRequest};
use crate::ports::repositories::AccountSummary;
use crate::ports::runtime::Clock;
use crate::ports::store::Store;
use crate::receipt::Receipt;

/// [`Accounts`] on the ports.
pub struct AccountService {
    /// A company's data.
    pub store: Arc<dyn Store>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl AccountService {
    fn open_scoped(
        &self,
        scope: TenantScope,
        handle: &str,
        opened_by: &AuditActor,
        origin: &Origin,
    ) -> Result<OwnedAccount, AppError> {
        let forbidden = || AppError::Forbidden(Forbidden::Account);
        let handle = AccountHandle::parse(handle).map_err(|_| forbidden())?;
        self.store.query(&scope, |view| {
            let account = view.accounts().find(&handle)?.ok_or_else(forbidden)?;
            let company = view.accounts().company()?;
            Ok(OwnedAccount { scope, account, company, opened_by: opened_by.clone(), origin: origin.clone() })
        })
    }
}

impl Accounts for AccountService {
    fn open(&self, caller: &Caller, permission: Permission, handle: &str) -> Result<OwnedAccount, AppError> {
        self.open_scoped(caller.authorize(permission)?, handle, &AuditActor::of(caller), caller.origin())
    }

    fn open_in(
        &self,
        caller: &Caller,
        permission: Permission,
        company: Option<CompanyId>,
        handle: &str,
    ) -> Result<OwnedAccount, AppError> {
        let scope = caller.authorize_in(permission, company)?;
        self.open_scoped(scope, handle, &AuditActor::of(caller), caller.origin())
    }

    fn open_as_operator(
        &self,
        operator: &Operator,
        company: CompanyId,
        permission: Permission,
        handle: &str,
    ) -> Result<OwnedAccount, AppError> {
        let scope = operator.scope(company, permission);
        self.open_scoped(scope, handle, &AuditActor::Operator, &Origin::default())
    }

    fn mine(&self, actor: &Actor, request: Option<&PageRequest<AccountHandle>>) -> Result<AccountList, AppError> {
        if actor.company().is_none() {
            return Ok(AccountList::EMPTY);
        }
        let scope = actor.authorize(Permission::ReadAccounts)?;
        self.store.query(&scope, |view| AccountList::read(view.accounts(), request))
    }

    fn list(
        &self,
        scope: &TenantScope,
        request: &PageRequest<AccountHandle>,
    ) -> Result<Page<AccountSummary, AccountHandle>, AppError> {
        self.store.query(scope, |view| view.accounts().page(request))
    }

    fn create(
        &self,
        by: &AccountAdministration,
        account: &NewAccount,
        receipt: &dyn Receipt<Account>,
    ) -> Result<Account, AppError> {
        let (now, company) = (self.clock.now(), by.scope.company());
        let audit =
            AuditEvent::new(AuditAction::AccountCreated, by.actor.clone(), Some(company), by.origin.clone(), now)
                .on(account.handle.as_str());
        let account = self.store.transaction(&by.scope, |unit| {
            unit.accounts().company()?;
            unit.audit(&audit)?;
            let account = unit.accounts().insert(account, now)?;
            receipt.keep(unit, &account)?;
            Ok(account)
        })?;
        tracing::info!(
            event = "account_created",
            account.id = account.id.get(),
            company.id = company.get(),
            "an account was created"
        );
        Ok(account)
    }

    fn change(
        &self,
        owned: &OwnedAccount,
        change: &AccountChange,
        expected: Precondition<'_, Account>,
    ) -> Result<Account, AppError> {
        owned.requires(Permission::ManageAccounts)?;
        let audit = owned.event(AuditAction::AccountChanged, self.clock.now());
        let account = self.store.transaction(&owned.scope, |unit| {
            let current = unit.accounts().find(&owned.account.handle)?;
            expected(&current.ok_or(AppError::Forbidden(Forbidden::Account))?)?;
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
}
