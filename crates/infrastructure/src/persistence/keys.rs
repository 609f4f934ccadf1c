//! Signing keys, with their private halves encrypted by whoever stores them.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use atalaya_application::AppError;
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::connection::AnyConnection;
use super::database::Database;
use super::error::Expecting;
use super::rows::{loaded, stored, word};
use super::schema::signing_keys;

/// Where a key stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    /// Published, so that verifiers know it before it signs.
    Pending,
    /// Signs. There is at most one.
    Active,
    /// Signs no more and still verifies.
    Retiring,
}

impl KeyState {
    const ALL: [Self; 3] = [Self::Pending, Self::Active, Self::Retiring];

    /// The word that the database holds.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Retiring => "retiring",
        }
    }
}

impl FromStr for KeyState {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|state| state.as_str() == text).ok_or("no such state of a key")
    }
}

/// A stored signing key.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKeyRow {
    /// `kid`.
    pub kid: String,
    /// The algorithm that it signs with, such as `EdDSA`.
    pub algorithm: String,
    /// The public half.
    pub public_key: Vec<u8>,
    /// The private half, encrypted.
    pub private_key_encrypted: Vec<u8>,
    /// Which key encrypted it.
    pub wrapping_key_id: String,
    /// Where it stands in its life.
    pub state: KeyState,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

impl fmt::Debug for SigningKeyRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKeyRow").field("kid", &self.kid).field("state", &self.state).finish_non_exhaustive()
    }
}

/// Stores signing keys.
#[derive(Clone)]
pub struct KeyStore {
    database: Arc<Database>,
}

impl KeyStore {
    pub(super) fn new(database: Arc<Database>) -> Self {
        Self { database }
    }

    /// The key that signs, if there is one.
    ///
    /// # Errors
    /// Of the database.
    pub fn active(&self) -> Result<Option<SigningKeyRow>, AppError> {
        self.database.snapshot(|tx| active(tx.conn))
    }

    /// Stores `key` unless a key signs already, and gives the one that signs: of any number of processes that start at once,
    /// all get the same.
    ///
    /// # Errors
    /// Of the database; `Internal` when no key signs and `key` is not [`KeyState::Active`].
    pub fn insert_first(&self, key: &SigningKeyRow) -> Result<SigningKeyRow, AppError> {
        self.database.transaction(|tx| {
            if let Some(present) = active(tx.conn)? {
                return Ok(present);
            }
            insert(tx.conn, key)?;
            active(tx.conn)?.ok_or_else(|| AppError::internal("the first signing key must be an active one"))
        })
    }
}

/// A key as the database holds it.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = signing_keys)]
struct Row {
    kid: String,
    algorithm: String,
    public_key: Vec<u8>,
    private_key_encrypted: Vec<u8>,
    wrapping_key_id: String,
    state: String,
    created_at: NaiveDateTime,
}

fn active(conn: &mut AnyConnection) -> Result<Option<SigningKeyRow>, AppError> {
    let found: Option<Row> = signing_keys::table
        .filter(signing_keys::state.eq(KeyState::Active.as_str()))
        .select(Row::as_select())
        .first(conn)
        .optional()
        .or_fault()?;
    let key = |row: Row| {
        Ok(SigningKeyRow {
            state: word("signing_keys.state", &row.state)?,
            created_at: loaded(row.created_at),
            kid: row.kid,
            algorithm: row.algorithm,
            public_key: row.public_key,
            private_key_encrypted: row.private_key_encrypted,
            wrapping_key_id: row.wrapping_key_id,
        })
    };
    found.map(key).transpose()
}

fn insert(conn: &mut AnyConnection, key: &SigningKeyRow) -> Result<(), AppError> {
    let row = Row {
        kid: key.kid.clone(),
        algorithm: key.algorithm.clone(),
        public_key: key.public_key.clone(),
        private_key_encrypted: key.private_key_encrypted.clone(),
        wrapping_key_id: key.wrapping_key_id.clone(),
        state: key.state.as_str().to_owned(),
        created_at: stored(key.created_at),
    };
    diesel::insert_into(signing_keys::table).values(row).execute(conn).or_fault()?;
    Ok(())
}
