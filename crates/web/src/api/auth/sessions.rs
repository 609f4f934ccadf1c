//! Sessions: seeing them and ending them, one's own and those of the users that one manages.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use atalaya_application::UseCases;
use atalaya_application::error::{AppError, Resource, Violation};
use atalaya_application::page::{Page, PageRequest};
use atalaya_application::sessions::Whose;
use atalaya_domain::access::Actor;
use atalaya_domain::id::SessionId;
use atalaya_domain::mandate::{ManageUsers, OwnSession};
use atalaya_domain::notice::SecurityNotice;
use atalaya_domain::session::{Session, SessionPlace};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::user_id;
use crate::api::cursor::Cursor as _;
use crate::api::parse::{page_or_all, wire_time};
use crate::api::schemas::NoticeWord;
use crate::http::blocking;
use crate::http::extract::{Guarded, Permitted};
use crate::http::problem::Problem;
use crate::http::respond::Answered;

/// One session.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionView {
    /// Its id.
    #[schema(format = Uuid)]
    id: String,
    /// What the client called itself.
    #[schema(required = true)]
    device_name: Option<String>,
    /// The program that logged in, by its own account (`User-Agent`).
    #[schema(required = true)]
    agent: Option<String>,
    /// Login time.
    #[schema(format = DateTime)]
    created_at: String,
    /// Last login or refresh.
    #[schema(format = DateTime)]
    last_used_at: String,
    /// The client's address at login.
    #[schema(required = true)]
    address: Option<String>,
    /// Whether it is the one that asks.
    current: bool,
}

/// Live sessions.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionsResponse {
    /// Newest first.
    sessions: Vec<SessionView>,
    /// Where the next page begins; left out where none follows.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// Sessions that were ended.
#[derive(Serialize, ToSchema)]
pub(crate) struct EndedResponse {
    /// How many of them were live.
    ended: usize,
}

/// Something that a user should know about the safety of their sessions.
#[derive(Serialize, ToSchema)]
pub(crate) struct NoticeView {
    /// What happened: `refresh_replayed`, a refresh token came a second time and its session was ended.
    #[schema(value_type = NoticeWord)]
    code: &'static str,
    /// When.
    #[schema(format = DateTime)]
    at: String,
    /// What the client of that session called itself.
    #[schema(required = true)]
    device_name: Option<String>,
}

/// Notices on the wire.
pub(crate) fn notices(found: Vec<SecurityNotice>) -> Vec<NoticeView> {
    let view = |notice: SecurityNotice| NoticeView {
        code: notice.code.as_str(),
        at: wire_time(notice.at),
        device_name: notice.device_name,
    };
    found.into_iter().map(view).collect()
}

/// Which sessions: all, unless a page is asked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SessionsQuery {
    /// Items on a page, 1 to 1,000; 100 where only `cursor` is given.
    #[param(minimum = 1, maximum = 1000, value_type = Option<u32>)]
    limit: Option<String>,
    /// `next_cursor` of the page before.
    #[param(min_length = 1)]
    cursor: Option<String>,
}

impl SessionsQuery {
    /// The page; `None` where all are asked for.
    fn page(&self) -> Result<Option<PageRequest<SessionPlace>>, Vec<Violation>> {
        page_or_all(self.limit.as_deref(), self.cursor.as_deref())
    }
}

fn sessions_response(page: Page<Session, SessionPlace>, actor: &Actor) -> SessionsResponse {
    let view = |session: Session| SessionView {
        id: session.id.get().to_string(),
        current: session.id == actor.session(),
        device_name: session.device_name.map(|name| name.as_str().to_owned()),
        agent: session.agent.map(|agent| agent.as_str().to_owned()),
        created_at: wire_time(session.created_at),
        last_used_at: wire_time(session.last_used_at),
        address: session.address,
    };
    SessionsResponse {
        sessions: page.items.into_iter().map(view).collect(),
        next_cursor: page.next.map(|place| place.write()),
    }
}

fn session_id(text: &str) -> Result<SessionId, Problem> {
    Uuid::parse_str(text).map(SessionId::new).map_err(|_| AppError::NotFound(Resource::Session).into())
}

