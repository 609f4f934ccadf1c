//! Calls of a process that listens to nobody: a command that changes something beside running servers.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;

use ::redis::{Client, Commands, Connection, RedisResult};
use atalaya_application::AppError;
use secrecy::{ExposeSecret, SecretString};

use super::connection::{ANSWER_LIMIT, CONNECT_LIMIT};
use super::{parse_url, prefix, wake_channel};
use crate::sync::locked;

/// Calls the servers of an installation to read the change log, on a thread of its own. Redis is connected to with the
/// first call only. Dropping it makes the calls that are not made yet, which takes about a second where Redis is away.
pub struct RedisCaller {
    calls: Arc<Calls>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Calls {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// Whether a call is to be made. Several at once are one.
    wanted: bool,
    ended: bool,
}

impl RedisCaller {
    /// Prepares to call the servers that share `installation` and this Redis.
    ///
    /// # Errors
    /// `Internal` when the address is none or the thread cannot be started. That Redis is away is no error.
    pub fn begin(url: &SecretString, installation: &[u8]) -> Result<Self, AppError> {
        let info = parse_url(url.expose_secret()).map_err(AppError::internal)?;
        let client = Client::open(info).map_err(AppError::internal)?;
        let channel = wake_channel(&prefix(installation));
        let calls = Arc::new(Calls::default());
        let made = Arc::clone(&calls);
        let work = move || {
            let mut connection = None;
            while made.next() {
                // Servers look now and then by themselves, so a call that is lost costs a second.
                if let Err(error) = call(&mut connection, &client, &channel) {
                    connection = None;
                    tracing::warn!(event = "redis_away", %error, "servers were not called and will look a little later");
                }
            }
        };
        let thread =
            std::thread::Builder::new().name("redis-caller".to_owned()).spawn(work).map_err(AppError::internal)?;
        Ok(Self { calls, thread: Some(thread) })
    }

    /// What to do after a commit with changes. It never waits.
    pub fn announcer(&self) -> impl Fn() + Send + Sync + 'static {
        let calls = Arc::clone(&self.calls);
        move || calls.change(|state| state.wanted = true)
    }
}

impl Drop for RedisCaller {
    fn drop(&mut self) {
        self.calls.change(|state| state.ended = true);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!(event = "redis_panicked", "the thread that calls servers had died");
        }
    }
}

impl Calls {
    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut locked(&self.state));
        self.changed.notify_all();
    }

    /// Waits for a call that is to be made; `false` at the end of all.
    fn next(&self) -> bool {
        let waited = self.changed.wait_while(locked(&self.state), |state| !state.wanted && !state.ended);
        let mut state = waited.unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut state.wanted)
    }
}

/// Publishes what a server publishes after a commit. The message's content only tells a server its own calls.
fn call(connection: &mut Option<Connection>, client: &Client, channel: &str) -> RedisResult<()> {
    let open = if let Some(open) = connection {
        open
    } else {
        let new = client.get_connection_with_timeout(CONNECT_LIMIT)?;
        new.set_read_timeout(Some(ANSWER_LIMIT))?;
        new.set_write_timeout(Some(ANSWER_LIMIT))?;
        connection.insert(new)
    };
    open.publish::<_, _, ()>(channel, "command")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::Redis;
    use super::super::tests::{SERVER, await_up};
    use super::*;
    use crate::wake::WakeSignal;

    #[test]
    fn the_calls_of_a_command_wake_a_server_of_its_installation_and_no_other() {
        let signals = [b"called", b"others"].map(|installation| {
            let wakes = Arc::new(WakeSignal::default());
            let redis = Redis::begin(&SERVER.url().into(), installation, Arc::clone(&wakes)).unwrap();
            await_up(&redis);
            (redis, wakes)
        });
        let counts = || signals.each_ref().map(|(_, wakes)| wakes.wait(u64::MAX));
        let before = counts();
        let caller = RedisCaller::begin(&SERVER.url().into(), b"called").unwrap();
        caller.announcer()();
        // What is dropped has called.
        drop(caller);
        let begun = std::time::Instant::now();
        while counts()[0] == before[0] {
            assert!(begun.elapsed() < Duration::from_secs(30), "the call is not heard");
            std::thread::sleep(Duration::from_millis(1));
        }
        assert_eq!(counts()[1], before[1], "another installation is called");
    }

    #[test]
    fn a_redis_that_is_away_keeps_no_command_from_ending() {
        // The port of nobody: RFC 863's, which no system here serves.
        let caller = RedisCaller::begin(&"redis://127.0.0.1:9".into(), b"test").unwrap();
        caller.announcer()();
    }
}
