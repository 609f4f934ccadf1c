//! What no operation took: 308 where only a slash at the end is too many, 405 with `Allow` where the path is known,
//! else 404.

use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse, web};

use crate::http::problem::{Kind, Problem};
use crate::http::respond::moved_to;
use crate::http::sites;
use crate::http::state::HttpState;

/// Answers what no route took.
pub(crate) async fn unmatched(request: HttpRequest, http: web::Data<HttpState>) -> Result<HttpResponse, Problem> {
    let is_of_site = sites::place(&http.edge.settings, request.path()).is_some();
    if is_of_site && request.method() != Method::GET {
        return Err(Problem::Method { allow: sites::METHODS.to_owned() });
    }
    let table = &http.route_table;
    if let Some(path) = request.path().strip_suffix('/').filter(|path| table.find(path).is_some()) {
        return Ok(moved_to(path, request.query_string()));
    }
    match table.find(request.path()) {
        Some(row) => Err(Problem::Method { allow: row.methods.clone() }),
        None => Err(Problem::Http(Kind::ROUTE_NOT_FOUND)),
    }
}
