//! Entity types: what a company keeps records of.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::access::{Opener, TableAccess, UserLevel, ViewerLevel};
use super::change::Change;
use super::field::{Field, FieldNumber, RelationTarget};
use super::names::{DisplayName, EntityName};
use super::together::UniqueSet;
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
    /// Who may do what with its records.
    pub access: TableAccess,
    /// Whether whoever changes a record has to say which state of it they saw.
    pub requires_if_match: bool,
    /// Fields whose values together no two records have.
    pub unique_together: Vec<UniqueSet>,
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
    /// Who may do what with its records.
    pub access: TableAccess,
    /// Whether whoever changes a record has to say which state of it they saw.
    pub requires_if_match: bool,
}

/// What to change of an entity type; `None` leaves it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EntityChange {
    /// What people read.
    pub display_name: Option<DisplayName>,
    /// What it is for.
    pub description: Change<String>,
    /// What users may do with its records.
    pub user: Option<UserLevel>,
    /// What viewers may do with its records.
    pub viewer: Option<ViewerLevel>,
    /// Whether whoever changes a record has to say which state of it they saw.
    pub requires_if_match: Option<bool>,
    /// The names of the fields whose values together are to be unique.
    pub unique_together: Option<Vec<Vec<String>>>,
}

/// Names that make no sets of fields whose values together are unique.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidUniqueSets {
    /// The entity type has no such field.
    #[error("no such field")]
    NoSuchField,
    /// A set has too few fields, or too many.
    #[error("too few or too many fields in a set")]
    Fields,
    /// There are more sets than there may be.
    #[error("too many sets")]
    Sets,
}

impl EntityChange {
    /// The entity type of the table after the change.
    ///
    /// # Errors
    /// [`InvalidUniqueSets`].
    pub fn apply(self, table: &Table) -> Result<Entity, InvalidUniqueSets> {
        let before = table.entity.clone();
        let unique_together = match self.unique_together {
            None => before.unique_together,
            Some(wanted) => UniqueSet::numbered(table.sets_of(wanted)?, &before.unique_together),
        };
        Ok(Entity {
            display_name: self.display_name.unwrap_or(before.display_name),
            description: self.description.apply(before.description),
            access: TableAccess {
                user: self.user.unwrap_or(before.access.user),
                viewer: self.viewer.unwrap_or(before.access.viewer),
            },
            requires_if_match: self.requires_if_match.unwrap_or(before.requires_if_match),
            unique_together,
            ..before
        })
    }
}

/// An entity type with its fields: what records are judged by.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// The entity type.
    pub entity: Entity,
    /// Its fields that are not in the trash, by their order.
    pub fields: Vec<Field>,
    /// Who opened it: which of its records are there depends on that.
    pub opener: Opener,
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

    /// The fields of a set, by their order.
    pub fn fields_of(&self, set: &UniqueSet) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| set.has(field.number))
    }

    /// The fields of these names, in sets whose values together are to be unique.
    fn sets_of(&self, wanted: Vec<Vec<String>>) -> Result<Vec<Vec<FieldNumber>>, InvalidUniqueSets> {
        if wanted.len() > UniqueSet::MOST {
            return Err(InvalidUniqueSets::Sets);
        }
        let number = |name: String| {
            let field = self.field_named(&name).ok_or(InvalidUniqueSets::NoSuchField)?;
            Ok(field.number)
        };
        let set = |names: Vec<String>| {
            let fields: BTreeSet<FieldNumber> = names.into_iter().map(number).collect::<Result<_, _>>()?;
            if (UniqueSet::FEWEST_FIELDS..=UniqueSet::MOST_FIELDS).contains(&fields.len()) {
                Ok(fields.into_iter().collect())
            } else {
                Err(InvalidUniqueSets::Fields)
            }
        };
        wanted.into_iter().map(set).collect()
    }

    /// The table with these of its fields alone, in this order.
    #[must_use]
    pub fn showing(self, fields: &[FieldNumber]) -> Self {
        let shown = fields.iter().filter_map(|number| self.field_numbered(*number).cloned()).collect();
        Self { fields: shown, ..self }
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
