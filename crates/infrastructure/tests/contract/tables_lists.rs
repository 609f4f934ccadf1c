//! Lists of records: what filters, searches and orders mean is what the domain says of each record.

use std::cmp::Ordering;
use std::collections::HashMap;

use atalaya_application::page::PageRequest;
use atalaya_application::ports::tables::{RecordSlice, Total};
use atalaya_domain::id::RecordId;
use atalaya_domain::tables::{
    Bound, FieldNumber, FieldType, Filter, Json, RecordQuery, RevisionKind, Sort, SortBy, Table, Test, Value, Values,
    compare,
};
use atalaya_domain::text::folded;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use super::support::*;
use super::tables_support::*;

/// A field of every type, and a second text.
const FIELDS: [(&str, FieldType); 9] = [
    ("texto", FieldType::Text),
    ("numero", FieldType::Number),
    ("entero", FieldType::Integer),
    ("dia", FieldType::Date),
    ("si", FieldType::Boolean),
    ("otro", FieldType::Relation),
    ("instante", FieldType::DateTime),
    ("opcion", FieldType::Choice),
    ("nota", FieldType::Text),
];

/// Texts that sort alike, that begin alike for longer than keys are, and that have the signs of patterns.
fn texts() -> Vec<String> {
    let plain =
        ["", "a", "A", "á", "ab", "aB", "b%", "b_c", "bxc", "b\\c", "Lima", "lima", "LIMÁ", "ñ", "n", "\u{1}", "'"];
    let long = [("x", "a"), ("x", "B"), ("é", "1"), ("😀", "2")].map(|(letter, end)| letter.repeat(170) + end);
    plain.map(str::to_owned).into_iter().chain(long).collect()
}

/// Values of a field, of which there are few different ones.
fn value(kind: FieldType) -> BoxedStrategy<Value> {
    match kind {
        FieldType::Text => select(texts()).prop_map(Value::Text).boxed(),
        FieldType::Choice => select(texts()).prop_map(Value::Choice).boxed(),
        FieldType::Number => {
            select(vec!["0", "-1.5", "-1.50", "1.5", "15", "1.05", "-20", "0.001", "9", "10"]).prop_map(number).boxed()
        }
        FieldType::Integer => select(vec![-(1 << 53), -1, 0, 1, 2, 255, 256, 1 << 53]).prop_map(Value::Integer).boxed(),
        FieldType::Date => select(vec!["0001-01-01", "2026-05-03", "2026-05-04", "9999-12-31"]).prop_map(day).boxed(),
        FieldType::Boolean => any::<bool>().prop_map(Value::Boolean).boxed(),
        FieldType::Relation => (1_u128..5).prop_map(|id| Value::Relation(record_id(id << 80))).boxed(),
        FieldType::Json => select(vec!["5", "[]", "{\"a\":1}", "\"Lima\"", "\"lima\""])
            .prop_map(|text| Value::Json(Json::parse(text).unwrap()))
            .boxed(),
        FieldType::DateTime => {
            select(vec!["0001-01-01T00:00:00Z", "1969-12-31T23:59:59.999999Z", "2026-05-03T05:00:00Z"])
                .prop_map(instant)
                .boxed()
        }
    }
}

/// Records' values, each there in two of three.
fn records(number: usize) -> impl Strategy<Value = Vec<Values>> {
    let fields: Vec<_> =
        FIELDS.iter().map(|(_, kind)| prop_oneof![1 => Just(None), 2 => value(*kind).prop_map(Some)]).collect();
    let of_record = |values: Vec<Option<Value>>| -> Values {
        (1..).zip(values).filter_map(|(number, value)| Some((FieldNumber::new(number), value?))).collect()
    };
    vec(fields.prop_map(of_record), number)
}

fn bound(kind: FieldType) -> BoxedStrategy<Bound> {
    prop_oneof![Just(Bound::Open), value(kind).prop_map(Bound::Inclusive), value(kind).prop_map(Bound::Exclusive),]
        .boxed()
}

