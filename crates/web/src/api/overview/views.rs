//! What the overview answers.

use atalaya_application::overview::{OverviewAnswer, OverviewRow, Totals};
use atalaya_domain::observation::Followers;
use atalaya_domain::overview::{ATTENTION_LEVEL, Ahead, Attention, Change, Close, LEVEL, Recent, Serving, Summary};
use atalaya_texts::{self as texts, Language};
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::cursor::Cursor as _;
use crate::api::parse::wire_time;
use crate::api::schemas::{AttentionWord, LevelPercent, ModelStateWord};

/// Days of a sparkline.
const SPARKLINE: usize = 90;

/// A change of followers over complete days.
#[derive(Serialize, ToSchema)]
pub(crate) struct ChangeView {
    /// Followers at the end of the last complete day minus those as many days before.
    change: i64,
    /// The change of as many days before that; `null` where the data do not reach.
    #[schema(required = true)]
    previous: Option<i64>,
}

impl From<Change> for ChangeView {
    fn from(Change { change, previous }: Change) -> Self {
        Self { change, previous }
    }
}

/// What is expected 30 days after the last complete day.
#[derive(Serialize, ToSchema)]
pub(crate) struct AheadView {
    /// The date.
    #[schema(format = Date)]
    fecha: String,
    /// Expected followers.
    prediction: u64,
    /// Of the interval, in percent.
    #[schema(value_type = LevelPercent)]
    level: u8,
    /// Lower bound, whole followers.
    lower: u64,
    /// Upper bound, whole followers.
    upper: u64,
    /// Expected followers minus those of the last complete day.
    expected_change: i64,
}

impl From<Ahead> for AheadView {
    fn from(Ahead { expected, change }: Ahead) -> Self {
        Self {
            fecha: expected.date.to_string(),
            prediction: expected.mean.get(),
            level: LEVEL.percent(),
            lower: expected.lower.get(),
            upper: expected.upper.get(),
            expected_change: change,
        }
    }
}

/// A day of a sparkline.
#[derive(Serialize, ToSchema)]
pub(crate) struct CloseView {
    /// The date.
    #[schema(format = Date)]
    fecha: String,
    /// Followers at its last observation.
    seguidores: u64,
}

impl From<&Close> for CloseView {
    fn from(close: &Close) -> Self {
        Self { fecha: close.date.to_string(), seguidores: close.followers.get() }
    }
}

/// The model of an account.
#[derive(Serialize, ToSchema)]
pub(crate) struct ModelStateView {
    /// `current`: trained on all observations. `stale`: newer ones exist. `baseline`: no model convinced in backtest,
    /// so a baseline answers. `untrained`: none answers.
    #[schema(value_type = ModelStateWord)]
    state: &'static str,
    /// The version that answers.
    #[schema(minimum = 1, required = true)]
    version: Option<i32>,
    /// When it was trained.
    #[schema(format = DateTime, required = true)]
    trained_at: Option<String>,
}

/// Something that needs attention.
#[derive(Serialize, ToSchema)]
pub(crate) struct AttentionView {
    /// What it is.
    #[schema(value_type = AttentionWord)]
    code: &'static str,
    /// The same in words, in the reader's language.
    message: String,
    /// The day that it is about, where there is one.
    #[schema(format = Date)]
    #[serde(skip_serializing_if = "Option::is_none")]
    fecha: Option<String>,
    /// Of `OUTSIDE_INTERVAL`: followers at the end of the day.
    #[serde(skip_serializing_if = "Option::is_none")]
    actual: Option<u64>,
    /// Of `OUTSIDE_INTERVAL`: lower bound of what was expected, at 95 %.
    #[serde(skip_serializing_if = "Option::is_none")]
    lower: Option<u64>,
    /// Of `OUTSIDE_INTERVAL`: upper bound of what was expected, at 95 %.
    #[serde(skip_serializing_if = "Option::is_none")]
    upper: Option<u64>,
    /// Of `DATA_STALE`: whole days since the last observation.
    #[serde(skip_serializing_if = "Option::is_none")]
    days: Option<i64>,
}

impl AttentionView {
    fn of(attention: Attention, language: Language) -> Self {
        let code = attention.code().as_str();
        let date = |date: NaiveDate| Some(date.to_string());
        let number = |followers: Followers| Some(followers.get());
        let view =
            Self { code, message: String::new(), fecha: None, actual: None, lower: None, upper: None, days: None };
        let view = match attention {
            Attention::OutsideInterval { date: day, actual, lower, upper } => {
                Self { fecha: date(day), actual: number(actual), lower: number(lower), upper: number(upper), ..view }
            }
            Attention::DataStale { date: day, days } => Self { fecha: date(day), days: Some(days), ..view },
            Attention::ModelUntrained | Attention::BaselineServes => view,
        };
        let mut params = vec![("level", ATTENTION_LEVEL.percent().to_string())];
        params.extend(view.fecha.clone().map(|date| ("date", date)));
        params.extend(view.days.map(|days| ("days", days.to_string())));
        let numbers = [("actual", view.actual), ("lower", view.lower), ("upper", view.upper)];
        params.extend(numbers.into_iter().filter_map(|(name, number)| Some((name, number?.to_string()))));
        Self { message: texts::attention(language, code, &params), ..view }
    }
}

