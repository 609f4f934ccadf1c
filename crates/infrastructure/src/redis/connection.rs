//! The connection to Redis: made, watched by a heartbeat, closed at the first failure, made again.

use std::convert::Infallible;
use std::fmt::Display;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockWriteGuard};
use std::time::Duration;

use ::redis::aio::MultiplexedConnection;
use ::redis::{AsyncConnectionConfig, AsyncTypedCommands, Client, FromRedisValue, Msg, PushInfo, PushKind, RedisError};
use atalaya_application::ports::runtime::Randomness;
use tokio::sync::Notify;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};
use uuid::Uuid;

use super::{Invocation, Script, wake_channel};
use crate::runtime::ThreadRandomness;
use crate::wake::WakeSignal;

/// How long a connection may take.
pub(super) const CONNECT_LIMIT: Duration = Duration::from_secs(1);
/// How long an answer may take: hundreds of times what it takes, and little beside what a person notices.
pub(super) const ANSWER_LIMIT: Duration = Duration::from_millis(200);
/// How often Redis is asked for a sign of life. A heartbeat that was not heard before the next one was lost.
const HEARTBEAT_EVERY: Duration = Duration::from_secs(1);
/// How long after a failure the next connection is tried.
const RETRY_AFTER: Duration = Duration::from_millis(500);
/// How long the key of a heartbeat stays, in milliseconds.
const HEARTBEAT_KEPT_MILLIS: u64 = 5_000;

/// Does what the others do: it runs as a script, writes and publishes. Where one of these is refused (a full memory, a
/// read-only copy, data still being loaded), Redis is as good as away.
const HEARTBEAT: &str = "redis.call('SET', KEYS[1], '', 'PX', ARGV[1])\nreturn redis.call('PUBLISH', KEYS[1], '')";

