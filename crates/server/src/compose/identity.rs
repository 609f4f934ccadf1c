//! The use cases of who asks: sessions, users, passwords, signing keys.

use std::sync::Arc;

use atalaya_application::keys::{SigningKeyService, SigningKeys};
use atalaya_application::passwords::PasswordRules;
use atalaya_application::ports::passwords::PasswordBlocklist;
use atalaya_application::ports::runtime::Clock;
use atalaya_application::sessions::{SessionPorts, SessionService, Sessions};
use atalaya_application::users::{UserService, Users};
use atalaya_domain::access::Operator;
use atalaya_infrastructure::login_guard::StoredLoginGuard;
use atalaya_infrastructure::redis::{Redis, SharedAttempts};
use atalaya_infrastructure::runtime::UuidIdentifiers;
use atalaya_infrastructure::security::{
    BcryptHasher, BreachedPasswords, CommonPasswords, HmacDeviceTokens, RandomSecrets, ZxcvbnEstimator,
};
use atalaya_infrastructure::settings::{IdentitySettings, Profile, Settings};
use atalaya_infrastructure::vault::Purpose;

use super::foundation::Foundation;
use super::{StartError, cores};

/// The use cases, and what of their adapters others need.
pub(super) struct Identity {
    pub(super) sessions: Arc<dyn Sessions>,
    pub(super) users: Arc<dyn Users>,
    pub(super) keys: Arc<dyn SigningKeys>,
    pub(super) bcrypt: Arc<BcryptHasher>,
}

impl Identity {
    pub(super) fn build(
        settings: &Settings,
        foundation: &Foundation,
        clock: &Arc<dyn Clock>,
        redis: Option<&Arc<Redis>>,
    ) -> Result<Self, StartError> {
        let identity = &settings.identity;
        let Foundation { database, vault, .. } = foundation;
        let bcrypt = BcryptHasher::new(&identity.peppers, identity.bcrypt_rounds, cores())?;
        let bcrypt = Arc::new(bcrypt);
        let passwords = password_rules(identity)?;
        let keys = SigningKeyService {
            platform: database.platform(),
            wrapping: foundation.wrapping.clone(),
            clock: Arc::clone(clock),
            schedule: identity.key_schedule,
            algorithm: foundation.algorithm,
        };
        let secret = |purpose| vault.secret(purpose, clock.now());
        let subjects = secret(Purpose::LoginSubjects)?;
        let guard = StoredLoginGuard::new(database.platform(), identity.lockout, &subjects);
        let guard = Arc::new(match redis {
            Some(redis) => guard.shared_by(SharedAttempts::new(Arc::clone(redis))),
            None => guard,
        });
        let sessions = SessionService::new(
            SessionPorts {
                platform: database.platform(),
                store: database.store(),
                hasher: bcrypt.clone(),
                tokens: foundation.tokens.clone(),
                secrets: Arc::new(RandomSecrets),
                memory: foundation.memories.tokens.clone(),
                guard,
                devices: Arc::new(HmacDeviceTokens::new(&secret(Purpose::DeviceCookie)?)),
                audit: foundation.audit_trail.clone(),
                clock: Arc::clone(clock),
                identifiers: Arc::new(UuidIdentifiers),
            },
            identity.sessions,
            passwords.clone(),
        );
        let users = UserService {
            store: database.store(),
            platform: database.platform(),
            hasher: bcrypt.clone(),
            secrets: Arc::new(RandomSecrets),
            clock: Arc::clone(clock),
            passwords,
            public_passwords: settings.profile == Profile::Development,
            open_registration: identity.open_registration.map(|company| Operator::at_the_machine().mandate(company)),
        };
        Ok(Self { sessions: Arc::new(sessions), users: Arc::new(users), keys: Arc::new(keys), bcrypt })
    }
}

fn password_rules(identity: &IdentitySettings) -> Result<PasswordRules, StartError> {
    let mut blocklists: Vec<Arc<dyn PasswordBlocklist>> = vec![Arc::new(CommonPasswords)];
    if let Some(path) = &identity.breached_passwords {
        let failed = |source| StartError::BreachedPasswords { path: path.clone(), source };
        blocklists.push(Arc::new(BreachedPasswords::open(path).map_err(failed)?));
    }
    Ok(PasswordRules { policy: identity.password_policy, blocklists, estimator: Arc::new(ZxcvbnEstimator) })
}
