//! Repositories of views, bound to the unit of work's company like all others.

use atalaya_domain::id::{EntityId, UserId, ViewId};
use atalaya_domain::tables::View;

use crate::error::AppError;

/// Reads views.
pub trait ViewReader {
    /// The views of an entity type that somebody sees, by name.
    ///
    /// # Errors
    /// Of the database.
    fn seen_by(&mut self, entity: EntityId, reader: UserId) -> Result<Vec<View>, AppError>;

    /// A view of an entity type.
    ///
    /// # Errors
    /// Of the database.
    fn find(&mut self, entity: EntityId, id: ViewId) -> Result<Option<View>, AppError>;

    /// How many views of an entity type somebody has.
    ///
    /// # Errors
    /// Of the database.
    fn count_of(&mut self, entity: EntityId, owner: UserId) -> Result<usize, AppError>;
}

/// Writes views. The caller has found the entity type in the same unit of work.
pub trait ViewWriter: ViewReader {
    /// Stores a new view.
    ///
    /// # Errors
    /// Of the database, which keeps views of the company's own users and entity types only.
    fn insert(&mut self, entity: EntityId, view: &View) -> Result<(), AppError>;

    /// Stores what a view is by now: its name, what it asks for, and whether it is shared.
    ///
    /// # Errors
    /// `NotFound(View)`.
    fn change(&mut self, entity: EntityId, view: &View) -> Result<(), AppError>;

    /// Deletes a view.
    ///
    /// # Errors
    /// `NotFound(View)`.
    fn delete(&mut self, entity: EntityId, id: ViewId) -> Result<(), AppError>;
}
