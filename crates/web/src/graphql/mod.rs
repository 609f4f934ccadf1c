//! The GraphQL wing: one endpoint over the same use cases, permissions and problems as the resources of `api`.
//!
//! Invariant: a field reads and changes nothing without a [`Granted`](query_context::Granted), which only the admission
//! code of `http` lets pass. What a query may cost is decided before anything of it runs.

pub(crate) mod accounts;
pub(crate) mod costs;
pub(crate) mod document;
pub(crate) mod faults;
pub(crate) mod forecasts;
pub(crate) mod jobs;
pub(crate) mod lexical;
pub(crate) mod loader;
pub(crate) mod mutations;
pub(crate) mod observations;
pub(crate) mod pages;
pub(crate) mod people;
pub(crate) mod persisted;
pub(crate) mod queries;
pub(crate) mod query_context;
pub(crate) mod refusal;
pub(crate) mod scalars;
pub(crate) mod schema;
pub(crate) mod sessions;
pub(crate) mod socket;
pub(crate) mod subscriptions;
pub(crate) mod tables;
pub(crate) mod transport;
pub(crate) mod variables;
