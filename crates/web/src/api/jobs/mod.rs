//! Jobs: how they are shown, and the routes that list, read and cancel them. They are asked for where their work is.

pub(crate) mod events;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, web};
use atalaya_application::UseCases;
use atalaya_application::error::{AppError, Resource, Violation};
use atalaya_application::page::PageRequest;
use atalaya_application::ports::idempotency::StoredAnswer;
use atalaya_application::ports::jobs::JobFilter;
use atalaya_domain::id::JobId;
use atalaya_domain::job::{Job, JobFailure, JobState, Parts, Progress};
use atalaya_domain::mandate::TrainModels;
use atalaya_domain::quota::RouteGroup;
use atalaya_texts::Language;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::api::cursor::Cursor as _;
use crate::api::parse::{self, Rules, wire_time};
use crate::api::schemas::{JobKindWord, JobStateWord};
use crate::http::admission::Needs;
use crate::http::blocking;
use crate::http::extract::{Guarded, Permitted};
use crate::http::language::ReaderLanguage;
use crate::http::prefer::{PREFERENCE_APPLIED, RESPOND_ASYNC};
use crate::http::problem::Problem;
use crate::http::problem_body::ErrorCode;
use crate::http::respond::{Answered, Polled, PolledResponse};

/// After how many seconds it is worth asking again for a job that has not ended.
const ASK_AGAIN: &str = "1";

/// [`TrainModels`], to look at jobs: polling uses up no trainings.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FollowJobs;

impl Needs for FollowJobs {
    type Permit = TrainModels;
    const GROUP: RouteGroup = RouteGroup::Read;
}

/// [`TrainModels`], to call jobs off: that can be done when no training is left.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CancelJobs;

impl Needs for CancelJobs {
    type Permit = TrainModels;
    const GROUP: RouteGroup = RouteGroup::Write;
}

/// How much of a job is done.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProgressView {
    /// Steps done; of a job that is made of others, how many of them ended.
    done: u32,
    /// Steps in all; 0 while that is not known.
    total: u32,
}

impl From<Progress> for ProgressView {
    fn from(progress: Progress) -> Self {
        Self { done: progress.done, total: progress.total }
    }
}

/// How many of the jobs that a job is made of are how far.
#[derive(Serialize, ToSchema)]
pub(crate) struct PartsView {
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

impl From<Parts> for PartsView {
    fn from(parts: Parts) -> Self {
        let Parts { queued, running, succeeded, failed, cancelled } = parts;
        Self { queued, running, succeeded, failed, cancelled }
    }
}

/// Why a job was given up, as whoever had waited would have been told.
#[derive(Serialize, ToSchema)]
pub(crate) struct JobError {
    /// The kind of problem.
    #[schema(value_type = ErrorCode)]
    error_code: &'static str,
    /// What happened and what to do next, in the reader's language.
    detail: String,
}

impl JobError {
    fn new(failure: JobFailure, language: Language) -> Self {
        let problem = Problem::App(failure.into());
        Self { error_code: problem.kind().code, detail: problem.detail(language) }
    }
}

/// A job.
#[derive(Serialize, ToSchema)]
pub(crate) struct JobView {
    /// Its id.
    #[schema(format = Uuid, example = "0198c0de-5f3a-7c11-9d2e-6b1f0a4c8e77")]
    id: String,
    /// `train` or `train_all`.
    #[schema(value_type = JobKindWord)]
    kind: &'static str,
    /// `queued`, `running`, `succeeded`, `failed` or `cancelled`; the last three are final.
    #[schema(value_type = JobStateWord)]
    state: &'static str,
    /// The account's handle; `null` for a job of all accounts.
    #[schema(required = true, example = "Interbank")]
    cuenta: Option<String>,
    /// Who asked for it: a username, `operator` for the command line, `system` for the program itself.
    asked_by: String,
    /// When it was asked for.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was first begun.
    #[schema(format = DateTime, required = true)]
    started_at: Option<String>,
    /// When it ended.
    #[schema(format = DateTime, required = true)]
    finished_at: Option<String>,
    /// How often it was begun.
    attempts: u32,
    /// How much of it is done.
    progress: ProgressView,
    /// How the jobs stand that it is made of; `null` for one that is not.
    #[schema(required = true)]
    parts: Option<PartsView>,
    /// The job that it is a part of.
    #[schema(format = Uuid, required = true)]
    parent: Option<String>,
    /// The version that it trained.
    #[schema(minimum = 1, required = true)]
    model_version: Option<i32>,
    /// Why it was given up.
    #[schema(required = true)]
    error: Option<JobError>,
}

impl JobView {
    /// The job for a reader of that language.
    pub(crate) fn new(job: &Job, language: Language) -> Self {
        Self {
            id: job.id.get().to_string(),
            kind: job.kind.as_str(),
            state: job.state.as_str(),
            cuenta: job.account.as_ref().map(|account| account.as_str().to_owned()),
            asked_by: job.asked_by.clone(),
            created_at: wire_time(job.created_at),
            started_at: job.started_at.map(wire_time),
            finished_at: job.finished_at.map(wire_time),
            attempts: job.attempts,
            progress: job.progress.into(),
            parts: job.parts.map(PartsView::from),
            parent: job.parent.map(|parent| parent.get().to_string()),
            model_version: job.version.map(atalaya_domain::id::ModelVersion::get),
            error: job.failure.map(|failure| JobError::new(failure, language)),
        }
    }
}

/// The answer that a job was taken on, where `preferred` because the client would rather not wait.
///
/// # Errors
/// `Internal` for what cannot be written as JSON.
pub(crate) fn accepted(job: &Job, language: Language, preferred: bool) -> Result<StoredAnswer, AppError> {
    let location = format!("/jobs/{}", job.id.get());
    let answer = Answered(StatusCode::ACCEPTED, JobView::new(job, language)).written_in(language)?;
    let answer = answer.with(header::LOCATION.as_str(), location).with(header::RETRY_AFTER.as_str(), ASK_AGAIN);
    Ok(if preferred { answer.with(PREFERENCE_APPLIED, RESPOND_ASYNC) } else { answer })
}

/// What is no id is that of no job.
pub(crate) fn job_id(text: &str) -> Result<JobId, AppError> {
    Uuid::parse_str(text).map(JobId::new).map_err(|_| AppError::NotFound(Resource::Job))
}

/// Which jobs.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct JobsQuery {
    /// Only parts of this job; without it, only jobs that are part of none.
    #[param(format = Uuid)]
    parent: Option<String>,
    /// Only jobs in this state.
    #[param(value_type = Option<JobStateWord>)]
    state: Option<String>,
    /// The most jobs, 1 to 1000; 100 unless told.
    #[param(minimum = 1, maximum = 1000, value_type = Option<i64>)]
    limit: Option<String>,
    /// The `next_cursor` of the page before.
    #[param(min_length = 1)]
    cursor: Option<String>,
}

