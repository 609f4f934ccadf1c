//! What no operation took: 308 where only a slash at the end is too many, 405 with `Allow` where the path is known,
//! else 404.

use actix_web::http::{Method, header};
use actix_web::{HttpRequest, HttpResponse, web};

use crate::http::problem::{Kind, Problem};
use crate::http::sites;
use crate::http::state::HttpState;

/// A known path that was asked for with a slash at its end. 308 keeps method and body.
fn without_slash(path: &str, query: &str) -> HttpResponse {
    let location = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
    HttpResponse::PermanentRedirect().insert_header((header::LOCATION, location)).finish()
}

/// Answers what no route took.
pub(crate) async fn unmatched(request: HttpRequest, http: web::Data<HttpState>) -> Result<HttpResponse, Problem> {
    let is_of_site = sites::place(&http.edge.settings, request.path()).is_some();
    if is_of_site && request.method() != Method::GET {
        return Err(Problem::Method { allow: sites::METHODS.to_owned() });
    }
    let table = &http.route_table;
    if let Some(path) = request.path().strip_suffix('/').filter(|path| table.find(path).is_some()) {
        return Ok(without_slash(path, request.query_string()));
    }
    match table.find(request.path()) {
        Some(row) => Err(Problem::Method { allow: row.methods.clone() }),
        None => Err(Problem::Http(Kind::ROUTE_NOT_FOUND)),
    }
}
