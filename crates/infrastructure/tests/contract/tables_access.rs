//! Whose records a table shows, and values that are unique together.

use atalaya_application::AppError;
use atalaya_application::error::{Conflict, Resource};
use atalaya_application::ports::tables::{RecordSlice, Writing};
use atalaya_domain::access::Role;
use atalaya_domain::audit::AuditActor;
use atalaya_domain::id::{RecordId, UserId};
use atalaya_domain::tables::{
    Entity, FieldType, Opener, Record, RecordQuery, RevisionKind, Sort, SortBy, Table, TableAccess, UniqueSet,
    UserLevel, Value, Values,
};
use atalaya_domain::user::Username;

use super::support::*;
use super::tables_support::*;

const ANA: UserId = UserId::new(7);
const EVA: UserId = UserId::new(8);

fn by(user: UserId, kind: RevisionKind) -> Writing {
    let mut writing = writing(kind, 0);
    writing.by.actor = AuditActor::User { id: user, name: Username::parse("eva").unwrap() };
    writing
}

fn change(ours: &Tables<'_>, table: &Table, entity: &Entity) -> Result<(), AppError> {
    ours.write(|unit| unit.entities().change(table, entity))
}

fn with_user(table: &Table, user: UserLevel) -> Entity {
    Entity { access: TableAccess { user, ..TableAccess::default() }, ..table.entity.clone() }
}

/// The table as a user has it.
fn seen_by(ours: &Tables<'_>, user: UserId) -> Table {
    ours.table(1).opened_by(Opener::Person(user, Role::User)).unwrap()
}

fn slice(limit: u32) -> RecordSlice {
    RecordSlice { offset: 0, limit }
}

/// Everything that a table shows of a record, each way to it.
fn ways(ours: &Tables<'_>, table: &Table, record: &Record) -> Vec<bool> {
    let a = table.field_named("a").unwrap();
    let has = |records: &[Record]| records.iter().any(|found| found.id == record.id);
    let by_field =
        RecordQuery { sort: vec![Sort { by: SortBy::Field(a.number), descending: true }], ..RecordQuery::everything() };
    let value = record.values[&a.number].clone();
    ours.read(|view| {
        let records = view.records();
        let mut shown = vec![
            records.find(table, record.id)?.is_some(),
            has(&records.find_all(table, &[record.id])?),
            has(&records.with_unique(table, a, std::slice::from_ref(&value))?),
            !records.existing(table, &[record.id])?.is_empty(),
            records.revisions(table, record.id, &slice(9))?.is_some(),
            records.revision(table, record.id, 1)?.is_some(),
            !records.find_in(&[(table, vec![record.id])])?.is_empty(),
        ];
        for query in [RecordQuery::everything(), by_field.clone()] {
            shown.push(has(&records.list(table, &query, &slice(9))?));
            let page = records.walk(table, &query, &atalaya_application::page::PageRequest::new(None, 100))?;
            shown.push(has(&page.items));
            // Behind a record that comes before it, whoever may see that one.
            let before =
                Record { id: record_id(99), values: values(table, &[("a", Value::Integer(99))]), ..record.clone() };
            let mark = records.mark(table, &query, &before, 0);
            shown.push(has(&records.list_behind(table, &query, &mark, 9)?));
        }
        Ok(shown)
    })
}

pub(crate) fn records_of_others_are_not_there_where_one_has_ones_own(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let ours = Tables::new(&world, "BCP");
    ours.define(1, "campaign", &[]);
    ours.define_field(1, 11, &unique_field("a", FieldType::Integer)).unwrap();
    let table = ours.table(1);
    let held = |number| values(&table, &[("a", Value::Integer(number))]);
    let make = |table: &Table, id: u128, user: UserId| {
        let new = [(record_id(id), held(i64::try_from(id).unwrap()))];
        ours.write(|unit| unit.records().insert(table, &new, &by(user, RevisionKind::Created))).unwrap().remove(0)
    };
    // One before the rule and one after it.
    let mut of_ana = vec![make(&table, 1, ANA)];
    let mut of_eva = vec![make(&table, 2, EVA)];
    change(&ours, &table, &with_user(&table, UserLevel::Own)).unwrap();
    let table = ours.table(1);
    of_ana.push(make(&seen_by(&ours, ANA), 3, ANA));
    of_eva.push(make(&seen_by(&ours, EVA), 4, EVA));

    let of_ana_only = seen_by(&ours, ANA);
    for record in &of_ana {
        assert!(ways(&ours, &of_ana_only, record).into_iter().all(|is_shown| is_shown));
    }
    for record in &of_eva {
        assert!(!ways(&ours, &of_ana_only, record).into_iter().any(|is_shown| is_shown));
        assert!(ways(&ours, &table, record).into_iter().all(|is_shown| is_shown));
    }
    let total = ours.read(|view| view.records().count(&of_ana_only, &RecordQuery::everything()));
    assert_eq!(total.count, 2);

    // In the trash, too, and back.
    let deleting = by(EVA, RevisionKind::Deleted);
    for record in [&of_ana[1], &of_eva[1]] {
        ours.write(|unit| unit.records().delete(&table, record, &deleting)).unwrap();
    }
    let trash = |table: &Table| {
        let found = ours.read(|view| view.records().trash(table, start(), &slice(9)));
        (found.total, found.items.into_iter().map(|trashed| trashed.item.id).collect::<Vec<RecordId>>())
    };
    assert_eq!(trash(&of_ana_only), (1, vec![of_ana[1].id]));
    assert_eq!(trash(&table).0, 2);
    let trashed = |id| ours.read(|view| view.records().trashed(&of_ana_only, id, start()));
    assert!(trashed(of_eva[1].id).is_none() && trashed(of_ana[1].id).is_some());
    let restore = |id| ours.write(|unit| unit.records().restore(&of_ana_only, id, &by(ANA, RevisionKind::Restored)));
    assert!(matches!(restore(of_eva[1].id), Err(AppError::NotFound(Resource::Record))));
    restore(of_ana[1].id).unwrap();
    assert_eq!(ours.list(&of_ana_only, &RecordQuery::everything()), [of_ana[1].id, of_ana[0].id]);

    // Where users see everything again, the same records are there for them.
    change(&ours, &table, &with_user(&table, UserLevel::Read)).unwrap();
    assert_eq!(ours.list(&seen_by(&ours, ANA), &RecordQuery::everything()).len(), 3);
}

