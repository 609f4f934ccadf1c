//! [`Overview`] on the ports.

use std::sync::Arc;

use atalaya_domain::access::TenantScope;
use atalaya_domain::id::ModelVersion;
use atalaya_domain::mandate::{Access, ReadForecasts};
use atalaya_domain::overview::{Glance, Outlook, Serving, Summary};

use super::list::page_of;
use super::{Overview, OverviewAnswer, OverviewQuery, OverviewRow, Totals};
use crate::error::AppError;
use crate::forecasts::{ArtifactReader, outlook_of};
use crate::ports::repositories::{StoredSummary, SummaryGap};
use crate::ports::runtime::Clock;
use crate::ports::store::Store;

/// Summaries that one transaction makes anew.
const MADE_AT_ONCE: usize = 50;
/// Summaries that are made for one answer at most: a company whose accounts have none yet gets its first answers soon,
/// and each of them has more.
const MADE_FOR_AN_ANSWER: usize = 200;

/// [`Overview`] on the ports.
pub struct OverviewService {
    /// A company's data.
    pub store: Arc<dyn Store>,
    /// Opens versions.
    pub artifacts: Arc<ArtifactReader>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl OverviewService {
    /// The summaries of all accounts within reach. Some of what is missing or no longer true is made first: whoever
    /// writes what a summary is made of keeps it, but accounts from before there were summaries have none, and a zone
    /// may change.
    fn summaries(&self, scope: &TenantScope) -> Result<Vec<StoredSummary>, AppError> {
        let read = || self.store.query(scope, |view| view.summaries().all());
        let summaries = read()?;
        let gaps = summaries.iter().filter(|summary| summary.gap.is_some());
        let gaps: Vec<&StoredSummary> = gaps.take(MADE_FOR_AN_ANSWER).collect();
        if gaps.is_empty() {
            return Ok(summaries);
        }
        for some in gaps.chunks(MADE_AT_ONCE) {
            self.mend(scope, some)?;
        }
        read()
    }

    fn mend(&self, scope: &TenantScope, summaries: &[&StoredSummary]) -> Result<(), AppError> {
        let mut outlooks = Vec::with_capacity(summaries.len());
        for summary in summaries {
            let account = &summary.account;
            outlooks.push(match summary.gap {
                Some(SummaryGap { outlook: true, .. }) => self.outlook(scope, summary)?,
                _ => None,
            });
            tracing::debug!(event = "summary_made", account.id = account.id.get(), "an account's summary is made anew");
        }
        self.store.transaction(scope, |unit| {
            for (summary, outlook) in summaries.iter().zip(&outlooks) {
                if summary.gap.is_some_and(|gap| gap.recent) {
                    unit.summaries().refresh(&summary.account)?;
                }
                if let Some((version, outlook)) = outlook {
                    unit.summaries().keep_outlook(&summary.account, *version, outlook)?;
                }
            }
            Ok(())
        })
    }

    /// What the version that answers says; nothing where it cannot be opened.
    fn outlook(
        &self,
        scope: &TenantScope,
        summary: &StoredSummary,
    ) -> Result<Option<(ModelVersion, Outlook)>, AppError> {
        let Some(active) = self.store.query(scope, |view| view.models().active(&summary.account))? else {
            return Ok(None);
        };
        match self.artifacts.open(scope, summary.account.id, &active) {
            Ok(model) => Ok(Some((active.run.version, outlook_of(model.as_ref())))),
            Err(AppError::Conflict(_)) => Ok(Some((active.run.version, Outlook::default()))),
            Err(error) => Err(error),
        }
    }
}

impl Overview for OverviewService {
    fn accounts(&self, by: Access<ReadForecasts>, query: &OverviewQuery) -> Result<OverviewAnswer, AppError> {
        let (scope, now) = (by.scope(), self.clock.now());
        let mut totals = Totals::default();
        let row = |stored: StoredSummary| {
            let StoredSummary { account, recent, data_until, active, outlook, gap } = stored;
            totals.pending += u64::from(gap.is_some());
            let serving = active.map(|active| Serving {
                version: active.version,
                trained_at: active.trained_at,
                data_until: active.data_until,
                grid: active.grid,
                outlook,
            });
            let summary = Summary { recent, data_until, serving };
            let glance = Glance::of(&summary, now);
            totals.add(&glance);
            OverviewRow { account, summary, glance }
        };
        let rows: Vec<OverviewRow> = self.summaries(&scope)?.into_iter().map(row).collect();
        let (page, matching) = page_of(rows, query);
        Ok(OverviewAnswer { rows: page.items, matching, totals, next: page.next })
    }
}
