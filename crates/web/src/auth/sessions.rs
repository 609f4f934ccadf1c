//! Live sessions: one's own, and those of a company's users.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, Responder, delete, get, web};
use atalaya_application::error::{AppError, Resource};
use atalaya_application::sessions::Sessions;
use atalaya_domain::access::Actor;
use atalaya_domain::id::SessionId;
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

fn sessions_response(sessions: Vec<Session>, actor: &Actor) -> SessionsResponse {
    let view = |session: Session| SessionView {
        id: session.id.get().to_string(),
        current: session.id == actor.session(),
        device_name: session.device_name,
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
