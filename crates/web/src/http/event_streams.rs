//! Streams of server-sent events (WHATWG HTML, 9.2) that are open in this process: how many may be, what they send, and
//! their common end.
//!
//! What is followed is looked at again and again, on a thread that may block and is given back in between. Nothing is
//! kept of what was sent, so a client that comes back needs only what is so now.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use atalaya_application::UseCases;
use atalaya_application::error::AppError;
use atalaya_application::sessions::SessionFollower;
use atalaya_domain::access::Actor;
use futures_util::stream::{self, Stream};
use secrecy::SecretString;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};
use tracing::{Instrument, Span};

use crate::http::bearer::bearer;
use crate::http::blocking;
use crate::http::client_disconnect::has_disconnected;
use crate::http::places::{Full, Most, Place, Places};
use crate::http::problem::{Kind, Problem};
use crate::http::problem_body::log_fault;

/// How often what is followed is looked at.
pub(crate) const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How long nothing is looked at after what could not be: a database that is away hears no more from many streams.
pub(crate) const LOOK_AGAIN_AFTER: Duration = Duration::from_secs(5);
/// How long a stream is silent: less than the patience of the usual proxies.
pub(crate) const HEARTBEAT: Duration = Duration::from_secs(15);
/// After how many milliseconds a client whose stream broke should come back.
const RETRY: &str = "retry: 2000\n";

/// The streams of one kind in this process.
#[derive(Debug)]
pub struct EventStreams {
    places: Arc<Places>,
    ended: watch::Sender<bool>,
}

impl EventStreams {
    /// Streams of jobs of one process at a time, and as many of tables: each costs a look at the store twice a second.
    pub const MOST: usize = 100;
    /// Those of the users of one company, so that no bank takes the places of all others.
    pub const MOST_OF_A_COMPANY: usize = 25;
    /// Those of one user.
    pub const MOST_OF_A_USER: usize = 5;

    /// Streams of sessions of one process at a time. A look is one in the memory of tokens, so there may be many.
    pub const MOST_SESSIONS: usize = 2_000;
    /// Those of the users of one company: one for each open browser of a bank.
    pub const MOST_SESSIONS_OF_A_COMPANY: usize = 500;
    /// Those of one user.
    pub const MOST_SESSIONS_OF_A_USER: usize = 10;

    /// Those that follow jobs.
    #[must_use]
    pub fn of_jobs() -> Self {
        Self::new(Most { of_a_user: Self::MOST_OF_A_USER, of_a_company: Self::MOST_OF_A_COMPANY, in_all: Self::MOST })
    }

    /// Those that follow tables.
    #[must_use]
    pub fn of_tables() -> Self {
        Self::of_jobs()
    }

    /// Those that follow sessions.
    #[must_use]
    pub fn of_sessions() -> Self {
        Self::new(Most {
            of_a_user: Self::MOST_SESSIONS_OF_A_USER,
            of_a_company: Self::MOST_SESSIONS_OF_A_COMPANY,
            in_all: Self::MOST_SESSIONS,
        })
    }

    /// Sockets for subscriptions.
    #[must_use]
    pub fn of_sockets() -> Self {
        Self::of_jobs()
    }

    /// Subscriptions of one process at a time: a socket may hold several, and each looks as a stream does.
    pub const MOST_SUBSCRIPTIONS: usize = 200;
    /// Those of the users of one company.
    pub const MOST_SUBSCRIPTIONS_OF_A_COMPANY: usize = 50;
    /// Those of one user.
    pub const MOST_SUBSCRIPTIONS_OF_A_USER: usize = 20;

    /// What is followed over sockets.
    #[must_use]
    pub fn of_subscriptions() -> Self {
        Self::new(Most {
            of_a_user: Self::MOST_SUBSCRIPTIONS_OF_A_USER,
            of_a_company: Self::MOST_SUBSCRIPTIONS_OF_A_COMPANY,
            in_all: Self::MOST_SUBSCRIPTIONS,
        })
    }

    fn new(most: Most) -> Self {
        Self { places: Places::new(most), ended: watch::Sender::default() }
    }

    /// A place for another stream of the actor.
    ///
    /// # Errors
    /// `TOO_MANY_STREAMS` where the user or their company has as many as it may; `SERVER_OVERLOADED` where the process
    /// has, or ends.
    pub(crate) fn begin(self: &Arc<Self>, actor: &Actor) -> Result<StreamPlace, Problem> {
        let place = self.places.take(actor).map_err(|full| match full {
            Full::Own => Problem::Http(Kind::TOO_MANY_STREAMS),
            Full::Process => Problem::Http(Kind::SERVER_OVERLOADED),
        })?;
        if *self.ended.borrow() {
            return Err(Problem::Http(Kind::SERVER_OVERLOADED));
        }
        Ok(StreamPlace { _place: place, streams: Arc::clone(self) })
    }

    /// How many are open.
    #[must_use]
    pub fn count(&self) -> usize {
        self.places.count()
    }

    /// Ends every stream, and lets none begin: the server drains.
    pub fn end(&self) {
        self.ended.send_replace(true);
    }

