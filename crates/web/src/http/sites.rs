//! Pages that are inside of the program beside the API, each where an operator wants it: the dashboard and GraphiQL.

use actix_web::HttpResponse;
use actix_web::dev::ServiceRequest;

use crate::http::settings::WebSettings;
use crate::http::{dashboard, graphiql};

/// What is asked of them, as `Allow` says.
pub(crate) const METHODS: &str = "GET, HEAD";

/// The answer to a request for a page or a file of one; `None` for every other request.
pub(crate) fn answer(settings: &WebSettings, request: &ServiceRequest) -> Option<HttpResponse> {
    let of_dashboard = settings.dashboard.then(|| dashboard::answer(request)).flatten();
    let of_graphiql = || settings.graphiql.then(|| graphiql::answer(request, settings.demonstration_login)).flatten();
    of_dashboard.or_else(of_graphiql)
}

/// The place of the page that a path belongs to, whether there is something or not.
pub(crate) fn place(settings: &WebSettings, path: &str) -> Option<&'static str> {
    match path {
        path if settings.dashboard && dashboard::holds(path) => Some(dashboard::PLACE),
        path if settings.graphiql && graphiql::holds(path) => Some(graphiql::PLACE),
        _ => None,
    }
}
