//! The page that shows the OpenAPI document: Swagger UI, from inside the binary.

use std::borrow::Cow;
use std::sync::Arc;

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use atalaya_application::AppError;
use atalaya_texts::{Language, lookup};
use utoipa_swagger_ui::Config;

use crate::api::operation::{Docs, Published};
use crate::http::language::language_of;
use crate::http::problem::{Kind, Problem};
use crate::http::settings::DemonstrationLogin;

/// Swagger UI needs its own scripts and styles, and styles that it sets from script.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     font-src 'self'; connect-src 'self'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'",
);

/// What the page loads of Swagger UI.
const OF_SWAGGER_UI: [&str; 3] = ["favicon-32x32.png", "swagger-ui-bundle.js", "swagger-ui.css"];

/// The page in a language. Its values are texts of this program and none of a request, so nothing has to be escaped.
fn page(language: Language, login: Option<DemonstrationLogin>) -> String {
    let text = |key: &str| lookup(language, &format!("docs.{key}"), &[]).unwrap_or_default();
    let first_steps = if login.is_some() { "first_steps_with_demonstration" } else { "first_steps" };
    let DemonstrationLogin { username, password } = login.unwrap_or_default();
    include_str!("docs/page.html")
        .replace("{{language}}", language.tag())
        .replace("{{title}}", &text("title"))
        .replace("{{first_steps}}", &text(first_steps))
        .replace("{{unavailable}}", &text("unavailable"))
        .replace("{{username}}", username)
        .replace("{{password}}", password)
}

/// Open the documentation page.
///
/// Swagger UI from inside the binary: no other host is asked.
#[utoipa::path(
    get,
    path = "/docs",
    tag = "operation", responses((status = 200, content_type = "text/html", body = String))
)]
pub(crate) async fn get_docs(request: HttpRequest, docs: Published<Docs>) -> HttpResponse {
    let language = language_of(&request);
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::CONTENT_LANGUAGE, language.tag()))
        .insert_header((header::VARY, "Accept-Language"))
        .insert_header((header::CACHE_CONTROL, "private, max-age=3600"))
        .body(page(language, docs.settings().demonstration_login))
}

/// A file of the page and its media type.
fn file(name: &str) -> Result<(Cow<'static, [u8]>, String), Problem> {
    let own = |text: &'static str, media: &str| (Cow::Borrowed(text.as_bytes()), media.to_owned());
    match name {
        "page.css" => return Ok(own(include_str!("docs/page.css"), "text/css")),
        "page.js" => return Ok(own(include_str!("docs/page.js"), "text/javascript")),
        _ if !OF_SWAGGER_UI.contains(&name) => return Err(Problem::Http(Kind::ROUTE_NOT_FOUND)),
        _ => {}
    }
    let found = utoipa_swagger_ui::serve(name, Arc::new(Config::default()));
    let found = found.map_err(|error| AppError::internal(error.to_string()))?;
    let found = found.ok_or(Problem::Http(Kind::ROUTE_NOT_FOUND))?;
    Ok((found.bytes, found.content_type))
}

/// Get a file of the documentation page.
///
/// Scripts, styles and pictures of Swagger UI.
#[utoipa::path(
    get,
    path = "/docs/{file}",
    tag = "operation",
    params(("file" = String, Path, description = "The file")),
    responses((status = 200, content(
        (String = "text/css"),
        (String = "text/javascript"),
        (Vec<u8> = "image/png")
    )))
)]
pub(crate) async fn get_docs_file(_: Published<Docs>, path: web::Path<String>) -> Result<HttpResponse, Problem> {
    let (bytes, media) = file(&path)?;
    Ok(HttpResponse::Ok()
        .content_type(media)
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::CACHE_CONTROL, "public, max-age=3600"))
        .body(bytes.into_owned()))
}
