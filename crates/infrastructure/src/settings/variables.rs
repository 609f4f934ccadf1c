//! The table of environment variables: names, defaults, meanings. Defaults are read from here by the program itself,
//! so the table cannot say anything else than what happens. docs/configuration.md is checked against it.

use super::Profile;

/// What a variable is when nobody sets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fallback {
    /// As if set to this.
    Text(&'static str),
    /// Nothing: what it governs is off.
    Unset,
    /// The program does not start.
    Required,
}

/// How much of a variable may be printed. It is decided by the variable: what a secret looks like is chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secrecy {
    /// All.
    Open,
    /// An address, which may hold a password: all but the password and the parameters.
    Address,
    /// Nothing.
    Whole,
}

/// A variable of the environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// What it is in production when nobody sets it.
    pub production: Fallback,
    /// What it is in development when nobody sets it.
    pub development: Fallback,
    /// How much of it may be printed. What is not open may instead be the content of a file that the variable
    /// `NAME_FILE` names.
    pub secrecy: Secrecy,
    /// What it does, with its unit and range.
    pub meaning: &'static str,
}

impl Variable {
    /// What it is under `profile` when nobody sets it.
    #[must_use]
    pub fn fallback(&self, profile: Profile) -> Fallback {
        match profile {
            Profile::Production => self.production,
            Profile::Development => self.development,
        }
    }

    /// The variable that names a file with this one's value, for a secret.
    #[must_use]
    pub fn file_name(&self) -> Option<String> {
        (self.secrecy != Secrecy::Open).then(|| format!("{}_FILE", self.name))
    }
}

/// Secrets that are good for development only: everybody can read them here.
pub(super) const DEVELOPMENT_KEY_ENCRYPTION_KEY: &str = "ZGV2ZWxvcG1lbnQtb25seS1ub3QtYS1zZWNyZXQtISE=";
pub(super) const DEVELOPMENT_PEPPER: &str = "development-only-not-a-secret";
pub(super) const DEVELOPMENT_JWT_SECRET: &str = "development-only-not-a-secret-at-all";

const fn same(name: &'static str, value: &'static str, meaning: &'static str) -> Variable {
    per_profile(name, value, value, meaning)
}

const fn per_profile(
    name: &'static str,
    production: &'static str,
    development: &'static str,
    meaning: &'static str,
) -> Variable {
    let (production, development) = (Fallback::Text(production), Fallback::Text(development));
    Variable { name, production, development, secrecy: Secrecy::Open, meaning }
}

const fn optional(name: &'static str, meaning: &'static str) -> Variable {
    Variable { name, production: Fallback::Unset, development: Fallback::Unset, secrecy: Secrecy::Open, meaning }
}

const fn secret(name: &'static str, production: Fallback, development: Fallback, meaning: &'static str) -> Variable {
    Variable { name, production, development, secrecy: Secrecy::Whole, meaning }
}

const fn address(name: &'static str, fallback: Fallback, meaning: &'static str) -> Variable {
    Variable { name, production: fallback, development: fallback, secrecy: Secrecy::Address, meaning }
}

