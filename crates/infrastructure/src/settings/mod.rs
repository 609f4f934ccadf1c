//! The configuration: read once, from the environment, into values that need no more checking.
//!
//! Not here: how a value is used. Nothing else in the program reads the environment.

mod guessable;
mod in_force;
mod near_miss;
mod parse;
mod problem;
mod quotas;
mod secrets;
mod source;
#[cfg(test)]
mod tests;
mod variables;

use std::collections::HashSet;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use atalaya_domain::id::CompanyId;
use atalaya_domain::login::LockoutPolicy;
use atalaya_domain::password::PasswordPolicy;
use atalaya_domain::quota::{QuotaSubject, QuotaTable};
use atalaya_domain::session::SessionLimits;
use atalaya_domain::signing_key::{KeyAlgorithm, KeySchedule};
use chrono::TimeDelta;
use ipnet::IpNet;
use secrecy::{ExposeSecret, SecretString};
use tracing::level_filters::LevelFilter;

use self::source::{Counted, Source};
use crate::security::{NamedSecret, TokenNames};

pub use in_force::{InForce, Shown};
pub use near_miss::NearMiss;
pub use problem::{Problem, SettingsError, SettingsErrors};
pub use source::Provenance;
pub use variables::{Fallback, Secrecy, VARIABLES, Variable};

/// The variable that chooses the profile.
const ENVIRONMENT: &str = "ENVIRONMENT";

/// What the program runs for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Customers: no demonstration data, and no secret that anybody could know.
    Production,
    /// A developer's machine.
    Development,
}

/// All settings. Printing them shows no secret.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `ENVIRONMENT`.
    pub profile: Profile,
    /// Where it listens.
    pub listen: ListenSettings,
    /// Where the data is.
    pub database: DatabaseSettings,
    /// `REDIS_URL`, which may hold a password: where replicas share what they count.
    pub redis: Option<SecretString>,
    /// How people prove who they are.
    pub identity: IdentitySettings,
    /// What the web edge allows.
    pub web: WebSettings,
    /// What is logged, and where.
    pub log: LogSettings,
    /// How far after the history a forecast reaches, in days.
    pub max_horizon_days: u16,
    /// About how much memory the models of accounts may take, in bytes.
    pub model_memory_bytes: u64,
    /// How old a model has to be to be trained anew by itself; `None` where none is.
    pub retrain_after: Option<TimeDelta>,
    /// Variables that are set and not read, and look like one that is.
    pub near_misses: Vec<NearMiss>,
    /// Variables that are set and that another one keeps from being read.
    pub unread: Vec<SettingsError>,
}

/// The settings as they were read, and every variable as it is in force.
#[derive(Debug, Clone)]
pub struct Inspection {
    /// The profile, whose defaults are in force; production where `ENVIRONMENT` is malformed.
    pub profile: Profile,
    /// Every variable, in the order of the table, without what is secret and what is malformed.
    pub in_force: Vec<InForce>,
    /// The settings, or all that is wrong, each by its variable, never with a value.
    pub settings: Result<Settings, SettingsErrors>,
}

/// Where it listens.
#[derive(Debug, Clone)]
pub struct ListenSettings {
    /// Of the API.
    pub address: SocketAddr,
    /// Of the Prometheus metrics.
    pub metrics_address: SocketAddr,
    /// With these the API speaks TLS.
    pub tls: Option<TlsFiles>,
    /// How long new connections are still taken after SIGTERM.
    pub shutdown_grace: Duration,
}

/// PEM files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate chain.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
    /// The authorities whose client certificates are demanded.
    pub client_ca: Option<PathBuf>,
}

/// Where the data is.
#[derive(Debug, Clone)]
pub struct DatabaseSettings {
    /// `sqlite://PATH` or `postgres://…`, which may hold a password.
    pub url: SecretString,
    /// Where migrations log in: the same database, as the owner of its tables.
    pub migration_url: SecretString,
    /// The most connections.
    pub pool_size: u32,
}

impl DatabaseSettings {
    /// The SQLite file; `None` where a server keeps the data.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        self.url.expose_secret().strip_prefix("sqlite://").map(Path::new)
    }

    /// The directory of a SQLite file; `None` where a server keeps the data.
    #[must_use]
    pub fn directory(&self) -> Option<PathBuf> {
        let parent = self.file()?.parent().filter(|parent| !parent.as_os_str().is_empty());
        Some(parent.unwrap_or_else(|| Path::new(".")).to_owned())
    }
}

