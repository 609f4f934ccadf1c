//! Why a field has no value: a problem, and nothing else. The library would show readers the text of any error that a
//! resolver hands on by `?`; this type has no text of its own, and takes no errors but ours.

use std::sync::Arc;

use atalaya_application::AppError;
use atalaya_application::error::Violation;
use atalaya_domain::access::Denied;

use crate::http::problem::Problem;

/// Why a field has no value. Shared, because several fields may wait for the same thing.
#[derive(Debug, Clone)]
pub(crate) struct Refusal(Arc<Problem>);

/// What a field answers: a value, or nothing and why. A field that gave a bare error would take the answers of its
/// owner and of all fields beside it with it.
pub(crate) type Answer<T> = Option<Result<T, Refusal>>;

/// Answers a field by work that may be refused.
pub(crate) async fn answer<T>(work: impl Future<Output = Result<T, Refusal>> + Send) -> Answer<T> {
    Some(work.await)
}

impl Refusal {
    /// Whether it is a part that is away, and may be back at the next look.
    pub(crate) fn is_for_a_moment(&self) -> bool {
        matches!(*self.0, Problem::App(AppError::Unavailable { .. }))
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self(Arc::new(problem))
    }
}

impl From<AppError> for Refusal {
    fn from(error: AppError) -> Self {
        Problem::App(error).into()
    }
}

impl From<Denied> for Refusal {
    fn from(denied: Denied) -> Self {
        AppError::from(denied).into()
    }
}

impl From<Vec<Violation>> for Refusal {
    fn from(violations: Vec<Violation>) -> Self {
        Problem::from(violations).into()
    }
}

/// It keeps the problem, which is put into words where the reader's language is known.
impl From<Refusal> for async_graphql::Error {
    fn from(refusal: Refusal) -> Self {
        Self { message: String::new(), source: Some(refusal.0), extensions: None }
    }
}
