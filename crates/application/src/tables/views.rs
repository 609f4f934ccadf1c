//! Views of records: who sees, keeps and shares them.

use std::sync::Arc;

use atalaya_domain::access::{Actor, Permission, Role};
use atalaya_domain::audit::AuditAction;
use atalaya_domain::company::Company;
use atalaya_domain::id::{EntityId, UserId, ViewId};
use atalaya_domain::mandate::{Mandate, ReadRecords};
use atalaya_domain::tables::{Closed, Table, UserLevel, View, ViewDraft};

use super::checks::opened;
use crate::error::{AppError, Conflict, Forbidden, Resource};
use crate::ports::runtime::{Clock, Identifiers};
use crate::ports::store::{Store, UnitOfWork};
use crate::ports::views::ViewReader;

/// What a view is to be, told once the table and its company are known: names of fields are those of that moment.
pub type AskedView<'a> = &'a dyn Fn(&Table, &Company) -> Result<ViewDraft, AppError>;

/// A view, and who wants to use it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ViewUse {
    /// The view.
    pub view: ViewId,
    /// Who.
    pub reader: UserId,
}

/// A view with the table that says what its fields are.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundView {
    /// The table.
    pub table: Table,
    /// The view.
    pub view: View,
}

/// Keeping views.
pub trait Views: Send + Sync {
    /// One's own views of an entity type and those that are shared, by name.
    ///
    /// # Errors
    /// `NotFound(Entity)`.
    fn list(&self, by: &Mandate<ReadRecords>, id: EntityId) -> Result<(Table, Vec<View>), AppError>;

    /// A view of one's own, or one that is shared.
    ///
    /// # Errors
    /// `NotFound(Entity)`; `NotFound(View)` alike for somebody else's own and for one that does not exist.
    fn find(&self, by: &Mandate<ReadRecords>, id: EntityId, view: ViewId) -> Result<FoundView, AppError>;

    /// Makes a view of one's own, or one for everybody.
    ///
    /// # Errors
    /// `NotFound(Entity)`; those of `asked`; `Forbidden` where it is to be shared and its records may not be written;
    /// `Conflict(TooManyViews)`.
    fn create(&self, by: &Mandate<ReadRecords>, id: EntityId, asked: AskedView<'_>) -> Result<FoundView, AppError>;

    /// Changes a view of one's own; an administrator changes each that is shared.
    ///
    /// # Errors
    /// `NotFound(Entity)`, `NotFound(View)`; those of `asked`; `Forbidden(Role)` for what others share, and as
    /// [`Self::create`].
    fn change(
        &self,
        by: &Mandate<ReadRecords>,
        id: EntityId,
        view: ViewId,
        asked: AskedView<'_>,
    ) -> Result<FoundView, AppError>;

    /// Deletes a view of one's own; an administrator deletes each that is shared.
    ///
    /// # Errors
    /// `NotFound(Entity)`, `NotFound(View)`; `Forbidden(Role)` for what others share.
    fn delete(&self, by: &Mandate<ReadRecords>, id: EntityId, view: ViewId) -> Result<(), AppError>;
}

/// [`Views`] on the ports.
pub struct ViewService {
    /// A company's data.
    pub store: Arc<dyn Store>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Ids of views.
    pub identifiers: Arc<dyn Identifiers>,
}

/// A view that somebody sees.
///
/// # Errors
/// `NotFound(View)`.
pub(super) fn seen<R: ViewReader + ?Sized>(views: &mut R, entity: EntityId, wanted: ViewUse) -> Result<View, AppError> {
    let found = views.find(entity, wanted.view)?.filter(|view| view.is_seen_by(wanted.reader));
    found.ok_or(AppError::NotFound(Resource::View))
}

/// Views are people's, and nobody else's.
fn person(by: &Mandate<ReadRecords>) -> Result<&Actor, AppError> {
    by.principal().person().ok_or(AppError::Forbidden(Forbidden::Role))
}

/// Holds it against whoever shares that they may write records of the table.
fn check_sharing(actor: &Actor, table: &Table, draft: &ViewDraft) -> Result<(), AppError> {
    if !draft.shared {
        return Ok(());
    }
    if !actor.role().allows(Permission::WriteRecords) {
        return Err(AppError::Forbidden(Forbidden::Role));
    }
    if table.level() == UserLevel::Read { Err(Closed::ReadOnly.into()) } else { Ok(()) }
}

/// Holds it against one more shared view that everybody reads all of them.
fn check_room(
    unit: &mut dyn UnitOfWork,
    actor: &Actor,
    entity: EntityId,
    is_shared_anew: bool,
) -> Result<(), AppError> {
    if !is_shared_anew {
        return Ok(());
    }
    let shared = unit.views().seen_by(entity, actor.user())?.iter().filter(|view| view.shared).count();
    if shared >= View::MOST_SHARED { Err(AppError::Conflict(Conflict::TooManyViews)) } else { Ok(()) }
}

/// A view that somebody may change.
fn changeable(unit: &mut dyn UnitOfWork, actor: &Actor, entity: EntityId, view: ViewId) -> Result<View, AppError> {
    let view = seen(unit.views(), entity, ViewUse { view, reader: actor.user() })?;
    if view.owner != actor.user() && actor.role() != Role::Admin {
        return Err(AppError::Forbidden(Forbidden::Role));
    }
    Ok(view)
}

impl ViewService {
    /// Tells the audit log what was done to a view of everybody.
    fn tell(
        &self,
        unit: &mut dyn UnitOfWork,
        by: &Mandate<ReadRecords>,
        action: AuditAction,
        table: &Table,
        view: &View,
    ) -> Result<(), AppError> {
        let told = format!("{}: {}", table.entity.name.as_str(), view.id.get());
        unit.audit(&by.event(action, self.clock.now()).on(told))
    }
}

impl Views for ViewService {
    fn list(&self, by: &Mandate<ReadRecords>, id: EntityId) -> Result<(Table, Vec<View>), AppError> {
        let reader = person(by)?.user();
        self.store.query_apart(&by.scope(), |view| {
            let table = opened(view.entities(), by, id)?;
            Ok((table, view.views().seen_by(id, reader)?))
        })
    }

