//! Logging in and out, sessions, one's own password and profile.

pub(crate) mod client_words;
pub(crate) mod clients;
pub(crate) mod credentials;
pub(crate) mod kept_login;
pub(crate) mod login;
pub(crate) mod password;
pub(crate) mod profile;
pub(crate) mod session_events;
pub(crate) mod sessions;
pub(crate) mod temporary_password;

use atalaya_application::error::{AppError, Resource};
use atalaya_domain::id::UserId;

use crate::http::problem::Problem;

/// A user's id in a path; what is no number is nobody's id.
pub(crate) fn user_id(text: &str) -> Result<UserId, Problem> {
    text.parse().map(UserId::new).map_err(|_| AppError::NotFound(Resource::User).into())
}
