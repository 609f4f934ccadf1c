//! How this API spells what a broken rule is about.

use std::borrow::Cow;

use atalaya_application::error::{BulkPlace, CovariatePart, Field, Violation};

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
        Field::RecordValue(value) => {
            let place = value.place.map(|place| bulk_place(place) + ".").unwrap_or_default();
            return Cow::Owned(format!("{place}data.{}", value.key));
        }
        Field::Record(id) => return Cow::Owned(format!("records.{}", id.get())),
        Field::Records => "body",
        Field::GroupBy => "group_by",
        Field::Cursor => "cursor",
        Field::Expansions => "expand",
        Field::Expansion(path) => return Cow::Owned(format!("expand[{path}]")),
        Field::Maximum => "max",
        Field::Default => "default",
        Field::DisplayField => "target_display_field",
        Field::UniqueTogether => "unique_together",
        Field::UpsertKey => "upsert_key",
        Field::File => "file",
        Field::RecordId => "id",
        Field::Covariates => "covariates",
        Field::Covariate(index, None) => return Cow::Owned(format!("covariates[{index}]")),
        Field::Covariate(index, Some(part)) => {
            return Cow::Owned(format!("covariates[{index}].{}", covariate_part(*part)));
        }
        Field::Named(name) => name,
    })
}

/// A part of a covariate.
fn covariate_part(part: CovariatePart) -> &'static str {
    match part {
        CovariatePart::Entity => "entity",
        CovariatePart::DateField => "date_field",
        CovariatePart::ValueField => "value_field",
        CovariatePart::AccountField => "account_field",
        CovariatePart::LagDays => "lag_days",
        CovariatePart::KnownSinceField => "known_since_field",
    }
}

/// A place of many changes, such as `create[3]`.
pub(crate) fn bulk_place(place: BulkPlace) -> String {
    match place {
        BulkPlace::Create(index) => format!("create[{index}]"),
        BulkPlace::Update(index) => format!("update[{index}]"),
        BulkPlace::Upsert(index) => format!("upsert[{index}]"),
        BulkPlace::Delete(index) => format!("delete[{index}]"),
    }
}

/// The column of a file that is to blame, where the violation is on a line of one.
pub(crate) fn column_name(violation: &Violation) -> Option<String> {
    let of_rule = || (violation.field == Field::ReadingTime(None)).then(|| TIME.to_owned());
    violation.line?;
    violation.column.clone().or_else(of_rule)
}
