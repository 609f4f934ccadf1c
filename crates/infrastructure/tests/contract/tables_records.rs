//! Records of entity types: what they hold, their revisions and the trash.

use std::{slice, thread};

use atalaya_application::AppError;
use atalaya_application::error::{Conflict, Resource};
use atalaya_application::ports::tables::{Listed, RecordSlice};
use atalaya_domain::id::RecordId;
use atalaya_domain::tables::{FieldType, Filter, Record, RecordQuery, RevisionKind, Rules, Table, Test, Value, Values};

use super::support::*;
use super::tables_support::*;

const EVERY_TYPE: [(&str, FieldType); 8] = [
    ("texto", FieldType::Text),
    ("numero", FieldType::Number),
    ("entero", FieldType::Integer),
    ("dia", FieldType::Date),
    ("si", FieldType::Boolean),
    ("otro", FieldType::Relation),
    ("instante", FieldType::DateTime),
    ("opcion", FieldType::Choice),
];

pub(crate) fn a_record_holds_values_of_every_type_as_they_were_written(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let ours = Tables::new(&world, "BCP");
    let table = ours.define(1, "campaign", &EVERY_TYPE);
    let full = values(
        &table,
        &[
            ("texto", text("Perú \"😀\" \\ '; DROP TABLE records; --\n")),
            ("numero", number("1234567890123456789012345.670")),
            ("entero", Value::Integer(-(1 << 53))),
            ("dia", day("0001-01-01")),
            ("si", Value::Boolean(false)),
            ("otro", Value::Relation(record_id(9))),
            ("instante", instant("9999-12-31T23:59:59.999999Z")),
            ("opcion", Value::Choice(String::new())),
        ],
    );
    let made = ours.insert(&table, 1, full.clone()).unwrap();
    assert_eq!((made.id, made.revision, &made.values), (record_id(1), 1, &full));
    assert_eq!((made.created_at, made.updated_at), (start(), start()));
    let found = ours.find(&table, made.id).unwrap();
    assert_eq!(found, made);
    let written = |record: &atalaya_domain::tables::Record| -> Vec<String> {
        record.values.values().map(ToString::to_string).collect()
    };
    assert_eq!(written(&found), written(&made), "the zero at the end of the number is part of it");
    let empty = ours.insert(&table, 2, Values::new()).unwrap();
    assert_eq!(ours.find(&table, empty.id), Some(empty.clone()));
    assert_eq!(ours.find(&table, record_id(3)), None);
    assert_eq!(ours.list(&table, &RecordQuery::everything()), [empty.id, made.id]);
    let existing = ours.read(|view| view.records().existing(&table, &[record_id(3), made.id, empty.id, made.id]));
    assert_eq!(existing, [made.id, empty.id]);
    assert!(ours.read(|view| view.records().existing(&table, &[])).is_empty());
}

pub(crate) fn very_many_records_are_stored_as_they_are(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let ours = Tables::new(&world, "BCP");
    ours.define(1, "campaign", &[("numero", FieldType::Integer)]);
    ours.define_field(1, 9, &unique_field("codigo", FieldType::Text)).unwrap();
    let table = ours.table(1);
    let new: Vec<(RecordId, Values)> = (0..7_000_u32)
        .map(|id| {
            let values = [("numero", Value::Integer(i64::from(id))), ("codigo", text(&format!("c{id}")))];
            (record_id(id.into()), self::values(&table, &values))
        })
        .collect();
    let made = ours.write(|unit| unit.records().insert(&table, &new, &writing(RevisionKind::Created, 0))).unwrap();
    assert_eq!(made.len(), new.len());
    let total = ours.read(|view| view.records().count(&table, &RecordQuery::everything()));
    assert_eq!((total.count, total.exact), (7_000, true));
    let slice = RecordSlice { offset: 6_999, limit: 9 };
    let last = ours.read(|view| view.records().list(&table, &RecordQuery::everything(), &slice));
    assert_eq!(last, made[..1]);
    let ids: Vec<RecordId> = new.iter().map(|(id, _)| *id).collect();
    assert_eq!(ours.read(|view| view.records().existing(&table, &ids)), ids);
}

