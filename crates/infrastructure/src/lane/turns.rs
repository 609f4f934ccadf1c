//! Whose turn it is: the rules of a lane without its threads.

use std::collections::VecDeque;
use std::time::Duration;

/// A place in the queue.
pub(super) type Ticket = u64;

/// Who runs, as a number, who waits, in the order they came, and how long a turn lasts.
#[derive(Debug)]
pub(super) struct Turns {
    concurrent: usize,
    waiting: usize,
    running: usize,
    queue: VecDeque<Ticket>,
    next: Ticket,
    /// How long a turn lasts, by the last few.
    lasting: Duration,
}

impl Turns {
    /// At most `concurrent` run while at most `waiting` wait.
    pub(super) fn new(concurrent: usize, waiting: usize) -> Self {
        Self { concurrent, waiting, running: 0, queue: VecDeque::new(), next: 0, lasting: Duration::ZERO }
    }

    /// How many run or wait.
    pub(super) fn depth(&self) -> usize {
        self.running + self.queue.len()
    }

    /// Whether one more may enter.
    pub(super) fn has_room(&self) -> bool {
        self.depth() < self.concurrent.saturating_add(self.waiting)
    }

    /// Gives the last place in the queue; `None` when there is no room.
    pub(super) fn enter(&mut self) -> Option<Ticket> {
        if !self.has_room() {
            return None;
        }
        let ticket = self.next;
        self.next += 1;
        self.queue.push_back(ticket);
        Some(ticket)
    }

    /// Lets `ticket` run if it is the first in the queue and a place is free.
    pub(super) fn start(&mut self, ticket: Ticket) -> bool {
        let starts = self.running < self.concurrent && self.queue.front() == Some(&ticket);
        if starts {
            self.queue.pop_front();
            self.running += 1;
        }
        starts
    }

    /// Lets somebody run who has no ticket, if nobody waits and a place is free.
    pub(super) fn start_at_once(&mut self) -> bool {
        let starts = self.running < self.concurrent && self.queue.is_empty();
        self.running += usize::from(starts);
        starts
    }

    /// Gives up a place in the queue.
    pub(super) fn leave(&mut self, ticket: Ticket) {
        self.queue.retain(|waiting| *waiting != ticket);
    }

    /// Expects turns to last `lasting`. `waiting` says how many may wait then, given that and how many run at a time.
    pub(super) fn expect(&mut self, lasting: Duration, waiting: impl FnOnce(Duration, usize) -> usize) {
        self.lasting = lasting;
        self.waiting = waiting(lasting, self.concurrent);
    }

    /// Learns how long a turn lasted: a quarter of what is expected from now on is what the last one took.
    pub(super) fn lasted(&mut self, lasted: Duration, waiting: impl FnOnce(Duration, usize) -> usize) {
        self.expect(self.lasting.saturating_mul(3).saturating_add(lasted) / 4, waiting);
    }

    /// Ends a run.
    pub(super) fn end(&mut self) {
        self.running = self.running.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What may happen to a lane; a number picks one of those who wait.
    #[derive(Debug, Clone, Copy)]
    enum Step {
        Enter,
        Leave(usize),
        Start(usize),
        End,
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            4 => Just(Step::Enter),
            1 => (0..8_usize).prop_map(Step::Leave),
            3 => (0..8_usize).prop_map(Step::Start),
            2 => Just(Step::End),
        ];
        prop::collection::vec(step, 0..200)
    }

    proptest! {
        #[test]
        fn whoever_gives_up_the_others_start_in_the_order_they_came(
            steps in steps(), concurrent in 1..4_usize, waiting in 0..5_usize,
        ) {
            let mut turns = Turns::new(concurrent, waiting);
            let (mut expected, mut running) = (VecDeque::new(), 0);
            for step in steps {
                let picked = |number: usize| expected.get(number % expected.len().max(1)).copied();
                match step {
                    Step::Enter => {
                        let ticket = turns.enter();
                        prop_assert_eq!(ticket.is_some(), expected.len() + running < concurrent + waiting);
                        expected.extend(ticket);
                    }
                    Step::Leave(number) => if let Some(ticket) = picked(number) {
                        turns.leave(ticket);
                        expected.retain(|waiting| *waiting != ticket);
                    },
                    Step::Start(number) => if let Some(ticket) = picked(number) {
                        let first = expected.front() == Some(&ticket);
                        prop_assert_eq!(turns.start(ticket), first && running < concurrent);
                        if first && running < concurrent {
                            expected.pop_front();
                            running += 1;
                        }
                    },
                    Step::End => if running > 0 {
                        turns.end();
                        running -= 1;
                    },
                }
                prop_assert_eq!(turns.depth(), expected.len() + running);
            }
            // However it went, everybody who still waits gets a turn.
            while let Some(ticket) = expected.pop_front() {
                if running == concurrent {
                    turns.end();
                    running -= 1;
                }
                prop_assert!(turns.start(ticket));
                running += 1;
            }
        }
    }
}
