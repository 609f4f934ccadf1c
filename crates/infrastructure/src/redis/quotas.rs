//! Quotas that all replicas count together, by the generic cell rate algorithm (GCRA, ITU-T I.371).

use std::sync::Arc;
use std::time::Duration;

use ::redis::Script;
use atalaya_application::ports::quotas::{Charge, Charged, Exceeded, Quotas, Standing};
use atalaya_domain::id::{CompanyId, UserId};
use atalaya_domain::quota::{Quota, QuotaTable, RouteGroup};

use super::{Invocation, Redis};
use crate::quotas::{MemoryQuotas, counted_for};

/// The clock of Redis, so that replicas whose clocks differ agree: seconds and microseconds.
const CLOCK: &str = "local now = redis.call('TIME')\n";
/// Charges a request to each of its quotas, in their order.
const CHARGE: &str = include_str!("charge.lua");

/// [`Quotas`] in Redis: however many replicas there are, each quota is granted once. Who is charged what is exactly as
/// in [`MemoryQuotas`], which decides while Redis is away: each replica then grants the whole of every quota.
///
/// Redis keeps a key a quota and subject until the whole of it has come back. The key holds the count, so a quota that
/// was changed begins anew. Where the clock of Redis is set back by more than a window, its quotas begin anew too; by
/// less, they wait that much longer.
pub struct RedisQuotas {
    redis: Arc<Redis>,
    local: Arc<MemoryQuotas>,
    script: Arc<Script>,
    quotas: Vec<Shared>,
}

/// One quota as the script needs it.
struct Shared {
    quota: Quota,
    /// All of the key but the number of the user or company.
    key: String,
    /// The interval in nanoseconds.
    interval: String,
    /// The count.
    burst: String,
}

/// The script's answer: whether the request is allowed; the place of a quota, from 1, among those charged; and how many
/// may follow, or in how many nanoseconds one may.
type Answer = (bool, usize, u64);

impl RedisQuotas {
    /// Counts in `redis`.
    #[must_use]
    pub fn new(redis: Arc<Redis>, table: QuotaTable) -> Self {
        Self::with_script(redis, table, &format!("{CLOCK}{CHARGE}"))
    }

    fn with_script(redis: Arc<Redis>, table: QuotaTable, script: &str) -> Self {
        let shared = |quota: &Quota| Shared {
            quota: *quota,
            key: redis.key(format_args!("quota:{}:{}:", quota.policy_name(), quota.count)),
            interval: quota.interval().as_nanos().to_string(),
            burst: quota.count.to_string(),
        };
        let quotas = table.quotas().iter().map(shared).collect();
        let script = Arc::new(Script::new(script));
        Self { redis, local: Arc::new(MemoryQuotas::new(table)), script, quotas }
    }

    /// What to ask of Redis for a request, and the places of the quotas that it is charged to.
    fn invocation(&self, user: UserId, company: Option<CompanyId>, group: RouteGroup) -> (Invocation, Vec<usize>) {
        let mut invocation = Invocation { script: Arc::clone(&self.script), keys: Vec::new(), arguments: Vec::new() };
        let mut places = Vec::new();
        for (place, Shared { quota, key, interval, burst }) in self.quotas.iter().enumerate() {
            let Some(number) = counted_for(*quota, user, company, group) else { continue };
            invocation.keys.push(format!("{key}{number}"));
            invocation.arguments.extend([interval.clone(), burst.clone()]);
            places.push(place);
        }
        (invocation, places)
    }
}

impl Quotas for RedisQuotas {
    fn table(&self) -> &QuotaTable {
        self.local.table()
    }

    fn charge(&self, user: UserId, company: Option<CompanyId>, group: RouteGroup) -> Charge {
        let local = || self.local.charge_now(user, company, group);
        if !self.redis.is_up() {
            return Charge::Now(local());
        }
        let (invocation, places) = self.invocation(user, company, group);
        if places.is_empty() {
            return Charge::Now(Ok(None));
        }
        let Some(answer) = self.redis.run::<Answer>(invocation) else { return Charge::Now(local()) };
        let local = Arc::clone(&self.local);
        Charge::Later(Box::pin(async move {
            let answer = answer.await.and_then(|answer| understood(answer, &places, local.table()));
            answer.unwrap_or_else(|| local.charge_now(user, company, group))
        }))
    }

    fn forget_idle(&self) {
        self.local.forget_idle();
    }
}

/// What the script said; `None` where it makes no sense.
fn understood((allowed, nth, number): Answer, places: &[usize], table: &QuotaTable) -> Option<Charged> {
    let place = *places.get(nth.checked_sub(1)?)?;
    if allowed {
        return Some(Ok(Some(Standing { place, remaining: u32::try_from(number).ok()? })));
    }
    let quota = *table.quotas().get(place)?;
    Some(Err(Exceeded { quota, retry_after: Duration::from_nanos(number) }))
}

#[cfg(test)]
mod tests {
    use atalaya_domain::quota::{QuotaSubject, QuotaWindow};
    use governor::clock::FakeRelativeClock;
    use proptest::prelude::*;

    use super::super::tests::connected;
    use super::*;

    /// When the settable clock begins, in seconds: a second before those have one more digit.
    const BEGINNING: u64 = 9_999_999_999;

    /// Quotas by a clock that [`set`] sets. No key expires: Redis does that by its own.
    fn settable(redis: &Arc<Redis>, table: QuotaTable) -> RedisQuotas {
        let clock = format!("local now = redis.call('HMGET', '{}', 's', 'us')\n", redis.key("clock"));
        let forever = CHARGE.replace(", 'PX', math.ceil(ahead / 1000000)", "");
        assert_ne!(forever, CHARGE);
        let quotas = RedisQuotas::with_script(Arc::clone(redis), table, &format!("{clock}{forever}"));
        set(redis, 0);
        quotas
    }

