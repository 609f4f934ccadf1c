//! What separates companies from one another, and users from accounts that are not theirs.

use atalaya_application::AppError;
use atalaya_application::error::{Conflict, Forbidden, Resource};
use atalaya_application::page::PageRequest;
use atalaya_application::ports::memory::Change;
use atalaya_domain::access::Role;
use atalaya_domain::account::AccountChange;
use atalaya_domain::forecast::ReadingTimes;
use atalaya_domain::id::ModelVersion;
use atalaya_domain::user::{Email, UserChange};
use chrono::TimeDelta;

use super::support::*;

pub(crate) fn another_companys_rows_are_invisible(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let (ours, theirs) = (world.company("BCP"), world.company("BBVA"));
    let account = world.account(&ours, "bcp");
    let user = world.user(&ours, "ana", Role::Admin);
    world.assign(&ours, &user, &["bcp"]);
    world.write(&ours, |unit| unit.observations().upsert(&account, &[observation(0, 1)])).unwrap();
    world.write(&ours, |unit| unit.models().insert_active(&account, &model(b"a"))).unwrap();
    let (zone, around) = (chrono_tz::America::Lima, [start(), start() + TimeDelta::minutes(1)]);

    let store = world.database.store();
    let seen = store.query(&ours, |view| {
        let observations = view.observations();
        Ok((observations.closings(&account, &around)?.len(), observations.reading_times(&account, zone)?.all))
    });
    assert_eq!(seen.unwrap(), (1, 1));
    store
        .query(&theirs, |view| {
            assert_eq!(view.accounts().company()?.name.as_str(), "BBVA");
            assert_eq!(view.accounts().find(&account.handle)?, None);
            assert!(view.accounts().all()?.is_empty());
            assert!(view.accounts().assignments(&[account.id])?.is_empty());
            assert!(view.observations().all(&account)?.is_empty());
            assert_eq!(view.observations().last(&account, span(-9, 9))?, None);
            assert!(view.observations().closings(&account, &around)?.is_empty());
            assert_eq!(view.observations().reading_times(&account, zone)?, ReadingTimes::default());
            assert_eq!(view.models().active(&account)?, None);
            assert_eq!(view.models().fitted(&account, ModelVersion::FIRST)?, None);
            assert!(view.models().history(&account)?.is_empty());
            assert_eq!(view.users().find(user.id)?, None);
            assert!(view.users().page(&PageRequest::new(None, 9))?.items.is_empty());
            assert_eq!(view.users().active_admins()?, 0);
            Ok(())
        })
        .unwrap();
}

pub(crate) fn another_companys_rows_cannot_be_changed_or_referred_to(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let (ours, theirs) = (world.company("BCP"), world.company("BBVA"));
    let account = world.account(&ours, "bcp");
    let user = world.user(&ours, "ana", Role::User);
    world.account(&theirs, "bbva");

    let upload = world.write(&theirs, |unit| unit.observations().upsert(&account, &[observation(0, 1)]));
    assert!(matches!(upload, Err(AppError::Forbidden(Forbidden::Account))), "another bank's account: {upload:?}");
    let training = world.write(&theirs, |unit| unit.models().insert_active(&account, &model(b"a")));
    assert!(matches!(training, Err(AppError::Forbidden(Forbidden::Account))), "another bank's account: {training:?}");
    let assignment = world.write(&theirs, |unit| unit.users().assign(&user, &[handle("bbva")]));
    assert!(matches!(assignment, Err(AppError::Internal { .. })), "the foreign key let it through: {assignment:?}");
    assert_eq!(world.assign(&theirs, &user, &["bcp"]), [handle("bcp")], "a foreign handle must be unknown");

    let disable = UserChange { active: Some(false), ..UserChange::default() };
    let change = world.write(&theirs, |unit| unit.users().change(&user, &disable, true));
    assert!(matches!(change, Err(AppError::NotFound(Resource::User))));
    let change = world.write(&theirs, |unit| unit.accounts().change(&account, &AccountChange::default()));
    assert!(matches!(change, Err(AppError::Forbidden(_))));
    let deletion = world.write(&theirs, |unit| unit.observations().delete(&account, span(-9, 9)));
    assert!(matches!(deletion, Err(AppError::Forbidden(Forbidden::Account))), "another bank's account: {deletion:?}");
    assert!(world.observations(&ours, &account).is_empty());
}

