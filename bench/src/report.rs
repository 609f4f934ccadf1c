//! What the benchmark says: progress while it runs, and a table at the end.

use std::io::{self, Write};

use crate::Outcome;
use crate::statistics::{extremes, median};

/// What a figure has to be.
pub(crate) enum Bar {
    AtLeast(f64),
    AtMost(f64),
    /// Told for the reader's sake.
    None,
}

/// One line of the table.
pub(crate) struct Figure {
    pub(crate) name: &'static str,
    pub(crate) unit: &'static str,
    /// As often as it was taken; the median counts.
    pub(crate) values: Vec<f64>,
    pub(crate) bar: Bar,
}

impl Figure {
    /// Whether the bar is reached; a figure without a bar cannot fail.
    fn holds(&self) -> bool {
        let measured = median(&self.values);
        match self.bar {
            Bar::AtLeast(bar) => measured >= bar,
            Bar::AtMost(bar) => measured <= bar,
            Bar::None => true,
        }
    }

    fn cells(&self) -> [String; 5] {
        let number = |value: f64| {
            let digits = if value.abs() < 10.0 { 2 } else { usize::from(value.abs() < 100.0) };
            format!("{value:.digits$} {}", self.unit).trim_end().to_owned()
        };
        let (least, greatest) = extremes(&self.values);
        let (bar, verdict) = match self.bar {
            Bar::AtLeast(bar) => (format!("at least {}", number(bar)), if self.holds() { "pass" } else { "FAIL" }),
            Bar::AtMost(bar) => (format!("at most {}", number(bar)), if self.holds() { "pass" } else { "FAIL" }),
            Bar::None => (String::new(), ""),
        };
        let spread =
            if self.values.len() > 1 { format!("{} to {}", number(least), number(greatest)) } else { String::new() };
        [self.name.to_owned(), number(median(&self.values)), spread, bar, verdict.to_owned()]
    }
}

/// Prints the table and says whether every bar is reached.
pub(crate) fn table(figures: &[Figure]) -> Outcome<bool> {
    let head = ["figure", "median", "spread", "bar", ""].map(str::to_owned);
    let rows: Vec<[String; 5]> = std::iter::once(head).chain(figures.iter().map(Figure::cells)).collect();
    let widths: [usize; 5] = std::array::from_fn(|column| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
    });
    let mut out = io::stdout().lock();
    for row in &rows {
        let padded = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        writeln!(out, "{}", padded.collect::<Vec<_>>().join("  ").trim_end())?;
    }
    Ok(figures.iter().all(Figure::holds))
}

/// A line on standard error. That nobody reads it is no reason to stop.
pub(crate) fn progress(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}
