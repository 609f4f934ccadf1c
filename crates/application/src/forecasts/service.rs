//! [`Forecasts`] on the ports.

use std::sync::Arc;

use atalaya_domain::access::{Actor, Permission, TenantScope};
use atalaya_domain::account::AccountHandle;
use atalaya_domain::calendar::{end_of_day, start_of_day};
use atalaya_domain::forecast::{Assumptions, Basis, Horizon, Level, OutOfReach, PointForecast, Warning};
use atalaya_domain::observation::Followers;
use chrono::{NaiveDate, TimeDelta};
use chrono_tz::Tz;

use super::{Answer, Forecasts, ReadableAccount};
use crate::error::{AppError, Forbidden, Violation};
use crate::ports::forecaster::{Forecaster, TrainedModel};
use crate::ports::memory::{AccountMemory, AccountSnapshot, ServingModel};
use crate::ports::repositories::{AccountSummary, TimeSpan, TrainingRun};
use crate::ports::store::Store;

/// [`Forecasts`] on the ports.
pub struct ForecastService {
    /// A company's data.
    pub store: Arc<dyn Store>,
    /// Reads artifacts.
    pub forecaster: Arc<dyn Forecaster>,
    /// Accounts that were asked for lately.
    pub memory: Arc<dyn AccountMemory>,
}

fn forbidden() -> AppError {
    AppError::Forbidden(Forbidden::Account)
}

fn out_of_reach(error: OutOfReach) -> AppError {
    AppError::Invalid(vec![match error {
        OutOfReach::BeforeHistory { first } => Violation::new("fecha", "before_history").with("first", &first),
        OutOfReach::BeyondHorizon { last } => Violation::new("fecha", "beyond_horizon").with("last", &last),
    }])
}

fn day(date: NaiveDate, zone: Tz) -> TimeSpan {
    TimeSpan { from: start_of_day(date, zone), until: end_of_day(date, zone) }
}

fn warnings(snapshot: &AccountSnapshot, model: &dyn TrainedModel) -> Vec<Warning> {
    let report = model.report();
    let mut warnings = report.warnings.clone();
    if snapshot.newest_observation.is_some_and(|newest| newest > report.data_until) {
        warnings.push(Warning::StaleModel);
    }
    warnings
}

impl ForecastService {
    fn load(&self, scope: &TenantScope, handle: &AccountHandle) -> Result<AccountSnapshot, AppError> {
        let (snapshot, stored) = self.store.query(scope, |view| {
            let account = view.accounts().find(handle)?.ok_or_else(forbidden)?;
            let company = view.accounts().company()?;
            let snapshot = AccountSnapshot {
                company: scope.company(),
                time_zone: account.time_zone.unwrap_or(company.time_zone),
                company_name: company.name,
                assigned: view.accounts().assigned_users(&account)?,
                newest_observation: view.observations().last(&account, TimeSpan::default())?.map(|last| last.at),
                serving: None,
                account,
            };
            let stored = view.models().active(&snapshot.account)?;
            Ok((snapshot, stored))
        })?;
        let Some(stored) = stored else { return Ok(snapshot) };
        let serving = ServingModel {
            version: stored.run.version,
            trained_at: stored.run.facts.trained_at,
            trained_by: stored.run.facts.trained_by,
            checksum: stored.run.checksum,
            size_bytes: stored.run.size_bytes,
            model: self.forecaster.open(&stored.artifact)?,
        };
        Ok(AccountSnapshot { serving: Some(serving), ..snapshot })
    }

    /// What was measured last on `date`.
    fn actual(
        &self,
        actor: &Actor,
        snapshot: &AccountSnapshot,
        date: NaiveDate,
    ) -> Result<Option<Followers>, AppError> {
        let scope = actor.authorize(Permission::ReadForecasts)?;
        let span = day(date, snapshot.time_zone);
        let last = self.store.query(&scope, |view| view.observations().last(&snapshot.account, span))?;
        Ok(last.map(|observation| observation.followers))
    }

    fn answer(
        &self,
        actor: &Actor,
        account: &ReadableAccount,
        model: &dyn TrainedModel,
        date: NaiveDate,
        levels: &[Level],
    ) -> Result<Answer, AppError> {
        let forecast = model.predict(date, levels).map_err(out_of_reach)?;
        let mut warnings = warnings(&account.snapshot, model);
        if forecast.basis == Basis::InSample {
            warnings.push(Warning::InSample);
        }
        let actual = match forecast.basis {
            Basis::Forecast => None,
            Basis::Backtest | Basis::InSample => self.actual(actor, &account.snapshot, date)?,
        };
        Ok(Answer { forecast, actual, warnings })
    }
}

