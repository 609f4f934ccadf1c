//! Entities, value types and rules of Atalaya: who may do what, what a valid name or password is, what a forecast
//! holds.
//!
//! Not here: input and output, async, serialisation, the clock, randomness. What these rules need of the outside is
//! passed in.

#[macro_use]
mod words;

pub mod access;
pub mod account;
pub mod audit;
pub mod calendar;
pub mod caller;
pub mod company;
pub mod covariate_source;
pub mod digits;
pub mod forecast;
pub mod horizon;
pub mod id;
pub mod job;
pub mod login;
pub mod mandate;
pub mod notice;
pub mod observation;
pub mod overview;
pub mod password;
pub mod quota;
pub mod refresh;
pub mod session;
pub mod signing_key;
pub mod skeleton;
pub mod suspect;
pub mod tables;
pub mod text;
pub mod user;
mod username;
