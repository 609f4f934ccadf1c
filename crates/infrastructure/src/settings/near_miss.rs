//! Variables that nobody reads and that look like one of ours: a slip of the fingers, or the name that another system
//! gives it. What many environments hold besides must not look like one, because a warning that is often wrong is soon
//! not read.

use std::fmt;

use super::variables::VARIABLES;

/// Names of the systems before this one, and what has their place here.
const FORMER: [(&str, &str); 14] = [
    ("CORS_ORIGINS", "ALLOWED_ORIGINS"),
    ("CORS_ALLOWED_ORIGINS", "ALLOWED_ORIGINS"),
    ("JWT_EXPIRE_MINUTES", "JWT_ACCESS_TOKEN_EXPIRE_MINUTES"),
    ("JWT_EXPIRATION_MINUTES", "JWT_ACCESS_TOKEN_EXPIRE_MINUTES"),
    ("ACCESS_TOKEN_EXPIRE_MINUTES", "JWT_ACCESS_TOKEN_EXPIRE_MINUTES"),
    ("JWT_SECRET", "JWT_SECRET_KEY"),
    ("RATE_LIMIT", "RATE_LIMIT_PER_MINUTE"),
    ("LOCKOUT_MINUTES", "LOCKOUT_DURATION"),
    ("BCRYPT_COST", "BCRYPT_ROUNDS"),
    ("TLS_CERT", "TLS_CERT_FILE"),
    ("TLS_CERTIFICATE", "TLS_CERT_FILE"),
    ("TLS_CERT_PATH", "TLS_CERT_FILE"),
    ("TLS_KEY", "TLS_KEY_FILE"),
    ("TLS_KEY_PATH", "TLS_KEY_FILE"),
];
/// What some put before every variable of a program.
const PREFIX: &str = "ATALAYA_";
/// Shorter names than this may differ in one place, longer ones in two.
const LONG: usize = 10;

/// A variable that is set and not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearMiss {
    /// As it is set.
    pub found: String,
    /// What may be meant.
    pub meant: String,
    /// Whether it is the name that a system before this one had for it.
    pub former: bool,
}

impl fmt::Display for NearMiss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} may be {}", self.found, self.meant)
    }
}

/// Every name that is read.
pub(super) fn is_known(name: &str) -> bool {
    known().any(|known| known == name)
}

fn known() -> impl Iterator<Item = String> {
    VARIABLES.iter().flat_map(|variable| [Some(variable.name.to_owned()), variable.file_name()]).flatten()
}

