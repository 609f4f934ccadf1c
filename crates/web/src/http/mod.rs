//! The HTTP wing: what every request passes and every resource uses. Connections, admission, bodies, answers, problems.
//!
//! Invariant: it knows no resource. What is about accounts, forecasts or users lies in `api`, which uses this wing.

pub(crate) mod accept;
pub(crate) mod admission;
pub(crate) mod bearer;
pub(crate) mod blocking;
pub(crate) mod body;
pub(crate) mod client_address;
pub(crate) mod client_disconnect;
pub(crate) mod closed_sets;
pub(crate) mod connection_state;
pub(crate) mod context;
pub(crate) mod cookies;
pub(crate) mod cors;
pub(crate) mod csrf;
pub(crate) mod dashboard;
pub(crate) mod description;
pub(crate) mod documentation;
pub(crate) mod draining;
pub(crate) mod edge;
pub(crate) mod event_streams;
pub(crate) mod exports;
pub(crate) mod extract;
pub(crate) mod field_names;
pub(crate) mod idempotency;
pub(crate) mod in_flight;
pub(crate) mod language;
pub(crate) mod limits;
pub(crate) mod notes;
pub(crate) mod object;
pub(crate) mod origins;
pub(crate) mod places;
pub(crate) mod prefer;
pub(crate) mod problem;
pub(crate) mod problem_body;
pub(crate) mod quotas;
pub(crate) mod registry;
pub(crate) mod respond;
pub(crate) mod route_table;
pub(crate) mod settings;
pub(crate) mod state;
pub(crate) mod tarpit;
pub(crate) mod telemetry;
pub(crate) mod unmatched;
pub(crate) mod unread_request;
pub(crate) mod uploads;
