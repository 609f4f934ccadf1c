//! [`Part`]: what a process is on a database.

/// What a process is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// A server makes its database where there is none, shares what it counts in Redis, calls the others and is called.
    Server,
    /// A command works on a database that is there, calls the servers after each of its commits, and shares nothing.
    Command,
}
