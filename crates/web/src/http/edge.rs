//! The outermost layer: request id, span, metrics, access log, security headers, and the body of every error.

use std::cell::Cell;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::body::{self, BodySize, BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::http::{ConnectionType, Method, StatusCode, Version};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest, web};
use atalaya_application::UseCases;
use atalaya_domain::access::{Actor, Permission};
use atalaya_domain::audit::Refusal;
use chrono::SecondsFormat;
use tracing::{Instrument, Span};

use crate::http::bearer::bearer;
use crate::http::connection_state::Visit;
use crate::http::context::{Edge, REQUEST_ID, RequestIds};
use crate::http::in_flight::InFlight;
use crate::http::language::{language_of, name_language};
use crate::http::notes::{Notes, origin_of};
use crate::http::problem::{Kind, Problem};
use crate::http::problem_body::{framework_kind, log_fault, problem_body};
use crate::http::route_table::RouteTable;
use crate::http::sites;
use crate::http::state::HttpState;

/// The most headers of a request. HTTP/1's parser has room for as many; HTTP/2 has no limit of its own.
const MOST_HEADERS: usize = 96;
/// The most bytes of a request's headers, those of HTTP/1's buffer.
const MOST_HEADER_BYTES: usize = 128 * 1024;
/// Compressing less than this costs more than it saves.
const SMALLEST_COMPRESSED: u64 = 1024;
/// A successful read that took longer than this is worth a line.
const SLOW: Duration = Duration::from_secs(1);

/// The outermost middleware.
///
/// # Errors
/// Those of the middleware inside; what handlers and extractors refuse has become a response by then.
pub(crate) async fn edge(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let visit = Visit::begin(&mut request).await;
    let response = answer(request, next).await?;
    Ok(match visit {
        Some(visit) => visit.end(response).await,
        None => response,
    })
}

async fn answer(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let started = Instant::now();
    let _in_flight = request.request().conn_data::<InFlight>().map(InFlight::begin);
    let Some(edge) = request.app_data::<web::Data<HttpState>>().map(|http| Arc::clone(&http.edge)) else {
        return Err(Problem::Http(Kind::INTERNAL_ERROR).into());
    };
    let only_head = request.method() == Method::HEAD;
    if only_head {
        // HTTP's codec remembers that it was HEAD and sends the head alone.
        request.head_mut().method = Method::GET;
    }
    let id = request_id(request.headers(), &edge.ids);
    request.extensions_mut().insert(Notes {
        id: id.clone(),
        only_head,
        allowance: Cell::default(),
        language: Cell::default(),
    });
    let span = request_span(&id, request.headers());
    let mut response = if request.version() == Version::HTTP_2 && has_too_many_headers(request.headers()) {
        request.error_response(Problem::Http(Kind::HEADERS_TOO_LARGE))
    } else if let Some(file) = sites::answer(&edge.settings, &request) {
        request.into_response(file)
    } else {
        next.call(request).instrument(span.clone()).await?.map_into_boxed_body()
    };
    let _inside = span.enter();
    if only_head && response.response().body().size() == BodySize::Stream {
        // It would be made to its end though nobody hears it, and one of events may have no end.
        response = response.map_body(|_, _| BoxBody::new(body::None::new()));
    }
    if response.status().is_client_error() || response.status().is_server_error() {
        response = with_problem_body(&edge, response, &id);
    }
    let noted =
        response.request().extensions().get::<Notes>().map(|notes| (notes.allowance.take(), notes.language.get()));
    let (allowance, language) = noted.unwrap_or_default();
    if let Some(allowance) = allowance {
        allowance.write(response.headers_mut());
    }
    // A 304 has no texts, and what it varies by is named where it is made.
    if let Some(language) = language.filter(|_| response.status() != StatusCode::NOT_MODIFIED) {
        name_language(response.headers_mut(), language);
    }
    finish_headers(&edge, response.headers_mut(), &id);
    if edge.draining.has_begun() {
        // A client that keeps the connection for its next request would find it closed.
        response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    record(&edge, response.request(), response.status(), started.elapsed());
    Ok(response)
}

/// Whether a request of HTTP/2 has more headers, or longer ones, than the parser of HTTP/1 reads.
fn has_too_many_headers(headers: &HeaderMap) -> bool {
    let bytes = || headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum::<usize>();
    headers.len() > MOST_HEADERS || bytes() > MOST_HEADER_BYTES
}

/// The client's request id where it is one, else a new one.
fn request_id(headers: &HeaderMap, ids: &RequestIds) -> String {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    headers
        .get(REQUEST_ID)
        .and_then(|value| value.to_str().ok())
        .filter(|id| (1..=64).contains(&id.len()) && id.chars().all(allowed))
        .map_or_else(|| ids.next(), ToOwned::to_owned)
}

fn request_span(id: &str, headers: &HeaderMap) -> Span {
    let span = tracing::info_span!(
        "request",
        request.id = id,
        trace.id = tracing::field::Empty,
        user.id = tracing::field::Empty,
        company.id = tracing::field::Empty
    );
    if let Some(trace) = headers.get("traceparent").and_then(|value| value.to_str().ok()).and_then(trace_id) {
        span.record("trace.id", trace);
    }
    span
}

/// The trace id of a `traceparent` header (W3C Trace Context, 3.2).
fn trace_id(header: &str) -> Option<&str> {
    let mut fields = header.split('-');
    let (version, trace) = (fields.next()?, fields.next()?);
    let hexadecimal = |text: &str| text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let sound = version.len() == 2 && trace.len() == 32 && hexadecimal(trace) && trace.bytes().any(|byte| byte != b'0');
    sound.then_some(trace)
}

fn finish_headers(edge: &Edge, headers: &mut HeaderMap, id: &str) {
    for (name, value) in edge.headers() {
        if !headers.contains_key(name) {
            headers.insert(name.clone(), value.clone());
        }
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if headers.get(header::CONTENT_ENCODING).is_some_and(|value| value == "identity") {
        headers.remove(header::CONTENT_ENCODING);
    }
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, id);
    }
}

