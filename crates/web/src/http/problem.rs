//! Every error body: RFC 9457 problem details in Spanish or English. The only place that knows HTTP statuses.
//!
//! A handler returns a [`Problem`]; the edge middleware, which knows the reader's language and the request's id, writes
//! the body. What is not a `Problem` by then has no body to leak.

use std::fmt;
use std::time::Duration;

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use atalaya_application::error::{
    AppError, AuthFailure, Conflict, Field, Forbidden, Part, PictureFault, Resource, Violation, WRONG_PASSWORD,
};
use atalaya_application::ports::quotas::Exceeded;
use atalaya_domain::audit::Refusal;
use atalaya_domain::login::Scope;
use atalaya_domain::quota::QuotaSubject;
use atalaya_texts::{self as texts, Language};

/// One row of the table of errors: a code that never changes and the status that it travels with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// `error_code` on the wire.
    pub code: &'static str,
    /// The HTTP status that it travels with.
    pub status: u16,
}

macro_rules! kinds {
    ($($name:ident = $status:literal;)*) => {
        impl Kind {
            $(
                #[doc = concat!("`", stringify!($name), "`, status ", stringify!($status), ".")]
                pub const $name: Self = Self { code: stringify!($name), status: $status };
            )*

            /// The whole table. docs/errors.md has a row for each, and each has its texts in both languages.
            pub const ALL: &[Self] = &[$(Self::$name,)*];
        }
    };
}

kinds! {
    UNREADABLE_BODY = 400;
    UNREADABLE_QUERY = 400;
    UNREADABLE_HEADER = 400;
    INVALID_FILTER = 400;
    CREDENTIALS_MISSING = 400;
    IMAGE_MISSING = 400;
    IMAGE_UNNAMED = 400;
    IMAGE_TYPE = 400;
    GRAPHQL_INVALID = 400;
    GRAPHQL_TOO_COMPLEX = 400;
    AUTHENTICATION_REQUIRED = 401;
    BAD_CREDENTIALS = 401;
    TOKEN_INVALID = 401;
    TOKEN_EXPIRED = 401;
    TOKEN_REVOKED = 401;
    REFRESH_TOKEN_INVALID = 401;
    ROLE_FORBIDDEN = 403;
    ACCOUNT_FORBIDDEN = 403;
    COMPANY_FORBIDDEN = 403;
    GRANT_FORBIDDEN = 403;
    ORIGIN_FORBIDDEN = 403;
    REGISTRATION_CLOSED = 403;
    GRAPHQL_NOT_LISTED = 403;
    TABLE_READ_ONLY = 403;
    PASSWORD_CHANGE_REQUIRED = 403;
    ROUTE_NOT_FOUND = 404;
    USER_NOT_FOUND = 404;
    COMPANY_NOT_FOUND = 404;
    SESSION_NOT_FOUND = 404;
    MODEL_VERSION_NOT_FOUND = 404;
    JOB_NOT_FOUND = 404;
    ENTITY_NOT_FOUND = 404;
    FIELD_NOT_FOUND = 404;
    RECORD_NOT_FOUND = 404;
    REVISION_NOT_FOUND = 404;
    VIEW_NOT_FOUND = 404;
    PERSISTED_QUERY_NOT_FOUND = 404;
    METHOD_NOT_ALLOWED = 405;
    NOT_ACCEPTABLE = 406;
    REQUEST_TIMEOUT = 408;
    USERNAME_TAKEN = 409;
    ACCOUNT_EXISTS = 409;
    COMPANY_EXISTS = 409;
    LAST_ADMIN = 409;
    OWN_PASSWORD = 409;
    OWN_USER = 409;
    MODEL_NOT_TRAINED = 409;
    MODEL_VERSION_DELETED = 409;
    MODEL_DAMAGED = 409;
    MODEL_OUTDATED = 409;
    IDEMPOTENCY_KEY_RUNNING = 409;
    ENTITY_EXISTS = 409;
    FIELD_EXISTS = 409;
    FIELD_NAME_RESERVED = 409;
    FIELD_BEING_RETYPED = 409;
    TOO_MANY_ENTITIES = 409;
    TOO_MANY_FIELDS = 409;
    TOO_MANY_VIEWS = 409;
    VALUE_TAKEN = 409;
    FIELD_IN_UNIQUE_SET = 409;
    RECORD_IN_USE = 409;
    RECORDS_BREAK_RULE = 409;
    PRECONDITION_FAILED = 412;
    BODY_TOO_LARGE = 413;
    IMAGE_TOO_LARGE = 413;
    UNSUPPORTED_MEDIA_TYPE = 415;
    VALIDATION_FAILED = 422;
    UNREADABLE_IMAGE = 422;
    INSUFFICIENT_DATA = 422;
    IDEMPOTENCY_KEY_REUSED = 422;
    PRECONDITION_REQUIRED = 428;
    RATE_LIMITED = 429;
    LOGIN_LOCKED = 429;
    TOO_MANY_STREAMS = 429;
    HEADERS_TOO_LARGE = 431;
    INTERNAL_ERROR = 500;
    DATABASE_UNAVAILABLE = 503;
    SIGNING_KEY_UNAVAILABLE = 503;
    HASHING_OVERLOADED = 503;
    TRAINING_OVERLOADED = 503;
    DIGITS_OVERLOADED = 503;
    JOBS_OVERLOADED = 503;
    EXPORTS_BUSY = 503;
    SERVER_OVERLOADED = 503;
}