fn condition() -> impl Strategy<Value = Filter> {
    let parts = vec!["", "a", "li", "x", "%", "_", "\\", "b_", "xxxxa", "ñ"];
    (1..=FIELDS.len()).prop_flat_map(move |number| {
        let kind = FIELDS[number - 1].1;
        let part = prop_oneof![
            select(parts.clone()).prop_map(folded),
            select(texts()).prop_map(|text| folded(&text)),
            Just("x".repeat(156)),
            Just("x".repeat(161)),
        ];
        let test = prop_oneof![
            4 => vec(value(kind), 1..4).prop_map(Test::OneOf),
            2 => vec(value(kind), 0..3).prop_map(Test::NoneOf),
            4 => (bound(kind), bound(kind)).prop_map(|(from, until)| Test::Within { from, until }),
            1 => (value(kind), value(kind)).prop_map(|(from, until)| Test::Outside { from, until }),
            2 => part.clone().prop_map(Test::Contains),
            2 => part.prop_map(Test::Starts),
            1 => Just(Test::Missing),
            1 => Just(Test::Present),
            // Of another type than the field.
            1 => value(FieldType::Integer).prop_map(|value| Test::NoneOf(vec![value])),
            1 => value(FieldType::Date)
                .prop_map(|value| Test::Within { from: Bound::Open, until: Bound::Inclusive(value) }),
        ];
        // One of a field that is none of the table's.
        let number = prop_oneof![20 => Just(i32::try_from(number).unwrap()), 1 => Just(99)];
        (number, test).prop_map(|(number, test)| Filter::Field(FieldNumber::new(number), test))
    })
}

fn filter() -> impl Strategy<Value = Filter> {
    let groups = condition().prop_recursive(2, 8, 3, |inner| {
        prop_oneof![vec(inner.clone(), 0..4).prop_map(Filter::All), vec(inner, 0..4).prop_map(Filter::Any)]
    });
    prop_oneof![1 => Just(Filter::everything()), 6 => groups]
}

fn query() -> impl Strategy<Value = RecordQuery> {
    let word = select(vec!["a", "li", "x", "%", "b_c", "nada"]).prop_map(str::to_owned);
    let words = prop_oneof![4 => Just(Vec::new()), 1 => vec(word, 1..3)];
    let by = prop_oneof![
        8 => (1..=i32::try_from(FIELDS.len()).unwrap()).prop_map(|number| SortBy::Field(FieldNumber::new(number))),
        1 => Just(SortBy::Created),
        1 => Just(SortBy::Field(FieldNumber::new(99))),
    ];
    let sort = vec((by, any::<bool>()).prop_map(|(by, descending)| Sort { by, descending }), 0..4);
    (filter(), words, sort).prop_map(|(filter, words, sort)| RecordQuery { filter, words, sort })
}

/// What a query means, told one record at a time.
fn expected(all: &[(RecordId, Values)], query: &RecordQuery) -> Vec<RecordId> {
    let has_word = |values: &Values, word: &String| {
        let has = |value: &Value| match value {
            Value::Text(text) | Value::Choice(text) => folded(text).contains(word),
            _ => false,
        };
        values.values().any(has)
    };
    let is_meant =
        |values: &Values| query.filter.matches(values) && query.words.iter().all(|word| has_word(values, word));
    let mut meant: Vec<&(RecordId, Values)> = all.iter().filter(|(_, values)| is_meant(values)).collect();
    // What each text of the few that there are sorts by.
    let collated = texts().into_iter().map(|text| (text.clone(), atalaya_domain::tables::collated(&text))).collect();
    meant.sort_by(|one, other| order(&query.sort, &collated, one, other));
    meant.into_iter().map(|(id, _)| *id).collect()
}

/// [`compare`](atalaya_domain::tables::compare), with what texts sort by at hand.
fn compared(collated: &HashMap<String, String>, one: &Value, other: &Value) -> Ordering {
    match (one, other) {
        (Value::Text(one), Value::Text(other)) | (Value::Choice(one), Value::Choice(other)) => {
            collated[one].cmp(&collated[other])
        }
        _ => compare(one, other).unwrap(),
    }
}

