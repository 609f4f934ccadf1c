//! HTTP: routes, extractors, wire types, error bodies, the OpenAPI document.
//!
//! Not here: decisions. A handler turns a request into one use-case call and its result into an answer. Invariant: this
//! crate knows neither the database nor the models.

mod accept;
mod accounts;
mod admission;
mod audit;
mod auth;
mod bearer;
mod blocking;
mod body;
mod client_address;
mod client_disconnect;
mod closed_sets;
mod companies;
mod company_query;
mod connection_state;
mod context;
mod cookies;
mod cors;
mod csrf;
mod csv_lines;
mod cursor;
mod description;
mod documentation;
mod draining;
mod edge;
mod event_streams;
mod exports;
mod extract;
mod field_names;
mod forecasts;
mod idempotency;
mod in_flight;
mod jobs;
mod limits;
mod notes;
mod object;
pub mod observations;
mod openapi;
mod operation;
mod origins;
mod parse;
mod places;
mod prefer;
mod problem;
mod problem_body;
mod quotas;
mod registry;
mod respond;
mod route_table;
mod routes;
mod schemas;
mod settings;
mod state;
pub mod tabular;
mod tarpit;
mod telemetry;
mod text;
mod unmatched;
mod unread_request;
mod uploads;
mod users;

use std::sync::Arc;

use actix_governor::Governor;
use actix_web::body::BoxBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::{Compress, from_fn};
use actix_web::{App, Error, web};
use atalaya_application::UseCases;

use crate::cors::CorsForOrigins;
use crate::registry::Router;

pub use audit::{audit_head_json, read_audit_heads};
pub use body::{CSV_LIMIT, JSON_LIMIT};
pub use client_disconnect::keep_connection;
pub use connection_state::{ConnectionState, LastAnswer};
pub use context::{Edge, RequestIds};
pub use cookies::PresentedCookies;
pub use csv_lines::{Cell, CsvLines};
pub use documentation::{Documentation, PERMISSION};
pub use draining::Draining;
pub use event_streams::EventStreams;
pub use exports::{ExportLimits, Exports};
pub use forecasts::AnswerMemory;
pub use idempotency::Idempotency;
pub use in_flight::InFlight;
pub use limits::{Limits, ZeroLimit};
pub use openapi::documentation;
pub use operation::Operation;
pub use origins::AllowedOrigins;
pub use problem::Kind;
pub use quotas::QuotaPolicies;
pub use route_table::RouteTable;
pub use settings::{TrustedProxy, WebSettings};
pub use state::HttpState;
pub use telemetry::{ObservedGauge, Telemetry};
pub use text::{Language, violation as violation_text};
pub use uploads::Uploads;

rust_i18n::i18n!("locales", fallback = "es");

/// Everything that the routes need; shared by every worker.
#[derive(Clone)]
pub struct Services {
    /// What the program can do.
    pub use_cases: Arc<UseCases>,
    /// What the HTTP layer keeps between requests.
    pub http: HttpState,
    /// Answers that were written once.
    pub answers: Arc<AnswerMemory>,
    /// Health and metrics.
    pub operation: Arc<Operation>,
    /// The OpenAPI document.
    pub documentation: Arc<Documentation>,
}

/// Builds the application of one worker. From the outside in: the edge, CORS, the limit of an address, compression, routes.
#[must_use]
pub fn app(services: &Services) -> App<impl WorkerService + use<>> {
    let mut router = Router::default();
    routes::register(&mut router);
    App::new()
        .app_data(web::Data::from(Arc::clone(&services.use_cases)))
        .app_data(web::Data::new(services.http.clone()))
        .app_data(web::Data::from(Arc::clone(&services.answers)))
        .app_data(web::Data::from(Arc::clone(&services.operation)))
        .app_data(web::Data::from(Arc::clone(&services.documentation)))
        .app_data(extract::query_config())
        .service(router.into_services())
        .default_service(web::to(unmatched::unmatched))
        .wrap(from_fn(edge::leave_small_bodies))
        .wrap(Compress::default())
        .wrap(Governor::new(services.http.limits.edge()))
        .wrap(CorsForOrigins::new(&services.http.edge.settings.allowed_origins))
        .wrap(from_fn(edge::edge))
}

/// The service of one worker; a name for a type that cannot be written.
pub trait WorkerService:
    ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse<BoxBody>, Error = Error, InitError = ()>
{
}

impl<T> WorkerService for T where
    T: ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse<BoxBody>, Error = Error, InitError = ()>
{
}
