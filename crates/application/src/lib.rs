//! The use cases of Atalaya and the ports that they need. Synchronous: whoever calls from an asynchronous place brings
//! the thread.
//!
//! Not here: SQL, HTTP, hashing, JSON but in the payloads of jobs. Who may do what is decided in the domain; this crate
//! asks before it acts.

pub mod accounts;
pub mod audit;
pub mod calendar;
pub mod companies;
pub mod covariates;
mod date_span;
pub mod digits;
pub mod error;
pub mod export;
pub mod forecasts;
pub mod installation;
pub mod jobs;
pub mod keys;
pub mod observations;
pub mod overview;
pub mod page;
pub mod passwords;
pub mod ports;
pub mod receipt;
pub mod sessions;
pub mod tables;
pub mod train_command;
pub mod use_cases;
pub mod users;

pub use error::AppError;
pub use use_cases::UseCases;

/// Looks at what is there before it is changed, inside the same transaction, and refuses with `PreconditionFailed` what
/// its caller did not expect.
pub type Precondition<'a, T> = &'a dyn Fn(&T) -> Result<(), AppError>;
