//! What was in the trash of tables for too long is deleted for good, and nothing else.

use atalaya_application::AppError;
use atalaya_application::ports::store::UnitOfWork;
use atalaya_application::ports::trash::{Expired, Holders, Removed};
use atalaya_domain::tables::{FieldType, Filter, Record, RecordQuery, RevisionKind, Table, Test, Value, Values};
use chrono::{DateTime, TimeDelta, Utc};

use super::support::*;
use super::tables_support::*;

fn seconds(seconds: i64) -> DateTime<Utc> {
    start() + TimeDelta::seconds(seconds)
}

fn step<T>(tables: &Tables<'_>, work: impl FnMut(&mut dyn UnitOfWork) -> Result<T, AppError>) -> T {
    tables.write(work).unwrap()
}

/// A table with records of which each one in the trash was changed once.
fn filled(tables: &Tables<'_>, deleted: u128, kept: u128) -> (Table, Vec<Record>) {
    tables.define(1, "campaign", &[("nombre", FieldType::Text), ("gasto", FieldType::Number)]);
    tables.define_field(1, 10, &unique_field("codigo", FieldType::Text)).unwrap();
    let table = tables.table(1);
    let new: Vec<_> = (1..=deleted + kept)
        .map(|id| (record_id(id), values(&table, &[("nombre", text("7")), ("codigo", text(&format!("c{id}")))])))
        .collect();
    let made = step(tables, |unit| unit.records().insert(&table, &new, &writing(RevisionKind::Created, 0)));
    let changes: Vec<(Record, Values)> = made
        .into_iter()
        .map(|record| {
            let mut values = record.values.clone();
            values.insert(table.fields[1].number, number("1.50"));
            (record, values)
        })
        .collect();
    let mut all = step(tables, |unit| unit.records().change_all(&table, &changes, &writing(RevisionKind::Changed, 1)));
    let going = all.drain(..usize::try_from(deleted).unwrap()).collect::<Vec<_>>();
    step(tables, |unit| unit.records().delete_all(&table, &going, &writing(RevisionKind::Deleted, 2)));
    (table, all)
}

pub(crate) fn records_are_deleted_for_good_some_at_a_time(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let (ours, theirs) = (Tables::new(&world, "BCP"), Tables::new(&world, "BBVA"));
    let (table, kept) = filled(&ours, 1_203, 3);
    filled(&theirs, 2, 1);
    ours.delete(&table, &kept[0]).unwrap();
    assert_eq!(step(&ours, |unit| unit.trash().expired(seconds(2))), None);
    let expired = step(&ours, |unit| unit.trash().expired(seconds(3)));
    assert_eq!(expired, Some(Expired::Records(table.entity.clone())));
    let purge = || step(&ours, |unit| unit.trash().purge_records(table.entity.id, seconds(3)));
    let batches: Vec<u64> = std::iter::from_fn(|| Some(purge()).filter(|number| *number > 0)).collect();
    assert_eq!(batches.iter().sum::<u64>(), 1_204, "{batches:?}");
    assert!(batches.len() > 2 && batches.iter().all(|number| *number <= 500), "{batches:?}");
    assert_eq!(ours.read(|view| view.records().trash(&table, start(), &ALL)).total, 0);
    assert_eq!(ours.read(|view| view.records().revisions(&table, record_id(1), &ALL)), None);
    assert_eq!(ours.revisions(&table, kept[1].id).len(), 2);
    assert_eq!(step(&ours, |unit| unit.trash().expired(seconds(3))), None);
    assert_eq!(theirs.read(|view| view.records().trash(&table, start(), &ALL)).total, 2);
    // An id that is used again shows nothing of what was.
    ours.insert(&table, 1, Values::new()).unwrap();
    assert_eq!(ours.revisions(&table, record_id(1)).len(), 1);
}

