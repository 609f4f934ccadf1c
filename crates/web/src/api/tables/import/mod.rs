//! Importing records: reading a file for a table (`file`, `cells`, `columns`), what is wrong in it as
//! a file (`errors_file`), and the route.

pub(crate) mod answer;
mod cells;
mod columns;
mod errors_file;
pub mod file;
pub(crate) mod routes;

#[cfg(test)]
mod tests;
