//! What help says, in the reader's language: every text of it is in `crates/texts/locales/cli.*.yml`.

use atalaya_texts::{Language, lookup};
use clap::error::ErrorKind;
use clap::{Arg, ArgAction, Command, CommandFactory};

use super::{Cli, NAME};
use crate::commands::CommandError;
use crate::words::Words;

/// The command line, with every text of its help in that language.
#[must_use]
pub fn command(language: Language) -> Command {
    let texts = Texts { language };
    let mut root = texts.described(Cli::command(), &[]);
    // Names the commands below by the way to them, which their usage shows.
    root.build();
    texts.with_usage(root)
}

/// Prints the help of the command that `path` leads to, as its `--help` does.
pub(super) fn print(path: &[String], language: Language) -> Result<(), CommandError> {
    let mut root = command(language);
    let mut below = &root;
    for name in path {
        let unknown = || CommandError::Refused(Words::of("cli.mistake.unknown_command").with("name", name));
        below = below.find_subcommand(name).ok_or_else(unknown)?;
    }
    let asked = [NAME].into_iter().chain(path.iter().map(String::as_str)).chain(["--help"]);
    match root.try_get_matches_from_mut(asked) {
        Err(help) if help.kind() == ErrorKind::DisplayHelp => Ok(help.print()?),
        // Every command has it.
        _ => Ok(()),
    }
}

/// The texts of help in one language.
#[derive(Clone, Copy)]
struct Texts {
    language: Language,
}

impl Texts {
    fn optional(self, key: &str) -> Option<String> {
        lookup(self.language, key, &[])
    }

    /// A text that is missing is shown by its key.
    fn text(self, key: &str) -> String {
        self.optional(key).unwrap_or_else(|| key.to_owned())
    }

    /// A command and those below it. `path` leads to it.
    fn described(self, command: Command, path: &[&str]) -> Command {
        let key = if path.is_empty() { "help.root".to_owned() } else { format!("help.command.{}", path.join("_")) };
        let mut command = command.about(self.text(&format!("{key}.about"))).long_about(None);
        if let Some(more) = self.optional(&format!("{key}.more")) {
            command = command.after_help(more);
        }
        let below: Vec<String> = command.get_subcommands().map(|below| below.get_name().to_owned()).collect();
        let takes_commands = !below.is_empty();
        for name in below {
            let way: Vec<&str> = path.iter().copied().chain([name.as_str()]).collect();
            command = command.mut_subcommand(&name, |below| self.described(below, &way));
        }
        let command =
            command.mut_args(|arg| self.argument(arg, &key)).disable_help_flag(true).disable_version_flag(true);
        let help = Arg::new("help").short('h').long("help").action(ArgAction::Help);
        let mut command = command.arg(self.argument(help, &key));
        if path.is_empty() {
            let version = Arg::new("version").short('V').long("version").action(ArgAction::Version);
            command = command.arg(self.argument(version, &key));
        }
        if takes_commands {
            command = command
                .subcommand_help_heading(self.text("help.heading.commands"))
                .subcommand_value_name(self.text("help.value.COMMAND"));
        }
        command
    }

    /// The text of an argument is that of its command, or else the one that all commands have in common.
    fn argument(self, arg: Arg, command: &str) -> Arg {
        let id = arg.get_id().as_str().to_owned();
        let keys = [format!("{command}.args.{id}"), format!("help.args.{id}")];
        let key = keys.iter().find(|key| self.optional(key).is_some()).unwrap_or(&keys[1]).clone();
        let mut help = self.text(&key);
        let defaults: Vec<String> =
            arg.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect();
        let takes_value = arg.get_action().takes_values();
        if takes_value && !defaults.is_empty() {
            let params = [("value", defaults.join(","))];
            help = format!("{help} {}", lookup(self.language, "help.default", &params).unwrap_or_default());
        }
        let possible: Vec<String> = if takes_value {
            arg.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect()
        } else {
            Vec::new()
        };
        if !possible.is_empty() {
            let params = [("values", possible.join(", "))];
            help = format!("{help} {}", lookup(self.language, "help.possible", &params).unwrap_or_default());
        }
        let heading = if arg.is_positional() { "help.heading.arguments" } else { "help.heading.options" };
        let names: Vec<String> = arg.get_value_names().into_iter().flatten().map(ToString::to_string).collect();
        let arg = match self.optional(&format!("{key}_more")) {
            Some(more) => arg.long_help(format!("{help}\n\n{more}")),
            None => arg,
        };
        let mut arg = arg.help(help).help_heading(self.text(heading));
        if takes_value {
            // Both are a part of the text.
            arg = arg.hide_default_value(true).hide_possible_values(true);
            let names = if names.is_empty() { vec![id.to_uppercase()] } else { names };
            let shown = names.into_iter().map(|name| self.optional(&format!("help.value.{name}")).unwrap_or(name));
            arg = arg.value_names(shown.collect::<Vec<_>>());
        }
        arg
    }

    /// Words that the library puts into usage by itself are replaced.
    fn with_usage(self, mut command: Command) -> Command {
        let usage = command.render_usage().to_string();
        let usage = usage.strip_prefix("Usage: ").unwrap_or(&usage);
        let usage = usage.replace("[OPTIONS]", &self.text("help.value.OPTIONS"));
        let template = format!(
            "{{before-help}}{{about-with-newline}}\n{} {{usage}}\n\n{{all-args}}{{after-help}}",
            self.text("help.heading.usage")
        );
        for below in command.get_subcommands_mut() {
            *below = self.with_usage(std::mem::take(below));
        }
        command.override_usage(usage).help_template(template)
    }
}
