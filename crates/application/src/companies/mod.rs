//! Companies, as those who operate the platform manage them.

mod service;

use atalaya_domain::access::PlatformScope;
use atalaya_domain::company::{Company, CompanyChange, NewCompany};
use atalaya_domain::id::CompanyId;

use crate::Precondition;
use crate::error::AppError;
use crate::page::{Page, PageRequest};

pub use service::CompanyService;

/// The use cases of the platform.
pub trait Companies: Send + Sync {
    /// Creates a company.
    ///
    /// # Errors
    /// `Conflict(CompanyExists)`.
    fn create(&self, scope: &PlatformScope, company: &NewCompany) -> Result<Company, AppError>;

    /// One company.
    ///
    /// # Errors
    /// `NotFound(Company)`.
    fn get(&self, scope: &PlatformScope, id: CompanyId) -> Result<Company, AppError>;

    /// Companies, by id.
    ///
    /// # Errors
    /// Of the database.
    fn list(
        &self,
        scope: &PlatformScope,
        request: &PageRequest<CompanyId>,
    ) -> Result<Page<Company, CompanyId>, AppError>;

    /// Changes a company; suspending one puts its users out at once.
    ///
    /// # Errors
    /// `NotFound(Company)`, `Conflict(CompanyExists)`, `PreconditionFailed`.
    fn change(
        &self,
        scope: &PlatformScope,
        id: CompanyId,
        change: &CompanyChange,
        expected: Precondition<'_, Company>,
    ) -> Result<Company, AppError>;
}
