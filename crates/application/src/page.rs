//! Pages of long lists: a limit and the key after which the page begins.

use chrono::{DateTime, Utc};

/// Which page.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PageRequest<K> {
    /// The last key of the page before; `None` for the first page.
    pub after: Option<K>,
    limit: usize,
}

impl<K> PageRequest<K> {
    /// The size of a page that names none.
    pub const DEFAULT_LIMIT: usize = 100;
    /// The largest page.
    pub const MAX_LIMIT: usize = 1_000;

    /// A page of at most `limit` items, which is brought into 1 to [`Self::MAX_LIMIT`].
    #[must_use]
    pub fn new(after: Option<K>, limit: usize) -> Self {
        Self { after, limit: limit.clamp(1, Self::MAX_LIMIT) }
    }

    /// The most items.
    #[must_use]
    pub fn limit(&self) -> usize {
        self.limit
    }
}

/// Where something stands in a list by creation: things of the same moment follow one another by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Creation<I> {
    /// When it was created.
    pub at: DateTime<Utc>,
    /// Its id.
    pub id: I,
}

/// A page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T, K> {
    /// The items, in order of their keys.
    pub items: Vec<T>,
    /// The key to continue after; `None` on the last page.
    pub next: Option<K>,
}

impl<T, K> Page<T, K> {
    /// Makes a page of rows of which one more than the limit was asked for, to know whether there are more.
    #[must_use]
    pub fn from_rows(mut rows: Vec<T>, request: &PageRequest<K>, key: impl Fn(&T) -> K) -> Self {
        let more = rows.len() > request.limit;
        rows.truncate(request.limit);
        let next = if more { rows.last().map(key) } else { None };
        Self { items: rows, next }
    }
}
