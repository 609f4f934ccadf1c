//! [`AuditLog`] on the database: refusals are counted in memory and written by a thread of their own, never by a
//! request's.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;

use atalaya_application::AppError;
use atalaya_application::ports::audit::AuditLog;
use atalaya_application::ports::platform::PlatformStore;
use atalaya_domain::audit::{AuditEvent, Counted, RefusalTally};

use crate::sync::locked;

/// First refusals that wait to be written. What comes when as many wait is counted instead.
const MOST_WAITING: usize = 256;

/// The audit log of a process. Dropping it writes what was counted.
pub struct AuditTrail {
    shared: Arc<Shared>,
    writer: Option<JoinHandle<()>>,
}

struct Shared {
    platform: Arc<dyn PlatformStore>,
    refusals: Mutex<Refusals>,
    arrived: Condvar,
    /// Held from taking refusals until they are written, so that whoever has flushed knows that none is on its way.
    writing: Mutex<()>,
}

#[derive(Default)]
struct Refusals {
    tally: RefusalTally,
    waiting: Vec<Counted>,
    ended: bool,
}

impl AuditTrail {
    /// Begins to take events.
    ///
    /// # Errors
    /// `Internal` when the thread cannot be started.
    pub fn begin(platform: Arc<dyn PlatformStore>) -> Result<Self, AppError> {
        let shared = Arc::new(Shared {
            platform,
            refusals: Mutex::default(),
            arrived: Condvar::new(),
            writing: Mutex::default(),
        });
        let writer = Arc::clone(&shared);
        let work = move || writer.write_what_arrives();
        let thread = std::thread::Builder::new().name("audit".to_owned()).spawn(work).map_err(AppError::internal)?;
        Ok(Self { shared, writer: Some(thread) })
    }

    /// Ends the minute: writes what was counted in it. To be called once a minute, and before the process ends.
    ///
    /// # Errors
    /// Of the database; what could not be written is counted on.
    pub fn flush(&self) -> Result<(), AppError> {
        self.shared.write(|refusals| {
            let mut due = std::mem::take(&mut refusals.waiting);
            due.extend(refusals.tally.take());
            due
        })
    }
}

impl Shared {
    fn write(&self, take: impl FnOnce(&mut Refusals) -> Vec<Counted>) -> Result<(), AppError> {
        let _until_written = locked(&self.writing);
        let due = take(&mut locked(&self.refusals));
        if due.is_empty() {
            return Ok(());
        }
        let stored = self.platform.transaction(|unit| due.iter().try_for_each(|counted| unit.audit_counted(counted)));
        stored.inspect_err(|_| {
            let mut refusals = locked(&self.refusals);
            for counted in due {
                refusals.tally.put_back(counted);
            }
        })
    }

    /// Until the trail is dropped.
    fn write_what_arrives(&self) {
        loop {
            let refusals = locked(&self.refusals);
            let quiet = |refusals: &mut Refusals| refusals.waiting.is_empty() && !refusals.ended;
            let refusals = self.arrived.wait_while(refusals, quiet).unwrap_or_else(PoisonError::into_inner);
            if refusals.ended {
                return;
            }
            drop(refusals);
            if let Err(error) = self.write(|refusals| std::mem::take(&mut refusals.waiting)) {
                tracing::error!(event = "audit_failed", %error, "refusals could not be written to the audit log yet");
            }
        }
    }
}

impl AuditLog for AuditTrail {
    fn refused(&self, event: AuditEvent) {
        let mut refusals = locked(&self.shared.refusals);
        let Some(event) = refusals.tally.observe(event) else { return };
        let first = Counted { event, count: 1 };
        if refusals.waiting.len() < MOST_WAITING {
            refusals.waiting.push(first);
            self.shared.arrived.notify_one();
        } else {
            refusals.tally.put_back(first);
        }
    }
}

impl Drop for AuditTrail {
    fn drop(&mut self) {
        locked(&self.shared.refusals).ended = true;
        self.shared.arrived.notify_one();
        if let Some(writer) = self.writer.take()
            && writer.join().is_err()
        {
            tracing::error!(event = "audit_panicked", "the writer of refusals had died");
        }
        if let Err(error) = self.flush() {
            tracing::error!(event = "audit_failed", %error, "refusals of the last minute are lost to the audit log");
        }
    }
}
