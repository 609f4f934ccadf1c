//! What docs/architecture.md says never happens.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use cargo_metadata::{Dependency, DependencyKind, MetadataCommand, Package};

use super::{root, sources};

/// What each crate may import of the others.
const ARROWS: [(&str, &[&str]); 14] = [
    ("atalaya-dashboard", &[]),
    ("atalaya-digits", &[]),
    ("atalaya-digits-training", &["atalaya-digits"]),
    ("atalaya-domain", &[]),
    ("atalaya-application", &["atalaya-domain"]),
    ("atalaya-infrastructure", &["atalaya-application", "atalaya-digits", "atalaya-domain"]),
    ("atalaya-pictures", &["atalaya-domain", "atalaya-texts"]),
    ("atalaya-prediction", &["atalaya-application", "atalaya-domain"]),
    ("atalaya-texts", &["atalaya-application", "atalaya-domain"]),
    ("atalaya-web", &["atalaya-application", "atalaya-dashboard", "atalaya-domain", "atalaya-texts"]),
    (
        "atalaya-server",
        &[
            "atalaya-application",
            "atalaya-domain",
            "atalaya-infrastructure",
            "atalaya-pictures",
            "atalaya-prediction",
            "atalaya-texts",
            "atalaya-web",
        ],
    ),
    ("atalaya-test-architecture", &[]),
    (TEST_SERVERS, &[]),
    (
        "atalaya-tests",
        &[
            "atalaya-application",
            "atalaya-domain",
            "atalaya-infrastructure",
            "atalaya-prediction",
            "atalaya-server",
            "atalaya-test-architecture",
            TEST_SERVERS,
            "atalaya-texts",
            "atalaya-web",
        ],
    ),
];
/// What the tests of every crate may use, and no product code.
const TEST_SERVERS: &str = "atalaya-test-servers";

fn packages() -> Vec<Package> {
    let mut command = MetadataCommand::new();
    command.manifest_path(root().join("Cargo.toml")).no_deps().other_options(["--offline".to_owned()]);
    command.exec().unwrap().packages
}

fn imports(package: &Package) -> BTreeSet<String> {
    let for_tests =
        |dependency: &Dependency| dependency.kind == DependencyKind::Development && dependency.name == TEST_SERVERS;
    let imports = package.dependencies.iter().filter(|dependency| !for_tests(dependency));
    imports.map(|dependency| dependency.name.clone()).collect()
}

#[test]
fn crates_import_one_another_along_the_arrows_only() {
    let arrows: BTreeMap<_, _> = ARROWS.into_iter().collect();
    let mut seen = BTreeSet::new();
    for package in packages() {
        let name = package.name.to_string();
        let Some(allowed) = arrows.get(name.as_str()) else { continue };
        for import in imports(&package).iter().filter(|import| import.starts_with("atalaya-")) {
            assert!(allowed.contains(&import.as_str()), "{name} imports {import}");
        }
        seen.insert(name);
    }
    assert_eq!(seen.len(), ARROWS.len(), "only {seen:?} are there");
}

#[test]
fn inner_crates_know_nothing_of_databases_or_http() {
    let forbidden: [(&str, &[&str]); 7] = [
        ("atalaya-dashboard", &["actix-web", "actix-files", "tokio"]),
        ("atalaya-digits", &["diesel", "actix-web", "tokio", "tracing", "rand", "ndarray"]),
        ("atalaya-domain", &["diesel", "actix-web", "serde", "serde_json", "tokio", "tracing", "bcrypt", "rand"]),
        ("atalaya-application", &["diesel", "actix-web", "bcrypt", "tokio", "smartcore"]),
        ("atalaya-prediction", &["diesel", "actix-web", "bcrypt", "jsonwebtoken"]),
        ("atalaya-pictures", &["diesel", "actix-web", "tokio", "smartcore", "tracing"]),
        ("atalaya-web", &["diesel", "smartcore", "bcrypt", "jsonwebtoken"]),
    ];
    for package in packages() {
        let Some((name, forbidden)) = forbidden.iter().find(|(name, _)| *name == package.name.as_str()) else {
            continue;
        };
        for dependency in package.dependencies.iter().filter(|each| each.kind == DependencyKind::Normal) {
            assert!(!forbidden.contains(&dependency.name.as_str()), "{name} depends on {}", dependency.name);
        }
    }
}

#[test]
fn every_crate_keeps_the_workspaces_lints() {
    for package in packages() {
        let manifest = std::fs::read_to_string(&package.manifest_path).unwrap();
        assert!(manifest.contains("[lints]\nworkspace = true"), "{} has lints of its own", package.name);
    }
}

#[test]
fn both_databases_have_the_same_migrations_up_and_down() {
    let migrations = |database: &str| -> BTreeSet<String> {
        let folder = root().join("migrations").join(database);
        let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
        names
            .map(|entry| {
                for script in ["up.sql", "down.sql"] {
                    assert!(entry.path().join(script).is_file(), "{} has no {script}", entry.path().display());
                }
                entry.file_name().into_string().unwrap()
            })
            .collect()
    };
    assert!(!migrations("sqlite").is_empty());
    assert_eq!(migrations("sqlite"), migrations("postgres"));
}