impl JobsQuery {
    fn understood(&self, parent: Option<JobId>) -> Result<(JobFilter, PageRequest<JobId>), Vec<Violation>> {
        let mut rules = Rules::default();
        let states = JobState::ALL.iter().map(|state| state.as_str());
        let state = self.state.as_deref().and_then(|word| rules.take(parse::known_word("state", word, states)));
        let request = rules.take_all(parse::page(self.limit.as_deref(), self.cursor.as_deref()));
        rules.finish(request.map(|request| (JobFilter { parent, state }, request)))
    }
}

/// A page of jobs.
#[derive(Serialize, ToSchema)]
pub(crate) struct JobsResponse {
    /// Newest first.
    jobs: Vec<JobView>,
    /// Where the next page begins; `null` on the last.
    #[schema(required = true)]
    next_cursor: Option<String>,
}

/// List jobs.
///
/// The company's jobs, newest first; with `parent`, the jobs that one is made of.
#[utoipa::path(
    get,
    path = "/jobs",
    tag = "jobs",
    params(JobsQuery),
    responses((status = 200, body = JobsResponse))
)]
pub(crate) async fn list_jobs(
    Guarded(actor, query): Guarded<FollowJobs, web::Query<JobsQuery>>,
    use_cases: web::Data<UseCases>,
    ReaderLanguage(language): ReaderLanguage,
) -> Result<Polled<JobsResponse>, Problem> {
    let by = actor.mandate()?;
    let use_cases = use_cases.into_inner();
    let page = blocking::run(move || -> Result<_, Problem> {
        let parent = query.parent.as_deref().map(job_id).transpose()?;
        if let Some(parent) = parent {
            use_cases.jobs.find(&by, parent)?;
        }
        let (filter, request) = query.understood(parent)?;
        Ok(use_cases.jobs.page(&by, &filter, &request)?)
    })
    .await?;
    Ok(Polled(JobsResponse {
        jobs: page.items.iter().map(|job| JobView::new(job, language)).collect(),
        next_cursor: page.next.map(|id| id.write()),
    }))
}

/// Show a job.
///
/// How far it is, and its answer or its failure. While it has not ended, `Retry-After` says when it is worth asking
/// again.
#[utoipa::path(
    get,
    path = "/jobs/{id}",
    tag = "jobs",
    params(("id" = Uuid, Path, description = "The job")),
    responses((status = 200, body = JobView))
)]
pub(crate) async fn get_job(
    request: HttpRequest,
    actor: Permitted<FollowJobs>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
    ReaderLanguage(language): ReaderLanguage,
) -> Result<PolledResponse, Problem> {
    let (by, id) = (actor.mandate()?, job_id(&path)?);
    let use_cases = use_cases.into_inner();
    let job = blocking::call(move || use_cases.jobs.find(&by, id)).await?;
    let mut response = Polled(JobView::new(&job, language)).response(&request);
    if !job.state.is_final() {
        response.0.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(ASK_AGAIN));
    }
    Ok(response)
}

/// Cancel a job.
///
/// With the jobs that it is made of. What has ended stays as it is; what is being worked on ends at its next step, and
/// stores nothing any more.
#[utoipa::path(
    post,
    path = "/jobs/{id}/cancel",
    tag = "jobs",
    params(("id" = Uuid, Path, description = "The job")),
    responses((status = 200, body = JobView))
)]
pub(crate) async fn cancel_job(
    actor: Permitted<CancelJobs>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
    ReaderLanguage(language): ReaderLanguage,
) -> Result<Answered<JobView>, Problem> {
    let (by, id) = (actor.mandate()?, job_id(&path)?);
    let use_cases = use_cases.into_inner();
    let job = blocking::call(move || use_cases.jobs.cancel(&by, id)).await?;
    Ok(Answered(StatusCode::OK, JobView::new(&job, language)))
}
