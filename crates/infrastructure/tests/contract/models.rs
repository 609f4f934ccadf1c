//! Trained versions.

use std::panic::{AssertUnwindSafe, catch_unwind};

use atalaya_application::AppError;
use atalaya_application::error::{Forbidden, Resource};
use atalaya_application::page::PageRequest;
use atalaya_application::ports::repositories::{AnsweredVersion, Artifact, TrainingRun};
use atalaya_domain::access::{Role, TenantScope};
use atalaya_domain::account::{Account, AccountHandle};
use atalaya_domain::id::ModelVersion;
use atalaya_domain::overview::Outlook;
use chrono::{Days, NaiveDate};

use super::statements::{count_statements, statements_so_far};
use super::support::*;

pub(crate) fn accounts_are_opened_together_in_as_many_statements_whatever_their_number(fixture: &dyn Fixture) {
    count_statements();
    let world = World::new(fixture);
    let (company, other) = (world.company("BCP"), world.company("BBVA"));
    let mut handles: Vec<AccountHandle> = Vec::new();
    let mut fill = |until: usize| {
        for number in handles.len()..until {
            let account = world.account(&company, &format!("account{number:03}"));
            world.write(&company, |unit| unit.models().insert_active(&account, &model(b"bytes"))).unwrap();
            handles.push(account.handle);
        }
        handles.clone()
    };
    let opened = |scope: &TenantScope, handles: &[AccountHandle]| {
        let store = world.database.store();
        let before = statements_so_far();
        let (found, assigned, active) = store
            .query(scope, |view| {
                let found = view.accounts().find_all(handles)?;
                let ids: Vec<_> = found.iter().map(|summary| summary.account.id).collect();
                Ok((found, view.accounts().assignments(&ids)?, view.models().active_of(&ids)?))
            })
            .unwrap();
        (found.len(), assigned.len(), active.len(), statements_so_far() - before)
    };
    let few = fill(2);
    let user = world.user(&company, "vera", Role::Viewer);
    assert!(world.assign(&company, &user, &["account000"]).is_empty());
    let (found, assigned, active, statements_of_few) = opened(&company, &few);
    assert_eq!((found, assigned, active), (2, 1, 2));
    let (found, _, active, statements_of_many) = opened(&company, &fill(40));
    assert_eq!((found, active, statements_of_many), (40, 40, statements_of_few));
    assert!(statements_of_few > 0, "statements are counted");
    assert_eq!(opened(&other, &few).0, 0, "another company's accounts are not there");
}

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
    assert_eq!((active.run, active.artifact), (second.clone(), Artifact::Sound(b"second".to_vec())));
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
    train(&world, &company, &account, 1);
    fixture.execute("UPDATE model_versions SET active = FALSE");
    // What is stored cannot be changed, so a damaged version is stored as one.
    let same = "company_id, account_id, trained_at, trained_by, served, grid, mae, rmse, data_from, data_until, \
                size_bytes, artifact, fitted";
    fixture.execute(&format!(
        "INSERT INTO model_versions ({same}, version, checksum, active) \
         SELECT {same}, 2, 'of other bytes', TRUE FROM model_versions"
    ));
    let store = world.database.store();
    let active = store.query(&company, |view| view.models().active(&account)).unwrap().unwrap();
    assert_eq!((active.run.version.get(), active.artifact), (2, Artifact::Damaged));
    let earlier = |version| store.query(&company, |view| view.models().before(&account, version)).unwrap();
    let first = earlier(active.run.version).unwrap();
    assert_eq!((first.run.version.get(), first.artifact), (1, Artifact::Sound(b"bytes".to_vec())));
    assert_eq!(earlier(first.run.version), None);
}

/// Trains versions until there are so many.
fn train(world: &World, scope: &TenantScope, account: &Account, versions: usize) {
    while runs(world, scope, account).len() < versions {
        world.write(scope, |unit| unit.models().insert_active(account, &model(b"bytes"))).unwrap();
    }
}

