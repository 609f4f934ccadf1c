//! `atalaya serve`.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use atalaya_application::AppError;
use atalaya_domain::access::Operator;
use atalaya_infrastructure::clock::ProcessClock;
use atalaya_infrastructure::settings::{Profile, Settings};
use atalaya_web::Telemetry;
use tokio::signal::unix::Signal;

use super::users;
use super::{CommandError, remark, say, tell, text_of};
use crate::compose::{Core, VERSION};
use crate::logging::LogFile;
use crate::words::Words;
use crate::{demonstration, logging, serve};

/// How often the clock of the database is looked at.
const MEASURE_EVERY: Duration = Duration::from_secs(5);

/// Serves until SIGTERM or SIGINT.
pub(crate) fn run() -> Result<(), CommandError> {
    let settings = Settings::from_env()?;
    let log_file = logging::begin(&settings.log)?;
    logging::log_panics();
    warn_of_plain_http(&settings);
    for near in &settings.near_misses {
        tracing::warn!(event = "setting_unread", found = near.found, meant = near.meant, "a variable is not read");
    }
    let (listeners, place) = listen(&settings)?;
    // Before anything is made: a certificate that cannot be used is told at once.
    settings.listen.tls.as_ref().map(serve::tls_config).transpose()?;
    let clock = Arc::new(ProcessClock::default());
    let core = Core::open(&settings, Arc::clone(&clock) as _)?;
    core.follow_time(&clock)?;
    let first_start = settings.profile == Profile::Development
        && core.use_cases.companies.count(&Operator::at_the_machine().platform())? == 0;
    if first_start {
        tell(&Words::of("cli.serve.first_start"))?;
        demonstration::create(&core)?;
    }
    if settings.profile == Profile::Production
        && let Some(next) = users::next_step(&core)?
    {
        remark(&next);
    }
    let _watch = core.watch()?;
    let _upkeep = core.upkeep().begin()?;
    let _renewals = core.renewals().task("clock", MEASURE_EVERY, move || measured(&clock)).begin()?;
    let services = core.services(&settings)?;
    let demonstrated = services.http.edge.settings.demonstration_login.is_some();
    let system = actix_web::rt::System::new();
    // Before the workers: whoever ends this process from now on has it give back what they took.
    let heard = system.block_on(async {
        // Without a file SIGHUP ends the process, as a terminal that closes means it to.
        let rotated = log_file.map(|file| serve::hangups().map(|hangups| (hangups, file))).transpose()?;
        Ok((serve::Signals::hear()?, serve::terminated()?, rotated))
    });
    let (signals, terminated, rotated) = heard.map_err(|error: io::Error| AppError::internal(error))?;
    // Until the workers have given back their jobs.
    let _presence = core.database.show_presence()?;
    let workers = core.workers().begin()?;
    let stop_workers = workers.stopper();
    let training = Arc::clone(&core.use_cases.training);
    let limits = Arc::clone(&services.http.limits);
    let http = &services.http;
    let streams =
        [&http.job_streams, &http.table_streams, &http.session_streams, &http.graphql_sockets].map(Arc::clone);
    let telemetry = Arc::clone(&services.http.edge.telemetry);
    let draining = services.http.edge.draining.clone();
    system.block_on(async move {
        let api = serve::api(&services, listeners, settings.listen.tls.as_ref())?;
        actix_web::rt::spawn(serve::clean_up(limits));
        // Another process shall take the jobs while this one still answers the requests that it has, and who follows a
        // job or a session is no request to wait for.
        actix_web::rt::spawn(async move {
            terminated.await;
            stop_workers.tell();
            for streams in streams {
                streams.end();
            }
            if let Err(error) = serve::end_at_the_latest(settings.listen.shutdown_grace) {
                tracing::warn!(event = "last_resort_missing", %error, "nothing ends this process if it hangs");
            }
        });
        if let Some((hangups, file)) = rotated {
            actix_web::rt::spawn(reopen_at(hangups, file));
        }
        serve_metrics(telemetry, settings.listen.metrics_address);
        if settings.profile == Profile::Development {
            welcome(&settings, &place, demonstrated)?;
        }
        tracing::info!(event = "started", version = VERSION, address = %settings.listen.address, "listening");
        let ended = serve::until_signal(api, signals, draining, settings.listen.shutdown_grace).await;
        // Whoever waited for a run had the time of the drain for it.
        training.stop();
        ended?;
        tracing::info!(event = "stopped", "stopped");
        Ok(())
    })
}

