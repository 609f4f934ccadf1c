//! [`Forecasts`] on the ports.

use std::collections::HashMap;
use std::sync::Arc;

use atalaya_domain::account::AccountHandle;
use atalaya_domain::calendar::{end_of_day, start_of_day};
use atalaya_domain::forecast::{
    Assumptions, Basis, CovariateShare, Explanation, GoalForecast, Horizon, Level, OutOfReach, Period, PeriodForecast,
    PointForecast, Warning,
};
use atalaya_domain::id::ModelVersion;
use atalaya_domain::mandate::{Access, ReadForecasts};
use atalaya_domain::observation::Followers;
use chrono::{NaiveDate, TimeDelta};
use chrono_tz::Tz;

use super::{
    AccuracyAnswer, ActivitySource, AnomaliesAnswer, AnomalyQuery, Answer, AnsweredVersions, ArtifactReader,
    AssumingAnswer, Forecasts, ReadableAccount, TogetherAnswer,
};
use crate::accounts::AccountList;
use crate::error::{AppError, Field, Forbidden, Violation};
use crate::page::{Page, PageRequest};
use crate::ports::forecaster::{Assumed, TrainedModel};
use crate::ports::memory::{AccountMemory, AccountSnapshot};
use crate::ports::repositories::{TimeSpan, TrainingRun};
use crate::ports::runtime::Clock;
use crate::ports::store::Store;

/// [`Forecasts`] on the ports.
pub struct ForecastService {
    /// A company's data.
    pub store: Arc<dyn Store>,
    /// Opens versions.
    pub artifacts: Arc<ArtifactReader>,
    /// Accounts that were asked for lately.
    pub memory: Arc<dyn AccountMemory>,
    /// Notes which versions answered.
    pub answered: Arc<AnsweredVersions>,
    /// Tells how old the last reading is.
    pub clock: Arc<dyn Clock>,
}

pub(super) fn forbidden() -> AppError {
    AppError::Forbidden(Forbidden::Account)
}

pub(super) fn out_of_reach(error: OutOfReach) -> AppError {
    AppError::Invalid(vec![match error {
        OutOfReach::BeforeHistory { first } => Violation::new(Field::Date, "before_history").with("first", &first),
        OutOfReach::InHistory { last } => Violation::new(Field::Date, "in_history").with("last", &last),
        OutOfReach::BeyondHorizon { last } => Violation::new(Field::Date, "beyond_horizon").with("last", &last),
    }])
}

fn day(date: NaiveDate, zone: Tz) -> TimeSpan {
    TimeSpan { from: start_of_day(date, zone), until: end_of_day(date, zone) }
}

impl ForecastService {
    /// What the reader of an answer should know: of the version, and of what happened and did not happen since it was
    /// trained.
    pub(super) fn warnings(&self, account: &ReadableAccount) -> Result<Vec<Warning>, AppError> {
        let mut warnings = account.warnings()?;
        let data_until = account.serving()?.model.report().data_until;
        if account.snapshot.newest_observation.is_some_and(|newest| newest > data_until) {
            warnings.push(Warning::StaleModel);
        }
        if self.has_stale_data(account)? {
            warnings.push(Warning::StaleData);
        }
        Ok(warnings)
    }

    /// What the reader of the answer for one date should know.
    fn warnings_on(
        &self,
        account: &ReadableAccount,
        model: &dyn TrainedModel,
        date: NaiveDate,
    ) -> Result<Vec<Warning>, AppError> {
        let mut warnings = self.warnings(account)?;
        let is_assumed = |shares: Vec<CovariateShare>| shares.iter().any(|share| share.assumed_from.is_some());
        if model.shares(date).is_ok_and(is_assumed) {
            warnings.push(Warning::CovariateAssumed);
        }
        Ok(warnings)
    }

