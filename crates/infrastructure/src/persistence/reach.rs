//! [`Reach`]: whose rows a transaction sees at all.

use std::fmt;

use atalaya_domain::id::CompanyId;

/// Whose rows a transaction sees at all, whatever it asks for. Every transaction has to name it. PostgreSQL keeps to it
/// by row-level security (migration `0015_row_level_security`); SQLite has nothing of that kind, and it does nothing
/// there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// One company's, its data included.
    Company(CompanyId),
    /// What the platform keeps across companies: users, sessions, keys, jobs, the audit log, and the answers kept for
    /// requests that may come again. No accounts, observations, assignments or models.
    Platform,
}

/// The value of the setting `atalaya.reach`.
impl fmt::Display for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Company(id) => write!(f, "{}", id.get()),
            Self::Platform => f.write_str("platform"),
        }
    }
}
