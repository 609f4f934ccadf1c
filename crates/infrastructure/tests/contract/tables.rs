//! What companies define: entity types and their fields.

use atalaya_application::AppError;
use atalaya_application::error::{Conflict, Resource};
use atalaya_domain::id::FieldId;
use atalaya_domain::tables::{
    Change, ChoiceColor, DisplayName, EntityChange, Field, FieldName, FieldNumber, FieldType, Json, Pattern,
    Presentation, Rules, Table, Value,
};
use chrono::TimeDelta;
use uuid::Uuid;

use super::support::*;
use super::tables_support::*;

fn names(table: &Table) -> Vec<&str> {
    table.fields.iter().map(|field| field.name.as_str()).collect()
}

pub(crate) fn an_entity_type_is_found_with_its_fields_in_their_order(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let ours = Tables::new(&world, "BCP");
    let later = start() + TimeDelta::microseconds(1);
    let campaign = ours.define(1, "Campaign", &[("nombre", FieldType::Text), ("gasto", FieldType::Number)]);
    ours.write(|unit| unit.entities().insert(entity_id(2), &new_entity("branch"), later)).unwrap();

    assert_eq!((campaign.entity.name.as_str(), campaign.entity.created_at), ("Campaign", start()));
    let fields: Vec<_> = campaign.fields.iter().map(|field| (field.number.get(), field.display_order)).collect();
    assert_eq!(fields, [(1, 1), (2, 2)]);
    let tables = ours.read(|view| view.entities().tables());
    assert_eq!(tables.iter().map(names).collect::<Vec<_>>(), [vec![], vec!["nombre", "gasto"]]);
    assert_eq!(tables[1].clone().opened_whole(), campaign);
    assert_eq!(
        ours.read(|view| view.entities().all()),
        tables.into_iter().map(|table| table.entity).collect::<Vec<_>>()
    );
    assert_eq!(ours.read(|view| view.entities().find(entity_id(3))), None);
}

pub(crate) fn a_name_of_an_entity_type_is_taken_until_it_is_in_the_trash(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let (ours, theirs) = (Tables::new(&world, "BCP"), Tables::new(&world, "BBVA"));
    let first = ours.define(1, "campaign", &[]).entity;
    let again = |id, name| ours.write(|unit| unit.entities().insert(entity_id(id), &new_entity(name), start()));
    assert!(matches!(again(2, "CAMPAIGN"), Err(AppError::Conflict(Conflict::EntityExists))));
    theirs.define(1, "campaign", &[]);

    ours.write(|unit| unit.entities().delete(&first, start())).unwrap();
    assert_eq!(ours.read(|view| view.entities().find(first.id)), None);
    let trash = ours.read(|view| view.entities().trash(start()));
    assert_eq!(
        trash.iter().map(|trashed| (&trashed.item, trashed.deleted_at)).collect::<Vec<_>>(),
        [(&first, start())]
    );
    let second = again(2, "Campaign").unwrap();
    let restore = || ours.write(|unit| unit.entities().restore(first.id, start()));
    assert!(matches!(restore(), Err(AppError::Conflict(Conflict::EntityExists))));
    ours.write(|unit| unit.entities().delete(&second, start() + TimeDelta::seconds(1))).unwrap();
    let trash = ours.read(|view| view.entities().trash(start()));
    assert_eq!(trash.iter().map(|trashed| trashed.item.id).collect::<Vec<_>>(), [second.id, first.id]);
    assert_eq!(restore().unwrap(), first);
    assert!(matches!(restore(), Err(AppError::NotFound(Resource::Entity))));
    assert!(ours.read(|view| view.entities().find(first.id)).is_some());
}

pub(crate) fn what_people_read_of_an_entity_type_changes(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let ours = Tables::new(&world, "BCP");
    let mut table = ours.define(1, "campaign", &[]);
    let mut change = |display: Option<&str>, description: Change<String>| {
        let display_name = display.map(|text| DisplayName::parse(text).unwrap());
        let change = EntityChange { display_name, description, ..EntityChange::default() };
        let entity = change.apply(&table).unwrap();
        ours.write(|unit| unit.entities().change(&table, &entity)).unwrap();
        table = ours.table(1);
        assert_eq!(table.entity, entity);
        (entity.display_name.as_str().to_owned(), entity.description.clone())
    };
    let described = Some("de marca".to_owned());
    assert_eq!(change(Some("Campaña"), Change::Keep), ("Campaña".to_owned(), None));
    assert_eq!(change(None, Change::Set("de marca".to_owned())), ("Campaña".to_owned(), described.clone()));
    assert_eq!(change(Some("Otra"), Change::Keep), ("Otra".to_owned(), described));
    assert_eq!(change(None, Change::Clear), ("Otra".to_owned(), None));
}

