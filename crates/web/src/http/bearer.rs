//! The access token of a request.

use actix_web::HttpRequest;
use actix_web::http::header;
use atalaya_application::error::{AppError, AuthFailure};

use crate::http::problem::Problem;

/// The token of an `Authorization` header (RFC 6750, 2.1). Read as bytes: this is done for every request, and a token
/// is half a kilobyte.
pub(crate) fn bearer(request: &HttpRequest) -> Result<&str, Problem> {
    let missing = || Problem::App(AppError::Unauthenticated(AuthFailure::TokenMissing));
    let invalid = || Problem::App(AppError::Unauthenticated(AuthFailure::TokenInvalid));
    let mut sent = request.headers().get_all(header::AUTHORIZATION);
    let header = sent.next().ok_or_else(missing)?.as_bytes().trim_ascii();
    // A proxy in front may have looked at another one.
    if sent.next().is_some() {
        return Err(invalid());
    }
    if header.is_empty() {
        return Err(missing());
    }
    token_of(header).ok_or_else(invalid)
}

/// The token in the value of such a header.
pub(crate) fn token_of(value: &[u8]) -> Option<&str> {
    const SCHEME: &[u8] = b"bearer ";
    let (scheme, token) = value.split_at_checked(SCHEME.len())?;
    let token = std::str::from_utf8(token.trim_ascii()).ok()?;
    (scheme.eq_ignore_ascii_case(SCHEME) && !token.is_empty()).then_some(token)
}
