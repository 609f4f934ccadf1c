//! Verified tokens.

use std::sync::Arc;
use std::time::Duration;

use atalaya_application::ports::memory::{Change, ChangeListener, Epoch, TokenMemory, VerifiedToken};
use atalaya_application::ports::security::TokenDigest;
use atalaya_domain::signing_key::KeyId;
use moka::sync::Cache;

use super::stamps::{Slot, Stamps, Subject};
use crate::freshness::Freshness;

/// Remembers verified tokens by their digest.
pub struct MokaTokenMemory {
    tokens: Cache<TokenDigest, Entry>,
    stamps: Stamps,
    freshness: Arc<Freshness>,
}

#[derive(Clone)]
struct Entry {
    token: VerifiedToken,
    epoch: Epoch,
    /// Of its user, session, company and signing key.
    slots: [Slot; 4],
}

impl MokaTokenMemory {
    /// The most tokens remembered.
    pub const CAPACITY: u64 = 100_000;

    /// Remembers tokens no longer than `life`, the most that one lives, and recalls none while `freshness` does not
    /// hold.
    #[must_use]
    pub fn new(life: Duration, freshness: Arc<Freshness>) -> Self {
        let tokens = Cache::builder().max_capacity(Self::CAPACITY).time_to_live(life).build();
        Self { tokens, stamps: Stamps::new(), freshness }
    }

    /// About how many tokens are remembered.
    #[must_use]
    pub fn entries(&self) -> u64 {
        self.tokens.entry_count()
    }
}

impl TokenMemory for MokaTokenMemory {
    fn epoch(&self) -> Epoch {
        self.stamps.epoch()
    }

    fn recall(&self, digest: &TokenDigest) -> Option<VerifiedToken> {
        let entry = self.tokens.get(digest).filter(|_| self.freshness.holds())?;
        self.stamps.unchanged_since(entry.epoch, &entry.slots).then_some(entry.token)
    }

    fn remember(&self, epoch: Epoch, digest: TokenDigest, key: &KeyId, token: VerifiedToken) {
        let session = self.stamps.slot(Subject::Session(token.actor.session()));
        let user = self.stamps.slot(Subject::User(token.actor.user()));
        // A superadmin has no company, and no company's change concerns one.
        let company = token.actor.company().map_or(user, |company| self.stamps.slot(Subject::Company(company)));
        let slots = [user, session, company, self.stamps.slot(Subject::Key(key))];
        if self.stamps.unchanged_since(epoch, &slots) {
            self.tokens.insert(digest, Entry { token, epoch, slots });
        }
    }
}

impl ChangeListener for MokaTokenMemory {
    fn changed(&self, change: &Change) {
        match change {
            Change::User(_) | Change::Session(_) | Change::Company(_) | Change::KeyGone(_) => {
                self.stamps.changed(change);
            }
            // A key that begins to sign or no longer does makes no token untrue.
            Change::Account(..) | Change::Keys => {}
        }
    }

