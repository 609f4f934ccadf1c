//! `atalaya account import`.

use atalaya_application::AppError;
use atalaya_application::observations::{Batch, InvalidRows};
use atalaya_application::receipt::Unkept;
use atalaya_domain::access::Operator;
use atalaya_domain::account::{AccountHandle, AccountName, NewAccount};
use atalaya_domain::mandate::WriteObservations;
use atalaya_web::observations::file;

use super::progress::Working;
use super::refusals::changing;
use super::table_file::TableFile;
use super::{CommandError, company, named, tell};
use crate::cli::ImportArgs;
use crate::compose::Core;
use crate::words::Words;
use atalaya_domain::id::CompanyId;

/// Imports a file, all rows or none.
pub(crate) fn run(args: &ImportArgs) -> Result<(), CommandError> {
    let reading = Working::begin("cli.progress.read");
    let file = TableFile::open(&args.file, args.sheet.as_deref())?;
    drop(reading);
    changing("account import", |core| import(core, args, &file))
}

fn import(core: &Core, args: &ImportArgs, file: &TableFile) -> Result<(), CommandError> {
    let company = company(core, &args.company)?.id;
    if let Some(name) = &args.create {
        create_if_missing(core, company, &args.account, name)?;
    }
    let by = Operator::at_the_machine().mandate::<WriteObservations>(company);
    let owned =
        core.use_cases.accounts.open(&by, &args.account).map_err(|error| missing_account(error, &args.account))?;
    let (handle, time_zone) = (&owned.account().handle, owned.time_zone());
    let reading = Working::begin("cli.progress.read");
    let rows = file.observations(file::Owner { handle, time_zone, dates: args.date_format, passes_over: false })?;
    drop(reading);
    let working = Working::begin("cli.progress.import");
    let observations = &core.use_cases.observations;
    let judged = observations.judge(Batch::sound(rows), InvalidRows::Refuse);
    if !judged.accepted() {
        return Err(file.refused(judged.causes(), judged.broken()));
    }
    let outcome = observations.record(&owned, &judged, &Unkept)?;
    drop(working);
    let told = Words::of("cli.import.done").with("inserted", outcome.inserted).with("updated", outcome.updated);
    tell(&told.with("unchanged", outcome.unchanged))
}

fn create_if_missing(core: &Core, company: CompanyId, handle: &str, name: &str) -> Result<(), CommandError> {
    let account = NewAccount {
        handle: AccountHandle::parse(handle).map_err(named("cli.field.handle"))?,
        name: AccountName::parse(name).map_err(named("cli.field.account_name"))?,
        platform: None,
        time_zone: None,
    };
    match core.use_cases.accounts.create(&Operator::at_the_machine().mandate(company), &account, &Unkept) {
        Ok(_) | Err(AppError::Conflict(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// At the machine nobody needs to be kept from knowing which accounts exist.
pub(super) fn missing_account(error: AppError, handle: &str) -> CommandError {
    match error {
        AppError::Forbidden(_) => CommandError::Refused(Words::of("cli.account.unknown").with("account", handle)),
        other => other.into(),
    }
}
