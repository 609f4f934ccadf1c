//! Users of a company.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use atalaya_application::error::Violation;
use atalaya_application::ports::trash::Trashed;
use atalaya_application::users::Registration;
use atalaya_application::{AppError, UseCases};
use atalaya_domain::access::Role;
use atalaya_domain::account::AccountHandle;
use atalaya_domain::id::CompanyId;
use atalaya_domain::mandate::ManageUsers;
use atalaya_domain::password::Password;
use atalaya_domain::user::{Email, Member, UserChange, Username};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::api::auth::user_id;
use crate::api::company_query::{CompanyPageQuery, CompanyQuery, named_company};
use crate::api::cursor::Cursor as _;
use crate::api::parse::{Rules, known_word, page, wire_time};
use crate::api::schemas::{GrantableRole, RoleWord};
use crate::http::blocking;
use crate::http::body::JsonBody;
use crate::http::description::NotFound;
use crate::http::extract::{Guarded, Permitted};
use crate::http::idempotency::{Content, Keeping};
use crate::http::problem::Problem;
use crate::http::respond::{Answered, Conditional, Polled};
use crate::http::state::HttpState;

/// A user to register.
#[derive(Deserialize, Validate, ToSchema)]
pub(crate) struct RegisterRequest {
    /// 3 to 64 ASCII letters, digits, `_`, `.`, `@`, `-`; unique on the platform.
    #[schema(pattern = "^[A-Za-z0-9][A-Za-z0-9_.@-]{2,63}$", example = "ana.perez")]
    username: String,
    /// By the password policy.
    #[schema(min_length = 8, max_length = 128, value_type = String, format = Password)]
    password: SecretString,
    /// The company, for superadmins; everybody else registers in their own.
    #[expect(
        dead_code,
        reason = "read from the body before it is parsed, to ask for access first; here its type counts"
    )]
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    empresa_id: Option<i64>,
    /// `admin`, `user` or `viewer`.
    #[serde(default = "user_role")]
    #[schema(value_type = GrantableRole, default = "user")]
    rol: String,
    /// The mail address.
    #[schema(format = "email", max_length = 254)]
    email: Option<String>,
    /// Accounts to assign.
    #[serde(default)]
    #[validate(length(max = 1000))]
    #[schema(max_items = 1000)]
    cuentas: Vec<String>,
    /// Whether the user has to change the password before anything else.
    #[serde(default)]
    must_change_password: bool,
}

fn user_role() -> String {
    Role::User.as_str().to_owned()
}

/// What to change of a user.
#[derive(Deserialize, Validate, ToSchema)]
pub(crate) struct UserPatch {
    /// `admin`, `user` or `viewer`.
    #[schema(value_type = Option<GrantableRole>)]
    rol: Option<String>,
    /// Disable or enable.
    activo: Option<bool>,
    /// The mail address.
    #[schema(format = "email", max_length = 254)]
    email: Option<String>,
    /// `true` lets the user do nothing before they have changed their password; only that change takes it back.
    must_change_password: Option<bool>,
}

/// The accounts that a user shall have.
#[derive(Deserialize, Validate, ToSchema)]
pub(crate) struct AssignmentRequest {
    /// Exactly these.
    #[validate(length(max = 1000))]
    #[schema(max_items = 1000)]
    cuentas: Vec<String>,
}

/// A user.
#[derive(Serialize, ToSchema)]
pub(crate) struct UserView {
    /// The id.
    #[schema(minimum = 1)]
    id_usuario: i64,
    /// The username.
    username: String,
    /// The company.
    #[schema(minimum = 1, required = true)]
    empresa_id: Option<i64>,
    /// The role.
    #[schema(value_type = RoleWord)]
    rol: &'static str,
    /// Whether the user may log in.
    activo: bool,
    /// Whether the user has to change the password before anything else.
    must_change_password: bool,
    /// The mail address.
    #[schema(format = "email", required = true)]
    email: Option<String>,
    /// When the user was registered.
    #[schema(format = DateTime)]
    fecha_creacion: String,
    /// The last login.
    #[schema(format = DateTime, required = true)]
    ultimo_acceso: Option<String>,
    /// The assigned accounts.
    cuentas: Vec<String>,
}

