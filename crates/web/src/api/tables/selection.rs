//! Which fields of records are shown.

use atalaya_application::error::Violation;
use atalaya_domain::tables::{Field, FieldNumber, Keys, Table};

/// The most characters of a name that is told again.
const MAX_CHARS: usize = 100;

/// The fields of these names, in their order and each once: `None` where there are no names, which means all.
///
/// # Errors
/// Each name that is no field's.
pub(super) fn selected<'n>(
    table: &Table,
    keys: Keys,
    names: impl Iterator<Item = &'n str>,
) -> Result<Option<Vec<FieldNumber>>, Vec<Violation>> {
    let names: Vec<&str> = names.filter(|name| !name.is_empty()).collect();
    if names.is_empty() {
        return Ok(None);
    }
    if names.len() > Field::MOST {
        return Err(vec![Violation::new("fields", "too_many").with("max", &Field::MOST)]);
    }
    let (mut numbers, mut broken) = (Vec::new(), Vec::new());
    for name in names {
        match keys.find(table, name) {
            Some(field) if numbers.contains(&field.number) => {}
            Some(field) => numbers.push(field.number),
            None => {
                let name: String = name.chars().take(MAX_CHARS).collect();
                broken.push(Violation::new(format!("fields[{name}]"), "no_such_field"));
            }
        }
    }
    if broken.is_empty() { Ok(Some(numbers)) } else { Err(broken) }
}
