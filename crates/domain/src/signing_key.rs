//! Signing keys: where each stands in its life, and what is to be done about the set of them.
//!
//! One key signs, one stands by, already published, and those that signed before verify until their last token has
//! ended. So a rotation meets no verifier that does not know the new key, and a compromised key can be replaced at
//! once.
//!
//! Not here: how keys are made, stored or used. Whoever decides does so on the whole set, inside one transaction.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Duration, Utc};

use crate::horizon::has_happened;
use crate::text::InvalidText;

/// How long verifiers may keep the published key set without asking again.
pub const KEY_SET_CACHE: Duration = Duration::minutes(5);

/// How far the clocks of those who sign and of those who verify may differ.
pub const CLOCK_LEEWAY: Duration = Duration::seconds(5);

/// A key's id, the `kid` of token headers: for keys of the set, their thumbprint (RFC 7638).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId(String);

impl KeyId {
    /// The most characters. A thumbprint has 43.
    pub const MAX: usize = 64;

    /// Reads an id: letters, digits, `-` and `_`.
    ///
    /// # Errors
    /// [`InvalidText`] names the broken rule.
    pub fn parse(text: &str) -> Result<Self, InvalidText> {
        if text.is_empty() {
            return Err(InvalidText::Empty);
        }
        if text.len() > Self::MAX {
            return Err(InvalidText::TooLong { max: Self::MAX });
        }
        if !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')) {
            return Err(InvalidText::Character);
        }
        Ok(Self(text.to_owned()))
    }

    /// The id of the one shared secret, where that signs instead of a key of the set.
    #[must_use]
    pub fn of_shared_secret() -> Self {
        Self("shared".to_owned())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A word that names no algorithm or state of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such algorithm or state of a key")]
pub struct UnknownKeyWord;

/// By what a key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyAlgorithm {
    /// Ed25519 (RFC 8037).
    EdDsa,
    /// ECDSA on P-256 with SHA-256 (RFC 7518, section 3.4).
    Es256,
}

impl KeyAlgorithm {
    /// Both.
    pub const ALL: [Self; 2] = [Self::EdDsa, Self::Es256];

    /// The JWS name (RFC 7518, section 3.1; RFC 8037).
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EdDsa => "EdDSA",
            Self::Es256 => "ES256",
        }
    }
}

impl FromStr for KeyAlgorithm {
    type Err = UnknownKeyWord;

    fn from_str(text: &str) -> Result<Self, UnknownKeyWord> {
        Self::ALL.into_iter().find(|known| known.as_str() == text).ok_or(UnknownKeyWord)
    }
}

/// Where a key stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyState {
    /// Published and standing by, so that verifiers know it before it signs.
    Pending,
    /// Signs. There is exactly one.
    Active,
    /// Signs no more and still verifies.
    Retiring,
}

impl KeyState {
    /// Every state, in the order of a life.
    pub const ALL: [Self; 3] = [Self::Pending, Self::Active, Self::Retiring];

    /// The word that the database and the command line use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Retiring => "retiring",
        }
    }
}

impl FromStr for KeyState {
    type Err = UnknownKeyWord;

    fn from_str(text: &str) -> Result<Self, UnknownKeyWord> {
        Self::ALL.into_iter().find(|known| known.as_str() == text).ok_or(UnknownKeyWord)
    }
}

/// A key and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyLife {
    /// Its id.
    pub id: KeyId,
    /// By what it signs.
    pub algorithm: KeyAlgorithm,
    /// Where it stands.
    pub state: KeyState,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it came into its state.
    pub since: DateTime<Utc>,
}

/// How long each part of a life lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeySchedule {
    /// A key signs for so long.
    pub rotate_every: Duration,
    /// A key is published for at least so long before it signs.
    pub publish_ahead: Duration,
    /// A key verifies for so long after it signed.
    pub retire_for: Duration,
}

impl KeySchedule {
    /// Rotates so often. A key is published for two lives of a cached key set before it signs, and verifies for
    /// `token_life` after: its last token's, and the time in which the last of several processes hears of the rotation.
    #[must_use]
    pub fn new(rotate_every: Duration, token_life: Duration) -> Self {
        Self {
            rotate_every,
            publish_ahead: KEY_SET_CACHE * 2,
            retire_for: token_life + CLOCK_LEEWAY * 2 + KEY_SET_CACHE,
        }
    }

    /// When verifiers know a key that stands by.
    fn known_at(&self, standby: &KeyLife) -> DateTime<Utc> {
        standby.since + self.publish_ahead
    }

