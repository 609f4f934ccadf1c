//! Companies, as those who operate the platform manage them.

mod service;

use atalaya_domain::access::PlatformScope;
use atalaya_domain::company::{Company, CompanyChange, NewCompany};
use atalaya_domain::id::CompanyId;
use atalaya_domain::mandate::{ManageCompanies, Mandate};

use crate::Precondition;
use crate::error::AppError;
use crate::page::{Creation, Page, PageRequest};

pub use service::CompanyService;

/// The use cases of the platform.
pub trait Companies: Send + Sync {
    /// Creates a company.
    ///
    /// # Errors
    /// `Conflict(CompanyExists)`.
    fn create(&self, by: &Mandate<ManageCompanies>, company: &NewCompany) -> Result<Company, AppError>;

    /// One company.
    ///
    /// # Errors
    /// `NotFound(Company)`.
    fn get(&self, scope: &PlatformScope, id: CompanyId) -> Result<Company, AppError>;

    /// The company of that name, else the one whose id the text is.
    ///
    /// # Errors
    /// `NotFound(Company)`.
    fn named(&self, scope: &PlatformScope, name_or_id: &str) -> Result<Company, AppError>;

    /// Companies, by creation.
    ///
    /// # Errors
    /// Of the database.
    fn list(
        &self,
        scope: &PlatformScope,
        request: &PageRequest<Creation<CompanyId>>,
    ) -> Result<Page<Company, Creation<CompanyId>>, AppError>;

    /// How many there are.
    ///
    /// # Errors
    /// Of the database.
    fn count(&self, scope: &PlatformScope) -> Result<u64, AppError>;

    /// Changes a company; suspending one puts its users out at once.
    ///
    /// # Errors
    /// `NotFound(Company)`, `Conflict(CompanyExists)`, `PreconditionFailed`.
    fn change(
        &self,
        by: &Mandate<ManageCompanies>,
        id: CompanyId,
        change: &CompanyChange,
        expected: Precondition<'_, Company>,
    ) -> Result<Company, AppError>;
}