pub(crate) fn every_change_leaves_what_the_record_was(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let ours = Tables::new(&world, "BCP");
    let table = ours.define(1, "campaign", &[("a", FieldType::Text), ("b", FieldType::Text)]);
    let (first, second) = (values(&table, &[("a", text("1"))]), values(&table, &[("b", text("2"))]));
    let made = ours.insert(&table, 1, first.clone()).unwrap();
    let changed = ours.change(&table, &made, &second).unwrap();
    assert_eq!((changed.revision, &changed.values, changed.created_at), (2, &second, start()));
    assert_eq!(ours.find(&table, made.id).unwrap(), changed);
    ours.delete(&table, &changed).unwrap();
    let revisions = || ours.revisions(&table, made.id);
    let told = || -> Vec<(i32, RevisionKind, Values)> {
        revisions().into_iter().map(|revision| (revision.number, revision.kind, revision.values)).collect()
    };
    let deleted = [
        (3, RevisionKind::Deleted, second.clone()),
        (2, RevisionKind::Changed, second.clone()),
        (1, RevisionKind::Created, first.clone()),
    ];
    assert_eq!(told(), deleted);
    let restored = ours.restore(&table, made.id).unwrap();
    assert_eq!((restored.revision, &restored.values), (4, &second));
    assert_eq!(told()[0], (4, RevisionKind::Restored, second));
    assert_eq!(told()[1..], deleted);
    let latest = revisions().remove(0);
    assert_eq!((latest.by.as_str(), latest.request_id.as_deref()), ("ana", Some("r3")));
    assert_eq!(latest.at, writing(RevisionKind::Restored, 3).at);
    let oldest = revisions().pop().unwrap();
    assert_eq!((oldest.at, oldest.request_id.as_deref()), (start(), Some("r0")));
    assert!(ours.read(|view| view.records().revisions(&table, record_id(8), &ALL)).is_none());

    let part = |offset, limit| {
        let slice = RecordSlice { offset, limit };
        ours.read(|view| view.records().revisions(&table, made.id, &slice)).unwrap()
    };
    let all = revisions();
    for (offset, limit) in [(0, 1), (0, 2), (1, 2), (3, 5), (4, 1), (u64::MAX, 9), (0, 0)] {
        let expected: Vec<_> =
            all.iter().skip(usize::try_from(offset).unwrap()).take(limit as usize).cloned().collect();
        assert_eq!(part(offset, limit), Listed { items: expected, total: 4 }, "{offset} {limit}");
    }
    for number in 0..6 {
        let found = ours.read(|view| view.records().revision(&table, made.id, number));
        assert_eq!(found.as_ref(), all.iter().find(|revision| revision.number == number), "{number}");
    }
    assert_eq!(ours.read(|view| view.records().revision(&table, record_id(8), 1)), None);
}

pub(crate) fn a_record_that_changed_since_is_not_changed_again(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let ours = Tables::new(&world, "BCP");
    let table = ours.define(1, "campaign", &[("a", FieldType::Text)]);
    let made = ours.insert(&table, 1, Values::new()).unwrap();
    let changed = ours.change(&table, &made, &values(&table, &[("a", text("1"))])).unwrap();
    let again = ours.change(&table, &made, &values(&table, &[("a", text("2"))]));
    assert!(matches!(again, Err(AppError::PreconditionFailed)));
    assert!(matches!(ours.delete(&table, &made), Err(AppError::PreconditionFailed)));
    assert_eq!(ours.find(&table, made.id).unwrap(), changed);
    ours.delete(&table, &changed).unwrap();
    assert!(matches!(ours.change(&table, &changed, &Values::new()), Err(AppError::PreconditionFailed)));
}