impl Kind {
    /// Of a conflict with what is there.
    pub(crate) fn of_conflict(conflict: Conflict) -> Self {
        match conflict {
            Conflict::UsernameTaken => Self::USERNAME_TAKEN,
            Conflict::AccountExists => Self::ACCOUNT_EXISTS,
            Conflict::CompanyExists => Self::COMPANY_EXISTS,
            Conflict::LastAdmin => Self::LAST_ADMIN,
            Conflict::OwnPassword => Self::OWN_PASSWORD,
            Conflict::OwnUser => Self::OWN_USER,
            Conflict::EntityExists => Self::ENTITY_EXISTS,
            Conflict::FieldExists => Self::FIELD_EXISTS,
            Conflict::FieldReserved => Self::FIELD_NAME_RESERVED,
            Conflict::FieldBeingRetyped => Self::FIELD_BEING_RETYPED,
            Conflict::TooManyEntities => Self::TOO_MANY_ENTITIES,
            Conflict::TooManyFields => Self::TOO_MANY_FIELDS,
            Conflict::TooManyViews => Self::TOO_MANY_VIEWS,
            Conflict::ValueTaken => Self::VALUE_TAKEN,
            Conflict::FieldInUniqueSet => Self::FIELD_IN_UNIQUE_SET,
            Conflict::RecordInUse => Self::RECORD_IN_USE,
            Conflict::ModelNotTrained => Self::MODEL_NOT_TRAINED,
            Conflict::ModelVersionDeleted => Self::MODEL_VERSION_DELETED,
            Conflict::ModelDamaged => Self::MODEL_DAMAGED,
            Conflict::ModelOutdated => Self::MODEL_OUTDATED,
            Conflict::RequestTakenOver => Self::IDEMPOTENCY_KEY_RUNNING,
        }
    }

    /// `type` on the wire: a relative reference that names the kind.
    #[must_use]
    pub fn type_uri(self) -> String {
        format!("/problems/{}", self.code.to_ascii_lowercase().replace('_', "-"))
    }

    /// As what the audit log records it; `None` for what is no refusal of the caller, or is recorded elsewhere.
    /// `changes` says whether the operation changes something, or logs somebody in or out: who reads with a mistake is
    /// not told of.
    fn refusal(self, changes: bool) -> Option<Refusal> {
        // The use case that compared the secret records these, because it knows whose it is. A refresh without any
        // token compares none: pages ask so at every start, and that is no attempt.
        let recorded_elsewhere =
            matches!(self, Self::BAD_CREDENTIALS | Self::REFRESH_TOKEN_INVALID | Self::LOGIN_LOCKED);
        // Nothing that there is was asked for, or nothing arrived.
        let nothing_asked = matches!(self, Self::ROUTE_NOT_FOUND | Self::METHOD_NOT_ALLOWED | Self::REQUEST_TIMEOUT);
        // Nobody claimed to be somebody. Where a change is tried all the same, it is an attempt.
        let no_claim = self == Self::AUTHENTICATION_REQUIRED && !changes;
        if recorded_elsewhere || nothing_asked || no_claim {
            return None;
        }
        let not_ones_own = matches!(
            self,
            Self::USER_NOT_FOUND
                | Self::COMPANY_NOT_FOUND
                | Self::SESSION_NOT_FOUND
                | Self::JOB_NOT_FOUND
                | Self::ENTITY_NOT_FOUND
                | Self::FIELD_NOT_FOUND
                | Self::RECORD_NOT_FOUND
                | Self::REVISION_NOT_FOUND
                | Self::VIEW_NOT_FOUND
        );
        if not_ones_own || matches!(self.status, 401 | 403) {
            Some(Refusal::Denied)
        } else if self.status == 429 || self == Self::JOBS_OVERLOADED {
            Some(Refusal::Limited)
        } else {
            // Faults, and a machine that is full, are no refusals: the log and the counters show them.
            (changes && (400..500).contains(&self.status)).then_some(Refusal::Broken)
        }
    }