fn order(
    sort: &[Sort],
    collated: &HashMap<String, String>,
    one: &(RecordId, Values),
    other: &(RecordId, Values),
) -> Ordering {
    let turned = |descending: bool, ordering: Ordering| if descending { ordering.reverse() } else { ordering };
    let mut newest_first = true;
    for (at, Sort { by, descending }) in sort.iter().enumerate() {
        let SortBy::Field(number) = by else { return turned(*descending, one.0.cmp(&other.0)) };
        // Neither a field that came before nor one that is none of the table's is a step.
        if sort[..at].iter().any(|step| step.by == *by) || number.get() > i32::try_from(FIELDS.len()).unwrap() {
            continue;
        }
        newest_first = *descending;
        let ordering = match (one.1.get(number), other.1.get(number)) {
            (Some(one), Some(other)) => turned(*descending, compared(collated, one, other)),
            (one, other) => other.is_some().cmp(&one.is_some()),
        };
        if ordering.is_ne() {
            return ordering;
        }
    }
    turned(newest_first, one.0.cmp(&other.0))
}

/// Compares lists and totals of the store with what is expected.
fn check(ours: &Tables<'_>, table: &Table, all: &[(RecordId, Values)], query: &RecordQuery, slices: &[(usize, usize)]) {
    let expected = expected(all, query);
    for (offset, limit) in slices {
        let slice = RecordSlice { offset: u64::try_from(*offset).unwrap(), limit: u32::try_from(*limit).unwrap() };
        let listed = ours.read(|view| view.records().list(table, query, &slice));
        let ids: Vec<RecordId> = listed.iter().map(|record| record.id).collect();
        let page: Vec<RecordId> = expected.iter().skip(*offset).take(*limit).copied().collect();
        assert_eq!(ids, page, "{offset} {limit} {query:?}");
    }
    for (offset, limit) in slices.iter().filter(|(offset, _)| *offset < expected.len()) {
        let behind = behind(ours, table, query, expected[*offset], u32::try_from(*limit).unwrap());
        let rest: Vec<RecordId> = expected.iter().skip(offset + 1).take(*limit).copied().collect();
        assert_eq!(behind, rest, "behind {offset} {query:?}");
    }
    assert_eq!(walked(ours, table, query, if all.len() > 1_000 { 1_000 } else { 7 }), expected, "{query:?}");
    let total = ours.read(|view| view.records().count(table, query));
    let number = u64::try_from(expected.len()).unwrap();
    let is_all = query.filter == Filter::everything() && query.words.is_empty();
    let exact = is_all || number <= Total::COUNTED;
    let counted = Total { count: if exact { number } else { Total::COUNTED }, exact };
    assert!(total.exact || total.count == Total::COUNTED, "{total:?}");
    assert!(total == counted || (number == total.count && total.exact), "{total:?} {counted:?} {query:?}");
}

/// So many records of a query behind one of them.
fn behind(ours: &Tables<'_>, table: &Table, query: &RecordQuery, last: RecordId, limit: u32) -> Vec<RecordId> {
    let found = ours.read(|view| {
        let last = view.records().find(table, last)?.unwrap();
        let mark = view.records().mark(table, query, &last, 0);
        view.records().list_behind(table, query, &mark, limit)
    });
    found.into_iter().map(|record| record.id).collect()
}

/// All records of a query, so many at a time.
fn walked(ours: &Tables<'_>, table: &Table, query: &RecordQuery, limit: usize) -> Vec<RecordId> {
    let (mut ids, mut after) = (Vec::new(), None);
    loop {
        let page = ours.read(|view| view.records().walk(table, query, &PageRequest::new(after.clone(), limit)));
        ids.extend(page.items.iter().map(|record| record.id));
        after = page.next;
        if after.is_none() {
            return ids;
        }
    }
}

