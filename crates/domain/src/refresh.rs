//! What becomes of a refresh token that is presented: the rules of rotation (RFC 9700, 4.14.2), and the ten seconds in
//! which two tabs may present the same one.
//!
//! Not here: how tokens are made and kept.

use chrono::{DateTime, Duration, Utc};

use crate::session::{Session, SessionLimits};
use crate::signing_key::CLOCK_LEEWAY;

/// How long after its use a token may come again and get the same child: what two tabs that wake at once need.
pub const REPEAT_WINDOW: Duration = Duration::seconds(10);

/// A refresh token as it was found when it was presented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PresentedToken {
    /// When it was used, and what became of its child; `None` for one that was never used.
    pub used: Option<UsedToken>,
}

/// What is known of a token that was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsedToken {
    /// When.
    pub at: DateTime<Utc>,
    /// Whether its child was used too: then it is not the direct predecessor of the newest token any more.
    pub child_used: bool,
    /// Whether the child is kept, to be given again.
    pub child_kept: bool,
}

impl UsedToken {
    /// Whether what comes at `now` comes together with the use.
    fn repeats_at(&self, now: DateTime<Utc>) -> bool {
        self.at <= now + CLOCK_LEEWAY && now < self.at + REPEAT_WINDOW
    }
}

/// What to do about a presented token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefreshDecision {
    /// Use it up and give a child.
    Rotate,
    /// Give the child that it has already. Nothing is extended by it.
    Repeat,
    /// Somebody has a copy: end the whole session.
    Replay,
    /// Its session is over. Nothing changes.
    Refuse,
}

