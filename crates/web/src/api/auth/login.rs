//! Logging in, staying logged in, logging out.

use std::sync::Arc;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use atalaya_application::UseCases;
use atalaya_application::error::AppError;
use atalaya_application::sessions::{Grant, Login, Sessions};
use atalaya_domain::caller::{Caller, network_of};
use atalaya_domain::password::Password;
use atalaya_domain::session::{Agent, DeviceName};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::api::auth::credentials::{self, Credentials, RefreshToken};
use crate::api::auth::sessions::{NoticeView, notices};
use crate::api::parse::{Rules, wire_time};
use crate::api::schemas::{RoleWord, TokenType};
use crate::http::bearer::bearer;
use crate::http::blocking;
use crate::http::body::{JsonBody, MaybeJson};
use crate::http::client_address::ClientAddress;
use crate::http::context::Edge;
use crate::http::cookies::{self, PresentedCookies};
use crate::http::csrf;
use crate::http::notes::{address_of, origin_of};
use crate::http::problem::Problem;
use crate::http::state::HttpState;

/// How the client wants its refresh token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RefreshDelivery {
    /// In an `HttpOnly` cookie: for browsers.
    #[default]
    Cookie,
    /// In the body: for clients that are not browsers.
    Body,
    /// Not at all.
    None,
}

/// A login.
#[derive(Deserialize, Validate, ToSchema)]
pub(crate) struct LoginRequest {
    /// The username.
    #[schema(example = "admin_interbank")]
    username: String,
    /// The password.
    #[schema(value_type = String, format = Password)]
    password: SecretString,
    /// What the client calls itself, shown in the list of sessions: no control and format characters.
    #[validate(length(max = 100))]
    #[schema(max_length = 100)]
    device_name: Option<String>,
    /// Where the refresh token goes.
    #[serde(default)]
    refresh: RefreshDelivery,
    /// What an earlier login gave this client; browsers send the cookie.
    #[schema(value_type = Option<String>)]
    device_token: Option<SecretString>,
}

/// A session that was begun or continued.
#[derive(Serialize, ToSchema)]
pub(crate) struct LoginResponse {
    /// Goes into `Authorization: Bearer …`.
    access_token: String,
    /// Always `bearer`.
    #[schema(value_type = TokenType)]
    token_type: &'static str,
    /// Seconds.
    #[schema(minimum = 0)]
    expires_in: i64,
    /// The company; `null` for a superadmin.
    #[schema(minimum = 1, required = true)]
    empresa_id: Option<i64>,
    /// The company's name; `null` for a superadmin.
    #[schema(required = true)]
    empresa_nombre: Option<String>,
    /// The username.
    username: String,
    /// The role.
    #[schema(value_type = RoleWord)]
    rol: &'static str,
    /// Whether the password has to be changed before anything else is done.
    must_change_password: bool,
    /// When the session ends, however much it is used.
    #[schema(format = DateTime)]
    session_ends_at: String,
    /// When the session ends unless it is refreshed before; never after `session_ends_at`.
    #[schema(format = DateTime)]
    session_idle_until: String,
    /// Where it was asked for in the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    /// What the client is known by at its next login, beside the refresh token of a login.
    #[serde(skip_serializing_if = "Option::is_none")]
    device_token: Option<String>,
    /// What the user should know about the safety of their sessions, told once, at a login; otherwise empty.
    security_notices: Vec<NoticeView>,
}

/// The refresh token, for clients that keep it themselves; browsers send the cookie and an empty object.
#[derive(Deserialize, Validate, ToSchema)]
pub(crate) struct RefreshRequest {
    /// The refresh token.
    #[schema(value_type = Option<String>)]
    refresh_token: Option<SecretString>,
}

