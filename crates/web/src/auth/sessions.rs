//! Sessions: seeing them and ending them, one's own and those of the users that one manages.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, Responder, delete, get, web};
use atalaya_application::error::{AppError, Resource};
use atalaya_application::sessions::Sessions;
use atalaya_domain::access::Actor;
use atalaya_domain::id::SessionId;
use atalaya_domain::notice::SecurityNotice;
use atalaya_domain::session::Session;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::user_id;
use crate::blocking;
use crate::extract::{ManageUsers, OwnSession, Permitted};
use crate::parse::wire_time;
use crate::problem::Problem;
use crate::respond::Answered;

/// One session.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionView {
    /// Its id.
    id: String,
    /// What the client called itself.
    device_name: Option<String>,
    /// The program that logged in, by its own account (`User-Agent`).
    agent: Option<String>,
    /// Login time.
    created_at: String,
    /// Last login or refresh.
    last_used_at: String,
    /// The client's address at login.
    address: Option<String>,
    /// Whether it is the one that asks.
    current: bool,
}

/// Live sessions.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionsResponse {
    /// Newest first.
    sessions: Vec<SessionView>,
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
    #[schema(example = "refresh_replayed")]
    code: &'static str,
    /// When.
    at: String,
    /// What the client of that session called itself.
    device_name: Option<String>,
}

/// Notices on the wire.
pub(crate) fn notices(told: Vec<SecurityNotice>) -> Vec<NoticeView> {
    let view = |notice: SecurityNotice| NoticeView {
        code: notice.code.as_str(),
        at: wire_time(notice.at),
        device_name: notice.device_name,
    };
    told.into_iter().map(view).collect()
}

fn sessions_response(sessions: Vec<Session>, actor: &Actor) -> SessionsResponse {
    let view = |session: Session| SessionView {
        id: session.id.get().to_string(),
        current: session.id == actor.session(),
        device_name: session.device_name,
        agent: session.agent.map(|agent| agent.as_str().to_owned()),
        created_at: wire_time(session.created_at),
        last_used_at: wire_time(session.last_used_at),
        address: session.address,
    };
    SessionsResponse { sessions: sessions.into_iter().map(view).collect() }
}

fn session_id(text: &str) -> Result<SessionId, Problem> {
    Uuid::parse_str(text).map(SessionId::new).map_err(|_| AppError::NotFound(Resource::Session).into())
}

/// One's own live sessions.
#[utoipa::path(tag = "auth", responses((status = 200, body = SessionsResponse)), extensions(("x-permission" = json!("own_session"))))]
#[get("/auth/sessions")]
pub(crate) async fn list_sessions(
    actor: Permitted<OwnSession>,
    sessions: web::Data<dyn Sessions>,
) -> Result<impl Responder, Problem> {
    let (actor, sessions) = (actor.actor(), sessions.into_inner());
    let found = blocking::call(move || Ok(sessions_response(sessions.list(&actor, None)?, &actor))).await?;
    Ok(Answered(StatusCode::OK, found))
}

/// End one of one's own sessions.
#[utoipa::path(
    tag = "auth",
    params(("id" = String, Path, description = "The session")),
    responses((status = 204, description = "Ended")),
    extensions(("x-permission" = json!("own_session")))
)]
#[delete("/auth/sessions/{id}")]
pub(crate) async fn end_session(
    actor: Permitted<OwnSession>,
    path: web::Path<String>,
    sessions: web::Data<dyn Sessions>,
) -> Result<HttpResponse, Problem> {
    let session = session_id(&path)?;
    let (caller, sessions) = (actor.caller(), sessions.into_inner());
    blocking::call(move || sessions.end(&caller, None, session)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// End every other session of one's own.
#[utoipa::path(
    tag = "auth",
    responses((status = 200, body = EndedResponse)),
    extensions(("x-permission" = json!("own_session")))
)]
#[delete("/auth/sessions")]
pub(crate) async fn end_other_sessions(
    actor: Permitted<OwnSession>,
    sessions: web::Data<dyn Sessions>,
) -> Result<impl Responder, Problem> {
    let (caller, sessions) = (actor.caller(), sessions.into_inner());
    let ended = blocking::call(move || sessions.end_all(&caller, None)).await?;
    Ok(Answered(StatusCode::OK, EndedResponse { ended }))
}

/// The live sessions of a user of the company.
#[utoipa::path(
    tag = "auth",
    params(("id" = i64, Path, description = "The user")),
    responses((status = 200, body = SessionsResponse)),
    extensions(("x-permission" = json!("manage_users")))
)]
#[get("/auth/users/{id}/sessions")]
pub(crate) async fn list_user_sessions(
    actor: Permitted<ManageUsers>,
    path: web::Path<String>,
    sessions: web::Data<dyn Sessions>,
) -> Result<impl Responder, Problem> {
    let user = user_id(&path)?;
    let (actor, sessions) = (actor.actor(), sessions.into_inner());
    let found = blocking::call(move || Ok(sessions_response(sessions.list(&actor, Some(user))?, &actor))).await?;
    Ok(Answered(StatusCode::OK, found))
}

/// End a session of a user of the company.
#[utoipa::path(
    tag = "auth",
    params(("id" = i64, Path, description = "The user"), ("session" = String, Path, description = "The session")),
    responses((status = 204, description = "Ended")),
    extensions(("x-permission" = json!("manage_users")))
)]
#[delete("/auth/users/{id}/sessions/{session}")]
pub(crate) async fn end_user_session(
    actor: Permitted<ManageUsers>,
    path: web::Path<(String, String)>,
    sessions: web::Data<dyn Sessions>,
) -> Result<HttpResponse, Problem> {
    let (user, session) = (user_id(&path.0)?, session_id(&path.1)?);
    let (caller, sessions) = (actor.caller(), sessions.into_inner());
    blocking::call(move || sessions.end(&caller, Some(user), session)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// End every session of a user of the company.
#[utoipa::path(
    tag = "auth",
    params(("id" = i64, Path, description = "The user")),
    responses((status = 200, body = EndedResponse)),
    extensions(("x-permission" = json!("manage_users")))
)]
#[delete("/auth/users/{id}/sessions")]
pub(crate) async fn end_user_sessions(
    actor: Permitted<ManageUsers>,
    path: web::Path<String>,
    sessions: web::Data<dyn Sessions>,
) -> Result<impl Responder, Problem> {
    let user = user_id(&path)?;
    let (caller, sessions) = (actor.caller(), sessions.into_inner());
    let ended = blocking::call(move || sessions.end_all(&caller, Some(user))).await?;
    Ok(Answered(StatusCode::OK, EndedResponse { ended }))
}
