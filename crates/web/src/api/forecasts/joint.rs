//! The routes that answer about many dates or many accounts at once.

use actix_web::web;
use atalaya_application::UseCases;
use atalaya_application::error::Violation;
use atalaya_application::forecasts::{LeftOut, TogetherAnswer};
use atalaya_domain::forecast::{GoalForecast, Interval, Level, Period, PeriodForecast, Spread};
use atalaya_domain::mandate::ReadForecasts;
use atalaya_domain::observation::{Followers, whole_followers};
use atalaya_texts::Language;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::views::{WarningText, warning_codes, warning_texts};
use super::{TARGET, VersionQuery, open_at};
use crate::api::parse::{self, Rules, date, wire_time};
use crate::api::schemas::{LeftOutCode, TargetWord, WarningCode};
use crate::http::blocking;
use crate::http::extract::Guarded;
use crate::http::language::ReaderLanguage;
use crate::http::problem::{Kind, Problem};
use crate::http::respond::Polled;

/// An interval of a number that may be negative, such as a growth.
#[derive(Serialize, ToSchema)]
pub(crate) struct SignedIntervalView {
    /// In percent.
    #[schema(minimum = 1, maximum = 99, example = 80)]
    level: u8,
    /// Lower bound, whole followers.
    lower: i64,
    /// Upper bound, whole followers.
    upper: i64,
}

/// An expected number with its intervals.
#[derive(Serialize, ToSchema)]
pub(crate) struct SpreadView {
    /// What is expected, whole followers.
    mean: i64,
    /// The intervals.
    intervals: Vec<SignedIntervalView>,
}

impl SpreadView {
    /// Of its intervals, in percent.
    pub(super) fn levels(&self) -> impl Iterator<Item = u8> {
        self.intervals.iter().map(|interval| interval.level)
    }

    /// The mean, then the bounds of each interval.
    pub(super) fn numbers(&self) -> impl Iterator<Item = i64> {
        [self.mean].into_iter().chain(self.intervals.iter().flat_map(|interval| [interval.lower, interval.upper]))
    }
}

#[expect(clippy::cast_possible_truncation, reason = "sums of followers, far below 2^63; beyond, the largest number")]
fn whole(value: f64) -> i64 {
    value as i64
}

impl From<&Spread> for SpreadView {
    fn from(spread: &Spread) -> Self {
        let view = |interval: &Interval| SignedIntervalView {
            level: interval.level.percent(),
            lower: whole(interval.lower.floor()),
            upper: whole(interval.upper.ceil()),
        };
        Self { mean: whole(spread.mean.round()), intervals: spread.intervals.iter().map(view).collect() }
    }
}

/// A week, a month or the whole horizon.
#[derive(Serialize, ToSchema)]
pub(crate) struct PeriodView {
    /// Its first date that is forecast.
    #[schema(format = Date)]
    pub(super) from: String,
    /// Its last.
    #[schema(format = Date)]
    pub(super) until: String,
    /// How many dates it has; the first and the last period may be cut by the horizon.
    #[schema(minimum = 1)]
    pub(super) days: u32,
    /// The sum of the followers at the end of each of its dates.
    pub(super) sum: SpreadView,
    /// Followers at the end of its last date less those before its first.
    pub(super) net_growth: SpreadView,
}

impl From<&PeriodForecast> for PeriodView {
    fn from(period: &PeriodForecast) -> Self {
        Self {
            from: period.from.to_string(),
            until: period.until.to_string(),
            days: period.days,
            sum: SpreadView::from(&period.sum),
            net_growth: SpreadView::from(&period.net_growth),
        }
    }
}

/// A word of `aggregate`.
pub(super) fn period(word: &str) -> Result<Period, Violation> {
    Period::parse(word)
        .ok_or_else(|| Violation::new("aggregate", "unknown_period").with("known", &"week, month, total"))
}

/// Which number of followers, and until when.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct GoalQuery {
    /// The number of followers to reach.
    #[param(value_type = u64, minimum = 1, maximum = 1_000_000_000_000_u64, required = true, example = 250_000)]
    seguidores: Option<String>,
    /// A date `YYYY-MM-DD` after the history: how surely the number is reached until then.
    #[param(value_type = Option<String>, format = Date)]
    fecha: Option<String>,
    /// Answer as this version does, whichever answers now.
    #[param(value_type = Option<i32>, minimum = 1)]
    version: Option<String>,
}

