//! [`Mandate`]: the one proof that use cases take. It says in its type what may be done, holds where, and tells the
//! audit log who does it and from where, however they came in.

use std::marker::PhantomData;
use std::sync::Arc;

use crate::access::{Actor, Denied, Operator, Permission, PlatformScope, Role, TenantScope};
use crate::audit::{AuditAction, AuditActor, AuditEvent};
use crate::caller::{Caller, Origin};
use crate::id::CompanyId;
use chrono::{DateTime, Utc};

/// A permission as a type, so that a use case names the one it needs in its signature.
pub trait Permit: std::fmt::Debug + Clone + Copy + Send + Sync + 'static {
    /// The permission.
    const PERMISSION: Permission;
    /// What a mandate for it reaches: [`TenantScope`] or [`PlatformScope`].
    type Scope: std::fmt::Debug + Clone + Copy + Send + Sync;
}

macro_rules! permits {
    ($scope:ty: $($name:ident),* $(,)?) => {
        $(
            #[doc = concat!("[`Permission::", stringify!($name), "`].")]
            #[derive(Debug, Clone, Copy, PartialEq, Eq)]
            pub struct $name;

            impl Permit for $name {
                const PERMISSION: Permission = Permission::$name;
                type Scope = $scope;
            }
        )*
    };
}

permits!(PlatformScope: ManageCompanies, ReadInstallation);
permits!(
    TenantScope: ManageUsers,
    ManageAccounts,
    ReadAccounts,
    WriteObservations,
    DeleteObservations,
    ReadForecasts,
    TrainModels,
    DeleteModels,
    DefineTables,
    WriteRecords,
    ReadRecords,
    ReadDigits,
    ReadAudit,
    OwnSession,
);

/// Who acts.
#[derive(Debug, Clone)]
pub enum Principal {
    /// Somebody in a session of their own.
    Person(Arc<Actor>),
    /// Whoever can run the binary on the database.
    Operator,
    /// Somebody whom nobody knows yet, by what the operator opened to strangers.
    Stranger,
}

impl Principal {
    /// As the audit log names them.
    #[must_use]
    pub fn audit_actor(&self) -> AuditActor {
        match self {
            Self::Person(actor) => AuditActor::of(actor),
            Self::Operator => AuditActor::Operator,
            Self::Stranger => AuditActor::Anonymous,
        }
    }

    /// The person; `None` for an operator and for a stranger.
    #[must_use]
    pub fn person(&self) -> Option<&Actor> {
        match self {
            Self::Person(actor) => Some(actor),
            Self::Operator | Self::Stranger => None,
        }
    }

    /// Whether they may give `role` to a user of a company, or change a user who has it.
    #[must_use]
    pub fn may_grant(&self, role: Role) -> bool {
        match self {
            Self::Person(actor) => actor.role().may_grant(role),
            Self::Operator => role != Role::Superadmin,
            Self::Stranger => role == Role::User,
        }
    }
}

/// Whom the audit log names for an effect: it goes with a job to wherever the job is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribution {
    /// Who.
    pub actor: AuditActor,
    /// From where.
    pub origin: Origin,
}

impl Attribution {
    /// The program itself, on its schedule.
    #[must_use]
    pub fn system() -> Self {
        Self { actor: AuditActor::System, origin: Origin::default() }
    }

    /// `action` succeeded, in the chain of `company`.
    #[must_use]
    pub fn event(&self, action: AuditAction, company: Option<CompanyId>, at: DateTime<Utc>) -> AuditEvent {
        AuditEvent::new(action, self.actor.clone(), company, self.origin.clone(), at)
    }
}

/// The proof that somebody may do what `P` permits, where its scope reaches, and nothing of who they are: for use cases
/// that leave no entry in the audit log. Copying it costs nothing, so a remembered forecast is answered with it too.
#[derive(Debug, Clone, Copy)]
pub struct Access<P: Permit> {
    scope: P::Scope,
}

impl<P: Permit> Access<P> {
    /// Where.
    #[must_use]
    pub fn scope(&self) -> P::Scope {
        self.scope
    }
}

