//! What tests of tables are made of.

use chrono::DateTime;
use uuid::Uuid;

use super::{DisplayName, Field, FieldName, FieldNumber, FieldType, Rules};
use crate::id::FieldId;

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
    }
}
