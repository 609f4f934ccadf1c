//! Which column of a file is which field of a table.

use atalaya_application::error::{AppError, Violation};
use atalaya_application::tables::ImportPlan;
use atalaya_domain::tables::{Field, Table};
use atalaya_domain::text::folded;

use crate::api::csv_lines::original;
use crate::api::parse::shortened;

/// Columns that are named where another one was meant.
const MOST_NAMED: usize = 50;

/// What a column is told to be: a name of a column, and that of its field; none for one to pass over.
pub type Told = (String, Option<String>);

/// What a column is read as.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Role<'t> {
    /// The values of a field.
    Field(&'t Field),
    /// The ids of records.
    Id,
    /// Nothing.
    Unused,
}

/// What each column is read as, by what is told of it, or else by its name: the name of a field, or what people read of
/// it. The second of two columns of one field is a fault.
///
/// # Errors
/// `Invalid` where what is told names no column or no field.
pub(super) fn roles<'t>(
    names: &[String],
    line: u64,
    table: &'t Table,
    told: &[Told],
    reads_ids: bool,
) -> Result<(Vec<Role<'t>>, Vec<Violation>), AppError> {
    let told = understood(names, table, told)?;
    let mut roles: Vec<Role<'t>> = Vec::with_capacity(names.len());
    let mut faults = Vec::new();
    for name in names {
        let by_name = || match field_of(table, &original(name)) {
            // What is told of another column counts more than what this one is called.
            Some(field) if told.iter().any(|(_, role)| *role == Role::Field(field)) => Role::Unused,
            Some(field) => Role::Field(field),
            None if reads_ids && name.eq_ignore_ascii_case(ImportPlan::ID) => Role::Id,
            None => Role::Unused,
        };
        let role = told.iter().find(|(column, _)| column == name).map_or_else(by_name, |(_, role)| *role);
        if role != Role::Unused && roles.contains(&role) {
            faults.push(Violation::new(shortened(name), "repeated_column").at(line, shortened(name)));
        }
        roles.push(role);
    }
    if roles.iter().all(|role| !matches!(role, Role::Field(_))) {
        let known: Vec<&str> = table.fields.iter().map(|field| field.name.as_str()).collect();
        let first = names.first().map_or("", |name| shortened(name));
        faults.push(Violation::new("file", "unknown_column").with("known", &known.join(", ")).at(line, first));
    }
    Ok((roles, faults))
}

fn understood<'t>(names: &[String], table: &'t Table, told: &[Told]) -> Result<Vec<(String, Role<'t>)>, AppError> {
    let (mut understood, mut broken) = (Vec::new(), Vec::new());
    for (column, field) in told {
        let place = || format!("map[{}]", shortened(column));
        if !names.contains(column) {
            let known: Vec<&str> = names.iter().take(MOST_NAMED).map(|name| shortened(name)).collect();
            broken.push(Violation::new(place(), "unknown_column").with("known", &known.join(", ")));
        }
        match field.as_deref() {
            None => understood.push((column.clone(), Role::Unused)),
            Some(name) => match table.field_named(name) {
                Some(field) => understood.push((column.clone(), Role::Field(field))),
                None => broken.push(Violation::new(place(), "no_such_field")),
            },
        }
    }
    if broken.is_empty() { Ok(understood) } else { Err(AppError::Invalid(broken)) }
}

/// The field of that name; else of that name but for letter case and blanks; else the only one that people read so.
fn field_of<'t>(table: &'t Table, name: &str) -> Option<&'t Field> {
    let column_name = |name: &str| name.replace(' ', "_").to_lowercase();
    let by_column = || table.fields.iter().find(|field| field.name.column_name() == column_name(name));
    let by_label = || {
        let word = folded(name);
        let mut alike = table.fields.iter().filter(|field| folded(field.display_name.as_str()) == word);
        alike.next().filter(|_| alike.next().is_none())
    };
    table.field_named(name).or_else(by_column).or_else(by_label)
}
