//! Two replicas behind nginx on one PostgreSQL: what they share, and what clients notice when a part is stopped or
//! killed.

// Marked as test code, as everything here is, for clippy to allow `unwrap` outside of test functions too.
#[cfg(test)]
mod failover;
#[cfg(test)]
mod failures;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod locks;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod restarts;
#[cfg(test)]
mod sharing;
#[cfg(test)]
mod support;
#[cfg(test)]
mod training;
#[cfg(test)]
mod upgrade;