/// Keeps small bodies from being compressed. It stands inside the compressing middleware, which leaves alone what
/// already names an encoding; the edge takes the name away again.
///
/// # Errors
/// Those of the inner service.
pub(crate) async fn leave_small_bodies(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let asks = request.headers().contains_key(header::ACCEPT_ENCODING);
    let mut response = next.call(request).await?;
    if asks && matches!(response.response().body().size(), BodySize::Sized(size) if size < SMALLEST_COMPRESSED) {
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("identity"));
    }
    Ok(response)
}

fn with_problem_body(edge: &Edge, mut response: ServiceResponse, id: &str) -> ServiceResponse {
    let kept = response.response_mut().extensions_mut().remove::<Problem>();
    let status = response.status();
    let framework;
    let problem = match (&kept, response.response().error()) {
        (Some(problem), _) => problem,
        (None, None) if has_body_of_its_own(&response) => return response,
        (None, error) => {
            framework = Problem::Http(framework_kind(status));
            error.and_then(Error::as_error::<Problem>).unwrap_or(&framework)
        }
    };
    report_refusal(response.request(), problem);
    let chain = log_fault(problem);
    let language = language_of(response.request());
    let mut body = problem_body(problem, language, response.request().path(), id);
    if problem.kind() == Kind::MODEL_NOT_TRAINED {
        body.detail = problem.detail_to(language, may_train(response.request()));
    }
    let words = route_table(response.request())
        .and_then(|table| table.kept_words(response.request().method(), pattern(response.request())));
    if let Some((words, text)) = words.and_then(|words| Some((words, words.of(problem.kind())?))) {
        body.keep(words.member, text);
    }
    body.timestamp = edge.clock.now().to_rfc3339_opts(SecondsFormat::Secs, true);
    if let Some(chain) = chain.filter(|_| edge.settings.detailed_errors) {
        let _ = write!(body.detail, " [{chain}]");
    }
    let json = serde_json::to_vec(&body).unwrap_or_default();
    let (request, response) = response.into_parts();
    let mut response = response.set_body(BoxBody::new(json));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response.headers_mut().insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
    ServiceResponse::new(request, response)
}

/// Whether a route wrote the body of its failure itself, as that of health does; what middleware writes is no JSON.
fn has_body_of_its_own(response: &ServiceResponse) -> bool {
    response.headers().get(header::CONTENT_TYPE).is_some_and(|media| media.as_bytes() == b"application/json")
}

/// Whether whoever asked may train.
fn may_train(request: &HttpRequest) -> bool {
    request
        .app_data::<web::Data<UseCases>>()
        .and_then(|use_cases| known_actor(request, use_cases))
        .is_some_and(|actor| actor.role().allows(Permission::TrainModels))
}

/// Who asked, where the token was good a moment ago: such a one is remembered.
fn known_actor(request: &HttpRequest, use_cases: &UseCases) -> Option<Arc<Actor>> {
    bearer(request).ok().and_then(|token| use_cases.sessions.recall(token).ok().flatten())
}

