//! Bodies: read within limits of size and time, parsed in two steps.
//!
//! The extractor only finds out whether a body can be read at all (400, 413, 415). What it means is a second step that
//! the handler takes after it knows who may ask (422).

use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::web::{Bytes, BytesMut};
use actix_web::{FromRequest, HttpRequest};
use atalaya_application::error::{ValueKind, Violation};
use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::task::yield_now;
use tokio::time::{Instant, timeout_at};
use validator::{Validate, ValidationErrors, ValidationErrorsKind};

use crate::http::description::{Describe, Description, SharedRefusal};
use crate::http::near_field;
use crate::http::object::Object;
use crate::http::problem::{Kind, Problem};

/// The largest JSON body.
pub const JSON_LIMIT: usize = 1024 * 1024;
/// The largest body that is a table: CSV, tab-separated values or a workbook.
pub const TABLE_LIMIT: usize = 16 * 1024 * 1024;
/// The media types of tables. Browsers on machines with Excel call CSV files by the name of its older workbooks.
const TABLES: [&str; 4] = [
    "text/csv",
    "text/tab-separated-values",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.ms-excel",
];
/// What a table may be, for whoever sends something else.
const TABLED: &str = "CSV, TSV, Excel (.xlsx)";
/// What an upload may be, for whoever sends something else.
const UPLOADED: &str = "JSON, CSV, TSV, Excel (.xlsx)";
/// How long a body may take from its first to its last byte.
const WHOLE_BODY: Duration = Duration::from_mins(2);
/// How long the next piece of a body may take.
const NEXT_PIECE: Duration = Duration::from_secs(10);
/// Bytes of a body that a worker takes, where they are there, before it looks after its other requests.
const LONGEST_STRETCH: usize = 32 * 1024;

/// A JSON object that was read and not yet understood.
pub(crate) struct JsonBody {
    value: Value,
    bytes: Bytes,
}

impl JsonBody {
    /// The company that the body names, to ask for access before anything else is checked.
    pub(crate) fn company(&self) -> Option<i64> {
        self.value.get("empresa_id").and_then(Value::as_i64)
    }

    /// A text field, to ask for access before anything else is checked.
    pub(crate) fn text(&self, field: &str) -> Option<&str> {
        self.value.get(field).and_then(Value::as_str)
    }

    /// Whether the body is an object that says nothing for that field.
    pub(crate) fn lacks(&self, field: &str) -> bool {
        let said = |value: Option<&Value>| value.is_some_and(|value| !value.is_null() && value.as_str() != Some(""));
        self.value.as_object().is_some_and(|object| !said(object.get(field)))
    }

    /// The body as it was sent.
    pub(crate) fn bytes(&self) -> Bytes {
        self.bytes.clone()
    }

    /// Understands the body as a `T` that keeps its own rules.
    pub(crate) fn parse<T: DeserializeOwned + Validate>(self) -> Result<T, Problem> {
        let parsed: Result<Object<T>, _> = serde_path_to_error::deserialize(self.value);
        let Object(parsed) = parsed.map_err(|error| wrong_shape(&error))?;
        match parsed.validate() {
            Ok(()) => Ok(parsed),
            Err(errors) => Err(violations("", &errors).into()),
        }
    }
}

/// The bytes of a body that says it is JSON.
///
/// # Errors
/// 408, 413, 415.
pub(crate) async fn json_bytes(request: &HttpRequest, payload: Payload) -> Result<Bytes, Problem> {
    json_bytes_within(request, payload, JSON_LIMIT).await
}

/// [`json_bytes`] of at most `limit` bytes.
///
/// # Errors
/// As [`json_bytes`].
pub(crate) async fn json_bytes_within(request: &HttpRequest, payload: Payload, limit: usize) -> Result<Bytes, Problem> {
    let is_json = media_type(request) == Some(Media::Json);
    let bytes = read(request, payload, limit).await?;
    if is_json { Ok(bytes) } else { Err(Problem::MediaType { expected: "JSON" }) }
}

/// By what a body may be refused.
pub(crate) fn describe_body(description: &mut Description) {
    description.refusals.extend([
        SharedRefusal::TOO_SLOW,
        SharedRefusal::TOO_LARGE,
        SharedRefusal::MEDIA_TYPE,
        SharedRefusal::INVALID,
    ]);
}

impl Describe for JsonBody {
    fn describe(description: &mut Description) {
        describe_body(description);
    }
}

impl Describe for MaybeJson {
    fn describe(description: &mut Description) {
        describe_body(description);
    }
}

impl Describe for UploadBody {
    fn describe(description: &mut Description) {
        describe_body(description);
    }
}

