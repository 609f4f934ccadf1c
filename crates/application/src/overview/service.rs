//! [`Overview`] on the ports.

use std::sync::Arc;

use atalaya_domain::access::TenantScope;
use atalaya_domain::id::ModelVersion;
use atalaya_domain::mandate::{Access, ReadForecasts};
use atalaya_domain::overview::{Glance, Outlook, Serving, Summary};

use super::list::page_of;
use super::stand_ins::StandIn;
use super::{Overview, OverviewAnswer, OverviewQuery, OverviewRow, StandIns, Totals, Turns};
use crate::error::AppError;
use crate::forecasts::{ArtifactReader, outlook_of};
use crate::ports::repositories::{ActiveVersion, StoredSummary, SummaryGap, TrainingRun};
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
    /// Whose summaries are being made.
    pub turns: Turns,
    /// Which versions answer for those that cannot be opened.
    pub stand_ins: StandIns,
}

impl OverviewService {
    /// The summaries of all accounts within reach. Some of what is missing or no longer true is made first: whoever
    /// writes what a summary is made of keeps it, but accounts from before there were summaries have none, and a zone
    /// may change. One request of a company makes them at a time. Where nothing can be written now, what was read is
    /// still an answer, which says what it lacks.
    fn summaries(&self, scope: &TenantScope) -> Result<Vec<StoredSummary>, AppError> {
        let read = || -> Result<Vec<StoredSummary>, AppError> {
            let summaries = self.store.query(scope, |view| view.summaries().all())?;
            Ok(summaries.into_iter().map(|summary| self.answering(scope, summary)).collect())
        };
        let summaries = read()?;
        let gaps = summaries.iter().filter(|summary| summary.gap().is_some());
        let gaps: Vec<&StoredSummary> = gaps.take(MADE_FOR_AN_ANSWER).collect();
        if gaps.is_empty() {
            return Ok(summaries);
        }
        let Some(_turn) = self.turns.take(scope.company()) else { return Ok(summaries) };
        match gaps.chunks(MADE_AT_ONCE).try_for_each(|some| self.rebuild(scope, some)) {
            Ok(()) => read(),
            Err(error @ AppError::Unavailable { .. }) => {
                tracing::debug!(event = "summaries_not_made", %error, "summaries cannot be made now");
                Ok(summaries)
            }
            Err(error) => Err(error),
        }
    }

    fn rebuild(&self, scope: &TenantScope, summaries: &[&StoredSummary]) -> Result<(), AppError> {
        let mut outlooks = Vec::with_capacity(summaries.len());
        for summary in summaries {
            let account = &summary.account;
            outlooks.push(match summary.gap() {
                Some(SummaryGap { outlook: true, .. }) => self.outlook(scope, summary)?,
                _ => None,
            });
            tracing::debug!(event = "summary_made", account.id = account.id.get(), "an account's summary is made anew");
        }
        self.store.transaction(scope, |unit| {
            for (summary, outlook) in summaries.iter().zip(&outlooks) {
                if summary.gap().is_some_and(|gap| gap.recent) {
                    unit.summaries().refresh(&summary.account)?;
                }
                if let Some((version, outlook)) = outlook {
                    unit.summaries().keep_outlook(&summary.account, *version, outlook)?;
                }
            }
            Ok(())
        })
    }

    /// What the version that answers says, and which one that is: the active one, or as for forecasts the newest one
    /// before it that can be opened.
    fn outlook(
        &self,
        scope: &TenantScope,
        summary: &StoredSummary,
    ) -> Result<Option<(ModelVersion, Outlook)>, AppError> {
        let account = &summary.account;
        let Some(active) = self.store.query(scope, |view| view.models().active(account))? else {
            return Ok(None);
        };
        let unread = active.run.version;
        let Ok((stored, model)) = self.artifacts.newest(self.store.as_ref(), scope, account, active)? else {
            self.stand_ins.note(scope.company(), account.id, unread, StandIn::Nothing);
            return Ok(None);
        };
        let TrainingRun { version, facts, .. } = stored.run;
        if version != unread {
            let (trained_at, data_until, grid) = (facts.trained_at, facts.data_until, facts.grid);
            let stand_in = ActiveVersion { version, trained_at, data_until, grid };
            self.stand_ins.note(scope.company(), account.id, unread, StandIn::Version(stand_in));
        }
        Ok(Some((version, outlook_of(model.as_ref()))))
    }

    /// The summary with the version that answers where the active one cannot be opened.
    fn answering(&self, scope: &TenantScope, mut summary: StoredSummary) -> StoredSummary {
        let stand_in =
            summary.active.and_then(|active| self.stand_ins.of(scope.company(), summary.account.id, active.version));
        if let Some(stand_in) = stand_in {
            summary.active = match stand_in {
                StandIn::Version(version) => Some(version),
                StandIn::Nothing => None,
            };
        }
        summary
    }
}

impl Overview for OverviewService {
    fn accounts(&self, by: Access<ReadForecasts>, query: &OverviewQuery) -> Result<OverviewAnswer, AppError> {
        let (scope, now) = (by.scope(), self.clock.now());
        let mut totals = Totals::default();
        let row = |stored: StoredSummary| {
            totals.pending += u64::from(stored.gap().is_some());
            let StoredSummary { account, recent, observations, data_until, active, outlook } = stored;
            let serving = active.map(|active| Serving {
                version: active.version,
                trained_at: active.trained_at,
                data_until: active.data_until,
                grid: active.grid,
                outlook: outlook.filter(|(version, _)| *version == active.version).map(|(_, outlook)| outlook),
            });
            let summary = Summary { recent, observations, data_until, serving };
            let glance = Glance::of(&summary, now);
            totals.add(&summary, &glance);
            OverviewRow { account, summary, glance }
        };
        let rows: Vec<OverviewRow> = self.summaries(&scope)?.into_iter().map(row).collect();
        let (page, matching) = page_of(rows, query);
        Ok(OverviewAnswer { rows: page.items, matching, totals, next: page.next })
    }
}
