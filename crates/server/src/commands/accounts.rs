//! `atalaya account list`, `delete`, `restore` and `trash`.

use atalaya_application::AppError;
use atalaya_application::error::Forbidden;
use atalaya_domain::access::Operator;
use atalaya_domain::mandate::{ManageAccounts, Mandate, ReadAccounts};
use atalaya_web::account_json;

use super::refusals::changing;
use super::table::Table;
use super::{CommandError, company, for_shell, minute, open, remark, say, span_in_trash, tell, text_of};
use crate::cli::{AccountListArgs, AccountNameArgs, TrashArgs};
use crate::compose::Core;
use crate::words::Words;

/// Lists the accounts of a company.
pub(crate) fn list(args: &AccountListArgs) -> Result<(), CommandError> {
    let (_, core) = open()?;
    let company = company(&core, &args.company)?;
    let by = Operator::at_the_machine().mandate::<ReadAccounts>(company.id);
    let accounts = core.use_cases.accounts.all(&by.scope())?;
    if accounts.is_empty() {
        remark(&Words::of("cli.account.none").with("company", company.name.as_str()));
        return Ok(());
    }
    if args.json {
        return accounts.into_iter().try_for_each(|summary| say(&account_json(summary)?));
    }
    let heads = ["account", "name", "observations", "data_until", "model"];
    let mut table = Table::new(heads.map(|head| text_of("cli.account.head", head)));
    for summary in accounts {
        table.row([
            summary.account.handle.as_str().to_owned(),
            summary.account.name.as_str().to_owned(),
            summary.observations.to_string(),
            summary.data_until.map(minute).unwrap_or_default(),
            text_of("cli.account.model", if summary.has_model { "trained" } else { "none" }),
        ]);
    }
    say(&table.to_string())
}

/// Deletes an account, which can be restored for a while.
pub(crate) fn delete(args: &AccountNameArgs) -> Result<(), CommandError> {
    let deleted = changing("account delete", |core| {
        let by = manager(core, args)?;
        let owned = core
            .use_cases
            .accounts
            .open(&by, &args.account)
            .map_err(|error| there(error, "cli.account.unknown", args))?;
        core.use_cases.accounts.delete(&owned, &|_| Ok(()))?;
        Ok(owned.account().handle.clone())
    })?;
    let told = Words::of("cli.account.deleted").with("company", for_shell(&args.company));
    tell(&told.with("account", deleted.as_str()))
}

/// Restores a deleted account.
pub(crate) fn restore(args: &AccountNameArgs) -> Result<(), CommandError> {
    let restored = changing("account restore", |core| {
        let by = manager(core, args)?;
        core.use_cases
            .accounts
            .restore(&by, &args.account)
            .map_err(|error| there(error, "cli.account.not_deleted", args))
    })?;
    tell(&about("cli.account.restored", args).with("account", restored.handle.as_str()))
}

/// Lists the deleted accounts that can be restored.
pub(crate) fn trash(args: &TrashArgs) -> Result<(), CommandError> {
    let (_, core) = open()?;
    let company = company(&core, &args.company)?;
    let by = Operator::at_the_machine().mandate::<ManageAccounts>(company.id);
    let deleted = core.use_cases.accounts.trash(&by)?;
    if deleted.is_empty() {
        remark(&Words::of("cli.account.none_deleted").with("company", company.name.as_str()));
        return Ok(());
    }
    let mut table = Table::new(["account", "name", "deleted", "until"].map(|head| text_of("cli.account.head", head)));
    for trashed in deleted {
        let (deleted, until) = span_in_trash(&trashed);
        table.row([trashed.item.handle.as_str().to_owned(), trashed.item.name.as_str().to_owned(), deleted, until]);
    }
    say(&table.to_string())
}

fn manager(core: &Core, args: &AccountNameArgs) -> Result<Mandate<ManageAccounts>, CommandError> {
    Ok(Operator::at_the_machine().mandate(company(core, &args.company)?.id))
}

fn about(key: &'static str, args: &AccountNameArgs) -> Words {
    Words::of(key).with("company", &args.company)
}

/// Why the account was not found, in words for somebody at the machine.
fn there(error: AppError, key: &'static str, args: &AccountNameArgs) -> CommandError {
    match error {
        AppError::Forbidden(Forbidden::Account) => {
            CommandError::Refused(about(key, args).with("account", &args.account))
        }
        other => other.into(),
    }
}
