//! What docs/security.md and docs/asvs.md claim is there.

use std::collections::{BTreeMap, BTreeSet};

use atalaya_test_architecture::{document, root, sources};

/// The requirements of levels 1 and 2 of OWASP ASVS 5.0, by their ids.
const IDS: &str = include_str!("../data/asvs5_level2_ids.txt");

/// What begins a column that names no test, and says why.
const NO_TEST: &str = "none: ";

/// The names of the test functions of a file: those beneath a `#[test]`, other attributes between them.
fn tests_of(source: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut is_test = false;
    for line in source.lines().map(str::trim) {
        if line == "#[test]" {
            is_test = true;
        } else if let Some(rest) = line.strip_prefix("fn ").filter(|_| is_test) {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
            names.insert(rest[..end].to_owned());
            is_test = false;
        }
    }
    names
}

/// The functions that the macro of the repository contract makes tests of, for each database: `subject: name, name;`.
fn tests_of_the_contract() -> BTreeSet<String> {
    let path = root().join("crates/infrastructure/tests/contract/mod.rs");
    let text = std::fs::read_to_string(path).unwrap();
    let (_, list) = text.split_once("on_every_database! { $fixture;").unwrap();
    let (list, _) = list.split_once('}').unwrap();
    let subjects = list.split(';').filter_map(|subject| subject.split_once(':'));
    subjects.flat_map(|(_, names)| names.split(',').map(|name| name.trim().to_owned())).collect()
}

fn tests() -> BTreeSet<String> {
    let mut found = Vec::new();
    for folder in ["crates", "tests"] {
        sources(&root().join(folder), &mut found);
    }
    let texts = found.iter().map(|path| std::fs::read_to_string(path).unwrap());
    texts.flat_map(|text| tests_of(&text)).chain(tests_of_the_contract()).collect()
}

/// The cells of a row of a table; none for a line that is no row, and for the line under the heads.
fn cells(line: &str) -> Option<Vec<&str>> {
    let inner = line.strip_prefix('|')?.strip_suffix('|')?;
    let cells: Vec<_> = inner.split('|').map(str::trim).collect();
    cells.iter().any(|cell| !cell.chars().all(|c| c == '-')).then_some(cells)
}

/// The words between backticks.
fn code_words(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// The tests that the tables of a document name, in the columns called `shown by`.
fn named_tests(document: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut column = None;
    for line in document.lines() {
        let Some(cells) = cells(line) else {
            column = column.filter(|_| line.starts_with('|'));
            continue;
        };
        if column.is_none() {
            column = Some(cells.iter().position(|cell| *cell == "shown by"));
        } else if let Some(Some(column)) = column {
            let cell = cells.get(column).copied().unwrap_or_default();
            names.extend(code_words(cell).into_iter().map(ToOwned::to_owned));
        }
    }
    names
}

#[test]
fn every_test_that_the_security_documents_name_exists() {
    let tests = tests();
    for name in ["security.md", "asvs.md"] {
        let named = named_tests(&document(name));
        assert!(named.len() > 20, "docs/{name} names {} tests only", named.len());
        let unknown: Vec<_> = named.difference(&tests).collect();
        assert!(unknown.is_empty(), "docs/{name} names tests that do not exist: {unknown:#?}");
    }
}

/// The rows of asvs.md: id, and the cells after it.
fn judged() -> Vec<(String, Vec<String>)> {
    let document = document("asvs.md");
    let rows = document.lines().filter_map(cells).filter(|cells| cells[0].starts_with('V'));
    rows.map(|cells| (cells[0].to_owned(), cells[1..].iter().map(|cell| (*cell).to_owned()).collect())).collect()
}

#[test]
fn every_requirement_of_level_2_is_judged_once() {
    let mut rows = BTreeMap::<String, u32>::new();
    for (id, _) in judged() {
        *rows.entry(id).or_default() += 1;
    }
    let wanted: BTreeSet<String> = IDS.lines().map(ToOwned::to_owned).collect();
    let lacking: Vec<_> = wanted.iter().filter(|id| !rows.contains_key(*id)).collect();
    assert!(lacking.is_empty(), "not judged: {lacking:?}");
    for (id, count) in rows {
        assert!(wanted.contains(&id), "{id} is no requirement of level 2");
        assert_eq!(count, 1, "{id} is judged more than once");
    }
}

#[test]
fn every_verdict_says_what_shows_it_or_what_is_missing() {
    for (id, row) in judged() {
        let [about, verdict, place, shown] = row.as_slice() else { panic!("{id} has {} cells", row.len() + 1) };
        assert!(!about.is_empty() && !place.is_empty(), "{id} has an empty cell");
        let (kind, reason) = verdict.split_once(": ").unwrap_or((verdict, ""));
        let is_shown = !code_words(shown).is_empty() || shown.strip_prefix(NO_TEST).is_some_and(|why| !why.is_empty());
        match kind {
            "met" => assert!(is_shown, "{id} is met, and neither a test nor a reason says so"),
            "partly" => assert!(is_shown && !reason.is_empty(), "{id} does not say what shows it and what is missing"),
            "not met" | "not applicable" => assert!(!reason.is_empty(), "{id} does not say why"),
            _ => panic!("{id} has no verdict: {verdict}"),
        }
    }
}

#[test]
fn the_counts_of_verdicts_are_right() {
    let mut counts = BTreeMap::<String, u32>::new();
    for (_, row) in judged() {
        *counts.entry(row[1].split(':').next().unwrap().to_owned()).or_default() += 1;
    }
    let document = document("asvs.md").replace('\n', " ");
    for (words, kind) in
        [("met", "met"), ("partly met", "partly"), ("not met", "not met"), ("not applicable", "not applicable")]
    {
        let told = format!(" {} {words}", counts[kind]);
        assert!(document.contains(&told), "asvs.md does not say{told}");
    }
}