    fn status_code(self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// A limit that was hit, for the `RateLimit` headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limit {
    /// The name that `RateLimit-Policy` gives it.
    pub name: &'static str,
    /// Requests, or failures, in a minute.
    pub per_minute: u32,
}

/// Why a request failed, until the edge writes it in the language of the reader.
#[derive(Debug)]
pub(crate) enum Problem {
    /// A use case's failure.
    App(AppError),
    /// A failure of HTTP itself.
    Http(Kind),
    /// A JSON body that no parser reads, and where it stopped.
    Json {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// A header that cannot be read.
    Header(&'static str),
    /// A preflight of a page that may not send what it wants to.
    Preflight,
    /// A refresh that brought no refresh token at all.
    NoRefreshToken,
    /// A method that the path does not have.
    Method {
        /// The methods that it has.
        allow: String,
    },
    /// A body over its limit.
    TooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// A picture over its limit.
    PictureTooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// A media type that the route does not read.
    MediaType {
        /// What the route reads, as a list of names that people give to formats.
        expected: &'static str,
    },
    /// More requests than an address, or more logins than its network, may make in a minute.
    Limited {
        /// When to try again.
        retry_after: Duration,
        /// The limit that was hit.
        limit: Limit,
    },
    /// Too many requests of a user or a company.
    OverQuota(Exceeded),
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        Self::App(error)
    }
}

impl From<Vec<Violation>> for Problem {
    fn from(violations: Vec<Violation>) -> Self {
        Self::App(AppError::Invalid(violations))
    }
}

impl Problem {
    /// The title in the reader's language.
    #[must_use]
    pub(crate) fn title(&self, language: Language) -> String {
        let code = self.kind().code;
        texts::lookup(language, &format!("problem.{code}.title"), &[]).unwrap_or_else(|| code.to_owned())
    }

    /// What happened and what to do next.
    #[must_use]
    pub(crate) fn detail(&self, language: Language) -> String {
        let code = self.kind().code;
        texts::lookup(language, &format!("problem.{code}.{}", self.detail_key()), &self.params(language))
            .unwrap_or_else(|| code.to_owned())
    }

    /// The detail for somebody of whom it is known whether they may train: who may is told how, and not whom to ask.
    #[must_use]
    pub(crate) fn detail_to(&self, language: Language, may_train: bool) -> String {
        match self {
            Self::App(AppError::Conflict(Conflict::ModelNotTrained)) if may_train => {
                let key = "problem.MODEL_NOT_TRAINED.detail_trainer";
                texts::lookup(language, key, &[]).unwrap_or_else(|| self.detail(language))
            }
            _ => self.detail(language),
        }
    }

    /// One broken rule.
    #[must_use]
    pub(crate) fn invalid(field: impl Into<Field>, code: &'static str) -> Self {
        Self::App(AppError::invalid(field, code))
    }

    /// Which row of the table this is.
    #[must_use]
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::App(error) => app_kind(error),
            Self::Http(kind) => *kind,
            Self::Json { .. } => Kind::UNREADABLE_BODY,
            Self::Header(_) => Kind::UNREADABLE_HEADER,
            Self::Preflight => Kind::ORIGIN_FORBIDDEN,
            Self::NoRefreshToken => Kind::REFRESH_TOKEN_INVALID,
            Self::Method { .. } => Kind::METHOD_NOT_ALLOWED,
            Self::TooLarge { .. } => Kind::BODY_TOO_LARGE,
            Self::PictureTooLarge { .. } => Kind::IMAGE_TOO_LARGE,
            Self::MediaType { .. } => Kind::UNSUPPORTED_MEDIA_TYPE,
            Self::Limited { .. } | Self::OverQuota(_) => Kind::RATE_LIMITED,
        }
    }

