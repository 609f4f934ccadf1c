//! [`Users`] on the ports.

use std::sync::Arc;

use atalaya_domain::access::{Operator, PlatformScope, Role};
use atalaya_domain::account::AccountHandle;
use atalaya_domain::audit::{AuditAction, AuditEvent};
use atalaya_domain::caller::Origin;
use atalaya_domain::id::UserId;
use atalaya_domain::mandate::{Authorized, ManageCompanies, ManageUsers, Mandate, Principal};
use atalaya_domain::password::Password;
use atalaya_domain::user::{Member, User, UserChange, UserFact, Username};

use chrono::{DateTime, Utc};

use super::{Registration, TemporaryPassword, Users};
use crate::Precondition;
use crate::error::{AppError, AuthFailure, Conflict, Field, Forbidden, Resource, Violation};
use crate::page::{Creation, Page, PageRequest};
use crate::passwords::{PasswordRules, Replacement, replace_password};
use crate::ports::identity::{Credentials, NewUser};
use crate::ports::platform::{PlatformStore, PlatformUnit};
use crate::ports::runtime::Clock;
use crate::ports::security::{PasswordHasher, Secrets};
use crate::ports::store::{Store, UnitOfWork};
use crate::ports::trash::{TRASH_KEPT, Trashed};
use crate::receipt::{Receipt, Unkept};

/// [`Users`] on the ports.
pub struct UserService {
    /// A company's data.
    pub store: Arc<dyn Store>,
    /// Users across companies: superadmins, and whom somebody at the machine names.
    pub platform: Arc<dyn PlatformStore>,
    /// Hashes passwords.
    pub hasher: Arc<dyn PasswordHasher>,
    /// Makes passwords.
    pub secrets: Arc<dyn Secrets>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Rules for new passwords.
    pub passwords: PasswordRules,
    /// Whether users of the demonstration may be registered: in production they may not.
    pub public_passwords: bool,
    /// What the operator lets strangers do: register themselves in one company.
    pub open_registration: Option<Mandate<ManageUsers>>,
}

/// How many passwords are made until one keeps the rules: that one does not, as by the name of the company in it, is
/// rare.
const ATTEMPTS: usize = 10;

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
    let violation = |handle: &AccountHandle| Violation::new(Field::Account(place(handle)), "unknown_account");
    Err(AppError::Invalid(unknown.iter().map(violation).collect()))
}

/// The audit event of a change to a user, for the chain of the user's company.
fn audit_event(by: &Mandate<ManageUsers>, action: AuditAction, member: &Member, at: DateTime<Utc>) -> AuditEvent {
    by.event(action, at).on(member.user.username.as_str())
}

fn audit_event_of(by: &Mandate<ManageUsers>, fact: UserFact, member: &Member, at: DateTime<Utc>) -> AuditEvent {
    let event = |action| audit_event(by, action, member, at);
    match fact {
        UserFact::Disabled => event(AuditAction::UserDisabled),
        UserFact::Enabled => event(AuditAction::UserEnabled),
        UserFact::Role(role) => {
            event(AuditAction::RoleChanged).on(format!("{}: {role}", member.user.username.as_str()))
        }
        UserFact::PasswordChangeDemanded => event(AuditAction::PasswordChangeDemanded),
        UserFact::Mail => event(AuditAction::UserChanged),
    }
}

/// Asks again after the hash, which takes its time: who was disabled or demoted meanwhile registers nobody. Superadmins
/// are of no company, and only the command line changes them.
fn still_administers(unit: &mut dyn UnitOfWork, principal: &Principal) -> Result<(), AppError> {
    let Some(actor) = principal.person().filter(|actor| actor.company().is_some()) else { return Ok(()) };
    match unit.users().find(actor.user())? {
        Some(member) if member.user.active && member.user.role == actor.role() => Ok(()),
        _ => Err(AppError::Unauthenticated(AuthFailure::TokenRevoked)),
    }
}

/// Asks again after the hash, as [`still_administers`] does, and whether the user is still one whom they manage.
fn still_manages(unit: &mut dyn PlatformUnit, by: &Mandate<ManageUsers>, user: UserId) -> Result<(), AppError> {
    let principal = by.principal();
    if let Some(actor) = principal.person() {
        let known = unit.users().by_id(actor.user())?;
        if !known.is_some_and(|known| known.may_enter() && known.user.role == actor.role()) {
            return Err(AppError::Unauthenticated(AuthFailure::TokenRevoked));
        }
    }
    let known = unit.users().by_id(user)?.filter(|known| known.user.company == Some(by.company()));
    granting(principal, known.ok_or_else(not_found)?.user.role)
}

