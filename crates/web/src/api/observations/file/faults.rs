//! What is wrong with a file: each broken rule, and what they come down to.

use atalaya_application::error::{Field, Violation};

/// Causes that are told apart, at most.
const MOST_CAUSES: usize = 32;

/// One rule that one column of a file breaks, in one row or in many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// Where it is broken first.
    pub first: Violation,
    /// How often.
    pub count: usize,
}

/// Broken rules, of which the first ones are shown.
pub(super) struct Faults {
    pub(super) shown: Vec<Violation>,
    pub(super) all: usize,
    pub(super) causes: Vec<Cause>,
    most: usize,
}

impl Faults {
    /// None yet; `most` of them are shown.
    pub(super) fn keeping(most: usize) -> Self {
        Self { shown: Vec::new(), all: 0, causes: Vec::new(), most }
    }

    /// This one only, which explains all others.
    pub(super) fn instead(&self, violation: Violation) -> Self {
        let mut only = Self::keeping(self.most);
        only.add(violation);
        only
    }

    pub(super) fn add(&mut self, violation: Violation) {
        self.all += 1;
        let key = |violation: &Violation| -> (Field, &'static str) { (violation.field.clone(), violation.code) };
        if let Some(cause) = self.causes.iter_mut().find(|cause| key(&cause.first) == key(&violation)) {
            cause.count += 1;
        } else if self.causes.len() < MOST_CAUSES {
            self.causes.push(Cause { first: violation.clone(), count: 1 });
        }
        if self.shown.len() < self.most {
            self.shown.push(violation);
        }
    }
}
