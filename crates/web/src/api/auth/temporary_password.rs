//! A new password for a user who cannot log in any more.

use actix_web::http::StatusCode;
use actix_web::web;
use atalaya_application::UseCases;
use atalaya_domain::mandate::ManageUsers;
use serde::Serialize;
use utoipa::ToSchema;

use super::user_id;
use crate::http::blocking;
use crate::http::extract::Permitted;
use crate::http::problem::Problem;
use crate::http::respond::Answered;

/// A password that is told once.
#[derive(Serialize, ToSchema)]
pub(crate) struct TemporaryPasswordResponse {
    /// Whose.
    username: String,
    /// The password, good for nothing but choosing another.
    #[schema(format = Password)]
    temporary_password: String,
}

/// Give a user a temporary password.
///
/// Makes a password by chance, and tells it in this answer only. The user has to change it before anything else. Every
/// session of theirs ends at once. Not for oneself, nor for a role above one's own.
#[utoipa::path(
    post,
    path = "/auth/users/{id}/temporary-password",
    tag = "auth",
    params(("id" = i64, Path, description = "The user")),
    responses((status = 200, body = TemporaryPasswordResponse))
)]
pub(crate) async fn issue_temporary_password(
    actor: Permitted<ManageUsers>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
) -> Result<Answered<TemporaryPasswordResponse>, Problem> {
    let user = user_id(&path)?;
    let (caller, use_cases) = (actor.authorized()?, use_cases.into_inner());
    let issued = blocking::call(move || {
        let by = use_cases.users.mandate_over(&caller, user)?;
        use_cases.users.issue_temporary_password(&by, user)
    })
    .await?;
    let response = TemporaryPasswordResponse {
        username: issued.username.as_str().to_owned(),
        temporary_password: issued.password.expose().to_owned(),
    };
    Ok(Answered(StatusCode::OK, response))
}
