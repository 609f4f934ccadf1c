//! How a problem is reported: its body in the reader's language (RFC 9457), and a fault's causes in the log.

use std::error::Error as _;
use std::fmt::Write as _;

use actix_web::http::StatusCode;
use atalaya_application::error::{Field, Violation};
use atalaya_texts::{self as texts, Language};
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::closed_sets::closed_sets;
use crate::http::field_names::{column_name, field_name};
use crate::http::kept_words::KeptMember;
use crate::http::problem::{Kind, Problem};

closed_sets! {
    /// The kind of a problem.
    ErrorCode = error_codes();
    /// A rule that a field breaks.
    RuleCode = texts::RULES.iter().copied();
}

/// Every code, each once, and those of nginx before the program.
fn error_codes() -> impl Iterator<Item = &'static str> {
    const OF_NGINX: [&str; 4] = ["NOT_IMPLEMENTED", "BAD_GATEWAY", "GATEWAY_TIMEOUT", "HTTP_VERSION_NOT_SUPPORTED"];
    Kind::ALL.iter().map(|kind| kind.code).chain(OF_NGINX)
}

/// The body of every error (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProblemBody {
    /// A relative reference that names the kind of problem.
    #[serde(rename = "type")]
    #[schema(pattern = "^/problems/[a-z-]+$", example = "/problems/account-forbidden")]
    kind: String,
    /// A short name of the kind, in the reader's language.
    title: String,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599, example = 403)]
    status: u16,
    /// What happened and what to do next, in the reader's language.
    pub(crate) detail: String,
    /// The path of the request.
    instance: String,
    /// The kind in capitals: it never changes with the language.
    #[schema(value_type = ErrorCode)]
    error_code: &'static str,
    /// When, in UTC.
    #[schema(format = DateTime, example = "2026-01-24T10:30:00Z")]
    pub(crate) timestamp: String,
    /// The id that the log knows this request by.
    request_id: String,
    /// The broken rules, where the problem is in the data.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldProblem>,
    /// What clients of before read, in words that never change; only of operations with `x-kept-words`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    error: Option<String>,
    /// The same, for other clients of before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    msg: Option<String>,
}

impl ProblemBody {
    /// Adds what clients of before read.
    pub(crate) fn keep(&mut self, member: KeptMember, text: &str) {
        let place = match member {
            KeptMember::Error => &mut self.error,
            KeptMember::Msg => &mut self.msg,
        };
        *place = Some(text.to_owned());
    }
}

/// One broken rule.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FieldProblem {
    /// The field.
    #[schema(example = "password")]
    field: String,
    /// The rule.
    #[schema(value_type = RuleCode)]
    code: &'static str,
    /// What is wrong, in the reader's language.
    message: String,
    /// The line of a CSV file, the header being line 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1)]
    line: Option<u64>,
    /// The column of a CSV file.
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<String>,
    /// What would make a better password, in the reader's language; with the first broken rule of a weak one.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

/// A problem in the reader's words, without its time.
pub(crate) fn problem_body(problem: &Problem, language: Language, path: &str, id: &str) -> ProblemBody {
    let kind = problem.kind();
    let errors = field_problems(problem, language, |field| field_name(field).into_owned());
    ProblemBody {
        kind: kind.type_uri(),
        title: problem.title(language),
        status: kind.status,
        detail: problem.detail(language),
        instance: path.to_owned(),
        error_code: kind.code,
        timestamp: String::new(),
        request_id: id.to_owned(),
        errors,
        error: None,
        msg: None,
    }
}

/// The broken rules of a problem in the reader's words, each field as the way in spells it.
pub(crate) fn field_problems(
    problem: &Problem,
    language: Language,
    spelled: impl Fn(&Field) -> String,
) -> Vec<FieldProblem> {
    let view = |violation: &Violation| FieldProblem {
        field: spelled(&violation.field),
        code: violation.code,
        message: texts::violation(language, violation),
        line: violation.line,
        column: column_name(violation),
        hint: texts::hint(language, violation),
    };
    problem.violations().iter().take(Violation::MOST).map(view).collect()
}

/// What the framework itself refused, by its status.
pub(crate) fn framework_kind(status: StatusCode) -> Kind {
    match status {
        StatusCode::NOT_FOUND => Kind::ROUTE_NOT_FOUND,
        StatusCode::NOT_ACCEPTABLE => Kind::NOT_ACCEPTABLE,
        StatusCode::PAYLOAD_TOO_LARGE => Kind::BODY_TOO_LARGE,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Kind::UNSUPPORTED_MEDIA_TYPE,
        StatusCode::REQUEST_TIMEOUT => Kind::REQUEST_TIMEOUT,
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => Kind::HEADERS_TOO_LARGE,
        status if status.is_client_error() => Kind::UNREADABLE_HEADER,
        _ => Kind::INTERNAL_ERROR,
    }
}

/// The chain of causes of a fault goes to the log once.
pub(crate) fn log_fault(problem: &Problem) -> Option<String> {
    let Problem::App(error) = problem else { return None };
    if problem.kind() != Kind::INTERNAL_ERROR {
        return None;
    }
    let mut chain = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        let _ = write!(chain, ": {next}");
        cause = next.source();
    }
    tracing::error!(event = "internal_error", chain, "a request failed by a fault of the program");
    Some(chain)
}
