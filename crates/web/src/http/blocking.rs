//! The only bridge from the asynchronous shell to the synchronous core.

use std::any::Any;

use actix_web::web;
use atalaya_application::AppError;

use crate::http::problem::Problem;

/// Work whose result's type is forgotten: with it for each use case, the runtime's machinery of tasks was compiled two
/// hundred times, a seventh of this crate.
type Work = Box<dyn FnOnce() -> Box<dyn Any + Send> + Send>;

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
    match on_a_thread(Box::new(move || Box::new(span.in_scope(work)))).await?.downcast::<Result<T, E>>() {
        Ok(result) => (*result).map_err(Into::into),
        Err(_) => Err(AppError::internal("work answered with another type than its own").into()),
    }
}

async fn on_a_thread(work: Work) -> Result<Box<dyn Any + Send>, AppError> {
    web::block(work).await.map_err(AppError::internal)
}

/// For use cases that end in a plain [`AppError`]; spares handlers the annotation.
pub(crate) async fn call<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, AppError> + Send + 'static,
) -> Result<T, Problem> {
    run(work).await
}
