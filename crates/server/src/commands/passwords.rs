//! `atalaya user password` and `atalaya passwords import`.

use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal};

use atalaya_application::AppError;
use atalaya_domain::access::Operator;
use atalaya_domain::password::Password;
use atalaya_domain::user::Username;
use atalaya_infrastructure::security::BreachedList;
use secrecy::{ExposeSecret, SecretString};

use super::progress::Progress;
use super::refusals::changing;
use super::{CommandError, file_error, named, say};
use crate::cli::{PasswordsImportArgs, UserPasswordArgs};
use crate::compose::Core;

/// Sets a password that is asked for. Whoever knew the old one is out: all sessions end.
pub(crate) fn assign(args: &UserPasswordArgs) -> Result<(), CommandError> {
    let username = Username::parse(&args.username).map_err(named("username"))?;
    changing("user password", |core| assign_to(core, &username, args.must_change_password))
}

fn assign_to(core: &Core, username: &Username, must_change: bool) -> Result<(), CommandError> {
    let operator = Operator::at_the_machine();
    let unknown = |error| match error {
        AppError::NotFound(_) => CommandError::Said(format!("there is no user {:?}", username.as_str())),
        other => other.into(),
    };
    // Before a password is asked for.
    core.use_cases.users.find(&operator, username).map_err(unknown)?;
    let user = core.use_cases.users.assign_password(&operator, username, &ask_password()?, must_change)?;
    say(&format!("set a new password for {}; all of their sessions have ended", user.username.as_str()))
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
        return Err(CommandError::Said(format!("{} holds no password; nothing was written", args.list.display())));
    }
    let entries = list.write(&args.output).map_err(file_error(&args.output))?;
    say(&format!("{entries} passwords; serve with BREACHED_PASSWORDS_FILE={}", args.output.display()))
}

/// Asked for twice on a terminal, read as one line elsewhere; never an argument, which every process list shows.
pub(super) fn ask_password() -> Result<Password, CommandError> {
    if !io::stdin().is_terminal() {
        let mut line = String::new();
        io::stdin().read_line(&mut line)?;
        let line = SecretString::from(line);
        return Ok(Password::new(line.expose_secret().trim_end_matches(['\r', '\n'])));
    }
    let first = SecretString::from(rpassword::prompt_password("Password: ")?);
    let second = SecretString::from(rpassword::prompt_password("Again: ")?);
    if first.expose_secret() == second.expose_secret() {
        Ok(Password::new(first.expose_secret()))
    } else {
        Err(CommandError::Said("the passwords differ".into()))
    }
}
