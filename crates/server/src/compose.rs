//! Builds every adapter and hands it to the use cases.

use std::error::Error;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use atalaya_application::AppError;
use atalaya_application::accounts::{AccountService, Accounts};
use atalaya_application::companies::{Companies, CompanyService};
use atalaya_application::forecasts::{ForecastService, Forecasts, RunsByCompany, Training, TrainingService};
use atalaya_application::keys::{SigningKeyService, SigningKeys};
use atalaya_application::observations::{ObservationService, Observations};
use atalaya_application::ports::memory::ChangeListener;
use atalaya_application::ports::runtime::{Clock, Probe};
use atalaya_application::ports::security::PasswordHasher;
use atalaya_application::sessions::{SessionPorts, SessionService, Sessions};
use atalaya_application::users::{UserService, Users};
use atalaya_domain::signing_key::KeyAlgorithm;
use atalaya_domain::user::Username;
use atalaya_infrastructure::fitting::LanedForecaster;
use atalaya_infrastructure::idempotency::MemoryIdempotency;
use atalaya_infrastructure::key_set::StoredKeySet;
use atalaya_infrastructure::memory::{MokaAccountMemory, MokaTokenMemory};
use atalaya_infrastructure::persistence::Database;
use atalaya_infrastructure::runtime::{DatabaseProbe, DiskProbe, JwtProbe, UuidIdentifiers};
use atalaya_infrastructure::security::{BcryptHasher, JwtTokens, RandomSecrets, WindowLoginGuard, WrappingKeys};
use atalaya_infrastructure::settings::{AllowedOrigins, Profile, Settings, TokenSigning};
use atalaya_infrastructure::vault::Vault;
use atalaya_prediction::SmartForecaster;
use atalaya_web::{
    ANY_ORIGIN, AnswerMemory, Documentation, Edge, Idempotency, Limits, ObservedGauge, Operation, RequestIds,
    RouteTable, Services, Telemetry, Uploads, WebSettings,
};
use secrecy::ExposeSecret;

use crate::demonstration;
use crate::upkeep::Upkeep;

/// The program's version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Why the program cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database.
    #[error("the database at DATABASE_URL cannot be used: {0}")]
    Database(AppError),
    /// Keys or hashing.
    #[error("{0}")]
    Security(Box<dyn Error + Send + Sync>),
    /// The signing keys.
    #[error("the signing keys cannot be used: {0}")]
    Keys(AppError),
    /// Demonstration users in a database of customers.
    #[error(
        "the database holds the demonstration user {0}, whose password everybody knows; use a new database in production"
    )]
    DemonstrationUser(&'static str),
    /// The web layer.
    #[error("{0}")]
    Web(String),
}

fn security(error: impl Error + Send + Sync + 'static) -> StartError {
    StartError::Security(Box::new(error))
}

/// Every use case, on its adapters: what the command line and the server have in common.
pub struct Core {
    /// The database.
    pub database: Arc<Database>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Hashes passwords.
    pub hasher: Arc<dyn PasswordHasher>,
    /// Logging in and knowing who asks.
    pub sessions: Arc<dyn Sessions>,
    /// Users.
    pub users: Arc<dyn Users>,
    /// Companies.
    pub companies: Arc<dyn Companies>,
    /// Accounts.
    pub accounts: Arc<dyn Accounts>,
    /// Observations.
    pub observations: Arc<dyn Observations>,
    /// Forecasts.
    pub forecasts: Arc<dyn Forecasts>,
    /// Training.
    pub training: Arc<dyn Training>,
    /// The signing keys.
    pub keys: Arc<dyn SigningKeys>,
    /// The installation's own secrets.
    pub vault: Vault,
    tokens: Arc<JwtTokens>,
    wrapping: Arc<WrappingKeys>,
    observed: Observed,
}

/// The adapters that tell how full they are.
struct Observed {
    database: Arc<Database>,
    hasher: Arc<BcryptHasher>,
    forecaster: Arc<LanedForecaster>,
    token_memory: Arc<MokaTokenMemory>,
    account_memory: Arc<MokaAccountMemory>,
}

impl Observed {
    fn gauges(&self) -> Vec<ObservedGauge> {
        let gauge = |name, help, label, read| ObservedGauge { name, help, label, read };
        let connections = |read: fn((u32, u32)) -> u32| {
            let database = Arc::clone(&self.database);
            Box::new(move || f64::from(read(database.connections()))) as Box<dyn Fn() -> f64 + Send + Sync>
        };
        let (hasher, forecaster) = (Arc::clone(&self.hasher), Arc::clone(&self.forecaster));
        let (tokens, accounts) = (Arc::clone(&self.token_memory), Arc::clone(&self.account_memory));
        let (pool, lane, memory) = ("atalaya_database_connections", "atalaya_lane_depth", "atalaya_memory_entries");
        let pool_help = "Database connections of the pool.";
        let lane_help = "Work that runs or waits in a lane.";
        let memory_help = "What is remembered so that a request needs no database.";
        vec![
            gauge(pool, pool_help, ("state", "open"), connections(|(open, _)| open)),
            gauge(pool, pool_help, ("state", "idle"), connections(|(_, idle)| idle)),
            gauge(lane, lane_help, ("lane", "hashing"), Box::new(move || approximate(hasher.depth()))),
            gauge(lane, lane_help, ("lane", "fitting"), Box::new(move || approximate(forecaster.depth()))),
            gauge(memory, memory_help, ("memory", "tokens"), Box::new(move || approximate(tokens.entries()))),
            gauge(memory, memory_help, ("memory", "accounts"), Box::new(move || approximate(accounts.entries()))),
        ]
    }
}

