//! The servers: the API, and beside it the counters for Prometheus.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::{App, HttpResponse, HttpServer, web};
use atalaya_infrastructure::settings::TlsFiles;
use atalaya_web::{Draining, Limits, Services, Telemetry};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// How long a client may take to send its request's head.
const REQUEST_HEAD: Duration = Duration::from_secs(10);
/// How long an idle connection is kept.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// How long requests in flight may take after SIGTERM.
const DRAIN_SECONDS: u64 = 30;
/// How long a process may then take to put away what it holds.
const FAREWELL: Duration = Duration::from_secs(10);

/// Why a server cannot listen.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// The address.
    #[error("cannot listen on {address}: {source}; is another server running? BIND_ADDRESS chooses another address")]
    Bind {
        /// Which.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// A file of TLS.
    #[error("{variable}: {problem}")]
    Tls {
        /// Which variable names the file.
        variable: &'static str,
        /// What is wrong with it.
        problem: String,
    },
}

/// The signals that end a server. From their making on none of them ends the process by itself, and one that comes before
/// it is waited for is heard then.
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
    quit: Signal,
}

impl Signals {
    /// Begins to hear. Within an asynchronous runtime only.
    ///
    /// # Errors
    /// Of the machine, when signals cannot be heard.
    pub fn hear() -> io::Result<Self> {
        let (terminate, interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        Ok(Self { terminate, interrupt, quit: signal(SignalKind::quit())? })
    }
}

/// The API on a listener that is already bound. It listens for no signals: [`until_signal`] does.
///
/// # Errors
/// [`ListenError`] when the listener or the TLS files cannot be used.
pub fn api(services: Services, listener: TcpListener, tls: Option<&TlsFiles>) -> Result<Server, ListenError> {
    let address = listener.local_addr().map_err(|source| bind_error(([0, 0, 0, 0], 0).into(), source))?;
    let server = HttpServer::new(move || atalaya_web::app(&services))
        .on_connect(atalaya_web::keep_connection)
        .client_request_timeout(REQUEST_HEAD)
        .keep_alive(KEEP_ALIVE)
        .shutdown_timeout(DRAIN_SECONDS)
        .disable_signals();
    let bound = match tls {
        Some(files) => server.listen_rustls_0_23(listener, tls_config(files)?),
        None => server.listen(listener),
    };
    Ok(bound.map_err(|source| bind_error(address, source))?.run())
}

/// Serves until a signal. SIGTERM ends it in peace: `draining` begins, for `grace` new connections are still taken, because
/// whoever sends requests needs a moment to notice, and then the requests in flight are finished. SIGINT, which a
/// developer's Ctrl-C sends, stops it at once; so does SIGQUIT.
///
/// # Errors
/// When the server fails.
pub async fn until_signal(api: Server, signals: Signals, draining: Draining, grace: Duration) -> io::Result<()> {
    let handle = api.handle();
    let Signals { mut terminate, mut interrupt, mut quit } = signals;
    actix_web::rt::spawn(async move {
        let in_peace = tokio::select! {
            _ = terminate.recv() => {
                draining.begin();
                tracing::info!(event = "draining", seconds = grace.as_secs(), "about to end: new connections are taken a little longer");
                tokio::select! {
                    () = tokio::time::sleep(grace) => true,
                    _ = interrupt.recv() => false,
                    _ = quit.recv() => false,
                }
            }
            _ = interrupt.recv() => false,
            _ = quit.recv() => false,
        };
        handle.stop(in_peace).await;
    });
    api.await
}

/// Ends the process by force when it is still there long after its drain is over. A thread that waits for a database which
/// neither answers nor closes its connection cannot be ended otherwise, and whoever restarts the process waits for it.
///
/// # Errors
/// When the thread that watches cannot be started.
pub fn end_at_the_latest(grace: Duration) -> io::Result<()> {
    let limit = grace + Duration::from_secs(DRAIN_SECONDS) + FAREWELL;
    let watch = move || {
        std::thread::sleep(limit);
        tracing::error!(event = "ended_by_force", "something still waits for a part that does not answer");
        std::process::exit(1);
    };
    std::thread::Builder::new().name("last-resort".to_owned()).spawn(watch).map(drop)
}

fn bind_error(address: SocketAddr, source: io::Error) -> ListenError {
    ListenError::Bind { address, source }
}

/// Binds an address.
///
/// # Errors
/// [`ListenError::Bind`].
pub fn bind(address: SocketAddr) -> Result<TcpListener, ListenError> {
    TcpListener::bind(address).map_err(|source| bind_error(address, source))
}

/// Prometheus' counters, on an address of their own that no proxy publishes.
///
/// # Errors
/// [`ListenError::Bind`].
pub fn metrics(telemetry: Arc<Telemetry>, address: SocketAddr) -> Result<Server, ListenError> {
    let server = HttpServer::new(move || {
        App::new().app_data(web::Data::from(Arc::clone(&telemetry))).route("/metrics", web::get().to(exposition))
    });
    // It ends with the process.
    let server = server.workers(1).disable_signals();
    Ok(server.bind(address).map_err(|source| bind_error(address, source))?.run())
}

async fn exposition(telemetry: web::Data<Telemetry>) -> HttpResponse {
    match telemetry.exposition() {
        Ok(text) => HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(text),
        Err(error) => {
            tracing::error!(event = "metrics_failed", %error, "the metrics could not be written");
            HttpResponse::InternalServerError().finish()
        }
    }
}

/// Forgets rate-limit keys that no longer matter, for as long as the server runs.
pub async fn clean_up(limits: Arc<Limits>) {
    let mut ticks = tokio::time::interval(Limits::CLEAN_UP_EVERY);
    loop {
        ticks.tick().await;
        limits.clean_up();
    }
}

/// Ends with the first SIGTERM from now on, which [`Signals`] hear too. Within an asynchronous runtime only.
///
/// # Errors
/// Of the machine, when signals cannot be heard.
pub fn terminated() -> io::Result<impl Future<Output = ()>> {
    let mut signals = signal(SignalKind::terminate())?;
    Ok(async move {
        signals.recv().await;
    })
}

fn tls_config(files: &TlsFiles) -> Result<ServerConfig, ListenError> {
    let builder = match &files.client_ca {
        None => ServerConfig::builder().with_no_client_auth(),
        Some(path) => {
            let failed = |problem: String| ListenError::Tls { variable: "TLS_CLIENT_CA_FILE", problem };
            let mut roots = RootCertStore::empty();
            for certificate in certificates("TLS_CLIENT_CA_FILE", path)? {
                roots.add(certificate).map_err(|error| failed(error.to_string()))?;
            }
            let verifier = WebPkiClientVerifier::builder(Arc::new(roots)).build();
            ServerConfig::builder().with_client_cert_verifier(verifier.map_err(|error| failed(error.to_string()))?)
        }
    };
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|error| tls_error("TLS_KEY_FILE", &error))?;
    let chain = certificates("TLS_CERT_FILE", &files.certificate)?;
    let config = builder.with_single_cert(chain, key);
    config.map_err(|error| ListenError::Tls { variable: "TLS_CERT_FILE", problem: error.to_string() })
}

fn certificates(variable: &'static str, path: &Path) -> Result<Vec<CertificateDer<'static>>, ListenError> {
    let chain = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let chain = chain.map_err(|error| tls_error(variable, &error))?;
    if chain.is_empty() {
        let problem = "the file holds no certificate in PEM form".to_owned();
        return Err(ListenError::Tls { variable, problem });
    }
    Ok(chain)
}

fn tls_error(variable: &'static str, error: &rustls::pki_types::pem::Error) -> ListenError {
    ListenError::Tls { variable, problem: error.to_string() }
}
