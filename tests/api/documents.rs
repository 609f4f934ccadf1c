//! The documents: what both languages have to explain, and where links lead.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use atalaya_domain::forecast::Warning;
use atalaya_domain::overview::AttentionCode;
use atalaya_infrastructure::settings::VARIABLES;
use atalaya_test_architecture::{document, root};
use atalaya_web::Kind;

/// The page has each of the words as code.
fn assert_explains(name: &str, words: &[&str]) {
    let page = document(name);
    let lacking: Vec<_> = words.iter().filter(|word| !page.contains(&format!("`{word}`"))).collect();
    assert!(lacking.is_empty(), "docs/{name} does not explain {lacking:?}");
}

#[test]
fn every_error_code_is_explained_in_both_languages() {
    let codes: Vec<_> = Kind::ALL.iter().map(|kind| kind.code).collect();
    for name in ["errors.md", "es/errors.md"] {
        assert_explains(name, &codes);
    }
}

#[test]
fn every_broken_rule_is_explained_in_both_languages() {
    let texts = include_str!("../../crates/texts/locales/en.yml").split_once("\nviolation:\n").unwrap().1;
    let rules = texts.lines().map_while(|line| line.strip_prefix("  ")?.split(':').next());
    // One rule may have several texts.
    let rules: Vec<_> = rules.filter(|rule| !rule.starts_with("invalid_character_")).collect();
    assert!(rules.len() > 40, "{rules:?}");
    for name in ["errors.md", "es/errors.md"] {
        assert_explains(name, &rules);
    }
}

#[test]
fn every_warning_is_explained_in_both_languages() {
    let codes: Vec<_> = Warning::ALL.iter().map(|warning| warning.code()).collect();
    for name in ["forecasting.md", "es/forecasting.md"] {
        assert_explains(name, &codes);
    }
}

#[test]
fn what_needs_attention_is_explained_in_both_languages() {
    let codes = AttentionCode::ALL.map(AttentionCode::as_str);
    for name in ["api.md", "es/api.md"] {
        assert_explains(name, &codes);
        assert_explains(name, &["pending", "GET /accounts/@overview"]);
    }
}

#[test]
fn every_operation_on_tables_is_listed() {
    let text = document("openapi.json");
    let openapi: serde_json::Value = serde_json::from_str(&text).unwrap();
    let paths = openapi["paths"].as_object().unwrap().iter();
    let of_tables = paths.flat_map(|(path, item)| {
        let operations = item.as_object().unwrap().iter().filter(|(_, operation)| operation["tags"][0] == "tables");
        operations.map(move |(method, _)| format!("{} {path}", method.to_uppercase()))
    });
    let words: Vec<String> = of_tables.collect();
    assert!(words.len() > 30, "{words:?}");
    assert_explains("api.md", &words.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn every_setting_is_explained() {
    let names: Vec<_> = VARIABLES.iter().map(|variable| variable.name).collect();
    assert_explains("configuration.md", &names);
}

#[test]
fn what_names_a_version_names_that_of_the_program() {
    let version = env!("CARGO_PKG_VERSION");
    let read = |name: &str| fs::read_to_string(root().join(name)).unwrap();
    let [package, lock] = ["package.json", "package-lock.json"].map(|name| {
        let text = read(&format!("crates/dashboard/ui/{name}"));
        serde_json::from_str::<serde_json::Value>(&text).unwrap()
    });
    let named = [&package["version"], &lock["version"], &lock["packages"][""]["version"]];
    assert_eq!(named, [version; 3]);
    let deployed = [
        ("deploy/compose.yaml", format!("atalaya:${{ATALAYA_VERSION:-{version}}}")),
        ("deploy/kubernetes/overlays/production/kustomization.yaml", format!("newTag: {version}\n")),
    ];
    for (name, expected) in deployed {
        assert!(read(name).contains(&expected), "{name} lacks {expected}");
    }
}

/// Every document of the project that people read.
fn documents() -> Vec<PathBuf> {
    let folders = ["", "docs", "docs/es", "tests/data"].map(|folder| root().join(folder));
    let files = folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap());
    let files = files.map(|file| file.unwrap().path());
    files.filter(|path| path.extension().is_some_and(|extension| extension == "md")).collect()
}

/// The anchors of a document's headings, as they are made by whatever shows Markdown.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = text.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim());
    let anchor = |heading: &str| {
        let kept = heading.to_lowercase().replace(' ', "-");
        kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect()
    };
    headings.map(anchor).collect()
}

/// Where the links of a text lead, but for those to other sites and those inside of code.
fn targets(text: &str) -> Vec<&str> {
    let mut inside = false;
    let prose = text.lines().filter(|line| {
        inside ^= line.starts_with("```");
        !inside
    });
    let links = prose.flat_map(|line| line.split("](").skip(1).filter_map(|rest| rest.split(')').next()));
    links.filter(|target| !target.starts_with("http") && !target.starts_with("mailto")).collect()
}

fn is_there(page: &Path, target: &str) -> bool {
    let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
    let there = if file.is_empty() { page.to_owned() } else { page.parent().unwrap().join(file) };
    if anchor.is_empty() {
        return there.exists();
    }
    fs::read_to_string(there).is_ok_and(|text| anchors(&text).contains(anchor))
}

#[test]
fn every_link_between_documents_leads_somewhere() {
    let mut links = 0;
    for page in documents() {
        let text = fs::read_to_string(&page).unwrap();
        for target in targets(&text) {
            assert!(is_there(&page, target), "{} links to {target}", page.display());
            links += 1;
        }
    }
    assert!(links > 150, "{links} links are few");
}
