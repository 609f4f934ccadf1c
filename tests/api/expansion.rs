//! Migrations since replicas share a database: the program before a migration serves on while it is applied, and after.
//! What nobody uses any more is taken away by a later migration, which says so: `-- Contracts` and what made it
//! superfluous.

use std::path::{Path, PathBuf};

/// The first migration whose program before could share a database: 0015 made all earlier ones see nothing.
const FIRST: &str = "0016";

/// What the program before would miss or could not bear of a table that it knows.
const TAKES_AWAY: &[&str] =
    &["DROP COLUMN", "RENAME", "SET NOT NULL", "SET DATA TYPE", " TYPE ", "ADD CONSTRAINT", "ROW LEVEL SECURITY"];

/// What takes away by itself, or could not be read by this test.
const REFUSED: &[&str] = &["DROP ", "REVOKE ", "DELETE ", "TRUNCATE ", "CREATE RULE ", "CREATE UNIQUE INDEX ", "DO "];

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

/// Whether a statement is about a table that the same migration made: no program knows that one yet.
fn is_of_a_new_table(statement: &str, all: &[String]) -> bool {
    // `ALTER TABLE name …`, `CREATE UNIQUE INDEX … ON name …`.
    let of_index = statement.split_once(" ON ").map(|(_, rest)| rest.split(' ').next().unwrap_or_default());
    let is_index = statement.starts_with("CREATE UNIQUE INDEX");
    let table = of_index.filter(|_| is_index).or(statement.split(' ').nth(2)).unwrap_or_default();
    all.iter().any(|other| other.starts_with(&format!("CREATE TABLE {table} ")))
}

#[test]
fn a_migration_takes_nothing_from_the_program_before_it() {
    assert!(!migrations().is_empty());
    for migration in migrations() {
        let all = statements(&migration);
        for statement in &all {
            if is_of_a_new_table(statement, &all) {
                continue;
            }
            let refused = REFUSED.iter().find(|words| statement.starts_with(**words));
            assert!(refused.is_none(), "{}: {statement}", migration.display());
            if !statement.starts_with("ALTER TABLE") {
                continue;
            }
            let taken = TAKES_AWAY.iter().find(|words| statement.contains(**words));
            assert!(taken.is_none(), "{}: {statement}", migration.display());
            let demands = statement.contains("ADD COLUMN") && statement.contains("NOT NULL");
            assert!(!demands || statement.contains("DEFAULT"), "{}: {statement}", migration.display());
        }
    }
}
