//! Health, metrics, keys, the OpenAPI document: what operators and tools ask for.

use std::collections::BTreeMap;
use std::future::{self, Ready};
use std::marker::PhantomData;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{FromRequest, HttpRequest, HttpResponse, mime, web};
use atalaya_application::AppError;
use atalaya_application::UseCases;
use atalaya_application::ports::runtime::{Clock, Finding, Health, Probe};
use atalaya_application::ports::security::{PublicKey, PublicPoint};
use atalaya_domain::signing_key::{KEY_SET_CACHE, KeyAlgorithm};
use atalaya_texts::{self as texts, Language};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::parse::wire_time;
use crate::api::schemas::{CurveWord, EnvironmentWord, HealthWord, KeyAlgorithmWord, KeyTypeWord, KeyUseWord};
use crate::http::accept::prefers;
use crate::http::blocking;
use crate::http::context::Edge;
use crate::http::description::{Describe, Description, SharedRefusal};
use crate::http::documentation::Documentation;
use crate::http::language::ReaderLanguage;
use crate::http::problem::{Kind, Problem};
use crate::http::respond::{PolledResponse, polled_bytes};
use crate::http::settings::WebSettings;
use crate::http::state::HttpState;

/// Whether an operator lets everybody read something; it is not there otherwise.
pub(crate) trait Publication: 'static {
    /// As the settings say.
    fn is_public(settings: &WebSettings) -> bool;
}

/// The document and the page that shows it.
pub(crate) struct Docs;

impl Publication for Docs {
    fn is_public(settings: &WebSettings) -> bool {
        settings.public_docs
    }
}

/// What the process is and for how long.
pub(crate) struct Metrics;

impl Publication for Metrics {
    fn is_public(settings: &WebSettings) -> bool {
        settings.public_metrics
    }
}

/// The settings, where they make `P` public.
pub(crate) struct Published<P>(Arc<Edge>, PhantomData<P>);

impl<P: Publication> FromRequest for Published<P> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let edge = request.app_data::<web::Data<HttpState>>().map(|http| &http.edge);
        let edge = edge.filter(|edge| P::is_public(&edge.settings)).ok_or(Problem::Http(Kind::ROUTE_NOT_FOUND));
        future::ready(edge.map(|edge| Self(Arc::clone(edge), PhantomData)))
    }
}

impl<P> Published<P> {
    pub(super) fn settings(&self) -> &WebSettings {
        &self.0.settings
    }
}

impl<P> Describe for Published<P> {
    fn describe(description: &mut Description) {
        description.refusals.insert(SharedRefusal::NOT_FOUND);
    }
}

/// What operation needs.
pub struct Operation {
    /// Checks of `GET /health`.
    pub probes: Vec<Arc<dyn Probe>>,
    /// Dates what is found, and counts the uptime.
    pub clock: Arc<dyn Clock>,
    /// When the process began.
    pub started: DateTime<Utc>,
}

/// The state of the service.
#[derive(Serialize, ToSchema)]
pub(crate) struct HealthResponse {
    /// `healthy` or `unhealthy`.
    #[schema(value_type = HealthWord)]
    status: &'static str,
    /// When this was found.
    #[schema(format = DateTime)]
    timestamp: String,
    /// `healthy`, `warning` or `unhealthy`, by part.
    #[schema(value_type = std::collections::HashMap<String, HealthWord>)]
    checks: BTreeMap<&'static str, &'static str>,
    /// What is wrong with a part and what to do, by part, in the language that is asked for; only where it is known.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    details: BTreeMap<&'static str, String>,
}

fn health_word(health: Health) -> &'static str {
    match health {
        Health::Healthy => "healthy",
        Health::Warning => "warning",
        Health::Unhealthy => "unhealthy",
    }
}

