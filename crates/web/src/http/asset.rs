//! Files that are inside of the program: in which form a browser gets one, and with which headers.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, AcceptEncoding, ContentEncoding, Encoding, Header as _};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use atalaya_dashboard::Asset;

use crate::http::respond::names;

/// What browsers could offer to a page and none of ours needs.
const DENIED: &str = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), \
                      microphone=(), midi=(), payment=(), usb=()";
/// A year, and no question whether it is still so.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// How the files of a site are served.
pub(crate) struct Serving {
    /// What its page may load and do.
    pub(crate) policy: &'static str,
    /// Which headers of a request decide on the answer.
    pub(crate) varies_by: &'static str,
}

/// The answer to a request for a file: 304 where the client has it.
pub(crate) fn asset_answer(request: &HttpRequest, asset: &'static Asset, serving: &Serving) -> HttpResponse {
    let known = request.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let unchanged = known.is_some_and(|known| names(known, asset.etag));
    let status = if unchanged { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
    let mut response = HttpResponse::build(status);
    guard(&mut response, serving.policy)
        .insert_header((header::CACHE_CONTROL, if asset.is_immutable { FOR_EVER } else { "no-cache" }))
        .insert_header((header::ETAG, asset.etag))
        .insert_header((header::VARY, serving.varies_by));
    if unchanged {
        return response.finish();
    }
    let (encoding, bytes) = form(request, asset);
    if let Some(encoding) = encoding {
        response.insert_header(encoding);
    }
    response.insert_header((header::CONTENT_TYPE, asset.content_type)).body(Bytes::from_static(bytes))
}

/// Writes what a browser keeps a page from: what `policy` does not name, and pages of others.
pub(crate) fn guard<'a>(response: &'a mut HttpResponseBuilder, policy: &'static str) -> &'a mut HttpResponseBuilder {
    response
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        .insert_header((header::REFERRER_POLICY, "same-origin"))
        .insert_header((header::CROSS_ORIGIN_OPENER_POLICY, "same-origin"))
        .insert_header((header::CROSS_ORIGIN_RESOURCE_POLICY, "same-origin"))
        .insert_header((header::PERMISSIONS_POLICY, DENIED))
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
