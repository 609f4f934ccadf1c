//! Failed logins: counted in the database, so that a restart forgets none and replicas share them.
//!
//! What only this moment knows is in memory: which attempts are under way, and which subjects are locked, so that a
//! flood against a locked one does not reach the database. Several processes count the attempts under way in Redis
//! together; without Redis, each lets as many be under way at once as may fail.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use atalaya_application::AppError;
use atalaya_application::ports::login_failures::SubjectDigest;
use atalaya_application::ports::platform::{PlatformStore, PlatformUnit};
use atalaya_application::ports::security::LoginGuard;
use atalaya_domain::login::{Attempt, AttemptKind, Device, FailureWindow, LockoutPolicy, Scope, Subject};
use atalaya_domain::suspect::Suspect;
use aws_lc_rs::hmac;
use chrono::{DateTime, Utc};
use moka::sync::Cache;
use secrecy::{ExposeSecret, SecretSlice};

use crate::redis::{SharedAttempts, Ticket};
use crate::sync::locked;

/// [`LoginGuard`] on the database.
pub struct StoredLoginGuard {
    platform: Arc<dyn PlatformStore>,
    policy: LockoutPolicy,
    key: hmac::Key,
    under_way: Mutex<UnderWay>,
    everywhere: Option<SharedAttempts>,
    locks: Cache<SubjectDigest, DateTime<Utc>>,
}

/// The attempts under way in this process.
#[derive(Default)]
struct UnderWay {
    last_ticket: u64,
    /// The tickets of each subject, the oldest first. Those of one subject are as good as one another: an attempt that
    /// ends takes the oldest.
    tickets: HashMap<SubjectDigest, VecDeque<u64>>,
}

impl UnderWay {
    /// Adds an attempt by a new ticket; gives how many were before it for each of `subjects`, and its tickets.
    fn enter(&mut self, subjects: &[Counted]) -> (Vec<u32>, Vec<Ticket>) {
        self.last_ticket += 1;
        let ticket = self.last_ticket;
        let enter = |subject: &Counted| {
            let tickets = self.tickets.entry(subject.digest).or_default();
            let before = u32::try_from(tickets.len()).unwrap_or(u32::MAX);
            tickets.push_back(ticket);
            (before, (subject.digest, ticket))
        };
        subjects.iter().map(enter).unzip()
    }

    /// Removes a ticket of each of `subjects` and says which.
    fn leave(&mut self, subjects: &[Counted]) -> Vec<Ticket> {
        let leave = |subject: &Counted| {
            let Entry::Occupied(mut entry) = self.tickets.entry(subject.digest) else { return None };
            let ticket = entry.get_mut().pop_front();
            if entry.get().is_empty() {
                entry.remove();
            }
            Some((subject.digest, ticket?))
        };
        subjects.iter().filter_map(leave).collect()
    }
}

impl StoredLoginGuard {
    /// The most locks remembered; the database knows the others.
    const MOST_LOCKS: u64 = 100_000;

    /// Locks by `policy`; what is counted for is digested under `secret`.
    #[must_use]
    pub fn new(platform: Arc<dyn PlatformStore>, policy: LockoutPolicy, secret: &SecretSlice<u8>) -> Self {
        let lasting = policy.duration.to_std().unwrap_or_default();
        Self {
            platform,
            policy,
            key: hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret()),
            under_way: Mutex::default(),
            everywhere: None,
            locks: Cache::builder().max_capacity(Self::MOST_LOCKS).time_to_live(lasting).build(),
        }
    }

    /// Counts what is under way together with other processes.
    #[must_use]
    pub fn shared_by(self, attempts: SharedAttempts) -> Self {
        Self { everywhere: Some(attempts), ..self }
    }

    fn counted(&self, attempt: &Attempt) -> Vec<Counted> {
        attempt.subjects().map(|subject| self.count_for(&subject)).collect()
    }

    fn count_for(&self, subject: &Subject<'_>) -> Counted {
        Counted { digest: digest(&self.key, subject), scope: subject.scope() }
    }

    /// Counts an attempt as under way for each of `subjects`; gives how many were before it, in their order. It is
    /// counted here too, for when the common count cannot be had.
    fn enter(&self, subjects: &[Counted]) -> Vec<u32> {
        let (here, tickets) = self.under_way().enter(subjects);
        self.everywhere.as_ref().and_then(|attempts| attempts.enter(&tickets)).unwrap_or(here)
    }

    fn leave(&self, subjects: &[Counted]) {
        let tickets = self.under_way().leave(subjects);
        if let Some(attempts) = self.everywhere.as_ref().filter(|_| !tickets.is_empty()) {
            attempts.leave(&tickets);
        }
    }

    fn under_way(&self) -> MutexGuard<'_, UnderWay> {
        locked(&self.under_way)
    }

    fn refusal(&self, scope: Scope, now: DateTime<Utc>, until: DateTime<Utc>) -> AppError {
        AppError::RateLimited {
            retry_after: (until - now).to_std().unwrap_or_default(),
            scope,
            threshold: self.policy.of(scope).threshold,
        }
    }

    /// Refuses by the locks that this process knows of.
    fn recall_locks(&self, subjects: &[Counted], now: DateTime<Utc>) -> Result<(), AppError> {
        for subject in subjects {
            let horizon = self.policy.of(subject.scope).lock_horizon(now);
            if let Some(until) = self.locks.get(&subject.digest).filter(|until| horizon.holds(*until)) {
                return Err(self.refusal(subject.scope, now, until));
            }
        }
        Ok(())
    }

    /// Refuses by what is stored and under way. The count of what is under way was taken first: an attempt that ended
    /// since is in the database by now.
    fn admit(&self, subjects: &[Counted], before: &[u32], now: DateTime<Utc>) -> Result<(), AppError> {
        let digests: Vec<SubjectDigest> = subjects.iter().map(|subject| subject.digest).collect();
        let windows = self.platform.query(|view| view.failures().windows(&digests))?;
        let empty = FailureWindow::default();
        for (subject, before) in subjects.iter().zip(before) {
            let window = windows.get(&subject.digest).unwrap_or(&empty);
            if let Err(until) = window.admit(now, &self.policy.of(subject.scope), *before) {
                if window.locked_until() == Some(until) {
                    self.locks.insert(subject.digest, until);
                }
                return Err(self.refusal(subject.scope, now, until));
            }
        }
        Ok(())
    }
}

