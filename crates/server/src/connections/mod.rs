//! The connections of the API and their end. A process that is about to end closes none of them while something is
//! under way on it, and none that a client may rightly believe to be open: `docs/deployment.md`, "Restarting without a
//! failure".
//!
//! Own code where `actix-web` has a server: its own closes idle connections all at once, drops those that a worker has
//! not taken yet, and tells clients of HTTP/2 nothing.

mod guard;
mod http2;
mod service;
mod stream;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

pub(crate) use service::{encrypted, plain};
pub(crate) use stream::Connection;

/// A connection on which nothing came for so long is not about to bring a request.
const QUIET: Duration = Duration::from_millis(500);
/// So long after the connections began to close, half a head of a request and half a handshake end, too.
const UNFINISHED: Duration = Duration::from_millis(800);

/// How far the process is from its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Nothing is to end.
    Serving,
    /// The process is about to end, and clients are told.
    Draining,
    /// Whatever has nothing under way is to end, since then.
    Closing(Instant),
}

/// All connections of a server.
#[derive(Debug, Clone)]
pub(crate) struct Connections(Arc<watch::Sender<Phase>>);

impl Connections {
    /// None yet.
    pub(crate) fn new() -> Self {
        Self(Arc::new(watch::Sender::new(Phase::Serving)))
    }

    /// Has clients told that the process is about to end.
    pub(crate) fn drain(&self) {
        self.0.send_replace(Phase::Draining);
    }

    /// Has each connection end when nothing is under way on it.
    pub(crate) fn close(&self) {
        self.0.send_replace(Phase::Closing(Instant::now()));
    }

    /// How many there are, with those that shake hands.
    pub(crate) fn count(&self) -> usize {
        self.0.receiver_count()
    }

    fn subscribe(&self) -> watch::Receiver<Phase> {
        self.0.subscribe()
    }

    /// Is over when a handshake that is under way is waited for no longer. It counts as a connection.
    async fn end_of_handshakes(&self) {
        let mut phases = self.subscribe();
        loop {
            let phase = *phases.borrow_and_update();
            if let Phase::Closing(since) = phase {
                return sleep_until(since + UNFINISHED).await;
            }
            if phases.changed().await.is_err() {
                return;
            }
        }
    }
}
