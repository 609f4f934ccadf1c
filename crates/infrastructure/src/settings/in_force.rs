//! What is in force, and where it is from: for whoever checks a configuration.

use super::parse;
use super::source::{Provenance, Source};
use super::variables::{Secrecy, VARIABLES, Variable};

/// A variable as it is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InForce {
    /// The variable.
    pub variable: &'static Variable,
    /// What it says, without what is secret in it; `None` where it is not set.
    pub shown: Option<Shown>,
    /// Where it is from.
    pub from: Provenance,
}

/// A value as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// Itself, or what of it is no secret.
    Text(String),
    /// It is secret as a whole.
    Hidden,
}

/// What stands in the place of a password.
const MASK: &str = "***";

/// Every variable, in the order of the table.
pub(super) fn of(source: &Source) -> Vec<InForce> {
    let in_force = |variable: &'static Variable| {
        let (text, from) = source.in_force(variable);
        // What is malformed may be a secret that was meant for another variable.
        let wrong = source.is_wrong(variable.name);
        let shown = text.map(|text| if wrong { Shown::Hidden } else { shown(variable.secrecy, text) });
        InForce { variable, shown, from }
    };
    VARIABLES.iter().map(in_force).collect()
}

fn shown(secrecy: Secrecy, text: String) -> Shown {
    match secrecy {
        // Of more than one line is what was meant to be a file, such as a private key.
        Secrecy::Open if text.contains(char::is_control) => Shown::Hidden,
        Secrecy::Open => Shown::Text(text),
        Secrecy::Address => masked(&text),
        Secrecy::Whole => Shown::Hidden,
    }
}

/// Of an address everything but its login's password and its parameters, of which some are secret. Where an address is
/// malformed nobody knows which part is the password: nothing of it is shown.
fn masked(text: &str) -> Shown {
    if parse::database_url(text).is_err() && parse::redis_url(text).is_err() {
        return Shown::Hidden;
    }
    let Some((scheme, rest)) = text.split_once("://") else { return Shown::Hidden };
    if scheme == "sqlite" {
        return Shown::Text(text.to_owned());
    }
    let (address, parameters) = rest.split_once('?').map_or((rest, ""), |(address, _)| (address, "?"));
    let (login, host) = address.rsplit_once('@').map_or((None, address), |(login, host)| (Some(login), host));
    let login = login.map(|login| match login.split_once(':') {
        Some((user, _)) => format!("{user}:{MASK}@"),
        // Redis asks for no user: one without a password is likely to be the password.
        None if scheme.starts_with("redis") => format!("{MASK}@"),
        None => format!("{login}@"),
    });
    let parameters = if parameters.is_empty() { String::new() } else { format!("?{MASK}") };
    Shown::Text(format!("{scheme}://{}{host}{parameters}", login.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "q0c9Nn5rXv2mJ4eY8wZ1aB7tK6sD3fG0hL9pQ5uV2xI=";

    #[test]
    fn of_addresses_everything_but_the_password_is_shown() {
        for (text, expected) in [
            ("sqlite:///var/lib/a.db", "sqlite:///var/lib/a.db"),
            ("postgres://ana:hunter2@db:5432/atalaya", "postgres://ana:***@db:5432/atalaya"),
            ("postgres://ana@db/atalaya?password=hunter2", "postgres://ana@db/atalaya?***"),
            ("redis://:hunter2@redis:6379/1", "redis://:***@redis:6379/1"),
            ("redis://hunter2@redis", "redis://***@redis"),
            ("rediss://redis", "rediss://redis"),
        ] {
            assert_eq!(shown(Secrecy::Address, text.to_owned()), Shown::Text(expected.to_owned()));
        }
    }

    #[test]
    fn of_a_malformed_address_nothing_is_shown() {
        for text in
            ["hunter2", "k1://hunter2", "postgres://ana:hunter?2@db/x", "redis://h:hunter2", "postgres://h:hunter"]
        {
            assert_eq!(shown(Secrecy::Address, text.to_owned()), Shown::Hidden, "{text}");
        }
    }

    #[test]
    fn of_a_secret_nothing_is_shown_whatever_it_looks_like() {
        let list = format!("k2:{KEY},k1://8AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxw=");
        let secrets = ["KEY_ENCRYPTION_KEY", "PASSWORD_PEPPER", "JWT_SECRET_KEY"];
        for name in secrets {
            for text in [KEY, "k1://8AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxw=", &list, "postgres://ana:secret@db/x", ""]
            {
                let source = Source::new([(name.into(), text.into())]);
                let all = of(&source);
                let variable = all.iter().find(|in_force| in_force.variable.name == name).unwrap();
                assert!(matches!(variable.shown, Some(Shown::Hidden) | None), "{name}={text}: {variable:?}");
            }
        }
        let addresses = VARIABLES.iter().filter(|variable| variable.secrecy == Secrecy::Address);
        let addresses: Vec<_> = addresses.map(|variable| variable.name).collect();
        assert_eq!(addresses, ["DATABASE_URL", "DATABASE_MIGRATION_URL", "REDIS_URL"]);
        let hidden = VARIABLES.iter().filter(|variable| variable.secrecy == Secrecy::Whole);
        assert_eq!(hidden.map(|variable| variable.name).filter(|name| secrets.contains(name)).count(), 3);
    }

    #[test]
    fn a_private_key_in_the_place_of_its_file_is_not_shown() {
        let pem = "-----BEGIN PRIVATE KEY-----\nMIGH\n-----END PRIVATE KEY-----";
        assert_eq!(shown(Secrecy::Open, pem.to_owned()), Shown::Hidden);
    }
}
