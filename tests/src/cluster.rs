//! A cluster on this machine: PostgreSQL, Redis, two replicas of the real program, and nginx before them. Its parts can
//! be stopped, killed and started one by one, and all go with the process that began it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use atalaya_infrastructure::runtime::SystemClock;
use atalaya_infrastructure::settings::Settings;
use atalaya_server::compose::Core;
use atalaya_test_servers::{Nginx, PgDatabase, Postgres, Process, Redis, Site, Switch, free_port};

use crate::client::{Client, http};

/// How many replicas there are.
pub const REPLICAS: usize = 2;

/// As in production, but without limits that a test meets by accident.
const SETTINGS: [(&str, &str); 7] = [
    ("ENVIRONMENT", "production"),
    ("TRUSTED_PROXIES", "127.0.0.1"),
    ("KEY_ENCRYPTION_KEY", "4dJyHqFz8vK1mWc0T7nXbG5sRPe2LoUa9iQwY6hVtCk="),
    ("PASSWORD_PEPPER", "u7Xk2RcVq9LmTz4bNw1YpGdA"),
    ("RATE_LIMIT_PER_MINUTE", "1000000"),
    ("LOGIN_RATE_LIMIT_PER_MINUTE", "1000000"),
    ("QUOTA_COMPANY", "none"),
];

/// A running cluster.
pub struct Cluster {
    nginx: Nginx,
    replicas: Vec<Replica>,
    // Before its server, which it is dropped from.
    database: PgDatabase,
    postgres: Arc<Postgres>,
    database_url: String,
    redis: Redis,
}

/// A second database server, and the address by which the replicas reach the one or the other.
pub struct Failover {
    /// Streams from the cluster's PostgreSQL.
    pub standby: Postgres,
    /// Leads to the cluster's PostgreSQL at first.
    pub switch: Switch,
}

/// One process of the program.
struct Replica {
    process: Process,
    url: String,
}

impl Replica {
    fn new(program: &Path, settings: &BTreeMap<String, String>) -> Self {
        let (port, metrics) = (free_port(), free_port());
        let mut settings = settings.clone();
        settings.insert("BIND_ADDRESS".to_owned(), format!("127.0.0.1:{port}"));
        settings.insert("METRICS_ADDRESS".to_owned(), format!("127.0.0.1:{metrics}"));
        let command = [program.display().to_string(), "serve".to_owned()];
        let process = Process::new("replica", &command, &settings);
        Self { process, url: format!("http://127.0.0.1:{port}") }
    }

    /// Starts it and waits until it says that it may be sent requests.
    fn start(&self) {
        let http = http();
        let ready = || http.get(format!("{}/health/ready", self.url)).send().is_ok_and(|reply| reply.status() == 200);
        self.process.start(ready);
    }
}

impl Cluster {
    /// Starts a cluster of `program` with these settings besides its own. `fill` puts into the database what a test
    /// wants to find there.
    #[must_use]
    pub fn start(program: &Path, changes: &[(&str, &str)], fill: impl FnOnce(&Core)) -> Self {
        let postgres = Arc::new(Postgres::new());
        let database = postgres.create_database();
        let url = database.url();
        Self::on(program, changes, fill, (postgres, database, url))
    }

    /// [`Self::start`] with a hot standby. The replicas reach their database by an address that a test moves to it.
    #[must_use]
    pub fn start_with_standby(program: &Path, changes: &[(&str, &str)], fill: impl FnOnce(&Core)) -> (Self, Failover) {
        let postgres = Arc::new(Postgres::new());
        let (database, standby) = (postgres.create_database(), postgres.standby());
        let switch = Switch::to(postgres.address());
        let url = database.url_by(switch.address());
        (Self::on(program, changes, fill, (postgres, database, url)), Failover { standby, switch })
    }

    fn on(
        program: &Path,
        changes: &[(&str, &str)],
        fill: impl FnOnce(&Core),
        (postgres, database, database_url): (Arc<Postgres>, PgDatabase, String),
    ) -> Self {
        let redis = Redis::new();
        let redis_url = redis.url();
        let shared = [("DATABASE_URL", database_url.as_str()), ("REDIS_URL", redis_url.as_str())];
        let mut settings: BTreeMap<String, String> = BTreeMap::new();
        for (name, value) in SETTINGS.iter().chain(&shared).chain(changes) {
            settings.insert((*name).to_owned(), (*value).to_owned());
        }
        fill(&open(&settings));
        let replicas: Vec<Replica> = (0..REPLICAS).map(|_| Replica::new(program, &settings)).collect();
        std::thread::scope(|threads| {
            for replica in &replicas {
                threads.spawn(|| replica.start());
            }
        });
        let urls: Vec<&str> = replicas.iter().map(|replica| replica.url.as_str()).collect();
        let nginx = nginx_before(&urls);
        Self { nginx, replicas, database, postgres, database_url, redis }
    }