pub(crate) fn of_writers_at_once_one_changes_a_record(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let ours = Tables::new(&world, "BCP");
    let table = ours.define(1, "campaign", &[("a", FieldType::Integer)]);
    let made = ours.insert(&table, 1, Values::new()).unwrap();
    let done = thread::scope(|scope| {
        let change = |number| ours.change(&table, &made, &values(&table, &[("a", Value::Integer(number))]));
        let threads: Vec<_> = (0..4).map(|number| scope.spawn(move || change(number))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).filter_map(Result::ok).count()
    });
    assert_eq!(done, 1);
    assert_eq!(ours.find(&table, made.id).unwrap().revision, 2);
    assert_eq!(ours.revisions(&table, made.id).len(), 2);
}

pub(crate) fn a_record_in_the_trash_is_found_there_only(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let ours = Tables::new(&world, "BCP");
    let table = ours.define(1, "campaign", &[("a", FieldType::Text), ("otro", FieldType::Relation)]);
    let target = Value::Relation(record_id(9));
    let made: Vec<_> = (1..=3)
        .map(|id| ours.insert(&table, id, values(&table, &[("a", text("x")), ("otro", target.clone())])).unwrap())
        .collect();
    for (seconds, record) in (10..).zip(&made[..2]) {
        ours.write(|unit| unit.records().delete(&table, record, &writing(RevisionKind::Deleted, seconds))).unwrap();
    }
    assert_eq!(ours.find(&table, made[0].id), None);
    assert_eq!(ours.list(&table, &RecordQuery::everything()), [made[2].id]);
    assert_eq!(ours.read(|view| view.records().count(&table, &RecordQuery::everything())).count, 1);
    assert_eq!(ours.read(|view| view.records().existing(&table, &[made[0].id, made[2].id])), [made[2].id]);
    let field = &table.fields[1];
    assert_eq!(ours.read(|view| view.records().pointing(entity_id(1), field, record_id(9), 9)), [made[2].id]);

    let trash = |offset, limit| ours.read(|view| view.records().trash(&table, start(), &RecordSlice { offset, limit }));
    let in_trash = |offset, limit| -> Vec<RecordId> {
        trash(offset, limit).items.into_iter().map(|trashed| trashed.item.id).collect()
    };
    assert_eq!(in_trash(0, 9), [made[1].id, made[0].id]);
    assert_eq!(in_trash(1, 9), [made[0].id]);
    assert_eq!((trash(0, 1).total, trash(9, 9).total), (2, 2));
    let trashed = trash(0, 1).items.pop().unwrap();
    assert_eq!((trashed.deleted_at, trashed.item.revision), (writing(RevisionKind::Deleted, 11).at, 2));
    assert_eq!(trashed.item.values, made[1].values);
    assert_eq!(ours.read(|view| view.records().trashed(&table, made[0].id, start())).unwrap().values, made[0].values);
    assert_eq!(ours.read(|view| view.records().trashed(&table, made[2].id, start())), None);

    ours.restore(&table, made[0].id).unwrap();
    assert!(matches!(ours.restore(&table, made[0].id), Err(AppError::NotFound(Resource::Record))));
    assert_eq!(in_trash(0, 9), [made[1].id]);
    assert_eq!(
        ours.read(|view| view.records().pointing(entity_id(1), field, record_id(9), 9)),
        [made[0].id, made[2].id]
    );
    assert_eq!(ours.read(|view| view.records().pointing(entity_id(1), field, record_id(9), 1)), [made[0].id]);
}

fn taken<T>(outcome: &Result<T, AppError>) -> bool {
    matches!(outcome, Err(AppError::Conflict(Conflict::ValueTaken)))
}

