//! Adapters of the ports: diesel persistence, hashing and tokens, memory, settings, the clock.
//!
//! Not here: rules about who may do what.

pub mod audit;
pub mod clock;
pub mod digits;
pub mod fitting;
pub mod freshness;
pub mod giving_way;
pub mod idempotency;
pub mod key_set;
pub mod lane;
pub mod locale;
pub mod login_guard;
pub mod memory;
pub mod persistence;
pub mod priority;
pub mod quotas;
pub mod redis;
pub mod runtime;
pub mod security;
pub mod settings;
mod sync;
#[cfg(test)]
mod testing;
pub mod vault;
pub mod wake;