    fn lua<T: ::redis::FromRedisValue + Send + 'static>(redis: &Redis, code: &str, key: &str, arguments: &[u64]) -> T {
        let arguments = arguments.iter().map(ToString::to_string).collect();
        let invocation = Invocation { script: Arc::new(Script::new(code)), keys: vec![redis.key(key)], arguments };
        redis.run_blocking(invocation).expect("Redis answers")
    }

    fn set(redis: &Redis, micros: u64) {
        let time = [BEGINNING + micros / 1_000_000, micros % 1_000_000];
        let _: u64 = lua(redis, "return redis.call('HSET', KEYS[1], 's', ARGV[1], 'us', ARGV[2])", "clock", &time);
    }

    /// A charge that Redis has to answer.
    fn charge(quotas: &RedisQuotas, user: i64, company: Option<i64>, group: RouteGroup) -> Charged {
        match quotas.charge(UserId::new(user), company.map(CompanyId::new), group) {
            Charge::Now(charged) => {
                assert_eq!(charged, Ok(None), "Redis was not asked");
                charged
            }
            Charge::Later(charge) => tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(charge),
        }
    }

    fn table(user: &str, company: &str) -> QuotaTable {
        let lists = [(QuotaSubject::User, user), (QuotaSubject::Company, company)];
        QuotaTable::new(lists.into_iter().flat_map(|(subject, list)| Quota::parse_list(subject, list).unwrap()))
    }

    fn any_table() -> impl Strategy<Value = QuotaTable> {
        let count = prop_oneof![1..6_u32, 1..5_000_u32, Quota::MOST - 9..=Quota::MOST];
        let quota = (
            proptest::sample::select(vec![QuotaSubject::User, QuotaSubject::Company]),
            proptest::option::of(proptest::sample::select(RouteGroup::ALL.to_vec())),
            proptest::sample::select(QuotaWindow::ALL.to_vec()),
            count,
        );
        proptest::collection::vec(quota, 1..6).prop_map(|quotas| {
            let mut scopes = std::collections::HashSet::new();
            let quotas =
                quotas.into_iter().filter(|(subject, group, window, _)| scopes.insert((*subject, *group, *window)));
            QuotaTable::new(quotas.map(|(subject, group, window, count)| Quota {
                subject,
                group,
                window,
                count: count.try_into().unwrap(),
            }))
        })
    }

    /// Microseconds to wait, a user, perhaps a company, and a group.
    fn any_request() -> impl Strategy<Value = (u64, i64, Option<i64>, RouteGroup)> {
        let pause = prop_oneof![4 => Just(0), 2 => 1..10_u64, 2 => 1..60_000_000_u64, 1 => 1..200_000_000_000_u64];
        let group = proptest::sample::select(RouteGroup::ALL.to_vec());
        (pause, 1..3_i64, proptest::option::weighted(0.8, 1..3_i64), group)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn replicas_are_granted_what_one_process_is(
            table in any_table(),
            requests in proptest::collection::vec(any_request(), 1..60),
        ) {
            let redis = connected();
            let replicas = [settable(&redis, table.clone()), settable(&redis, table.clone())];
            let clock = FakeRelativeClock::default();
            let memory = MemoryQuotas::with_clock(table, clock.clone());
            let mut time = 0;
            for ((pause, user, company, group), replica) in requests.into_iter().zip(replicas.iter().cycle()) {
                clock.advance(Duration::from_micros(pause));
                time += pause;
                set(&redis, time);
                let alone = memory.charge_now(UserId::new(user), company.map(CompanyId::new), group);
                prop_assert_eq!(charge(replica, user, company, group), alone);
            }
        }
    }

    #[test]
    fn a_key_is_gone_when_the_whole_has_come_back() {
        let redis = connected();
        let quotas = RedisQuotas::new(Arc::clone(&redis), table("all:60/minute", "none"));
        let kept = || lua::<i64>(&redis, "return redis.call('PTTL', KEYS[1])", "quota:user:60:1", &[]);
        for charged in 1..=3 {
            assert!(charge(&quotas, 1, None, RouteGroup::Read).is_ok());
            let kept = kept();
            assert!((1..=charged * 1_000).contains(&kept), "{kept} ms after {charged}");
        }
        // In place of a wait for it.
        let _: u64 = lua(&redis, "return redis.call('PEXPIRE', KEYS[1], 0)", "quota:user:60:1", &[]);
        assert_eq!(charge(&quotas, 1, None, RouteGroup::Read).unwrap().unwrap().remaining, 59);
    }

    #[test]
    fn a_clock_that_was_set_back_by_more_than_a_window_refuses_nobody() {
        let redis = connected();
        let quotas = settable(&redis, table("all:2/minute", "none"));
        set(&redis, 3_600_000_000);
        for allowed in [true, true, false] {
            assert_eq!(charge(&quotas, 1, None, RouteGroup::Read).is_ok(), allowed);
        }
        set(&redis, 0);
        assert!(charge(&quotas, 1, None, RouteGroup::Read).is_ok());
    }

    #[test]
    fn a_quota_that_was_changed_begins_anew() {
        let redis = connected();
        let old = RedisQuotas::new(Arc::clone(&redis), table("all:1/day", "none"));
        assert!(charge(&old, 1, None, RouteGroup::Read).is_ok());
        assert!(charge(&old, 1, None, RouteGroup::Read).is_err());
        let new = RedisQuotas::new(Arc::clone(&redis), table("all:5/day", "none"));
        assert_eq!(charge(&new, 1, None, RouteGroup::Read).unwrap().unwrap().remaining, 4);
    }
}