/// List one's own sessions.
///
/// Every device that is logged in now, with when and from where. Without `limit` and `cursor` the list is whole.
#[utoipa::path(
    get,
    path = "/auth/sessions",
    tag = "auth",
    params(SessionsQuery),
    responses((status = 200, body = SessionsResponse))
)]
pub(crate) async fn list_sessions(
    Guarded(actor, query): Guarded<OwnSession, web::Query<SessionsQuery>>,
    use_cases: web::Data<UseCases>,
) -> Result<Answered<SessionsResponse>, Problem> {
    let page = query.page()?;
    let (by, use_cases) = (actor.authorized()?, use_cases.into_inner());
    let list = move || {
        let found = use_cases.sessions.list(Whose::Own(&by), page.as_ref())?;
        Ok(sessions_response(found, by.caller()))
    };
    let found = blocking::call(list).await?;
    Ok(Answered(StatusCode::OK, found))
}

/// End one of one's own sessions.
///
/// Logs out one device. Its tokens stop working at once.
#[utoipa::path(
    delete,
    path = "/auth/sessions/{id}",
    tag = "auth",
    params(("id" = Uuid, Path, description = "The session")),
    responses((status = 204, description = "Ended"))
)]
pub(crate) async fn end_session(
    actor: Permitted<OwnSession>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
) -> Result<HttpResponse, Problem> {
    let session = session_id(&path)?;
    let (by, use_cases) = (actor.authorized()?, use_cases.into_inner());
    blocking::call(move || use_cases.sessions.end(Whose::Own(&by), session)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// End every other session of one's own.
///
/// Logs out all other devices. Their tokens stop working at once.
#[utoipa::path(
    delete,
    path = "/auth/sessions",
    tag = "auth",
    responses((status = 200, body = EndedResponse))
)]
pub(crate) async fn end_other_sessions(
    actor: Permitted<OwnSession>,
    use_cases: web::Data<UseCases>,
) -> Result<Answered<EndedResponse>, Problem> {
    let (by, use_cases) = (actor.authorized()?, use_cases.into_inner());
    let ended = blocking::call(move || use_cases.sessions.end_all(Whose::Own(&by))).await?;
    Ok(Answered(StatusCode::OK, EndedResponse { ended }))
}

/// List the sessions of a user.
///
/// Every device on which a user of the company is logged in now. Without `limit` and `cursor` the list is whole.
#[utoipa::path(
    get,
    path = "/auth/users/{id}/sessions",
    tag = "auth",
    params(("id" = i64, Path, description = "The user"), SessionsQuery),
    responses((status = 200, body = SessionsResponse))
)]
pub(crate) async fn list_user_sessions(
    Guarded(actor, query): Guarded<ManageUsers, web::Query<SessionsQuery>>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
) -> Result<Answered<SessionsResponse>, Problem> {
    let user = user_id(&path)?;
    let (by, use_cases) = (actor.authorized()?, use_cases.into_inner());
    let listed = blocking::run(move || {
        let list = |page: Option<&_>| use_cases.sessions.list(Whose::Managed(&by, user), page);
        match query.page() {
            Ok(page) => Ok(sessions_response(list(page.as_ref())?, by.caller())),
            // Whose they are comes before what is wrong with the page.
            Err(broken) => {
                list(Some(&PageRequest::new(None, 1)))?;
                Err(Problem::from(broken))
            }
        }
    });
    let found = listed.await?;
    Ok(Answered(StatusCode::OK, found))
}

/// End a session of a user.
///
/// Logs out one device of a user of the company.
#[utoipa::path(
    delete,
    path = "/auth/users/{id}/sessions/{session}",
    tag = "auth",
    params(("id" = i64, Path, description = "The user"), ("session" = Uuid, Path, description = "The session")),
    responses((status = 204, description = "Ended"))
)]
pub(crate) async fn end_user_session(
    actor: Permitted<ManageUsers>,
    path: web::Path<(String, String)>,
    use_cases: web::Data<UseCases>,
) -> Result<HttpResponse, Problem> {
    let (user, session) = (user_id(&path.0)?, session_id(&path.1)?);
    let (by, use_cases) = (actor.authorized()?, use_cases.into_inner());
    blocking::call(move || use_cases.sessions.end(Whose::Managed(&by, user), session)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// End every session of a user.
///
/// Logs a user of the company out everywhere. Their tokens stop working at once; they may log in again.
#[utoipa::path(
    delete,
    path = "/auth/users/{id}/sessions",
    tag = "auth",
    params(("id" = i64, Path, description = "The user")),
    responses((status = 200, body = EndedResponse))
)]
pub(crate) async fn end_user_sessions(
    actor: Permitted<ManageUsers>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
) -> Result<Answered<EndedResponse>, Problem> {
    let user = user_id(&path)?;
    let (by, use_cases) = (actor.authorized()?, use_cases.into_inner());
    let ended = blocking::call(move || use_cases.sessions.end_all(Whose::Managed(&by, user))).await?;
    Ok(Answered(StatusCode::OK, EndedResponse { ended }))
}