/// How access tokens are signed.
#[derive(Debug, Clone)]
pub enum TokenSigning {
    /// By a key set in the database, whose new keys are of this algorithm.
    KeySet(KeyAlgorithm),
    /// By this shared secret alone.
    Hs256(SecretString),
}

/// How people prove who they are.
#[derive(Debug, Clone)]
pub struct IdentitySettings {
    /// How access tokens are signed.
    pub signing: TokenSigning,
    /// How long a key of the set signs, is published ahead, and verifies after.
    pub key_schedule: KeySchedule,
    /// `iss` and `aud` of access tokens.
    pub names: TokenNames,
    /// How long sessions and tokens live.
    pub sessions: SessionLimits,
    /// Encrypt stored private keys; 32 bytes each, the first is current.
    pub key_encryption_keys: Vec<NamedSecret>,
    /// Mixed into password hashes; the first is current.
    pub peppers: Vec<NamedSecret>,
    /// Two to this power is the work of a password hash.
    pub bcrypt_rounds: u32,
    /// Which rules new passwords keep.
    pub password_policy: PasswordPolicy,
    /// A list of breached passwords, as `atalaya passwords import` makes it.
    pub breached_passwords: Option<PathBuf>,
    /// When failed logins lock.
    pub lockout: LockoutPolicy,
    /// In which company strangers may register themselves.
    pub open_registration: Option<CompanyId>,
}

/// Whose pages may call the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AllowedOrigins {
    /// Anybody's. Never in production.
    Any,
    /// Those of these origins, in lower case.
    These(Vec<String>),
}

/// `X-XSS-Protection`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum XssProtection {
    /// The modern reading: the old filters did more harm than good.
    Off,
    /// What some banks' scanners ask for.
    Block,
}

impl XssProtection {
    /// The header's value.
    #[must_use]
    pub fn header_value(self) -> &'static str {
        match self {
            Self::Off => "0",
            Self::Block => "1; mode=block",
        }
    }
}

/// What the web edge allows.
#[derive(Debug, Clone)]
pub struct WebSettings {
    /// Requests of a user per minute; an address gets ten times that.
    pub requests_per_minute: u32,
    /// Logins of an address per minute.
    pub logins_per_minute: u32,
    /// The quotas of users and companies, the requests of a user per minute among them.
    pub quotas: QuotaTable,
    /// Whether the dashboard answers under `/app/`.
    pub dashboard: bool,
    /// The origin at which browsers find this server, in lower case: what its own pages say that they are of.
    pub public_url: Option<String>,
    /// Whose pages may call the API.
    pub allowed_origins: AllowedOrigins,
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Whether the documentation answers.
    pub public_docs: bool,
    /// Whether the JSON metrics answer.
    pub public_metrics: bool,
    /// SHA-256 of the only queries of GraphQL that are answered; all where none are named.
    pub graphql_queries: Option<HashSet<[u8; 32]>>,
    /// `X-XSS-Protection` of every answer.
    pub xss_protection: XssProtection,
}

/// The form of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// `TIMESTAMP LEVEL MODULE [REQUEST_ID] - MESSAGE`.
    Text,
    /// An object a line.
    Json,
}

/// What is logged, and where.
#[derive(Debug, Clone)]
pub struct LogSettings {
    /// The least severe level.
    pub level: LevelFilter,
    /// The form.
    pub format: LogFormat,
    /// Appended to; standard output otherwise.
    pub file: Option<PathBuf>,
}

impl Settings {
    /// Reads the process's environment.
    ///
    /// # Errors
    /// All that is wrong, each by its variable, never with a value.
    pub fn from_env() -> Result<Self, SettingsErrors> {
        Self::load(std::env::vars_os())
    }

