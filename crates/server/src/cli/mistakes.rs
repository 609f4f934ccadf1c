//! What is wrong with the arguments, in the reader's language.

use std::io::Write;
use std::process::ExitCode;

use atalaya_domain::forecast::Horizon;
use atalaya_texts::{Language, lookup};
use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::words::Words;

/// What a shell expects where the arguments are wrong.
const USAGE_ERROR: u8 = 2;

/// Tells what is wrong with the arguments; or prints the help or the version that was asked for.
pub(super) fn told(mistake: &Error, language: Language) -> ExitCode {
    match mistake.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            // Nothing is left to be done when standard output is closed.
            let _ = mistake.print();
            ExitCode::SUCCESS
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let _ = mistake.print();
            ExitCode::from(USAGE_ERROR)
        }
        _ => {
            let _ = std::io::stderr().write_all(in_words(mistake, language).as_bytes());
            ExitCode::from(USAGE_ERROR)
        }
    }
}

/// What is wrong, what may be meant, how the command is used, and where to read more.
fn in_words(mistake: &Error, language: Language) -> String {
    let mut lines = vec![format!("{}: {}", super::NAME, wrong(mistake, language).in_language(language))];
    let meant = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue];
    let meant: Vec<String> = meant.into_iter().filter_map(|kind| context(mistake, kind)).collect();
    if !meant.is_empty() {
        lines.push(Words::of("cli.mistake.meant").with("meant", meant.join(", ")).in_language(language));
    }
    if let Some(usage) = context(mistake, ContextKind::Usage) {
        let usage = usage.trim_start_matches("Usage: ").trim().to_owned();
        lines.push(Words::of("cli.mistake.usage").with("usage", usage).in_language(language));
    }
    lines.push(Words::of("cli.mistake.help").in_language(language));
    lines.join("\n") + "\n"
}

fn wrong(mistake: &Error, language: Language) -> Words {
    let argument = context(mistake, ContextKind::InvalidArg).unwrap_or_default();
    let value = context(mistake, ContextKind::InvalidValue).unwrap_or_default();
    match mistake.kind() {
        ErrorKind::UnknownArgument => Words::of("cli.mistake.unknown_argument").with("argument", argument),
        ErrorKind::InvalidSubcommand => {
            let name = context(mistake, ContextKind::InvalidSubcommand).unwrap_or_default();
            Words::of("cli.mistake.unknown_command").with("name", name)
        }
        ErrorKind::MissingRequiredArgument => Words::of("cli.mistake.missing").with("argument", argument),
        ErrorKind::MissingSubcommand => Words::of("cli.mistake.missing_command"),
        ErrorKind::ArgumentConflict => match context(mistake, ContextKind::PriorArg) {
            Some(prior) if prior != argument => {
                Words::of("cli.mistake.conflict").with("argument", argument).with("prior", prior)
            }
            _ => Words::of("cli.mistake.repeated").with("argument", argument),
        },
        ErrorKind::InvalidValue | ErrorKind::ValueValidation if value.is_empty() => {
            Words::of("cli.mistake.no_value").with("argument", argument)
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let accepted = accepted(mistake, &argument, language);
            let words = Words::of("cli.mistake.value").with("value", value).with("argument", argument);
            words.with("accepted", accepted)
        }
        ErrorKind::TooManyValues | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            Words::of("cli.mistake.number_of_values").with("argument", argument)
        }
        ErrorKind::NoEquals => Words::of("cli.mistake.no_value").with("argument", argument),
        ErrorKind::InvalidUtf8 => Words::of("cli.mistake.not_text"),
        _ => Words::of("cli.cause.other").with("cause", mistake.kind()),
    }
}

/// What the argument takes: the values of its set, or what a text says of it.
fn accepted(mistake: &Error, argument: &str, language: Language) -> String {
    if let Some(values) = context(mistake, ContextKind::ValidValue) {
        return values;
    }
    let name = argument.trim_start_matches("--").split([' ', '=']).next().unwrap_or_default();
    let id = name.trim_matches(['<', '>', '[', ']']).replace('-', "_").to_lowercase();
    let longest = ("longest", Horizon::LONGEST.to_string());
    lookup(language, &format!("cli.mistake.accepted.{id}"), &[longest]).unwrap_or_default()
}

fn context(mistake: &Error, kind: ContextKind) -> Option<String> {
    Some(match mistake.get(kind)? {
        ContextValue::String(text) => text.clone(),
        ContextValue::Strings(texts) => texts.join(", "),
        ContextValue::StyledStr(text) => text.to_string(),
        ContextValue::StyledStrs(texts) => texts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        ContextValue::Number(number) => number.to_string(),
        _ => return None,
    })
}
