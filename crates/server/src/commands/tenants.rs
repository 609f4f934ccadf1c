//! `atalaya company create` and `atalaya user create`.

use atalaya_application::receipt::Unkept;
use atalaya_application::users::Registration;
use atalaya_domain::access::{Operator, Role};
use atalaya_domain::company::{Company, CompanyName, NewCompany, parse_time_zone};
use atalaya_domain::user::{Email, User, Username};

use super::passwords::ask_password;
use super::refusals::changing;
use super::{CommandError, company, named, refused, tell};
use crate::cli::{CompanyArgs, UserArgs};
use crate::compose::Core;
use crate::words::Words;

/// Creates a company.
pub(crate) fn create_company(args: &CompanyArgs) -> Result<(), CommandError> {
    let name = CompanyName::parse(&args.name).map_err(named("cli.field.company_name"))?;
    let time_zone = parse_time_zone(&args.time_zone)?;
    let by = Operator::at_the_machine().platform_mandate();
    let company = changing("company create", |core| {
        Ok(core.use_cases.companies.create(&by, &NewCompany { name, time_zone })?)
    })?;
    tell(&Words::of("cli.company.created").with("name", company.name.as_str()).with("id", company.id.get()))
}

/// Creates a user whose password is asked for.
pub(crate) fn create_user(args: &UserArgs) -> Result<(), CommandError> {
    let username = Username::parse(&args.username).map_err(named("cli.field.username"))?;
    let email = args.email.as_deref().map(Email::parse).transpose().map_err(named("cli.field.email"))?;
    let role = if args.superadmin { Role::Superadmin } else { member_role(&args.role)? };
    let created = changing("user create", |core| create(core, args, username, role, email))?;
    let told = Words::of("cli.user.created").with("role", created.role).with("username", created.username.as_str());
    tell(&told.with("id", created.id.get()))
}

fn create(
    core: &Core,
    args: &UserArgs,
    username: Username,
    role: Role,
    email: Option<Email>,
) -> Result<User, CommandError> {
    let tenant = args.company.as_deref().map(|name| company(core, name)).transpose()?;
    let registration = Registration {
        username,
        password: ask_password()?,
        role,
        email,
        accounts: Vec::new(),
        must_change_password: args.must_change_password,
    };
    let operator = Operator::at_the_machine();
    Ok(match tenant {
        None => core.use_cases.users.register_superadmin(&operator.platform_mandate(), &registration)?,
        Some(Company { id, .. }) => core.use_cases.users.register(&operator.mandate(id), &registration, &Unkept)?.user,
    })
}

fn member_role(text: &str) -> Result<Role, CommandError> {
    match text.parse() {
        Ok(role @ (Role::Admin | Role::User | Role::Viewer)) => Ok(role),
        _ => Err(refused("cli.argument.role")),
    }
}