/// A page of users.
#[derive(Serialize, ToSchema)]
pub(crate) struct UsersResponse {
    /// The users, by creation.
    users: Vec<UserView>,
    /// Where the next page begins; `null` on the last.
    #[schema(required = true)]
    next_cursor: Option<String>,
}

/// A deleted user.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeletedUser {
    /// The user.
    #[serde(flatten)]
    user: UserView,
    /// When they were deleted.
    #[schema(format = DateTime)]
    fecha_eliminacion: String,
}

/// The deleted users who can be restored.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeletedUsersResponse {
    /// The users, the one who was deleted last first.
    users: Vec<DeletedUser>,
}

impl From<Member> for UserView {
    fn from(member: Member) -> Self {
        let Member { user, accounts } = member;
        Self {
            id_usuario: user.id.get(),
            username: user.username.as_str().to_owned(),
            empresa_id: user.company.map(CompanyId::get),
            rol: user.role.as_str(),
            activo: user.active,
            must_change_password: user.must_change_password,
            email: user.email.map(|email| email.as_str().to_owned()),
            fecha_creacion: wire_time(user.created_at),
            ultimo_acceso: user.last_login_at.map(wire_time),
            cuentas: accounts.into_iter().map(|handle| handle.as_str().to_owned()).collect(),
        }
    }
}

/// A user as the API tells of them, on one line.
///
/// # Errors
/// `Internal`, never in practice.
pub fn user_json(member: Member) -> Result<String, AppError> {
    serde_json::to_string(&UserView::from(member)).map_err(AppError::internal)
}

fn role(text: &str) -> Result<Role, Violation> {
    // Those that a request may give: superadmins are made by the command line.
    let given = Role::ALL.into_iter().filter(|role| *role != Role::Superadmin).map(Role::as_str);
    known_word("rol", text, given)
}

fn handles(rules: &mut Rules, texts: &[String]) -> Vec<AccountHandle> {
    let parse = |(index, text): (usize, &String)| rules.text(&format!("cuentas[{index}]"), text, AccountHandle::parse);
    texts.iter().enumerate().filter_map(parse).collect()
}

impl RegisterRequest {
    fn password(&self) -> Password {
        Password::new(self.password.expose_secret())
    }

    fn into_command(self) -> Result<Registration, Vec<Violation>> {
        let mut rules = Rules::default();
        let username = rules.text("username", &self.username, Username::parse);
        let email = rules.optional("email", self.email.as_deref(), Email::parse);
        let role = rules.take(role(&self.rol));
        let accounts = handles(&mut rules, &self.cuentas);
        let (password, must_change_password) = (self.password(), self.must_change_password);
        let command = username.zip(email).zip(role).map(|((username, email), role)| Registration {
            username,
            password,
            role,
            email,
            accounts,
            must_change_password,
        });
        rules.finish(command)
    }
}

impl UserPatch {
    fn into_command(self) -> Result<UserChange, Vec<Violation>> {
        let mut rules = Rules::default();
        let email = rules.optional("email", self.email.as_deref(), Email::parse);
        let role = self.rol.as_deref().map(role).transpose();
        let role = rules.take(role);
        if self.must_change_password == Some(false) {
            rules.broken(Violation::unknown_value("must_change_password", ["true"]));
        }
        rules.finish(role.zip(email).map(|(role, email)| UserChange {
            role,
            active: self.activo,
            email,
            demand_password_change: self.must_change_password == Some(true),
        }))
    }
}

