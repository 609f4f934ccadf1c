//! Notices the disconnect of a client whose request takes long: work that nobody waits for should end.
//!
//! Of a client that closes its connection the server only hears that nothing more will be sent, which is no reason to
//! stop answering in general. Here it is: as the usual proxies do, a client that closes is taken to have left.

use std::future::Future;
use std::io::ErrorKind;
use std::net::TcpStream;
use std::os::fd::AsFd;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::dev::Extensions;
use atalaya_application::ports::forecaster::TrainingObserver;
use tokio::time::timeout;

use crate::http::problem::{Kind, Problem};

/// How often it is looked whether the client disconnected.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// A connection, beside the server's own hold on it.
struct Connection(TcpStream);

/// Keeps a hold on the socket of a new connection in what its requests carry, to see when the client leaves.
pub fn keep_connection(socket: &impl AsFd, kept: &mut Extensions) {
    match socket.as_fd().try_clone_to_owned() {
        Ok(descriptor) => drop(kept.insert(Connection(descriptor.into()))),
        // Only the end of a client's patience goes unseen.
        Err(error) => tracing::debug!(%error, "a connection is not watched"),
    }
}

impl Connection {
    /// Whether the other side closed it, or it broke.
    fn is_closed(&self) -> bool {
        match self.0.peek(&mut [0]) {
            Ok(read) => read == 0,
            Err(error) => !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted),
        }
    }
}

/// Whether the client of a request closed its connection, or it broke.
pub(crate) fn has_disconnected(request: &HttpRequest) -> bool {
    request.conn_data::<Connection>().is_some_and(Connection::is_closed)
}

/// Tells work that its client disconnected.
#[derive(Debug, Clone, Default)]
pub(crate) struct ClientDisconnect {
    happened: Arc<AtomicBool>,
}

impl ClientDisconnect {
    /// Waits for `work` to its end and watches the client meanwhile.
    pub(crate) async fn during<T>(&self, request: &HttpRequest, work: impl Future<Output = T>) -> T {
        let _unanswered = Unanswered(&self.happened);
        let mut work = pin!(work);
        loop {
            if let Ok(done) = timeout(LOOK_EVERY, &mut work).await {
                return done;
            }
            if has_disconnected(request) {
                self.happened.store(true, Ordering::Relaxed);
            }
        }
    }

    /// Waits for `work` that only its client needs, for as long as the client does.
    ///
    /// # Errors
    /// Those of `work`; `SERVER_OVERLOADED`, which nobody reads, once the client disconnected.
    pub(crate) async fn bounding<T>(
        &self,
        request: &HttpRequest,
        work: impl Future<Output = Result<T, Problem>>,
    ) -> Result<T, Problem> {
        let _unanswered = Unanswered(&self.happened);
        let mut work = pin!(work);
        loop {
            if let Ok(done) = timeout(LOOK_EVERY, &mut work).await {
                return done;
            }
            if has_disconnected(request) {
                return Err(Problem::Http(Kind::SERVER_OVERLOADED));
            }
        }
    }

    /// Ends such work between two of its steps.
    ///
    /// # Errors
    /// `SERVER_OVERLOADED` once the client disconnected.
    pub(crate) fn check(&self) -> Result<(), Problem> {
        if self.cancelled() { Err(Problem::Http(Kind::SERVER_OVERLOADED)) } else { Ok(()) }
    }
}

impl TrainingObserver for ClientDisconnect {
    fn progress(&self, _done: u32, _total: u32) {}

    fn cancelled(&self) -> bool {
        self.happened.load(Ordering::Relaxed)
    }
}

/// A request that is dropped before its answer has no client any more, and one that was answered needs none.
struct Unanswered<'a>(&'a AtomicBool);

impl Drop for Unanswered<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
