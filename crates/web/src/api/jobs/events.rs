//! A job as server-sent events (WHATWG HTML, 9.2). Every event has the whole job.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use atalaya_application::UseCases;
use atalaya_application::error::AppError;
use atalaya_application::jobs::JobFollower;
use atalaya_texts::Language;
use utoipa::ToSchema;

use super::{FollowJobs, JobView, job_id};
use crate::api::schemas::JobEventWord;
use crate::http::event_streams::{Followed, Told, follow, session_of};
use crate::http::extract::Permitted;
use crate::http::language::ReaderLanguage;
use crate::http::problem::Problem;
use crate::http::respond::entity_tag;
use crate::http::state::HttpState;

/// One event of the stream, line by line.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it says in the document what `event` writes")]
pub(crate) struct JobEvent {
    /// `progress` while the job goes on, `end` when it has ended.
    #[schema(value_type = JobEventWord)]
    event: String,
    /// The job's `ETag`.
    id: String,
    /// The job as JSON: `JobView`.
    data: String,
    /// With the first event: after how many milliseconds to ask again where the stream breaks.
    #[schema(value_type = u32, required = false)]
    retry: Option<u32>,
}

/// Follow a job.
///
/// As server-sent events: at once what it is, then every change, each with the whole job; `end` is the last. The stream
/// ends too when the session does, and when the server ends: then follow again. The token travels in `Authorization` as
/// everywhere, so browsers use `fetch`, because `EventSource` sends no headers.
#[utoipa::path(
    get,
    path = "/jobs/{id}/events",
    tag = "jobs",
    params(("id" = Uuid, Path, description = "The job")),
    responses((
        status = 200,
        content_type = "text/event-stream",
        body = JobEvent,
        description = "Server-sent events (WHATWG HTML, 9.2), each as the schema says: one for each change, at last `end`. \
            A comment (`:`) comes every 15 s where there is nothing to tell"
    ))
)]
pub(crate) async fn follow_job(
    request: HttpRequest,
    actor: Permitted<FollowJobs>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
    http: web::Data<HttpState>,
    ReaderLanguage(language): ReaderLanguage,
) -> Result<HttpResponse, Problem> {
    let place = http.job_streams.begin(&actor)?;
    let follower = JobFollower {
        session: session_of(&request, &use_cases)?,
        jobs: Arc::clone(&use_cases.jobs),
        origin: actor.caller().origin().clone(),
        id: job_id(&path)?,
        last_sent: None,
    };
    follow(request, place, JobEvents { follower, language }).await
}

/// A job as it is told to one client.
struct JobEvents {
    follower: JobFollower,
    language: Language,
}

impl Followed for JobEvents {
    fn look(&mut self) -> Result<Told, AppError> {
        let Some(job) = self.follower.look()? else { return Ok(Told::Nothing) };
        let data = serde_json::to_string(&JobView::new(&job, self.language)).map_err(AppError::internal)?;
        let fields = |name| format!("event: {name}\nid: {}\ndata: {data}\n", entity_tag(data.as_bytes()));
        Ok(if job.state.is_final() { Told::Last(fields("end")) } else { Told::Event(fields("progress")) })
    }
}
