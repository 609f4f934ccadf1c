//! The files of TLS: whether they can be used together, and until when.

use std::sync::Arc;
use std::time::Duration;

use atalaya_application::ports::runtime::Clock;
use atalaya_infrastructure::runtime::SystemClock;
use atalaya_infrastructure::settings::{Settings, TlsFiles};
use chrono::{DateTime, TimeDelta, Utc};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, Error, RootCertStore};

use super::{Finding, Grade};
use crate::serve::{self, CERTIFICATE_FILE};
use crate::words::Words;

/// A certificate that ends sooner than this is worth a note.
const SOON: TimeDelta = TimeDelta::days(30);
/// After the end of every certificate that has one (RFC 5280, 4.1.2.5), in seconds.
const END_OF_TIME: u64 = 253_402_300_800;

pub(super) fn look(settings: &Settings) -> Vec<Finding> {
    let Some(files) = &settings.listen.tls else { return Vec::new() };
    let wrong = serve::wrong_tls_files(files);
    if wrong.is_empty() {
        return vec![together(files)];
    }
    wrong.iter().map(|error| Finding::of(Grade::Bad, &error.of_variable())).collect()
}

/// Files that can be read: whether they belong together, and until when.
fn together(files: &TlsFiles) -> Finding {
    let found = |grade, words: Words| Finding::new(grade, CERTIFICATE_FILE, &words);
    if let Err(error) = serve::tls_config(files) {
        return Finding::of(Grade::Bad, &error.of_variable());
    }
    let first = serve::certificates(CERTIFICATE_FILE, &files.certificate).ok().and_then(|all| all.into_iter().next());
    let Some((begin, end)) = first.and_then(|certificate| validity(&certificate)) else {
        return found(Grade::Good, Words::of("cli.config.tls.good"));
    };
    let now = SystemClock.now();
    let day = |at: DateTime<Utc>| at.format("%Y-%m-%d").to_string();
    if begin.is_some_and(|begin| begin > now) {
        return found(Grade::Bad, Words::of("cli.config.tls.not_yet").with("date", begin.map(day).unwrap_or_default()));
    }
    match end {
        None => found(Grade::Good, Words::of("cli.config.tls.good")),
        Some(end) if end <= now => found(Grade::Bad, Words::of("cli.config.tls.expired").with("date", day(end))),
        Some(end) if end <= now + SOON => found(Grade::Note, Words::of("cli.config.tls.soon").with("date", day(end))),
        Some(end) => found(Grade::Good, Words::of("cli.config.tls.until").with("date", day(end))),
    }
}

type Validity = (Option<DateTime<Utc>>, Option<DateTime<Utc>>);

/// From when until when a certificate is valid. The library tells both by refusing it at the beginning and at the end
/// of time, before it asks who signed it.
fn validity(certificate: &CertificateDer<'_>) -> Option<Validity> {
    let mut roots = RootCertStore::empty();
    roots.add(certificate.clone().into_owned()).ok()?;
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build().ok()?;
    let name = ServerName::try_from("localhost").ok()?;
    let refusal = |seconds| {
        let at = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        match verifier.verify_server_cert(certificate, &[], &name, &[], at) {
            Err(Error::InvalidCertificate(refusal)) => Some(refusal),
            _ => None,
        }
    };
    let time = |time: UnixTime| DateTime::from_timestamp(i64::try_from(time.as_secs()).ok()?, 0);
    let begin = match refusal(0) {
        Some(CertificateError::NotValidYetContext { not_before, .. }) => time(not_before),
        _ => None,
    };
    let end = match refusal(END_OF_TIME) {
        Some(CertificateError::ExpiredContext { not_after, .. }) => time(not_after),
        _ => None,
    };
    Some((begin, end))
}
