//! The machine: its clock, its randomness, its identifiers, and the checks of `GET /health`.

use std::fmt::Display;
use std::path::PathBuf;
use std::sync::Arc;

use atalaya_application::AppError;
use atalaya_application::error::Part;
use atalaya_application::ports::runtime::{Clock, Finding, Health, Identifiers, Probe, Randomness};
use atalaya_application::ports::security::{AccessClaims, AccessTokens};
use atalaya_domain::access::Role;
use atalaya_domain::horizon::has_happened;
use atalaya_domain::id::{AttemptId, CompanyId, EntityId, FieldId, JobId, RecordId, SessionId, ViewId};
use chrono::{DateTime, Duration, Utc};
use secrecy::ExposeSecret;
use uuid::Uuid;

/// How far this machine's clock may be from the database's before somebody is told.
pub const CLOCKS_APART: Duration = Duration::seconds(2);

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the adapter that everything else takes the time from")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// The generator of `rand` that each thread has of its own (`ChaCha`), seeded by the operating system and anew after
/// every 64 KiB. It costs some nanoseconds.
#[derive(Debug, Clone, Copy, Default)]
pub struct ThreadRandomness;

impl Randomness for ThreadRandomness {
    #[expect(clippy::disallowed_methods, reason = "this is the adapter that everything else takes random numbers from")]
    fn bits(&self) -> u128 {
        rand::random()
    }
}

/// Identifiers of version 7 (RFC 9562): ordered by time, with 74 random bits.
#[derive(Debug, Clone, Copy, Default)]
pub struct UuidIdentifiers;

impl Identifiers for UuidIdentifiers {
    #[expect(clippy::disallowed_methods, reason = "this is the adapter that everything else takes identifiers from")]
    fn session(&self) -> SessionId {
        SessionId::new(Uuid::now_v7())
    }

    #[expect(clippy::disallowed_methods, reason = "this is the adapter that everything else takes identifiers from")]
    fn attempt(&self) -> AttemptId {
        AttemptId::new(Uuid::now_v7())
    }

    #[expect(clippy::disallowed_methods, reason = "this is the adapter that everything else takes identifiers from")]
    fn job(&self) -> JobId {
        JobId::new(Uuid::now_v7())
    }

    #[expect(clippy::disallowed_methods, reason = "this is the adapter that everything else takes identifiers from")]
    fn entity(&self) -> EntityId {
        EntityId::new(Uuid::now_v7())
    }

    #[expect(clippy::disallowed_methods, reason = "this is the adapter that everything else takes identifiers from")]
    fn field(&self) -> FieldId {
        FieldId::new(Uuid::now_v7())
    }

    #[expect(clippy::disallowed_methods, reason = "this is the adapter that everything else takes identifiers from")]
    fn record(&self) -> RecordId {
        RecordId::new(Uuid::now_v7())
    }

    #[expect(clippy::disallowed_methods, reason = "this is the adapter that everything else takes identifiers from")]
    fn view(&self) -> ViewId {
        ViewId::new(Uuid::now_v7())
    }
}

/// Free space where the data lies.
#[derive(Debug, Clone)]
pub struct DiskProbe {
    directory: PathBuf,
}

impl DiskProbe {
    /// Below this share of free blocks: a warning.
    const WARNING_BELOW_PERCENT: u64 = 20;
    /// Below this share of free blocks: unhealthy.
    const UNHEALTHY_BELOW_PERCENT: u64 = 10;

    /// Watches the file system that holds `directory`.
    #[must_use]
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self { directory: directory.into() }
    }

    fn judge(available: u64, total: u64) -> Health {
        let percent = u128::from(available) * 100 / u128::from(total.max(1));
        if percent < u128::from(Self::UNHEALTHY_BELOW_PERCENT) {
            Health::Unhealthy
        } else if percent < u128::from(Self::WARNING_BELOW_PERCENT) {
            Health::Warning
        } else {
            Health::Healthy
        }
    }
}

impl Probe for DiskProbe {
    fn name(&self) -> &'static str {
        "disk_space"
    }

    fn check(&self) -> Finding {
        let health = match rustix::fs::statvfs(&self.directory) {
            // `f_bavail` is what an ordinary user may still write: root's reserve does not help this process.
            Ok(disk) => Self::judge(disk.f_bavail, disk.f_blocks),
            Err(error) => unhealthy(self.name(), &error),
        };
        health.into()
    }
}

/// Whether the database answers, and takes writes.
pub struct DatabaseProbe<P> {
    ping: P,
}

impl<P> DatabaseProbe<P>
where
    P: Fn() -> Result<(), AppError> + Send + Sync,
{
    /// Asks by `ping`, which should give up after a second or two.
    #[must_use]
    pub fn new(ping: P) -> Self {
        Self { ping }
    }
}

