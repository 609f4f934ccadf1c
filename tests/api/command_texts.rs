//! What the command line says, in Spanish and in English.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use atalaya_server::cli;
use atalaya_test_architecture::{root, sources};
use atalaya_tests::TestDatabase;
use atalaya_texts::{Language, lookup};
use clap::Command;

use crate::command_line::{run, succeed};

/// Files of texts that the command line alone speaks by.
const FILES: [&str; 2] = ["cli", "settings"];

/// The texts of help that a person reads, by where they stand.
fn help_of(command: &Command, path: &str, found: &mut BTreeMap<String, String>) {
    let mut note = |place: String, text: Option<String>| {
        found.insert(place, text.unwrap_or_default());
    };
    note(format!("{path} about"), command.get_about().map(ToString::to_string));
    if let Some(after) = command.get_after_help() {
        note(format!("{path} after"), Some(after.to_string()));
    }
    for argument in command.get_arguments() {
        note(format!("{path} {} help", argument.get_id()), argument.get_help().map(ToString::to_string));
        if let Some(more) = argument.get_long_help() {
            note(format!("{path} {} more", argument.get_id()), Some(more.to_string()));
        }
    }
    for below in command.get_subcommands() {
        help_of(below, &format!("{path} {}", below.get_name()), found);
    }
}

#[test]
fn every_command_and_argument_has_its_help_in_both_languages() {
    let [spanish, english] = [Language::Spanish, Language::English].map(|language| {
        let mut found = BTreeMap::new();
        help_of(&cli::command(language), cli::NAME, &mut found);
        found
    });
    assert!(spanish.len() > 100, "{}", spanish.len());
    assert_eq!(spanish.keys().collect::<Vec<_>>(), english.keys().collect::<Vec<_>>());
    for (place, text) in &spanish {
        assert!(!text.is_empty() && !text.contains("help."), "{place} lacks its text: {text}");
        assert_ne!(text, &english[place], "{place} is not translated");
    }
}

#[test]
fn help_has_no_word_of_the_library_in_spanish() {
    let mut command = cli::command(Language::Spanish);
    let mut all = String::new();
    let mut waiting = vec![command.clone()];
    while let Some(mut next) = waiting.pop() {
        all.push_str(&next.render_long_help().to_string());
        waiting.extend(next.get_subcommands().cloned());
    }
    for word in ["Usage", "Options", "[OPTIONS]", "Commands", "Arguments", "[default", "[possible", "Print "] {
        assert!(!all.contains(word), "{word} is in the help");
    }
    assert!(command.render_help().to_string().contains("Uso: atalaya <COMANDO>"));
}

