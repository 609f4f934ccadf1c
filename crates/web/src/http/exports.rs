//! Exports: answers of any length, read out of one database snapshot while their client takes them.
//!
//! A thread that may block reads page after page and hands each over once the client has taken the one before.
//! Meanwhile it keeps a transaction open and a database connection with it. So there are only so many at a time, and
//! both waits end: for a client that takes nothing, and for one that takes it too slowly.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::web::Bytes;
use atalaya_application::AppError;
use atalaya_domain::access::Actor;
use futures_util::stream::{Stream, try_unfold};
use tokio::runtime::Handle;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::{Instant, timeout_at};
use tracing::Span;

use crate::http::blocking;
use crate::http::places::{Most, Place, Places};
use crate::http::problem::{Kind, Problem};
use crate::http::problem_body::log_fault;

/// The media type of exports.
pub(crate) const CSV: &str = "text/csv; charset=utf-8";

/// How many exports there are at a time, and how long they may take.
#[derive(Debug, Clone, Copy)]
pub struct ExportLimits {
    /// Exports of one user.
    pub of_a_user: usize,
    /// Exports of the users of one company.
    pub of_a_company: usize,
    /// Exports of the process. Each has a database connection.
    pub in_all: usize,
    /// How long a client may take over the next page before its export is broken off.
    pub next_page: Duration,
    /// How long an export may take in all before it is broken off: so long the database keeps what it would else clean
    /// up.
    pub whole: Duration,
}

impl ExportLimits {
    /// The limits where so many connections to the database may be open. Exports hold a quarter of them at most, and
    /// one company half of that, its users half of that again; each at least one.
    #[must_use]
    pub fn of_pool(connections: u32) -> Self {
        let in_all = usize::try_from(connections / 4).unwrap_or(1).max(1);
        let of_a_company = (in_all / 2).max(1);
        let of_a_user = (of_a_company / 2).max(1);
        // A page is waited for less long than PostgreSQL lets a transaction idle (30 s).
        Self { of_a_user, of_a_company, in_all, next_page: Duration::from_secs(20), whole: Duration::from_mins(5) }
    }
}

/// The exports of one process.
#[derive(Debug)]
pub struct Exports {
    places: Arc<Places>,
    limits: ExportLimits,
}

impl Exports {
    /// Exports within these limits.
    #[must_use]
    pub fn new(limits: ExportLimits) -> Self {
        let ExportLimits { of_a_user, of_a_company, in_all, .. } = limits;
        Self { places: Places::new(Most { of_a_user, of_a_company, in_all }), limits }
    }

    /// How many are under way.
    #[must_use]
    pub fn count(&self) -> usize {
        self.places.count()
    }

    /// Answers with the CSV that `work` gives to its [`Outlet`]. An export that fails on its way, or is broken off,
    /// ends the connection or the HTTP/2 stream with an error, because a file that ends too early must not look whole.
    ///
    /// # Errors
    /// `EXPORTS_BUSY` where as many are under way as may; those of `work` before its first page.
    pub(crate) async fn stream(
        &self,
        actor: &Actor,
        work: impl FnOnce(&mut Outlet) -> Result<(), AppError> + Send + 'static,
    ) -> Result<HttpResponse, Problem> {
        self.stream_as(CSV, actor, work).await
    }

    /// [`Self::stream`] of another media type.
    ///
    /// # Errors
    /// As [`Self::stream`].
    pub(crate) async fn stream_as(
        &self,
        media_type: &'static str,
        actor: &Actor,
        work: impl FnOnce(&mut Outlet) -> Result<(), AppError> + Send + 'static,
    ) -> Result<HttpResponse, Problem> {
        let place = self.places.take(actor).map_err(|_| Problem::Http(Kind::EXPORTS_BUSY))?;
        let mut pieces = self.begin(Arc::new(place), work);
        let first = pieces.next().await?;
        Ok(HttpResponse::Ok().content_type(media_type).streaming(pieces.from(first)))
    }

    /// Does work of any length for one answer, in a place of an export. It asks whether it goes on: not when its client
    /// has gone, nor after as long as an export may take.
    ///
    /// # Errors
    /// `EXPORTS_BUSY` where as many are under way as may; `SERVER_OVERLOADED` where it took too long; those of `work`.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        actor: &Actor,
        work: impl FnOnce(&dyn Fn() -> bool) -> Result<Option<T>, AppError> + Send + 'static,
    ) -> Result<T, Problem> {
        let place = self.places.take(actor).map_err(|_| Problem::Http(Kind::EXPORTS_BUSY))?;
        let (awaited, end) = (Arc::new(()), Instant::now() + self.limits.whole);
        let client = Arc::downgrade(&awaited);
        let done = blocking::call(move || {
            let _until_done = place;
            work(&|| client.strong_count() > 0 && Instant::now() < end)
        })
        .await?;
        drop(awaited);
        done.ok_or(Problem::Http(Kind::SERVER_OVERLOADED))
    }

    fn begin(
        &self,
        place: Arc<Place>,
        work: impl FnOnce(&mut Outlet) -> Result<(), AppError> + Send + 'static,
    ) -> Pieces {
        let (sender, receiver) = channel(1);
        let mut outlet = Outlet {
            sender,
            runtime: Handle::current(),
            next_page: self.limits.next_page,
            end: Instant::now() + self.limits.whole,
            first: true,
            failure: None,
        };
        let (span, kept) = (Span::current(), Arc::clone(&place));
        tokio::task::spawn_blocking(move || {
            span.in_scope(|| {
                let done = work(&mut outlet);
                // Before the end is told: whoever has read all of an export may begin the next one.
                drop(kept);
                outlet.finish(done);
            });
        });
        Pieces { receiver, _place: place }
    }
}

