//! `atalaya table import` and `atalaya table export`.

use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::Path;

use atalaya_application::AppError;
use atalaya_application::error::Violation;
use atalaya_application::observations::InvalidRows;
use atalaya_application::receipt::Unkept;
use atalaya_application::tables::{ImportOutcome, ImportPlan};
use atalaya_domain::access::Operator;
use atalaya_domain::id::{CompanyId, EntityId};
use atalaya_domain::mandate::DefineTables;
use atalaya_domain::tables::RecordQuery;
use atalaya_web::import_file::{ImportFile, Reading};
use atalaya_web::tabular::TextForm;
use atalaya_web::{CsvForm, csv_part};

use super::progress::{RowProgress, Working};
use super::refusals::changing;
use super::table_file::TableFile;
use super::whole_file::Output;
use super::{CommandError, company, open, remark, tell};
use crate::cli::{TableExportArgs, TableImportArgs};
use crate::compose::Core;
use crate::words::Words;

/// Broken rules that are said, one on a line.
const SAID: usize = 100;

/// Imports a file into a table.
pub(crate) fn import(args: &TableImportArgs) -> Result<(), CommandError> {
    let reading = Working::begin("cli.progress.read");
    let file = TableFile::open(&args.file, args.sheet.as_deref())?;
    drop(reading);
    changing("table import", |core| import_into(core, args, file))
}

fn import_into(core: &Core, args: &TableImportArgs, file: TableFile) -> Result<(), CommandError> {
    let (company, entity) = table(core, &args.company, &args.table)?;
    let is_sheet = file.table.is_sheet();
    let reading = Reading {
        text: TextForm::default(),
        decimal: args.decimal.as_deref().and_then(|mark| mark.chars().next()),
        dates: args.date_format,
        columns: Vec::new(),
        reads_ids: args.upsert_key.as_deref() == Some(ImportPlan::ID),
    };
    let progress = RowProgress::begin();
    let plan = ImportPlan {
        upsert_key: args.upsert_key.clone(),
        invalid: if args.skip_invalid { InvalidRows::LeaveOut } else { InvalidRows::Refuse },
        is_trial: args.dry_run,
    };
    let by = Operator::at_the_machine().mandate(company);
    let go_on = |rows| {
        progress.done(rows);
        ControlFlow::Continue(())
    };
    let imported =
        core.use_cases.transfers.import(&by, entity, &ImportFile::new(Ok(file.table), reading), &plan, &go_on, &Unkept);
    drop(progress);
    let outcome = match imported {
        Ok(outcome) => outcome,
        Err(AppError::Invalid(broken)) => return Err(CommandError::Said(said(is_sheet, &broken, broken.len()))),
        Err(error) => return Err(error.into()),
    };
    let counts = Words::of(if args.dry_run { "cli.table.tried" } else { "cli.table.imported" })
        .with("created", outcome.created)
        .with("changed", outcome.changed)
        .with("unchanged", outcome.unchanged)
        .with("skipped", outcome.skipped);
    tell(&counts)?;
    passed_over(&outcome);
    let total = usize::try_from(outcome.errors_total).unwrap_or(usize::MAX);
    let broken: Vec<Violation> = outcome.question_and_faults();
    if broken.is_empty() {
        return Ok(());
    }
    let lines = said(is_sheet, &broken, total.max(broken.len()));
    if outcome.accepted(plan.invalid) {
        // What is not heard harms nothing that was done.
        let _ = writeln!(std::io::stderr(), "{lines}");
        return Ok(());
    }
    Err(CommandError::Said(lines))
}

/// Says which columns are of no field.
fn passed_over(outcome: &ImportOutcome) {
    let unused: Vec<&str> =
        outcome.columns.iter().filter(|(_, field)| field.is_none()).map(|(name, _)| name.as_str()).collect();
    if !unused.is_empty() {
        remark(&Words::of("cli.table.passed_over").with("columns", unused.join(", ")));
    }
}

/// A line for each broken rule.
fn said(is_sheet: bool, broken: &[Violation], total: usize) -> String {
    let shown = broken.iter().take(SAID);
    let mut lines: Vec<String> = shown.map(|violation| super::table_file::of_rule(is_sheet, violation)).collect();
    let more = total.saturating_sub(lines.len());
    if more > 0 {
        lines.push(Words::of("file.others").with("count", more).text());
    }
    lines.join("\n")
}

/// Exports a table as CSV.
pub(crate) fn export(args: &TableExportArgs) -> Result<(), CommandError> {
    let (_, core) = open()?;
    let (company, entity) = table(&core, &args.company, &args.table)?;
    let form = if args.excel { CsvForm { delimiter: b';', has_mark: true } } else { CsvForm::default() };
    let mut output = Output::open(args.output.as_deref(), Path::new(""))?;
    let by = Operator::at_the_machine().mandate(company);
    let progress = RowProgress::begin();
    let (mut rows, mut failure) = (0, None);
    core.use_cases.transfers.export(
        &by,
        entity,
        None,
        &|_, _, _| Ok(RecordQuery::everything().into()),
        &mut |table, records| {
            let part = csv_part(table, &records, form, rows == 0 && failure.is_none());
            rows += u64::try_from(records.len()).unwrap_or(u64::MAX);
            progress.done(rows);
            match part.map_err(std::io::Error::other).and_then(|bytes| output.write_all(&bytes)) {
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => {
                    failure = Some(error);
                    ControlFlow::Break(())
                }
            }
        },
    )?;
    drop(progress);
    if let Some(error) = failure {
        return Err(error.into());
    }
    output.finish()?;
    remark(&Words::of("cli.table.exported").with("rows", rows));
    Ok(())
}

/// The table of that name.
fn table(core: &Core, named: &str, name: &str) -> Result<(CompanyId, EntityId), CommandError> {
    let company = company(core, named)?.id;
    let by = Operator::at_the_machine().mandate::<DefineTables>(company);
    let tables = core.use_cases.tables.list(&by)?;
    let found = tables.into_iter().find(|entity| entity.name.key() == name.to_ascii_lowercase());
    let found = found.ok_or_else(|| CommandError::Refused(Words::of("cli.table.unknown").with("name", name)))?;
    Ok((company, found.id))
}