    /// Reads `variables`; unknown ones are ignored, and an empty one counts as not set.
    ///
    /// # Errors
    /// All that is wrong, each by its variable, never with a value.
    pub fn load(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Result<Self, SettingsErrors> {
        Self::inspect(variables).settings
    }

    /// Reads the process's environment as [`Self::from_env`] does, and tells what is in force besides.
    #[must_use]
    pub fn inspect_env() -> Inspection {
        Self::inspect(std::env::vars_os())
    }

    /// Reads `variables` as [`Self::load`] does, and tells what is in force besides.
    #[must_use]
    pub fn inspect(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Inspection {
        let variables: Vec<_> = variables.into_iter().collect();
        let mut source = Source::new(variables.clone());
        let settings = Self::read(&mut source);
        let (profile, in_force) = (source.profile(), in_force::of(&source));
        let is_chosen = source.set(ENVIRONMENT).is_some();
        let settings = match (settings, source.into_errors()) {
            (Ok(settings), errors) if errors.errors.is_empty() => Ok(settings),
            (_, errors) => {
                let assumed_production = !is_chosen && errors.errors.len() > wrong_in_development(variables);
                Err(SettingsErrors { assumed_production, ..errors })
            }
        };
        Inspection { profile, in_force, settings }
    }

    /// What is allowed and yet rarely meant; none where all is usual.
    #[must_use]
    pub fn advice(&self) -> Vec<SettingsError> {
        self.unread.iter().cloned().chain(self.plain_origins()).collect()
    }

    fn plain_origins(&self) -> Option<SettingsError> {
        let AllowedOrigins::These(origins) = &self.web.allowed_origins else { return None };
        let plain = |origin: &&String| origin.starts_with("http://") && !parse::is_loopback_origin(origin);
        let plain: Vec<&str> = origins.iter().filter(plain).map(String::as_str).collect();
        if self.profile == Profile::Development || plain.is_empty() {
            return None;
        }
        let problem = Problem::new("plain_origins").with("origins", plain.join(", "));
        Some(SettingsError { variable: "ALLOWED_ORIGINS".to_owned(), problem })
    }

    /// Each part is read before any is unwrapped, so that everything wrong is found at once.
    fn read(source: &mut Source) -> Result<Self, Counted> {
        let words = [("production", Profile::Production), ("development", Profile::Development)];
        let profile = source.required(ENVIRONMENT, parse::word(&words));
        source.assume(profile.unwrap_or(Profile::Production));
        let of_secrets = source.profile();
        let redis = source.optional("REDIS_URL", |text| secrets::server_url(parse::redis_url(text)?, of_secrets));
        let max_horizon_days = source.required("MAX_HORIZON_DAYS", parse::number(1..=3_650));
        let model_memory_mib = source.required("MODEL_MEMORY_MIB", parse::number(16..=1_048_576));
        let retrain_after = source.optional("RETRAIN_AFTER_DAYS", parse::number(1..=365));
        let (listen, database) = (ListenSettings::read(source), DatabaseSettings::read(source));
        let (identity, web, log) =
            (IdentitySettings::read(source), WebSettings::read(source), LogSettings::read(source));
        Ok(Self {
            profile: profile?,
            listen: listen?,
            database: database?,
            redis: redis?.map(SecretString::from),
            identity: identity?,
            web: web?,
            log: log?,
            max_horizon_days: max_horizon_days?,
            model_memory_bytes: model_memory_mib? << 20,
            retrain_after: retrain_after?.map(TimeDelta::days),
            near_misses: source.near_misses().to_vec(),
            unread: source.unread().to_vec(),
        })
    }
}

/// How much would be wrong with the same variables in development.
fn wrong_in_development(variables: Vec<(OsString, OsString)>) -> usize {
    let chosen = (OsString::from(ENVIRONMENT), OsString::from("development"));
    let mut source = Source::new(variables.into_iter().chain([chosen]));
    // What was read is of no interest, and what is wrong the source has.
    let _ = Settings::read(&mut source);
    source.into_errors().errors.len()
}

impl ListenSettings {
    fn read(source: &mut Source) -> Result<Self, Counted> {
        let address = source.required("BIND_ADDRESS", parse::socket_address);
        let metrics_address = source.required("METRICS_ADDRESS", parse::socket_address);
        let grace = source.required("SHUTDOWN_GRACE_SECONDS", parse::number(0..=300));
        let tls = Self::read_tls(source);
        Ok(Self {
            address: address?,
            metrics_address: metrics_address?,
            tls: tls?,
            shutdown_grace: Duration::from_secs(grace?),
        })
    }

    fn read_tls(source: &mut Source) -> Result<Option<TlsFiles>, Counted> {
        let certificate = source.path("TLS_CERT_FILE")?;
        let key = source.path("TLS_KEY_FILE")?;
        let client_ca = source.path("TLS_CLIENT_CA_FILE")?;
        let (lacking, given) = match (certificate, key, client_ca) {
            (Some(certificate), Some(key), client_ca) => return Ok(Some(TlsFiles { certificate, key, client_ca })),
            (None, None, None) => return Ok(None),
            (None, Some(_), _) => ("TLS_CERT_FILE", "TLS_KEY_FILE"),
            (Some(_), None, _) => ("TLS_KEY_FILE", "TLS_CERT_FILE"),
            (None, None, Some(_)) => ("TLS_CERT_FILE", "TLS_CLIENT_CA_FILE"),
        };
        Err(source.reject(lacking, Problem::new("needed_by").with("given", given)))
    }
}

impl DatabaseSettings {
    fn read(source: &mut Source) -> Result<Self, Counted> {
        let profile = source.profile();
        let guarded = |url: String| secrets::server_url(url, profile);
        let url = source.required("DATABASE_URL", |text| guarded(parse::database_url(text)?));
        let migration_url = source.optional("DATABASE_MIGRATION_URL", |text| guarded(parse::postgres_url(text)?));
        let pool_size = source.required("DATABASE_POOL_SIZE", parse::number(1..=200));
        let (url, migration_url) = (url?, migration_url?);
        if migration_url.is_some() && parse::postgres_url(&url).is_err() {
            return Err(source.reject("DATABASE_MIGRATION_URL", Problem::new("migration_of_a_file")));
        }
        let migration_url = migration_url.unwrap_or_else(|| url.clone());
        Ok(Self { url: url.into(), migration_url: migration_url.into(), pool_size: pool_size? })
    }
}

impl IdentitySettings {
    fn read(source: &mut Source) -> Result<Self, Counted> {
        let profile = source.profile();
        let least_rounds = if profile == Profile::Production { 12 } else { 4 };
        let policies = [("classes", PasswordPolicy::Classes), ("length", PasswordPolicy::Length)];
        let (signing, names, sessions) =
            (Self::read_signing(source), Self::read_names(source), Self::read_sessions(source));
        let rotation = source.required("KEY_ROTATION_DAYS", parse::number(1..=365));
        let key_encryption_keys =
            source.required("KEY_ENCRYPTION_KEY", |text| secrets::key_encryption_keys(text, profile));
        let peppers = source.required("PASSWORD_PEPPER", |text| secrets::peppers(text, profile));
        let bcrypt_rounds = source.required("BCRYPT_ROUNDS", parse::number(least_rounds..=31));
        let password_policy = source.required("PASSWORD_POLICY", parse::word(&policies));
        let breached_passwords = source.path("BREACHED_PASSWORDS_FILE");
        let threshold = source.required("MAX_LOGIN_ATTEMPTS", parse::number(1..=1_000));
        let locked = source.required("LOCKOUT_DURATION", parse::number(1..=1_440));
        let open_registration = source.optional("OPEN_REGISTRATION_COMPANY", parse::number(1..=(1_i64 << 53)));
        let (sessions, signing) = (sessions?, signing?);
        let (key_encryption_keys, peppers) = (key_encryption_keys?, peppers?);
        if profile == Profile::Production {
            Self::refuse_shared_secrets(source, &signing, &key_encryption_keys, &peppers)?;
        }
        Ok(Self {
            signing,
            key_schedule: KeySchedule::new(TimeDelta::days(rotation?), sessions.access_token),
            names: names?,
            sessions,
            key_encryption_keys,
            peppers,
            bcrypt_rounds: bcrypt_rounds?,
            password_policy: password_policy?,
            breached_passwords: breached_passwords?,
            lockout: LockoutPolicy { threshold: threshold?, duration: TimeDelta::minutes(locked?) },
            open_registration: open_registration?.map(CompanyId::new),
        })
    }

    /// A secret has one purpose (NIST SP 800-57 part 1, 5.2): who learns it from one place does not open the other.
    fn refuse_shared_secrets(
        source: &mut Source,
        signing: &TokenSigning,
        key_encryption_keys: &[NamedSecret],
        peppers: &[NamedSecret],
    ) -> Result<(), Counted> {
        let values = |named: &[NamedSecret]| -> Vec<Vec<u8>> {
            named.iter().map(|secret| secret.value.expose_secret().to_vec()).collect()
        };
        let shared_secret = match signing {
            TokenSigning::Hs256(secret) => vec![secret.expose_secret().as_bytes().to_vec()],
            TokenSigning::KeySet(_) => Vec::new(),
        };
        let purposes = [
            ("KEY_ENCRYPTION_KEY", values(key_encryption_keys)),
            ("PASSWORD_PEPPER", values(peppers)),
            ("JWT_SECRET_KEY", shared_secret),
        ];
        secrets::first_shared(&purposes)
            .map_or(Ok(()), |(name, earlier)| Err(source.reject(name, Problem::new("shared").with("earlier", earlier))))
    }

    fn read_signing(source: &mut Source) -> Result<TokenSigning, Counted> {
        let of_set = |algorithm: KeyAlgorithm| (algorithm.as_str(), Some(algorithm));
        let words = [of_set(KeyAlgorithm::EdDsa), of_set(KeyAlgorithm::Es256), ("HS256", None)];
        if let Some(algorithm) = source.required("JWT_ALGORITHM", parse::word(&words))? {
            source.leave_unread("JWT_SECRET_KEY", &Problem::new("not_read").with("algorithm", algorithm.as_str()));
            return Ok(TokenSigning::KeySet(algorithm));
        }
        let profile = source.profile();
        source.required("JWT_SECRET_KEY", |text| secrets::jwt_secret(text, profile)).map(TokenSigning::Hs256)
    }

    fn read_names(source: &mut Source) -> Result<TokenNames, Counted> {
        let issuer = source.required("JWT_ISSUER", parse::token_name);
        let audience = source.required("JWT_AUDIENCE", parse::token_name);
        Ok(TokenNames { issuer: issuer?, audience: audience? })
    }

    fn read_sessions(source: &mut Source) -> Result<SessionLimits, Counted> {
        let access_token = source.required("JWT_ACCESS_TOKEN_EXPIRE_MINUTES", parse::number(1..=1_440));
        let idle = source.required("SESSION_IDLE_MINUTES", parse::number(1..=525_600));
        let absolute = source.required("SESSION_HOURS", parse::number(1..=8_760));
        Ok(SessionLimits {
            access_token: TimeDelta::minutes(access_token?),
            idle: TimeDelta::minutes(idle?),
            absolute: TimeDelta::hours(absolute?),
        })
    }
}

impl WebSettings {
    fn read(source: &mut Source) -> Result<Self, Counted> {
        let production = source.profile() == Profile::Production;
        let requests_per_minute = source.required("RATE_LIMIT_PER_MINUTE", parse::number(1..=1_000_000));
        let logins_per_minute = source.required("LOGIN_RATE_LIMIT_PER_MINUTE", parse::number(1..=1_000_000));
        let of_user = source.optional("QUOTA_USER", quotas::of_user);
        let of_company = source.optional("QUOTA_COMPANY", |text| quotas::list(QuotaSubject::Company, text));
        let dashboard = source.required("DASHBOARD", parse::truth);
        let public_url = source.optional("PUBLIC_URL", |text| match parse::public_url(text)? {
            url if production && url.starts_with("http://") && !parse::is_loopback_origin(&url) => {
                Err(Problem::new("plain_public_url"))
            }
            url => Ok(url),
        });
        let allowed_origins = source.optional("ALLOWED_ORIGINS", |text| match parse::origins(text)? {
            AllowedOrigins::Any if production => Err(Problem::new("any_origin")),
            origins => Ok(origins),
        });
        let trusted_proxies = source.optional("TRUSTED_PROXIES", |text| match parse::networks(text)? {
            networks if production && networks.iter().any(|network| network.prefix_len() == 0) => {
                Err(Problem::new("trusts_everybody"))
            }
            networks => Ok(networks),
        });
        let public_docs = source.required("PUBLIC_DOCS", parse::truth);
        let public_metrics = source.required("PUBLIC_METRICS", parse::truth);
        let graphql_queries = source.optional("GRAPHQL_QUERIES", parse::hashes);
        let readings = [XssProtection::Off, XssProtection::Block].map(|reading| (reading.header_value(), reading));
        let xss_protection = source.required("XSS_PROTECTION_HEADER", parse::word(&readings));
        let requests_per_minute = requests_per_minute?;
        Ok(Self {
            requests_per_minute,
            logins_per_minute: logins_per_minute?,
            quotas: quotas::table(requests_per_minute, of_user?, of_company?),
            dashboard: dashboard?,
            public_url: public_url?,
            allowed_origins: allowed_origins?.unwrap_or(AllowedOrigins::These(Vec::new())),
            trusted_proxies: trusted_proxies?.unwrap_or_default(),
            public_docs: public_docs?,
            public_metrics: public_metrics?,
            graphql_queries: graphql_queries?,
            xss_protection: xss_protection?,
        })
    }
}

impl LogSettings {
    fn read(source: &mut Source) -> Result<Self, Counted> {
        let levels = [
            ("error", LevelFilter::ERROR),
            ("warn", LevelFilter::WARN),
            ("info", LevelFilter::INFO),
            ("debug", LevelFilter::DEBUG),
            ("trace", LevelFilter::TRACE),
            ("off", LevelFilter::OFF),
        ];
        let level = source.required("LOG_LEVEL", parse::word(&levels));
        let format =
            source.required("LOG_FORMAT", parse::word(&[("text", LogFormat::Text), ("json", LogFormat::Json)]));
        let file = source.path("LOG_FILE");
        Ok(Self { level: level?, format: format?, file: file? })
    }
}
