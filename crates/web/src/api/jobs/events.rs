//! A job as server-sent events (WHATWG HTML, 9.2).
//!
//! The store is asked twice a second, on a thread that may block and is given back in between. Nothing is kept of what
//! was sent: every event has the whole job, so a client that comes back needs only the present one.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, web};
use atalaya_application::UseCases;
use atalaya_application::error::AppError;
use atalaya_application::jobs::JobFollower;
use atalaya_domain::job::Job;
use atalaya_texts::Language;
use futures_util::stream::{self, Stream};
use secrecy::SecretString;
use tokio::time::{Instant, sleep};
use tracing::{Instrument, Span};
use utoipa::ToSchema;

use super::{FollowJobs, JobView, job_id};
use crate::api::schemas::JobEventWord;
use crate::http::bearer::bearer;
use crate::http::blocking;
use crate::http::client_disconnect::has_disconnected;
use crate::http::event_streams::StreamPlace;
use crate::http::extract::Permitted;
use crate::http::language::ReaderLanguage;
use crate::http::problem::Problem;
use crate::http::problem_body::log_fault;
use crate::http::respond::entity_tag;
use crate::http::state::HttpState;

/// How often the store is asked.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How long a stream is silent: less than the patience of the usual proxies.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// After how many milliseconds a client whose stream broke should come back.
const RETRY: &str = "retry: 2000\n";

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
    let place = http.streams.begin(&actor)?;
    let follower = JobFollower {
        sessions: Arc::clone(&use_cases.sessions),
        jobs: Arc::clone(&use_cases.jobs),
        token: SecretString::from(bearer(&request)?.to_owned()),
        origin: actor.caller().origin().clone(),
        id: job_id(&path)?,
        last_sent: None,
    };
    let (follower, first) = look(follower).await?;
    let (span, heard) = (Span::current(), Instant::now());
    let following = Following { request, language, place, follower, span, heard, over: false };
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        // nginx would gather events until its buffer is full, and so would the middleware that compresses.
        .insert_header(("x-accel-buffering", "no"))
        .insert_header((header::CONTENT_ENCODING, "identity"))
        .streaming(following.events(first)?))
}

/// A look on a thread that may block.
async fn look(mut follower: JobFollower) -> Result<(JobFollower, Option<Job>), Problem> {
    blocking::call(move || {
        let job = follower.look()?;
        Ok((follower, job))
    })
    .await
}

/// One client that follows a job.
struct Following {
    request: HttpRequest,
    /// In which language the job is told.
    language: Language,
    place: StreamPlace,
    follower: JobFollower,
    /// By what the log knows the request.
    span: Span,
    /// When the client was last sent something.
    heard: Instant,
    /// Whether the job has ended and the client was sent its end.
    over: bool,
}

impl Following {
    /// The stream from its first event on.
    fn events(mut self, first: Option<Job>) -> Result<impl Stream<Item = Result<Bytes, Infallible>>, Problem> {
        let event = first.map(|job| self.event(&job)).transpose()?.unwrap_or_default();
        let begin = Bytes::from([RETRY, &event].concat());
        Ok(stream::unfold((Some(begin), self), |(begin, following)| async move {
            match begin {
                Some(begin) => Some((Ok(begin), (None, following))),
                None => following.next().await.map(|(bytes, following)| (Ok(bytes), (None, following))),
            }
        }))
    }

    /// Waits for the next thing to send. `None` is the end, which frees the place: the job ended, the client left, the
    /// server ends, or the client has no right to the job any more, which it hears when it asks again.
    async fn next(mut self) -> Option<(Bytes, Self)> {
        while !self.over {
            tokio::select! {
                () = sleep(LOOK_EVERY) => {}
                () = self.place.ended() => return None,
            }
            if has_disconnected(&self.request) {
                return None;
            }
            let looked = look(self.follower).instrument(self.span.clone()).await;
            let (follower, changed) = looked.inspect_err(|problem| drop(log_fault(problem))).ok()?;
            self.follower = follower;
            if let Some(job) = changed {
                let event = self.event(&job).ok()?;
                return Some((Bytes::from(event), self));
            }
            if self.heard.elapsed() >= HEARTBEAT {
                self.heard = Instant::now();
                return Some((Bytes::from_static(b":\n\n"), self));
            }
        }
        None
    }

    fn event(&mut self, job: &Job) -> Result<String, Problem> {
        self.over = job.state.is_final();
        self.heard = Instant::now();
        let name = if self.over { "end" } else { "progress" };
        let view = JobView::new(job, self.language);
        let data = serde_json::to_string(&view).map_err(AppError::internal)?;
        Ok(format!("event: {name}\nid: {}\ndata: {data}\n\n", entity_tag(data.as_bytes())))
    }
}
