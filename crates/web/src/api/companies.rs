//! Companies, for superadmins.

use actix_web::http::StatusCode;
use actix_web::web;
use atalaya_application::UseCases;
use atalaya_application::error::{AppError, Resource, Violation};
use atalaya_domain::company::{Company, CompanyChange, CompanyName, DEFAULT_TIME_ZONE, NewCompany};
use atalaya_domain::id::CompanyId;
use atalaya_domain::mandate::ManageCompanies;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::api::cursor::Cursor as _;
use crate::api::parse::{Rules, page, wire_time};
use crate::http::blocking;
use crate::http::body::JsonBody;
use crate::http::extract::{Guarded, Permitted};
use crate::http::problem::Problem;
use crate::http::respond::{Answered, Conditional, Polled};

/// A company to create.
#[derive(Deserialize, Validate, ToSchema)]
pub(crate) struct CompanyRequest {
    /// Unique on the platform.
    #[serde(alias = "nombre")]
    #[schema(min_length = 1, max_length = 100, example = "Interbank")]
    empresa_nombre: String,
    /// An IANA zone; `America/Lima` unless told.
    #[schema(example = "America/Lima")]
    zona_horaria: Option<String>,
}

/// What to change of a company.
#[derive(Deserialize, Validate, ToSchema)]
pub(crate) struct CompanyPatch {
    /// A new name.
    #[serde(alias = "nombre")]
    #[schema(min_length = 1, max_length = 100)]
    empresa_nombre: Option<String>,
    /// A new zone.
    zona_horaria: Option<String>,
    /// `false` suspends: its users are out at once, and their sessions end for good.
    activo: Option<bool>,
}

/// A company.
#[derive(Serialize, ToSchema)]
pub(crate) struct CompanyView {
    /// The id.
    #[schema(minimum = 1)]
    empresa_id: i64,
    /// The name.
    empresa_nombre: String,
    /// Where its days end.
    zona_horaria: String,
    /// Whether its users may log in.
    activo: bool,
    /// When it was created.
    #[schema(format = DateTime)]
    fecha_creacion: String,
}

/// A page of companies.
#[derive(Serialize, ToSchema)]
pub(crate) struct CompaniesResponse {
    /// The companies, by creation.
    companies: Vec<CompanyView>,
    /// Where the next page begins; `null` on the last.
    #[schema(required = true)]
    next_cursor: Option<String>,
}

/// Which page.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// Items on a page, 1 to 1,000; 100 unless told.
    #[param(minimum = 1, maximum = 1000, value_type = Option<u32>)]
    limit: Option<String>,
    /// `next_cursor` of the page before.
    #[param(min_length = 1)]
    cursor: Option<String>,
}

impl From<Company> for CompanyView {
    fn from(company: Company) -> Self {
        Self {
            empresa_id: company.id.get(),
            empresa_nombre: company.name.as_str().to_owned(),
            zona_horaria: company.time_zone.name().to_owned(),
            activo: company.active,
            fecha_creacion: wire_time(company.created_at),
        }
    }
}

/// A company as the API tells of it, on one line.
///
/// # Errors
/// `Internal`, never in practice.
pub fn company_json(company: Company) -> Result<String, AppError> {
    serde_json::to_string(&CompanyView::from(company)).map_err(AppError::internal)
}

impl CompanyRequest {
    fn into_command(self) -> Result<NewCompany, Vec<Violation>> {
        let mut rules = Rules::default();
        let name = rules.text("empresa_nombre", &self.empresa_nombre, CompanyName::parse);
        let zone = rules.zone("zona_horaria", self.zona_horaria.as_deref());
        let command =
            name.zip(zone).map(|(name, zone)| NewCompany { name, time_zone: zone.unwrap_or(DEFAULT_TIME_ZONE) });
        rules.finish(command)
    }
}

