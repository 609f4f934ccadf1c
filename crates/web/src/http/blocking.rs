//! The only bridge from the asynchronous shell to the synchronous core.

use actix_web::web;
use atalaya_application::AppError;

use crate::http::problem::Problem;

/// Runs a use case on a thread that may block, inside the request's tracing span.
///
/// # Errors
/// The use case's own; `INTERNAL_ERROR` when the work panicked.
pub(crate) async fn run<T, E>(work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, Problem>
where
    T: Send + 'static,
    E: Into<Problem> + Send + 'static,
{
    let span = tracing::Span::current();
    match web::block(move || span.in_scope(work)).await {
        Ok(result) => result.map_err(Into::into),
        Err(error) => Err(AppError::internal(error).into()),
    }
}

/// For use cases that end in a plain [`AppError`]; spares handlers the annotation.
pub(crate) async fn call<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, AppError> + Send + 'static,
) -> Result<T, Problem> {
    run(work).await
}
