//! The job that brings the signing keys into their next states.

use std::sync::Arc;

use atalaya_domain::job::JobKind;
use chrono::TimeDelta;

use super::HeldLease;
use super::handler::{JobError, JobHandler};
use crate::keys::SigningKeys;
use crate::ports::jobs::ClaimedJob;

/// Makes, promotes and removes signing keys as they fall due.
pub struct MaintainKeysHandler(pub Arc<dyn SigningKeys>);

impl JobHandler for MaintainKeysHandler {
    fn kind(&self) -> JobKind {
        JobKind::MaintainKeys
    }

    fn every(&self) -> Option<TimeDelta> {
        Some(TimeDelta::minutes(1))
    }

    fn run(&self, _: &ClaimedJob, _: &HeldLease<'_>) -> Result<(), JobError> {
        self.0.maintain()?;
        Ok(())
    }
}
