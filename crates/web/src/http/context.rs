//! What the outermost layer needs: settings, metrics, request ids, and the headers of every answer.

use std::sync::Arc;

use actix_web::http::header::{self, HeaderName, HeaderValue};
use atalaya_application::ports::runtime::{Clock, Randomness};
use uuid::Uuid;

use crate::http::draining::Draining;
use crate::http::settings::WebSettings;
use crate::http::telemetry::Telemetry;

pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Makes request ids: 128 random bits each. A counter would show every client how many requests all others make.
pub struct RequestIds {
    randomness: Arc<dyn Randomness>,
}

impl RequestIds {
    /// From a source that no client can foresee.
    #[must_use]
    pub fn new(randomness: Arc<dyn Randomness>) -> Self {
        Self { randomness }
    }

    /// 32 hexadecimal digits.
    pub(crate) fn next(&self) -> String {
        let mut digits = Uuid::encode_buffer();
        let bits = Uuid::from_u128(self.randomness.bits());
        bits.simple().encode_lower(&mut digits).to_owned()
    }
}

/// What the edge needs.
pub struct Edge {
    /// What an operator set.
    pub settings: WebSettings,
    /// The counters that Prometheus reads.
    pub telemetry: Arc<Telemetry>,
    /// Makes an id for a request that brings none.
    pub ids: RequestIds,
    /// For timestamps in error bodies.
    pub clock: Arc<dyn Clock>,
    /// Whether the process is about to end.
    pub draining: Draining,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Edge {
    /// Prepares the headers that every answer carries.
    #[must_use]
    pub fn new(settings: WebSettings, telemetry: Arc<Telemetry>, ids: RequestIds, clock: Arc<dyn Clock>) -> Self {
        let headers = security_headers(&settings);
        Self { settings, telemetry, ids, clock, draining: Draining::default(), headers }
    }

    /// The headers that every answer carries.
    pub(crate) fn headers(&self) -> &[(HeaderName, HeaderValue)] {
        &self.headers
    }
}

fn security_headers(settings: &WebSettings) -> Vec<(HeaderName, HeaderValue)> {
    let fixed = |value: &'static str| HeaderValue::from_static(value);
    let mut headers = vec![
        (header::X_CONTENT_TYPE_OPTIONS, fixed("nosniff")),
        (header::X_FRAME_OPTIONS, fixed("DENY")),
        (
            header::CONTENT_SECURITY_POLICY,
            // The last three do not follow from the first.
            fixed("default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
        ),
        (header::REFERRER_POLICY, fixed("no-referrer")),
    ];
    if let Ok(value) = HeaderValue::from_str(&settings.xss_protection) {
        headers.push((header::X_XSS_PROTECTION, value));
    }
    if settings.tls {
        headers.push((header::STRICT_TRANSPORT_SECURITY, fixed("max-age=31536000; includeSubDomains")));
    }
    headers
}