/// Which of ours a name looks like, if it is none of ours.
pub(super) fn near_miss(name: &str) -> Option<NearMiss> {
    if is_known(name) {
        return None;
    }
    let upper = name.to_ascii_uppercase();
    let miss = |meant: String, former| Some(NearMiss { found: name.to_owned(), meant, former });
    if let Some((_, meant)) = FORMER.iter().find(|(former, _)| *former == upper) {
        return miss((*meant).to_owned(), true);
    }
    let bare = upper.strip_prefix(PREFIX).unwrap_or(&upper);
    let likely = known().map(|known| (strsim::osa_distance(bare, &known), known));
    let (distance, meant) = likely.min_by_key(|(distance, _)| *distance)?;
    // A first letter is rarely missed, and other programs have names that differ in it, such as SSL_CERT_FILE.
    let same_begin = bare.chars().next() == meant.chars().next();
    let allowed = if bare.len() < LONG { 1 } else { 2 };
    (distance <= allowed && (same_begin || distance <= 1)).then(|| miss(meant, false)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant(name: &str) -> Option<String> {
        near_miss(name).map(|near| near.meant)
    }

    #[test]
    fn slips_and_former_names_are_recognized() {
        for (found, expected) in [
            ("DATABSE_URL", "DATABASE_URL"),
            ("DATABASE_URI", "DATABASE_URL"),
            ("DATABASEURL", "DATABASE_URL"),
            ("database_url", "DATABASE_URL"),
            ("ATALAYA_DATABASE_URL", "DATABASE_URL"),
            ("KEY_ENCRYPTON_KEY_FILE", "KEY_ENCRYPTION_KEY_FILE"),
            ("PASSWORD_PEPER", "PASSWORD_PEPPER"),
            ("ENVIROMENT", "ENVIRONMENT"),
            ("BIND_ADRESS", "BIND_ADDRESS"),
            ("LOG_LEVL", "LOG_LEVEL"),
            ("REDIS_URI", "REDIS_URL"),
            ("TLS_CRET_FILE", "TLS_CERT_FILE"),
            ("ALLOWED_ORIGIN", "ALLOWED_ORIGINS"),
            ("CORS_ORIGINS", "ALLOWED_ORIGINS"),
            ("RATE_LIMIT", "RATE_LIMIT_PER_MINUTE"),
            ("JWT_EXPIRE_MINUTES", "JWT_ACCESS_TOKEN_EXPIRE_MINUTES"),
            ("TLS_CERT", "TLS_CERT_FILE"),
            ("TLS_KEY_PATH", "TLS_KEY_FILE"),
        ] {
            assert_eq!(meant(found).as_deref(), Some(expected), "{found}");
        }
        assert!(near_miss("RATE_LIMIT").is_some_and(|near| near.former));
        assert!(near_miss("DATABSE_URL").is_some_and(|near| !near.former));
    }

    #[test]
    fn what_is_read_is_no_miss() {
        for name in known() {
            assert_eq!(meant(&name), None, "{name}");
        }
    }

    /// What shells, containers, clusters, build machines and other programs put into an environment.
    #[test]
    fn an_ordinary_environment_has_no_misses() {
        const ORDINARY: &str = "PATH HOME USER LOGNAME SHELL TERM PWD OLDPWD SHLVL LANG LANGUAGE LC_ALL LC_MESSAGES TZ \
            HOSTNAME HOST PORT HOSTTYPE MAIL EDITOR VISUAL PAGER LESS LS_COLORS DISPLAY XAUTHORITY TMPDIR TEMP \
            XDG_RUNTIME_DIR XDG_SESSION_ID DBUS_SESSION_BUS_ADDRESS SSH_AUTH_SOCK SSH_CLIENT SSH_CONNECTION SSH_TTY \
            SSL_CERT_FILE SSL_CERT_DIR SSL_KEY_FILE REQUESTS_CA_BUNDLE CURL_CA_BUNDLE NODE_EXTRA_CA_CERTS \
            HTTP_PROXY HTTPS_PROXY NO_PROXY http_proxy https_proxy no_proxy \
            PGHOST PGPORT PGUSER PGPASSWORD PGPASSFILE PGDATABASE PGSSLMODE PGSSLROOTCERT \
            POSTGRES_USER POSTGRES_PASSWORD POSTGRES_DB POSTGRES_PORT POSTGRES_HOST \
            DATABASE_HOST DATABASE_PORT DATABASE_NAME DATABASE_USER DATABASE_PASSWORD \
            REDIS_PORT REDIS_HOST REDIS_NAME REDIS_PASSWORD REDIS_PORT_6379_TCP REDIS_PORT_6379_TCP_ADDR \
            REDIS_PORT_6379_TCP_PORT REDIS_PORT_6379_TCP_PROTO REDIS_SERVICE_HOST REDIS_SERVICE_PORT \
            DB_PORT_5432_TCP DB_PORT_5432_TCP_ADDR DB_NAME ATALAYA_PORT ATALAYA_SERVICE_HOST ATALAYA_SERVICE_PORT \
            ATALAYA_PORT_8000_TCP ATALAYA_PORT_8000_TCP_ADDR ATALAYA_IMAGE ATALAYA_VERSION \
            KUBERNETES_SERVICE_HOST KUBERNETES_SERVICE_PORT KUBERNETES_PORT KUBERNETES_PORT_443_TCP_ADDR \
            NODE_NAME POD_NAME POD_NAMESPACE POD_IP CONTAINER container INVOCATION_ID JOURNAL_STREAM SYSTEMD_EXEC_PID \
            NOTIFY_SOCKET LISTEN_FDS LISTEN_PID WATCHDOG_USEC CREDENTIALS_DIRECTORY STATE_DIRECTORY LOGS_DIRECTORY \
            CI GITHUB_ACTIONS GITLAB_CI BUILD_NUMBER JENKINS_URL VIRTUAL_ENV PYTHONPATH NODE_ENV JAVA_HOME GOPATH \
            CARGO_HOME RUSTUP_HOME RUST_LOG RUST_BACKTRACE CARGO_TARGET_DIR COLORTERM NO_COLOR CLICOLOR \
            APP_ENV LOG_DIR LOG_PATH LOG_FILE_PATH LOGLEVEL_ROOT SECRET_KEY_BASE DEBUG WORKERS WEB_CONCURRENCY \
            JWT_PRIVATE_KEY JWT_PUBLIC_KEY MAX_MEMORY ENV BASH_ENV MODEL_NAME KEY PASSWORD";
        let misses: Vec<_> = ORDINARY.split_whitespace().filter_map(near_miss).collect();
        assert!(misses.is_empty(), "{misses:?}");
    }
}
