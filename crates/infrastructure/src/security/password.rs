//! Passwords, hashed by bcrypt over a peppered digest.
//!
//! bcrypt reads 72 bytes and no more. What it is given here is `base64(HMAC-SHA-384(pepper, password))`, always 64
//! bytes, so every character of a long password counts; and a stolen database is worth nothing without the pepper.

use std::ops::Range;
use std::time::Duration;

use atalaya_application::error::{AppError, Part};
use atalaya_application::ports::security::{Comparison, PasswordHash, PasswordHasher};
use atalaya_domain::password::Password;
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bcrypt::{BcryptError, HashParts};
use rustix::time::{ClockId, clock_gettime};
use secrecy::{ExposeSecret, SecretString};

use super::NamedSecret;
use crate::giving_way::GivingWay;
use crate::lane::{Lane, LaneError, Turn};

/// Why a hasher could not be made.
#[derive(Debug, thiserror::Error)]
pub enum HasherError {
    /// There is no pepper to hash with.
    #[error("PASSWORD_PEPPER is empty")]
    NoPepper,
    /// A cost outside bcrypt's 4 to 31.
    #[error("BCRYPT_ROUNDS does not suit bcrypt: {0}")]
    Rounds(#[from] BcryptError),
}

/// bcrypt with a pepper, in a lane of its own.
pub struct BcryptHasher {
    rounds: u32,
    current: Pepper,
    former: Vec<Pepper>,
    /// A hash that no password has, at the same cost as every other.
    decoy: String,
    lane: Lane,
    giving_way: GivingWay,
}

struct Pepper {
    id: String,
    key: hmac::Key,
}

impl BcryptHasher {
    /// Whoever waits longer for a turn is refused: with one more hash, or two where the hash is renewed, an answer
    /// comes within two seconds. The longest queue is as many as are expected to get their turn in time, at first by
    /// what a hash costs and then by how long the last few took: on a busy machine they take longer and fewer may wait.
    const PATIENCE: Duration = Duration::from_millis(1_200);
    /// The longest queue whatever a hash costs: everyone who waits holds a thread.
    const MOST_WAITING: usize = 64;
    /// Where other programs use all of the processor, hashes are made at normal priority on this part of the cores and
    /// on one at least: such a program takes no more than a thread's share from them, and people can still log in.
    const URGENT_PART: usize = 8;
    /// The cost at which the machine's speed is measured: some milliseconds.
    const TRIAL_ROUNDS: u32 = 6;

    /// Hashes with the first of `peppers` at `rounds` (two to the power of which is the work) on half of the machine's
    /// `cores`. Takes some milliseconds to measure the machine.
    ///
    /// # Errors
    /// [`HasherError`] when there is no pepper or bcrypt refuses the cost.
    pub fn new(peppers: &[NamedSecret], rounds: u32, cores: usize) -> Result<Self, HasherError> {
        let mut peppers = peppers.iter().map(|pepper| Pepper {
            id: pepper.id.clone(),
            key: hmac::Key::new(hmac::HMAC_SHA384, pepper.value.expose_secret()),
        });
        let current = peppers.next().ok_or(HasherError::NoPepper)?;
        let decoy = decoy(rounds)?;
        let lane = Lane::new("hashing", cores / 2, Self::MOST_WAITING);
        let lane = lane.with_patience(Self::PATIENCE, Self::MOST_WAITING, estimated_cost(rounds)?);
        let giving_way = GivingWay::new("hashing", cores / Self::URGENT_PART);
        Ok(Self { rounds, current, former: peppers.collect(), decoy, lane, giving_way })
    }

    /// How many hashes are under way or waiting.
    #[must_use]
    pub fn depth(&self) -> u64 {
        self.lane.depth()
    }

    /// How many hashes were made at normal priority, because the machine was busy.
    #[must_use]
    pub fn lifted(&self) -> u64 {
        self.giving_way.lifted()
    }

    fn pepper(&self, id: &str) -> Option<&Pepper> {
        std::iter::once(&self.current).chain(&self.former).find(|pepper| pepper.id == id)
    }

    /// Does the work of a hash when its turn comes.
    fn in_lane<T: Send + 'static>(
        &self,
        work: impl Fn() -> Result<T, BcryptError> + Send + Sync + 'static,
    ) -> Result<T, AppError> {
        let turn = self.lane.turn().map_err(unhashed)?;
        self.in_turn(&turn, work)
    }

