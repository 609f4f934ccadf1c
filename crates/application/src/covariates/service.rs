//! [`Covariates`] on the ports.

use std::sync::Arc;

use atalaya_domain::access::TenantScope;
use atalaya_domain::audit::AuditAction;
use atalaya_domain::covariate_source::CovariateSource;
use atalaya_domain::mandate::{Access, Mandate, ReadForecasts, TrainModels};

use super::resolving::{all_named, resolved};
use super::{AskedCovariate, Covariates, NamedCovariate};
use crate::error::AppError;
use crate::ports::runtime::Clock;
use crate::ports::store::Store;

/// [`Covariates`] on the ports.
pub struct CovariateService {
    /// A company's data.
    pub store: Arc<dyn Store>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl Covariates for CovariateService {
    fn resolve(&self, scope: &TenantScope, asked: &[AskedCovariate]) -> Result<Vec<CovariateSource>, AppError> {
        if asked.is_empty() {
            return Ok(Vec::new());
        }
        self.store.query(scope, |view| resolved(&view.entities().tables()?, asked))
    }

    fn default_of(&self, by: &Access<ReadForecasts>) -> Result<Vec<NamedCovariate>, AppError> {
        self.store.query(&by.scope(), |view| {
            let sources = view.covariates().sources()?;
            Ok(all_named(&view.entities().tables()?, &sources))
        })
    }

    fn set_default(
        &self,
        by: &Mandate<TrainModels>,
        asked: &[AskedCovariate],
    ) -> Result<Vec<NamedCovariate>, AppError> {
        self.store.transaction(&by.scope(), |unit| {
            let tables = unit.entities().tables()?;
            let sources = resolved(&tables, asked)?;
            let set = all_named(&tables, &sources);
            unit.covariates().replace(&sources)?;
            let names: Vec<&str> = set.iter().map(|covariate| covariate.name.as_str()).collect();
            unit.audit(&by.event(AuditAction::CovariatesSet, self.clock.now()).on(names.join(", ")))?;
            Ok(set)
        })
    }
}