pub(crate) fn a_unique_value_is_of_one_record_that_is_not_in_the_trash(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let ours = Tables::new(&world, "BCP");
    ours.define(1, "campaign", &[]);
    ours.define_field(1, 10, &unique_field("codigo", FieldType::Text)).unwrap();
    ours.define_field(1, 11, &unique_field("numero", FieldType::Number)).unwrap();
    let table = ours.table(1);
    let with = |code: &str| values(&table, &[("codigo", text(code))]);
    let first = ours.insert(&table, 1, with("Lima")).unwrap();
    assert!(taken(&ours.insert(&table, 2, with("Lima"))));
    assert_eq!(ours.find(&table, record_id(2)), None, "nothing of it is stored");
    let second = ours.insert(&table, 2, with("lima")).unwrap();
    assert!(taken(&ours.change(&table, &second, &with("Lima"))));
    let numbered = |text| values(&table, &[("numero", number(text))]);
    ours.insert(&table, 3, numbered("1.5")).unwrap();
    assert!(taken(&ours.insert(&table, 4, numbered("1.50"))));
    let two = [(record_id(5), with("a")), (record_id(6), with("a"))];
    assert!(taken(&ours.write(|unit| unit.records().insert(&table, &two, &writing(RevisionKind::Created, 0)))));

    let renamed = ours.change(&table, &first, &with("Cusco")).unwrap();
    let third = ours.insert(&table, 7, with("Lima")).unwrap();
    let same = ours.change(&table, &renamed, &with("Cusco")).unwrap();
    ours.delete(&table, &same).unwrap();
    ours.change(&table, &third, &with("Cusco")).unwrap();
    assert!(taken(&ours.restore(&table, first.id)));
    assert!(ours.read(|view| view.records().trashed(&table, first.id, start())).is_some());
}

pub(crate) fn unique_values_that_others_have_are_told_before_they_are_stored(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let ours = Tables::new(&world, "BCP");
    ours.define(1, "campaign", &[]);
    ours.define_field(1, 10, &unique_field("codigo", FieldType::Text)).unwrap();
    let table = ours.table(1);
    let with = |code: &str| values(&table, &[("codigo", text(code))]);
    for (id, code) in [(1, "a"), (2, "b")] {
        ours.insert(&table, id, with(code)).unwrap();
    }
    let taken = |wanted: &[(u128, &str)]| {
        let values: Vec<_> = wanted.iter().map(|(id, code)| (record_id(*id), with(code))).collect();
        let wanted: Vec<_> = values.iter().map(|(id, values)| (*id, values)).collect();
        let taken = ours.read(|view| view.records().taken(&table, &wanted));
        assert!(taken.iter().all(|taken| taken.fields == [table.fields[0].number]));
        taken.into_iter().map(|taken| taken.record).collect::<Vec<_>>()
    };
    assert_eq!(taken(&[(3, "a"), (4, "c"), (5, "c"), (6, "A")]), [record_id(3), record_id(5)]);
    assert_eq!(taken(&[(1, "b"), (2, "b")]), [record_id(1)], "who has the value keeps it");
    assert!(taken(&[(1, "b"), (2, "a")]).is_empty(), "two may change places");
    assert!(taken(&[]).is_empty());
}

