//! The store: diesel on SQLite or PostgreSQL behind the ports of the application.
//!
//! One query text serves both databases. Only upserts and locks (`upsert`), inserting many rows (`tables::bulk`),
//! opening a connection (`connection`) and migrations (`migrate`) know which database it is.
//!
//! Invariants: every statement of a unit of work begins with the rows of the scope's company (`own`); every transaction
//! names its `Reach`, beyond which PostgreSQL shows it nothing even without that filter; whatever makes a
//! [`Change`](atalaya_application::ports::memory::Change) writes it to the change log in the same transaction.
//!
//! Not here: who may do what.

mod accounts;
mod audit;
mod change_feed;
mod changes;
mod closings;
mod companies;
mod company_names;
mod connection;
mod covariates;
mod database;
mod directory;
mod drawn_id;
mod error;
mod failure_row;
mod held_request;
mod idempotency;
mod installation;
mod jobs;
mod keys;
mod login_failures;
mod migrate;
mod models;
mod observations;
mod own;
mod platform;
mod pool;
mod presence;
mod privileges;
mod probe;
mod reach;
mod retention;
mod rows;
mod schema;
mod secrets;
mod server;
mod server_language;
mod server_time;
mod sessions;
mod setup;
mod shares;
mod store;
mod summaries;
mod summary_rows;
mod tables;
mod transaction;
mod turn;
mod upsert;
mod users;

pub use change_feed::{ChangeFeed, ChangeWatch};
pub use database::Database;
pub(crate) use held_request::KeptRequests;
pub use keys::StoredKey;
pub use migrate::{MigrationStatus, SchemaState};
pub use presence::ShownPresence;
pub use probe::probe;
pub(crate) use secrets::SecretRow;
pub use setup::Setup;