    /// When `standby` takes over from `active`. Another algorithm was asked for by the configuration, and does not wait
    /// for the end of the key's time.
    fn takes_over_at(&self, active: &KeyLife, standby: &KeyLife) -> DateTime<Utc> {
        let known_at = self.known_at(standby);
        if active.algorithm == standby.algorithm { known_at.max(active.since + self.rotate_every) } else { known_at }
    }

    fn removed_at(&self, retiring: &KeyLife) -> DateTime<Utc> {
        retiring.since + self.retire_for
    }
}

/// One change of the set. Steps are done in the order in which they are given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyStep {
    /// A key is made, published, and stands by.
    Publish(KeyAlgorithm),
    /// A key is made that signs at once, because no other can.
    Begin(KeyAlgorithm),
    /// The active key signs no more.
    Retire(KeyId),
    /// A key that stood by signs.
    Activate(KeyId),
    /// A key verifies no more, at the end of its life.
    Remove(KeyId),
    /// A key verifies no more, because it is compromised.
    Revoke(KeyId),
    /// A clock that ran ahead noted when a key came into its state: its time there counts from now.
    Redate(KeyId, KeyState),
}

/// Why keys are not changed as somebody asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyRefusal {
    /// Some verifiers may hold a key set without it.
    #[error(
        "the key that stands by, {id}, is not known to every verifier before {}; wait, or rotate --at-once and accept \
         that some refuse new tokens until then",
        .known_at.format("%Y-%m-%dT%H:%M:%SZ")
    )]
    TooYoung {
        /// The key that stands by.
        id: KeyId,
        /// When it may sign.
        known_at: DateTime<Utc>,
    },
    /// No key was published ahead.
    #[error("no key stands by yet; a running server publishes one within a minute, or rotate --at-once")]
    NoStandby,
    /// The set has no such key.
    #[error("there is no signing key {0}; see: atalaya keys list")]
    Unknown(KeyId),
}

/// Whether a rotation waits until every verifier knows the new key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// Not before that.
    WhenKnown,
    /// Now, whoever may not know it.
    AtOnce,
}

/// What becomes of a key next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextStep {
    /// It begins to sign.
    Signs,
    /// It signs no more.
    Retires,
    /// It verifies no more.
    IsRemoved,
}

/// What is due at `now` in a set whose new keys are of `algorithm`. Nothing, if what it says was done at that moment.
#[must_use]
pub fn plan(keys: &[KeyLife], now: DateTime<Utc>, schedule: &KeySchedule, algorithm: KeyAlgorithm) -> Vec<KeyStep> {
    let ahead = keys.iter().filter(|key| !has_happened(key.since, now));
    let mut steps: Vec<KeyStep> = ahead.map(|key| KeyStep::Redate(key.id.clone(), key.state)).collect();
    let keys = redated(keys, now);
    let all: Vec<&KeyLife> = keys.iter().collect();
    let over = all.iter().filter(|key| key.state == KeyState::Retiring && schedule.removed_at(key) <= now);
    steps.extend(over.map(|key| KeyStep::Remove(key.id.clone())));
    steps.extend(match (active(&all), standby(&all, algorithm)) {
        (None, _) => replace(&all, algorithm),
        (Some(active), Some(next)) if schedule.takes_over_at(active, next) <= now => {
            hand_over(&all, active, next, algorithm)
        }
        (Some(active), _) => stand_by(&all, active.algorithm, algorithm),
    });
    steps
}

/// The key that stands by takes over before its time.
///
/// # Errors
/// [`KeyRefusal`] says what to wait for.
pub fn rotate(
    keys: &[KeyLife],
    now: DateTime<Utc>,
    schedule: &KeySchedule,
    algorithm: KeyAlgorithm,
    urgency: Urgency,
) -> Result<Vec<KeyStep>, KeyRefusal> {
    let keys = redated(keys, now);
    let all: Vec<&KeyLife> = keys.iter().collect();
    let Some(active) = active(&all) else { return Ok(replace(&all, algorithm)) };
    match (standby(&all, algorithm), urgency) {
        (Some(next), Urgency::WhenKnown) if schedule.known_at(next) > now => {
            Err(KeyRefusal::TooYoung { id: next.id.clone(), known_at: schedule.known_at(next) })
        }
        (Some(next), _) => Ok(hand_over(&all, active, next, algorithm)),
        (None, Urgency::WhenKnown) => Err(KeyRefusal::NoStandby),
        (None, Urgency::AtOnce) => {
            let mut steps = vec![KeyStep::Retire(active.id.clone()), KeyStep::Begin(algorithm)];
            steps.extend(stand_by(&all, algorithm, algorithm));
            Ok(steps)
        }
    }
}

