//! Defining entity types.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use atalaya_application::UseCases;
use atalaya_application::error::Violation;
use atalaya_domain::id::EntityId;
use atalaya_domain::mandate::{DefineTables, ReadRecords};
use atalaya_domain::tables::{
    Change, DisplayName, Entity, EntityChange, EntityName, NewEntity, TableAccess, UserLevel, ViewerLevel,
};
use atalaya_domain::text::InvalidText;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::only_id;
use super::views::{EntityView, RelationshipView, TableView};
use crate::api::parse::{Rules, known_word};
use crate::api::schemas::{UserLevelWord, ViewerLevelWord};
use crate::http::blocking;
use crate::http::body::JsonBody;
use crate::http::extract::{Guarded, Permitted};
use crate::http::idempotency::{Content, Keeping};
use crate::http::object;
use crate::http::problem::Problem;
use crate::http::respond::{Answered, Polled};
use crate::http::state::HttpState;

/// An entity type to define.
#[derive(Deserialize, Validate, ToSchema)]
pub(crate) struct EntityRequest {
    /// Its name for programs, unique in the company without regard to letter case.
    #[schema(pattern = "^[A-Za-z_][A-Za-z0-9_]{0,99}$", example = "campaign")]
    name: String,
    /// What people read.
    #[schema(min_length = 1, max_length = 200, example = "Campañas")]
    display_name: String,
    /// What it is for.
    #[schema(max_length = 1000)]
    description: Option<String>,
    /// Who may do what with its records; what is left out, the roles may that they may at all.
    #[serde(default)]
    access: AccessRequest,
    /// Whether whoever changes or deletes a record has to send `If-Match`, or its revision.
    #[serde(default)]
    require_if_match: bool,
}

/// What the roles may do with the records of an entity type. Administrators may everything.
#[derive(Deserialize, Default, ToSchema)]
pub(crate) struct AccessRequest {
    /// What users may.
    #[schema(value_type = Option<UserLevelWord>)]
    user: Option<String>,
    /// What viewers may.
    #[schema(value_type = Option<ViewerLevelWord>)]
    viewer: Option<String>,
}

/// What to change of an entity type. Other members are passed over.
#[derive(Deserialize, Validate, ToSchema)]
pub(crate) struct EntityPatch {
    /// What people read.
    #[schema(min_length = 1, max_length = 200)]
    display_name: Option<String>,
    /// What it is for; `null` leaves it without.
    #[expect(clippy::option_option, reason = "absent and null are different things here")]
    #[serde(default, deserialize_with = "object::nullable")]
    #[schema(value_type = Option<String>, max_length = 1000)]
    description: Option<Option<String>>,
    /// Who may do what with its records; what is left out stays.
    #[serde(default)]
    access: AccessRequest,
    /// Whether whoever changes or deletes a record has to send `If-Match`, or its revision.
    require_if_match: Option<bool>,
    /// The names of the fields whose values together no two records may have: at most ten sets of two to eight. Records
    /// that lack one of the values are left out.
    #[schema(max_items = 10)]
    unique_together: Option<Vec<Vec<String>>>,
}

impl AccessRequest {
    fn understood(&self, rules: &mut Rules) -> Option<(Option<UserLevel>, Option<ViewerLevel>)> {
        let of_users = UserLevel::ALL.iter().map(|level| level.as_str());
        let user = self.user.as_deref().map(|text| known_word("access.user", text, of_users));
        let of_viewers = ViewerLevel::ALL.iter().map(|level| level.as_str());
        let viewer = self.viewer.as_deref().map(|text| known_word("access.viewer", text, of_viewers));
        let user = rules.take(user.transpose());
        user.zip(rules.take(viewer.transpose()))
    }
}

/// What an entity type or a field is for.
pub(super) fn description(text: &str) -> Result<String, InvalidText> {
    if text.chars().count() > Entity::MAX_DESCRIPTION {
        return Err(InvalidText::TooLong { max: Entity::MAX_DESCRIPTION });
    }
    if text.contains('\0') { Err(InvalidText::Character) } else { Ok(text.to_owned()) }
}