pub(crate) fn of_writers_at_once_one_gets_a_unique_value(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let ours = Tables::new(&world, "BCP");
    ours.define(1, "campaign", &[]);
    ours.define_field(1, 10, &unique_field("codigo", FieldType::Text)).unwrap();
    let table = ours.table(1);
    let outcomes: Vec<_> = thread::scope(|scope| {
        let insert = |id| ours.insert(&table, id, values(&table, &[("codigo", text("x"))]));
        let threads: Vec<_> = (1..=6).map(|id| scope.spawn(move || insert(id))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert!(outcomes.iter().filter(|outcome| outcome.is_err()).all(taken));
    assert_eq!(ours.list(&table, &RecordQuery::everything()).len(), 1);
}

pub(crate) fn values_become_unique_and_may_be_the_same_again(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let ours = Tables::new(&world, "BCP");
    let table = ours.define(1, "campaign", &[("a", FieldType::Text)]);
    let with = |written: &str| values(&table, &[("a", text(written))]);
    let first = ours.insert(&table, 1, with("x")).unwrap();
    let second = ours.insert(&table, 2, with("x")).unwrap();
    let mut unique = table.fields[0].clone();
    unique.rules = Rules { unique: true, ..Rules::default() };
    let make_unique = || ours.write(|unit| unit.entities().change_field(&table, &unique));
    assert!(taken(&make_unique()));
    assert!(!ours.table(1).fields[0].rules.unique);
    ours.change(&table, &second, &with("y")).unwrap();
    make_unique().unwrap();
    let strict = ours.table(1);
    assert!(taken(&ours.change(&strict, &first, &with("y"))));
    ours.write(|unit| unit.entities().change_field(&strict, &table.fields[0])).unwrap();
    ours.change(&ours.table(1), &first, &with("y")).unwrap();
}

pub(crate) fn values_of_a_field_in_the_trash_come_back_with_it(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let ours = Tables::new(&world, "BCP");
    ours.define(1, "campaign", &[("a", FieldType::Text)]);
    ours.define_field(1, 10, &unique_field("b", FieldType::Number)).unwrap();
    let table = ours.table(1);
    let both = |a: &str, b: &str| values(&table, &[("a", text(a)), ("b", number(b))]);
    let made = ours.insert(&table, 1, both("1", "1.50")).unwrap();
    let gone = ours.insert(&table, 2, both("2", "2")).unwrap();
    let field = table.fields[1].clone();
    ours.write(|unit| unit.entities().delete_field(&table, &field, start())).unwrap();

    let without = ours.table(1);
    assert_eq!(ours.find(&without, made.id).unwrap().values, values(&table, &[("a", text("1"))]));
    let changed = ours.change(&without, &made, &values(&table, &[("a", text("new"))])).unwrap();
    let gone = ours.find(&without, gone.id).unwrap();
    ours.delete(&without, &gone).unwrap();
    ours.restore(&without, gone.id).unwrap();
    ours.insert(&without, 3, values(&table, &[("a", text("3"))])).unwrap();
    ours.write(|unit| unit.entities().restore_field(&without, field.id, start())).unwrap();

    let back = ours.find(&table, made.id).unwrap();
    assert_eq!((back.revision, &back.values), (changed.revision, &both("new", "1.50")));
    assert_eq!(back.values.values().last().unwrap().to_string(), "1.50");
    assert_eq!(ours.find(&table, gone.id).unwrap().values, both("2", "2"));
    assert!(taken(&ours.insert(&table, 4, values(&table, &[("b", number("2.0"))]))));
    let kept = ours.revisions(&table, made.id).pop().unwrap();
    assert_eq!(kept.values, both("1", "1.50"));
}

pub(crate) fn a_field_whose_values_are_taken_by_now_stays_in_the_trash(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let ours = Tables::new(&world, "BCP");
    ours.define(1, "campaign", &[]);
    let field = ours.define_field(1, 10, &unique_field("a", FieldType::Text)).unwrap();
    let table = ours.table(1);
    let with = values(&table, &[("a", text("x"))]);
    let first = ours.insert(&table, 1, with.clone()).unwrap();
    ours.delete(&table, &first).unwrap();
    ours.insert(&table, 2, with).unwrap();
    ours.write(|unit| unit.entities().delete_field(&table, &field, start())).unwrap();
    ours.restore(&ours.table(1), first.id).unwrap();
    let table = ours.table(1);
    assert!(taken(&ours.write(|unit| unit.entities().restore_field(&table, field.id, start()))));
    assert_eq!(ours.read(|view| view.entities().field_trash(entity_id(1), start())).len(), 1);
}

pub(crate) fn what_is_damaged_is_told_by_its_column(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let ours = Tables::new(&world, "BCP");
    let table = ours.define(1, "campaign", &[("a", FieldType::Number)]);
    let made = ours.insert(&table, 1, values(&table, &[("a", number("1"))])).unwrap();
    let changed = ours.change(&table, &made, &Values::new()).unwrap();
    for damaged in ["{", "[]", "{\"1\":1}", "{\"1\":\"x\"}"] {
        fixture.execute(&format!("UPDATE records SET content = '{damaged}'"));
        let found = world.database.store().query(&ours.scope, |view| view.records().find(&table, made.id));
        let Err(AppError::Internal { source, .. }) = found else { panic!("{damaged}: {found:?}") };
        assert!(source.to_string().contains("records.content"), "{source}");
    }
    fixture.execute("UPDATE records SET content = '{}'; UPDATE record_revisions SET content = 'x'");
    let revisions =
        world.database.store().query(&ours.scope, |view| view.records().revisions(&table, changed.id, &ALL));
    assert!(revisions.is_err_and(|error| format!("{error:?}").contains("record_revisions.content")));
    fixture.execute("UPDATE entity_fields SET rules = '{\"min\":true}'");
    let found = world.database.store().query(&ours.scope, |view| view.entities().find(entity_id(1)));
    assert!(found.is_err_and(|error| format!("{error:?}").contains("entity_fields.rules")));
}

pub(crate) fn records_are_found_by_their_unique_values(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let (ours, theirs) = (Tables::new(&world, "BCP"), Tables::new(&world, "BBVA"));
    let define = |tables: &Tables<'_>| {
        tables.define(1, "campaign", &[]);
        tables.define_field(1, 10, &unique_field("codigo", FieldType::Text)).unwrap();
        tables.define_field(1, 11, &unique_field("numero", FieldType::Number)).unwrap();
        tables.table(1)
    };
    let table = define(&ours);
    define(&theirs);
    let held = |code: &str, digits: &str| values(&table, &[("codigo", text(code)), ("numero", number(digits))]);
    let one = ours.insert(&table, 1, held("Lima", "1.50")).unwrap();
    let two = ours.insert(&table, 2, held("lima", "2")).unwrap();
    let gone = ours.insert(&table, 3, held("Cusco", "3")).unwrap();
    ours.delete(&table, &gone).unwrap();

    let with = |tables: &Tables<'_>, field: &str, values: &[Value]| {
        let field = table.field_named(field).unwrap();
        let mut found = tables.read(|view| view.records().with_unique(&table, field, values));
        found.sort_by_key(|record| record.id);
        found
    };
    assert_eq!(with(&ours, "codigo", &[text("Lima")]), slice::from_ref(&one));
    let asked = [text("lima"), text("Cusco"), text("LIMA"), text("Lima"), text("Lima")];
    assert_eq!(with(&ours, "codigo", &asked), [one.clone(), two.clone()]);
    assert_eq!(with(&ours, "numero", &[number("1.5"), number("3")]), slice::from_ref(&one));
    assert!(with(&ours, "numero", &[]).is_empty());
    assert!(with(&theirs, "codigo", &[text("Lima")]).is_empty());
    let found = |tables: &Tables<'_>| {
        let ids = [two.id, record_id(9), gone.id, one.id];
        let mut found = tables.read(|view| view.records().find_all(&table, &ids));
        found.sort_by_key(|record| record.id);
        found
    };
    assert_eq!(found(&ours), [one.clone(), two.clone()]);
    assert!(found(&theirs).is_empty());
}

