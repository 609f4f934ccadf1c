//! The database and Redis.

use atalaya_domain::company::Company;
use atalaya_infrastructure::persistence::{SchemaState, probe as probe_database};
use atalaya_infrastructure::redis::probe as probe_redis;
use atalaya_infrastructure::settings::Settings;

use super::{Finding, Grade};
use crate::compose::{
    DATABASE_URL, Found, look as look_at_file, may_be_made_with_folders, of_contents, of_database, of_database_file,
    open_database, refusals_of_contents,
};
use crate::words::{self, Words};

pub(super) fn look(settings: &Settings) -> Vec<Finding> {
    let mut findings = database(settings);
    if let Some(url) = &settings.redis {
        let finding = match probe_redis(url) {
            Ok(()) => Finding::new(Grade::Good, "REDIS_URL", &Words::of("cli.config.redis")),
            Err(said) => Finding::new(Grade::Bad, "REDIS_URL", &words::redis(&said)),
        };
        findings.push(finding);
    }
    findings
}

fn database(all: &Settings) -> Vec<Finding> {
    let settings = &all.database;
    let found = |grade, words: Words| vec![Finding::new(grade, DATABASE_URL, &words)];
    if let Some(path) = settings.file() {
        match look_at_file(path) {
            Ok(Found::Absent) => {
                let made = may_be_made_with_folders(path);
                let words = match &made {
                    Ok(()) => Words::of("cli.config.database.absent"),
                    Err(error) => Words::of("cli.config.folder").with_words("cause", words::io(error)),
                };
                let grade = if made.is_ok() { Grade::Note } else { Grade::Bad };
                return found(grade, words.with("file", path.display()));
            }
            Ok(_) => {}
            Err(problem) => {
                return vec![Finding::of(Grade::Bad, &of_database_file(path, &problem))];
            }
        }
    }
    match probe_database(settings) {
        Ok(state) => {
            let mut findings = found(graded(state), described(state));
            if state.pending == 0 {
                findings.extend(contents(all));
            }
            findings
        }
        Err(error) => vec![Finding::of(Grade::Bad, &of_database(&error))],
    }
}

fn graded(state: SchemaState) -> Grade {
    if state.pending == 0 && state.foreign == 0 { Grade::Good } else { Grade::Note }
}

fn described(state: SchemaState) -> Words {
    let words = Words::of(match state {
        SchemaState { applied: 0, .. } => "cli.config.database.empty",
        SchemaState { foreign: 1, .. } => "cli.config.database.newer_one",
        SchemaState { foreign: 2.., .. } => "cli.config.database.newer",
        SchemaState { pending: 1, .. } => "cli.config.database.pending_one",
        SchemaState { pending: 2.., .. } => "cli.config.database.pending",
        SchemaState { .. } => "cli.config.database.current",
    });
    words.with("applied", state.applied).with("pending", state.pending).with("foreign", state.foreign)
}

/// What the database holds: for what a start would refuse it, and names of companies that look alike, because since
/// names are compared no new ones come, but those from before stay as they are.
fn contents(settings: &Settings) -> Vec<Finding> {
    let read = open_database(&settings.database, 1, Vec::new())
        .and_then(|database| Ok((database.setup().companies_that_look_alike()?, database)));
    let (groups, database) = match read {
        Ok(read) => read,
        Err(error) => {
            let words = Words::of("cli.config.names_unread").with_words("cause", words::of_app_briefly(&error));
            return vec![Finding::new(Grade::Note, DATABASE_URL, &words)];
        }
    };
    let refused = refusals_of_contents(settings, &database);
    let refused = refused.iter().map(|error| Finding::of(Grade::Bad, &of_contents(error)));
    groups.iter().map(|group| of_group(group)).chain(refused).collect()
}

fn of_group(group: &[Company]) -> Finding {
    let named = |company: &Company| format!("{:?} (id {})", company.name.as_str(), company.id.get());
    let companies: Vec<String> = group.iter().map(named).collect();
    Finding::new(Grade::Note, DATABASE_URL, &Words::of("cli.config.names_alike").with("names", companies.join(", ")))
}
