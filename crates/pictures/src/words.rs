//! Texts in the reader's language, and what has to go out of texts of others.

use atalaya_texts::{Language, lookup};

/// The text `picture.<key>`.
pub(crate) fn say(language: Language, key: &str, params: &[(&'static str, String)]) -> String {
    lookup(language, &format!("picture.{key}"), params).unwrap_or_else(|| key.to_owned())
}

/// A text whose word depends on a number: `<key>_one` for 1, else `<key>`, with the number as `count`.
pub(crate) fn say_count(language: Language, key: &str, count: u64, written: String) -> String {
    let key = if count == 1 { format!("{key}_one") } else { key.to_owned() };
    say(language, &key, &[("count", written)])
}

/// A text on one line without what XML has not, and without the characters that change the direction of what follows.
pub(crate) fn clean(text: &str) -> String {
    let shown = |character: char| match character {
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}' => None,
        '\u{2028}' | '\u{2029}' => Some(' '),
        control if control.is_control() => Some(' '),
        other => Some(other),
    };
    text.chars().filter_map(shown).collect()
}

/// The first letter as a capital, as a text begins.
pub(crate) fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn both_languages_have_the_same_texts() {
        let files =
            [include_str!("../../texts/locales/picture.es.yml"), include_str!("../../texts/locales/picture.en.yml")];
        let keys = files.map(|file| -> BTreeSet<&str> {
            file.lines().filter_map(|line| line.split_once(':')).map(|(key, _)| key.trim()).collect()
        });
        assert_eq!(keys[0], keys[1]);
        assert!(keys[0].len() > 40);
    }

    #[test]
    fn what_would_spoil_a_picture_goes_out_of_a_text() {
        assert_eq!(clean("a\nb\u{7}c\u{202e}d\u{ffff}"), "a b cd");
        assert_eq!(clean("<&>\"'ñ日"), "<&>\"'ñ日");
        assert_eq!(capitalised("índice"), "Índice");
    }
}
