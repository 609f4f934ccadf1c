//! Migrations: embedded in the program, one folder of them for each database.

use atalaya_application::AppError;
use diesel::backend::Backend;
use diesel::migration::MigrationSource;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::connection::{AnyConnection, on_either};
use super::database::Database;

const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// One migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationStatus {
    /// Its folder's name, such as `0001_identity`.
    pub name: String,
    /// Whether the database has it.
    pub applied: bool,
}

impl Database {
    /// Applies what the database lacks, all or nothing, and gives the names of what was applied. Of several processes that
    /// start at once, one does it.
    ///
    /// # Errors
    /// `Internal` when a migration fails; `Unavailable` when the database does not answer in time.
    pub fn migrate_up(&self) -> Result<Vec<String>, AppError> {
        self.migration(|tx| {
            let pending: Vec<String> = names(status(tx.conn)?, false);
            let source = source(tx.conn);
            on_either!(tx.conn, |conn| conn.run_pending_migrations(source).map(drop)).map_err(AppError::internal)?;
            Ok(pending)
        })
    }

    /// Reverts the last applied migration and gives its name; `None` when none is applied. Data in what it made is lost.
    ///
    /// # Errors
    /// `Internal` when the migration fails; `Unavailable` when the database does not answer in time.
    pub fn migrate_down(&self) -> Result<Option<String>, AppError> {
        self.migration(|tx| {
            let last = names(status(tx.conn)?, true).pop();
            if last.is_some() {
                let source = source(tx.conn);
                on_either!(tx.conn, |conn| conn.revert_last_migration(source).map(drop)).map_err(AppError::internal)?;
            }
            Ok(last)
        })
    }

    /// Every migration of this program, in order, and whether the database has it.
    ///
    /// # Errors
    /// Of the database.
    pub fn migrations(&self) -> Result<Vec<MigrationStatus>, AppError> {
        self.migration(|tx| status(tx.conn))
    }
}

fn source(conn: &AnyConnection) -> EmbeddedMigrations {
    match conn {
        AnyConnection::Sqlite(_) => SQLITE,
        AnyConnection::Postgres(_) => POSTGRES,
    }
}

fn status(conn: &mut AnyConnection) -> Result<Vec<MigrationStatus>, AppError> {
    let source = source(conn);
    on_either!(conn, |conn| status_of(conn, &source)).map_err(AppError::internal)
}

fn status_of<DB: Backend>(
    conn: &mut impl MigrationHarness<DB>,
    source: &EmbeddedMigrations,
) -> diesel::migration::Result<Vec<MigrationStatus>>
where
    EmbeddedMigrations: MigrationSource<DB>,
{
    let applied = conn.applied_migrations()?;
    let mut known: Vec<MigrationStatus> = MigrationSource::<DB>::migrations(source)?
        .iter()
        .map(|migration| MigrationStatus {
            name: migration.name().to_string(),
            applied: applied.contains(&migration.name().version()),
        })
        .collect();
    known.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(known)
}

fn names(migrations: Vec<MigrationStatus>, applied: bool) -> Vec<String> {
    migrations.into_iter().filter(|migration| migration.applied == applied).map(|migration| migration.name).collect()
}
