//! The keys as they are now: a ring that is exchanged whole while others read it.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use atalaya_application::AppError;
use atalaya_application::error::Part;
use atalaya_domain::signing_key::{KeyId, KeyState};

use super::super::keys::SigningKey;
use super::ring::{KeyRing, Signer, Verifier};
use crate::freshness::Freshness;
use crate::sync::locked;

/// Where the keys are kept.
pub trait KeySource: Send + Sync {
    /// Every key of the set, decrypted, the oldest first.
    ///
    /// # Errors
    /// Of the database; `Internal` when a key cannot be decrypted.
    fn load(&self) -> Result<Vec<(SigningKey, KeyState)>, AppError>;
}

/// The ring of this moment. Readers take it and let go of the lock; it is never held across work.
pub(super) struct LiveRing {
    ring: RwLock<Arc<KeyRing>>,
    source: OnceLock<Box<dyn KeySource>>,
    /// Whether the ring may be believed: another process may have revoked a key that this one has not heard of.
    freshness: Arc<Freshness>,
    loading: Mutex<Loading>,
    /// Keys that were revoked or removed. An id is a thumbprint and never comes again, so a load that began before the
    /// revocation cannot bring a key back.
    gone: Mutex<HashSet<KeyId>>,
    /// How often a key was found gone. What was loaded before the last time may lack the key that signs instead.
    losses: AtomicU64,
}

/// Held while the keys are loaded, so that of two loads the one that began later is the one that stays.
#[derive(Default)]
struct Loading {
    last: Option<Load>,
}

/// A load that was tried.
#[derive(Clone, Copy)]
struct Load {
    asked_at: Duration,
    /// How often a key had been found gone before it began.
    losses: u64,
    succeeded: bool,
}

impl LiveRing {
    /// Tokens make this process look at its keys anew at most so often, so that a flood of them is no flood of queries.
    const LOOK_EVERY: Duration = Duration::from_secs(1);

    /// A ring that never changes.
    pub(super) fn fixed(ring: KeyRing) -> Self {
        Self { ring: RwLock::new(Arc::new(ring)), ..Self::by(Arc::new(Freshness::monotonic())) }
    }

    /// A ring without keys, until it follows a source. It is believed while `freshness` holds.
    pub(super) fn by(freshness: Arc<Freshness>) -> Self {
        Self {
            ring: RwLock::default(),
            source: OnceLock::new(),
            freshness,
            loading: Mutex::default(),
            gone: Mutex::default(),
            losses: AtomicU64::new(0),
        }
    }

    pub(super) fn ring(&self) -> Arc<KeyRing> {
        Arc::clone(&self.ring.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn follow(&self, source: Box<dyn KeySource>) -> Result<(), AppError> {
        self.source.get_or_init(|| source);
        self.reload()
    }

    /// Loads the keys. Does nothing where there is no key set.
    pub(super) fn reload(&self) -> Result<(), AppError> {
        self.load(&mut locked(&self.loading))
    }

    /// A key that verifies. One that is not known may have been made by another process a moment ago.
    ///
    /// # Errors
    /// `Unavailable` when another process may have revoked it, and the keys cannot be loaded to know.
    pub(super) fn verifier(&self, id: &KeyId) -> Result<Option<Verifier>, AppError> {
        if !self.freshness.holds() {
            self.look_again()?;
        }
        let known = || self.ring().verifiers.get(id).cloned();
        Ok(known().or_else(|| self.look_again().ok().and_then(|()| known())))
    }

    /// The key that signs. After it was revoked, the keys are loaded to know the one that signs instead.
    ///
    /// # Errors
    /// `Unavailable` where there is none, or another process may have revoked it and the keys cannot be loaded to know.
    pub(super) fn signer(&self) -> Result<Signer, AppError> {
        if !self.freshness.holds() {
            self.look_again()?;
        }
        let known = || self.ring().signer.clone();
        if let Some(signer) = known() {
            return Ok(signer);
        }
        self.look_again()?;
        known().ok_or_else(|| {
            tracing::error!(
                event = "no_key_signs",
                "no key signs access tokens: `atalaya keys list` shows those that there are"
            );
            AppError::unavailable(Part::SigningKey)
        })
    }

    /// From now on the key is none, whether or not the others can be loaded. Asks nobody, so whoever is told next is
    /// not kept waiting.
    pub(super) fn forget(&self, id: &KeyId) {
        locked(&self.gone).insert(id.clone());
        self.exchange(|ring| ring.forget(id));
        self.losses.fetch_add(1, Ordering::SeqCst);
    }

    /// Loads the keys, unless that was tried within [`Self::LOOK_EVERY`] before this began and no key was found gone
    /// since: then it is as that load. Whoever waits for the load of another so takes what it gave, and a slow failure
    /// is not tried by each in turn.
    fn look_again(&self) -> Result<(), AppError> {
        if self.source.get().is_none() {
            return Ok(());
        }
        let begun = self.freshness.now();
        let mut loading = locked(&self.loading);
        let losses = self.losses.load(Ordering::SeqCst);
        let is_recent = |last: &Load| last.losses == losses && begun.saturating_sub(last.asked_at) < Self::LOOK_EVERY;
        let recent = loading.last.filter(is_recent);
        match recent {
            Some(Load { succeeded: true, .. }) => Ok(()),
            Some(Load { succeeded: false, .. }) => Err(AppError::unavailable(Part::Database)),
            None => self.load(&mut loading).map_err(|error| {
                tracing::error!(event = "keys_not_reloaded", %error, "a token is to be verified, and keys cannot be read");
                AppError::unavailable(Part::Database)
            }),
        }
    }

    fn load(&self, loading: &mut Loading) -> Result<(), AppError> {
        let Some(source) = self.source.get() else { return Ok(()) };
        let (asked_at, losses) = (self.freshness.now(), self.losses.load(Ordering::SeqCst));
        let loaded = source.load();
        loading.last = Some(Load { asked_at, losses, succeeded: loaded.is_ok() });
        let loaded = KeyRing::of(loaded?);
        self.exchange(|ring| {
            *ring = loaded;
            // Under the lock of the ring: whoever forgets a key after this forgets it in what was loaded.
            locked(&self.gone).iter().for_each(|gone| ring.forget(gone));
        });
        Ok(())
    }

    fn exchange(&self, change: impl FnOnce(&mut KeyRing)) {
        let mut current = self.ring.write().unwrap_or_else(PoisonError::into_inner);
        let mut ring = KeyRing::clone(&current);
        change(&mut ring);
        *current = Arc::new(ring);
    }
}
