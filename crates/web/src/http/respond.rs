//! Answers: JSON that must not be stored, JSON that dashboards poll, and the way to another address.

use std::marker::PhantomData;

use actix_web::body::BoxBody;
use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::Bytes;
use actix_web::{Error, FromRequest, HttpRequest, HttpResponse, Responder};
use atalaya_application::AppError;
use atalaya_application::ports::idempotency::StoredAnswer;
use atalaya_texts::Language;
use futures_util::future::LocalBoxFuture;
use serde::Serialize;
use xxhash_rust::xxh3::xxh3_64;

use crate::http::description::{Describe, Description, OptionalHeader, SharedRefusal};
use crate::http::kept_words::KeptWords;
use crate::http::problem::Problem;

/// The media type of most answers.
pub(crate) const JSON: &str = "application/json";

/// What dashboards poll: with an `ETag`, so that an unchanged answer travels as a 304.
pub(crate) struct Polled<T>(pub(crate) T);

impl<T: Serialize> Polled<T> {
    /// The response, for a handler that adds to it.
    pub(crate) fn response(&self, request: &HttpRequest) -> PolledResponse {
        match Written::json(&self.0) {
            Ok(written) => written.answer(request, JSON),
            Err(error) => PolledResponse(HttpResponse::from_error(Problem::App(error))),
        }
    }
}

impl<T: Serialize> Responder for Polled<T> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        self.response(request).0
    }
}

impl<T> Describe for Polled<T> {
    fn describe(description: &mut Description) {
        description.is_polled = true;
    }
}

/// The response to what dashboards poll.
pub(crate) struct PolledResponse(pub(crate) HttpResponse);

impl Responder for PolledResponse {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        self.0
    }
}

impl Describe for PolledResponse {
    fn describe(description: &mut Description) {
        description.is_polled = true;
    }
}

/// [`Polled`] for a body that is already written.
pub(crate) fn polled_bytes(request: &HttpRequest, body: Vec<u8>, content_type: &'static str) -> PolledResponse {
    Written::new(Bytes::from(body)).answer(request, content_type)
}

/// A body with its tag, to answer with any number of times.
#[derive(Clone)]
pub(crate) struct Written {
    body: Bytes,
    tag: HeaderValue,
}

impl Written {
    /// Hashes the body once, for each time that it is sent.
    pub(crate) fn new(body: Bytes) -> Self {
        let tag = entity_tag(&body);
        Self::tagged(body, tag)
    }

    fn tagged(body: Bytes, tag: String) -> Self {
        let tag = HeaderValue::try_from(tag).unwrap_or_else(|_| HeaderValue::from_static("W/\"\""));
        Self { body, tag }
    }

    /// Writes an answer as JSON. One that may be large is written where its use case is done, on a thread that may
    /// block: meanwhile the others go on answering.
    ///
    /// # Errors
    /// `Internal` for what cannot be written as JSON.
    pub(crate) fn json(answer: &impl Serialize) -> Result<Self, AppError> {
        serde_json::to_vec(answer).map(|body| Self::new(Bytes::from(body))).map_err(AppError::internal)
    }

    /// Writes an answer that shows less of something than all of it, or more: its tag begins with that of the whole, so
    /// that it is good for `If-Match`, and ends with its own, so that it changes when the answer does.
    ///
    /// # Errors
    /// As [`Self::json`].
    pub(crate) fn shown(whole: &impl Serialize, answer: &impl Serialize) -> Result<Self, AppError> {
        let whole = serde_json::to_vec(whole).map_err(AppError::internal)?;
        let body = serde_json::to_vec(answer).map_err(AppError::internal)?;
        if body == whole {
            return Ok(Self::new(Bytes::from(body)));
        }
        let tag = format!("W/\"{:016x}{SHOWN}{:016x}\"", xxh3_64(&whole), xxh3_64(&body));
        Ok(Self::tagged(Bytes::from(body), tag))
    }

    /// The answer: the body, or nothing but its head where the client has it.
    pub(crate) fn answer(self, request: &HttpRequest, content_type: &'static str) -> PolledResponse {
        let Self { body, tag } = self;
        let known = request.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
        let unchanged = known.is_some_and(|known| names(known, tag.to_str().unwrap_or_default()));
        let mut response = if unchanged {
            HttpResponse::new(StatusCode::NOT_MODIFIED)
        } else {
            let mut response = HttpResponse::with_body(StatusCode::OK, BoxBody::new(body));
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
            response
        };
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
        headers.insert(header::VARY, HeaderValue::from_static("origin, authorization, accept, accept-language"));
        headers.insert(header::ETAG, tag);
        PolledResponse(response)
    }
}

/// What stands in a tag between that of the whole and that of what is shown of it.
const SHOWN: char = '.';

/// Weak, because the same answer may travel compressed or not.
pub(crate) fn entity_tag(body: &[u8]) -> String {
    format!("W/\"{:016x}\"", xxh3_64(body))
}