impl FromRequest for JsonBody {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move { parse_json(json_bytes(&request, payload).await?) })
    }
}

/// [`JsonBody`] where there may be no body at all.
pub(crate) struct MaybeJson(pub(crate) Option<JsonBody>);

impl FromRequest for MaybeJson {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let media = media_type(&request);
            let bytes = read(&request, payload, JSON_LIMIT).await?;
            match media {
                _ if bytes.is_empty() => Ok(Self(None)),
                Some(Media::Json) => parse_json(bytes).map(|body| Self(Some(body))),
                _ => Err(Problem::MediaType { expected: "JSON" }),
            }
        })
    }
}

/// What an upload of observations may be.
pub(crate) enum UploadBody {
    /// JSON.
    Json(JsonBody),
    /// A table; its content tells whether it is a text or a workbook.
    Table(Bytes),
}

impl UploadBody {
    /// How many bytes came.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Json(body) => body.bytes.len(),
            Self::Table(bytes) => bytes.len(),
        }
    }

    /// The body as it was sent.
    pub(crate) fn bytes(&self) -> Bytes {
        match self {
            Self::Json(body) => body.bytes(),
            Self::Table(bytes) => bytes.clone(),
        }
    }
}

impl FromRequest for UploadBody {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            match media_type(&request) {
                Some(Media::Json) => parse_json(read(&request, payload, JSON_LIMIT).await?).map(Self::Json),
                Some(Media::Table) => read(&request, payload, TABLE_LIMIT).await.map(Self::Table),
                None => {
                    read(&request, payload, TABLE_LIMIT).await?;
                    Err(Problem::MediaType { expected: UPLOADED })
                }
            }
        })
    }
}

/// A table; its content tells whether it is a text or a workbook.
pub(crate) struct TableBody(pub(crate) Bytes);

impl Describe for TableBody {
    fn describe(description: &mut Description) {
        describe_body(description);
    }
}

impl FromRequest for TableBody {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let media = media_type(&request);
            let bytes = read(&request, payload, TABLE_LIMIT).await?;
            if media == Some(Media::Table) { Ok(Self(bytes)) } else { Err(Problem::MediaType { expected: TABLED }) }
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Media {
    Json,
    Table,
}

/// The body's media type, if it is one that is read anywhere. An encoded body is none: unpacking is how a small upload
/// becomes a large one.
fn media_type(request: &HttpRequest) -> Option<Media> {
    if request.headers().contains_key(header::CONTENT_ENCODING) {
        return None;
    }
    let value = request.headers().get(header::CONTENT_TYPE)?.to_str().ok()?;
    let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.as_str() {
        "application/json" => Some(Media::Json),
        media if TABLES.contains(&media) => Some(Media::Table),
        _ => None,
    }
}

/// Reads a whole body. What is over the limit is left to [`connection_state`](crate::http::connection_state).
async fn read(request: &HttpRequest, payload: Payload, limit: usize) -> Result<Bytes, Problem> {
    let refused = |interruption| match interruption {
        Interruption::TooLarge => Problem::TooLarge { limit },
        Interruption::TooSlow => Problem::Http(Kind::REQUEST_TIMEOUT),
        Interruption::Broken => Problem::Json { line: 0, column: 0 },
    };
    let mut pieces = Pieces::of(request, payload, limit).map_err(refused)?;
    let mut body = BytesMut::with_capacity(pieces.announced);
    while let Some(piece) = pieces.next().await.map_err(refused)? {
        body.extend_from_slice(&piece);
    }
    Ok(body.freeze())
}

/// Why a body is not read to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Interruption {
    /// It is over its limit, or announced to be.
    TooLarge,
    /// It did not come in time.
    TooSlow,
    /// Its connection, or what it is framed by, broke.
    Broken,
}

/// A body piece by piece, within limits of size and time.
pub(crate) struct Pieces {
    payload: Payload,
    announced: usize,
    left: usize,
    /// Bytes since this last stood back for other requests.
    at_a_stretch: usize,
    end: Instant,
}

