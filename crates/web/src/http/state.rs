//! What the HTTP layer keeps between requests: one struct, which extractors, middleware and handlers find in the
//! application's data.

use std::sync::Arc;

use crate::http::context::Edge;
use crate::http::event_streams::EventStreams;
use crate::http::exports::Exports;
use crate::http::idempotency::Idempotency;
use crate::http::limits::Limits;
use crate::http::pictures::Pictures;
use crate::http::quotas::QuotaPolicies;
use crate::http::route_table::RouteTable;
use crate::http::uploads::Uploads;

/// The parts of the HTTP layer. Its clones share them, so that every worker counts alike.
#[derive(Clone)]
pub struct HttpState {
    /// What the outermost layer needs.
    pub edge: Arc<Edge>,
    /// Rate limits of addresses and of logins.
    pub limits: Arc<Limits>,
    /// Quotas of users and companies.
    pub quotas: Arc<QuotaPolicies>,
    /// Lets a request that comes again have one effect.
    pub idempotency: Arc<Idempotency>,
    /// Places of those who follow jobs.
    pub job_streams: Arc<EventStreams>,
    /// Places of those who follow tables.
    pub table_streams: Arc<EventStreams>,
    /// Places of those who follow their session.
    pub session_streams: Arc<EventStreams>,
    /// Places of those who have a socket for subscriptions.
    pub graphql_sockets: Arc<EventStreams>,
    /// Places of what is followed over them.
    pub graphql_subscriptions: Arc<EventStreams>,
    /// Places of those who export.
    pub exports: Arc<Exports>,
    /// Turns of large uploads.
    pub uploads: Arc<Uploads>,
    /// Places of pictures that are read.
    pub pictures: Arc<Pictures>,
    /// Which paths there are, with which methods.
    pub route_table: Arc<RouteTable>,
}