impl Forecasts for ForecastService {
    fn recall(&self, actor: &Actor, handle: &str) -> Result<Option<ReadableAccount>, AppError> {
        let scope = actor.authorize(Permission::ReadForecasts)?;
        let handle = AccountHandle::parse(handle).map_err(|_| forbidden())?;
        match self.memory.recall(&scope, &handle) {
            Some(snapshot) if scope.reaches(&snapshot.assigned) => Ok(Some(ReadableAccount { snapshot })),
            Some(_) => Err(forbidden()),
            None => Ok(None),
        }
    }

    fn open(&self, actor: &Actor, handle: &str) -> Result<ReadableAccount, AppError> {
        if let Some(known) = self.recall(actor, handle)? {
            return Ok(known);
        }
        let scope = actor.authorize(Permission::ReadForecasts)?;
        let handle = AccountHandle::parse(handle).map_err(|_| forbidden())?;
        let epoch = self.memory.epoch();
        let snapshot = Arc::new(self.load(&scope, &handle)?);
        self.memory.remember(epoch, Arc::clone(&snapshot));
        Ok(ReadableAccount { snapshot })
    }

    fn predict_ahead(
        &self,
        account: &ReadableAccount,
        date: NaiveDate,
        levels: &[Level],
    ) -> Result<Option<Answer>, AppError> {
        let model = account.serving()?.model.as_ref();
        if date <= model.report().last_date {
            return Ok(None);
        }
        let forecast = model.predict(date, levels).map_err(out_of_reach)?;
        Ok(Some(Answer { forecast, actual: None, warnings: warnings(&account.snapshot, model) }))
    }

    fn predict(
        &self,
        actor: &Actor,
        account: &ReadableAccount,
        date: NaiveDate,
        levels: &[Level],
    ) -> Result<Answer, AppError> {
        let model = Arc::clone(&account.serving()?.model);
        self.answer(actor, account, model.as_ref(), date, levels)
    }

    fn predict_assuming(
        &self,
        actor: &Actor,
        account: &ReadableAccount,
        date: NaiveDate,
        levels: &[Level],
        assumptions: &Assumptions,
    ) -> Result<Answer, AppError> {
        if *assumptions == Assumptions::default() {
            return self.predict(actor, account, date, levels);
        }
        let serving = account.serving()?;
        let scope = actor.authorize(Permission::ReadForecasts)?;
        let fitted = self
            .store
            .query(&scope, |view| view.models().fitted(&account.snapshot.account, serving.version))?
            .ok_or(AppError::Conflict(crate::error::Conflict::ModelNotTrained))?;
        let model = serving.model.assuming(assumptions, &fitted)?;
        self.answer(actor, account, model.as_ref(), date, levels)
    }

    fn path(
        &self,
        account: &ReadableAccount,
        horizon: Horizon,
        levels: &[Level],
    ) -> Result<(Vec<PointForecast>, Vec<Warning>), AppError> {
        let model = account.serving()?.model.as_ref();
        let last_date = model.report().last_date;
        let reach = (model.last_reachable() - last_date).num_days();
        if i64::from(horizon.days()) > reach {
            return Err(AppError::Invalid(vec![Violation::new("h", "too_large").with("max", &reach)]));
        }
        let predict = |days: u16| {
            let date = last_date + TimeDelta::days(i64::from(days));
            model.predict(date, levels).map_err(out_of_reach)
        };
        let path = (1..=horizon.days()).map(predict).collect::<Result<Vec<_>, _>>()?;
        Ok((path, warnings(&account.snapshot, model)))
    }

    fn available(&self, actor: &Actor) -> Result<Vec<AccountSummary>, AppError> {
        let scope = actor.authorize(Permission::ReadForecasts)?;
        self.store.query(&scope, |view| view.accounts().all())
    }

    fn history(&self, actor: &Actor, account: &ReadableAccount) -> Result<Vec<TrainingRun>, AppError> {
        let scope = actor.authorize(Permission::ReadForecasts)?;
        self.store.query(&scope, |view| view.models().history(&account.snapshot.account))
    }
}
