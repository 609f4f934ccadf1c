//! Changing one's own password.

use actix_web::{HttpRequest, HttpResponse, web};
use atalaya_application::UseCases;
use atalaya_domain::mandate::OwnSession;
use atalaya_domain::password::Password;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::http::blocking;
use crate::http::body::JsonBody;
use crate::http::extract::Guarded;
use crate::http::notes::address_of;
use crate::http::problem::Problem;
use crate::http::state::HttpState;

/// A change of one's own password.
#[derive(Deserialize, Validate, ToSchema)]
pub(crate) struct ChangePasswordRequest {
    /// The password as it is.
    #[schema(value_type = String, format = Password)]
    current_password: SecretString,
    /// The password as it shall be.
    #[schema(min_length = 8, max_length = 128, value_type = String, format = Password)]
    new_password: SecretString,
}

/// Change one's own password.
///
/// Asks for the present password. Every other session of the user ends. What a new password breaks is named rule by
/// rule.
#[utoipa::path(
    post,
    path = "/auth/change-password",
    tag = "auth",
    request_body = ChangePasswordRequest,
    responses((status = 204, description = "Changed"))
)]
pub(crate) async fn change_password(
    request: HttpRequest,
    Guarded(actor, body): Guarded<OwnSession, JsonBody>,
    use_cases: web::Data<UseCases>,
    http: web::Data<HttpState>,
) -> Result<HttpResponse, Problem> {
    let ChangePasswordRequest { current_password, new_password } = body.parse()?;
    let current = Password::new(current_password.expose_secret());
    let new = Password::new(new_password.expose_secret());
    let (by, use_cases) = (actor.authorized()?, use_cases.into_inner());
    // It costs as much as a login.
    if let Some(address) = address_of(&request) {
        http.limits.check_login(address.counted)?;
    }
    blocking::call(move || use_cases.sessions.change_password(&by, &current, &new)).await?;
    Ok(HttpResponse::NoContent().finish())
}
