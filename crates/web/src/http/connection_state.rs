//! What a connection and its requests share, so that the connection can be ended where its client sends what
//! nobody wants, or takes nothing of what it asked for.
//!
//! The HTTP server below knows neither: it reads on after an answer for as long as the client sends, and waits for ever
//! for a client that does not read. `docs/security.md`, "Limits of a connection", says what is granted.

#[cfg(test)]
mod tests;

use std::cell::{Cell, RefCell, RefMut};
use std::future::{pending, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::HttpMessage;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::http::{ConnectionType, StatusCode, header};
use actix_web::web::Bytes;
use futures_util::stream::Stream;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::http::body::TABLE_LIMIT;

/// Bytes that a client may have sent and no handler has taken: more than the buffers of HTTP/1 and the windows of
/// HTTP/2 hold, so that only what nobody wants is over it.
const UNTAKEN: usize = 512 * 1024;
/// Bytes that are still read, and thrown away, of a body without an announced length after its request was answered.
const AFTER_ANSWER: usize = 256 * 1024;
/// The same of a body with an announced length: it has an end, and many clients hear no answer before they have sent
/// it.
const ANNOUNCED_AFTER_ANSWER: usize = 4 * TABLE_LIMIT;
/// What a piece of a body may cost its sender besides its bytes: the frame of a chunk.
const FRAME: usize = 32;
/// Bytes granted for each second that passes: for what keeps a connection of HTTP/2 alive.
const EACH_SECOND: usize = 1024;
/// Requests and answers of a connection of HTTP/2 that may be under way: more than browsers and proxies have.
const MOST_AT_ONCE: usize = 256;
/// Requests of such a connection that wait until fewer are under way.
const MOST_WAITING: usize = 256;
/// The longest part of an answer of HTTP/2 that is handed over at once: a client that takes one after another is not
/// cut off, however long the answer is.
const PART: usize = 16 * 1024;
/// A piece of a body with fewer bytes costs more to take apart than to copy.
const TINY: usize = 64;

/// How far a connection is with an answer after which it is to be closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastAnswer {
    /// There was none.
    None,
    /// It is under way.
    UnderWay,
    /// It was handed over whole.
    Given,
}

/// The state of one connection. Its clones share it; it stays on one thread.
#[derive(Debug, Clone)]
pub struct ConnectionState(Rc<State>);

#[derive(Debug)]
struct State {
    is_http2: bool,
    /// Requests that a handler has.
    requests: Cell<usize>,
    /// Requests that wait until fewer are under way.
    waiting: Cell<usize>,
    /// Hears of each request and answer that ends.
    fewer: Notify,
    /// When the last request ended.
    ended: Cell<Instant>,
    /// Bytes that the client may send before something of it is taken.
    allowance: Cell<usize>,
    /// Whether the body that is being read comes in tiny pieces.
    in_tiny_pieces: Cell<bool>,
    last_answer: Cell<LastAnswer>,
    /// Whether what comes after the last answer has a length that its client announced.
    awaits_announced: Cell<bool>,
    /// Whether a request came that is not executed.
    refused: Cell<bool>,
    /// Answers under way, and since when a part of each waits to be taken.
    answers: RefCell<Vec<Answer>>,
    next_answer: Cell<u64>,
}

#[derive(Debug)]
struct Answer {
    number: u64,
    waiting_since: Option<Instant>,
}

impl ConnectionState {
    /// Bytes that a stream of HTTP/2 may send before its handler takes them: with [`Self::WINDOW`] less than is
    /// tolerated.
    pub const STREAM_WINDOW: u32 = 128 * 1024;
    /// Bytes that all streams of a connection of HTTP/2 together may send before their handlers take them.
    pub const WINDOW: u32 = 256 * 1024;

    /// The state of a connection that begins.
    #[must_use]
    pub fn new(is_http2: bool) -> Self {
        Self(Rc::new(State {
            is_http2,
            requests: Cell::new(0),
            waiting: Cell::new(0),
            fewer: Notify::new(),
            ended: Cell::new(Instant::now()),
            allowance: Cell::new(UNTAKEN),
            in_tiny_pieces: Cell::new(false),
            last_answer: Cell::new(LastAnswer::None),
            awaits_announced: Cell::new(false),
            refused: Cell::new(false),
            answers: RefCell::default(),
            next_answer: Cell::new(0),
        }))
    }

    /// Whether it speaks HTTP/2.
    #[must_use]
    pub fn is_http2(&self) -> bool {
        self.0.is_http2
    }