/// Fails unless whoever holds the mandate may give the role to a user, or change a user who has it.
fn granting(principal: &Principal, role: Role) -> Result<(), AppError> {
    if principal.may_grant(role) { Ok(()) } else { Err(AppError::Forbidden(Forbidden::Grant)) }
}

fn only_an_operator(principal: &Principal) -> Result<(), AppError> {
    match principal {
        Principal::Operator => Ok(()),
        Principal::Person(_) | Principal::Stranger => Err(AppError::Forbidden(Forbidden::Grant)),
    }
}

impl UserService {
    /// A user whom the holder of the mandate may manage.
    fn manageable(unit: &mut dyn UnitOfWork, by: &Mandate<ManageUsers>, user: UserId) -> Result<Member, AppError> {
        let member = unit.users().find(user)?.ok_or_else(not_found)?;
        granting(by.principal(), member.user.role)?;
        Ok(member)
    }

    fn by_username(&self, username: &Username) -> Result<Credentials, AppError> {
        self.platform.query(|view| view.users().by_username(username))?.ok_or_else(not_found)
    }

    /// A password that was made by chance and breaks no rule for this user.
    fn made_password(&self, username: &Username, company: &str) -> Result<Password, AppError> {
        for _ in 0..ATTEMPTS {
            let password = self.secrets.readable_password()?;
            if self.passwords.violations(&Field::Password, &password, username.as_str(), Some(company))?.is_empty() {
                return Ok(password);
            }
        }
        Err(AppError::internal("no password that was made by chance keeps the rules"))
    }

    fn new_user(&self, registration: &Registration) -> Result<NewUser, AppError> {
        Ok(NewUser {
            username: registration.username.clone(),
            role: registration.role,
            email: registration.email.clone(),
            password: self.hasher.hash(&registration.password)?,
            must_change_password: registration.must_change_password,
        })
    }

    /// Stores a user whose password was judged.
    fn store(
        &self,
        by: &Mandate<ManageUsers>,
        registration: &Registration,
        receipt: &dyn Receipt<Member>,
    ) -> Result<Member, AppError> {
        let user = self.new_user(registration)?;
        let now = self.clock.now();
        let member = self.store.transaction(&by.scope(), |unit| {
            still_administers(unit, by.principal())?;
            let user = unit.users().insert(&user, now)?;
            let member = Member { user, accounts: Vec::new() };
            assign_all(unit, &member, &registration.accounts)?;
            unit.audit(&audit_event(by, AuditAction::UserRegistered, &member, now))?;
            let member = unit.users().find(member.user.id)?.ok_or_else(not_found)?;
            receipt.keep(unit, &member)?;
            Ok(member)
        })?;
        tracing::info!(
            event = "user_registered",
            user.id = member.user.id.get(),
            company.id = by.company().get(),
            actor.id = actor_id(by),
            "a user was registered"
        );
        Ok(member)
    }
}

/// The id of the person who holds the mandate, as the log tells it.
fn actor_id(by: &Mandate<ManageUsers>) -> Option<i64> {
    by.principal().person().map(|actor| actor.user().get())
}

impl Users for UserService {
    fn may_give(&self, by: &Authorized<ManageUsers>, text: Option<&str>) -> Result<(), AppError> {
        match text.map(str::parse::<Role>) {
            Some(Ok(role)) if !by.caller().role().may_grant(role) => Err(AppError::Forbidden(Forbidden::Grant)),
            _ => Ok(()),
        }
    }

    fn mandate_over(&self, by: &Authorized<ManageUsers>, user: UserId) -> Result<Mandate<ManageUsers>, AppError> {
        let company = match by.caller().company() {
            Some(own) => Some(own),
            None => self.platform.query(|view| view.users().by_id(user))?.and_then(|known| known.user.company),
        };
        Ok(by.mandate_in(Some(company.ok_or_else(not_found)?))?)
    }

