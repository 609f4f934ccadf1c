//! The signing keys in the database, opened with the keys of the configuration.

use std::sync::{Arc, Weak};

use atalaya_application::AppError;
use atalaya_domain::signing_key::KeyState;

use crate::persistence::{Database, StoredKey};
use crate::security::{KeySource, SigningKey, WrappingKeys};

/// Reads the key set and opens it.
pub struct StoredKeySet {
    /// Not held: the database tells its listeners of changes, and one of them is who reads here.
    database: Weak<Database>,
    wrapping: Arc<WrappingKeys>,
}

impl StoredKeySet {
    /// Of a database that has this program's schema.
    #[must_use]
    pub fn new(database: &Arc<Database>, wrapping: Arc<WrappingKeys>) -> Self {
        Self { database: Arc::downgrade(database), wrapping }
    }
}

impl KeySource for StoredKeySet {
    fn load(&self) -> Result<Vec<(SigningKey, KeyState)>, AppError> {
        let database = self.database.upgrade().ok_or_else(|| AppError::internal("the database was closed"))?;
        let opened = |StoredKey { life, public_key, private_key }: StoredKey| {
            let key = SigningKey::open(&life.id, life.algorithm, &public_key, &private_key, &self.wrapping);
            key.map(|key| (key, life.state)).map_err(AppError::internal)
        };
        database.stored_keys()?.into_iter().map(opened).collect()
    }
}
