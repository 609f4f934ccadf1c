//! Converted values stand beside those that people see until they take their place.

use atalaya_application::ports::retyping::{Held, Retyping, StateId};
use atalaya_application::ports::trash::{Expired, Holders};
use atalaya_domain::id::{FieldId, JobId};
use atalaya_domain::tables::{Field, FieldType, Filter, Record, RecordQuery, Table, Test, Value};
use chrono::TimeDelta;
use uuid::Uuid;

use super::support::*;
use super::tables_support::*;

const JOB: JobId = JobId::new(Uuid::from_u128(5));

/// A table whose field is being retyped from text to number, with a record of each text.
fn retyped(ours: &Tables<'_>, texts: &[&str]) -> (Table, Field, Vec<Record>) {
    let table = ours.define(1, "campaign", &[("gasto", FieldType::Text)]);
    let records: Vec<Record> = (1..)
        .zip(texts)
        .map(|(id, each)| ours.insert(&table, id, values(&table, &[("gasto", text(each))])).unwrap())
        .collect();
    let new = (FieldId::new(Uuid::from_u128(99)), &unique_field("gasto", FieldType::Number));
    let hidden = ours.write(|unit| unit.retyper().hide(&table, &table.fields[0], new, JOB, start())).unwrap();
    (ours.table(1), hidden, records)
}

fn unconverted(ours: &Tables<'_>, retyping: Retyping<'_>, holders: Holders) -> Vec<(StateId, Held)> {
    ours.write(|unit| unit.retyper().unconverted(retyping, holders, None, 100)).unwrap()
}

fn state(record: &Record) -> StateId {
    StateId { record: record.id, revision: record.revision }
}

fn convert(ours: &Tables<'_>, retyping: Retyping<'_>, holders: Holders, state: StateId, held: Held) {
    let states = [(state, held)];
    ours.write(|unit| unit.retyper().convert(retyping, holders, &states)).unwrap();
}

pub(crate) fn what_is_converted_is_hidden_and_goes_with_what_it_was_made_of(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let ours = Tables::new(&world, "BCP");
    let (table, hidden, records) = retyped(&ours, &["1", "2", "3"]);
    let retyping = Retyping { entity: table.entity.id, from: &table.fields[0], to: &hidden };
    assert_eq!((table.fields.len(), table.fields[0].retyping), (1, Some(hidden.number)));
    assert_eq!(unconverted(&ours, retyping, Holders::Records).len(), 3);
    for (record, value) in records.iter().zip(["1", "2", "3"]) {
        convert(&ours, retyping, Holders::Records, state(record), Held::Value(number(value)));
    }
    assert_eq!(unconverted(&ours, retyping, Holders::Records), []);
    assert_eq!(ours.find(&table, records[0].id).unwrap(), records[0]);
    assert_eq!(ours.read(|view| view.entities().field_trash(table.entity.id, start())), []);
    // A change, and the trash, take what was converted away.
    let changed = ours.change(&table, &records[0], &values(&table, &[("gasto", text("x"))])).unwrap();
    ours.delete(&table, &records[1]).unwrap();
    let back = ours.restore(&table, records[1].id).unwrap();
    let left = unconverted(&ours, retyping, Holders::Records);
    assert_eq!(left, [(state(&changed), Held::Value(text("x"))), (state(&back), Held::Value(text("2")))]);
    assert_eq!(unconverted(&ours, retyping, Holders::Revisions), [], "they are as they were converted");
    convert(&ours, retyping, Holders::Records, state(&changed), Held::Nothing);
    convert(&ours, retyping, Holders::Records, state(&back), Held::Value(number("2")));

    let field = ours.write(|unit| unit.retyper().replace(retyping, start())).unwrap();
    let table = ours.table(1);
    assert_eq!((&table.fields, field.id), (&vec![field.clone()], retyping.from.id));
    let seen = |number: &str| {
        let filter = Filter::Field(field.number, Test::OneOf(vec![super::tables_support::number(number)]));
        ours.list(&table, &RecordQuery { filter, ..RecordQuery::everything() })
    };
    assert_eq!([seen("1"), seen("2"), seen("3")], [vec![], vec![back.id], vec![records[2].id]]);
    let taken = ours.change(&table, &ours.find(&table, back.id).unwrap(), &values(&table, &[("gasto", number("3.0"))]));
    assert!(taken.is_err(), "{taken:?}");
    let trash = ours.read(|view| view.entities().field_trash(table.entity.id, start()));
    let old: Vec<_> = trash.iter().map(|field| (field.item.id, field.item.kind, field.item.number)).collect();
    assert_eq!(old, [(hidden.id, FieldType::Text, retyping.from.number)]);
    assert_eq!(ours.write(|unit| unit.retyper().hidden(table.entity.id, hidden.number)).unwrap(), None);
}

pub(crate) fn relations_choose_by_the_field_that_took_the_place(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let ours = Tables::new(&world, "BCP");
    let (table, hidden, _) = retyped(&ours, &[]);
    ours.define(2, "event", &[]);
    ours.define_field(2, 50, &relation("campaña", 1, "gasto")).unwrap();
    let retyping = Retyping { entity: table.entity.id, from: &table.fields[0], to: &hidden };
    ours.write(|unit| unit.retyper().replace(retyping, start())).unwrap();
    let target = ours.table(2).fields[0].target.clone().unwrap();
    assert_eq!((target.display, target.display_name.unwrap().as_str()), (hidden.number, "gasto"));
}

pub(crate) fn a_hidden_field_that_no_job_fills_is_deleted_for_good(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let (ours, theirs) = (Tables::new(&world, "BCP"), Tables::new(&world, "BBVA"));
    let (table, hidden, records) = retyped(&ours, &["1"]);
    let retyping = Retyping { entity: table.entity.id, from: &table.fields[0], to: &hidden };
    convert(&ours, retyping, Holders::Records, state(&records[0]), Held::Value(number("1")));
    assert_eq!(theirs.write(|unit| unit.retyper().hidden(table.entity.id, hidden.number)).unwrap(), None);
    assert_eq!(theirs.write(|unit| unit.trash().expired(start())).unwrap(), None);
    let expired = ours.write(|unit| unit.trash().expired(start() - TimeDelta::days(1))).unwrap();
    assert_eq!(expired, Some(Expired::Hidden(table.entity.clone(), Box::new(hidden.clone()))));
    ours.write(|unit| {
        let mut open = Some(atalaya_application::ports::trash::Removed::NOTHING);
        while let Some(removed) = open {
            open = unit.trash().remove_values(table.entity.id, hidden.number, removed)?;
        }
        unit.trash().purge_field(table.entity.id, hidden.number)
    })
    .unwrap();
    assert_eq!(ours.write(|unit| unit.trash().expired(start())).unwrap(), None);
    assert_eq!(ours.table(1).fields[0].retyping, None);
    let kept = ours.find(&table, records[0].id).unwrap();
    assert_eq!(kept.values.values().collect::<Vec<_>>(), [&Value::Text("1".to_owned())]);
    assert_eq!(unconverted(&ours, retyping, Holders::Records).len(), 1, "nothing of it is left");
}
