//! Trained versions of a company's accounts.

use atalaya_application::AppError;
use atalaya_application::ports::repositories::{
    ModelReader, ModelWriter, NewModel, StoredModel, TrainingFacts, TrainingRun,
};
use atalaya_domain::account::Account;
use atalaya_domain::forecast::Grid;
use atalaya_domain::id::ModelVersion;
use aws_lc_rs::digest::{SHA256, digest};
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::dsl::{auto_type, max};
use diesel::prelude::*;

use super::error::Expecting;
use super::rows::{count, loaded, read, stored, word};
use super::schema::model_versions;
use super::store::Tenant;

/// A training run, without the bytes of its version.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = model_versions)]
struct RunRow {
    version: i32,
    trained_at: NaiveDateTime,
    trained_by: String,
    served: String,
    grid: String,
    mae: f64,
    rmse: f64,
    mape: Option<f64>,
    mase: Option<f64>,
    data_from: NaiveDateTime,
    data_until: NaiveDateTime,
    checksum: String,
    size_bytes: i64,
    active: bool,
    deleted_at: Option<NaiveDateTime>,
}

impl RunRow {
    fn into_domain(self) -> Result<TrainingRun, AppError> {
        let grid = [Grid::Daily, Grid::Hourly].into_iter().find(|grid| grid.as_str() == self.grid);
        let facts = TrainingFacts {
            trained_at: loaded(self.trained_at),
            trained_by: self.trained_by,
            served: word("model_versions.served", &self.served)?,
            grid: read("model_versions.grid", grid.ok_or("no such grid"))?,
            mae: self.mae,
            rmse: self.rmse,
            mape: self.mape,
            mase: self.mase,
            data_from: loaded(self.data_from),
            data_until: loaded(self.data_until),
        };
        Ok(TrainingRun {
            version: ModelVersion::new(self.version),
            facts,
            checksum: self.checksum,
            size_bytes: count("model_versions.size_bytes", self.size_bytes)?,
            active: self.active,
            deleted_at: self.deleted_at.map(loaded),
        })
    }
}

/// A version whose bytes are not those that training wrote.
#[derive(Debug, thiserror::Error)]
#[error("the stored artifact of model version {version} of {handle} does not fit its checksum; train the account anew")]
struct ChecksumMismatch {
    handle: String,
    version: i32,
}

/// Versions of the account.
#[auto_type(no_type_alias)]
fn of_account(company: i64, account: i64) -> _ {
    model_versions::company_id.eq(company).and(model_versions::account_id.eq(account))
}

