//! What has to be there, and at rest, before something is done with a definition.

use atalaya_domain::id::{EntityId, FieldId};
use atalaya_domain::mandate::Mandate;
use atalaya_domain::tables::{Field, NewTarget, RelationTarget, Table, TablePermit};

use crate::error::{AppError, Conflict, Field as Named, Resource};
use crate::ports::store::UnitOfWork;
use crate::ports::tables::EntityReader;

/// The entity type of that id.
pub(super) fn known<R: EntityReader + ?Sized>(entities: &mut R, id: EntityId) -> Result<Table, AppError> {
    entities.find(id)?.ok_or(AppError::NotFound(Resource::Entity))
}

/// The entity type of that id, with the records that are there for who asks.
pub(super) fn opened<R, P>(entities: &mut R, by: &Mandate<P>, id: EntityId) -> Result<Table, AppError>
where
    R: EntityReader + ?Sized,
    P: TablePermit,
{
    Ok(known(entities, id)?.opened(by)?)
}

/// [`opened`] for a long unit of work, which nobody else writes beside: locked before anything of it is read.
pub(super) fn locked<P: TablePermit>(
    unit: &mut dyn UnitOfWork,
    by: &Mandate<P>,
    id: EntityId,
) -> Result<Table, AppError> {
    unit.entities().lock(id)?;
    opened(unit.entities(), by, id)
}

pub(super) fn known_field(table: &Table, id: FieldId) -> Result<Field, AppError> {
    table.field(id).cloned().ok_or(AppError::NotFound(Resource::Field))
}

/// The field that a relation's records are chosen by has to be one of the entity type that it points to.
///
/// # Errors
/// `NotFound(Entity)`; `Invalid` where there is no such field.
pub(super) fn check_target<R: EntityReader + ?Sized>(
    entities: &mut R,
    target: &NewTarget,
) -> Result<RelationTarget, AppError> {
    let table = known(entities, target.entity)?;
    let Some(display) = table.field_named(target.display_field.as_str()) else {
        return Err(AppError::invalid(Named::DisplayField, "no_such_field"));
    };
    let (entity, on_delete) = (target.entity, target.on_delete);
    Ok(RelationTarget { entity, display: display.number, display_name: Some(display.name.clone()), on_delete })
}

/// Refuses what would end a rule that is about other fields too.
///
/// # Errors
/// `Conflict(FieldInUniqueSet)`.
pub(super) fn check_in_no_set(table: &Table, field: &Field) -> Result<(), AppError> {
    let is_in_one = table.entity.unique_together.iter().any(|set| set.has(field.number));
    if is_in_one { Err(AppError::Conflict(Conflict::FieldInUniqueSet)) } else { Ok(()) }
}

/// Refuses what would cross with a job that gives the field another type.
///
/// # Errors
/// `Conflict(FieldBeingRetyped)`.
pub(super) fn check_at_rest(unit: &mut dyn UnitOfWork, table: &Table, field: &Field) -> Result<(), AppError> {
    let Some(number) = field.retyping else { return Ok(()) };
    let Some(hidden) = unit.retyper().hidden(table.entity.id, number)? else { return Ok(()) };
    let job = unit.jobs().find(hidden.job)?;
    if job.is_some_and(|job| !job.state.is_final()) {
        return Err(AppError::Conflict(Conflict::FieldBeingRetyped));
    }
    Ok(())
}
