//! What many broken rules come down to.

use crate::error::Violation;

/// One rule that one field breaks, in one row or in many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// Where it is broken first.
    pub first: Violation,
    /// How often.
    pub count: usize,
}

/// Broken rules by their causes, in the order in which those came.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Causes(Vec<Cause>);

impl Causes {
    /// How many are told apart.
    pub const MOST: usize = 32;

    /// Counts a broken rule, unless it would be one more cause than is told apart.
    pub fn add(&mut self, violation: &Violation) {
        let known = self
            .0
            .iter_mut()
            .find(|cause| (cause.first.code, &cause.first.field) == (violation.code, &violation.field));
        if let Some(cause) = known {
            cause.count += 1;
        } else if self.0.len() < Self::MOST {
            self.0.push(Cause { first: violation.clone(), count: 1 });
        }
    }

    /// The causes.
    #[must_use]
    pub fn as_slice(&self) -> &[Cause] {
        &self.0
    }

    /// How many broken rules have one of the causes.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.iter().map(|cause| cause.count).sum()
    }
}

impl<'a> FromIterator<&'a Violation> for Causes {
    fn from_iter<I: IntoIterator<Item = &'a Violation>>(violations: I) -> Self {
        let mut causes = Self::default();
        violations.into_iter().for_each(|violation| causes.add(violation));
        causes
    }
}
