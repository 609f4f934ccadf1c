//! Counts requests against the quotas of users and companies.

use std::pin::Pin;
use std::time::Duration;

use atalaya_domain::id::{CompanyId, UserId};
use atalaya_domain::quota::{Quota, QuotaTable, RouteGroup};

/// How much is left after a request, of the quota that has the least.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The quota's place in the table, so that what is prepared for each quota is found without a search.
    pub place: usize,
    /// How many requests may follow at once.
    pub remaining: u32,
}

/// A request over a quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exceeded {
    /// The quota.
    pub quota: Quota,
    /// When one request will be allowed again.
    pub retry_after: Duration,
}

/// What a charge came to: `None` where no quota covers the request.
pub type Charged = Result<Option<Standing>, Exceeded>;

/// A charge that is done, or under way.
pub enum Charge {
    /// Done.
    Now(Charged),
    /// To be waited for, for a fraction of a second at most.
    Later(Pin<Box<dyn Future<Output = Charged> + Send>>),
}

/// Counts requests against the quotas of an installation. Every request of somebody who is logged in is charged, so an
/// implementation neither blocks nor asks the database. Its clock is its own and never goes back: an installation whose
/// time of day is set back must not refuse everybody until it is made up.
pub trait Quotas: Send + Sync {
    /// The quotas.
    fn table(&self) -> &QuotaTable;

    /// Charges a request of `user` to every quota that covers `group`, in the order of the table; those of companies
    /// only where there is one.
    ///
    /// It is [`Exceeded`] by the first quota that is used up. That one and those after it are not charged; what those
    /// before it were charged stays, see [`QuotaTable`] for who pays that.
    fn charge(&self, user: UserId, company: Option<CompanyId>, group: RouteGroup) -> Charge;

    /// Forgets whoever has their whole allowance again. Called now and then; nothing else does it.
    fn forget_idle(&self);
}