/// Whether the list of an `If-Match` or `If-None-Match` names `tag`, by weak comparison (RFC 9110, 8.8.3.2).
pub(crate) fn names(list: &str, tag: &str) -> bool {
    list.trim() == "*" || list.split(',').any(|known| opaque(known) == opaque(tag))
}

fn opaque(tag: &str) -> &str {
    tag.trim().trim_start_matches("W/").trim_matches('"')
}

/// Whether the list of an `If-Match` names `tag`, or a tag of an answer that showed less or more of the same.
fn names_whole(list: &str, tag: &str) -> bool {
    let whole = |known: &str| opaque(known).split(SHOWN).next() == Some(opaque(tag));
    list.trim() == "*" || list.split(',').any(whole)
}

/// The `If-Match` of a request that changes something: what its author saw last.
pub(crate) struct IfMatch(Option<String>);

impl IfMatch {
    /// Of this request; without the header everything passes. One that cannot be read must not pass for none.
    fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let Some(value) = request.headers().get(header::IF_MATCH) else { return Ok(Self(None)) };
        let text = value.to_str().map_err(|_| Problem::Header("If-Match"))?;
        Ok(Self(Some(text.to_owned())))
    }

    /// Whether the request says which state its author saw: `*` is any.
    pub(crate) fn names_a_state(&self) -> bool {
        self.0.as_deref().is_some_and(|tags| tags.trim() != "*")
    }

    /// Compares with what is there now, as its own GET shows it. Compared weakly, because the tags are weak; they show
    /// every difference of content.
    ///
    /// # Errors
    /// `PreconditionFailed` when it is something else by now.
    pub(crate) fn check<T: Serialize>(&self, current: &T) -> Result<(), AppError> {
        let Some(known) = &self.0 else { return Ok(()) };
        let tag = entity_tag(&serde_json::to_vec(current).map_err(AppError::internal)?);
        if names_whole(known, &tag) { Ok(()) } else { Err(AppError::PreconditionFailed) }
    }
}

/// What a handler reads of a request, and then the condition on which it is to be done.
pub(crate) struct Conditional<T>(pub(crate) T, pub(crate) IfMatch);

impl<T: Describe> Describe for Conditional<T> {
    fn describe(description: &mut Description) {
        T::describe(description);
        description.refusals.insert(SharedRefusal::CHANGED);
        let text = "The `ETag` that was read: a change in between is 412";
        description.headers.push(OptionalHeader { name: "If-Match", description: text });
    }
}

impl<T: FromRequest + 'static> FromRequest for Conditional<T> {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (read, request) = (T::from_request(request, payload), request.clone());
        Box::pin(async move {
            let read = read.await.map_err(Into::into)?;
            Ok(Self(read, IfMatch::of(&request)?))
        })
    }
}

/// JSON of any status that nobody stores; the edge says so.
pub(crate) struct Answered<T>(pub(crate) StatusCode, pub(crate) T);

impl<T: Serialize> Answered<T> {
    /// The answer in the form in which it can be kept and given again.
    ///
    /// # Errors
    /// `Internal` for what cannot be written as JSON.
    pub(crate) fn written(&self) -> Result<StoredAnswer, AppError> {
        let body = serde_json::to_vec(&self.1).map_err(AppError::internal)?;
        Ok(StoredAnswer { status: self.0.as_u16(), headers: Vec::new(), body })
    }

    /// [`Self::written`] for an answer with texts: whoever gets it again gets it in the language of the first request,
    /// and is told so.
    ///
    /// # Errors
    /// As [`Self::written`].
    pub(crate) fn written_in(&self, language: Language) -> Result<StoredAnswer, AppError> {
        Ok(self.written()?.with(header::CONTENT_LANGUAGE.as_str(), language.tag()))
    }
}

impl<T> Describe for Answered<T> {
    fn describe(_: &mut Description) {}
}

impl<T: Serialize> Responder for Answered<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        match serde_json::to_vec(&self.1) {
            Ok(body) => HttpResponse::build(self.0).content_type(JSON).body(body),
            Err(error) => HttpResponse::from_error(Problem::App(AppError::internal(error))),
        }
    }
}

/// Words that failures keep, as a type.
pub(crate) trait Keeps {
    /// The words.
    const WORDS: KeptWords;
}

/// An answer of an operation whose failures have the words of `W`.
pub(crate) struct InKeptWords<W, T> {
    answer: T,
    words: PhantomData<W>,
}

impl<W, T> From<T> for InKeptWords<W, T> {
    fn from(answer: T) -> Self {
        Self { answer, words: PhantomData }
    }
}

impl<W: Keeps, T: Describe> Describe for InKeptWords<W, T> {
    fn describe(description: &mut Description) {
        T::describe(description);
        description.kept_words = Some(W::WORDS);
    }
}

impl<W, T: Responder> Responder for InKeptWords<W, T> {
    type Body = T::Body;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse<T::Body> {
        self.answer.respond_to(request)
    }
}

/// Sends a client on to the address that it meant, with its query. 308 keeps method and body.
pub(crate) fn moved_to(path: &str, query: &str) -> HttpResponse {
    let location = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
    HttpResponse::PermanentRedirect().insert_header((header::LOCATION, location)).finish()
}
