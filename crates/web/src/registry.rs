//! Where operations are registered: one list of them makes the router of each worker and the OpenAPI document, so
//! neither has an operation that the other lacks.

use actix_web::guard;
use actix_web::http::Method;
use actix_web::{FromRequest, Handler, Resource, Responder};
use utoipa::openapi::HttpMethod;
use utoipa_actix_web::OpenApiFactory;

use crate::description::Describe;

/// Takes operations: a worker's router, or the document.
pub(crate) trait Registry {
    /// Takes one. `path` is what `utoipa::path` makes of the attributes of `handler`: path, method and answers. What
    /// the operation needs and by what it is refused follows from the handler's arguments.
    fn add<P, F, Args>(&mut self, path: P, handler: F)
    where
        P: utoipa::Path + OpenApiFactory,
        F: Handler<Args>,
        F::Output: Responder + 'static,
        Args: FromRequest + Describe + 'static;
}

/// Registers handlers, each by its module and name.
macro_rules! operations {
    ($registry:ident: $($module:ident { $($handler:ident),+ $(,)? })*) => {
        $($(pastey::paste! {
            $registry.add($module::[<__path_ $handler>], $module::$handler);
        })+)*
    };
}

pub(crate) use operations;

/// The operations of one worker.
#[derive(Default)]
pub(crate) struct Router {
    resources: Vec<Resource>,
}

impl Router {
    /// What the worker's application serves.
    pub(crate) fn into_services(self) -> Vec<Resource> {
        self.resources
    }
}

impl Registry for Router {
    fn add<P, F, Args>(&mut self, _: P, handler: F)
    where
        P: utoipa::Path + OpenApiFactory,
        F: Handler<Args>,
        F::Output: Responder + 'static,
        Args: FromRequest + Describe + 'static,
    {
        let guarded = |resource: Resource, method| resource.guard(guard::Method(of_http(method)));
        let resource = P::methods().iter().fold(Resource::new(P::path()), guarded);
        self.resources.push(resource.to(handler));
    }
}

/// The method as actix knows it.
fn of_http(method: &HttpMethod) -> Method {
    match method {
        HttpMethod::Get => Method::GET,
        HttpMethod::Post => Method::POST,
        HttpMethod::Put => Method::PUT,
        HttpMethod::Delete => Method::DELETE,
        HttpMethod::Options => Method::OPTIONS,
        HttpMethod::Head => Method::HEAD,
        HttpMethod::Patch => Method::PATCH,
        HttpMethod::Trace => Method::TRACE,
    }
}
