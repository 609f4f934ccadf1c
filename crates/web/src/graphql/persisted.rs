//! Queries that are known by their SHA-256: learned from those who sent them, or the only ones that an operator allows.

use std::collections::HashSet;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use moka::sync::Cache;

/// SHA-256 of a query.
pub(crate) type QueryHash = [u8; 32];

/// Bytes of learned queries that one process keeps; those that are asked for least go first.
const KEPT: u64 = 8 * 1024 * 1024;
/// Bytes that an entry takes beside its text, generously.
const ENTRY: usize = 256;

/// The queries that are known.
pub(crate) struct Persisted {
    /// The only ones that are answered, where an operator said so.
    listed: Option<HashSet<QueryHash>>,
    learned: Cache<QueryHash, Arc<str>>,
}

impl Persisted {
    /// Answers all queries, or only those.
    pub(crate) fn new(listed: Option<HashSet<QueryHash>>) -> Self {
        let weight = |_: &QueryHash, query: &Arc<str>| u32::try_from(query.len() + ENTRY).unwrap_or(u32::MAX);
        Self { listed, learned: Cache::builder().max_capacity(KEPT).weigher(weight).build() }
    }

    /// Whether the query may be answered.
    pub(crate) fn allows(&self, query: &str) -> bool {
        self.listed.as_ref().is_none_or(|listed| listed.contains(&hash_of(query)))
    }

    /// A query that somebody sent before.
    pub(crate) fn find(&self, hash: &QueryHash) -> Option<Arc<str>> {
        self.learned.get(hash)
    }

    /// Keeps a query that somebody known has had executed.
    pub(crate) fn learn(&self, hash: QueryHash, query: Arc<str>) {
        if !self.learned.contains_key(&hash) {
            self.learned.insert(hash, query);
        }
    }
}

/// SHA-256 of a query.
pub(crate) fn hash_of(query: &str) -> QueryHash {
    let mut hash = QueryHash::default();
    hash.copy_from_slice(digest(&SHA256, query.as_bytes()).as_ref());
    hash
}

/// A hash in 64 hexadecimal digits.
pub(crate) fn read_hash(text: &str) -> Option<QueryHash> {
    let mut hash = QueryHash::default();
    if text.len() != 2 * hash.len() || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    for (place, byte) in hash.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * place..2 * place + 2)?, 16).ok()?;
    }
    Some(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_read_as_they_are_written() {
        let written = "ecf4edb46db40b5132295c0291d62fb65d6759a9eedfa4d5d612dd5ec54a6b38";
        assert_eq!(read_hash(written), Some(hash_of("{__typename}")));
        assert_eq!(read_hash(&written.to_uppercase()), Some(hash_of("{__typename}")));
        for none in ["", "ecf4", &written[1..], &format!("{written}0"), &written.replace('e', "+")] {
            assert_eq!(read_hash(none), None, "{none}");
        }
    }

    #[test]
    fn only_what_is_listed_is_allowed() {
        assert!(Persisted::new(None).allows("{ me }"));
        let listed = Persisted::new(Some(HashSet::from([hash_of("{ me }")])));
        assert!(listed.allows("{ me }") && !listed.allows("{ me  }"));
    }
}
