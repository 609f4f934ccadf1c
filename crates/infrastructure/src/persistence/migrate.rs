//! Migrations: embedded in the program, one folder of them for each database.

use atalaya_application::AppError;
use atalaya_application::ports::installation::SchemaProgress;
use diesel::backend::Backend;
use diesel::dsl::sql;
use diesel::migration::{MigrationSource, MigrationVersion};
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::connection::{AnyConnection, on_either};
use super::error::{Expecting, of_migration};
use super::setup::Setup;

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

/// How far the schema of a database is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SchemaState {
    /// Migrations of this program that it has.
    pub applied: usize,
    /// Migrations of this program that it lacks.
    pub pending: usize,
    /// Migrations that this program does not know: a newer version of it worked there.
    pub foreign: usize,
}

diesel::table! {
    /// Which migrations were applied, as the library keeps it.
    __diesel_schema_migrations (version) {
        version -> Text,
    }
}

impl Setup<'_> {
    /// Applies what the database lacks, all or nothing, and gives the names of what was applied. Of several processes
    /// that start at once, one does it. Where nothing is lacking, nothing is written, so that whoever may not migrate
    /// can start.
    ///
    /// # Errors
    /// `Internal` when a migration fails or the database cannot be reached; `Unavailable` when others keep its tables
    /// in use.
    pub fn migrate_up(&self) -> Result<Vec<String>, AppError> {
        if let Some(known) = applied_so_far(&mut self.0.migration_connection()?)?
            && known.iter().all(|migration| migration.applied)
        {
            return Ok(Vec::new());
        }
        self.0.migration(|tx| {
            let pending: Vec<String> = names(status(tx.conn)?, false);
            let source = source(tx.conn);
            on_either!(tx.conn, |conn| conn.run_pending_migrations(source).map(drop)).map_err(of_migration)?;
            Ok(pending)
        })
    }

    /// Reverts the last applied migration and gives its name; `None` when none is applied. Data in what it made is
    /// lost.
    ///
    /// # Errors
    /// As [`Self::migrate_up`].
    pub fn migrate_down(&self) -> Result<Option<String>, AppError> {
        self.0.migration(|tx| {
            let last = names(status(tx.conn)?, true).pop();
            if last.is_some() {
                let source = source(tx.conn);
                on_either!(tx.conn, |conn| conn.revert_last_migration(source).map(drop)).map_err(of_migration)?;
            }
            Ok(last)
        })
    }

    /// Whether the database has tables of this program, by reading only.
    ///
    /// # Errors
    /// Of the database.
    pub fn has_schema(&self) -> Result<bool, AppError> {
        let known = applied_so_far(&mut self.0.migration_connection()?)?;
        Ok(known.into_iter().flatten().any(|migration| migration.applied))
    }

    /// Every migration of this program, in order, and whether the database has it.
    ///
    /// # Errors
    /// Of the database.
    pub fn migrations(&self) -> Result<Vec<MigrationStatus>, AppError> {
        match applied_so_far(&mut self.0.migration_connection()?)? {
            Some(known) => Ok(known),
            None => self.0.migration(|tx| status(tx.conn)),
        }
    }
}

fn source(conn: &AnyConnection) -> EmbeddedMigrations {
    match conn {
        AnyConnection::Sqlite(_) => SQLITE,
        AnyConnection::Postgres(_) => POSTGRES,
    }
}

/// The migrations of a database that ever was migrated, by reading only; `None` of any other.
fn applied_so_far(conn: &mut AnyConnection) -> Result<Option<Vec<MigrationStatus>>, AppError> {
    let there = match conn {
        AnyConnection::Sqlite(_) => "EXISTS (SELECT 1 FROM sqlite_master WHERE name = '__diesel_schema_migrations')",
        AnyConnection::Postgres(_) => "to_regclass('__diesel_schema_migrations') IS NOT NULL",
    };
    if !diesel::select(sql::<Bool>(there)).get_result::<bool>(conn).or_fault()? {
        return Ok(None);
    }
    let applied: Vec<String> =
        __diesel_schema_migrations::table.select(__diesel_schema_migrations::version).load(conn).or_fault()?;
    let applied: Vec<MigrationVersion<'_>> = applied.into_iter().map(MigrationVersion::from).collect();
    let source = source(conn);
    on_either!(conn, |conn| known(conn, &source, &applied)).map_err(AppError::internal).map(Some)
}

/// How far the schema is, by reading only.
pub(super) fn state_of(conn: &mut AnyConnection) -> Result<SchemaState, AppError> {
    let Some(known) = applied_so_far(conn)? else {
        return Ok(SchemaState { applied: 0, pending: migrations_of(conn)?, foreign: 0 });
    };
    let all: i64 = __diesel_schema_migrations::table.count().get_result(conn).or_fault()?;
    let applied = known.iter().filter(|migration| migration.applied).count();
    let foreign = usize::try_from(all).unwrap_or_default().saturating_sub(applied);
    Ok(SchemaState { applied, pending: known.len() - applied, foreign })
}

/// How far the schema of a database is that was migrated, with the names of what it lacks, by reading only.
pub(super) fn progress_of(conn: &mut AnyConnection) -> Result<SchemaProgress, AppError> {
    let SchemaState { applied, foreign, .. } = state_of(conn)?;
    let number = |count: usize| u64::try_from(count).map_err(AppError::internal);
    let pending = names(applied_so_far(conn)?.unwrap_or_default(), false);
    Ok(SchemaProgress { applied: number(applied)?, pending, unknown: number(foreign)? })
}

/// How many migrations this program has for such a database.
fn migrations_of(conn: &mut AnyConnection) -> Result<usize, AppError> {
    let source = source(conn);
    on_either!(conn, |conn| known(conn, &source, &[])).map_err(AppError::internal).map(|known| known.len())
}

fn status(conn: &mut AnyConnection) -> Result<Vec<MigrationStatus>, AppError> {
    let source = source(conn);
    on_either!(conn, |conn| conn.applied_migrations().and_then(|applied| known(conn, &source, &applied)))
        .map_err(of_migration)
}

/// The migrations of `source` in order. The connection only says which database they are for.
fn known<DB: Backend>(
    _: &mut impl MigrationHarness<DB>,
    source: &EmbeddedMigrations,
    applied: &[MigrationVersion<'_>],
) -> diesel::migration::Result<Vec<MigrationStatus>>
where
    EmbeddedMigrations: MigrationSource<DB>,
{
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
