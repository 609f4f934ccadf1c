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
/// The most that the rate limits take: the benchmark lifts them and changes besides no other setting than addresses, paths and the failures allowed.
const LIFTED: &str = "1000000";

/// The most failures that can be allowed: wrong passwords are compared here, not refused.
const MOST_FAILURES: &str = "1000";

/// The binary and its data.
pub(crate) struct Installation {
    binary: PathBuf,
    data: TempDir,
}

impl Installation {
    /// Finds the release binary beside this one, where cargo puts both.
    pub(crate) fn find() -> Outcome<Self> {
        let binary = std::env::current_exe()?.with_file_name(format!("atalaya{EXE_SUFFIX}"));
        if cfg!(debug_assertions) || !binary.exists() {
            return Err("build both in release: cargo build --release -p atalaya-server -p atalaya-bench".into());
        }
        Ok(Self { binary, data: TempDir::new()? })
    }

    /// Where files of this run go.
    pub(crate) fn directory(&self) -> &Path {
        self.data.path()
    }

    /// Starts the server and says how long it took until it was ready.
    pub(crate) fn start(&self) -> Outcome<(Process, Duration)> {
        let (address, metrics) = (free_address()?, free_address()?);
        let log = File::options().create(true).append(true).open(self.directory().join("server.log"))?;
        let database = format!("sqlite://{}", self.directory().join("atalaya.db").display());
        let mut command = Command::new(&self.binary);
        command
            .arg("serve")
            .env_clear()
            .env("ENVIRONMENT", "development")
            .env("BIND_ADDRESS", address.to_string())
            .env("METRICS_ADDRESS", metrics.to_string())
            .env("DATABASE_URL", database)
            .env("RATE_LIMIT_PER_MINUTE", LIFTED)
            .env("LOGIN_RATE_LIMIT_PER_MINUTE", LIFTED)
            .env("MAX_LOGIN_ATTEMPTS", MOST_FAILURES)
            .stdout(log);
        Process::start(&mut command, address, "/health/ready")
    }
}

/// What a login sends.
pub(crate) fn credentials(username: &str) -> Value {
    json!({ "username": username, "password": PASSWORD })
}

/// Logs in and gives the access token.
pub(crate) fn log_in(server: &Process, username: &str) -> Outcome<String> {
    let answer = Client::new(server.address()).create("/auth/login", &credentials(username))?;
    let token = answer.get("access_token").and_then(Value::as_str);
    Ok(token.ok_or("the login's answer has no access token")?.to_owned())
}

/// The path of an account's forecast 30 days ahead.
pub(crate) fn forecast_path(client: &Client, account: &str) -> Outcome<String> {
    let path = client.create(&format!("/regression/forecast/{account}"), &json!({ "h": 30 }))?;
    let last = path.get("forecast").and_then(Value::as_array).and_then(|days| days.last());
    let date = last.and_then(|day| day.get("fecha")).and_then(Value::as_str).ok_or("a forecast has no date")?;
    Ok(format!("/regression/predict/{account}?fecha={date}"))
}