impl EntityRequest {
    fn into_command(self) -> Result<NewEntity, Vec<Violation>> {
        let mut rules = Rules::default();
        let name = rules.text("name", &self.name, EntityName::parse);
        let display_name = rules.text("display_name", &self.display_name, DisplayName::parse);
        let description = rules.optional("description", self.description.as_deref(), description);
        let access = self.access.understood(&mut rules).map(|(user, viewer)| {
            let widest = TableAccess::default();
            TableAccess { user: user.unwrap_or(widest.user), viewer: viewer.unwrap_or(widest.viewer) }
        });
        let requires_if_match = self.require_if_match;
        let command = name.zip(display_name).zip(description).zip(access);
        rules.finish(command.map(|(((name, display_name), description), access)| NewEntity {
            name,
            display_name,
            description,
            access,
            requires_if_match,
        }))
    }
}

impl EntityPatch {
    fn into_command(self) -> Result<EntityChange, Vec<Violation>> {
        let mut rules = Rules::default();
        let display_name = rules.optional("display_name", self.display_name.as_deref(), DisplayName::parse);
        let description = match self.description {
            None => Some(Change::Keep),
            Some(None) => Some(Change::Clear),
            Some(Some(text)) => rules.text("description", &text, description).map(Change::Set),
        };
        let access = self.access.understood(&mut rules);
        let (requires_if_match, unique_together) = (self.require_if_match, self.unique_together);
        let command = display_name.zip(description).zip(access);
        rules.finish(command.map(|((display_name, description), (user, viewer))| EntityChange {
            display_name,
            description,
            user,
            viewer,
            requires_if_match,
            unique_together,
        }))
    }
}

/// The id of an entity type in a path.
pub(crate) fn entity_id(text: &str) -> Result<EntityId, Problem> {
    only_id("entity_id", text, EntityId::new)
}

/// List the entity types.
///
/// All of the company, the newest first, without their fields.
#[utoipa::path(
    get,
    path = "/api/metadata/entities",
    tag = "tables",
    responses((status = 200, body = Vec<EntityView>))
)]
pub(crate) async fn list_entities(
    actor: Permitted<DefineTables>,
    use_cases: web::Data<UseCases>,
) -> Result<Polled<Vec<EntityView>>, Problem> {
    let (by, use_cases) = (actor.mandate()?, use_cases.into_inner());
    let entities = blocking::call(move || use_cases.tables.list(&by)).await?;
    Ok(Polled(entities.iter().map(EntityView::from).collect()))
}

/// Define an entity type.
///
/// It has no fields yet. With `Idempotency-Key` a repeat has one effect.
#[utoipa::path(
    post,
    path = "/api/metadata/entities",
    tag = "tables",
    params(("Idempotency-Key" = Option<String>, Header, description = "Repeats of the request have one effect")),
    request_body = EntityRequest,
    responses((status = 201, body = TableView))
)]
pub(crate) async fn define_entity(
    request: HttpRequest,
    Guarded(actor, body): Guarded<DefineTables, JsonBody>,
    use_cases: web::Data<UseCases>,
    http: web::Data<HttpState>,
) -> Result<HttpResponse, Problem> {
    let by = actor.mandate()?;
    let content = Content::new(body.bytes());
    let ticket = http.idempotency.ticket(&request, &actor, actor.company(), "define_entity", content)?;
    let work = move |keeping: Keeping| async move {
        let command = body.parse::<EntityRequest>()?.into_command()?;
        let use_cases = use_cases.into_inner();
        let render = |entity: &Entity| Answered(StatusCode::CREATED, TableView::defined(entity)).written();
        blocking::call(move || keeping.answer(render, |receipt| use_cases.tables.create(&by, &command, receipt))).await
    };
    ticket.run(work).await
}

/// Show an entity type.
///
/// With its fields, by their order.
#[utoipa::path(
    get,
    path = "/api/metadata/entities/{entity_id}",
    tag = "tables",
    params(("entity_id" = String, Path, format = Uuid, description = "The entity type")),
    responses((status = 200, body = TableView))
)]
pub(crate) async fn get_entity(
    actor: Permitted<DefineTables>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
) -> Result<Polled<TableView>, Problem> {
    let (id, by, use_cases) = (entity_id(&path)?, actor.mandate()?, use_cases.into_inner());
    blocking::call(move || TableView::new(&use_cases.tables.find(&by, id)?)).await.map(Polled)
}