impl<P> Probe for DatabaseProbe<P>
where
    P: Fn() -> Result<(), AppError> + Send + Sync,
{
    fn name(&self) -> &'static str {
        "database"
    }

    fn check(&self) -> Finding {
        let Err(error) = (self.ping)() else { return Health::Healthy.into() };
        let reason = match &error {
            AppError::Unavailable { part: Part::PrimaryDatabase, .. } => "database_read_only",
            _ => "database_away",
        };
        Finding::because(unhealthy(self.name(), &error), reason)
    }
}

/// Whether access tokens can be signed and verified.
pub struct JwtProbe {
    tokens: Arc<dyn AccessTokens>,
    clock: Arc<dyn Clock>,
}

impl JwtProbe {
    /// Checks `tokens` by a token that never leaves this process.
    #[must_use]
    pub fn new(tokens: Arc<dyn AccessTokens>, clock: Arc<dyn Clock>) -> Self {
        Self { tokens, clock }
    }
}

impl Probe for JwtProbe {
    fn name(&self) -> &'static str {
        "jwt"
    }

    fn check(&self) -> Finding {
        self.signs_and_verifies().into()
    }
}

impl JwtProbe {
    fn signs_and_verifies(&self) -> Health {
        let now = self.clock.now();
        let claims = AccessClaims {
            username: "probe".to_owned(),
            company: Some(CompanyId::new(0)),
            role: Role::Viewer,
            session: SessionId::new(Uuid::nil()),
            user_version: 0,
            issued_at: now,
            expires_at: now + Duration::minutes(1),
        };
        let token = match self.tokens.issue(&claims) {
            Ok(token) => token,
            Err(error) => return unhealthy(self.name(), &error),
        };
        match self.tokens.verify(token.expose_secret(), now) {
            Ok(_) => Health::Healthy,
            Err(error) => unhealthy(self.name(), &error),
        }
    }
}

/// Whether time is as it should be: a warning where this machine's clock is not the database's, and while the clock has
/// not come to the newest time that was stored before the process began.
pub struct ClockProbe {
    clock: Arc<dyn Clock>,
    newest: Option<DateTime<Utc>>,
}

impl ClockProbe {
    /// Watches `clock`, beside the newest time that was stored.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, newest: Option<DateTime<Utc>>) -> Self {
        Self { clock, newest }
    }
}

impl Probe for ClockProbe {
    fn name(&self) -> &'static str {
        "clock"
    }

    fn check(&self) -> Finding {
        let behind = self.newest.is_some_and(|newest| !has_happened(newest, self.clock.now()));
        if behind || self.clock.drift().abs() > CLOCKS_APART {
            Finding::because(Health::Warning, "clock_apart")
        } else {
            Health::Healthy.into()
        }
    }
}

fn unhealthy(probe: &'static str, error: &dyn Display) -> Health {
    tracing::error!(probe, %error, "a health check failed");
    Health::Unhealthy
}

#[cfg(test)]
mod tests {
    use Health::{Healthy, Unhealthy, Warning};

    use super::*;

    #[test]
    fn disk_space_warns_below_a_fifth_and_fails_below_a_tenth() {
        let judged = [200, 199, 100, 99, 0].map(|free| DiskProbe::judge(free, 1_000));
        assert_eq!(judged, [Healthy, Warning, Warning, Unhealthy, Unhealthy]);
    }

    #[test]
    fn a_directory_that_is_not_there_is_unhealthy() {
        assert_eq!(DiskProbe::new("/no/such/directory").check().health, Health::Unhealthy);
        assert_ne!(DiskProbe::judge(1, 0), Health::Unhealthy);
    }

    #[test]
    fn the_database_is_as_healthy_as_its_answer() {
        assert_eq!(DatabaseProbe::new(|| Ok(())).check(), Health::Healthy.into());
        let found = |part| DatabaseProbe::new(move || Err(AppError::unavailable(part))).check();
        assert_eq!(found(Part::Database), Finding::because(Unhealthy, "database_away"));
        assert_eq!(found(Part::PrimaryDatabase), Finding::because(Unhealthy, "database_read_only"));
    }

    #[test]
    fn random_numbers_differ_and_use_every_bit() {
        let drawn: Vec<u128> = (0..1_000).map(|_| ThreadRandomness.bits()).collect();
        assert_eq!(drawn.iter().collect::<std::collections::HashSet<_>>().len(), drawn.len());
        assert_eq!(drawn.iter().fold(0, |seen, bits| seen | bits), u128::MAX);
    }

    #[test]
    fn session_ids_differ_and_sort_by_creation() {
        let ids: Vec<_> = (0..1_000).map(|_| UuidIdentifiers.session()).collect();
        assert!(ids.is_sorted_by(|a, b| a < b));
    }
}
