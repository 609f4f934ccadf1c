//! Fields of an entity type.

use chrono::{DateTime, Utc};

use super::broken::BrokenRule;
use super::kind::{FieldType, OnDelete};
use super::names::{DisplayName, FieldName};
use super::presentation::{Presentation, PresentationChange};
use super::rules::{Contradiction, Rules, RulesChange};
use super::value::Value;
use crate::id::{EntityId, FieldId};

/// Which field of its entity type: given once and never again, so that values find their field whatever its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldNumber(i32);

impl FieldNumber {
    /// The first of an entity type.
    pub const FIRST: Self = Self(1);

    /// Wraps a number that the store gave out.
    #[must_use]
    pub const fn new(number: i32) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> i32 {
        self.0
    }

    /// The number after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// What a [`FieldType::Relation`] points to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelationTarget {
    /// The entity type of the records that it points to.
    pub entity: EntityId,
    /// The field of that entity type that people choose by, whatever it is called.
    pub display: FieldNumber,
    /// What that field is called by now; `None` once it is deleted for good.
    pub display_name: Option<FieldName>,
    /// What becomes of a record when the one that it points to is deleted.
    pub on_delete: OnDelete,
}

/// What a relation to define points to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTarget {
    /// The entity type of the records that it points to.
    pub entity: EntityId,
    /// The name of the field of that entity type that people choose by.
    pub display_field: FieldName,
    /// What becomes of a record when the one that it points to is deleted.
    pub on_delete: OnDelete,
}

/// A field.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Its identifier.
    pub id: FieldId,
    /// Its place in what is stored.
    pub number: FieldNumber,
    /// Its key in `data`.
    pub name: FieldName,
    /// What people read.
    pub display_name: DisplayName,
    /// What it holds.
    pub kind: FieldType,
    /// Whether every record needs a value.
    pub required: bool,
    /// The most code points of a text; told as it was given for other types, where it says nothing.
    pub max_length: Option<u32>,
    /// Its place among the fields of its entity type, counted from 1.
    pub display_order: u32,
    /// When it was defined.
    pub created_at: DateTime<Utc>,
    /// What a relation points to.
    pub target: Option<RelationTarget>,
    /// What else a value has to be.
    pub rules: Rules,
    /// What people read of it besides its name.
    pub presentation: Presentation,
    /// Under which number its values are kept once more, as those of another type, while the field is retyped.
    pub retyping: Option<FieldNumber>,
}

impl Field {
    /// The most code points of a text whose field names no length.
    pub const DEFAULT_LENGTH: u32 = 255;
    /// The most code points that a field may allow.
    pub const MAX_LENGTH: u32 = 10_000;
    /// The most fields of an entity type.
    pub const MOST: usize = 200;

    /// The most code points of a text in this field.
    #[must_use]
    pub fn length_limit(&self) -> u32 {
        self.max_length.unwrap_or(Self::DEFAULT_LENGTH)
    }

    /// Whether records may break the rules of this field that kept those of `before`, other than that values are
    /// unique.
    #[must_use]
    pub fn is_stricter_than(&self, before: &Self) -> bool {
        let (new, old) = (&self.rules, &before.rules);
        let keeps_choices = old.choices.iter().all(|choice| new.choices.contains(choice));
        (self.required && !before.required)
            || self.length_limit() < before.length_limit()
            || (new.min != old.min && new.min.is_some())
            || (new.max != old.max && new.max.is_some())
            || (new.pattern != old.pattern && new.pattern.is_some())
            || !keeps_choices
    }

    /// Holds a value of the field's type against all that the field asks of one.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn check(&self, value: &Value) -> Result<(), BrokenRule> {
        self.check_form(value, self.length_limit())?;
        self.rules.check(value)
    }

    /// Holds a value against what makes it one of this field: how long a text may be, and which choices there are.
    pub(super) fn check_form(&self, value: &Value, max: u32) -> Result<(), BrokenRule> {
        match value {
            Value::Text(text) if text.chars().count() > usize::try_from(max).unwrap_or(usize::MAX) => {
                Err(BrokenRule::TooLong { max })
            }
            Value::Choice(choice) if !self.rules.choices.contains(choice) => {
                Err(BrokenRule::UnknownChoice { allowed: self.rules.choices.clone() })
            }
            _ => Ok(()),
        }
    }

    /// Judges what a record holds, or that it holds nothing.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn judge_held(&self, held: Option<&Value>) -> Result<(), BrokenRule> {
        match held {
            None if self.required => Err(BrokenRule::Required),
            None => Ok(()),
            Some(value) => self.check(value),
        }
    }

    /// # Errors
    /// [`Contradiction`] where the rules contradict one another.
    pub fn check_rules(&self) -> Result<(), Contradiction> {
        if let (Some(min), Some(max)) = (&self.rules.min, &self.rules.max)
            && min.partial_cmp(max).is_some_and(std::cmp::Ordering::is_gt)
        {
            return Err(Contradiction::Bounds { min: min.to_string() });
        }
        match &self.rules.default {
            Some(default) => self.check(default).map_err(Contradiction::Default),
            None => Ok(()),
        }
    }
}

/// A field to define.
#[derive(Debug, Clone, PartialEq)]
pub struct NewField {
    /// Its key in `data`.
    pub name: FieldName,
    /// What people read.
    pub display_name: DisplayName,
    /// What it holds.
    pub kind: FieldType,
    /// Whether every record needs a value.
    pub required: bool,
    /// The most code points of a text.
    pub max_length: Option<u32>,
    /// What a relation points to; there exactly for a relation.
    pub target: Option<NewTarget>,
    /// What else a value has to be.
    pub rules: Rules,
    /// What people read of it besides its name.
    pub presentation: Presentation,
}

/// What to change of a field; `None` leaves it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FieldChange {
    /// Another key in `data`: values stay where they are.
    pub name: Option<FieldName>,
    /// What people read.
    pub display_name: Option<DisplayName>,
    /// Whether every record needs a value.
    pub required: Option<bool>,
    /// The most code points of a text; `Some(None)` is the default.
    pub max_length: Option<Option<u32>>,
    /// Another place among the fields.
    pub display_order: Option<u32>,
    /// What else a value has to be.
    pub rules: RulesChange,
    /// What people read of it besides its name.
    pub presentation: PresentationChange,
}

impl FieldChange {
    /// The field after the change.
    #[must_use]
    pub fn apply(self, field: Field) -> Field {
        let rules = self.rules.apply(field.rules);
        Field {
            name: self.name.unwrap_or(field.name),
            display_name: self.display_name.unwrap_or(field.display_name),
            required: self.required.unwrap_or(field.required),
            max_length: self.max_length.unwrap_or(field.max_length),
            display_order: self.display_order.unwrap_or(field.display_order),
            presentation: self.presentation.apply(field.presentation).of_choices(&rules.choices),
            rules,
            ..field
        }
    }
}