impl Operation {
    /// Checks every part now. May block for a moment.
    pub(crate) fn checked(&self, language: Language) -> HealthResponse {
        let found: Vec<(&'static str, Finding)> =
            self.probes.iter().map(|probe| (probe.name(), probe.check())).collect();
        let sick = found.iter().any(|(_, finding)| finding.health == Health::Unhealthy);
        let detail =
            |(name, finding): &(&'static str, Finding)| Some((*name, texts::health(language, finding.reason?)));
        HealthResponse {
            status: health_word(if sick { Health::Unhealthy } else { Health::Healthy }),
            timestamp: wire_time(self.clock.now()),
            details: found.iter().filter_map(detail).collect(),
            checks: found.into_iter().map(|(name, finding)| (name, health_word(finding.health))).collect(),
        }
    }

    /// Seconds since the process began.
    pub(crate) fn uptime(&self) -> i64 {
        (self.clock.now() - self.started).num_seconds()
    }
}

async fn checked(language: Language, operation: web::Data<Operation>) -> Result<HttpResponse, Problem> {
    let body = blocking::call(move || Ok(operation.checked(language))).await?;
    let mut builder = if body.status == "healthy" { HttpResponse::Ok() } else { HttpResponse::ServiceUnavailable() };
    Ok(builder.json(body))
}

/// Show the state of every part.
///
/// Database, clock, disk and Redis, with what to do where one is not well.
#[utoipa::path(
    get,
    path = "/health",
    tag = "operation",
    responses((status = 200, body = HealthResponse), (status = 503, body = HealthResponse, description = "A part does not work"))
)]
pub(crate) async fn get_health(
    ReaderLanguage(language): ReaderLanguage,
    operation: web::Data<Operation>,
) -> Result<HttpResponse, Problem> {
    checked(language, operation).await
}

/// Ask whether the process lives.
///
/// Asks nothing of any part. For the probe that restarts a process.
#[utoipa::path(get, path = "/health/live", tag = "operation", responses((status = 200, body = HealthResponse)))]
pub(crate) async fn get_liveness(operation: web::Data<Operation>) -> HttpResponse {
    HttpResponse::Ok().json(HealthResponse {
        status: health_word(Health::Healthy),
        timestamp: wire_time(operation.clock.now()),
        checks: BTreeMap::new(),
        details: BTreeMap::new(),
    })
}

/// Ask whether the process may be sent requests.
///
/// 503 while a part does not work, and when the process is about to end. For the probe of a load balancer.
#[utoipa::path(
    get,
    path = "/health/ready",
    tag = "operation",
    responses((status = 200, body = HealthResponse), (status = 503, body = HealthResponse, description = "Not now"))
)]
pub(crate) async fn get_readiness(
    ReaderLanguage(language): ReaderLanguage,
    http: web::Data<HttpState>,
    operation: web::Data<Operation>,
) -> Result<HttpResponse, Problem> {
    if !http.edge.draining.has_begun() {
        return checked(language, operation).await;
    }
    // At once, however the parts are: a proxy that asks is to choose another process.
    let unhealthy = health_word(Health::Unhealthy);
    let timestamp = wire_time(operation.clock.now());
    let checks = BTreeMap::from([("draining", unhealthy)]);
    let details = BTreeMap::from([("draining", texts::health(language, "draining"))]);
    Ok(HttpResponse::ServiceUnavailable().json(HealthResponse { status: unhealthy, timestamp, checks, details }))
}

/// What the process is.
#[derive(Serialize, ToSchema)]
pub(crate) struct MetricsSummary {
    /// Seconds since it began.
    #[schema(minimum = 0)]
    uptime: i64,
    /// The program's version.
    version: &'static str,
    /// `development` or `production`.
    #[schema(value_type = EnvironmentWord)]
    environment: &'static str,
}

/// Show uptime and version.
///
/// Uptime, version and environment. The counters of Prometheus are served on an address of their own.
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "operation",
    responses((status = 200, content((MetricsSummary = "application/json"), (String = "text/plain"))))
)]
pub(crate) async fn get_process_metrics(
    request: HttpRequest,
    Published(edge, _): Published<Metrics>,
    operation: web::Data<Operation>,
) -> Result<HttpResponse, Problem> {
    let uptime = operation.uptime();
    if prefers(&request, &mime::TEXT_PLAIN) {
        let text = format!("# TYPE atalaya_uptime_seconds gauge\natalaya_uptime_seconds {uptime}\n");
        return Ok(HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(text));
    }
    let (version, environment) = (edge.settings.version, edge.settings.environment);
    Ok(HttpResponse::Ok().json(MetricsSummary { uptime, version, environment }))
}