/// Register a user.
///
/// An administrator registers users of the own company, up to the own role; the company needs no name then. A
/// superadmin names the company. With `Idempotency-Key` a repeat has one effect.
#[utoipa::path(
    post,
    path = "/auth/register",
    tag = "auth",
    request_body = RegisterRequest,
    params(("Idempotency-Key" = Option<String>, Header, description = "Repeats of the request have one effect")),
    responses((status = 201, body = UserView), (status = 404, response = NotFound))
)]
pub(crate) async fn register_user(
    request: HttpRequest,
    Guarded(actor, body): Guarded<ManageUsers, JsonBody>,
    use_cases: web::Data<UseCases>,
    http: web::Data<HttpState>,
) -> Result<HttpResponse, Problem> {
    let company = body.company().map(CompanyId::new).or(actor.company());
    let by = actor.mandate_in(company)?;
    use_cases.users.may_give(&actor.authorized()?, body.text("rol"))?;
    let ticket = http.idempotency.ticket(&request, &actor, company, "register", Content::new(body.bytes()))?;
    let work = move |keeping: Keeping| async move {
        let request: RegisterRequest = body.parse()?;
        let use_cases = use_cases.into_inner();
        let render = |member: &Member| Answered(StatusCode::CREATED, UserView::from(member.clone())).written();
        let registered = blocking::run(move || {
            let (username, password) = (request.username.clone(), request.password());
            match request.into_command() {
                Ok(registration) => {
                    Ok(keeping.answer(render, |receipt| use_cases.users.register(&by, &registration, receipt))?)
                }
                Err(mut violations) => {
                    violations.extend(use_cases.users.password_violations(&by, &username, &password)?);
                    Err(Problem::from(violations))
                }
            }
        });
        registered.await
    };
    ticket.run(work).await
}

/// List the users of the company.
///
/// The oldest first. A superadmin names the company by `empresa_id`.
#[utoipa::path(
    get,
    path = "/auth/users",
    tag = "auth",
    params(CompanyPageQuery),
    responses((status = 200, body = UsersResponse))
)]
pub(crate) async fn list_users(
    Guarded(actor, query): Guarded<ManageUsers, web::Query<CompanyPageQuery>>,
    use_cases: web::Data<UseCases>,
) -> Result<Polled<UsersResponse>, Problem> {
    let company = named_company(query.empresa_id.as_deref())?;
    let (by, use_cases) = (actor.mandate_in(company)?, use_cases.into_inner());
    let found = blocking::run(move || {
        let request = page(query.limit.as_deref(), query.cursor.as_deref())?;
        Ok::<_, Problem>(use_cases.users.list(&by, &request)?)
    })
    .await?;
    Ok(Polled(UsersResponse {
        users: found.items.into_iter().map(UserView::from).collect(),
        next_cursor: found.next.map(|last| last.write()),
    }))
}

/// Show a user.
///
/// A user of the company with their role and accounts. The `ETag` goes into `If-Match` to change exactly what was read.
#[utoipa::path(
    get,
    path = "/auth/users/{id}",
    tag = "auth",
    params(("id" = i64, Path, description = "The user")),
    responses((status = 200, body = UserView))
)]
pub(crate) async fn get_user(
    actor: Permitted<ManageUsers>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
) -> Result<Polled<UserView>, Problem> {
    let user = user_id(&path)?;
    let (caller, use_cases) = (actor.authorized()?, use_cases.into_inner());
    let member =
        blocking::call(move || use_cases.users.get(&use_cases.users.mandate_over(&caller, user)?, user)).await?;
    Ok(Polled(UserView::from(member)))
}

/// Change a user.
///
/// Role, mail address, whether the user may log in, and whether the password has to be changed. A new role and
/// disabling end the access of the user at once. The last active administrator of a company stays one.
#[utoipa::path(
    patch,
    path = "/auth/users/{id}",
    tag = "auth",
    params(("id" = i64, Path, description = "The user")),
    request_body = UserPatch,
    responses((status = 200, body = UserView))
)]
pub(crate) async fn change_user(
    Guarded(actor, Conditional(body, if_match)): Guarded<ManageUsers, Conditional<JsonBody>>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
) -> Result<Answered<UserView>, Problem> {
    let user = user_id(&path)?;
    let (caller, use_cases) = (actor.authorized()?, use_cases.into_inner());
    let member = blocking::run(move || {
        let by = use_cases.users.mandate_over(&caller, user)?;
        use_cases.users.get(&by, user)?;
        use_cases.users.may_give(&caller, body.text("rol"))?;
        let change = body.parse::<UserPatch>()?.into_command()?;
        Ok::<_, Problem>(
            use_cases.users.change(&by, user, &change, &|current| if_match.check(&UserView::from(current.clone())))?,
        )
    })
    .await?;
    Ok(Answered(StatusCode::OK, UserView::from(member)))
}

