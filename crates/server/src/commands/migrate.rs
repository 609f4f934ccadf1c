//! `atalaya migrate`.

use atalaya_infrastructure::settings::Settings;

use super::progress::Working;
use super::{CommandError, tell};
use crate::cli::MigrateStep;
use crate::compose::{StartError, judge_file, open_database};
use crate::words::Words;

/// One step.
pub(crate) fn run(step: MigrateStep) -> Result<(), CommandError> {
    let settings = Settings::from_env()?;
    judge_file(&settings.database, step.makes_a_database())?;
    let database = open_database(&settings.database, 1, Vec::new()).map_err(StartError::Database)?;
    match step {
        MigrateStep::Up => {
            let working = Working::begin("cli.progress.migrate");
            let applied = database.setup().migrate_up().map_err(StartError::Database)?;
            drop(working);
            if applied.is_empty() {
                return tell(&Words::of("cli.migrate.nothing"));
            }
            applied.iter().try_for_each(|name| tell(&Words::of("cli.migrate.done").with("name", name)))
        }
        MigrateStep::Down => match database.setup().migrate_down()? {
            Some(name) => tell(&Words::of("cli.migrate.reverted").with("name", name)),
            None => tell(&Words::of("cli.migrate.nothing_to_revert")),
        },
        MigrateStep::Status => database.setup().migrations()?.iter().try_for_each(|migration| {
            let key = if migration.applied { "cli.migrate.applied" } else { "cli.migrate.pending" };
            tell(&Words::of(key).with("name", &migration.name))
        }),
    }
}
