//! Redis, the optional companion of several replicas: one quota for all, login attempts under way on any of them, and
//! calls to read the change log at once.
//!
//! Redis is never the truth. All that is in it may be lost at any moment, and without it every process goes by what it
//! counts itself and by the database.

mod attempts;
mod caller;
mod connection;
mod probe;
mod quotas;
mod readings;

use std::fmt;
use std::future::Future;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use ::redis::{Client, ConnectionInfo, FromRedisValue, IntoConnectionInfo, ProtocolVersion, Script};
use atalaya_application::AppError;
use atalaya_application::ports::runtime::{Finding, Health, Probe};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

use self::connection::RedisConnection;
use crate::wake::WakeSignal;

pub use attempts::SharedAttempts;
pub(crate) use attempts::Ticket;
pub use caller::RedisCaller;
pub use probe::probe;
pub use quotas::RedisQuotas;
pub use readings::RedisReadingMemory;

/// What every key and channel of this program begins with.
const PREFIX: &str = "atalaya";
/// So many random bytes make a name that nobody else has.
const NAME_BYTES: usize = 12;
/// How long whoever may block waits for the thread that hosts the connection, which itself gives up sooner.
const BLOCKING_LIMIT: Duration = Duration::from_secs(1);

/// A connection to Redis that is looked after by a thread of its own. Dropping it closes the connection.
///
/// Whoever asks is told at once when Redis is away: after one failure nobody waits for another until Redis was heard
/// again. It needs Redis 6 or newer, or another server of the protocol RESP3 with Lua scripts.
pub struct Redis {
    connection: Arc<RedisConnection>,
    runtime: Handle,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// A run of a script.
pub(crate) struct Invocation {
    pub(crate) script: Arc<Script>,
    pub(crate) keys: Vec<String>,
    pub(crate) arguments: Vec<String>,
}

/// What is wrong with the address of a Redis, without the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is neither redis://HOST:PORT nor rediss://HOST:PORT, each with or without USER:PASSWORD@ and /NUMBER")]
pub struct MalformedRedisUrl;

/// Reads an address. A fragment is refused: the client library would take one as leave not to verify certificates.
///
/// # Errors
/// [`MalformedRedisUrl`].
pub(crate) fn parse_url(text: &str) -> Result<ConnectionInfo, MalformedRedisUrl> {
    let scheme = text.split_once("://").map(|(scheme, _)| scheme);
    if !matches!(scheme, Some("redis" | "rediss")) || text.contains('#') {
        return Err(MalformedRedisUrl);
    }
    let info = text.into_connection_info().map_err(|_| MalformedRedisUrl)?;
    let settings = info.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
    Ok(info.set_redis_settings(settings))
}

/// What every key and channel of an installation begins with.
fn prefix(installation: &[u8]) -> String {
    format!("{PREFIX}:{}", URL_SAFE_NO_PAD.encode(installation.get(..NAME_BYTES).unwrap_or(installation)))
}

/// The channel on which the processes of an installation call one another.
fn wake_channel(prefix: &str) -> String {
    format!("{prefix}:wake")
}

impl Redis {
    /// Connects in the background, and again whenever the connection is lost. What is kept is kept under a name of its
    /// own, made of `installation`: random bytes that its replicas have in common and no other installation has. Calls
    /// of the other replicas, and whether they arrive, are told to `wakes`.
    ///
    /// # Errors
    /// `Internal` when the address is none or the thread cannot be started. That Redis is away is no error.
    pub fn begin(url: &SecretString, installation: &[u8], wakes: Arc<WakeSignal>) -> Result<Self, AppError> {
        let info = parse_url(url.expose_secret()).map_err(AppError::internal)?;
        let client = Client::open(info).map_err(AppError::internal)?;
        let runtime = Builder::new_current_thread().enable_all().build().map_err(AppError::internal)?;
        let connection = Arc::new(RedisConnection::new(client, prefix(installation), wakes));
        let (stop, stopped) = oneshot::channel::<()>();
        let (handle, kept) = (runtime.handle().clone(), Arc::clone(&connection));
        let host = move || {
            runtime.block_on(async {
                tokio::select! {
                    _ = stopped => {}
                    () = kept.keep() => {}
                }
            });
            kept.close();
        };
        let thread = std::thread::Builder::new().name("redis".to_owned()).spawn(host).map_err(AppError::internal)?;
        Ok(Self { connection, runtime: handle, stop: Some(stop), thread: Some(thread) })
    }

