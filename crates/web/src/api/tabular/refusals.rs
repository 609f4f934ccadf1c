//! Why a table, or a row of it, is not read: in the words of violations.

use atalaya_application::error::Violation;

use super::{RowFault, TableFault};

/// Why there is no reading on. `sheet` is what the request calls the sheet of a workbook.
pub(crate) fn of_table(fault: &TableFault, sheet: &'static str) -> Violation {
    match fault {
        TableFault::TooLong { line } => Violation::new("file", "malformed").on_line(*line),
        TableFault::NotText { line } => Violation::new("file", "not_utf8").on_line(*line),
        TableFault::Workbook(fault) => {
            let field = if fault.is_of_sheet() { sheet } else { "file" };
            let violation = Violation::new(field, fault.code());
            fault.params().into_iter().fold(violation, |violation, (name, value)| violation.with(name, &value))
        }
        TableFault::Io(_) => Violation::new("file", "malformed").on_line(1),
    }
}

/// Why a row has no cells.
pub(crate) fn of_row(fault: RowFault, line: u64) -> Violation {
    match fault {
        RowFault::FieldCount { found, expected } => {
            Violation::new("file", "wrong_field_count").with("found", &found).with("expected", &expected).on_line(line)
        }
        RowFault::OpenQuote => Violation::new("file", "malformed").on_line(line),
        RowFault::NotText => Violation::new("file", "not_utf8").on_line(line),
    }
}
