//! Which covariates a company's trainings use.

use atalaya_application::AppError;
use atalaya_application::ports::covariates::{CovariateReader, CovariateWriter};
use atalaya_domain::covariate_source::{Aggregate, CovariateSource};
use atalaya_domain::id::{EntityId, FieldId};
use diesel::prelude::*;
use uuid::Uuid;

use super::error::Expecting;
use super::rows::read;
use super::schema::covariate_sources;
use super::store::Tenant;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = covariate_sources)]
struct SourceRow {
    company_id: i64,
    place: i32,
    entity_id: Vec<u8>,
    date_field: Vec<u8>,
    value_field: Option<Vec<u8>>,
    aggregate: String,
    account_field: Option<Vec<u8>>,
    lag_days: i32,
    known_since_field: Option<Vec<u8>>,
}

fn bytes(id: Uuid) -> Vec<u8> {
    id.as_bytes().to_vec()
}

impl SourceRow {
    fn new(company_id: i64, place: i32, source: &CovariateSource) -> Self {
        let field = |id: FieldId| bytes(id.get());
        Self {
            company_id,
            place,
            entity_id: bytes(source.entity.get()),
            date_field: field(source.date_field),
            value_field: source.value_field.map(field),
            aggregate: source.aggregate.as_str().to_owned(),
            account_field: source.account_field.map(field),
            lag_days: i32::from(source.lag_days),
            known_since_field: source.known_since_field.map(field),
        }
    }

    fn into_domain(self) -> Result<CovariateSource, AppError> {
        let id = |column: &'static str, bytes: &[u8]| read(column, Uuid::from_slice(bytes));
        let field =
            |column, bytes: Option<Vec<u8>>| bytes.map(|bytes| id(column, &bytes).map(FieldId::new)).transpose();
        Ok(CovariateSource {
            entity: EntityId::new(id("covariate_sources.entity_id", &self.entity_id)?),
            date_field: FieldId::new(id("covariate_sources.date_field", &self.date_field)?),
            value_field: field("covariate_sources.value_field", self.value_field)?,
            aggregate: read("covariate_sources.aggregate", self.aggregate.parse::<Aggregate>())?,
            account_field: field("covariate_sources.account_field", self.account_field)?,
            lag_days: read("covariate_sources.lag_days", u8::try_from(self.lag_days))?,
            known_since_field: field("covariate_sources.known_since_field", self.known_since_field)?,
        })
    }
}

impl CovariateReader for Tenant<'_, '_> {
    fn sources(&mut self) -> Result<Vec<CovariateSource>, AppError> {
        let rows: Vec<SourceRow> = self
            .own::<covariate_sources::table>()
            .order(covariate_sources::place)
            .select(SourceRow::as_select())
            .load(self.conn())
            .or_fault()?;
        rows.into_iter().map(SourceRow::into_domain).collect()
    }
}

impl CovariateWriter for Tenant<'_, '_> {
    fn replace(&mut self, sources: &[CovariateSource]) -> Result<(), AppError> {
        let company = self.company_id();
        diesel::delete(self.own::<covariate_sources::table>()).execute(self.conn()).or_fault()?;
        for (place, source) in (0..).zip(sources) {
            let row = SourceRow::new(company, place, source);
            diesel::insert_into(covariate_sources::table).values(row).execute(self.conn()).or_fault()?;
        }
        Ok(())
    }
}
