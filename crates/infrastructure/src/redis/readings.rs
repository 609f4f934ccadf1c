//! What was read on pictures, remembered by all replicas together. Redis learns neither a picture nor a digit: what it
//! has is encrypted, under names that only the installation can make.

use std::sync::Arc;
use std::time::Duration;

use ::redis::Script;
use atalaya_application::ports::digits::{
    CompanyPicture, PictureError, REMEMBERED_MINUTES, ReadPicture, ReadingMemory, Recalled,
};
use atalaya_domain::digits::{Candidate, Candidates, DigitReading, PictureArea, ReadDigit};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use super::{Invocation, Redis};
use crate::security::{PictureDigest, PictureName, ReadingKeys};

/// The largest reading that is kept, in bytes: of a page full of digits.
const MOST_BYTES: usize = 256 * 1024;
/// Gives a value.
const RECALL: &str = "return redis.call('GET', KEYS[1])";
/// Keeps a value for some milliseconds.
const REMEMBER: &str = "redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])\nreturn 1";

/// [`ReadingMemory`] in Redis. While Redis is away nothing is remembered.
pub struct RedisReadingMemory {
    redis: Arc<Redis>,
    keys: ReadingKeys,
    recall: Arc<Script>,
    remember: Arc<Script>,
}

impl RedisReadingMemory {
    /// Remembers in `redis`, under `keys`.
    #[must_use]
    pub fn new(redis: Arc<Redis>, keys: ReadingKeys) -> Self {
        Self { redis, keys, recall: Arc::new(Script::new(RECALL)), remember: Arc::new(Script::new(REMEMBER)) }
    }

    fn recall(&self, name: &PictureName) -> Option<DigitReading> {
        let invocation = self.invocation(&self.recall, name, Vec::new());
        let kept: Option<String> = self.redis.run_blocking(invocation)?;
        let sealed = STANDARD_NO_PAD.decode(kept?).ok()?;
        let written = self.keys.open(name, &sealed)?;
        postcard::from_bytes::<Stored>(&written).ok().map(Into::into)
    }

    /// Where it fails, the connection told of it, and the picture is read again next time.
    fn remember(&self, name: &PictureName, reading: &DigitReading) -> Option<()> {
        let written = postcard::to_stdvec(&Stored::from(reading)).ok().filter(|written| written.len() <= MOST_BYTES)?;
        let sealed = STANDARD_NO_PAD.encode(self.keys.seal(name, &written)?);
        let life = Duration::from_mins(REMEMBERED_MINUTES).as_millis().to_string();
        let _: u32 = self.redis.run_blocking(self.invocation(&self.remember, name, vec![sealed, life]))?;
        Some(())
    }

    fn invocation(&self, script: &Arc<Script>, name: &PictureName, arguments: Vec<String>) -> Invocation {
        let key = self.redis.key(format_args!("reading:{}", URL_SAFE_NO_PAD.encode(name)));
        Invocation { script: Arc::clone(script), keys: vec![key], arguments }
    }
}

impl ReadingMemory for RedisReadingMemory {
    fn recall_or_read(
        &self,
        picture: &CompanyPicture<'_>,
        read: &mut ReadPicture<'_>,
    ) -> Result<Recalled, PictureError> {
        if !self.redis.is_up() {
            return read().map(|reading| Recalled { reading, was_remembered: false });
        }
        let name = self.keys.name(&PictureDigest::of(picture));
        if let Some(reading) = self.recall(&name) {
            return Ok(Recalled { reading, was_remembered: true });
        }
        let reading = read()?;
        let _ = self.remember(&name, &reading);
        Ok(Recalled { reading, was_remembered: false })
    }
}

/// A digit with its probability.
type StoredCandidate = (u8, f32);
/// A digit that was found: its candidates; x, y, width and height; whether a person should look.
type StoredDigit = ([StoredCandidate; 3], [u32; 4], bool);

/// A reading as it is kept.
#[derive(Serialize, Deserialize)]
struct Stored {
    width: u32,
    height: u32,
    digits: Vec<StoredDigit>,
    text: String,
    first: [StoredCandidate; 3],
    needs_review: bool,
}

fn stored(candidates: &Candidates) -> [StoredCandidate; 3] {
    candidates.all().map(|Candidate { digit, probability }| (digit, probability))
}