    /// As what the audit log records it, where it does.
    #[must_use]
    pub(crate) fn refusal(&self, changes: bool) -> Option<Refusal> {
        // A guess at a password, which the use case records.
        let guess = self.violations().iter().any(|violation| violation.code == WRONG_PASSWORD);
        // A browser asks in a preflight what a page may do, and does nothing yet.
        if guess || matches!(self, Self::Preflight) { None } else { self.kind().refusal(changes) }
    }

    /// Which text is the detail: some kinds have more than one.
    #[must_use]
    fn detail_key(&self) -> &'static str {
        match self {
            Self::OverQuota(Exceeded { quota, .. }) => match quota.subject {
                QuotaSubject::User => "detail_user",
                QuotaSubject::Company => "detail_company",
            },
            Self::Header(_) => "detail_named",
            Self::Preflight => "detail_preflight",
            Self::NoRefreshToken => "detail_missing",
            Self::App(AppError::InsufficientHours { .. }) => "detail_hours",
            Self::App(AppError::StricterRule { first, .. }) if first.iter().any(|broken| broken.code == "missing") => {
                "detail_missing"
            }
            Self::App(AppError::StricterRule { first, .. }) if first.iter().any(|broken| broken.code == "repeated") => {
                "detail_repeated"
            }
            Self::App(AppError::Picture(PictureFault::TooManyPixels { .. })) => "detail_pixels",
            Self::App(AppError::Picture(PictureFault::TooLong { .. })) => "detail_side",
            _ => "detail",
        }
    }

    /// The broken rules.
    #[must_use]
    pub(crate) fn violations(&self) -> &[Violation] {
        match self {
            Self::App(
                AppError::Invalid(violations)
                | AppError::InvalidFilter(violations)
                | AppError::ValueTaken(violations)
                | AppError::StricterRule { first: violations, .. },
            ) => violations,
            _ => &[],
        }
    }

    /// Names and values for the detail's text, in the reader's words.
    #[must_use]
    fn params(&self, language: Language) -> Vec<(&'static str, String)> {
        match self {
            Self::App(AppError::InsufficientData { found, needed } | AppError::InsufficientHours { found, needed }) => {
                vec![("found", found.to_string()), ("needed", needed.to_string())]
            }
            Self::App(AppError::StricterRule { count, .. }) => vec![("count", count.to_string())],
            Self::Json { line, column } => vec![("line", line.to_string()), ("column", column.to_string())],
            Self::Header(name) => vec![("name", (*name).to_owned())],
            Self::Method { allow } => vec![("allow", allow.clone())],
            Self::TooLarge { limit } | Self::PictureTooLarge { limit } => vec![("size", texts::size(*limit))],
            Self::App(AppError::Picture(PictureFault::TooManyPixels { most })) => {
                vec![("megapixels", (most / 1_000_000).to_string())]
            }
            Self::App(AppError::Picture(PictureFault::TooLong { most })) => vec![("most", most.to_string())],
            Self::MediaType { expected } => vec![("expected", (*expected).to_owned())],
            _ => match self.retry_after() {
                Some(seconds) => vec![("wait", texts::wait(language, seconds))],
                None => Vec::new(),
            },
        }
    }

    /// Whole seconds until another attempt makes sense, at least 1.
    pub(crate) fn retry_after(&self) -> Option<u64> {
        let wait = match self {
            Self::App(AppError::RateLimited { retry_after, .. } | AppError::Unavailable { retry_after, .. })
            | Self::Limited { retry_after, .. }
            | Self::OverQuota(Exceeded { retry_after, .. }) => *retry_after,
            Self::Http(Kind::SERVER_OVERLOADED | Kind::TOO_MANY_STREAMS) => Duration::from_secs(1),
            // Most exports take no longer.
            Self::Http(Kind::EXPORTS_BUSY) => Duration::from_secs(2),
            // Most requests end sooner; a client that waits for a long one need not ask more often.
            Self::Http(Kind::IDEMPOTENCY_KEY_RUNNING) | Self::App(AppError::Conflict(Conflict::RequestTakenOver)) => {
                Duration::from_secs(2)
            }
            _ => return None,
        };
        Some(whole_seconds(wait))
    }

    /// The limit that was hit: of requests, or of failures.
    fn limit(&self) -> Option<Limit> {
        match self {
            Self::Limited { limit, .. } => Some(*limit),
            Self::App(AppError::RateLimited { scope, threshold, .. }) => {
                Some(Limit { name: failures_of(*scope), per_minute: *threshold })
            }
            _ => None,
        }
    }

    /// Headers that belong to the error.
    fn headers(&self) -> Vec<(header::HeaderName, HeaderValue)> {
        let kind = self.kind();
        let mut headers = Vec::new();
        if kind.status == 401 {
            headers.push((header::WWW_AUTHENTICATE, challenge(kind)));
        }
        if let Some(seconds) = self.retry_after() {
            headers.push((header::RETRY_AFTER, HeaderValue::from(seconds)));
        }
        if let Self::Method { allow } = self
            && let Ok(allow) = HeaderValue::from_str(allow)
        {
            headers.push((header::ALLOW, allow));
        }
        let seconds = self.retry_after().unwrap_or(1);
        if let Some(limit) = self.limit() {
            headers.extend(limit_headers(limit.name, limit.per_minute, Duration::from_mins(1), seconds));
        }
        if let Self::OverQuota(Exceeded { quota, .. }) = self {
            let (name, window) = (quota.policy_name(), quota.window.duration());
            headers.extend(limit_headers(&name, quota.count.get(), window, seconds));
        }
        headers
    }
}