    fn in_turn<T: Send + 'static>(
        &self,
        _: &Turn<'_>,
        work: impl Fn() -> Result<T, BcryptError> + Send + Sync + 'static,
    ) -> Result<T, AppError> {
        self.giving_way.run(work).map_err(unhashed)?.map_err(AppError::internal)
    }

    fn stored(&self, hash: String) -> PasswordHash {
        PasswordHash { hash: SecretString::from(hash), pepper_id: self.current.id.clone() }
    }
}

impl PasswordHasher for BcryptHasher {
    fn has_room(&self) -> bool {
        self.lane.has_room()
    }

    fn hash(&self, password: &Password) -> Result<PasswordHash, AppError> {
        let (peppered, rounds) = (self.current.apply_pepper(password), self.rounds);
        let hash = self.in_lane(move || bcrypt::non_truncating_hash(&peppered, rounds))?;
        Ok(self.stored(hash))
    }

    fn hash_if_idle(&self, password: &Password) -> Result<Option<PasswordHash>, AppError> {
        if self.giving_way.is_machine_busy() {
            return Ok(None);
        }
        let Some(turn) = self.lane.turn_if_idle() else { return Ok(None) };
        let (peppered, rounds) = (self.current.apply_pepper(password), self.rounds);
        let hash = self.in_turn(&turn, move || bcrypt::non_truncating_hash(&peppered, rounds))?;
        Ok(Some(self.stored(hash)))
    }

    fn compare(&self, password: &Password, stored: &PasswordHash) -> Result<Comparison, AppError> {
        let known = self.pepper(&stored.pepper_id);
        // With a pepper that is gone nothing can match, and finding that out must cost the same.
        let peppered = known.unwrap_or(&self.current).apply_pepper(password);
        let (hash, rounds) = (stored.hash.clone(), self.rounds);
        let cost = hash.expose_secret().parse::<HashParts>().map_err(AppError::internal)?.get_cost();
        let equal = self.in_lane(move || {
            let equal = bcrypt::non_truncating_verify(&peppered, hash.expose_secret())?;
            if !equal {
                make_up(&peppered, cost, rounds)?;
            }
            Ok(equal)
        })?;
        Ok(Comparison {
            matches: equal && known.is_some(),
            outdated: cost != self.rounds || stored.pepper_id != self.current.id,
        })
    }

    fn compare_with_nobody(&self, password: &Password) -> Result<(), AppError> {
        let peppered = self.current.apply_pepper(password);
        let decoy = self.decoy.clone();
        self.in_lane(move || bcrypt::non_truncating_verify(&peppered, &decoy)).map(drop)
    }
}

impl Pepper {
    /// 64 characters that stand for the password under this pepper.
    fn apply_pepper(&self, password: &Password) -> String {
        STANDARD.encode(hmac::sign(&self.key, password.expose().as_bytes()))
    }
}

/// A valid hash of this cost that is nobody's: made without hashing, compared like any other.
fn decoy(rounds: u32) -> Result<String, BcryptError> {
    if !(4..=31).contains(&rounds) {
        return Err(BcryptError::CostNotAllowed(rounds));
    }
    Ok(format!("$2b${rounds:02}${}", ".".repeat(53)))
}

/// A refused comparison at an old, lower cost works on until it has cost as much as one at today's, or the time would
/// tell that the user exists: 2ᵃ + 2ᵃ + 2ᵃ⁺¹ + … + 2ᵇ⁻¹ = 2ᵇ.
fn make_up(peppered: &str, cost: u32, rounds: u32) -> Result<(), BcryptError> {
    missing_costs(cost, rounds).try_for_each(|missing| bcrypt::non_truncating_hash_bytes(peppered, missing).map(drop))
}

/// The costs of the hashes that a comparison at `cost` lacks to have cost as much as one at `rounds`.
fn missing_costs(cost: u32, rounds: u32) -> Range<u32> {
    cost..rounds
}

/// What a hash costs on this machine, by a cheaper one: each round more doubles the work. What other programs take of
/// the processor meanwhile does not count.
fn estimated_cost(rounds: u32) -> Result<Duration, BcryptError> {
    let begun = processor_time();
    bcrypt::non_truncating_hash_bytes("", BcryptHasher::TRIAL_ROUNDS)?;
    let trial = processor_time().saturating_sub(begun);
    Ok(trial.saturating_mul(1 << rounds.saturating_sub(BcryptHasher::TRIAL_ROUNDS)))
}

