//! Whose summaries are being made.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use atalaya_domain::id::CompanyId;

/// Companies whose summaries a request of this process makes: others of the same company answer with what there is.
#[derive(Debug, Default)]
pub struct Turns(Mutex<HashSet<CompanyId>>);

impl Turns {
    /// The turn of a company; `None` while another request has it.
    pub(super) fn take(&self, company: CompanyId) -> Option<Turn<'_>> {
        let is_free = self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(company);
        is_free.then(|| Turn { turns: self, company })
    }
}

/// A turn, until it is dropped.
pub(super) struct Turn<'a> {
    turns: &'a Turns,
    company: CompanyId,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.turns.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.company);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_company_has_one_turn_at_a_time() {
        let turns = Turns::default();
        let (one, other) = (CompanyId::new(1), CompanyId::new(2));
        let turn = turns.take(one);
        assert!(turn.is_some() && turns.take(other).is_some());
        assert!(turns.take(one).is_none());
        drop(turn);
        assert!(turns.take(one).is_some());
    }
}
