//! Keeping views: what somebody asks for of an entity type again and again.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use atalaya_application::error::Violation;
use atalaya_application::tables::FoundView;
use atalaya_application::{AppError, UseCases};
use atalaya_domain::company::Company;
use atalaya_domain::id::{EntityId, UserId, ViewId};
use atalaya_domain::mandate::ReadRecords;
use atalaya_domain::tables::{Keys, Table, View, ViewDraft, ViewName};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::asked::Asked;
use super::entities::entity_id;
use super::filter::{FilterView, Node};
use super::form::{FormQuery, form};
use super::input::WrittenJson;
use super::only_id;
use super::values::{RecordForm, moment};
use super::view_query::{ViewQuery, kept};
use crate::api::parse::Rules;
use crate::api::schemas::KeysWord;
use crate::http::blocking;
use crate::http::extract::{Guarded, Permitted};
use crate::http::problem::Problem;
use crate::http::respond::{Answered, Polled};

/// What a view is to be.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ViewRequest<'a> {
    /// What people call it.
    #[schema(min_length = 1, max_length = 100, example = "Campañas caras")]
    name: String,
    /// Whether everybody sees it who reads the records; whoever writes them may share.
    #[serde(default)]
    shared: bool,
    /// Which records; all where it is left out.
    #[serde(borrow, default)]
    #[schema(value_type = Option<FilterView>)]
    filter: Option<&'a RawValue>,
    /// Words that texts of the record have.
    q: Option<String>,
    /// Fields in the order in which they sort, `-` in front for the largest first.
    #[serde(default)]
    #[schema(max_items = 5)]
    sort: Vec<String>,
    /// The fields that are shown, in their order; all where it is left out.
    #[serde(default)]
    #[schema(max_items = 200)]
    fields: Vec<String>,
    /// By what `filter`, `sort` and `fields` name fields. The view keeps the fields, whatever they are called later.
    #[schema(value_type = Option<KeysWord>)]
    keys: Option<String>,
}

/// A view.
#[derive(Serialize, ToSchema)]
pub(crate) struct SavedView {
    /// Its id.
    #[schema(format = Uuid)]
    id: String,
    /// What people call it.
    name: String,
    /// Whether everybody sees it who reads the records.
    shared: bool,
    /// Whether it is one's own.
    own: bool,
    /// When it was made.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was changed last.
    #[schema(format = DateTime)]
    updated_at: String,
    /// Which records; `null` for all.
    #[schema(required = true, value_type = Option<FilterView>)]
    filter: Option<Node>,
    /// Words that texts of the record have.
    #[schema(required = true)]
    q: Option<String>,
    /// Fields in the order in which they sort, `-` in front for the largest first.
    sort: Vec<String>,
    /// The fields that are shown; all where there is none.
    fields: Vec<String>,
    /// The ids of fields that the view named and that are not there any more: it goes without them.
    missing_fields: Vec<String>,
}

impl SavedView {
    fn new(table: &Table, view: &View, reader: UserId, keys: Keys) -> Result<Self, AppError> {
        let (query, missing) = ViewQuery::of(view)?.living(table);
        let ViewQuery { filter, q, sort, fields } = query.renamed(table, Keys::Ids, keys);
        Ok(Self {
            id: view.id.get().to_string(),
            name: view.name.as_str().to_owned(),
            shared: view.shared,
            own: view.owner == reader,
            created_at: moment(view.created_at),
            updated_at: moment(view.updated_at),
            filter,
            q,
            sort,
            fields,
            missing_fields: missing.into_iter().map(|id| id.get().to_string()).collect(),
        })
    }
}

impl ViewRequest<'_> {
    fn understood(&self) -> Result<(ViewName, RecordForm), Vec<Violation>> {
        let mut rules = Rules::default();
        let name = rules.text("name", &self.name, ViewName::parse);
        let form = rules.take_all(form(self.keys.as_deref(), None));
        rules.finish(name.zip(form))
    }

    fn draft(
        &self,
        name: &ViewName,
        form: RecordForm,
        table: &Table,
        company: &Company,
    ) -> Result<ViewDraft, AppError> {
        let asked = Asked { filter: self.filter, q: self.q.as_deref(), sort: &self.sort, fields: &self.fields };
        let query = kept(&asked, table, company, form)?;
        Ok(ViewDraft { name: name.clone(), shared: self.shared, query })
    }
}

/// The ids of an entity type and of one of its views in a path.
fn ids((entity, view): &(String, String)) -> Result<(EntityId, ViewId), Problem> {
    Ok((entity_id(entity)?, only_id("view_id", view, ViewId::new)?))
}

/// List views.
///
/// One's own, and those that are shared, by name.
#[utoipa::path(
    get,
    path = "/api/entities/{entity_id}/views",
    tag = "tables",
    params(("entity_id" = String, Path, format = Uuid, description = "The entity type"), FormQuery),
    responses((status = 200, body = Vec<SavedView>))
)]
pub(crate) async fn list_views(
    Guarded(actor, query): Guarded<ReadRecords, web::Query<FormQuery>>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
) -> Result<Polled<Vec<SavedView>>, Problem> {
    let (id, by, form) = (entity_id(&path)?, actor.mandate()?, query.form()?);
    let (reader, use_cases) = (actor.actor().user(), use_cases.into_inner());
    let list = move || {
        let (table, views) = use_cases.views.list(&by, id)?;
        views.iter().map(|view| SavedView::new(&table, view, reader, form.keys)).collect::<Result<_, _>>()
    };
    blocking::call(list).await.map(Polled)
}

