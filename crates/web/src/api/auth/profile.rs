//! Who one is.

use actix_web::http::StatusCode;
use actix_web::web;
use atalaya_application::UseCases;
use atalaya_application::sessions::Profile;
use atalaya_domain::mandate::OwnSession;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::parse::wire_time;
use crate::api::schemas::RoleWord;
use crate::http::blocking;
use crate::http::extract::Permitted;
use crate::http::problem::Problem;
use crate::http::respond::Answered;

/// Show who is logged in.
///
/// The user, their role, and the company with its time zone.
#[derive(Serialize, ToSchema)]
pub(crate) struct MeResponse {
    /// The user's id.
    #[schema(minimum = 1)]
    id_usuario: i64,
    /// The username.
    username: String,
    /// The company; `null` for a superadmin.
    #[schema(minimum = 1, required = true)]
    empresa_id: Option<i64>,
    /// The company's name; `null` for a superadmin.
    #[schema(required = true)]
    empresa_nombre: Option<String>,
    /// The company's time zone; `null` for a superadmin.
    #[schema(required = true)]
    zona_horaria: Option<String>,
    /// The role.
    #[schema(value_type = RoleWord)]
    rol: &'static str,
    /// The mail address, where told.
    #[schema(format = "email", required = true)]
    email: Option<String>,
    /// Whether the user is active.
    activo: bool,
    /// Whether the password has to be changed before anything else is done.
    must_change_password: bool,
    /// When the user was registered.
    #[schema(format = DateTime)]
    fecha_creacion: String,
    /// The last login.
    #[schema(format = DateTime, required = true)]
    ultimo_acceso: Option<String>,
    /// The assigned accounts; administrators see every account without assignment.
    cuentas: Vec<String>,
    /// When the session ends, however much it is used.
    #[schema(format = DateTime)]
    session_ends_at: String,
    /// When the session ends unless it is refreshed before; never after `session_ends_at`. Asking does not move it.
    #[schema(format = DateTime)]
    session_idle_until: String,
}

impl From<Profile> for MeResponse {
    fn from(profile: Profile) -> Self {
        let Profile { user, company, accounts, ends } = profile;
        Self {
            id_usuario: user.id.get(),
            username: user.username.as_str().to_owned(),
            empresa_id: user.company.map(atalaya_domain::id::CompanyId::get),
            zona_horaria: company.as_ref().map(|company| company.time_zone.name().to_owned()),
            empresa_nombre: company.map(|company| company.name.as_str().to_owned()),
            rol: user.role.as_str(),
            email: user.email.map(|email| email.as_str().to_owned()),
            activo: user.active,
            must_change_password: user.must_change_password,
            fecha_creacion: wire_time(user.created_at),
            ultimo_acceso: user.last_login_at.map(wire_time),
            cuentas: accounts.into_iter().map(|handle| handle.as_str().to_owned()).collect(),
            session_ends_at: wire_time(ends.at),
            session_idle_until: wire_time(ends.idle_at),
        }
    }
}

/// Show who is logged in.
///
/// The user, their role, the company with its time zone, and when the session ends.
#[utoipa::path(get, path = "/auth/me", tag = "auth", responses((status = 200, body = MeResponse)))]
pub(crate) async fn get_me(
    actor: Permitted<OwnSession>,
    use_cases: web::Data<UseCases>,
) -> Result<Answered<MeResponse>, Problem> {
    let (actor, use_cases) = (actor.actor(), use_cases.into_inner());
    let profile = blocking::call(move || use_cases.sessions.profile(&actor)).await?;
    Ok(Answered(StatusCode::OK, MeResponse::from(profile)))
}
