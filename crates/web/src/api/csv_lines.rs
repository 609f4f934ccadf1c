//! The one writer of CSV files: what it writes is opened in spreadsheets, which run what they take for a formula.
//!
//! A cell is a text or a number. A text that a spreadsheet would take for a formula gets an apostrophe before that
//! place (OWASP, CSV injection); a number is written from a number and cannot be one.

use std::fmt;
use std::io::Write;

use unicode_normalization::UnicodeNormalization;

/// One cell; the default is empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cell(String);

impl Cell {
    /// A text, from whomever it comes.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self(harmless(text))
    }

    /// A text that `original` reads again, an empty one too, which is not the same as an empty cell.
    #[must_use]
    pub fn exact(text: &str) -> Self {
        match only_apostrophes(text) {
            Some(all) => Self("'".repeat(all + 1)),
            None => Self::text(text),
        }
    }

    /// What is written in ASCII and is no formula: a number, a date, an identifier.
    #[must_use]
    pub(crate) fn plain(text: String) -> Self {
        Self(text)
    }

    /// A whole number.
    #[must_use]
    pub fn whole(number: impl Into<i128>) -> Self {
        Self(number.into().to_string())
    }

    /// A number with so many digits after the point.
    #[must_use]
    pub fn decimal(number: f64, digits: usize) -> Self {
        let written = format!("{number:.digits$}");
        if number.is_finite() { Self(written) } else { Self::text(&written) }
    }

    /// A number with so many digits after the point and an exponent, as in `1.5e-17`.
    #[must_use]
    pub fn scientific(number: f64, digits: usize) -> Self {
        let written = format!("{number:.digits$e}");
        if number.is_finite() { Self(written) } else { Self::text(&written) }
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<[u8]> for Cell {
    fn as_ref(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// The lines of a CSV file (RFC 4180, with LF), in memory unless they go elsewhere.
#[derive(Debug)]
pub struct CsvLines<W: Write = Vec<u8>>(csv::Writer<W>);

impl Default for CsvLines {
    fn default() -> Self {
        Self::into_writer(Vec::new())
    }
}

impl CsvLines {
    /// Lines whose cells have another separator than the comma.
    #[must_use]
    pub(crate) fn separated_by(delimiter: u8) -> Self {
        Self(csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new()))
    }

    /// The lines as they are written to a file.
    ///
    /// # Errors
    /// Of the writer, never in practice.
    pub fn into_bytes(self) -> Result<Vec<u8>, csv::Error> {
        self.finish()
    }
}

impl<W: Write> CsvLines<W> {
    /// Lines that go to a writer.
    pub(crate) fn into_writer(writer: W) -> Self {
        Self(csv::Writer::from_writer(writer))
    }

    /// Adds a line.
    ///
    /// # Errors
    /// When it has another number of cells than the line before, or cannot be written.
    pub fn line(&mut self, cells: impl IntoIterator<Item = Cell>) -> Result<(), csv::Error> {
        self.0.write_record(cells)
    }

    /// Adds the line of the columns' names.
    ///
    /// # Errors
    /// When it has another number of cells than the line before, or cannot be written.
    pub fn header<N: AsRef<str>>(&mut self, names: impl IntoIterator<Item = N>) -> Result<(), csv::Error> {
        self.line(names.into_iter().map(|name| Cell::text(name.as_ref())))
    }

    /// The writer, which has all lines.
    ///
    /// # Errors
    /// Of the writer.
    pub(crate) fn finish(self) -> Result<W, csv::Error> {
        self.0.into_inner().map_err(|error| error.into_error().into())
    }
}

/// The text of a cell that [`Cell::exact`] wrote.
#[must_use]
pub(crate) fn original(cell: &str) -> String {
    match only_apostrophes(cell) {
        Some(all) => "'".repeat(all.saturating_sub(1)),
        None => rewritten(cell, |apostrophes| apostrophes.saturating_sub(1)),
    }
}

/// How many apostrophes a text is made of, where it is made of nothing else.
fn only_apostrophes(text: &str) -> Option<usize> {
    text.chars().all(|character| character == '\'').then_some(text.len())
}

/// `text` with an apostrophe before each character that would begin a formula.
fn harmless(text: &str) -> String {
    rewritten(text, |apostrophes| apostrophes + 1)
}

/// `text` with another number of apostrophes before each character that would begin a formula. A spreadsheet may read
/// the file with another separator than the comma, so a cell also begins after one of those.
fn rewritten(text: &str, number: fn(usize) -> usize) -> String {
    let mut written = String::with_capacity(text.len());
    let (mut rest, mut at_start) = (text.chars(), true);
    loop {
        if at_start {
            let marked = rest.as_str().trim_start_matches('\'');
            let apostrophes = rest.as_str().len() - marked.len();
            let mut behind = marked.chars();
            if let Some(sign) = behind.next().filter(|sign| begins_formula(*sign)) {
                written.extend(std::iter::repeat_n('\'', number(apostrophes)));
                written.push(sign);
                at_start = separates(sign) || is_passed_over(sign);
                rest = behind;
                continue;
            }
        }
        let Some(character) = rest.next() else { return written };
        written.push(character);
        at_start = separates(character) || (at_start && is_passed_over(character));
    }
}

/// Whether a cell that begins so may be a formula. Compatibility forms, such as the full-width `＝`, are read as the
/// ASCII character; a tab and a carriage return are dropped before a formula.
fn begins_formula(character: char) -> bool {
    let plain = std::iter::once(character).nfkc().next().unwrap_or(character);
    matches!(plain, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n')
}

/// What separates cells or lines, in one country or another.
fn separates(character: char) -> bool {
    matches!(character, ',' | ';' | '|' | '\t' | '\r' | '\n')
}

/// What may stand between the beginning of a cell and its formula: quotes, blanks, and what cannot be seen.
fn is_passed_over(character: char) -> bool {
    const INVISIBLE: [char; 8] =
        ['\u{ad}', '\u{200b}', '\u{200c}', '\u{200d}', '\u{200e}', '\u{200f}', '\u{2060}', '\u{feff}'];
    character == '"' || character.is_whitespace() || character.is_control() || INVISIBLE.contains(&character)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_text_is_read_again_as_it_was(text in any::<String>(), marks in "['=+@,;\" \t\n-]{0,8}a?") {
            for text in [text, marks] {
                prop_assert_eq!(original(&Cell::exact(&text).to_string()), text);
            }
        }
    }

    #[test]
    fn apostrophes_of_a_text_stay_its_own() {
        for (text, written) in [("", "'"), ("'", "''"), ("'=1", "''=1"), ("O'Higgins", "O'Higgins"), ("'a", "'a")] {
            assert_eq!(Cell::exact(text).to_string(), written);
            assert_eq!(original(written), text);
        }
        assert_eq!(original("'+51 999"), "+51 999");
        assert_eq!(original("=1"), "=1", "what another program wrote");
    }

    #[test]
    fn no_text_is_a_formula() {
        for text in
            ["=1+1", "+1", "-1", "@SUM(A1)", "\t1", "\r1", "\n1", "＝1+1", "＋1", "－1", "＠SUM(A1)", "﹦1", "⁼1"]
        {
            assert_eq!(Cell::text(text).to_string(), format!("'{text}"));
        }
        for (text, written) in [
            ("a;=1+1", "a;'=1+1"),
            ("a,-1", "a,'-1"),
            (";=1+1", ";'=1+1"),
            ("a; \"=1+1\"", "a; \"'=1+1\""),
            ("\u{feff}=1", "\u{feff}'=1"),
            ("\t=1", "'\t'=1"),
            ("a\n@b|＝c", "a\n'@b|'＝c"),
        ] {
            assert_eq!(Cell::text(text).to_string(), written);
        }
        for plain in ["admin_bcp", "ana@bcp.pe", "GET /a-b", "2026-01-31T23:59:00Z", "a; b", "", "::1"] {
            assert_eq!(Cell::text(plain).to_string(), plain);
        }
    }

    #[test]
    fn a_number_stays_a_number() {
        assert_eq!(Cell::whole(-5).to_string(), "-5");
        assert_eq!(Cell::decimal(-0.5, 3).to_string(), "-0.500");
        assert_eq!(Cell::decimal(f64::NEG_INFINITY, 3).to_string(), "'-inf");
    }

    #[test]
    fn names_of_columns_are_texts_too() {
        let mut lines = CsvLines::default();
        lines.header(["=a", "b"]).unwrap();
        lines.line([Cell::text("x;=1"), Cell::whole(1)]).unwrap();
        assert_eq!(String::from_utf8(lines.into_bytes().unwrap()).unwrap(), "'=a,b\nx;'=1,1\n");
    }
}
