//! The dashboard under `/app/`: which of its files answers a path, in which form, with which headers.
//!
//! It is no operation of the API: it has no permission, quota or place in the document, and the edge answers it before
//! the limits of an address are asked. Only what is there is answered here. Everything else goes on like any unknown
//! path, so that whoever tries names is limited.

use actix_web::dev::ServiceRequest;
use actix_web::http::header::{self, AcceptEncoding, ContentEncoding, Encoding, Header as _};
use actix_web::http::{Method, StatusCode};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, mime};
use atalaya_dashboard::Asset;

use crate::http::accept::prefers;
use crate::http::respond::names;

/// Where the page is. It is built for this place.
pub(crate) const PLACE: &str = "/app/";
/// What is asked of it, as `Allow` says.
pub(crate) const METHODS: &str = "GET, HEAD";

/// What the page may load: its own files and answers of its own server; and no text becomes a script.
const POLICY: &str = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'; \
                      form-action 'self'; require-trusted-types-for 'script'; trusted-types 'none'";
/// What browsers could offer to the page and it never needs.
const DENIED: &str = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), \
                      microphone=(), midi=(), payment=(), usb=()";
/// A year, and no question whether it is still so.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

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
        "/app" => Some(with_slash(request.query_string())),
        _ => {
            let path = path.strip_prefix(PLACE)?;
            let asset = atalaya_dashboard::find(path).or_else(|| is_of_the_page(request, path).then(page))?;
            Some(asset_answer(request, asset))
        }
    }
}

fn page() -> &'static Asset {
    atalaya_dashboard::page()
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

fn with_slash(query: &str) -> HttpResponse {
    let location = if query.is_empty() { PLACE.to_owned() } else { format!("{PLACE}?{query}") };
    HttpResponse::PermanentRedirect().insert_header((header::LOCATION, location)).finish()
}

fn asset_answer(request: &HttpRequest, asset: &'static Asset) -> HttpResponse {
    let known = request.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let unchanged = known.is_some_and(|known| names(known, asset.etag));
    let status = if unchanged { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
    let mut response = HttpResponse::build(status);
    write_headers(&mut response, asset);
    if unchanged {
        return response.finish();
    }
    let (encoding, bytes) = form(request, asset);
    if let Some(encoding) = encoding {
        response.insert_header(encoding);
    }
    response.insert_header((header::CONTENT_TYPE, asset.content_type)).body(Bytes::from_static(bytes))
}

fn write_headers(response: &mut HttpResponseBuilder, asset: &Asset) {
    // Whether a path is a view of the page may hang on `Accept`.
    let varies_by = "accept, accept-encoding";
    response
        .insert_header((header::CACHE_CONTROL, if asset.is_immutable { FOR_EVER } else { "no-cache" }))
        .insert_header((header::ETAG, asset.etag))
        .insert_header((header::VARY, varies_by))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::REFERRER_POLICY, "same-origin"))
        .insert_header((header::CROSS_ORIGIN_OPENER_POLICY, "same-origin"))
        .insert_header((header::CROSS_ORIGIN_RESOURCE_POLICY, "same-origin"))
        .insert_header((header::PERMISSIONS_POLICY, DENIED));
}

/// The form that a client takes: packed where it is and the client unpacks it, brotli before gzip.
fn form(request: &HttpRequest, asset: &'static Asset) -> (Option<ContentEncoding>, &'static [u8]) {
    let packed = [(ContentEncoding::Brotli, asset.brotli), (ContentEncoding::Gzip, asset.gzip)];
    let offered: Vec<Encoding> = std::iter::once(Encoding::identity())
        .chain(packed.iter().filter(|(_, bytes)| bytes.is_some()).map(|(encoding, _)| Encoding::Known(*encoding)))
        .collect();
    // Who takes none of them, or cannot be understood, gets the content as it is.
    let chosen = AcceptEncoding::parse(request).ok().and_then(|asked| asked.negotiate(offered.iter()));
    let taken = packed.into_iter().find(|(encoding, _)| chosen == Some(Encoding::Known(*encoding)));
    match taken {
        Some((encoding, Some(bytes))) => (Some(encoding), bytes),
        _ => (None, asset.plain),
    }
}
