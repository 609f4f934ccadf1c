//! What is in the trash, and the way out of it.

use actix_web::http::StatusCode;
use actix_web::web;
use atalaya_application::ports::tables::Listed;
use atalaya_application::ports::trash::Trashed;
use atalaya_application::{AppError, UseCases};
use atalaya_domain::id::FieldId;
use atalaya_domain::mandate::{DefineTables, ReadRecords};
use serde::Serialize;
use utoipa::ToSchema;

use super::entities::entity_id;
use super::only_id;
use super::paging::PageQuery;
use super::record_view::RecordView;
use super::values::{RecordForm, moment};
use super::views::{EntityView, FieldView, TableView};
use crate::http::blocking;
use crate::http::extract::{Guarded, Permitted};
use crate::http::problem::Problem;
use crate::http::respond::{Answered, Polled};

/// An entity type in the trash.
#[derive(Serialize, ToSchema)]
pub(crate) struct TrashedEntity {
    /// The entity type.
    #[serde(flatten)]
    entity: EntityView,
    /// Since when it is there.
    #[schema(format = DateTime)]
    deleted_at: String,
}

/// A field in the trash.
#[derive(Serialize, ToSchema)]
pub(crate) struct TrashedField {
    /// The field.
    #[serde(flatten)]
    field: FieldView,
    /// Since when it is there.
    #[schema(format = DateTime)]
    deleted_at: String,
}

/// A record in the trash.
#[derive(Serialize, ToSchema)]
pub(crate) struct TrashedRecord {
    /// The record.
    #[serde(flatten)]
    record: RecordView,
    /// Since when it is there.
    #[schema(format = DateTime)]
    deleted_at: String,
}

/// A page of the records in the trash.
#[derive(Serialize, ToSchema)]
pub(crate) struct TrashedRecordsPage {
    /// Those that were put there last first.
    items: Vec<TrashedRecord>,
    /// How many there are on all pages.
    total: u64,
    /// The number of this page, from 1.
    #[schema(minimum = 1)]
    page: u32,
    /// Records on a page.
    #[schema(minimum = 1, maximum = 100)]
    page_size: u32,
    /// How many pages there are, at least 1.
    #[schema(minimum = 1)]
    total_pages: u64,
}

/// List the entity types in the trash.
///
/// Those that were put there last first.
#[utoipa::path(
    get,
    path = "/api/metadata/trash",
    tag = "tables",
    responses((status = 200, body = Vec<TrashedEntity>))
)]
pub(crate) async fn list_deleted_entities(
    actor: Permitted<DefineTables>,
    use_cases: web::Data<UseCases>,
) -> Result<Polled<Vec<TrashedEntity>>, Problem> {
    let (by, use_cases) = (actor.mandate()?, use_cases.into_inner());
    let found = blocking::call(move || use_cases.tables.trash(&by)).await?;
    let view = |Trashed { item, deleted_at }: &Trashed<_>| TrashedEntity {
        entity: EntityView::from(item),
        deleted_at: moment(*deleted_at),
    };
    Ok(Polled(found.iter().map(view).collect()))
}

/// Restore an entity type.
///
/// Out of the trash, with its fields and records.
#[utoipa::path(
    post,
    path = "/api/metadata/trash/{entity_id}/restore",
    tag = "tables",
    params(("entity_id" = String, Path, format = Uuid, description = "The entity type")),
    responses((status = 200, body = TableView))
)]
pub(crate) async fn restore_entity(
    actor: Permitted<DefineTables>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
) -> Result<Answered<TableView>, Problem> {
    let (id, by, use_cases) = (entity_id(&path)?, actor.mandate()?, use_cases.into_inner());
    let restored = blocking::call(move || TableView::new(&use_cases.tables.restore(&by, id)?)).await?;
    Ok(Answered(StatusCode::OK, restored))
}

/// List the fields in the trash.
///
/// Those of the entity type that were put there last first. They keep their values.
#[utoipa::path(
    get,
    path = "/api/metadata/entities/{entity_id}/trash",
    tag = "tables",
    params(("entity_id" = String, Path, format = Uuid, description = "The entity type")),
    responses((status = 200, body = Vec<TrashedField>))
)]
pub(crate) async fn list_deleted_fields(
    actor: Permitted<DefineTables>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
) -> Result<Polled<Vec<TrashedField>>, Problem> {
    let (id, by, use_cases) = (entity_id(&path)?, actor.mandate()?, use_cases.into_inner());
    let views = blocking::call(move || {
        let entity = use_cases.tables.find(&by, id)?.entity;
        let found = use_cases.tables.field_trash(&by, id)?;
        let view = |Trashed { item, deleted_at }: &Trashed<_>| {
            Ok(TrashedField { field: FieldView::new(&entity, item)?, deleted_at: moment(*deleted_at) })
        };
        found.iter().map(view).collect::<Result<Vec<_>, AppError>>()
    })
    .await?;
    Ok(Polled(views))
}

/// Restore a field.
///
/// Out of the trash, with the values that records had.
#[utoipa::path(
    post,
    path = "/api/metadata/entities/{entity_id}/trash/{field_id}/restore",
    tag = "tables",
    params(
        ("entity_id" = String, Path, format = Uuid, description = "The entity type"),
        ("field_id" = String, Path, format = Uuid, description = "The field")
    ),
    responses((status = 200, body = FieldView))
)]
pub(crate) async fn restore_field(
    actor: Permitted<DefineTables>,
    path: web::Path<(String, String)>,
    use_cases: web::Data<UseCases>,
) -> Result<Answered<FieldView>, Problem> {
    let (id, field) = (entity_id(&path.0)?, only_id("field_id", &path.1, FieldId::new)?);
    let (by, use_cases) = (actor.mandate()?, use_cases.into_inner());
    let restored = blocking::call(move || {
        let entity = use_cases.tables.find(&by, id)?.entity;
        FieldView::new(&entity, &use_cases.tables.restore_field(&by, id, field)?)
    })
    .await?;
    Ok(Answered(StatusCode::OK, restored))
}

/// List the records in the trash.
///
/// A page of them, those that were put there last first. After 30 days they are gone for good.
#[utoipa::path(
    get,
    path = "/api/entities/{entity_id}/trash",
    tag = "tables",
    params(("entity_id" = String, Path, format = Uuid, description = "The entity type"), PageQuery),
    responses((status = 200, body = TrashedRecordsPage))
)]
pub(crate) async fn list_deleted_records(
    Guarded(actor, query): Guarded<ReadRecords, web::Query<PageQuery>>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
) -> Result<Polled<TrashedRecordsPage>, Problem> {
    let (id, by, use_cases) = (entity_id(&path)?, actor.mandate()?, use_cases.into_inner());
    let paging = query.paging()?;
    let page = blocking::call(move || {
        let (table, Listed { items, total }) = use_cases.records.trash(&by, id, &paging.slice())?;
        let view = |Trashed { item, deleted_at }: &Trashed<_>| {
            let record = RecordView::new(&table, item, RecordForm::default())?;
            Ok(TrashedRecord { record, deleted_at: moment(*deleted_at) })
        };
        let items = items.iter().map(view).collect::<Result<_, AppError>>()?;
        let total_pages = paging.pages(total);
        Ok(TrashedRecordsPage { items, total, page: paging.page, page_size: paging.size, total_pages })
    })
    .await?;
    Ok(Polled(page))
}
