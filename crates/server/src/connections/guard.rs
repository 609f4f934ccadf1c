//! What a client may do to a connection before it is cut off: `docs/security.md`, "Limits of a connection".

use std::future::Future;
use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use actix_web::rt::net::{ActixStream, Ready};
use atalaya_web::{ConnectionState, Edge, LastAnswer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep, sleep_until};

use crate::serve::{KEEP_ALIVE, REQUEST_HEAD, UNREAD};

/// Bytes that are read before other connections of the worker have their turn.
const TURN: usize = 8 * 1024;
/// The same of a body in tiny pieces, which cost far more than their bytes.
const TINY_TURN: usize = 1024;
/// Bytes of what nobody wants that are thrown away, and how long then no more is read: a client that sends as fast as
/// it can, and connects anew whenever it is cut off, would else keep a core busy.
const IGNORED: (usize, Duration) = (8 * 1024, Duration::from_millis(10));
/// The same where the client announced the length of its body, whose end it is to reach in time.
const ANNOUNCED: (usize, Duration) = (128 * 1024, Duration::from_millis(2));
/// Bytes that a client has to take in that time, or it counts as taking nothing.
const PROGRESS: usize = 16 * 1024;
/// How long a client that has had its last answer is still listened to, so that it can read the answer in peace.
const LINGER: Duration = Duration::from_secs(2);
/// The HTTP server has deadlines of its own for a first head and between requests, and an answer for the first of them.
/// So much later these end what those do not see.
const LATER: Duration = Duration::from_secs(3);

/// How far a connection is that is to end after its last answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Linger {
    /// It is not to end yet.
    None,
    /// The client has been told that nothing more comes, and is listened to until then.
    Said(Instant),
    /// It is over.
    Over,
}

/// A connection that is cut off where its client sends what nobody wants, too slowly, or does not take what it asked
/// for. After the last answer nothing that comes is passed on.
pub(crate) struct Guard<S> {
    io: S,
    state: ConnectionState,
    alarm: Option<Pin<Box<Sleep>>>,
    /// When something last came.
    heard: Instant,
    /// When the head of a request began to come.
    head_since: Option<Instant>,
    /// Bytes that were read in this turn.
    in_turn: usize,
    /// Since when the client takes too little, and what it took since.
    unread: Option<(Instant, usize)>,
    linger: Linger,
    /// Until when nothing more is thrown away.
    pause: Option<Pin<Box<Sleep>>>,
    edge: Arc<Edge>,
    /// What is sent in place of a bare refusal of the HTTP server.
    refusal: Option<Refusal>,
}

/// A problem document in place of a bare refusal.
struct Refusal {
    answer: Vec<u8>,
    sent: usize,
    /// The bytes that it stands for.
    bare: usize,
}

impl<S: ActixStream> Guard<S> {
    /// Guards a connection that begins.
    pub(super) fn new(io: S, is_http2: bool, edge: Arc<Edge>) -> Self {
        Self {
            io,
            state: ConnectionState::new(is_http2),
            alarm: None,
            heard: Instant::now(),
            head_since: None,
            in_turn: 0,
            unread: None,
            linger: Linger::None,
            pause: None,
            edge,
            refusal: None,
        }
    }

    /// What lies below.
    pub(crate) fn inner(&self) -> &S {
        &self.io
    }

    /// What its requests know of it, and it of them.
    pub(crate) fn state(&self) -> &ConnectionState {
        &self.state
    }

    /// When it has to be cut off if nothing happens.
    fn deadline(&self) -> Option<Instant> {
        if let Linger::Said(until) = self.linger {
            return Some(until);
        }
        if let Some((since, _)) = self.unread {
            return Some(since + UNREAD);
        }
        if self.state.is_http2() {
            return self.state.waiting_since().map(|since| since + UNREAD);
        }
        if self.state.is_busy() {
            return None;
        }
        let head = self.head_since.filter(|since| *since > self.state.ended()).map(|since| since + REQUEST_HEAD);
        let idle = self.heard.max(self.state.ended()) + KEEP_ALIVE;
        Some(head.map_or(idle, |head| head.min(idle)) + LATER)
    }

    /// Fails at the deadline, and has the connection looked at again then.
    fn check(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        let Some(deadline) = self.deadline() else { return Ok(()) };
        let alarm = self.alarm.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if alarm.deadline() > deadline {
            alarm.as_mut().reset(deadline);
        }
        // An alarm that was set for an earlier deadline is left as it is: most are never reached.
        while alarm.as_mut().poll(context).is_ready() {
            if Instant::now() >= deadline {
                return Err(ErrorKind::TimedOut.into());
            }
            alarm.as_mut().reset(deadline);
        }
        Ok(())
    }

    /// Counts what came.
    fn received(&mut self, bytes: usize) -> io::Result<()> {
        let now = Instant::now();
        let granted = self.state.received(bytes, now.duration_since(self.heard));
        self.heard = now;
        self.in_turn += bytes;
        let begins = self.head_since.is_none_or(|since| since <= self.state.ended());
        if begins && !self.state.is_busy() && self.unread.is_none() {
            self.head_since = Some(now);
        }
        if granted { Ok(()) } else { Err(ErrorKind::ConnectionAborted.into()) }
    }

