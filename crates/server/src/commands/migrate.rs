//! `atalaya migrate`.

use atalaya_infrastructure::settings::Settings;

use super::{CommandError, say};
use crate::cli::MigrateStep;
use crate::compose::open_database;

/// One step.
pub(crate) fn run(step: MigrateStep) -> Result<(), CommandError> {
    let settings = Settings::from_env()?;
    let database = open_database(&settings.database, 1, Vec::new())?;
    match step {
        MigrateStep::Up => {
            let applied = database.setup().migrate_up()?;
            if applied.is_empty() {
                return say("nothing to do: every migration has run");
            }
            applied.iter().try_for_each(|name| say(&format!("applied {name}")))
        }
        MigrateStep::Down => match database.setup().migrate_down()? {
            Some(name) => say(&format!("reverted {name}")),
            None => say("nothing to do: no migration has run"),
        },
        MigrateStep::Status => database.setup().migrations()?.iter().try_for_each(|migration| {
            let state = if migration.applied { "applied" } else { "pending" };
            say(&format!("{state:8} {}", migration.name))
        }),
    }
}
