//! Trained versions of a company's accounts.

use atalaya_application::AppError;
use atalaya_application::error::Resource;
use atalaya_application::page::{Page, PageRequest};
use atalaya_application::ports::repositories::{
    AnsweredVersion, Artifact, ModelReader, ModelWriter, NewModel, StoredModel, SummaryWriter as _, TrainingFacts,
    TrainingRun,
};
use atalaya_domain::account::Account;
use atalaya_domain::id::{AccountId, CompanyId, ModelVersion};
use atalaya_domain::overview::Outlook;
use aws_lc_rs::digest::{SHA256, digest};
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use diesel::dsl::{auto_type, max};
use diesel::prelude::*;

use super::accounts::one_more;
use super::error::Expecting;
use super::own::{Own, own};
use super::rows::{count, grid, loaded, stored, word};
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
    answered_at: Option<NaiveDate>,
}

impl RunRow {
    fn into_domain(self) -> Result<TrainingRun, AppError> {
        let facts = TrainingFacts {
            trained_at: loaded(self.trained_at),
            trained_by: self.trained_by,
            served: word("model_versions.served", &self.served)?,
            grid: grid(&self.grid)?,
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
            answered_at: self.answered_at,
            deleted_at: self.deleted_at.map(loaded),
        })
    }
}

/// A run with the bytes that answer.
type StoredRow = (RunRow, Option<Vec<u8>>);

fn stored_model((row, artifact): StoredRow) -> Result<StoredModel, AppError> {
    let artifact = match artifact {
        None => Artifact::Deleted,
        Some(bytes) if checksum(&bytes) == row.checksum => Artifact::Sound(bytes),
        Some(_) => Artifact::Damaged,
    };
    Ok(StoredModel { run: row.into_domain()?, artifact })
}