pub(crate) fn many_records_change_and_go_together_or_not_at_all(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let ours = Tables::new(&world, "BCP");
    ours.define(1, "campaign", &[("a", FieldType::Text), ("b", FieldType::Integer)]);
    ours.define_field(1, 10, &unique_field("codigo", FieldType::Text)).unwrap();
    let table = ours.table(1);
    let held = |a: &str, code: &str| values(&table, &[("a", text(a)), ("codigo", text(code))]);
    let made: Vec<_> = ["x", "y", "z"]
        .iter()
        .zip(1..)
        .map(|(code, id)| ours.insert(&table, id, held("viejo", code)).unwrap())
        .collect();
    let change_all = |changes: &[(Record, Values)]| {
        ours.write(|unit| unit.records().change_all(&table, changes, &writing(RevisionKind::Changed, 1)))
    };
    // Two exchange their values, and a field that only one of them changes is still that of the other.
    let new = [held("viejo", "y"), held("nuevo", "x")];
    let changes: Vec<_> = made.iter().cloned().zip(new.clone()).collect();
    let now = change_all(&changes).unwrap();
    assert_eq!(
        now.iter().map(|record| (record.revision, &record.values)).collect::<Vec<_>>(),
        [(2, &new[0]), (2, &new[1])]
    );
    let by = |field: &str, value: Value| {
        let number = table.field_named(field).unwrap().number;
        let filter = Filter::Field(number, Test::OneOf(vec![value]));
        ours.list(&table, &RecordQuery { filter, ..RecordQuery::everything() })
    };
    assert_eq!((by("a", text("viejo")), by("a", text("nuevo"))), (vec![made[2].id, made[0].id], vec![made[1].id]));
    assert_eq!((by("codigo", text("x")), by("codigo", text("y"))), (vec![made[1].id], vec![made[0].id]));
    let kinds = |id| {
        let revisions = ours.read(|view| view.records().revisions(&table, id, &ALL)).unwrap().items;
        revisions.iter().map(|revision| revision.number).collect::<Vec<_>>()
    };
    assert_eq!((kinds(made[0].id), kinds(made[1].id)), (vec![2, 1], vec![2, 1]));

    // One that now since, and a value that another has, keep all from happening.
    let late = [(now[0].clone(), held("tarde", "w")), (made[1].clone(), held("tarde", "v"))];
    assert!(matches!(change_all(&late), Err(AppError::PreconditionFailed)));
    let taken_by_another = [(now[0].clone(), held("tarde", "w")), (now[1].clone(), held("tarde", "z"))];
    assert!(taken(&change_all(&taken_by_another)));
    assert_eq!(ours.find(&table, made[0].id), Some(now[0].clone()));
    assert!(change_all(&[]).unwrap().is_empty());

    let delete_all = |records: &[Record]| {
        ours.write(|unit| unit.records().delete_all(&table, records, &writing(RevisionKind::Deleted, 2)))
    };
    assert!(matches!(delete_all(&[now[0].clone(), made[1].clone()]), Err(AppError::PreconditionFailed)));
    assert_eq!(ours.list(&table, &RecordQuery::everything()).len(), 3);
    delete_all(&now).unwrap();
    assert_eq!(ours.list(&table, &RecordQuery::everything()), [made[2].id]);
    assert!(by("codigo", text("x")).is_empty() && by("a", text("nuevo")).is_empty());
    assert_eq!(kinds(made[0].id), [3, 2, 1]);
    assert_eq!(ours.restore(&table, made[1].id).unwrap().values, new[1]);
    assert_eq!(by("codigo", text("x")), [made[1].id]);
}

