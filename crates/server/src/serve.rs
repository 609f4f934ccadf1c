//! The servers: the API, and beside it the counters for Prometheus.

use std::fmt;
use std::future::IntoFuture;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::{App, HttpResponse, HttpServer, web};
use atalaya_infrastructure::settings::TlsFiles;
use atalaya_web::{Draining, Limits, Services, Telemetry};
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use socket2::SockRef;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{Instant, sleep};

use crate::connections::{self, Connections};
use crate::listening::{self, Listening};
use crate::words::{self, OfVariable, Words};

/// How long a client may take to send its request's head.
pub(crate) const REQUEST_HEAD: Duration = Duration::from_secs(10);
/// How long an idle connection is kept.
pub(crate) const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// How long requests in flight may take after SIGTERM.
const DRAIN: Duration = Duration::from_secs(30);
/// How long a worker takes at most to begin with a connection that was accepted.
const TAKEN: Duration = Duration::from_millis(500);
/// How often it is looked whether the last connection is over.
const LOOK_EVERY: Duration = Duration::from_millis(10);
/// How long a client may take nothing of what it asked for, or acknowledge nothing.
pub(crate) const UNREAD: Duration = Duration::from_secs(20);
/// Bytes that the system buffers of what a client has not taken yet.
const SEND_BUFFER: usize = 128 * 1024;
/// How long a process may then take to put away what it holds.
const CLEANUP_LIMIT: Duration = Duration::from_secs(10);
/// The variables that choose the addresses and name the files.
pub(crate) const BIND_ADDRESS: &str = "BIND_ADDRESS";
pub(crate) const METRICS_ADDRESS: &str = "METRICS_ADDRESS";
pub(crate) const CERTIFICATE_FILE: &str = "TLS_CERT_FILE";
const KEY_FILE: &str = "TLS_KEY_FILE";
const AUTHORITIES_FILE: &str = "TLS_CLIENT_CA_FILE";

/// Why a server cannot listen.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// The address.
    Bind {
        /// The variable that chooses it.
        variable: &'static str,
        /// Which.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// A file of TLS.
    Tls {
        /// The variable that names it.
        variable: &'static str,
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        problem: TlsProblem,
    },
}

/// What is wrong with a file of TLS.
#[derive(Debug)]
pub enum TlsProblem {
    /// It cannot be read.
    Io(io::Error),
    /// It holds nothing in PEM form that is asked of it.
    Nothing,
    /// What it holds cannot be used.
    Unusable(String),
    /// The certificate is for another key than that of `TLS_KEY_FILE`.
    OtherKey,
}

impl ListenError {
    /// The error in words, for whoever starts the program.
    #[must_use]
    pub fn words(&self) -> Words {
        words::of_variable(self.of_variable())
    }

    /// The variable, and what is wrong with it.
    pub(crate) fn of_variable(&self) -> OfVariable {
        match self {
            Self::Bind { variable, address, source } => {
                let words = Words::of("cli.listen.bind").with("address", address);
                (variable, words.with_words("cause", words::io(source)))
            }
            Self::Tls { variable, path, problem } => {
                let cause = match problem {
                    TlsProblem::Io(error) => words::io(error),
                    TlsProblem::Nothing if *variable == KEY_FILE => Words::of("cli.listen.no_key"),
                    TlsProblem::Nothing => Words::of("cli.listen.no_certificate"),
                    TlsProblem::Unusable(cause) => Words::of("cli.listen.unusable").with("cause", cause),
                    TlsProblem::OtherKey => Words::of("cli.listen.other_key"),
                };
                (variable, Words::of("cli.listen.file").with("file", path.display()).with_words("cause", cause))
            }
        }
    }
}

/// In English.
impl fmt::Display for ListenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.words().fmt(f)
    }
}

/// The signals that end a server. From their making on none of them ends the process by itself, and one that comes
/// before it is waited for is heard then.
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

/// The API, running. Waiting for it is waiting for its end.
pub struct Api {
    server: Server,
    connections: Connections,
    listening: Vec<Listening>,
}

impl Api {
    /// What it is stopped by.
    #[must_use]
    pub fn handle(&self) -> ServerHandle {
        self.server.handle()
    }
}

impl IntoFuture for Api {
    type Output = io::Result<()>;
    type IntoFuture = Server;

    fn into_future(self) -> Server {
        self.server
    }
}

