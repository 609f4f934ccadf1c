//! `atalaya openapi` and `atalaya graphql`: what the program says of its own ways in.

use std::io::{self, Write};

use atalaya_application::AppError;
use atalaya_web::GraphqlSchema;

use super::CommandError;
use crate::compose::VERSION;

/// Writes the OpenAPI document.
pub(crate) fn openapi() -> Result<(), CommandError> {
    let documentation = atalaya_web::documentation(VERSION).map_err(AppError::internal)?;
    Ok(io::stdout().write_all(documentation.json().map_err(AppError::internal)?)?)
}

/// Writes the GraphQL schema.
pub(crate) fn graphql() -> Result<(), CommandError> {
    Ok(io::stdout().write_all(GraphqlSchema::new(true)?.sdl().as_bytes())?)
}
