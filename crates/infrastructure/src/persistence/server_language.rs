//! The language of the server's messages, by which errors are told apart.

use atalaya_application::AppError;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::connection::AnyConnection;
use super::error::Expecting;
use super::reach::Reach;
use super::setup::Setup;

impl Setup<'_> {
    /// Warns of a PostgreSQL whose messages are not in English: contention is known by its words, so what would be
    /// tried again fails there.
    ///
    /// # Errors
    /// Of the database.
    pub fn check_language(&self) -> Result<(), AppError> {
        let language: Option<String> = self.0.snapshot(Reach::Platform, |tx| match tx.conn {
            AnyConnection::Sqlite(_) => Ok(None),
            AnyConnection::Postgres(conn) => {
                sql::<Text>("SELECT current_setting('lc_messages')").get_result(conn).map(Some).or_fault()
            }
        })?;
        let understood =
            |language: &str| language.starts_with("en") || ["C", "C.UTF-8", "POSIX", ""].contains(&language);
        if let Some(language) = language.filter(|language| !understood(language)) {
            tracing::warn!(
                event = "database_language",
                language,
                "the database server's messages are not in English, so contention is taken for a fault; set its lc_messages to C"
            );
        }
        Ok(())
    }
}
