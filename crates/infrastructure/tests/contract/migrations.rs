//! Migrations, and opening what is there.

use atalaya_application::AppError;
use atalaya_domain::access::Role;
use atalaya_domain::id::CompanyId;
use atalaya_domain::user::User;

use super::support::*;

pub(crate) fn up_down_and_up_again_give_the_same_schema(fixture: &dyn Fixture) {
    let world = World::opened(fixture);
    let known = world.database.setup().migrations().unwrap();
    assert!(known.iter().all(|migration| !migration.applied));
    let empty = fixture.schema();

    let names: Vec<String> = known.into_iter().map(|migration| migration.name).collect();
    assert_eq!(world.database.setup().migrate_up().unwrap(), names);
    assert!(world.database.setup().migrations().unwrap().iter().all(|migration| migration.applied));
    let first = fixture.schema();
    assert!(first.len() > empty.len() + names.len());
    assert!(world.database.setup().migrate_up().unwrap().is_empty());

    for name in names.iter().rev() {
        assert_eq!(world.database.setup().migrate_down().unwrap().as_ref(), Some(name));
    }
    assert_eq!(world.database.setup().migrate_down().unwrap(), None);
    assert_eq!(fixture.schema(), empty);

    world.database.setup().migrate_up().unwrap();
    assert_eq!(fixture.schema(), first);
}

pub(crate) fn processes_that_start_at_once_migrate_once(fixture: &dyn Fixture) {
    let processes: Vec<World> = (0..4).map(|_| World::opened(fixture)).collect();
    let applied: Vec<usize> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            processes.iter().map(|world| scope.spawn(|| world.database.setup().migrate_up().unwrap().len())).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let all = processes[0].database.setup().migrations().unwrap().len();
    assert_eq!(applied.iter().sum::<usize>(), all, "{applied:?}");
}

pub(crate) fn an_existing_database_keeps_its_data(fixture: &dyn Fixture) {
    let company = World::new(fixture).company("BCP");
    let world = World::opened(fixture);
    world.database.ping().unwrap();
    assert!(world.database.setup().migrate_up().unwrap().is_empty());
    let find = |id| world.platform_read(|view| view.companies(&platform()).find(id)).unwrap();
    let found = find(company.company());
    assert_eq!(found.unwrap().name.as_str(), "BCP");
    assert_eq!(find(CompanyId::new(99)), None);
}

pub(crate) fn versions_from_before_answers_were_noted_count_as_answered(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    let account = world.account(&company, "bcp");
    let insert = || world.write(&company, |unit| unit.models().insert_active(&account, &model(b"bytes"))).unwrap();
    let deleted = insert();
    world.write(&company, |unit| unit.models().delete_all(&account, start())).unwrap();
    let kept = insert();
    while world.database.setup().migrate_down().unwrap().is_some_and(|name| name != "0012_model_versions") {}
    world.database.setup().migrate_up().unwrap();
    let runs = world.database.store().query(&company, |view| view.models().history(&account)).unwrap();
    let answered: Vec<_> = runs.iter().map(|run| (run.version, run.answered_at)).collect();
    assert_eq!(answered, [(kept.version, Some(kept.facts.trained_at.date_naive())), (deleted.version, None)]);
}

pub(crate) fn the_database_refuses_a_user_whose_role_contradicts_the_company(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    let superadmin = new_user("root", atalaya_domain::access::Role::Superadmin);
    let inside = world.write(&company, |unit| unit.users().insert(&superadmin, start()));
    assert!(matches!(inside, Err(AppError::Internal { .. })));
}

pub(crate) fn whoever_was_deleted_is_disabled_before_the_trash_is_forgotten(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    let user = world.user(&company, "vera", Role::Viewer);
    let kept = world.user(&company, "ana", Role::Admin);
    world.write(&company, |unit| unit.users().delete(&user, start())).unwrap();
    while world.database.setup().migrate_down().unwrap().unwrap() != "0033_account_and_user_trash" {}
    world.database.setup().migrate_up().unwrap();
    let active = |user: &User| {
        let store = world.database.store();
        store.query(&company, |view| view.users().find(user.id)).unwrap().unwrap().user.active
    };
    assert_eq!((active(&user), active(&kept)), (false, true));
}
