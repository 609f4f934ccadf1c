//! A session as server-sent events: whoever shows something hears at once that it may show it no more.

use actix_web::{HttpRequest, HttpResponse, web};
use atalaya_application::UseCases;
use atalaya_application::error::AppError;
use atalaya_application::sessions::SessionFollower;
use atalaya_domain::mandate::OwnSession;
use utoipa::ToSchema;

use crate::api::schemas::SessionEventWord;
use crate::http::event_streams::{Followed, Told, follow, session_of};
use crate::http::extract::Permitted;
use crate::http::problem::Problem;
use crate::http::state::HttpState;

/// One event of the stream, line by line.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it says in the document what is written line by line")]
pub(crate) struct SessionEvent {
    /// `live` at the start, `end` when the access token stands for nobody any more.
    #[schema(value_type = SessionEventWord)]
    event: String,
    /// Empty.
    data: String,
    /// With the first event: after how many milliseconds to ask again where the stream breaks.
    #[schema(value_type = u32, required = false)]
    retry: Option<u32>,
}

/// Follow one's session.
///
/// As server-sent events: `live` at once, and `end` within a second after the access token stopped to stand for
/// somebody: the session was ended, here or by somebody else, the user was disabled or changed, or the token expired.
/// Refresh then: whoever may go on gets a new token. The stream ends without `end` when the server ends: then follow
/// again. The token travels in `Authorization` as everywhere, so browsers use `fetch`.
#[utoipa::path(
    get,
    path = "/auth/session/events",
    tag = "auth",
    responses((
        status = 200,
        content_type = "text/event-stream",
        body = SessionEvent,
        description = "Server-sent events (WHATWG HTML, 9.2), each as the schema says. A comment (`:`) comes every 15 s \
            where there is nothing to tell"
    ))
)]
pub(crate) async fn follow_session(
    request: HttpRequest,
    actor: Permitted<OwnSession>,
    use_cases: web::Data<UseCases>,
    http: web::Data<HttpState>,
) -> Result<HttpResponse, Problem> {
    let place = http.session_streams.begin(&actor)?;
    let follower = session_of(&request, &use_cases)?;
    follow(request, place, SessionEvents { follower, is_begun: false }).await
}

/// A session as it is told to one client.
struct SessionEvents {
    follower: SessionFollower,
    is_begun: bool,
}

impl Followed for SessionEvents {
    fn is_unchanged(&self) -> bool {
        self.follower.is_remembered()
    }

    fn look(&mut self) -> Result<Told, AppError> {
        match self.follower.actor() {
            Ok(_) if self.is_begun => Ok(Told::Nothing),
            // A database that is away for a moment ends nothing.
            Err(AppError::Unavailable { .. }) if self.is_begun => Ok(Told::Unavailable),
            Ok(_) | Err(AppError::Unavailable { .. }) => {
                self.is_begun = true;
                Ok(Told::Event("event: live\ndata:\n".to_owned()))
            }
            Err(AppError::Unauthenticated(_)) => Ok(Told::Last("event: end\ndata:\n".to_owned())),
            Err(error) => Err(error),
        }
    }
}