/// How long the calling thread has had a processor.
fn processor_time() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap_or_default()
}

/// Why there is no hash.
fn unhashed(error: LaneError) -> AppError {
    match error {
        LaneError::Full(_) | LaneError::Late(_) => AppError::unavailable(Part::Hashing),
        broken => AppError::internal(broken),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pepper(id: &str) -> NamedSecret {
        NamedSecret { id: id.to_owned(), value: format!("pepper number {id}").into_bytes().into() }
    }

    fn hasher(peppers: &[&str], rounds: u32) -> BcryptHasher {
        let peppers: Vec<_> = peppers.iter().map(|id| pepper(id)).collect();
        BcryptHasher::new(&peppers, rounds, 2).unwrap()
    }

    fn compare(hasher: &BcryptHasher, password: &str, stored: &PasswordHash) -> (bool, bool) {
        let Comparison { matches, outdated } = hasher.compare(&Password::new(password), stored).unwrap();
        (matches, outdated)
    }

    #[test]
    fn only_the_right_password_matches() {
        let hasher = hasher(&["1"], 4);
        let stored = hasher.hash(&Password::new("password123")).unwrap();
        assert_eq!(compare(&hasher, "password123", &stored), (true, false));
        assert_eq!(compare(&hasher, "password124", &stored), (false, false));
        assert!(hasher.compare_with_nobody(&Password::new("password123")).is_ok());
    }

    #[test]
    fn every_character_of_a_long_password_counts() {
        let hasher = hasher(&["1"], 4);
        let long = "x".repeat(72);
        let stored = hasher.hash(&Password::new(&format!("{long}a"))).unwrap();
        assert_eq!(compare(&hasher, &format!("{long}a"), &stored), (true, false));
        assert_eq!(compare(&hasher, &format!("{long}b"), &stored), (false, false));
        assert_eq!(hasher.current.apply_pepper(&Password::new(&long)).len(), 64);
    }

    #[test]
    fn an_older_pepper_or_cost_still_matches_and_is_outdated() {
        let before = hasher(&["1"], 4).hash(&Password::new("password123")).unwrap();
        assert_eq!(compare(&hasher(&["2", "1"], 4), "password123", &before), (true, true));
        assert_eq!(compare(&hasher(&["1"], 5), "password123", &before), (true, true));
    }

    #[test]
    fn without_its_pepper_a_hash_matches_nothing() {
        let before = hasher(&["1"], 4).hash(&Password::new("password123")).unwrap();
        assert!(!compare(&hasher(&["2"], 4), "password123", &before).0);
        // The same id with another value is another pepper.
        let replaced = NamedSecret { id: "1".to_owned(), ..pepper("2") };
        assert!(!compare(&BcryptHasher::new(&[replaced], 4, 2).unwrap(), "password123", &before).0);
    }

    #[test]
    fn a_hash_that_need_not_wait_is_made_as_any_other() {
        let hasher = hasher(&["1"], 4);
        let stored = hasher.hash_if_idle(&Password::new("password123")).unwrap().unwrap();
        assert_eq!(compare(&hasher, "password123", &stored), (true, false));
    }

    #[test]
    fn a_damaged_hash_is_a_fault_and_no_match() {
        let stored = PasswordHash { hash: SecretString::from("$2b$04$short"), pepper_id: "1".to_owned() };
        let compared = hasher(&["1"], 4).compare(&Password::new("password123"), &stored);
        assert!(matches!(compared, Err(AppError::Internal { .. })));
    }

    /// Counted, not timed: other tests run beside this one. The benchmark compares times.
    #[test]
    fn nobody_costs_as_much_as_somebody_even_at_an_old_cost() {
        let work = |cost: u32| 1_u64 << cost;
        for (old, today) in [(4, 4), (7, 9), (10, 12), (4, 31)] {
            let somebody = work(old) + missing_costs(old, today).map(work).sum::<u64>();
            assert_eq!(somebody, work(today), "from {old} to {today}");
        }
        let old = hasher(&["1"], 4).hash(&Password::new("password123")).unwrap();
        assert!(!compare(&hasher(&["1"], 6), "wrong", &old).0);
    }

    #[test]
    fn a_cost_that_bcrypt_does_not_know_is_refused() {
        assert!(matches!(BcryptHasher::new(&[pepper("1")], 3, 2), Err(HasherError::Rounds(_))));
        assert!(matches!(BcryptHasher::new(&[], 4, 2), Err(HasherError::NoPepper)));
    }
}
