//! Subscriptions over a socket, by the protocol `graphql-transport-ws`: who follows, how much, and until when. The
//! library executes; the protocol, its limits and its ends are here.
//!
//! A socket lives as long as the access token that opened it stands for somebody.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header;
use actix_web::rt::task::JoinHandle;
use actix_web::{HttpRequest, HttpResponse, web};
use actix_ws::{AggregatedMessage, AggregatedMessageStream, CloseCode, CloseReason, Closed, Session};
use async_graphql::Response;
use async_graphql::parser::types::OperationType;
use atalaya_application::UseCases;
use atalaya_application::error::AppError;
use atalaya_application::sessions::SessionFollower;
use atalaya_domain::access::Actor;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::time::{Instant, timeout, timeout_at};

use crate::graphql::document::Measured;
use crate::graphql::faults::{GraphqlError, Reader};
use crate::graphql::query_context::QueryContext;
use crate::graphql::schema::GraphqlSchema;
use crate::graphql::transport::{
    GraphqlAnswer, GraphqlRequest, HashQuery, Prepared, answered, ask_by_hash, prepare, unpanicked,
};
use crate::http::bearer::token_of;
use crate::http::blocking;
use crate::http::csrf;
use crate::http::event_streams::{HEARTBEAT, LOOK_EVERY, StreamPlace};
use crate::http::language::language_of;
use crate::http::notes::id_of;
use crate::http::problem::{Kind, Problem};
use crate::http::problem_body::log_fault;
use crate::http::state::HttpState;

/// The protocol.
const PROTOCOL: &str = "graphql-transport-ws";
/// How long a client may take to say who it is.
const TO_BEGIN: Duration = Duration::from_secs(10);
/// The largest message.
const MESSAGE_LIMIT: usize = 100 * 1024;
/// How long a message may wait for a client that does not read. A socket ends within two seconds after its token, so it
/// waits for nobody that long.
const SENT_WITHIN: Duration = Duration::from_secs(1);
/// The most messages of a client in one [`HEARTBEAT`].
const MOST_MESSAGES: usize = 100;
/// What one socket follows at once.
const MOST_FOLLOWED: usize = 10;
/// The longest id of what is followed.
const MOST_ID: usize = 128;

/// A message of the client.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum ClientMessage {
    ConnectionInit {
        #[serde(default)]
        payload: Option<Map<String, Value>>,
    },
    Ping {
        #[serde(default)]
        #[expect(dead_code, reason = "the protocol allows it, and nothing of it is meant")]
        payload: Option<Value>,
    },
    Pong {
        #[serde(default)]
        #[expect(dead_code, reason = "the protocol allows it, and nothing of it is meant")]
        payload: Option<Value>,
    },
    Subscribe {
        id: String,
        payload: Value,
    },
    Complete {
        id: String,
    },
}

/// Why a socket is closed: a code of the protocol and a word.
#[derive(Debug, Clone, Copy)]
struct Ending(u16, &'static str);

impl Ending {
    const INVALID: Self = Self(4400, "invalid message");
    const UNAUTHORIZED: Self = Self(4401, "Unauthorized");
    const FORBIDDEN: Self = Self(4403, "Forbidden");
    const TOO_SLOW: Self = Self(4408, "Connection initialisation timeout");
    const REPEATED: Self = Self(4409, "Subscriber already exists");
    const AGAIN: Self = Self(4429, "Too many initialisation requests");
    const TOO_MANY: Self = Self(4430, "Too many subscriptions");
    const FULL: Self = Self(4431, "Too many sockets");
    const TOO_FAST: Self = Self(4432, "Too many messages");
    const DRAINING: Self = Self(1001, "server ends");
    const LOST: Self = Self(1002, "no answer to a ping");

    fn reason(self) -> CloseReason {
        CloseReason { code: CloseCode::from(self.0), description: Some(self.1.to_owned()) }
    }
}

/// Ask by the hash of a query, or follow.
///
/// With `Upgrade: websocket` a socket for subscriptions, by the protocol `graphql-transport-ws`: the token travels in
/// the payload of `connection_init`, as `authorization` or `accessToken`, and the socket ends within two seconds
/// after it stopped to stand for somebody. Without, the answer to a query that is known by its SHA-256 and changes
/// nothing.
#[utoipa::path(
    get,
    path = "/graphql",
    tag = "graphql",
    security((), ("bearer" = [])),
    params(HashQuery),
    responses((status = 200, body = GraphqlAnswer), (status = 101, description = "A socket"))
)]
pub(crate) async fn get_graphql(
    request: HttpRequest,
    body: web::Payload,
    use_cases: web::Data<UseCases>,
    http: web::Data<HttpState>,
    schema: web::Data<GraphqlSchema>,
) -> Result<HttpResponse, Problem> {
    let (use_cases, http) = (use_cases.into_inner(), http.as_ref().clone());
    if request.headers().contains_key(header::UPGRADE) {
        return open(&request, body, (use_cases, http, schema.into_inner()));
    }
    ask_by_hash(&request, (use_cases, http), &schema).await
}

