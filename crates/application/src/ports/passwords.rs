//! What is known of passwords that people choose.

use atalaya_domain::password::Password;

use crate::error::AppError;

/// Passwords that a guesser tries first.
pub trait PasswordBlocklist: Send + Sync {
    /// Whether the list has the password.
    ///
    /// # Errors
    /// `Internal` when the list cannot be read. Whoever asks refuses the password then.
    fn contains(&self, password: &Password) -> Result<bool, AppError>;
}

/// Says what makes a password weak.
pub trait StrengthEstimator: Send + Sync {
    /// What to tell whoever chose `password`, the most helpful first and at most two; nothing about a strong one. A
    /// guesser is supposed to try `words` first, such as the username.
    fn hints(&self, password: &Password, words: &[&str]) -> Vec<PasswordHint>;
}

macro_rules! hints {
    ($($(#[$doc:meta])* $name:ident = $code:literal,)*) => {
        /// A word of advice. Its text is made where the reader's language is known.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum PasswordHint {
            $($(#[$doc])* $name,)*
        }

        impl PasswordHint {
            /// Every one.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The key of its text.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }
        }
    };
}

hints! {
    /// It is one of the most used.
    CommonPassword = "common_password",
    /// It differs little from one of the most used.
    LikeCommonPassword = "like_common_password",
    /// A row of keys.
    KeyboardRow = "keyboard_row",
    /// Something again and again.
    Repetition = "repetition",
    /// Letters or digits as they follow one another.
    Sequence = "sequence",
    /// A year of our time.
    Year = "year",
    /// A date.
    Date = "date",
    /// One word of a dictionary.
    SingleWord = "single_word",
    /// A name.
    Name = "name",
    /// `@` for `a` and the like.
    Substitutions = "substitutions",
    /// A word written backwards.
    Reversed = "reversed",
    /// More words would help.
    MoreWords = "more_words",
}
