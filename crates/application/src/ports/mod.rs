//! Ports: what the use cases need from outside, as object-safe traits. Infrastructure and prediction implement them.

pub mod audit;
pub mod calendar;
pub mod covariates;
pub mod digits;
pub mod forecaster;
pub mod idempotency;
pub mod identity;
pub mod installation;
pub mod job_payload;
pub mod jobs;
pub mod keys;
pub mod login_failures;
pub mod memory;
mod outcome;
pub mod passwords;
pub mod platform;
pub mod quotas;
pub mod repositories;
pub mod retention;
pub mod retyping;
pub mod runtime;
pub mod security;
pub mod store;
pub mod tables;
pub mod trash;
pub mod views;