/// Every run, newest first.
fn runs(world: &World, scope: &TenantScope, account: &Account) -> Vec<TrainingRun> {
    world.database.store().query(scope, |view| view.models().history(account)).unwrap()
}

fn numbers(versions: &[ModelVersion]) -> Vec<i32> {
    versions.iter().map(|version| version.get()).collect()
}

fn today() -> NaiveDate {
    start().date_naive()
}

pub(crate) fn an_earlier_version_answers_again(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    let account = world.account(&company, "bcp");
    train(&world, &company, &account, 3);
    world.heard.take();
    let activate = |number| {
        world.write(&company, |unit| unit.models().activate(&account, ModelVersion::new(number), &Outlook::default()))
    };
    let first = activate(1).unwrap();
    assert!(first.active);
    assert_eq!(world.heard.take().len(), 1, "who remembers the account is told");
    let active: Vec<_> = runs(&world, &company, &account).iter().map(|run| run.active).collect();
    assert_eq!(active, [false, false, true]);
    for unknown in [0, 4] {
        assert!(matches!(activate(unknown), Err(AppError::NotFound(Resource::ModelVersion))));
    }
    let (other, foreign) = (world.company("BBVA"), ModelVersion::FIRST);
    let theirs = world.write(&other, |unit| unit.models().activate(&account, foreign, &Outlook::default()));
    assert!(matches!(theirs, Err(AppError::Forbidden(Forbidden::Account))), "another bank's account: {theirs:?}");
    let found = world.database.store().query(&other, |view| view.models().find(&account, foreign)).unwrap();
    assert_eq!(found, None);
    assert_eq!(
        world.database.store().query(&company, |view| view.models().active(&account)).unwrap().unwrap().run,
        first
    );
}

pub(crate) fn old_versions_keep_what_was_answered_by_them(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    let account = world.account(&company, "bcp");
    train(&world, &company, &account, 6);
    let answered = AnsweredVersion { account: account.id, version: ModelVersion::new(2), day: today() };
    world.write(&company, |unit| unit.models().mark_answered(&[answered])).unwrap();
    let prune = |keep| world.write(&company, |unit| unit.models().prune(&account, keep, start())).unwrap();
    assert_eq!(prune(6), []);
    assert_eq!(numbers(&prune(3)), [1, 3]);
    assert_eq!(prune(3), [], "of what is pruned nothing is left to prune");
    let store = world.database.store();
    let left = |number| {
        store.query(&company, |view| {
            let version = ModelVersion::new(number);
            let stored = view.models().find(&account, version)?.unwrap();
            assert_eq!(stored.artifact == Artifact::Deleted, stored.run.deleted_at == Some(start()));
            Ok((stored.artifact != Artifact::Deleted, view.models().fitted(&account, version)?.is_some()))
        })
    };
    let left: Vec<_> = (1..=6).map(|number| left(number).unwrap()).collect();
    let (gone, answers, whole) = ((false, false), (true, false), (true, true));
    assert_eq!(left, [gone, answers, gone, whole, whole, whole]);
    let kept = store.query(&company, |view| view.models().kept(&account)).unwrap();
    assert_eq!(kept.iter().map(|run| run.version.get()).collect::<Vec<_>>(), [6, 5, 4, 2]);
    let activate = |number| {
        world.write(&company, |unit| unit.models().activate(&account, ModelVersion::new(number), &Outlook::default()))
    };
    assert!(matches!(activate(1), Err(AppError::NotFound(Resource::ModelVersion))));
    assert!(activate(2).unwrap().active);
    assert_eq!(numbers(&prune(0)), [4, 5, 6], "the one that answers stays");
    assert_eq!(runs(&world, &company, &account).len(), 6, "every run stays in the history");
}

