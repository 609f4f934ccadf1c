//! What a record was before.

use actix_web::http::StatusCode;
use actix_web::web;
use atalaya_application::ports::tables::Listed;
use atalaya_application::{AppError, Precondition, UseCases};
use atalaya_domain::mandate::{ReadRecords, WriteRecords};
use atalaya_domain::tables::{Revision, Table};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::form::FormQuery;
use super::paging::PageQuery;
use super::record_view::RecordView;
use super::records::ids;
use super::seen::Seeing;
use super::values::{DataView, RecordForm, data, moment};
use crate::api::schemas::RevisionWord;
use crate::http::blocking;
use crate::http::body::JsonBody;
use crate::http::extract::Guarded;
use crate::http::problem::Problem;
use crate::http::respond::{Answered, Polled};

/// A record as it was from some time on.
#[derive(Serialize, ToSchema)]
pub(crate) struct RevisionView {
    /// Its number, from 1.
    #[schema(minimum = 1)]
    revision: i32,
    /// How it came about.
    #[schema(value_type = RevisionWord)]
    kind: &'static str,
    /// When.
    #[schema(format = DateTime)]
    at: String,
    /// Who did it.
    by: String,
    /// The request that did it.
    #[schema(required = true)]
    request_id: Option<String>,
    /// What the record held from then on, in the fields that there are now.
    data: DataView,
}

/// A page of the revisions of a record.
#[derive(Serialize, ToSchema)]
pub(crate) struct RevisionsPage {
    /// The latest first.
    items: Vec<RevisionView>,
    /// How many there are on all pages.
    total: u64,
    /// The number of this page, from 1.
    #[schema(minimum = 1)]
    page: u32,
    /// Revisions on a page.
    #[schema(minimum = 1, maximum = 100)]
    page_size: u32,
    /// How many pages there are, at least 1.
    #[schema(minimum = 1)]
    total_pages: u64,
}

/// Which revision a record gets its values from.
#[derive(Deserialize, Validate, ToSchema)]
pub(crate) struct RevertRequest {
    /// Its number.
    #[validate(range(min = 1))]
    #[schema(minimum = 1)]
    revision: i32,
}

impl RevisionView {
    fn new(table: &Table, revision: &Revision, form: RecordForm) -> Result<Self, AppError> {
        Ok(Self {
            revision: revision.number,
            kind: revision.kind.as_str(),
            at: moment(revision.at),
            by: revision.by.clone(),
            request_id: revision.request_id.clone(),
            data: data(table, &revision.values, form)?,
        })
    }
}

/// List the revisions of a record.
///
/// A page of everything that it was, the latest first; also of a record in the trash.
#[utoipa::path(
    get,
    path = "/api/entities/{entity_id}/records/{record_id}/revisions",
    tag = "tables",
    params(
        ("entity_id" = String, Path, format = Uuid, description = "The entity type"),
        ("record_id" = String, Path, format = Uuid, description = "The record"),
        PageQuery,
        FormQuery
    ),
    responses((status = 200, body = RevisionsPage))
)]
pub(crate) async fn list_revisions(
    Guarded(actor, (page, form)): Guarded<ReadRecords, (web::Query<PageQuery>, web::Query<FormQuery>)>,
    path: web::Path<(String, String)>,
    use_cases: web::Data<UseCases>,
) -> Result<Polled<RevisionsPage>, Problem> {
    let ((id, record), by) = (ids(&path)?, actor.mandate()?);
    let (paging, form) = (page.paging()?, form.form()?);
    let use_cases = use_cases.into_inner();
    let read = move || {
        let (table, revisions) = use_cases.records.revisions(&by, id, record, &paging.slice())?;
        let Listed { items, total } = revisions;
        let views = items.iter().map(|revision| RevisionView::new(&table, revision, form));
        let items = views.collect::<Result<_, AppError>>()?;
        let total_pages = paging.pages(total);
        Ok(RevisionsPage { items, total, page: paging.page, page_size: paging.size, total_pages })
    };
    blocking::call(read).await.map(Polled)
}

/// Revert a record to an earlier revision.
///
/// It gets the values of that revision as a new one, so nothing is lost.
#[utoipa::path(
    post,
    path = "/api/entities/{entity_id}/records/{record_id}/revert",
    tag = "tables",
    params(
        ("entity_id" = String, Path, format = Uuid, description = "The entity type"),
        ("record_id" = String, Path, format = Uuid, description = "The record"),
        FormQuery
    ),
    request_body = RevertRequest,
    responses((status = 200, body = RecordView))
)]
pub(crate) async fn revert_record(
    Guarded(actor, Seeing((query, body), seen)): Guarded<WriteRecords, Seeing<(web::Query<FormQuery>, JsonBody)>>,
    path: web::Path<(String, String)>,
    use_cases: web::Data<UseCases>,
) -> Result<Answered<RecordView>, Problem> {
    let ((id, record), by, form) = (ids(&path)?, actor.mandate()?, query.form()?);
    let use_cases = use_cases.into_inner();
    let reverted = blocking::run(move || -> Result<_, Problem> {
        use_cases.tables.find(&by, id)?;
        let RevertRequest { revision } = body.parse()?;
        let is_as_seen = seen.check(form);
        let expected = is_as_seen.as_ref().map(|check| check as Precondition<'_, _>);
        Ok(RecordView::found(&use_cases.records.revert(&by, id, record, revision, expected)?, form)?)
    })
    .await?;
    Ok(Answered(StatusCode::OK, reverted))
}