/// The API on listeners that are already bound. It listens for no signals: [`until_signal`] does.
///
/// # Errors
/// [`ListenError`] when a listener or the TLS files cannot be used.
pub fn api(services: &Services, listeners: Vec<TcpListener>, tls: Option<&TlsFiles>) -> Result<Api, ListenError> {
    let tls = tls.map(tls_config).transpose()?;
    let connections = Connections::new();
    let mut listening = Vec::new();
    let mut builder = Server::build().disable_signals();
    for listener in listeners {
        let address = listener.local_addr().map_err(|source| bind_error(([0, 0, 0, 0], 0).into(), source))?;
        let failed = |source| bind_error(address, source);
        listening.push(Listening::of(&listener).map_err(failed)?);
        let (services, all) = (services.clone(), connections.clone());
        let added = match tls.clone() {
            Some(config) => {
                builder.listen("api", listener, move || connections::encrypted(&services, all.clone(), config.clone()))
            }
            None => builder.listen("api", listener, move || connections::plain(&services, all.clone())),
        };
        builder = added.map_err(failed)?;
    }
    Ok(Api { server: builder.run(), connections, listening })
}

/// Serves until a signal. SIGTERM ends it in peace: `draining` begins, for `grace` new connections are still taken,
/// because whoever sends requests needs a moment to notice, and then the requests in flight are finished. SIGINT, which
/// a developer's Ctrl-C sends, stops it at once; so does SIGQUIT.
///
/// # Errors
/// When the server fails.
pub async fn until_signal(api: Api, signals: Signals, draining: Draining, grace: Duration) -> io::Result<()> {
    let Api { server, connections, listening } = api;
    let handle = server.handle();
    let Signals { mut terminate, mut interrupt, mut quit } = signals;
    actix_web::rt::spawn(async move {
        let in_peace = async {
            terminate.recv().await;
            draining.begin();
            connections.drain();
            tracing::info!(
                event = "draining",
                seconds = grace.as_secs(),
                "about to end: new connections are taken a little longer"
            );
            sleep(grace).await;
            listening::end(&listening, &handle).await;
            finish(&connections).await;
        };
        tokio::select! {
            () = in_peace => {}
            _ = interrupt.recv() => {}
            _ = quit.recv() => {}
        }
        handle.stop(false).await;
    });
    server.await
}

/// Has the connections end, and waits for those on which something is under way, but not for ever.
async fn finish(connections: &Connections) {
    connections.close();
    let begun = Instant::now();
    // One that a worker has not taken yet is not counted yet.
    while begun.elapsed() < TAKEN || connections.count() > 0 {
        if begun.elapsed() >= DRAIN {
            tracing::warn!(
                event = "drain_over",
                connections = connections.count(),
                "requests in flight are not waited for any longer"
            );
            return;
        }
        sleep(LOOK_EVERY).await;
    }
}

/// Ends the process by force when it is still there long after its drain is over. A thread that waits for a database
/// which neither answers nor closes its connection cannot be ended otherwise, and whoever restarts the process waits
/// for it.
///
/// # Errors
/// When the thread that watches cannot be started.
pub fn end_at_the_latest(grace: Duration) -> io::Result<()> {
    let limit = grace + DRAIN + CLEANUP_LIMIT;
    let watch = move || {
        std::thread::sleep(limit);
        tracing::error!(event = "ended_by_force", "something still waits for a part that does not answer");
        std::process::exit(1);
    };
    std::thread::Builder::new().name("last-resort".to_owned()).spawn(watch).map(drop)
}

fn bind_error(address: SocketAddr, source: io::Error) -> ListenError {
    ListenError::Bind { variable: BIND_ADDRESS, address, source }
}

/// Binds an address.
///
/// # Errors
/// [`ListenError::Bind`].
pub fn bind(address: SocketAddr) -> Result<TcpListener, ListenError> {
    let bound = TcpListener::bind(address).and_then(|listener| {
        // Accepted sockets inherit both. A socket that is full is writable again when a third of it is free: of the
        // usual megabytes, a slow client would not read that in time.
        let socket = SockRef::from(&listener);
        socket.set_send_buffer_size(SEND_BUFFER)?;
        socket.set_tcp_user_timeout(Some(UNREAD))?;
        Ok(listener)
    });
    bound.map_err(|source| bind_error(address, source))
}

