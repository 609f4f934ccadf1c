//! Many changes of records in one request.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use atalaya_application::error::{BulkPlace, ValueKind, Violation};
use atalaya_application::tables::{Bulk, BulkDone, BulkEffect, BulkStep, Seen};
use atalaya_application::{AppError, UseCases};
use atalaya_domain::id::RecordId;
use atalaya_domain::mandate::WriteRecords;
use atalaya_domain::tables::{Draft, Keys};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::entities::entity_id;
use super::form::FormQuery;
use super::input::{WrittenJson, inputs, object};
use super::only_id;
use super::record_view::RecordView;
use super::records::RecordRequest;
use super::seen::SeenInBody;
use super::values::{DataView, RecordForm};
use crate::http::blocking;
use crate::http::extract::Guarded;
use crate::http::field_names::bulk_place;
use crate::http::idempotency::{Content, Keeping};
use crate::http::problem::Problem;
use crate::http::respond::Answered;
use crate::http::state::HttpState;

/// Changes of at most 1,000 records in all. They are made in this order: `create`, `update`, `upsert`, `delete`.
#[derive(Deserialize, ToSchema)]
pub(crate) struct BulkRequest<'a> {
    /// Records to create.
    #[serde(borrow, default)]
    #[schema(value_type = Vec<RecordRequest>, max_items = 1000)]
    create: Vec<&'a RawValue>,
    /// Records to change.
    #[serde(borrow, default)]
    #[schema(value_type = Vec<UpdateRequest>, max_items = 1000)]
    update: Vec<&'a RawValue>,
    /// Records to change where one has the same value in the field `upsert_key`, and to create where none has.
    #[serde(borrow, default)]
    #[schema(value_type = Vec<RecordRequest>, max_items = 1000)]
    upsert: Vec<&'a RawValue>,
    /// The key of a unique field, for `upsert`.
    upsert_key: Option<String>,
    /// Records to delete: the id of each, or the id with the revision that was seen.
    #[serde(default)]
    #[schema(max_items = 1000)]
    delete: Vec<DeleteRequest>,
}

/// A record to delete.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum DeleteRequest {
    /// By its id.
    Id(String),
    /// As it was seen.
    Seen(SeenRequest),
}

/// A record as it was seen.
#[derive(Deserialize, ToSchema)]
pub(crate) struct SeenRequest {
    /// The record.
    #[schema(format = Uuid)]
    id: String,
    /// Its revision then: another one by now is 412.
    #[schema(minimum = 1)]
    revision: i32,
}

/// A change of one of many records.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body, which is read from its text")]
pub(crate) struct UpdateRequest {
    /// The record.
    #[schema(format = Uuid)]
    id: String,
    /// Its revision when it was seen: another one by now is 412.
    #[schema(minimum = 1)]
    revision: Option<i32>,
    /// Values by the names, or ids, of their fields.
    data: DataView,
}

#[derive(Deserialize)]
struct WithData<'a> {
    #[serde(borrow)]
    data: &'a RawValue,
}

#[derive(Deserialize)]
struct WithId<'a> {
    id: String,
    revision: Option<i32>,
    #[serde(borrow)]
    data: &'a RawValue,
}

/// What became of the changes.
#[derive(Serialize, ToSchema)]
pub(crate) struct BulkResponse {
    /// Records that were created.
    created: Vec<RecordView>,
    /// Records that were changed.
    changed: Vec<RecordView>,
    /// Records that had these values already.
    unchanged: Vec<RecordView>,
    /// Ids of records that went into the trash.
    #[schema(format = Uuid)]
    deleted: Vec<String>,
}

fn draft(data: &RawValue, place: BulkPlace, keys: Keys) -> Result<Draft<'_>, Problem> {
    if data.get().starts_with('{') {
        return Ok(Draft { keys, inputs: inputs(data)? });
    }
    let field = format!("{}.data", bulk_place(place));
    Err(vec![Violation::wrong_type(field, ValueKind::Object)].into())
}

/// An item of a list as an object with its members.
fn item_of<'a, T: Deserialize<'a>>(item: &'a RawValue, place: BulkPlace) -> Result<T, Problem> {
    object(item).ok_or_else(|| vec![Violation::wrong_type(bulk_place(place), ValueKind::Object)].into())
}

