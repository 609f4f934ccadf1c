//! What this process remembers, in caches of bounded size: verified tokens, accounts with the model that
//! answers, and lists of accounts.
//!
//! Not here: what may be remembered. The use cases decide that.

mod account_lists;
mod accounts;
mod readings;
mod stamps;
mod tokens;

pub use account_lists::MokaAccountListMemory;
pub use accounts::MokaAccountMemory;
pub use readings::MokaReadingMemory;
pub use tokens::MokaTokenMemory;
