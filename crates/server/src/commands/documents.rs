//! `atalaya completions` and `atalaya man`: made from the command line itself, so that they say what it says.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use atalaya_texts::Language;
use clap::Command;
use clap_complete::Shell;
use clap_mangen::Man;

use super::{CommandError, file_error, tell, text_in};
use crate::cli::{self, ManArgs};
use crate::words::{Words, language};

/// Headings of manual pages as the library writes them, and the texts in their place.
const HEADINGS: [(&str, &str); 6] = [
    ("NAME", "help.manual.name"),
    ("SYNOPSIS", "help.manual.synopsis"),
    ("DESCRIPTION", "help.manual.description"),
    ("SUBCOMMANDS", "help.manual.subcommands"),
    ("EXTRA", "help.manual.extra"),
    ("VERSION", "help.manual.version"),
];

/// Writes what a shell needs to complete commands to standard output.
pub(crate) fn completions(shell: Shell) -> Result<(), CommandError> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut cli::command(language()), cli::NAME, &mut script);
    Ok(io::stdout().write_all(&script)?)
}

/// Writes the manual pages into a folder: the English ones into `man1`, the Spanish ones into `es/man1`, as `man` looks
/// for them.
pub(crate) fn manual(args: &ManArgs) -> Result<(), CommandError> {
    let mut pages = 0;
    for (language, place) in [(Language::English, "man1"), (Language::Spanish, "es/man1")] {
        let folder = args.output.join(place);
        fs::create_dir_all(&folder).map_err(file_error(&folder))?;
        pages += write_pages(&cli::command(language), cli::NAME, language, &folder)?;
    }
    tell(&Words::of("cli.manual.written").with("pages", pages).with("folder", args.output.display()))
}

/// A page for a command and one for each below it; how many they are.
fn write_pages(command: &Command, name: &str, language: Language, folder: &Path) -> Result<usize, CommandError> {
    let mut page = Vec::new();
    let titled = command.clone().name(name.to_owned()).disable_help_flag(true);
    Man::new(titled).render(&mut page)?;
    let path = folder.join(format!("{name}.1"));
    fs::write(&path, with_headings(&String::from_utf8_lossy(&page), language)).map_err(file_error(&path))?;
    let mut pages = 1;
    for below in command.get_subcommands() {
        pages += write_pages(below, &format!("{name}-{}", below.get_name()), language, folder)?;
    }
    Ok(pages)
}

fn with_headings(page: &str, language: Language) -> String {
    let translated = |line: &str| {
        let heading = line.strip_prefix(".SH ").map(|heading| heading.trim_matches('"'));
        let known = heading.and_then(|heading| HEADINGS.iter().find(|(name, _)| *name == heading));
        known.map_or_else(|| line.to_owned(), |(_, key)| format!(".SH \"{}\"", text_in(language, key)))
    };
    page.lines().map(translated).collect::<Vec<_>>().join("\n") + "\n"
}
