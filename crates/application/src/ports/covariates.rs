//! The repository of the covariates that a company's trainings use, bound to the unit of work's company.

use atalaya_domain::covariate_source::CovariateSource;

use crate::error::AppError;

/// Reads which covariates trainings use that name none.
pub trait CovariateReader {
    /// In the order in which they were set.
    ///
    /// # Errors
    /// Of the database.
    fn sources(&mut self) -> Result<Vec<CovariateSource>, AppError>;
}

/// Sets them.
pub trait CovariateWriter: CovariateReader {
    /// Puts these in the place of all that were set.
    ///
    /// # Errors
    /// Of the database.
    fn replace(&mut self, sources: &[CovariateSource]) -> Result<(), AppError>;
}
