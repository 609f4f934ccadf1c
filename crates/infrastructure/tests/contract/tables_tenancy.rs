//! Tables of another company: nobody sees them, changes them or points to them.

use atalaya_application::AppError;
use atalaya_application::error::Resource;
use atalaya_application::ports::tables::Total;
use atalaya_domain::id::FieldId;
use atalaya_domain::tables::{
    FieldType, Filter, Record, RecordQuery, RevisionKind, Sort, SortBy, Table, Test, UniqueSet, Value, Values,
};
use uuid::Uuid;

use super::support::*;
use super::tables_support::*;

/// What a company has: a table with a field and a record in the trash, one record that is not, and another table that
/// points to the first.
struct Owned {
    table: Table,
    pointing: Table,
    record: Record,
    trashed: Record,
    in_trash: FieldId,
}

fn owned(ours: &Tables<'_>) -> Owned {
    ours.define(1, "campaign", &[("nombre", FieldType::Text), ("viejo", FieldType::Text)]);
    ours.define_field(1, 10, &unique_field("codigo", FieldType::Text)).unwrap();
    let table = ours.table(1);
    let old = table.field_named("viejo").unwrap().clone();
    ours.write(|unit| unit.entities().delete_field(&table, &old, start())).unwrap();
    let table = ours.table(1);
    let held = |code| values(&table, &[("nombre", text("Lima")), ("codigo", text(code))]);
    let record = ours.insert(&table, 1, held("a")).unwrap();
    let trashed = ours.insert(&table, 2, held("b")).unwrap();
    ours.delete(&table, &trashed).unwrap();
    ours.define(2, "branch", &[]);
    ours.define_field(2, 20, &relation("campana", 1, "nombre")).unwrap();
    let pointing = ours.table(2);
    ours.insert(&pointing, 3, values(&pointing, &[("campana", Value::Relation(record.id))])).unwrap();
    Owned { table, pointing, record, trashed, in_trash: old.id }
}

pub(crate) fn another_companys_tables_are_invisible(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let (ours, theirs) = (Tables::new(&world, "BCP"), Tables::new(&world, "BBVA"));
    let Owned { table, pointing, record, trashed, .. } = owned(&ours);
    let name = table.fields[0].number;
    let by_name = vec![Sort { by: SortBy::Field(name), descending: false }];
    let queries = [
        RecordQuery::everything(),
        RecordQuery { sort: by_name.clone(), ..RecordQuery::everything() },
        RecordQuery { filter: Filter::Field(name, Test::OneOf(vec![text("Lima")])), words: vec![], sort: by_name },
        RecordQuery { filter: Filter::Field(name, Test::Missing), words: vec![], sort: vec![] },
        RecordQuery { filter: Filter::everything(), words: vec!["lima".to_owned()], sort: vec![] },
    ];
    theirs.read(|view| {
        assert!(view.entities().all()?.is_empty());
        assert!(view.entities().tables()?.is_empty());
        assert_eq!(view.entities().find(table.entity.id)?, None);
        assert!(view.entities().relationships(table.entity.id)?.is_empty());
        assert!(view.entities().trash(start())?.is_empty());
        assert!(view.entities().field_trash(table.entity.id, start())?.is_empty());
        assert_eq!(view.records().find(&table, record.id)?, None);
        for query in &queries {
            assert!(view.records().list(&table, query, &ALL)?.is_empty());
            assert_eq!(view.records().count(&table, query)?, Total { count: 0, exact: true });
        }
        assert!(view.records().existing(&table, &[record.id])?.is_empty());
        let set = UniqueSet { number: 1, fields: vec![table.fields[0].number] };
        assert_eq!(view.records().repeated_together(&table, &set, 9)?.total, 0);
        assert!(view.records().pointing(pointing.entity.id, &pointing.fields[0], record.id, 9)?.is_empty());
        assert_eq!(view.records().revisions(&table, record.id, &ALL)?, None);
        assert_eq!(view.records().revisions(&table, trashed.id, &ALL)?, None);
        assert_eq!(view.records().revision(&table, record.id, 1)?, None);
        assert_eq!(view.records().revision(&table, trashed.id, 1)?, None);
        assert_eq!(view.records().trash(&table, start(), &ALL)?.total, 0);
        assert!(view.records().trash(&table, start(), &ALL)?.items.is_empty());
        assert_eq!(view.records().trashed(&table, trashed.id, start())?, None);
        Ok(())
    });
}

