//! Who may do what: roles, permissions, and the scope that every access to a company's data is bound to.
//!
//! Invariant: a [`TenantScope`] is made here and nowhere else, so code without one cannot name a company's data.

use std::fmt;
use std::str::FromStr;

use crate::id::{CompanyId, SessionId, UserId};
use crate::username::Username;

/// What a user is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Operates the platform; belongs to no company and reads no company's business data.
    Superadmin,
    /// Manages one company's users, accounts and models.
    Admin,
    /// Writes and reads what is assigned.
    User,
    /// Reads what is assigned.
    Viewer,
}

impl Role {
    /// Every role, the mightiest first.
    pub const ALL: [Self; 4] = [Self::Superadmin, Self::Admin, Self::User, Self::Viewer];

    /// The wire word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Superadmin => "superadmin",
            Self::Admin => "admin",
            Self::User => "user",
            Self::Viewer => "viewer",
        }
    }

    /// The whole table of product rules: whether this role has `permission` anywhere at all.
    #[must_use]
    pub fn allows(self, permission: Permission) -> bool {
        use Permission as P;
        match permission {
            P::ManageCompanies | P::ReadInstallation => self == Self::Superadmin,
            P::ManageUsers | P::ManageAccounts | P::ReadAudit => matches!(self, Self::Superadmin | Self::Admin),
            P::DeleteObservations | P::TrainModels | P::DeleteModels | P::DefineTables => self == Self::Admin,
            P::WriteObservations | P::WriteRecords => matches!(self, Self::Admin | Self::User),
            P::ReadForecasts | P::ReadRecords | P::ReadDigits => {
                matches!(self, Self::Admin | Self::User | Self::Viewer)
            }
            P::ReadAccounts | P::OwnSession => true,
        }
    }

    /// Whether somebody of this role may give `other` to a user, or change a user who has it. Superadmins come from the
    /// command line only.
    #[must_use]
    pub fn may_grant(self, other: Self) -> bool {
        self.allows(Permission::ManageUsers) && other != Self::Superadmin
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or(UnknownRole)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that names no role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such role")]
pub struct UnknownRole;

/// What an operation needs. The names are those of the OpenAPI document's `x-permission`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Create, change and suspend companies.
    ManageCompanies,
    /// See how the installation is: its parts, its schema, its queue.
    ReadInstallation,
    /// Create, change and disable users.
    ManageUsers,
    /// Create and change accounts.
    ManageAccounts,
    /// List the accounts one may see. A superadmin has none of their own and names a company.
    ReadAccounts,
    /// Upload observations.
    WriteObservations,
    /// Delete observations.
    DeleteObservations,
    /// Read observations and forecasts.
    ReadForecasts,
    /// Train models.
    TrainModels,
    /// Delete models.
    DeleteModels,
    /// Define the company's tables.
    DefineTables,
    /// Create, change and delete records of the company's tables.
    WriteRecords,
    /// Read records of the company's tables.
    ReadRecords,
    /// Have digits of a picture read. Whoever operates the platform has no company whose pictures they could be.
    ReadDigits,
    /// Read the audit log.
    ReadAudit,
    /// See and end one's own sessions, change one's own password.
    OwnSession,
}

impl Permission {
    /// Every permission.
    pub const ALL: [Self; 16] = [
        Self::ManageCompanies,
        Self::ReadInstallation,
        Self::ManageUsers,
        Self::ManageAccounts,
        Self::ReadAccounts,
        Self::WriteObservations,
        Self::DeleteObservations,
        Self::ReadForecasts,
        Self::TrainModels,
        Self::DeleteModels,
        Self::DefineTables,
        Self::WriteRecords,
        Self::ReadRecords,
        Self::ReadDigits,
        Self::ReadAudit,
        Self::OwnSession,
    ];

    /// The word that the OpenAPI document uses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ManageCompanies => "manage_companies",
            Self::ReadInstallation => "read_installation",
            Self::ManageUsers => "manage_users",
            Self::ManageAccounts => "manage_accounts",
            Self::ReadAccounts => "read_accounts",
            Self::WriteObservations => "write_observations",
            Self::DeleteObservations => "delete_observations",
            Self::ReadForecasts => "read_forecasts",
            Self::TrainModels => "train_models",
            Self::DeleteModels => "delete_models",
            Self::DefineTables => "define_tables",
            Self::WriteRecords => "write_records",
            Self::ReadRecords => "read_records",
            Self::ReadDigits => "read_digits",
            Self::ReadAudit => "read_audit",
            Self::OwnSession => "own_session",
        }
    }

    /// Whether nothing is changed by what it permits.
    #[must_use]
    pub fn only_reads(self) -> bool {
        matches!(
            self,
            Self::ReadInstallation
                | Self::ReadAccounts
                | Self::ReadForecasts
                | Self::ReadRecords
                | Self::ReadDigits
                | Self::ReadAudit
        )
    }

    /// Whether it is about the platform itself: those who have it need no company.
    fn is_of_the_platform(self) -> bool {
        matches!(self, Self::ManageCompanies | Self::ReadInstallation)
    }

    /// Whether a superadmin may use it in a company that the request names.
    fn spans_companies(self) -> bool {
        matches!(self, Self::ManageUsers | Self::ManageAccounts | Self::ReadAccounts | Self::ReadAudit)
    }
}

