//! A look at the database from outside: whether it can be reached as it is going to be, and the state of its schema.
//! Nothing is made or migrated, and no pool hides why a connection could not be opened.

use atalaya_application::AppError;
use secrecy::ExposeSecret;

use super::connection::{Connector, DatabaseUrl, Purpose};
use super::error::of_connecting;
use super::migrate::{SchemaState, state_of};
use crate::settings::DatabaseSettings;

/// Logs in where migrations and the program's work do. A file has to be there already, or it would be made.
///
/// # Errors
/// `Internal` with what the database's library says; `Unavailable` where its server takes no writes.
pub fn probe(settings: &DatabaseSettings) -> Result<SchemaState, AppError> {
    let connect = |url: &str, purpose| Connector::new(DatabaseUrl::parse(url)?, purpose).open().map_err(of_connecting);
    let state = state_of(&mut connect(settings.migration_url.expose_secret(), Purpose::Migration)?)?;
    // The migrations make the role that the program works as.
    if state.applied > 0 {
        connect(settings.url.expose_secret(), Purpose::Work)?;
    }
    Ok(state)
}
