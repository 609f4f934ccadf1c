//! `atalaya openapi`, `atalaya config check`.

use std::io::{self, Write};

use atalaya_infrastructure::settings::{Profile, Settings};
use atalaya_web::Documentation;

use super::{CommandError, say};
use crate::compose::VERSION;

/// Writes the OpenAPI document.
pub(crate) fn openapi() -> Result<(), CommandError> {
    let documentation = Documentation::new(VERSION).map_err(|error| CommandError::Said(error.to_string()))?;
    Ok(io::stdout().write_all(documentation.json())?)
}

/// Checks every variable.
pub(crate) fn check_config() -> Result<(), CommandError> {
    let settings = Settings::from_env()?;
    let profile = match settings.profile {
        Profile::Development => "development",
        Profile::Production => "production",
    };
    say(&format!("the configuration is good ({profile})"))
}
