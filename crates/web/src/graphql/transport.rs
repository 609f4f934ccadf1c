//! `POST /graphql`: from a request to an executed query and back. The library executes; what comes in and goes out is
//! read, bounded and written here.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use async_graphql::parser::parse_query;
use async_graphql::parser::types::OperationType;
use async_graphql::{Request, Response, ServerError, Variables};
use atalaya_application::UseCases;
use atalaya_application::error::{AppError, AuthFailure};
use atalaya_domain::access::Actor;
use atalaya_texts::Language;
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::graphql::document::{Excess, Measured, NESTING, TOKENS, TOKENS_OF_STRANGERS, measure};
use crate::graphql::faults::{GraphqlError, Reader};
use crate::graphql::lexical::size;
use crate::graphql::persisted::{QueryHash, hash_of, read_hash};
use crate::graphql::query_context::QueryContext;
use crate::graphql::schema::GraphqlSchema;
use crate::graphql::variables::settle;
use crate::http::body::{JsonBody, describe_body, json_bytes_within, parse_json};
use crate::http::csrf;
use crate::http::description::{Describe, Description, SharedRefusal};
use crate::http::extract::{authenticated, part};
use crate::http::language::ReaderLanguage;
use crate::http::notes::{id_of, keep_allowance};
use crate::http::problem::{Kind, Problem};
use crate::http::problem_body::log_fault;
use crate::http::state::HttpState;

/// The largest request.
const BODY_LIMIT: usize = 100 * 1024;
/// The most errors that an answer names of a query that does not fit the schema.
const MOST_INVALID: usize = 5;

/// A query, and whoever sends it: nobody where no token is sent. A token that is none is refused before a byte of the
/// body is read, and what a page of another site sends before its query is.
pub(crate) struct Sent(Option<Arc<Actor>>, JsonBody);

impl Describe for Sent {
    fn describe(description: &mut Description) {
        describe_body(description);
        description.refusals.extend([SharedRefusal::UNAUTHENTICATED, SharedRefusal::FORBIDDEN]);
    }
}

impl FromRequest for Sent {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let actor = sender(&request).await?;
            let body = parse_json(json_bytes_within(&request, payload, BODY_LIMIT).await?)?;
            Ok(Self(actor, body))
        })
    }
}

/// Who sends a request; nobody where it has no token.
///
/// # Errors
/// 401 for a token that stands for nobody; 403 for a page of another site.
async fn sender(request: &HttpRequest) -> Result<Option<Arc<Actor>>, Problem> {
    let claims = request.headers().contains_key(header::AUTHORIZATION);
    let actor = if claims { Some(authenticated(request).await?) } else { None };
    csrf::check_page(request, &part::<HttpState>(request)?.edge.settings)?;
    Ok(actor)
}

/// What a request says beside its query. Anything else is passed over.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RequestExtensions {
    persisted_query: Option<PersistedQuery>,
}

/// A query by its hash.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PersistedQuery {
    sha256_hash: String,
}

/// A GraphQL query (GraphQL over HTTP).
#[derive(Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GraphqlRequest {
    /// The document; may be left out where its hash is known.
    #[schema(example = "{ me { username } }")]
    query: Option<String>,
    /// Which of its operations, where it has several.
    operation_name: Option<String>,
    /// The values of its variables.
    #[schema(value_type = Option<Object>)]
    variables: Option<Map<String, Value>>,
    /// What names a query by its hash.
    #[schema(value_type = Option<Object>)]
    extensions: Option<RequestExtensions>,
}

/// The answer to a query.
#[derive(Serialize, ToSchema)]
pub(crate) struct GraphqlAnswer {
    /// What was asked for; left out where nothing was executed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    data: Option<async_graphql::Value>,
    /// What went wrong, each with `extensions.code`, `status` and `requestId`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Object>)]
    errors: Vec<GraphqlError>,
    /// What the query costs.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    extensions: Option<Cost>,
}

/// What a query costs, of at most 1,000.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Cost {
    cost: usize,
}

impl GraphqlAnswer {
    /// What went wrong.
    pub(crate) fn errors(&self) -> &[GraphqlError] {
        &self.errors
    }

    /// Nothing was executed.
    fn refused(error: GraphqlError) -> HttpResponse {
        // Of a query in JSON whatever is told is 200 (GraphQL over HTTP, 6.4.1): many clients read no other body.
        HttpResponse::Ok().json(Self { data: None, errors: vec![error], extensions: None })
    }
}

/// Ask by GraphQL.
///
/// Everything that a query names needs what its own operation of this API needs. Without a token only `login`,
/// `refresh` and `logout` may be asked for. What is wrong with a query, or refused to one of its fields, is told in
/// `errors` of a 200.
#[utoipa::path(
    post,
    path = "/graphql",
    tag = "graphql",
    security((), ("bearer" = [])),
    request_body = GraphqlRequest,
    responses((status = 200, body = GraphqlAnswer))
)]
pub(crate) async fn ask_graphql(
    request: HttpRequest,
    Sent(actor, body): Sent,
    use_cases: web::Data<UseCases>,
    http: web::Data<HttpState>,
    schema: web::Data<GraphqlSchema>,
    ReaderLanguage(language): ReaderLanguage,
) -> Result<HttpResponse, Problem> {
    let asked = body.parse::<GraphqlRequest>()?;
    let parts = (use_cases.into_inner(), http.as_ref().clone());
    execute(&request, (actor, asked), parts, &schema, language, &CHANGING).await
}