/// The keys of the texts of a file, and each with its text.
fn texts(file: &str, language: &str) -> BTreeMap<String, String> {
    let path = root().join(format!("crates/texts/locales/{file}.{language}.yml"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut way: Vec<String> = Vec::new();
    let mut found = BTreeMap::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let depth = (line.len() - line.trim_start().len()) / 2;
        let (name, text) = line.trim().split_once(':').unwrap();
        way.truncate(depth);
        way.push(name.to_owned());
        if !text.is_empty() {
            assert!(found.insert(way.join("."), text.trim().to_owned()).is_none(), "{} is there twice", way.join("."));
        }
    }
    found
}

/// What a text leaves open, such as `%{count}`.
fn open_places(text: &str) -> BTreeSet<&str> {
    text.split("%{").skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
}

#[test]
fn every_text_is_in_both_languages_with_the_same_open_places() {
    for file in FILES {
        let (spanish, english) = (texts(file, "es"), texts(file, "en"));
        assert_eq!(spanish.keys().collect::<Vec<_>>(), english.keys().collect::<Vec<_>>(), "{file}");
        for (key, text) in &spanish {
            assert_eq!(open_places(text), open_places(&english[key]), "{key}");
            assert!(lookup(Language::Spanish, key, &[]).is_some(), "{key}");
        }
    }
}

/// What is the same in both languages: names, abbreviations, what a part says by itself.
const SAME: [&str; 20] = [
    "cli.backtest.head.mase",
    "cli.backtest.head.milliseconds",
    "cli.backtest.head.msis_95",
    "cli.backtest.head.owa",
    "cli.backtest.head.series",
    "cli.backtest.head.smape",
    "cli.cause.other",
    "cli.database.other",
    "cli.field.named",
    "cli.listen.unusable",
    "cli.notice.warning",
    "cli.redis.other",
    "cli.rules.of_field",
    "cli.serve.label.api",
    "cli.user.head.",
    "cli.company.head.",
    "cli.backtest.origins_of_series",
    "cli.account.head.",
    "help.value.",
    "settings.of_variable",
];

#[test]
fn texts_are_translated() {
    for file in FILES {
        let english = texts(file, "en");
        for (key, text) in texts(file, "es") {
            let same = SAME.iter().any(|same| key == *same || (same.ends_with('.') && key.starts_with(same)));
            assert!(same || text != english[&key], "{key} is not translated: {text}");
        }
    }
}

/// Every text between quotes in a source that begins as a key does.
fn keys_in(source: &str) -> impl Iterator<Item = &str> {
    let begins = ["\"cli.", "\"settings.", "\"help."];
    let found = begins.into_iter().flat_map(|begin| source.match_indices(begin));
    found.filter_map(|(place, _)| source[place + 1..].split_once('"')).map(|(key, _)| key)
}

#[test]
fn no_text_is_missing_and_none_is_left_over() {
    let mut files: Vec<PathBuf> = Vec::new();
    sources(&root().join("crates/server/src"), &mut files);
    let code: Vec<String> = files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect();
    let named: BTreeSet<&str> = code.iter().flat_map(|code| keys_in(code)).filter(|key| !key.contains('{')).collect();
    assert!(named.len() > 100, "{}", named.len());
    let known: BTreeSet<String> = FILES.iter().flat_map(|file| texts(file, "es").into_keys()).collect();
    for key in &named {
        let is_set = known.iter().any(|known| known.starts_with(&format!("{key}.")));
        assert!(known.contains(*key) || is_set, "{key} has no text");
    }
    // These are found by the names of commands, arguments, values and problems.
    let by_name = ["help.", "settings.problem.", "cli.mistake.accepted."];
    for key in known.iter().filter(|key| !by_name.iter().any(|begin| key.starts_with(begin))) {
        let in_set = key.rsplit_once('.').is_some_and(|(set, _)| named.contains(set));
        assert!(named.contains(key.as_str()) || in_set, "nothing says {key}");
    }
}

/// The codes of problems stand in the code of the settings.
#[test]
fn every_problem_of_a_setting_has_its_text_and_no_other_has() {
    let mut files: Vec<PathBuf> = Vec::new();
    sources(&root().join("crates/infrastructure/src/settings"), &mut files);
    files.retain(|file| !file.ends_with("tests.rs"));
    let code: String = files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect();
    let known = texts("settings", "es");
    let problems: Vec<&str> = known.keys().filter_map(|key| key.strip_prefix("settings.problem.")).collect();
    assert!(problems.len() > 30, "{problems:?}");
    for problem in problems {
        assert!(code.contains(&format!("\"{problem}\"")), "nothing says settings.problem.{problem}");
    }
    let told = code.split("Problem::new(\"").skip(1).filter_map(|rest| rest.split_once('"'));
    for (told, _) in told {
        assert!(known.contains_key(&format!("settings.problem.{told}")), "{told} has no text");
    }
}

/// Runs the program in a language, and gives its exit status and what it says on standard error.
fn said(folder: &TestDatabase, locale: &[(&str, &str)], arguments: &[&str]) -> (Option<i32>, String) {
    let output = run(folder, arguments, locale, "");
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn the_locale_chooses_the_language_in_the_order_of_posix() {
    let folder = TestDatabase::default();
    for (locale, spanish) in [
        ([("LC_ALL", "es_PE.UTF-8"), ("LC_MESSAGES", "en_US"), ("LANG", "en_US")].as_slice(), true),
        (&[("LC_ALL", ""), ("LC_MESSAGES", "es"), ("LANG", "en_US")], true),
        (&[("LC_ALL", "C"), ("LC_MESSAGES", "es"), ("LANG", "es")], false),
        (&[("LANG", "es_ES.UTF-8")], true),
        (&[("LANG", "pt_BR.UTF-8")], false),
        (&[], false),
    ] {
        let (_, told) = said(&folder, locale, &["forecast", "nowhere.csv", "--horizon", "7"]);
        let expected = if spanish { "no existe ese archivo" } else { "there is no such file" };
        assert!(told.contains(expected), "{locale:?}: {told}");
    }
}

#[test]
fn mistakes_in_arguments_are_told_in_both_languages() {
    let folder = TestDatabase::default();
    let mistakes = [
        ["usr"].as_slice(),
        &["forecast"],
        &["forecast", "x.csv", "--horizon", "many"],
        &["forecast", "x.csv", "--horizon"],
        &["forecast", "x.csv", "--horizon", "7", "--freq", "zz"],
        &["forecast", "x.csv", "--horizon", "7", "--goal", "1", "--aggregate", "week"],
        &["forecast", "x.csv", "--horizon", "7", "--horizon", "8"],
        &["train", "--compny", "BCP"],
        &["completions", "sh"],
        &["user", "create"],
        &["help", "nothing"],
    ];
    for arguments in mistakes {
        let (status, spanish) = said(&folder, &[("LANG", "es")], arguments);
        let (english_status, english) = said(&folder, &[], arguments);
        assert_eq!((status, english_status).0, english_status, "{arguments:?}");
        assert_ne!(status, Some(0), "{arguments:?}");
        for word in ["error:", "Usage", "For more", "invalid", "required", "unexpected", "cli.", "tip:"] {
            assert!(!spanish.contains(word), "{arguments:?}: {spanish}");
        }
        assert!(spanish.starts_with("atalaya: ") && english.starts_with("atalaya: "), "{spanish}{english}");
        assert_ne!(spanish, english, "{arguments:?}");
        assert!(!english.contains("cli."), "{english}");
    }
    for steps in ["many", "0"] {
        let (_, told) = said(&folder, &[], &["forecast", "x.csv", "--horizon", steps]);
        assert!(told.contains("steps from 1 to 3660"), "{steps}: {told}");
    }
    let (_, meant) = said(&folder, &[("LANG", "es")], &["train", "--compny", "BCP"]);
    assert!(meant.contains("¿Quiso decir: --company?"), "{meant}");
}

#[test]
fn help_and_version_go_to_standard_output() {
    let folder = TestDatabase::default();
    let help = succeed(&folder, &["user", "create", "--help"], "");
    assert!(help.contains("Usage: atalaya user create [OPTIONS] <USERNAME>"), "{help}");
    assert_eq!(succeed(&folder, &["help", "user", "create"], ""), help);
    assert!(succeed(&folder, &["--version"], "").starts_with("atalaya "));
    let spanish = run(&folder, &["help", "user", "create"], &[("LANG", "es")], "").stdout;
    assert!(String::from_utf8(spanish).unwrap().contains("Uso: atalaya user create [OPCIONES] <USUARIO>"));
}

#[test]
fn shells_complete_every_command() {
    let folder = TestDatabase::default();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = succeed(&folder, &["completions", shell], "");
        for word in ["atalaya", "backtest", "must-change-password", "suspend"] {
            assert!(script.contains(word), "{word} is not in the script of {shell}");
        }
    }
}

#[test]
fn manual_pages_are_made_for_every_command_in_both_languages() {
    let folder = TestDatabase::default();
    let _ = succeed(&folder, &["man", "--output", "manual"], "");
    let page = |path: &str| std::fs::read_to_string(folder.folder().join("manual").join(path)).unwrap();
    let english = page("man1/atalaya-user-create.1");
    assert!(english.contains(".SH \"NAME\"\natalaya\\-user\\-create \\- Create a user"), "{english}");
    let spanish = page("es/man1/atalaya-user-create.1");
    assert!(spanish.contains(".SH \"NOMBRE\"\natalaya\\-user\\-create \\- Crea un usuario"), "{spanish}");
    let mut commands = vec![cli::command(Language::English)];
    let mut count = 0;
    while let Some(command) = commands.pop() {
        count += 1;
        commands.extend(command.get_subcommands().cloned());
    }
    for place in ["man1", "es/man1"] {
        let pages = std::fs::read_dir(folder.folder().join("manual").join(place)).unwrap();
        assert_eq!(pages.count(), count, "{place}");
    }
}
