//! How a flood of refusals becomes a few entries: the first of its kind is told at once, those after it are counted until
//! the minute ends.
//!
//! Not here: what a minute is. Whoever takes the counts ends it.

use std::collections::HashMap;
use std::net::IpAddr;

use super::{AuditAction, AuditActor, AuditEvent, AuditOutcome, Chain};
use crate::caller::Origin;

/// Events that are alike: the last of them, and how many there were.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// The last of them.
    pub event: AuditEvent,
    /// How many, at least 1.
    pub count: u32,
}

impl Counted {
    fn add(&mut self, other: Self) {
        self.event = other.event;
        self.count = self.count.saturating_add(other.count);
    }
}

/// What makes two refusals alike, besides the chain.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Kind {
    actor: AuditActor,
    action: AuditAction,
    target: Option<String>,
    address: Option<IpAddr>,
    outcome: AuditOutcome,
}

impl Kind {
    fn of(event: &AuditEvent) -> Self {
        Self {
            actor: event.actor.clone(),
            action: event.action,
            target: event.target.clone(),
            address: event.origin.address,
            outcome: event.outcome,
        }
    }
}

/// The refusals of one minute in one chain.
#[derive(Debug, Default)]
struct ChainTally {
    /// What came after the first of each kind.
    kinds: HashMap<Kind, Option<Counted>>,
    /// What is of no kind that had a place, by action and outcome.
    rest: HashMap<(AuditAction, AuditOutcome), Counted>,
}

impl ChainTally {
    fn count(&mut self, counted: Counted) {
        let kind = Kind::of(&counted.event);
        if self.kinds.len() >= RefusalTally::KINDS && !self.kinds.contains_key(&kind) {
            return self.count_among_the_rest(counted);
        }
        match self.kinds.entry(kind).or_default() {
            Some(present) => present.add(counted),
            none => *none = Some(counted),
        }
    }

    fn count_among_the_rest(&mut self, Counted { event, count }: Counted) {
        let origin = Origin { address: None, ..event.origin };
        let event = AuditEvent { actor: AuditActor::Various, target: None, origin, ..event };
        let key = (event.action, event.outcome);
        let counted = Counted { event, count };
        match self.rest.get_mut(&key) {
            Some(present) => present.add(counted),
            None => drop(self.rest.insert(key, counted)),
        }
    }

    fn into_counted(self) -> impl Iterator<Item = Counted> {
        self.kinds.into_values().flatten().chain(self.rest.into_values())
    }
}

/// The refusals of one minute. However many come, from however many addresses, a chain gets two entries for each of
/// [`Self::KINDS`] kinds at most, and one for whatever is beyond them of an action and outcome.
#[derive(Debug, Default)]
pub struct RefusalTally {
    chains: HashMap<Chain, ChainTally>,
}

impl RefusalTally {
    /// Kinds of a chain that are told apart in one minute.
    pub const KINDS: usize = 32;

    /// Takes a refusal. Gives it back where it is the first of its kind in this minute: to be told at once.
    #[must_use]
    pub fn observe(&mut self, event: AuditEvent) -> Option<AuditEvent> {
        let tally = self.chains.entry(Chain::of(event.company)).or_default();
        let kind = Kind::of(&event);
        if tally.kinds.len() < Self::KINDS && !tally.kinds.contains_key(&kind) {
            tally.kinds.insert(kind, None);
            return Some(event);
        }
        tally.count(Counted { event, count: 1 });
        None
    }

    /// Counts what could not be told.
    pub fn put_back(&mut self, counted: Counted) {
        self.chains.entry(Chain::of(counted.event.company)).or_default().count(counted);
    }

    /// Ends the minute: gives what was counted in it, and begins to tell first ones anew.
    #[must_use]
    pub fn take(&mut self) -> Vec<Counted> {
        let mut counted: Vec<Counted> =
            std::mem::take(&mut self.chains).into_values().flat_map(ChainTally::into_counted).collect();
        counted.sort_by_key(|counted| counted.event.at);
        counted
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};
    use proptest::prelude::*;

    use super::*;
    use crate::id::CompanyId;

    fn refusal(company: Option<i64>, address: u8, target: u8, second: i64) -> AuditEvent {
        let origin = Origin { address: Some(IpAddr::from([203, 0, 113, address])), request_id: None };
        let at = DateTime::UNIX_EPOCH + TimeDelta::seconds(second);
        let company = company.map(CompanyId::new);
        AuditEvent::new(AuditAction::AccessDenied, AuditActor::Anonymous, company, origin, at)
            .on(format!("GET /{target}"))
            .ended(AuditOutcome::Denied)
    }

    #[test]
    fn a_flood_of_one_kind_is_two_entries() {
        let mut tally = RefusalTally::default();
        let told: Vec<_> = (0..500).filter_map(|second| tally.observe(refusal(None, 1, 1, second))).collect();
        assert_eq!(told, [refusal(None, 1, 1, 0)]);
        assert_eq!(tally.take(), [Counted { event: refusal(None, 1, 1, 499), count: 499 }]);
        assert_eq!(tally.take(), []);
        assert!(tally.observe(refusal(None, 1, 1, 500)).is_some(), "in another minute it is the first again");
    }

    #[test]
    fn what_could_not_be_told_is_counted() {
        let mut tally = RefusalTally::default();
        let first = tally.observe(refusal(Some(1), 1, 1, 0)).unwrap();
        assert!(tally.observe(refusal(Some(1), 1, 1, 1)).is_none());
        tally.put_back(Counted { event: first, count: 1 });
        assert_eq!(tally.take().into_iter().map(|counted| counted.count).collect::<Vec<_>>(), [2]);
    }

    proptest! {
        #[test]
        fn every_refusal_is_told_or_counted_and_the_entries_are_bounded(
            refusals in prop::collection::vec((prop::option::of(1..4_i64), any::<u8>(), 0..4_u8), 0..400),
            ends in prop::collection::vec(any::<prop::sample::Index>(), 0..4),
        ) {
            let mut tally = RefusalTally::default();
            let mut told = 0;
            let ends: Vec<usize> = ends.iter().map(|end| end.index(refusals.len().max(1))).collect();
            let mut entries = HashMap::<Option<CompanyId>, usize>::new();
            for (index, (company, address, target)) in refusals.iter().enumerate() {
                if let Some(first) = tally.observe(refusal(*company, *address, *target, 0)) {
                    told += 1;
                    *entries.entry(first.company).or_default() += 1;
                }
                if ends.contains(&index) {
                    told += tally.take().iter().map(|counted| counted.count as usize).sum::<usize>();
                    entries.clear();
                }
            }
            let rest = tally.take();
            for counted in &rest {
                *entries.entry(counted.event.company).or_default() += 1;
            }
            told += rest.iter().map(|counted| counted.count as usize).sum::<usize>();
            prop_assert_eq!(told, refusals.len());
            prop_assert!(entries.values().all(|entries| *entries <= 2 * RefusalTally::KINDS + 1), "{:?}", entries);
        }
    }
}
