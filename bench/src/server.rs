//! The server under test: the release binary with its demonstration data in a directory of its own.

use std::env::consts::EXE_SUFFIX;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::Outcome;
use crate::client::Client;
use crate::process::{Process, free_address};

/// The administrators of the demonstration and their accounts.
pub(crate) const BANKS: [(&str, &str); 4] = [
    ("admin_interbank", "Interbank"),
    ("admin_bcp", "BCPComunica"),
    ("admin_bbva", "bbva_peru"),
    ("admin_scotia", "ScotiabankPE"),
];
/// The password of all of them.
pub(crate) const PASSWORD: &str = "password123";
/// The password of users that the benchmark registers, as the policy wants it.
pub(crate) const FRESH_PASSWORD: &str = "Una-Medida-2026";
/// The most that the rate limits take: the benchmark lifts them and changes besides no other setting than addresses,
/// paths and the failures allowed.
const LIFTED: &str = "1000000";

/// The most failures that can be allowed: wrong passwords are compared here, not refused.
const MOST_FAILURES: &str = "1000";

/// The binary and its data.
pub(crate) struct Installation {
    binary: PathBuf,
    data: TempDir,
    /// The value of `DATABASE_URL`.
    database: String,
}

impl Installation {
    /// Finds the release binary beside this one, where cargo puts both.
    pub(crate) fn find() -> Outcome<Self> {
        let binary = std::env::current_exe()?.with_file_name(format!("atalaya{EXE_SUFFIX}"));
        if cfg!(debug_assertions) || !binary.exists() {
            return Err("build both in release: cargo build --release -p atalaya-server -p atalaya-bench".into());
        }
        let data = TempDir::new()?;
        let database = format!("sqlite://{}", data.path().join("atalaya.db").display());
        Ok(Self { binary, data, database })
    }

    /// The same on another database.
    pub(crate) fn on(self, database: String) -> Self {
        Self { database, ..self }
    }

    /// The value of `DATABASE_URL`.
    pub(crate) fn database(&self) -> &str {
        &self.database
    }

    /// Where files of this run go.
    pub(crate) fn directory(&self) -> &Path {
        self.data.path()
    }

    /// Starts the server and says how long it took until it was ready.
    pub(crate) fn start(&self) -> Outcome<(Process, Duration)> {
        let (address, metrics) = (free_address()?, free_address()?);
        let log = File::options().create(true).append(true).open(self.directory().join("server.log"))?;
        let mut command = self.command(&["serve"]);
        command
            .env("BIND_ADDRESS", address.to_string())
            .env("METRICS_ADDRESS", metrics.to_string())
            .env("RATE_LIMIT_PER_MINUTE", LIFTED)
            .env("LOGIN_RATE_LIMIT_PER_MINUTE", LIFTED)
            .env("QUOTA_USER", "none")
            .env("MAX_LOGIN_ATTEMPTS", MOST_FAILURES)
            .stdout(log);
        Process::start(&mut command, address, "/health/ready")
    }

    /// Runs the program beside the server, on the same database, and gives what it printed.
    pub(crate) fn run(&self, arguments: &[&str]) -> Outcome<String> {
        let output = self.command(arguments).output()?;
        if !output.status.success() {
            return Err(format!("{arguments:?} failed: {}", String::from_utf8_lossy(&output.stderr)).into());
        }
        Ok(String::from_utf8(output.stdout)?)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command.args(arguments).env_clear().env("ENVIRONMENT", "development").env("DATABASE_URL", &self.database);
        command
    }
}

/// What a login sends.
pub(crate) fn credentials(username: &str) -> Value {
    json!({ "username": username, "password": PASSWORD })
}

/// Logs in and gives the access token.
pub(crate) fn log_in(server: &Process, username: &str) -> Outcome<String> {
    let answer = Client::new(server.address()).create("/auth/login", &credentials(username))?;
    Ok(text(&answer, "/access_token")?.to_owned())
}

/// The text at a place of an answer (RFC 6901).
pub(crate) fn text<'answer>(answer: &'answer Value, pointer: &str) -> Outcome<&'answer str> {
    let text = answer.pointer(pointer).and_then(Value::as_str);
    text.ok_or_else(|| format!("an answer has no text at {pointer}").into())
}

/// The number at a place of an answer.
pub(crate) fn number(answer: &Value, pointer: &str) -> Outcome<u64> {
    let number = answer.pointer(pointer).and_then(Value::as_u64);
    number.ok_or_else(|| format!("an answer has no number at {pointer}").into())
}

/// Somebody who registers users of a bank.
pub(crate) struct Administrator {
    pub(crate) client: Client,
    company: u64,
}

impl Administrator {
    pub(crate) fn log_in(server: &Process, username: &str) -> Outcome<Self> {
        let client = Client::with_token(server.address(), &log_in(server, username)?);
        let company = number(&serde_json::from_str(&client.read("/auth/me")?)?, "/empresa_id")?;
        Ok(Self { client, company })
    }

    /// Registers a user with [`FRESH_PASSWORD`] and gives the id.
    pub(crate) fn register(&self, username: &str) -> Outcome<u64> {
        let user = json!({ "username": username, "password": FRESH_PASSWORD, "empresa_id": self.company });
        number(&self.client.create("/auth/register", &user)?, "/id_usuario")
    }
}

/// The path of an account's forecast 30 days ahead.
pub(crate) fn forecast_path(client: &Client, account: &str) -> Outcome<String> {
    let path = client.create(&format!("/regression/forecast/{account}"), &json!({ "h": 30 }))?;
    let last = path.get("forecast").and_then(Value::as_array).and_then(|days| days.last());
    let date = last.and_then(|day| day.get("fecha")).and_then(Value::as_str).ok_or("a forecast has no date")?;
    Ok(format!("/regression/predict/{account}?fecha={date}"))
}
