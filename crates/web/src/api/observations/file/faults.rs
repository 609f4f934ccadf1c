//! What is wrong with a file: each broken rule, and what they come down to.

use atalaya_application::error::Violation;
use atalaya_application::observations::Causes;

/// Broken rules, of which the first ones are shown.
pub(super) struct Faults {
    pub(super) shown: Vec<Violation>,
    pub(super) all: usize,
    pub(super) causes: Causes,
    most: usize,
}

impl Faults {
    /// None yet; `most` of them are shown.
    pub(super) fn keeping(most: usize) -> Self {
        Self { shown: Vec::new(), all: 0, causes: Causes::default(), most }
    }

    /// This one only, which explains all others.
    pub(super) fn instead(&self, violation: Violation) -> Self {
        let mut only = Self::keeping(self.most);
        only.add(violation);
        only
    }

    pub(super) fn add(&mut self, violation: Violation) {
        self.all += 1;
        self.causes.add(&violation);
        if self.shown.len() < self.most {
            self.shown.push(violation);
        }
    }
}
