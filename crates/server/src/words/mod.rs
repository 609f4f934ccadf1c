//! What is said to whoever typed a command: texts by key, in the language of their locale.
//!
//! Not here: what went wrong. Errors keep their types, and become words where they are shown.

mod faults;

use std::fmt;

use atalaya_texts::{Language, lookup};

pub(crate) use faults::{
    database, io, of_app, of_app_briefly, of_breach, of_keys, of_near_miss, of_picture, of_problem, of_reach,
    of_sequence, of_settings, of_training, redis,
};

/// A setting's variable, and what is said of it.
pub(crate) type OfVariable = (&'static str, Words);

/// A sentence that begins with its variable.
pub(crate) fn of_variable((variable, words): OfVariable) -> Words {
    Words::of("settings.of_variable").with("variable", variable).with_words("words", words)
}

/// The language that whoever typed the command reads, by their locale.
pub(crate) fn language() -> Language {
    Language::of_locale(atalaya_infrastructure::locale::of_messages().as_deref())
}

/// A text by its key in `crates/texts/locales`, and what goes into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    key: &'static str,
    params: Vec<(&'static str, Part)>,
    /// A sentence that follows.
    more: Option<Box<Words>>,
}

/// What goes into a text.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    /// A name or a number, the same in every language.
    Text(String),
    /// A text of its own.
    Words(Words),
}

impl Words {
    /// The text of that key.
    pub(crate) fn of(key: &'static str) -> Self {
        Self { key, params: Vec::new(), more: None }
    }

    /// The text of one key for one thing, and of the other for several.
    pub(crate) fn of_count(count: u64, one: &'static str, several: &'static str) -> Self {
        Self::of(if count == 1 { one } else { several })
    }

    /// With a name or a number in it.
    #[must_use]
    pub(crate) fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.params.push((name, Part::Text(value.to_string())));
        self
    }

    /// With another text in it.
    #[must_use]
    pub(crate) fn with_words(mut self, name: &'static str, words: Words) -> Self {
        self.params.push((name, Part::Words(words)));
        self
    }

    /// With another sentence after it.
    #[must_use]
    pub(crate) fn and(mut self, more: Words) -> Self {
        self.more = Some(Box::new(match self.more {
            Some(before) => before.and(more),
            None => more,
        }));
        self
    }

    /// The text. One that is missing is shown by its key.
    #[must_use]
    pub fn in_language(&self, language: Language) -> String {
        let param = |(name, part): &(&'static str, Part)| {
            let text = match part {
                Part::Text(text) => text.clone(),
                Part::Words(words) => words.in_language(language),
            };
            (*name, text)
        };
        let params: Vec<(&'static str, String)> = self.params.iter().map(param).collect();
        let text = lookup(language, self.key, &params).unwrap_or_else(|| self.key.to_owned());
        match &self.more {
            Some(more) => format!("{text} {}", more.in_language(language)),
            None => text,
        }
    }

    /// The text for whoever typed the command.
    pub(crate) fn text(&self) -> String {
        self.in_language(language())
    }
}

/// In English, as log lines are.
impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.in_language(Language::English))
    }
}
