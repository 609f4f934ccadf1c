//! Logging in as the clients of the digit reader do: by the rules of every login, at another path and with another word
//! where something is missing.

use actix_web::{HttpRequest, HttpResponse, web};
use atalaya_application::UseCases;
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::credentials::{self, Credentials};
use super::login::{LoginResponse, RefreshDelivery, check_login_limit, grant_response, log_in_once};
use crate::http::body::JsonBody;
use crate::http::cookies::PresentedCookies;
use crate::http::kept_words::{KeptMember, KeptWords, Told};
use crate::http::notes::address_of;
use crate::http::problem::{Kind, Problem};
use crate::http::respond::{InKeptWords, Keeps};
use crate::http::state::HttpState;

/// What those clients read where something is missing.
pub(crate) struct LoginWords;

impl Keeps for LoginWords {
    const WORDS: KeptWords = KeptWords {
        member: KeptMember::Msg,
        texts: &[(Told::Kind(Kind::CREDENTIALS_MISSING), "Username and password required")],
    };
}

/// A login of those clients.
#[derive(Deserialize, Validate, ToSchema)]
pub(crate) struct KeptLogin {
    /// The username.
    #[schema(example = "admin_interbank", min_length = 1)]
    username: String,
    /// The password.
    #[schema(value_type = String, format = Password, min_length = 1)]
    password: SecretString,
}

/// Log in as a client of the digit reader.
///
/// As `POST /auth/login`, by the same rules. There is no refresh token: the session ends with its access token.
#[utoipa::path(
    post,
    path = "/login",
    tag = "digits",
    request_body = KeptLogin,
    responses((status = 200, body = LoginResponse))
)]
pub(crate) async fn log_in_reader(
    request: HttpRequest,
    Credentials(body, _): Credentials<credentials::Password, JsonBody>,
    use_cases: web::Data<UseCases>,
    http: web::Data<HttpState>,
) -> Result<InKeptWords<LoginWords, HttpResponse>, Problem> {
    check_login_limit(address_of(&request), &http)?;
    if ["username", "password"].into_iter().any(|field| body.lacks(field)) {
        return Err(Problem::Http(Kind::CREDENTIALS_MISSING));
    }
    let KeptLogin { username, password } = body.parse()?;
    let device_token = PresentedCookies::of(&request, &http.edge.settings).device;
    let grant = log_in_once(&request, username, &password, device_token, &use_cases, &http).await?;
    Ok(grant_response(&http.edge, grant, RefreshDelivery::None).into())
}
