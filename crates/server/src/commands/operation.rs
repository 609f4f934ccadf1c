//! `atalaya openapi`, `atalaya config check`.

use std::io::{self, Write};

use atalaya_domain::company::Company;
use atalaya_infrastructure::settings::{DatabaseSettings, Profile, Settings};

use super::{CommandError, say};
use crate::compose::{VERSION, open_database};

/// Writes the OpenAPI document.
pub(crate) fn openapi() -> Result<(), CommandError> {
    let documentation = atalaya_web::documentation(VERSION).map_err(|error| CommandError::Said(error.to_string()))?;
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
    for advice in settings.advice() {
        say(&format!("consider: {advice}"))?;
    }
    names_that_look_alike(&settings.database)
}

/// Names companies that look alike: since names are compared no new ones come, but those from before stay as they are.
/// The database is only read, and where it cannot be, that is no mistake of the configuration.
fn names_that_look_alike(settings: &DatabaseSettings) -> Result<(), CommandError> {
    if settings.file().is_some_and(|file| !file.exists()) {
        return Ok(());
    }
    let alike =
        open_database(settings, 1, Vec::new()).and_then(|database| database.setup().companies_that_look_alike());
    let alike = match alike {
        Ok(alike) => alike,
        Err(error) => return say(&format!("the names of companies were not compared: {error}")),
    };
    for group in alike {
        let named = |company: &Company| format!("{:?} (id {})", company.name.as_str(), company.id.get());
        let companies: Vec<String> = group.iter().map(named).collect();
        say(&format!("these companies have names that look alike; rename all but one: {}", companies.join(", ")))?;
    }
    Ok(())
}
