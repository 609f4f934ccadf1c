//! Why a name is not one: shared by every parsed text.

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
    /// Not of the form that such a text has.
    #[error("is malformed")]
    Form,
}

/// Trims `text` and checks it as a name that people read: 1 to `max` characters, no control characters.
///
/// # Errors
/// [`InvalidText`] names the broken rule.
pub(crate) fn readable(text: &str, max: usize) -> Result<String, InvalidText> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err(InvalidText::Empty);
    }
    if trimmed.chars().count() > max {
        return Err(InvalidText::TooLong { max });
    }
    if trimmed.chars().any(char::is_control) {
        return Err(InvalidText::Character);
    }
    Ok(trimmed.to_owned())
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

            /// Trims and checks.
            ///
            /// # Errors
            /// [`InvalidText`]($crate::text::InvalidText) when empty, too long or with control characters.
            pub fn parse(text: &str) -> Result<Self, $crate::text::InvalidText> {
                $crate::text::readable(text, Self::MAX_CHARS).map(Self)
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
