//! The resources: for each its wire types and its operations, and the document that describes them all.
//!
//! Not here: what all operations share. That is the wing `http`.

pub(crate) mod accounts;
pub(crate) mod audit;
pub(crate) mod audit_verification;
pub(crate) mod auth;
pub(crate) mod calendar;
pub(crate) mod companies;
pub(crate) mod company_query;
pub(crate) mod csv_lines;
pub(crate) mod cursor;
pub(crate) mod digits;
pub(crate) mod docs;
pub(crate) mod forecasts;
pub(crate) mod installation;
pub(crate) mod jobs;
pub mod observations;
pub(crate) mod openapi;
pub(crate) mod operation;
pub(crate) mod overview;
pub(crate) mod parse;
pub(crate) mod routes;
pub(crate) mod schemas;
pub(crate) mod tables;
pub mod tabular;
pub(crate) mod users;
