//! Liveness of this process for other processes on a PostgreSQL: an advisory lock that ends with its session. So the
//! jobs of a process that was killed need not wait for the end of their lease.
//!
//! A process holds an advisory lock on its number, in a session of its own. When it is killed, the server notices the
//! end of the connection and lets go of the lock. A process that is only frozen keeps the connection, and with it the
//! lock: there the lease decides, as it does where the whole machine vanished. Nothing is written on the word of this
//! lock: an effect is stored under its lease or not at all.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use atalaya_application::AppError;
use atalaya_application::ports::jobs::Lane;
use diesel::prelude::*;
use diesel::r2d2::R2D2Connection;
use diesel::sql_types::BigInt;
use r2d2::ManageConnection;

use super::connection::{AnyConnection, Connector, Opened};
use super::error::Expecting;
use crate::security::random_bytes;
use crate::sync::locked;

/// How often the session is looked after: one that ended is opened anew.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How long a lock has to be missing before its process counts as gone. After the server itself was away, every process
/// has lost its lock and takes it again within a moment.
const GONE_AFTER: Duration = Duration::from_secs(2);

/// This process as others see it, and what it sees of others.
pub(super) struct Presence {
    process: i64,
    /// Whether the lock is held.
    shown: AtomicBool,
    missing: Mutex<HashMap<(&'static str, i64), Instant>>,
}

impl Presence {
    /// A number that no other process has.
    ///
    /// # Errors
    /// When the machine gives no randomness.
    pub(super) fn new() -> Result<Self, AppError> {
        let process = i64::from_le_bytes(random_bytes().map_err(AppError::internal)?);
        Ok(Self { process, shown: AtomicBool::new(false), missing: Mutex::default() })
    }

    /// The number of this process.
    pub(super) fn process(&self) -> i64 {
        self.process
    }

    /// The attempt of a job that this process takes now, where others can see whether the process is there.
    pub(super) fn watched(&self, attempt: i32) -> Option<i32> {
        self.shown.load(Ordering::Acquire).then_some(attempt)
    }

    /// Which of the processes whose lock was found `missing`, all that were found so in that lane, are gone.
    pub(super) fn gone(&self, lane: Lane, missing: &[i64]) -> Vec<i64> {
        let (lane, now) = (lane.as_str(), Instant::now());
        let mut since = locked(&self.missing);
        since.retain(|(of, process), _| *of != lane || missing.contains(process));
        let mut gone: Vec<i64> = missing.to_vec();
        gone.retain(|process| now.duration_since(*since.entry((lane, *process)).or_insert(now)) >= GONE_AFTER);
        gone
    }
}

/// Holds the lock of a process on its number, for as long as the session lives.
fn take_lock(conn: &mut AnyConnection, process: i64) -> Result<(), AppError> {
    match conn {
        // A file is one machine's, and whoever asks for a job of a file waits for the end of its lease.
        AnyConnection::Sqlite(_) => Ok(()),
        AnyConnection::Postgres(conn) => {
            diesel::sql_query("SELECT pg_advisory_lock(hashtextextended('a process with jobs', $1))")
                .bind::<BigInt, _>(process)
                .execute(conn)
                .or_fault()
                .map(drop)
        }
    }
}

/// The lock being held. Dropping this lets go of it.
pub struct ShownPresence {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl ShownPresence {
    /// Shows this process on a thread of its own.
    pub(super) fn begin(presence: Arc<Presence>, connector: Connector) -> Result<Self, AppError> {
        let (stop, stopped) = mpsc::channel();
        let mut session = None;
        let mut look = move || {
            if let Err(error) = keep(&presence, &connector, &mut session) {
                session = None;
                if presence.shown.swap(false, Ordering::AcqRel) {
                    tracing::warn!(event = "presence_lost", %error, "other processes cannot see that this one is there");
                }
            }
        };
        // Jobs that are taken from now on are watched, where the server can be reached.
        look();
        let work = move || {
            while stopped.recv_timeout(LOOK_EVERY) == Err(RecvTimeoutError::Timeout) {
                look();
            }
        };
        let thread = Builder::new().name("presence".to_owned()).spawn(work).map_err(AppError::internal)?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

/// Opens the session and takes the lock, or sees whether both are still there. A session that is old, or from before
/// the wrong server was met, is given up: the other processes may ask another server by now.
fn keep(presence: &Presence, connector: &Connector, session: &mut Option<Opened>) -> Result<(), AppError> {
    session.take_if(|conn| connector.has_broken(conn));
    if let Some(conn) = session {
        return conn.ping().or_fault();
    }
    let mut conn = connector.connect().map_err(AppError::internal)?;
    take_lock(&mut conn, presence.process)?;
    *session = Some(conn);
    presence.shown.store(true, Ordering::Release);
    Ok(())
}

impl Drop for ShownPresence {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!(event = "presence_panicked", "what shows this process to others had died");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_gone_whose_lock_was_missing_for_a_while_without_a_break() {
        let presence = Presence::new().unwrap();
        let ago = |presence: &Presence, long: Duration| {
            locked(&presence.missing).values_mut().for_each(|since| *since = Instant::now().checked_sub(long).unwrap());
        };
        let none: [i64; 0] = [];
        assert_eq!(presence.gone(Lane::Training, &[7]), none, "it was only just missed");
        ago(&presence, GONE_AFTER);
        assert_eq!(presence.gone(Lane::Housekeeping, &[]), none, "the other lane knows nothing of it");
        assert_eq!(presence.gone(Lane::Training, &[7, 8]), [7]);
        assert_eq!(presence.gone(Lane::Training, &[8]), none, "the first one came back");
        assert_eq!(presence.gone(Lane::Training, &[7, 8]), none);
    }
}
