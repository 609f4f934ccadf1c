//! Login, sessions, refresh tokens and companies.

use std::thread;

use atalaya_application::AppError;
use atalaya_application::error::Conflict;
use atalaya_application::page::PageRequest;
use atalaya_application::ports::identity::{Rehash, Rotation};
use atalaya_application::ports::memory::Change;
use atalaya_domain::access::Role;
use atalaya_domain::company::{CompanyChange, CompanyName};
use atalaya_domain::id::SessionId;
use atalaya_domain::session::Session;
use atalaya_domain::user::Username;
use chrono::TimeDelta;
use secrecy::ExposeSecret;
use uuid::Uuid;

use super::support::*;

pub(crate) fn login_finds_users_in_any_letter_case_with_their_company(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    world.user(&company, "Ana.Perez", Role::Admin);
    let root = new_user("root", Role::Superadmin);
    world.database.directory().insert_superadmin(&platform(), &root, &event(start())).unwrap();

    let find = |name: &str| world.database.directory().by_username(&Username::parse(name).unwrap()).unwrap();
    let ana = find("ANA.perez").unwrap();
    assert_eq!(ana.user.username.as_str(), "Ana.Perez");
    assert_eq!(ana.company.unwrap().name.as_str(), "BCP");
    assert_eq!(ana.password.hash.expose_secret(), "hash");
    assert_eq!(find("root").unwrap().company, None);
    assert!(find("nobody").is_none());
    assert!(world.database.has_user(&Username::parse("ROOT").unwrap()).unwrap());
    assert!(!world.database.has_user(&Username::parse("nobody").unwrap()).unwrap());
    assert_eq!(world.database.company_count().unwrap(), 1);
}

pub(crate) fn a_login_is_recorded_with_a_better_hash(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let user = world.user(&world.company("BCP"), "ana", Role::Admin);
    let directory = world.database.directory();
    let mut number = 0;
    let mut rehash = |compared: &str, better: &str| {
        let (compared, better) = (password(compared), password(better));
        let rehash = Rehash { compared: &compared, better: &better };
        number += 1;
        let session = world.session(&user, number * 2, 0xff00 + u16::try_from(number).unwrap());
        let session = Session { id: SessionId::new(Uuid::from_u128(number * 2 + 1)), ..session };
        world.begin(&session, None, Some(rehash));
        directory.by_id(user.id).unwrap().unwrap()
    };
    let known = rehash("hash", "better");
    assert_eq!(known.user.last_login_at, Some(start()));
    assert_eq!((known.password.hash.expose_secret(), known.user.version), ("better", 1));
    assert_eq!(rehash("changed meanwhile", "stale").password.hash.expose_secret(), "better");
}

pub(crate) fn a_new_password_ends_every_other_session(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let user = world.user(&world.company("BCP"), "ana", Role::Admin);
    let (kept, other) = (world.session(&user, 1, 1), world.session(&user, 2, 2));
    world.heard.take();

    let directory = world.database.directory();
    directory.change_password(user.id, &password("new"), Some(kept.id), &event(start())).unwrap();
    assert_eq!(world.heard.take(), [Change::User(user.id), Change::Session(other.id)]);
    let known = directory.by_id(user.id).unwrap().unwrap();
    assert_eq!((known.user.version, known.password.hash.expose_secret()), (2, "new"));
    assert_eq!(world.database.sessions().of_user(user.id, start()).unwrap(), [kept]);
    assert!(directory.change_password(NOBODY, &password("new"), Some(other.id), &event(start())).is_err());
}

