//! Secrets that an installation makes for itself on the first start and keeps: what no operator should have to invent.

use std::sync::Arc;

use atalaya_application::AppError;
use chrono::{DateTime, Utc};
use secrecy::SecretSlice;

use crate::persistence::{Database, SecretRow};
use crate::security::{KeyError, Sealed, WrappingKeys, random_secret};

/// What a secret is for. Each purpose has one of its own, so that what one lets somebody do, no other does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Keys the chains of the audit log.
    AuditChain,
    /// Authenticates device cookies.
    DeviceCookie,
    /// Digests what failed logins are counted for.
    LoginSubjects,
    /// Names what the installation keeps in Redis, so that two of them on one Redis stay apart.
    RedisNames,
    /// Names and encrypts what was read on pictures.
    PictureReadings,
    /// Makes the codes of requests that may come again.
    RequestCodes,
}

impl Purpose {
    /// Every purpose.
    pub const ALL: [Self; 6] = [
        Self::AuditChain,
        Self::DeviceCookie,
        Self::LoginSubjects,
        Self::PictureReadings,
        Self::RedisNames,
        Self::RequestCodes,
    ];

    /// The word that the database holds, and the associated data of the encryption.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AuditChain => "audit-chain",
            Self::DeviceCookie => "device-cookie",
            Self::LoginSubjects => "login-subjects",
            Self::PictureReadings => "picture-readings",
            Self::RedisNames => "redis-names",
            Self::RequestCodes => "request-codes",
        }
    }
}

/// Why a secret cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// It cannot be decrypted, or none can be made.
    #[error("{0}")]
    Key(#[from] KeyError),
    /// The database.
    #[error("{0}")]
    Store(#[from] AppError),
}

/// Keeps the secrets in the database, encrypted under `KEY_ENCRYPTION_KEY`.
pub struct Vault {
    database: Arc<Database>,
    wrapping: Arc<WrappingKeys>,
}

impl Vault {
    /// On a database that has this program's schema.
    #[must_use]
    pub fn new(database: Arc<Database>, wrapping: Arc<WrappingKeys>) -> Self {
        Self { database, wrapping }
    }

    /// The 32 bytes of that purpose, made when they are asked for the first time.
    ///
    /// # Errors
    /// [`VaultError`] says what to mend.
    pub fn secret(&self, purpose: Purpose, now: DateTime<Utc>) -> Result<SecretSlice<u8>, VaultError> {
        let row = match self.database.installation_secret(purpose.as_str())? {
            Some(row) => row,
            None => self.database.insert_first_secret(&self.make(purpose)?, now)?,
        };
        self.open(purpose, row)
    }

    /// Whether every secret that is stored already can be opened. It makes none.
    ///
    /// # Errors
    /// [`VaultError`] of the first that cannot.
    pub fn check(&self) -> Result<(), VaultError> {
        for purpose in Purpose::ALL {
            if let Some(row) = self.database.installation_secret(purpose.as_str())? {
                self.open(purpose, row)?;
            }
        }
        Ok(())
    }

    fn open(&self, purpose: Purpose, row: SecretRow) -> Result<SecretSlice<u8>, VaultError> {
        let sealed = Sealed { bytes: row.sealed, wrapping_key_id: row.wrapping_key_id };
        Ok(self.wrapping.open(purpose.as_str(), &sealed)?)
    }

    fn make(&self, purpose: Purpose) -> Result<SecretRow, KeyError> {
        let sealed = self.wrapping.seal(purpose.as_str(), &random_secret()?)?;
        let Sealed { bytes, wrapping_key_id } = sealed;
        Ok(SecretRow { purpose: purpose.as_str().to_owned(), sealed: bytes, wrapping_key_id })
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use secrecy::ExposeSecret;

    use super::*;
    use crate::security::NamedSecret;

    fn vault(database: &Arc<Database>, id: &str, byte: u8) -> Vault {
        let key = NamedSecret { id: id.to_owned(), value: vec![byte; 32].into() };
        Vault::new(Arc::clone(database), Arc::new(WrappingKeys::new(&[key]).unwrap()))
    }

    #[test]
    fn a_secret_is_made_once_and_only_its_own_key_opens_it() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("vault.db").display());
        let database = Database::open(&url, 2, Vec::new()).unwrap();
        database.setup().migrate_up().unwrap();
        let secret = |vault: &Vault, purpose| vault.secret(purpose, DateTime::UNIX_EPOCH);
        let audit = secret(&vault(&database, "1", 7), Purpose::AuditChain).unwrap();
        let again = secret(&vault(&database, "1", 7), Purpose::AuditChain).unwrap();
        let device = secret(&vault(&database, "1", 7), Purpose::DeviceCookie).unwrap();
        assert_eq!((audit.expose_secret(), audit.expose_secret().len()), (again.expose_secret(), 32));
        assert_ne!(audit.expose_secret(), device.expose_secret());
        assert!(vault(&database, "1", 7).check().is_ok());
        assert!(vault(&database, "1", 8).check().is_err());
        let wrong = secret(&vault(&database, "1", 8), Purpose::AuditChain).unwrap_err();
        assert!(wrong.to_string().contains("KEY_ENCRYPTION_KEY"), "{wrong}");
    }
}
