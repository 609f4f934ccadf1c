//! How this API spells what a broken rule is about.

use std::borrow::Cow;

use atalaya_application::error::{Field, Violation};

/// The column of a reading's time, in JSON and in files.
const TIME: &str = "hora";

/// The field of a request.
pub(crate) fn field_name(field: &Field) -> Cow<'_, str> {
    Cow::Borrowed(match field {
        Field::Account(place) => return Cow::Owned(format!("cuentas[{place}]")),
        Field::Company => "empresa_id",
        Field::CurrentPassword => "current_password",
        Field::Date => "fecha",
        Field::From => "from",
        Field::Horizon => "h",
        Field::NewPassword => "new_password",
        Field::Password => "password",
        Field::ReadingTime(Some(index)) => return Cow::Owned(format!("observations[{index}].{TIME}")),
        Field::ReadingTime(None) => TIME,
        Field::Named(name) => name,
    })
}

/// The column of a file that is to blame, where the violation is on a line of one.
pub(crate) fn column_name(violation: &Violation) -> Option<String> {
    let of_rule = || (violation.field == Field::ReadingTime(None)).then(|| TIME.to_owned());
    violation.line?;
    violation.column.clone().or_else(of_rule)
}
