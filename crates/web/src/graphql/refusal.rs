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
