//! What every use case stands on: the database with its listeners, the secrets, the keys of the audit log.

use std::sync::Arc;

use atalaya_application::AppError;
use atalaya_application::ports::memory::ChangeListener;
use atalaya_application::ports::runtime::Clock;
use atalaya_domain::signing_key::KeyAlgorithm;
use atalaya_domain::user::Username;
use atalaya_infrastructure::audit::AuditTrail;
use atalaya_infrastructure::freshness::Freshness;
use atalaya_infrastructure::key_set::StoredKeySet;
use atalaya_infrastructure::memory::{MokaAccountListMemory, MokaAccountMemory, MokaTokenMemory};
use atalaya_infrastructure::persistence::Database;
use atalaya_infrastructure::security::{AuditKeys, JwtTokens, KeySource as _, WrappingKeys};
use atalaya_infrastructure::settings::{DatabaseSettings, Profile, Settings, TokenSigning};
use atalaya_infrastructure::vault::{Purpose, Vault};
use secrecy::ExposeSecret;

use super::StartError;
use super::database_file::{FileProblem, Found, look, may_be_made_with_folders};
use super::part::Part;
use crate::demonstration;

/// What a process remembers.
pub(super) struct Memories {
    pub(super) tokens: Arc<MokaTokenMemory>,
    pub(super) accounts: Arc<MokaAccountMemory>,
    pub(super) account_lists: Arc<MokaAccountListMemory>,
}

/// The database at this program's schema, and what has to stand before anything is asked of it.
pub(super) struct Foundation {
    pub(super) database: Arc<Database>,
    pub(super) vault: Vault,
    pub(super) wrapping: Arc<WrappingKeys>,
    pub(super) tokens: Arc<JwtTokens>,
    /// By what new keys sign; none where a shared secret does.
    pub(super) algorithm: Option<KeyAlgorithm>,
    pub(super) audit_keys: AuditKeys,
    pub(super) audit_trail: Arc<AuditTrail>,
    pub(super) freshness: Arc<Freshness>,
    pub(super) memories: Memories,
}

impl Foundation {
    pub(super) fn lay(settings: &Settings, clock: &dyn Clock, part: Part) -> Result<Self, StartError> {
        let token_life = settings.identity.sessions.access_token.to_std().unwrap_or_default();
        let freshness = Arc::new(Freshness::monotonic());
        let memories = Memories {
            tokens: Arc::new(MokaTokenMemory::new(token_life, Arc::clone(&freshness))),
            accounts: Arc::new(MokaAccountMemory::new(settings.model_memory_bytes, Arc::clone(&freshness))),
            account_lists: Arc::new(MokaAccountListMemory::new(Arc::clone(&freshness))),
        };
        let (algorithm, tokens) = signing(settings, &freshness);
        let tokens = Arc::new(tokens);
        // The keys first: a token that is verified anew because its key is gone must not meet that key.
        let listeners: Vec<Arc<dyn ChangeListener>> =
            vec![tokens.clone(), memories.tokens.clone(), memories.accounts.clone(), memories.account_lists.clone()];
        judge_file(&settings.database, part == Part::Server)?;
        let database =
            open_database(&settings.database, settings.database.pool_size, listeners).map_err(StartError::Database)?;
        if part == Part::Command && !database.setup().has_schema().map_err(StartError::Database)? {
            return Err(StartError::NoSchema);
        }
        set_up(&database).map_err(StartError::Database)?;
        refuse_demonstration_users(settings, &database)?;
        let wrapping = Arc::new(WrappingKeys::new(&settings.identity.key_encryption_keys)?);
        let vault = Vault::new(Arc::clone(&database), Arc::clone(&wrapping));
        let chain_secret = vault.secret(Purpose::AuditChain, clock.now())?;
        let audit_keys = AuditKeys::new(&chain_secret);
        database.key_audit(audit_keys.clone());
        let audit_trail = Arc::new(AuditTrail::begin(database.platform()).map_err(StartError::Database)?);
        Ok(Self { database, vault, wrapping, tokens, algorithm, audit_keys, audit_trail, freshness, memories })
    }
}