    /// Counts bytes that came, so long after those before. Whether they were granted: otherwise the client sends what
    /// nobody wants.
    #[must_use]
    pub fn received(&self, bytes: usize, after: Duration) -> bool {
        if self.0.last_answer.get() == LastAnswer::None {
            // By parts of a second too: who sends more often than that is granted as much.
            let microseconds = usize::try_from(after.as_micros()).unwrap_or(usize::MAX);
            self.grant(microseconds.saturating_mul(EACH_SECOND) / 1_000_000);
        }
        let left = self.0.allowance.get().checked_sub(bytes);
        self.0.allowance.set(left.unwrap_or_default());
        left.is_some()
    }

    /// Whether a request is being handled or an answer is under way.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.0.requests.get() > 0 || !self.0.answers.borrow().is_empty()
    }

    /// When the last request ended.
    #[must_use]
    pub fn ended(&self) -> Instant {
        self.0.ended.get()
    }

    /// Whether a body comes in pieces so small that taking them apart is the work.
    #[must_use]
    pub fn is_in_tiny_pieces(&self) -> bool {
        self.0.in_tiny_pieces.get()
    }

    /// How far it is with its last answer.
    #[must_use]
    pub fn last_answer(&self) -> LastAnswer {
        self.0.last_answer.get()
    }

    /// Whether a request came after the last answer, or one too many at once. It is not executed; the connection has to
    /// end.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.0.refused.get()
    }

    /// Since when a part of an answer waits for its client to take it: the longest of such waits.
    #[must_use]
    pub fn waiting_since(&self) -> Option<Instant> {
        self.0.answers.borrow().iter().filter_map(|answer| answer.waiting_since).min()
    }

    /// Whether the client said how much it still sends after its last answer.
    #[must_use]
    pub fn awaits_announced(&self) -> bool {
        self.0.awaits_announced.get()
    }

    /// Has the connection end after an answer that no request was read for.
    pub fn ends_unread(&self) {
        self.0.last_answer.set(LastAnswer::Given);
        self.0.allowance.set(AFTER_ANSWER);
    }

    /// Waits while as many requests are under way as may be. `false` where too many wait already.
    async fn has_room(&self) -> bool {
        if !self.is_full() {
            return true;
        }
        if self.0.waiting.get() >= MOST_WAITING {
            return false;
        }
        let _waiting = Waiting::begin(&self.0.waiting);
        while self.is_full() {
            self.0.fewer.notified().await;
        }
        true
    }

    /// Whether as many requests and answers of HTTP/2 are under way as may be. HTTP/1 has one at a time.
    fn is_full(&self) -> bool {
        self.0.is_http2 && self.0.requests.get() + self.0.answers.borrow().len() >= MOST_AT_ONCE
    }

    fn grant(&self, bytes: usize) {
        self.0.allowance.set(self.0.allowance.get().saturating_add(bytes).min(UNTAKEN));
    }

    fn answers(&self) -> RefMut<'_, Vec<Answer>> {
        self.0.answers.borrow_mut()
    }
}

/// A place among the requests that wait.
struct Waiting<'s>(&'s Cell<usize>);

impl<'s> Waiting<'s> {
    fn begin(count: &'s Cell<usize>) -> Self {
        count.set(count.get() + 1);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get().saturating_sub(1));
    }
}

/// A request on a connection, from its beginning until its answer is made.
pub(crate) struct Visit {
    state: ConnectionState,
    body: Option<Rc<RefCell<Body>>>,
    closes: bool,
    announced: usize,
}

impl Visit {
    /// Begins a request. One that comes after the last answer of its connection is not executed: this never ends, and
    /// the connection does.
    pub(crate) async fn begin(request: &mut ServiceRequest) -> Option<Self> {
        let state = request.request().conn_data::<ConnectionState>()?.clone();
        if state.last_answer() != LastAnswer::None || !state.has_room().await {
            state.0.refused.set(true);
            pending::<()>().await;
        }
        state.0.requests.set(state.0.requests.get() + 1);
        state.grant(UNTAKEN);
        let body = match request.take_payload() {
            Payload::None => None,
            payload => {
                let body = Rc::new(RefCell::new(Body { payload, state: state.clone(), is_over: false }));
                let stream = Pin::from(Box::new(SharedBody(Rc::clone(&body))));
                request.set_payload(Payload::Stream { payload: stream });
                Some(body)
            }
        };
        let closes = !state.is_http2() && request.head().connection_type() == ConnectionType::Close;
        Some(Self { state, body, closes, announced: announced(request) })
    }

