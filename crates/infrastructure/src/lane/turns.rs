//! Whose turn it is: the rules of a lane without its threads.

use std::collections::HashMap;
use std::time::Duration;

use atalaya_domain::id::CompanyId;

/// A place in the queue.
pub(super) type Ticket = u64;

/// Whom turns are shared out to in equal parts: a company, or all that are not told apart.
pub(super) type Party = Option<CompanyId>;

/// Somebody who waits.
#[derive(Debug)]
struct Waiter {
    ticket: Ticket,
    party: Party,
    round: u64,
}

/// What a ticket is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Call {
    /// It runs now.
    Starts,
    /// It waits on.
    Waits,
    /// It was given up, for one of a party that has fewer.
    GivenUp,
}

/// Who runs, who waits, and how long a turn lasts.
///
/// The next turn goes to the party of which the fewest run; of several such parties, by rounds, in each of which every
/// party has one turn (start-time fair queueing, Goyal, Vin and Cheng 1996). Within a party who came first is first.
#[derive(Debug)]
pub(super) struct Turns {
    concurrent: usize,
    waiting: usize,
    /// As many as run of each party that has some.
    running: HashMap<Party, usize>,
    /// In the order they came.
    queue: Vec<Waiter>,
    next: Ticket,
    /// The round of whoever started last.
    round: u64,
    /// The round of each party's next turn, where that is a later one.
    due: HashMap<Party, u64>,
    /// How long a turn lasts, by the last few.
    lasting: Duration,
}

impl Turns {
    /// At most `concurrent` run while at most `waiting` wait.
    pub(super) fn new(concurrent: usize, waiting: usize) -> Self {
        Self {
            concurrent,
            waiting,
            running: HashMap::new(),
            queue: Vec::new(),
            next: 0,
            round: 0,
            due: HashMap::new(),
            lasting: Duration::ZERO,
        }
    }

    /// How many run or wait.
    pub(super) fn depth(&self) -> usize {
        self.count_running() + self.queue.len()
    }

    /// Whether one more may enter.
    pub(super) fn has_room(&self) -> bool {
        self.depth() < self.concurrent.saturating_add(self.waiting)
    }

    /// Gives a place in the queue; `None` when there is no room. A party that has less than another is given room: the
    /// last who came of the one that has the most gives up its place.
    pub(super) fn enter(&mut self, party: Party) -> Option<Ticket> {
        if !self.has_room() {
            self.queue.remove(self.dispensable(party)?);
        }
        let ticket = self.next;
        self.next += 1;
        let round = self.due.get(&party).copied().unwrap_or_default().max(self.round);
        self.due.insert(party, round + 1);
        self.queue.push(Waiter { ticket, party, round });
        Some(ticket)
    }

    /// What `ticket` is good for now.
    pub(super) fn call(&mut self, ticket: Ticket) -> Call {
        let Some(place) = self.queue.iter().position(|waiter| waiter.ticket == ticket) else { return Call::GivenUp };
        if self.count_running() >= self.concurrent || self.first() != Some(ticket) {
            return Call::Waits;
        }
        let Waiter { party, round, .. } = self.queue.remove(place);
        *self.running.entry(party).or_default() += 1;
        self.round = self.round.max(round);
        self.due.retain(|_, due| *due > self.round);
        Call::Starts
    }

    /// Lets somebody run who has no ticket, if nobody waits and a place is free.
    pub(super) fn start_at_once(&mut self) -> bool {
        let starts = self.count_running() < self.concurrent && self.queue.is_empty();
        if starts {
            *self.running.entry(None).or_default() += 1;
        }
        starts
    }

