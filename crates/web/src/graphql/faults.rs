//! Errors of a query on the wire: the problems of REST by the same codes, in the reader's language.

use async_graphql::{PathSegment, Pos, ServerError};
use atalaya_application::error::Field;
use atalaya_domain::access::Permission;
use atalaya_texts::Language;
use serde::Serialize;

use crate::graphql::document::Excess;
use crate::http::field_names::field_name;
use crate::http::problem::{Kind, Problem};
use crate::http::problem_body::{FieldProblem, field_problems};

/// Characters of what the library says that are repeated.
const MOST_REASON: usize = 300;

/// An error.
#[derive(Debug, Serialize)]
pub(crate) struct GraphqlError {
    /// What happened and what to do next, in the reader's language.
    message: String,
    /// Where in the query.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    locations: Vec<Pos>,
    /// Where in the answer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    path: Vec<PathSegment>,
    extensions: Extensions,
}

/// What programs read of an error.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Extensions {
    /// The kind of problem: it never changes with the language.
    code: &'static str,
    /// The status by which REST tells the same.
    status: u16,
    /// The id that the log knows this request by.
    request_id: String,
    /// The broken rules, where the problem is in the data.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<FieldProblem>,
    /// After how many seconds another attempt makes sense.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
    /// What is wrong with the query itself, in English: for whoever writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// The limit that the query goes beyond.
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<String>,
    /// The most that the limit allows.
    #[serde(skip_serializing_if = "Option::is_none")]
    maximum: Option<usize>,
}

/// For whom errors are written.
#[derive(Debug, Clone)]
pub(crate) struct Reader {
    /// Their language.
    pub(crate) language: Language,
    /// The id of their request.
    pub(crate) request_id: String,
    /// Whether they may train: who may is told how, and not whom to ask.
    pub(crate) may_train: bool,
    /// Whether they sent a token that stands for somebody.
    pub(crate) is_known: bool,
}

impl Reader {
    /// Whether the role of whoever asks allows it.
    pub(crate) fn trains(actor: Option<&atalaya_domain::access::Actor>) -> bool {
        actor.is_some_and(|actor| actor.role().allows(Permission::TrainModels))
    }

    /// A problem.
    pub(crate) fn error(&self, problem: &Problem) -> GraphqlError {
        let Kind { code, status } = problem.kind();
        GraphqlError {
            message: problem.detail_to(self.language, self.may_train),
            locations: Vec::new(),
            path: Vec::new(),
            extensions: Extensions {
                code,
                status,
                request_id: self.request_id.clone(),
                fields: field_problems(problem, self.language, spelled),
                retry_after: problem.retry_after(),
                reason: None,
                limit: None,
                maximum: None,
            },
        }
    }

    /// A limit that a query goes beyond.
    pub(crate) fn excess(&self, excess: Excess) -> GraphqlError {
        let mut error = self.error(&Problem::Http(Kind::GRAPHQL_TOO_COMPLEX));
        error.extensions.limit = Some(excess.to_string());
        error.extensions.maximum = excess.most();
        let reason = match excess {
            Excess::Logins => Some("login, refresh and logout are each sent alone"),
            Excess::Size => Some("the document is too long: long lists go into variables"),
            _ => None,
        };
        error.extensions.reason = reason.map(str::to_owned);
        error
    }

    /// A query that does not fit the schema, or cannot be read.
    pub(crate) fn invalid(&self, reason: &str) -> GraphqlError {
        let mut error = self.error(&Problem::Http(Kind::GRAPHQL_INVALID));
        error.extensions.reason = Some(reason.chars().take(MOST_REASON).collect());
        error
    }

    /// What the library found: the problem of a field, or a query that does not fit the schema. Any other text is the
    /// library's own, about the query alone: resolvers cannot hand on another error.
    pub(crate) fn found(&self, found: &ServerError) -> GraphqlError {
        let told = match found.source::<Problem>() {
            Some(problem) => self.error(problem),
            None => self.invalid(&found.message),
        };
        GraphqlError { locations: found.locations.clone(), path: found.path.clone(), ..told }
    }
}

/// How a query spells what a broken rule is about.
fn spelled(field: &Field) -> String {
    match field {
        Field::Account(place) => format!("accounts[{place}]"),
        Field::Company => "company".to_owned(),
        Field::Date => "date".to_owned(),
        Field::ReadingTime(Some(index)) => format!("observations[{index}].time"),
        Field::ReadingTime(None) => "time".to_owned(),
        Field::Cursor => "after".to_owned(),
        other => field_name(other).into_owned(),
    }
}
