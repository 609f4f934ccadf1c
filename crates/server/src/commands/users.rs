//! `atalaya user list`, `disable` and `enable`.

use atalaya_application::AppError;
use atalaya_domain::access::Operator;
use atalaya_domain::account::AccountHandle;
use atalaya_domain::company::Company;
use atalaya_domain::mandate::ManageUsers;
use atalaya_domain::user::{Member, UserChange, Username};
use atalaya_web::user_json;

use super::pages::{every, every_company};
use super::passwords::unknown_user;
use super::refusals::changing;
use super::table::Table;
use super::{CommandError, company, minute, named, open, remark, say, tell, text_of};
use crate::cli::{UserListArgs, UserNameArgs};
use crate::compose::Core;
use crate::words::Words;

/// Lists the users of one company, or of all, with the operators of the platform first.
pub(crate) fn list(args: &UserListArgs) -> Result<(), CommandError> {
    let (_, core) = open()?;
    let (superadmins, companies) = match &args.company {
        Some(name) => (Vec::new(), vec![company(&core, name)?]),
        None => (superadmins(&core)?, every_company(&core)?),
    };
    let operator = Operator::at_the_machine();
    let mut listed: Vec<(Member, Option<Company>)> = superadmins.into_iter().map(|member| (member, None)).collect();
    for company in companies {
        let by = operator.mandate::<ManageUsers>(company.id);
        let members = every(|request| core.use_cases.users.list(&by, request))?;
        listed.extend(members.into_iter().map(|member| (member, Some(company.clone()))));
    }
    if listed.is_empty() && args.company.is_none() {
        remark(&Words::of("cli.user.nobody"));
        return Ok(());
    }
    if args.json {
        return listed.into_iter().try_for_each(|(member, _)| say(&user_json(member)?));
    }
    let heads = ["username", "role", "company", "state", "last_login", "accounts"];
    let mut table = Table::new(heads.map(|head| text_of("cli.user.head", head)));
    for (Member { user, accounts }, company) in listed {
        let state = match &company {
            Some(company) if !company.active => "company_suspended",
            _ if !user.active => "disabled",
            _ if user.must_change_password => "temporary_password",
            _ => "active",
        };
        let accounts: Vec<&str> = accounts.iter().map(AccountHandle::as_str).collect();
        table.row([
            user.username.as_str().to_owned(),
            user.role.as_str().to_owned(),
            company.map(|company| company.name.as_str().to_owned()).unwrap_or_default(),
            text_of("cli.user.state", state),
            user.last_login_at.map(minute).unwrap_or_default(),
            accounts.join(" "),
        ]);
    }
    say(&table.to_string())
}

fn superadmins(core: &Core) -> Result<Vec<Member>, AppError> {
    let superadmins = core.use_cases.users.superadmins(&Operator::at_the_machine().platform())?;
    Ok(superadmins.into_iter().map(|user| Member { user, accounts: Vec::new() }).collect())
}

/// Whether nobody could log in: there is no company and no superadmin.
pub(super) fn nobody_is_there(core: &Core) -> Result<bool, AppError> {
    let companies = core.use_cases.companies.count(&Operator::at_the_machine().platform())?;
    Ok(companies == 0 && superadmins(core)?.is_empty())
}

/// Lets a user log in no more.
pub(crate) fn disable(args: &UserNameArgs) -> Result<(), CommandError> {
    switch(args, "user disable", false)
}

/// Lets a user log in again.
pub(crate) fn enable(args: &UserNameArgs) -> Result<(), CommandError> {
    switch(args, "user enable", true)
}

fn switch(args: &UserNameArgs, command: &'static str, active: bool) -> Result<(), CommandError> {
    let username = Username::parse(&args.username).map_err(named("cli.field.username"))?;
    let (words, unchanged) = changing(command, |core| {
        let operator = Operator::at_the_machine();
        let user = core.use_cases.users.find(&operator, &username).map_err(|error| match error {
            AppError::NotFound(_) => unknown_user(&username),
            other => other.into(),
        })?;
        let Some(company) = user.company else {
            return Err(CommandError::Refused(Words::of("cli.user.superadmin").with("username", username.as_str())));
        };
        let change = UserChange { active: Some(active), ..UserChange::default() };
        let by = operator.mandate::<ManageUsers>(company);
        core.use_cases.users.change(&by, user.id, &change, &|_| Ok(()))?;
        let key = if active { "cli.user.enabled" } else { "cli.user.disabled" };
        Ok((Words::of(key).with("username", user.username.as_str()), user.active == active))
    })?;
    tell(&if unchanged { words.and(Words::of("cli.unchanged")) } else { words })
}
