//! `atalaya config check`: what is in force and where it is from, and whether what it names can be used. It changes
//! nothing, so it may run beside a server.

mod addresses;
mod certificates;
mod data;
mod files;

use std::fmt;

use atalaya_infrastructure::settings::{InForce, Inspection, Profile, Provenance, Settings, Shown};

use super::table::Table;
use super::{CommandError, say, tell, text, text_of};
use crate::words::{self, OfVariable, Words, language};

/// What was found of a setting.
struct Finding {
    grade: Grade,
    variable: String,
    words: String,
}

/// How good it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Grade {
    /// It works.
    Good,
    /// It works, and somebody should know something.
    Note,
    /// It does not work.
    Bad,
}

impl Finding {
    fn new(grade: Grade, variable: impl fmt::Display, words: &Words) -> Self {
        Self { grade, variable: variable.to_string(), words: words.text() }
    }

    fn of(grade: Grade, (variable, words): &OfVariable) -> Self {
        Self::new(grade, variable, words)
    }
}

/// Checks everything, and fails where something does not work. What is in force is shown first, whatever is wrong.
pub(crate) fn run() -> Result<(), CommandError> {
    let Inspection { profile, in_force, settings } = Settings::inspect_env();
    say(&table(profile, in_force))?;
    say("")?;
    let settings = settings?;
    let mut findings = Vec::new();
    findings.extend(remarks(&settings));
    findings.extend(files::look(&settings));
    findings.extend(certificates::look(&settings));
    findings.extend(data::look(&settings));
    findings.extend(addresses::look(&settings));
    for Finding { grade, variable, words } in &findings {
        let grade = match grade {
            Grade::Good => "good",
            Grade::Note => "note",
            Grade::Bad => "bad",
        };
        say(&format!("{:<6} {variable}: {words}", text_of("cli.config.grade", grade)))?;
    }
    let bad = findings.iter().filter(|finding| finding.grade == Grade::Bad).count();
    if bad == 0 {
        return tell(&Words::of("cli.config.good").with("profile", word(profile)));
    }
    let count = u64::try_from(bad).unwrap_or(u64::MAX);
    let words = Words::of_count(count, "cli.config.bad_one", "cli.config.bad");
    Err(CommandError::Failed(words.with("count", count)))
}

fn word(profile: Profile) -> &'static str {
    match profile {
        Profile::Development => "development",
        Profile::Production => "production",
    }
}

/// Every variable with its value, as far as it is no secret, and where that is from.
fn table(profile: Profile, in_force: Vec<InForce>) -> String {
    let heads = ["variable", "value", "from"];
    let mut table = Table::new(heads.map(|head| text_of("cli.config.head", head)));
    for InForce { variable, shown, from } in in_force {
        let from = match (&shown, from) {
            (_, Provenance::Environment) => text("cli.config.from.environment"),
            (_, Provenance::File(name)) => name,
            (None, Provenance::Default) => String::new(),
            (Some(_), Provenance::Default) => text("cli.config.from.default"),
        };
        // In development pages of this machine are allowed besides those that are listed.
        let from = match (variable.name, profile) {
            ("ALLOWED_ORIGINS", Profile::Development) => {
                Words::of("cli.config.from.loopback").with("from", from).text()
            }
            _ => from,
        };
        let value = match shown {
            None => String::new(),
            Some(Shown::Text(value)) => value,
            Some(Shown::Hidden) => text("cli.config.hidden"),
        };
        table.row([variable.name.to_owned(), value, from]);
    }
    table.to_string()
}

/// What is allowed and rarely meant, and names that are nearly those of variables.
fn remarks(settings: &Settings) -> Vec<Finding> {
    let note = |variable: &str, words| Finding { grade: Grade::Note, variable: variable.to_owned(), words };
    let advice = settings.advice();
    let advice = advice.iter().map(|advice| note(&advice.variable, words::of_problem(&advice.problem, language())));
    let near = settings.near_misses.iter();
    let near = near.map(|near| note(&near.found, words::of_near_miss(near).text()));
    advice.chain(near).collect()
}