/// One public key (RFC 7517; of Ed25519, RFC 8037).
#[derive(Serialize, ToSchema)]
pub(crate) struct JsonWebKey {
    /// Key type: `OKP` for Ed25519, `EC` for P-256.
    #[schema(value_type = KeyTypeWord)]
    kty: &'static str,
    /// Curve: `Ed25519` or `P-256`.
    #[schema(value_type = CurveWord)]
    crv: &'static str,
    /// Use.
    #[schema(value_type = KeyUseWord)]
    #[serde(rename = "use")]
    usage: &'static str,
    /// Algorithm: `EdDSA` or `ES256`. A token of this key that names another is forged.
    #[schema(value_type = KeyAlgorithmWord)]
    alg: &'static str,
    /// Key id.
    kid: String,
    /// The public key, or its first coordinate.
    x: String,
    /// The second coordinate, of P-256 only.
    #[serde(skip_serializing_if = "Option::is_none")]
    y: Option<String>,
}

impl From<PublicKey> for JsonWebKey {
    fn from(key: PublicKey) -> Self {
        let text = |coordinate: [u8; 32]| URL_SAFE_NO_PAD.encode(coordinate);
        let (kty, crv, algorithm, x, y) = match key.point {
            PublicPoint::Ed25519 { x } => ("OKP", "Ed25519", KeyAlgorithm::EdDsa, text(x), None),
            PublicPoint::P256 { x, y } => ("EC", "P-256", KeyAlgorithm::Es256, text(x), Some(text(y))),
        };
        Self { kty, crv, usage: "sig", alg: algorithm.as_str(), kid: key.id.to_string(), x, y }
    }
}

/// The key set (RFC 7517).
#[derive(Serialize, ToSchema)]
pub(crate) struct JsonWebKeySet {
    /// The keys: the one that signs, the one that stands by, and those that signed the tokens that still live. None
    /// where one shared secret signs.
    keys: Vec<JsonWebKey>,
}

/// Get the public keys of access tokens.
///
/// The keys that verify them (RFC 7517). A new one is published at least ten minutes before it signs, so a copy may be
/// kept for five. Empty where one shared secret signs.
#[utoipa::path(
    get,
    path = "/.well-known/jwks.json",
    tag = "operation", responses((status = 200, body = JsonWebKeySet))
)]
pub(crate) async fn get_jwks(request: HttpRequest, use_cases: web::Data<UseCases>) -> Result<PolledResponse, Problem> {
    let keys = JsonWebKeySet { keys: use_cases.sessions.public_keys().into_iter().map(JsonWebKey::from).collect() };
    let body = serde_json::to_vec(&keys).map_err(AppError::internal)?;
    let mut response = polled_bytes(&request, body, "application/json");
    let cached = format!("public, max-age={}", KEY_SET_CACHE.num_seconds());
    let cached = HeaderValue::try_from(cached).map_err(AppError::internal)?;
    response.0.headers_mut().insert(header::CACHE_CONTROL, cached);
    Ok(response)
}

/// Get this document.
///
/// The same bytes as docs/openapi.json of this version.
#[utoipa::path(
    get,
    path = "/api-docs/openapi.json",
    tag = "operation", responses((status = 200, content_type = "application/json", body = serde_json::Value))
)]
pub(crate) async fn get_openapi(
    request: HttpRequest,
    _: Published<Docs>,
    documentation: web::Data<Documentation>,
) -> Result<PolledResponse, Problem> {
    let documentation = documentation.into_inner();
    let json = blocking::call(move || documentation.json().cloned().map_err(AppError::internal)).await?;
    Ok(polled_bytes(&request, json.to_vec(), "application/json"))
}