pub(crate) fn a_table_that_nobody_opened_shows_nothing(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let ours = Tables::new(&world, "BCP");
    ours.define(1, "campaign", &[]);
    ours.define_field(1, 11, &unique_field("a", FieldType::Integer)).unwrap();
    let table = ours.table(1);
    let record = ours.insert(&table, 1, values(&table, &[("a", Value::Integer(1))])).unwrap();
    let unopened = ours.read(|view| view.entities().find(entity_id(1))).unwrap();
    assert!(!ways(&ours, &unopened, &record).into_iter().any(|is_shown| is_shown));
    assert_eq!(ours.read(|view| view.records().count(&unopened, &RecordQuery::everything())).count, 0);
    ours.delete(&table, &record).unwrap();
    assert_eq!(ours.read(|view| view.records().trash(&unopened, start(), &slice(9))).total, 0);
}

/// The table, and its fields `a` and `b` unique together.
fn together(ours: &Tables<'_>, table: &Table) -> Result<Table, AppError> {
    let fields = ["a", "b"].map(|name| table.field_named(name).unwrap().number).to_vec();
    let entity = Entity { unique_together: vec![UniqueSet { number: 1, fields }], ..table.entity.clone() };
    change(ours, table, &entity)?;
    Ok(ours.table(1))
}

fn is_taken<T>(result: &Result<T, AppError>) -> bool {
    matches!(result, Err(AppError::Conflict(Conflict::ValueTaken)))
}

pub(crate) fn values_are_unique_together(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let ours = Tables::new(&world, "BCP");
    let table = ours.define(1, "campaign", &[("a", FieldType::Text), ("b", FieldType::Number)]);
    let held = |a: &str, b: &str| values(&table, &[("a", text(a)), ("b", number(b))]);
    let first = ours.insert(&table, 1, held("x", "1")).unwrap();
    let second = ours.insert(&table, 2, held("x", "1.0")).unwrap();
    ours.insert(&table, 3, values(&table, &[("a", text("x"))])).unwrap();
    let set = UniqueSet { number: 1, fields: table.fields.iter().map(|field| field.number).collect() };
    let repeated = ours.read(|view| view.records().repeated_together(&table, &set, 1));
    assert_eq!((repeated.total, repeated.items.len()), (2, 1));
    assert!(is_taken(&together(&ours, &table)));

    let second = ours.change(&table, &second, &held("X", "1")).unwrap();
    let table = together(&ours, &table).unwrap();
    assert!(is_taken(&ours.insert(&table, 4, held("x", "1.00"))), "the same number");
    assert!(is_taken(&ours.change(&table, &second, &held("x", "1"))));
    // What lacks one of the values is not compared, and either value alone may come again.
    ours.insert(&table, 5, values(&table, &[("a", text("x"))])).unwrap();
    let other = ours.insert(&table, 6, held("x", "2")).unwrap();
    assert!(is_taken(&ours.change(&table, &other, &held("x", "1"))));
    // What is in the trash takes no place, and comes back where it is free.
    ours.delete(&table, &first).unwrap();
    let other = ours.change(&table, &other, &held("x", "1")).unwrap();
    assert!(is_taken(&ours.restore(&table, first.id)));
    ours.change(&table, &other, &Values::new()).unwrap();
    ours.restore(&table, first.id).unwrap();
    // Without the rule everything may be there again.
    change(&ours, &table, &Entity { unique_together: Vec::new(), ..table.entity.clone() }).unwrap();
    ours.insert(&ours.table(1), 7, held("x", "1")).unwrap();
}

pub(crate) fn of_writers_at_once_one_gets_values_that_are_unique_together(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let ours = Tables::new(&world, "BCP");
    let table = ours.define(1, "campaign", &[("a", FieldType::Text), ("b", FieldType::Number)]);
    let table = together(&ours, &table).unwrap();
    let held = values(&table, &[("a", text("x")), ("b", number("1"))]);
    let made = std::thread::scope(|scope| {
        let writers: Vec<_> = (1..=8)
            .map(|id| {
                let (ours, table, held) = (&ours, &table, held.clone());
                scope.spawn(move || ours.insert(table, id, held).is_ok())
            })
            .collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).filter(|is_made| *is_made).count()
    });
    assert_eq!(made, 1);
}
