//! Tables on a terminal: columns as wide as their widest cell.

use std::fmt;

use unicode_width::UnicodeWidthStr;

/// Blanks between two columns.
const GAP: usize = 2;

/// A table of `N` columns. The last one is not padded, so that no line ends in blanks.
#[derive(Debug, Clone)]
pub(crate) struct Table<const N: usize> {
    rows: Vec<[String; N]>,
}

impl<const N: usize> Table<N> {
    /// With its heads, which are shown in upper case.
    pub(crate) fn new(heads: [String; N]) -> Self {
        Self { rows: vec![heads.map(|head| head.to_uppercase())] }
    }

    /// One more row. What is empty is shown as a dash; a line break is shown escaped, because a row is a line.
    pub(crate) fn row(&mut self, cells: [String; N]) {
        let shown = |cell: String| match cell.as_str() {
            "" => "-".to_owned(),
            text if text.chars().any(char::is_control) => text.escape_debug().to_string(),
            _ => cell,
        };
        self.rows.push(cells.map(shown));
    }
}

impl<const N: usize> fmt::Display for Table<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut widths = [0; N];
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = cell.width().max(*width);
            }
        }
        for (number, row) in self.rows.iter().enumerate() {
            if number > 0 {
                writeln!(f)?;
            }
            for (place, (cell, width)) in row.iter().zip(widths).enumerate() {
                let padding = if place + 1 < N { width - cell.width() + GAP } else { 0 };
                write!(f, "{cell}{:padding$}", "")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell_on_the_screen() {
        let mut table = Table::new(["name".to_owned(), "años".to_owned(), "x".to_owned()]);
        table.row(["銀行".to_owned(), String::new(), "a\nb".to_owned()]);
        table.row(["BCP".to_owned(), "12345".to_owned(), "c".to_owned()]);
        let lines = ["NAME  AÑOS   X", "銀行  -      a\\nb", "BCP   12345  c"];
        assert_eq!(table.to_string().lines().collect::<Vec<_>>(), lines);
    }
}
