//! What is kept for a time only.

use chrono::{DateTime, Utc};

use crate::error::AppError;

/// What is deleted when its time is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiring {
    /// Entries of the change log, which every process has read by then.
    Changes,
    /// Requests that may come again: answers that are not given again, and what dead processes held.
    Requests,
    /// Sessions that ended or expired more than thirty days ago, with their refresh tokens.
    Sessions,
    /// Jobs that ended more than thirty days ago. One that is made of others goes when its parts are gone.
    Jobs,
    /// Windows of failed attempts that say nothing any more.
    LoginFailures,
}

impl Expiring {
    /// All of it.
    pub const ALL: [Self; 5] = [Self::Changes, Self::Requests, Self::Sessions, Self::Jobs, Self::LoginFailures];
}

/// Deletes what is kept no longer.
pub trait Retention: Send + Sync {
    /// Deletes some of it, so that nobody waits long for the transaction, and says how many those were: 0 when none is
    /// left.
    ///
    /// # Errors
    /// Of the database.
    fn prune(&self, kind: Expiring, now: DateTime<Utc>) -> Result<usize, AppError>;

    /// Erases what is kept of refresh tokens whose parent may not be presented again any more, and says of how many.
    /// Asked every few seconds; most of the time there is none.
    ///
    /// # Errors
    /// Of the database.
    fn erase_sealed_children(&self, now: DateTime<Utc>) -> Result<usize, AppError>;
}
