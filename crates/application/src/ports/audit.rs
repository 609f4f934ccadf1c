//! The audit log: append-only, one chain per company and one for the platform.
//!
//! What changes something is told in the same transaction, by the unit of work that changes it
//! ([`UnitOfWork::audit`](super::store::UnitOfWork::audit),
//! [`PlatformUnit::audit`](super::platform::PlatformUnit::audit)). [`AuditLog`] is for refusals; [`AuditReader`] reads
//! one chain, [`AuditChains`] any.

use std::collections::BTreeSet;

use atalaya_domain::audit::{
    AuditAction, AuditEntry, AuditEvent, AuditOutcome, AuditTarget, Chain, ChainHead, Mac, SignedHead,
};
use atalaya_domain::user::Username;
use chrono::{DateTime, Utc};

use super::repositories::TimeSpan;
use crate::error::AppError;
use crate::page::{Page, PageRequest};

/// Takes refusals, which no other write goes with.
pub trait AuditLog: Send + Sync {
    /// Tells of a refusal. Those that are alike within a minute become one entry with their count, so that a flood of
    /// them is no flood of writes. Neither blocks nor fails.
    fn refused(&self, event: AuditEvent);
}

/// Which entries; `None` passes all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditFilter {
    /// When.
    pub span: TimeSpan,
    /// What.
    pub action: Option<AuditAction>,
    /// Who, by the name that the entry tells.
    pub actor: Option<Username>,
    /// How it ended.
    pub outcome: Option<AuditOutcome>,
    /// To what, the whole text.
    pub target: Option<AuditTarget>,
}

/// A page of entries, newest first; its key is the number of its last entry.
pub type AuditPage = Page<AuditEntry, i64>;

/// Reads the chain of one company, or the platform's.
pub trait AuditReader {
    /// Entries, newest first.
    ///
    /// # Errors
    /// Of the database.
    fn page(&mut self, filter: &AuditFilter, request: &PageRequest<i64>) -> Result<AuditPage, AppError>;

    /// Where the chain ends, signed as of `at`.
    ///
    /// # Errors
    /// Of the database.
    fn signed_head(&mut self, at: DateTime<Utc>) -> Result<SignedHead, AppError>;

    /// Where the chain ends, as the database remembers it.
    ///
    /// # Errors
    /// Of the database.
    fn stored_head(&mut self) -> Result<Option<ChainHead>, AppError>;

    /// Some of the entries behind the number `seq`, in their order, each with its code; none where there are no more.
    ///
    /// # Errors
    /// Of the database.
    fn entries_after(&mut self, seq: i64) -> Result<Vec<(AuditEntry, Mac)>, AppError>;
}

/// Every chain that has entries or a head, whether or not its company is still there: for whoever verifies them.
pub trait AuditChains {
    /// Which there are.
    ///
    /// # Errors
    /// Of the database.
    fn all(&mut self) -> Result<BTreeSet<Chain>, AppError>;

    /// Where a chain ends, as the database remembers it.
    ///
    /// # Errors
    /// Of the database.
    fn head(&mut self, chain: Chain) -> Result<Option<ChainHead>, AppError>;

    /// How many entries a chain has.
    ///
    /// # Errors
    /// Of the database.
    fn count(&mut self, chain: Chain) -> Result<u64, AppError>;

    /// Some of the entries behind the number `seq`, in their order, each with its code; none where there are no more.
    ///
    /// # Errors
    /// Of the database.
    fn after(&mut self, chain: Chain, seq: i64) -> Result<Vec<(AuditEntry, Mac)>, AppError>;
}

/// Makes the codes of a chain from its messages.
pub type ChainCode = Box<dyn Fn(&[u8]) -> Mac + Send + Sync>;

/// The keys of the audit log: what an entry's code is made with. Each chain has a key of its own.
pub trait AuditSeal: Send + Sync {
    /// What makes the codes of a chain.
    fn of(&self, chain: Chain) -> ChainCode;
}
