//! CORS for requests that have an `Origin`. Every other passes by: writing headers that nobody reads was a tenth of a
//! forecast's instructions.

use std::future::{Ready, ready};
use std::rc::Rc;
use std::task::{Context, Poll};

use actix_cors::Cors;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform};
use actix_web::http::{Method, header};
use actix_web::{Error, Result};
use futures_util::future::{Either, LocalBoxFuture};

/// In a list of origins: any page may read, as development may ask for. None of them may act with the cookie.
pub const ANY_ORIGIN: &str = "*";

/// Only the origins of the list, with cookies; what may be cached says itself that it varies by origin; the headers that a
/// dashboard needs to read.
fn policy(origins: &[String]) -> Cors {
    let methods = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    let cors = Cors::default()
        .allowed_methods(methods)
        .allowed_headers([header::AUTHORIZATION, header::CONTENT_TYPE, header::ACCEPT, header::ACCEPT_LANGUAGE])
        .allowed_headers(["idempotency-key", "x-request-id", "if-match", "if-none-match", "traceparent"])
        .allowed_headers(["prefer", "last-event-id"])
        .expose_headers(["x-request-id", "retry-after", "ratelimit", "ratelimit-policy", "etag"])
        .expose_headers(["location", "link", "preference-applied", "idempotency-replayed"])
        .supports_credentials()
        .disable_vary_header()
        .max_age(3600);
    if origins.iter().any(|origin| origin == ANY_ORIGIN) {
        return cors.allow_any_origin();
    }
    origins.iter().fold(cors, |cors, origin| cors.allowed_origin(origin))
}

/// The middleware.
pub(crate) struct CorsForOrigins(Cors);

impl CorsForOrigins {
    /// Lets pages of these origins read.
    pub(crate) fn new(origins: &[String]) -> Self {
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
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = Either<C::Future, LocalBoxFuture<'static, Result<Self::Response>>>;

    fn poll_ready(&self, context: &mut Context<'_>) -> Poll<Result<()>> {
        self.asked.poll_ready(context)
    }

    fn call(&self, request: ServiceRequest) -> Self::Future {
        if request.headers().contains_key(header::ORIGIN) {
            return Either::Left(self.asked.call(request));
        }
        let answer = self.plain.call(request);
        Either::Right(Box::pin(async move { answer.await.map(ServiceResponse::map_into_left_body) }))
    }
}
