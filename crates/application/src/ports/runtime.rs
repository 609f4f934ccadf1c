//! Time, randomness and identifiers, passed in so that tests can hold them still.

use atalaya_domain::id::{AttemptId, EntityId, FieldId, JobId, RecordId, SessionId, ViewId};
use chrono::{DateTime, TimeDelta, Utc};

/// The time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> DateTime<Utc>;

    /// By how much this machine's own clock is ahead of this one, as far as that is certain; negative where it is
    /// behind.
    fn drift(&self) -> TimeDelta {
        TimeDelta::zero()
    }
}

/// Random numbers that nobody can predict.
pub trait Randomness: Send + Sync {
    /// 128 random bits. Cheap enough for every request: it neither waits nor asks the operating system each time.
    fn bits(&self) -> u128;
}

/// Makes identifiers that nobody can guess or repeat.
pub trait Identifiers: Send + Sync {
    /// A UUIDv7.
    fn session(&self) -> SessionId;

    /// A UUIDv7.
    fn attempt(&self) -> AttemptId;

    /// A UUIDv7; of two that one process makes, the later one is the larger.
    fn job(&self) -> JobId;

    /// A UUIDv7.
    fn entity(&self) -> EntityId;

    /// A UUIDv7.
    fn field(&self) -> FieldId;

    /// A UUIDv7; of two that one process makes, the later one is the larger.
    fn record(&self) -> RecordId;

    /// A UUIDv7.
    fn view(&self) -> ViewId;
}

/// The state of one part that health reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// As it should be.
    Healthy,
    /// Working, and soon not.
    Warning,
    /// Not working.
    Unhealthy,
}

/// What a check finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// The state of the part.
    pub health: Health,
    /// Why it is not as it should be, and what to do: the key of a text below `health` in the texts that people read.
    pub reason: Option<&'static str>,
}

impl Finding {
    /// A state with its reason.
    #[must_use]
    pub fn because(health: Health, reason: &'static str) -> Self {
        Self { health, reason: Some(reason) }
    }
}

impl From<Health> for Finding {
    fn from(health: Health) -> Self {
        Self { health, reason: None }
    }
}

/// One check of `GET /health`.
pub trait Probe: Send + Sync {
    /// The check's wire word, such as `database`.
    fn name(&self) -> &'static str;
    /// Looks now. May block for a moment.
    fn check(&self) -> Finding;
}
