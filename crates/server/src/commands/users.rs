//! `atalaya user list`, `disable`, `enable`, `delete`, `restore` and `trash`.

use atalaya_application::AppError;
use atalaya_application::page::PageRequest;
use atalaya_domain::access::Operator;
use atalaya_domain::account::AccountHandle;
use atalaya_domain::company::Company;
use atalaya_domain::mandate::{ManageUsers, Mandate};
use atalaya_domain::user::{Member, User, UserChange, Username};
use atalaya_web::user_json;

use super::pages::{every, every_company};
use super::passwords::unknown_user;
use super::refusals::changing;
use super::table::Table;
use super::{CommandError, company, minute, named, open, remark, say, span_in_trash, tell, text_of};
use crate::cli::{DeletedUserArgs, TrashArgs, UserListArgs, UserNameArgs};
use crate::compose::Core;
use crate::words::Words;

/// So many users of a company are asked for at a time where one who is active is enough.
const FEW: usize = 20;

/// Lists the users of one company, or of all, with the operators of the platform first.
pub(crate) fn list(args: &UserListArgs) -> Result<(), CommandError> {
    let (_, core) = open()?;
    let (superadmins, companies) = match &args.company {
        Some(name) => (Vec::new(), vec![company(&core, name)?]),
        None => (superadmins(&core)?, every_company(&core)?),
    };
    let active_company = companies.iter().find(|company| company.active).cloned();
    let operator = Operator::at_the_machine();
    let mut listed: Vec<(Member, Option<Company>)> = superadmins.into_iter().map(|member| (member, None)).collect();
    for company in companies {
        let by = operator.mandate::<ManageUsers>(company.id);
        let members = every(|request| core.use_cases.users.list(&by, request))?;
        listed.extend(members.into_iter().map(|member| (member, Some(company.clone()))));
    }
    let may_log_in = |(member, company): &(Member, Option<Company>)| {
        member.user.active && company.as_ref().is_none_or(|company| company.active)
    };
    if args.company.is_none() && !listed.iter().any(may_log_in) {
        remark(&first_user(active_company.as_ref()));
    }
    if listed.is_empty() && args.company.is_none() {
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

/// What to type next where nobody could log in: there is no active superadmin, and no active user of an active company.
pub(super) fn next_step(core: &Core) -> Result<Option<Words>, AppError> {
    if superadmins(core)?.iter().any(|superadmin| superadmin.user.active) {
        return Ok(None);
    }
    let companies: Vec<Company> = every_company(core)?.into_iter().filter(|company| company.active).collect();
    for company in &companies {
        if has_active_user(core, company)? {
            return Ok(None);
        }
    }
    Ok(Some(first_user(companies.first())))
}

/// Reads until it finds one, which is most often on the first page.
fn has_active_user(core: &Core, company: &Company) -> Result<bool, AppError> {
    let by = Operator::at_the_machine().mandate::<ManageUsers>(company.id);
    let mut request = PageRequest::new(None, FEW);
    loop {
        let page = core.use_cases.users.list(&by, &request)?;
        if page.items.iter().any(|member| member.user.active) {
            return Ok(true);
        }
        let Some(after) = page.next else { return Ok(false) };
        request = PageRequest::new(Some(after), FEW);
    }
}

/// How to make the first user: of a company where there is one.
fn first_user(company: Option<&Company>) -> Words {
    match company {
        Some(company) => Words::of("cli.user.nobody_in_company").with("company", shell_word(company)),
        None => Words::of("cli.user.nobody"),
    }
}

/// A company as an argument that a shell takes as it is: its name, in quotes where it has blanks, or else its id.
fn shell_word(company: &Company) -> String {
    let name = company.name.as_str();
    let (plain, quoted) =
        (char::is_alphanumeric, |character: char| character.is_alphanumeric() || " .,-_&".contains(character));
    if name.chars().all(plain) {
        name.to_owned()
    } else if name.starts_with(plain) && name.chars().all(quoted) {
        format!("\"{name}\"")
    } else {
        company.id.get().to_string()
    }
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
        let (by, user) = member(core, &username)?;
        let change = UserChange { active: Some(active), ..UserChange::default() };
        core.use_cases.users.change(&by, user.id, &change, &|_| Ok(()))?;
        let key = if active { "cli.user.enabled" } else { "cli.user.disabled" };
        Ok((Words::of(key).with("username", user.username.as_str()), user.active == active))
    })?;
    tell(&if unchanged { words.and(Words::of("cli.unchanged")) } else { words })
}

/// A user of a company, and the mandate to manage them.
fn member(core: &Core, username: &Username) -> Result<(Mandate<ManageUsers>, User), CommandError> {
    let operator = Operator::at_the_machine();
    let user = core.use_cases.users.find(&operator, username).map_err(|error| match error {
        AppError::NotFound(_) => unknown_user(username),
        other => other.into(),
    })?;
    match user.company {
        Some(company) => Ok((operator.mandate(company), user)),
        None => Err(CommandError::Refused(Words::of("cli.user.superadmin").with("username", username.as_str()))),
    }
}

/// Deletes a user, who can be restored for a while.
pub(crate) fn delete(args: &UserNameArgs) -> Result<(), CommandError> {
    let username = Username::parse(&args.username).map_err(named("cli.field.username"))?;
    let (user, company) = changing("user delete", |core| {
        let (by, user) = member(core, &username)?;
        core.use_cases.users.delete(&by, user.id, &|_| Ok(()))?;
        Ok((user, by.company()))
    })?;
    tell(&Words::of("cli.user.deleted").with("username", user.username.as_str()).with("company", company.get()))
}

/// Lists the deleted users who can be restored.
pub(crate) fn trash(args: &TrashArgs) -> Result<(), CommandError> {
    let (_, core) = open()?;
    let company = company(&core, &args.company)?;
    let by = Operator::at_the_machine().mandate::<ManageUsers>(company.id);
    let deleted = core.use_cases.users.trash(&by)?;
    if deleted.is_empty() {
        remark(&Words::of("cli.user.none_deleted").with("company", company.name.as_str()));
        return Ok(());
    }
    let mut table = Table::new(["username", "role", "deleted", "until"].map(|head| text_of("cli.user.head", head)));
    for trashed in deleted {
        let (deleted, until) = span_in_trash(&trashed);
        let user = trashed.item.user;
        table.row([user.username.as_str().to_owned(), user.role.as_str().to_owned(), deleted, until]);
    }
    say(&table.to_string())
}

/// Restores a deleted user.
pub(crate) fn restore(args: &DeletedUserArgs) -> Result<(), CommandError> {
    let username = Username::parse(&args.username).map_err(named("cli.field.username"))?;
    let restored = changing("user restore", |core| {
        let company = company(core, &args.company)?;
        let by = Operator::at_the_machine().mandate::<ManageUsers>(company.id);
        let deleted = core.use_cases.users.trash(&by)?.into_iter().map(|trashed| trashed.item.user);
        let user = deleted.into_iter().find(|user| user.username.key() == username.key()).ok_or_else(|| {
            let none = Words::of("cli.user.not_deleted").with("username", username.as_str());
            CommandError::Refused(none.with("company", company.name.as_str()))
        })?;
        Ok(core.use_cases.users.restore(&by, user.id)?)
    })?;
    tell(&Words::of("cli.user.restored").with("username", restored.user.username.as_str()))
}