#[expect(clippy::cast_precision_loss, reason = "a gauge of entries in memory stays far below 2^53")]
fn approximate(count: u64) -> f64 {
    count as f64
}

impl Core {
    /// Opens the database, brings it to this program's schema, and builds the use cases on it.
    ///
    /// # Errors
    /// [`StartError`] says what to mend.
    pub fn open(settings: &Settings, clock: Arc<dyn Clock>) -> Result<Self, StartError> {
        let token_life = settings.identity.sessions.access_token.to_std().unwrap_or_default();
        let token_memory = Arc::new(MokaTokenMemory::new(token_life));
        let account_memory = Arc::new(MokaAccountMemory::new());
        let (algorithm, tokens) = signing(settings);
        let tokens = Arc::new(tokens);
        // The keys first: a token that is verified anew because its key is gone must not meet that key.
        let listeners: Vec<Arc<dyn ChangeListener>> =
            vec![tokens.clone(), token_memory.clone(), account_memory.clone()];
        let database = Database::open(settings.database.url.expose_secret(), settings.database.pool_size, listeners)
            .map_err(StartError::Database)?;
        database.migrate_up().map_err(StartError::Database)?;
        refuse_demonstration_users(settings, &database)?;
        let wrapping = Arc::new(WrappingKeys::new(&settings.identity.key_encryption_keys).map_err(security)?);
        let vault = Vault::new(Arc::clone(&database), Arc::clone(&wrapping));

        let cores = available_parallelism().map_or(1, usize::from);
        let identity = &settings.identity;
        let bcrypt = BcryptHasher::new(&identity.peppers, identity.bcrypt_rounds, cores).map_err(security)?;
        let bcrypt = Arc::new(bcrypt);
        let hasher: Arc<dyn PasswordHasher> = bcrypt.clone();
        let keys = SigningKeyService {
            store: database.keys(),
            wrapping: wrapping.clone(),
            clock: Arc::clone(&clock),
            schedule: identity.key_schedule,
            algorithm,
        };
        let forecaster = Arc::new(LanedForecaster::new(Arc::new(SmartForecaster::new()), cores));
        let observed = Observed {
            database: Arc::clone(&database),
            hasher: bcrypt,
            forecaster: Arc::clone(&forecaster),
            token_memory: Arc::clone(&token_memory),
            account_memory: Arc::clone(&account_memory),
        };
        let store = database.store();
        let policy = identity.password_policy;

        let sessions = SessionService::new(
            SessionPorts {
                directory: database.directory(),
                sessions: database.sessions(),
                store: Arc::clone(&store),
                hasher: Arc::clone(&hasher),
                tokens: tokens.clone(),
                secrets: Arc::new(RandomSecrets),
                memory: token_memory,
                guard: Arc::new(WindowLoginGuard::new(identity.lockout)),
                audit: database.audit_log(),
                clock: Arc::clone(&clock),
                identifiers: Arc::new(UuidIdentifiers),
            },
            identity.sessions,
            policy,
        );
        let users = UserService {
            store: Arc::clone(&store),
            directory: database.directory(),
            hasher: Arc::clone(&hasher),
            clock: Arc::clone(&clock),
            policy,
        };
        let training = TrainingService {
            store: Arc::clone(&store),
            forecaster: forecaster.clone(),
            clock: Arc::clone(&clock),
            max_horizon_days: settings.max_horizon_days,
            going_on: RunsByCompany::default(),
        };
        Ok(Self {
            sessions: Arc::new(sessions),
            users: Arc::new(users),
            companies: Arc::new(CompanyService { companies: database.companies(), clock: Arc::clone(&clock) }),
            accounts: Arc::new(AccountService { store: Arc::clone(&store), clock: Arc::clone(&clock) }),
            observations: Arc::new(ObservationService { store: Arc::clone(&store), clock: Arc::clone(&clock) }),
            forecasts: Arc::new(ForecastService { store, forecaster, memory: account_memory }),
            training: Arc::new(training),
            database,
            clock,
            hasher,
            keys: Arc::new(keys),
            vault,
            tokens,
            wrapping,
            observed,
        })
    }

    /// What a server on these use cases does by itself.
    #[must_use]
    pub fn upkeep(&self) -> Upkeep {
        let (database, clock) = (Arc::clone(&self.database), Arc::clone(&self.clock));
        let (keys, tokens) = (Arc::clone(&self.keys), Arc::clone(&self.tokens));
        Upkeep::default()
            .task("changes", Duration::from_hours(1), move || database.prune_changes(clock.now()).map(drop))
            // Reloading makes up for a change that was heard while the database was away.
            .task("signing-keys", Duration::from_mins(1), move || keys.maintain().and_then(|_| tokens.reload()))
    }

