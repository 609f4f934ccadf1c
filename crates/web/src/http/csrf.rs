//! Requests that a browser makes with the cookie: only pages that may act for the user.

use actix_web::HttpRequest;
use actix_web::http::header;
use atalaya_application::error::{AppError, Forbidden};

use crate::http::problem::Problem;
use crate::http::settings::WebSettings;

/// Passes a request with an `Origin` of the list, of `PUBLIC_URL` or of this very host, or without one where the
/// browser says that it comes from no other site; and only with a JSON body, which no plain form can send.
///
/// # Errors
/// `ORIGIN_FORBIDDEN`.
pub(crate) fn check(request: &HttpRequest, settings: &WebSettings, is_json: bool) -> Result<(), Problem> {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let passes = match header(header::ORIGIN) {
        Some(origin) => {
            let is_public = settings.public_origin.as_deref() == Some(origin);
            let scheme = if settings.secure_cookies { "https" } else { "http" };
            is_public || settings.allowed_origins.may_act(origin) || is_own(origin, scheme, header(header::HOST))
        }
        None => matches!(header(header::HeaderName::from_static("sec-fetch-site")), Some("none" | "same-origin")),
    };
    if passes && is_json { Ok(()) } else { Err(AppError::Forbidden(Forbidden::Origin).into()) }
}

/// Passes a request with a JSON body that no page of another site made: by [`check`] where a browser tells where it
/// comes from. What is no browser tells neither.
///
/// # Errors
/// `ORIGIN_FORBIDDEN`.
pub(crate) fn check_page(request: &HttpRequest, settings: &WebSettings) -> Result<(), Problem> {
    let is_told = |name: header::HeaderName| request.headers().contains_key(name);
    let by_browser = is_told(header::ORIGIN) || is_told(header::HeaderName::from_static("sec-fetch-site"));
    if by_browser { check(request, settings, true) } else { Ok(()) }
}

/// Whether the page was served by this host, over what this host speaks.
fn is_own(origin: &str, scheme: &str, host: Option<&str>) -> bool {
    origin.split_once("://").is_some_and(|(spoken, authority)| spoken == scheme && Some(authority) == host)
}
