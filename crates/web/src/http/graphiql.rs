//! GraphiQL under `/graphiql`, where queries are written and tried: only where the program is developed.
//!
//! Like the dashboard it is no operation of the API: what is there is answered by the edge, and the rest is an unknown
//! path.

use actix_web::HttpResponse;
use actix_web::dev::ServiceRequest;
use actix_web::http::Method;
use actix_web::http::header;
use atalaya_dashboard::graphiql;

use crate::http::asset::{Serving, asset_answer, guard};
use crate::http::respond::moved_to;
use crate::http::settings::DemonstrationLogin;

/// Where the page is. Its files are below it.
pub(crate) const PLACE: &str = "/graphiql";

/// What the page may load: its own files, answers of its own server, and pictures that its style sheet holds. GraphiQL
/// makes style elements by script, for dialogs, and descriptions into markup: so no Trusted Types.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; style-src-elem 'self' 'unsafe-inline'; \
                      img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";
const SERVING: Serving = Serving { policy: POLICY, varies_by: "accept-encoding" };

/// Whether a path is the page's, whether there is something or not.
pub(crate) fn holds(path: &str) -> bool {
    path.strip_prefix(PLACE).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The answer to a request for the page or a file of it; `None` for every other request.
pub(crate) fn answer(request: &ServiceRequest, login: Option<DemonstrationLogin>) -> Option<HttpResponse> {
    if *request.method() != Method::GET {
        return None;
    }
    let request = request.request();
    match request.path().strip_prefix(PLACE)? {
        "" => Some(page(login.unwrap_or_default())),
        "/" => Some(moved_to(PLACE, request.query_string())),
        rest => {
            let found = graphiql().find(rest.strip_prefix('/')?);
            // The page itself has gaps, which only the address of the page fills.
            let asset = found.filter(|asset| *asset != graphiql().page())?;
            Some(asset_answer(request, asset, &SERVING))
        }
    }
}

/// The page. What fills its gaps are words of this program and none of a request, so nothing has to be escaped.
fn page(DemonstrationLogin { username, password }: DemonstrationLogin) -> HttpResponse {
    let html = String::from_utf8_lossy(graphiql().page().plain);
    let html = html.replace("{{username}}", username).replace("{{password}}", password);
    guard(&mut HttpResponse::Ok(), POLICY)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_TYPE, graphiql().page().content_type))
        .body(html)
}
