//! What is in force, and where it is from: for whoever checks a configuration.

use super::source::{Provenance, Source};
use super::variables::{VARIABLES, Variable};

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
        let shown = text.map(|text| if variable.secret { masked(&text) } else { Shown::Text(text) });
        InForce { variable, shown, from }
    };
    VARIABLES.iter().map(in_force).collect()
}

/// Of an address everything but its login's password and its parameters, of which some are secret; of any other secret
/// nothing.
fn masked(text: &str) -> Shown {
    let Some((scheme, rest)) = text.split_once("://") else { return Shown::Hidden };
    if scheme == "sqlite" {
        return Shown::Text(text.to_owned());
    }
    let (address, parameters) = rest.split_once('?').map_or((rest, ""), |(address, _)| (address, "?"));
    let (login, host) = address.rsplit_once('@').map_or((None, address), |(login, host)| (Some(login), host));
    let login = login.map(|login| match login.split_once(':') {
        Some((user, _)) => format!("{user}:{MASK}@"),
        None => format!("{login}@"),
    });
    let parameters = if parameters.is_empty() { String::new() } else { format!("?{MASK}") };
    Shown::Text(format!("{scheme}://{}{host}{parameters}", login.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_addresses_everything_but_the_password_is_shown() {
        for (text, shown) in [
            ("sqlite:///var/lib/a.db", "sqlite:///var/lib/a.db"),
            ("postgres://ana:hunter2@db:5432/atalaya", "postgres://ana:***@db:5432/atalaya"),
            ("postgres://ana@db/atalaya?password=hunter2", "postgres://ana@db/atalaya?***"),
            ("redis://:hunter2@redis:6379/1", "redis://:***@redis:6379/1"),
            ("rediss://redis", "rediss://redis"),
        ] {
            assert_eq!(masked(text), Shown::Text(shown.to_owned()));
        }
        assert_eq!(masked("q0c9Nn5rXv2mJ4eY8wZ1aB7tK6sD3fG0hL9pQ5uV2xI="), Shown::Hidden);
    }
}