/// An account at a glance.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccountGlance {
    /// The handle.
    cuenta: String,
    /// The name that a dashboard shows.
    nombre: String,
    /// The social network.
    #[schema(required = true)]
    plataforma: Option<String>,
    /// Followers at the newest observation; `null` without one.
    #[schema(required = true)]
    seguidores: Option<u64>,
    /// The newest observation; `null` without one.
    #[schema(format = DateTime, required = true)]
    data_until: Option<String>,
    /// The last day with an observation that is over on the account's clocks: where changes end. Days after it in
    /// `sparkline` go on.
    #[schema(format = Date, required = true)]
    complete_until: Option<String>,
    /// The change of the last 7 complete days; `null` where the data do not reach.
    #[schema(required = true)]
    change_7: Option<ChangeView>,
    /// The change of the last 28 complete days; `null` where the data do not reach.
    #[schema(required = true)]
    change_28: Option<ChangeView>,
    /// What is expected 30 days ahead; `null` without a model, and where its data end too long before the account's.
    #[schema(required = true)]
    forecast_30: Option<AheadView>,
    /// The last 90 days with an observation, by date.
    sparkline: Vec<CloseView>,
    /// Its model.
    model: ModelStateView,
    /// Days with an observation; those beyond 92 are not counted. `null` where the summary is still to be made: then
    /// nothing else is told of its days.
    #[schema(required = true)]
    observations_days: Option<usize>,
    /// How many more days with an observation a training needs; `null` where it needs none, and where it is not known.
    #[schema(required = true)]
    days_needed: Option<usize>,
    /// What needs attention, most severe first.
    attention: Vec<AttentionView>,
}

impl AccountGlance {
    fn of(row: OverviewRow, language: Language) -> Self {
        let OverviewRow { account, summary: Summary { recent, data_until, serving, .. }, glance } = row;
        let closes = recent.as_ref().map(Recent::closes).unwrap_or_default();
        let (version, trained_at) =
            serving.map(|Serving { version, trained_at, .. }| (version.get(), wire_time(trained_at))).unzip();
        Self {
            cuenta: account.handle.as_str().to_owned(),
            nombre: account.name.as_str().to_owned(),
            plataforma: account.platform.map(|platform| platform.as_str().to_owned()),
            seguidores: glance.followers.map(Followers::get),
            data_until: data_until.map(wire_time),
            complete_until: glance.complete_until.map(|date| date.to_string()),
            change_7: glance.week.map(ChangeView::from),
            change_28: glance.four_weeks.map(ChangeView::from),
            forecast_30: glance.ahead.map(AheadView::from),
            sparkline: closes.iter().skip(closes.len().saturating_sub(SPARKLINE)).map(CloseView::from).collect(),
            model: ModelStateView { state: glance.model.as_str(), version, trained_at },
            observations_days: recent.as_ref().map(Recent::observed_days),
            days_needed: glance.days_needed,
            attention: glance.attention.into_iter().map(|found| AttentionView::of(found, language)).collect(),
        }
    }
}

/// A sum of expected changes. Intervals of accounts do not add up, so it has none: `GET /regression/company-forecast`
/// gives the interval of a sum.
#[derive(Serialize, ToSchema)]
pub(crate) struct ExpectedSum {
    /// Expected followers 30 days ahead minus those now, over the accounts of which it is known.
    expected_change: i64,
    /// How many accounts these are.
    accounts: u64,
}

/// Sums over all accounts that one sees, whichever are asked for.
#[derive(Serialize, ToSchema)]
pub(crate) struct TotalsView {
    /// Accounts.
    accounts: u64,
    /// Those with an observation.
    with_data: u64,
    /// Followers at the newest observation of each.
    seguidores: u64,
    /// The changes of 28 complete days, over the accounts of which this and the one before are known; `null` where
    /// there are none.
    #[schema(required = true)]
    change_28: Option<i64>,
    /// The changes of the 28 days before, over the same accounts.
    #[schema(required = true)]
    previous_28: Option<i64>,
    /// How many accounts the changes are of.
    change_28_accounts: u64,
    /// What is expected; `null` where no account has a forecast.
    #[schema(required = true)]
    forecast_30: Option<ExpectedSum>,
    /// Accounts of which something needs attention.
    attention: u64,
    /// Accounts whose summary is still to be made, as after an upgrade: what is `null` of them may be known, and is not
    /// in the sums. Each answer makes some of them, so ask again.
    pending: u64,
}

impl From<Totals> for TotalsView {
    fn from(totals: Totals) -> Self {
        let sum = |expected_change| ExpectedSum { expected_change, accounts: totals.expected_accounts };
        Self {
            accounts: totals.accounts,
            with_data: totals.with_data,
            seguidores: totals.followers,
            change_28: totals.four_weeks.map(|(change, _)| change),
            previous_28: totals.four_weeks.map(|(_, previous)| previous),
            change_28_accounts: totals.four_weeks_accounts,
            forecast_30: totals.expected_change.map(sum),
            attention: totals.attention,
            pending: totals.pending,
        }
    }
}

/// All accounts at a glance.
#[derive(Serialize, ToSchema)]
pub(crate) struct OverviewResponse {
    /// The accounts, in the order that was asked for.
    accounts: Vec<AccountGlance>,
    /// How many were asked for, on all pages.
    matching: u64,
    /// Sums over all accounts that one sees.
    totals: TotalsView,
    /// Where the next page begins; `null` on the last.
    #[schema(required = true)]
    next_cursor: Option<String>,
}

impl OverviewResponse {
    pub(super) fn of(answer: OverviewAnswer, language: Language) -> Self {
        Self {
            accounts: answer.rows.into_iter().map(|row| AccountGlance::of(row, language)).collect(),
            matching: answer.matching,
            totals: answer.totals.into(),
            next_cursor: answer.next.map(|place| place.write()),
        }
    }
}