impl StoredLoginGuard {
    /// Adds a failure to each of `subjects` and tells the audit log of those that this locks. Gives the end of the lock
    /// of each that this locked, in their order.
    fn add_failures(
        &self,
        unit: &mut dyn PlatformUnit,
        subjects: &[&Counted],
        suspect: &Suspect<'_>,
        now: DateTime<Utc>,
    ) -> Result<Vec<Option<DateTime<Utc>>>, AppError> {
        let digests: Vec<SubjectDigest> = subjects.iter().map(|subject| subject.digest).collect();
        let mut windows = unit.failures().windows(&digests)?;
        let mut locks = Vec::with_capacity(subjects.len());
        for Counted { digest, scope } in subjects {
            let mut window = windows.remove(digest).unwrap_or_default();
            let locked = window.fail(now, &self.policy.of(*scope));
            unit.failures().store(digest, &window, now)?;
            if locked {
                unit.audit(&suspect.event(*scope, now))?;
            }
            locks.push(window.locked_until().filter(|_| locked));
        }
        Ok(locks)
    }
}

impl LoginGuard for StoredLoginGuard {
    fn begin(&self, attempt: &Attempt, now: DateTime<Utc>) -> Result<(), AppError> {
        let subjects = self.counted(attempt);
        self.recall_locks(&subjects, now)?;
        let before = self.enter(&subjects);
        self.admit(&subjects, &before, now).inspect_err(|_| self.leave(&subjects))
    }

    fn fail(&self, attempt: &Attempt, suspect: &Suspect<'_>, now: DateTime<Utc>) -> Result<Vec<Scope>, AppError> {
        let subjects = self.counted(attempt);
        let everywhere = self.count_for(&Subject::Everywhere { kind: attempt.kind });
        let all: Vec<&Counted> = subjects.iter().chain([&everywhere]).collect();
        let added = self.platform.transaction(|unit| self.add_failures(unit, &all, suspect, now));
        // Not before the failure is stored: until then it is counted here.
        self.leave(&subjects);
        let set_off = all.iter().zip(added?).filter_map(|(subject, until)| Some((subject, until?)));
        let remembered = |(subject, until): (&&Counted, DateTime<Utc>)| {
            self.locks.insert(subject.digest, until);
            subject.scope
        };
        Ok(set_off.map(remembered).collect())
    }

    fn succeed(&self, attempt: &Attempt) -> Result<(), AppError> {
        let own = self.count_for(&attempt.own_subject());
        let forgotten = self.platform.transaction(|unit| unit.failures().forget(&own.digest));
        self.locks.invalidate(&own.digest);
        self.abandon(attempt);
        forgotten
    }

    fn abandon(&self, attempt: &Attempt) {
        self.leave(&self.counted(attempt));
    }
}

/// A subject as it is counted.
struct Counted {
    digest: SubjectDigest,
    scope: Scope,
}

/// HMAC-SHA-256 of a subject. Whatever varies in length comes last, so no two subjects are the same bytes.
fn digest(key: &hmac::Key, subject: &Subject<'_>) -> SubjectDigest {
    let mut context = hmac::Context::with_key(key);
    match subject {
        Subject::Device { kind, username_key, device } => {
            context.update(&[1, kind_byte(*kind)]);
            match device {
                Device::Unknown => context.update(&[0]),
                Device::Known(device) => {
                    context.update(&[1]);
                    context.update(&device.0);
                }
                Device::Session(session) => {
                    context.update(&[2]);
                    context.update(session.get().as_bytes());
                }
            }
            context.update(username_key.as_bytes());
        }
        Subject::Devices { kind, username_key } => {
            context.update(&[4, kind_byte(*kind)]);
            context.update(username_key.as_bytes());
        }
        Subject::Network { kind, network } => {
            context.update(&[2, kind_byte(*kind)]);
            match network {
                IpAddr::V4(address) => context.update(&address.octets()),
                IpAddr::V6(address) => context.update(&address.octets()),
            }
        }
        Subject::Everywhere { kind } => context.update(&[3, kind_byte(*kind)]),
    }
    let mut digest = [0; 32];
    digest.copy_from_slice(context.sign().as_ref());
    digest
}

fn kind_byte(kind: AttemptKind) -> u8 {
    match kind {
        AttemptKind::Login => 1,
        AttemptKind::PasswordChange => 2,
    }
}
