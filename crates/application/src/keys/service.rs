//! [`SigningKeys`] on the ports.

use std::sync::Arc;

use atalaya_domain::access::Operator;
use atalaya_domain::audit::{AuditAction, AuditActor, AuditEvent};
use atalaya_domain::caller::Origin;
use atalaya_domain::signing_key::{
    KeyAlgorithm, KeyId, KeyLife, KeyRefusal, KeySchedule, KeyState, KeyStep, Urgency, next_step, plan, revoke, rotate,
};
use chrono::{DateTime, Utc};

use super::{KeyEvent, KeysError, ListedKey, Rewrapped, SigningKeys};
use crate::error::AppError;
use crate::ports::keys::{KeyWrapping, KeyWriter, SealedKind, SealedSecret};
use crate::ports::platform::PlatformStore;
use crate::ports::runtime::Clock;

/// [`SigningKeys`] on the ports.
pub struct SigningKeyService {
    /// Where the keys are.
    pub platform: Arc<dyn PlatformStore>,
    /// Makes and encrypts them.
    pub wrapping: Arc<dyn KeyWrapping>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// How long each part of a key's life lasts.
    pub schedule: KeySchedule,
    /// By what new keys sign; `None` where a shared secret does.
    pub algorithm: Option<KeyAlgorithm>,
}

/// What a decision makes of the set as it is.
type Decision<'d> = dyn Fn(&[KeyLife], DateTime<Utc>) -> Result<Vec<KeyStep>, KeyRefusal> + 'd;

impl SigningKeyService {
    fn algorithm(&self) -> Result<KeyAlgorithm, KeysError> {
        self.algorithm.ok_or(KeysError::SharedSecret)
    }

    fn list_keys(&self) -> Result<Vec<KeyLife>, AppError> {
        self.platform.query(|view| view.keys().list())
    }

    /// Decides on the set that the transaction sees, and does it.
    fn change(&self, actor: &AuditActor, decide: &Decision<'_>) -> Result<Vec<KeyEvent>, KeysError> {
        let now = self.clock.now();
        let decided = self.platform.transaction(|unit| {
            let steps = match decide(&unit.keys().list()?, now) {
                Ok(steps) => steps,
                Err(refusal) => return Ok(Err(refusal)),
            };
            let mut events = Vec::new();
            for step in &steps {
                events.extend(self.apply(unit.keys(), step, now)?);
            }
            for KeyEvent { action, key } in &events {
                let event = AuditEvent::new(*action, actor.clone(), None, Origin::default(), now);
                unit.audit(&event.on(key.as_str()))?;
            }
            Ok(Ok(events))
        });
        let events = decided?.map_err(KeysError::Refused)?;
        for KeyEvent { action, key } in &events {
            tracing::info!(event = action.as_str(), key.id = %key, actor = actor.name(), "the signing keys changed");
        }
        Ok(events)
    }

    fn apply(&self, keys: &mut dyn KeyWriter, step: &KeyStep, now: DateTime<Utc>) -> Result<Vec<KeyEvent>, AppError> {
        let event = |action, key: &KeyId| KeyEvent { action, key: key.clone() };
        Ok(match step {
            KeyStep::Publish(algorithm) => {
                let key = self.wrapping.make(*algorithm)?;
                keys.insert(&key, KeyState::Pending, now)?;
                vec![event(AuditAction::KeyPublished, &key.id)]
            }
            KeyStep::Begin(algorithm) => {
                let key = self.wrapping.make(*algorithm)?;
                keys.insert(&key, KeyState::Active, now)?;
                vec![event(AuditAction::KeyPublished, &key.id), event(AuditAction::KeyActivated, &key.id)]
            }
            KeyStep::Retire(id) => {
                keys.enter(id, KeyState::Retiring, now)?;
                Vec::new()
            }
            KeyStep::Redate(id, state) => {
                keys.enter(id, *state, now)?;
                tracing::warn!(event = "key_redated", key.id = %id, "a signing key was dated ahead of the clock: its time counts from now");
                Vec::new()
            }
            KeyStep::Activate(id) => {
                keys.enter(id, KeyState::Active, now)?;
                vec![event(AuditAction::KeyActivated, id)]
            }
            KeyStep::Remove(id) => {
                keys.remove(id)?;
                vec![event(AuditAction::KeyRemoved, id)]
            }
            KeyStep::Revoke(id) => {
                keys.remove(id)?;
                vec![event(AuditAction::KeyRevoked, id)]
            }
        })
    }

