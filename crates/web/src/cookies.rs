//! The cookies that this program sets and reads.

pub(crate) use actix_web::cookie::time::Duration as Age;
use actix_web::cookie::{Cookie, SameSite};

use crate::edge::Edge;

/// The name tells browsers over TLS that only a secure page may have set it (RFC 6265bis, 4.1.3.1).
pub(crate) fn refresh_name(edge: &Edge) -> &'static str {
    if edge.settings.secure_cookies { "__Secure-atalaya_refresh" } else { "atalaya_refresh" }
}

pub(crate) fn refresh(edge: &Edge, value: &str, age: Age) -> Cookie<'static> {
    Cookie::build(refresh_name(edge), value.to_owned())
        .path("/auth")
        .http_only(true)
        .secure(edge.settings.secure_cookies)
        .same_site(SameSite::Strict)
        .max_age(age)
        .finish()
}
