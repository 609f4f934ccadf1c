//! Keeping records.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use atalaya_application::error::{Field as Named, Violation};
use atalaya_application::tables::{FoundRecord, of_broken};
use atalaya_application::{AppError, Precondition, UseCases};
use atalaya_domain::id::{EntityId, FieldId, RecordId};
use atalaya_domain::mandate::{ReadRecords, WriteRecords};
use atalaya_domain::tables::searched;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::entities::entity_id;
use super::expansion::expand;
use super::form::{FormQuery, ShowQuery};
use super::input::WrittenJson;
use super::paging::whole_number;
use super::record_view::RecordView;
use super::seen::Seeing;
use super::selection::selected;
use super::values::{DataView, RecordForm};
use super::{named_id, only_id};
use crate::api::parse::Rules;
use crate::http::blocking;
use crate::http::extract::{Guarded, Permitted};
use crate::http::idempotency::{Content, Keeping};
use crate::http::problem::Problem;
use crate::http::respond::{Answered, JSON, Polled, PolledResponse, Written};
use crate::http::state::HttpState;

/// The values of a record: its own for what is sent, `null` for none.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body, which is read from its text")]
pub(crate) struct RecordRequest {
    /// Values by the names, or ids, of their fields.
    data: DataView,
}

/// The ids of an entity type and of one of its records in a path.
pub(crate) fn ids((entity, record): &(String, String)) -> Result<(EntityId, RecordId), Problem> {
    Ok((entity_id(entity)?, only_id("record_id", record, RecordId::new)?))
}

/// Create a record.
///
/// What is not sent has its field's default, or no value. With `Idempotency-Key` a repeat has one effect.
#[utoipa::path(
    post,
    path = "/api/entities/{entity_id}/records",
    tag = "tables",
    params(
        ("entity_id" = String, Path, format = Uuid, description = "The entity type"),
        FormQuery,
        ("Idempotency-Key" = Option<String>, Header, description = "Repeats of the request have one effect")
    ),
    request_body = RecordRequest,
    responses((status = 201, body = RecordView))
)]
pub(crate) async fn create_record(
    request: HttpRequest,
    Guarded(actor, (query, body)): Guarded<WriteRecords, (web::Query<FormQuery>, WrittenJson)>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
    http: web::Data<HttpState>,
) -> Result<HttpResponse, Problem> {
    let (id, by, form) = (entity_id(&path)?, actor.mandate()?, query.form()?);
    let content = Content::new(body.bytes()).with(request.query_string().as_bytes());
    let ticket = http.idempotency.ticket(&request, &actor, actor.company(), "create_record", content)?;
    let work = move |keeping: Keeping| async move {
        let use_cases = use_cases.into_inner();
        blocking::run(move || -> Result<_, Problem> {
            use_cases.tables.find(&by, id)?;
            let draft = body.draft(form.keys)?;
            let render = |found: &FoundRecord| Answered(StatusCode::CREATED, RecordView::found(found, form)?).written();
            Ok(keeping.answer(render, |receipt| use_cases.records.create(&by, id, &draft, receipt))?)
        })
        .await
    };
    ticket.run(work).await
}

/// Show a record.
///
/// The `ETag` goes into `If-Match` to change exactly what was read, whatever of it was shown.
#[utoipa::path(
    get,
    path = "/api/entities/{entity_id}/records/{record_id}",
    tag = "tables",
    params(
        ("entity_id" = String, Path, format = Uuid, description = "The entity type"),
        ("record_id" = String, Path, format = Uuid, description = "The record"),
        ShowQuery
    ),
    responses((status = 200, body = RecordView))
)]
pub(crate) async fn get_record(
    request: HttpRequest,
    Guarded(actor, query): Guarded<ReadRecords, web::Query<ShowQuery>>,
    path: web::Path<(String, String)>,
    use_cases: web::Data<UseCases>,
) -> Result<PolledResponse, Problem> {
    let ((id, record), by, form) = (ids(&path)?, actor.mandate()?, query.form()?);
    let use_cases = use_cases.into_inner();
    let names = |named: &Option<String>| named.clone().unwrap_or_default();
    let (fields, paths) = (names(&query.fields), names(&query.expand));
    let expand = expand(form.keys, paths.split(','))?;
    let written = blocking::call(move || {
        let (found, expanded) = use_cases.records.find(&by, id, record, &expand)?;
        let whole = RecordView::found(&found, form)?;
        let FoundRecord { table, record } = found;
        let fields = selected(&table, form.keys, fields.split(',')).map_err(AppError::InvalidFilter)?;
        let table = match fields {
            Some(fields) => table.showing(&fields),
            None => table,
        };
        Written::shown(&whole, &RecordView::with(&table, &record, &expanded, form)?)
    })
    .await?;
    Ok(written.answer(&request, JSON))
}

