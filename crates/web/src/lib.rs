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
pub mod tabular;
mod tarpit;
mod telemetry;
mod text;
mod unread_request;
mod uploads;
mod users;

use std::sync::Arc;

use actix_governor::Governor;
use actix_web::body::BoxBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::{Compress, from_fn};
use actix_web::{App, Error, web};
use atalaya_application::accounts::Accounts;
use atalaya_application::audit::Audit;
use atalaya_application::companies::Companies;
use atalaya_application::forecasts::{Forecasts, Training};
use atalaya_application::jobs::Jobs;
use atalaya_application::observations::Observations;
use atalaya_application::sessions::Sessions;
use atalaya_application::users::Users;

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
pub use telemetry::{ObservedGauge, Telemetry};
pub use text::{Language, violation as violation_text};
pub use uploads::Uploads;

rust_i18n::i18n!("locales", fallback = "es");

/// Everything that the routes need; shared by every worker.
#[derive(Clone)]
pub struct Services {
    /// Logging in and knowing who asks.
    pub sessions: Arc<dyn Sessions>,
    /// Users.
    pub users: Arc<dyn Users>,
    /// Companies.
    pub companies: Arc<dyn Companies>,
    /// Accounts.
    pub accounts: Arc<dyn Accounts>,
    /// Observations.
    pub observations: Arc<dyn Observations>,
    /// Forecasts.
    pub forecasts: Arc<dyn Forecasts>,
    /// Training.
    pub training: Arc<dyn Training>,
    /// Jobs.
    pub jobs: Arc<dyn Jobs>,
    /// The audit log.
    pub audit: Arc<dyn Audit>,
    /// Answers that were written once.
    pub answers: Arc<AnswerMemory>,
    /// Tickets for requests that may come again.
    pub idempotency: Arc<Idempotency>,
    /// Places of those who follow jobs.
    pub streams: Arc<EventStreams>,
    /// Places of those who export.
    pub exports: Arc<Exports>,
    /// Turns of large uploads.
    pub uploads: Arc<Uploads>,
    /// Rate limits of addresses.
    pub limits: Arc<Limits>,
    /// Quotas of users and companies.
    pub quotas: Arc<QuotaPolicies>,
    /// The outermost layer's own needs.
    pub edge: Arc<Edge>,
    /// Health and metrics.
    pub operation: Arc<Operation>,
    /// The document.
    pub documentation: Arc<Documentation>,
    /// What paths there are.
    pub route_table: Arc<RouteTable>,
}

/// Builds the application of one worker. From the outside in: the edge, CORS, the limit of an address, compression, routes.
#[must_use]
pub fn app(services: &Services) -> App<impl WorkerService + use<>> {
    let mut router = Router::default();
    routes::register(&mut router);
    App::new()
        .app_data(web::Data::from(Arc::clone(&services.sessions)))
        .app_data(web::Data::from(Arc::clone(&services.users)))
        .app_data(web::Data::from(Arc::clone(&services.companies)))
        .app_data(web::Data::from(Arc::clone(&services.accounts)))
        .app_data(web::Data::from(Arc::clone(&services.observations)))
        .app_data(web::Data::from(Arc::clone(&services.forecasts)))
        .app_data(web::Data::from(Arc::clone(&services.training)))
        .app_data(web::Data::from(Arc::clone(&services.jobs)))
        .app_data(web::Data::from(Arc::clone(&services.audit)))
        .app_data(web::Data::from(Arc::clone(&services.answers)))
        .app_data(web::Data::from(Arc::clone(&services.idempotency)))
        .app_data(web::Data::from(Arc::clone(&services.streams)))
        .app_data(web::Data::from(Arc::clone(&services.exports)))
        .app_data(web::Data::from(Arc::clone(&services.uploads)))
        .app_data(web::Data::from(Arc::clone(&services.limits)))
        .app_data(web::Data::from(Arc::clone(&services.quotas)))
        .app_data(web::Data::from(Arc::clone(&services.edge)))
        .app_data(web::Data::from(Arc::clone(&services.operation)))
        .app_data(web::Data::from(Arc::clone(&services.documentation)))
        .app_data(web::Data::from(Arc::clone(&services.route_table)))
        .app_data(extract::query_config())
        .service(router.into_services())
        .default_service(web::to(route_table::unmatched))
        .wrap(from_fn(edge::leave_small_bodies))
        .wrap(Compress::default())
        .wrap(Governor::new(services.limits.edge()))
        .wrap(CorsForOrigins::new(&services.edge.settings.allowed_origins))
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
