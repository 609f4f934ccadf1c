//! What this process remembers, in caches of bounded size: verified tokens, and accounts with the model that answers.
//!
//! Not here: what may be remembered. The use cases decide that.

mod accounts;
mod readings;
mod stamps;
mod tokens;

pub use accounts::MokaAccountMemory;
pub use readings::MokaReadingMemory;
pub use tokens::MokaTokenMemory;
