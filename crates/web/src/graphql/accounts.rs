//! An account, and what is known of it.

use std::sync::Arc;

use async_graphql::{Context, Object};
use atalaya_application::accounts::OwnedAccount;
use atalaya_application::error::{AppError, Violation};
use atalaya_application::forecasts::{AnomalyQuery, ReadableAccount};
use atalaya_domain::account::{Account, Platform};
use atalaya_domain::forecast::{Horizon, Level};
use atalaya_domain::mandate::ReadForecasts;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::api::parse::{Rules, date, levels, span};
use crate::graphql::forecasts::{Accuracy, Anomalies, Comparison, Forecast, PredictionNode, VersionNode};
use crate::graphql::observations::ObservationNode;
use crate::graphql::pages::{Pages, connection, page};
use crate::graphql::query_context::QueryContext;
use crate::graphql::refusal::{Answer, Refusal, answer};
use crate::graphql::scalars::{Date, Moment};
use crate::http::blocking;
use crate::http::problem::Problem;

/// An account.
pub(crate) struct AccountNode(Account);

impl From<Account> for AccountNode {
    fn from(account: Account) -> Self {
        Self(account)
    }
}

impl AccountNode {
    fn handle_text(&self) -> String {
        self.0.handle.as_str().to_owned()
    }

    /// The account, opened for reading its forecasts: from memory, or together with the others of the query.
    async fn readable(&self, query_context: &QueryContext) -> Result<ReadableAccount, Refusal> {
        let by = query_context.granted::<ReadForecasts>()?.access()?;
        // What is in memory waits for no others: the loader collects for a millisecond, and asks on another thread.
        if let Some(known) = query_context.use_cases.forecasts.recall(by, self.0.handle.as_str())? {
            return Ok(known);
        }
        let found = query_context.accounts().load_one(self.handle_text()).await?;
        found.ok_or_else(|| AppError::internal("an account was not opened"))?
    }
}

/// Levels of intervals; 80 and 95 unless told.
fn wished_levels(level: Option<&[i32]>) -> Result<Vec<Level>, Vec<Violation>> {
    let wished = level.map(|percents| percents.iter().copied().map(i64::from).collect::<Vec<_>>());
    levels("level", wished.as_deref())
}

/// A social-media account.
#[Object(name = "Account")]
impl AccountNode {
    /// The handle, without `@`.
    async fn handle(&self) -> &str {
        self.0.handle.as_str()
    }

    /// The name that a dashboard shows.
    async fn name(&self) -> &str {
        self.0.name.as_str()
    }

    /// The social network.
    async fn platform(&self) -> Option<&str> {
        self.0.platform.as_ref().map(Platform::as_str)
    }

    /// Where its days end, where it is not the company's zone.
    async fn time_zone(&self) -> Option<&str> {
        self.0.time_zone.map(Tz::name)
    }

    /// When it was registered.
    async fn registered_at(&self) -> Moment {
        self.0.registered_at.into()
    }

    /// Its measurements, by time.
    async fn observations(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Items on a page, 1 to 1,000.", default = 20)] first: i32,
        #[graphql(desc = "The cursor that the page comes after.")] after: Option<String>,
        #[graphql(desc = "Not before this date or time.")] from: Option<String>,
        #[graphql(desc = "Not after this date or time; a date is included whole.")] to: Option<String>,
    ) -> Answer<Pages<ObservationNode>> {
        answer(async {
            let query_context = QueryContext::of(context)?;
            let by = query_context.granted::<ReadForecasts>()?.mandate_in(None)?;
            let (use_cases, handle) = (Arc::clone(&query_context.use_cases), self.handle_text());
            let pages = blocking::run(move || {
                let owned: OwnedAccount<ReadForecasts> = use_cases.accounts.open(&by, &handle)?;
                let span = span(from.as_deref(), to.as_deref(), owned.time_zone())?;
                Ok::<_, Problem>((use_cases, owned, span))
            });
            let (use_cases, owned, span) = pages.await?;
            let request = page::<DateTime<Utc>>(first, after.as_deref())?;
            let asked = request.clone();
            let found = blocking::call(move || use_cases.observations.list(&owned, span, &asked)).await?;
            Ok(connection(found, &request, |observation| observation.at, ObservationNode::from))
        })
        .await
    }

