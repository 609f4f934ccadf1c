//! The language of a request's reader.

use std::convert::Infallible;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use atalaya_texts::Language;

use crate::http::description::{Describe, Description};
use crate::http::notes::Notes;

/// As `Accept-Language` prefers; Spanish where it does not say.
pub(crate) fn language_of(request: &HttpRequest) -> Language {
    let accept = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    accept.map_or_else(Language::default, Language::preferred)
}

/// The language of the reader, for a handler whose answer has texts for people: the edge names it in the answer.
#[derive(Clone, Copy)]
pub(crate) struct ReaderLanguage(pub(crate) Language);

impl ReaderLanguage {
    /// Of a request whose answer has texts only sometimes, so that a handler asks where it has.
    pub(crate) fn of(request: &HttpRequest) -> Self {
        let language = language_of(request);
        if let Some(notes) = request.extensions().get::<Notes>() {
            notes.language.set(Some(language));
        }
        Self(language)
    }
}

impl FromRequest for ReaderLanguage {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request)))
    }
}

impl Describe for ReaderLanguage {
    fn describe(description: &mut Description) {
        description.is_localised = true;
    }
}

/// Names the language of an answer's texts, unless the answer names it: one that is given again is in the language of
/// the first request. A cache must not give it to a reader of another language.
pub(crate) fn name_language(headers: &mut HeaderMap, language: Language) {
    if !headers.contains_key(header::CONTENT_LANGUAGE) {
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
    }
    let by_language = |value: &HeaderValue| value.to_str().is_ok_and(|names| names.contains("accept-language"));
    if !headers.get_all(header::VARY).any(by_language) {
        headers.append(header::VARY, HeaderValue::from_static("accept-language"));
    }
}
