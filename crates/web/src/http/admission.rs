//! What an operation costs its caller, and whether they may have it done: rules over plain values, the same for every
//! way in. Not here: requests; an adaptor of each way in finds out who asks and shows what is left.

use atalaya_application::AppError;
use atalaya_application::ports::quotas::Charge;
use atalaya_domain::access::{Actor, Permission};
use atalaya_domain::mandate::Permit;
use atalaya_domain::quota::RouteGroup;

use crate::http::quotas::QuotaPolicies;

/// What an operation demands of its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Demand {
    /// What their role has to allow.
    pub(crate) permission: Permission,
    /// What it is charged as.
    pub(crate) group: RouteGroup,
}

/// [`Demand`] as a type, which an operation names in its signature.
pub(crate) trait Needs: 'static {
    /// What the caller's role has to allow.
    type Permit: Permit;
    /// What it is charged as, where that is not what its permission says.
    const GROUP: RouteGroup = RouteGroup::of(Self::Permit::PERMISSION);
    /// Both as a value.
    const DEMAND: Demand = Demand { permission: Self::Permit::PERMISSION, group: Self::GROUP };
}

impl<P: Permit> Needs for P {
    type Permit = Self;
}

/// Charges an operation to the quotas of the caller and of their company. What the role forbids is charged as a read:
/// nobody uses up the trainings of a company by asking for what they may not.
pub(crate) fn charge(quotas: &QuotaPolicies, actor: &Actor, demand: Demand) -> Charge {
    let allowed = actor.require(demand.permission).is_ok();
    quotas.charge(actor, if allowed { demand.group } else { RouteGroup::Read })
}

/// Lets the caller have an operation done. It is asked after [`charge`], so that a refused caller pays as well.
///
/// # Errors
/// `Forbidden`.
pub(crate) fn require(actor: &Actor, demand: Demand) -> Result<(), AppError> {
    Ok(actor.require(demand.permission)?)
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use atalaya_application::ports::quotas::Quotas;
    use atalaya_domain::access::Role;
    use atalaya_domain::id::{CompanyId, SessionId, UserId};
    use atalaya_domain::mandate::TrainModels;
    use atalaya_domain::quota::QuotaTable;
    use atalaya_domain::user::Username;

    use super::*;

    /// Remembers what was charged.
    #[derive(Default)]
    struct Ledger {
        table: QuotaTable,
        groups: Mutex<Vec<RouteGroup>>,
    }

    impl Quotas for Ledger {
        fn table(&self) -> &QuotaTable {
            &self.table
        }

        fn charge(&self, _: UserId, _: Option<CompanyId>, group: RouteGroup) -> Charge {
            self.groups.lock().unwrap().push(group);
            Charge::Now(Ok(None))
        }

        fn forget_idle(&self) {}
    }

    #[test]
    fn what_the_role_forbids_is_charged_as_a_read_and_refused() {
        let ledger = Arc::new(Ledger::default());
        let quotas = QuotaPolicies::new(ledger.clone());
        let of_role = |role| {
            let (name, session) = (Username::parse("ana").unwrap(), SessionId::new(uuid::Uuid::nil()));
            let actor = Actor::new(UserId::new(1), name, role, Some(CompanyId::new(1)), session).unwrap();
            assert!(matches!(charge(&quotas, &actor, TrainModels::DEMAND), Charge::Now(Ok(None))));
            require(&actor, TrainModels::DEMAND).is_ok()
        };
        assert!(of_role(Role::Admin) && !of_role(Role::Viewer));
        assert_eq!(*ledger.groups.lock().unwrap(), [RouteGroup::Train, RouteGroup::Read]);
    }
}
