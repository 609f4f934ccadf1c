//! What can be followed. What is followed is looked at again and again, as for server-sent events; whether somebody may
//! still follow it is asked at every look.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Context, ID, Subscription as Subscribable};
use atalaya_application::error::AppError;
use atalaya_application::page::PageRequest;
use atalaya_application::ports::repositories::TimeSpan;
use atalaya_domain::mandate::ReadForecasts;
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::stream::{self, Stream};
use tokio::time::sleep;

use crate::api::jobs::{FollowJobs, job_id};
use crate::graphql::jobs::JobNode;
use crate::graphql::observations::ObservationNode;
use crate::graphql::query_context::{Granted, QueryContext};
use crate::graphql::refusal::Refusal;
use crate::http::blocking;
use crate::http::event_streams::{LOOK_AGAIN_AFTER, LOOK_EVERY};

/// The most measurements that one look tells of; the next goes on behind them.
const AT_ONCE: usize = 100;

/// The root of subscriptions.
pub(crate) struct Subscription;

/// What can be followed, over a socket (`graphql-transport-ws`).
#[Subscribable]
impl Subscription {
    /// A job: at once as it is, then after every change, until it has ended.
    async fn job_progress(
        &self,
        context: &Context<'_>,
        id: ID,
    ) -> Result<impl Stream<Item = Result<JobNode, Refusal>> + use<>, Refusal> {
        let query_context = Arc::clone(QueryContext::of(context)?);
        let granted = query_context.permitted::<FollowJobs>().await?;
        let id = job_id(&id)?;
        let state = (query_context, granted, None, false);
        Ok(stream::unfold(state, move |(query_context, granted, mut last, is_over)| async move {
            if is_over {
                return None;
            }
            let mut pause = if last.is_some() { LOOK_EVERY } else { Duration::ZERO };
            loop {
                sleep(pause).await;
                let (use_cases, by) = (Arc::clone(&query_context.use_cases), granted.mandate_in(None));
                let found = match by {
                    Ok(by) => blocking::call(move || use_cases.jobs.find(&by, id)).await.map_err(Refusal::from),
                    Err(refusal) => Err(refusal),
                };
                match found {
                    Ok(job) if last.as_ref() == Some(&job) => pause = LOOK_EVERY,
                    Ok(job) => {
                        let (node, is_over) = (JobNode::of(&job, query_context.language), job.state.is_final());
                        last = Some(job);
                        return Some((Ok(node), (query_context, granted, last, is_over)));
                    }
                    Err(refusal) if refusal.is_for_a_moment() && last.is_some() => pause = LOOK_AGAIN_AFTER,
                    Err(refusal) => return Some((Err(refusal), (query_context, granted, last, true))),
                }
            }
        }))
    }

    /// Measurements of an account that are newer than all before, each once, as they are stored.
    async fn observation_added(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The account.")] handle: String,
    ) -> Result<impl Stream<Item = Result<ObservationNode, Refusal>> + use<>, Refusal> {
        let query_context = Arc::clone(QueryContext::of(context)?);
        let granted = query_context.permitted::<ReadForecasts>().await?;
        let newest = newest(&query_context, &granted, &handle).await?;
        let follower = Follower { query_context, granted, handle, newest, found: Vec::new(), pause: LOOK_EVERY };
        Ok(stream::unfold(Some(follower), |follower| async move {
            let mut follower = follower?;
            match follower.next().await {
                Ok(node) => Some((Ok(node), Some(follower))),
                Err(refusal) => Some((Err(refusal), None)),
            }
        }))
    }
}

/// Time of the newest measurement of an account; asked of memory, unless something changed.
async fn newest(
    query_context: &QueryContext,
    granted: &Granted<ReadForecasts>,
    handle: &str,
) -> Result<Option<DateTime<Utc>>, Refusal> {
    let by = granted.access()?;
    if let Some(known) = query_context.use_cases.forecasts.recall(by, handle)? {
        return Ok(known.snapshot().newest_observation);
    }
    let (use_cases, handle) = (Arc::clone(&query_context.use_cases), handle.to_owned());
    let opened = blocking::call(move || use_cases.forecasts.open(by, &handle)).await?;
    Ok(opened.snapshot().newest_observation)
}

/// Somebody who follows an account.
struct Follower {
    query_context: Arc<QueryContext>,
    granted: Granted<ReadForecasts>,
    handle: String,
    newest: Option<DateTime<Utc>>,
    /// What was found and not told yet, the newest first.
    found: Vec<ObservationNode>,
    pause: Duration,
}

impl Follower {
    async fn next(&mut self) -> Result<ObservationNode, Refusal> {
        loop {
            if let Some(node) = self.found.pop() {
                return Ok(node);
            }
            sleep(self.pause).await;
            self.pause = match self.look().await {
                Ok(()) => LOOK_EVERY,
                Err(refusal) if refusal.is_for_a_moment() => LOOK_AGAIN_AFTER,
                Err(refusal) => return Err(refusal),
            };
        }
    }

    async fn look(&mut self) -> Result<(), Refusal> {
        let until = newest(&self.query_context, &self.granted, &self.handle).await?;
        if until <= self.newest {
            return Ok(());
        }
        let from = self.newest.and_then(|newest| newest.checked_add_signed(TimeDelta::microseconds(1)));
        let (by, use_cases) = (self.granted.mandate_in(None)?, Arc::clone(&self.query_context.use_cases));
        let handle = self.handle.clone();
        let page = blocking::call(move || -> Result<_, AppError> {
            let owned = use_cases.accounts.open(&by, &handle)?;
            let request = PageRequest::new(None, AT_ONCE);
            use_cases.observations.list(&owned, TimeSpan { from, until: None }, &request)
        });
        let items = page.await?.items;
        self.newest = items.last().map(|last| last.at).or(self.newest);
        self.found = items.into_iter().rev().map(ObservationNode::from).collect();
        Ok(())
    }
}