pub(crate) fn a_field_is_kept_with_all_its_rules(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let ours = Tables::new(&world, "BCP");
    ours.define(1, "campaign", &[("nombre", FieldType::Text)]);
    let rules = |min, max, default| Rules { min, max, default, ..Rules::default() };
    let mut defined = vec![relation("padre", 1, "nombre")];
    let bounds = rules(Some(number("-0.50")), Some(number("1000000000000000000000.5")), Some(number("1.50")));
    defined.push(atalaya_domain::tables::NewField { rules: bounds, ..new_field("gasto", FieldType::Number) });
    let bounds = rules(Some(day("0001-01-01")), None, Some(day("9999-12-31")));
    defined.push(atalaya_domain::tables::NewField { rules: bounds, ..new_field("dia", FieldType::Date) });
    let bounds = rules(Some(instant("2026-05-03T10:00:00.000001Z")), None, None);
    defined.push(atalaya_domain::tables::NewField { rules: bounds, ..new_field("inicio", FieldType::DateTime) });
    let bounds = rules(Some(Value::Integer(-(1 << 53))), None, None);
    defined.push(atalaya_domain::tables::NewField { rules: bounds, ..new_field("veces", FieldType::Integer) });
    let default = rules(None, None, Some(Value::Boolean(false)));
    defined.push(atalaya_domain::tables::NewField { rules: default, ..new_field("activa", FieldType::Boolean) });
    let choices = vec!["abierta".to_owned(), "cerrada \"ya\"".to_owned()];
    let choice = Rules { choices, default: Some(Value::Choice("abierta".to_owned())), ..Rules::default() };
    let presentation = Presentation {
        description: Some("Cómo va".to_owned()),
        labels: [("abierta".to_owned(), DisplayName::parse("Abierta").unwrap())].into(),
        colors: [("abierta".to_owned(), ChoiceColor::Green)].into(),
    };
    let state = new_field("estado", FieldType::Choice);
    defined.push(atalaya_domain::tables::NewField { rules: choice, presentation, ..state });
    let default = rules(None, None, Some(Value::Json(Json::parse("{\"a\":1.50}").unwrap())));
    defined.push(atalaya_domain::tables::NewField { rules: default, ..new_field("detalle", FieldType::Json) });
    let rules = Rules { pattern: Some(Pattern::parse("[A-Z]{2}").unwrap()), unique: true, ..Rules::default() };
    let code = new_field("código; DROP TABLE x", FieldType::Text);
    defined.push(atalaya_domain::tables::NewField { rules, required: true, max_length: Some(2), ..code });

    let fields: Vec<Field> = (10..).zip(&defined).map(|(id, field)| ours.define_field(1, id, field).unwrap()).collect();
    let table = ours.table(1);
    assert_eq!(table.fields[1..], fields);
    for (field, new) in fields.iter().zip(&defined) {
        assert_eq!((&field.rules, &field.presentation, field.kind), (&new.rules, &new.presentation, new.kind));
        let target = field.target.as_ref().map(|target| (target.entity, target.display_name.clone()));
        assert_eq!(target, new.target.as_ref().map(|target| (target.entity, Some(target.display_field.clone()))));
        assert_eq!((field.required, field.max_length), (new.required, new.max_length));
    }
}

pub(crate) fn a_field_gets_a_number_that_none_had(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let ours = Tables::new(&world, "BCP");
    let table = ours.define(1, "campaign", &[("a", FieldType::Text), ("b", FieldType::Text)]);
    ours.write(|unit| unit.entities().delete_field(&table, &table.fields[1], start())).unwrap();
    let third = ours.define_field(1, 3, &new_field("b", FieldType::Number)).unwrap();
    assert_eq!((third.number.get(), third.display_order), (3, 2));
}

pub(crate) fn two_fields_of_an_entity_type_have_different_names(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let ours = Tables::new(&world, "BCP");
    let table = ours.define(1, "campaign", &[("Nombre Largo", FieldType::Text), ("b", FieldType::Text)]);
    ours.define(2, "branch", &[("nombre_largo", FieldType::Text)]);
    let again = ours.define_field(1, 9, &new_field("nombre_largo", FieldType::Text));
    assert!(matches!(again, Err(AppError::Conflict(Conflict::FieldExists))));
    let renamed = Field { name: FieldName::parse("NOMBRE_LARGO").unwrap(), ..table.fields[1].clone() };
    let taken = ours.write(|unit| unit.entities().change_field(&table, &renamed));
    assert!(matches!(taken, Err(AppError::Conflict(Conflict::FieldExists))));
    assert_eq!(names(&ours.table(1)), ["Nombre Largo", "b"]);
}