/// The database keeps the number of records: it is what a list of all of them holds, however they came and went.
pub(crate) fn the_number_of_records_is_kept_whoever_writes_at_once(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let (ours, theirs) = (Tables::new(&world, "BCP"), Tables::new(&world, "BBVA"));
    let (table, other) = (ours.define(1, "campaign", &[]), ours.define(2, "event", &[]));
    let foreign = theirs.define(1, "campaign", &[]);
    let number = |of: &Tables<'_>, table: &Table| {
        let total = of.read(|view| view.records().count(table, &RecordQuery::everything()));
        assert!(total.exact);
        total.count
    };
    assert_eq!(number(&ours, &table), 0);
    ours.insert(&other, 1, Values::new()).unwrap();
    theirs.insert(&foreign, 1, Values::new()).unwrap();
    // Two processes, each of which lets one writer of a company in at a time; and enough for the parts of the number to
    // be put together meanwhile, which one in fifty writers does.
    let other_process = World::opened(fixture);
    let beside = Tables { world: &other_process, scope: ours.scope };
    thread::scope(|scope| {
        for writer in 0..4 {
            let (ours, table) = (if writer % 2 == 0 { &ours } else { &beside }, &table);
            scope.spawn(move || {
                for id in (1..=40).map(|id| writer * 1_000 + id) {
                    let record = ours.insert(table, id, Values::new()).unwrap();
                    if id % 4 == 0 {
                        ours.delete(table, &record).unwrap();
                    }
                    if id % 8 == 0 {
                        ours.restore(table, record.id).unwrap();
                    }
                    let undone = ours.write(|unit| {
                        let new = [(record_id(writer * 1_000 + 500), Values::new())];
                        unit.records().insert(table, &new, &writing(RevisionKind::Created, 0))?;
                        Err::<(), _>(AppError::PreconditionFailed)
                    });
                    assert!(undone.is_err());
                }
            });
        }
    });
    assert_eq!(number(&ours, &table), 4 * (40 - 5));
    assert_eq!(ours.list(&table, &RecordQuery::everything()).len(), 4 * (40 - 5));
    assert_eq!((number(&ours, &other), number(&theirs, &foreign)), (1, 1));

    // The migration counts what was there before it.
    let setup = world.database.setup();
    while setup.migrate_down().unwrap().is_some_and(|name| name != "0032_record_counts") {}
    setup.migrate_up().unwrap();
    assert_eq!((number(&ours, &table), number(&ours, &other), number(&theirs, &foreign)), (4 * (40 - 5), 1, 1));
}