/// Why a connection was given up.
#[derive(Debug, thiserror::Error)]
enum Lost {
    #[error("{0}")]
    Failed(#[from] RedisError),
    #[error("no answer within {} ms", ANSWER_LIMIT.as_millis())]
    Slow(#[from] tokio::time::error::Elapsed),
    #[error("the connection was closed")]
    Closed,
    #[error("published messages do not arrive")]
    Silent,
    #[error("a request failed")]
    Tripped,
}

/// A connection that was heard.
#[derive(Clone)]
pub(super) struct Link {
    connection: MultiplexedConnection,
    number: u64,
}

/// Keeps the connection. `link` is there while requests may use it.
pub(super) struct RedisConnection {
    client: Client,
    prefix: String,
    wake_channel: String,
    /// The key and the channel of this process' heartbeat.
    heartbeat: String,
    /// Tells this process' calls from those of others.
    process: String,
    heartbeat_script: Script,
    link: RwLock<Option<Link>>,
    links: AtomicU64,
    /// Whether the log has it that Redis is away.
    logged_away: AtomicBool,
    tripped: Notify,
    to_call: Notify,
    wakes: Arc<WakeSignal>,
}

impl RedisConnection {
    pub(super) fn new(client: Client, prefix: String, wakes: Arc<WakeSignal>) -> Self {
        let process = Uuid::from_u128(ThreadRandomness.bits()).simple().to_string();
        Self {
            client,
            wake_channel: wake_channel(&prefix),
            heartbeat: format!("{prefix}:pulse:{process}"),
            prefix,
            process,
            heartbeat_script: Script::new(HEARTBEAT),
            link: RwLock::default(),
            links: AtomicU64::new(0),
            logged_away: AtomicBool::new(false),
            tripped: Notify::new(),
            to_call: Notify::new(),
            wakes,
        }
    }

    pub(super) fn prefix(&self) -> &str {
        &self.prefix
    }

    pub(super) fn is_up(&self) -> bool {
        self.link.read().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// The connection, unless Redis is away.
    pub(super) fn link(&self) -> Option<Link> {
        self.link.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn call_others(&self) {
        self.to_call.notify_one();
    }

    /// Runs a script. At the first failure nobody uses the connection any more.
    pub(super) async fn ask<T: FromRedisValue>(&self, link: Link, invocation: &Invocation) -> Option<T> {
        let Link { mut connection, number } = link;
        match run(&mut connection, &invocation.script, &invocation.keys, &invocation.arguments).await {
            Ok(answer) => Some(answer),
            Err(lost) => {
                self.trip(number, &lost);
                None
            }
        }
    }

    /// Keeps a connection for as long as it is polled.
    pub(super) async fn keep(&self) {
        loop {
            let Err(lost) = self.stay_connected().await;
            self.close();
            self.log_away(&lost);
            sleep(RETRY_AFTER).await;
        }
    }

    /// From now on Redis is away.
    pub(super) fn close(&self) {
        drop(self.link_mut().take());
        self.wakes.set_reliable(false);
    }

    fn open(&self, connection: &MultiplexedConnection) {
        let number = self.links.fetch_add(1, Ordering::Relaxed);
        self.wakes.set_reliable(true);
        *self.link_mut() = Some(Link { connection: connection.clone(), number });
        self.logged_away.store(false, Ordering::Relaxed);
        tracing::info!(event = "redis_up", "Redis answers: what replicas share is shared");
    }

    /// Gives up the link of that number, unless a newer one is in its place.
    fn trip(&self, number: u64, lost: &Lost) {
        let tripped = self.link_mut().take_if(|link| link.number == number).is_some();
        if tripped {
            self.wakes.set_reliable(false);
            self.log_away(lost);
            self.tripped.notify_one();
        }
    }

    fn log_away(&self, reason: &dyn Display) {
        if !self.logged_away.swap(true, Ordering::Relaxed) {
            tracing::warn!(event = "redis_away", %reason, "Redis is away: this process counts for itself until it is back");
        }
    }

    fn link_mut(&self) -> RwLockWriteGuard<'_, Option<Link>> {
        self.link.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Connects and stays so until something fails. Redis counts as heard with the first heartbeat that came back.
    async fn stay_connected(&self) -> Result<Infallible, Lost> {
        let (sender, mut pushes) = unbounded_channel();
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT_LIMIT))
            .set_response_timeout(Some(ANSWER_LIMIT))
            .set_push_sender(sender);
        let mut connection = self.client.get_multiplexed_async_connection_with_config(&config).await?;
        connection.subscribe(&[&self.wake_channel, &self.heartbeat]).await?;
        // What other processes called while nobody listened.
        self.wakes.wake();
        self.listen(connection, &mut pushes).await
    }

    async fn listen(
        &self,
        mut connection: MultiplexedConnection,
        pushes: &mut UnboundedReceiver<PushInfo>,
    ) -> Result<Infallible, Lost> {
        let mut ticks = interval(HEARTBEAT_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut heard, mut opened) = (true, false);
        loop {
            tokio::select! {
                push = pushes.recv() => match self.hear(push)? {
                    Heard::Pulse => {
                        heard = true;
                        if !std::mem::replace(&mut opened, true) {
                            self.open(&connection);
                        }
                    }
                    Heard::Call => self.wakes.wake(),
                    Heard::Nothing => {}
                },
                _ = ticks.tick() => {
                    if !std::mem::replace(&mut heard, false) {
                        return Err(Lost::Silent);
                    }
                    let kept = [HEARTBEAT_KEPT_MILLIS.to_string()];
                    let key = std::slice::from_ref(&self.heartbeat);
                    run::<u64>(&mut connection, &self.heartbeat_script, key, &kept).await?;
                }
                // May be a word about an earlier connection.
                () = self.tripped.notified() => if opened && !self.is_up() {
                    return Err(Lost::Tripped);
                },
                () = self.to_call.notified() => {
                    connection.publish(&self.wake_channel, &self.process).await?;
                }
            }
        }
    }

    fn hear(&self, push: Option<PushInfo>) -> Result<Heard, Lost> {
        let push = push.ok_or(Lost::Closed)?;
        match push.kind {
            PushKind::Disconnection => Err(Lost::Closed),
            PushKind::Message => {
                Ok(Msg::from_push_info(push).map_or(Heard::Nothing, |message| self.understand(&message)))
            }
            _ => Ok(Heard::Nothing),
        }
    }

    fn understand(&self, message: &Msg) -> Heard {
        if message.get_channel_name() == self.heartbeat {
            Heard::Pulse
        } else if message.get_payload_bytes() == self.process.as_bytes() {
            // Its own changes a process knows.
            Heard::Nothing
        } else {
            Heard::Call
        }
    }
}

/// What a message says.
enum Heard {
    /// Redis lives, and this process hears it.
    Pulse,
    /// Another process committed changes.
    Call,
    /// Nothing that matters.
    Nothing,
}

/// Runs a script by its hash, and sends it where Redis does not know it.
async fn run<T: FromRedisValue>(
    connection: &mut MultiplexedConnection,
    script: &Script,
    keys: &[String],
    arguments: &[String],
) -> Result<T, Lost> {
    let mut invocation = script.prepare_invoke();
    invocation.key(keys).arg(arguments);
    Ok(timeout(ANSWER_LIMIT, invocation.invoke_async(connection)).await??)
}