/// Make a view.
///
/// Everybody who reads records keeps views of their own, at most 100 of an entity type. Whoever writes records may
/// share one. What is asked for is judged as `POST …/records:query` does, when it is kept and whenever it is used.
#[utoipa::path(
    post,
    path = "/api/entities/{entity_id}/views",
    tag = "tables",
    params(("entity_id" = String, Path, format = Uuid, description = "The entity type")),
    request_body = ViewRequest,
    responses((status = 201, body = SavedView))
)]
pub(crate) async fn create_view(
    Guarded(actor, body): Guarded<ReadRecords, WrittenJson>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
) -> Result<Answered<SavedView>, Problem> {
    let (id, by, use_cases) = (entity_id(&path)?, actor.mandate()?, use_cases.into_inner());
    let reader = actor.actor().user();
    let made = blocking::run(move || -> Result<_, Problem> {
        use_cases.tables.find(&by, id)?;
        let request: ViewRequest<'_> = body.parse()?;
        let (name, form) = request.understood()?;
        let asked = |table: &Table, company: &Company| request.draft(&name, form, table, company);
        let FoundView { table, view } = use_cases.views.create(&by, id, &asked)?;
        Ok(SavedView::new(&table, &view, reader, form.keys)?)
    })
    .await?;
    Ok(Answered(StatusCode::CREATED, made))
}

/// Show a view.
///
/// One's own, or one that is shared.
#[utoipa::path(
    get,
    path = "/api/entities/{entity_id}/views/{view_id}",
    tag = "tables",
    params(
        ("entity_id" = String, Path, format = Uuid, description = "The entity type"),
        ("view_id" = String, Path, format = Uuid, description = "The view"),
        FormQuery
    ),
    responses((status = 200, body = SavedView))
)]
pub(crate) async fn get_view(
    Guarded(actor, query): Guarded<ReadRecords, web::Query<FormQuery>>,
    path: web::Path<(String, String)>,
    use_cases: web::Data<UseCases>,
) -> Result<Polled<SavedView>, Problem> {
    let ((id, view), by, form) = (ids(&path)?, actor.mandate()?, query.form()?);
    let (reader, use_cases) = (actor.actor().user(), use_cases.into_inner());
    let read = move || {
        let FoundView { table, view } = use_cases.views.find(&by, id, view)?;
        SavedView::new(&table, &view, reader, form.keys)
    };
    blocking::call(read).await.map(Polled)
}

/// Change a view.
///
/// It is from then on what is sent. A shared view is changed by its owner or by an administrator.
#[utoipa::path(
    put,
    path = "/api/entities/{entity_id}/views/{view_id}",
    tag = "tables",
    params(
        ("entity_id" = String, Path, format = Uuid, description = "The entity type"),
        ("view_id" = String, Path, format = Uuid, description = "The view")
    ),
    request_body = ViewRequest,
    responses((status = 200, body = SavedView))
)]
pub(crate) async fn change_view(
    Guarded(actor, body): Guarded<ReadRecords, WrittenJson>,
    path: web::Path<(String, String)>,
    use_cases: web::Data<UseCases>,
) -> Result<Answered<SavedView>, Problem> {
    let ((id, view), by, use_cases) = (ids(&path)?, actor.mandate()?, use_cases.into_inner());
    let reader = actor.actor().user();
    let changed = blocking::run(move || -> Result<_, Problem> {
        use_cases.views.find(&by, id, view)?;
        let request: ViewRequest<'_> = body.parse()?;
        let (name, form) = request.understood()?;
        let asked = |table: &Table, company: &Company| request.draft(&name, form, table, company);
        let FoundView { table, view } = use_cases.views.change(&by, id, view, &asked)?;
        Ok(SavedView::new(&table, &view, reader, form.keys)?)
    })
    .await?;
    Ok(Answered(StatusCode::OK, changed))
}

/// Delete a view.
///
/// For good. A shared view is deleted by its owner or by an administrator.
#[utoipa::path(
    delete,
    path = "/api/entities/{entity_id}/views/{view_id}",
    tag = "tables",
    params(
        ("entity_id" = String, Path, format = Uuid, description = "The entity type"),
        ("view_id" = String, Path, format = Uuid, description = "The view")
    ),
    responses((status = 204, description = "Deleted"))
)]
pub(crate) async fn delete_view(
    actor: Permitted<ReadRecords>,
    path: web::Path<(String, String)>,
    use_cases: web::Data<UseCases>,
) -> Result<HttpResponse, Problem> {
    let ((id, view), by, use_cases) = (ids(&path)?, actor.mandate()?, use_cases.into_inner());
    blocking::call(move || use_cases.views.delete(&by, id, view)).await?;
    Ok(HttpResponse::NoContent().finish())
}
