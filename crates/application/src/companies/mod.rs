//! Companies, as those who operate the platform manage them.

mod service;

use atalaya_domain::access::{Operator, PlatformScope};
use atalaya_domain::audit::AuditActor;
use atalaya_domain::caller::{Caller, Origin};
use atalaya_domain::company::{Company, CompanyChange, NewCompany};
use atalaya_domain::id::CompanyId;

use crate::Precondition;
use crate::error::AppError;
use crate::page::{Creation, Page, PageRequest};

pub use service::CompanyService;

/// The proof that somebody operates the platform, with what the audit log tells of them.
#[derive(Debug, Clone)]
pub struct PlatformOperation {
    /// The proof.
    pub scope: PlatformScope,
    /// Who.
    pub actor: AuditActor,
    /// From where.
    pub origin: Origin,
}

impl PlatformOperation {
    /// A superadmin's request.
    ///
    /// # Errors
    /// `Forbidden(Role)` for everybody else.
    pub fn by_caller(caller: &Caller) -> Result<Self, AppError> {
        let scope = caller.authorize_platform()?;
        Ok(Self { scope, actor: AuditActor::of(caller), origin: caller.origin().clone() })
    }

    /// Work at the machine.
    #[must_use]
    pub fn by_operator(operator: &Operator) -> Self {
        Self { scope: operator.platform(), actor: AuditActor::Operator, origin: Origin::default() }
    }
}

/// The use cases of the platform.
pub trait Companies: Send + Sync {
    /// Creates a company.
    ///
    /// # Errors
    /// `Conflict(CompanyExists)`.
    fn create(&self, by: &PlatformOperation, company: &NewCompany) -> Result<Company, AppError>;

    /// One company.
    ///
    /// # Errors
    /// `NotFound(Company)`.
    fn get(&self, scope: &PlatformScope, id: CompanyId) -> Result<Company, AppError>;

    /// Companies, by creation.
    ///
    /// # Errors
    /// Of the database.
    fn list(
        &self,
        scope: &PlatformScope,
        request: &PageRequest<Creation<CompanyId>>,
    ) -> Result<Page<Company, Creation<CompanyId>>, AppError>;

    /// Changes a company; suspending one puts its users out at once.
    ///
    /// # Errors
    /// `NotFound(Company)`, `Conflict(CompanyExists)`, `PreconditionFailed`.
    fn change(
        &self,
        by: &PlatformOperation,
        id: CompanyId,
        change: &CompanyChange,
        expected: Precondition<'_, Company>,
    ) -> Result<Company, AppError>;
}
