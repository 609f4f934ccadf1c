//! Throwaway servers for tests and measurements: PostgreSQL, Redis and nginx, started from the binaries that this
//! machine has, on free ports of the loopback, with their files in a temporary folder; and, in the same way, any other
//! program.
//!
//! A server dies with the process that started it, however that ends, and its folder goes with it. Where a binary is
//! missing, a test fails and says what to do: nothing is skipped.
//!
//! Not here: what the servers are used for.
#![expect(clippy::expect_used, clippy::missing_panics_doc, reason = "whatever fails here fails the test that wants it")]

mod nginx;
mod place;
mod postgres;
mod process;
mod redis;
mod supervisor;
mod switch;

pub use nginx::{Nginx, Site};
pub use place::free_port;
pub use postgres::{PgDatabase, Postgres};
pub use process::Process;
pub use redis::Redis;
pub use switch::Switch;
