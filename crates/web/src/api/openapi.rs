//! The OpenAPI document: made from the routes, so that none can be missing.

use actix_web::{FromRequest, Handler, Responder};
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{Content, OpenApi, PathItem, Paths, Ref, RefOr, Required, ResponseBuilder};
use utoipa::{OpenApi as _, PartialSchema, ToSchema};
use utoipa_actix_web::OpenApiFactory;

use crate::api::openapi::examples::Examples;
use crate::api::routes;
use crate::api::schemas::{
    AttentionFilterWord, DateOrderWord, DecimalWord, DelimiterWord, ExportFormatWord, ExportReaderWord, ImportModeWord,
    KeysWord, NumbersWord, OperatorWord, OrderWord, OverviewSort,
};
use crate::http::cookies;
use crate::http::description::{Describe, Description, OptionalHeader, SharedRefusal};
use crate::http::documentation::{Documentation, PERMISSION};
use crate::http::kept_words::KeptWords;
use crate::http::problem_body::{ErrorCode, FieldProblem, ProblemBody, RuleCode};
use crate::http::registry::Registry;

mod examples;
mod headers;
mod parameters;

/// The security scheme of an access token.
const BEARER: &str = "bearer";
/// The security scheme of a refresh token in its cookie.
const REFRESH_COOKIE: &str = "refresh_cookie";

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Atalaya",
        description = "Follower forecasts for bank dashboards, with prediction intervals and measured errors.",
        license(name = "GPL-3.0-or-later", identifier = "GPL-3.0-or-later")
    ),
    servers((url = "/", description = "The server that serves this document")),
    // What an operation does not open says so itself.
    security(("bearer" = [])),
    tags(
        (name = "auth", description = "Logging in, sessions, users"),
        (name = "companies", description = "Tenants, for superadmins"),
        (name = "audit", description = "Who did what"),
        (name = "accounts", description = "Social-media accounts"),
        (name = "observations", description = "Measurements of an account"),
        (name = "forecasts", description = "Forecasts and the models behind them"),
        (name = "digits", description = "Handwritten digits on pictures"),
        (name = "tables", description = "Tables that a company defines for itself, and records in them"),
        (name = "calendar", description = "What is the same for everybody"),
        (name = "graphql", description = "The same by GraphQL"),
        (name = "jobs", description = "Work that goes on after its request"),
        (name = "operation", description = "Health, metrics, keys, documentation")
    ),
    // Named by a parameter alone, and so found by no body.
    components(schemas(
        AttentionFilterWord, DateOrderWord, DecimalWord, DelimiterWord, ExportFormatWord, ExportReaderWord,
        ImportModeWord, KeysWord, NumbersWord, OperatorWord, OrderWord, OverviewSort
    ))
)]
struct Base;

/// Makes the document from the route table.
///
/// # Errors
/// When the recorded examples cannot be read.
pub fn documentation(version: &str) -> Result<Documentation, serde_json::Error> {
    let mut document = Base::openapi();
    version.clone_into(&mut document.info.version);
    let examples = Examples::recorded()?;
    let mut described = Described { document, examples };
    routes::register(&mut described);
    let Described { mut document, examples } = described;
    add_shared(&mut document, &examples);
    Ok(Documentation::new(document))
}

/// The document while operations are added to it.
struct Described {
    document: OpenApi,
    examples: Examples,
}

impl Registry for Described {
    fn add<P, F, Args>(&mut self, path: P, _: F)
    where
        P: utoipa::Path + OpenApiFactory,
        F: Handler<Args>,
        F::Output: Responder + Describe + 'static,
        Args: FromRequest + Describe + 'static,
    {
        let mut schemas = Vec::new();
        path.schemas(&mut schemas);
        self.document.components.get_or_insert_default().schemas.extend(schemas);
        self.describe(&P::path(), path.paths(), Description::of::<Args, F::Output>);
    }
}

impl Described {
    /// `of` describes the handler; it is told whether it reads.
    fn describe(&mut self, path: &str, mut paths: Paths, of: fn(bool) -> Description) {
        for item in paths.paths.values_mut() {
            for (method, operation) in operations(item) {
                complete(operation, path, &of(method == "GET"));
                self.examples.add_to_operation(&format!("{method} {path}"), operation);
            }
        }
        self.document.paths.merge(paths);
    }
}

/// Adds to an operation what its attributes do not say: what follows from its handler's signature, and what all
/// operations have.
fn complete(operation: &mut Operation, path: &str, description: &Description) {
    add_described(operation, description);
    parameters::refine(operation);
    parameters::without_null_body(operation);
    describe_success(operation);
    headers::add_to_successes(operation, path, description);
    add_problems(operation, description.is_read);
}

