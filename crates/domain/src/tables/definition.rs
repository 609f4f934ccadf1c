//! Entity types: what a company keeps records of.

use chrono::{DateTime, Utc};

use super::change::Change;
use super::field::{Field, FieldNumber, RelationTarget};
use super::names::{DisplayName, EntityName};
use crate::id::{EntityId, FieldId};

/// An entity type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entity {
    /// Its identifier.
    pub id: EntityId,
    /// Its name for programs; it never changes.
    pub name: EntityName,
    /// What people read.
    pub display_name: DisplayName,
    /// What it is for. May be empty.
    pub description: Option<String>,
    /// When it was defined.
    pub created_at: DateTime<Utc>,
}

impl Entity {
    /// The most entity types of a company.
    pub const MOST: usize = 500;
    /// The most characters of a description.
    pub const MAX_DESCRIPTION: usize = 1000;

    /// A name that existing clients show: `entity_` and the id's 32 hexadecimal digits. No table is called so.
    #[must_use]
    pub fn table_name(&self) -> String {
        format!("entity_{}", self.id.get().simple())
    }
}

/// An entity type to define.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEntity {
    /// Its name for programs.
    pub name: EntityName,
    /// What people read.
    pub display_name: DisplayName,
    /// What it is for.
    pub description: Option<String>,
}

/// What to change of an entity type.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EntityChange {
    /// What people read; `None` leaves it.
    pub display_name: Option<DisplayName>,
    /// What it is for.
    pub description: Change<String>,
}

/// An entity type with its fields: what records are judged by.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// The entity type.
    pub entity: Entity,
    /// Its fields that are not in the trash, by their order.
    pub fields: Vec<Field>,
}

impl Table {
    /// The field of that id.
    #[must_use]
    pub fn field(&self, id: FieldId) -> Option<&Field> {
        self.fields.iter().find(|field| field.id == id)
    }

    /// The field of that name.
    #[must_use]
    pub fn field_named(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name.as_str() == name)
    }

    /// The field of that number.
    #[must_use]
    pub fn field_numbered(&self, number: FieldNumber) -> Option<&Field> {
        self.fields.iter().find(|field| field.number == number)
    }

    /// The place of the next field.
    #[must_use]
    pub fn next_order(&self) -> u32 {
        self.fields.iter().map(|field| field.display_order).max().unwrap_or(0) + 1
    }
}

/// That records of one entity type point to records of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relationship {
    /// Whose records point.
    pub source: EntityId,
    /// The field by which they do.
    pub field: FieldId,
    /// What it points to.
    pub target: RelationTarget,
    /// When the field was defined.
    pub created_at: DateTime<Utc>,
}
