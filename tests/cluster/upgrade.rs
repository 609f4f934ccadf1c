//! Another version of the program, with another migration, while the one before it serves.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use atalaya_infrastructure::persistence::Database;
use atalaya_tests::fixtures::daily_history;
use atalaya_tests::{Cluster, Reply, bank};
use serde_json::json;
use tempfile::TempDir;

use crate::support::{FORECAST, log_in, prediction, under_load, within};

/// The program as it was before the newest migrations; `make test` builds it from the history of the repository.
fn previous() -> PathBuf {
    let variable = "ATALAYA_PREVIOUS_PROGRAM";
    let path = std::env::var_os(variable);
    let path = PathBuf::from(path.unwrap_or_else(|| panic!("{variable} is not set: tests/build_previous prints it")));
    assert!(path.is_file(), "{variable} is {}, which is no file", path.display());
    path
}

/// The newest migration that a program knows.
fn newest_migration_of(program: &Path) -> String {
    let folder = TempDir::new().unwrap();
    let address = format!("sqlite://{}", folder.path().join("empty.db").display());
    let migrate = |verb: &str| {
        let mut command = Command::new(program);
        command.args(["migrate", verb]).env_clear();
        let asked = command.envs([("ENVIRONMENT", "development"), ("DATABASE_URL", &address)]).output().unwrap();
        assert!(asked.status.success(), "{asked:?}");
        String::from_utf8(asked.stdout).unwrap()
    };
    // Only this makes a database; the other verb says that there is none.
    migrate("up");
    migrate("status").split_whitespace().last().unwrap().to_owned()
}

/// A path that is one program and later another.
struct Installed(TempDir);

impl Installed {
    fn new(program: &Path) -> Self {
        let installed = Self(TempDir::new().unwrap());
        symlink(program, installed.path()).unwrap();
        installed
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("atalaya")
    }

    fn upgrade(&self, program: &Path) {
        std::fs::remove_file(self.path()).unwrap();
        symlink(program, self.path()).unwrap();
    }
}

#[test]
fn the_program_before_the_migrations_serves_while_it_is_applied_and_until_it_is_replaced() {
    let previous = previous();
    let newest = newest_migration_of(&previous);
    let installed = Installed::new(&previous);
    let cluster = Cluster::start(&installed.path(), &[], |core| {
        bank("Banco Uno").trained_account("BancoUno", daily_history(60, 10_000)).store(core);
        // As the program before left it.
        while core.database.setup().migrations().unwrap().iter().any(|one| one.applied && one.name > newest) {
            core.database.setup().migrate_down().unwrap();
        }
    });
    let unmigrated = || {
        let database = Database::open(&cluster.database().url(), 1, Vec::new()).unwrap();
        let pending: Vec<String> =
            database.setup().migrations().unwrap().into_iter().filter(|one| !one.applied).map(|one| one.name).collect();
        (database, pending)
    };
    assert!(!unmigrated().1.is_empty(), "the program before knows every migration");
    let admin = log_in(&cluster, "admin_banco_uno");
    // By the program before: a model is stored in the form of the program that trained it.
    let _ = admin.post("/regression/train", &json!({"username": "BancoUno"})).expect(200);
    within(Duration::from_mins(1), "both replicas answer by it", || (0..10).all(|_| admin.get(FORECAST).status == 200));
    let expected = prediction(&admin.get(FORECAST)).clone();
    let ask = |number: usize| -> Option<Reply> {
        let observation = json!({"hora": format!("2026-08-23T01:00:{:02}Z", number % 60), "seguidores": number});
        // Seldom enough that uploads to one account do not crowd one another out, which is no matter of an upgrade.
        let reply = match number % 40 {
            0 => admin.post("/accounts/BancoUno/observations", &json!({"observations": [observation]})),
            1 => admin.get("/accounts"),
            2 => admin.get("/accounts/BancoUno/observations"),
            _ => admin.get(FORECAST),
        };
        let right = reply.status == 200 && reply.json.get("prediction").is_none_or(|found| *found == expected);
        (!right).then_some(reply)
    };
    let replies = under_load(8, 4_000, ask, || {
        let (database, _) = unmigrated();
        database.setup().migrate_up().unwrap();
        installed.upgrade(Path::new(env!("CARGO_BIN_EXE_serve_for_tests")));
        for number in 0..2 {
            cluster.terminate(number);
            cluster.restart(number);
        }
    });
    let failed: Vec<&Reply> = replies.iter().flatten().collect();
    let first = failed.first().map(|reply| (reply.status, reply.text()));
    assert!(failed.is_empty(), "{} of {} failed: {first:?}", failed.len(), replies.len());
    assert_eq!(unmigrated().1, Vec::<String>::new());
}