    /// Where nginx listens.
    #[must_use]
    pub fn url(&self) -> String {
        self.nginx.url()
    }

    /// What a command needs to work on the database of the replicas.
    #[must_use]
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let named = |(name, value): (&'static str, &str)| (name, value.to_owned());
        let secrets =
            SETTINGS.into_iter().filter(|(name, _)| matches!(*name, "KEY_ENCRYPTION_KEY" | "PASSWORD_PEPPER"));
        let mut all: Vec<_> = std::iter::once(("ENVIRONMENT", "development")).chain(secrets).map(named).collect();
        all.extend([("DATABASE_URL", self.database_url.clone()), ("REDIS_URL", self.redis.url())]);
        all
    }

    /// Where one replica listens, the first being 0.
    #[must_use]
    pub fn replica_url(&self, number: usize) -> String {
        self.replica(number).url.clone()
    }

    /// Somebody who is not logged in and talks to nginx.
    #[must_use]
    pub fn anonymous(&self) -> Client {
        Client::new(http(), self.url())
    }

    /// Somebody who is not logged in and talks to one replica.
    #[must_use]
    pub fn anonymous_at(&self, number: usize) -> Client {
        Client::new(http(), self.replica_url(number))
    }

    /// Ends a replica at once, as `kill -9` does.
    pub fn kill(&self, number: usize) {
        self.replica(number).process.end("KILL");
    }

    /// Asks a replica to end in peace, and waits until it did.
    pub fn terminate(&self, number: usize) {
        self.replica(number).process.end("TERM");
    }

    /// Sends a replica a signal and does not wait.
    pub fn signal(&self, number: usize, name: &str) {
        self.replica(number).process.signal(name);
    }

    /// The process id of a replica that runs.
    #[must_use]
    pub fn process_id(&self, number: usize) -> Option<u32> {
        let process = &self.replica(number).process;
        process.id().filter(|_| process.runs())
    }

    /// Starts a replica that ended, and waits until it says that it may be sent requests.
    pub fn restart(&self, number: usize) {
        self.replica(number).start();
    }

    /// What a replica printed.
    #[must_use]
    pub fn printed(&self, number: usize) -> String {
        self.replica(number).process.printed()
    }

    /// Its PostgreSQL.
    #[must_use]
    pub fn postgres(&self) -> &Postgres {
        &self.postgres
    }

    /// Its database.
    #[must_use]
    pub fn database(&self) -> &PgDatabase {
        &self.database
    }

    /// Its Redis.
    #[must_use]
    pub fn redis(&self) -> &Redis {
        &self.redis
    }

    /// Its nginx.
    #[must_use]
    pub fn nginx(&self) -> &Nginx {
        &self.nginx
    }

    fn replica(&self, number: usize) -> &Replica {
        self.replicas.get(number).expect("a replica of that number")
    }
}

/// The use cases on the cluster's database, migrated.
fn open(settings: &BTreeMap<String, String>) -> Core {
    let variables = settings.iter().map(|(name, value)| (OsString::from(name), OsString::from(value)));
    let settings = Settings::load(variables).expect("settings without a mistake");
    Core::open(&settings, Arc::new(SystemClock)).expect("the database opens")
}

/// nginx as deploy/nginx has it, before the servers at these addresses.
#[must_use]
pub fn nginx_before(urls: &[&str]) -> Nginx {
    // A rate that no test meets by accident.
    nginx_with("100000r/s", urls)
}

/// The same, where an address has so many requests, as nginx writes a rate, after its burst.
#[must_use]
pub fn nginx_with(rate: &str, urls: &[&str]) -> Nginx {
    Nginx::new(|site| configuration(site, rate, urls))
}

/// What nginx is told: what deploy/nginx tells it, without TLS, and with other limits.
fn configuration(site: &Site, rate: &str, urls: &[&str]) -> String {
    let mut servers = String::new();
    for url in urls {
        let address = url.trim_start_matches("http://");
        let _ = writeln!(servers, "server {address} max_fails=10 fail_timeout=2s;");
    }
    std::fs::write(site.folder.join("upstream-servers.conf"), servers).expect("a file in a folder of our own");
    let snippets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/nginx/snippets");
    let (snippets, folder, port) = (snippets.display(), site.folder.display(), site.port);
    format!(
        "pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    limit_req_zone $binary_remote_addr zone=atalaya_api:1m rate={rate};
    limit_req_zone $binary_remote_addr zone=atalaya_login:1m rate={rate};
    include {snippets}/http.conf;
    include {snippets}/problem-texts.conf;
    include {snippets}/upstream.conf;
    server {{
        listen 127.0.0.1:{port};
        include {snippets}/proxy.conf;
        include {snippets}/problems.conf;
    }}
}}
"
    )
}
