//! What replicas share in Redis, where there is one.

use std::sync::Arc;

use atalaya_application::ports::quotas::Quotas;
use atalaya_application::ports::runtime::Clock;
use atalaya_domain::quota::QuotaTable;
use atalaya_infrastructure::quotas::MemoryQuotas;
use atalaya_infrastructure::redis::{Redis, RedisCaller, RedisQuotas};
use atalaya_infrastructure::vault::Purpose;
use atalaya_infrastructure::wake::WakeSignal;
use secrecy::{ExposeSecret, SecretString};

use super::StartError;
use super::foundation::Foundation;
use super::part::Part;

/// The connection to Redis, and what its messages wake.
#[derive(Default)]
pub(super) struct Sharing {
    pub(super) redis: Option<Arc<Redis>>,
    pub(super) wakes: Arc<WakeSignal>,
    /// Of a command. When it is dropped, all calls were made.
    pub(super) caller: Option<RedisCaller>,
}

impl Sharing {
    /// Connects to `url` in the background, and has every commit with changes announced there.
    pub(super) fn begin(
        url: Option<&SecretString>,
        part: Part,
        foundation: &Foundation,
        clock: &dyn Clock,
    ) -> Result<Self, StartError> {
        let mut sharing = Self::default();
        let Some(url) = url else { return Ok(sharing) };
        let names = foundation.vault.secret(Purpose::RedisNames, clock.now())?;
        let names = names.expose_secret();
        match part {
            Part::Server => {
                let redis = Redis::begin(url, names, Arc::clone(&sharing.wakes)).map_err(StartError::Redis)?;
                let redis = Arc::new(redis);
                let caller = Arc::clone(&redis);
                foundation.database.announce_by(move || caller.wake_others());
                sharing.redis = Some(redis);
            }
            Part::Command => {
                let caller = RedisCaller::begin(url, names).map_err(StartError::Redis)?;
                foundation.database.announce_by(caller.announcer());
                sharing.caller = Some(caller);
            }
        }
        Ok(sharing)
    }
}

/// Counts in Redis where there is one, else here.
pub(super) fn quotas(table: &QuotaTable, redis: Option<&Arc<Redis>>) -> Arc<dyn Quotas> {
    match redis {
        Some(redis) => Arc::new(RedisQuotas::new(Arc::clone(redis), table.clone())),
        None => Arc::new(MemoryQuotas::new(table.clone())),
    }
}
