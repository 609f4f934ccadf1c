//! Social-media accounts.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use atalaya_application::error::Violation;
use atalaya_application::page::PageRequest;
use atalaya_application::ports::repositories::AccountSummary;
use atalaya_application::ports::trash::Trashed;
use atalaya_application::{AppError, UseCases};
use atalaya_domain::account::{Account, AccountChange, AccountHandle, AccountName, NewAccount, Platform};
use atalaya_domain::id::CompanyId;
use atalaya_domain::mandate::{ManageAccounts, ReadAccounts};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::api::company_query::{CompanyPageQuery, CompanyQuery, named_company};
use crate::api::cursor::Cursor as _;
use crate::api::parse::{Rules, page, page_or_all, wire_time};
use crate::http::blocking;
use crate::http::body::JsonBody;
use crate::http::extract::Guarded;
use crate::http::idempotency::{Content, Keeping};
use crate::http::problem::Problem;
use crate::http::respond::{Answered, Conditional, Polled};
use crate::http::state::HttpState;

/// An account to register.
#[derive(Deserialize, Validate, ToSchema)]
pub(crate) struct AccountRequest {
    /// The handle, without `@`: 1 to 64 ASCII letters, digits, `_`, `.`, `-`.
    #[schema(pattern = "^@?[A-Za-z0-9_.-]{1,64}$", example = "Interbank")]
    cuenta: String,
    /// The name that a dashboard shows.
    #[schema(min_length = 1, max_length = 100, example = "Interbank Perú")]
    nombre: String,
    /// The social network.
    #[schema(min_length = 1, max_length = 40, example = "twitter")]
    plataforma: Option<String>,
    /// Where its days end, an IANA zone; the company's unless told.
    zona_horaria: Option<String>,
}

/// What to change of an account.
#[derive(Deserialize, Validate, ToSchema)]
pub(crate) struct AccountPatch {
    /// The name that a dashboard shows.
    #[schema(min_length = 1, max_length = 100)]
    nombre: Option<String>,
    /// The social network.
    #[schema(min_length = 1, max_length = 40)]
    plataforma: Option<String>,
    /// Where its days end, an IANA zone.
    zona_horaria: Option<String>,
}

/// An account.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccountView {
    /// The handle.
    cuenta: String,
    /// The name that a dashboard shows.
    nombre: String,
    /// The social network.
    #[schema(required = true)]
    plataforma: Option<String>,
    /// Where its days end, where it is not the company's zone.
    #[schema(required = true)]
    zona_horaria: Option<String>,
    /// When it was registered.
    #[schema(format = DateTime)]
    fecha_registro: String,
}

/// A page of accounts.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccountsResponse {
    /// The accounts, by handle.
    accounts: Vec<AccountView>,
    /// Where the next page begins; `null` on the last.
    #[schema(required = true)]
    next_cursor: Option<String>,
}

/// A deleted account.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeletedAccount {
    /// The account.
    #[serde(flatten)]
    account: AccountView,
    /// When it was deleted.
    #[schema(format = DateTime)]
    fecha_eliminacion: String,
}

/// The deleted accounts that can be restored.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeletedAccountsResponse {
    /// The accounts, the one that was deleted last first.
    accounts: Vec<DeletedAccount>,
}

