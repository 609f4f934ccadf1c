//! The composition root: what the `atalaya` binary is made of. The binary itself only reads its arguments.
//!
//! Not here: rules. This crate builds every adapter, hands it to the use cases and starts the servers.

pub mod cli;
mod commands;
pub mod compose;
mod connections;
pub mod demonstration;
mod listening;
pub mod logging;
pub mod series_file;
pub mod serve;
pub mod upkeep;
pub mod words;
pub mod workers;
