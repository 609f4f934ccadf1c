//! `atalaya user password` and `atalaya passwords import`.

use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal};

use atalaya_application::AppError;
use atalaya_domain::access::Operator;
use atalaya_domain::password::Password;
use atalaya_domain::user::Username;
use atalaya_infrastructure::security::BreachedList;
use secrecy::{ExposeSecret, SecretString};

use super::progress::{Progress, Working};
use super::refusals::changing;
use super::{CommandError, file_error, named, refused, tell, text};
use crate::cli::{PasswordsImportArgs, UserPasswordArgs};
use crate::compose::Core;
use crate::words::Words;

/// Sets a password that is asked for. Whoever knew the old one is out: all sessions end.
pub(crate) fn assign(args: &UserPasswordArgs) -> Result<(), CommandError> {
    let username = Username::parse(&args.username).map_err(named("cli.field.username"))?;
    changing("user password", |core| assign_to(core, &username, args.must_change_password))
}

fn assign_to(core: &Core, username: &Username, must_change: bool) -> Result<(), CommandError> {
    let operator = Operator::at_the_machine();
    let unknown = |error| match error {
        AppError::NotFound(_) => unknown_user(username),
        other => other.into(),
    };
    // Before a password is asked for.
    core.use_cases.users.find(&operator, username).map_err(unknown)?;
    let user = core.use_cases.users.assign_password(&operator, username, &ask_password()?, must_change)?;
    tell(&Words::of("cli.user.password_set").with("username", user.username.as_str()))
}

/// Nobody has that name.
pub(super) fn unknown_user(username: &Username) -> CommandError {
    CommandError::Refused(Words::of("cli.user.unknown").with("username", username.as_str()))
}

/// Makes a list of breached passwords from a text file.
pub(crate) fn import(args: &PasswordsImportArgs) -> Result<(), CommandError> {
    const PIECE: u64 = 1 << 20;
    let file = File::open(&args.list).map_err(file_error(&args.list))?;
    let size = file.metadata().map_err(file_error(&args.list))?.len();
    let progress = Progress::new(usize::try_from(size / PIECE).unwrap_or(usize::MAX));
    let (mut reader, mut list) = (BufReader::new(file), BreachedList::default());
    let (mut line, mut read) = (Vec::new(), 0);
    while reader.read_until(b'\n', &mut line).map_err(file_error(&args.list))? > 0 {
        list.add_line(&line);
        read += line.len() as u64;
        while read >= PIECE {
            read -= PIECE;
            progress.piece_done();
        }
        line.clear();
    }
    drop(progress);
    if list.is_empty() {
        return Err(CommandError::Refused(Words::of("cli.passwords.none").with("file", args.list.display())));
    }
    let working = Working::begin("cli.progress.list");
    let entries = list.write(&args.output).map_err(file_error(&args.output))?;
    drop(working);
    tell(&Words::of("cli.passwords.imported").with("count", entries).with("file", args.output.display()))
}

/// Asked for twice on a terminal, read as one line elsewhere; never an argument, which every process list shows.
pub(super) fn ask_password() -> Result<Password, CommandError> {
    if !io::stdin().is_terminal() {
        let mut line = String::new();
        io::stdin().read_line(&mut line)?;
        let line = SecretString::from(line);
        return Ok(Password::new(line.expose_secret().trim_end_matches(['\r', '\n'])));
    }
    let first = SecretString::from(rpassword::prompt_password(text("cli.passwords.prompt"))?);
    let second = SecretString::from(rpassword::prompt_password(text("cli.passwords.again"))?);
    if first.expose_secret() == second.expose_secret() {
        Ok(Password::new(first.expose_secret()))
    } else {
        Err(refused("cli.passwords.differ"))
    }
}