    /// Ends the request with its answer. Where the connection is to be closed after it, the answer says so and is the
    /// last.
    pub(crate) async fn end(self, mut response: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            // What comes now is no body: whoever switched reads it.
            let answer = AnswerUnderWay::begin(&self.state);
            return response.map_body(|_, body| BoxBody::new(Watched { body, answer, rest: Bytes::new() }));
        }
        let is_whole = match &self.body {
            None => true,
            // What has come already may not have been looked at yet.
            Some(body) => {
                over(body).await || {
                    tokio::task::yield_now().await;
                    over(body).await
                }
            }
        };
        self.state.0.in_tiny_pieces.set(false);
        let head = response.response_mut().head_mut();
        let closes =
            !self.state.is_http2() && (self.closes || !is_whole || head.connection_type() == ConnectionType::Close);
        if closes {
            head.set_connection_type(ConnectionType::Close);
            self.state.0.last_answer.set(LastAnswer::UnderWay);
            self.state.0.awaits_announced.set(self.announced > 0);
            self.state.0.allowance.set(match self.announced {
                0 => AFTER_ANSWER,
                announced => announced.min(ANNOUNCED_AFTER_ANSWER).saturating_add(AFTER_ANSWER),
            });
        }
        if closes || self.state.is_http2() || response.response().body().size() == BodySize::Stream {
            let answer = AnswerUnderWay::begin(&self.state);
            return response.map_body(|_, body| BoxBody::new(Watched { body, answer, rest: Bytes::new() }));
        }
        response
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        self.state.0.requests.set(self.state.0.requests.get().saturating_sub(1));
        self.state.0.ended.set(Instant::now());
        self.state.0.fewer.notify_one();
    }
}

/// The length of the body that a request announces; 0 for none.
fn announced(request: &ServiceRequest) -> usize {
    let value = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    value.and_then(|value| value.trim().parse().ok()).unwrap_or(0)
}

/// The body of a request, of which it is counted what is taken.
struct Body {
    payload: Payload,
    state: ConnectionState,
    is_over: bool,
}

impl Body {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, PayloadError>>> {
        if self.is_over {
            return Poll::Ready(None);
        }
        let piece = Pin::new(&mut self.payload).poll_next(context);
        match &piece {
            Poll::Ready(Some(Ok(piece))) => {
                self.state.grant(piece.len() + FRAME);
                self.state.0.in_tiny_pieces.set(piece.len() < TINY);
            }
            Poll::Ready(None | Some(Err(_))) => self.is_over = true,
            Poll::Pending => {}
        }
        piece
    }
}

/// Whether a body has come whole. What has come of it is thrown away.
async fn over(body: &RefCell<Body>) -> bool {
    poll_fn(|context| {
        let mut body = body.borrow_mut();
        while let Poll::Ready(Some(_)) = body.poll(context) {}
        Poll::Ready(body.is_over)
    })
    .await
}

/// What a handler reads.
struct SharedBody(Rc<RefCell<Body>>);

impl Stream for SharedBody {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.borrow_mut().poll(context)
    }
}

/// An answer until its last part was handed over, or nobody wants it any more.
#[derive(Debug)]
struct AnswerUnderWay {
    state: ConnectionState,
    number: u64,
}

impl AnswerUnderWay {
    fn begin(state: &ConnectionState) -> Self {
        let number = state.0.next_answer.get();
        state.0.next_answer.set(number + 1);
        state.answers().push(Answer { number, waiting_since: None });
        Self { state: state.clone(), number }
    }

    fn waits(&self, since: Option<Instant>) {
        if let Some(answer) = self.state.answers().iter_mut().find(|answer| answer.number == self.number) {
            answer.waiting_since = since;
        }
    }
}

impl Drop for AnswerUnderWay {
    fn drop(&mut self) {
        self.state.answers().retain(|answer| answer.number != self.number);
        self.state.0.ended.set(Instant::now());
        self.state.0.fewer.notify_one();
        if self.state.last_answer() == LastAnswer::UnderWay {
            self.state.0.last_answer.set(LastAnswer::Given);
        }
    }
}

/// The body of an answer, of which it is known how far the client has taken it.
struct Watched {
    body: BoxBody,
    answer: AnswerUnderWay,
    /// What was made and is not handed over yet: of HTTP/2 only.
    rest: Bytes,
}

impl MessageBody for Watched {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let this = self.get_mut();
        let mut part = if this.rest.is_empty() {
            Pin::new(&mut this.body).poll_next(context)
        } else {
            Poll::Ready(Some(Ok(std::mem::take(&mut this.rest))))
        };
        if let Poll::Ready(Some(Ok(bytes))) = &mut part
            && this.answer.state.is_http2()
            && bytes.len() > PART
        {
            this.rest = bytes.split_off(PART);
        }
        // The next part is asked for when the one before was taken.
        this.answer.waits(matches!(part, Poll::Ready(Some(Ok(_)))).then(Instant::now));
        part
    }
}
