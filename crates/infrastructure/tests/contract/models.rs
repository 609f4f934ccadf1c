//! Trained versions.

use atalaya_application::AppError;
use atalaya_domain::id::ModelVersion;

use super::support::*;

pub(crate) fn a_new_version_answers_in_place_of_the_last(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    let account = world.account(&company, "bcp");
    let first = world.write(&company, |unit| unit.models().insert_active(&account, &model(b"first"))).unwrap();
    let second = world.write(&company, |unit| unit.models().insert_active(&account, &model(b"second"))).unwrap();
    assert_eq!((first.version, second.version), (ModelVersion::new(1), ModelVersion::new(2)));
    assert_eq!(second.size_bytes, 12);

    let store = world.database.store();
    let active = store.query(&company, |view| view.models().active(&account)).unwrap().unwrap();
    assert_eq!((active.run, active.artifact.as_slice()), (second.clone(), b"second".as_slice()));
    let history = store.query(&company, |view| view.models().history(&account)).unwrap();
    assert_eq!(history.iter().map(|run| (run.version.get(), run.active)).collect::<Vec<_>>(), [(2, true), (1, false)]);
    let fitted = |version| store.query(&company, |view| view.models().fitted(&account, version)).unwrap();
    assert_eq!(fitted(first.version).as_deref(), Some(b"fitted".as_slice()));
    assert_eq!(fitted(ModelVersion::new(3)), None);
    assert!(world.summaries(&company)[0].has_model);
}

pub(crate) fn deleted_versions_leave_their_runs_and_their_numbers(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    let account = world.account(&company, "bcp");
    for _ in 0..2 {
        world.write(&company, |unit| unit.models().insert_active(&account, &model(b"bytes"))).unwrap();
    }
    let delete = || world.write(&company, |unit| unit.models().delete_all(&account, start())).unwrap();
    assert_eq!(delete(), [ModelVersion::new(1), ModelVersion::new(2)]);
    world.heard.take();
    assert!(delete().is_empty());
    assert!(world.heard.take().is_empty());

    let store = world.database.store();
    assert_eq!(store.query(&company, |view| view.models().active(&account)).unwrap(), None);
    assert_eq!(store.query(&company, |view| view.models().fitted(&account, ModelVersion::FIRST)).unwrap(), None);
    assert!(!world.summaries(&company)[0].has_model);
    let next = world.write(&company, |unit| unit.models().insert_active(&account, &model(b"bytes"))).unwrap();
    assert_eq!(next.version, ModelVersion::new(3));
    let history = store.query(&company, |view| view.models().history(&account)).unwrap();
    assert_eq!(history.iter().map(|run| run.deleted_at).collect::<Vec<_>>(), [None, Some(start()), Some(start())]);
}

pub(crate) fn a_damaged_artifact_is_not_served(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    let account = world.account(&company, "bcp");
    world.write(&company, |unit| unit.models().insert_active(&account, &model(b"bytes"))).unwrap();
    fixture.execute("UPDATE model_versions SET artifact = fitted");
    let active = world.database.store().query(&company, |view| view.models().active(&account));
    let Err(AppError::Internal { source }) = active else { panic!("{active:?}") };
    assert!(source.to_string().contains("does not fit its checksum"), "{source}");
}