impl GoalQuery {
    fn parse(&self) -> Result<(Followers, Option<NaiveDate>), Vec<Violation>> {
        let mut rules = Rules::default();
        let missing = || Violation::new("seguidores", "missing");
        let target = self.seguidores.as_deref().ok_or_else(missing).and_then(|text| {
            let number = text.parse::<i64>().ok().and_then(parse::count);
            number.filter(|number| number.get() > 0).ok_or_else(|| Violation::new("seguidores", "not_a_count"))
        });
        let target = rules.take(target);
        let by = match self.fecha.as_deref() {
            None => Some(None),
            Some(text) => rules.take(date("fecha", Some(text))).map(Some),
        };
        rules.finish(target.zip(by))
    }
}

/// The dates by which so many in a hundred sample paths have reached the goal.
#[derive(Serialize, ToSchema)]
pub(crate) struct GoalDates {
    /// Ten: the earliest that can be hoped for. `null` where fewer do within the model's reach.
    #[schema(format = Date, required = true)]
    p10: Option<String>,
    /// Fifty: as likely before as after.
    #[schema(format = Date, required = true)]
    p50: Option<String>,
    /// Ninety: a date to promise.
    #[schema(format = Date, required = true)]
    p90: Option<String>,
}

/// How surely the goal is reached until a date.
#[derive(Serialize, ToSchema)]
pub(crate) struct GoalChanceView {
    /// The date.
    #[schema(format = Date)]
    fecha: String,
    /// Share of sample paths that have reached the goal on some day until then, 0 to 1.
    #[schema(minimum = 0, maximum = 1, example = 0.73)]
    probability: f64,
    /// Followers a day that are needed from the last value to reach the goal on that date; 0 where it was reached
    /// already.
    #[schema(minimum = 0)]
    pace_needed: f64,
    /// Followers a day that are expected until then.
    pace_expected: f64,
}

/// When an account reaches a number of followers.
#[derive(Serialize, ToSchema)]
pub(crate) struct GoalResponse {
    /// The account.
    username: String,
    /// The company's name.
    empresa: String,
    /// Always `seguidores`.
    #[schema(value_type = TargetWord)]
    target_variable: &'static str,
    /// The goal.
    seguidores: u64,
    /// The last value of the history, whole followers.
    last_value: u64,
    /// The last date of the history.
    #[schema(format = Date)]
    last_date: String,
    /// Whether the last value has reached the goal.
    is_reached: bool,
    /// When it is reached.
    dates: GoalDates,
    /// The last date that the model reaches.
    #[schema(format = Date)]
    until: String,
    /// About the date that was asked for; `null` where none was.
    #[schema(required = true)]
    by: Option<GoalChanceView>,
    /// The version of the model.
    #[schema(minimum = 1)]
    model_version: i32,
    /// When it was trained.
    #[schema(format = DateTime)]
    trained_at: String,
    /// The last observation that it was trained on.
    #[schema(format = DateTime)]
    data_until: String,
    /// What the reader should know.
    #[schema(value_type = Vec<WarningCode>)]
    warnings: Vec<&'static str>,
    /// The same in words.
    warning_texts: Vec<WarningText>,
}

impl From<&GoalForecast> for GoalDates {
    fn from(goal: &GoalForecast) -> Self {
        let [p10, p50, p90] = goal.dates.map(|date| date.map(|date| date.to_string()));
        Self { p10, p50, p90 }
    }
}

/// Forecast when a number of followers is reached.
///
/// From 1,000 sample paths of the version that answers: the chance to have it by a date, and the dates by which 10, 50
/// and 90 in a hundred paths have it.
#[utoipa::path(
    get,
    path = "/regression/goal/{username}",
    tag = "forecasts",
    params(("username" = String, Path, description = "The account's handle"), GoalQuery),
    responses((status = 200, body = GoalResponse))
)]
pub(crate) async fn get_goal(
    Guarded(actor, query): Guarded<ReadForecasts, web::Query<GoalQuery>>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
    ReaderLanguage(language): ReaderLanguage,
) -> Result<Polled<GoalResponse>, Problem> {
    let version = VersionQuery { version: query.version.clone() };
    let account = open_at(&use_cases, actor.access()?, &path, &version).await?;
    let (target, by) = query.parse()?;
    let (use_cases, asked) = (use_cases.into_inner(), account.clone());
    let (goal, warnings) = blocking::call(move || use_cases.forecasts.goal(&asked, target, by)).await?;
    let (snapshot, serving) = (account.snapshot(), account.serving()?);
    let report = serving.model.report();
    Ok(Polled(GoalResponse {
        username: snapshot.account.handle.as_str().to_owned(),
        empresa: snapshot.company_name.as_str().to_owned(),
        target_variable: TARGET,
        seguidores: target.get(),
        last_value: whole_followers(goal.last_value.round()).get(),
        last_date: report.last_date.to_string(),
        is_reached: goal.last_value >= goal.target,
        dates: GoalDates::from(&goal),
        until: goal.until.to_string(),
        by: goal.by.map(|chance| GoalChanceView {
            fecha: chance.date.to_string(),
            probability: chance.probability,
            pace_needed: chance.pace_needed,
            pace_expected: chance.pace_expected,
        }),
        model_version: serving.version.get(),
        trained_at: wire_time(serving.trained_at),
        data_until: wire_time(report.data_until),
        warnings: warning_codes(&warnings),
        warning_texts: warning_texts(&warnings, language),
    }))
}