/// Versions of the company's account.
#[auto_type(no_type_alias)]
fn versions_of(company: CompanyId, account: AccountId) -> _ {
    let account: i64 = account.get();
    let versions: Own<model_versions::table> = own::<model_versions::table>(company);
    versions.filter(model_versions::account_id.eq(account))
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

fn ascending(mut versions: Vec<i32>) -> Vec<ModelVersion> {
    versions.sort_unstable();
    versions.into_iter().map(ModelVersion::new).collect()
}

impl Tenant<'_, '_> {
    fn next_version(&mut self, account: &Account) -> Result<ModelVersion, AppError> {
        let company = self.scope.company();
        let last: Option<i32> =
            versions_of(company, account.id).select(max(model_versions::version)).first(self.conn()).or_fault()?;
        Ok(last.map_or(ModelVersion::FIRST, |number| ModelVersion::new(number).next()))
    }

    /// Lets no version answer.
    fn deactivate(&mut self, account: &Account) -> Result<(), AppError> {
        let company = self.scope.company();
        diesel::update(versions_of(company, account.id))
            .filter(model_versions::active)
            .set(model_versions::active.eq(false))
            .execute(self.conn())
            .or_fault()?;
        Ok(())
    }

    /// The run of a version that was written just now.
    fn written(&mut self, account: &Account, version: ModelVersion) -> Result<TrainingRun, AppError> {
        self.run(account, version)?.ok_or_else(|| AppError::internal("a written version is missing"))
    }
}

impl ModelReader for Tenant<'_, '_> {
    fn active(&mut self, account: &Account) -> Result<Option<StoredModel>, AppError> {
        let company = self.scope.company();
        let found: Option<StoredRow> = versions_of(company, account.id)
            .filter(model_versions::active)
            .select((RunRow::as_select(), model_versions::artifact))
            .first(self.conn())
            .optional()
            .or_fault()?;
        found.map(stored_model).transpose()
    }

    fn active_of(&mut self, accounts: &[AccountId]) -> Result<Vec<(AccountId, StoredModel)>, AppError> {
        let ids: Vec<i64> = accounts.iter().map(|account| account.get()).collect();
        let rows: Vec<(i64, StoredRow)> = self
            .own::<model_versions::table>()
            .filter(model_versions::account_id.eq_any(ids))
            .filter(model_versions::active)
            .select((model_versions::account_id, (RunRow::as_select(), model_versions::artifact)))
            .load(self.conn())
            .or_fault()?;
        rows.into_iter().map(|(account, row)| Ok((AccountId::new(account), stored_model(row)?))).collect()
    }

    fn find(&mut self, account: &Account, version: ModelVersion) -> Result<Option<StoredModel>, AppError> {
        let company = self.scope.company();
        let found: Option<StoredRow> = versions_of(company, account.id)
            .filter(model_versions::version.eq(version.get()))
            .select((RunRow::as_select(), model_versions::artifact))
            .first(self.conn())
            .optional()
            .or_fault()?;
        found.map(stored_model).transpose()
    }

    fn before(&mut self, account: &Account, version: ModelVersion) -> Result<Option<StoredModel>, AppError> {
        let company = self.scope.company();
        let newest: Option<StoredRow> = versions_of(company, account.id)
            .filter(model_versions::version.lt(version.get()))
            .filter(model_versions::deleted_at.is_null())
            .order(model_versions::version.desc())
            .select((RunRow::as_select(), model_versions::artifact))
            .first(self.conn())
            .optional()
            .or_fault()?;
        newest.map(stored_model).transpose()
    }

    fn run(&mut self, account: &Account, version: ModelVersion) -> Result<Option<TrainingRun>, AppError> {
        let company = self.scope.company();
        let found: Option<RunRow> = versions_of(company, account.id)
            .filter(model_versions::version.eq(version.get()))
            .select(RunRow::as_select())
            .first(self.conn())
            .optional()
            .or_fault()?;
        found.map(RunRow::into_domain).transpose()
    }

    fn kept(&mut self, account: &Account) -> Result<Vec<TrainingRun>, AppError> {
        let company = self.scope.company();
        let rows: Vec<RunRow> = versions_of(company, account.id)
            .filter(model_versions::deleted_at.is_null())
            .order(model_versions::version.desc())
            .select(RunRow::as_select())
            .load(self.conn())
            .or_fault()?;
        rows.into_iter().map(RunRow::into_domain).collect()
    }

    fn find_all(&mut self, account: &Account, versions: &[ModelVersion]) -> Result<Vec<StoredModel>, AppError> {
        let company = self.scope.company();
        let numbers: Vec<i32> = versions.iter().map(|version| version.get()).collect();
        let rows: Vec<StoredRow> = versions_of(company, account.id)
            .filter(model_versions::version.eq_any(&numbers))
            .order(model_versions::version.desc())
            .select((RunRow::as_select(), model_versions::artifact))
            .load(self.conn())
            .or_fault()?;
        rows.into_iter().map(stored_model).collect()
    }

    fn fitted(&mut self, account: &Account, version: ModelVersion) -> Result<Option<Vec<u8>>, AppError> {
        let company = self.scope.company();
        let found: Option<Option<Vec<u8>>> = versions_of(company, account.id)
            .filter(model_versions::version.eq(version.get()))
            .select(model_versions::fitted)
            .first(self.conn())
            .optional()
            .or_fault()?;
        Ok(found.flatten())
    }

    fn history(&mut self, account: &Account) -> Result<Vec<TrainingRun>, AppError> {
        let company = self.scope.company();
        let rows: Vec<RunRow> = versions_of(company, account.id)
            .order(model_versions::version.desc())
            .select(RunRow::as_select())
            .load(self.conn())
            .or_fault()?;
        rows.into_iter().map(RunRow::into_domain).collect()
    }

    fn page(
        &mut self,
        account: &Account,
        request: &PageRequest<ModelVersion>,
    ) -> Result<Page<TrainingRun, ModelVersion>, AppError> {
        let company = self.scope.company();
        let before = request.after.map_or(i32::MAX, ModelVersion::get);
        let rows: Vec<RunRow> = versions_of(company, account.id)
            .filter(model_versions::version.lt(before))
            .order(model_versions::version.desc())
            .limit(one_more(request)?)
            .select(RunRow::as_select())
            .load(self.conn())
            .or_fault()?;
        let runs = rows.into_iter().map(RunRow::into_domain).collect::<Result<_, _>>()?;
        Ok(Page::from_rows(runs, request, |run: &TrainingRun| run.version))
    }
}

impl ModelWriter for Tenant<'_, '_> {
    fn insert_active(&mut self, account: &Account, model: &NewModel) -> Result<TrainingRun, AppError> {
        let company = self.scope.company();
        self.demand(account)?;
        let version = self.next_version(account)?;
        let size = i64::try_from(model.artifact.len() + model.fitted.len()).map_err(AppError::internal)?;
        self.deactivate(account)?;
        diesel::insert_into(model_versions::table)
            .values((
                model_versions::company_id.eq(company.get()),
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
        self.keep_outlook(account, version, &model.outlook)?;
        self.account_changed(account.handle.clone());
        self.written(account, version)
    }

    fn activate(
        &mut self,
        account: &Account,
        version: ModelVersion,
        outlook: &Outlook,
    ) -> Result<TrainingRun, AppError> {
        let company = self.scope.company();
        self.demand(account)?;
        self.deactivate(account)?;
        let activated = diesel::update(versions_of(company, account.id))
            .filter(model_versions::version.eq(version.get()))
            .filter(model_versions::deleted_at.is_null())
            .set(model_versions::active.eq(true))
            .execute(self.conn())
            .or_fault()?;
        if activated == 0 {
            return Err(AppError::NotFound(Resource::ModelVersion));
        }
        self.keep_outlook(account, version, outlook)?;
        self.account_changed(account.handle.clone());
        self.written(account, version)
    }

    fn prune(&mut self, account: &Account, keep: usize, at: DateTime<Utc>) -> Result<Vec<ModelVersion>, AppError> {
        let company = self.scope.company();
        let kept: Vec<i32> = versions_of(company, account.id)
            .filter(model_versions::deleted_at.is_null())
            .order(model_versions::version.desc())
            .select(model_versions::version)
            .load(self.conn())
            .or_fault()?;
        let beyond: Vec<i32> = kept.into_iter().skip(keep).collect();
        if beyond.is_empty() {
            return Ok(Vec::new());
        }
        diesel::update(versions_of(company, account.id))
            .filter(model_versions::version.eq_any(&beyond))
            .filter(model_versions::active.eq(false))
            .filter(model_versions::fitted.is_not_null())
            .set(model_versions::fitted.eq(None::<Vec<u8>>))
            .execute(self.conn())
            .or_fault()?;
        let pruned: Vec<i32> = diesel::update(versions_of(company, account.id))
            .filter(model_versions::version.eq_any(&beyond))
            .filter(model_versions::active.eq(false))
            .filter(model_versions::answered_at.is_null())
            .set((model_versions::artifact.eq(None::<Vec<u8>>), model_versions::deleted_at.eq(stored(at))))
            .returning(model_versions::version)
            .get_results(self.conn())
            .or_fault()?;
        Ok(ascending(pruned))
    }

    fn mark_answered(&mut self, answered: &[AnsweredVersion]) -> Result<(), AppError> {
        let company = self.scope.company();
        for AnsweredVersion { account, version, day } in answered {
            let earlier = model_versions::answered_at.is_null().or(model_versions::answered_at.lt(*day));
            diesel::update(versions_of(company, *account))
                .filter(model_versions::version.eq(version.get()))
                .filter(earlier)
                .set(model_versions::answered_at.eq(*day))
                .execute(self.conn())
                .or_fault()?;
        }
        Ok(())
    }

    fn delete_all(&mut self, account: &Account, at: DateTime<Utc>) -> Result<Vec<ModelVersion>, AppError> {
        let company = self.scope.company();
        let versions: Vec<i32> = diesel::update(versions_of(company, account.id))
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
        self.forget_outlook(account)?;
        if !versions.is_empty() {
            self.account_changed(account.handle.clone());
        }
        Ok(ascending(versions))
    }
}