/// The answer to whoever began or continued a session.
pub(crate) fn grant_response(edge: &Edge, grant: Grant, delivery: RefreshDelivery) -> HttpResponse {
    let Grant { access_token, expires_in, refresh_token, device_token, session_life, .. } = grant;
    let Grant { ends, user, company, notices: found, .. } = grant;
    let settings = &edge.settings;
    let mut builder = HttpResponse::Ok();
    let (mut refresh_in_body, mut device_in_body) = (None, None);
    match delivery {
        RefreshDelivery::Cookie => {
            if let Some(token) = refresh_token {
                let age = cookies::Age::seconds(session_life.num_seconds());
                builder.cookie(cookies::refresh(settings, token.expose_secret(), age));
            }
            if let Some(token) = device_token {
                builder.cookie(cookies::device(settings, token.expose_secret()));
            }
        }
        RefreshDelivery::Body => {
            let text = |token: SecretString| token.expose_secret().to_owned();
            (refresh_in_body, device_in_body) = (refresh_token.map(text), device_token.map(text));
        }
        RefreshDelivery::None => {}
    }
    builder.json(LoginResponse {
        access_token: access_token.expose_secret().to_owned(),
        token_type: "bearer",
        expires_in: expires_in.num_seconds(),
        empresa_id: user.company.map(atalaya_domain::id::CompanyId::get),
        empresa_nombre: company.map(|company| company.name.as_str().to_owned()),
        username: user.username.as_str().to_owned(),
        rol: user.role.as_str(),
        must_change_password: user.must_change_password,
        session_ends_at: wire_time(ends.at),
        session_idle_until: wire_time(ends.idle_at),
        refresh_token: refresh_in_body,
        device_token: device_in_body,
        security_notices: notices(found),
    })
}

/// What the client's program calls itself.
pub(crate) fn agent(request: &HttpRequest) -> Option<Agent> {
    let header = request.headers().get(header::USER_AGENT)?;
    Agent::readable(&String::from_utf8_lossy(header.as_bytes()))
}

/// Log in with username and password.
///
/// Begins a session and answers with an access token of short life. The refresh token goes into a cookie, or into the
/// body where `refresh` asks for it; without one the session ends with its access token. After too many failures the
/// answer is 429 with `Retry-After`; a device that logged in before is counted apart.
#[utoipa::path(
    post,
    path = "/auth/login",
    tag = "auth",
    request_body = LoginRequest,
    responses((
        status = 200,
        body = LoginResponse,
        headers((
            "Set-Cookie" = String,
            description = "The refresh token and the device token, unless the body has them"
        ))
    ))
)]
pub(crate) async fn login(
    request: HttpRequest,
    Credentials(body, _): Credentials<credentials::Password, JsonBody>,
    use_cases: web::Data<UseCases>,
    http: web::Data<HttpState>,
) -> Result<HttpResponse, Problem> {
    let address = address_of(&request);
    check_login_limit(address, &http)?;
    let LoginRequest { username, password, device_name, refresh, device_token } = body.parse()?;
    let mut rules = Rules::default();
    let device_name = rules.optional("device_name", device_name.as_deref(), DeviceName::parse);
    let login = Login {
        username,
        password: Password::new(password.expose_secret()),
        device_name: rules.finish(device_name)?,
        agent: agent(&request),
        origin: origin_of(&request),
        wants_refresh: refresh != RefreshDelivery::None,
        device_token: device_token.or_else(|| PresentedCookies::of(&request, &http.edge.settings).device),
        takes_notices: true,
    };
    let grant = log_in(address, login, &use_cases, &http).await?;
    Ok(grant_response(&http.edge, grant, refresh))
}

/// Counts a login of a client's address, before its body is understood.
pub(crate) fn check_login_limit(address: Option<ClientAddress>, http: &HttpState) -> Result<(), Problem> {
    match address {
        Some(address) => http.limits.check_login(address.counted),
        None => Ok(()),
    }
}

/// Logs in at a kept path, whose clients have no refresh token and no name of their own: the session ends with its
/// access token.
pub(super) async fn log_in_once(
    request: &HttpRequest,
    username: String,
    password: &SecretString,
    device_token: Option<SecretString>,
    use_cases: &UseCases,
    http: &HttpState,
) -> Result<Grant, Problem> {
    let login = Login {
        username,
        password: Password::new(password.expose_secret()),
        device_name: None,
        agent: agent(request),
        origin: origin_of(request),
        wants_refresh: false,
        device_token,
        takes_notices: false,
    };
    log_in(address_of(request), login, use_cases, http).await
}

/// Logs in whoever claims to be somebody, and slows down an address that does so too often.
pub(crate) async fn log_in(
    address: Option<ClientAddress>,
    claim: Login,
    use_cases: &UseCases,
    http: &HttpState,
) -> Result<Grant, Problem> {
    let network = address.map(|address| network_of(address.counted));
    let outcome = admitted(claim, Arc::clone(&use_cases.sessions)).await;
    match &outcome {
        Ok(_) => http.edge.telemetry.login(true),
        Err(Problem::App(AppError::Unauthenticated(_) | AppError::RateLimited { .. })) => {
            http.edge.telemetry.login(false);
        }
        Err(problem) => http.limits.slow(network, problem).await,
    }
    outcome
}

