//! Why a name is not one: shared by every parsed text.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

/// A rule that a text breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidText {
    /// Nothing, or only blanks.
    #[error("is empty")]
    Empty,
    /// Fewer characters than allowed.
    #[error("has fewer than {min} characters")]
    TooShort {
        /// The fewest.
        min: usize,
    },
    /// More characters than allowed.
    #[error("has more than {max} characters")]
    TooLong {
        /// The most.
        max: usize,
    },
    /// A character that does not belong there.
    #[error("has a character that is not allowed")]
    Character,
    /// A character besides ASCII letters, digits and a few marks.
    #[error("has other characters than ASCII letters, digits and {marks}")]
    Alphabet {
        /// The marks, with blanks between them.
        marks: &'static str,
    },
    /// Something else than an ASCII letter or digit in front.
    #[error("does not begin with an ASCII letter or a digit")]
    Start,
    /// A blank at one of its ends, where nobody sees it.
    #[error("begins or ends with a blank")]
    OuterBlank,
    /// Not of the form that such a text has.
    #[error("is malformed")]
    Form,
}

/// Characters that show nothing though their category does not say so: a joiner, fillers, the blank pattern of Braille.
const INVISIBLE: [char; 8] =
    ['\u{34f}', '\u{115f}', '\u{1160}', '\u{17b4}', '\u{17b5}', '\u{2800}', '\u{3164}', '\u{ffa0}'];

/// Whether nobody sees a character, or it changes how others are seen: control and format characters, among them those
/// that change the direction of writing, separators of lines, and code points without a character that all read alike
/// (private use, unassigned, noncharacters), of which a screen shows the same box or nothing. Blanks are not hidden.
#[must_use]
pub fn is_hidden(c: char) -> bool {
    use GeneralCategory::{Control, Format, LineSeparator, ParagraphSeparator, PrivateUse, Surrogate, Unassigned};
    let category = c.general_category();
    matches!(category, Control | Format | LineSeparator | ParagraphSeparator | PrivateUse | Surrogate | Unassigned)
        || INVISIBLE.contains(&c)
}

/// Whether a combining mark has no character that carries it: it stands at the start or after a blank. Alone it shows
/// nothing, or lies on what stands before the text.
fn has_lone_mark(text: &str) -> bool {
    let mut carried = false;
    text.chars().any(|c| {
        let alone = c.general_category_group() == GeneralCategoryGroup::Mark && !carried;
        carried = !c.is_whitespace();
        alone
    })
}

/// Checks a text that people see: at most `max` characters, none of them hidden and no mark without its character.
///
/// # Errors
/// [`InvalidText::TooLong`], [`InvalidText::Character`].
pub(crate) fn visible(text: &str, max: usize) -> Result<(), InvalidText> {
    if text.chars().count() > max {
        return Err(InvalidText::TooLong { max });
    }
    if text.chars().any(is_hidden) || has_lone_mark(text) {
        return Err(InvalidText::Character);
    }
    Ok(())
}

/// Checks a name that people read: [`visible`], not empty, and without a blank at its ends. It is kept as
/// it is or refused, never changed.
///
/// # Errors
/// [`InvalidText`] names the broken rule.
pub(crate) fn readable(text: &str, max: usize) -> Result<String, InvalidText> {
    if text.trim().is_empty() {
        return Err(InvalidText::Empty);
    }
    visible(text, max)?;
    if text.trim().len() != text.len() {
        return Err(InvalidText::OuterBlank);
    }
    Ok(text.to_owned())
}

/// Defines a name that people read, checked by [`readable`].
macro_rules! readable_text {
    ($(#[$doc:meta])* $name:ident, $max:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub struct $name(String);

        impl $name {
            /// The most characters.
            pub const MAX_CHARS: usize = $max;

            /// Checks, and changes nothing.
            ///
            /// # Errors
            /// [`InvalidText`]($crate::text::InvalidText) when empty, too long, with hidden characters or a blank at
            /// its ends.
            pub fn parse(text: &str) -> Result<Self, $crate::text::InvalidText> {
                $crate::text::readable(text, Self::MAX_CHARS).map(Self)
            }

            /// A name that the store holds. It was accepted by the rules of its time, which allowed more.
            #[must_use]
            pub fn stored(text: String) -> Self {
                Self(text)
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    };
}
pub(crate) use readable_text;

/// A text for searching and sorting: in small letters, without accents.
#[must_use]
pub fn folded(text: &str) -> String {
    text.nfkd().filter(|letter| !is_combining_mark(*letter)).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folded_text_has_neither_capitals_nor_accents() {
        assert_eq!(folded("Crédito PERÚ, Ñandú"), "credito peru, nandu");
        assert_eq!(folded("ＢＢＶＡ"), "bbva");
    }

    #[test]
    fn a_name_is_kept_as_it_is_or_refused() {
        for kept in ["Banco Perú", "Banco Peru\u{301}", "Banco\u{a0}Perú", "BCP  (Lima)", "Крéдит 銀行", "❤️ Ayuda 💬"]
        {
            assert_eq!(readable(kept, 100).as_deref(), Ok(kept));
        }
        for hidden in [
            "\0",
            "\n",
            "\t",
            "\u{7f}",
            "\u{85}",
            "\u{ad}",
            "\u{200b}",
            "\u{200d}",
            "\u{200e}",
            "\u{2028}",
            "\u{2029}",
            "\u{202e}",
            "\u{2060}",
            "\u{2066}",
            "\u{feff}",
            "\u{e0041}",
            "\u{34f}",
            "\u{2800}",
            "\u{3164}",
        ] {
            assert_eq!(readable(&format!("a{hidden}b"), 100), Err(InvalidText::Character), "{hidden:?}");
        }
        for of_no_character in ["\u{e000}", "\u{f8ff}", "\u{ffff}", "\u{fdd0}", "\u{378}", "\u{10ffff}"] {
            let text = format!("a{of_no_character}b");
            assert_eq!(readable(&text, 100), Err(InvalidText::Character), "{of_no_character:?}");
        }
        for lone in ["\u{fe0f}", "\u{301}", "\u{fe0f}\u{fe0e}", "a \u{301}b", "\u{301}a"] {
            assert_eq!(readable(lone, 100), Err(InvalidText::Character), "{lone:?}");
        }
        for blank in [" a", "a ", "\u{a0}a", "a\u{3000}"] {
            assert_eq!(readable(blank, 100), Err(InvalidText::OuterBlank), "{blank:?}");
        }
        for nothing in ["", " ", "\u{a0}\u{2003}"] {
            assert_eq!(readable(nothing, 100), Err(InvalidText::Empty), "{nothing:?}");
        }
        assert_eq!(readable("ñññ", 2), Err(InvalidText::TooLong { max: 2 }));
    }
}