/// A wait in whole seconds, at least 1: a client that comes back after them is not too early.
pub(crate) fn whole_seconds(wait: Duration) -> u64 {
    (wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).max(1)
}

/// The challenge of RFC 6750: it names an error only where a token was sent.
fn challenge(kind: Kind) -> HeaderValue {
    match kind {
        Kind::TOKEN_INVALID => HeaderValue::from_static(r#"Bearer error="invalid_token""#),
        Kind::TOKEN_EXPIRED => HeaderValue::from_static(r#"Bearer error="invalid_token", error_description="expired""#),
        Kind::TOKEN_REVOKED => HeaderValue::from_static(r#"Bearer error="invalid_token", error_description="revoked""#),
        _ => HeaderValue::from_static("Bearer"),
    }
}

/// How much is left of a limit (draft-ietf-httpapi-ratelimit-headers-10).
pub(crate) const RATE_LIMIT: header::HeaderName = header::HeaderName::from_static("ratelimit");
/// What a limit grants (the same draft).
pub(crate) const RATE_LIMIT_POLICY: header::HeaderName = header::HeaderName::from_static("ratelimit-policy");

/// `RateLimit-Policy`: so many requests in a window.
pub(crate) fn policy_value(name: &str, count: u32, window: Duration) -> String {
    format!("\"{name}\";q={count};w={}", window.as_secs())
}

/// `RateLimit`: so many requests are left, and after so many seconds there is one more.
pub(crate) fn state_value(name: &str, remaining: impl fmt::Display, seconds: u64) -> String {
    format!("\"{name}\";r={remaining};t={seconds}")
}

/// The headers of a limit that is used up.
fn limit_headers(name: &str, count: u32, window: Duration, seconds: u64) -> Vec<(header::HeaderName, HeaderValue)> {
    [(RATE_LIMIT_POLICY, policy_value(name, count, window)), (RATE_LIMIT, state_value(name, 0, seconds))]
        .into_iter()
        .filter_map(|(name, value)| Some((name, HeaderValue::try_from(value).ok()?)))
        .collect()
}

/// The name of the limit of failures. They count within a minute, as requests do.
fn failures_of(scope: Scope) -> &'static str {
    match scope {
        Scope::Username => "username_failures",
        Scope::Device => "device_failures",
        Scope::Devices => "devices_failures",
        Scope::Network => "network_failures",
        Scope::Everywhere => "failures",
    }
}

fn app_kind(error: &AppError) -> Kind {
    match error {
        AppError::Invalid(_) => Kind::VALIDATION_FAILED,
        AppError::InvalidFilter(_) => Kind::INVALID_FILTER,
        AppError::StricterRule { .. } => Kind::RECORDS_BREAK_RULE,
        AppError::ValueTaken(_) => Kind::VALUE_TAKEN,
        AppError::Unauthenticated(failure) => match failure {
            AuthFailure::BadCredentials => Kind::BAD_CREDENTIALS,
            AuthFailure::TokenMissing => Kind::AUTHENTICATION_REQUIRED,
            AuthFailure::TokenInvalid => Kind::TOKEN_INVALID,
            AuthFailure::TokenExpired => Kind::TOKEN_EXPIRED,
            AuthFailure::TokenRevoked => Kind::TOKEN_REVOKED,
            AuthFailure::RefreshInvalid => Kind::REFRESH_TOKEN_INVALID,
        },
        AppError::Forbidden(forbidden) => match forbidden {
            Forbidden::Role => Kind::ROLE_FORBIDDEN,
            Forbidden::Account => Kind::ACCOUNT_FORBIDDEN,
            Forbidden::Company => Kind::COMPANY_FORBIDDEN,
            Forbidden::Grant => Kind::GRANT_FORBIDDEN,
            Forbidden::Origin => Kind::ORIGIN_FORBIDDEN,
            Forbidden::PasswordChange => Kind::PASSWORD_CHANGE_REQUIRED,
            Forbidden::Registration => Kind::REGISTRATION_CLOSED,
            Forbidden::Table => Kind::TABLE_READ_ONLY,
        },
        AppError::NotFound(resource) => match resource {
            Resource::User => Kind::USER_NOT_FOUND,
            Resource::Company => Kind::COMPANY_NOT_FOUND,
            Resource::Session => Kind::SESSION_NOT_FOUND,
            Resource::ModelVersion => Kind::MODEL_VERSION_NOT_FOUND,
            Resource::Job => Kind::JOB_NOT_FOUND,
            Resource::Entity => Kind::ENTITY_NOT_FOUND,
            Resource::Field => Kind::FIELD_NOT_FOUND,
            Resource::Record => Kind::RECORD_NOT_FOUND,
            Resource::Revision => Kind::REVISION_NOT_FOUND,
            Resource::View => Kind::VIEW_NOT_FOUND,
        },
        AppError::Conflict(conflict) => Kind::of_conflict(*conflict),
        AppError::PreconditionFailed => Kind::PRECONDITION_FAILED,
        AppError::PreconditionRequired => Kind::PRECONDITION_REQUIRED,
        AppError::InsufficientData { .. } | AppError::InsufficientHours { .. } => Kind::INSUFFICIENT_DATA,
        AppError::Picture(fault) => match fault {
            PictureFault::Format => Kind::IMAGE_TYPE,
            PictureFault::TooManyPixels { .. } | PictureFault::TooLong { .. } => Kind::IMAGE_TOO_LARGE,
            PictureFault::Broken => Kind::UNREADABLE_IMAGE,
        },
        AppError::RateLimited { .. } => Kind::LOGIN_LOCKED,
        AppError::Unavailable { part, .. } => match part {
            Part::Database | Part::PrimaryDatabase | Part::Lock => Kind::DATABASE_UNAVAILABLE,
            Part::SigningKey => Kind::SIGNING_KEY_UNAVAILABLE,
            Part::Hashing => Kind::HASHING_OVERLOADED,
            Part::Training => Kind::TRAINING_OVERLOADED,
            Part::Digits => Kind::DIGITS_OVERLOADED,
            Part::Jobs => Kind::JOBS_OVERLOADED,
        },
        AppError::Internal { .. } => Kind::INTERNAL_ERROR,
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::App(error) => error.fmt(f),
            _ => f.write_str(self.kind().code),
        }
    }
}

impl std::error::Error for Problem {}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.kind().status_code()
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        let mut response = HttpResponse::new(self.status_code());
        for (name, value) in self.headers() {
            response.headers_mut().insert(name, value);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_has_its_texts_in_both_languages() {
        for kind in Kind::ALL {
            for part in ["title", "detail"] {
                let key = format!("problem.{}.{part}", kind.code);
                let found = Language::ALL.map(|language| texts::lookup(language, &key, &[]));
                assert!(found.iter().all(Option::is_some), "{} lacks a {part}", kind.code);
                assert_ne!(found[0], found[1], "{} is not translated", kind.code);
            }
        }
    }
}
