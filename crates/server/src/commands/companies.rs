//! `atalaya company list`, `suspend` and `resume`.

use atalaya_domain::access::Operator;
use atalaya_domain::company::CompanyChange;
use atalaya_web::company_json;

use super::pages::every_company;
use super::refusals::changing;
use super::table::Table;
use super::{CommandError, company, minute, open, remark, say, tell, text_of};
use crate::cli::{CompanyListArgs, CompanyNameArgs};
use crate::words::Words;

/// Lists the companies.
pub(crate) fn list(args: &CompanyListArgs) -> Result<(), CommandError> {
    let (_, core) = open()?;
    let companies = every_company(&core)?;
    if companies.is_empty() {
        remark(&Words::of("cli.company.none"));
        return Ok(());
    }
    if args.json {
        return companies.into_iter().try_for_each(|company| say(&company_json(company)?));
    }
    let heads = ["id", "name", "time_zone", "state", "created"];
    let mut table = Table::new(heads.map(|head| text_of("cli.company.head", head)));
    for company in companies {
        table.row([
            company.id.get().to_string(),
            company.name.as_str().to_owned(),
            company.time_zone.name().to_owned(),
            text_of("cli.company.state", if company.active { "active" } else { "suspended" }),
            minute(company.created_at),
        ]);
    }
    say(&table.to_string())
}

/// Lets the users of a company log in no more.
pub(crate) fn suspend(args: &CompanyNameArgs) -> Result<(), CommandError> {
    switch(args, "company suspend", false)
}

/// Lets the users of a company log in again.
pub(crate) fn resume(args: &CompanyNameArgs) -> Result<(), CommandError> {
    switch(args, "company resume", true)
}

fn switch(args: &CompanyNameArgs, command: &'static str, active: bool) -> Result<(), CommandError> {
    let before = changing(command, |core| {
        let before = company(core, &args.company)?;
        let change = CompanyChange { active: Some(active), ..CompanyChange::default() };
        let by = Operator::at_the_machine().platform_mandate();
        core.use_cases.companies.change(&by, before.id, &change, &|_| Ok(()))?;
        Ok(before)
    })?;
    let key = if active { "cli.company.resumed" } else { "cli.company.suspended" };
    let words = Words::of(key).with("name", before.name.as_str());
    tell(&if before.active == active { words.and(Words::of("cli.unchanged")) } else { words })
}
