//! PostgreSQL.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::place::{Medium, folder, free_port, program};
use crate::supervisor::Supervisor;

/// Who owns the databases of tests: as a provider's customer would, nobody's superuser, whom row-level security would
/// not bind.
const OWNER: &str = "atalaya_owner";
/// Roles as a production server has them: who owns the databases, and whom the program becomes to work on their rows.
const ROLES: &str = "CREATE ROLE atalaya_owner LOGIN CREATEDB CREATEROLE; \
                     CREATE ROLE atalaya_app NOLOGIN; \
                     GRANT atalaya_app TO atalaya_owner;";
/// A killed process loses nothing of what it committed; only a power cut could, and would take the tests too.
const SETTINGS: [&str; 9] = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=1000",
    "shared_buffers=64MB",
    "fsync=off",
    "full_page_writes=off",
    "autovacuum=off",
    "max_wal_size=512MB",
    "jit=off",
];
/// How long a server may take to do what it is told.
const PATIENCE: Duration = Duration::from_mins(1);
/// How often a new server is tried on another port when somebody else takes the first.
const TRIES: usize = 5;

/// A PostgreSQL server with files of its own.
pub struct Postgres {
    supervisor: Mutex<Supervisor>,
    data: PathBuf,
    port: u16,
}

impl Postgres {
    /// The server that the tests of this process share.
    #[must_use]
    pub fn shared() -> &'static Arc<Self> {
        static SHARED: OnceLock<Arc<Postgres>> = OnceLock::new();
        SHARED.get_or_init(|| Arc::new(Self::new()))
    }

    /// A server of a test's own, which it may stop.
    #[must_use]
    pub fn new() -> Self {
        Self::with(&[], Medium::Memory)
    }

    /// A server that syncs what it commits, as one with customers does: for measurements. It is on a disk, where its
    /// log need not be small.
    #[must_use]
    pub fn durable() -> Self {
        let settings = ["fsync=on", "full_page_writes=on", "autovacuum=on", "shared_buffers=1GB", "max_wal_size=4GB"];
        Self::with(&settings, Medium::Disk)
    }

    /// A server with further settings, which win.
    fn with(settings: &[&str], medium: Medium) -> Self {
        let start = || {
            let folder = folder("postgres", medium);
            let user = prepare(&folder);
            let initdb = ["--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8"];
            run(&command(&user, "initdb", &initdb, &folder.join("data")));
            Self::try_new(&folder, user, settings)
        };
        let server = std::iter::repeat_with(start).take(TRIES).find_map(|server| server).expect("PostgreSQL starts");
        server.administer(ROLES);
        server
    }

    /// A hot standby that streams from this server: it answers what only reads, some moments late, until it is
    /// promoted.
    #[must_use]
    pub fn standby(&self) -> Self {
        let source = self.url("postgres", "postgres");
        let start = || {
            let folder = folder("postgres", Medium::Memory);
            let user = prepare(&folder);
            let copy = ["--write-recovery-conf", "--checkpoint=fast", "--no-sync", "--dbname", &source];
            run(&command(&user, "pg_basebackup", &copy, &folder.join("data")));
            Self::try_new(&folder, user, &[])
        };
        std::iter::repeat_with(start).take(TRIES).find_map(|server| server).expect("a standby starts")
    }

    /// A server of the files in `folder`, started; none where somebody else took its port.
    fn try_new(folder: &Path, user: Vec<String>, settings: &[&str]) -> Option<Self> {
        let (data, port) = (folder.join("data"), free_port());
        let mut command = user;
        command.extend([program("postgres"), "-D".to_owned(), data.display().to_string(), format!("--port={port}")]);
        let settings = SETTINGS.iter().chain(settings);
        command.extend(settings.flat_map(|setting| ["-c".to_owned(), (*setting).to_owned()]));
        let supervisor = Mutex::new(Supervisor::new(folder, "QUIT", &command));
        let server = Self { supervisor, data, port };
        server.try_start().then_some(server)
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.port))
    }

    /// Waits until this standby has done all that `primary` had committed when this was called.
    pub fn await_replay(&self, primary: &Self) {
        let written = primary.text("CAST(pg_current_wal_flush_lsn() AS TEXT)");
        let replayed = format!("CAST(pg_last_wal_replay_lsn() >= '{written}' AS TEXT)");
        self.await_text(&replayed, "true");
    }

    /// Lets this standby do nothing more of what it receives, so that it stays behind.
    pub fn pause_replay(&self) {
        self.administer("SELECT pg_wal_replay_pause()");
    }

    /// Cuts this standby off from its primary: what is committed there from now on is not known here.
    pub fn stop_receiving(&self) {
        self.administer("ALTER SYSTEM SET primary_conninfo = ''; SELECT pg_reload_conf()");
        self.await_text("(SELECT CAST(count(*) AS TEXT) FROM pg_stat_wal_receiver)", "0");
    }

    /// Makes this standby the primary, and waits until it is.
    pub fn promote(&self) {
        assert_eq!(self.text("CAST(pg_promote() AS TEXT)"), "true", "the standby is promoted");
    }

    /// Makes every session read-only, or no longer, also those that are there.
    pub fn set_read_only(&self, read_only: bool) {
        let word = if read_only { "on" } else { "off" };
        // The session itself may be read-only already.
        self.administer(&format!(
            "SET default_transaction_read_only = off; ALTER SYSTEM SET default_transaction_read_only = {word}; \
             SELECT pg_reload_conf()"
        ));
        self.await_text("current_setting('default_transaction_read_only')", word);
    }

    /// Waits until an expression has a value.
    fn await_text(&self, expression: &str, value: &str) {
        let started = Instant::now();
        while self.text(expression) != value {
            assert!(started.elapsed() < PATIENCE, "{expression} does not become {value}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// The one text of a query, which is given without its `SELECT`.
    fn text(&self, expression: &str) -> String {
        let mut conn = PgConnection::establish(&self.url("postgres", "postgres")).expect("PostgreSQL answers");
        diesel::select(sql::<Text>(expression)).get_result(&mut conn).expect("a query that runs")
    }

    /// Starts it again, after [`Self::stop`] or [`Self::kill`], where it was.
    pub fn start(&self) {
        assert!(self.try_start(), "PostgreSQL does not start:\n{}", self.supervisor().log());
    }

    /// Stops it. Whoever is connected loses the connection.
    pub fn stop(&self) {
        self.supervisor().end("INT");
    }

    /// Ends it at once, as `kill -9` does.
    pub fn kill(&self) {
        self.supervisor().end("KILL");
    }

    /// An empty database, dropped with the value.
    #[must_use]
    pub fn create_database(self: &Arc<Self>) -> PgDatabase {
        self.create_like("template0")
    }

    fn create_like(self: &Arc<Self>, template: &str) -> PgDatabase {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let name = format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        self.administer(&format!("CREATE DATABASE {name} OWNER {OWNER} TEMPLATE {template}"));
        PgDatabase { server: Arc::clone(self), name }
    }

    fn try_start(&self) -> bool {
        let mut supervisor = self.supervisor();
        supervisor.start();
        supervisor.await_ready(|| self.answers())
    }

    /// Whether it is this very server that answers on its port.
    fn answers(&self) -> bool {
        let Ok(mut conn) = PgConnection::establish(&self.url("postgres", "postgres")) else { return false };
        let folder = sql::<Text>("SELECT current_setting('data_directory')").get_result(&mut conn);
        folder.is_ok_and(|folder: String| folder == self.data.display().to_string())
    }

    fn url(&self, role: &str, database: &str) -> String {
        format!("postgres://{role}@127.0.0.1:{}/{database}", self.port)
    }

    fn administer(&self, statements: &str) {
        let mut conn = PgConnection::establish(&self.url("postgres", "postgres")).expect("PostgreSQL answers");
        // One by one, because a database is not made within a transaction.
        for statement in statements.split(';').filter(|statement| !statement.trim().is_empty()) {
            conn.batch_execute(statement).expect("a statement that runs");
        }
    }

    fn supervisor(&self) -> std::sync::MutexGuard<'_, Supervisor> {
        self.supervisor.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Postgres {
    fn default() -> Self {
        Self::new()
    }
}

/// A database of a server, dropped with this value.
pub struct PgDatabase {
    server: Arc<Postgres>,
    name: String,
}

impl PgDatabase {
    /// A database of the same contents, dropped with the value. Nobody may be connected to this one.
    #[must_use]
    pub fn copy(&self) -> Self {
        let copy = self.server.create_like(&self.name);
        // What may be done to the database itself is no part of its contents.
        self.server.administer(&format!(
            "UPDATE pg_database SET datacl = (SELECT datacl FROM pg_database WHERE datname = '{}') WHERE datname = '{}'",
            self.name, copy.name
        ));
        copy
    }

    /// The value of `DATABASE_URL`: as its owner, who is no superuser.
    #[must_use]
    pub fn url(&self) -> String {
        self.server.url(OWNER, &self.name)
    }

    /// [`Self::url`] by way of whatever listens at `address`.
    #[must_use]
    pub fn url_by(&self, address: SocketAddr) -> String {
        format!("postgres://{OWNER}@{address}/{}", self.name)
    }

    /// A way in that nothing holds back, row-level security included: for a test that looks behind the program's back,
    /// never for the program.
    #[must_use]
    pub fn superuser_url(&self) -> String {
        self.server.url("postgres", &self.name)
    }

    /// The files of its tables and indexes, with all in them that was written so far.
    #[must_use]
    pub fn files(&self) -> Vec<PathBuf> {
        let mut conn = PgConnection::establish(&self.superuser_url()).expect("PostgreSQL answers");
        conn.batch_execute("CHECKPOINT").expect("a checkpoint");
        let folder = sql::<Text>("SELECT 'base/' || oid FROM pg_database WHERE datname = current_database()");
        let folder: String = folder.get_result(&mut conn).expect("a folder");
        let files = std::fs::read_dir(self.server.data.join(folder)).expect("a folder");
        files.map(|file| file.expect("a file").path()).collect()
    }

    /// Runs statements as somebody whom nothing holds back.
    pub fn execute(&self, statements: &str) {
        let mut conn = PgConnection::establish(&self.superuser_url()).expect("PostgreSQL answers");
        conn.batch_execute(statements).expect("statements that run");
    }

    /// Every row of a query with one column of text, as somebody whom nothing holds back.
    #[must_use]
    pub fn texts(&self, query: &str) -> Vec<String> {
        let mut conn = PgConnection::establish(&self.superuser_url()).expect("PostgreSQL answers");
        sql::<Text>(query).load(&mut conn).expect("a query of texts")
    }

    /// Its server.
    #[must_use]
    pub fn server(&self) -> &Arc<Postgres> {
        &self.server
    }
}

impl Drop for PgDatabase {
    fn drop(&mut self) {
        // A test may have left its server stopped; then the database goes with the files.
        if let Ok(mut conn) = PgConnection::establish(&self.server.url("postgres", "postgres")) {
            let _ = conn.batch_execute(&format!("DROP DATABASE {} WITH (FORCE)", self.name));
        }
    }
}

/// A program of PostgreSQL that makes the files of a server in `data`.
fn command(user: &[String], name: &str, arguments: &[&str], data: &Path) -> Vec<String> {
    let given = arguments.iter().map(|argument| (*argument).to_owned());
    let made = [program(name)].into_iter().chain(given).chain(["--pgdata".to_owned(), data.display().to_string()]);
    user.iter().cloned().chain(made).collect()
}

/// PostgreSQL refuses to run as root: gives its folder to the user that its package made, and how to become that user.
fn prepare(folder: &std::path::Path) -> Vec<String> {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    if run(&words(&["id", "-u"])).trim() != "0" {
        return Vec::new();
    }
    run(&words(&["chown", "postgres:", &folder.display().to_string()]));
    words(&[&program("setpriv"), "--reuid=postgres", "--regid=postgres", "--init-groups", "--"])
}

fn run(command: &[String]) -> String {
    let (program, arguments) = command.split_first().expect("a command");
    let output = Command::new(program).args(arguments).current_dir("/").output().expect("a program that starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} fails: {said}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