pub(crate) fn users_reach_only_the_accounts_assigned_to_them(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    world.account(&company, "one");
    world.account(&company, "two");
    let user = world.user(&company, "ana", Role::Viewer);
    let scope = assigned(&user);
    assert!(world.summaries(&scope).is_empty());

    world.assign(&company, &user, &["two"]);
    assert_eq!(handles(&world.summaries(&scope)), ["two"]);
    world
        .database
        .store()
        .query(&scope, |view| {
            assert_eq!(view.accounts().find(&handle("one"))?, None);
            let two = view.accounts().find(&handle("two"))?.unwrap();
            assert_eq!(view.accounts().assignments(&[two.id])?, [(two.id, user.id)]);
            assert_eq!(view.users().find(user.id)?.unwrap().accounts, [handle("two")]);
            Ok(())
        })
        .unwrap();
}

pub(crate) fn an_assignment_with_an_unknown_handle_changes_nothing(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    world.account(&company, "one");
    world.account(&company, "two");
    let user = world.user(&company, "ana", Role::User);
    world.assign(&company, &user, &["one"]);
    world.heard.take();

    assert_eq!(world.assign(&company, &user, &["two", "three"]), [handle("three")]);
    assert_eq!(handles(&world.summaries(&assigned(&user))), ["one"]);
    assert!(world.heard.take().is_empty());
}

pub(crate) fn an_assignment_tells_of_every_account_gained_or_lost(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    for name in ["gained", "kept", "lost"] {
        world.account(&company, name);
    }
    let user = world.user(&company, "ana", Role::User);
    world.assign(&company, &user, &["kept", "lost"]);
    world.heard.take();

    world.assign(&company, &user, &["gained", "kept", "kept"]);
    let account = |text| Change::Account(company.company(), handle(text));
    assert_eq!(world.heard.take(), [account("gained"), account("lost"), Change::User(user.id)]);
}

pub(crate) fn names_that_exist_are_conflicts(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let (ours, theirs) = (world.company("BCP"), world.company("BBVA"));
    world.account(&ours, "social");
    world.account(&theirs, "social");
    world.user(&ours, "ana.perez", Role::Admin);

    let again = world.write(&ours, |unit| unit.accounts().insert(&new_account("social"), start()));
    assert!(matches!(again, Err(AppError::Conflict(Conflict::AccountExists))));
    let elsewhere = world.write(&theirs, |unit| unit.users().insert(&new_user("Ana.Perez", Role::User), start()));
    assert!(matches!(elsewhere, Err(AppError::Conflict(Conflict::UsernameTaken))));
    let superadmin = world.superadmin("ANA.PEREZ");
    assert!(matches!(superadmin, Err(AppError::Conflict(Conflict::UsernameTaken))));
}

pub(crate) fn a_change_of_a_user_counts_the_version_up_only_where_tokens_are_void(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    let user = world.user(&company, "ana", Role::Admin);
    let find = || world.user_of(user.id).unwrap().user;

    let email = UserChange { email: Email::parse("ana@bcp.pe").ok(), ..UserChange::default() };
    world.write(&company, |unit| unit.users().change(&user, &email, false)).unwrap();
    assert_eq!((find().version, find().role), (1, Role::Admin));

    let demote = UserChange { role: Some(Role::Viewer), ..UserChange::default() };
    world.heard.take();
    world.write(&company, |unit| unit.users().change(&find(), &demote, true)).unwrap();
    assert_eq!((find().version, find().role), (2, Role::Viewer));
    assert_eq!(find().email, email.email);
    assert_eq!(world.heard.take(), [Change::User(user.id)]);
}

pub(crate) fn a_demanded_password_change_stays_demanded_and_is_heard(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    let user = world.user(&company, "ana", Role::Admin);
    let find = || world.user_of(user.id).unwrap().user;
    let demand = UserChange { demand_password_change: true, ..UserChange::default() };
    world.heard.take();
    world.write(&company, |unit| unit.users().change(&find(), &demand, false)).unwrap();
    assert!(find().must_change_password);
    assert_eq!(world.heard.take(), [Change::User(user.id)]);
    world.write(&company, |unit| unit.users().change(&find(), &UserChange::default(), false)).unwrap();
    assert!(find().must_change_password);
}