    /// The web layer's view of the use cases, ready to serve: the set of signing keys is as it has to be.
    ///
    /// # Errors
    /// [`StartError`] says what to mend.
    pub fn services(&self, settings: &Settings) -> Result<Services, StartError> {
        self.prepare_keys(settings)?;
        let web = web_settings(settings);
        let failed = |error: String| StartError::Web(error);
        let limits = Limits::new(&web).map_err(|error| failed(error.to_string()))?;
        let telemetry = Telemetry::new().map_err(|error| failed(error.to_string()))?;
        for gauge in self.observed.gauges() {
            telemetry.observe(gauge).map_err(|error| failed(error.to_string()))?;
        }
        let documentation = Documentation::new(VERSION).map_err(|error| failed(error.to_string()))?;
        let route_table = RouteTable::new(documentation.document());
        let ids = RequestIds::new(uuid::Uuid::new_v4().simple().to_string().chars().take(12).collect());
        let operation =
            Operation { probes: self.probes(settings), clock: Arc::clone(&self.clock), started: self.clock.now() };
        Ok(Services {
            sessions: Arc::clone(&self.sessions),
            users: Arc::clone(&self.users),
            companies: Arc::clone(&self.companies),
            accounts: Arc::clone(&self.accounts),
            observations: Arc::clone(&self.observations),
            forecasts: Arc::clone(&self.forecasts),
            training: Arc::clone(&self.training),
            answers: Arc::new(AnswerMemory::default()),
            idempotency: Arc::new(Idempotency::new(Arc::new(MemoryIdempotency::default()))),
            uploads: Arc::new(Uploads::default()),
            limits: Arc::new(limits),
            edge: Arc::new(Edge::new(web, Arc::new(telemetry), ids, Arc::clone(&self.clock))),
            operation: Arc::new(operation),
            documentation: Arc::new(documentation),
            route_table: Arc::new(route_table),
        })
    }

    /// Makes the first keys, does what fell due while nothing ran, and opens every key.
    fn prepare_keys(&self, settings: &Settings) -> Result<(), StartError> {
        if matches!(settings.identity.signing, TokenSigning::Hs256(_)) {
            return Ok(());
        }
        self.keys.maintain().map_err(StartError::Keys)?;
        let stored = StoredKeySet::new(&self.database, Arc::clone(&self.wrapping));
        self.tokens.follow(Box::new(stored)).map_err(StartError::Keys)
    }

    fn probes(&self, settings: &Settings) -> Vec<Arc<dyn Probe>> {
        let database = Arc::clone(&self.database);
        let mut probes: Vec<Arc<dyn Probe>> = vec![
            Arc::new(DatabaseProbe::new(move || database.ping())),
            Arc::new(JwtProbe::new(self.tokens.clone(), Arc::clone(&self.clock))),
        ];
        if let Some(directory) = settings.database.directory() {
            probes.push(Arc::new(DiskProbe::new(directory)));
        }
        probes
    }
}

fn refuse_demonstration_users(settings: &Settings, database: &Database) -> Result<(), StartError> {
    if settings.profile == Profile::Development {
        return Ok(());
    }
    for name in demonstration::usernames() {
        let username = Username::parse(name).map_err(security)?;
        if database.has_user(&username).map_err(StartError::Database)? {
            return Err(StartError::DemonstrationUser(name));
        }
    }
    Ok(())
}

/// By what new keys sign, and what signs tokens: the keys in the database, or the shared secret, which has no new keys.
fn signing(settings: &Settings) -> (Option<KeyAlgorithm>, JwtTokens) {
    let names = settings.identity.names.clone();
    match &settings.identity.signing {
        TokenSigning::Hs256(secret) => (None, JwtTokens::shared_secret(secret, names)),
        TokenSigning::KeySet(algorithm) => (Some(*algorithm), JwtTokens::key_set(names)),
    }
}

fn web_settings(settings: &Settings) -> WebSettings {
    let development = settings.profile == Profile::Development;
    let proxies = settings.web.trusted_proxies.clone();
    let tls = settings.listen.tls.is_some();
    let loopback = settings.listen.address.ip().is_loopback();
    WebSettings {
        environment: if development { "development" } else { "production" },
        version: VERSION,
        detailed_errors: development,
        allowed_origins: match &settings.web.allowed_origins {
            AllowedOrigins::Any => vec![ANY_ORIGIN.to_owned()],
            AllowedOrigins::These(origins) => origins.clone(),
        },
        trusted_proxy: Arc::new(move |address| proxies.iter().any(|network| network.contains(&address))),
        rate_limit_per_minute: settings.web.requests_per_minute,
        login_rate_limit_per_minute: settings.web.logins_per_minute,
        public_docs: settings.web.public_docs,
        public_metrics: settings.web.public_metrics,
        tls,
        secure_cookies: tls || !(development && loopback),
        xss_protection: settings.web.xss_protection.header_value().to_owned(),
    }
}