/// One's own accounts.
#[derive(Serialize, ToSchema)]
pub(crate) struct MyAccountsResponse {
    /// The company; `null` for a superadmin.
    #[schema(minimum = 1, required = true)]
    empresa_id: Option<i64>,
    /// The company's name; `null` for a superadmin.
    #[schema(required = true)]
    empresa_nombre: Option<String>,
    /// How many, on all pages.
    total_accounts: u64,
    /// The accounts, by handle.
    accounts: Vec<MyAccount>,
    /// Where the next page begins; left out where none follows.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// One of one's own accounts.
#[derive(Serialize, ToSchema)]
pub(crate) struct MyAccount {
    /// The handle.
    cuenta: String,
    /// The name that a dashboard shows.
    nombre: String,
    /// When it was registered.
    #[schema(format = DateTime)]
    fecha_registro: String,
}

impl From<Account> for AccountView {
    fn from(account: Account) -> Self {
        Self {
            cuenta: account.handle.as_str().to_owned(),
            nombre: account.name.as_str().to_owned(),
            plataforma: account.platform.map(|platform| platform.as_str().to_owned()),
            zona_horaria: account.time_zone.map(|zone| zone.name().to_owned()),
            fecha_registro: wire_time(account.registered_at),
        }
    }
}

/// An account as the API tells its own readers of it, on one line.
///
/// # Errors
/// `Internal`, never in practice.
pub fn account_json(summary: AccountSummary) -> Result<String, AppError> {
    serde_json::to_string(&MyAccount::from(summary)).map_err(AppError::internal)
}

impl From<AccountSummary> for MyAccount {
    fn from(summary: AccountSummary) -> Self {
        let AccountView { cuenta, nombre, fecha_registro, .. } = summary.account.into();
        Self { cuenta, nombre, fecha_registro }
    }
}

impl AccountRequest {
    fn into_command(self) -> Result<NewAccount, Vec<Violation>> {
        let members = ["cuenta", "nombre", "plataforma", "zona_horaria"];
        new_account(members, &self.cuenta, &self.nombre, [self.plataforma.as_deref(), self.zona_horaria.as_deref()])
    }
}

/// An account to register, of a request that calls its handle, name, platform and zone by `members`.
///
/// # Errors
/// Every rule that one of them breaks.
pub(crate) fn new_account(
    members: [&'static str; 4],
    handle: &str,
    name: &str,
    [platform, zone]: [Option<&str>; 2],
) -> Result<NewAccount, Vec<Violation>> {
    let mut rules = Rules::default();
    let handle = rules.text(members[0], handle, AccountHandle::parse);
    let name = rules.text(members[1], name, AccountName::parse);
    let platform = rules.optional(members[2], platform, Platform::parse);
    let zone = rules.zone(members[3], zone);
    let command = handle.zip(name).zip(platform.zip(zone)).map(|((handle, name), (platform, time_zone))| NewAccount {
        handle,
        name,
        platform,
        time_zone,
    });
    rules.finish(command)
}

impl AccountPatch {
    fn into_command(self) -> Result<AccountChange, Vec<Violation>> {
        let mut rules = Rules::default();
        let name = rules.optional("nombre", self.nombre.as_deref(), AccountName::parse);
        let platform = rules.optional("plataforma", self.plataforma.as_deref(), Platform::parse);
        let zone = rules.zone("zona_horaria", self.zona_horaria.as_deref());
        let command = name.zip(platform.zip(zone)).map(|(name, (platform, time_zone))| AccountChange {
            name,
            platform,
            time_zone,
        });
        rules.finish(command)
    }
}

/// Which page of one's own accounts; all of them where neither is given.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct OwnAccountsQuery {
    /// Items on a page, 1 to 1,000; 100 where only `cursor` is given.
    #[param(minimum = 1, maximum = 1000, value_type = Option<u32>)]
    limit: Option<String>,
    /// `next_cursor` of the page before.
    #[param(min_length = 1)]
    cursor: Option<String>,
}

impl OwnAccountsQuery {
    /// The page; `None` where all are asked for.
    pub(crate) fn page(&self) -> Result<Option<PageRequest<AccountHandle>>, Vec<Violation>> {
        page_or_all(self.limit.as_deref(), self.cursor.as_deref())
    }
}

/// List the accounts that one sees.
///
/// An administrator sees those of the company, a user or viewer those that are assigned to them. Without `limit` and
/// `cursor` the list is whole.
#[utoipa::path(
    get,
    path = "/auth/my-accounts",
    tag = "auth",
    params(OwnAccountsQuery),
    responses((status = 200, body = MyAccountsResponse))
)]
pub(crate) async fn list_my_accounts(
    Guarded(actor, query): Guarded<ReadAccounts, web::Query<OwnAccountsQuery>>,
    use_cases: web::Data<UseCases>,
) -> Result<Polled<MyAccountsResponse>, Problem> {
    let (request, by, use_cases) = (query.page()?, actor.authorized()?, use_cases.into_inner());
    let read = move || {
        let profile = use_cases.sessions.profile(by.caller())?;
        Ok((profile, use_cases.accounts.mine(&by, request.as_ref())?))
    };
    let (profile, mine) = blocking::call(read).await?;
    Ok(Polled(MyAccountsResponse {
        empresa_id: profile.user.company.map(CompanyId::get),
        empresa_nombre: profile.company.map(|company| company.name.as_str().to_owned()),
        total_accounts: mine.total,
        accounts: mine.accounts.into_iter().map(MyAccount::from).collect(),
        next_cursor: mine.next.map(|handle| handle.write()),
    }))
}

