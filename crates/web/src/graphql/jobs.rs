//! Jobs: work that goes on after its request.

use async_graphql::{Enum, ID, SimpleObject};
use atalaya_domain::job::{Job, JobState, Parts};
use atalaya_texts::Language;

use crate::graphql::scalars::Moment;
use crate::http::problem::Problem;

/// How far a job is.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(name = "JobState")]
pub(crate) enum StateWord {
    /// Waiting.
    Queued,
    /// Being worked on.
    Running,
    /// Done.
    Succeeded,
    /// Given up.
    Failed,
    /// Called off.
    Cancelled,
}

impl From<StateWord> for JobState {
    fn from(word: StateWord) -> Self {
        match word {
            StateWord::Queued => Self::Queued,
            StateWord::Running => Self::Running,
            StateWord::Succeeded => Self::Succeeded,
            StateWord::Failed => Self::Failed,
            StateWord::Cancelled => Self::Cancelled,
        }
    }
}

impl From<JobState> for StateWord {
    fn from(state: JobState) -> Self {
        match state {
            JobState::Queued => Self::Queued,
            JobState::Running => Self::Running,
            JobState::Succeeded => Self::Succeeded,
            JobState::Failed => Self::Failed,
            JobState::Cancelled => Self::Cancelled,
        }
    }
}

/// How many of the jobs that a job is made of are how far.
#[derive(SimpleObject)]
pub(crate) struct JobParts {
    /// Waiting.
    queued: u32,
    /// Being worked on.
    running: u32,
    /// Done.
    succeeded: u32,
    /// Given up.
    failed: u32,
    /// Called off.
    cancelled: u32,
}

impl From<Parts> for JobParts {
    fn from(parts: Parts) -> Self {
        let Parts { queued, running, succeeded, failed, cancelled } = parts;
        Self { queued, running, succeeded, failed, cancelled }
    }
}

/// Why a job was given up.
#[derive(SimpleObject)]
pub(crate) struct JobFailure {
    /// The kind of problem.
    code: &'static str,
    /// What happened and what to do next, in the reader's language.
    message: String,
}

/// A job.
#[derive(SimpleObject)]
#[graphql(name = "Job")]
pub(crate) struct JobNode {
    /// Its id.
    id: ID,
    /// What it does, such as `train`.
    kind: &'static str,
    /// How far it is.
    state: StateWord,
    /// The account's handle; none for a job of all accounts.
    account: Option<String>,
    /// Who asked for it: a username, `operator`, or `system`.
    asked_by: String,
    /// When it was asked for.
    created_at: Moment,
    /// When it was first begun.
    started_at: Option<Moment>,
    /// When it ended.
    finished_at: Option<Moment>,
    /// How often it was begun.
    attempts: u32,
    /// Steps done.
    done: u32,
    /// Steps in all; 0 while that is not known.
    total: u32,
    /// How the jobs stand that it is made of; none for one that is not.
    parts: Option<JobParts>,
    /// The job that it is a part of.
    parent: Option<ID>,
    /// The version that it trained.
    version: Option<i32>,
    /// Why it was given up.
    failure: Option<JobFailure>,
}

impl JobNode {
    /// The job for a reader of that language.
    pub(crate) fn of(job: &Job, language: Language) -> Self {
        let failure = |failure: atalaya_domain::job::JobFailure| {
            let problem = Problem::App(failure.into());
            JobFailure { code: problem.kind().code, message: problem.detail(language) }
        };
        Self {
            id: job.id.get().to_string().into(),
            kind: job.kind.as_str(),
            state: job.state.into(),
            account: job.account.as_ref().map(|account| account.as_str().to_owned()),
            asked_by: job.asked_by.clone(),
            created_at: job.created_at.into(),
            started_at: job.started_at.map(Moment::from),
            finished_at: job.finished_at.map(Moment::from),
            attempts: job.attempts,
            done: job.progress.done,
            total: job.progress.total,
            parts: job.parts.map(JobParts::from),
            parent: job.parent.map(|parent| parent.get().to_string().into()),
            version: job.version.map(atalaya_domain::id::ModelVersion::get),
            failure: job.failure.map(failure),
        }
    }
}