/// What may be asked for by POST.
const CHANGING: [OperationType; 2] = [OperationType::Query, OperationType::Mutation];

/// A query by GET: what a request says of it.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(crate) struct HashQuery {
    /// `{"persistedQuery": {"version": 1, "sha256Hash": "…"}}`
    extensions: Option<String>,
    /// The values of its variables, as JSON.
    variables: Option<String>,
    /// Which of its operations, where it has several.
    operation_name: Option<String>,
    /// Not taken: only queries that are known by their hash are asked for by GET.
    query: Option<String>,
}

impl HashQuery {
    fn into_request(self) -> Option<GraphqlRequest> {
        let Self { extensions, variables, operation_name, query } = self;
        let extensions: RequestExtensions = serde_json::from_str(&extensions?).ok()?;
        let variables = variables.map(|text| serde_json::from_str(&text)).transpose().ok()?;
        let is_known = query.is_none() && extensions.persisted_query.is_some();
        is_known.then_some(GraphqlRequest { query: None, operation_name, variables, extensions: Some(extensions) })
    }
}

/// Answers a query that is known by its hash, and that changes nothing.
///
/// # Errors
/// As [`ask_graphql`].
pub(crate) async fn ask_by_hash(
    request: &HttpRequest,
    parts: (Arc<UseCases>, HttpState),
    schema: &GraphqlSchema,
) -> Result<HttpResponse, Problem> {
    let ReaderLanguage(language) = ReaderLanguage::of(request);
    let actor = sender(request).await?;
    let asked = web::Query::<HashQuery>::from_query(request.query_string());
    let Some(asked) = asked.ok().and_then(|asked| asked.into_inner().into_request()) else {
        let is_known = actor.is_some();
        let reader = Reader { language, request_id: id_of(request), may_train: false, is_known };
        return Ok(GraphqlAnswer::refused(reader.invalid("GET takes the hash of a query, in extensions")));
    };
    execute(request, (actor, asked), parts, schema, language, &[OperationType::Query]).await
}

/// Executes what is asked for, where it is one of these kinds.
async fn execute(
    request: &HttpRequest,
    (actor, sent): (Option<Arc<Actor>>, GraphqlRequest),
    parts: (Arc<UseCases>, HttpState),
    schema: &GraphqlSchema,
    language: Language,
    kinds: &[OperationType],
) -> Result<HttpResponse, Problem> {
    let may_train = Reader::trains(actor.as_deref());
    let is_known = actor.is_some();
    let reader = Reader { language, request_id: id_of(request), may_train, is_known };
    let query_context = Arc::new(QueryContext::new(request, actor, language, parts));
    let prepared = prepare(sent, schema, &reader).and_then(|prepared| {
        let reason = "mutations need POST, and subscriptions a socket";
        if kinds.contains(&prepared.measured.kind) { Ok(prepared) } else { Err(Box::new(reader.invalid(reason))) }
    });
    let Prepared { query, measured, learnable } = match prepared {
        Ok(prepared) => prepared,
        Err(error) => {
            query_context.pay_for_a_read().await?;
            return Ok(GraphqlAnswer::refused(*error));
        }
    };
    if !is_known && !measured.is_open() {
        return Err(AppError::Unauthenticated(AuthFailure::TokenMissing).into());
    }
    query_context.pay(measured.cost).await?;
    let response = unpanicked(schema.schema.execute(query.data(Arc::clone(&query_context)))).await?;
    let (is_valid, answer) = answered(response, &measured, &query_context, &reader);
    if !is_valid {
        query_context.pay_for_a_read().await?;
    } else if let Some((hash, text)) = learnable.filter(|_| is_known) {
        schema.persisted.learn(hash, text);
    }
    if let Some(allowance) = query_context.take_allowance() {
        keep_allowance(request, allowance);
    }
    Ok(HttpResponse::Ok().json(answer))
}

/// Work whose panic is a fault like any other: it takes neither the connection nor its worker with it.
///
/// # Errors
/// `Internal` for a panic.
pub(crate) async fn unpanicked<T>(work: impl Future<Output = T>) -> Result<T, AppError> {
    let done = AssertUnwindSafe(work).catch_unwind().await;
    done.map_err(|_| AppError::internal("a query was given up by a panic"))
}

