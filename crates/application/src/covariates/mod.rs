//! Covariates: records of a company's own tables that may explain followers.

mod columns;
mod resolving;
mod service;

use atalaya_domain::covariate_source::{Aggregate, CovariateSource};
use atalaya_domain::mandate::{Access, Mandate, ReadForecasts, TrainModels};

use crate::error::AppError;

pub(crate) use columns::Columns;
pub use service::CovariateService;

/// A covariate as a caller names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedCovariate {
    /// The name of an entity type, or its id.
    pub entity: String,
    /// The name of the field that tells the day of a record.
    pub date_field: String,
    /// The name of the field whose values are put together.
    pub value_field: Option<String>,
    /// How they are put together.
    pub aggregate: Aggregate,
    /// The name of the field that tells the account of a record.
    pub account_field: Option<String>,
    /// How many days after its own a record counts.
    pub lag_days: u8,
    /// The name of the field that tells since when a record was known.
    pub known_since_field: Option<String>,
}

/// A covariate in the words of its table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedCovariate {
    /// Where it comes from.
    pub source: CovariateSource,
    /// Its name in comparisons and explanations.
    pub name: String,
    /// The entity type.
    pub entity: String,
    /// The field that tells the day of a record.
    pub date_field: String,
    /// The field whose values are put together.
    pub value_field: Option<String>,
    /// The field that tells the account of a record.
    pub account_field: Option<String>,
    /// The field that tells since when a record was known.
    pub known_since_field: Option<String>,
}

/// Which covariates trainings use.
pub trait Covariates: Send + Sync {
    /// Finds the tables and fields that a caller named, among the tables of which they may read all records.
    ///
    /// # Errors
    /// `Invalid` with all that is not there or does not fit.
    fn resolve(&self, by: &Mandate<TrainModels>, asked: &[AskedCovariate]) -> Result<Vec<CovariateSource>, AppError>;

    /// The covariates of trainings that name none; those whose table or field is gone are left out.
    ///
    /// # Errors
    /// Of the database.
    fn default_of(&self, by: &Access<ReadForecasts>) -> Result<Vec<NamedCovariate>, AppError>;

    /// Puts these in the place of all that [`Self::default_of`] shows. Behind them stay
    /// those whose table or field is in the trash, as far as there is room.
    ///
    /// # Errors
    /// As [`Self::resolve`].
    fn set_default(&self, by: &Mandate<TrainModels>, asked: &[AskedCovariate])
    -> Result<Vec<NamedCovariate>, AppError>;
}
