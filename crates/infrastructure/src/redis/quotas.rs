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

/// [`Quotas`] in Redis: however many replicas there are, each quota is granted once. Who is charged what is exactly as in
/// [`MemoryQuotas`], which decides while Redis is away: each replica then grants the whole of every quota.
///
/// Redis keeps a key a quota and subject until the whole of it has come back. The key holds the count, so a quota that was
/// changed begins anew. Where the clock of Redis is set back by more than a window, its quotas begin anew too; by less, they
/// wait that much longer.
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

/// The script's answer: whether the request is allowed; the place of a quota, from 1, among those charged; and how many may
/// follow, or in how many nanoseconds one may.
type Answer = (bool, usize, u64);

impl RedisQuotas {
    /// Counts in `redis`.
    #[must_use]
    pub fn new(redis: Arc<Redis>, table: QuotaTable) -> Self {
        Self::with_clock(redis, table, CLOCK)
    }

    /// [`Self::new`] by a clock that is a line of Lua.
    pub(super) fn with_clock(redis: Arc<Redis>, table: QuotaTable, clock: &str) -> Self {
        let shared = |quota: &Quota| Shared {
            quota: *quota,
            key: redis.key(format_args!("quota:{}:{}:", quota.policy_name(), quota.count)),
            interval: quota.interval().as_nanos().to_string(),
            burst: quota.count.to_string(),
        };
        let quotas = table.quotas().iter().map(shared).collect();
        let script = Arc::new(Script::new(&format!("{clock}{CHARGE}")));
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
