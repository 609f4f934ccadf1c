//! What no route took: 405 with `Allow` where the path is known, else 404. It asks the same table that the OpenAPI document
//! was made from, so the two cannot disagree.

use actix_web::dev::ResourceDef;
use actix_web::http::header;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, web};
use utoipa::openapi::{OpenApi, PathItem};

use crate::edge::Unmatched;
use crate::problem::{Kind, Problem};

/// Every path pattern with its methods.
pub struct RouteTable(Vec<(ResourceDef, String)>);

impl RouteTable {
    /// The table of the document.
    #[must_use]
    pub fn new(document: &OpenApi) -> Self {
        let row = |(path, item): (&String, &PathItem)| (ResourceDef::new(path.as_str()), methods(item));
        Self(document.paths.paths.iter().map(row).collect())
    }

    fn allowed(&self, path: &str) -> Option<&str> {
        self.0.iter().find(|(pattern, _)| pattern.is_match(path)).map(|(_, methods)| methods.as_str())
    }
}

fn methods(item: &PathItem) -> String {
    let named = [
        ("GET", item.get.is_some()),
        ("HEAD", item.get.is_some()),
        ("POST", item.post.is_some()),
        ("PUT", item.put.is_some()),
        ("PATCH", item.patch.is_some()),
        ("DELETE", item.delete.is_some()),
    ];
    let present: Vec<&str> = named.into_iter().filter_map(|(name, present)| present.then_some(name)).collect();
    present.join(", ")
}

/// A known path that was asked for with a slash at its end. 308 keeps method and body.
fn without_slash(path: &str, query: &str) -> HttpResponse {
    let location = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
    HttpResponse::PermanentRedirect().insert_header((header::LOCATION, location)).finish()
}

/// The default service.
pub(crate) async fn unmatched(request: HttpRequest, table: web::Data<RouteTable>) -> Result<HttpResponse, Problem> {
    request.extensions_mut().insert(Unmatched);
    if let Some(path) = request.path().strip_suffix('/').filter(|path| table.allowed(path).is_some()) {
        return Ok(without_slash(path, request.query_string()));
    }
    match table.allowed(request.path()) {
        Some(allow) => Err(Problem::Method { allow: allow.to_owned() }),
        None => Err(Problem::Http(Kind::ROUTE_NOT_FOUND)),
    }
}