impl Actor {
    /// Access to the actor's own company.
    ///
    /// # Errors
    /// As [`Actor::authorize`].
    pub fn access<P: Permit<Scope = TenantScope>>(&self) -> Result<Access<P>, Denied> {
        Ok(Access { scope: self.authorize(P::PERMISSION)? })
    }

    /// Access to the platform.
    ///
    /// # Errors
    /// As [`Actor::authorize_platform_for`].
    pub fn platform_access<P: Permit<Scope = PlatformScope>>(&self) -> Result<Access<P>, Denied> {
        Ok(Access { scope: self.authorize_platform_for(P::PERMISSION)? })
    }
}

/// A caller whose role allows `P`, before it is known where: for use cases that find the company themselves.
#[derive(Debug, Clone)]
pub struct Authorized<P> {
    caller: Caller,
    permit: PhantomData<P>,
}

impl<P> Authorized<P> {
    /// Who, and from where.
    #[must_use]
    pub fn caller(&self) -> &Caller {
        &self.caller
    }
}

impl<P: Permit<Scope = TenantScope>> Authorized<P> {
    /// Access to the caller's own company.
    ///
    /// # Errors
    /// [`Denied::CompanyMissing`] for a superadmin.
    pub fn access(&self) -> Result<Access<P>, Denied> {
        self.caller.access()
    }

    /// Access to the company that the request names, or to the caller's own where it names none.
    ///
    /// # Errors
    /// As [`Actor::authorize_in`].
    pub fn access_in(&self, named: Option<CompanyId>) -> Result<Access<P>, Denied> {
        Ok(Access { scope: self.caller.authorize_in(P::PERMISSION, named)? })
    }

    /// A mandate in that company.
    ///
    /// # Errors
    /// As [`Actor::authorize_in`].
    pub fn mandate_in(&self, named: Option<CompanyId>) -> Result<Mandate<P>, Denied> {
        self.caller.mandate_in(named)
    }
}

impl Caller {
    /// The proof that the caller's role allows `P`.
    ///
    /// # Errors
    /// As [`Actor::require`].
    pub fn authorized<P: Permit>(self) -> Result<Authorized<P>, Denied> {
        self.require(P::PERMISSION)?;
        Ok(Authorized { caller: self, permit: PhantomData })
    }
}

/// The proof that a principal may do what `P` permits, where its scope reaches. Only a [`Caller`] whose role allows it
/// and an [`Operator`] make one.
#[derive(Debug, Clone)]
pub struct Mandate<P: Permit> {
    scope: P::Scope,
    principal: Principal,
    origin: Origin,
}

impl<P: Permit> Mandate<P> {
    /// Where.
    #[must_use]
    pub fn scope(&self) -> P::Scope {
        self.scope
    }

    /// Who.
    #[must_use]
    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    /// The same for somebody whom nobody knows, who asks from there: what the operator opened to strangers.
    #[must_use]
    pub fn of_a_stranger(&self, origin: Origin) -> Self {
        Self { scope: self.scope, principal: Principal::Stranger, origin }
    }

    /// What the audit log tells of who and from where.
    #[must_use]
    pub fn attribution(&self) -> Attribution {
        Attribution { actor: self.principal.audit_actor(), origin: self.origin.clone() }
    }
}

impl<P: Permit<Scope = TenantScope>> Mandate<P> {
    /// The company.
    #[must_use]
    pub fn company(&self) -> CompanyId {
        self.scope.company()
    }

    /// What was done, in the chain of the company: what a superadmin does to a bank is the bank's to read.
    #[must_use]
    pub fn event(&self, action: AuditAction, at: DateTime<Utc>) -> AuditEvent {
        self.attribution().event(action, Some(self.company()), at)
    }
}

impl Mandate<ManageCompanies> {
    /// What was done, in the platform's own chain.
    #[must_use]
    pub fn event(&self, action: AuditAction, at: DateTime<Utc>) -> AuditEvent {
        self.attribution().event(action, None, at)
    }
}

impl Caller {
    /// A mandate in the caller's own company.
    ///
    /// # Errors
    /// As [`Actor::authorize`].
    pub fn mandate<P: Permit<Scope = TenantScope>>(&self) -> Result<Mandate<P>, Denied> {
        Ok(self.holding(self.authorize(P::PERMISSION)?))
    }