/// Logs in, if passwords can be compared at all: a flood is refused before it takes a thread.
async fn admitted(claim: Login, sessions: Arc<dyn Sessions>) -> Result<Grant, Problem> {
    sessions.admits_login()?;
    blocking::call(move || sessions.login(&claim)).await
}

/// The refresh token of a request and where the next one goes: the body's, or the cookie's where the page may act.
fn presented(
    request: &HttpRequest,
    edge: &Edge,
    body: Option<JsonBody>,
) -> Result<Option<(SecretString, RefreshDelivery)>, Problem> {
    let is_json = body.is_some();
    if let Some(body) = body
        && let RefreshRequest { refresh_token: Some(token) } = body.parse()?
    {
        return Ok(Some((token, RefreshDelivery::Body)));
    }
    let Some(token) = PresentedCookies::of(request, &edge.settings).refresh else { return Ok(None) };
    csrf::check(request, &edge.settings, is_json)?;
    Ok(Some((token, RefreshDelivery::Cookie)))
}

/// Continue a session.
///
/// The refresh token, from the cookie or the body, is used up and answered by the next one. One that was used before
/// ends the session, but for ten seconds in which two tabs may send the same. A page that sends the cookie has to be of
/// an allowed origin.
#[utoipa::path(
    post,
    path = "/auth/refresh",
    tag = "auth",
    security((), ("refresh_cookie" = [])),
    request_body = RefreshRequest,
    responses((
        status = 200,
        body = LoginResponse,
        headers(("Set-Cookie" = String, description = "The next refresh token, unless the body has it"))
    ))
)]
pub(crate) async fn refresh_session(
    request: HttpRequest,
    Credentials(body, _): Credentials<RefreshToken, JsonBody>,
    use_cases: web::Data<UseCases>,
    http: web::Data<HttpState>,
) -> Result<HttpResponse, Problem> {
    let (token, delivery) = presented(&request, &http.edge, Some(body))?.ok_or(Problem::NoRefreshToken)?;
    let (use_cases, origin) = (use_cases.into_inner(), origin_of(&request));
    let grant = blocking::call(move || use_cases.sessions.refresh(token.expose_secret(), &origin)).await?;
    Ok(grant_response(&http.edge, grant, delivery))
}

/// End a session.
///
/// Ends the session of the refresh token in the cookie or body, and that of the access token where one is sent. Their
/// tokens stop working at once.
#[utoipa::path(
    post,
    path = "/auth/logout",
    tag = "auth",
    security((), ("refresh_cookie" = []), ("bearer" = [])),
    request_body(content = Option<RefreshRequest>),
    responses((
        status = 204,
        description = "Ended, or there was none",
        headers(("Set-Cookie" = String, description = "Deletes the cookie of the refresh token"))
    ))
)]
pub(crate) async fn logout(
    request: HttpRequest,
    Credentials(MaybeJson(body), _): Credentials<RefreshToken, MaybeJson>,
    use_cases: web::Data<UseCases>,
    http: web::Data<HttpState>,
) -> Result<HttpResponse, Problem> {
    let access = bearer(&request).map(ToOwned::to_owned);
    let refresh = presented(&request, &http.edge, body)?;
    if refresh.is_none()
        && let Err(problem) = access
    {
        return Err(problem);
    }
    let (use_cases, origin) = (use_cases.into_inner(), origin_of(&request));
    blocking::call(move || {
        if let Some((token, _)) = &refresh {
            use_cases.sessions.logout_with_refresh(token.expose_secret(), &origin)?;
        }
        let Ok(token) = access else { return Ok(()) };
        match use_cases.sessions.authenticate(&token) {
            Ok(actor) => use_cases.sessions.logout(&Caller::new(actor, origin)),
            // The access token of a browser that comes back late has expired; its session was ended by the cookie.
            Err(AppError::Unauthenticated(_)) if refresh.is_some() => Ok(()),
            Err(error) => Err(error),
        }
    })
    .await?;
    Ok(HttpResponse::NoContent().cookie(cookies::refresh(&http.edge.settings, "", cookies::Age::ZERO)).finish())
}