    fn password_violations(
        &self,
        by: &Mandate<ManageUsers>,
        username: &str,
        password: &Password,
    ) -> Result<Vec<Violation>, AppError> {
        let company = self.store.query(&by.scope(), |view| view.accounts().company())?;
        self.passwords.violations(&Field::Password, password, username, Some(company.name.as_str()))
    }

    fn open_registration(&self, origin: Origin) -> Result<Mandate<ManageUsers>, AppError> {
        let open = self.open_registration.as_ref().ok_or(AppError::Forbidden(Forbidden::Registration))?;
        Ok(open.of_a_stranger(origin))
    }

    fn register(
        &self,
        by: &Mandate<ManageUsers>,
        registration: &Registration,
        receipt: &dyn Receipt<Member>,
    ) -> Result<Member, AppError> {
        granting(by.principal(), registration.role)?;
        let broken = self.password_violations(by, registration.username.as_str(), &registration.password)?;
        if broken.is_empty() { self.store(by, registration, receipt) } else { Err(AppError::Invalid(broken)) }
    }

    fn register_superadmin(
        &self,
        by: &Mandate<ManageCompanies>,
        registration: &Registration,
    ) -> Result<User, AppError> {
        only_an_operator(by.principal())?;
        if registration.role != Role::Superadmin || !registration.accounts.is_empty() {
            return Err(AppError::Forbidden(Forbidden::Grant));
        }
        self.passwords.check(&Field::Password, &registration.password, registration.username.as_str(), None)?;
        let user = self.new_user(registration)?;
        let audit = by.event(AuditAction::UserRegistered, self.clock.now()).on(user.username.as_str());
        self.platform.transaction(|unit| {
            unit.audit(&audit)?;
            unit.users().insert_superadmin(&by.scope(), &user, audit.at)
        })
    }

    fn register_demonstration(
        &self,
        by: &Mandate<ManageUsers>,
        registration: &Registration,
    ) -> Result<Member, AppError> {
        only_an_operator(by.principal())?;
        if !self.public_passwords {
            return Err(AppError::Forbidden(Forbidden::Grant));
        }
        granting(by.principal(), registration.role)?;
        self.store(by, registration, &Unkept)
    }

    fn find(&self, _: &Operator, username: &Username) -> Result<User, AppError> {
        Ok(self.by_username(username)?.user)
    }

    fn assign_password(
        &self,
        operator: &Operator,
        username: &Username,
        password: &Password,
        temporary: bool,
    ) -> Result<User, AppError> {
        let known = self.by_username(username)?;
        let company = known.company.as_ref().map(|company| company.name.as_str());
        self.passwords.check(&Field::Password, password, known.user.username.as_str(), company)?;
        let hash = self.hasher.hash(password)?;
        let audit = AuditEvent::by_operator(operator, AuditAction::PasswordChanged, self.clock.now())
            .in_company(known.user.company)
            .on(known.user.username.as_str());
        let replacement = Replacement { password: &hash, must_change: temporary, keep: None };
        self.platform.transaction(|unit| replace_password(unit, known.user.id, &replacement, &audit))?;
        Ok(known.user)
    }

    fn list(
        &self,
        by: &Mandate<ManageUsers>,
        request: &PageRequest<Creation<UserId>>,
    ) -> Result<Page<Member, Creation<UserId>>, AppError> {
        self.store.query(&by.scope(), |view| view.users().page(request))
    }

    fn superadmins(&self, scope: &PlatformScope) -> Result<Vec<User>, AppError> {
        self.platform.query(|view| view.users().superadmins(scope))
    }

    fn get(&self, by: &Mandate<ManageUsers>, user: UserId) -> Result<Member, AppError> {
        self.store.query(&by.scope(), |view| view.users().find(user)?.ok_or_else(not_found))
    }

    fn change(
        &self,
        by: &Mandate<ManageUsers>,
        user: UserId,
        change: &UserChange,
        expected: Precondition<'_, Member>,
    ) -> Result<Member, AppError> {
        change.role.map_or(Ok(()), |role| granting(by.principal(), role))?;
        let now = self.clock.now();
        let member = self.store.transaction(&by.scope(), |unit| {
            let member = Self::manageable(unit, by, user)?;
            expected(&member)?;
            if change.removes_admin(&member.user) && unit.users().active_admins()? <= 1 {
                return Err(AppError::Conflict(Conflict::LastAdmin));
            }
            unit.users().change(&member.user, change, change.voids_tokens(&member.user))?;
            if change.ends_sessions(&member.user) {
                unit.users().end_sessions(&member.user, now)?;
            }
            for fact in change.facts(&member.user) {
                unit.audit(&audit_event_of(by, fact, &member, now))?;
            }
            unit.users().find(user)?.ok_or_else(not_found)
        })?;
        tracing::info!(
            event = "user_changed",
            user.id = user.get(),
            company.id = by.company().get(),
            actor.id = actor_id(by),
            "a user was changed"
        );
        Ok(member)
    }

