//! The examples of the document: requests that tests made, and what the program answered them.
//!
//! `examples.json` is written by `make examples`. A test asks the program again and compares, so that the examples stay
//! true.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use utoipa::openapi::example::ExampleBuilder;
use utoipa::openapi::path::Operation;
use utoipa::openapi::{Content, RefOr, Response};

/// A body by its media type.
type Bodies = BTreeMap<String, Value>;

/// What was recorded.
#[derive(Deserialize)]
pub(super) struct Examples {
    /// By method and path, as in `GET /accounts`.
    operations: BTreeMap<String, OfOperation>,
    /// The body of a problem by its code.
    problems: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfOperation {
    /// What was sent; nothing for an operation without a body.
    #[serde(default)]
    request: Bodies,
    /// What was answered, by status.
    #[serde(default)]
    answers: BTreeMap<String, Bodies>,
}

impl Examples {
    /// Those that the tests recorded.
    ///
    /// # Errors
    /// When the file is not what the tests write.
    pub(super) fn recorded() -> Result<Self, serde_json::Error> {
        serde_json::from_str(include_str!("examples.json"))
    }

    /// Shows an operation's request and answers.
    pub(super) fn add_to_operation(&self, name: &str, operation: &mut Operation) {
        let Some(OfOperation { request, answers }) = self.operations.get(name) else { return };
        if let Some(RefOr::T(body)) = &mut operation.request_body {
            show(&mut body.content, request);
        }
        for (status, bodies) in answers {
            if let Some(RefOr::T(response)) = operation.responses.responses.get_mut(status) {
                show(&mut response.content, bodies);
            }
        }
    }

    /// Shows each problem of a status by its code.
    pub(super) fn add_to_problem(&self, status: u16, response: &mut Response) {
        let of_status = self.problems.iter().filter(|(_, body)| body["status"] == status);
        let named = of_status.map(|(code, body)| {
            let summary = body["title"].as_str().unwrap_or_default();
            (code.clone(), ExampleBuilder::new().summary(summary).value(Some(body.clone())).build())
        });
        for content in response.content.values_mut() {
            if let RefOr::T(content) = content {
                content.examples.extend(named.clone().map(|(code, example)| (code, RefOr::T(example))));
            }
        }
    }
}

/// Gives each media type its example.
fn show<'c>(contents: impl IntoIterator<Item = (&'c String, &'c mut RefOr<Content>)>, bodies: &Bodies) {
    for (media, content) in contents {
        if let (Some(body), RefOr::T(content)) = (bodies.get(media), content) {
            content.example = Some(body.clone());
        }
    }
}
