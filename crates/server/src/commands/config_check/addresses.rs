//! The addresses that are listened on: whether they are this machine's and free.

use std::io::{ErrorKind, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::time::Duration;

use atalaya_infrastructure::settings::{Profile, Settings};

use super::{Finding, Grade};
use crate::commands::healthcheck::{self, Question};
use crate::serve::{self, BIND_ADDRESS, ListenError, METRICS_ADDRESS};
use crate::words::Words;

/// How long the counters of a running server may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// What only this program counts.
const OWN_COUNTER: &[u8] = b"atalaya_";

pub(super) fn look(settings: &Settings) -> Vec<Finding> {
    let api = settings.listen.address;
    let metrics = settings.listen.metrics_address;
    let serves = || healthcheck::asked(settings, Question::Live).is_ok();
    // The server starts without its counters: that is no failure.
    let counters = || counts(metrics).unwrap_or(false);
    let of_metrics = if overlap(settings) {
        let words = Words::of("cli.config.address.shared").with("address", metrics).with("api", api);
        Finding::new(Grade::Bad, METRICS_ADDRESS, &words)
    } else {
        finding(METRICS_ADDRESS, metrics, Grade::Note, counters)
    };
    vec![finding(BIND_ADDRESS, api, Grade::Bad, serves), of_metrics]
}

/// Whether the API takes the address of the counters. In development it takes both loopback addresses.
fn overlap(settings: &Settings) -> bool {
    let (api, metrics) = (settings.listen.address, settings.listen.metrics_address);
    let both = [api.ip(), metrics.ip()];
    let one_host = api.ip() == metrics.ip()
        || both.iter().any(IpAddr::is_unspecified)
        || (settings.profile == Profile::Development && both.iter().all(IpAddr::is_loopback));
    api.port() != 0 && api.port() == metrics.port() && one_host
}

/// One that is taken by a server of this program is what is expected beside it.
fn finding(variable: &'static str, address: SocketAddr, if_taken: Grade, is_ours: impl FnOnce() -> bool) -> Finding {
    let found = |grade, key| Finding::new(grade, variable, &Words::of(key).with("address", address));
    match serve::bind(address) {
        Ok(_) => found(Grade::Good, "cli.config.address.free"),
        Err(ListenError::Bind { source, .. }) if source.kind() == ErrorKind::AddrInUse && is_ours() => {
            found(Grade::Note, "cli.config.address.ours")
        }
        Err(ListenError::Bind { source, .. }) => {
            let taken = source.kind() == ErrorKind::AddrInUse;
            let error = ListenError::Bind { variable, address, source };
            let grade = if taken { if_taken } else { Grade::Bad };
            Finding::of(grade, &error.of_variable())
        }
        Err(error) => Finding::of(Grade::Bad, &error.of_variable()),
    }
}

/// Whether the counters of this program are at that address.
fn counts(address: SocketAddr) -> std::io::Result<bool> {
    let mut stream = TcpStream::connect_timeout(&healthcheck::reachable(address), PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(b"GET /metrics HTTP/1.0\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.take(1 << 20).read_to_end(&mut answer)?;
    Ok(answer.windows(OWN_COUNTER.len()).any(|part| part == OWN_COUNTER))
}