    /// What was measured last on `date`.
    fn actual(
        &self,
        by: Access<ReadForecasts>,
        snapshot: &AccountSnapshot,
        date: NaiveDate,
    ) -> Result<Option<Followers>, AppError> {
        let scope = by.scope();
        let span = day(date, snapshot.time_zone);
        let last = self.store.query(&scope, |view| view.observations().last(&snapshot.account, span))?;
        Ok(last.map(|observation| observation.followers))
    }

    /// The answer of `model`: the version's own, or the same under assumptions.
    fn answer(
        &self,
        by: Access<ReadForecasts>,
        account: &ReadableAccount,
        model: &dyn TrainedModel,
        date: NaiveDate,
        levels: &[Level],
    ) -> Result<Answer, AppError> {
        let forecast = model.predict(date, levels).map_err(out_of_reach)?;
        let mut warnings = self.warnings_on(account, model, date)?;
        if forecast.basis == Basis::InSample {
            warnings.push(Warning::InSample);
        }
        let actual = match forecast.basis {
            Basis::Forecast => None,
            Basis::Backtest | Basis::InSample => self.actual(by, &account.snapshot, date)?,
        };
        account.note_answer();
        Ok(Answer { forecast, actual, warnings })
    }

    /// The version under an assumption; `None` where it does not enter, because posts do not matter or the fitted model
    /// of so old a version is gone.
    fn assuming(
        &self,
        by: Access<ReadForecasts>,
        account: &ReadableAccount,
        model: &dyn TrainedModel,
        posts_per_day: f64,
    ) -> Result<Option<Assumed>, AppError> {
        let serving = account.serving()?;
        let scope = by.scope();
        let fitted =
            self.store.query(&scope, |view| view.models().fitted(&account.snapshot.account, serving.version))?;
        let Some(fitted) = fitted else { return Ok(None) };
        let unusable = |error| self.artifacts.unusable(&scope, account.snapshot.account.id, serving.version, &error);
        model.assuming(posts_per_day, &fitted).map_err(unusable)
    }

    /// The answer of a model under the caller's assumption about activity, if there is one; `plain` is the answer
    /// without any assumption.
    fn assuming_posts(
        &self,
        by: Access<ReadForecasts>,
        account: &ReadableAccount,
        (model, plain): (&dyn TrainedModel, &Answer),
        (date, levels): (NaiveDate, &[Level]),
        assumptions: &Assumptions,
    ) -> Result<AssumingAnswer, AppError> {
        let effect = |answer: &Answer| answer.forecast.whole_mean().more_than(plain.forecast.whole_mean());
        let covariates = Vec::new();
        let Some(asked) = assumptions.posts_per_day else {
            let answer = self.answer(by, account, model, date, levels)?;
            let used = model.report().assumed_posts_per_day;
            let source = if used.is_some() { ActivitySource::RecentMean } else { ActivitySource::None };
            let effect = effect(&answer);
            return Ok(AssumingAnswer { answer, posts_per_day: used, source, used, seen: None, covariates, effect });
        };
        let (posts_per_day, source) = (Some(asked), ActivitySource::Caller);
        let Some(Assumed { model, posts_per_day: used, seen }) = self.assuming(by, account, model, asked)? else {
            let mut answer = self.answer(by, account, model, date, levels)?;
            answer.warnings.push(Warning::AssumptionsUnused);
            let effect = effect(&answer);
            return Ok(AssumingAnswer { answer, posts_per_day, source, used: None, seen: None, covariates, effect });
        };
        let mut answer = self.answer(by, account, model.as_ref(), date, levels)?;
        if seen.as_ref().is_some_and(|seen| !seen.contains(&asked)) {
            answer.warnings.push(Warning::AssumptionOutOfRange);
        }
        let effect = effect(&answer);
        Ok(AssumingAnswer { answer, posts_per_day, source, used: Some(used), seen, covariates, effect })
    }
}

