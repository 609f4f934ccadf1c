//! Signing keys, with their private halves encrypted by whoever stores them, and encrypting anew whatever is encrypted.

use atalaya_application::AppError;
use atalaya_application::ports::keys::{KeyReader, KeyWriter, NewKey, Sealed, SealedKind, SealedSecret};
use atalaya_application::ports::memory::Change;
use atalaya_domain::signing_key::{KeyId, KeyLife, KeyState};
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::connection::AnyConnection;
use super::database::Database;
use super::error::Expecting;
use super::platform::Platform;
use super::reach::Reach;
use super::rows::{loaded, read, stored, word};
use super::schema::{installation_secrets, signing_keys};

/// A signing key as it is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredKey {
    /// Where it stands.
    pub life: KeyLife,
    /// The public half.
    pub public_key: Vec<u8>,
    /// The private half, encrypted.
    pub private_key: Sealed,
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
    state_since: NaiveDateTime,
}

impl Row {
    fn into_key(self) -> Result<StoredKey, AppError> {
        let life = KeyLife {
            id: read("signing_keys.kid", KeyId::parse(&self.kid))?,
            algorithm: word("signing_keys.algorithm", &self.algorithm)?,
            state: word("signing_keys.state", &self.state)?,
            created_at: loaded(self.created_at),
            since: loaded(self.state_since),
        };
        let private_key = Sealed { bytes: self.private_key_encrypted, wrapping_key_id: self.wrapping_key_id };
        Ok(StoredKey { life, public_key: self.public_key, private_key })
    }
}

fn all(conn: &mut AnyConnection) -> Result<Vec<StoredKey>, AppError> {
    let oldest_first = (signing_keys::created_at, signing_keys::kid);
    let rows: Vec<Row> = signing_keys::table.select(Row::as_select()).order(oldest_first).load(conn).or_fault()?;
    rows.into_iter().map(Row::into_key).collect()
}

/// One row was meant, and one there was.
fn one(rows: usize, what: &str) -> Result<(), AppError> {
    if rows == 1 { Ok(()) } else { Err(AppError::internal(format!("{rows} rows of {what} were changed, not one"))) }
}

impl Database {
    /// Every signing key, the oldest first, with its encrypted private half.
    ///
    /// # Errors
    /// Of the database.
    pub fn stored_keys(&self) -> Result<Vec<StoredKey>, AppError> {
        self.vital_snapshot(Reach::Platform, |tx| all(tx.conn))
    }
}

impl KeyReader for Platform<'_, '_> {
    fn list(&mut self) -> Result<Vec<KeyLife>, AppError> {
        Ok(all(self.conn())?.into_iter().map(|key| key.life).collect())
    }
}

impl KeyWriter for Platform<'_, '_> {
    fn insert(&mut self, key: &NewKey, state: KeyState, at: DateTime<Utc>) -> Result<(), AppError> {
        let row = Row {
            kid: key.id.to_string(),
            algorithm: key.algorithm.as_str().to_owned(),
            public_key: key.public_key.clone(),
            private_key_encrypted: key.private_key.bytes.clone(),
            wrapping_key_id: key.private_key.wrapping_key_id.clone(),
            state: state.as_str().to_owned(),
            created_at: stored(at),
            state_since: stored(at),
        };
        diesel::insert_into(signing_keys::table).values(row).execute(self.tx.conn).or_fault()?;
        self.tx.changed(Change::Keys);
        Ok(())
    }

    fn enter(&mut self, id: &KeyId, state: KeyState, at: DateTime<Utc>) -> Result<(), AppError> {
        let rows = diesel::update(signing_keys::table.find(id.as_str()))
            .set((signing_keys::state.eq(state.as_str()), signing_keys::state_since.eq(stored(at))))
            .execute(self.tx.conn)
            .or_fault()?;
        self.tx.changed(Change::Keys);
        one(rows, "signing_keys")
    }

    fn remove(&mut self, id: &KeyId) -> Result<(), AppError> {
        let rows = diesel::delete(signing_keys::table.find(id.as_str())).execute(self.tx.conn).or_fault()?;
        self.tx.changed(Change::KeyGone(id.clone()));
        one(rows, "signing_keys")
    }

    fn secrets(&mut self) -> Result<Vec<SealedSecret>, AppError> {
        let secret = |kind| {
            move |(name, bytes, wrapping_key_id): (String, Vec<u8>, String)| {
                let sealed = Sealed { bytes, wrapping_key_id };
                SealedSecret { kind, name, sealed }
            }
        };
        let keys = signing_keys::table
            .select((signing_keys::kid, signing_keys::private_key_encrypted, signing_keys::wrapping_key_id))
            .order(signing_keys::kid)
            .load(self.tx.conn)
            .or_fault()?;
        let own = installation_secrets::table
            .select((
                installation_secrets::purpose,
                installation_secrets::sealed,
                installation_secrets::wrapping_key_id,
            ))
            .order(installation_secrets::purpose)
            .load(self.tx.conn)
            .or_fault()?;
        let keys = keys.into_iter().map(secret(SealedKind::SigningKey));
        Ok(keys.chain(own.into_iter().map(secret(SealedKind::InstallationSecret))).collect())
    }

    fn reseal(&mut self, secret: &SealedSecret) -> Result<(), AppError> {
        let SealedSecret { kind, name, sealed } = secret;
        let (conn, id) = (&mut *self.tx.conn, &sealed.wrapping_key_id);
        match kind {
            SealedKind::SigningKey => {
                let row = diesel::update(signing_keys::table.find(name));
                let set = (signing_keys::private_key_encrypted.eq(&sealed.bytes), signing_keys::wrapping_key_id.eq(id));
                one(row.set(set).execute(conn).or_fault()?, "signing_keys")
            }
            SealedKind::InstallationSecret => {
                let row = diesel::update(installation_secrets::table.find(name));
                let set =
                    (installation_secrets::sealed.eq(&sealed.bytes), installation_secrets::wrapping_key_id.eq(id));
                one(row.set(set).execute(conn).or_fault()?, "installation_secrets")
            }
        }
    }
}
