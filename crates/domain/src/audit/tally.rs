//! How a flood of refusals becomes a few entries: the first of its kind is told at once, those after it are counted
//! until the minute ends.
//!
//! Not here: what a minute is. Whoever takes the counts ends it.

use std::collections::HashMap;
use std::net::IpAddr;

use super::{AuditAction, AuditActor, AuditEvent, AuditOutcome, Chain};
use crate::id::UserId;

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

/// Whose refusals share one part of a budget: nobody crowds out others by making many kinds of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Source {
    User(UserId),
    /// Of whoever proved to be nobody.
    Network(Option<IpAddr>),
}

impl Source {
    fn of(event: &AuditEvent) -> Self {
        event.actor.id().map_or_else(|| Self::Network(event.origin.network()), Self::User)
    }
}

/// What makes two refusals alike, besides chain and action. The network and not the address: a client of IPv6 has more
/// addresses than there is room for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Kind {
    actor: AuditActor,
    target: Option<String>,
    network: Option<IpAddr>,
    outcome: AuditOutcome,
}

impl Kind {
    fn of(event: &AuditEvent) -> Self {
        Self {
            actor: event.actor.clone(),
            target: event.target.clone(),
            network: event.origin.network(),
            outcome: event.outcome,
        }
    }
}

/// Where a refusal belongs.
enum Place {
    /// With those of its kind, which has a place.
    Kept(Kind),
    /// First of a kind, for which there is a place.
    Free(Kind),
    /// With what is beyond the places of its source.
    BeyondSource(Source),
    /// With what is beyond the places of all.
    BeyondAll,
}

/// The refusals of one action, of one minute, in one chain.
#[derive(Debug, Default)]
struct Budget {
    /// What came after the first of each kind.
    kinds: HashMap<Kind, Option<Counted>>,
    /// How many kinds each source has.
    sources: HashMap<Source, usize>,
    /// What is of no kind that has a place, by the source that used up its own and outcome.
    rest: HashMap<(Option<Source>, AuditOutcome), Counted>,
}

impl Budget {
    fn place(&self, event: &AuditEvent) -> Place {
        let (kind, source) = (Kind::of(event), Source::of(event));
        if self.kinds.contains_key(&kind) {
            Place::Kept(kind)
        } else if self.sources.get(&source).is_some_and(|kinds| *kinds >= RefusalTally::KINDS_OF_A_SOURCE) {
            Place::BeyondSource(source)
        } else if self.kinds.len() >= RefusalTally::KINDS {
            Place::BeyondAll
        } else {
            Place::Free(kind)
        }
    }

    fn keep(&mut self, kind: Kind, event: &AuditEvent) {
        *self.sources.entry(Source::of(event)).or_default() += 1;
        self.kinds.insert(kind, None);
    }

    /// Gives the event back where it is the first of its kind.
    fn observe(&mut self, event: AuditEvent) -> Option<AuditEvent> {
        if let Place::Free(kind) = self.place(&event) {
            self.keep(kind, &event);
            return Some(event);
        }
        self.count(Counted { event, count: 1 });
        None
    }

    fn count(&mut self, counted: Counted) {
        match self.place(&counted.event) {
            Place::Free(kind) => {
                self.keep(kind.clone(), &counted.event);
                self.count_of_kind(kind, counted);
            }
            Place::Kept(kind) => self.count_of_kind(kind, counted),
            Place::BeyondSource(source) => self.count_among_the_rest(Some(source), counted),
            Place::BeyondAll => self.count_among_the_rest(None, counted),
        }
    }

    fn count_of_kind(&mut self, kind: Kind, counted: Counted) {
        match self.kinds.entry(kind).or_default() {
            Some(present) => present.add(counted),
            none => *none = Some(counted),
        }
    }