    fn delete(
        &self,
        by: &Mandate<ManageUsers>,
        user: UserId,
        expected: Precondition<'_, Member>,
    ) -> Result<(), AppError> {
        let now = self.clock.now();
        self.store.transaction(&by.scope(), |unit| {
            let member = Self::manageable(unit, by, user)?;
            expected(&member)?;
            if by.principal().person().is_some_and(|actor| actor.user() == user) {
                return Err(AppError::Conflict(Conflict::OwnUser));
            }
            if member.user.is_active_admin() && unit.users().active_admins()? <= 1 {
                return Err(AppError::Conflict(Conflict::LastAdmin));
            }
            unit.users().delete(&member.user, now)?;
            unit.audit(&audit_event(by, AuditAction::UserDeleted, &member, now))
        })?;
        tracing::info!(
            event = "user_deleted",
            user.id = user.get(),
            company.id = by.company().get(),
            actor.id = actor_id(by),
            "a user was deleted"
        );
        Ok(())
    }

    fn trash(&self, by: &Mandate<ManageUsers>) -> Result<Vec<Trashed<Member>>, AppError> {
        self.store.query(&by.scope(), |view| view.users().trash(self.clock.now() - TRASH_KEPT))
    }

    fn restore(&self, by: &Mandate<ManageUsers>, user: UserId) -> Result<Member, AppError> {
        let now = self.clock.now();
        let member = self.store.transaction(&by.scope(), |unit| {
            let member = unit.users().restore(user, now - TRASH_KEPT)?;
            granting(by.principal(), member.user.role)?;
            unit.audit(&audit_event(by, AuditAction::UserRestored, &member, now))?;
            Ok(member)
        })?;
        tracing::info!(
            event = "user_restored",
            user.id = user.get(),
            company.id = by.company().get(),
            actor.id = actor_id(by),
            "a user was restored"
        );
        Ok(member)
    }

    fn assign(&self, by: &Mandate<ManageUsers>, user: UserId, handles: &[AccountHandle]) -> Result<Member, AppError> {
        let now = self.clock.now();
        let member = self.store.transaction(&by.scope(), |unit| {
            let member = Self::manageable(unit, by, user)?;
            assign_all(unit, &member, handles)?;
            unit.audit(&audit_event(by, AuditAction::AccountsAssigned, &member, now))?;
            unit.users().find(user)?.ok_or_else(not_found)
        })?;
        tracing::info!(
            event = "accounts_assigned",
            user.id = user.get(),
            company.id = by.company().get(),
            actor.id = actor_id(by),
            accounts = handles.len(),
            "accounts were assigned to a user"
        );
        Ok(member)
    }

    fn issue_temporary_password(&self, by: &Mandate<ManageUsers>, user: UserId) -> Result<TemporaryPassword, AppError> {
        let (member, company) = self.store.query(&by.scope(), |view| {
            Ok((view.users().find(user)?.ok_or_else(not_found)?, view.accounts().company()?))
        })?;
        if by.principal().person().is_some_and(|actor| actor.user() == user) {
            return Err(AppError::Conflict(Conflict::OwnPassword));
        }
        granting(by.principal(), member.user.role)?;
        let password = self.made_password(&member.user.username, company.name.as_str())?;
        let hash = self.hasher.hash(&password)?;
        let audit = audit_event(by, AuditAction::PasswordChanged, &member, self.clock.now());
        let replacement = Replacement { password: &hash, must_change: true, keep: None };
        self.platform.transaction(|unit| {
            still_manages(unit, by, user)?;
            replace_password(unit, user, &replacement, &audit)
        })?;
        tracing::info!(
            event = "temporary_password_issued",
            user.id = user.get(),
            company.id = by.company().get(),
            actor.id = actor_id(by),
            "a user was given a temporary password"
        );
        Ok(TemporaryPassword { username: member.user.username, password })
    }
}
