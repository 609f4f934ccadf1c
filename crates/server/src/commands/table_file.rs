//! The files of tables that commands read, and what is said of those that cannot be read.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use atalaya_application::error::{Field, Violation};
use atalaya_application::observations::{Batch, Cause, Causes, UploadRow};
use atalaya_texts::{Language, lookup, violation};
use atalaya_web::observations::file::{self, Owner, Upload};
use atalaya_web::tabular::{Table, TableFault, WorkbookFault};

use super::{CommandError, file_error, language};
use crate::series_file::{Refused, SeriesFileError};

/// What an import asks where numbers may be two, and the option that answers it.
const DECIMAL: &str = "decimal";
/// What is called standard input.
const STANDARD_INPUT: &str = "-";

/// A table, and where it came from.
pub(crate) struct TableFile {
    pub(crate) table: Table,
    /// What its only series is called: the name of the file without its ending.
    pub(crate) name: String,
    /// Its size, as far as that is known before it is read.
    pub(crate) bytes: u64,
    path: PathBuf,
}

impl TableFile {
    /// Opens a file, or reads standard input where it is called `-`. What is no file can be read only once, and is read
    /// whole. `sheet` names a sheet of a workbook.
    pub(crate) fn open(path: &Path, sheet: Option<&str>) -> Result<Self, CommandError> {
        let (name, (table, bytes)) = if path == Path::new(STANDARD_INPUT) {
            ("stdin", in_memory(&mut io::stdin().lock(), sheet))
        } else {
            let mut file = File::open(path).map_err(file_error(path))?;
            let metadata = file.metadata().map_err(file_error(path))?;
            let name = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or("series");
            let opened = path.to_owned();
            let open = move || File::open(&opened).map(|file| Box::new(file) as Box<dyn Read + Send>);
            let table = if metadata.is_file() {
                (Table::of_file(open, sheet), metadata.len())
            } else {
                in_memory(&mut file, sheet)
            };
            (name, table)
        };
        // What is said of a row before there is a table is said of a line.
        let table = table.map_err(|fault| in_words(path, false, fault.into()))?;
        Ok(Self { bytes: table.bytes().unwrap_or(bytes), table, name: name.to_owned(), path: path.to_owned() })
    }

    /// The observations of one account, all of them sound.
    pub(crate) fn observations(&self, owner: Owner<'_>) -> Result<Vec<UploadRow>, CommandError> {
        let Upload { batch: Batch { rows, broken, .. }, causes, .. } = file::survey(&self.table, owner, 0);
        if broken == 0 {
            return Ok(rows);
        }
        Err(self.refused(&causes, broken))
    }

    /// That the file breaks rules: a line for each cause.
    pub(crate) fn refused(&self, causes: &Causes, broken: usize) -> CommandError {
        let language = language();
        let mut lines: Vec<String> = causes.as_slice().iter().map(|cause| self.cause(language, cause)).collect();
        let others = broken.saturating_sub(causes.count());
        if others > 0 {
            lines.push(text(language, "others", &[("count", others.to_string())]));
        }
        CommandError::Said(lines.join("\n"))
    }

    /// Why the table cannot be read on.
    pub(crate) fn fault(&self, fault: TableFault) -> CommandError {
        self.series_error(fault.into())
    }

    /// Why the series of the table cannot be read: a line for each cause.
    pub(crate) fn series_error(&self, error: SeriesFileError) -> CommandError {
        in_words(&self.path, self.table.is_sheet(), error)
    }

    fn cause(&self, language: Language, Cause { first, count }: &Cause) -> String {
        said_of(language, self.table.is_sheet(), first, u64::try_from(*count).unwrap_or(u64::MAX))
    }
}

/// A broken rule of a file, with its place.
pub(super) fn of_rule(is_sheet: bool, broken: &Violation) -> String {
    said_of(language(), is_sheet, broken, 1)
}

fn said_of(language: Language, is_sheet: bool, broken: &Violation, count: u64) -> String {
    // A question that an option answers names the option.
    let answered_by = if broken.field == Field::from(DECIMAL) { DECIMAL } else { broken.code };
    let fault = rule_in_words(language, answered_by, &broken.params).unwrap_or_else(|| violation(language, broken));
    let fault = match &broken.column {
        Some(column) => text(language, "column", &[("column", column.clone()), ("fault", fault)]),
        None => fault,
    };
    broken.line.map_or(fault.clone(), |line| placed(language, is_sheet, (line, count), fault))
}

/// What is wrong, where, and how often.
fn placed(language: Language, is_sheet: bool, (line, count): (u64, u64), fault: String) -> String {
    let key = match (is_sheet, count > 1) {
        (false, false) => "line",
        (false, true) => "lines",
        (true, false) => "row",
        (true, true) => "rows",
    };
    text(language, key, &[("line", line.to_string()), ("count", count.to_string()), ("fault", fault)])
}

fn in_words(path: &Path, is_sheet: bool, error: SeriesFileError) -> CommandError {
    let language = language();
    match error {
        SeriesFileError::Refused(refused) => {
            let line = |Refused { line, count, fault }: &Refused| {
                placed(language, is_sheet, (*line, *count), fault.in_words(language))
            };
            CommandError::Said(refused.iter().map(line).collect::<Vec<_>>().join("\n"))
        }
        SeriesFileError::Workbook(fault) => CommandError::Said(workbook_in_words(language, &fault)),
        SeriesFileError::Io(source) => CommandError::File { path: path.to_owned(), source },
    }
}

/// Reads what can be read only once.
fn in_memory(source: &mut dyn Read, sheet: Option<&str>) -> (Result<Table, TableFault>, u64) {
    let mut bytes = Vec::new();
    let read = source.read_to_end(&mut bytes);
    let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    (read.map_err(TableFault::from).and_then(|_| Table::of_bytes(bytes, sheet)), size)
}

fn workbook_in_words(language: Language, fault: &WorkbookFault) -> String {
    let (code, params) = (fault.code(), fault.params());
    let of_all = || lookup(language, &format!("violation.{code}"), &params);
    rule_in_words(language, code, &params).or_else(of_all).unwrap_or_else(|| code.to_owned())
}

/// What is said of a rule at a terminal, where an answer over HTTP would name a parameter of the request.
fn rule_in_words(language: Language, code: &str, params: &[(&'static str, String)]) -> Option<String> {
    lookup(language, &format!("file.rule.{code}"), params)
}

fn text(language: Language, key: &str, params: &[(&'static str, String)]) -> String {
    lookup(language, &format!("file.{key}"), params).unwrap_or_else(|| key.to_owned())
}