const NO_SCOPES: [&str; 0] = [];

/// Adds what is known of an operation from its handler's signature.
fn add_described(operation: &mut Operation, description: &Description) {
    if let Some(permission) = description.permission {
        let word = ExtensionsBuilder::new().add(PERMISSION, permission.as_str()).build();
        operation.extensions.get_or_insert_default().merge(word);
        operation.security = Some(vec![SecurityRequirement::new(BEARER, NO_SCOPES)]);
    } else if operation.security.is_none() {
        operation.security = Some(Vec::new());
    }
    if let Some(words) = description.kept_words {
        let words = ExtensionsBuilder::new().add(KeptWords::EXTENSION, words.shown()).build();
        operation.extensions.get_or_insert_default().merge(words);
    }
    for OptionalHeader { name, description } in &description.headers {
        let header = ParameterBuilder::new().name(*name).parameter_in(ParameterIn::Header).required(Required::False);
        operation.parameters.get_or_insert_default().push(header.description(Some(*description)).build().into());
    }
    for refusal in &description.refusals {
        refuse(operation, *refusal);
    }
}

/// Has an operation answer with a shared refusal, unless it says itself what that status means.
fn refuse(operation: &mut Operation, refusal: SharedRefusal) {
    let shared = || RefOr::Ref(Ref::from_response_name(refusal.name));
    operation.responses.responses.entry(refusal.status.to_string()).or_insert_with(shared);
}

/// Adds what all operations share: the security schemes and the problems.
fn add_shared(document: &mut OpenApi, examples: &Examples) {
    let components = document.components.get_or_insert_default();
    let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    components.add_security_scheme(BEARER, SecurityScheme::Http(scheme));
    let cookie = ApiKeyValue::with_description(cookies::REFRESH, "Over TLS its name begins with `__Secure-`");
    components.add_security_scheme(REFRESH_COOKIE, SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    components.schemas.insert(ProblemBody::name().into(), ProblemBody::schema());
    components.schemas.insert(FieldProblem::name().into(), FieldProblem::schema());
    components.schemas.insert(ErrorCode::name().into(), ErrorCode::schema());
    components.schemas.insert(RuleCode::name().into(), RuleCode::schema());
    for SharedRefusal { status, name, meaning } in SharedRefusal::ALL {
        let content = Content::new(Some(RefOr::Ref(Ref::from_schema_name(ProblemBody::name()))));
        let response = ResponseBuilder::new().description(*meaning).content("application/problem+json", content);
        let mut response = response.build();
        headers::add_to_problem(&mut response, *status);
        examples.add_to_problem(*status, &mut response);
        components.responses.insert((*name).to_owned(), RefOr::T(response));
    }
}

/// The operations of a path, each with its method.
fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    let PathItem { get, post, put, patch, delete, .. } = item;
    [("GET", get), ("POST", post), ("PUT", put), ("PATCH", patch), ("DELETE", delete)]
        .into_iter()
        .filter_map(|(method, operation)| operation.as_mut().map(|operation| (method, operation)))
}

/// The standard demands a description of every answer; that of a success is the operation's own summary.
fn describe_success(operation: &mut Operation) {
    let summary = operation.summary.clone().unwrap_or_default();
    for response in operation.responses.responses.values_mut() {
        if let RefOr::T(response) = response
            && response.description.is_empty()
        {
            response.description.clone_from(&summary);
        }
    }
}

/// Whether an operation has a parameter of that name.
fn takes(operation: &Operation, name: &str) -> bool {
    operation.parameters.iter().flatten().any(|parameter| match parameter {
        RefOr::T(parameter) => parameter.name == name,
        RefOr::Ref(_) => false,
    })
}

/// Adds the refusals that do not follow from arguments: those of every operation, and those of what it asks for.
fn add_problems(operation: &mut Operation, is_read: bool) {
    const OF_EVERY_OPERATION: [SharedRefusal; 6] = [
        SharedRefusal::UNREADABLE,
        SharedRefusal::NOT_ACCEPTABLE,
        SharedRefusal::LIMITED,
        SharedRefusal::HEADERS_TOO_LARGE,
        SharedRefusal::FAULT,
        SharedRefusal::UNAVAILABLE,
    ];
    for refusal in OF_EVERY_OPERATION {
        refuse(operation, refusal);
    }
    if parameters::name_something(operation) {
        refuse(operation, SharedRefusal::NOT_FOUND);
    }
    // A model may be missing or damaged, which is a conflict where it is read too.
    if is_read && operation.tags.iter().flatten().any(|tag| tag == "forecasts") {
        refuse(operation, SharedRefusal::CONFLICT);
    }
}