/// Opens a socket, where a page may.
///
/// # Errors
/// `ORIGIN_FORBIDDEN`; `UNREADABLE_HEADER` for a handshake that is none, or of another protocol.
fn open(
    request: &HttpRequest,
    body: web::Payload,
    parts: (Arc<UseCases>, HttpState, Arc<GraphqlSchema>),
) -> Result<HttpResponse, Problem> {
    csrf::check_page(request, &parts.1.edge.settings)?;
    let opened = actix_ws::handle_with_protocols(request, body, &[PROTOCOL]);
    let (mut response, session, messages) = opened.map_err(|_| Problem::Header("Upgrade"))?;
    if !response.headers().contains_key(header::SEC_WEBSOCKET_PROTOCOL) {
        return Err(Problem::Header("Sec-WebSocket-Protocol"));
    }
    // The middleware that compresses would take what follows for the body of an answer.
    response.headers_mut().insert(header::CONTENT_ENCODING, header::HeaderValue::from_static("identity"));
    let messages = messages.max_frame_size(MESSAGE_LIMIT).aggregate_continuations();
    let messages = messages.max_continuation_size(MESSAGE_LIMIT);
    let heard = Messages { since: Instant::now(), count: 0 };
    let socket = Socket { request: request.clone(), session, parts, tasks: HashMap::new(), heard };
    let span = tracing::Span::current();
    actix_web::rt::spawn(tracing::Instrument::instrument(socket.serve(messages), span));
    Ok(response)
}

/// One socket.
struct Socket {
    request: HttpRequest,
    session: Session,
    parts: (Arc<UseCases>, HttpState, Arc<GraphqlSchema>),
    /// What is followed, by the ids that the client chose.
    tasks: HashMap<String, JoinHandle<()>>,
    heard: Messages,
}

/// The messages of a client in one [`HEARTBEAT`].
struct Messages {
    since: Instant,
    count: usize,
}

impl Messages {
    /// One more.
    ///
    /// # Errors
    /// [`Ending::TOO_FAST`].
    fn count(&mut self) -> Result<(), Ending> {
        if self.since.elapsed() > HEARTBEAT {
            *self = Self { since: Instant::now(), count: 0 };
        }
        self.count += 1;
        if self.count > MOST_MESSAGES { Err(Ending::TOO_FAST) } else { Ok(()) }
    }
}

/// A message was not sent: the client left, or reads too slowly to be told why.
struct Unsent;

/// Sends within [`SENT_WITHIN`].
async fn within_time(sending: impl Future<Output = Result<(), Closed>>) -> Result<(), Unsent> {
    match timeout(SENT_WITHIN, sending).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(Closed)) | Err(_) => Err(Unsent),
    }
}

impl From<Unsent> for Option<Ending> {
    fn from(_: Unsent) -> Self {
        None
    }
}

/// Whoever said who they are.
struct Known {
    actor: Arc<Actor>,
    follower: SessionFollower,
    place: StreamPlace,
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.tasks.values().for_each(JoinHandle::abort);
    }
}

impl Socket {
    async fn serve(mut self, mut messages: AggregatedMessageStream) {
        let ending = match self.begin(&mut messages).await {
            Ok(known) => self.go_on(&mut messages, known).await,
            Err(ending) => ending,
        };
        // Nothing is sent behind the last message.
        self.tasks.drain().for_each(|(_, task)| task.abort());
        if let Some(ending) = ending {
            let _ = within_time(self.session.clone().close(Some(ending.reason()))).await;
        }
    }

    async fn say(&mut self, message: &Value) -> Result<(), Unsent> {
        within_time(self.session.text(message.to_string())).await
    }

