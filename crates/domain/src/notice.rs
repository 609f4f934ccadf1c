//! What a user is told about the safety of their own sessions, once, at the next login.

use std::str::FromStr;

use chrono::{DateTime, Utc};

/// What happened. The code is stable; the words for it are the client's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeCode {
    /// A used refresh token came again, and its session was ended: somebody may have a copy.
    RefreshReplayed,
}

impl NoticeCode {
    /// The word that the wire and the store use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RefreshReplayed => "refresh_replayed",
        }
    }
}

/// A word that is the code of no notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no notice has this code")]
pub struct UnknownNotice;

impl FromStr for NoticeCode {
    type Err = UnknownNotice;

    fn from_str(text: &str) -> Result<Self, UnknownNotice> {
        if text == Self::RefreshReplayed.as_str() { Ok(Self::RefreshReplayed) } else { Err(UnknownNotice) }
    }
}

/// Something that a user should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecurityNotice {
    /// What.
    pub code: NoticeCode,
    /// When.
    pub at: DateTime<Utc>,
    /// What the client of the session concerned called itself.
    pub device_name: Option<String>,
}
