//! `atalaya openapi`.

use std::io::{self, Write};

use atalaya_application::AppError;

use super::CommandError;
use crate::compose::VERSION;

/// Writes the OpenAPI document.
pub(crate) fn openapi() -> Result<(), CommandError> {
    let documentation = atalaya_web::documentation(VERSION).map_err(AppError::internal)?;
    Ok(io::stdout().write_all(documentation.json())?)
}
