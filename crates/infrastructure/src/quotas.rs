//! Quotas (throttling of users and companies), counted in the memory of one process by the generic cell rate algorithm
//! (GCRA, ITU-T I.371).

use atalaya_application::ports::quotas::{Charge, Charged, Exceeded, Quotas, Standing};
use atalaya_domain::id::{CompanyId, UserId};
use atalaya_domain::quota::{Quota, QuotaSubject, QuotaTable, RouteGroup};
use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota as Rate, RateLimiter};

/// [`Quotas`] in the memory of one process: right for one replica. Several each grant the whole of every quota, unless
/// they count in Redis together ([`RedisQuotas`](crate::redis::RedisQuotas)).
///
/// `C` is the clock, which only tests choose.
pub struct MemoryQuotas<C: Clock = DefaultClock> {
    table: QuotaTable,
    counters: Vec<Counter<C>>,
    clock: C,
}

/// What one quota counts, by the number of the user or company.
struct Counter<C: Clock> {
    quota: Quota,
    limiter: RateLimiter<i64, DefaultKeyedStateStore<i64>, C, StateInformationMiddleware>,
}

impl MemoryQuotas {
    /// Everybody begins with the whole of every quota.
    #[must_use]
    pub fn new(table: QuotaTable) -> Self {
        Self::with_clock(table, DefaultClock::default())
    }
}

impl<C: Clock + Clone> MemoryQuotas<C> {
    /// [`Self::new`] by another clock.
    #[must_use]
    pub fn with_clock(table: QuotaTable, clock: C) -> Self {
        let counter = |quota: Quota| {
            let limiter = RateLimiter::new(rate(quota), DefaultKeyedStateStore::default(), clock.clone());
            Counter { quota, limiter }
        };
        let counters = table.quotas().iter().copied().map(counter).collect();
        Self { table, counters, clock }
    }
}

fn rate(quota: Quota) -> Rate {
    let count = quota.count;
    // No interval is zero, because no count is above `Quota::MOST`.
    Rate::with_period(quota.interval()).unwrap_or_else(|| Rate::per_second(count)).allow_burst(count)
}

/// The number of the user or company that `quota` counts the request for, if it does.
pub(crate) fn counted_for(quota: Quota, user: UserId, company: Option<CompanyId>, group: RouteGroup) -> Option<i64> {
    let number = match quota.subject {
        QuotaSubject::User => Some(user.get()),
        QuotaSubject::Company => company.map(CompanyId::get),
    };
    number.filter(|_| quota.covers(group))
}

impl<C: Clock> MemoryQuotas<C> {
    /// [`Quotas::charge`], which here is always done at once.
    ///
    /// # Errors
    /// [`Exceeded`].
    pub fn charge_now(&self, user: UserId, company: Option<CompanyId>, group: RouteGroup) -> Charged {
        let mut tightest: Option<Standing> = None;
        for (place, Counter { quota, limiter }) in self.counters.iter().enumerate() {
            let Some(key) = counted_for(*quota, user, company, group) else { continue };
            let state = limiter.check_key(&key).map_err(|not_until| Exceeded {
                quota: *quota,
                retry_after: not_until.wait_time_from(self.clock.now()),
            })?;
            let remaining = state.remaining_burst_capacity();
            if tightest.is_none_or(|known| remaining < known.remaining) {
                tightest = Some(Standing { place, remaining });
            }
        }
        Ok(tightest)
    }
}

