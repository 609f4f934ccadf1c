//! The installation's own secrets, encrypted by whoever stores them.

use atalaya_application::AppError;
use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::connection::AnyConnection;
use super::database::Database;
use super::error::Expecting;
use super::reach::Reach;
use super::rows::stored;
use super::schema::installation_secrets;

/// A stored secret.
#[derive(Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = installation_secrets)]
pub(crate) struct SecretRow {
    /// What it is for.
    pub(crate) purpose: String,
    /// The secret, encrypted.
    pub(crate) sealed: Vec<u8>,
    /// Which key encrypted it.
    pub(crate) wrapping_key_id: String,
}

fn find(conn: &mut AnyConnection, purpose: &str) -> Result<Option<SecretRow>, AppError> {
    let by_purpose = installation_secrets::table.find(purpose).select(SecretRow::as_select());
    by_purpose.first(conn).optional().or_fault()
}

impl Database {
    /// The secret of that purpose, if there is one.
    ///
    /// # Errors
    /// Of the database.
    pub(crate) fn installation_secret(&self, purpose: &str) -> Result<Option<SecretRow>, AppError> {
        self.snapshot(Reach::Platform, |tx| find(tx.conn, purpose))
    }

    /// Stores `secret` unless there is one of its purpose already, and gives the one that is stored: of any number of
    /// processes that start at once, all get the same.
    ///
    /// # Errors
    /// Of the database.
    pub(crate) fn insert_first_secret(&self, secret: &SecretRow, at: DateTime<Utc>) -> Result<SecretRow, AppError> {
        self.transaction(Reach::Platform, |tx| {
            if let Some(present) = find(tx.conn, &secret.purpose)? {
                return Ok(present);
            }
            diesel::insert_into(installation_secrets::table)
                .values((
                    installation_secrets::purpose.eq(&secret.purpose),
                    installation_secrets::sealed.eq(&secret.sealed),
                    installation_secrets::wrapping_key_id.eq(&secret.wrapping_key_id),
                    installation_secrets::created_at.eq(stored(at)),
                ))
                .execute(tx.conn)
                .or_fault()?;
            Ok(secret.clone())
        })
    }
}