    /// Reads and throws away. Ready at the end of what the client sends.
    fn poll_ignore(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut bytes = [0; 4 * 1024];
        let (turn, pause) = if self.state.awaits_announced() { ANNOUNCED } else { IGNORED };
        loop {
            if let Some(paused) = &mut self.pause {
                ready!(paused.as_mut().poll(context));
                self.pause = None;
            }
            if self.in_turn >= turn {
                self.in_turn = 0;
                self.pause = Some(Box::pin(sleep(pause)));
                continue;
            }
            let mut buffer = ReadBuf::new(&mut bytes);
            match Pin::new(&mut self.io).poll_read(context, &mut buffer)? {
                Poll::Ready(()) if buffer.filled().is_empty() => return Poll::Ready(Ok(())),
                Poll::Ready(()) => {
                    let read = buffer.filled().len();
                    self.received(read)?;
                }
                Poll::Pending => {
                    self.check(context)?;
                    return Poll::Pending;
                }
            }
        }
    }

    /// Writes, and notes whether the client takes it.
    fn poll_write_on(&mut self, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match Pin::new(&mut self.io).poll_write(context, bytes)? {
            Poll::Ready(written) => {
                self.unread =
                    self.unread.map(|(since, taken)| (since, taken + written)).filter(|(_, taken)| *taken < PROGRESS);
                Poll::Ready(Ok(written))
            }
            Poll::Pending => {
                self.unread.get_or_insert_with(|| (Instant::now(), 0));
                self.check(context)?;
                Poll::Pending
            }
        }
    }

    /// Sends a refusal in place of a bare one, and then says that this one was written.
    fn poll_refuse(&mut self, context: &mut Context<'_>, mut refusal: Refusal) -> Poll<io::Result<usize>> {
        while let Some(left) = refusal.answer.get(refusal.sent..).filter(|left| !left.is_empty()) {
            match self.poll_write_on(context, left)? {
                Poll::Ready(0) => return Poll::Ready(Err(ErrorKind::WriteZero.into())),
                Poll::Ready(written) => refusal.sent += written,
                Poll::Pending => {
                    self.refusal = Some(refusal);
                    return Poll::Pending;
                }
            }
        }
        self.state.ends_unread();
        Poll::Ready(Ok(refusal.bare))
    }

    /// Whether it is the turn of others. Then this connection is looked at again after them.
    fn yields(&mut self, context: &mut Context<'_>) -> bool {
        let turn = if self.state.is_in_tiny_pieces() { TINY_TURN } else { TURN };
        let over = self.in_turn >= turn;
        if over {
            self.in_turn = 0;
            context.waker().wake_by_ref();
        }
        over
    }

    /// Says that nothing more comes, and listens for a while to what the client still sends: closing at once could take
    /// away from it what it has not read yet.
    fn poll_linger(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.linger == Linger::None {
            ready!(Pin::new(&mut self.io).poll_shutdown(context))?;
            self.linger = Linger::Said(Instant::now() + LINGER);
        }
        if self.linger != Linger::Over {
            // Whether the client closes, sends too much or takes too long: it is over.
            let _ = ready!(self.poll_ignore(context));
            self.linger = Linger::Over;
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: ActixStream> AsyncRead for Guard<S> {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.linger == Linger::Over {
            return Poll::Ready(Ok(()));
        }
        if this.state.last_answer() != LastAnswer::None {
            return this.poll_ignore(context);
        }
        if this.yields(context) {
            return Poll::Pending;
        }
        let before = buffer.filled().len();
        let read = if this.state.is_in_tiny_pieces() {
            let most = buffer.remaining().min(TINY_TURN);
            let mut part = ReadBuf::new(buffer.initialize_unfilled_to(most));
            let read = Pin::new(&mut this.io).poll_read(context, &mut part);
            let filled = part.filled().len();
            buffer.advance(filled);
            read
        } else {
            Pin::new(&mut this.io).poll_read(context, buffer)
        };
        match read? {
            Poll::Ready(()) => this.received(buffer.filled().len() - before)?,
            Poll::Pending => {
                this.in_turn = 0;
                this.check(context)?;
                return Poll::Pending;
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: ActixStream> AsyncWrite for Guard<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if !this.state.is_http2() && this.refusal.is_none() {
            let answer = this.edge.in_place_of_bare_refusal(bytes);
            this.refusal = answer.map(|answer| Refusal { answer, sent: 0, bare: bytes.len() });
        }
        match this.refusal.take() {
            Some(refusal) => this.poll_refuse(context, refusal),
            None => this.poll_write_on(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if Pin::new(&mut this.io).poll_flush(context)?.is_pending() {
            this.unread.get_or_insert_with(|| (Instant::now(), 0));
            this.check(context)?;
            return Poll::Pending;
        }
        this.unread = None;
        if this.state.is_refused() || this.state.last_answer() == LastAnswer::Given {
            ready!(this.poll_linger(context))?;
            if this.state.is_refused() {
                return Poll::Ready(Err(ErrorKind::ConnectionAborted.into()));
            }
        }
        this.check(context)?;
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        match this.state.last_answer() {
            LastAnswer::None => Pin::new(&mut this.io).poll_shutdown(context),
            LastAnswer::UnderWay | LastAnswer::Given => this.poll_linger(context),
        }
    }
}

impl<S: ActixStream> ActixStream for Guard<S> {
    fn poll_read_ready(&self, context: &mut Context<'_>) -> Poll<io::Result<Ready>> {
        self.io.poll_read_ready(context)
    }

    fn poll_write_ready(&self, context: &mut Context<'_>) -> Poll<io::Result<Ready>> {
        self.io.poll_write_ready(context)
    }
}