    /// The expected followers at the end of a day.
    async fn predict(
        &self,
        context: &Context<'_>,
        #[graphql(name = "date", desc = "The day.")] day: Date,
        #[graphql(desc = "Levels of the intervals, in percent; 80 and 95 unless told.")] level: Option<Vec<i32>>,
    ) -> Answer<PredictionNode> {
        answer(async {
            let query_context = QueryContext::of(context)?;
            let account = self.readable(query_context).await?;
            let mut rules = Rules::default();
            let (day, levels) =
                (rules.take(date("date", Some(&day.0))), rules.take_all(wished_levels(level.as_deref())));
            let (day, levels) = rules.finish(day.zip(levels))?;
            let ahead = query_context.use_cases.forecasts.predict_ahead(&account, day, &levels)?;
            let answer = if let Some(answer) = ahead {
                answer
            } else {
                let by = query_context.granted::<ReadForecasts>()?.access()?;
                let (use_cases, asked) = (Arc::clone(&query_context.use_cases), account.clone());
                blocking::call(move || use_cases.forecasts.predict(by, &asked, day, &levels)).await?
            };
            Ok(PredictionNode::of(&account, &answer, query_context.language)?)
        })
        .await
    }

    /// One forecast for each of the next days.
    async fn forecast(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Days after the last date of the history, 1 to 3,660.", default = 30)] h: i32,
        #[graphql(desc = "Levels of the intervals, in percent; 80 and 95 unless told.")] level: Option<Vec<i32>>,
    ) -> Answer<Forecast> {
        answer(async {
            let query_context = QueryContext::of(context)?;
            let account = self.readable(query_context).await?;
            let mut rules = Rules::default();
            let horizon = u16::try_from(h).ok().and_then(|days| Horizon::new(days).ok());
            let horizon = rules.take(horizon.ok_or_else(|| match h {
                ..1 => Violation::new("h", "too_small").with("min", &1),
                _ => Violation::new("h", "too_large").with("max", &Horizon::LONGEST),
            }));
            let levels = rules.take_all(wished_levels(level.as_deref()));
            let (horizon, levels) = rules.finish(horizon.zip(levels))?;
            let (use_cases, asked) = (Arc::clone(&query_context.use_cases), account.clone());
            let (days, warnings) = blocking::call(move || use_cases.forecasts.path(&asked, horizon, &levels)).await?;
            Ok(Forecast::of(&account, &days, &warnings, query_context.language)?)
        })
        .await
    }

    /// The models that were compared for the version that answers.
    async fn comparison(&self, context: &Context<'_>) -> Answer<Comparison> {
        answer(async {
            let query_context = QueryContext::of(context)?;
            Ok(Comparison::of(&self.readable(query_context).await?)?)
        })
        .await
    }

    /// How past forecasts turned out, by how far ahead they were.
    async fn accuracy(&self, context: &Context<'_>) -> Answer<Accuracy> {
        answer(async {
            let query_context = QueryContext::of(context)?;
            let account = self.readable(query_context).await?;
            let by = query_context.granted::<ReadForecasts>()?.access()?;
            let use_cases = Arc::clone(&query_context.use_cases);
            Ok(blocking::call(move || use_cases.forecasts.accuracy(by, &account, None)).await?.into())
        })
        .await
    }

    /// Days whose observed value lies outside of the interval that was forecast for them before.
    async fn anomalies(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The first day; 89 days before the last unless told.")] from: Option<Date>,
        #[graphql(desc = "The last day; that of the newest observation unless told.")] to: Option<Date>,
        #[graphql(desc = "Of the intervals, in percent.", default = 95)] level: i32,
    ) -> Answer<Anomalies> {
        answer(async {
            let query_context = QueryContext::of(context)?;
            let account = self.readable(query_context).await?;
            let mut rules = Rules::default();
            let from = from.and_then(|day| rules.take(date("from", Some(&day.0))));
            let to = to.and_then(|day| rules.take(date("to", Some(&day.0))));
            let wished = rules.take_all(wished_levels(Some(&[level])));
            let level = wished.and_then(|levels| levels.first().copied());
            let query = rules.finish(level.map(|level| AnomalyQuery { from, to, level }))?;
            let by = query_context.granted::<ReadForecasts>()?.access()?;
            let use_cases = Arc::clone(&query_context.use_cases);
            Ok(blocking::call(move || use_cases.forecasts.anomalies(by, &account, &query)).await?.into())
        })
        .await
    }

    /// The versions of its model, newest first, also those of which only the record is left.
    async fn versions(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Items on a page, 1 to 1,000.", default = 20)] first: i32,
        #[graphql(desc = "The cursor that the page comes after.")] after: Option<String>,
    ) -> Answer<Pages<VersionNode>> {
        answer(async {
            let query_context = QueryContext::of(context)?;
            let account = self.readable(query_context).await?;
            let by = query_context.granted::<ReadForecasts>()?.access()?;
            let request = page(first, after.as_deref())?;
            let (use_cases, asked) = (Arc::clone(&query_context.use_cases), request.clone());
            let found = blocking::call(move || use_cases.forecasts.versions(by, &account, &asked)).await?;
            Ok(connection(found, &request, |run| run.version, VersionNode::from))
        })
        .await
    }
}
