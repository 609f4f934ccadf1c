//! `Idempotency-Key`: a request that may come again has one effect and one answer.

use std::future::Future;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use atalaya_application::AppError;
use atalaya_application::ports::idempotency::{Attempt, Begun, IdempotencyStore, RequestKey, StoredAnswer};
use atalaya_application::ports::store::UnitOfWork;
use atalaya_application::receipt::Receipt;
use atalaya_domain::access::Actor;
use atalaya_domain::id::CompanyId;
use tracing::Instrument;

use crate::http::blocking;
use crate::http::problem::{Kind, Problem};

/// The longest key that is taken: the UUID or hash of a client is far shorter.
const MAX_KEY_CHARS: usize = 200;
/// Marks an answer that was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Gives requests their tickets.
pub struct Idempotency {
    store: Arc<dyn IdempotencyStore>,
}

impl Idempotency {
    /// Keeps keys and answers in a store that all replicas share.
    #[must_use]
    pub fn new(store: Arc<dyn IdempotencyStore>) -> Self {
        Self { store }
    }

    /// A ticket for a request that changes something of `company`; one without a key just runs.
    ///
    /// # Errors
    /// `UNREADABLE_HEADER` for a key that is empty, too long or not printable.
    pub(crate) fn ticket(
        &self,
        request: &HttpRequest,
        actor: &Actor,
        company: Option<CompanyId>,
        operation: &'static str,
        content: Content,
    ) -> Result<Ticket, Problem> {
        let key = match request.headers().get("idempotency-key") {
            None => None,
            Some(value) => {
                let printable = |key: &&str| key.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
                let text = value.to_str().ok().filter(|key| (1..=MAX_KEY_CHARS).contains(&key.len())).filter(printable);
                let key = text.ok_or(Problem::Header("Idempotency-Key"))?.to_owned();
                Some(RequestKey { user: actor.user(), operation, key })
            }
        };
        // The path is part of what is asked: one key for two accounts is a mistake.
        let asked = key.map(|key| Asked { key, path: request.path().to_owned(), content });
        Ok(Ticket { store: Arc::clone(&self.store), asked, company, repeat: Repeat::FirstAnswer })
    }

    /// A ticket for a request that changes nothing: a repeat is answered anew, because what its first answer showed may
    /// have been taken from the reader since.
    ///
    /// # Errors
    /// As [`Self::ticket`].
    pub(crate) fn reading_ticket(
        &self,
        request: &HttpRequest,
        actor: &Actor,
        operation: &'static str,
        content: Content,
    ) -> Result<Ticket, Problem> {
        let ticket = self.ticket(request, actor, actor.company(), operation, content)?;
        Ok(Ticket { repeat: Repeat::Anew, ..ticket })
    }
}

/// What a request asks for beside its path: repeats with the same key have to ask for the same. It may hold a password,
/// so it is not kept, and what stands for it in the store is made there.
pub(crate) struct Content {
    body: Bytes,
    variant: Vec<u8>,
}

impl Content {
    /// The body as it was sent.
    pub(crate) fn new(body: Bytes) -> Self {
        Self { body, variant: Vec::new() }
    }

    /// And something that is not in the body, but has to be the same.
    pub(crate) fn with(self, variant: &[u8]) -> Self {
        Self { variant: variant.to_vec(), ..self }
    }
}

/// A request with a key.
struct Asked {
    key: RequestKey,
    path: String,
    content: Content,
}

impl Asked {
    fn begin(&self, store: &dyn IdempotencyStore, company: Option<CompanyId>) -> Result<Begun, AppError> {
        let Content { body, variant } = &self.content;
        store.begin(&self.key, company, &[self.path.as_bytes(), variant, body])
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
    asked: Option<Asked>,
    company: Option<CompanyId>,
}

impl Ticket {
    /// Whether the request may come again, and its first answer has to be kept for that.
    pub(crate) fn is_repeatable(&self) -> bool {
        self.asked.is_some()
    }

