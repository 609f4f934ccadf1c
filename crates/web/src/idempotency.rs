//! `Idempotency-Key`: a request that may come again has one effect and one answer.

use std::future::Future;
use std::sync::Arc;

use actix_web::body::MessageBody;
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, Responder};
use atalaya_application::AppError;
use atalaya_application::ports::idempotency::{Begun, IdempotencyStore, RequestKey, StoredAnswer};
use atalaya_domain::access::Actor;
use tracing::Instrument;

use crate::blocking;
use crate::problem::{Kind, Problem};

/// The longest key.
const MAX_KEY_CHARS: usize = 200;

/// Gives requests their tickets.
pub struct Idempotency {
    store: Arc<dyn IdempotencyStore>,
}

impl Idempotency {
    /// On a store.
    #[must_use]
    pub fn new(store: Arc<dyn IdempotencyStore>) -> Self {
        Self { store }
    }

    /// A ticket for a request that changes something; one without a key just runs.
    ///
    /// # Errors
    /// `UNREADABLE_HEADER` for a key that is empty, too long or not printable.
    pub(crate) fn ticket(
        &self,
        request: &HttpRequest,
        actor: &Actor,
        operation: &'static str,
        fingerprint: u128,
    ) -> Result<Ticket, Problem> {
        self.ticket_of(request, actor, operation, fingerprint, Repeat::FirstAnswer)
    }

    /// A ticket for a request that changes nothing: a repeat is answered anew, because what its first answer told may have
    /// been taken from the reader since.
    ///
    /// # Errors
    /// As [`Self::ticket`].
    pub(crate) fn reading_ticket(
        &self,
        request: &HttpRequest,
        actor: &Actor,
        operation: &'static str,
        fingerprint: u128,
    ) -> Result<Ticket, Problem> {
        self.ticket_of(request, actor, operation, fingerprint, Repeat::Anew)
    }

    fn ticket_of(
        &self,
        request: &HttpRequest,
        actor: &Actor,
        operation: &'static str,
        fingerprint: u128,
        repeat: Repeat,
    ) -> Result<Ticket, Problem> {
        let key = match request.headers().get("idempotency-key") {
            None => None,
            Some(value) => {
                let text = value.to_str().ok().filter(|key| (1..=MAX_KEY_CHARS).contains(&key.len()));
                let key = text.ok_or(Problem::Http(Kind::UNREADABLE_HEADER))?.to_owned();
                Some(RequestKey { user: actor.user(), operation, key })
            }
        };
        // The path is part of what is asked: one key for two accounts is a mistake.
        let path = xxhash_rust::xxh3::xxh3_128(request.path().as_bytes());
        Ok(Ticket { store: Arc::clone(&self.store), key, fingerprint: fingerprint ^ path, repeat })
    }
}

/// What a repeated request gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Repeat {
    /// The answer of the first.
    FirstAnswer,
    /// An answer of its own.
    Anew,
}

/// The right to run a request once.
pub(crate) struct Ticket {
    repeat: Repeat,
    store: Arc<dyn IdempotencyStore>,
    key: Option<RequestKey>,
    fingerprint: u128,
}

impl Ticket {
    /// Whether the request may come again, and its first answer has to be kept for that.
    pub(crate) fn is_repeatable(&self) -> bool {
        self.key.is_some()
    }

    /// Runs `work`, or gives the answer that the first request with this key got. Only success is remembered: a failure may
    /// be tried again. The work goes on when its client goes away, so that the client's next attempt finds its answer.
    ///
    /// # Errors
    /// Those of `work`; `IDEMPOTENCY_KEY_RUNNING`, `IDEMPOTENCY_KEY_REUSED`.
    pub(crate) async fn run<R: Responder + 'static>(
        self,
        request: &HttpRequest,
        work: impl Future<Output = Result<R, Problem>> + 'static,
    ) -> Result<HttpResponse, Problem> {
        let request = request.clone();
        let running = async move { self.finish(&request, work).await };
        match actix_web::rt::spawn(running.in_current_span()).await {
            Ok(outcome) => outcome,
            Err(error) => Err(AppError::internal(error).into()),
        }
    }

    async fn finish<R: Responder>(
        self,
        request: &HttpRequest,
        work: impl Future<Output = Result<R, Problem>>,
    ) -> Result<HttpResponse, Problem> {
        let Self { store, key, fingerprint, repeat } = self;
        let Some(key) = key else { return Ok(work.await?.respond_to(request).map_into_boxed_body()) };
        let begun = {
            let (store, key) = (Arc::clone(&store), key.clone());
            blocking::call(move || store.begin(&key, fingerprint)).await?
        };
        match begun {
            Begun::First => {}
            Begun::Repeat(answer) if repeat == Repeat::FirstAnswer => return Ok(repeated(answer)),
            Begun::Repeat(_) => return Ok(work.await?.respond_to(request).map_into_boxed_body()),
            Begun::Running => return Err(Problem::Http(Kind::IDEMPOTENCY_KEY_RUNNING)),
            Begun::OtherBody => return Err(Problem::Http(Kind::IDEMPOTENCY_KEY_REUSED)),
        }
        let mut unfinished = Unfinished { store: Arc::clone(&store), key: Some(key) };
        let response = work.await?.respond_to(request).map_into_boxed_body();
        let (head, body) = response.into_parts();
        let Ok(body) = body.try_into_bytes() else { return Err(Problem::Http(Kind::INTERNAL_ERROR)) };
        if let Some(key) = unfinished.key.take() {
            let kept = if repeat == Repeat::FirstAnswer { body.to_vec() } else { Vec::new() };
            let answer = StoredAnswer { status: head.status().as_u16(), body: kept };
            blocking::call(move || store.complete(&key, answer)).await?;
        }
        Ok(head.set_body(actix_web::body::BoxBody::new(body)))
    }
}

/// Abandons the request when its work fails or panics.
struct Unfinished {
    store: Arc<dyn IdempotencyStore>,
    key: Option<RequestKey>,
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if let Some(key) = self.key.take() {
            self.store.abandon(&key);
        }
    }
}

fn repeated(answer: StoredAnswer) -> HttpResponse {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    HttpResponse::build(status)
        .content_type("application/json")
        .insert_header(("idempotency-replayed", "true"))
        .body(answer.body)
}