/// Change an entity type.
///
/// Its names and description for people, who may do what with its records, and on which conditions. Its `name` never
/// changes, and members that are left out stay as they are.
#[utoipa::path(
    put,
    path = "/api/metadata/entities/{entity_id}",
    tag = "tables",
    params(("entity_id" = String, Path, format = Uuid, description = "The entity type")),
    request_body = EntityPatch,
    responses((status = 200, body = TableView))
)]
pub(crate) async fn change_entity(
    Guarded(actor, body): Guarded<DefineTables, JsonBody>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
) -> Result<Answered<TableView>, Problem> {
    let (id, by, use_cases) = (entity_id(&path)?, actor.mandate()?, use_cases.into_inner());
    let changed = blocking::run(move || -> Result<_, Problem> {
        use_cases.tables.find(&by, id)?;
        let change = body.parse::<EntityPatch>()?.into_command()?;
        Ok(TableView::new(&use_cases.tables.change(&by, id, &change)?)?)
    })
    .await?;
    Ok(Answered(StatusCode::OK, changed))
}

/// Delete an entity type.
///
/// It goes into the trash with its fields and records, and can be restored. Its name is free at once.
#[utoipa::path(
    delete,
    path = "/api/metadata/entities/{entity_id}",
    tag = "tables",
    params(("entity_id" = String, Path, format = Uuid, description = "The entity type")),
    responses((status = 204, description = "In the trash"))
)]
pub(crate) async fn delete_entity(
    actor: Permitted<DefineTables>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
) -> Result<HttpResponse, Problem> {
    let (id, by, use_cases) = (entity_id(&path)?, actor.mandate()?, use_cases.into_inner());
    blocking::call(move || use_cases.tables.delete(&by, id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// List the relations of an entity type.
///
/// Those of which it is either end, the newest first.
#[utoipa::path(
    get,
    path = "/api/metadata/entities/{entity_id}/relationships",
    tag = "tables",
    params(("entity_id" = String, Path, format = Uuid, description = "The entity type")),
    responses((status = 200, body = Vec<RelationshipView>))
)]
pub(crate) async fn list_relationships(
    actor: Permitted<DefineTables>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
) -> Result<Polled<Vec<RelationshipView>>, Problem> {
    let (id, by, use_cases) = (entity_id(&path)?, actor.mandate()?, use_cases.into_inner());
    let found = blocking::call(move || use_cases.tables.relationships(&by, id)).await?;
    Ok(Polled(found.iter().map(RelationshipView::from).collect()))
}

/// List the tables that one may read.
///
/// Every entity type of the company with its fields, the newest first, for whoever reads its records.
#[utoipa::path(get, path = "/api/entities", tag = "tables", responses((status = 200, body = Vec<TableView>)))]
pub(crate) async fn list_tables(
    actor: Permitted<ReadRecords>,
    use_cases: web::Data<UseCases>,
) -> Result<Polled<Vec<TableView>>, Problem> {
    let (by, use_cases) = (actor.mandate()?, use_cases.into_inner());
    blocking::call(move || use_cases.tables.schema(&by)?.iter().map(TableView::new).collect()).await.map(Polled)
}

/// Show a table that one may read.
///
/// The entity type with its fields, for whoever reads its records.
#[utoipa::path(
    get,
    path = "/api/entities/{entity_id}",
    tag = "tables",
    params(("entity_id" = String, Path, format = Uuid, description = "The entity type")),
    responses((status = 200, body = TableView))
)]
pub(crate) async fn get_table(
    actor: Permitted<ReadRecords>,
    path: web::Path<String>,
    use_cases: web::Data<UseCases>,
) -> Result<Polled<TableView>, Problem> {
    let (id, by, use_cases) = (entity_id(&path)?, actor.mandate()?, use_cases.into_inner());
    blocking::call(move || TableView::new(&use_cases.tables.find(&by, id)?)).await.map(Polled)
}
