//! `atalaya serve`.

use std::sync::Arc;

use atalaya_application::AppError;
use atalaya_infrastructure::runtime::SystemClock;
use atalaya_infrastructure::settings::{Profile, Settings};

use super::{CommandError, say};
use crate::compose::{Core, VERSION};
use crate::{demonstration, logging, serve};

/// Serves until SIGTERM or SIGINT.
pub(crate) fn run() -> Result<(), CommandError> {
    let settings = Settings::from_env()?;
    logging::begin(&settings.log)?;
    logging::log_panics();
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
    let listener = serve::bind(settings.listen.address)?;
    let core = Core::open(&settings, Arc::new(SystemClock))?;
    let first_start = settings.profile == Profile::Development && core.database.company_count()? == 0;
    if first_start {
        say("First start: making demonstration data, a few seconds …")?;
        demonstration::create(&core)?;
    }
    let _watch = core.watch()?;
    let _upkeep = core.upkeep().begin()?;
    let _renewals = core.renewals().begin()?;
    let services = core.services(&settings)?;
    let workers = core.workers().begin()?;
    let stop_workers = workers.stopper();
    let training = Arc::clone(&core.training);
    let demonstrated = demonstration::is_in(&core)?;
    let limits = Arc::clone(&services.limits);
    let telemetry = Arc::clone(&services.edge.telemetry);
    let metrics_address = settings.listen.metrics_address;
    actix_web::rt::System::new().block_on(async move {
        let api = serve::api(services, listener, settings.listen.tls.as_ref())?;
        actix_web::rt::spawn(serve::clean_up(limits));
        let terminated = serve::terminated().map_err(AppError::internal)?;
        // Another process shall take the jobs while this one still answers the requests that it has.
        actix_web::rt::spawn(async move {
            terminated.await;
            stop_workers.tell();
        });
        match serve::metrics(telemetry, metrics_address) {
            Ok(metrics) => {
                actix_web::rt::spawn(metrics);
            }
            // The API matters more than its counters: a second server on one machine is no reason not to start.
            Err(error) => {
                tracing::warn!(event = "metrics_away", address = %metrics_address, %error, "no metrics are served; METRICS_ADDRESS chooses another address");
            }
        }
        if settings.profile == Profile::Development {
            welcome(&settings, demonstrated)?;
        }
        tracing::info!(event = "started", version = VERSION, address = %settings.listen.address, "listening");
        let ended = api.await;
        // Whoever waited for a run had the time of the drain for it.
        training.stop();
        ended?;
        tracing::info!(event = "stopped", "stopped");
        Ok(())
    })
}

/// Where to go, and with which credentials.
fn welcome(settings: &Settings, demonstrated: bool) -> Result<(), CommandError> {
    let scheme = if settings.listen.tls.is_some() { "https" } else { "http" };
    let address = settings.listen.address;
    say(&format!("\n  Atalaya {VERSION}, development\n"))?;
    say(&format!("  API      {scheme}://{address}\n  Docs     {scheme}://{address}/docs"))?;
    if demonstrated {
        let names: Vec<&str> = demonstration::usernames().collect();
        say(&format!("  Users    {}\n  Password {}", names.join(", "), demonstration::PASSWORD))?;
    }
    say("")
}
