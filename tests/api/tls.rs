//! The program where it ends TLS itself.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use atalaya_tests::{TestApp, TestDatabase, bank};
use rcgen::{CertifiedKey, KeyPair, generate_simple_self_signed};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned, SupportedProtocolVersion};

use crate::program::Program;

const NAME: &str = "localhost";

fn certificate() -> CertifiedKey<KeyPair> {
    generate_simple_self_signed([NAME.to_owned()]).unwrap()
}

/// The program on a database of its own, with a certificate, and whatever else the settings say.
struct Stage {
    database: TestDatabase,
    certificate: CertifiedKey<KeyPair>,
}

impl Stage {
    fn new() -> Self {
        Self { database: TestApp::start().with(bank("BCP")).stop(), certificate: certificate() }
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.database.folder().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Serves; with `clients`, only whoever shows that certificate.
    fn serve(&self, clients: Option<&CertifiedKey<KeyPair>>) -> Program {
        let certificate = self.file("certificate.pem", &self.certificate.cert.pem());
        let key = self.file("key.pem", &self.certificate.signing_key.serialize_pem());
        let mut settings =
            vec![("TLS_CERT_FILE", certificate.to_str().unwrap()), ("TLS_KEY_FILE", key.to_str().unwrap())];
        let authority = clients.map(|clients| self.file("clients.pem", &clients.cert.pem()));
        settings.extend(authority.as_ref().map(|path| ("TLS_CLIENT_CA_FILE", path.to_str().unwrap())));
        Program::serve(&self.database, &settings)
    }

    /// Asks for `path` over TLS of that version, and hears the answer.
    fn ask(
        &self,
        program: &Program,
        version: &'static SupportedProtocolVersion,
        own: Option<&CertifiedKey<KeyPair>>,
        request: &str,
    ) -> std::io::Result<String> {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.cert.der().clone()).unwrap();
        let builder = ClientConfig::builder_with_protocol_versions(&[version]).with_root_certificates(roots);
        let config = match own {
            None => builder.with_no_client_auth(),
            Some(own) => {
                let certificate = CertificateDer::from(own.cert.der().to_vec());
                let key = PrivateKeyDer::from_pem_slice(own.signing_key.serialize_pem().as_bytes()).unwrap();
                builder.with_client_auth_cert(vec![certificate], key).unwrap()
            }
        };
        let connection = ClientConnection::new(Arc::new(config), ServerName::try_from(NAME).unwrap()).unwrap();
        let mut stream = StreamOwned::new(connection, connect(program));
        stream.write_all(request.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }
}

fn connect(program: &Program) -> TcpStream {
    let stream = TcpStream::connect(program.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_mins(2))).unwrap();
    stream
}

const HEALTH: &str = "GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

#[test]
fn over_tls_every_answer_demands_tls_for_a_year() {
    let stage = Stage::new();
    let program = stage.serve(None);
    let unknown = "GET /no/such/path HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    for (version, request, status) in [(&TLS13, HEALTH, 200), (&TLS12, HEALTH, 200), (&TLS13, unknown, 404)] {
        let answer = stage.ask(&program, version, None, request).unwrap().to_lowercase();
        assert!(answer.starts_with(&format!("http/1.1 {status}")), "{answer}");
        assert!(answer.contains("strict-transport-security: max-age=31536000; includesubdomains\r\n"), "{answer}");
    }
}

#[test]
fn a_port_of_tls_answers_nobody_who_speaks_less() {
    let stage = Stage::new();
    let program = stage.serve(None);
    let heard = |bytes: &[u8]| {
        let mut stream = connect(&program);
        stream.write_all(bytes).unwrap();
        let mut answer = Vec::new();
        // Whoever is cut off has been answered, too.
        let _ = stream.read_to_end(&mut answer);
        answer
    };
    assert!(!String::from_utf8_lossy(&heard(HEALTH.as_bytes())).contains("HTTP/"), "plain HTTP is answered");
    // A client hello of TLS 1.1 (RFC 4346, 7.4.1.2): record, handshake, version, random, no session, two cipher suites,
    // no compression.
    let hello = [[3, 2].as_slice(), &[7; 32], &[0, 0, 4, 0xc0, 0x13, 0x00, 0x2f, 1, 0]].concat();
    let length = u8::try_from(hello.len()).unwrap();
    let record = [&[0x16, 3, 1, 0, length + 4, 1, 0, 0, length], hello.as_slice()].concat();
    let answer = heard(&record);
    // An alert (RFC 8446, 6.2) that ends the connection.
    assert_eq!((answer.first(), answer.get(5)), (Some(&0x15), Some(&2)), "{answer:?}");
}

#[test]
fn where_client_certificates_are_demanded_nobody_enters_without_the_right_one() {
    let (stage, client) = (Stage::new(), certificate());
    let program = stage.serve(Some(&client));
    let answer = stage.ask(&program, &TLS13, Some(&client), HEALTH).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    for stranger in [None, Some(&certificate())] {
        let refused = stage.ask(&program, &TLS13, stranger, HEALTH);
        assert!(refused.is_err(), "a stranger heard {refused:?}");
    }
}