/// Begins to listen, and says at which host and port a browser should be told to look. In development, where the API is
/// on the loopback, that is `localhost`: pages that are developed come from there, and to a browser `127.0.0.1` is
/// another site, whose refresh cookie they neither get nor send.
fn listen(settings: &Settings) -> Result<(Vec<TcpListener>, String), CommandError> {
    let address = settings.listen.address;
    let listener = serve::bind(address)?;
    if settings.profile != Profile::Development || !address.ip().is_loopback() {
        return Ok((vec![listener], address.to_string()));
    }
    match serve::bind_other_loopback(&listener) {
        Ok(other) => Ok((std::iter::once(listener).chain(other).collect(), format!("localhost:{}", address.port()))),
        Err(error) => {
            tracing::warn!(event = "localhost_taken", %error, "the name localhost may lead to another server");
            Ok((vec![listener], address.to_string()))
        }
    }
}

fn warn_of_plain_http(settings: &Settings) {
    if settings.profile == Profile::Production
        && settings.listen.tls.is_none()
        && !settings.listen.address.ip().is_loopback()
        && settings.web.trusted_proxies.is_empty()
    {
        tracing::warn!(
            event = "plain_http",
            "passwords and tokens travel in the clear: set TLS_CERT_FILE and TLS_KEY_FILE, or TRUSTED_PROXIES to the proxy that speaks TLS"
        );
    }
}

/// Opens the log file anew at every SIGHUP.
async fn reopen_at(mut hangups: Signal, log_file: LogFile) {
    while hangups.recv().await.is_some() {
        log_file.reopen();
    }
}

/// Looks at the clock of the database. While it is away, which others tell, time goes on from the last look.
fn measured(clock: &ProcessClock) -> Result<(), AppError> {
    match clock.measure() {
        Err(AppError::Unavailable { .. }) => Ok(()),
        measured => measured,
    }
}

/// Serves the metrics, where their address can be had.
fn serve_metrics(telemetry: Arc<Telemetry>, address: SocketAddr) {
    match serve::metrics(telemetry, address) {
        Ok(metrics) => {
            actix_web::rt::spawn(metrics);
        }
        // The API matters more than its counters: a second server on one machine is no reason not to start.
        Err(error) => {
            tracing::warn!(event = "metrics_away", %address, %error, "no metrics are served; METRICS_ADDRESS chooses another address");
        }
    }
}

/// Where to go, and with which credentials.
fn welcome(settings: &Settings, place: &str, demonstrated: bool) -> Result<(), CommandError> {
    let scheme = if settings.listen.tls.is_some() { "https" } else { "http" };
    let head = Words::of("cli.serve.head").with("version", VERSION).text();
    say(&format!("\n  {head}\n"))?;
    let url = settings.web.public_url.clone().unwrap_or_else(|| format!("{scheme}://{place}"));
    let mut lines = vec![("api", url.clone()), ("docs", format!("{url}/docs"))];
    if settings.web.dashboard {
        lines.insert(0, ("dashboard", format!("{url}/app/")));
    }
    if settings.profile == Profile::Development {
        lines.push(("graphiql", format!("{url}/graphiql")));
    }
    if demonstrated {
        let names: Vec<&str> = demonstration::usernames().collect();
        lines.extend([("users", names.join(", ")), ("password", demonstration::PASSWORD.to_owned())]);
    }
    for (label, value) in lines {
        let label = text_of("cli.serve.label", label);
        say(&format!("  {label:<12} {value}"))?;
    }
    say("")
}
