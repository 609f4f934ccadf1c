//! [`Covariates`] on the ports.

use std::sync::Arc;

use atalaya_domain::audit::AuditAction;
use atalaya_domain::covariate_source::CovariateSource;
use atalaya_domain::mandate::{Access, Mandate, ReadForecasts, TrainModels};
use atalaya_domain::tables::{Reach, Table};

use super::resolving::{all_named, named, resolved};
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

/// The tables of which somebody may read all records: what a training takes of a table shows in its forecasts.
fn readable(tables: Vec<Table>, by: &Mandate<TrainModels>) -> Vec<Table> {
    let opened = tables.into_iter().filter_map(|table| table.opened_by(by.opener()));
    opened.filter(|table| table.reach() == Reach::All).collect()
}

/// These sources, and behind them those that were set and not shown, such as one whose table is in the trash: whoever
/// sets others did not see them, and they count again once the table is restored.
fn with_hidden(
    tables: &[Table],
    mut sources: Vec<CovariateSource>,
    before: Vec<CovariateSource>,
) -> Vec<CovariateSource> {
    sources.extend(before.into_iter().filter(|source| named(tables, source).is_none()));
    sources.truncate(CovariateSource::MOST);
    sources
}

impl Covariates for CovariateService {
    fn resolve(&self, by: &Mandate<TrainModels>, asked: &[AskedCovariate]) -> Result<Vec<CovariateSource>, AppError> {
        if asked.is_empty() {
            return Ok(Vec::new());
        }
        self.store.query(&by.scope(), |view| resolved(&readable(view.entities().tables()?, by), asked))
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
            let tables = readable(unit.entities().tables()?, by);
            let sources = resolved(&tables, asked)?;
            let set = all_named(&tables, &sources);
            let before = unit.covariates().sources()?;
            unit.covariates().replace(&with_hidden(&tables, sources, before))?;
            let names: Vec<&str> = set.iter().map(|covariate| covariate.name.as_str()).collect();
            unit.audit(&by.event(AuditAction::CovariatesSet, self.clock.now()).on(names.join(", ")))?;
            Ok(set)
        })
    }
}
