//! Following a session.

use std::sync::Arc;

use atalaya_domain::access::Actor;
use secrecy::{ExposeSecret, SecretString};

use super::Sessions;
use crate::error::AppError;

/// Looks again and again whether an access token still stands for somebody, so that what a session may see ends with
/// the session.
pub struct SessionFollower {
    /// Knows whose the token is.
    pub sessions: Arc<dyn Sessions>,
    /// The access token of whoever follows.
    pub token: SecretString,
}

impl SessionFollower {
    /// Whose token it is, now.
    ///
    /// # Errors
    /// `Unauthenticated` once the session has ended, the user has changed or the token has expired; `Unavailable` when
    /// the database does not answer and this process does not remember the token.
    pub fn actor(&self) -> Result<Arc<Actor>, AppError> {
        let token = self.token.expose_secret();
        match self.sessions.recall(token)? {
            Some(actor) => Ok(actor),
            None => self.sessions.authenticate(token),
        }
    }

    /// Whether this process remembers that the token is good. Touches neither the database nor another thread.
    #[must_use]
    pub fn is_remembered(&self) -> bool {
        matches!(self.sessions.recall(self.token.expose_secret()), Ok(Some(_)))
    }
}