pub(crate) fn a_field_is_deleted_for_good_with_its_values(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let (ours, theirs) = (Tables::new(&world, "BCP"), Tables::new(&world, "BBVA"));
    let (table, kept) = filled(&ours, 2, 1_100);
    let (_, of_others) = filled(&theirs, 0, 1);
    let gone = table.field_named("nombre").unwrap().clone();
    step(&ours, |unit| unit.entities().delete_field(&table, &gone, seconds(5)));
    let mut removed = Removed::NOTHING;
    let mut steps = Vec::new();
    while let Some(next) = step(&ours, |unit| unit.trash().remove_values(table.entity.id, gone.number, removed)) {
        removed = next;
        steps.push(next.holders);
    }
    let of = |holders| steps.iter().filter(|other| **other == holders).count();
    assert_eq!(
        (of(Holders::Records), of(Holders::Trash) >= 2, of(Holders::Revisions) >= 3),
        (2, true, true),
        "{steps:?}"
    );

    // Nothing of it is left, though it was brought back now; everything else is.
    step(&ours, |unit| unit.entities().restore_field(&table, gone.id, start()));
    let back = ours.table(1);
    let record = ours.find(&back, kept[0].id).unwrap();
    let rest = values(&table, &[("gasto", number("1.50")), ("codigo", text("c3"))]);
    assert_eq!(record.values, rest);
    let shown = ours.revisions(&back, kept[0].id);
    assert_eq!(shown[1].values, values(&table, &[("codigo", text("c3"))]));
    let trash = ours.read(|view| view.records().trash(&back, start(), &ALL)).items;
    assert!(trash.iter().all(|trashed| trashed.item.values.len() == 2));
    let everything = Filter::Field(gone.number, Test::Present);
    assert!(ours.list(&back, &RecordQuery { filter: everything, ..RecordQuery::everything() }).is_empty());
    assert_eq!(theirs.find(&table, of_others[0].id).unwrap().values.len(), 3);

    let again = back.field(gone.id).unwrap().clone();
    step(&ours, |unit| unit.entities().delete_field(&back, &again, seconds(5)));
    step(&ours, |unit| unit.trash().purge_records(table.entity.id, seconds(9)));
    assert_eq!(step(&ours, |unit| unit.trash().expired(seconds(5))), None);
    let Some(Expired::Field(entity, field)) = step(&ours, |unit| unit.trash().expired(seconds(6))) else {
        panic!("the field is not told")
    };
    let number = field.number;
    assert_eq!((entity.id, number), (table.entity.id, gone.number));
    // Another company's field, and one that is not in the trash, stay.
    step(&theirs, |unit| unit.trash().purge_field(entity.id, number));
    step(&ours, |unit| unit.trash().purge_field(entity.id, table.fields[1].number));
    step(&ours, |unit| unit.trash().purge_field(entity.id, number));
    assert!(ours.read(|view| view.entities().field_trash(entity.id, start())).is_empty());
    assert_eq!((ours.table(1).fields.len(), theirs.table(1).fields.len()), (2, 3));
    ours.define_field(1, 99, &new_field("nombre", FieldType::Text)).unwrap();
    let new = ours.table(1);
    assert_ne!(new.field_named("nombre").unwrap().number, gone.number);
    assert_eq!(ours.find(&new, kept[0].id).unwrap().values, rest);
}

pub(crate) fn an_entity_type_is_deleted_for_good_with_everything_of_it(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let (ours, theirs) = (Tables::new(&world, "BCP"), Tables::new(&world, "BBVA"));
    let (table, kept) = filled(&ours, 3, 700);
    filled(&theirs, 1, 1);
    ours.define(2, "branch", &[]);
    ours.define_field(2, 20, &relation("campana", 1, "nombre")).unwrap();
    let branch = ours.table(2);
    let held = values(&branch, &[("campana", Value::Relation(kept[0].id))]);
    let pointing = ours.insert(&branch, 1, held.clone()).unwrap();
    step(&ours, |unit| unit.entities().delete(&table.entity, seconds(5)));
    assert_eq!(step(&ours, |unit| unit.trash().expired(seconds(5))), None);
    assert_eq!(step(&ours, |unit| unit.trash().expired(seconds(6))), Some(Expired::Entity(table.entity.clone())));
    let purge = |tables: &Tables<'_>| step(tables, |unit| unit.trash().purge_entity(table.entity.id));
    let batches: Vec<u64> = std::iter::from_fn(|| purge(&ours)).collect();
    assert_eq!(batches.iter().sum::<u64>(), 703);
    assert!(batches.iter().all(|number| (1..=500).contains(number)), "{batches:?}");
    assert_eq!(step(&ours, |unit| unit.trash().expired(seconds(6))), None);
    assert!(ours.read(|view| view.entities().trash(start())).is_empty());
    assert_eq!(theirs.list(&table, &RecordQuery::everything()).len(), 1);

    // A relation to it points nowhere, and keeps its values.
    let branch = ours.table(2);
    assert_eq!(branch.fields[0].target, None);
    assert_eq!(ours.find(&branch, pointing.id).unwrap().values, held);
    assert!(ours.read(|view| view.entities().relationships(branch.entity.id)).is_empty());
    // The name and the very id, used again, show nothing of what was.
    let new = ours.define(1, "campaign", &[("nombre", FieldType::Text)]);
    assert!(ours.list(&new, &RecordQuery::everything()).is_empty());
    assert_eq!(ours.read(|view| view.records().trash(&new, start(), &ALL)).total, 0);
    assert_eq!(ours.read(|view| view.records().revisions(&new, kept[0].id, &ALL)), None);
}
