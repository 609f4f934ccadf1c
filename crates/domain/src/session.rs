//! Sessions: one device's chain of refresh tokens, and the limits of its life.

use chrono::{DateTime, Duration, Utc};

use crate::horizon::has_happened;
use crate::id::{CompanyId, SessionId, UserId};
use crate::text::{InvalidText, is_hidden, visible};

/// How long sessions and tokens live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionLimits {
    /// An access token's life.
    pub access_token: Duration,
    /// A session that is not refreshed for so long has ended.
    pub idle: Duration,
    /// A session ends after this however much it is used.
    pub absolute: Duration,
}

impl SessionLimits {
    /// The life of a session that has one access token and nothing to continue it with.
    #[must_use]
    pub fn only_token(&self) -> Duration {
        self.access_token.min(self.idle).min(self.absolute)
    }
}

/// What a client's program calls itself in its `User-Agent` (RFC 9110, 10.1.5): shown to people, trusted for nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent(String);

impl Agent {
    /// The most characters that are kept.
    pub const MAX_CHARS: usize = 200;

    /// What is readable of `text`, cut where it is too long; `None` when nothing is left.
    #[must_use]
    pub fn readable(text: &str) -> Option<Self> {
        let readable: String = text.chars().filter(|c| !is_hidden(*c)).take(Self::MAX_CHARS).collect();
        let readable = readable.trim();
        (!readable.is_empty()).then(|| Self(readable.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a client calls its device: shown to people, trusted for nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceName(String);

impl DeviceName {
    /// The most characters.
    pub const MAX_CHARS: usize = 100;

    /// Accepts up to [`Self::MAX_CHARS`] characters, none of them hidden. It may be empty: some clients send it so.
    ///
    /// # Errors
    /// [`InvalidText`] names the broken rule.
    pub fn parse(text: &str) -> Result<Self, InvalidText> {
        visible(text, Self::MAX_CHARS).map(|()| Self(text.to_owned()))
    }

    /// A name that the store holds. It was accepted by the rules of its time, which allowed more.
    #[must_use]
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One device's login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its identifier, the `sid` of its access tokens.
    pub id: SessionId,
    /// Whose it is.
    pub user: UserId,
    /// The user's company.
    pub company: Option<CompanyId>,
    /// What the client called itself at login.
    pub device_name: Option<DeviceName>,
    /// The program that logged in.
    pub agent: Option<Agent>,
    /// Login time.
    pub created_at: DateTime<Utc>,
    /// Last login or refresh.
    pub last_used_at: DateTime<Utc>,
    /// The absolute limit.
    pub expires_at: DateTime<Utc>,
    /// The client's address at login.
    pub address: Option<String>,
    /// When it was ended, by logout, revocation or replay.
    pub ended_at: Option<DateTime<Utc>>,
}

/// When a session ends by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionEnds {
    /// At the latest, however much it is used.
    pub at: DateTime<Utc>,
    /// By the idle limit, unless it is refreshed before; never after `at`.
    pub idle_at: DateTime<Utc>,
}

/// Where a session stands in a list of a user's sessions, which is newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionPlace {
    /// Login time.
    pub created_at: DateTime<Utc>,
    /// The session, to tell those apart that began in the same microsecond.
    pub id: SessionId,
}

impl Session {
    /// Where it stands in a list.
    #[must_use]
    pub fn place(&self) -> SessionPlace {
        SessionPlace { created_at: self.created_at, id: self.id }
    }

    /// Whether the session may still be refreshed at `now`. One that a clock dated which ran ahead is not live: else it
    /// would outlive its limits by as much.
    #[must_use]
    pub fn is_live(&self, now: DateTime<Utc>, limits: &SessionLimits) -> bool {
        let dated_ahead = !has_happened(self.created_at, now) || !has_happened(self.last_used_at, now);
        self.ended_at.is_none() && !dated_ahead && now < self.ends(limits).idle_at
    }

    /// When it ends by itself. A limit that was lowered since its login counts.
    #[must_use]
    pub fn ends(&self, limits: &SessionLimits) -> SessionEnds {
        let at = self.expires_at.min(self.created_at + limits.absolute);
        SessionEnds { at, idle_at: at.min(self.last_used_at + limits.idle) }
    }

    /// How long the next access token lives: never past the session's own limits.
    #[must_use]
    pub fn access_token_life(&self, now: DateTime<Utc>, limits: &SessionLimits) -> Duration {
        limits.access_token.min(self.ends(limits).idle_at - now).max(Duration::zero())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: SessionLimits = SessionLimits {
        access_token: Duration::minutes(30),
        idle: Duration::minutes(120),
        absolute: Duration::hours(24),
    };

    fn session(now: DateTime<Utc>) -> Session {
        Session {
            id: SessionId::new(uuid::Uuid::nil()),
            user: UserId::new(1),
            company: None,
            device_name: None,
            agent: None,
            created_at: now,
            last_used_at: now,
            expires_at: now + LIMITS.absolute,
            address: None,
            ended_at: None,
        }
    }

    #[test]
    fn a_session_ends_when_idle_and_at_its_absolute_limit() {
        let start = DateTime::UNIX_EPOCH;
        let mut session = session(start);
        assert!(session.is_live(start + Duration::minutes(119), &LIMITS));
        assert!(!session.is_live(start + Duration::minutes(120), &LIMITS));
        session.last_used_at = start + Duration::hours(23);
        assert!(!session.is_live(start + Duration::hours(24), &LIMITS));
    }

    #[test]
    fn a_session_that_was_dated_ahead_is_not_live() {
        let start = DateTime::UNIX_EPOCH;
        let begun_ahead = session(start + Duration::days(30));
        assert!(!begun_ahead.is_live(start, &LIMITS));
        assert!(begun_ahead.is_live(start + Duration::days(30), &LIMITS), "nothing is lost where the clock was right");
        let used_ahead = Session { last_used_at: start + Duration::hours(3), ..session(start) };
        assert!(!used_ahead.is_live(start, &LIMITS));
        let a_little = Session { last_used_at: start + Duration::seconds(30), ..session(start) };
        assert!(a_little.is_live(start, &LIMITS));
    }

    #[test]
    fn a_session_lives_no_longer_than_the_present_limit() {
        let start = DateTime::UNIX_EPOCH;
        let shorter = SessionLimits { absolute: Duration::hours(1), ..LIMITS };
        assert!(!session(start).is_live(start + Duration::hours(1), &shorter));
    }

    #[test]
    fn the_idle_limit_moves_with_each_use_and_never_past_the_absolute_one() {
        let start = DateTime::UNIX_EPOCH;
        let at = start + LIMITS.absolute;
        let ends = |used_after| Session { last_used_at: start + used_after, ..session(start) }.ends(&LIMITS);
        assert_eq!(ends(Duration::zero()), SessionEnds { at, idle_at: start + LIMITS.idle });
        assert_eq!(ends(Duration::hours(1)), SessionEnds { at, idle_at: start + Duration::hours(3) });
        assert_eq!(ends(Duration::hours(23)), SessionEnds { at, idle_at: at });
    }

    #[test]
    fn an_agent_is_what_can_be_read_of_it() {
        let readable = |text: &str| Agent::readable(text).map(|agent| agent.as_str().to_owned());
        assert_eq!(readable("Mozilla/5.0\r\n\u{1b}[31m (X11)").as_deref(), Some("Mozilla/5.0[31m (X11)"));
        assert_eq!(readable(&"ñ".repeat(300)), Some("ñ".repeat(Agent::MAX_CHARS)));
        assert_eq!(readable(" \u{7}"), None);
    }

    #[test]
    fn an_access_token_never_outlives_its_session() {
        let start = DateTime::UNIX_EPOCH;
        let late = start + Duration::hours(24) - Duration::minutes(5);
        let used = Session { last_used_at: late, ..session(start) };
        assert_eq!(used.access_token_life(late, &LIMITS), Duration::minutes(5));
        let restless = SessionLimits { idle: Duration::minutes(10), ..LIMITS };
        assert_eq!(session(start).access_token_life(start, &restless), Duration::minutes(10));
    }
}
