//! CORS for requests that have an `Origin`. Every other passes by: writing headers that nobody reads was a tenth of a
//! forecast's instructions.

use std::future::{Ready, ready};
use std::rc::Rc;
use std::task::{Context, Poll};

use actix_cors::{Cors, CorsError};
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform};
use actix_web::http::{Method, header};
use actix_web::{Error, Result};
use futures_util::future::{Either, LocalBoxFuture};

use crate::http::origins::AllowedOrigins;
use crate::http::problem::Problem;

/// Only the origins that may read, with cookies; what may be cached says itself that it varies by origin; the headers
/// that a dashboard needs to read.
fn policy(origins: &AllowedOrigins) -> Cors {
    let methods = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    let origins = origins.clone();
    Cors::default()
        .allowed_origin_fn(move |origin, _| origin.to_str().is_ok_and(|origin| origins.may_read(origin)))
        .allowed_methods(methods)
        .allowed_headers([header::AUTHORIZATION, header::CONTENT_TYPE, header::ACCEPT, header::ACCEPT_LANGUAGE])
        .allowed_headers(["idempotency-key", "x-request-id", "if-match", "if-none-match", "traceparent"])
        .allowed_headers(["prefer", "last-event-id"])
        .expose_headers(["x-request-id", "retry-after", "ratelimit", "ratelimit-policy", "etag"])
        .expose_headers(["location", "link", "preference-applied", "idempotency-replayed"])
        .supports_credentials()
        .disable_vary_header()
        .max_age(3600)
}

/// Whether a browser asks what a page may send, before it sends it.
fn is_preflight(request: &ServiceRequest) -> bool {
    request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// Says of a refused preflight that the page is not allowed, and what allows it: neither the page nor its reader hears
/// why, but who develops it sees this body, and an operator the line.
fn explained<B: MessageBody>(answer: ServiceResponse<EitherBody<B>>) -> ServiceResponse<EitherBody<B>> {
    let refused = answer.response().error().and_then(|error| error.as_error::<CorsError>());
    // What is malformed stays unreadable.
    let by_policy = |error: &&CorsError| {
        matches!(error, CorsError::OriginNotAllowed | CorsError::MethodNotAllowed | CorsError::HeadersNotAllowed)
    };
    let Some(reason) = refused.filter(by_policy).map(ToString::to_string) else { return answer };
    let sent = |name| answer.request().headers().get(name);
    tracing::info!(
        event = "preflight_refused",
        origin = ?sent(header::ORIGIN),
        method = ?sent(header::ACCESS_CONTROL_REQUEST_METHOD),
        headers = ?sent(header::ACCESS_CONTROL_REQUEST_HEADERS),
        reason,
        "a page may not call: ALLOWED_ORIGINS lists those that may"
    );
    answer.error_response(Problem::Preflight).map_into_right_body()
}

/// The middleware, for one list of origins.
pub(crate) struct CorsForOrigins(Cors);

impl CorsForOrigins {
    /// Lets pages of these origins read.
    pub(crate) fn new(origins: &AllowedOrigins) -> Self {
        Self(policy(origins))
    }
}

type Inner<S> = <Cors as Transform<Rc<S>, ServiceRequest>>::Transform;

impl<S, B> Transform<S, ServiceRequest> for CorsForOrigins
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type InitError = ();
    type Transform = CorsService<S, Inner<S>>;
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        let plain = Rc::new(service);
        let made = self.0.new_transform(Rc::clone(&plain)).into_inner();
        ready(made.map(|asked| CorsService { plain, asked }))
    }
}

/// The service of one worker: the same one, with CORS around it and without.
pub(crate) struct CorsService<S, C> {
    plain: Rc<S>,
    asked: C,
}

impl<S, C, B> Service<ServiceRequest> for CorsService<S, C>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    S::Future: 'static,
    C: Service<ServiceRequest, Response = ServiceResponse<EitherBody<B>>, Error = Error>,
    C::Future: 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = Either<C::Future, LocalBoxFuture<'static, Result<Self::Response>>>;

    fn poll_ready(&self, context: &mut Context<'_>) -> Poll<Result<()>> {
        self.asked.poll_ready(context)
    }

    fn call(&self, request: ServiceRequest) -> Self::Future {
        if is_preflight(&request) {
            let answer = self.asked.call(request);
            return Either::Right(Box::pin(async move { answer.await.map(explained) }));
        }
        if request.headers().contains_key(header::ORIGIN) {
            return Either::Left(self.asked.call(request));
        }
        let answer = self.plain.call(request);
        Either::Right(Box::pin(async move { answer.await.map(ServiceResponse::map_into_left_body) }))
    }
}
