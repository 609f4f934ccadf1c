//! Places for work that lasts as long as its client wants: a user, a company and the process have only so many at a
//! time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use atalaya_domain::access::Actor;
use atalaya_domain::id::{CompanyId, UserId};

/// Who takes a place: a user, and the company whose places they use up. Superadmins count as one company.
type Taker = (UserId, Option<CompanyId>);

/// How many places there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Most {
    /// For one user.
    pub(crate) of_a_user: usize,
    /// For the users of one company, so that no company takes the places of all others.
    pub(crate) of_a_company: usize,
    /// For the whole process.
    pub(crate) in_all: usize,
}

/// Whose places are all taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Full {
    /// Those of the user, or of their company.
    Own,
    /// Those of the process.
    Process,
}

/// The places of one process.
#[derive(Debug)]
pub(crate) struct Places {
    most: Most,
    taken: Mutex<HashMap<Taker, usize>>,
}

impl Places {
    /// So many places, all of them free.
    pub(crate) fn new(most: Most) -> Arc<Self> {
        Arc::new(Self { most, taken: Mutex::default() })
    }

    /// Takes a place for the actor.
    ///
    /// # Errors
    /// [`Full`] at once.
    pub(crate) fn take(self: &Arc<Self>, actor: &Actor) -> Result<Place, Full> {
        self.take_for((actor.user(), actor.company()))
    }

    fn take_for(self: &Arc<Self>, user: Taker) -> Result<Place, Full> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let of_user = taken.get(&user).copied().unwrap_or_default();
        let of_company: usize =
            taken.iter().filter(|((_, company), _)| *company == user.1).map(|(_, count)| count).sum();
        if of_user >= self.most.of_a_user || of_company >= self.most.of_a_company {
            return Err(Full::Own);
        }
        if taken.values().sum::<usize>() >= self.most.in_all {
            return Err(Full::Process);
        }
        taken.insert(user, of_user + 1);
        Ok(Place { places: Arc::clone(self), user })
    }

    /// How many are taken.
    pub(crate) fn count(&self) -> usize {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).values().sum()
    }
}

/// One place, which is free again when this is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    places: Arc<Places>,
    user: Taker,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.user) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.user);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A user of a company with ten users.
    fn taker(user: i64) -> Taker {
        (UserId::new(user), Some(CompanyId::new(user / 10)))
    }

    #[test]
    fn a_user_has_so_many_places_a_company_too_and_everybody_together() {
        let places = Places::new(Most { of_a_user: 5, of_a_company: 25, in_all: 100 });
        let take = |user: i64| places.take_for(taker(user));
        let mut of_one: Vec<Place> = (0..5).map(|_| take(0).unwrap()).collect();
        assert_eq!(take(0).err(), Some(Full::Own));
        of_one.extend((0..20).map(|turn| take(1 + turn % 9).unwrap()));
        assert_eq!(take(9).err(), Some(Full::Own));
        let others: Vec<Place> = (1..=75).map(|turn| take(turn * 10).unwrap()).collect();
        assert_eq!(take(100_000).err(), Some(Full::Process));
        drop(of_one);
        assert_eq!(take(0).err(), None);
        drop(others);
        assert_eq!(places.count(), 0);
    }
}