impl CompanyPatch {
    fn into_command(self) -> Result<CompanyChange, Vec<Violation>> {
        let mut rules = Rules::default();
        let name = rules.optional("empresa_nombre", self.empresa_nombre.as_deref(), CompanyName::parse);
        let zone = rules.zone("zona_horaria", self.zona_horaria.as_deref());
        let command = name.zip(zone).map(|(name, time_zone)| CompanyChange { name, time_zone, active: self.activo });
        rules.finish(command)
    }
}

fn company_id(text: &str) -> Result<CompanyId, Problem> {
    text.parse().map(CompanyId::new).map_err(|_| AppError::NotFound(Resource::Company).into())
}

/// List the companies of the platform.
///
/// For superadmins. The oldest first.
#[utoipa::path(
    get,
    path = "/companies",
    tag = "companies",
    params(PageQuery),
    responses((status = 200, body = CompaniesResponse))
)]
pub(crate) async fn list_companies(
    Guarded(actor, query): Guarded<ManageCompanies, web::Query<PageQuery>>,
    use_cases: web::Data<UseCases>,
) -> Result<Polled<CompaniesResponse>, Problem> {
    let scope = actor.platform_mandate()?.scope();
    let request = page(query.limit.as_deref(), query.cursor.as_deref())?;
    let use_cases = use_cases.into_inner();
    let found = blocking::call(move || use_cases.companies.list(&scope, &request)).await?;
    Ok(Polled(CompaniesResponse {
        companies: found.items.into_iter().map(CompanyView::from).collect(),
        next_cursor: found.next.map(|last| last.write()),
    }))
}

/// Create a company.
///
/// For superadmins. A name that cannot be told from that of another company is refused.
#[utoipa::path(
    post,
    path = "/companies",
    tag = "companies",
    request_body = CompanyRequest,
    responses((status = 201, body = CompanyView))
)]
pub(crate) async fn create_company(
    Guarded(actor, body): Guarded<ManageCompanies, JsonBody>,
    use_cases: web::Data<UseCases>,
) -> Result<Answered<CompanyView>, Problem> {
    let by = actor.platform_mandate()?;
    let command = body.parse::<CompanyRequest>()?.into_command()?;
    let use_cases = use_cases.into_inner();
    let company = blocking::call(move || use_cases.companies.create(&by, &command)).await?;
    Ok(Answered(StatusCode::CREATED, CompanyView::from(company)))
}

/// Show a company.
///
/// For superadmins. The `ETag` goes into `If-Match` to change exactly what was read.
#[utoipa::path(
    get,
    path = "/companies/{id}",
    tag = "companies",
    params(("id" = i64, Path, description = "The company")),
    responses((status = 200, body = CompanyView))
)]
pub(crate) async fn get_company(
    actor: Permitted<ManageCompanies>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
) -> Result<Polled<CompanyView>, Problem> {
    let scope = actor.platform_mandate()?.scope();
    let id = company_id(&path)?;
    let use_cases = use_cases.into_inner();
    let company = blocking::call(move || use_cases.companies.get(&scope, id)).await?;
    Ok(Polled(CompanyView::from(company)))
}

/// Change, suspend or resume a company.
///
/// For superadmins. The users of a suspended company are out at once, and nothing of it is deleted.
#[utoipa::path(
    patch,
    path = "/companies/{id}",
    tag = "companies",
    params(("id" = i64, Path, description = "The company")),
    request_body = CompanyPatch,
    responses((status = 200, body = CompanyView))
)]
pub(crate) async fn change_company(
    Guarded(actor, Conditional(body, if_match)): Guarded<ManageCompanies, Conditional<JsonBody>>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
) -> Result<Answered<CompanyView>, Problem> {
    let by = actor.platform_mandate()?;
    let id = company_id(&path)?;
    let command = body.parse::<CompanyPatch>()?.into_command()?;
    let use_cases = use_cases.into_inner();
    let changed = move || {
        use_cases.companies.change(&by, id, &command, &|current| if_match.check(&CompanyView::from(current.clone())))
    };
    let company = blocking::call(changed).await?;
    Ok(Answered(StatusCode::OK, CompanyView::from(company)))
}