pub(crate) fn of_fifty_parallel_refreshes_one_succeeds(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let user = world.user(&world.company("BCP"), "ana", Role::Admin);
    let session = world.session(&user, 1, 0);
    let sessions = world.database.sessions();
    let outcomes: Vec<Rotation> = thread::scope(|scope| {
        let rotate = |number: u16| {
            let sessions = &sessions;
            scope.spawn(move || {
                sessions.rotate(&token(0), &token(number), start(), &LIMITS, &|_| event(start())).unwrap()
            })
        };
        let threads: Vec<_> = (1..=50).map(rotate).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let count = |wanted: fn(&Rotation) -> bool| outcomes.iter().filter(|outcome| wanted(outcome)).count();
    assert_eq!(count(|outcome| matches!(outcome, Rotation::Rotated(_))), 1);
    assert_eq!(count(|outcome| matches!(outcome, Rotation::Replayed(_))), 1);
    assert_eq!(count(|outcome| matches!(outcome, Rotation::Refused)), 48);
    assert!(sessions.find(session.id).unwrap().unwrap().ended_at.is_some());
}

pub(crate) fn a_replayed_refresh_token_ends_the_session(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let user = world.user(&world.company("BCP"), "ana", Role::Admin);
    let session = world.session(&user, 1, 0);
    let sessions = world.database.sessions();
    let later = start() + TimeDelta::minutes(5);
    world.heard.take();

    let rotated = sessions.rotate(&token(0), &token(1), later, &LIMITS, &|_| event(start())).unwrap();
    let Rotation::Rotated(rotated) = rotated else { panic!("{rotated:?}") };
    assert_eq!((rotated.id, rotated.last_used_at), (session.id, later));
    assert!(world.heard.take().is_empty());

    let replayed = sessions.rotate(&token(0), &token(2), later, &LIMITS, &|_| event(start())).unwrap();
    assert!(matches!(replayed, Rotation::Replayed(ended) if ended.ended_at == Some(later)));
    assert_eq!(world.heard.take(), [Change::Session(session.id)]);
    assert_eq!(sessions.rotate(&token(1), &token(3), later, &LIMITS, &|_| event(start())).unwrap(), Rotation::Refused);
    assert_eq!(sessions.of_refresh(&token(2)).unwrap(), None);
    assert_eq!(sessions.of_refresh(&token(1)).unwrap().unwrap().ended_at, Some(later));
}

pub(crate) fn unknown_expired_and_idle_refresh_tokens_are_refused(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let user = world.user(&world.company("BCP"), "ana", Role::Admin);
    world.session(&user, 1, 0);
    let sessions = world.database.sessions();
    let rotate =
        |old, after| sessions.rotate(&token(old), &token(9), start() + after, &LIMITS, &|_| event(start())).unwrap();
    assert_eq!(rotate(7, TimeDelta::zero()), Rotation::Refused);
    assert_eq!(rotate(0, LIMITS.idle), Rotation::Refused);
    assert_eq!(rotate(0, LIMITS.absolute), Rotation::Refused);
    assert!(matches!(rotate(0, TimeDelta::zero()), Rotation::Rotated(_)), "a refusal must not use the token up");
}

pub(crate) fn users_end_only_their_own_live_sessions(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    let (ana, eva) = (world.user(&company, "ana", Role::User), world.user(&company, "eva", Role::User));
    let (first, second) = (world.session(&ana, 1, 1), world.session(&ana, 2, 2));
    let sessions = world.database.sessions();
    assert_eq!(sessions.of_user(ana.id, start()).unwrap(), [second.clone(), first.clone()], "newest first");
    assert!(sessions.of_user(ana.id, start() + LIMITS.absolute).unwrap().is_empty());

    assert!(!sessions.end(eva.id, first.id, &event(start())).unwrap());
    assert!(!sessions.end(ana.id, SessionId::new(Uuid::from_u128(9)), &event(start())).unwrap());
    assert!(sessions.end(ana.id, first.id, &event(start())).unwrap());
    assert!(!sessions.end(ana.id, first.id, &event(start())).unwrap());
    assert_eq!(sessions.of_user(ana.id, start()).unwrap(), [second]);
}

pub(crate) fn companies_are_created_listed_and_changed(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let (first, second) = (world.company("BCP").company(), world.company("BBVA").company());
    let companies = world.database.companies();
    let page = companies.page(&platform(), &PageRequest::new(None, 1)).unwrap();
    assert_eq!((page.items[0].id, page.next), (first, Some(first)));
    let page = companies.page(&platform(), &PageRequest::new(page.next, 1)).unwrap();
    assert_eq!((page.items[0].id, page.next), (second, None));

    let rename = |name: &str| CompanyChange { name: CompanyName::parse(name).ok(), ..CompanyChange::default() };
    let taken = companies.change(&platform(), second, &rename("BCP"), &|_| Ok(()), &event(start()));
    assert!(matches!(taken, Err(AppError::Conflict(Conflict::CompanyExists))));
    let changed =
        companies.change(&platform(), second, &rename("BBVA Perú"), &|_| Ok(()), &event(start())).unwrap().unwrap();
    assert_eq!(companies.by_name(&platform(), "BBVA Perú").unwrap(), Some(changed));
    assert_eq!(companies.by_name(&platform(), "BBVA").unwrap(), None);
    assert_eq!(companies.find(&platform(), first).unwrap().unwrap().name.as_str(), "BCP");
}
