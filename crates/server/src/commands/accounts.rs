//! `atalaya account list`.

use atalaya_domain::access::Operator;
use atalaya_domain::mandate::ReadAccounts;
use atalaya_web::account_json;

use super::table::Table;
use super::{CommandError, company, minute, open, remark, say, text_of};
use crate::cli::AccountListArgs;
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
