//! Views of records.

use atalaya_application::AppError;
use atalaya_application::error::Resource;
use atalaya_application::ports::views::{ViewReader, ViewWriter};
use atalaya_domain::id::{CompanyId, EntityId, UserId, ViewId};
use atalaya_domain::tables::{View, ViewName};
use atalaya_domain::text::folded;
use chrono::NaiveDateTime;
use diesel::dsl::auto_type;
use diesel::prelude::*;

use super::{bytes, identifier};
use crate::persistence::error::Expecting;
use crate::persistence::own::{Own, own};
use crate::persistence::rows::{loaded, stored};
use crate::persistence::schema::record_views;
use crate::persistence::store::Tenant;

/// A view.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = record_views)]
struct ViewRow {
    id: Vec<u8>,
    owner_id: i64,
    name: String,
    shared: bool,
    query: String,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

impl ViewRow {
    fn into_domain(self) -> Result<View, AppError> {
        Ok(View {
            id: ViewId::new(identifier("record_views.id", &self.id)?),
            owner: UserId::new(self.owner_id),
            name: ViewName::stored(self.name),
            shared: self.shared,
            query: self.query,
            created_at: loaded(self.created_at),
            updated_at: loaded(self.updated_at),
        })
    }
}

/// The views of an entity type.
#[auto_type]
fn views_of(company: CompanyId, entity: EntityId) -> _ {
    let entity: Vec<u8> = bytes(entity.get());
    let views: Own<record_views::table> = own::<record_views::table>(company);
    views.filter(record_views::entity_id.eq(entity))
}

/// One view.
#[auto_type(no_type_alias)]
fn view(company: CompanyId, entity: EntityId, id: ViewId) -> _ {
    let id: Vec<u8> = bytes(id.get());
    let views: views_of = views_of(company, entity);
    views.filter(record_views::id.eq(id))
}

impl Tenant<'_, '_> {
    /// Deletes all views of an entity type.
    pub(super) fn forget_views(&mut self, entity: EntityId) -> Result<(), AppError> {
        diesel::delete(views_of(self.scope.company(), entity)).execute(self.conn()).or_fault()?;
        Ok(())
    }
}

impl ViewReader for Tenant<'_, '_> {
    fn seen_by(&mut self, entity: EntityId, reader: UserId) -> Result<Vec<View>, AppError> {
        let rows: Vec<ViewRow> = views_of(self.scope.company(), entity)
            .filter(record_views::shared.eq(true).or(record_views::owner_id.eq(reader.get())))
            .order(record_views::id)
            .select(ViewRow::as_select())
            .load(self.conn())
            .or_fault()?;
        let mut views = rows.into_iter().map(ViewRow::into_domain).collect::<Result<Vec<View>, _>>()?;
        // The databases do not agree on how names sort.
        views.sort_by_cached_key(|view| folded(view.name.as_str()));
        Ok(views)
    }

    fn find(&mut self, entity: EntityId, id: ViewId) -> Result<Option<View>, AppError> {
        let found: Option<ViewRow> = view(self.scope.company(), entity, id)
            .select(ViewRow::as_select())
            .first(self.conn())
            .optional()
            .or_fault()?;
        found.map(ViewRow::into_domain).transpose()
    }

    fn count_of(&mut self, entity: EntityId, owner: UserId) -> Result<usize, AppError> {
        let number: i64 = views_of(self.scope.company(), entity)
            .filter(record_views::owner_id.eq(owner.get()))
            .count()
            .get_result(self.conn())
            .or_fault()?;
        usize::try_from(number).map_err(AppError::internal)
    }
}

impl ViewWriter for Tenant<'_, '_> {
    fn insert(&mut self, entity: EntityId, view: &View) -> Result<(), AppError> {
        diesel::insert_into(record_views::table)
            .values((
                record_views::company_id.eq(self.scope.company().get()),
                record_views::entity_id.eq(bytes(entity.get())),
                record_views::id.eq(bytes(view.id.get())),
                record_views::owner_id.eq(view.owner.get()),
                record_views::name.eq(view.name.as_str()),
                record_views::shared.eq(view.shared),
                record_views::query.eq(&view.query),
                record_views::created_at.eq(stored(view.created_at)),
                record_views::updated_at.eq(stored(view.updated_at)),
            ))
            .execute(self.conn())
            .or_fault()?;
        Ok(())
    }

    fn change(&mut self, entity: EntityId, changed: &View) -> Result<(), AppError> {
        let rows = diesel::update(view(self.scope.company(), entity, changed.id))
            .set((
                record_views::name.eq(changed.name.as_str()),
                record_views::shared.eq(changed.shared),
                record_views::query.eq(&changed.query),
                record_views::updated_at.eq(stored(changed.updated_at)),
            ))
            .execute(self.conn())
            .or_fault()?;
        if rows == 0 { Err(AppError::NotFound(Resource::View)) } else { Ok(()) }
    }

    fn delete(&mut self, entity: EntityId, id: ViewId) -> Result<(), AppError> {
        let rows = diesel::delete(view(self.scope.company(), entity, id)).execute(self.conn()).or_fault()?;
        if rows == 0 { Err(AppError::NotFound(Resource::View)) } else { Ok(()) }
    }
}
