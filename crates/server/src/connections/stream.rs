//! One connection of a client, as the HTTP server reads and writes it.

use std::future::{Future, pending};
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use actix_web::rt::net::{ActixStream, Ready};
use atalaya_web::InFlight;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use super::http2::Http2;
use super::{Connections, Phase, QUIET, UNFINISHED};

/// How often a connection that has to be closed and cannot be yet is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Is ready when something may have changed that ends a connection, and then gives the phases back.
type Change = Pin<Box<dyn Future<Output = watch::Receiver<Phase>>>>;

/// A connection. It passes everything on unchanged, and says that the client sends no more (an end of the stream) when
/// the process wants to end and nothing is under way on it: to that the HTTP server answers by closing it in order.
pub(crate) struct Connection<S> {
    io: S,
    change: Change,
    phase: Phase,
    /// Whether it was there before the process was about to end.
    earlier: bool,
    /// When the client last sent something; at first, when it came.
    heard: Instant,
    in_flight: InFlight,
    http2: Option<Http2>,
    ended: bool,
}

impl<S> Connection<S> {
    /// A connection that begins, of HTTP/2 or HTTP/1.
    pub(super) fn new(io: S, is_http2: bool, all: &Connections) -> Self {
        let mut phases = all.subscribe();
        let phase = *phases.borrow_and_update();
        Self {
            io,
            change: next_change(phases, phase),
            phase,
            earlier: phase == Phase::Serving,
            heard: Instant::now(),
            in_flight: InFlight::default(),
            http2: is_http2.then(Http2::default),
            ended: false,
        }
    }

    /// What lies below.
    pub(crate) fn inner(&self) -> &S {
        &self.io
    }

    /// The requests of this connection that are in flight.
    pub(crate) fn in_flight(&self) -> &InFlight {
        &self.in_flight
    }

    /// Whether nothing is under way that reading on would be needed for. On HTTP/1 an answer may still be written,
    /// which goes on after the end of what the client sends.
    fn may_end(&self, closing: Instant) -> bool {
        let unused = self.http2.as_ref().map_or_else(|| self.in_flight.is_none(), Http2::is_idle);
        unused && (self.heard.elapsed() >= QUIET || closing.elapsed() >= UNFINISHED)
    }
}

fn next_change(mut phases: watch::Receiver<Phase>, phase: Phase) -> Change {
    Box::pin(async move {
        if matches!(phase, Phase::Closing(_)) {
            sleep(LOOK_EVERY).await;
        } else if phases.changed().await.is_err() {
            // Nobody is left who could change it.
            pending::<()>().await;
        }
        phases
    })
}

impl<S: ActixStream> Connection<S> {
    /// Tells a client of HTTP/2 that the connection is about to end. One that connected only now is told after its
    /// first request, or it could not send any.
    fn poll_goaway(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Some(http2) = &mut self.http2 else { return Poll::Ready(Ok(())) };
        if self.phase != Phase::Serving && (self.earlier || http2.was_used()) {
            http2.announce_end();
        }
        http2.poll_goaway(&mut self.io, context)
    }

    /// Ready when the connection is to end.
    fn poll_end(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            if self.poll_goaway(context)?.is_pending() {
                return Poll::Pending;
            }
            if let Phase::Closing(since) = self.phase
                && self.may_end(since)
            {
                if let Some(http2) = &mut self.http2 {
                    http2.send_last_goaway();
                    // A client that takes nothing more is not waited for.
                    let _ = http2.poll_goaway(&mut self.io, context)?;
                }
                self.ended = true;
                return Poll::Ready(Ok(()));
            }
            let mut phases = ready!(self.change.as_mut().poll(context));
            self.phase = *phases.borrow_and_update();
            self.change = next_change(phases, self.phase);
        }
    }
}

impl<S: ActixStream> AsyncRead for Connection<S> {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.ended {
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        if Pin::new(&mut this.io).poll_read(context, buffer)?.is_ready() {
            this.heard = Instant::now();
            if let Some(http2) = &mut this.http2 {
                http2.received(buffer.filled().split_at(before).1);
            }
            return Poll::Ready(Ok(()));
        }
        this.poll_end(context)
    }
}

impl<S: ActixStream> AsyncWrite for Connection<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        ready!(this.poll_goaway(context))?;
        let written = ready!(Pin::new(&mut this.io).poll_write(context, bytes))?;
        if let Some(http2) = &mut this.http2 {
            http2.sent(bytes.split_at(written).0);
        }
        Poll::Ready(Ok(written))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        ready!(this.poll_goaway(context))?;
        let written = ready!(Pin::new(&mut this.io).poll_write_vectored(context, parts))?;
        if let Some(http2) = &mut this.http2 {
            let mut left = written;
            for part in parts {
                let taken = left.min(part.len());
                http2.sent(part.split_at(taken).0);
                left -= taken;
            }
        }
        Poll::Ready(Ok(written))
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_shutdown(context)
    }
}

impl<S: ActixStream> ActixStream for Connection<S> {
    fn poll_read_ready(&self, context: &mut Context<'_>) -> Poll<io::Result<Ready>> {
        self.io.poll_read_ready(context)
    }

    fn poll_write_ready(&self, context: &mut Context<'_>) -> Poll<io::Result<Ready>> {
        self.io.poll_write_ready(context)
    }
}
