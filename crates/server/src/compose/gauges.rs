//! What the adapters tell Prometheus of themselves.

use std::sync::Arc;

use atalaya_application::ports::runtime::Clock;
use atalaya_infrastructure::digits::LanedDigitReader;
use atalaya_infrastructure::fitting::LanedForecaster;
use atalaya_infrastructure::memory::{MokaAccountListMemory, MokaAccountMemory, MokaTokenMemory};
use atalaya_infrastructure::persistence::Database;
use atalaya_infrastructure::redis::Redis;
use atalaya_infrastructure::security::BcryptHasher;
use atalaya_web::ObservedGauge;

use super::foundation::Memories;

/// The adapters whose work keeps to a lane.
pub(super) struct Lanes {
    pub(super) hashing: Arc<BcryptHasher>,
    pub(super) fitting: Arc<LanedForecaster>,
    pub(super) digits: Arc<LanedDigitReader>,
}

/// The adapters that tell how full they are.
pub(super) struct Observed {
    database: Arc<Database>,
    clock: Arc<dyn Clock>,
    lanes: Lanes,
    token_memory: Arc<MokaTokenMemory>,
    account_memory: Arc<MokaAccountMemory>,
    account_lists: Arc<MokaAccountListMemory>,
    redis: Option<Arc<Redis>>,
}

impl Observed {
    pub(super) fn new(
        (database, clock): (Arc<Database>, Arc<dyn Clock>),
        lanes: Lanes,
        Memories { tokens: token_memory, accounts: account_memory, account_lists }: Memories,
        redis: Option<Arc<Redis>>,
    ) -> Self {
        Self { database, clock, lanes, token_memory, account_memory, account_lists, redis }
    }

    pub(super) fn gauges(&self) -> Vec<ObservedGauge> {
        let gauge = |name, help, label, read| ObservedGauge { name, help, label, read };
        let connections = |read: fn((u32, u32)) -> u32| {
            let database = Arc::clone(&self.database);
            Box::new(move || f64::from(read(database.connections()))) as Box<dyn Fn() -> f64 + Send + Sync>
        };
        let Lanes { hashing, fitting, digits } = &self.lanes;
        let (hashing, fitting, digits) = (Arc::clone(hashing), Arc::clone(fitting), Arc::clone(digits));
        let (urgent, lifted) = (Arc::clone(&hashing), Arc::clone(&digits));
        let (tokens, accounts) = (Arc::clone(&self.token_memory), Arc::clone(&self.account_memory));
        let lists = Arc::clone(&self.account_lists);
        let (pool, lane, memory) = ("atalaya_database_connections", "atalaya_lane_depth", "atalaya_memory_entries");
        let pool_help = "Database connections of the pool.";
        let lane_help = "Work that runs or waits in a lane.";
        let runs = "atalaya_lane_urgent_runs";
        let runs_help =
            "Runs of a lane since the start that were not left at the lowest priority because the machine was busy.";
        let memory_help = "What is remembered so that a request needs no database.";
        let redis = self.redis.clone().map(|redis| {
            let help = "Whether a part that the service can do without is there: 1 or 0.";
            gauge("atalaya_part_up", help, ("part", "redis"), Box::new(move || f64::from(u8::from(redis.is_up()))))
        });
        let (time, time_help) =
            ("atalaya_clock_ahead_seconds", "By how much this machine's clock is ahead of another.");
        let clock = Arc::clone(&self.clock);
        let always = [
            gauge(time, time_help, ("of", "database"), Box::new(move || clock.drift().as_seconds_f64())),
            gauge(pool, pool_help, ("state", "open"), connections(|(open, _)| open)),
            gauge(pool, pool_help, ("state", "idle"), connections(|(_, idle)| idle)),
            gauge(lane, lane_help, ("lane", "hashing"), Box::new(move || approximate(hashing.depth()))),
            gauge(lane, lane_help, ("lane", "fitting"), Box::new(move || approximate(fitting.depth()))),
            gauge(lane, lane_help, ("lane", "digits"), Box::new(move || approximate(digits.depth()))),
            gauge(runs, runs_help, ("lane", "hashing"), Box::new(move || approximate(urgent.lifted()))),
            gauge(runs, runs_help, ("lane", "digits"), Box::new(move || approximate(lifted.lifted()))),
            gauge(memory, memory_help, ("memory", "tokens"), Box::new(move || approximate(tokens.entries()))),
            gauge(memory, memory_help, ("memory", "accounts"), Box::new(move || approximate(accounts.entries()))),
            gauge(memory, memory_help, ("memory", "account_lists"), Box::new(move || approximate(lists.entries()))),
        ];
        always.into_iter().chain(redis).collect()
    }
}

#[expect(clippy::cast_precision_loss, reason = "a gauge of entries in memory stays far below 2^53")]
fn approximate(count: u64) -> f64 {
    count as f64
}