fn not_found<T>(outcome: &Result<T, AppError>, what: Resource) -> bool {
    matches!(outcome, Err(AppError::NotFound(found)) if *found == what)
}

pub(crate) fn another_companys_tables_cannot_be_changed_or_pointed_to(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let (ours, theirs) = (Tables::new(&world, "BCP"), Tables::new(&world, "BBVA"));
    let Owned { table, pointing, record, trashed, in_trash } = owned(&ours);
    let entity = &table.entity;
    let gone = ours.define(3, "gone", &[]).entity;
    ours.write(|unit| unit.entities().delete(&gone, start())).unwrap();
    let before = ours.read(|view| {
        let listed = view.records().list(&table, &RecordQuery::everything(), &ALL)?;
        Ok((view.entities().tables()?, listed, view.records().trash(&table, start(), &ALL)?))
    });

    assert!(not_found(&theirs.write(|unit| unit.entities().change(&table, entity)), Resource::Entity));
    assert!(not_found(&theirs.write(|unit| unit.entities().delete(entity, start())), Resource::Entity));
    assert!(not_found(&theirs.write(|unit| unit.entities().restore(gone.id, start())), Resource::Entity));
    let field = new_field("x", FieldType::Text);
    let id = FieldId::new(Uuid::from_u128(99));
    let defined = theirs.write(|unit| unit.entities().insert_field(&table, id, &field, start()));
    assert!(not_found(&defined, Resource::Entity));
    let own = &table.fields[0];
    assert!(not_found(&theirs.write(|unit| unit.entities().change_field(&table, own)), Resource::Field));
    assert!(not_found(&theirs.write(|unit| unit.entities().delete_field(&table, own, start())), Resource::Field));
    assert!(not_found(&theirs.write(|unit| unit.entities().restore_field(&table, in_trash, start())), Resource::Field));
    let new = [(record_id(9), Values::new())];
    let inserted = theirs.write(|unit| unit.records().insert(&table, &new, &writing(RevisionKind::Created, 0)));
    assert!(inserted.is_err());
    assert!(matches!(theirs.change(&table, &record, &Values::new()), Err(AppError::PreconditionFailed)));
    assert!(matches!(theirs.delete(&table, &record), Err(AppError::PreconditionFailed)));
    assert!(not_found(&theirs.restore(&table, trashed.id), Resource::Record));
    theirs.define(7, "own", &[]);
    assert!(theirs.define_field(7, 70, &relation("x", 1, "nombre")).is_err(), "a relation to another company");

    let after = ours.read(|view| {
        let listed = view.records().list(&table, &RecordQuery::everything(), &ALL)?;
        Ok((view.entities().tables()?, listed, view.records().trash(&table, start(), &ALL)?))
    });
    assert_eq!(after, before);
    let found = ours.read(|view| view.records().pointing(pointing.entity.id, &pointing.fields[0], record.id, 9));
    assert_eq!(found, [record_id(3)]);
}

pub(crate) fn what_an_entity_type_holds_is_not_there_while_it_is_in_the_trash(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let ours = Tables::new(&world, "BCP");
    let Owned { table, pointing, record, .. } = owned(&ours);
    ours.write(|unit| unit.entities().delete(&table.entity, start())).unwrap();
    ours.write(|unit| unit.entities().delete(&pointing.entity, start())).unwrap();
    let exists = || ours.read(|view| view.records().existing(&table, &[record.id]));
    let points = || ours.read(|view| view.records().pointing(pointing.entity.id, &pointing.fields[0], record.id, 9));
    assert!(exists().is_empty() && points().is_empty());
    ours.write(|unit| unit.entities().restore(table.entity.id, start())).unwrap();
    ours.write(|unit| unit.entities().restore(pointing.entity.id, start())).unwrap();
    assert_eq!((exists(), points()), (vec![record.id], vec![record_id(3)]));
    assert_eq!(ours.find(&table, record.id), Some(record));
}