/// A part of an answer, in order.
enum Piece {
    /// Lines of the file.
    Lines(Bytes),
    /// There are no more.
    End,
    /// The export failed on its way: the answer has to break off, and its cause goes to the log.
    Failed(Problem),
}

/// Why an export is over before its end.
enum Failure {
    /// The client disconnected, or took nothing for too long.
    Unread,
    /// A page could not be written.
    Unwritable(AppError),
}

/// Where an export gives its pages.
pub(crate) struct Outlet {
    sender: Sender<Piece>,
    runtime: Handle,
    next_page: Duration,
    end: Instant,
    first: bool,
    failure: Option<Failure>,
}

impl Outlet {
    /// Gives a page, which `write` writes: as the first one or not. Waits until the client has taken the one before.
    pub(crate) fn give(&mut self, write: impl FnOnce(bool) -> Result<Vec<u8>, csv::Error>) -> ControlFlow<()> {
        self.failure = match write(std::mem::take(&mut self.first)) {
            Ok(lines) => (!self.hand_over(Piece::Lines(lines.into()))).then_some(Failure::Unread),
            Err(error) => Some(Failure::Unwritable(AppError::internal(error))),
        };
        if self.failure.is_none() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }

    fn hand_over(&self, piece: Piece) -> bool {
        let deadline = self.end.min(Instant::now() + self.next_page);
        let sent = self.runtime.block_on(timeout_at(deadline, self.sender.send(piece)));
        if sent.is_err() {
            tracing::info!(event = "export_unread", "an export was broken off: its client takes it too slowly");
        }
        matches!(sent, Ok(Ok(())))
    }

    fn finish(self, done: Result<(), AppError>) {
        let last = match (self.failure, done) {
            (Some(Failure::Unread), _) => return,
            (Some(Failure::Unwritable(error)), _) | (None, Err(error)) => Piece::Failed(Problem::App(error)),
            (None, Ok(())) => Piece::End,
        };
        let outlet = Self { failure: None, ..self };
        outlet.hand_over(last);
    }
}

/// What an export has given and its client has not taken yet.
struct Pieces {
    receiver: Receiver<Piece>,
    /// Kept here and by the thread that reads: it is free when neither needs it.
    _place: Arc<Place>,
}

/// Why an answer cannot be finished.
#[derive(Debug, thiserror::Error)]
enum Broken {
    /// The export failed.
    #[error("an export failed: {0}")]
    Failed(Problem),
    /// It was broken off.
    #[error("an export was broken off")]
    Off,
}

impl From<Broken> for Problem {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Failed(problem) => problem,
            Broken::Off => Self::App(AppError::internal(broken)),
        }
    }
}

impl Pieces {
    /// The next lines; `None` after the last.
    async fn next(&mut self) -> Result<Option<Bytes>, Broken> {
        match self.receiver.recv().await {
            Some(Piece::Lines(lines)) => Ok(Some(lines)),
            Some(Piece::End) => Ok(None),
            Some(Piece::Failed(problem)) => Err(Broken::Failed(problem)),
            None => Err(Broken::Off),
        }
    }

    /// The lines from `first` on.
    fn from(self, first: Option<Bytes>) -> impl Stream<Item = Result<Bytes, Broken>> {
        try_unfold((Some(first), self), |(first, mut pieces)| async move {
            let lines = match first {
                Some(lines) => lines,
                None => pieces.next().await.inspect_err(Broken::log)?,
            };
            Ok(lines.map(|lines| (lines, (None, pieces))))
        })
    }
}

impl Broken {
    fn log(&self) {
        if let Self::Failed(problem) = self {
            log_fault(problem);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::pin::Pin;

    use actix_web::body::MessageBody as _;
    use atalaya_domain::access::Role;
    use atalaya_domain::id::{CompanyId, SessionId, UserId};
    use atalaya_domain::user::Username;

    use super::*;

    fn actor() -> Actor {
        let (name, session) = (Username::parse("ana").unwrap(), SessionId::new(uuid::Uuid::nil()));
        Actor::new(UserId::new(1), name, Role::Admin, Some(CompanyId::new(1)), session).unwrap()
    }

    #[test]
    fn whoever_has_read_an_export_to_its_end_may_begin_the_next_one() {
        let actor = actor();
        actix_web::rt::System::new().block_on(async {
            let exports = Exports::new(ExportLimits::of_pool(4));
            for _ in 0..200 {
                let work = |outlet: &mut Outlet| {
                    let _ = outlet.give(|_| Ok(b"a\n".to_vec()));
                    Ok(())
                };
                let answer = exports.stream(&actor, work).await.unwrap();
                let mut body = answer.into_body();
                while poll_fn(|context| Pin::new(&mut body).poll_next(context)).await.is_some() {}
                // The body itself is still there.
                assert_eq!(exports.count(), 0);
            }
        });
    }

    #[test]
    fn work_for_one_answer_is_told_to_stop_when_its_time_is_over_and_gives_its_place_back() {
        let actor = actor();
        let run = |whole| {
            let exports = Exports::new(ExportLimits { whole, ..ExportLimits::of_pool(4) });
            let work = |goes_on: &dyn Fn() -> bool| Ok(goes_on().then_some(7));
            let done = actix_web::rt::System::new().block_on(exports.run(&actor, work));
            assert_eq!(exports.count(), 0);
            done
        };
        assert!(matches!(run(Duration::from_mins(1)), Ok(7)));
        assert!(matches!(run(Duration::ZERO), Err(Problem::Http(kind)) if kind == Kind::SERVER_OVERLOADED));
    }
}
