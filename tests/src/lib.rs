//! What the integration tests are written with: [`TestApp`], the real composition on a database of its own, and
//! builders for what a test finds in it.
//!
//! A test reads like a story: `TestApp::start().with(bank("BCP").account("BCPComunica"))`, `app.login("admin_bcp")`,
//! `client.get("/auth/me")`. It asserts on the wire.
//!
//! Not here: the tests themselves, which are in `api/`.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "whatever fails here fails the test, and a panic says where"
)]

pub mod app;
pub mod client;
pub mod cluster;
pub mod database;
pub mod fixtures;
pub mod picture;
pub mod socket;
pub mod workbook;

pub use app::{TestApp, TestClock};
pub use client::{Client, Event, EventStream, Reply};
pub use cluster::{Cluster, Failover};
pub use database::TestDatabase;
pub use fixtures::{Bank, PASSWORD, bank};
pub use socket::Socket;
