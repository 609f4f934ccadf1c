//! What was read on pictures, in the memory of one process.

use std::sync::Arc;
use std::time::Duration;

use atalaya_application::ports::digits::{
    CompanyPicture, PictureError, REMEMBERED_MINUTES, ReadPicture, ReadingMemory, Recalled,
};
use atalaya_application::ports::runtime::Clock;
use atalaya_domain::digits::{DigitReading, ReadDigit};
use chrono::{DateTime, TimeDelta, Utc};
use moka::sync::Cache;

use crate::security::PictureDigest;

/// Remembers readings by the digests of their pictures. Never the pictures.
pub struct MokaReadingMemory {
    readings: Cache<PictureDigest, Entry>,
    clock: Arc<dyn Clock>,
}

#[derive(Clone)]
struct Entry {
    reading: Arc<DigitReading>,
    until: DateTime<Utc>,
}

impl MokaReadingMemory {
    /// The most memory that readings take, in bytes: some ten thousand of them.
    const CAPACITY: u64 = 16 * 1024 * 1024;
    /// What a reading without digits takes, with its key and its place.
    const EMPTY: usize = 512;
    /// How long a reading is remembered.
    const LIFE: Duration = Duration::from_mins(REMEMBERED_MINUTES);

    /// Remembers by the time of `clock`.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let builder = Cache::builder().max_capacity(Self::CAPACITY).weigher(|_, entry: &Entry| weight(&entry.reading));
        Self { readings: builder.time_to_live(Self::LIFE).build(), clock }
    }

    /// About how many readings are remembered.
    #[must_use]
    pub fn entries(&self) -> u64 {
        self.readings.entry_count()
    }
}

/// The bytes of a reading.
fn weight(reading: &DigitReading) -> u32 {
    let digits = reading.digits.len().saturating_mul(size_of::<ReadDigit>()) + reading.text.len();
    u32::try_from(MokaReadingMemory::EMPTY + digits).unwrap_or(u32::MAX)
}

impl ReadingMemory for MokaReadingMemory {
    fn recall_or_read(
        &self,
        picture: &CompanyPicture<'_>,
        read: &mut ReadPicture<'_>,
    ) -> Result<Recalled, PictureError> {
        let digest = PictureDigest::of(picture);
        let now = self.clock.now();
        if let Some(entry) = self.readings.get(&digest).filter(|entry| now < entry.until) {
            return Ok(Recalled { reading: DigitReading::clone(&entry.reading), was_remembered: true });
        }
        let reading = Arc::new(read()?);
        let until = now + TimeDelta::from_std(Self::LIFE).unwrap_or_default();
        self.readings.insert(digest, Entry { reading: Arc::clone(&reading), until });
        Ok(Recalled { reading: Arc::unwrap_or_clone(reading), was_remembered: false })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use atalaya_domain::access::Operator;
    use atalaya_domain::id::CompanyId;

    use super::*;
    use crate::testing::reading;

    #[derive(Default)]
    struct Minutes(AtomicI64);

    impl Clock for Minutes {
        fn now(&self) -> DateTime<Utc> {
            DateTime::UNIX_EPOCH + TimeDelta::minutes(self.0.load(Ordering::Relaxed))
        }
    }

    /// What the memory says of a picture that is read as `text`: the text, and whether it was remembered.
    fn ask(memory: &MokaReadingMemory, company: i64, picture: &[u8], text: &str) -> (String, bool) {
        let by = Operator::at_the_machine().mandate(CompanyId::new(company));
        let picture = CompanyPicture::new(&by, "v1", picture);
        let recalled = memory.recall_or_read(&picture, &mut || Ok(reading(text))).unwrap();
        (recalled.reading.text, recalled.was_remembered)
    }

    #[test]
    fn a_reading_is_remembered_for_an_hour_and_for_its_own_company() {
        let clock = Arc::new(Minutes::default());
        let memory = MokaReadingMemory::new(clock.clone());
        assert_eq!(ask(&memory, 1, b"a", "40712"), ("40712".to_owned(), false));
        assert_eq!(ask(&memory, 2, b"a", "of another bank"), ("of another bank".to_owned(), false));
        assert_eq!(ask(&memory, 1, b"b", "another picture"), ("another picture".to_owned(), false));
        clock.0.store(59, Ordering::Relaxed);
        assert_eq!(ask(&memory, 1, b"a", ""), ("40712".to_owned(), true));
        clock.0.store(60, Ordering::Relaxed);
        assert_eq!(ask(&memory, 1, b"a", "anew"), ("anew".to_owned(), false));
    }

    #[test]
    fn what_was_not_read_is_not_remembered() {
        let memory = MokaReadingMemory::new(Arc::new(Minutes::default()));
        let by = Operator::at_the_machine().mandate(CompanyId::new(1));
        let picture = CompanyPicture::new(&by, "v1", b"a");
        let failed = memory.recall_or_read(&picture, &mut || Err(PictureError::Broken));
        assert_eq!(failed, Err(PictureError::Broken));
        assert_eq!(ask(&memory, 1, b"a", "40712"), ("40712".to_owned(), false));
    }
}