pub(crate) fn many_versions_are_read_at_once(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let (company, other) = (world.company("BCP"), world.company("BBVA"));
    let account = world.account(&company, "bcp");
    train(&world, &company, &account, 60);
    let store = world.database.store();
    let found = |scope: &TenantScope, versions: &[i32]| {
        let versions: Vec<ModelVersion> = versions.iter().copied().map(ModelVersion::new).collect();
        let found = store.query(scope, |view| view.models().find_all(&account, &versions)).unwrap();
        assert!(found.iter().all(|stored| stored.artifact == Artifact::Sound(b"bytes".to_vec())));
        found.iter().map(|stored| stored.run.version.get()).collect::<Vec<_>>()
    };
    assert_eq!(found(&company, &[2, 60, 1, 61]), [60, 2, 1], "newest first, and none that never was");
    assert_eq!(found(&company, &[]), [0; 0]);
    assert_eq!(found(&other, &[1, 2]), [0; 0], "another bank's versions");
    let kept = |scope| store.query(scope, |view| view.models().kept(&account)).unwrap();
    assert_eq!((kept(&company), kept(&other)), (runs(&world, &company, &account), Vec::new()));
    let run =
        |scope, number| store.query(scope, |view| view.models().run(&account, ModelVersion::new(number))).unwrap();
    assert_eq!(run(&company, 60), kept(&company).first().cloned());
    assert_eq!((run(&company, 61), run(&other, 60)), (None, None));
}

pub(crate) fn the_last_day_on_which_a_version_answered_is_kept(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    let account = world.account(&company, "bcp");
    train(&world, &company, &account, 2);
    world.heard.take();
    let mark = |scope: &TenantScope, day| {
        let answered = AnsweredVersion { account: account.id, version: ModelVersion::FIRST, day };
        world.write(scope, |unit| unit.models().mark_answered(&[answered])).unwrap();
        runs(&world, &company, &account).iter().map(|run| run.answered_at).collect::<Vec<_>>()
    };
    let tomorrow = today() + Days::new(1);
    assert_eq!(mark(&world.company("BBVA"), today()), [None, None], "another bank's version");
    assert_eq!(mark(&company, today()), [None, Some(today())]);
    assert_eq!(mark(&company, tomorrow), [None, Some(tomorrow)]);
    assert_eq!(mark(&company, today()), [None, Some(tomorrow)]);
    assert!(world.heard.take().is_empty(), "nothing that is remembered became untrue");
}

pub(crate) fn pages_hold_every_version_once_newest_first(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    let account = world.account(&company, "bcp");
    train(&world, &company, &account, 5);
    let page = |after| {
        let request = PageRequest::new(after, 2);
        world.database.store().query(&company, |view| view.models().page(&account, &request)).unwrap()
    };
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = page(after);
        seen.extend(page.items);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, runs(&world, &company, &account));
}

pub(crate) fn a_trained_version_does_not_change(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    let account = world.account(&company, "bcp");
    train(&world, &company, &account, 2);
    let before = runs(&world, &company, &account);
    let facts = [
        "company_id = 99",
        "account_id = 99",
        "version = 99",
        "trained_at = data_from",
        "trained_by = 'eva'",
        "served = 'naive'",
        "grid = 'daily'",
        "mae = 0",
        "rmse = 0",
        "mape = 0",
        "mase = NULL",
        "data_from = data_until",
        "data_until = data_from",
        "checksum = 'x'",
        "size_bytes = 0",
        "artifact = fitted",
        "fitted = artifact",
    ];
    let updates = facts.map(|change| format!("UPDATE model_versions SET {change} WHERE version = 1"));
    for statement in updates.iter().map(String::as_str).chain(["DELETE FROM model_versions WHERE version = 1"]) {
        let done = catch_unwind(AssertUnwindSafe(|| fixture.execute(statement)));
        assert!(done.is_err(), "the database let it through: {statement}");
    }
    assert_eq!(runs(&world, &company, &account), before);
}