#[test]
fn every_suite_is_run_by_make_test() {
    let script = std::fs::read_to_string(root().join("tests/run.sh")).unwrap();
    for package in packages() {
        for target in package.targets.iter().filter(|target| target.is_test()) {
            let named = script.split_whitespace().collect::<Vec<_>>();
            let named = named.windows(2).any(|pair| pair == ["--test", target.name.as_str()]);
            assert!(named, "tests/run.sh runs no --test {}", target.name);
        }
    }
}

/// The payload of a job is its handler's own; everything else is put into JSON by whoever speaks it.
#[test]
fn use_cases_know_json_in_payloads_of_jobs_alone() {
    let mut found = Vec::new();
    sources(&root().join("crates/application/src"), &mut found);
    let knows_json = |path: &&PathBuf| std::fs::read_to_string(path).unwrap().contains("serde");
    let names: Vec<_> = found.iter().filter(knows_json).filter_map(|path| path.file_name()?.to_str()).collect();
    assert!(names.iter().all(|name| name.ends_with("_payload.rs")) && !names.is_empty(), "{names:?}");
}

/// Each way in spells fields in its own words; a rule names them by type.
#[test]
fn rules_and_use_cases_know_no_field_of_the_wire() {
    let mut found = Vec::new();
    for package in ["application", "domain"] {
        sources(&root().join("crates").join(package).join("src"), &mut found);
    }
    for path in found {
        let text = std::fs::read_to_string(&path).unwrap();
        for named in ["Violation::new(\"", "Violation::text(\"", "invalid(\"", "Violation::new(format!"] {
            assert!(!text.contains(named), "{} names a field by a text", path.display());
        }
    }
}

/// `rustfmt` breaks code and leaves comments as they are.
#[test]
fn comments_keep_to_the_width_of_code() {
    let mut found = Vec::new();
    for folder in ["crates", "tests", "bench", "fuzz/fuzz_targets"] {
        sources(&root().join(folder), &mut found);
    }
    let mut wide = Vec::new();
    for path in found {
        let text = std::fs::read_to_string(&path).unwrap();
        let lines = (1..).zip(text.lines());
        let lines = lines.filter(|(_, line)| line.trim_start().starts_with("//") && line.chars().count() > 120);
        wide.extend(lines.map(|(number, _)| format!("{}:{number}", path.display())));
    }
    assert!(wide.is_empty(), "comments past 120 columns: {wide:#?}");
}

#[test]
fn no_file_of_tests_is_left_out() {
    let folder = root().join("tests/api");
    let main = std::fs::read_to_string(folder.join("main.rs")).unwrap();
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let named: Vec<_> = files.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned())).collect();
    let lacking: Vec<_> =
        named.iter().filter(|name| *name != "main" && !main.contains(&format!("mod {name};"))).collect();
    assert!(lacking.is_empty() && named.len() > 50, "tests/api/main.rs does not name {lacking:?}");
}

/// The matrix asks every field of these types. A field of another type has no code of its own: it shows what was read
/// with its owner.
#[test]
fn fields_of_graphql_with_code_are_of_types_in_the_matrix_and_fail_by_refusals_alone() {
    const WITH_CODE: [&str; 4] = ["accounts.rs", "mutations.rs", "queries.rs", "subscriptions.rs"];
    let mut found = Vec::new();
    sources(&root().join("crates/web/src/graphql"), &mut found);
    assert!(found.len() > WITH_CODE.len());
    for path in found {
        let name = path.file_name().unwrap().to_str().unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let has_code = ["#[Object", "#[ComplexObject", "#[Subscribable"].iter().any(|word| text.contains(word));
        assert_eq!(has_code, WITH_CODE.contains(&name), "{name}: add its types to tests/api/graphql/matrix.rs");
        let hands_on = ["async_graphql::Error", "async_graphql::Result", "FieldResult", "FieldError"];
        let hands_on = hands_on.iter().find(|word| text.contains(*word));
        assert!(name == "refusal.rs" || hands_on.is_none(), "{name}: {hands_on:?} would show readers its text");
    }
}

#[test]
fn csv_is_written_in_one_place() {
    let mut found = Vec::new();
    for package in ["application", "domain", "infrastructure", "server", "web"] {
        sources(&root().join("crates").join(package).join("src"), &mut found);
    }
    let has_writer = |path: &&PathBuf| {
        let text = std::fs::read_to_string(path).unwrap();
        ["csv::Writer", "WriterBuilder"].iter().any(|name| text.contains(name))
    };
    let writers: Vec<_> = found.iter().filter(has_writer).collect();
    assert!(matches!(writers[..], [only] if only.ends_with("web/src/api/csv_lines.rs")), "{writers:?}");
}