/// Refuses a file that is no database, before it is opened, and one that is missing unless it may be made: a slip in
/// the address shall not be answered from an empty database.
pub(crate) fn judge_file(settings: &DatabaseSettings, may_make: bool) -> Result<(), StartError> {
    let Some(path) = settings.file() else { return Ok(()) };
    let owned = || path.to_owned();
    let judged = match look(path) {
        Ok(Found::Absent) if !may_make => return Err(StartError::NoDatabase { path: owned() }),
        Ok(Found::Absent) => may_be_made_with_folders(path).map_err(FileProblem::Io),
        Ok(_) => Ok(()),
        Err(problem) => Err(problem),
    };
    judged.map_err(|problem| StartError::DatabaseFile { path: owned(), problem })
}

/// The database of the settings.
pub(crate) fn open_database(
    settings: &DatabaseSettings,
    pool_size: u32,
    listeners: Vec<Arc<dyn ChangeListener>>,
) -> Result<Arc<Database>, AppError> {
    let (migration_url, url) = (settings.migration_url.expose_secret(), settings.url.expose_secret());
    Database::open_migrated_by(migration_url, url, pool_size, listeners)
}

/// Brings the database to this program's schema, and warns of what in it stands in the way of work.
fn set_up(database: &Database) -> Result<(), AppError> {
    let setup = database.setup();
    setup.migrate_up()?;
    setup.check_language()?;
    setup.settle_company_names()?;
    setup.check_privileges()
}

/// For which of its contents a start would refuse a database that has this program's schema: secrets and signing keys
/// that `KEY_ENCRYPTION_KEY` does not open, and demonstration users in production. Nothing is changed.
pub(crate) fn refusals_of_contents(settings: &Settings, database: &Arc<Database>) -> Vec<StartError> {
    let of_users = refuse_demonstration_users(settings, database).err();
    let of_keys = check_keys(settings, database).err();
    of_users.into_iter().chain(of_keys).collect()
}

fn check_keys(settings: &Settings, database: &Arc<Database>) -> Result<(), StartError> {
    let wrapping = Arc::new(WrappingKeys::new(&settings.identity.key_encryption_keys)?);
    Vault::new(Arc::clone(database), Arc::clone(&wrapping)).check()?;
    if matches!(settings.identity.signing, TokenSigning::Hs256(_)) {
        return Ok(());
    }
    StoredKeySet::new(database, wrapping).load().map(drop).map_err(StartError::Keys)
}

/// Refuses a database of customers in which users exist whose password everybody knows. Before anything else is read of
/// it, and so before there are use cases.
fn refuse_demonstration_users(settings: &Settings, database: &Arc<Database>) -> Result<(), StartError> {
    if settings.profile == Profile::Development {
        return Ok(());
    }
    for name in demonstration::usernames() {
        let username = Username::parse(name).map_err(|error| StartError::Fault(error.to_string()))?;
        // Whoever was deleted can be restored, with that password.
        let is_taken = database.platform().query(|view| view.users().is_taken(&username));
        if is_taken.map_err(StartError::Database)? {
            return Err(StartError::DemonstrationUser(name));
        }
    }
    Ok(())
}

/// By what new keys sign, and what signs tokens: the keys in the database, or the shared secret, which has no new keys.
fn signing(settings: &Settings, freshness: &Arc<Freshness>) -> (Option<KeyAlgorithm>, JwtTokens) {
    let names = settings.identity.names.clone();
    match &settings.identity.signing {
        TokenSigning::Hs256(secret) => (None, JwtTokens::shared_secret(secret, names)),
        TokenSigning::KeySet(algorithm) => (Some(*algorithm), JwtTokens::key_set(names, Arc::clone(freshness))),
    }
}