impl Forecasts for ForecastService {
    fn recall(&self, by: Access<ReadForecasts>, handle: &str) -> Result<Option<ReadableAccount>, AppError> {
        let scope = by.scope();
        let handle = AccountHandle::parse(handle).map_err(|_| forbidden())?;
        match self.memory.recall(&scope, &handle) {
            Some(snapshot) if scope.reaches(&snapshot.assigned) => Ok(Some(ReadableAccount { snapshot })),
            Some(_) => Err(forbidden()),
            None => Ok(None),
        }
    }

    fn open(&self, by: Access<ReadForecasts>, handle: &str) -> Result<ReadableAccount, AppError> {
        if let Some(known) = self.recall(by, handle)? {
            return Ok(known);
        }
        let scope = by.scope();
        let handle = AccountHandle::parse(handle).map_err(|_| forbidden())?;
        let epoch = self.memory.epoch();
        let snapshot = Arc::new(self.load(&scope, &handle)?);
        self.memory.remember(epoch, Arc::clone(&snapshot));
        Ok(ReadableAccount { snapshot })
    }

    fn open_all(
        &self,
        by: Access<ReadForecasts>,
        handles: &[String],
    ) -> Result<Vec<Result<ReadableAccount, AppError>>, AppError> {
        let scope = by.scope();
        let epoch = self.memory.epoch();
        let recalled: Vec<Result<Option<ReadableAccount>, AppError>> =
            handles.iter().map(|handle| self.recall(by, handle)).collect();
        let is_missing = |(handle, recalled): (&String, &Result<_, _>)| match recalled {
            Ok(None) => AccountHandle::parse(handle).ok(),
            _ => None,
        };
        let missing: Vec<AccountHandle> = handles.iter().zip(&recalled).filter_map(is_missing).collect();
        let mut loaded: HashMap<AccountHandle, ReadableAccount> = HashMap::new();
        for snapshot in self.load_all(&scope, &missing)? {
            let snapshot = Arc::new(snapshot);
            self.memory.remember(epoch, Arc::clone(&snapshot));
            loaded.insert(snapshot.account.handle.clone(), ReadableAccount { snapshot });
        }
        let found = |(handle, recalled): (&String, Result<Option<ReadableAccount>, AppError>)| {
            if let Some(known) = recalled? {
                return Ok(known);
            }
            let handle = AccountHandle::parse(handle).map_err(|_| forbidden())?;
            loaded.get(&handle).cloned().ok_or_else(forbidden)
        };
        Ok(handles.iter().zip(recalled).map(found).collect())
    }

    fn at_version(
        &self,
        by: Access<ReadForecasts>,
        account: &ReadableAccount,
        version: ModelVersion,
    ) -> Result<ReadableAccount, AppError> {
        let scope = by.scope();
        let snapshot = self.snapshot_of_version(&scope, &account.snapshot, version)?;
        Ok(ReadableAccount { snapshot: Arc::new(snapshot) })
    }

    fn has_stale_data(&self, account: &ReadableAccount) -> Result<bool, AppError> {
        let report = account.serving()?.model.report();
        let last_reading = account.snapshot.newest_observation.unwrap_or(report.data_until);
        Ok(report.grid.is_stale(last_reading, self.clock.now()))
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
        account.note_answer();
        Ok(Some(Answer { forecast, actual: None, warnings: self.warnings_on(account, model, date)? }))
    }

    fn predict(
        &self,
        by: Access<ReadForecasts>,
        account: &ReadableAccount,
        date: NaiveDate,
        levels: &[Level],
    ) -> Result<Answer, AppError> {
        self.answer(by, account, account.serving()?.model.as_ref(), date, levels)
    }

