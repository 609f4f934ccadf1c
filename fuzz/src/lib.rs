//! What targets share.

use atalaya_domain::id::{EntityId, FieldId};
use atalaya_domain::tables::{
    DisplayName, Entity, EntityName, Field, FieldName, FieldNumber, FieldType, Opener, Presentation, Rules, Table,
    TableAccess,
};
use chrono::DateTime;
use uuid::Uuid;

/// A table with a field of every type, whose names are a letter each.
#[must_use]
pub fn table_of_every_type() -> Table {
    let field = |(number, kind): (i32, &FieldType)| {
        let name = char::from(b'a' + u8::try_from(number).unwrap()).to_string();
        Field {
            id: FieldId::new(Uuid::from_u128(u128::try_from(number).unwrap())),
            number: FieldNumber::new(number),
            name: FieldName::parse(&name).unwrap(),
            display_name: DisplayName::parse(&name).unwrap(),
            kind: *kind,
            required: false,
            max_length: None,
            display_order: 1,
            created_at: DateTime::UNIX_EPOCH,
            target: None,
            rules: Rules { choices: vec!["x".to_owned()], ..Rules::default() },
            presentation: Presentation::default(),
            retyping: None,
        }
    };
    let entity = Entity {
        id: EntityId::new(Uuid::nil()),
        name: EntityName::parse("t").unwrap(),
        display_name: DisplayName::parse("t").unwrap(),
        description: None,
        created_at: DateTime::UNIX_EPOCH,
        access: TableAccess::default(),
        requires_if_match: false,
        unique_together: Vec::new(),
    };
    Table { entity, fields: (0..).zip(FieldType::ALL).map(field).collect(), opener: Opener::Program }
}