    /// Gives up a place in the queue.
    pub(super) fn leave(&mut self, ticket: Ticket) {
        self.queue.retain(|waiter| waiter.ticket != ticket);
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

    /// Ends a run of a party.
    pub(super) fn end(&mut self, party: Party) {
        if let Some(count) = self.running.get_mut(&party) {
            *count = count.saturating_sub(1);
        }
        self.running.retain(|_, count| *count > 0);
    }

    fn count_running(&self) -> usize {
        self.running.values().sum()
    }

    fn running_of(&self, party: Party) -> usize {
        self.running.get(&party).copied().unwrap_or_default()
    }

    /// Whose turn is next.
    fn first(&self) -> Option<Ticket> {
        let order = |waiter: &&Waiter| (self.running_of(waiter.party), waiter.round, waiter.ticket);
        self.queue.iter().min_by_key(order).map(|waiter| waiter.ticket)
    }

    /// Where the one stands who gives up its place for one more of `party`, which then has no more than the other.
    fn dispensable(&self, party: Party) -> Option<usize> {
        let has =
            |party: Party| self.running_of(party) + self.queue.iter().filter(|waiter| waiter.party == party).count();
        let (place, last) =
            self.queue.iter().enumerate().max_by_key(|(_, waiter)| (has(waiter.party), waiter.ticket))?;
        (has(last.party) > has(party) + 1).then_some(place)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use proptest::prelude::*;

    use super::*;

    /// A place for the company with this number.
    fn enter(turns: &mut Turns, company: i64) -> Option<Ticket> {
        turns.enter(Some(CompanyId::new(company)))
    }

    /// Ends a run of the company.
    fn end(turns: &mut Turns, company: i64) {
        turns.end(Some(CompanyId::new(company)));
    }

    /// The companies that get the next turns where one runs at a time, each until the next begins.
    fn served(turns: &mut Turns, mut waiting: Vec<(Ticket, i64)>) -> Vec<i64> {
        let mut served = Vec::new();
        while !waiting.is_empty() {
            let place = waiting.iter().position(|&(ticket, _)| turns.call(ticket) == Call::Starts).unwrap();
            let (_, number) = waiting.remove(place);
            end(turns, number);
            served.push(number);
        }
        served
    }

    #[test]
    fn companies_that_wait_get_their_turns_in_rounds_however_many_each_sends() {
        let mut turns = Turns::new(1, 20);
        let came = [1, 1, 1, 1, 1, 2, 2, 3];
        let waiting = came.map(|number| (enter(&mut turns, number).unwrap(), number)).to_vec();
        assert_eq!(served(&mut turns, waiting), [1, 2, 3, 1, 2, 1, 1, 1]);
        // Who had the last turn waits for whoever comes after it.
        let waiting = [1, 1, 2].map(|number| (enter(&mut turns, number).unwrap(), number)).to_vec();
        assert_eq!(served(&mut turns, waiting), [2, 1, 1]);
        assert!(turns.due.len() <= 1, "what is over is forgotten: {:?}", turns.due);
    }

    #[test]
    fn a_company_that_runs_nothing_gets_the_next_turn_before_one_that_does() {
        let mut turns = Turns::new(2, 20);
        let [first, second, third] = [1, 1, 1].map(|number| enter(&mut turns, number).unwrap());
        assert_eq!([first, second].map(|ticket| turns.call(ticket)), [Call::Starts; 2]);
        let other = enter(&mut turns, 2).unwrap();
        end(&mut turns, 1);
        assert_eq!([third, other].map(|ticket| turns.call(ticket)), [Call::Waits, Call::Starts]);
        end(&mut turns, 2);
        // What the other one sends next goes before the third of the first, whose second still runs.
        let other = enter(&mut turns, 2).unwrap();
        assert_eq!([third, other].map(|ticket| turns.call(ticket)), [Call::Waits, Call::Starts]);
    }

    #[test]
    fn the_last_of_a_company_that_has_the_most_gives_up_its_place_to_one_that_has_less() {
        let mut turns = Turns::new(1, 3);
        let of_one = [1, 1, 1, 1].map(|number| enter(&mut turns, number).unwrap());
        assert_eq!(turns.call(of_one[0]), Call::Starts);
        assert_eq!(enter(&mut turns, 1), None);
        let other = enter(&mut turns, 2).unwrap();
        assert_eq!(turns.call(of_one[3]), Call::GivenUp);
        assert_eq!(of_one[1..3].iter().map(|&ticket| turns.call(ticket)).collect::<Vec<_>>(), [Call::Waits; 2]);
        // Three to one: one more, and both have the same.
        assert!(enter(&mut turns, 2).is_some());
        assert_eq!(turns.call(of_one[2]), Call::GivenUp);
        assert_eq!((enter(&mut turns, 1), enter(&mut turns, 2)), (None, None));
        assert_eq!(turns.depth(), 4);
        end(&mut turns, 1);
        assert_eq!(turns.call(other), Call::Starts);
    }

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
                        let ticket = turns.enter(None);
                        prop_assert_eq!(ticket.is_some(), expected.len() + running < concurrent + waiting);
                        expected.extend(ticket);
                    }
                    Step::Leave(number) => if let Some(ticket) = picked(number) {
                        turns.leave(ticket);
                        expected.retain(|waiting| *waiting != ticket);
                    },
                    Step::Start(number) => if let Some(ticket) = picked(number) {
                        let first = expected.front() == Some(&ticket);
                        let starts = if first && running < concurrent { Call::Starts } else { Call::Waits };
                        prop_assert_eq!(turns.call(ticket), starts);
                        if first && running < concurrent {
                            expected.pop_front();
                            running += 1;
                        }
                    },
                    Step::End => if running > 0 {
                        turns.end(None);
                        running -= 1;
                    },
                }
                prop_assert_eq!(turns.depth(), expected.len() + running);
            }
            // However it went, everybody who still waits gets a turn.
            while let Some(ticket) = expected.pop_front() {
                if running == concurrent {
                    turns.end(None);
                    running -= 1;
                }
                prop_assert_eq!(turns.call(ticket), Call::Starts);
                running += 1;
            }
        }
    }
}