impl<C: Clock + Send + Sync> Quotas for MemoryQuotas<C>
where
    C::Instant: Send + Sync,
{
    fn table(&self) -> &QuotaTable {
        &self.table
    }

    fn charge(&self, user: UserId, company: Option<CompanyId>, group: RouteGroup) -> Charge {
        Charge::Now(self.charge_now(user, company, group))
    }

    fn forget_idle(&self) {
        for counter in &self.counters {
            counter.limiter.retain_recent();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use governor::clock::FakeRelativeClock;

    use super::*;

    const ALICE: UserId = UserId::new(1);
    const BRUNO: UserId = UserId::new(2);
    const CARLA: UserId = UserId::new(3);
    const BANK: Option<CompanyId> = Some(CompanyId::new(1));
    const OTHER_BANK: Option<CompanyId> = Some(CompanyId::new(2));
    use RouteGroup::{Read, Train, Write};

    fn quotas(user: &str, company: &str) -> (MemoryQuotas<FakeRelativeClock>, FakeRelativeClock) {
        let clock = FakeRelativeClock::default();
        let lists = [(QuotaSubject::User, user), (QuotaSubject::Company, company)];
        let table = lists.into_iter().flat_map(|(subject, list)| Quota::parse_list(subject, list).unwrap());
        (MemoryQuotas::with_clock(QuotaTable::new(table), clock.clone()), clock)
    }

    /// The name of the quota that refuses a request, and when to come back.
    fn refusal(
        quotas: &MemoryQuotas<FakeRelativeClock>,
        user: UserId,
        company: Option<CompanyId>,
        group: RouteGroup,
    ) -> Option<(String, Duration)> {
        let exceeded = quotas.charge_now(user, company, group).err()?;
        Some((exceeded.quota.policy_name(), exceeded.retry_after))
    }

    /// How many requests are allowed now, of at most a hundred.
    fn allowed(
        quotas: &MemoryQuotas<FakeRelativeClock>,
        user: UserId,
        company: Option<CompanyId>,
        group: RouteGroup,
    ) -> usize {
        (0..100).take_while(|_| quotas.charge_now(user, company, group).is_ok()).count()
    }

    #[test]
    fn the_users_of_a_company_share_its_quota_and_another_company_has_its_own() {
        let (quotas, _) = quotas("none", "all:5/minute");
        assert_eq!(allowed(&quotas, ALICE, BANK, Read), 5);
        assert_eq!(refusal(&quotas, BRUNO, BANK, Read), Some(("company".to_owned(), Duration::from_secs(12))));
        assert_eq!(allowed(&quotas, CARLA, OTHER_BANK, Read), 5);
    }

    #[test]
    fn whoever_is_over_their_own_quota_costs_their_colleagues_nothing() {
        let (quotas, _) = quotas("all:2/minute", "all:5/minute");
        assert_eq!(allowed(&quotas, ALICE, BANK, Read), 2);
        for _ in 0..50 {
            assert_eq!(refusal(&quotas, ALICE, BANK, Read), Some(("user".to_owned(), Duration::from_secs(30))));
        }
        assert_eq!(allowed(&quotas, BRUNO, BANK, Read), 2);
        assert_eq!(allowed(&quotas, CARLA, BANK, Read), 1);
    }

    #[test]
    fn trying_again_in_vain_for_a_minute_does_not_cost_the_days_allowance() {
        let (quotas, clock) = quotas("all:10/day, all:1/minute", "none");
        assert_eq!(allowed(&quotas, ALICE, BANK, Read), 1);
        for _ in 0..50 {
            assert!(refusal(&quotas, ALICE, BANK, Read).is_some());
        }
        clock.advance(Duration::from_mins(1));
        let standing = quotas.charge_now(ALICE, BANK, Read).unwrap().unwrap();
        assert_eq!((standing.place, standing.remaining), (0, 0));
        // Nine are left for the day but for the two that were allowed.
        for _ in 0..8 {
            clock.advance(Duration::from_mins(1));
            assert_eq!(quotas.charge_now(ALICE, BANK, Read).map(|_| ()), Ok(()));
        }
        clock.advance(Duration::from_mins(1));
        assert_eq!(refusal(&quotas, ALICE, BANK, Read).unwrap().0, "user-day");
    }

    #[test]
    fn groups_are_apart_and_all_counts_every_one() {
        let (quotas, _) = quotas("none", "train:2/hour, write:3/hour, all:9/hour");
        assert_eq!(allowed(&quotas, ALICE, BANK, Train), 2);
        assert_eq!(refusal(&quotas, ALICE, BANK, Train).unwrap().0, "company-train-hour");
        assert_eq!(allowed(&quotas, ALICE, BANK, Write), 3);
        // Two trainings, three writes, and the two refusals that came before train and write said no.
        assert_eq!(allowed(&quotas, ALICE, BANK, Read), 1);
        assert_eq!(refusal(&quotas, ALICE, BANK, Read).unwrap().0, "company-hour");
    }

    #[test]
    fn windows_are_apart_and_each_comes_back_evenly() {
        let (quotas, clock) = quotas("all:2/minute, all:4/hour", "none");
        assert_eq!(allowed(&quotas, ALICE, None, Read), 2);
        assert_eq!(refusal(&quotas, ALICE, None, Read), Some(("user".to_owned(), Duration::from_secs(30))));
        clock.advance(Duration::from_mins(1));
        assert_eq!(allowed(&quotas, ALICE, None, Read), 2);
        clock.advance(Duration::from_mins(1));
        let (name, wait) = refusal(&quotas, ALICE, None, Read).unwrap();
        assert_eq!((name.as_str(), wait), ("user-hour", Duration::from_mins(13)));
        clock.advance(wait);
        assert_eq!(allowed(&quotas, ALICE, None, Read), 1);
    }

    #[test]
    fn the_tightest_quota_is_told() {
        let (quotas, _) = quotas("all:10/minute", "all:12/minute, train:1/day");
        let told = |user, group| {
            let standing = quotas.charge_now(user, BANK, group).unwrap().unwrap();
            (quotas.table().quotas()[standing.place].policy_name(), standing.remaining)
        };
        assert_eq!(told(ALICE, Read), ("user".to_owned(), 9));
        assert_eq!(told(ALICE, Train), ("company-train-day".to_owned(), 0));
        for _ in 0..6 {
            assert_eq!(told(BRUNO, Read).0, "user");
        }
        assert_eq!(told(CARLA, Read), ("company".to_owned(), 3));
    }

    #[test]
    fn who_belongs_to_no_company_is_charged_to_none() {
        let (quotas, _) = quotas("none", "all:1/minute");
        assert_eq!(quotas.charge_now(ALICE, None, Write), Ok(None));
        assert_eq!(allowed(&quotas, ALICE, None, Write), 100);
        assert_eq!(allowed(&quotas, BRUNO, BANK, Write), 1);
    }

    #[test]
    fn only_those_who_have_everything_back_are_forgotten() {
        let (quotas, clock) = quotas("all:2/minute", "all:4/hour");
        let known =
            |quotas: &MemoryQuotas<_>| quotas.counters.iter().map(|each| each.limiter.len()).collect::<Vec<_>>();
        assert_eq!(allowed(&quotas, ALICE, BANK, Read), 2);
        quotas.forget_idle();
        assert_eq!(known(&quotas), [1, 1]);
        clock.advance(Duration::from_mins(2));
        quotas.forget_idle();
        assert_eq!(known(&quotas), [0, 1]);
        assert_eq!(allowed(&quotas, ALICE, BANK, Read), 2);
        assert_eq!(refusal(&quotas, BRUNO, BANK, Read).map(|(name, _)| name), Some("company-hour".to_owned()));
    }
}
