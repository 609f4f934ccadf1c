//! The audit log, as those read it who may, and as the web tells it of refused requests.

mod service;
mod verification;

use atalaya_domain::access::{Actor, PlatformScope, TenantScope};
use atalaya_domain::audit::{AuditEntry, Chain, Refusal, SignedHead};
use atalaya_domain::caller::Origin;
use atalaya_domain::id::CompanyId;
use atalaya_domain::mandate::{Authorized, ReadAudit};
use chrono_tz::Tz;

use crate::error::AppError;
use crate::export::Sink;
use crate::page::PageRequest;
use crate::ports::audit::{AuditFilter, AuditPage};

pub use service::AuditService;
pub use verification::{AuditVerifier, Verification};

/// The proof that somebody may read one chain of the audit log. Only [`Audit::open`] makes one.
#[derive(Debug, Clone, Copy)]
pub struct ReadableChain {
    scope: ChainScope,
    time_zone: Tz,
}

#[derive(Debug, Clone, Copy)]
enum ChainScope {
    Company(TenantScope),
    Platform(PlatformScope),
}

impl ReadableChain {
    /// Which chain it is.
    fn chain(&self) -> Chain {
        match self.scope {
            ChainScope::Company(scope) => Chain::Company(scope.company()),
            ChainScope::Platform(_) => Chain::Platform,
        }
    }

    /// Where the days of its readers end: in the company's zone, or in UTC for the platform's chain.
    #[must_use]
    pub fn time_zone(&self) -> Tz {
        self.time_zone
    }
}

/// The use cases of the audit log.
pub trait Audit: Send + Sync {
    /// Tells that a request was refused: `actor` where the token was good, `what` as method and route, with the code of
    /// the refusal where that says more. Neither blocks nor fails.
    fn refused(&self, actor: Option<&Actor>, refusal: Refusal, what: String, origin: Origin);

    /// Proves that the caller may read the chain of the company that the request names, or of their own. A superadmin
    /// who names none reads the platform's.
    ///
    /// # Errors
    /// `Forbidden` in another company; `NotFound(Company)` where a superadmin named one that does not exist.
    fn open(&self, by: &Authorized<ReadAudit>, company: Option<CompanyId>) -> Result<ReadableChain, AppError>;

    /// Entries of the chain, newest first.
    ///
    /// # Errors
    /// Of the database.
    fn list(
        &self,
        chain: &ReadableChain,
        filter: &AuditFilter,
        request: &PageRequest<i64>,
    ) -> Result<AuditPage, AppError>;

    /// Gives every entry of the chain that the filter passes to `sink`, newest first, out of one snapshot. Its database
    /// connection is kept meanwhile.
    ///
    /// # Errors
    /// Of the database.
    fn export(
        &self,
        chain: &ReadableChain,
        filter: &AuditFilter,
        sink: &mut Sink<'_, AuditEntry>,
    ) -> Result<(), AppError>;

    /// Where the chain ends now, signed: to be kept where whoever could cut the log cannot reach.
    ///
    /// # Errors
    /// Of the database.
    fn head(&self, chain: &ReadableChain) -> Result<SignedHead, AppError>;

    /// Follows the chain from its beginning to its end, as [`AuditVerifier::verify`] does, in pieces: it keeps no
    /// database connection. `None` where `goes_on`, which is asked before each piece, says that it is to stop.
    ///
    /// # Errors
    /// Of the database.
    fn verify(&self, chain: &ReadableChain, goes_on: &dyn Fn() -> bool) -> Result<Option<Verification>, AppError>;
}