pub(crate) fn a_field_changes_in_all_but_what_its_values_are(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let ours = Tables::new(&world, "BCP");
    let table = ours.define(1, "campaign", &[("a", FieldType::Text), ("b", FieldType::Text)]);
    let field = Field {
        name: FieldName::parse("c").unwrap(),
        display_name: DisplayName::parse("Ce").unwrap(),
        required: true,
        max_length: Some(9),
        display_order: 7,
        rules: Rules { pattern: Some(Pattern::parse("x+").unwrap()), ..Rules::default() },
        ..table.fields[0].clone()
    };
    ours.write(|unit| unit.entities().change_field(&table, &field)).unwrap();
    assert_eq!(ours.table(1).fields, [table.fields[1].clone(), field.clone()]);
    let plain = Field { max_length: None, rules: Rules::default(), ..field };
    ours.write(|unit| unit.entities().change_field(&table, &plain)).unwrap();
    assert_eq!(ours.table(1).fields[1], plain);
}

pub(crate) fn a_field_comes_back_from_the_trash_unless_its_name_is_taken(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let ours = Tables::new(&world, "BCP");
    let table = ours.define(1, "campaign", &[("a", FieldType::Text), ("b", FieldType::Text)]);
    let (a, b) = (table.fields[0].clone(), table.fields[1].clone());
    ours.write(|unit| unit.entities().delete_field(&table, &a, start())).unwrap();
    ours.write(|unit| unit.entities().delete_field(&table, &b, start() + TimeDelta::seconds(1))).unwrap();
    assert!(ours.table(1).fields.is_empty());
    let trash = ours.read(|view| view.entities().field_trash(entity_id(1), start()));
    assert_eq!(trash.iter().map(|trashed| &trashed.item).collect::<Vec<_>>(), [&b, &a]);
    let again = ours.write(|unit| unit.entities().delete_field(&table, &a, start()));
    assert!(matches!(again, Err(AppError::NotFound(Resource::Field))));

    let other = ours.define_field(1, 9, &new_field("A", FieldType::Text)).unwrap();
    let restore = |id: FieldId| {
        let table = ours.table(1);
        ours.write(|unit| unit.entities().restore_field(&table, id, start()))
    };
    assert!(matches!(restore(a.id), Err(AppError::Conflict(Conflict::FieldExists))));
    assert_eq!(restore(b.id).unwrap(), b);
    ours.write(|unit| unit.entities().delete_field(&table, &other, start())).unwrap();
    ours.define_field(1, 10, &new_field("c", FieldType::Text)).unwrap();
    assert_eq!(restore(a.id).unwrap(), a);
    assert!(matches!(restore(a.id), Err(AppError::NotFound(Resource::Field))));
    assert!(matches!(restore(FieldId::new(Uuid::nil())), Err(AppError::NotFound(Resource::Field))));
    assert_eq!(names(&ours.table(1)), ["a", "b", "c"]);
}

pub(crate) fn a_field_that_comes_back_to_a_taken_place_comes_last(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let ours = Tables::new(&world, "BCP");
    let table = ours.define(1, "campaign", &[("a", FieldType::Text), ("b", FieldType::Text)]);
    let b = table.fields[1].clone();
    ours.write(|unit| unit.entities().delete_field(&table, &b, start())).unwrap();
    ours.define_field(1, 9, &new_field("c", FieldType::Text)).unwrap();
    let table = ours.table(1);
    let back = ours.write(|unit| unit.entities().restore_field(&table, b.id, start())).unwrap();
    assert_eq!((back.display_order, back.number), (3, FieldNumber::new(2)));
    assert_eq!(names(&ours.table(1)), ["a", "c", "b"]);
}

pub(crate) fn relations_are_told_while_neither_end_is_in_the_trash(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let ours = Tables::new(&world, "BCP");
    ours.define(1, "branch", &[("nombre", FieldType::Text)]);
    ours.define(2, "campaign", &[("nombre", FieldType::Text)]);
    let field = ours.define_field(2, 50, &relation("sucursal", 1, "nombre")).unwrap();
    let own = ours.define_field(1, 51, &relation("matriz", 1, "nombre")).unwrap();
    let told = |id| -> Vec<FieldId> {
        let relationships = ours.read(|view| view.entities().relationships(entity_id(id)));
        relationships.into_iter().map(|relationship| relationship.field).collect()
    };
    assert_eq!((told(1), told(2)), (vec![own.id, field.id], vec![field.id]));
    let relationship = ours.read(|view| view.entities().relationships(entity_id(2))).pop().unwrap();
    assert_eq!((relationship.source, Some(&relationship.target)), (entity_id(2), field.target.as_ref()));

    let (branch, campaign) = (ours.table(1), ours.table(2));
    ours.write(|unit| unit.entities().delete_field(&branch, &own, start())).unwrap();
    assert_eq!(told(1), [field.id]);
    ours.write(|unit| unit.entities().delete(&campaign.entity, start())).unwrap();
    assert_eq!((told(1), told(2)), (vec![], vec![]));
    ours.write(|unit| unit.entities().restore(campaign.entity.id, start())).unwrap();
    ours.write(|unit| unit.entities().delete(&branch.entity, start())).unwrap();
    assert_eq!((told(1), told(2)), (vec![], vec![]));
    assert_eq!(ours.table(2).fields.len(), 2, "the field itself stays");
}