    /// Waits until every stream has to end.
    pub(crate) async fn ended(&self) {
        let mut ended = self.ended.subscribe();
        // The sender lives as long as `self`, so the wait ends only when the end is sent.
        let _ = ended.wait_for(|ended| *ended).await;
    }
}

/// The place of one stream; free again when this is dropped.
pub(crate) struct StreamPlace {
    _place: Place,
    streams: Arc<EventStreams>,
}

impl StreamPlace {
    /// Waits until every stream has to end.
    pub(crate) async fn ended(&self) {
        self.streams.ended().await;
    }
}

/// What a stream tells.
pub(crate) enum Told {
    /// Nothing new.
    Nothing,
    /// Nothing, because what is followed is out of reach for now.
    Unavailable,
    /// A change: the fields of an event, line by line, without the empty line that ends it.
    Event(String),
    /// The last event.
    Last(String),
}

/// Something that a client follows.
pub(crate) trait Followed: Send + 'static {
    /// Whether it is known without blocking that there is nothing to tell.
    fn is_unchanged(&self) -> bool {
        false
    }

    /// Looks, on a thread that may block.
    ///
    /// # Errors
    /// The client has no right to it any more, which it hears when it asks again: the stream ends.
    fn look(&mut self) -> Result<Told, AppError>;
}

/// Answers with a stream of what is told, from the first look on.
///
/// # Errors
/// Those of the first look.
pub(crate) async fn follow(
    request: HttpRequest,
    place: StreamPlace,
    followed: impl Followed,
) -> Result<HttpResponse, Problem> {
    let (followed, first) = look(followed).await?;
    let following = Following {
        request,
        place,
        followed,
        span: Span::current(),
        heard: Instant::now(),
        pause: LOOK_EVERY,
        over: false,
    };
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        // nginx would gather events until its buffer is full, and so would the middleware that compresses.
        .insert_header(("x-accel-buffering", "no"))
        .insert_header((header::CONTENT_ENCODING, "identity"))
        .streaming(following.events(first)))
}

/// Looks whether the access token of a request still stands for somebody.
///
/// # Errors
/// `Unauthenticated` where the request has none.
pub(crate) fn session_of(request: &HttpRequest, use_cases: &UseCases) -> Result<SessionFollower, Problem> {
    let token = SecretString::from(bearer(request)?.to_owned());
    Ok(SessionFollower { sessions: Arc::clone(&use_cases.sessions), token })
}

async fn look<F: Followed>(mut followed: F) -> Result<(F, Told), Problem> {
    blocking::call(move || {
        let told = followed.look()?;
        Ok((followed, told))
    })
    .await
}

/// One client that follows something.
struct Following<F> {
    request: HttpRequest,
    place: StreamPlace,
    followed: F,
    /// By what the log knows the request.
    span: Span,
    /// When the client was last sent something.
    heard: Instant,
    /// How long until it is looked at again.
    pause: Duration,
    /// Whether the client was sent the last event.
    over: bool,
}

impl<F: Followed> Following<F> {
    /// The stream from its first event on.
    fn events(mut self, first: Told) -> impl Stream<Item = Result<Bytes, Infallible>> {
        let event = self.event(first).unwrap_or_else(|| "\n".to_owned());
        let begin = Bytes::from([RETRY, &event].concat());
        stream::unfold((Some(begin), self), |(begin, following)| async move {
            match begin {
                Some(begin) => Some((Ok(begin), (None, following))),
                None => following.next().await.map(|(bytes, following)| (Ok(bytes), (None, following))),
            }
        })
    }

    /// Waits for the next thing to send. `None` is the end, which frees the place: the last event was sent, the client
    /// left, the server ends, or the client has no right to it any more.
    async fn next(mut self) -> Option<(Bytes, Self)> {
        while !self.over {
            tokio::select! {
                () = sleep(self.pause) => {}
                () = self.place.ended() => return None,
            }
            if has_disconnected(&self.request) {
                return None;
            }
            if self.followed.is_unchanged() {
                self.pause = LOOK_EVERY;
            } else {
                let looked = look(self.followed).instrument(self.span.clone()).await;
                let (followed, told) = looked.inspect_err(|problem| drop(log_fault(problem))).ok()?;
                self.followed = followed;
                if let Some(event) = self.event(told) {
                    return Some((Bytes::from(event), self));
                }
            }
            if self.heard.elapsed() >= HEARTBEAT {
                self.heard = Instant::now();
                return Some((Bytes::from_static(b":\n\n"), self));
            }
        }
        None
    }

    fn event(&mut self, told: Told) -> Option<String> {
        self.pause = if matches!(told, Told::Unavailable) { LOOK_AGAIN_AFTER } else { LOOK_EVERY };
        let fields = match told {
            Told::Nothing | Told::Unavailable => return None,
            Told::Event(fields) => fields,
            Told::Last(fields) => {
                self.over = true;
                fields
            }
        };
        self.heard = Instant::now();
        Some(format!("{fields}\n"))
    }
}
