//! [`Users`] on the ports.

use std::sync::Arc;

use atalaya_domain::access::{Actor, Permission, Role};
use atalaya_domain::account::AccountHandle;
use atalaya_domain::audit::{AuditAction, AuditEvent};
use atalaya_domain::caller::Caller;
use atalaya_domain::id::{CompanyId, UserId};
use atalaya_domain::password::Password;
use atalaya_domain::user::{Member, UserChange, UserFact};

use chrono::{DateTime, Utc};

use super::{Registration, UserAdministration, Users};
use crate::Precondition;
use crate::error::{AppError, AuthFailure, Conflict, Forbidden, Resource, Violation};
use crate::page::{Creation, Page, PageRequest};
use crate::passwords::PasswordRules;
use crate::ports::identity::{Directory, NewUser};
use crate::ports::runtime::Clock;
use crate::ports::security::PasswordHasher;
use crate::ports::store::{Store, UnitOfWork};
use crate::receipt::Receipt;

/// [`Users`] on the ports.
pub struct UserService {
    /// A company's data.
    pub store: Arc<dyn Store>,
    /// Users across companies: only to learn which company a user is of.
    pub directory: Arc<dyn Directory>,
    /// Hashes passwords.
    pub hasher: Arc<dyn PasswordHasher>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Rules for new passwords.
    pub passwords: PasswordRules,
}

fn not_found() -> AppError {
    AppError::NotFound(Resource::User)
}

/// Gives the accounts to the user inside a running transaction.
fn assign_all(unit: &mut dyn UnitOfWork, member: &Member, handles: &[AccountHandle]) -> Result<(), AppError> {
    let unknown = unit.users().assign(&member.user, handles)?;
    if unknown.is_empty() {
        return Ok(());
    }
    let place = |handle: &AccountHandle| handles.iter().position(|known| known == handle).unwrap_or_default();
    let violation = |handle: &AccountHandle| Violation::new(format!("cuentas[{}]", place(handle)), "unknown_account");
    Err(AppError::Invalid(unknown.iter().map(violation).collect()))
}

/// What was done to a user, as the chain of the user's company tells it.
fn told(by: &UserAdministration<'_>, action: AuditAction, member: &Member, at: DateTime<Utc>) -> AuditEvent {
    AuditEvent::by(by.caller, action, at).in_company(Some(by.scope.company())).on(member.user.username.as_str())
}

fn told_fact(by: &UserAdministration<'_>, fact: UserFact, member: &Member, at: DateTime<Utc>) -> AuditEvent {
    let told = |action| told(by, action, member, at);
    match fact {
        UserFact::Disabled => told(AuditAction::UserDisabled),
        UserFact::Enabled => told(AuditAction::UserEnabled),
        UserFact::Role(role) => told(AuditAction::RoleChanged).on(format!("{}: {role}", member.user.username.as_str())),
        UserFact::PasswordChangeDemanded => told(AuditAction::PasswordChangeDemanded),
        UserFact::Mail => told(AuditAction::UserChanged),
    }
}

/// Asks again after the hash, which takes its time: who was disabled or demoted meanwhile registers nobody. Superadmins are
/// of no company, and only the command line changes them.
fn still_administers(unit: &mut dyn UnitOfWork, caller: &Caller) -> Result<(), AppError> {
    if caller.company().is_none() {
        return Ok(());
    }
    match unit.users().find(caller.user())? {
        Some(member) if member.user.active && member.user.role == caller.role() => Ok(()),
        _ => Err(AppError::Unauthenticated(AuthFailure::TokenRevoked)),
    }
}

impl UserService {
    /// A user whom the actor may manage.
    fn manageable(unit: &mut dyn UnitOfWork, actor: &Actor, user: UserId) -> Result<Member, AppError> {
        let member = unit.users().find(user)?.ok_or_else(not_found)?;
        if actor.role().may_grant(member.user.role) { Ok(member) } else { Err(AppError::Forbidden(Forbidden::Grant)) }
    }
}

impl Users for UserService {
    fn may_give(&self, actor: &Actor, text: Option<&str>) -> Result<(), AppError> {
        match text.map(str::parse::<Role>) {
            Some(Ok(role)) if !actor.role().may_grant(role) => Err(AppError::Forbidden(Forbidden::Grant)),
            _ => Ok(()),
        }
    }