    fn find(&self, by: &Mandate<ReadRecords>, id: EntityId, view: ViewId) -> Result<FoundView, AppError> {
        let wanted = ViewUse { view, reader: person(by)?.user() };
        self.store.query_apart(&by.scope(), |view| {
            let table = opened(view.entities(), by, id)?;
            Ok(FoundView { table, view: seen(view.views(), id, wanted)? })
        })
    }

    fn create(&self, by: &Mandate<ReadRecords>, id: EntityId, asked: AskedView<'_>) -> Result<FoundView, AppError> {
        let (actor, view, now) = (person(by)?, self.identifiers.view(), self.clock.now());
        self.store.transaction(&by.scope(), |unit| {
            let table = opened(unit.entities(), by, id)?;
            let draft = asked(&table, &unit.accounts().company()?)?;
            check_sharing(actor, &table, &draft)?;
            if unit.views().count_of(id, actor.user())? >= View::MOST {
                return Err(AppError::Conflict(Conflict::TooManyViews));
            }
            check_room(unit, actor, id, draft.shared)?;
            let ViewDraft { name, shared, query } = draft;
            let view = View { id: view, owner: actor.user(), name, shared, query, created_at: now, updated_at: now };
            unit.views().insert(id, &view)?;
            if view.shared {
                self.tell(unit, by, AuditAction::ViewShared, &table, &view)?;
            }
            Ok(FoundView { table, view })
        })
    }

    fn change(
        &self,
        by: &Mandate<ReadRecords>,
        id: EntityId,
        view: ViewId,
        asked: AskedView<'_>,
    ) -> Result<FoundView, AppError> {
        let (actor, now) = (person(by)?, self.clock.now());
        self.store.transaction(&by.scope(), |unit| {
            let table = opened(unit.entities(), by, id)?;
            let before = changeable(unit, actor, id, view)?;
            let draft = asked(&table, &unit.accounts().company()?)?;
            check_sharing(actor, &table, &draft)?;
            let was_shared = before.shared;
            check_room(unit, actor, id, draft.shared && !was_shared)?;
            let ViewDraft { name, shared, query } = draft;
            let view = View { name, shared, query, updated_at: now, ..before };
            unit.views().change(id, &view)?;
            match (was_shared, view.shared) {
                (false, false) => {}
                (false, true) => self.tell(unit, by, AuditAction::ViewShared, &table, &view)?,
                (true, _) => self.tell(unit, by, AuditAction::ViewChanged, &table, &view)?,
            }
            Ok(FoundView { table, view })
        })
    }

    fn delete(&self, by: &Mandate<ReadRecords>, id: EntityId, view: ViewId) -> Result<(), AppError> {
        let actor = person(by)?;
        self.store.transaction(&by.scope(), |unit| {
            let table = opened(unit.entities(), by, id)?;
            let view = changeable(unit, actor, id, view)?;
            unit.views().delete(id, view.id)?;
            if view.shared { self.tell(unit, by, AuditAction::ViewDeleted, &table, &view) } else { Ok(()) }
        })
    }
}