    /// The first message says who it is. `Err(None)` where the client left.
    async fn begin(&mut self, messages: &mut AggregatedMessageStream) -> Result<Known, Option<Ending>> {
        let until = Instant::now() + TO_BEGIN;
        loop {
            let next = tokio::select! {
                () = self.parts.1.graphql_sockets.ended() => return Err(Some(Ending::DRAINING)),
                next = timeout_at(until, messages.next()) => next.map_err(|_| Some(Ending::TOO_SLOW))?,
            };
            self.heard.count().map_err(Some)?;
            let text = match next {
                Some(Ok(AggregatedMessage::Text(text))) => text,
                Some(Ok(AggregatedMessage::Ping(bytes))) => {
                    within_time(self.session.pong(&bytes)).await?;
                    continue;
                }
                Some(Ok(AggregatedMessage::Pong(_))) => continue,
                Some(Ok(AggregatedMessage::Binary(_)) | Err(_)) => return Err(Some(Ending::INVALID)),
                Some(Ok(AggregatedMessage::Close(_))) | None => return Err(None),
            };
            match serde_json::from_str(&text) {
                Ok(ClientMessage::ConnectionInit { payload }) => {
                    let known = self.known(payload.unwrap_or_default()).await.map_err(Some)?;
                    self.say(&json!({"type": "connection_ack"})).await?;
                    return Ok(known);
                }
                Ok(ClientMessage::Ping { .. }) => self.say(&json!({"type": "pong"})).await?,
                Ok(ClientMessage::Pong { .. }) => {}
                Ok(ClientMessage::Subscribe { .. } | ClientMessage::Complete { .. }) => {
                    return Err(Some(Ending::UNAUTHORIZED));
                }
                Err(_) => return Err(Some(Ending::INVALID)),
            }
        }
    }

    /// Who has the token of a `connection_init`, and a place for their socket.
    async fn known(&self, payload: Map<String, Value>) -> Result<Known, Ending> {
        let word = |name: &str| payload.get(name).and_then(Value::as_str).map(str::to_owned);
        let token = word("accessToken").or_else(|| {
            let value = word("authorization").or_else(|| word("Authorization"))?;
            token_of(value.as_bytes()).map(str::to_owned)
        });
        let token = SecretString::from(token.filter(|token| !token.is_empty()).ok_or(Ending::FORBIDDEN)?);
        let (use_cases, http, _) = &self.parts;
        let follower = SessionFollower { sessions: Arc::clone(&use_cases.sessions), token };
        let (follower, actor) = blocking::call(move || {
            let actor = follower.actor()?;
            Ok((follower, actor))
        })
        .await
        .map_err(|_| Ending::FORBIDDEN)?;
        let place = http.graphql_sockets.begin(&actor).map_err(|_| Ending::FULL)?;
        Ok(Known { actor, follower, place })
    }

    /// Follows what is asked for until the client leaves, the token stands for nobody any more, or the server ends.
    async fn go_on(&mut self, messages: &mut AggregatedMessageStream, known: Known) -> Option<Ending> {
        let Known { actor, follower, place } = known;
        let follower = Arc::new(follower);
        let mut look = tokio::time::interval(LOOK_EVERY);
        let (mut heard, mut asked) = (Instant::now(), Instant::now());
        loop {
            tokio::select! {
                () = place.ended() => return Some(Ending::DRAINING),
                _ = look.tick() => {
                    if !still_stands(&follower).await {
                        return Some(Ending::UNAUTHORIZED);
                    }
                    self.tasks.retain(|_, task| !task.is_finished());
                    if heard.elapsed() > HEARTBEAT * 2 {
                        return Some(Ending::LOST);
                    }
                    if heard.elapsed() > HEARTBEAT && asked.elapsed() > HEARTBEAT {
                        asked = Instant::now();
                        within_time(self.session.ping(b"")).await.ok()?;
                    }
                }
                message = messages.next() => {
                    heard = Instant::now();
                    if let Err(ending) = self.heard.count() {
                        return Some(ending);
                    }
                    match message? {
                        Ok(AggregatedMessage::Text(text)) => {
                            if let Err(ending) = self.hear(&text, &actor).await {
                                return ending;
                            }
                        }
                        Ok(AggregatedMessage::Ping(bytes)) => within_time(self.session.pong(&bytes)).await.ok()?,
                        Ok(AggregatedMessage::Pong(_)) => {}
                        Ok(AggregatedMessage::Close(_)) => return None,
                        Ok(AggregatedMessage::Binary(_)) | Err(_) => return Some(Ending::INVALID),
                    }
                }
            }
        }
    }

