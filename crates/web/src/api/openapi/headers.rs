//! The headers of answers.

use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Response, ResponseBuilder};

use crate::http::description::Description;

fn text(description: &str) -> Header {
    header(ObjectBuilder::new().schema_type(Type::String), description)
}

fn header(schema: ObjectBuilder, description: &str) -> Header {
    HeaderBuilder::new().schema(Some(schema.build())).description(Some(description)).build()
}

fn add(response: &mut Response, name: &str, header: Header) {
    response.headers.insert(name.to_owned(), RefOr::T(header));
}

/// What every answer has.
fn add_common(response: &mut Response) {
    add(response, "X-Request-Id", text("The id that the log knows the request by"));
}

/// `RateLimit` and its policy (draft-ietf-httpapi-ratelimit-headers-10).
fn add_limits(response: &mut Response, when: &str) {
    add(response, "RateLimit", text(&format!("What is left of a limit, {when}")));
    add(response, "RateLimit-Policy", text(&format!("What that limit grants, {when}")));
}

fn add_language(response: &mut Response) {
    add(response, "Content-Language", text("The language of the texts: `es` or `en`"));
}

fn add_retry_after(response: &mut Response, description: &str) {
    let seconds = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1));
    add(response, "Retry-After", header(seconds, description));
}

/// The headers of the shared answers of a status.
pub(super) fn add_to_problem(response: &mut Response, status: u16) {
    add_common(response);
    add_language(response);
    match status {
        401 => add(response, "WWW-Authenticate", text("The challenge (RFC 6750, 3)")),
        409 => add_retry_after(response, "Seconds until a repeat makes sense, with `IDEMPOTENCY_KEY_RUNNING`"),
        429 => {
            add_retry_after(response, "Seconds until the next request is taken");
            add_limits(response, "where one was hit");
        }
        503 => add_retry_after(response, "Seconds until a repeat makes sense"),
        _ => {}
    }
}

/// The headers of an operation's own answers, and 304 for what is polled.
pub(super) fn add_to_successes(operation: &mut Operation, path: &str, description: &Description) {
    let guarded = description.permission.is_some();
    let keyed = super::takes(operation, "Idempotency-Key") && path != "/regression/predict-batch";
    let polled = description.is_polled;
    let tag = || text("What the answer is compared by: send it back as `If-None-Match`, or as `If-Match` to change it");
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else { continue };
        add_common(response);
        if guarded {
            add_limits(response, "where it is less than half");
        }
        if description.is_localised {
            add_language(response);
        }
        if keyed {
            add(response, "Idempotency-Replayed", text("`true` where the answer was given before"));
        }
        match status.as_str() {
            "200" if polled => add(response, "ETag", tag()),
            "202" => {
                add(response, "Location", text("The job"));
                add(response, "Preference-Applied", text("`respond-async`, where the request preferred that"));
                add_retry_after(response, "Seconds until it is worth asking for the job");
            }
            _ => {}
        }
        if path == "/jobs/{id}" && description.is_read {
            add_retry_after(response, "Seconds until it is worth asking again, while the job has not ended");
        }
    }
    if polled {
        let mut unchanged = ResponseBuilder::new().description("Unchanged since the `ETag` that was sent").build();
        add_common(&mut unchanged);
        add(&mut unchanged, "ETag", tag());
        operation.responses.responses.insert("304".to_owned(), RefOr::T(unchanged));
    }
}
