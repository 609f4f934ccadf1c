//! Ports: what the use cases need from outside, as object-safe traits. Infrastructure and prediction implement them.

pub mod audit;
pub mod forecaster;
pub mod idempotency;
pub mod identity;
pub mod jobs;
pub mod keys;
pub mod memory;
pub mod passwords;
pub mod quotas;
pub mod repositories;
pub mod runtime;
pub mod security;
pub mod store;