/// Why access was denied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// The role lacks the permission.
    #[error("the role does not allow this")]
    Role,
    /// The role has it, but not in that company.
    #[error("not in this company")]
    Company,
    /// A superadmin has to name the company.
    #[error("a company must be named")]
    CompanyMissing,
    /// The actor's password was chosen by somebody else and has to be changed before anything else is done.
    #[error("the password has to be changed first")]
    PasswordChangeRequired,
}

/// Somebody whose access token was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    user: UserId,
    username: Username,
    role: Role,
    company: Option<CompanyId>,
    session: SessionId,
    must_change_password: bool,
}

/// Claims that contradict each other: a superadmin in a company, or anybody else outside one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a superadmin belongs to no company and everybody else to one")]
pub struct ContradictoryActor;

impl Actor {
    /// # Errors
    /// [`ContradictoryActor`] unless exactly the superadmins are without a company.
    pub fn new(
        user: UserId,
        username: Username,
        role: Role,
        company: Option<CompanyId>,
        session: SessionId,
    ) -> Result<Self, ContradictoryActor> {
        if (role == Role::Superadmin) == company.is_none() {
            Ok(Self { user, username, role, company, session, must_change_password: false })
        } else {
            Err(ContradictoryActor)
        }
    }

    /// The same actor, who may do nothing but see to their own session where `must_change` is true.
    #[must_use]
    pub fn with_password_change_due(self, must_change: bool) -> Self {
        Self { must_change_password: must_change, ..self }
    }

    /// Who.
    #[must_use]
    pub fn user(&self) -> UserId {
        self.user
    }

    /// The login name.
    #[must_use]
    pub fn username(&self) -> &Username {
        &self.username
    }

    /// The role.
    #[must_use]
    pub fn role(&self) -> Role {
        self.role
    }

    /// The company; `None` for a superadmin.
    #[must_use]
    pub fn company(&self) -> Option<CompanyId> {
        self.company
    }

    /// The session that the token belongs to.
    #[must_use]
    pub fn session(&self) -> SessionId {
        self.session
    }

    /// A scope over the actor's own company.
    ///
    /// # Errors
    /// [`Denied`] when the role lacks `permission`, or has no company of its own.
    pub fn authorize(&self, permission: Permission) -> Result<TenantScope, Denied> {
        self.require(permission)?;
        let company = self.company.ok_or(Denied::CompanyMissing)?;
        Ok(TenantScope { company, permission, reach: self.reach() })
    }

    /// A scope over the company that the request names, or over the actor's own where it names none.
    ///
    /// # Errors
    /// [`Denied`] when the role lacks `permission`, when the company is another bank's, or when a superadmin names
    /// none.
    pub fn authorize_in(&self, permission: Permission, named: Option<CompanyId>) -> Result<TenantScope, Denied> {
        self.require(permission)?;
        match (self.company, named) {
            (Some(own), Some(other)) if own != other => Err(Denied::Company),
            (Some(_), _) => self.authorize(permission),
            (None, Some(company)) if permission.spans_companies() => {
                Ok(TenantScope { company, permission, reach: AccountReach::All })
            }
            (None, Some(_)) => Err(Denied::Company),
            (None, None) => Err(Denied::CompanyMissing),
        }
    }

    /// The proof that the actor operates the platform itself.
    ///
    /// # Errors
    /// [`Denied::Role`] when the role does not manage companies.
    pub fn authorize_platform(&self) -> Result<PlatformScope, Denied> {
        self.authorize_platform_for(Permission::ManageCompanies)
    }

    /// The proof that the actor may do one thing with the platform itself.
    ///
    /// # Errors
    /// As [`Actor::require`]; [`Denied::Role`] too for a permission that is about a company.
    pub fn authorize_platform_for(&self, permission: Permission) -> Result<PlatformScope, Denied> {
        self.require(permission)?;
        if permission.is_of_the_platform() { Ok(PlatformScope { _private: () }) } else { Err(Denied::Role) }
    }

    /// Whether the role has `permission` at all, and the actor a password of their own.
    ///
    /// # Errors
    /// [`Denied::Role`] when the role has it not; [`Denied::PasswordChangeRequired`] for whatever is not about the own
    /// session while the password has to be changed.
    pub fn require(&self, permission: Permission) -> Result<(), Denied> {
        if self.must_change_password && permission != Permission::OwnSession {
            return Err(Denied::PasswordChangeRequired);
        }
        if self.role.allows(permission) { Ok(()) } else { Err(Denied::Role) }
    }

    fn reach(&self) -> AccountReach {
        match self.role {
            Role::Superadmin | Role::Admin => AccountReach::All,
            Role::User | Role::Viewer => AccountReach::AssignedTo(self.user),
        }
    }
}

/// The command line and background work: trusted by whoever can run the binary on the database.
#[derive(Debug, Clone, Copy)]
pub struct Operator {
    _private: (),
}

