//! [`Companies`] on the ports.

use std::sync::Arc;

use atalaya_domain::access::PlatformScope;
use atalaya_domain::audit::{AuditAction, AuditEvent};
use atalaya_domain::company::{Company, CompanyChange, CompanyFact, CompanyName, NewCompany};
use atalaya_domain::id::CompanyId;
use atalaya_domain::mandate::{ManageCompanies, Mandate};

use super::Companies;
use crate::Precondition;
use crate::error::{AppError, Resource};
use crate::page::{Creation, Page, PageRequest};
use crate::ports::platform::PlatformStore;
use crate::ports::runtime::Clock;

/// [`Companies`] on the ports.
pub struct CompanyService {
    /// Companies.
    pub platform: Arc<dyn PlatformStore>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

fn not_found() -> AppError {
    AppError::NotFound(Resource::Company)
}

impl CompanyService {
    fn event(&self, by: &Mandate<ManageCompanies>, action: AuditAction, name: &CompanyName) -> AuditEvent {
        by.event(action, self.clock.now()).on(name.as_str())
    }

    /// What is done to a bank is the bank's to read. `company` is as it was before.
    fn audit_event(&self, by: &Mandate<ManageCompanies>, fact: CompanyFact, company: &Company) -> AuditEvent {
        let action = match fact {
            CompanyFact::Suspended => AuditAction::CompanySuspended,
            CompanyFact::Resumed => AuditAction::CompanyResumed,
            CompanyFact::Described => AuditAction::CompanyChanged,
        };
        self.event(by, action, &company.name).in_company(Some(company.id))
    }
}

impl Companies for CompanyService {
    fn create(&self, by: &Mandate<ManageCompanies>, company: &NewCompany) -> Result<Company, AppError> {
        let audit = self.event(by, AuditAction::CompanyCreated, &company.name);
        let company = self.platform.transaction(|unit| {
            unit.audit(&audit)?;
            unit.companies(&by.scope()).insert(company, audit.at)
        })?;
        tracing::info!(event = "company_created", company.id = company.id.get(), "a company was created");
        Ok(company)
    }

    fn get(&self, scope: &PlatformScope, id: CompanyId) -> Result<Company, AppError> {
        self.platform.query(|view| view.companies(scope).find(id))?.ok_or_else(not_found)
    }

    fn named(&self, scope: &PlatformScope, name_or_id: &str) -> Result<Company, AppError> {
        if let Some(company) = self.platform.query(|view| view.companies(scope).by_name(name_or_id))? {
            return Ok(company);
        }
        let id = name_or_id.parse().map_err(|_| not_found())?;
        self.get(scope, CompanyId::new(id))
    }

    fn list(
        &self,
        scope: &PlatformScope,
        request: &PageRequest<Creation<CompanyId>>,
    ) -> Result<Page<Company, Creation<CompanyId>>, AppError> {
        self.platform.query(|view| view.companies(scope).page(request))
    }

    fn count(&self, scope: &PlatformScope) -> Result<u64, AppError> {
        self.platform.query(|view| view.companies(scope).count())
    }

    fn change(
        &self,
        by: &Mandate<ManageCompanies>,
        id: CompanyId,
        change: &CompanyChange,
        expected: Precondition<'_, Company>,
    ) -> Result<Company, AppError> {
        let (scope, now) = (by.scope(), self.clock.now());
        let company = self.platform.transaction(|unit| {
            let before = unit.companies(&scope).find(id)?.ok_or_else(not_found)?;
            expected(&before)?;
            let after = unit.companies(&scope).change(&before, change)?;
            if change.ends_sessions(&before) {
                unit.sessions().end_of_company(id, now)?;
            }
            change.facts(&before).into_iter().try_for_each(|fact| unit.audit(&self.audit_event(by, fact, &before)))?;
            Ok(after)
        })?;
        tracing::info!(
            event = "company_changed",
            company.id = id.get(),
            active = company.active,
            "a company was changed"
        );
        Ok(company)
    }
}