fn read_back([first, second, third]: [StoredCandidate; 3]) -> Candidates {
    let candidate = |(digit, probability): StoredCandidate| Candidate { digit, probability };
    Candidates { first: candidate(first), others: [candidate(second), candidate(third)] }
}

impl From<&DigitReading> for Stored {
    fn from(reading: &DigitReading) -> Self {
        let digit = |found: &ReadDigit| {
            let PictureArea { x, y, width, height } = found.area;
            (stored(&found.candidates), [x, y, width, height], found.needs_review)
        };
        Self {
            width: reading.width,
            height: reading.height,
            digits: reading.digits.iter().map(digit).collect(),
            text: reading.text.clone(),
            first: stored(&reading.first),
            needs_review: reading.needs_review,
        }
    }
}

impl From<Stored> for DigitReading {
    fn from(kept: Stored) -> Self {
        let digit = |(candidates, [x, y, width, height], needs_review): StoredDigit| ReadDigit {
            candidates: read_back(candidates),
            area: PictureArea { x, y, width, height },
            needs_review,
        };
        Self {
            width: kept.width,
            height: kept.height,
            digits: kept.digits.into_iter().map(digit).collect(),
            text: kept.text,
            first: read_back(kept.first),
            needs_review: kept.needs_review,
        }
    }
}

#[cfg(test)]
mod tests {
    use atalaya_domain::access::Operator;
    use atalaya_domain::id::CompanyId;

    use super::super::tests::connected;
    use super::*;
    use crate::testing::reading;

    fn memory(redis: &Arc<Redis>) -> RedisReadingMemory {
        RedisReadingMemory::new(Arc::clone(redis), ReadingKeys::new(&vec![7; 32].into()).unwrap())
    }

    fn ask(memory: &RedisReadingMemory, company: i64, version: &str, text: &str) -> Recalled {
        let by = Operator::at_the_machine().mandate(CompanyId::new(company));
        let picture = CompanyPicture::new(&by, version, b"the same picture");
        memory.recall_or_read(&picture, &mut || Ok(reading(text))).unwrap()
    }

    fn all<T: ::redis::FromRedisValue + Send + 'static>(redis: &Redis, code: &str) -> T {
        let keys = vec![redis.key("reading:*")];
        redis.run_blocking(Invocation { script: Arc::new(Script::new(code)), keys, arguments: Vec::new() }).unwrap()
    }

    #[test]
    fn replicas_remember_together_for_each_company_and_version() {
        let redis = connected();
        let (here, there) = (memory(&redis), memory(&redis));
        assert_eq!(ask(&here, 1, "v1", "40 712"), Recalled { reading: reading("40 712"), was_remembered: false });
        assert_eq!(ask(&there, 1, "v1", "no"), Recalled { reading: reading("40 712"), was_remembered: true });
        assert!(!ask(&there, 2, "v1", "7").was_remembered);
        assert!(!ask(&there, 1, "v2", "7").was_remembered);
    }

    #[test]
    fn redis_keeps_a_reading_for_an_hour_at_most_and_cannot_read_it() {
        let redis = connected();
        let _ = ask(&memory(&redis), 1, "v1", "40712");
        let left: i64 = all(&redis, "return redis.call('PTTL', redis.call('KEYS', KEYS[1])[1])");
        assert!((1..=3_600_000).contains(&left), "{left}");
        let kept: String = all(&redis, "return redis.call('GET', redis.call('KEYS', KEYS[1])[1])");
        let bytes = STANDARD_NO_PAD.decode(&kept).unwrap();
        assert!(!kept.contains("40712") && !bytes.windows(5).any(|part| part == b"40712"));
    }

    #[test]
    fn what_is_no_reading_of_this_installation_is_read_again() {
        let redis = connected();
        let _ = ask(&memory(&redis), 1, "v1", "40712");
        let _: u32 = all(&redis, "redis.call('SET', redis.call('KEYS', KEYS[1])[1], 'AAAA')\nreturn 1");
        assert!(!ask(&memory(&redis), 1, "v1", "40712").was_remembered);
        assert!(ask(&memory(&redis), 1, "v1", "40712").was_remembered);
    }

    #[test]
    fn without_redis_every_picture_is_read() {
        let redis = Arc::new(Redis::begin(&"redis://127.0.0.1:9".into(), b"test", Arc::default()).unwrap());
        for _ in 0..2 {
            assert!(!ask(&memory(&redis), 1, "v1", "40712").was_remembered);
        }
    }
}
