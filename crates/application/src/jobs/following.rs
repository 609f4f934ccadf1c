//! Following a job.

use std::sync::Arc;

use atalaya_domain::caller::{Caller, Origin};
use atalaya_domain::id::JobId;
use atalaya_domain::job::Job;

use super::Jobs;
use crate::error::AppError;
use crate::sessions::SessionFollower;

/// Looks at a job again and again, for somebody whose right to it is asked again at every look: what a session may see
/// ends with the session.
pub struct JobFollower {
    /// Knows who asks.
    pub session: SessionFollower,
    /// Has the job.
    pub jobs: Arc<dyn Jobs>,
    /// From where.
    pub origin: Origin,
    /// The job.
    pub id: JobId,
    /// The job as it was last sent.
    pub last_sent: Option<Job>,
}

impl JobFollower {
    /// The job, where it is another than at the last look. A part that is away for a moment is no change: nothing is
    /// sent meanwhile, and the next look asks again.
    ///
    /// # Errors
    /// `Unauthenticated` or `Forbidden` once the right has ended; `NotFound(Job)`, alike for a job of another company;
    /// at the first look `Unavailable`.
    pub fn look(&mut self) -> Result<Option<Job>, AppError> {
        match self.find() {
            Ok(job) if self.last_sent.as_ref() == Some(&job) => Ok(None),
            Ok(job) => {
                self.last_sent = Some(job.clone());
                Ok(Some(job))
            }
            Err(AppError::Unavailable { .. }) if self.last_sent.is_some() => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn find(&self) -> Result<Job, AppError> {
        let by = Caller::new(self.session.actor()?, self.origin.clone()).mandate()?;
        self.jobs.find(&by, self.id)
    }
}
