//! [`Covariates`] on the ports.

use std::sync::Arc;

use atalaya_domain::audit::AuditAction;
use atalaya_domain::covariate_source::CovariateSource;
use atalaya_domain::id::FieldId;
use atalaya_domain::mandate::{Access, Mandate, ReadForecasts, TrainModels};
use atalaya_domain::tables::{Reach, Table};
use chrono::DateTime;

use super::resolving::{all_named, resolved};
use super::{AskedCovariate, Covariates, NamedCovariate};
use crate::error::AppError;
use crate::ports::runtime::Clock;
use crate::ports::store::Store;
use crate::ports::tables::EntityReader;

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

/// Whether a source has its table or one of its fields in the trash, and the rest of it is there: then it is not shown,
/// and counts again once that is restored.
fn lies_in_trash<R: EntityReader + ?Sized>(
    entities: &mut R,
    tables: &[Table],
    source: &CovariateSource,
) -> Result<bool, AppError> {
    let Some(table) = tables.iter().find(|table| table.entity.id == source.entity) else {
        let deleted = entities.trash(DateTime::UNIX_EPOCH)?;
        return Ok(deleted.iter().any(|entity| entity.item.id == source.entity));
    };
    let gone: Vec<FieldId> = source.fields().filter(|id| table.field(*id).is_none()).collect();
    if gone.is_empty() {
        return Ok(false);
    }
    let deleted = entities.field_trash(source.entity, DateTime::UNIX_EPOCH)?;
    Ok(gone.iter().all(|id| deleted.iter().any(|field| field.item.id == *id)))
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
            let all = unit.entities().tables()?;
            let tables = readable(all.clone(), by);
            let mut sources = resolved(&tables, asked)?;
            let set = all_named(&tables, &sources);
            // Whoever sets others did not see these.
            for source in unit.covariates().sources()? {
                if lies_in_trash(unit.entities(), &all, &source)? {
                    sources.push(source);
                }
            }
            sources.truncate(CovariateSource::MOST);
            unit.covariates().replace(&sources)?;
            let names: Vec<&str> = set.iter().map(|covariate| covariate.name.as_str()).collect();
            unit.audit(&by.event(AuditAction::CovariatesSet, self.clock.now()).on(names.join(", ")))?;
            Ok(set)
        })
    }
}