/// Every variable that the program reads.
pub const VARIABLES: &[Variable] = &[
    same("ENVIRONMENT", "production", "`production` or `development`"),
    same("BIND_ADDRESS", "127.0.0.1:8000", "address and port of the API"),
    same(
        "SHUTDOWN_GRACE_SECONDS",
        "5",
        "after SIGTERM, how long `/health/ready` says 503 while new connections are still taken, 0 to 300",
    ),
    address("DATABASE_URL", Fallback::Text("sqlite://data/atalaya.db"), "`sqlite://PATH` or `postgres://…`"),
    address(
        "DATABASE_MIGRATION_URL",
        Fallback::Unset,
        "PostgreSQL: where migrations log in, as the owner of the tables; unset, `DATABASE_URL`",
    ),
    same("DATABASE_POOL_SIZE", "10", "most connections to the database, 1 to 200"),
    address(
        "REDIS_URL",
        Fallback::Unset,
        "`redis://…` or, with TLS, `rediss://…`: where several servers on one database share what they count",
    ),
    same("JWT_ALGORITHM", "EdDSA", "`EdDSA` or `ES256`, by a key set in the database, or `HS256`, by `JWT_SECRET_KEY`"),
    same("KEY_ROTATION_DAYS", "30", "how long a key of the set signs, 1 to 365 days"),
    secret(
        "JWT_SECRET_KEY",
        Fallback::Unset,
        Fallback::Text(DEVELOPMENT_JWT_SECRET),
        "shared secret of at least 32 bytes; required by `HS256`, else not read",
    ),
    same("JWT_ACCESS_TOKEN_EXPIRE_MINUTES", "30", "life of an access token, 1 to 1440 minutes"),
    same("JWT_ISSUER", "atalaya", "`iss` of access tokens"),
    same("JWT_AUDIENCE", "atalaya-api", "`aud` of access tokens"),
    same("SESSION_HOURS", "24", "most that a session lasts however it is used, 1 to 8760 hours"),
    same("SESSION_IDLE_MINUTES", "120", "a session that is not refreshed for so long has ended, 1 to 525600 minutes"),
    secret(
        "KEY_ENCRYPTION_KEY",
        Fallback::Required,
        Fallback::Text(DEVELOPMENT_KEY_ENCRYPTION_KEY),
        "32 bytes in base64 that encrypt stored private keys; or a list `id:value,id:value`, the first one current",
    ),
    secret(
        "PASSWORD_PEPPER",
        Fallback::Required,
        Fallback::Text(DEVELOPMENT_PEPPER),
        "at least 16 bytes, without a comma, mixed into every password hash; or a list like `KEY_ENCRYPTION_KEY`",
    ),
    same("BCRYPT_ROUNDS", "12", "two to this power is the work of a password hash, 4 to 31, in production at least 12"),
    same("PASSWORD_POLICY", "classes", "`classes` (8 to 128 characters of four classes) or `length` (15 to 128)"),
    optional(
        "BREACHED_PASSWORDS_FILE",
        "list of breached passwords that are refused, made by `atalaya passwords import`",
    ),
    per_profile("MAX_LOGIN_ATTEMPTS", "5", "20", "failed logins within a minute that lock a username, 1 to 1000"),
    same("LOCKOUT_DURATION", "15", "how long a lock lasts, 1 to 1440 minutes"),
    same("RATE_LIMIT_PER_MINUTE", "60", "requests of a user per minute; an address gets ten times that"),
    optional(
        "QUOTA_USER",
        "further quotas of a user, such as `write:500/hour, all:20000/day`, or `none`: a group (`all`, `read`, `write`, \
         `train`, `digits`), a count and a window (`minute`, `hour`, `day`) each, by commas; unless `digits` is named, \
         it is 10 a minute, 50 an hour and 200 a day",
    ),
    optional(
        "QUOTA_COMPANY",
        "quotas that the users of a company share, as `QUOTA_USER`, or `none`; unset, `all` is a hundred times \
         `RATE_LIMIT_PER_MINUTE` a minute, and `train` is 120 an hour",
    ),
    per_profile("LOGIN_RATE_LIMIT_PER_MINUTE", "60", "120", "logins of an address per minute"),
    same("MAX_HORIZON_DAYS", "400", "how far after the history a forecast reaches, 1 to 3650 days"),
    same(
        "MODEL_MEMORY_MIB",
        "1024",
        "most memory that models in use take, 16 to 1048576 MiB; one of three years takes about 50 KiB, and one that finds no \
         room is read from the database each time",
    ),
    optional(
        "RETRAIN_AFTER_DAYS",
        "how old a model has to be to be trained anew by itself, where there are newer observations, 1 to 365 days",
    ),
    optional(
        "OPEN_REGISTRATION_COMPANY",
        "id of the company in which strangers may register themselves as users by `POST /api/auth/register`",
    ),
    same("DASHBOARD", "true", "whether the dashboard answers under `/app/`"),
    optional(
        "PUBLIC_URL",
        "where browsers find this server, such as `https://atalaya.example`: scheme, host and, unless it is the scheme's own, port",
    ),
    Variable {
        name: "ALLOWED_ORIGINS",
        production: Fallback::Unset,
        development: Fallback::Text(
            "http://localhost:3000,http://127.0.0.1:3000,http://localhost:5173,http://127.0.0.1:5173",
        ),
        secrecy: Secrecy::Open,
        meaning: "origins whose pages may call the API, such as `https://panel.example`, by commas; `*` in development",
    },
    optional(
        "TRUSTED_PROXIES",
        "addresses and networks whose `X-Forwarded-For`, or without it `Forwarded`, is believed, by commas",
    ),
    per_profile("PUBLIC_DOCS", "false", "true", "whether `/docs` and `/api-docs/openapi.json` answer"),
    optional(
        "GRAPHQL_QUERIES",
        "SHA-256 of the only queries of GraphQL that are answered, in hexadecimal, by commas; all unless told",
    ),
    per_profile("PUBLIC_METRICS", "false", "true", "whether `/metrics` answers on `BIND_ADDRESS`"),
    same("METRICS_ADDRESS", "127.0.0.1:9000", "address and port of the Prometheus metrics"),
    same("XSS_PROTECTION_HEADER", "0", "`X-XSS-Protection` of every answer: `0` or `1; mode=block`"),
    same("LOG_LEVEL", "info", "`error`, `warn`, `info`, `debug`, `trace` or `off`"),
    same("LOG_FORMAT", "text", "`text` or `json`"),
    optional("LOG_FILE", "file that log lines are appended to, instead of standard output; opened anew on SIGHUP"),
    optional("TLS_CERT_FILE", "PEM file of the certificate chain; with `TLS_KEY_FILE` the API speaks TLS"),
    optional("TLS_KEY_FILE", "PEM file of the certificate's private key"),
    optional("TLS_CLIENT_CA_FILE", "PEM file of the authorities whose client certificates are demanded"),
];
