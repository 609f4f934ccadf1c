//! Records that others point to, told beside them.

use std::sync::Arc;

use atalaya_application::tables::{Expand, Expanded, RecordPart, RecordService, Records, Selection};
use atalaya_domain::access::Operator;
use atalaya_domain::id::RecordId;
use atalaya_domain::mandate::{Mandate, ReadRecords};
use atalaya_domain::tables::{FieldType, RecordQuery, Table, Value, Values};
use atalaya_infrastructure::runtime::UuidIdentifiers;

use super::statements::{count_statements, statements_so_far};
use super::support::*;
use super::tables_support::*;

/// Countries, cities of them, and campaigns in one city and seen from another.
fn geography(ours: &Tables<'_>) {
    ours.define(1, "country", &[("nombre", FieldType::Text)]);
    ours.define(2, "city", &[("nombre", FieldType::Text)]);
    ours.define_field(2, 21, &relation("pais", 1, "nombre")).unwrap();
    ours.define(3, "campaign", &[]);
    ours.define_field(3, 31, &relation("ciudad", 2, "nombre")).unwrap();
    ours.define_field(3, 32, &relation("otra", 2, "nombre")).unwrap();
    ours.define_field(3, 33, &relation("pais", 1, "nombre")).unwrap();
}

/// Keeps records from number `from` on, each in a city of its own, which is in a country of its own.
fn keep(ours: &Tables<'_>, from: u128, until: u128) {
    let (country, city, campaign) = (ours.table(1), ours.table(2), ours.table(3));
    let to = |id: u128| Value::Relation(record_id(id));
    for number in from..until {
        let (land, town) = (10_000 + number, 20_000 + number);
        ours.insert(&country, land, values(&country, &[("nombre", text(&land.to_string()))])).unwrap();
        ours.insert(&city, town, values(&city, &[("nombre", text("x")), ("pais", to(land))])).unwrap();
        let held = [("ciudad", to(town)), ("otra", to(20_000 + from)), ("pais", to(10_000 + from))];
        ours.insert(&campaign, 30_000 + number, values(&campaign, &held)).unwrap();
    }
}

/// What a list of campaigns says of relations, and the statements that it takes.
fn listed(ours: &Tables<'_>, paths: &[&str]) -> (Vec<Values>, Expanded, usize) {
    let service = RecordService {
        store: ours.world.database.store(),
        clock: Arc::new(At(start())),
        identifiers: Arc::new(UuidIdentifiers),
    };
    let by: Mandate<ReadRecords> = Operator::at_the_machine().mandate(ours.scope.company());
    let expand = Expand { paths: paths.iter().map(|path| (*path).to_owned()).collect(), ..Expand::default() };
    let all = Selection { query: RecordQuery::everything(), fields: None, missing: Vec::new() };
    let before = statements_so_far();
    let part = RecordPart::Slice(ALL);
    let list = service.list(&by, entity_id(3), None, &|_, _, _| Ok(all.clone()), &part, &expand).unwrap();
    let statements = statements_so_far() - before;
    (list.records.into_iter().map(|record| record.values).collect(), list.expanded, statements)
}

pub(crate) fn what_is_pointed_to_is_read_in_as_many_statements_whatever_its_number(fixture: &dyn Fixture) {
    count_statements();
    let world = World::new(fixture);
    let ours = Tables::new(&world, "BCP");
    geography(&ours);
    keep(&ours, 0, 2);
    let statements = |paths: &[&str]| listed(&ours, paths).2;
    let (none, one, all) =
        (statements(&[]), statements(&["ciudad"]), statements(&["ciudad.pais", "otra.pais", "pais"]));
    assert!(none > 0, "statements are counted");
    // A level takes one statement of records, and three of definitions: entity types, fields, and display fields.
    assert_eq!((one - none, statements(&["ciudad", "otra"]) - none), (4, 4));
    // The two definitions that the first level needs are read at once, and the second one needs no other.
    assert_eq!(all - none, 5);
    keep(&ours, 2, 40);
    assert_eq!((statements(&[]), statements(&["ciudad"])), (none, one));
    assert_eq!(statements(&["ciudad.pais", "otra.pais", "pais"]), all);

    let (records, expanded, _) = listed(&ours, &["ciudad.pais"]);
    let relation = &expanded.relations[0];
    for values in &records {
        let (_, city) = expanded.target(relation, values).unwrap();
        let (_, country) = expanded.target(&relation.further[0], &city.values).unwrap();
        assert_eq!(country.id, record_id(city.id.get().as_u128() - 10_000));
    }
}

pub(crate) fn another_companys_records_are_not_pointed_to(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let (ours, theirs) = (Tables::new(&world, "BCP"), Tables::new(&world, "BBVA"));
    for company in [&ours, &theirs] {
        geography(company);
    }
    keep(&theirs, 0, 3);
    let (campaign, city) = (ours.table(3), ours.table(2));
    let town: RecordId = record_id(20_000);
    // Written past the use case, which would find no such record.
    ours.insert(&campaign, 1, values(&campaign, &[("ciudad", Value::Relation(town))])).unwrap();
    let (records, expanded, _) = listed(&ours, &["ciudad"]);
    assert_eq!(expanded.target(&expanded.relations[0], &records[0]), None);
    assert!(ours.read(|view| view.records().find_in(&[(&city, vec![town])])).is_empty());
    assert_eq!(theirs.read(|view| view.records().find_in(&[(&city, vec![town])])).len(), 1);
    theirs.define(4, "own", &[]);
    let found = ours.read(|view| view.entities().find_all(&[entity_id(2), entity_id(4)]));
    let found: Vec<Table> = found.into_iter().map(Table::opened_whole).collect();
    assert_eq!(found, std::slice::from_ref(&city));
    // A record of another entity type is none of the city's.
    ours.insert(&campaign, 2, Values::new()).unwrap();
    assert!(ours.read(|view| view.records().find_in(&[(&city, vec![record_id(2)])])).is_empty());
}