/// SHA-256, in hexadecimal.
fn checksum(bytes: &[u8]) -> String {
    use std::fmt::Write;
    digest(&SHA256, bytes).as_ref().iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl Tenant<'_, '_> {
    fn next_version(&mut self, account: &Account) -> Result<ModelVersion, AppError> {
        let company = self.company_id();
        let last: Option<i32> = model_versions::table
            .filter(of_account(company, account.id.get()))
            .select(max(model_versions::version))
            .first(self.conn())
            .or_fault()?;
        Ok(last.map_or(ModelVersion::FIRST, |number| ModelVersion::new(number).next()))
    }

    fn run(&mut self, account: &Account, version: ModelVersion) -> Result<TrainingRun, AppError> {
        let company = self.company_id();
        model_versions::table
            .find((company, account.id.get(), version.get()))
            .select(RunRow::as_select())
            .first(self.conn())
            .or_fault()?
            .into_domain()
    }
}

impl ModelReader for Tenant<'_, '_> {
    fn active(&mut self, account: &Account) -> Result<Option<StoredModel>, AppError> {
        let company = self.company_id();
        let found: Option<(RunRow, Option<Vec<u8>>)> = model_versions::table
            .filter(of_account(company, account.id.get()))
            .filter(model_versions::active)
            .select((RunRow::as_select(), model_versions::artifact))
            .first(self.conn())
            .optional()
            .or_fault()?;
        let Some((row, artifact)) = found else { return Ok(None) };
        let artifact = artifact.unwrap_or_default();
        if checksum(&artifact) != row.checksum {
            let handle = account.handle.as_str().to_owned();
            return Err(AppError::internal(ChecksumMismatch { handle, version: row.version }));
        }
        Ok(Some(StoredModel { run: row.into_domain()?, artifact }))
    }

    fn fitted(&mut self, account: &Account, version: ModelVersion) -> Result<Option<Vec<u8>>, AppError> {
        let company = self.company_id();
        let found: Option<Option<Vec<u8>>> = model_versions::table
            .find((company, account.id.get(), version.get()))
            .select(model_versions::fitted)
            .first(self.conn())
            .optional()
            .or_fault()?;
        Ok(found.flatten())
    }

    fn history(&mut self, account: &Account) -> Result<Vec<TrainingRun>, AppError> {
        let company = self.company_id();
        let rows: Vec<RunRow> = model_versions::table
            .filter(of_account(company, account.id.get()))
            .order(model_versions::version.desc())
            .select(RunRow::as_select())
            .load(self.conn())
            .or_fault()?;
        rows.into_iter().map(RunRow::into_domain).collect()
    }
}

impl ModelWriter for Tenant<'_, '_> {
    fn insert_active(&mut self, account: &Account, model: &NewModel) -> Result<TrainingRun, AppError> {
        let company = self.company_id();
        let version = self.next_version(account)?;
        let size = i64::try_from(model.artifact.len() + model.fitted.len()).map_err(AppError::internal)?;
        diesel::update(model_versions::table)
            .filter(of_account(company, account.id.get()))
            .filter(model_versions::active)
            .set(model_versions::active.eq(false))
            .execute(self.conn())
            .or_fault()?;
        diesel::insert_into(model_versions::table)
            .values((
                model_versions::company_id.eq(company),
                model_versions::account_id.eq(account.id.get()),
                model_versions::version.eq(version.get()),
                model_versions::trained_at.eq(stored(model.facts.trained_at)),
                model_versions::trained_by.eq(model.facts.trained_by.as_str()),
                model_versions::served.eq(model.facts.served.as_str()),
                model_versions::grid.eq(model.facts.grid.as_str()),
                model_versions::mae.eq(model.facts.mae),
                model_versions::rmse.eq(model.facts.rmse),
                model_versions::mape.eq(model.facts.mape),
                model_versions::mase.eq(model.facts.mase),
                model_versions::data_from.eq(stored(model.facts.data_from)),
                model_versions::data_until.eq(stored(model.facts.data_until)),
                model_versions::checksum.eq(checksum(&model.artifact)),
                model_versions::size_bytes.eq(size),
                model_versions::active.eq(true),
                model_versions::artifact.eq(model.artifact.as_slice()),
                model_versions::fitted.eq(model.fitted.as_slice()),
            ))
            .execute(self.conn())
            .or_fault()?;
        self.account_changed(account.handle.clone());
        self.run(account, version)
    }

    fn delete_all(&mut self, account: &Account, at: DateTime<Utc>) -> Result<Vec<ModelVersion>, AppError> {
        let company = self.company_id();
        let mut versions: Vec<i32> = diesel::update(model_versions::table)
            .filter(of_account(company, account.id.get()))
            .filter(model_versions::deleted_at.is_null())
            .set((
                model_versions::artifact.eq(None::<Vec<u8>>),
                model_versions::fitted.eq(None::<Vec<u8>>),
                model_versions::active.eq(false),
                model_versions::deleted_at.eq(stored(at)),
            ))
            .returning(model_versions::version)
            .get_results(self.conn())
            .or_fault()?;
        if !versions.is_empty() {
            self.account_changed(account.handle.clone());
        }
        versions.sort_unstable();
        Ok(versions.into_iter().map(ModelVersion::new).collect())
    }
}
