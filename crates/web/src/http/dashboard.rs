//! The dashboard under `/app/`: which of its files answers a path, in which form, with which headers.
//!
//! It is no operation of the API: it has no permission, quota or place in the document, and the edge answers it before
//! the limits of an address are asked. Only what is there is answered here. Everything else goes on like any unknown
//! path, so that whoever tries names is limited.

use actix_web::dev::ServiceRequest;
use actix_web::http::Method;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, mime};
use atalaya_dashboard::dashboard;

use crate::http::accept::prefers;
use crate::http::asset::{Serving, asset_answer};
use crate::http::respond::moved_to;

/// Where the page is. It is built for this place.
pub(crate) const PLACE: &str = "/app/";

/// What the page may load: its own files and answers of its own server; and no text becomes a script.
const POLICY: &str = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'; \
                      form-action 'self'; require-trusted-types-for 'script'; trusted-types 'none'";
/// Whether a path is a view of the page may hang on `Accept`.
const SERVING: Serving = Serving { policy: POLICY, varies_by: "accept, accept-encoding" };

/// Whether a path is the dashboard's, whether there is something or not.
pub(crate) fn holds(path: &str) -> bool {
    path.strip_prefix("/app").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The answer to a request for the dashboard; `None` for every other request, and where there is nothing to give.
pub(crate) fn answer(request: &ServiceRequest) -> Option<HttpResponse> {
    let path = request.path();
    if *request.method() != Method::GET || !(path == "/" || holds(path)) {
        return None;
    }
    let request = request.request();
    match path {
        "/" => prefers(request, &mime::TEXT_HTML).then(to_the_page),
        "/app" => Some(moved_to(PLACE, request.query_string())),
        _ => {
            let path = path.strip_prefix(PLACE)?;
            let page = || is_of_the_page(request, path).then(|| dashboard().page());
            Some(asset_answer(request, dashboard().find(path).or_else(page)?, &SERVING))
        }
    }
}

/// Whether a path that is no file is a view of the page, which finds its way by the address itself. A browser that
/// opens an address takes HTML. What asks for a script or a picture does not, and must not get HTML instead; then a
/// name with an extension is a file that is missing. That alone would not do: names of accounts have dots too.
fn is_of_the_page(request: &HttpRequest, path: &str) -> bool {
    let last = path.rsplit('/').next().unwrap_or_default();
    !path.starts_with("assets/") && (!last.contains('.') || prefers(request, &mime::TEXT_HTML))
}

/// Sends a browser that opens the server's address to the page. Others asked the API, which has nothing there.
fn to_the_page() -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, PLACE)).insert_header((header::VARY, "accept")).finish()
}
