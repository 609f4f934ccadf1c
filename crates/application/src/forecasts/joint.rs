//! Goals, periods, and all accounts together.

use atalaya_domain::forecast::{GoalForecast, Horizon, Level, Period, PeriodForecast, Warning};
use atalaya_domain::mandate::{Access, ReadForecasts};
use atalaya_domain::observation::Followers;
use chrono::{NaiveDate, TimeDelta};

use super::service::{ForecastService, out_of_reach};
use super::{Forecasts, LeftOut, ReadableAccount, TogetherAnswer};
use crate::accounts::AccountList;
use crate::error::{AppError, Field, Violation};
use crate::ports::forecaster::AccountOutlook;

impl ForecastService {
    pub(super) fn goal_of(
        &self,
        account: &ReadableAccount,
        target: Followers,
        by: Option<NaiveDate>,
    ) -> Result<(GoalForecast, Vec<Warning>), AppError> {
        let goal = account.serving()?.model.goal(target.as_f64(), by).map_err(out_of_reach)?;
        account.note_answer();
        Ok((goal, self.warnings(account)?))
    }

    pub(super) fn periods_of(
        account: &ReadableAccount,
        horizon: Horizon,
        period: Period,
        levels: &[Level],
    ) -> Result<Vec<PeriodForecast>, AppError> {
        let model = account.serving()?.model.as_ref();
        let last_date = model.report().last_date;
        let reach = (model.last_reachable() - last_date).num_days();
        if i64::from(horizon.days()) > reach {
            return Err(AppError::Invalid(vec![Violation::new(Field::Horizon, "too_large").with("max", &reach)]));
        }
        let until = last_date + TimeDelta::days(i64::from(horizon.days()));
        let periods = model.periods(until, period, levels).map_err(out_of_reach)?;
        account.note_answer();
        Ok(periods)
    }

    pub(super) fn all_together(
        &self,
        by: Access<ReadForecasts>,
        date: NaiveDate,
        levels: &[Level],
    ) -> Result<TogetherAnswer, AppError> {
        let scope = by.scope();
        let list = self.store.query(&scope, |view| AccountList::read(view.accounts(), None))?;
        let mut outlooks: Vec<AccountOutlook> = Vec::with_capacity(list.accounts.len());
        let (mut accounts, mut left_out, mut warnings) = (Vec::new(), Vec::new(), Vec::new());
        for summary in list.accounts {
            let handle = summary.account.handle;
            let account = match self.open(by, handle.as_str()) {
                Ok(account) => account,
                // It was deleted or taken away since the list was read.
                Err(AppError::Forbidden(_)) => continue,
                Err(error) => return Err(error),
            };
            let serving = match account.serving() {
                Ok(serving) => serving,
                Err(AppError::Conflict(conflict)) => {
                    left_out.push((handle, LeftOut::Model(conflict)));
                    continue;
                }
                Err(error) => return Err(error),
            };
            let Ok(outlook) = serving.model.outlook(date) else {
                left_out.push((handle, LeftOut::OutOfReach));
                continue;
            };
            account.note_answer();
            outlooks.push(outlook);
            warnings.extend(self.warnings(&account)?);
            accounts.push(handle);
        }
        warnings.sort_unstable();
        warnings.dedup();
        let forecast = (!outlooks.is_empty()).then(|| self.artifacts.together(&outlooks, levels));
        Ok(TogetherAnswer { date, accounts, left_out, forecast, warnings })
    }
}