/// Assign accounts to a user.
///
/// The user sees exactly these accounts from now on. An empty list takes all away.
#[utoipa::path(
    put,
    path = "/auth/users/{id}/accounts",
    tag = "auth",
    params(("id" = i64, Path, description = "The user")),
    request_body = AssignmentRequest,
    responses((status = 200, body = UserView))
)]
pub(crate) async fn assign_accounts(
    Guarded(actor, body): Guarded<ManageUsers, JsonBody>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
) -> Result<Answered<UserView>, Problem> {
    let user = user_id(&path)?;
    let (caller, use_cases) = (actor.authorized()?, use_cases.into_inner());
    let member = blocking::run(move || {
        let by = use_cases.users.mandate_over(&caller, user)?;
        use_cases.users.get(&by, user)?;
        let mut rules = Rules::default();
        let handles = handles(&mut rules, &body.parse::<AssignmentRequest>()?.cuentas);
        let handles = rules.finish(Some(handles))?;
        Ok::<_, Problem>(use_cases.users.assign(&by, user, &handles)?)
    })
    .await?;
    Ok(Answered(StatusCode::OK, UserView::from(member)))
}

/// Delete a user.
///
/// Their sessions end at once. For 30 days they can be restored with their role and accounts, and the username stays
/// taken; then they are deleted for good. Nobody deletes themselves, nor the last active administrator of a company.
#[utoipa::path(
    delete,
    path = "/auth/users/{id}",
    tag = "auth",
    params(("id" = i64, Path, description = "The user")),
    responses((status = 204, description = "Deleted"))
)]
pub(crate) async fn delete_user(
    Guarded(actor, Conditional((), if_match)): Guarded<ManageUsers, Conditional<()>>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
) -> Result<HttpResponse, Problem> {
    let user = user_id(&path)?;
    let (caller, use_cases) = (actor.authorized()?, use_cases.into_inner());
    blocking::call(move || {
        let by = use_cases.users.mandate_over(&caller, user)?;
        use_cases.users.delete(&by, user, &|current| if_match.check(&UserView::from(current.clone())))
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// List deleted users.
///
/// Those who can be restored, the last one first.
#[utoipa::path(
    get,
    path = "/auth/users/trash",
    tag = "auth",
    params(CompanyQuery),
    responses((status = 200, body = DeletedUsersResponse))
)]
pub(crate) async fn list_deleted_users(
    Guarded(actor, query): Guarded<ManageUsers, web::Query<CompanyQuery>>,
    use_cases: web::Data<UseCases>,
) -> Result<Polled<DeletedUsersResponse>, Problem> {
    let company = named_company(query.empresa_id.as_deref())?;
    let (by, use_cases) = (actor.mandate_in(company)?, use_cases.into_inner());
    let found = blocking::call(move || use_cases.users.trash(&by)).await?;
    let view = |Trashed { item, deleted_at }| DeletedUser {
        user: UserView::from(item),
        fecha_eliminacion: wire_time(deleted_at),
    };
    Ok(Polled(DeletedUsersResponse { users: found.into_iter().map(view).collect() }))
}

/// Restore a deleted user.
///
/// With their role and accounts. They log in again with the password that they had. A superadmin names the company.
#[utoipa::path(
    post,
    path = "/auth/users/{id}/restore",
    tag = "auth",
    params(("id" = i64, Path, description = "The user"), CompanyQuery),
    responses((status = 200, body = UserView))
)]
pub(crate) async fn restore_user(
    Guarded(actor, query): Guarded<ManageUsers, web::Query<CompanyQuery>>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
) -> Result<Answered<UserView>, Problem> {
    let (user, company) = (user_id(&path)?, named_company(query.empresa_id.as_deref())?);
    let (by, use_cases) = (actor.mandate_in(company)?, use_cases.into_inner());
    let restored = blocking::call(move || use_cases.users.restore(&by, user)).await?;
    Ok(Answered(StatusCode::OK, UserView::from(restored)))
}