/// An item that has values and nothing else.
fn item_draft(item: &RawValue, place: BulkPlace, keys: Keys) -> Result<Draft<'_>, Problem> {
    let WithData { data } = item_of(item, place)?;
    draft(data, place, keys)
}

impl BulkRequest<'_> {
    fn understood(&self, keys: Keys) -> Result<Bulk<'_>, Problem> {
        let Self { create, update, upsert, upsert_key, delete } = self;
        let count = create.len() + update.len() + upsert.len() + delete.len();
        if count > Bulk::MOST {
            return Err(vec![Violation::new("body", "too_many").with("max", &Bulk::MOST)].into());
        }
        let mut steps = Vec::with_capacity(count);
        for (index, item) in create.iter().enumerate() {
            let place = BulkPlace::Create(index);
            steps.push((place, BulkStep::Create(item_draft(item, place, keys)?)));
        }
        for (index, item) in update.iter().enumerate() {
            let place = BulkPlace::Update(index);
            let WithId { id, revision, data } = item_of(item, place)?;
            let id = only_id(format!("{}.id", bulk_place(place)), &id, RecordId::new)?;
            let step = BulkStep::Update(Seen { id, revision }, draft(data, place, keys)?);
            steps.push((place, step));
        }
        for (index, item) in upsert.iter().enumerate() {
            let place = BulkPlace::Upsert(index);
            steps.push((place, BulkStep::Upsert(item_draft(item, place, keys)?)));
        }
        for (index, item) in delete.iter().enumerate() {
            let place = BulkPlace::Delete(index);
            let (field, id, revision) = match item {
                DeleteRequest::Id(id) => (bulk_place(place), id, None),
                DeleteRequest::Seen(seen) => (format!("{}.id", bulk_place(place)), &seen.id, Some(seen.revision)),
            };
            let id = only_id(field, id, RecordId::new)?;
            steps.push((place, BulkStep::Delete(Seen { id, revision })));
        }
        Ok(Bulk { steps, upsert_key: upsert_key.clone() })
    }
}

impl BulkResponse {
    fn new(done: &BulkDone, form: RecordForm) -> Result<Self, AppError> {
        let mut response =
            Self { created: Vec::new(), changed: Vec::new(), unchanged: Vec::new(), deleted: Vec::new() };
        for effect in &done.effects {
            let view = |record| RecordView::new(&done.table, record, form);
            match effect {
                BulkEffect::Created(record) => response.created.push(view(record)?),
                BulkEffect::Changed(record) => response.changed.push(view(record)?),
                BulkEffect::Unchanged(record) => response.unchanged.push(view(record)?),
                BulkEffect::Deleted(id) => response.deleted.push(id.get().to_string()),
            }
        }
        Ok(response)
    }
}

/// Change many records.
///
/// Creates, changes, upserts and deletes in one transaction: all of it happens, or none. With `Idempotency-Key` a
/// repeat has one effect.
#[utoipa::path(
    post,
    path = "/api/entities/{entity_id}/records:bulk",
    tag = "tables",
    params(
        ("entity_id" = String, Path, format = Uuid, description = "The entity type"),
        FormQuery,
        ("Idempotency-Key" = Option<String>, Header, description = "Repeats of the request have one effect")
    ),
    request_body = BulkRequest,
    responses((status = 200, body = BulkResponse))
)]
pub(crate) async fn change_records(
    request: HttpRequest,
    Guarded(actor, SeenInBody((query, body))): Guarded<WriteRecords, SeenInBody<(web::Query<FormQuery>, WrittenJson)>>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
    http: web::Data<HttpState>,
) -> Result<HttpResponse, Problem> {
    let (id, by, form) = (entity_id(&path)?, actor.mandate()?, query.form()?);
    let content = Content::new(body.bytes()).with(request.query_string().as_bytes());
    let ticket = http.idempotency.ticket(&request, &actor, actor.company(), "change_records", content)?;
    let work = move |keeping: Keeping| async move {
        let use_cases = use_cases.into_inner();
        blocking::run(move || -> Result<_, Problem> {
            use_cases.tables.find(&by, id)?;
            let asked: BulkRequest<'_> = body.parse()?;
            let bulk = asked.understood(form.keys)?;
            let render = |done: &BulkDone| Answered(StatusCode::OK, BulkResponse::new(done, form)?).written();
            Ok(keeping.answer(render, |receipt| use_cases.records.bulk(&by, id, &bulk, receipt))?)
        })
        .await
    };
    ticket.run(work).await
}
