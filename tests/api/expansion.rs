//! Migrations since replicas share a database: the program before a migration serves on while it is applied, and after.
//! What nobody uses any more is taken away by a later migration, which says so: `-- Contracts` and what made it superfluous.

use std::path::{Path, PathBuf};

/// The first migration that replicas may meet.
const FIRST: &str = "0013";

/// What the program before would miss or could not bear.
const TAKES_AWAY: &[&str] = &["DROP TABLE", "DROP COLUMN", "RENAME", "SET NOT NULL", "SET DATA TYPE", " TYPE "];

fn migrations() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations/postgres");
    let found = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut since: Vec<PathBuf> = found.filter(|path| path.file_name().unwrap().to_str().unwrap() >= FIRST).collect();
    since.retain(|migration| !up(migration).contains("-- Contracts "));
    since.sort();
    since
}

fn up(migration: &Path) -> String {
    std::fs::read_to_string(migration.join("up.sql")).unwrap()
}

/// The statements of a migration without their comments, in capitals, each on one line.
fn statements(migration: &Path) -> Vec<String> {
    let text = up(migration);
    let code: Vec<&str> = text.lines().map(|line| line.split("--").next().unwrap_or_default()).collect();
    let words = |statement: &str| statement.split_whitespace().collect::<Vec<_>>().join(" ").to_uppercase();
    code.join(" ").split(';').map(words).collect()
}

#[test]
fn a_migration_takes_nothing_from_the_program_before_it() {
    assert!(!migrations().is_empty());
    for migration in migrations() {
        for statement in statements(&migration).iter().filter(|statement| statement.starts_with("ALTER TABLE")) {
            let taken = TAKES_AWAY.iter().find(|words| statement.contains(**words));
            assert!(taken.is_none(), "{}: {statement}", migration.display());
            let demands = statement.contains("ADD COLUMN") && statement.contains("NOT NULL");
            assert!(!demands || statement.contains("DEFAULT"), "{}: {statement}", migration.display());
        }
        let drops = statements(&migration).into_iter().find(|statement| statement.starts_with("DROP "));
        assert!(drops.is_none(), "{}: {drops:?}", migration.display());
    }
}
