//! [`Retention`] on the database.

use atalaya_application::AppError;
use atalaya_application::ports::retention::{Expiring, Retention};
use chrono::{DateTime, Utc};

use super::database::Database;

impl Retention for Database {
    fn prune(&self, kind: Expiring, now: DateTime<Utc>) -> Result<usize, AppError> {
        match kind {
            Expiring::Changes => self.prune_changes(now),
            Expiring::Requests => self.prune_requests(now),
            Expiring::Sessions => self.prune_sessions(now),
            Expiring::Jobs => self.prune_jobs(now),
            Expiring::LoginFailures => self.prune_failures(now),
        }
    }

    fn erase_sealed_children(&self, now: DateTime<Utc>) -> Result<usize, AppError> {
        self.erase_children(now)
    }
}
