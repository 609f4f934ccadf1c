//! The language of a request's reader.

use actix_web::HttpRequest;
use actix_web::http::header;
use atalaya_texts::Language;

/// As `Accept-Language` prefers; Spanish where it does not say.
pub(crate) fn language_of(request: &HttpRequest) -> Language {
    let accept = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    accept.map_or_else(Language::default, Language::preferred)
}