fn filled(ours: &Tables<'_>, id: u128, records: Vec<Values>) -> (Table, Vec<(RecordId, Values)>) {
    let table = ours.define(id, &format!("t{id}"), &FIELDS);
    // Ids in another order than the records come in.
    let ids = (1_u128..).map(|number| record_id((number.wrapping_mul(0x9e37_79b9_7f4a_7c15) % 0xffff_ffff_ffff) << 40));
    let all: Vec<(RecordId, Values)> = ids.zip(records).collect();
    ours.write(|unit| unit.records().insert(&table, &all, &writing(RevisionKind::Created, 0))).unwrap();
    (table, all)
}

/// While somebody goes through a sorted list, records are deleted, changed and added; every other record comes once.
pub(crate) fn a_walk_neither_repeats_nor_skips_what_stays(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let ours = Tables::new(&world, "BCP");
    let mut runner = TestRunner::deterministic();
    for id in 1..=6 {
        let (table, all) = filled(&ours, id, records(60).new_tree(&mut runner).unwrap().current());
        let sort = vec(
            ((1..=9).prop_map(|number| SortBy::Field(FieldNumber::new(number))), any::<bool>())
                .prop_map(|(by, descending)| Sort { by, descending }),
            1..4,
        );
        let query = RecordQuery { sort: sort.new_tree(&mut runner).unwrap().current(), ..RecordQuery::everything() };
        let mut touched: Vec<RecordId> = Vec::new();
        let (mut seen, mut after, mut new) = (Vec::new(), None, 0);
        loop {
            let page = ours.read(|view| view.records().walk(&table, &query, &PageRequest::new(after.clone(), 5)));
            seen.extend(page.items.iter().map(|record| record.id));
            after = page.next;
            if after.is_none() {
                break;
            }
            // The last one that was shown goes, one that was shown and one that was not become others, and one comes.
            let last = page.items.last().unwrap().clone();
            ours.delete(&table, &last).unwrap();
            touched.push(last.id);
            let unseen = all.iter().map(|(id, _)| *id).find(|id| !seen.contains(id) && !touched.contains(id));
            for other in [page.items.first().map(|record| record.id).filter(|id| *id != last.id), unseen] {
                let Some(record) = other.and_then(|id| ours.find(&table, id)) else { continue };
                let values = records(1).new_tree(&mut runner).unwrap().current().remove(0);
                if values != record.values {
                    ours.change(&table, &record, &values).unwrap();
                }
                touched.push(record.id);
            }
            new += 1;
            ours.insert(&table, (1 << 120) + new, records(1).new_tree(&mut runner).unwrap().current().remove(0))
                .unwrap();
        }
        let stayed: Vec<(RecordId, Values)> = all.iter().filter(|(id, _)| !touched.contains(id)).cloned().collect();
        let of_stayed: Vec<RecordId> =
            seen.iter().filter(|id| stayed.iter().any(|(stayed, _)| stayed == *id)).copied().collect();
        assert_eq!(of_stayed, expected(&stayed, &query), "{query:?}");
    }
}

pub(crate) fn lists_hold_what_filters_mean_in_their_order(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let (ours, theirs) = (Tables::new(&world, "BCP"), Tables::new(&world, "BBVA"));
    let mut runner = TestRunner::deterministic();
    for id in 1..=4 {
        let (table, all) = filled(&ours, id, records(40).new_tree(&mut runner).unwrap().current());
        filled(&theirs, id, records(3).new_tree(&mut runner).unwrap().current());
        for _ in 0..150 {
            let query = query().new_tree(&mut runner).unwrap().current();
            check(&ours, &table, &all, &query, &[(0, 100), (0, 3), (2, 5), (11, 1), (50, 5)]);
        }
    }
}

pub(crate) fn long_lists_hold_what_filters_mean_in_their_order(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let ours = Tables::new(&world, "BCP");
    let mut runner = TestRunner::deterministic();
    // More than are looked at one by one, and than the first of an order.
    let (table, all) = filled(&ours, 1, records(12_500).new_tree(&mut runner).unwrap().current());
    for _ in 0..30 {
        let query = query().new_tree(&mut runner).unwrap().current();
        check(&ours, &table, &all, &query, &[(0, 20), (4_000, 50), (12_450, 100)]);
    }
}
