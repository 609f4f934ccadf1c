//! Registering and logging in as the clients of tables know it: other members and other words for roles than the rest
//! of the API.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use atalaya_application::error::{Forbidden, Violation};
use atalaya_application::receipt::Unkept;
use atalaya_application::users::Registration;
use atalaya_application::{AppError, UseCases};
use atalaya_domain::access::Role;
use atalaya_domain::mandate::ManageUsers;
use atalaya_domain::password::Password;
use atalaya_domain::user::{Email, User, Username};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::client_words;
use super::credentials::{self, Credentials};
use super::login::{check_login_limit, log_in_once};
use crate::api::parse::Rules;
use crate::api::schemas::{ClientRole, RegistrableRole, TokenType};
use crate::http::blocking;
use crate::http::body::JsonBody;
use crate::http::extract::MaybeGuarded;
use crate::http::notes::{address_of, origin_of};
use crate::http::problem::Problem;
use crate::http::respond::Answered;
use crate::http::state::HttpState;

fn role_word(role: Role) -> &'static str {
    match role {
        Role::Superadmin => "Superadmin",
        Role::Admin => "Admin",
        Role::User => "User",
        Role::Viewer => "Viewer",
    }
}

/// A user, as those clients know one.
#[derive(Serialize, ToSchema)]
pub(crate) struct ClientUser {
    /// The id, as a text.
    id: String,
    /// The username.
    username: String,
    /// The mail address.
    #[schema(required = true, format = Email)]
    email: Option<String>,
    /// The role.
    #[schema(value_type = ClientRole)]
    role: &'static str,
}

impl From<&User> for ClientUser {
    fn from(user: &User) -> Self {
        Self {
            id: user.id.get().to_string(),
            username: user.username.as_str().to_owned(),
            email: user.email.as_ref().map(|email| email.as_str().to_owned()),
            role: role_word(user.role),
        }
    }
}

/// A user to register.
#[derive(Deserialize, Validate, ToSchema)]
pub(crate) struct ClientRegistration {
    /// 3 to 64 ASCII letters, digits, `_`, `.`, `@`, `-`; unique on the platform.
    #[schema(pattern = "^[A-Za-z0-9][A-Za-z0-9_.@-]{2,63}$", example = "ana.perez")]
    username: String,
    /// The mail address.
    #[schema(format = "email", max_length = 254)]
    email: String,
    /// By the password policy.
    #[schema(min_length = 8, max_length = 128, value_type = String, format = Password)]
    password: SecretString,
    /// `User` unless told; `Admin` needs an administrator's token.
    #[serde(default = "user_word")]
    #[schema(value_type = RegistrableRole, default = "User")]
    role: String,
}

fn user_word() -> String {
    role_word(Role::User).to_owned()
}

impl ClientRegistration {
    fn into_command(self) -> Result<Registration, Vec<Violation>> {
        let mut rules = Rules::default();
        let username = rules.text("username", &self.username, Username::parse);
        let email = rules.text("email", &self.email, Email::parse);
        let role = match self.role.as_str() {
            "Admin" => Some(Role::Admin),
            "User" => Some(Role::User),
            _ => rules.take(Err(Violation::unknown_value("role", client_words::REGISTRABLE))),
        };
        let password = Password::new(self.password.expose_secret());
        rules.finish(username.zip(email).zip(role).map(|((username, email), role)| Registration {
            username,
            password,
            role,
            email: Some(email),
            accounts: Vec::new(),
            must_change_password: false,
        }))
    }
}

/// Register as a client of tables.
///
/// With an administrator's token a user or administrator of their company. Without a token a user of the company that
/// the operator opened for that, where there is one.
#[utoipa::path(
    post,
    path = "/api/auth/register",
    tag = "tables",
    request_body = ClientRegistration,
    responses((status = 201, body = ClientUser))
)]
pub(crate) async fn register_client(
    request: HttpRequest,
    MaybeGuarded(actor, body): MaybeGuarded<ManageUsers, JsonBody>,
    use_cases: web::Data<UseCases>,
    http: web::Data<HttpState>,
) -> Result<Answered<ClientUser>, Problem> {
    let by = if let Some(actor) = &actor {
        // Whoever operates the platform belongs to no bank, and these clients name none.
        actor.company().ok_or(AppError::Forbidden(Forbidden::Role))?;
        actor.mandate()?
    } else {
        // Whoever is nobody makes users at the pace of logins.
        check_login_limit(address_of(&request), &http)?;
        if body.text("role") == Some("Admin") {
            return Err(AppError::Forbidden(Forbidden::Grant).into());
        }
        use_cases.users.open_registration(origin_of(&request))?
    };
    let use_cases = use_cases.into_inner();
    let registered = blocking::run(move || -> Result<_, Problem> {
        let registration = body.parse::<ClientRegistration>()?.into_command()?;
        Ok(use_cases.users.register(&by, &registration, &Unkept)?)
    })
    .await?;
    Ok(Answered(StatusCode::CREATED, ClientUser::from(&registered.user)))
}

/// A login of those clients.
#[derive(Deserialize, Validate, ToSchema)]
pub(crate) struct ClientLogin {
    /// The username.
    #[schema(example = "admin_interbank")]
    username: String,
    /// The password.
    #[schema(value_type = String, format = Password)]
    password: SecretString,
}

/// A session that was begun. It ends with its access token.
#[derive(Serialize, ToSchema)]
pub(crate) struct ClientSession {
    /// Goes into `Authorization: Bearer …`.
    access_token: String,
    /// Always `bearer`.
    #[schema(value_type = TokenType)]
    token_type: &'static str,
    /// Who logged in.
    user: ClientUser,
}

/// Log in as a client of tables.
///
/// As `POST /auth/login`, by the same rules, with the answer that clients of tables know. There is no refresh token.
#[utoipa::path(
    post,
    path = "/api/auth/login",
    tag = "tables",
    request_body = ClientLogin,
    responses((status = 200, body = ClientSession))
)]
pub(crate) async fn log_in_client(
    request: HttpRequest,
    Credentials(body, _): Credentials<credentials::Password, JsonBody>,
    use_cases: web::Data<UseCases>,
    http: web::Data<HttpState>,
) -> Result<Answered<ClientSession>, Problem> {
    check_login_limit(address_of(&request), &http)?;
    let ClientLogin { username, password } = body.parse()?;
    let grant = log_in_once(&request, username, &password, None, &use_cases, &http).await?;
    let session = ClientSession {
        access_token: grant.access_token.expose_secret().to_owned(),
        token_type: "bearer",
        user: ClientUser::from(&grant.user),
    };
    Ok(Answered(StatusCode::OK, session))
}