/// List accounts.
///
/// The accounts of the company that one sees, in pages ordered by handle.
#[utoipa::path(
    get,
    path = "/accounts",
    tag = "accounts",
    params(CompanyPageQuery),
    responses((status = 200, body = AccountsResponse))
)]
pub(crate) async fn list_accounts(
    Guarded(actor, query): Guarded<ReadAccounts, web::Query<CompanyPageQuery>>,
    use_cases: web::Data<UseCases>,
) -> Result<Polled<AccountsResponse>, Problem> {
    let company = named_company(query.empresa_id.as_deref())?;
    let scope = actor.mandate_in(company)?.scope();
    let request = page(query.limit.as_deref(), query.cursor.as_deref())?;
    let use_cases = use_cases.into_inner();
    let found = blocking::call(move || use_cases.accounts.list(&scope, &request)).await?;
    Ok(Polled(AccountsResponse {
        accounts: found.items.into_iter().map(|summary| summary.account.into()).collect(),
        next_cursor: found.next.map(|handle| handle.write()),
    }))
}

/// Create an account.
///
/// The handle is unique within the company; letter case counts. With `Idempotency-Key` a repeat has one
/// effect.
#[utoipa::path(
    post,
    path = "/accounts",
    tag = "accounts",
    params(CompanyQuery, ("Idempotency-Key" = Option<String>, Header, description = "Repeats of the request have one effect")),
    request_body = AccountRequest,
    responses((status = 201, body = AccountView))
)]
pub(crate) async fn create_account(
    request: HttpRequest,
    Guarded(actor, (query, body)): Guarded<ManageAccounts, (web::Query<CompanyQuery>, JsonBody)>,
    use_cases: web::Data<UseCases>,
    http: web::Data<HttpState>,
) -> Result<HttpResponse, Problem> {
    let named = body.company().map(CompanyId::new).or(named_company(query.empresa_id.as_deref())?);
    let by = actor.mandate_in(named)?;
    let company = named.or(actor.company());
    // A superadmin may name the company beside the body, and one key for two companies is a mistake.
    let asked = company.map_or([0; 8], |company| company.get().to_be_bytes());
    let content = Content::new(body.bytes()).with(&asked);
    let ticket = http.idempotency.ticket(&request, &actor, company, "create_account", content)?;
    let work = move |keeping: Keeping| async move {
        let command = body.parse::<AccountRequest>()?.into_command()?;
        let use_cases = use_cases.into_inner();
        let render = |account: &Account| Answered(StatusCode::CREATED, AccountView::from(account.clone())).written();
        blocking::call(move || keeping.answer(render, |receipt| use_cases.accounts.create(&by, &command, receipt)))
            .await
    };
    ticket.run(work).await
}

/// Show an account.
///
/// The `ETag` goes into `If-Match` to change exactly what was read.
#[utoipa::path(
    get,
    path = "/accounts/{username}",
    tag = "accounts",
    params(("username" = String, Path, description = "The account's handle"), CompanyQuery),
    responses((status = 200, body = AccountView))
)]
pub(crate) async fn get_account(
    Guarded(actor, query): Guarded<ReadAccounts, web::Query<CompanyQuery>>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
) -> Result<Polled<AccountView>, Problem> {
    let company = named_company(query.empresa_id.as_deref())?;
    let (by, use_cases) = (actor.mandate_in(company)?, use_cases.into_inner());
    let owned = blocking::call(move || use_cases.accounts.open(&by, &path)).await?;
    Ok(Polled(AccountView::from(owned.account().clone())))
}

