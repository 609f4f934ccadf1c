//! Tables that a company defines for itself: entity types with fields, and the records that its people keep in them.
//!
//! A field's *number* stays the same for as long as the field lives, so that values find their field again after it got
//! another name. Not here: where records are kept, and how clients write them.

mod access;
mod aggregate;
mod broken;
mod change;
mod conversion;
mod definition;
mod field;
mod filter;
mod json;
mod judging;
mod kind;
mod names;
mod number;
mod opening;
mod presentation;
mod record;
mod rules;
#[cfg(test)]
mod testing;
mod together;
mod value;
mod view;

pub use access::{Closed, Opener, Reach, TableAccess, TablePermit, UserLevel, ViewerLevel};
pub use aggregate::{
    Aggregation, CalendarUnit, Group, GroupBy, Groups, InvalidAggregation, Measure, MeasureKind, TooManyGroups,
};
pub use broken::{Broken, BrokenRule};
pub use change::Change;
pub use conversion::{Converted, truth};
pub use definition::{Entity, EntityChange, InvalidUniqueSets, NewEntity, Relationship, Table};
pub use field::{Field, FieldChange, FieldNumber, NewField, NewTarget, RelationTarget};
pub use filter::{
    Bound, COLLATED_BYTES, Filter, InvalidCondition, Operator, RecordQuery, Sort, SortBy, Test, collated, compare,
    searched,
};
pub use json::{InvalidJson, Json};
pub use kind::{FieldType, OnDelete};
pub use names::{DisplayName, EntityName, FieldName, ReservedName};
pub use number::{InvalidNumber, Number};
pub use presentation::{ChoiceColor, Presentation, PresentationChange};
pub use record::{
    Draft, Judgement, Keys, MOST_RECORD_BYTES, Record, Revision, RevisionKind, Values, identical, references,
    text_bytes,
};
pub use rules::{Contradiction, InvalidPattern, Pattern, Rules, RulesChange};
pub use together::UniqueSet;
pub use value::{Input, Value};
pub use view::{View, ViewDraft, ViewName};