impl Operator {
    /// Only composition roots call this: the command line and jobs. Nothing that answers a request does.
    #[must_use]
    pub fn at_the_machine() -> Self {
        Self { _private: () }
    }

    /// A scope over all accounts of `company`.
    #[must_use]
    pub fn scope(&self, company: CompanyId, permission: Permission) -> TenantScope {
        TenantScope { company, permission, reach: AccountReach::All }
    }

    /// A scope over the platform itself.
    #[must_use]
    pub fn platform(&self) -> PlatformScope {
        PlatformScope { _private: () }
    }
}

/// The proof that somebody may create, list and suspend companies, or see how the installation is. It opens no
/// company's data.
#[derive(Debug, Clone, Copy)]
pub struct PlatformScope {
    _private: (),
}

/// Which accounts of the company a scope reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AccountReach {
    /// Every account.
    All,
    /// Those assigned to this user.
    AssignedTo(UserId),
}

/// The proof that somebody may do one thing with one company's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TenantScope {
    company: CompanyId,
    permission: Permission,
    reach: AccountReach,
}

impl TenantScope {
    /// The company.
    #[must_use]
    pub fn company(&self) -> CompanyId {
        self.company
    }

    /// What for.
    #[must_use]
    pub fn permission(&self) -> Permission {
        self.permission
    }

    /// Whether the scope reaches an account that is assigned to the users `assigned`.
    #[must_use]
    pub fn reaches(&self, assigned: &[UserId]) -> bool {
        match self.reach {
            AccountReach::All => true,
            AccountReach::AssignedTo(user) => assigned.contains(&user),
        }
    }

    /// Which accounts.
    #[must_use]
    pub fn reach(&self) -> AccountReach {
        self.reach
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actor(role: Role, company: Option<i64>) -> Actor {
        Actor::new(
            UserId::new(7),
            Username::parse("ana").unwrap(),
            role,
            company.map(CompanyId::new),
            SessionId::new(uuid::Uuid::nil()),
        )
        .unwrap()
    }

    #[test]
    fn nobody_of_a_company_gets_a_scope_over_another() {
        for role in [Role::Admin, Role::User, Role::Viewer] {
            for permission in Permission::ALL {
                let denied = actor(role, Some(1)).authorize_in(permission, Some(CompanyId::new(2)));
                assert!(denied.is_err(), "{role} got {permission:?} in another company");
            }
        }
    }

    #[test]
    fn a_superadmin_gets_no_scope_over_business_data() {
        let superadmin = actor(Role::Superadmin, None);
        for permission in [Permission::ReadForecasts, Permission::WriteObservations, Permission::TrainModels] {
            assert_eq!(superadmin.authorize_in(permission, Some(CompanyId::new(1))), Err(Denied::Role));
        }
        assert_eq!(superadmin.authorize_in(Permission::ManageUsers, None), Err(Denied::CompanyMissing));
    }

    #[test]
    fn superadmins_alone_reach_the_platform_and_only_by_what_is_about_it() {
        for role in Role::ALL {
            let actor = actor(role, (role != Role::Superadmin).then_some(1));
            let reaching = Permission::ALL.into_iter().filter(|asked| actor.authorize_platform_for(*asked).is_ok());
            let about_it = [Permission::ManageCompanies, Permission::ReadInstallation];
            let expected = if role == Role::Superadmin { &about_it[..] } else { &[] };
            assert_eq!(reaching.collect::<Vec<_>>(), expected, "{role}");
        }
    }

    #[test]
    fn users_and_viewers_reach_only_what_is_assigned_to_them() {
        for role in [Role::User, Role::Viewer] {
            let scope = actor(role, Some(1)).authorize(Permission::ReadForecasts).unwrap();
            assert_eq!(scope.reach(), AccountReach::AssignedTo(UserId::new(7)));
        }
    }

    #[test]
    fn whoever_has_to_change_their_password_may_do_nothing_else() {
        for role in Role::ALL {
            let actor = actor(role, (role != Role::Superadmin).then_some(1)).with_password_change_due(true);
            for permission in Permission::ALL {
                let allowed = permission == Permission::OwnSession;
                assert_eq!(actor.require(permission).is_ok(), allowed, "{role}, {permission:?}");
                let denied = Err(Denied::PasswordChangeRequired);
                assert!(allowed || actor.authorize(permission) == denied, "{role}, {permission:?}");
                assert!(allowed || actor.authorize_in(permission, None) == denied, "{role}, {permission:?}");
            }
            assert!(actor.authorize_platform().is_err());
        }
    }

    #[test]
    fn claims_that_contradict_each_other_make_no_actor() {
        let name = Username::parse("ana").unwrap();
        let session = SessionId::new(uuid::Uuid::nil());
        assert!(Actor::new(UserId::new(1), name.clone(), Role::Superadmin, Some(CompanyId::new(1)), session).is_err());
        assert!(Actor::new(UserId::new(1), name, Role::Viewer, None, session).is_err());
    }

    #[test]
    fn nobody_grants_superadmin() {
        assert!(Role::ALL.into_iter().all(|role| !role.may_grant(Role::Superadmin)));
    }
}
