//! Series that failed, told at the end.

use super::{CommandError, refused};
use crate::words::Words;

/// Failures that are told one by one.
const TOLD: usize = 20;

/// What became of the series of a file.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    series: u64,
    failed: u64,
    told: Vec<String>,
}

impl Tally {
    /// Counts a series; one that failed with its id and the reason.
    pub(crate) fn count(&mut self, id: &str, failure: Option<&str>) {
        self.series += 1;
        let Some(reason) = failure else { return };
        self.failed += 1;
        if self.told.len() < TOLD {
            self.told.push(format!("{}: {reason}", id.escape_debug()));
        }
    }

    /// # Errors
    /// Where a series failed, or where there was none.
    pub(crate) fn conclude(&self) -> Result<(), CommandError> {
        if self.series == 0 {
            return Err(refused("cli.series.no_rows"));
        }
        let Some((first, others)) = self.told.split_first() else { return Ok(()) };
        let told = Words::of_count(self.failed, "cli.series.failed_one", "cli.series.failed");
        let told = told.with("failed", self.failed).with("total", self.series);
        let mut words = format!("{} {first}", told.text());
        for other in others {
            words.push('\n');
            words.push_str(other);
        }
        let untold = self.failed.saturating_sub(u64::try_from(self.told.len()).unwrap_or(u64::MAX));
        if untold > 0 {
            words.push('\n');
            words.push_str(&Words::of("cli.series.untold").with("count", untold).text());
        }
        Err(CommandError::Said(words))
    }
}