    fn predict_assuming(
        &self,
        by: Access<ReadForecasts>,
        account: &ReadableAccount,
        date: NaiveDate,
        levels: &[Level],
        assumptions: &Assumptions,
    ) -> Result<AssumingAnswer, AppError> {
        let plain = self.predict(by, account, date, levels)?;
        let own = Arc::clone(&account.serving()?.model);
        let supposed = own.supposing(&assumptions.covariates);
        let unknown = supposed.as_ref().map_or(0, |supposed| supposed.used.len()) < assumptions.covariates.len();
        let (model, covariates) = supposed.map_or((own, Vec::new()), |supposed| (supposed.model, supposed.used));
        let mut assuming = self.assuming_posts(by, account, (&*model, &plain), (date, levels), assumptions)?;
        let unused = &mut assuming.answer.warnings;
        if unknown && !unused.contains(&Warning::AssumptionsUnused) {
            unused.push(Warning::AssumptionsUnused);
        }
        let is_other = |(name, used): &(String, f64)| {
            assumptions.covariates.iter().any(|(asked, value)| asked == name && value.to_bits() != used.to_bits())
        };
        if covariates.iter().any(is_other) && !unused.contains(&Warning::AssumptionOutOfRange) {
            unused.push(Warning::AssumptionOutOfRange);
        }
        Ok(AssumingAnswer { covariates, ..assuming })
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
            return Err(AppError::Invalid(vec![Violation::new(Field::Horizon, "too_large").with("max", &reach)]));
        }
        let predict = |days: u16| {
            let date = last_date + TimeDelta::days(i64::from(days));
            model.predict(date, levels).map_err(out_of_reach)
        };
        let path = (1..=horizon.days()).map(predict).collect::<Result<Vec<_>, _>>()?;
        account.note_answer();
        Ok((path, self.warnings(account)?))
    }

    fn explain(&self, account: &ReadableAccount, date: NaiveDate) -> Result<Option<Explanation>, AppError> {
        account.serving()?.model.explain(date).map_err(out_of_reach)
    }

    fn shares(&self, account: &ReadableAccount, date: NaiveDate) -> Result<Vec<CovariateShare>, AppError> {
        account.serving()?.model.shares(date).map_err(out_of_reach)
    }

    fn goal(
        &self,
        account: &ReadableAccount,
        target: Followers,
        by: Option<NaiveDate>,
    ) -> Result<(GoalForecast, Vec<Warning>), AppError> {
        self.goal_of(account, target, by)
    }

    fn periods(
        &self,
        account: &ReadableAccount,
        horizon: Horizon,
        period: Period,
        levels: &[Level],
    ) -> Result<Vec<PeriodForecast>, AppError> {
        Self::periods_of(account, horizon, period, levels)
    }

    fn together(
        &self,
        by: Access<ReadForecasts>,
        date: NaiveDate,
        levels: &[Level],
    ) -> Result<TogetherAnswer, AppError> {
        self.all_together(by, date, levels)
    }

    fn available(
        &self,
        by: Access<ReadForecasts>,
        request: Option<&PageRequest<AccountHandle>>,
    ) -> Result<AccountList, AppError> {
        let scope = by.scope();
        self.store.query(&scope, |view| AccountList::read(view.accounts(), request))
    }

    fn history(&self, by: Access<ReadForecasts>, account: &ReadableAccount) -> Result<Vec<TrainingRun>, AppError> {
        let scope = by.scope();
        self.store.query(&scope, |view| view.models().history(&account.snapshot.account))
    }
    fn versions(
        &self,
        by: Access<ReadForecasts>,
        account: &ReadableAccount,
        request: &PageRequest<ModelVersion>,
    ) -> Result<Page<TrainingRun, ModelVersion>, AppError> {
        let scope = by.scope();
        self.store.query(&scope, |view| view.models().page(&account.snapshot.account, request))
    }

    fn accuracy(
        &self,
        by: Access<ReadForecasts>,
        account: &ReadableAccount,
        only: Option<ModelVersion>,
    ) -> Result<AccuracyAnswer, AppError> {
        self.review_accuracy(&by.scope(), account.snapshot(), only)
    }

    fn anomalies(
        &self,
        by: Access<ReadForecasts>,
        account: &ReadableAccount,
        query: &AnomalyQuery,
    ) -> Result<AnomaliesAnswer, AppError> {
        self.find_anomalies(&by.scope(), account, query)
    }
}
