//! What replicas share in Redis, where there is one.

use std::sync::Arc;

use atalaya_application::ports::quotas::Quotas;
use atalaya_application::ports::runtime::Clock;
use atalaya_domain::quota::QuotaTable;
use atalaya_infrastructure::quotas::MemoryQuotas;
use atalaya_infrastructure::redis::{Redis, RedisQuotas};
use atalaya_infrastructure::vault::Purpose;
use atalaya_infrastructure::wake::WakeSignal;
use secrecy::{ExposeSecret, SecretString};

use super::foundation::Foundation;
use super::{StartError, security};

/// The connection to Redis, and what its messages wake.
pub(super) struct Sharing {
    pub(super) redis: Option<Arc<Redis>>,
    pub(super) wakes: Arc<WakeSignal>,
}

impl Sharing {
    /// Connects to `url` in the background, and has every commit with changes announced there.
    pub(super) fn begin(
        url: Option<&SecretString>,
        foundation: &Foundation,
        clock: &dyn Clock,
    ) -> Result<Self, StartError> {
        let wakes = Arc::new(WakeSignal::default());
        let Some(url) = url else { return Ok(Self { redis: None, wakes }) };
        let names = foundation.vault.secret(Purpose::RedisNames, clock.now()).map_err(security)?;
        let redis = Redis::begin(url, names.expose_secret(), Arc::clone(&wakes)).map_err(StartError::Redis)?;
        let redis = Arc::new(redis);
        let caller = Arc::clone(&redis);
        foundation.database.announce_by(move || caller.wake_others());
        Ok(Self { redis: Some(redis), wakes })
    }
}

/// Counts in Redis where there is one, else here.
pub(super) fn quotas(table: &QuotaTable, redis: Option<&Arc<Redis>>) -> Arc<dyn Quotas> {
    match redis {
        Some(redis) => Arc::new(RedisQuotas::new(Arc::clone(redis), table.clone())),
        None => Arc::new(MemoryQuotas::new(table.clone())),
    }
}
