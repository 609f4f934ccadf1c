//! `atalaya healthcheck`: asks the server of this configuration how it is.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use actix_web::rt::net::TcpStream;
use atalaya_infrastructure::settings::{Settings, TlsFiles};
use awc::error::{ConnectError, SendRequestError};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{WebPkiSupportedAlgorithms, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::{CommandError, tell};
use crate::serve;
use crate::words::{self, Words};

/// For the whole question. A server whose database is away says so within 2.5 s.
const PATIENCE: Duration = Duration::from_secs(4);
/// The longest part of an answer that is printed, in bytes.
const ANSWER: usize = 4096;

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Question {
    /// Whether the server may be sent requests.
    Ready,
    /// Whether its process lives.
    Live,
}

impl Question {
    fn path(self) -> &'static str {
        match self {
            Self::Ready => "/health/ready",
            Self::Live => "/health/live",
        }
    }

    fn so(self) -> Words {
        Words::of(match self {
            Self::Ready => "cli.health.ready",
            Self::Live => "cli.health.live",
        })
    }

    fn not_so(self) -> &'static str {
        match self {
            Self::Ready => "cli.health.not_ready",
            Self::Live => "cli.health.not_live",
        }
    }
}

/// Asks, and fails where the answer is not a good one or does not come in time.
///
/// Where the server demands certificates of its clients (`TLS_CLIENT_CA_FILE`) nothing can be asked without one. Then
/// it is enough that the server shows its own certificate, and the output says that nothing else was asked.
pub(crate) fn run(question: Question) -> Result<(), CommandError> {
    let settings = Settings::from_env()?;
    tell(&asked(&settings, question)?)
}

/// Asks the server of these settings, and gives what to say of it.
pub(crate) fn asked(settings: &Settings, question: Question) -> Result<Words, CommandError> {
    let address = reachable(settings.listen.address);
    let asked = actix_web::rt::System::new().block_on(async {
        // Within the runtime, which has the timer.
        timeout(PATIENCE, ask(settings, address, question)).await
    });
    let failed = |reason: Words| {
        let words = Words::of(question.not_so()).with("address", address);
        CommandError::Failed(words.with_words("reason", reason))
    };
    match asked {
        Ok(Ok(told)) => Ok(told),
        Ok(Err(reason)) => Err(failed(reason)),
        Err(_) => Err(failed(Words::of("cli.health.no_answer").with("seconds", PATIENCE.as_secs()))),
    }
}

async fn ask(settings: &Settings, address: SocketAddr, question: Question) -> Result<Words, Words> {
    let client = awc::Client::builder().disable_timeout().disable_redirects();
    // The name only fills `Host`: the address is the server's own, and of TLS the certificate itself is compared.
    let own = settings.listen.tls.as_ref().map(OwnCertificate::of).transpose()?.map(Arc::new);
    let (scheme, client) = match settings.listen.tls.as_ref().zip(own.as_ref()) {
        None => ("http", client.finish()),
        Some((files, own)) => {
            let config = Arc::new(own.trusted_alone()?);
            if files.client_ca.is_some() {
                own.is_shown_at(config, address).await?;
                return Ok(Words::of("cli.health.not_asked"));
            }
            ("https", client.connector(awc::Connector::new().rustls_0_23(config)).finish())
        }
    };
    let request = client.get(format!("{scheme}://localhost{}", question.path())).address(address);
    let mut answer = request.send().await.map_err(|error| unanswered(&error, own.as_deref()))?;
    if answer.status().is_success() {
        return Ok(question.so());
    }
    let body = answer.body().limit(ANSWER).await.unwrap_or_default();
    let said = String::from_utf8_lossy(&body);
    Err(Words::of("cli.health.status").with("status", answer.status()).with("body", said))
}

/// Why there was no answer, in words where the cause is known.
fn unanswered(error: &SendRequestError, own: Option<&OwnCertificate>) -> Words {
    match error {
        _ if own.is_some_and(|own| own.missed.load(Ordering::Relaxed)) => Words::of("cli.health.other_certificate"),
        SendRequestError::Connect(ConnectError::Io(error)) | SendRequestError::Send(error) => words::io(error),
        SendRequestError::Connect(ConnectError::Disconnected) => Words::of("cli.cause.broken"),
        SendRequestError::Response(_) => Words::of("cli.health.no_http"),
        error => caused(error),
    }
}

fn caused(error: &dyn std::fmt::Display) -> Words {
    Words::of("cli.cause.other").with("cause", error)
}

/// An address that listens everywhere is asked on loopback.
pub(crate) fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

/// Trusts one certificate, whatever names and authorities it has: the one that this configuration's server shows. It
/// names the server's address in the world, and the server is asked on the loopback.
#[derive(Debug)]
struct OwnCertificate {
    certificate: CertificateDer<'static>,
    algorithms: WebPkiSupportedAlgorithms,
    /// Whether a server proved that it has the certificate's key.
    proved: AtomicBool,
    /// Whether a server showed another one.
    missed: AtomicBool,
}

impl OwnCertificate {
    fn of(files: &TlsFiles) -> Result<Self, Words> {
        let chain = serve::certificates(serve::CERTIFICATE_FILE, &files.certificate);
        let chain = chain.map_err(|error| error.words())?;
        let certificate = chain.into_iter().next().ok_or_else(|| Words::of("cli.listen.no_certificate"))?;
        let algorithms = aws_lc_rs::default_provider().signature_verification_algorithms;
        Ok(Self { certificate, algorithms, proved: AtomicBool::default(), missed: AtomicBool::default() })
    }

    fn trusted_alone(self: &Arc<Self>) -> Result<ClientConfig, Words> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let builder = builder.map_err(|error| caused(&error))?.dangerous();
        Ok(builder.with_custom_certificate_verifier(Arc::clone(self) as _).with_no_client_auth())
    }

    /// Whether a server shows the certificate and has its key. What it says of us does not matter.
    async fn is_shown_at(&self, config: Arc<ClientConfig>, address: SocketAddr) -> Result<(), Words> {
        let socket = TcpStream::connect(address).await.map_err(|error| words::io(&error))?;
        let shaken = TlsConnector::from(config).connect(ServerName::from(address.ip()), socket).await;
        match shaken {
            _ if self.proved.load(Ordering::Relaxed) => Ok(()),
            _ if self.missed.load(Ordering::Relaxed) => Err(Words::of("cli.health.other_certificate")),
            Ok(_) => Err(Words::of("cli.health.unproved")),
            Err(error) => Err(words::io(&error)),
        }
    }

    fn note(&self, proved: Result<HandshakeSignatureValid, Error>) -> Result<HandshakeSignatureValid, Error> {
        self.proved.store(proved.is_ok(), Ordering::Relaxed);
        proved
    }
}

impl ServerCertVerifier for OwnCertificate {
    fn verify_server_cert(
        &self,
        shown: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if *shown == self.certificate {
            Ok(ServerCertVerified::assertion())
        } else {
            self.missed.store(true, Ordering::Relaxed);
            Err(Error::General("the server shows another certificate than that of TLS_CERT_FILE".to_owned()))
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.note(verify_tls12_signature(message, shown, signature, &self.algorithms))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.note(verify_tls13_signature(message, shown, signature, &self.algorithms))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