    fn everything_changed(&self) {
        self.stamps.mark_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

    use atalaya_domain::access::{Actor, Role};
    use atalaya_domain::account::AccountHandle;
    use atalaya_domain::id::{CompanyId, SessionId, UserId};
    use atalaya_domain::user::Username;
    use chrono::DateTime;
    use uuid::Uuid;

    use super::*;
    use crate::freshness::settable;

    const DIGEST: TokenDigest = TokenDigest([7; 32]);

    fn memory() -> MokaTokenMemory {
        MokaTokenMemory::new(Duration::from_mins(30), settable().1)
    }

    fn session(number: u128) -> SessionId {
        SessionId::new(Uuid::from_u128(number))
    }

    /// A token of user 1 in session 2 of company 3, with a time by which it is told from others.
    fn token(expires_at: i64) -> VerifiedToken {
        let name = Username::parse("ana").unwrap();
        let actor = Actor::new(UserId::new(1), name, Role::Admin, Some(CompanyId::new(3)), session(2)).unwrap();
        VerifiedToken { actor: Arc::new(actor), expires_at: DateTime::from_timestamp(expires_at, 0).unwrap() }
    }

    /// The key that signed it is number 1.
    fn key(number: u8) -> KeyId {
        KeyId::parse(&format!("key-{number}")).unwrap()
    }

    fn concerning_it() -> [Change; 4] {
        [
            Change::User(UserId::new(1)),
            Change::Session(session(2)),
            Change::Company(CompanyId::new(3)),
            Change::KeyGone(key(1)),
        ]
    }

    #[test]
    fn a_token_is_recalled_until_its_user_session_or_company_changes_or_its_key_is_gone() {
        for change in concerning_it() {
            let memory = memory();
            memory.remember(memory.epoch(), DIGEST, &key(1), token(0));
            assert!(memory.recall(&DIGEST).is_some());
            assert!(memory.recall(&TokenDigest([8; 32])).is_none());
            memory.changed(&change);
            assert!(memory.recall(&DIGEST).is_none(), "{change:?} left the token");
            memory.remember(memory.epoch(), DIGEST, &key(1), token(0));
            assert!(memory.recall(&DIGEST).is_some(), "after {change:?} nothing was remembered any more");
        }
    }

    #[test]
    fn what_was_read_before_a_change_is_not_remembered_after_it() {
        for change in concerning_it() {
            let memory = memory();
            let epoch = memory.epoch();
            memory.changed(&change);
            memory.remember(epoch, DIGEST, &key(1), token(0));
            assert!(memory.recall(&DIGEST).is_none(), "{change:?} was overtaken");
        }
    }

    #[test]
    fn no_token_is_recalled_while_other_processes_are_not_heard() {
        let (time, freshness) = settable();
        let memory = MokaTokenMemory::new(Duration::from_mins(30), Arc::clone(&freshness));
        memory.remember(memory.epoch(), DIGEST, &key(1), token(0));
        freshness.confirm(freshness.now());
        assert!(memory.recall(&DIGEST).is_some());
        time.store(5_000, Ordering::SeqCst);
        assert!(memory.recall(&DIGEST).is_none());
        freshness.confirm(freshness.now());
        assert!(memory.recall(&DIGEST).is_some());
    }

    #[test]
    fn changes_of_others_leave_the_token() {
        let memory = memory();
        memory.remember(memory.epoch(), DIGEST, &key(1), token(0));
        memory.changed(&Change::Account(CompanyId::new(3), AccountHandle::parse("bcp").unwrap()));
        memory.changed(&Change::User(UserId::new(2)));
        memory.changed(&Change::Session(session(3)));
        memory.changed(&Change::Keys);
        memory.changed(&Change::KeyGone(key(2)));
        assert!(memory.recall(&DIGEST).is_some());
    }

    /// One thread changes the user, as the store would: commit, then tell. Others read and remember all the while.
    /// Nothing may be recalled that is older than the last change told of.
    #[test]
    fn no_interleaving_recalls_what_a_finished_change_voided() {
        let (memory, stored, done) = (memory(), AtomicI64::new(0), AtomicBool::new(false));
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    while !done.load(Ordering::SeqCst) {
                        let epoch = memory.epoch();
                        let read = stored.load(Ordering::SeqCst);
                        memory.remember(epoch, DIGEST, &key(1), token(read));
                    }
                });
            }
            for version in 1..=20_000 {
                stored.store(version, Ordering::SeqCst);
                memory.changed(&Change::User(UserId::new(1)));
                let recalled = memory.recall(&DIGEST).map(|token| token.expires_at.timestamp());
                assert!(recalled.is_none_or(|recalled| recalled >= version), "{recalled:?} outlived change {version}");
            }
            done.store(true, Ordering::SeqCst);
        });
    }
}