/// Change an account.
///
/// Name, social network, and the time zone in which its days end. Fields that are left out stay as they are.
#[utoipa::path(
    patch,
    path = "/accounts/{username}",
    tag = "accounts",
    params(("username" = String, Path, description = "The account's handle"), CompanyQuery),
    request_body = AccountPatch,
    responses((status = 200, body = AccountView))
)]
pub(crate) async fn change_account(
    Guarded(actor, Conditional((query, body), if_match)): Guarded<
        ManageAccounts,
        Conditional<(web::Query<CompanyQuery>, JsonBody)>,
    >,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
) -> Result<Answered<AccountView>, Problem> {
    let company = body.company().map(CompanyId::new).or(named_company(query.empresa_id.as_deref())?);
    let (by, use_cases) = (actor.mandate_in(company)?, use_cases.into_inner());
    let changed = blocking::run(move || {
        let owned = use_cases.accounts.open(&by, &path)?;
        let change = body.parse::<AccountPatch>()?.into_command()?;
        Ok::<_, Problem>(
            use_cases
                .accounts
                .change(&owned, &change, &|current| if_match.check(&AccountView::from(current.clone())))?,
        )
    })
    .await?;
    Ok(Answered(StatusCode::OK, AccountView::from(changed)))
}

/// Delete an account.
///
/// With its observations, models and forecasts. For 30 days it can be restored with all of them, and its handle stays
/// taken; then everything is deleted for good.
#[utoipa::path(
    delete,
    path = "/accounts/{username}",
    tag = "accounts",
    params(("username" = String, Path, description = "The account's handle"), CompanyQuery),
    responses((status = 204, description = "Deleted"))
)]
pub(crate) async fn delete_account(
    Guarded(actor, Conditional(query, if_match)): Guarded<ManageAccounts, Conditional<web::Query<CompanyQuery>>>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
) -> Result<HttpResponse, Problem> {
    let company = named_company(query.empresa_id.as_deref())?;
    let (by, use_cases) = (actor.mandate_in(company)?, use_cases.into_inner());
    blocking::call(move || {
        let owned = use_cases.accounts.open(&by, &path)?;
        use_cases.accounts.delete(&owned, &|current| if_match.check(&AccountView::from(current.clone())))
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// List deleted accounts.
///
/// Those that can be restored, the last one first.
#[utoipa::path(
    get,
    path = "/accounts/trash",
    tag = "accounts",
    params(CompanyQuery),
    responses((status = 200, body = DeletedAccountsResponse))
)]
pub(crate) async fn list_deleted_accounts(
    Guarded(actor, query): Guarded<ManageAccounts, web::Query<CompanyQuery>>,
    use_cases: web::Data<UseCases>,
) -> Result<Polled<DeletedAccountsResponse>, Problem> {
    let company = named_company(query.empresa_id.as_deref())?;
    let (by, use_cases) = (actor.mandate_in(company)?, use_cases.into_inner());
    let found = blocking::call(move || use_cases.accounts.trash(&by)).await?;
    let view = |Trashed { item, deleted_at }| DeletedAccount {
        account: AccountView::from(item),
        fecha_eliminacion: wire_time(deleted_at),
    };
    Ok(Polled(DeletedAccountsResponse { accounts: found.into_iter().map(view).collect() }))
}

/// Restore a deleted account.
///
/// With its observations, models and whom it was assigned to.
#[utoipa::path(
    post,
    path = "/accounts/{username}/restore",
    tag = "accounts",
    params(("username" = String, Path, description = "The account's handle"), CompanyQuery),
    responses((status = 200, body = AccountView))
)]
pub(crate) async fn restore_account(
    Guarded(actor, query): Guarded<ManageAccounts, web::Query<CompanyQuery>>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
) -> Result<Answered<AccountView>, Problem> {
    let company = named_company(query.empresa_id.as_deref())?;
    let (by, use_cases) = (actor.mandate_in(company)?, use_cases.into_inner());
    let restored = blocking::call(move || use_cases.accounts.restore(&by, &path)).await?;
    Ok(Answered(StatusCode::OK, AccountView::from(restored)))
}