/// Reports a refused request to the audit log, where it belongs there. Who asked is looked up only now, so that
/// requests that pass carry nothing for it: a token that was good is remembered.
pub(crate) fn report_refusal(request: &HttpRequest, problem: &Problem) {
    let Some(use_cases) = request.app_data::<web::Data<UseCases>>() else { return };
    let changes = route_table(request).is_some_and(|table| table.changes(request.method(), pattern(request)));
    let Some(refusal) = problem.refusal(changes) else { return };
    let actor = known_actor(request, use_cases);
    let mut what = format!("{} {}", known_method(&sent_method(request)), pattern(request));
    if refusal == Refusal::Broken {
        let _ = write!(what, ": {}", problem.kind().code);
    }
    use_cases.audit.refused(actor.as_deref(), refusal, what, origin_of(request));
}

/// The pattern of a request's path as a label. The files of the dashboard have one together, and those of GraphiQL.
fn pattern(request: &HttpRequest) -> &str {
    let http = request.app_data::<web::Data<HttpState>>();
    let site = http.and_then(|http| sites::place(&http.edge.settings, request.path()));
    if let Some(place) = site {
        return place;
    }
    route_table(request).and_then(|table| table.pattern(request)).unwrap_or("unmatched")
}

fn route_table(request: &HttpRequest) -> Option<&RouteTable> {
    request.app_data::<web::Data<HttpState>>().map(|http| &*http.route_table)
}

/// Counts the request, and writes a line for what an operator wants to see: every change, every failure, and what was
/// slow. A successful read is a line at `debug`: dashboards poll, and the counters show as much. So is a refusal under
/// load.
fn record(edge: &Edge, request: &HttpRequest, status: StatusCode, took: Duration) {
    let endpoint = pattern(request);
    let method = sent_method(request);
    edge.telemetry.request(known_method(&method), endpoint, status.as_str(), took);
    let status = status.as_u16();
    let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    let routine = matches!(method, Method::GET | Method::HEAD) && status < 400 && took < SLOW;
    // Refusals come in floods, and a line for each would fill the disk; the counters show them.
    let refusal = matches!(status, 429 | 503);
    if routine || refusal {
        tracing::debug!(
            event = "request",
            method = %method,
            endpoint,
            status,
            milliseconds,
            "answered {method} {endpoint} {status}"
        );
    } else if status >= 500 {
        tracing::error!(
            event = "request",
            method = %method,
            endpoint,
            status,
            milliseconds,
            "failed {method} {endpoint} {status}"
        );
    } else {
        tracing::info!(
            event = "request",
            method = %method,
            endpoint,
            status,
            milliseconds,
            "answered {method} {endpoint} {status}"
        );
    }
}

/// The method as it came: what is routed as GET may have been HEAD.
fn sent_method(request: &HttpRequest) -> Method {
    let only_head = request.extensions().get::<Notes>().is_some_and(|notes| notes.only_head);
    if only_head { Method::HEAD } else { request.method().clone() }
}

/// A method as a label. All that clients invent count as one.
fn known_method(method: &Method) -> &str {
    match method.as_str() {
        known @ ("GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD" | "OPTIONS") => known,
        _ => "OTHER",
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use actix_web::http::header::HeaderName;
    use atalaya_application::ports::runtime::Randomness;

    use super::*;

    struct Sevens;

    impl Randomness for Sevens {
        fn bits(&self) -> u128 {
            7 << 124
        }
    }

    #[test]
    fn a_request_id_that_could_forge_a_log_line_is_replaced() {
        let ids = RequestIds::new(Arc::new(Sevens));
        let mut headers = HeaderMap::new();
        headers.insert(REQUEST_ID, HeaderValue::from_static("mine-1"));
        assert_eq!(request_id(&headers, &ids), "mine-1");
        headers.insert(REQUEST_ID, HeaderValue::from_static("a b] - ERROR"));
        assert_eq!(request_id(&headers, &ids), format!("7{}", "0".repeat(31)));
    }

    #[test]
    fn headers_are_limited_in_number_and_length() {
        let headers = |count: usize, length: usize| {
            let mut headers = HeaderMap::new();
            for index in 0..count {
                // Several of one name count each.
                let name = HeaderName::try_from(format!("x-{}", index / 2)).unwrap();
                headers.append(name, HeaderValue::try_from("v".repeat(length)).unwrap());
            }
            headers
        };
        assert!(!has_too_many_headers(&headers(MOST_HEADERS, 1)));
        assert!(has_too_many_headers(&headers(MOST_HEADERS + 1, 1)));
        assert!(!has_too_many_headers(&headers(2, MOST_HEADER_BYTES / 2 - 10)));
        assert!(has_too_many_headers(&headers(2, MOST_HEADER_BYTES / 2)));
    }

    #[test]
    fn only_sound_trace_parents_are_honoured() {
        let sound = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert_eq!(trace_id(sound), Some("4bf92f3577b34da6a3ce929d0e0e4736"));
        assert_eq!(trace_id("00-zzz-1-01"), None);
        assert_eq!(trace_id("00-00000000000000000000000000000000-1-01"), None);
    }
}
