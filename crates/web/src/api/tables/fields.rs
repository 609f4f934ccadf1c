//! Defining fields.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use atalaya_application::error::Resource;
use atalaya_application::{AppError, UseCases};
use atalaya_domain::id::{EntityId, FieldId};
use atalaya_domain::mandate::DefineTables;
use atalaya_domain::tables::{Field, Table};

use super::entities::entity_id;
use super::field_requests::{FieldPatch, FieldRequest};
use super::input::WrittenJson;
use super::only_id;
use super::views::FieldView;
use crate::http::blocking;
use crate::http::extract::{Guarded, Permitted};
use crate::http::idempotency::{Content, Keeping};
use crate::http::problem::Problem;
use crate::http::respond::Answered;
use crate::http::state::HttpState;

/// The ids of an entity type and of one of its fields in a path.
pub(super) fn ids((entity, field): &(String, String)) -> Result<(EntityId, FieldId), Problem> {
    Ok((entity_id(entity)?, only_id("field_id", field, FieldId::new)?))
}

/// Define a field.
///
/// It stands behind those that there are. Records that exist have no value for it, also where it is required. With
/// `Idempotency-Key` a repeat has one effect.
#[utoipa::path(
    post,
    path = "/api/metadata/entities/{entity_id}/fields",
    tag = "tables",
    params(
        ("entity_id" = String, Path, format = Uuid, description = "The entity type"),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeats of the request have one effect")
    ),
    request_body = FieldRequest,
    responses((status = 201, body = FieldView))
)]
pub(crate) async fn define_field(
    request: HttpRequest,
    Guarded(actor, body): Guarded<DefineTables, WrittenJson>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
    http: web::Data<HttpState>,
) -> Result<HttpResponse, Problem> {
    let (id, by) = (entity_id(&path)?, actor.mandate()?);
    let content = Content::new(body.bytes());
    let ticket = http.idempotency.ticket(&request, &actor, actor.company(), "define_field", content)?;
    let work = move |keeping: Keeping| async move {
        let use_cases = use_cases.into_inner();
        blocking::run(move || -> Result<_, Problem> {
            let table = use_cases.tables.find(&by, id)?;
            let command = body.parse::<FieldRequest<'_>>()?.into_command()?;
            let render = |field: &Field| Answered(StatusCode::CREATED, view(&table, field)?).written();
            Ok(keeping.answer(render, |receipt| use_cases.tables.add_field(&by, id, &command, receipt))?)
        })
        .await
    };
    ticket.run(work).await
}

fn view(table: &Table, field: &Field) -> Result<FieldView, AppError> {
    FieldView::new(&table.entity, field)
}

/// Change a field.
///
/// A new name changes the key in `data` and nothing that is stored; the old one is free at once. A rule that becomes
/// stricter has to be kept by the records that there are: otherwise 409 `RECORDS_BREAK_RULE` names the first hundred
/// that break it.
#[utoipa::path(
    patch,
    path = "/api/metadata/entities/{entity_id}/fields/{field_id}",
    tag = "tables",
    params(
        ("entity_id" = String, Path, format = Uuid, description = "The entity type"),
        ("field_id" = String, Path, format = Uuid, description = "The field")
    ),
    request_body = FieldPatch,
    responses((status = 200, body = FieldView))
)]
pub(crate) async fn change_field(
    Guarded(actor, body): Guarded<DefineTables, WrittenJson>,
    path: web::Path<(String, String)>,
    use_cases: web::Data<UseCases>,
) -> Result<Answered<FieldView>, Problem> {
    let ((id, field), by, use_cases) = (ids(&path)?, actor.mandate()?, use_cases.into_inner());
    let changed = blocking::run(move || -> Result<_, Problem> {
        let table = use_cases.tables.find(&by, id)?;
        let known = table.field(field).ok_or(AppError::NotFound(Resource::Field))?;
        let change = body.parse::<FieldPatch<'_>>()?.into_command(known)?;
        Ok(view(&table, &use_cases.tables.change_field(&by, id, field, &change)?)?)
    })
    .await?;
    Ok(Answered(StatusCode::OK, changed))
}

/// Delete a field.
///
/// It goes into the trash with its values, and can be restored. Its name is free at once.
#[utoipa::path(
    delete,
    path = "/api/metadata/entities/{entity_id}/fields/{field_id}",
    tag = "tables",
    params(
        ("entity_id" = String, Path, format = Uuid, description = "The entity type"),
        ("field_id" = String, Path, format = Uuid, description = "The field")
    ),
    responses((status = 204, description = "In the trash"))
)]
pub(crate) async fn delete_field(
    actor: Permitted<DefineTables>,
    path: web::Path<(String, String)>,
    use_cases: web::Data<UseCases>,
) -> Result<HttpResponse, Problem> {
    let ((id, field), by, use_cases) = (ids(&path)?, actor.mandate()?, use_cases.into_inner());
    blocking::call(move || use_cases.tables.delete_field(&by, id, field)).await?;
    Ok(HttpResponse::NoContent().finish())
}