    /// Seals a secret anew; `None` when it is under the current key already.
    fn rewrapped(&self, secret: &SealedSecret) -> Result<Option<SealedSecret>, AppError> {
        if secret.sealed.wrapping_key_id == self.wrapping.current_id() {
            return Ok(None);
        }
        let sealed = self.wrapping.rewrap(&secret.name, &secret.sealed)?;
        Ok(Some(SealedSecret { kind: secret.kind, name: secret.name.clone(), sealed }))
    }
}

impl SigningKeys for SigningKeyService {
    fn list(&self) -> Result<Vec<ListedKey>, KeysError> {
        let algorithm = self.algorithm()?;
        let keys = self.list_keys()?;
        let listed =
            |key: &KeyLife| ListedKey { key: key.clone(), next: next_step(key, &keys, &self.schedule, algorithm) };
        Ok(keys.iter().map(listed).collect())
    }

    fn maintain(&self) -> Result<Vec<KeyEvent>, AppError> {
        let Some(algorithm) = self.algorithm else { return Ok(Vec::new()) };
        let due = |keys: &[KeyLife], now| plan(keys, now, &self.schedule, algorithm);
        // Nearly always there is nothing to do, and then nobody needs to wait for a transaction that writes.
        if due(&self.list_keys()?, self.clock.now()).is_empty() {
            return Ok(Vec::new());
        }
        match self.change(&AuditActor::System, &|keys, now| Ok(due(keys, now))) {
            Ok(events) => Ok(events),
            Err(KeysError::Failed(error)) => Err(error),
            Err(never) => Err(AppError::internal(never)),
        }
    }

    fn rotate(&self, _: &Operator, urgency: Urgency) -> Result<Vec<KeyEvent>, KeysError> {
        let algorithm = self.algorithm()?;
        self.change(&AuditActor::Operator, &|keys, now| rotate(keys, now, &self.schedule, algorithm, urgency))
    }

    fn revoke(&self, _: &Operator, id: &KeyId) -> Result<Vec<KeyEvent>, KeysError> {
        let algorithm = self.algorithm()?;
        self.change(&AuditActor::Operator, &|keys, _| revoke(keys, id, algorithm))
    }

    fn rewrap(&self, by: &Operator) -> Result<Rewrapped, AppError> {
        let now = self.clock.now();
        let done = self.platform.transaction(|unit| {
            let mut done = Rewrapped::default();
            for secret in unit.keys().secrets()? {
                let Some(rewrapped) = self.rewrapped(&secret)? else {
                    done.unchanged += 1;
                    continue;
                };
                unit.keys().reseal(&rewrapped)?;
                match secret.kind {
                    SealedKind::SigningKey => done.signing_keys += 1,
                    SealedKind::InstallationSecret => done.installation_secrets += 1,
                }
            }
            if done.signing_keys + done.installation_secrets > 0 {
                let event = AuditEvent::by_operator(by, AuditAction::SecretsRewrapped, now);
                unit.audit(&event.on(self.wrapping.current_id()))?;
            }
            Ok(done)
        })?;
        let (signing_keys, secrets, unchanged) = (done.signing_keys, done.installation_secrets, done.unchanged);
        tracing::info!(event = "secrets_rewrapped", signing_keys, secrets, unchanged, "secrets were encrypted anew");
        Ok(done)
    }
}