    /// A mandate in the company that the request names, or in the caller's own where it names none.
    ///
    /// # Errors
    /// As [`Actor::authorize_in`].
    pub fn mandate_in<P: Permit<Scope = TenantScope>>(&self, named: Option<CompanyId>) -> Result<Mandate<P>, Denied> {
        Ok(self.holding(self.authorize_in(P::PERMISSION, named)?))
    }

    /// A mandate over the platform.
    ///
    /// # Errors
    /// As [`Actor::authorize_platform`].
    pub fn platform_mandate(&self) -> Result<Mandate<ManageCompanies>, Denied> {
        Ok(self.holding(self.authorize_platform()?))
    }

    fn holding<P: Permit>(&self, scope: P::Scope) -> Mandate<P> {
        Mandate { scope, principal: Principal::Person(self.actor()), origin: self.origin().clone() }
    }
}

impl Operator {
    /// Access to a company.
    #[must_use]
    pub fn access<P: Permit<Scope = TenantScope>>(&self, company: CompanyId) -> Access<P> {
        Access { scope: self.mandate::<P>(company).scope() }
    }

    /// A mandate over all accounts of `company`.
    #[must_use]
    pub fn mandate<P: Permit<Scope = TenantScope>>(&self, company: CompanyId) -> Mandate<P> {
        Mandate { scope: self.scope(company, P::PERMISSION), principal: Principal::Operator, origin: Origin::default() }
    }

    /// A mandate over the platform.
    #[must_use]
    pub fn platform_mandate(&self) -> Mandate<ManageCompanies> {
        Mandate { scope: self.platform(), principal: Principal::Operator, origin: Origin::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{SessionId, UserId};
    use crate::user::Username;

    fn caller(role: Role, company: Option<i64>) -> Caller {
        let (id, session) = (UserId::new(7), SessionId::new(uuid::Uuid::nil()));
        let actor = Actor::new(id, Username::parse("ana").unwrap(), role, company.map(CompanyId::new), session);
        Caller::new(Arc::new(actor.unwrap()), Origin { address: None, request_id: Some("r1".to_owned()) })
    }

    #[test]
    fn a_mandate_is_for_what_the_role_allows_and_in_its_own_company() {
        let viewer = caller(Role::Viewer, Some(1));
        assert!(viewer.mandate::<ReadForecasts>().is_ok() && viewer.access::<ReadForecasts>().is_ok());
        assert_eq!(viewer.mandate::<TrainModels>().err(), Some(Denied::Role));
        assert_eq!(viewer.access::<TrainModels>().err(), Some(Denied::Role));
        assert_eq!(viewer.authorized::<TrainModels>().err(), Some(Denied::Role));
        let admin = caller(Role::Admin, Some(1));
        assert_eq!(admin.mandate_in::<ManageUsers>(Some(CompanyId::new(2))).err(), Some(Denied::Company));
        assert_eq!(admin.mandate_in::<ManageUsers>(None).unwrap().company(), CompanyId::new(1));
        assert_eq!(admin.platform_mandate().err(), Some(Denied::Role));
    }

    #[test]
    fn what_a_superadmin_does_to_a_bank_is_told_in_the_chain_of_the_bank() {
        let by = caller(Role::Superadmin, None).mandate_in::<ManageUsers>(Some(CompanyId::new(3))).unwrap();
        let event = by.event(AuditAction::UserRegistered, DateTime::UNIX_EPOCH);
        assert_eq!(event.company, Some(CompanyId::new(3)));
        assert_eq!((event.actor.name(), event.origin.request_id.as_deref()), ("ana", Some("r1")));
    }

    #[test]
    fn no_mandate_grants_superadmin() {
        let principals = [
            Principal::Operator,
            caller(Role::Admin, Some(1)).mandate::<ManageUsers>().unwrap().principal().clone(),
            caller(Role::Superadmin, None).platform_mandate().unwrap().principal().clone(),
        ];
        assert!(principals.iter().all(|principal| !principal.may_grant(Role::Superadmin)));
        assert!(principals.iter().all(|principal| principal.may_grant(Role::Admin)));
    }
}
