//! [`ChangeFeed`]: how a process learns of the changes that another one wrote to the change log.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use atalaya_application::AppError;
use chrono::{DateTime, TimeDelta, Utc};
use diesel::dsl::max;
use diesel::prelude::*;

use super::changes::{Entry, change};
use super::connection::AnyConnection;
use super::database::{Database, primary};
use super::error::Expecting;
use super::reach::Reach;
use super::rows::stored;
use super::schema::change_log;
use super::server::Server;
use crate::freshness::Freshness;
use crate::wake::WakeSignal;

/// The shortest time between two looks: however much others write, this process' reader does not keep the database
/// busy.
const BREATH: Duration = Duration::from_millis(10);
/// How long changes are kept: longer than any process could sleep.
const KEPT: TimeDelta = TimeDelta::days(30);
/// Changes that are deleted in one transaction.
const PRUNED_AT_ONCE: i64 = 1_000;

/// Reads changes in the order in which they were committed and tells them to the database's listeners. This process'
/// own are told a second time, which costs a look-up and harms nothing.
///
/// A standby's log may be behind, so it is not believed. A server that takes a database over may lack the last changes
/// of the one before, and numbers them anew: then everything counts as changed.
pub struct ChangeFeed {
    database: Arc<Database>,
    seen: i64,
    server: Option<Server>,
}

/// What one look at the log finds.
struct Look {
    server: Option<Server>,
    /// The last number of the log.
    last: i64,
    entries: Vec<(i64, Entry)>,
}

fn last_number(conn: &mut AnyConnection) -> Result<i64, AppError> {
    let last: Option<i64> = change_log::table.select(max(change_log::seq)).first(conn).or_fault()?;
    Ok(last.unwrap_or(0))
}

impl Look {
    /// The changes after `seen`, by the word of a server that takes writes.
    fn at(database: &Database, seen: i64) -> Result<Self, AppError> {
        database.vital_snapshot(Reach::Platform, |tx| {
            let server = primary(tx)?;
            let entries = change_log::table
                .filter(change_log::seq.gt(seen))
                .order(change_log::seq)
                .select((change_log::seq, (change_log::kind, change_log::company_id, change_log::subject)))
                .load(tx.conn)
                .or_fault()?;
            Ok(Self { server, last: last_number(tx.conn)?, entries })
        })
    }
}

impl ChangeFeed {
    pub(super) fn new(database: Arc<Database>) -> Result<Self, AppError> {
        let (server, seen) =
            database.vital_snapshot(Reach::Platform, |tx| Ok((primary(tx)?, last_number(tx.conn)?)))?;
        Ok(Self { database, seen, server })
    }

    /// Tells the changes committed since the last call and says how many entries there were.
    ///
    /// # Errors
    /// Of the database, also where it is a standby; nothing is lost then, the next call tells it.
    pub fn poll(&mut self) -> Result<usize, AppError> {
        let Look { server, last, entries } = Look::at(&self.database, self.seen)?;
        if server != self.server || last < self.seen {
            tracing::warn!(
                event = "database_server_changed",
                "another database server answers, or it was restarted: what this process remembers is read again"
            );
            self.database.notify_listeners_of_loss();
            (self.server, self.seen) = (server, last);
            return Ok(entries.len());
        }
        for (seq, entry) in &entries {
            match change(entry) {
                Ok(change) => self.database.notify_listeners(&[change]),
                // Stopping here would hide every later change too.
                Err(error) => tracing::error!(event = "change_unreadable", seq, %error, "a change could not be read"),
            }
        }
        self.seen = entries.last().map_or(self.seen, |(seq, _)| *seq);
        Ok(entries.len())
    }

    /// [`Self::poll`], confirming to `freshness` that every change up to its beginning was told.
    fn confirm(&mut self, freshness: &Freshness) -> Result<(), AppError> {
        let asked_at = freshness.now();
        self.poll()?;
        freshness.confirm(asked_at);
        Ok(())
    }

    /// Polls on a thread of its own whenever `wakes` calls, and as often as its interval ends, until what is returned
    /// is dropped. From now on `freshness` holds only while that succeeds.
    ///
    /// # Errors
    /// Of the database; `Internal` when the thread cannot be started.
    pub fn watch(mut self, freshness: Arc<Freshness>, wakes: Arc<WakeSignal>) -> Result<ChangeWatch, AppError> {
        self.confirm(&freshness)?;
        let stopped = Arc::new(AtomicBool::new(false));
        let (signal, stop) = (Arc::clone(&wakes), Arc::clone(&stopped));
        let poll = move || {
            let mut count = 0;
            loop {
                count = signal.wait(count);
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                if let Err(error) = self.confirm(&freshness) {
                    tracing::error!(event = "change_feed_failed", %error, "changes of other processes could not be read");
                }
                std::thread::sleep(BREATH);
            }
        };
        let thread =
            std::thread::Builder::new().name("change-feed".to_owned()).spawn(poll).map_err(AppError::internal)?;
        Ok(ChangeWatch { stopped, wakes, thread: Some(thread) })
    }
}

/// The running watch over other processes' changes. Dropping it stops it and waits for the poll that is under way.
pub struct ChangeWatch {
    stopped: Arc<AtomicBool>,
    wakes: Arc<WakeSignal>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for ChangeWatch {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        self.wakes.wake();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!(event = "change_feed_panicked", "the watch over other processes' changes had died");
        }
    }
}

impl Database {
    /// A reader of the changes that are committed from now on, by this process and by others.
    ///
    /// # Errors
    /// Of the database.
    pub fn change_feed(self: &Arc<Self>) -> Result<ChangeFeed, AppError> {
        ChangeFeed::new(Arc::clone(self))
    }

    /// Deletes some of the changes older than thirty days.
    pub(super) fn prune_changes(&self, now: DateTime<Utc>) -> Result<usize, AppError> {
        let oldest = stored(now - KEPT);
        self.transaction(Reach::Platform, |tx| {
            let old: Vec<i64> = change_log::table
                .filter(change_log::at.lt(oldest))
                .select(change_log::seq)
                .limit(PRUNED_AT_ONCE)
                .load(tx.conn)
                .or_fault()?;
            diesel::delete(change_log::table.filter(change_log::seq.eq_any(old))).execute(tx.conn).or_fault()
        })
    }
}
