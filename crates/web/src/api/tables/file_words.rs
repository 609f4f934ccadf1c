//! The words of requests that import or export records.

/// What happens where rows break rules.
pub(crate) const MODES: [&str; 2] = ["all_or_nothing", "skip_invalid"];
/// What separates cells, and what the words stand for.
pub(crate) const DELIMITERS: [(&str, char); 4] = [(",", ','), (";", ';'), ("tab", '\t'), ("|", '|')];
/// What a word of [`DELIMITERS`] stands for.
pub(crate) fn delimiter(text: &str) -> Option<char> {
    DELIMITERS.iter().find(|(word, _)| *word == text).map(|(_, letter)| *letter)
}

/// What separates decimals.
pub(crate) const DECIMALS: [&str; 2] = [",", "."];
/// What a file may leave open.
pub(crate) const CHOICES: [&str; 2] = ["date_order", "decimal"];
/// How an export is written.
pub(crate) const FORMATS: [&str; 2] = ["csv", "jsonl"];
/// For which program.
pub(crate) const READERS: [&str; 1] = ["excel"];
