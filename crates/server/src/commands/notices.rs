//! What the reader of a whole file's results should know of its series, told at the end.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;

use atalaya_domain::forecast::Warning;

/// Warnings that speak of how the engine does on ordinary series: alone they are not worth a word.
const QUIET: [Warning; 2] = [Warning::BaselineServes, Warning::CappedHistory];

/// What is to be said of one series.
#[derive(Debug, Default)]
pub(crate) struct Notice {
    /// Of its forecast.
    pub(crate) warnings: Vec<Warning>,
    /// Rows that a later one at the same time or step replaced.
    pub(crate) replaced: usize,
}

/// What was said of the series of a file.
#[derive(Debug, Default)]
pub(crate) struct Notices {
    warnings: BTreeMap<&'static str, Said>,
    loud: bool,
    replaced: Said,
    rows: usize,
}

/// Of how many series, and the first of them.
#[derive(Debug, Default)]
struct Said {
    series: u64,
    first: String,
}

impl Said {
    fn of(&mut self, id: &str) {
        if self.series == 0 {
            self.first = id.escape_debug().to_string();
        }
        self.series += 1;
    }
}

impl Notices {
    /// Takes in what is to be said of a series.
    pub(crate) fn add(&mut self, id: &str, notice: &Notice) {
        for warning in &notice.warnings {
            self.warnings.entry(warning.code()).or_default().of(id);
            self.loud |= !QUIET.contains(warning);
        }
        if notice.replaced > 0 {
            self.replaced.of(id);
            self.rows = self.rows.saturating_add(notice.replaced);
        }
    }

    /// Tells it on standard error: a line for each warning, not for each series.
    pub(crate) fn tell(&self) {
        // What is not heard harms nothing that was written.
        let _ = std::io::stderr().write_all(self.words().as_bytes());
    }

    fn words(&self) -> String {
        let mut words = String::new();
        let warnings = self.warnings.iter().filter(|_| self.loud);
        for (code, Said { series, first }) in warnings {
            // Writing to a string cannot fail.
            let _ = writeln!(words, "{code}: {series} series, first {first}");
        }
        if self.rows > 0 {
            let Said { series, first } = &self.replaced;
            let rows = self.rows;
            let _ = writeln!(
                words,
                "rows replaced by a later one at the same time or step: {rows} in {series} series, first {first}"
            );
        }
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(series: &[(&str, &[Warning], usize)]) -> String {
        let mut notices = Notices::default();
        for (id, warnings, replaced) in series {
            notices.add(id, &Notice { warnings: warnings.to_vec(), replaced: *replaced });
        }
        notices.words()
    }

    #[test]
    fn each_warning_is_told_once_with_its_first_series() {
        let told = words(&[
            ("a", &[], 0),
            ("b\n", &[Warning::LevelShift, Warning::BaselineServes], 2),
            ("c", &[Warning::LevelShift], 3),
        ]);
        let expected = [
            "BASELINE_SERVES: 1 series, first b\\n",
            "LEVEL_SHIFT: 2 series, first b\\n",
            "rows replaced by a later one at the same time or step: 5 in 2 series, first b\\n",
        ];
        assert_eq!(told.lines().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn nothing_is_said_of_an_ordinary_file() {
        assert_eq!(words(&[("a", &QUIET, 0), ("b", &[], 0)]), "");
    }
}
