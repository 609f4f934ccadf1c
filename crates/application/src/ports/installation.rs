//! How an installation is, apart from its parts: what its database is and holds of all companies together.

use atalaya_domain::access::PlatformScope;
use atalaya_domain::job::JobState;

use crate::error::AppError;

/// Which database an installation is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatabaseKind {
    /// A file.
    Sqlite,
    /// A server.
    Postgres,
}

impl DatabaseKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Sqlite, Self::Postgres];

    /// The wire word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgresql",
        }
    }
}

/// How far the schema of a database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaProgress {
    /// Migrations of this program that it has.
    pub applied: u64,
    /// The names of those that it lacks, in order.
    pub pending: Vec<String>,
    /// Migrations that this program does not know: a newer version of it worked there.
    pub unknown: u64,
}

/// What is found in the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstallationFacts {
    /// Which database it is.
    pub database: DatabaseKind,
    /// Its schema.
    pub schema: SchemaProgress,
    /// How many jobs of companies there are in each state, parts of others included.
    pub jobs: Vec<(JobState, u64)>,
}

/// Looks at the database of the installation.
pub trait InstallationReader: Send + Sync {
    /// What is found now, in one snapshot.
    ///
    /// # Errors
    /// Of the database.
    fn look(&self, scope: &PlatformScope) -> Result<InstallationFacts, AppError>;
}
