//! Views of records: who sees them, and what becomes of them.

use atalaya_application::AppError;
use atalaya_application::error::Resource;
use atalaya_domain::access::Role;
use atalaya_domain::id::{UserId, ViewId};
use atalaya_domain::tables::{FieldType, View, ViewName};
use uuid::Uuid;

use super::support::*;
use super::tables_support::*;

fn view(id: u128, owner: UserId, name: &str, shared: bool) -> View {
    View {
        id: ViewId::new(Uuid::from_u128(id)),
        owner,
        name: ViewName::parse(name).unwrap(),
        shared,
        query: format!(r#"{{"q":"{name}"}}"#),
        created_at: start(),
        updated_at: start(),
    }
}

fn seen(ours: &Tables<'_>, reader: UserId) -> Vec<View> {
    ours.read(|read| read.views().seen_by(entity_id(1), reader))
}

fn keep(ours: &Tables<'_>, view: &View) {
    ours.write(|unit| unit.views().insert(entity_id(1), view)).unwrap();
}

pub(crate) fn a_view_is_kept_as_it_is_and_seen_by_whom_it_is_for(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let ours = Tables::new(&world, "BCP");
    ours.define(1, "campaign", &[("nombre", FieldType::Text)]);
    let (ana, eva) = (world.user(&ours.scope, "ana", Role::User).id, world.user(&ours.scope, "eva", Role::Viewer).id);
    let (own, shared, other) = (view(1, ana, "Ñandú", false), view(2, ana, "nacional", true), view(3, eva, "a", false));
    for view in [&own, &shared, &other] {
        keep(&ours, view);
    }
    assert_eq!(seen(&ours, ana), [shared.clone(), own.clone()]);
    assert_eq!(seen(&ours, eva), [other.clone(), shared.clone()]);
    assert_eq!(ours.read(|read| read.views().count_of(entity_id(1), ana)), 2);
    assert_eq!(ours.read(|read| read.views().find(entity_id(1), own.id)), Some(own.clone()));
    assert_eq!(ours.read(|read| read.views().find(entity_id(2), own.id)), None);

    let changed = View { name: ViewName::parse("b").unwrap(), shared: true, query: "{}".to_owned(), ..own };
    ours.write(|unit| unit.views().change(entity_id(1), &changed)).unwrap();
    assert_eq!(seen(&ours, eva), [other, changed.clone(), shared]);
    ours.write(|unit| unit.views().delete(entity_id(1), changed.id)).unwrap();
    let again = ours.write(|unit| unit.views().delete(entity_id(1), changed.id));
    assert!(matches!(again, Err(AppError::NotFound(Resource::View))));
    let again = ours.write(|unit| unit.views().change(entity_id(1), &changed));
    assert!(matches!(again, Err(AppError::NotFound(Resource::View))));
}

pub(crate) fn another_companys_views_are_invisible_and_cannot_be_changed(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let (ours, theirs) = (Tables::new(&world, "BCP"), Tables::new(&world, "BBVA"));
    ours.define(1, "campaign", &[]);
    let ana = world.user(&ours.scope, "ana", Role::User).id;
    let shared = view(1, ana, "a", true);
    keep(&ours, &shared);
    assert!(seen(&theirs, ana).is_empty());
    assert_eq!(theirs.read(|read| read.views().find(entity_id(1), shared.id)), None);
    assert_eq!(theirs.read(|read| read.views().count_of(entity_id(1), ana)), 0);
    let changed = View { shared: false, ..shared.clone() };
    assert!(theirs.write(|unit| unit.views().change(entity_id(1), &changed)).is_err());
    assert!(theirs.write(|unit| unit.views().delete(entity_id(1), shared.id)).is_err());
    // Neither of an entity type nor of a user of another company.
    assert!(theirs.write(|unit| unit.views().insert(entity_id(1), &view(2, ana, "b", true))).is_err());
    theirs.define(1, "campaign", &[]);
    assert!(theirs.write(|unit| unit.views().insert(entity_id(1), &view(2, ana, "b", true))).is_err());
    assert_eq!(seen(&ours, ana), [shared]);
}

pub(crate) fn views_go_with_their_entity_type_and_their_owner(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let ours = Tables::new(&world, "BCP");
    let table = ours.define(1, "campaign", &[]);
    let (ana, eva) = (world.user(&ours.scope, "ana", Role::User).id, world.user(&ours.scope, "eva", Role::User).id);
    keep(&ours, &view(1, ana, "a", true));
    keep(&ours, &view(2, eva, "b", true));
    // The program deletes no user; whoever does it at the database has not to look for views.
    fixture.execute(&format!("DELETE FROM users WHERE id = {}", ana.get()));
    assert_eq!(seen(&ours, eva).len(), 1);
    ours.write(|unit| unit.entities().delete(&table.entity, start())).unwrap();
    assert_eq!(ours.write(|unit| unit.trash().purge_entity(entity_id(1))).unwrap(), None);
    assert!(seen(&ours, eva).is_empty());
}
