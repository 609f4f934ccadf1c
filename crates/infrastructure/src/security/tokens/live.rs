//! The keys as they are now: a ring that is exchanged whole while others read it.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};
use std::time::{Duration, Instant};

use atalaya_application::AppError;
use atalaya_domain::signing_key::{KeyId, KeyState};

use super::super::keys::SigningKey;
use super::ring::{KeyRing, Verifier};
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
#[derive(Default)]
pub(super) struct LiveRing {
    ring: RwLock<Arc<KeyRing>>,
    source: OnceLock<Box<dyn KeySource>>,
    loading: Mutex<Loading>,
    /// Keys that were revoked or removed. An id is a thumbprint and never comes again, so a load that began before the
    /// revocation cannot bring a key back.
    gone: Mutex<HashSet<KeyId>>,
}

/// Held while the keys are loaded, so that of two loads the one that began later is the one that stays.
#[derive(Default)]
struct Loading {
    last: Option<Instant>,
}

impl LiveRing {
    /// Tokens of unknown keys make this process look for new ones at most so often, so that a flood of them is no flood of
    /// queries.
    const LOOK_EVERY: Duration = Duration::from_secs(1);

    /// A ring that never changes.
    pub(super) fn fixed(ring: KeyRing) -> Self {
        Self { ring: RwLock::new(Arc::new(ring)), ..Self::default() }
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
    pub(super) fn verifier(&self, id: &KeyId) -> Option<Verifier> {
        let known = || self.ring().verifiers.get(id).cloned();
        known().or_else(|| {
            self.look_again();
            known()
        })
    }

    /// From now on the key is none, whether or not the others can be loaded.
    pub(super) fn forget(&self, id: &KeyId) {
        locked(&self.gone).insert(id.clone());
        self.exchange(|ring| ring.forget(id));
    }

    fn look_again(&self) {
        let mut loading = locked(&self.loading);
        if self.source.get().is_none() || loading.last.is_some_and(|last| last.elapsed() < Self::LOOK_EVERY) {
            return;
        }
        if let Err(error) = self.load(&mut loading) {
            tracing::error!(event = "keys_not_reloaded", %error, "a token names an unknown key, and keys cannot be read");
        }
    }

    fn load(&self, loading: &mut Loading) -> Result<(), AppError> {
        let Some(source) = self.source.get() else { return Ok(()) };
        let loaded = source.load();
        loading.last = Some(Instant::now());
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