    /// Whether Redis answers and its messages arrive. Asks nobody.
    #[must_use]
    pub fn is_up(&self) -> bool {
        self.connection.is_up()
    }

    /// Calls the other processes to read the change log. Never waits; several calls at once may be one.
    pub fn wake_others(&self) {
        self.connection.call_others();
    }

    /// A key of this installation.
    pub(crate) fn key(&self, rest: impl fmt::Display) -> String {
        format!("{}:{rest}", self.connection.prefix())
    }

    /// Runs a script without blocking. `None` at once while Redis is away; later, when it does not answer in time.
    pub(crate) fn run<T: FromRedisValue + Send + 'static>(
        &self,
        invocation: Invocation,
    ) -> Option<impl Future<Output = Option<T>> + Send + use<T>> {
        let link = self.connection.link()?;
        let connection = Arc::clone(&self.connection);
        let answer = self.runtime.spawn(async move { connection.ask(link, &invocation).await });
        Some(async move { answer.await.ok().flatten() })
    }

    /// [`Self::run`] for threads that may block.
    pub(crate) fn run_blocking<T: FromRedisValue + Send + 'static>(&self, invocation: Invocation) -> Option<T> {
        let link = self.connection.link()?;
        let connection = Arc::clone(&self.connection);
        let (sender, answer) = mpsc::sync_channel(1);
        self.runtime.spawn(async move { sender.send(connection.ask(link, &invocation).await) });
        answer.recv_timeout(BLOCKING_LIMIT).ok().flatten()
    }
}

impl Probe for Redis {
    fn name(&self) -> &'static str {
        "redis"
    }

    /// Never unhealthy: without Redis the service is degraded, and right.
    fn check(&self) -> Finding {
        if self.is_up() { Health::Healthy.into() } else { Finding::because(Health::Warning, "redis_away") }
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!(event = "redis_panicked", "the connection to Redis had died");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::Instant;

    use super::*;

    pub(super) static SERVER: LazyLock<atalaya_test_servers::Redis> = LazyLock::new(atalaya_test_servers::Redis::new);

    /// A connection that is up, of an installation that no other test has.
    pub(super) fn connected() -> Arc<Redis> {
        static INSTALLATIONS: AtomicU64 = AtomicU64::new(0);
        let installation = INSTALLATIONS.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        let redis = Redis::begin(&SERVER.url().into(), &installation, Arc::default()).unwrap();
        await_up(&redis);
        Arc::new(redis)
    }

    pub(super) fn await_up(redis: &Redis) {
        let began = Instant::now();
        while !redis.is_up() {
            assert!(began.elapsed() < Duration::from_mins(2), "Redis does not answer");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    #[test]
    fn addresses_are_those_of_redis_with_and_without_tls() {
        for good in ["redis://h", "rediss://h:6380", "redis://:pw@10.0.0.1:6379/3", "rediss://user:pw@[::1]:6379"] {
            assert!(parse_url(good).is_ok(), "{good}");
        }
        for bad in ["", "redis", "http://h", "unix:///run/redis", "redis://", "redis://h/x", "rediss://h#insecure"] {
            assert_eq!(parse_url(bad).map(drop), Err(MalformedRedisUrl), "{bad}");
        }
    }

    #[test]
    fn a_redis_that_is_away_stops_no_start_and_is_a_warning() {
        // The port of nobody: RFC 863's, which no system here serves.
        let redis = Redis::begin(&"redis://127.0.0.1:9".into(), b"test", Arc::default()).unwrap();
        assert!(!redis.is_up());
        assert_eq!(redis.check().health, Health::Warning);
        redis.wake_others();
    }
}
