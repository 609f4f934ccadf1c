//! What the reader of a whole file's results should know of its series, told at the end.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;

use atalaya_domain::forecast::Warning;
use atalaya_prediction::Step;

use super::source::Regular;

/// Warnings that speak of how the engine does on ordinary series: alone they are not worth a word.
const QUIET: [Warning; 2] = [Warning::BaselineServes, Warning::CappedHistory];

/// What is to be said of one series.
#[derive(Debug, Default)]
pub(crate) struct Notice {
    /// Of its forecast.
    pub(crate) warnings: Vec<Warning>,
    /// Rows that a later one at the same time or step replaced.
    pub(crate) replaced: usize,
    /// Rows of a last step that is not over.
    pub(crate) unfinished: usize,
    /// How far apart its points are, where that was found and not told.
    pub(crate) step: Option<Step>,
}

impl Notice {
    /// Of a series on its grid, and what its forecast warns of.
    pub(crate) fn of(regular: &Regular, told: Option<Step>, warnings: Vec<Warning>) -> Self {
        let Regular { sequence, replaced, .. } = regular;
        let step = told.is_none().then(|| sequence.step());
        Self { warnings, replaced: *replaced, unfinished: sequence.unfinished(), step }
    }
}

/// What was said of the series of a file.
#[derive(Debug, Default)]
pub(crate) struct Notices {
    warnings: BTreeMap<&'static str, Said>,
    loud: bool,
    replaced: Said,
    rows: usize,
    unfinished: Said,
    steps: BTreeMap<String, Said>,
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
        if let Some(step) = notice.step {
            self.steps.entry(step.to_string()).or_default().of(id);
        }
        if notice.unfinished > 0 {
            self.unfinished.of(id);
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
        for (step, Said { series, first }) in &self.steps {
            let _ = writeln!(words, "step found: {step}: {series} series, first {first}");
        }
        let warnings = self.warnings.iter().filter(|_| self.loud);
        for (code, Said { series, first }) in warnings {
            // Writing to a string cannot fail.
            let _ = writeln!(words, "{code}: {series} series, first {first}");
        }
        let Said { series, first } = &self.unfinished;
        if *series > 0 {
            let _ = writeln!(words, "last step left out because it is not over: {series} series, first {first}");
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
            notices.add(id, &Notice { warnings: warnings.to_vec(), replaced: *replaced, ..Notice::default() });
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
    fn a_step_that_was_found_is_told() {
        let mut notices = Notices::default();
        for (id, step) in [("a", Some(Step::Days(28))), ("b", None), ("c", Some(Step::Days(28)))] {
            notices.add(id, &Notice { step, ..Notice::default() });
        }
        assert_eq!(notices.words(), "step found: every 28 days (28D): 2 series, first a\n");
    }

    #[test]
    fn nothing_is_said_of_an_ordinary_file() {
        assert_eq!(words(&[("a", &QUIET, 0), ("b", &[], 0)]), "");
    }
}
