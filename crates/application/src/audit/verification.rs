//! Verifying the chains of the audit log, by whoever operates the installation.

use std::collections::BTreeSet;
use std::sync::Arc;

use atalaya_domain::access::PlatformScope;
use atalaya_domain::audit::{AuditEntry, Breach, Chain, ChainHead, Mac, SignedHead, verify};
use chrono::{DateTime, Utc};

use crate::error::AppError;
use crate::ports::audit::AuditSeal;
use crate::ports::platform::PlatformStore;
use crate::ports::runtime::Clock;

/// What following a chain from its beginning found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verification {
    /// Where it ends, or what is wrong first.
    pub verdict: Result<ChainHead, Breach>,
    /// Number and time of the newest entry when it began; `None` for an empty log.
    pub newest: Option<(i64, DateTime<Utc>)>,
}

/// Follows a chain from its beginning. It has to reach the end that the database remembers, and each of `heads`.
///
/// # Errors
/// Of `read`.
pub(super) fn follow<E>(
    chain: Chain,
    seal: &dyn AuditSeal,
    stored: Option<ChainHead>,
    heads: &[ChainHead],
    read: impl FnMut(i64) -> Result<Vec<(AuditEntry, Mac)>, E>,
) -> Result<Result<ChainHead, Breach>, E> {
    let heads: Vec<ChainHead> = heads.iter().copied().chain(stored).collect();
    verify(chain, &seal.of(chain), &heads, read)
}

/// Follows chains from their beginning, signs where they end, and knows a head that this installation signed.
pub struct AuditVerifier {
    /// The chains.
    pub platform: Arc<dyn PlatformStore>,
    /// Their keys.
    pub seal: Arc<dyn AuditSeal>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl AuditVerifier {
    /// Every chain that has entries or a head, whether or not its company is still there.
    ///
    /// # Errors
    /// Of the database.
    pub fn chains(&self, scope: &PlatformScope) -> Result<BTreeSet<Chain>, AppError> {
        self.platform.query(|view| view.chains(scope).all())
    }

    /// How many entries a chain has.
    ///
    /// # Errors
    /// Of the database.
    pub fn count(&self, scope: &PlatformScope, chain: Chain) -> Result<u64, AppError> {
        self.platform.query(|view| view.chains(scope).count(chain))
    }

    /// Where a chain ends, signed now.
    ///
    /// # Errors
    /// Of the database.
    pub fn head(&self, scope: &PlatformScope, chain: Chain) -> Result<SignedHead, AppError> {
        let head = self.platform.query(|view| view.chains(scope).head(chain))?.unwrap_or(ChainHead::EMPTY);
        Ok(SignedHead::sign(chain, head, self.clock.now(), &self.seal.of(chain)))
    }

    /// Whether this installation signed the head.
    #[must_use]
    pub fn signed_here(&self, head: &SignedHead) -> bool {
        SignedHead::sign(head.chain, head.head, head.at, &self.seal.of(head.chain)) == *head
    }

    /// Follows a chain from its beginning: where it ends, or what is wrong first. It has to reach the end that the
    /// database remembers, and each of `heads`. `read` hears how many entries were read.
    ///
    /// # Errors
    /// Of the database.
    pub fn verify(
        &self,
        scope: &PlatformScope,
        chain: Chain,
        heads: &[ChainHead],
        mut read: impl FnMut(usize),
    ) -> Result<Result<ChainHead, Breach>, AppError> {
        let stored = self.platform.query(|view| view.chains(scope).head(chain))?;
        // A snapshot for each piece: one for a chain of millions would keep the database from tidying up meanwhile.
        follow(chain, self.seal.as_ref(), stored, heads, |after| {
            let entries = self.platform.query(|view| view.chains(scope).after(chain, after))?;
            read(entries.len());
            Ok(entries)
        })
    }
}
