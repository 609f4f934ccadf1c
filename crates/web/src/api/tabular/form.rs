//! How a text is written: its encoding, what separates its cells, and whether blanks count.

use std::str::FromStr;

/// In which encoding a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextEncoding {
    /// UTF-8 without a mark.
    Utf8,
    /// UTF-8 with the mark that Excel writes.
    Utf8Mark,
    /// UTF-16, the low byte first.
    Utf16Le,
    /// UTF-16, the high byte first.
    Utf16Be,
    /// What Excel writes in Western Europe and Latin America.
    Windows1252,
}

/// A word that names no encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such encoding")]
pub struct UnknownEncoding;

impl TextEncoding {
    /// Every encoding.
    const ALL: [Self; 5] = [Self::Utf8, Self::Utf8Mark, Self::Utf16Le, Self::Utf16Be, Self::Windows1252];
    /// The words that name them.
    pub const WORDS: [&str; 5] = ["utf-8", "utf-8-bom", "utf-16le", "utf-16be", "windows-1252"];

    /// The word that names it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        let named = Self::ALL.iter().zip(Self::WORDS).find(|(encoding, _)| **encoding == self);
        named.map_or("utf-8", |(_, word)| word)
    }
}

impl FromStr for TextEncoding {
    type Err = UnknownEncoding;

    fn from_str(word: &str) -> Result<Self, UnknownEncoding> {
        let named = Self::ALL.into_iter().zip(Self::WORDS).find(|(_, name)| name.eq_ignore_ascii_case(word));
        named.map(|(encoding, _)| encoding).ok_or(UnknownEncoding)
    }
}

/// How a text is to be read. What is not told is found out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TextForm {
    /// In which encoding.
    pub encoding: Option<TextEncoding>,
    /// What separates cells: an ASCII character.
    pub delimiter: Option<char>,
    /// Whether every blank of a cell counts, and a quoted cell may have several lines. Otherwise cells are trimmed, and
    /// a quote that is not closed spoils no more than its line.
    pub exact: bool,
}
