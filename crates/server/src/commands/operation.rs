//! `atalaya openapi`, `atalaya config check`, `atalaya healthcheck`.

use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use atalaya_domain::company::Company;
use atalaya_infrastructure::settings::{DatabaseSettings, Profile, Settings};
use atalaya_web::Documentation;

use super::{CommandError, say};
use crate::compose::{VERSION, open_database};

/// A server that takes longer than this to say that it lives does not live well.
const PATIENCE: Duration = Duration::from_secs(3);

/// Writes the OpenAPI document.
pub(crate) fn openapi() -> Result<(), CommandError> {
    let documentation = Documentation::new(VERSION).map_err(|error| CommandError::Said(error.to_string()))?;
    Ok(io::stdout().write_all(documentation.json())?)
}

/// Checks every variable, and whether companies have names that look alike.
pub(crate) fn check_config() -> Result<(), CommandError> {
    let settings = Settings::from_env()?;
    let profile = match settings.profile {
        Profile::Development => "development",
        Profile::Production => "production",
    };
    say(&format!("the configuration is good ({profile})"))?;
    names_that_look_alike(&settings.database)
}

/// Names companies that look alike: since names are compared no new ones come, but those from before stay as they are. The
/// database is only read, and where it cannot be, that is no mistake of the configuration.
fn names_that_look_alike(settings: &DatabaseSettings) -> Result<(), CommandError> {
    if settings.file().is_some_and(|file| !file.exists()) {
        return Ok(());
    }
    let alike = open_database(settings, 1, Vec::new()).and_then(|database| database.companies_that_look_alike());
    let alike = match alike {
        Ok(alike) => alike,
        Err(error) => return say(&format!("the names of companies were not compared: {error}")),
    };
    for group in alike {
        let named = |company: &Company| format!("{:?} (id {})", company.name.as_str(), company.id.get());
        let names: Vec<String> = group.iter().map(named).collect();
        say(&format!("these companies have names that look alike; rename all but one: {}", names.join(", ")))?;
    }
    Ok(())
}

/// Asks the server of this configuration whether it lives. Where it speaks TLS, its certificate names the world's address of
/// the server and not the loopback one, so there only the connection is tried.
pub(crate) fn healthcheck() -> Result<(), CommandError> {
    let settings = Settings::from_env()?;
    let address = reachable(settings.listen.address);
    let failed = |reason: String| CommandError::Said(format!("{address} does not answer: {reason}"));
    if settings.listen.tls.is_some() {
        let connected = TcpStream::connect_timeout(&address, PATIENCE);
        connected.map_err(|error| failed(error.to_string()))?;
        return say("healthy (it takes connections; its certificate was not checked)");
    }
    let asked = actix_web::rt::System::new().block_on(async {
        let client = awc::Client::builder().timeout(PATIENCE).finish();
        client.get(format!("http://{address}/health/live")).send().await.map(|response| response.status())
    });
    match asked {
        Ok(status) if status.is_success() => say("healthy"),
        Ok(status) => Err(failed(status.to_string())),
        Err(error) => Err(failed(error.to_string())),
    }
}

/// An address that listens everywhere is asked on loopback.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}
