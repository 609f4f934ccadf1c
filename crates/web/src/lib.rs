//! HTTP: routes, extractors, wire types, error bodies, the OpenAPI document.
//!
//! Not here: decisions. A handler turns a request into one use-case call and its result into an answer. Invariant: this
//! crate knows neither the database nor the models.

mod api;
mod graphql;
mod http;

use std::sync::Arc;

use actix_governor::Governor;
use actix_web::body::BoxBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::{Compress, from_fn};
use actix_web::{App, Error, web};
use atalaya_application::UseCases;

use crate::http::cors::CorsForOrigins;
use crate::http::registry::Router;

pub use api::accounts::account_json;
pub use api::audit::{audit_head_json, read_audit_heads};
pub use api::companies::company_json;
pub use api::csv_lines::{Cell, CsvLines};
pub use api::forecasts::AnswerMemory;
pub use api::openapi::documentation;
pub use api::operation::Operation;
pub use api::tables::asked::read_filter;
pub use api::tables::export::{CsvForm, csv_part};
pub use api::tables::import::file as import_file;
pub use api::tables::view_query::kept_filter;
pub use api::users::user_json;
pub use api::{observations, tabular};
pub use graphql::schema::GraphqlSchema;
pub use http::body::{JSON_LIMIT, TABLE_LIMIT};
pub use http::client_disconnect::keep_connection;
pub use http::connection_state::{ConnectionState, LastAnswer};
pub use http::context::{Edge, RequestIds};
pub use http::cookies::PresentedCookies;
pub use http::documentation::{Documentation, PERMISSION};
pub use http::draining::Draining;
pub use http::event_streams::EventStreams;
pub use http::exports::{ExportLimits, Exports};
pub use http::idempotency::Idempotency;
pub use http::in_flight::InFlight;
pub use http::limits::{Limits, ZeroLimit};
pub use http::origins::AllowedOrigins;
pub use http::pictures::Pictures;
pub use http::problem::Kind;
pub use http::quotas::QuotaPolicies;
pub use http::route_table::RouteTable;
pub use http::settings::{DemonstrationLogin, TrustedProxy, WebSettings};
pub use http::state::HttpState;
pub use http::telemetry::{ObservedGauge, Telemetry};
pub use http::uploads::Uploads;

/// Everything that the routes need; shared by every worker.
#[derive(Clone)]
pub struct Services {
    /// What the program can do.
    pub use_cases: Arc<UseCases>,
    /// What the HTTP layer keeps between requests.
    pub http: HttpState,
    /// Answers that were written once.
    pub answers: Arc<AnswerMemory>,
    /// What `/health` checks, and since when the process runs.
    pub operation: Arc<Operation>,
    /// The OpenAPI document, ready to serve.
    pub documentation: Arc<Documentation>,
    /// The GraphQL schema.
    pub graphql: Arc<GraphqlSchema>,
}

/// Builds the application of one worker. From the outside in: the edge, CORS, the limit of an address, compression,
/// routes.
#[must_use]
pub fn app(services: &Services) -> App<impl WorkerService + use<>> {
    let mut router = Router::default();
    api::routes::register(&mut router);
    App::new()
        .app_data(web::Data::from(Arc::clone(&services.use_cases)))
        .app_data(web::Data::new(services.http.clone()))
        .app_data(web::Data::from(Arc::clone(&services.answers)))
        .app_data(web::Data::from(Arc::clone(&services.operation)))
        .app_data(web::Data::from(Arc::clone(&services.documentation)))
        .app_data(web::Data::from(Arc::clone(&services.graphql)))
        .app_data(http::extract::query_config())
        .service(router.into_services())
        .default_service(web::to(http::unmatched::unmatched))
        .wrap(from_fn(http::edge::leave_small_bodies))
        .wrap(Compress::default())
        .wrap(Governor::new(services.http.limits.edge()))
        .wrap(CorsForOrigins::new(&services.http.edge.settings.allowed_origins))
        .wrap(from_fn(http::edge::edge))
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
