//! Importing records: reading a file for a table (`file`, `cells`, `columns`), and the route.

pub(crate) mod answer;
mod cells;
mod columns;
pub mod file;
pub(crate) mod routes;

#[cfg(test)]
mod tests;
