//! Windows of failed attempts, by the digest of what they are counted for.

use std::collections::HashMap;

use atalaya_domain::login::FailureWindow;
use chrono::{DateTime, Utc};

use crate::error::AppError;

/// What stands for a subject of failed attempts in the store: a code under a secret of the installation, because a
/// subject may be what somebody typed as a username.
pub type SubjectDigest = [u8; 32];

/// Reads the windows.
pub trait FailureReader {
    /// The windows of `subjects`, in one statement; a subject that never failed has none.
    ///
    /// # Errors
    /// Of the database.
    fn windows(&mut self, subjects: &[SubjectDigest]) -> Result<HashMap<SubjectDigest, FailureWindow>, AppError>;
}

/// Writes the windows.
pub trait FailureWriter: FailureReader {
    /// Stores the window of a subject.
    ///
    /// # Errors
    /// Of the database.
    fn store(&mut self, subject: &SubjectDigest, window: &FailureWindow, now: DateTime<Utc>) -> Result<(), AppError>;

    /// Forgets the failures of a subject.
    ///
    /// # Errors
    /// Of the database.
    fn forget(&mut self, subject: &SubjectDigest) -> Result<(), AppError>;
}
