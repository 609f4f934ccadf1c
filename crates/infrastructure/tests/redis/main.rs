//! The adapters of Redis, on a server of the tests' own that they stop, start and let hang.

// Marked as test code, as everything here is, for clippy to allow `unwrap` outside of test functions too.
#[cfg(test)]
mod sharing;