    /// One message of a client that is known. `Err(None)` where it left.
    async fn hear(&mut self, text: &str, actor: &Arc<Actor>) -> Result<(), Option<Ending>> {
        match serde_json::from_str(text) {
            Ok(ClientMessage::ConnectionInit { .. }) => Err(Some(Ending::AGAIN)),
            Ok(ClientMessage::Ping { .. }) => Ok(self.say(&json!({"type": "pong"})).await?),
            Ok(ClientMessage::Pong { .. }) => Ok(()),
            Ok(ClientMessage::Complete { id }) => {
                if let Some(task) = self.tasks.remove(&id) {
                    task.abort();
                }
                Ok(())
            }
            Ok(ClientMessage::Subscribe { id, payload }) => {
                if id.is_empty() || id.chars().count() > MOST_ID {
                    return Err(Some(Ending::INVALID));
                }
                self.tasks.retain(|_, task| !task.is_finished());
                if self.tasks.contains_key(&id) {
                    return Err(Some(Ending::REPEATED));
                }
                if self.tasks.len() >= MOST_FOLLOWED {
                    return Err(Some(Ending::TOO_MANY));
                }
                Ok(self.follow(id, payload, actor).await?)
            }
            Err(_) => Err(Some(Ending::INVALID)),
        }
    }

    /// Begins to follow, or says why not.
    async fn follow(&mut self, id: String, payload: Value, actor: &Arc<Actor>) -> Result<(), Unsent> {
        let (use_cases, http, schema) = &self.parts;
        let language = language_of(&self.request);
        let may_train = Reader::trains(Some(actor));
        let reader = Reader { language, request_id: id_of(&self.request), may_train, is_known: true };
        let parts = (Arc::clone(use_cases), http.clone());
        let query_context = Arc::new(QueryContext::new(&self.request, Some(Arc::clone(actor)), language, parts));
        let sent = serde_json::from_value::<GraphqlRequest>(payload)
            .map_err(|_| Box::new(reader.error(&Problem::Http(Kind::GRAPHQL_INVALID))));
        let prepared = sent.and_then(|sent| prepare(sent, schema, &reader)).and_then(|prepared| {
            let is_one = prepared.measured.is_one_field && prepared.measured.kind == OperationType::Subscription;
            let reason = "a socket is for subscriptions of one field each";
            if is_one { Ok(prepared) } else { Err(Box::new(reader.invalid(reason))) }
        });
        let Prepared { query, measured, .. } = match prepared {
            Ok(prepared) => prepared,
            Err(error) => {
                let error = match query_context.pay_for_a_read().await {
                    Ok(()) => *error,
                    Err(problem) => reader.error(&problem),
                };
                return self.refuse(&id, vec![error]).await;
            }
        };
        let paid = match query_context.pay(measured.cost).await {
            Ok(()) => http.graphql_subscriptions.begin(actor),
            Err(problem) => Err(problem),
        };
        let place = match paid {
            Ok(place) => place,
            Err(problem) => return self.refuse(&id, vec![reader.error(&problem)]).await,
        };
        let answers = schema.schema.execute_stream(query.data(Arc::clone(&query_context)));
        let following =
            Following { id: id.clone(), session: self.session.clone(), measured, query_context, reader, place };
        self.tasks.insert(id, actix_web::rt::spawn(following.tell(answers)));
        Ok(())
    }

    async fn refuse(&mut self, id: &str, errors: Vec<GraphqlError>) -> Result<(), Unsent> {
        self.say(&json!({"type": "error", "id": id, "payload": errors})).await
    }
}

/// Something that a socket follows.
struct Following {
    /// The id that the client chose.
    id: String,
    session: Session,
    measured: Measured,
    query_context: Arc<QueryContext>,
    reader: Reader,
    place: StreamPlace,
}

impl Following {
    /// Sends every answer, until there is none any more or the client does not take one.
    async fn tell(mut self, mut answers: BoxStream<'static, Response>) {
        let _place = self.place;
        loop {
            let (message, is_last) = match unpanicked(answers.next()).await {
                Ok(Some(response)) => {
                    let (is_executed, answer) = answered(response, &self.measured, &self.query_context, &self.reader);
                    if is_executed {
                        (json!({"type": "next", "id": self.id, "payload": answer}), false)
                    } else {
                        (json!({"type": "error", "id": self.id, "payload": answer.errors()}), true)
                    }
                }
                Ok(None) => (json!({"type": "complete", "id": self.id}), true),
                Err(panic) => {
                    let problem = Problem::App(panic);
                    log_fault(&problem);
                    (json!({"type": "error", "id": self.id, "payload": [self.reader.error(&problem)]}), true)
                }
            };
            let is_sent = within_time(self.session.text(message.to_string())).await.is_ok();
            if is_last || !is_sent {
                return;
            }
        }
    }
}

/// Whether the token of a socket still stands for somebody. A database that is away for a moment ends nothing:
/// nothing can be read meanwhile.
async fn still_stands(follower: &Arc<SessionFollower>) -> bool {
    if follower.is_remembered() {
        return true;
    }
    let asked = Arc::clone(follower);
    match blocking::call(move || asked.actor()).await {
        Ok(_) | Err(Problem::App(AppError::Unavailable { .. })) => true,
        Err(_) => false,
    }
}
