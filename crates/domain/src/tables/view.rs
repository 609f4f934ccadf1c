//! Views: what somebody asks for of an entity type again and again.

use chrono::{DateTime, Utc};

use crate::id::{UserId, ViewId};
use crate::text::readable_text;

readable_text! {
    /// What people call a view.
    ViewName, 100
}

/// A view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// Its identifier.
    pub id: ViewId,
    /// Whose it is.
    pub owner: UserId,
    /// What people call it.
    pub name: ViewName,
    /// Whether everybody of the company sees it who reads records.
    pub shared: bool,
    /// What is asked for, in the words of the way in by which it came. It names fields by their ids.
    pub query: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
}

/// What somebody wants of a view of theirs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewDraft {
    /// What people call it.
    pub name: ViewName,
    /// Whether everybody of the company sees it who reads records.
    pub shared: bool,
    /// What is asked for. See [`View::query`].
    pub query: String,
}

impl View {
    /// The most views of an entity type that one person has.
    pub const MOST: usize = 100;
    /// The most that are shared.
    pub const MOST_SHARED: usize = 100;
    /// The most bytes of what is asked for.
    pub const MOST_QUERY_BYTES: usize = 1 << 16;

    /// Whether somebody sees it.
    #[must_use]
    pub fn is_seen_by(&self, reader: UserId) -> bool {
        self.shared || self.owner == reader
    }
}