/// Change a record.
///
/// What is not sent stays as it is, and `null` clears. With `If-Match` only what was read is changed.
#[utoipa::path(
    put,
    path = "/api/entities/{entity_id}/records/{record_id}",
    tag = "tables",
    params(
        ("entity_id" = String, Path, format = Uuid, description = "The entity type"),
        ("record_id" = String, Path, format = Uuid, description = "The record"),
        FormQuery
    ),
    request_body = RecordRequest,
    responses((status = 200, body = RecordView))
)]
pub(crate) async fn replace_record(
    given: Guarded<WriteRecords, Seeing<(web::Query<FormQuery>, WrittenJson)>>,
    path: web::Path<(String, String)>,
    use_cases: web::Data<UseCases>,
) -> Result<Answered<RecordView>, Problem> {
    rewrite(given, path, use_cases).await
}

/// Change some values of a record.
///
/// As PUT: what is not sent stays as it is, and `null` clears.
#[utoipa::path(
    patch,
    path = "/api/entities/{entity_id}/records/{record_id}",
    tag = "tables",
    params(
        ("entity_id" = String, Path, format = Uuid, description = "The entity type"),
        ("record_id" = String, Path, format = Uuid, description = "The record"),
        FormQuery
    ),
    request_body = RecordRequest,
    responses((status = 200, body = RecordView))
)]
pub(crate) async fn change_record(
    given: Guarded<WriteRecords, Seeing<(web::Query<FormQuery>, WrittenJson)>>,
    path: web::Path<(String, String)>,
    use_cases: web::Data<UseCases>,
) -> Result<Answered<RecordView>, Problem> {
    rewrite(given, path, use_cases).await
}

