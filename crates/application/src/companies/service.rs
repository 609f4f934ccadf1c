//! [`Companies`] on the ports.

use std::sync::Arc;

use atalaya_domain::access::PlatformScope;
use atalaya_domain::company::{Company, CompanyChange, NewCompany};
use atalaya_domain::id::CompanyId;

use super::Companies;
use crate::Precondition;
use crate::error::{AppError, Resource};
use crate::page::{Page, PageRequest};
use crate::ports::identity::CompanyStore;
use crate::ports::runtime::Clock;

/// [`Companies`] on the ports.
pub struct CompanyService {
    /// Companies.
    pub companies: Arc<dyn CompanyStore>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

fn not_found() -> AppError {
    AppError::NotFound(Resource::Company)
}

impl Companies for CompanyService {
    fn create(&self, scope: &PlatformScope, company: &NewCompany) -> Result<Company, AppError> {
        let company = self.companies.insert(scope, company, self.clock.now())?;
        tracing::info!(event = "company_created", company.id = company.id.get(), "a company was created");
        Ok(company)
    }

    fn get(&self, scope: &PlatformScope, id: CompanyId) -> Result<Company, AppError> {
        self.companies.find(scope, id)?.ok_or_else(not_found)
    }

    fn list(
        &self,
        scope: &PlatformScope,
        request: &PageRequest<CompanyId>,
    ) -> Result<Page<Company, CompanyId>, AppError> {
        self.companies.page(scope, request)
    }

    fn change(
        &self,
        scope: &PlatformScope,
        id: CompanyId,
        change: &CompanyChange,
        expected: Precondition<'_, Company>,
    ) -> Result<Company, AppError> {
        let company = self.companies.change(scope, id, change, expected)?.ok_or_else(not_found)?;
        tracing::info!(
            event = "company_changed",
            company.id = id.get(),
            active = company.active,
            "a company was changed"
        );
        Ok(company)
    }
}
