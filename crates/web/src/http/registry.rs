//! Where operations are registered: one list of them makes the router of each worker and the OpenAPI document, so
//! neither has an operation that the other lacks.

use actix_web::guard;
use actix_web::http::Method;
use actix_web::{FromRequest, Handler, Resource, Responder, Route, Scope, web};
use utoipa::openapi::HttpMethod;
use utoipa_actix_web::OpenApiFactory;

use crate::http::description::Describe;

/// Takes operations: a worker's router, or the document.
pub(crate) trait Registry {
    /// Takes one. `path` is what `utoipa::path` makes of the attributes of `handler`: path, method and answers. What
    /// the operation needs and by what it is refused follows from the handler's signature.
    fn add<P, F, Args>(&mut self, path: P, handler: F)
    where
        P: utoipa::Path + OpenApiFactory,
        F: Handler<Args>,
        F::Output: Responder + Describe + 'static,
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

/// The operations of one worker, in groups by the first segment of their paths. A request is matched against the
/// patterns of its group only, each of which is a regular expression.
#[derive(Default)]
pub(crate) struct Router {
    groups: Vec<Group>,
}

/// The operations whose paths begin alike.
struct Group {
    /// The first segment with its slash, such as `/accounts`.
    prefix: String,
    resources: Vec<Resource>,
}

impl Router {
    /// What the worker's application serves.
    pub(crate) fn into_services(self) -> Vec<Scope> {
        let scope = |Group { prefix, resources }: Group| Scope::new(&prefix).service(resources);
        self.groups.into_iter().map(scope).collect()
    }

    fn serve(&mut self, path: &str, methods: Vec<HttpMethod>, route: Route) {
        let (prefix, rest) = split_group(path);
        let of_method =
            guard::fn_guard(move |context| methods.iter().any(|known| context.head().method == of_http(known)));
        let resource = Resource::new(rest).guard(of_method).route(route);
        match self.groups.iter_mut().find(|group| group.prefix == prefix) {
            Some(group) => group.resources.push(resource),
            None => self.groups.push(Group { prefix: prefix.to_owned(), resources: vec![resource] }),
        }
    }
}

impl Registry for Router {
    fn add<P, F, Args>(&mut self, _: P, handler: F)
    where
        P: utoipa::Path + OpenApiFactory,
        F: Handler<Args>,
        F::Output: Responder + Describe + 'static,
        Args: FromRequest + Describe + 'static,
    {
        self.serve(&P::path(), P::methods(), web::to(handler));
    }
}

/// The first segment of a path with the slash before it, and what follows.
fn split_group(path: &str) -> (&str, &str) {
    let end = path.match_indices('/').nth(1).map_or(path.len(), |(place, _)| place);
    path.split_at(end)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_the_first_segment() {
        assert_eq!(split_group("/audit"), ("/audit", ""));
        assert_eq!(split_group("/audit/head"), ("/audit", "/head"));
        assert_eq!(split_group("/regression/predict/{username}"), ("/regression", "/predict/{username}"));
    }
}