    /// Runs `work`, or gives the answer that the first request with this key got. Only success is remembered: a failure
    /// may be tried again. The work goes on when its client goes away, so that the client's next attempt finds its
    /// answer.
    ///
    /// # Errors
    /// Those of `work`; `IDEMPOTENCY_KEY_RUNNING`, `IDEMPOTENCY_KEY_REUSED`.
    pub(crate) async fn run<W>(self, work: impl FnOnce(Keeping) -> W + 'static) -> Result<HttpResponse, Problem>
    where
        W: Future<Output = Result<StoredAnswer, Problem>> + 'static,
    {
        match actix_web::rt::spawn(self.finish(work).in_current_span()).await {
            Ok(outcome) => outcome,
            Err(error) => Err(AppError::internal(error).into()),
        }
    }

    async fn finish<W>(self, work: impl FnOnce(Keeping) -> W) -> Result<HttpResponse, Problem>
    where
        W: Future<Output = Result<StoredAnswer, Problem>>,
    {
        let Self { store, asked, company, repeat } = self;
        let Some(asked) = asked else { return work(Keeping(None)).await.map(|answer| response(&answer)) };
        let begun = {
            let store = Arc::clone(&store);
            blocking::call(move || asked.begin(store.as_ref(), company)).await?
        };
        let attempt = match begun {
            Begun::First(attempt) => attempt,
            Begun::Repeat(answer) if repeat == Repeat::FirstAnswer => return Ok(repeated(&answer)),
            Begun::Repeat(_) => return work(Keeping(None)).await.map(|answer| response(&answer)),
            Begun::Running => return Err(Problem::Http(Kind::IDEMPOTENCY_KEY_RUNNING)),
            Begun::OtherBody => return Err(Problem::Http(Kind::IDEMPOTENCY_KEY_REUSED)),
        };
        let held = Held { store, attempt };
        let keeping = Keeping((repeat == Repeat::FirstAnswer).then(|| held.attempt.clone()));
        match work(keeping).await {
            Ok(answer) => {
                if repeat == Repeat::Anew {
                    held.complete().await?;
                }
                Ok(response(&answer))
            }
            Err(problem) => {
                held.abandon(&problem).await;
                Err(problem)
            }
        }
    }
}

/// For whom the answer to a request is kept, if for anybody.
pub(crate) struct Keeping(Option<Attempt>);

impl Keeping {
    /// Has an effect, with its answer in the same transaction, and gives the answer. `render` may run more than once.
    ///
    /// # Errors
    /// Those of `effect` and `render`; `Conflict(RequestTakenOver)`, and then there was no effect.
    pub(crate) fn answer<T>(
        self,
        render: impl Fn(&T) -> Result<StoredAnswer, AppError> + Send + Sync,
        effect: impl FnOnce(&dyn Receipt<T>) -> Result<T, AppError>,
    ) -> Result<StoredAnswer, AppError> {
        let receipt = KeptAnswer { attempt: self.0, render };
        let outcome = effect(&receipt)?;
        (receipt.render)(&outcome)
    }
}

/// Keeps the answer that an outcome renders to.
struct KeptAnswer<F> {
    attempt: Option<Attempt>,
    render: F,
}

impl<T, F> Receipt<T> for KeptAnswer<F>
where
    F: Fn(&T) -> Result<StoredAnswer, AppError> + Send + Sync,
{
    fn keep(&self, unit: &mut dyn UnitOfWork, outcome: &T) -> Result<(), AppError> {
        match &self.attempt {
            Some(attempt) => unit.answers().complete(attempt, &(self.render)(outcome)?),
            None => Ok(()),
        }
    }
}

/// An attempt that is under way. It is renewed until this is dropped, however its work ends.
struct Held {
    store: Arc<dyn IdempotencyStore>,
    attempt: Attempt,
}

impl Held {
    /// Notes that a request without effect was answered, and nothing of the answer.
    async fn complete(&self) -> Result<(), Problem> {
        let (store, attempt) = (Arc::clone(&self.store), self.attempt.clone());
        let nothing = StoredAnswer { status: StatusCode::OK.as_u16(), headers: Vec::new(), body: Vec::new() };
        blocking::call(move || store.complete(&attempt, &nothing)).await
    }

    /// Frees the key, before its client hears of the failure and may come again. Where the database is away, that would
    /// only keep the client waiting.
    async fn abandon(&self, problem: &Problem) {
        let (store, attempt) = (Arc::clone(&self.store), self.attempt.clone());
        let freed = blocking::call(move || {
            store.abandon(&attempt);
            Ok(())
        });
        let freed = actix_web::rt::spawn(freed.in_current_span());
        if problem.kind() != Kind::DATABASE_UNAVAILABLE && freed.await.is_err() {
            tracing::error!(event = "request_not_freed", "a failed request could not be freed");
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.store.let_go(self.attempt.id);
    }
}

fn response(answer: &StoredAnswer) -> HttpResponse {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let mut response = HttpResponse::build(status);
    response.content_type("application/json");
    for (name, value) in &answer.headers {
        response.insert_header((name.as_str(), value.as_str()));
    }
    response.body(answer.body.clone())
}

fn repeated(answer: &StoredAnswer) -> HttpResponse {
    let mut response = response(answer);
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    response
}
