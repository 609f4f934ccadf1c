//! What tests of tables are made of.

use chrono::DateTime;
use uuid::Uuid;

use super::{
    DisplayName, Entity, EntityName, Field, FieldName, FieldNumber, FieldType, Opener, Presentation, Rules, Table,
    TableAccess,
};
use crate::id::{EntityId, FieldId};

/// A field without rules, which is called `f` and its number.
pub(super) fn field(number: i32, kind: FieldType) -> Field {
    let name = format!("f{number}");
    Field {
        id: FieldId::new(Uuid::from_u128(number.unsigned_abs().into())),
        number: FieldNumber::new(number),
        name: FieldName::parse(&name).unwrap(),
        display_name: DisplayName::parse(&name).unwrap(),
        kind,
        required: false,
        max_length: None,
        display_order: number.unsigned_abs(),
        created_at: DateTime::UNIX_EPOCH,
        target: None,
        rules: Rules::default(),
        presentation: Presentation::default(),
        retyping: None,
    }
}

/// A table of these fields, which shows all its records.
pub(super) fn table(fields: Vec<Field>) -> Table {
    let entity = Entity {
        id: EntityId::new(Uuid::nil()),
        name: EntityName::parse("campaign").unwrap(),
        display_name: DisplayName::parse("Campaña").unwrap(),
        description: None,
        created_at: DateTime::UNIX_EPOCH,
        access: TableAccess::default(),
        requires_if_match: false,
        unique_together: Vec::new(),
    };
    Table { entity, fields, opener: Opener::Program }
}