/// What was executed, for the wire, and whether anything was: otherwise the query does not fit the schema.
pub(crate) fn answered(
    response: Response,
    measured: &Measured,
    query_context: &QueryContext,
    reader: &Reader,
) -> (bool, GraphqlAnswer) {
    report(&response, measured, query_context);
    let is_of_a_field = |error: &ServerError| error.source.is_some() || !error.path.is_empty();
    let is_valid = response.errors.is_empty() || response.errors.iter().any(is_of_a_field);
    let most = if is_valid { response.errors.len() } else { MOST_INVALID };
    let errors: Vec<GraphqlError> = response.errors.iter().take(most).map(|error| reader.found(error)).collect();
    let data = is_valid.then_some(response.data);
    (is_valid, GraphqlAnswer { data, errors, extensions: is_valid.then_some(Cost { cost: measured.cost }) })
}

/// A request that can be executed.
pub(crate) struct Prepared {
    /// What is executed.
    pub(crate) query: Request,
    /// What it asks for, and its cost.
    pub(crate) measured: Measured,
    /// The text by which others may name it, where its hash was sent. It has one operation, which handles no session: a
    /// password may stand in one that does.
    learnable: Option<(QueryHash, Arc<str>)>,
}

/// Reads and measures a request.
///
/// # Errors
/// What is wrong with it, or which limit it goes beyond.
pub(crate) fn prepare(
    sent: GraphqlRequest,
    schema: &GraphqlSchema,
    reader: &Reader,
) -> Result<Prepared, Box<GraphqlError>> {
    let GraphqlRequest { query, operation_name, variables, extensions } = sent;
    let (query, hash) = text_of(query, extensions, schema, reader)?;
    if !schema.persisted.allows(&query) {
        return Err(Box::new(reader.error(&Problem::Http(Kind::GRAPHQL_NOT_LISTED))));
    }
    let size = size(&query);
    if size.nesting > NESTING {
        return Err(Box::new(reader.excess(Excess::Depth)));
    }
    if size.tokens > if reader.is_known { TOKENS } else { TOKENS_OF_STRANGERS } {
        return Err(Box::new(reader.excess(Excess::Size)));
    }
    let mut parsed = parse_query(&query).map_err(|error| reader.invalid(&error.to_string()))?;
    let mut variables = Variables::from_json(Value::Object(variables.unwrap_or_default()));
    let missed = |name| Box::new(reader.invalid(&format!("the variable ${name} is not sent")));
    settle(&mut parsed, operation_name.as_deref(), &mut variables).map_err(missed)?;
    let measured = measure(&parsed, operation_name.as_deref(), &variables, &schema.costs);
    let measured = measured.map_err(|excess| reader.excess(excess))?;
    let measured = measured.ok_or_else(|| {
        reader.invalid("operationName names no operation of the document, or is needed because there are several")
    })?;
    if measured.introspects && !schema.is_open {
        return Err(Box::new(reader.invalid("this server does not tell its schema")));
    }
    let is_learnable = parsed.operations.iter().count() == 1 && !measured.handles_a_session();
    let learnable = hash.filter(|_| is_learnable).map(|hash| (hash, Arc::from(query.as_str())));
    let mut request = Request::new(query).variables(variables);
    request.operation_name = operation_name;
    request.set_parsed_query(parsed);
    Ok(Prepared { query: request, measured, learnable })
}

/// The text of a query, and its hash where one is told.
fn text_of(
    query: Option<String>,
    extensions: Option<RequestExtensions>,
    schema: &GraphqlSchema,
    reader: &Reader,
) -> Result<(String, Option<QueryHash>), Box<GraphqlError>> {
    let named = extensions.and_then(|extensions| extensions.persisted_query);
    let hash = named.map(|named| {
        let none = || Box::new(reader.invalid("sha256Hash has 64 hexadecimal digits"));
        read_hash(&named.sha256_hash).ok_or_else(none)
    });
    match (query, hash.transpose()?) {
        (Some(query), Some(hash)) if hash_of(&query) == hash => Ok((query, Some(hash))),
        (Some(_), Some(_)) => Err(Box::new(reader.invalid("the hash is of another query"))),
        (Some(query), None) => Ok((query, None)),
        (None, Some(hash)) => {
            let unknown = || Box::new(reader.error(&Problem::Http(Kind::PERSISTED_QUERY_NOT_FOUND)));
            let query = schema.persisted.find(&hash).ok_or_else(unknown)?;
            Ok((query.as_ref().to_owned(), Some(hash)))
        }
        (None, None) => Err(Box::new(reader.error(&Problem::invalid("query", "missing")))),
    }
}

/// Tells the log of faults, and the audit log of refusals, as for operations of their own.
fn report(response: &Response, measured: &Measured, query_context: &QueryContext) {
    let changes = measured.kind == OperationType::Mutation;
    for error in &response.errors {
        let Some(problem) = error.source::<Problem>() else { continue };
        log_fault(problem);
        let Some(refusal) = problem.refusal(changes) else { continue };
        let root = match error.path.first() {
            Some(async_graphql::PathSegment::Field(key)) => measured.root(key),
            _ => None,
        };
        let what = format!("{} /graphql {}", query_context.method, root.unwrap_or("unknown"));
        query_context.use_cases.audit.refused(
            query_context.actor().ok().map(AsRef::as_ref),
            refusal,
            what,
            query_context.origin().clone(),
        );
    }
}