    /// What is beyond a source's places still tells whose it is.
    fn count_among_the_rest(&mut self, source: Option<Source>, Counted { mut event, count }: Counted) {
        event.target = None;
        if !matches!(source, Some(Source::User(_))) {
            event.actor = AuditActor::Various;
        }
        if source.is_none() {
            event.origin.address = None;
        }
        let key = (source, event.outcome);
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

/// The refusals of one minute. However many come, from however many addresses, a chain gets for each action two entries
/// for each of [`Self::KINDS`] kinds at most, and for each outcome one for what is beyond the places of a source that
/// used up its own and one for what is beyond all. Each action has places of its own, so that a flood of bad tokens
/// hides no failed login.
#[derive(Debug, Default)]
pub struct RefusalTally {
    budgets: HashMap<(Chain, AuditAction), Budget>,
}

impl RefusalTally {
    /// Kinds of an action that a chain tells apart in one minute.
    pub const KINDS: usize = 32;
    /// Those of them that one user may have, or one network of people who proved to be nobody.
    pub const KINDS_OF_A_SOURCE: usize = 4;

    fn budget(&mut self, event: &AuditEvent) -> &mut Budget {
        self.budgets.entry((Chain::of(event.company), event.action)).or_default()
    }

    /// Takes a refusal. Gives it back where it is the first of its kind in this minute: to be told at once.
    #[must_use]
    pub fn observe(&mut self, event: AuditEvent) -> Option<AuditEvent> {
        self.budget(&event).observe(event)
    }

    /// Counts what could not be told.
    pub fn put_back(&mut self, counted: Counted) {
        self.budget(&counted.event).count(counted);
    }

    /// Ends the minute: gives what was counted in it, and begins to tell first ones anew.
    #[must_use]
    pub fn take(&mut self) -> Vec<Counted> {
        let mut counted: Vec<Counted> =
            std::mem::take(&mut self.budgets).into_values().flat_map(Budget::into_counted).collect();
        counted.sort_by_key(|counted| counted.event.at);
        counted
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};
    use proptest::prelude::*;

    use super::*;
    use crate::caller::Origin;
    use crate::id::CompanyId;
    use crate::user::Username;

    /// The most entries of one action in one minute of a chain, where all end alike.
    const MOST_ENTRIES: usize = 2 * RefusalTally::KINDS + RefusalTally::KINDS / RefusalTally::KINDS_OF_A_SOURCE + 1;

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

    fn failed_login(address: u8, username: &str) -> AuditEvent {
        let AuditEvent { company, origin, at, .. } = refusal(None, address, 0, 0);
        AuditEvent::new(AuditAction::Login, AuditActor::Anonymous, company, origin, at)
            .on(username)
            .ended(AuditOutcome::Failure)
    }

    #[test]
    fn a_flood_of_denials_leaves_a_failed_login_of_another_attributed() {
        let mut tally = RefusalTally::default();
        for stranger in 0..64 {
            for target in 0..64 {
                let _ = tally.observe(refusal(None, stranger, target, 0));
            }
        }
        assert_eq!(tally.observe(failed_login(200, "ana")), Some(failed_login(200, "ana")));
    }

    #[test]
    fn one_source_does_not_use_up_the_places_of_others() {
        let mut tally = RefusalTally::default();
        let told = (0..200).filter_map(|target| tally.observe(refusal(None, 1, target, 0))).count();
        assert_eq!(told, RefusalTally::KINDS_OF_A_SOURCE);
        for name in 0..200 {
            let _ = tally.observe(failed_login(1, &format!("name{name}")));
        }
        assert!(tally.observe(refusal(None, 2, 0, 0)).is_some());
        assert!(tally.observe(failed_login(2, "ana")).is_some());
        let rest = tally.take();
        assert_eq!(rest.iter().map(|counted| counted.count).collect::<Vec<_>>(), [196, 196]);
        for Counted { event, .. } in rest {
            assert_eq!((&event.actor, event.target), (&AuditActor::Various, None));
            assert_eq!(event.origin, refusal(None, 1, 0, 0).origin, "it is no longer told where they came from");
        }
    }

    #[test]
    fn a_user_who_asks_from_many_networks_is_one_source() {
        let mut tally = RefusalTally::default();
        let actor = AuditActor::User { id: UserId::new(7), name: Username::parse("ursula").unwrap() };
        let denied = |address| AuditEvent { actor: actor.clone(), ..refusal(Some(1), address, 0, 0) };
        let told = (0..100).filter_map(|address| tally.observe(denied(address))).count();
        assert_eq!(told, RefusalTally::KINDS_OF_A_SOURCE);
        let [counted] = tally.take().try_into().unwrap();
        assert_eq!((counted.event.actor, counted.count), (actor, 96));
    }

    #[test]
    fn the_addresses_of_one_network_are_of_one_kind() {
        let mut tally = RefusalTally::default();
        let from = |address: &str| {
            let origin = Origin { address: address.parse().ok(), request_id: None };
            AuditEvent { origin, ..refusal(None, 1, 1, 0) }
        };
        assert!(tally.observe(from("2001:db8::1")).is_some());
        assert!(tally.observe(from("2001:db8::2")).is_none());
        assert!(tally.observe(from("2001:db8:0:1::1")).is_some());
        assert_eq!(tally.take(), [Counted { event: from("2001:db8::2"), count: 1 }]);
    }

    proptest! {
        #[test]
        fn every_refusal_is_told_or_counted_and_the_entries_are_bounded(
            refusals in prop::collection::vec((prop::option::of(1..4_i64), 0..60_u8, 0..8_u8), 0..600),
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
            prop_assert!(entries.values().all(|entries| *entries <= MOST_ENTRIES), "{:?}", entries);
        }
    }
}
