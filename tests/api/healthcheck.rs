//! `atalaya healthcheck`, as containers ask it.

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;

use atalaya_application::ports::runtime::{Finding, Health, Probe};
use atalaya_tests::app::variables;
use atalaya_tests::{TestApp, TestDatabase};
use atalaya_web::Operation;
use rcgen::{CertifiedKey, KeyPair, generate_simple_self_signed};

use crate::command_line::run;
use crate::program::{Program, free_address};

/// Asks the server at that address, under these settings besides the suite's: whether it is well, and what is said.
fn asked(database: &TestDatabase, address: SocketAddr, more: &[(&str, &str)], arguments: &[&str]) -> (bool, String) {
    let address = address.to_string();
    let changes = [&[("BIND_ADDRESS", address.as_str())][..], more].concat();
    let settings = variables(database, &changes);
    let settings: Vec<_> = settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let output = run(database, &[&["healthcheck"][..], arguments].concat(), &settings, "");
    let text = if output.status.success() { &output.stdout } else { &output.stderr };
    assert!([Some(0), Some(1)].contains(&output.status.code()), "{output:?}");
    (output.status.success(), String::from_utf8_lossy(text).into_owned())
}

/// A database that is away.
struct Away;

impl Probe for Away {
    fn name(&self) -> &'static str {
        "database"
    }

    fn check(&self) -> Finding {
        Finding::because(Health::Unhealthy, "database_away")
    }
}

/// A server that says so of its database.
pub(crate) fn without_database() -> TestApp {
    TestApp::adjusted(|services| {
        let Operation { clock, started, .. } = &*services.operation;
        let (clock, started) = (Arc::clone(clock), *started);
        services.operation = Arc::new(Operation { probes: vec![Arc::new(Away)], clock, started });
    })
}

#[test]
fn a_server_whose_database_is_away_lives_and_is_not_ready() {
    let well = TestApp::start();
    assert_eq!(asked(&well.database, well.address(), &[], &[]), (true, "ready\n".to_owned()));
    let app = without_database();
    let (ready, said) = asked(&app.database, app.address(), &[], &[]);
    assert!(!ready && said.contains("503") && said.contains(r#""database":"unhealthy""#), "{said}");
    assert_eq!(asked(&app.database, app.address(), &[], &["--live"]), (true, "live\n".to_owned()));
}

#[test]
fn a_server_that_is_about_to_end_lives_and_is_not_ready() {
    let database = TestDatabase::default();
    let program = Program::serve(&database, &[("SHUTDOWN_GRACE_SECONDS", "300")]);
    program.await_start();
    program.terminate();
    while !program.printed().contains("draining") {
        std::thread::yield_now();
    }
    let (ready, said) = asked(&database, program.address, &[], &[]);
    assert!(!ready && said.contains(r#""draining":"unhealthy""#), "{said}");
    assert!(asked(&database, program.address, &[], &["--live"]).0);
}

#[test]
fn a_server_that_takes_connections_and_answers_none_is_not_well() {
    let tls = Files::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    for (settings, arguments) in
        [(Vec::new(), ["--live"].as_slice()), (tls.settings(false), &[]), (tls.settings(true), &[])]
    {
        let settings: Vec<_> = settings.iter().map(|(name, path)| (*name, path.to_str().unwrap())).collect();
        let (well, said) = asked(&tls.database, address, &settings, arguments);
        assert!(!well && said.contains("no answer"), "{said}");
    }
}

/// A certificate that no authority signed and that names no address, in files of its own.
struct Files {
    database: TestDatabase,
    own: CertifiedKey<KeyPair>,
}

impl Files {
    fn new() -> Self {
        Self {
            database: TestDatabase::default(),
            own: generate_simple_self_signed(["atalaya.bank.example".to_owned()]).unwrap(),
        }
    }

    fn settings(&self, demands_certificates: bool) -> Vec<(&'static str, PathBuf)> {
        let file = |name: &str, text: String| -> PathBuf {
            let path = self.database.folder().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let mut settings = vec![
            ("TLS_CERT_FILE", file("certificate.pem", self.own.cert.pem())),
            ("TLS_KEY_FILE", file("key.pem", self.own.signing_key.serialize_pem())),
        ];
        if demands_certificates {
            settings.push(("TLS_CLIENT_CA_FILE", file("clients.pem", self.own.cert.pem())));
        }
        settings
    }
}

#[test]
fn over_tls_exactly_the_servers_own_certificate_is_trusted() {
    let (own, other) = (Files::new(), Files::new());
    let paths = own.settings(false);
    let settings: Vec<_> = paths.iter().map(|(name, path)| (*name, path.to_str().unwrap())).collect();
    let program = Program::serve(&own.database, &settings);
    program.await_start();
    let (ready, said) = asked(&own.database, program.address, &settings, &[]);
    // The program judges the disk of the machine that tests it, which may be nearly full.
    assert!(ready || said.contains(r#""disk_space":"unhealthy""#), "{said}");
    assert_eq!(asked(&own.database, program.address, &settings, &["--live"]), (true, "live\n".to_owned()));
    let paths = other.settings(false);
    let settings: Vec<_> = paths.iter().map(|(name, path)| (*name, path.to_str().unwrap())).collect();
    let (well, said) = asked(&other.database, program.address, &settings, &[]);
    assert!(!well, "another certificate is trusted: {said}");
    let (well, said) = asked(&other.database, program.address, &[], &[]);
    assert!(!well, "it is asked in the clear: {said}");
}

#[test]
fn where_clients_need_certificates_it_says_what_was_not_asked() {
    let (own, other) = (Files::new(), Files::new());
    let paths = own.settings(true);
    let settings: Vec<_> = paths.iter().map(|(name, path)| (*name, path.to_str().unwrap())).collect();
    let program = Program::serve(&own.database, &settings);
    program.await_start();
    let (well, said) = asked(&own.database, program.address, &settings, &[]);
    assert!(well && said.contains("was not asked") && said.contains("TLS_CLIENT_CA_FILE"), "{said}");
    let paths = other.settings(true);
    let settings: Vec<_> = paths.iter().map(|(name, path)| (*name, path.to_str().unwrap())).collect();
    let (well, said) = asked(&other.database, program.address, &settings, &[]);
    assert!(!well, "another certificate is trusted: {said}");
}

#[test]
fn why_there_is_no_answer_is_told_in_the_readers_language() {
    let (own, other) = (Files::new(), Files::new());
    let closed = free_address();
    let of = |files: &Files| files.settings(false);
    let paths = of(&own);
    let settings: Vec<_> = paths.iter().map(|(name, path)| (*name, path.to_str().unwrap())).collect();
    let program = Program::serve(&own.database, &settings);
    program.await_start();
    let paths = of(&other);
    let of_other: Vec<_> = paths.iter().map(|(name, path)| (*name, path.to_str().unwrap())).collect();
    for (address, settings, english, spanish) in [
        (closed, &[][..], "nothing listens there", "nadie atiende en esa dirección"),
        (program.address, &of_other, "shows another certificate than", "muestra otro certificado que el de"),
        (program.address, &[], "what answers speaks no HTTP", "lo que responde no habla HTTP"),
    ] {
        for (locale, words) in [("C", english), ("es_PE.UTF-8", spanish)] {
            let settings = [settings, &[("LC_ALL", locale)]].concat();
            let (well, said) = asked(&other.database, address, &settings, &[]);
            assert!(!well && said.contains(words), "{locale}: {said}");
        }
    }
}
