//! What the reader of a whole file's results should know of its series, told at the end.

use std::collections::BTreeMap;
use std::io::Write as _;

use atalaya_domain::forecast::Warning;
use atalaya_prediction::Step;
use atalaya_texts::Language;

use super::source::Regular;
use super::steps::step_words;
use crate::words::{Words, language};

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
    warnings: BTreeMap<Warning, Said>,
    loud: bool,
    replaced: Said,
    rows: usize,
    unfinished: Said,
    /// By their names.
    steps: BTreeMap<String, (Step, Said)>,
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
            self.warnings.entry(*warning).or_default().of(id);
            self.loud |= !QUIET.contains(warning);
        }
        if let Some(step) = notice.step {
            self.steps.entry(step.to_string()).or_insert_with(|| (step, Said::default())).1.of(id);
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
        let _ = std::io::stderr().write_all(self.in_language(language()).as_bytes());
    }

    fn in_language(&self, language: Language) -> String {
        let mut lines = Vec::new();
        let mut line = |words: Words, said: &Said| {
            let of = Words::of_count(said.series, "cli.notice.one_series", "cli.notice.several_series");
            let of = of.with("series", said.series).with("first", &said.first);
            lines.push(words.with_words("of", of).in_language(language));
        };
        for (step, said) in self.steps.values() {
            line(Words::of("cli.notice.step").with_words("step", step_words(*step)), said);
        }
        for (warning, said) in self.warnings.iter().filter(|_| self.loud) {
            let told = atalaya_texts::file_warning(language, *warning);
            line(Words::of("cli.notice.warning").with("text", told).with("code", warning.code()), said);
        }
        if self.unfinished.series > 0 {
            line(Words::of("cli.notice.unfinished"), &self.unfinished);
        }
        if self.rows > 0 {
            line(Words::of("cli.notice.replaced").with("rows", self.rows), &self.replaced);
        }
        lines.iter().fold(String::new(), |text, line| text + line + "\n")
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
        notices.in_language(Language::English)
    }

    #[test]
    fn each_warning_is_told_once_with_its_first_series() {
        let told = words(&[
            ("a", &[], 0),
            ("b\n", &[Warning::LevelShift, Warning::BaselineServes], 2),
            ("c", &[Warning::LevelShift], 3),
        ]);
        let lines: Vec<_> = told.lines().collect();
        assert_eq!(lines.len(), 3, "{told}");
        assert!(lines[0].ends_with("(BASELINE_SERVES: 1 series, first b\\n)"), "{told}");
        assert!(lines[1].ends_with("(LEVEL_SHIFT: 2 series, first b\\n)"), "{told}");
        assert_eq!(lines[2], "Rows replaced by a later one at the same time or step: 5 (2 series, first b\\n).");
    }

    #[test]
    fn a_step_that_was_found_is_told() {
        let mut notices = Notices::default();
        for (id, step) in [("a", Some(Step::Days(28))), ("b", None), ("c", Some(Step::Days(28)))] {
            notices.add(id, &Notice { step, ..Notice::default() });
        }
        let told = Language::ALL.map(|language| notices.in_language(language));
        assert_eq!(told[0], "Paso encontrado: cada 28 días (28D) (2 series, la primera es a).\n");
        assert_eq!(told[1], "Step found: every 28 days (28D) (2 series, first a).\n");
    }

    #[test]
    fn nothing_is_said_of_an_ordinary_file() {
        assert_eq!(words(&[("a", &QUIET, 0), ("b", &[], 0)]), "");
    }
}
