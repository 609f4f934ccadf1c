//! What the records hold, and what is asked of them.

use std::iter::once;

use atalaya_domain::tables::{Bound, FieldNumber, Filter, Number, RecordQuery, Sort, SortBy, Test, Value};
use chrono::{NaiveDate, TimeDelta};

/// The fields and their types.
pub(super) const FIELDS: [(&str, &str); 5] =
    [("nombre", "TEXT"), ("gasto", "NUMBER"), ("inicio", "DATE"), ("estado", "CHOICE"), ("veces", "INTEGER")];
/// The first line of a file with them.
pub(super) const HEADER: &str = "nombre,gasto,inicio,estado,veces\n";
const NAME: i32 = 1;
const SPEND: i32 = 2;
const BEGIN: i32 = 3;
const STATE: i32 = 4;
const TIMES: i32 = 5;

const WORDS: [&str; 16] = [
    "Crédito", "Ahorro", "Lima", "Cusco", "Piura", "Tacna", "Verano", "Navidad", "Madre", "Escolar", "Digital",
    "Tarjeta", "Hipoteca", "Sueldo", "Playa", "Seguro",
];
pub(super) const STATES: [&str; 4] = ["abierta", "aprobada", "cerrada", "en revisión"];
/// Days of which records are, ten years.
const DAYS: u64 = 3_650;
/// What is spent, at most.
const MOST_SPENT: u64 = 1_000_000;

/// Numbers that are the same in every run (xorshift).
pub(super) struct Draw(u64);

impl Draw {
    pub(super) fn new() -> Self {
        Self(0x9e37_79b9_7f4a_7c15)
    }

    pub(super) fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }

    fn of<'w>(&mut self, words: &[&'w str]) -> &'w str {
        let place = usize::try_from(self.below(u64::try_from(words.len()).unwrap_or(1))).unwrap_or(0);
        words.get(place).copied().unwrap_or_default()
    }

    /// The line of a record: one of twenty has no spend.
    pub(super) fn line(&mut self, number: usize) -> String {
        let name = format!("Campaña {} {} {number}", self.of(&WORDS), self.of(&WORDS));
        let spend = format!("{}.{:02}", self.below(MOST_SPENT), self.below(100));
        let spend = if self.below(20) > 0 { spend } else { String::new() };
        let (begin, state, times) = (day(self.below(DAYS)), self.of(&STATES), self.below(1_000));
        format!("{name},{spend},{begin},{state},{times}")
    }

    fn state(&mut self) -> Filter {
        field(STATE, Test::OneOf(vec![Value::Choice(self.of(&STATES).to_owned())]))
    }

    /// So many of the million that can be spent.
    fn spend(&mut self, width: u64) -> Filter {
        let from = self.below(MOST_SPENT - width);
        let bound = |number: u64| number_of(&number.to_string()).map_or(Bound::Open, Bound::Inclusive);
        between(SPEND, bound(from), bound(from + width))
    }

    /// So many days.
    fn days(&mut self, width: u64) -> Filter {
        let from = self.below(DAYS - width);
        let bound = |number: u64| Bound::Inclusive(Value::Date(day(number)));
        between(BEGIN, bound(from), bound(from + width))
    }
}

fn number_of(text: &str) -> Option<Value> {
    Number::parse(text).ok().map(Value::Number)
}

fn day(number: u64) -> NaiveDate {
    let first = NaiveDate::from_ymd_opt(2016, 1, 1).unwrap_or_default();
    first + TimeDelta::days(i64::try_from(number).unwrap_or(0))
}

fn field(number: i32, test: Test) -> Filter {
    Filter::Field(FieldNumber::new(number), test)
}

/// Both bounds as an address and the body of a query name them: one by one.
fn between(number: i32, from: Bound, until: Bound) -> Filter {
    let from = Test::Within { from, until: Bound::Open };
    Filter::All(vec![field(number, from), field(number, Test::Within { from: Bound::Open, until })])
}

fn by(number: i32, descending: bool) -> Sort {
    Sort { by: SortBy::Field(FieldNumber::new(number)), descending }
}

fn query(filter: Filter, sort: Vec<Sort>) -> RecordQuery {
    RecordQuery { filter, words: Vec::new(), sort }
}

fn searched(word: String) -> RecordQuery {
    RecordQuery { words: vec![word], ..RecordQuery::everything() }
}

/// A kind of page.
pub(super) struct Case {
    pub(super) name: &'static str,
    /// Records before it.
    pub(super) offset: u64,
    pub(super) query: Box<dyn Fn(&mut Draw) -> RecordQuery>,
}

/// Every kind, for a table of so many records.
pub(super) fn cases(records: usize) -> Vec<Case> {
    let case = |name, offset, query: fn(&mut Draw) -> RecordQuery| Case { name, offset, query: Box::new(query) };
    let last = u64::try_from(records).unwrap_or(0);
    let rare = Case {
        name: "a word that one record has",
        offset: 0,
        query: Box::new(move |draw| searched(format!(" {}", draw.below(last)))),
    };
    let plain = [
        case("the first page", 0, |_| RecordQuery::everything()),
        case("page 50", 980, |_| RecordQuery::everything()),
        case("sorted by one field", 0, |_| query(Filter::everything(), vec![by(SPEND, true)])),
        case("sorted by one field, page 50", 980, |_| query(Filter::everything(), vec![by(SPEND, false)])),
        case("sorted by two fields", 0, |_| query(Filter::everything(), vec![by(STATE, false), by(BEGIN, true)])),
        case("a quarter by equality, sorted", 0, |draw| query(draw.state(), vec![by(SPEND, false)])),
        case("a quarter by equality, sorted, page 50", 980, |draw| query(draw.state(), vec![by(BEGIN, true)])),
        case("1 % by a range, sorted", 0, |draw| query(draw.days(30), vec![by(SPEND, true)])),
        case("10 % by a range, sorted by two fields", 0, |draw| {
            query(draw.spend(MOST_SPENT / 10), vec![by(TIMES, false), by(BEGIN, true)])
        }),
        case("two conditions, 2.5 %, sorted", 0, |draw| {
            query(Filter::All(vec![draw.state(), draw.spend(MOST_SPENT / 10)]), vec![by(BEGIN, true)])
        }),
        case("two conditions, 0.25 %, sorted", 0, |draw| {
            query(Filter::All(vec![draw.state(), draw.days(36)]), vec![by(SPEND, true)])
        }),
        case("an eighth that contains a word, sorted", 0, |_| {
            query(field(NAME, Test::Contains("lima".to_owned())), vec![by(SPEND, true)])
        }),
        case("a word that an eighth has", 0, |_| searched("cusco".to_owned())),
    ];
    plain.into_iter().chain(once(rare)).collect()
}