/// Which date.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct TogetherQuery {
    /// The date, `YYYY-MM-DD`, at whose end the followers are expected.
    #[param(value_type = String, format = Date, required = true)]
    fecha: Option<String>,
}

/// An account that is not in the sum.
#[derive(Serialize, ToSchema)]
pub(crate) struct LeftOutView {
    /// The account.
    username: String,
    /// Why: a code of a conflict, or `OUT_OF_REACH` where its history reaches the date or its model does not.
    #[schema(value_type = LeftOutCode)]
    reason: &'static str,
}

/// All accounts that the caller may read, together.
#[derive(Serialize, ToSchema)]
pub(crate) struct TogetherResponse {
    /// The date.
    #[schema(format = Date)]
    fecha: String,
    /// Always `seguidores`.
    #[schema(value_type = TargetWord)]
    target_variable: &'static str,
    /// How many accounts are in the sum.
    accounts: usize,
    /// Which.
    usernames: Vec<String>,
    /// Those that are not, and why.
    left_out: Vec<LeftOutView>,
    /// The sum: its mean is the sum of the accounts' means. `null` where no account is in it: `left_out` says why.
    #[schema(required = true)]
    total: Option<SpreadView>,
    /// The mean correlation of the accounts' backtest errors, 0 to 1: what they have in common widens the sum's
    /// intervals. `null` where `total` is.
    #[schema(minimum = 0, maximum = 1, required = true)]
    correlation: Option<f64>,
    /// What the reader should know of any of the accounts.
    #[schema(value_type = Vec<WarningCode>)]
    warnings: Vec<&'static str>,
    /// The same in words.
    warning_texts: Vec<WarningText>,
}

impl TogetherResponse {
    fn new(answer: &TogetherAnswer, language: Language) -> Self {
        let reason = |reason: LeftOut| match reason {
            LeftOut::Model(conflict) => Kind::of_conflict(conflict).code,
            LeftOut::OutOfReach => "OUT_OF_REACH",
        };
        let left_out = answer.left_out.iter();
        Self {
            fecha: answer.date.to_string(),
            target_variable: TARGET,
            accounts: answer.accounts.len(),
            usernames: answer.accounts.iter().map(|handle| handle.as_str().to_owned()).collect(),
            left_out: left_out
                .map(|(handle, why)| LeftOutView { username: handle.as_str().to_owned(), reason: reason(*why) })
                .collect(),
            total: answer.forecast.as_ref().map(|forecast| SpreadView::from(&forecast.total)),
            correlation: answer.forecast.as_ref().map(|forecast| forecast.correlation),
            warnings: warning_codes(&answer.warnings),
            warning_texts: warning_texts(&answer.warnings, language),
        }
    }
}

/// Forecast the followers of all accounts together.
///
/// The sum over the accounts that one may read, with prediction intervals that add up the accounts as they moved
/// together. Accounts that cannot be forecast are named with the reason.
#[utoipa::path(
    get,
    path = "/regression/company-forecast",
    tag = "forecasts",
    params(TogetherQuery),
    responses((status = 200, body = TogetherResponse))
)]
pub(crate) async fn forecast_company(
    Guarded(actor, query): Guarded<ReadForecasts, web::Query<TogetherQuery>>,
    use_cases: web::Data<UseCases>,
    ReaderLanguage(language): ReaderLanguage,
) -> Result<Polled<TogetherResponse>, Problem> {
    let date = date("fecha", query.fecha.as_deref()).map_err(|violation| vec![violation])?;
    let (by, use_cases) = (actor.access()?, use_cases.into_inner());
    let answer = blocking::call(move || use_cases.forecasts.together(by, date, &Level::DEFAULTS)).await?;
    Ok(Polled(TogetherResponse::new(&answer, language)))
}