async fn rewrite(
    given: Guarded<WriteRecords, Seeing<(web::Query<FormQuery>, WrittenJson)>>,
    path: web::Path<(String, String)>,
    use_cases: web::Data<UseCases>,
) -> Result<Answered<RecordView>, Problem> {
    let Guarded(actor, Seeing((query, body), seen)) = given;
    let ((id, record), by, form) = (ids(&path)?, actor.mandate()?, query.form()?);
    let use_cases = use_cases.into_inner();
    let changed = blocking::run(move || -> Result<_, Problem> {
        use_cases.tables.find(&by, id)?;
        let draft = body.draft(form.keys)?;
        let is_as_seen = seen.check(form);
        let expected = is_as_seen.as_ref().map(|check| check as Precondition<'_, _>);
        Ok(RecordView::found(&use_cases.records.change(&by, id, record, &draft, expected)?, form)?)
    })
    .await?;
    Ok(Answered(StatusCode::OK, changed))
}

/// Delete a record.
///
/// It goes into the trash, and can be restored. Where records point to it, their relations say whether it may
/// be deleted, and what becomes of them.
#[utoipa::path(
    delete,
    path = "/api/entities/{entity_id}/records/{record_id}",
    tag = "tables",
    params(
        ("entity_id" = String, Path, format = Uuid, description = "The entity type"),
        ("record_id" = String, Path, format = Uuid, description = "The record"),
        FormQuery
    ),
    responses((status = 204, description = "In the trash"))
)]
pub(crate) async fn delete_record(
    Guarded(actor, Seeing(query, seen)): Guarded<WriteRecords, Seeing<web::Query<FormQuery>>>,
    path: web::Path<(String, String)>,
    use_cases: web::Data<UseCases>,
) -> Result<HttpResponse, Problem> {
    let ((id, record), by, form) = (ids(&path)?, actor.mandate()?, query.form()?);
    let use_cases = use_cases.into_inner();
    blocking::call(move || {
        let is_as_seen = seen.check(form);
        let expected = is_as_seen.as_ref().map(|check| check as Precondition<'_, _>);
        use_cases.records.delete(&by, id, record, expected)
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// A record to choose.
#[derive(Serialize, ToSchema)]
pub(crate) struct ChoiceView {
    /// The record.
    #[schema(format = Uuid)]
    id: String,
    /// What people choose it by; empty where it has no value.
    display_value: String,
}

/// Which records to choose from.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct LookupQuery {
    /// What the display value has in it, without regard to letter case and accents.
    search: Option<String>,
    /// The most records, 1 to 100; 20 unless told.
    #[param(minimum = 1, maximum = 100, value_type = Option<u32>)]
    limit: Option<String>,
    /// The field of the relation that is to be filled: its display field is shown. Without it the display field of the
    /// newest relation to the entity type is, or the first text where none points to it.
    #[param(format = Uuid)]
    relation: Option<String>,
}

impl LookupQuery {
    const LIMIT: u32 = 20;
    const MOST: u32 = 100;

    fn understood(&self) -> Result<(u32, Option<FieldId>), Vec<Violation>> {
        let mut rules = Rules::default();
        let limit = match self.limit.as_deref() {
            None => Some(Self::LIMIT),
            Some(text) => rules.take(whole_number("limit", text, Self::MOST)),
        };
        let relation = self.relation.as_deref().map(|text| rules.take(named_id("relation", text, FieldId::new)));
        if let Some(search) = self.search.as_deref().filter(|search| !search.is_empty())
            && let Err(rule) = searched(search)
        {
            rules.broken(of_broken(Named::from("search"), &rule));
        }
        rules.finish(limit.map(|limit| (limit, relation.flatten())))
    }
}

/// Look up records to choose from.
///
/// By their display value, in its order; records without one come last.
#[utoipa::path(
    get,
    path = "/api/metadata/entities/{entity_id}/lookup",
    tag = "tables",
    params(("entity_id" = String, Path, format = Uuid, description = "The entity type"), LookupQuery),
    responses((status = 200, body = Vec<ChoiceView>))
)]
pub(crate) async fn look_up_records(
    Guarded(actor, query): Guarded<ReadRecords, web::Query<LookupQuery>>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
) -> Result<Polled<Vec<ChoiceView>>, Problem> {
    let (id, by) = (entity_id(&path)?, actor.mandate()?);
    let (limit, relation) = query.understood()?;
    let use_cases = use_cases.into_inner();
    let choices = blocking::call(move || {
        let search = query.search.as_deref().unwrap_or_default();
        use_cases.records.lookup(&by, id, relation, search, limit)
    })
    .await?;
    let view = |choice: atalaya_application::tables::Choice| ChoiceView {
        id: choice.id.get().to_string(),
        display_value: choice.display,
    };
    Ok(Polled(choices.into_iter().map(view).collect()))
}

/// Restore a record.
///
/// Out of the trash, with the values that it had.
#[utoipa::path(
    post,
    path = "/api/entities/{entity_id}/trash/{record_id}/restore",
    tag = "tables",
    params(
        ("entity_id" = String, Path, format = Uuid, description = "The entity type"),
        ("record_id" = String, Path, format = Uuid, description = "The record")
    ),
    responses((status = 200, body = RecordView))
)]
pub(crate) async fn restore_record(
    actor: Permitted<WriteRecords>,
    path: web::Path<(String, String)>,
    use_cases: web::Data<UseCases>,
) -> Result<Answered<RecordView>, Problem> {
    let ((id, record), by, use_cases) = (ids(&path)?, actor.mandate()?, use_cases.into_inner());
    let restore = move || RecordView::found(&use_cases.records.restore(&by, id, record)?, RecordForm::default());
    Ok(Answered(StatusCode::OK, blocking::call(restore).await?))
}