pub(crate) fn equal_values_of_a_field_are_found(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let (ours, theirs) = (Tables::new(&world, "BCP"), Tables::new(&world, "BBVA"));
    let table = ours.define(1, "campaign", &[("gasto", FieldType::Number), ("nombre", FieldType::Text)]);
    let repeated = |limit| ours.read(|view| view.records().repeated(table.entity.id, table.fields[0].number, limit));
    let spend = |id: u128, text: &str| {
        let values = values(&table, &[("gasto", number(text)), ("nombre", Value::Text("x".to_owned()))]);
        ours.insert(&table, id, values).unwrap()
    };
    for (id, text) in [(1, "1.5"), (2, "2"), (3, "1.50"), (4, "3"), (5, "0"), (6, "-0.0"), (7, "1.500")] {
        spend(id, text);
    }
    ours.insert(&table, 8, Values::new()).unwrap();
    ours.insert(&table, 9, Values::new()).unwrap();
    let found = |limit| {
        let Listed { items, total } = repeated(limit);
        (items, total)
    };
    assert_eq!(found(10), ([5, 6, 1, 3, 7].map(record_id).into(), 5));
    assert_eq!(found(3), ([5, 6, 1].map(record_id).into(), 5));
    // Texts that sort alike are not the same, and neither are long ones that begin alike.
    let long = |end: &str| format!("{}{end}", "a".repeat(300));
    let texts = ["Lima", "lima", "Lima", "LIMA", "Cusco", &long("b"), &long("c"), &long("b")];
    for (id, text) in (20..).zip(texts) {
        let values = values(&table, &[("nombre", Value::Text(text.to_owned()))]);
        let _ = ours.insert(&table, id, values).unwrap();
    }
    let names = |limit| ours.read(|view| view.records().repeated(table.entity.id, table.fields[1].number, limit));
    let Listed { items, total } = names(20);
    // Seven records have the name `x`.
    assert_eq!((items[..4].to_vec(), total), ([25, 27, 20, 22].map(record_id).into(), 11));
    assert_eq!(names(2).items, [25, 27].map(record_id));
    let other = theirs.define(1, "campaign", &[("gasto", FieldType::Number)]);
    let none = theirs.read(|view| view.records().repeated(other.entity.id, other.fields[0].number, 10));
    assert_eq!((none.items.len(), none.total), (0, 0));
}
