//! The use case of reading digits, on the reader inside the program.

use std::sync::Arc;

use atalaya_application::digits::{DigitService, Digits};
use atalaya_application::ports::digits::ReadingMemory;
use atalaya_application::ports::runtime::Clock;
use atalaya_infrastructure::digits::{EmbeddedReader, LanedDigitReader};
use atalaya_infrastructure::memory::MokaReadingMemory;
use atalaya_infrastructure::redis::{Redis, RedisReadingMemory};
use atalaya_infrastructure::security::ReadingKeys;
use atalaya_infrastructure::vault::Purpose;

use super::StartError;
use super::foundation::Foundation;

/// The use case, and what its adapters tell of themselves.
pub(super) struct DigitReading {
    pub(super) digits: Arc<dyn Digits>,
    pub(super) reader: Arc<LanedDigitReader>,
}

impl DigitReading {
    /// Readings are remembered in Redis where there is one, else here.
    pub(super) fn build(
        foundation: &Foundation,
        clock: &Arc<dyn Clock>,
        redis: Option<&Arc<Redis>>,
        at_a_time: usize,
    ) -> Result<Self, StartError> {
        let embedded = EmbeddedReader::open().map_err(|damaged| StartError::Fault(damaged.to_string()))?;
        let reader = Arc::new(LanedDigitReader::new(Arc::new(embedded), at_a_time));
        let memory: Arc<dyn ReadingMemory> = match redis {
            Some(redis) => {
                let secret = foundation.vault.secret(Purpose::PictureReadings, clock.now())?;
                Arc::new(RedisReadingMemory::new(Arc::clone(redis), ReadingKeys::new(&secret)?))
            }
            None => Arc::new(MokaReadingMemory::new(Arc::clone(clock))),
        };
        let (store, clock) = (foundation.database.store(), Arc::clone(clock));
        let digits = DigitService { reader: reader.clone(), memory, store, clock };
        Ok(Self { digits: Arc::new(digits), reader })
    }
}
