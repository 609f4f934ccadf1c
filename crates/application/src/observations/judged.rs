//! What of an upload may be stored. Judged once, so that trying out and storing cannot disagree.

use atalaya_domain::observation::{ImplausibleTime, Observation, check_time};
use chrono::{DateTime, Utc};

use super::{Batch, Causes, InvalidRows, RowPlace, UploadRow};
use crate::error::{AppError, Field, Violation};

/// An upload whose every row was judged. Only [`Observations::judge`](super::Observations::judge) makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    pub(super) observations: Vec<Observation>,
    violations: Vec<Violation>,
    causes: Causes,
    broken: usize,
    total: usize,
    accepted: bool,
}

impl Judged {
    /// The broken rules that are shown are [`Self::SHOWN`] at most; all are counted.
    pub const SHOWN: usize = 1_000;

    /// Judges what was read, at `now`.
    pub(super) fn at(now: DateTime<Utc>, batch: Batch, invalid: InvalidRows) -> Self {
        let Batch { rows, mut violations, broken, total, complete } = batch;
        let (observations, mut of_rows) = sound(&rows, now);
        of_rows.sort_by_key(|violation| violation.line);
        let broken = broken + of_rows.len();
        let causes = of_rows.iter().collect();
        violations.extend(of_rows);
        violations.sort_by_key(|violation| violation.line);
        violations.truncate(Self::SHOWN);
        let accepted = match invalid {
            InvalidRows::Refuse => broken == 0,
            InvalidRows::LeaveOut => complete && (broken == 0 || !observations.is_empty()),
        };
        Self { observations, violations, causes, broken, total, accepted }
    }

    /// The first broken rules, in order of their lines.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// What the rules come down to that the rows break which could be read. What could not be is told by who read it.
    #[must_use]
    pub fn causes(&self) -> &Causes {
        &self.causes
    }

    /// How many rules are broken.
    #[must_use]
    pub fn broken(&self) -> usize {
        self.broken
    }

    /// How many rows there are, sound or not.
    #[must_use]
    pub fn total(&self) -> usize {
        self.total
    }

    /// How many rows break a rule.
    #[must_use]
    pub fn skipped(&self) -> usize {
        self.total.saturating_sub(self.observations.len())
    }

    /// Whether it is stored: where invalid rows are refused, when no rule is broken; where they are left out, when the
    /// upload could be read to its end and has a sound row.
    #[must_use]
    pub fn accepted(&self) -> bool {
        self.accepted
    }

    /// What is to be stored.
    ///
    /// # Errors
    /// `Invalid` for an upload that is not accepted.
    pub(super) fn to_store(&self) -> Result<&[Observation], AppError> {
        if self.accepted {
            return Ok(&self.observations);
        }
        let mut violations = self.violations.clone();
        violations.truncate(Violation::MOST);
        Err(AppError::Invalid(violations))
    }
}

fn violation(place: RowPlace, code: &'static str) -> Violation {
    match place {
        RowPlace::Line(line) => Violation::new(Field::ReadingTime(None), code).on_line(line),
        RowPlace::Index(index) => Violation::new(Field::ReadingTime(Some(index)), code),
    }
}

/// The sound rows in order of time, and every rule that the others break. A time that comes twice is a mistake of
/// whoever made the upload, even with equal values: it is said, because the next file may carry two different ones.
fn sound(rows: &[UploadRow], now: DateTime<Utc>) -> (Vec<Observation>, Vec<Violation>) {
    let mut violations = Vec::new();
    let mut ordered: Vec<&UploadRow> = Vec::with_capacity(rows.len());
    for row in rows {
        match check_time(row.observation.at, now) {
            Err(ImplausibleTime::TooFarAhead) => violations.push(violation(row.place, "too_far_ahead")),
            Err(ImplausibleTime::TooOld) => violations.push(violation(row.place, "too_old")),
            Ok(()) => ordered.push(row),
        }
    }
    // The sort keeps the order of rows of one time, so that it is the later one that is named.
    ordered.sort_by_key(|row| row.observation.at);
    let mut observations: Vec<Observation> = Vec::with_capacity(ordered.len());
    for row in ordered {
        if observations.last().is_some_and(|before| before.at == row.observation.at) {
            violations.push(violation(row.place, "duplicate_time"));
        } else {
            observations.push(row.observation);
        }
    }
    (observations, violations)
}

#[cfg(test)]
mod tests {
    use atalaya_domain::observation::Followers;
    use chrono::Duration;

    use super::*;

    fn row(line: u64, day: i64) -> UploadRow {
        let at = DateTime::from_timestamp_secs(1_767_225_600).unwrap() + Duration::days(day);
        let followers = Followers::new(line).unwrap();
        UploadRow {
            observation: Observation { at, followers, posts: None, following: None },
            place: RowPlace::Line(line),
        }
    }

    fn judged(batch: &Batch, invalid: InvalidRows) -> Judged {
        Judged::at(row(0, 10).observation.at, batch.clone(), invalid)
    }

    fn places(judged: &Judged) -> Vec<(Option<u64>, &'static str)> {
        judged.violations().iter().map(|violation| (violation.line, violation.code)).collect()
    }

    #[test]
    fn one_broken_rule_refuses_all_or_leaves_its_row_out() {
        let mut batch = Batch::sound(vec![row(2, 1), row(3, 1), row(4, 20), row(5, 2)]);
        batch.total += 1;
        batch.broken = 1;
        batch.violations = vec![Violation::new(Field::ReadingTime(None), "invalid_time").on_line(6)];
        let refused = judged(&batch, InvalidRows::Refuse);
        assert_eq!(
            places(&refused),
            [(Some(3), "duplicate_time"), (Some(4), "too_far_ahead"), (Some(6), "invalid_time")]
        );
        assert!(!refused.accepted() && matches!(refused.to_store(), Err(AppError::Invalid(told)) if told.len() == 3));
        let left_out = judged(&batch, InvalidRows::LeaveOut);
        assert_eq!((left_out.total(), left_out.skipped(), left_out.broken()), (5, 3, 3));
        let stored: Vec<u64> = left_out.to_store().unwrap().iter().map(|row| row.followers.get()).collect();
        assert_eq!(stored, [2, 5], "of two rows of one time the first is stored");
    }

    #[test]
    fn what_has_no_sound_row_or_could_not_be_read_to_its_end_is_refused() {
        let only_bad = Batch::sound(vec![row(2, 20)]);
        assert!(!judged(&only_bad, InvalidRows::LeaveOut).accepted());
        let half_read = Batch { complete: false, broken: 1, ..Batch::sound(vec![row(2, 1)]) };
        assert!(!judged(&half_read, InvalidRows::LeaveOut).accepted());
        let empty = Batch::sound(Vec::new());
        for invalid in [InvalidRows::Refuse, InvalidRows::LeaveOut] {
            assert!(judged(&empty, invalid).accepted(), "nothing is wrong with nothing");
        }
    }

    #[test]
    fn all_broken_rules_are_counted_and_the_first_are_shown() {
        let batch = Batch::sound((0..1_500).map(|line| row(line, 20)).collect());
        let judged = judged(&batch, InvalidRows::Refuse);
        assert_eq!((judged.violations().len(), judged.broken()), (Judged::SHOWN, 1_500));
        let causes: Vec<_> = judged.causes().as_slice().iter().map(|cause| (cause.first.line, cause.count)).collect();
        assert_eq!(causes, [(Some(0), 1_500)], "all of them have one cause");
        assert!(matches!(judged.to_store(), Err(AppError::Invalid(told)) if told.len() == Violation::MOST));
    }
}