impl PresentedToken {
    /// What to do about the token at `now`.
    ///
    /// A clock that is a little behind the one that noted the use counts as within the window, for replicas do not
    /// agree to the second. A use that is further ahead is no repeat: a clock that was set back would hold the window
    /// open for as long as it was set back.
    #[must_use]
    pub fn decide(&self, session: &Session, now: DateTime<Utc>, limits: &SessionLimits) -> RefreshDecision {
        if !session.is_live(now, limits) {
            return RefreshDecision::Refuse;
        }
        match self.used {
            None => RefreshDecision::Rotate,
            Some(used) if used.child_kept && !used.child_used && used.repeats_at(now) => RefreshDecision::Repeat,
            Some(_) => RefreshDecision::Replay,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::id::{SessionId, UserId};

    const LIMITS: SessionLimits = SessionLimits {
        access_token: Duration::minutes(30),
        idle: Duration::minutes(2),
        absolute: Duration::minutes(5),
    };

    fn session() -> Session {
        let start = DateTime::UNIX_EPOCH;
        Session {
            id: SessionId::new(uuid::Uuid::nil()),
            user: UserId::new(1),
            company: None,
            device_name: None,
            agent: None,
            created_at: start,
            last_used_at: start,
            expires_at: start + LIMITS.absolute,
            address: None,
            ended_at: None,
        }
    }

    fn decide(used: Option<UsedToken>, seconds: i64) -> RefreshDecision {
        PresentedToken { used }.decide(&session(), DateTime::UNIX_EPOCH + Duration::seconds(seconds), &LIMITS)
    }

    #[test]
    fn the_direct_predecessor_repeats_for_ten_seconds_while_its_child_is_kept_and_unused() {
        let used = UsedToken { at: DateTime::UNIX_EPOCH, child_used: false, child_kept: true };
        assert_eq!(decide(None, 0), RefreshDecision::Rotate);
        assert_eq!(decide(Some(used), 9), RefreshDecision::Repeat);
        assert_eq!(decide(Some(used), 10), RefreshDecision::Replay);
        assert_eq!(decide(Some(UsedToken { child_used: true, ..used }), 1), RefreshDecision::Replay);
        assert_eq!(decide(Some(UsedToken { child_kept: false, ..used }), 1), RefreshDecision::Replay);
    }

    #[test]
    fn a_clock_that_went_back_repeats_within_its_leeway_only() {
        let used = UsedToken { at: DateTime::UNIX_EPOCH + Duration::seconds(60), child_used: false, child_kept: true };
        assert_eq!(decide(Some(used), 55), RefreshDecision::Repeat);
        assert_eq!(decide(Some(used), 54), RefreshDecision::Replay);
        assert_eq!(decide(Some(used), 1), RefreshDecision::Replay);
    }

    #[test]
    fn nothing_happens_in_a_session_that_is_over() {
        let used = UsedToken { at: DateTime::UNIX_EPOCH + Duration::seconds(115), child_used: false, child_kept: true };
        assert_eq!(decide(Some(used), 119), RefreshDecision::Repeat);
        assert_eq!(decide(Some(used), 120), RefreshDecision::Refuse);
        assert_eq!(decide(None, 120), RefreshDecision::Refuse);
    }

    /// A session's tokens, oldest first, and every decision carried out on them as a store does.
    struct Chain {
        session: Session,
        tokens: Vec<(Option<DateTime<Utc>>, bool)>,
        now: DateTime<Utc>,
    }

    impl Chain {
        fn begun() -> Self {
            Self { session: session(), tokens: vec![(None, false)], now: DateTime::UNIX_EPOCH }
        }

        fn newest(&self) -> usize {
            self.tokens.len() - 1
        }

        fn present(&mut self, index: usize) -> RefreshDecision {
            let (used_at, child_kept) = self.tokens[index];
            let child_used = self.tokens.get(index + 1).is_some_and(|(used_at, _)| used_at.is_some());
            let used = used_at.map(|at| UsedToken { at, child_used, child_kept });
            let decision = PresentedToken { used }.decide(&self.session, self.now, &LIMITS);
            match decision {
                RefreshDecision::Rotate => {
                    self.tokens[index] = (Some(self.now), true);
                    if let Some(parent) = index.checked_sub(1) {
                        self.tokens[parent].1 = false;
                    }
                    self.tokens.push((None, false));
                    self.session.last_used_at = self.now;
                }
                RefreshDecision::Replay => self.session.ended_at = Some(self.now),
                RefreshDecision::Repeat | RefreshDecision::Refuse => {}
            }
            decision
        }

        /// What the upkeep erases.
        fn erase(&mut self) {
            for (used_at, kept) in &mut self.tokens {
                *kept &= used_at.is_some_and(|at| self.now < at + REPEAT_WINDOW);
            }
        }
    }

    #[derive(Debug, Clone, Copy)]
    enum Step {
        /// The token so many generations before the newest comes.
        Present(usize),
        /// Seconds pass, or the clock is set back by them.
        Wait(i64),
        Erase,
        Logout,
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            6 => (0..4_usize).prop_map(Step::Present),
            4 => (0..15_i64).prop_map(Step::Wait),
            1 => (100..200_i64).prop_map(Step::Wait),
            1 => (-20..0_i64).prop_map(Step::Wait),
            1 => Just(Step::Erase),
            1 => Just(Step::Logout),
        ]
    }

    proptest! {
        #[test]
        fn whatever_comes_in_whatever_order_a_token_has_one_child_and_a_session_that_ended_stays_ended(
            steps in prop::collection::vec(step(), 1..60)
        ) {
            let mut chain = Chain::begun();
            let mut over = false;
            for step in steps {
                match step {
                    Step::Wait(seconds) => {
                        chain.now += Duration::seconds(seconds);
                        // What time alone ended is not over by a clock that was set back.
                        over &= seconds >= 0 || chain.session.ended_at.is_some();
                    }
                    Step::Erase => chain.erase(),
                    Step::Logout => chain.session.ended_at = chain.session.ended_at.or(Some(chain.now)),
                    Step::Present(back) => {
                        let index = chain.newest().saturating_sub(back);
                        let (tokens, before) = (chain.tokens.clone(), chain.session.clone());
                        let live = before.is_live(chain.now, &LIMITS);
                        let decision = chain.present(index);
                        let together = |at| chain.now + CLOCK_LEEWAY >= at && chain.now < at + REPEAT_WINDOW;
                        let in_window = tokens[index].0.is_some_and(together);
                        let predecessor = index + 1 == tokens.len() - 1;
                        let expected = match (live, index + 1 == tokens.len()) {
                            (false, _) => RefreshDecision::Refuse,
                            (true, true) => RefreshDecision::Rotate,
                            (true, false) if predecessor && in_window && tokens[index].1 => RefreshDecision::Repeat,
                            (true, false) => RefreshDecision::Replay,
                        };
                        prop_assert_eq!(decision, expected);
                        // Only the newest token ever makes one more.
                        let grown = usize::from(decision == RefreshDecision::Rotate);
                        prop_assert_eq!(chain.tokens.len(), tokens.len() + grown);
                        if decision == RefreshDecision::Repeat {
                            prop_assert_eq!(&chain.session, &before, "a repeat extends nothing");
                        }
                        prop_assert!(!(over && decision != RefreshDecision::Refuse), "the session came back");
                    }
                }
                // A session that was dated ahead is not live, and not over either.
                let last_used_at = chain.session.last_used_at;
                over |= last_used_at <= chain.now && !chain.session.is_live(chain.now, &LIMITS);
            }
        }

        #[test]
        fn of_parallel_presentations_one_rotates_and_the_others_get_its_child(
            gaps in prop::collection::vec(0..2_i64, 1..50)
        ) {
            let mut chain = Chain::begun();
            prop_assert_eq!(chain.present(0), RefreshDecision::Rotate);
            let used_at = chain.now;
            for gap in gaps {
                chain.now += Duration::milliseconds(gap * 300);
                let in_time = chain.now < used_at + REPEAT_WINDOW;
                prop_assert_eq!(chain.present(0) == RefreshDecision::Repeat, in_time && chain.session.ended_at.is_none());
            }
            prop_assert_eq!(chain.tokens.len(), 2);
        }
    }
}
