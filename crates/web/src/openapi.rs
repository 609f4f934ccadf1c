//! The OpenAPI document: made from the routes, so that none can be missing.

use actix_web::web::Bytes;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Content, OpenApi, PathItem, Ref, RefOr, ResponseBuilder};
use utoipa::{OpenApi as _, PartialSchema, ToSchema};
use utoipa_actix_web::AppExt;

use crate::edge::{FieldProblem, ProblemBody};
use crate::routes;

/// The extension that names an operation's permission.
pub const PERMISSION: &str = "x-permission";
const SCHEME: &str = "bearer";

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Atalaya",
        description = "Follower forecasts for bank dashboards, with intervals and an honest error.",
        license(name = "GPL-3.0-or-later", identifier = "GPL-3.0-or-later")
    ),
    tags(
        (name = "auth", description = "Logging in, sessions, users"),
        (name = "companies", description = "Tenants, for superadmins"),
        (name = "accounts", description = "Social-media accounts"),
        (name = "observations", description = "Measurements of an account"),
        (name = "forecasts", description = "Forecasts and the models behind them"),
        (name = "operation", description = "Health, metrics, keys, documentation")
    )
)]
struct Base;

/// The document, ready to serve.
pub struct Documentation {
    document: OpenApi,
    json: Bytes,
}

impl Documentation {
    /// Makes the document from the route table.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn new(version: &str) -> Result<Self, serde_json::Error> {
        let app = actix_web::App::new().into_utoipa_app().openapi(Base::openapi()).configure(routes::configure);
        let (_, mut document) = app.split_for_parts();
        version.clone_into(&mut document.info.version);
        complete(&mut document);
        let mut json = serde_json::to_vec_pretty(&document)?;
        json.push(b'\n');
        Ok(Self { document, json: Bytes::from(json) })
    }

    /// The document.
    #[must_use]
    pub fn document(&self) -> &OpenApi {
        &self.document
    }

    /// The document as pretty JSON with a final line break: the very bytes of docs/openapi.json.
    #[must_use]
    pub fn json(&self) -> &Bytes {
        &self.json
    }
}

/// Adds to every operation what all of them share: the problem body, and the token where a permission is needed.
fn complete(document: &mut OpenApi) {
    let components = document.components.get_or_insert_default();
    let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    components.add_security_scheme(SCHEME, SecurityScheme::Http(scheme));
    components.schemas.insert(ProblemBody::name().into(), ProblemBody::schema());
    components.schemas.insert(FieldProblem::name().into(), FieldProblem::schema());
    for item in document.paths.paths.values_mut() {
        for operation in operations(item) {
            add_problems(operation);
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, post, put, patch, delete, .. } = item;
    [get, post, put, patch, delete].into_iter().filter_map(Option::as_mut)
}

fn permission(operation: &Operation) -> Option<&Extensions> {
    operation.extensions.as_ref().filter(|extensions| extensions.contains_key(PERMISSION))
}

fn add_problems(operation: &mut Operation) {
    let guarded = permission(operation).is_some();
    if guarded {
        operation.security = Some(vec![SecurityRequirement::new(SCHEME, Vec::<String>::new())]);
    }
    let mut problems = vec![
        ("400", "The request cannot be read"),
        ("422", "The data break rules; `errors` names each"),
        ("429", "Too many requests; `Retry-After` says when to try again"),
        ("500", "A fault of the server"),
        ("503", "A part is away or full; `Retry-After` says when to try again"),
    ];
    if guarded {
        problems.push(("401", "No token, or none that is valid"));
        problems.push(("403", "Role or ownership forbids it"));
    } else if operation.tags.as_ref().is_some_and(|tags| tags.iter().any(|tag| tag == "auth")) {
        problems.push(("401", "No valid credentials"));
    }
    for (status, description) in problems {
        let content = Content::new(Some(RefOr::Ref(Ref::from_schema_name(ProblemBody::name()))));
        let response = ResponseBuilder::new().description(description).content("application/problem+json", content);
        operation.responses.responses.entry(status.to_owned()).or_insert_with(|| RefOr::T(response.build()));
    }
}