    fn administer<'a>(
        &self,
        caller: &'a Caller,
        company: Option<CompanyId>,
    ) -> Result<UserAdministration<'a>, AppError> {
        Ok(UserAdministration { caller, scope: caller.authorize_in(Permission::ManageUsers, company)? })
    }

    fn administer_user<'a>(&self, caller: &'a Caller, user: UserId) -> Result<UserAdministration<'a>, AppError> {
        caller.require(Permission::ManageUsers)?;
        let company = match caller.company() {
            Some(own) => Some(own),
            None => self.directory.by_id(user)?.and_then(|known| known.user.company),
        };
        let company = company.ok_or_else(not_found)?;
        self.administer(caller, Some(company))
    }

    fn password_violations(
        &self,
        by: &UserAdministration<'_>,
        username: &str,
        password: &Password,
    ) -> Result<Vec<Violation>, AppError> {
        let company = self.store.query(&by.scope, |view| view.accounts().company())?;
        self.passwords.violations("password", password, username, Some(company.name.as_str()))
    }

    fn register(
        &self,
        by: &UserAdministration<'_>,
        registration: &Registration,
        receipt: &dyn Receipt<Member>,
    ) -> Result<Member, AppError> {
        if !by.caller.role().may_grant(registration.role) {
            return Err(AppError::Forbidden(Forbidden::Grant));
        }
        let broken = self.password_violations(by, registration.username.as_str(), &registration.password)?;
        if !broken.is_empty() {
            return Err(AppError::Invalid(broken));
        }
        let user = NewUser {
            username: registration.username.clone(),
            role: registration.role,
            email: registration.email.clone(),
            password: self.hasher.hash(&registration.password)?,
            must_change_password: registration.must_change_password,
        };
        let now = self.clock.now();
        let member = self.store.transaction(&by.scope, |unit| {
            still_administers(unit, by.caller)?;
            let user = unit.users().insert(&user, now)?;
            let member = Member { user, accounts: Vec::new() };
            assign_all(unit, &member, &registration.accounts)?;
            unit.audit(&told(by, AuditAction::UserRegistered, &member, now))?;
            let member = unit.users().find(member.user.id)?.ok_or_else(not_found)?;
            receipt.keep(unit, &member)?;
            Ok(member)
        })?;
        tracing::info!(
            event = "user_registered",
            user.id = member.user.id.get(),
            company.id = by.scope.company().get(),
            actor.id = by.caller.user().get(),
            "a user was registered"
        );
        Ok(member)
    }

    fn list(
        &self,
        by: &UserAdministration<'_>,
        request: &PageRequest<Creation<UserId>>,
    ) -> Result<Page<Member, Creation<UserId>>, AppError> {
        self.store.query(&by.scope, |view| view.users().page(request))
    }

    fn get(&self, by: &UserAdministration<'_>, user: UserId) -> Result<Member, AppError> {
        self.store.query(&by.scope, |view| view.users().find(user)?.ok_or_else(not_found))
    }

    fn change(
        &self,
        by: &UserAdministration<'_>,
        user: UserId,
        change: &UserChange,
        expected: Precondition<'_, Member>,
    ) -> Result<Member, AppError> {
        if change.role.is_some_and(|role| !by.caller.role().may_grant(role)) {
            return Err(AppError::Forbidden(Forbidden::Grant));
        }
        let now = self.clock.now();
        let member = self.store.transaction(&by.scope, |unit| {
            let member = Self::manageable(unit, by.caller, user)?;
            expected(&member)?;
            if change.removes_admin(&member.user) && unit.users().active_admins()? <= 1 {
                return Err(AppError::Conflict(Conflict::LastAdmin));
            }
            unit.users().change(&member.user, change, change.voids_tokens(&member.user))?;
            if change.ends_sessions(&member.user) {
                unit.users().end_sessions(&member.user, now)?;
            }
            for fact in change.facts(&member.user) {
                unit.audit(&told_fact(by, fact, &member, now))?;
            }
            unit.users().find(user)?.ok_or_else(not_found)
        })?;
        tracing::info!(
            event = "user_changed",
            user.id = user.get(),
            company.id = by.scope.company().get(),
            actor.id = by.caller.user().get(),
            "a user was changed"
        );
        Ok(member)
    }

    fn assign(&self, by: &UserAdministration<'_>, user: UserId, handles: &[AccountHandle]) -> Result<Member, AppError> {
        let now = self.clock.now();
        let member = self.store.transaction(&by.scope, |unit| {
            let member = Self::manageable(unit, by.caller, user)?;
            assign_all(unit, &member, handles)?;
            unit.audit(&told(by, AuditAction::AccountsAssigned, &member, now))?;
            unit.users().find(user)?.ok_or_else(not_found)
        })?;
        tracing::info!(
            event = "accounts_assigned",
            user.id = user.get(),
            company.id = by.scope.company().get(),
            actor.id = by.caller.user().get(),
            accounts = handles.len(),
            "accounts were assigned to a user"
        );
        Ok(member)
    }
}