/// The other loopback address of this machine, beside a listener on one of them, so that the name `localhost` leads
/// here whichever of them a client tries first. A machine may have only one of them: that is no error, and nothing is
/// bound.
///
/// # Errors
/// [`ListenError::Bind`] where somebody else listens there.
pub fn bind_other_loopback(listener: &TcpListener) -> Result<Option<TcpListener>, ListenError> {
    let Ok(address) = listener.local_addr() else { return Ok(None) };
    let other: IpAddr = match address.ip() {
        IpAddr::V4(Ipv4Addr::LOCALHOST) => Ipv6Addr::LOCALHOST.into(),
        IpAddr::V6(Ipv6Addr::LOCALHOST) => Ipv4Addr::LOCALHOST.into(),
        _ => return Ok(None),
    };
    match bind(SocketAddr::new(other, address.port())) {
        Ok(listener) => Ok(Some(listener)),
        Err(ListenError::Bind { source, .. }) if source.kind() != io::ErrorKind::AddrInUse => Ok(None),
        Err(error) => Err(error),
    }
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
    let failed = |source| ListenError::Bind { variable: METRICS_ADDRESS, address, source };
    Ok(server.bind(address).map_err(failed)?.run())
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

/// SIGHUP, which from now on does not end the process. Within an asynchronous runtime only.
///
/// # Errors
/// Of the machine, when signals cannot be heard.
pub(crate) fn hangups() -> io::Result<Signal> {
    signal(SignalKind::hangup())
}

/// What is wrong with each of the files of TLS by itself.
pub(crate) fn wrong_tls_files(files: &TlsFiles) -> Vec<ListenError> {
    let authorities = files.client_ca.as_deref().and_then(|path| certificates(AUTHORITIES_FILE, path).err());
    let certificate = certificates(CERTIFICATE_FILE, &files.certificate).err();
    [authorities, certificate, private_key(&files.key).err()].into_iter().flatten().collect()
}

/// What TLS is spoken by.
///
/// # Errors
/// [`ListenError::Tls`] names the file that cannot be used.
pub(crate) fn tls_config(files: &TlsFiles) -> Result<ServerConfig, ListenError> {
    let builder = match &files.client_ca {
        None => ServerConfig::builder().with_no_client_auth(),
        Some(path) => {
            let failed = |cause: String| tls_error(AUTHORITIES_FILE, path, TlsProblem::Unusable(cause));
            let mut roots = RootCertStore::empty();
            for certificate in certificates(AUTHORITIES_FILE, path)? {
                roots.add(certificate).map_err(|error| failed(error.to_string()))?;
            }
            let verifier = WebPkiClientVerifier::builder(Arc::new(roots)).build();
            ServerConfig::builder().with_client_cert_verifier(verifier.map_err(|error| failed(error.to_string()))?)
        }
    };
    let chain = certificates(CERTIFICATE_FILE, &files.certificate)?;
    let key = private_key(&files.key)?;
    builder.with_single_cert(chain, key).map_err(|error| {
        let problem = match error {
            rustls::Error::InconsistentKeys(_) => TlsProblem::OtherKey,
            other => TlsProblem::Unusable(other.to_string()),
        };
        tls_error(CERTIFICATE_FILE, &files.certificate, problem)
    })
}

fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, ListenError> {
    PrivateKeyDer::from_pem_file(path).map_err(|error| pem_error(KEY_FILE, path, error))
}

/// The certificates of a file, the server's own first.
pub(crate) fn certificates(variable: &'static str, path: &Path) -> Result<Vec<CertificateDer<'static>>, ListenError> {
    let chain = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let chain = chain.map_err(|error| pem_error(variable, path, error))?;
    if chain.is_empty() { Err(tls_error(variable, path, TlsProblem::Nothing)) } else { Ok(chain) }
}

fn pem_error(variable: &'static str, path: &Path, error: pem::Error) -> ListenError {
    let problem = match error {
        pem::Error::Io(error) => TlsProblem::Io(error),
        pem::Error::NoItemsFound => TlsProblem::Nothing,
        other => TlsProblem::Unusable(other.to_string()),
    };
    tls_error(variable, path, problem)
}

fn tls_error(variable: &'static str, path: &Path, problem: TlsProblem) -> ListenError {
    ListenError::Tls { variable, path: path.to_owned(), problem }
}