impl Pieces {
    /// Of a body that may have so many bytes.
    ///
    /// # Errors
    /// [`Interruption::TooLarge`] where it announces more: nothing of it is read.
    pub(crate) fn of(request: &HttpRequest, payload: Payload, limit: usize) -> Result<Self, Interruption> {
        let announced = request
            .headers()
            .get(header::CONTENT_LENGTH)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.parse::<usize>().ok())
            .unwrap_or(0);
        if announced > limit {
            return Err(Interruption::TooLarge);
        }
        Ok(Self { payload, announced, left: limit, at_a_stretch: 0, end: Instant::now() + WHOLE_BODY })
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// [`Interruption`].
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, Interruption> {
        if self.at_a_stretch >= LONGEST_STRETCH {
            self.at_a_stretch = 0;
            yield_now().await;
        }
        let next = timeout_at(self.end.min(Instant::now() + NEXT_PIECE), self.payload.next());
        let piece = next.await.map_err(|_| Interruption::TooSlow)?;
        let Some(piece) = piece.transpose().map_err(|_| Interruption::Broken)? else { return Ok(None) };
        self.left = self.left.checked_sub(piece.len()).ok_or(Interruption::TooLarge)?;
        self.at_a_stretch += piece.len();
        Ok(Some(piece))
    }
}

/// Reads JSON, without understanding it.
///
/// # Errors
/// `UNREADABLE_BODY`.
pub(crate) fn parse_json(bytes: Bytes) -> Result<JsonBody, Problem> {
    let value =
        serde_json::from_slice(&bytes).map_err(|error| Problem::Json { line: error.line(), column: error.column() })?;
    Ok(JsonBody { value, bytes })
}

/// A body of the wrong shape. serde gives the reason only in words, so the word decides between missing and mistyped.
pub(crate) fn wrong_shape(error: &serde_path_to_error::Error<serde_json::Error>) -> Problem {
    let path = error.path().to_string();
    let path = if path == "." { String::new() } else { path };
    let message = error.inner().to_string();
    let inside = |field: &str| if path.is_empty() { field.to_owned() } else { format!("{path}.{field}") };
    let name = |prefix: &str| message.strip_prefix(prefix).and_then(|rest| rest.split('`').next());
    if let Some(missing) = name("missing field `") {
        return Problem::invalid(inside(missing), "missing");
    }
    if let Some((found, meant)) = near_field::of_message(&message) {
        return vec![Violation::new(inside(found), "unknown_field").with("meant", &meant)].into();
    }
    let field = if path.is_empty() { "body".to_owned() } else { path };
    // What was sent stands before it, whatever words that has.
    let expected = message.rsplit_once("expected ").map_or("", |(_, expected)| expected);
    let violation = if message.starts_with("unknown variant") {
        Violation::unknown_value(field, expected.split('`').skip(1).step_by(2))
    } else {
        Violation::wrong_type(field, expected_kind(expected, message.starts_with("invalid value")))
    };
    vec![violation].into()
}

/// What serde expected, by its own words for it.
fn expected_kind(expected: &str, is_right_type: bool) -> ValueKind {
    match expected {
        "f32" | "f64" => ValueKind::Number,
        "a boolean" => ValueKind::Boolean,
        text if text.contains("string") => ValueKind::Text,
        text if text.contains("sequence") => ValueKind::List,
        // `i64` and its like.
        integer if integer.starts_with(['i', 'u']) && integer.ends_with(|c: char| c.is_ascii_digit()) => {
            if is_right_type {
                ValueKind::NumberInRange
            } else {
                ValueKind::WholeNumber
            }
        }
        _ => ValueKind::Object,
    }
}

/// The validator's findings as violations, nested fields spelled as paths.
fn violations(prefix: &str, errors: &ValidationErrors) -> Vec<Violation> {
    let mut found = Vec::new();
    for (field, kind) in errors.errors() {
        let path = if prefix.is_empty() { field.to_string() } else { format!("{prefix}.{field}") };
        match kind {
            ValidationErrorsKind::Field(errors) => found.extend(errors.iter().map(|error| violation(&path, error))),
            ValidationErrorsKind::Struct(nested) => found.extend(violations(&path, nested)),
            ValidationErrorsKind::List(items) => {
                for (index, nested) in items {
                    found.extend(violations(&format!("{path}[{index}]"), nested));
                }
            }
        }
    }
    found.sort_by(|a, b| a.field.cmp(&b.field));
    found
}

fn violation(path: &str, error: &validator::ValidationError) -> Violation {
    let param = |name: &str| error.params.get(name);
    let number = |name: &str| param(name).and_then(Value::as_f64);
    let below = number("value").zip(number("min")).is_some_and(|(value, min)| value < min);
    match (error.code.as_ref(), param("min"), param("max")) {
        ("length", _, Some(max)) if param("value").is_some_and(Value::is_string) => {
            Violation::new(path, "too_long").with("max", max)
        }
        ("length", _, Some(max)) => Violation::new(path, "too_many").with("max", max),
        ("range", Some(min), _) if below => Violation::new(path, "too_small").with("min", min),
        ("range", _, Some(max)) => Violation::new(path, "too_large").with("max", max),
        _ => Violation::new(path, "invalid"),
    }
}