/// A compromised key goes at once, whatever its state. Where it was the one that signs, the key that verifiers have
/// known longest takes its place.
///
/// # Errors
/// [`KeyRefusal::Unknown`].
pub fn revoke(keys: &[KeyLife], id: &KeyId, algorithm: KeyAlgorithm) -> Result<Vec<KeyStep>, KeyRefusal> {
    let unknown = || KeyRefusal::Unknown(id.clone());
    let revoked = keys.iter().find(|key| key.id == *id).ok_or_else(unknown)?;
    let others: Vec<&KeyLife> = keys.iter().filter(|key| key.id != *id).collect();
    let mut steps = vec![KeyStep::Revoke(revoked.id.clone())];
    steps.extend(match active(&others) {
        None => replace(&others, algorithm),
        Some(active) => stand_by(&others, active.algorithm, algorithm),
    });
    Ok(steps)
}

/// What the schedule has in mind for a key, and when.
#[must_use]
pub fn next_step(
    key: &KeyLife,
    keys: &[KeyLife],
    schedule: &KeySchedule,
    algorithm: KeyAlgorithm,
) -> Option<(NextStep, DateTime<Utc>)> {
    if key.state == KeyState::Retiring {
        return Some((NextStep::IsRemoved, schedule.removed_at(key)));
    }
    let all: Vec<&KeyLife> = keys.iter().collect();
    let next = standby(&all, algorithm)?;
    let at = schedule.takes_over_at(active(&all)?, next);
    match key.state {
        KeyState::Active => Some((NextStep::Retires, at)),
        KeyState::Pending if key.id == next.id => Some((NextStep::Signs, at)),
        KeyState::Pending | KeyState::Retiring => Some((NextStep::IsRemoved, at)),
    }
}

/// The set without times that have not come: those count as now.
fn redated(keys: &[KeyLife], now: DateTime<Utc>) -> Vec<KeyLife> {
    let since = |key: &KeyLife| if has_happened(key.since, now) { key.since } else { now };
    keys.iter().map(|key| KeyLife { since: since(key), ..key.clone() }).collect()
}

fn active<'k>(keys: &[&'k KeyLife]) -> Option<&'k KeyLife> {
    keys.iter().copied().find(|key| key.state == KeyState::Active)
}

fn pending<'k>(keys: &[&'k KeyLife]) -> impl Iterator<Item = &'k KeyLife> {
    keys.iter().copied().filter(|key| key.state == KeyState::Pending)
}

/// The key that takes over next: of those of the wanted algorithm, the one that has been published longest.
fn standby<'k>(keys: &[&'k KeyLife], algorithm: KeyAlgorithm) -> Option<&'k KeyLife> {
    pending(keys).filter(|key| key.algorithm == algorithm).min_by_key(|key| (key.since, &key.id))
}

fn hand_over(keys: &[&KeyLife], from: &KeyLife, to: &KeyLife, algorithm: KeyAlgorithm) -> Vec<KeyStep> {
    let mut steps = vec![KeyStep::Retire(from.id.clone())];
    steps.extend(promote(keys, to, algorithm));
    steps
}

fn promote(keys: &[&KeyLife], to: &KeyLife, algorithm: KeyAlgorithm) -> Vec<KeyStep> {
    let rest: Vec<&KeyLife> = keys.iter().copied().filter(|key| key.id != to.id).collect();
    let mut steps = vec![KeyStep::Activate(to.id.clone())];
    steps.extend(stand_by(&rest, to.algorithm, algorithm));
    steps
}

/// Nobody signs: the key that verifiers have known longest does, of whatever algorithm, or a new one.
fn replace(keys: &[&KeyLife], algorithm: KeyAlgorithm) -> Vec<KeyStep> {
    match pending(keys).min_by_key(|key| (key.since, &key.id)) {
        Some(next) => promote(keys, next, algorithm),
        None => vec![KeyStep::Begin(algorithm), KeyStep::Publish(algorithm)],
    }
}

/// Sees to it that a key of the wanted algorithm stands by. One of another algorithm does so too until the wanted one
/// signs: should the active key be revoked before, it is the one that verifiers know.
fn stand_by(keys: &[&KeyLife], signing: KeyAlgorithm, wanted: KeyAlgorithm) -> Vec<KeyStep> {
    let unwanted = pending(keys).filter(|key| signing == wanted && key.algorithm != wanted);
    let mut steps: Vec<KeyStep> = unwanted.map(|key| KeyStep::Remove(key.id.clone())).collect();
    if standby(keys, wanted).is_none() {
        steps.push(KeyStep::Publish(wanted));
    }
    steps
}

#[cfg(test)]
mod tests;
