//! The product over HTTP, in one binary.

// Marked as test code, as everything here is, for clippy to allow `unwrap` outside of test functions too.
#[cfg(test)]
mod abandoned_trials;
#[cfg(test)]
mod administration;
#[cfg(test)]
mod audit;
#[cfg(test)]
mod audit_verification;
#[cfg(test)]
mod audited_acts;
#[cfg(test)]
mod authorization_matrix;
#[cfg(test)]
mod backtests;
#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod calendar;
#[cfg(test)]
mod canaries;
#[cfg(test)]
mod checks;
#[cfg(test)]
mod clocks;
#[cfg(test)]
mod command_line;
#[cfg(test)]
mod command_texts;
#[cfg(test)]
mod companies;
#[cfg(test)]
mod config_check;
#[cfg(test)]
mod covariates;
#[cfg(test)]
mod daily;
#[cfg(test)]
mod dashboard;
#[cfg(test)]
mod deletion;
#[cfg(test)]
mod digit_places;
mod digits;
#[cfg(test)]
mod disclosure;
#[cfg(test)]
mod documents;
#[cfg(test)]
mod durability;
#[cfg(test)]
mod every_place;
#[cfg(test)]
mod examples;
#[cfg(test)]
mod expansion;
#[cfg(test)]
mod explanations;
#[cfg(test)]
mod exports;
#[cfg(test)]
mod forecasts;
#[cfg(test)]
mod graphql;
#[cfg(test)]
mod grids;
#[cfg(test)]
mod guessing;
#[cfg(test)]
mod healthcheck;
#[cfg(test)]
mod hostile_input;
#[cfg(test)]
mod idempotency;
#[cfg(test)]
mod installation;
#[cfg(test)]
mod job_events;
#[cfg(test)]
mod jobs;
#[cfg(test)]
mod joint;
#[cfg(test)]
mod kept_login;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod languages;
#[cfg(test)]
mod log_rotation;
#[cfg(test)]
mod login;
#[cfg(test)]
mod misused_connections;
#[cfg(test)]
mod models;
#[cfg(test)]
mod names;
#[cfg(test)]
mod observations;
#[cfg(test)]
mod odd;
#[cfg(test)]
mod operation;
#[cfg(test)]
mod order_of_checks;
#[cfg(test)]
mod overload;
#[cfg(test)]
mod overview;
#[cfg(test)]
mod passwords;
#[cfg(test)]
mod patience;
#[cfg(test)]
mod pictures;
#[cfg(test)]
mod planted;
#[cfg(test)]
mod profiles;
#[cfg(test)]
mod program;
#[cfg(test)]
mod quotas;
#[cfg(test)]
mod raw;
#[cfg(test)]
mod redis;
#[cfg(test)]
mod refresh;
#[cfg(test)]
mod review;
#[cfg(test)]
mod revocation;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod security_documents;
#[cfg(test)]
mod series_files;
#[cfg(test)]
mod session_events;
#[cfg(test)]
mod sessions;
#[cfg(test)]
mod shutdown;
#[cfg(test)]
mod tables;
#[cfg(test)]
mod temporary_passwords;
#[cfg(test)]
mod tls;
#[cfg(test)]
mod token_mutations;
#[cfg(test)]
mod trouble;
#[cfg(test)]
mod uploads;
#[cfg(test)]
mod users;
#[cfg(test)]
mod versions;
#[cfg(test)]
mod ways_in;
#[cfg(test)]
mod what_if;
#[cfg(test)]
mod workbooks;
#[cfg(test)]
mod workers;
#[cfg(test)]
mod world;
