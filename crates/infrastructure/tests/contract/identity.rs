//! Login, sessions, refresh tokens and companies.

use std::sync::{Arc, Mutex};
use std::{slice, thread};

use atalaya_application::AppError;
use atalaya_application::error::{AuthFailure, Conflict};
use atalaya_application::page::PageRequest;
use atalaya_application::ports::identity::{Rehash, Rotation};
use atalaya_application::ports::memory::Change;
use atalaya_application::ports::retention::Expiring;
use atalaya_application::ports::runtime::Randomness;
use atalaya_application::sessions::{BeginSession, end_all_with_audit};
use atalaya_domain::access::Role;
use atalaya_domain::company::{CompanyChange, CompanyName, DEFAULT_TIME_ZONE, NewCompany};
use atalaya_domain::id::{CompanyId, SessionId, UserId};
use atalaya_domain::notice::{NoticeCode, SecurityNotice};
use atalaya_domain::session::Session;
use atalaya_domain::user::User;
use chrono::TimeDelta;
use secrecy::ExposeSecret;
use uuid::Uuid;

use super::support::*;

pub(crate) fn login_finds_users_in_any_letter_case_with_their_company(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    world.user(&company, "Ana.Perez", Role::Admin);
    world.superadmin("root").unwrap();

    let find = |name: &str| world.user_named(name);
    let ana = find("ANA.perez").unwrap();
    assert_eq!(ana.user.username.as_str(), "Ana.Perez");
    assert_eq!(ana.company.unwrap().name.as_str(), "BCP");
    assert_eq!(ana.password.hash.expose_secret(), "hash");
    assert_eq!(find("root").unwrap().company, None);
    assert!(find("nobody").is_none());
    assert!(find("ROOT").is_some());
    assert_eq!(world.platform_read(|view| view.companies(&platform()).count()).unwrap(), 1);
}

pub(crate) fn a_login_is_recorded_with_a_better_hash(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let user = world.user(&world.company("BCP"), "ana", Role::Admin);
    let mut number = 0;
    let mut rehash = |compared: &str, better: &str| {
        let (compared, better) = (password(compared), password(better));
        let rehash = Rehash { compared: &compared, better: &better };
        number += 1;
        let session = world.session(&user, number * 2, 0xff00 + u16::try_from(number).unwrap());
        let session = Session { id: SessionId::new(Uuid::from_u128(number * 2 + 1)), ..session };
        world.begin(&session, None, Some(rehash));
        world.user_of(user.id).unwrap()
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

    assert!(world.change_password(&user, "new", kept.id));
    assert_eq!(world.heard.take(), [Change::User(user.id), Change::Session(other.id)]);
    let known = world.user_of(user.id).unwrap();
    assert_eq!((known.user.version, known.password.hash.expose_secret()), (2, "new"));
    assert_eq!(world.sessions_of(user.id), [kept]);
}

pub(crate) fn an_assigned_password_ends_every_session_and_may_be_temporary(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let user = world.user(&world.company("BCP"), "ana", Role::Admin);
    let session = world.session(&user, 1, 1);
    world.heard.take();

    let must_change = || world.user_of(user.id).unwrap().user.must_change_password;
    assert!(!must_change());
    world.assign_password(user.id, "new", true).unwrap();
    assert_eq!(world.heard.take(), [Change::User(user.id), Change::Session(session.id)]);
    assert!(must_change());
    assert!(world.sessions_of(user.id).is_empty());
    let user = world.user_of(user.id).unwrap().user;
    let own = world.session(&user, 2, 2);
    assert!(world.change_password(&user, "own", own.id));
    assert!(!must_change());
    world.assign_password(user.id, "newer", false).unwrap();
    assert!(!must_change());
    let known = world.user_of(user.id).unwrap();
    assert_eq!((known.user.version, known.password.hash.expose_secret()), (4, "newer"));
    assert!(world.assign_password(NOBODY, "new", true).is_err());
}

pub(crate) fn what_was_proven_by_an_older_password_counts_no_more(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let before = world.user(&world.company("BCP"), "ana", Role::Admin);
    let thief = world.session(&before, 1, 1);
    world.assign_password(before.id, "temporary", true).unwrap();

    // Both had compared the old password before it was replaced.
    let late = Session { id: SessionId::new(Uuid::from_u128(2)), ..thief.clone() };
    let begin = BeginSession {
        session: &late,
        user_version: before.version,
        refresh: Some(&token(2)),
        rehash: None,
        audit: &event(start()),
        takes_notices: true,
    };
    let refused = world.platform_write(|unit| begin.store(unit));
    assert!(matches!(refused, Err(AppError::Unauthenticated(AuthFailure::BadCredentials))), "{refused:?}");
    assert!(!world.change_password(&before, "thiefs", thief.id));
    let now = world.user_of(before.id).unwrap();
    assert!(!world.change_password(&now.user, "thiefs", thief.id));
    assert_eq!((now.password.hash.expose_secret(), now.user.must_change_password), ("temporary", true));
    assert!(world.sessions_of(before.id).is_empty());
    assert_eq!(world.session_of_token(&token(2)), None);
}

pub(crate) fn of_fifty_parallel_refreshes_one_succeeds_and_the_others_get_its_child(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let user = world.user(&world.company("BCP"), "ana", Role::Admin);
    let session = world.session(&user, 1, 0);
    let outcomes: Vec<(u16, Rotation)> = thread::scope(|scope| {
        let world = &world;
        let rotate = |number: u16| scope.spawn(move || (number, world.rotate(0, number, start())));
        let threads: Vec<_> = (1..=50).map(rotate).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let rotated: Vec<u16> = outcomes
        .iter()
        .filter(|(_, outcome)| matches!(outcome, Rotation::Rotated(_)))
        .map(|(number, _)| *number)
        .collect();
    let [child] = rotated[..] else { panic!("{outcomes:?}") };
    let repeated = |outcome: &Rotation| matches!(outcome, Rotation::Repeated(_, kept) if *kept == sealed(child));
    assert_eq!(outcomes.iter().filter(|(_, outcome)| repeated(outcome)).count(), 49, "{outcomes:?}");
    let later = start() + TimeDelta::seconds(1);
    assert!(matches!(world.rotate(child, 100, later), Rotation::Rotated(continued) if continued.id == session.id));
    assert!(matches!(world.rotate(0, 101, later), Rotation::Replayed(_)), "its child was used");
    assert_eq!(world.rotate(100, 102, later), Rotation::Refused);
}

pub(crate) fn a_refresh_token_repeats_for_ten_seconds_and_extends_nothing(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let user = world.user(&world.company("BCP"), "ana", Role::Admin);
    let session = world.session(&user, 1, 0);
    let after = |seconds| start() + TimeDelta::seconds(seconds);
    assert!(matches!(world.rotate(0, 1, after(60)), Rotation::Rotated(_)));
    let Rotation::Repeated(repeated, kept) = world.rotate(0, 2, after(69)) else { panic!("not repeated") };
    assert_eq!((repeated.last_used_at, kept), (after(60), sealed(1)));
    assert_eq!(world.session_of_id(session.id).unwrap().last_used_at, after(60));
    assert_eq!(world.session_of_token(&token(2)), None, "the second child was stored");
    assert!(matches!(world.rotate(0, 3, after(70)), Rotation::Replayed(_)));
    assert_eq!(world.rotate(1, 4, after(70)), Rotation::Refused);
}

pub(crate) fn a_kept_child_is_erased_by_its_use_and_after_the_window(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let user = world.user(&world.company("BCP"), "ana", Role::Admin);
    world.session(&user, 1, 0);
    let after = |seconds| start() + TimeDelta::seconds(seconds);
    assert!(matches!(world.rotate(0, 1, start()), Rotation::Rotated(_)));
    assert!(matches!(world.rotate(1, 2, after(1)), Rotation::Rotated(_)));
    let erase = |seconds| world.database.retention().erase_sealed_children(after(seconds)).unwrap();
    assert_eq!(erase(10), 0, "that of the first was erased when it was used, that of the second is still needed");
    assert!(matches!(world.rotate(1, 3, after(10)), Rotation::Repeated(..)));
    assert_eq!((erase(11), erase(11)), (1, 0));
}

pub(crate) fn a_replayed_refresh_token_ends_the_session(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let user = world.user(&world.company("BCP"), "ana", Role::Admin);
    let session = world.session(&user, 1, 0);
    let later = start() + TimeDelta::minutes(5);
    world.heard.take();

    let rotated = world.rotate(0, 1, start() + TimeDelta::minutes(4));
    let Rotation::Rotated(rotated) = rotated else { panic!("{rotated:?}") };
    assert_eq!((rotated.id, rotated.last_used_at), (session.id, start() + TimeDelta::minutes(4)));
    assert!(world.heard.take().is_empty());

    assert!(matches!(world.rotate(0, 2, later), Rotation::Replayed(ended) if ended.ended_at == Some(later)));
    assert_eq!(world.heard.take(), [Change::Session(session.id)]);
    assert_eq!(world.rotate(1, 3, later), Rotation::Refused);
    assert_eq!(world.session_of_token(&token(2)), None);
    assert_eq!(world.session_of_token(&token(1)).unwrap().ended_at, Some(later));
}

pub(crate) fn a_user_is_told_of_a_replay_once_at_the_next_login(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    let (ana, eva) = (world.user(&company, "ana", Role::User), world.user(&company, "eva", Role::User));
    let replay = |number: u128, first: u16, minutes: i64| {
        world.session(&ana, number, first);
        let at = start() + TimeDelta::minutes(minutes);
        assert!(matches!(world.rotate(first, first + 1, at - TimeDelta::minutes(1)), Rotation::Rotated(_)));
        assert!(matches!(world.rotate(first, first + 2, at), Rotation::Replayed(_)));
        SecurityNotice { code: NoticeCode::RefreshReplayed, at, device_name: Some("laptop".to_owned()) }
    };
    let later = replay(1, 10, 9);
    let login = |user: &User, number: u128, first: u16| {
        let session = world.session(&eva, number, first);
        let session = Session { id: SessionId::new(Uuid::from_u128(number + 100)), user: user.id, ..session };
        world.begin(&session, None, None)
    };
    assert!(login(&eva, 3, 30).is_empty(), "somebody else was told");
    assert_eq!(login(&ana, 4, 40), [later]);
    assert!(login(&ana, 5, 50).is_empty(), "told twice");
}

pub(crate) fn unknown_expired_and_idle_refresh_tokens_are_refused(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let user = world.user(&world.company("BCP"), "ana", Role::Admin);
    world.session(&user, 1, 0);
    let rotate = |old, after| world.rotate(old, 9, start() + after);
    assert_eq!(rotate(7, TimeDelta::zero()), Rotation::Refused);
    assert_eq!(rotate(0, LIMITS.idle), Rotation::Refused);
    assert_eq!(rotate(0, LIMITS.absolute), Rotation::Refused);
    assert!(matches!(rotate(0, TimeDelta::zero()), Rotation::Rotated(_)), "a refusal must not use the token up");
}

pub(crate) fn all_sessions_of_a_user_end_but_the_one_to_keep(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    let (ana, eva) = (world.user(&company, "ana", Role::User), world.user(&company, "eva", Role::User));
    let (kept, other) = (world.session(&ana, 1, 1), world.session(&ana, 2, 2));
    let foreign = world.session(&eva, 3, 3);
    world.heard.take();
    let end_all = |keep: Option<SessionId>| {
        world.platform_write(|unit| end_all_with_audit(unit, ana.id, keep, &event(start()))).unwrap()
    };
    assert_eq!(end_all(Some(kept.id)), slice::from_ref(&other));
    assert_eq!(world.heard.take(), [Change::Session(other.id)]);
    assert_eq!(world.sessions_of(ana.id), slice::from_ref(&kept));
    assert_eq!(end_all(None), [kept]);
    assert!(end_all(None).is_empty());
    assert_eq!(world.sessions_of(eva.id), [foreign]);
}

pub(crate) fn sessions_of_a_user_of_another_company_do_not_end(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let (bcp, bbva) = (world.company("BCP"), world.company("BBVA"));
    let user = world.user(&bcp, "ana", Role::User);
    let session = world.session(&user, 1, 1);
    assert!(world.write(&bbva, |unit| unit.users().end_sessions(&user, start())).is_err());
    assert_eq!(world.sessions_of(user.id), [session]);
    world.write(&bcp, |unit| unit.users().end_sessions(&user, start())).unwrap();
    assert!(world.sessions_of(user.id).is_empty());
}

pub(crate) fn sessions_are_pruned_thirty_days_after_their_end(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let user = world.user(&world.company("BCP"), "ana", Role::User);
    let (ended, expired) = (world.session(&user, 1, 1), world.session(&user, 2, 2));
    assert!(matches!(world.rotate(1, 3, start()), Rotation::Rotated(_)));
    assert!(world.end_session(&ended));
    let prune = |after| world.prune(Expiring::Sessions, start() + after);
    let month = TimeDelta::days(30);
    let moment = TimeDelta::seconds(1);
    assert_eq!((prune(month), prune(month + moment)), (0, 1));
    assert_eq!((world.session_of_id(ended.id), world.session_of_token(&token(1))), (None, None));
    assert_eq!(world.session_of_id(expired.id), Some(expired));
    assert_eq!((prune(month + LIMITS.absolute), prune(month + LIMITS.absolute + moment)), (0, 1));
}

pub(crate) fn users_end_only_their_own_live_sessions(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    let (ana, eva) = (world.user(&company, "ana", Role::User), world.user(&company, "eva", Role::User));
    let (first, second) = (world.session(&ana, 1, 1), world.session(&ana, 2, 2));
    assert_eq!(world.sessions_of(ana.id), [second.clone(), first.clone()], "newest first");
    let later = world.platform_read(|view| view.sessions().of_user(ana.id, start() + LIMITS.absolute)).unwrap();
    assert!(later.is_empty());

    assert!(!world.end_session(&Session { user: eva.id, ..first.clone() }));
    assert!(!world.end_session(&Session { id: SessionId::new(Uuid::from_u128(9)), ..first.clone() }));
    assert!(world.end_session(&first));
    assert!(!world.end_session(&first));
    assert_eq!(world.sessions_of(ana.id), [second]);
}

/// Gives these numbers and then no other.
struct Scripted(Mutex<Vec<u128>>);

impl Randomness for Scripted {
    fn bits(&self) -> u128 {
        self.0.lock().unwrap().pop().expect("another number")
    }
}

pub(crate) fn an_id_that_is_taken_is_drawn_again(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let numbers = [&[5, 5, 9, 5, 5, 7, 11][..], &[5; 8]].concat();
    world.database.draw_from(Arc::new(Scripted(Mutex::new(numbers.into_iter().rev().collect()))));
    let (bcp, bbva) = (world.company("BCP"), world.company("BBVA"));
    assert_eq!((bcp.company(), bbva.company()), (CompanyId::new(6), CompanyId::new(10)));
    let (ana, ben) = (world.user(&bcp, "ana", Role::User), world.user(&bbva, "ben", Role::User));
    assert_eq!((ana.id, ben.id), (UserId::new(6), UserId::new(8)));
    let insert = |name: &str| world.write(&bcp, |unit| unit.users().insert(&new_user(name, Role::User), start()));
    assert!(matches!(insert("ANA"), Err(AppError::Conflict(Conflict::UsernameTaken))));
    // A generator that gives nothing but ids that are taken is told of, and not asked for ever.
    assert!(matches!(insert("eva"), Err(AppError::Internal { .. })));
    assert!(world.user_named("eva").is_none());
}

pub(crate) fn of_processes_that_make_companies_that_look_alike_one_does(fixture: &dyn Fixture) {
    let worlds = [World::new(fixture), World::new(fixture)];
    let names = ["Banco Perú", "BANCO PERÚ", "Banco Peru\u{301}", "Banco\u{a0}Perú", "B\u{430}nco Perú", "Banc0 Perú"];
    let insert = |(index, name): (usize, &str)| {
        let company = NewCompany { name: CompanyName::parse(name).unwrap(), time_zone: DEFAULT_TIME_ZONE };
        worlds[index % 2].create(&company, start())
    };
    let made: Vec<Result<_, AppError>> = thread::scope(|threads| {
        let tries: Vec<_> = names.into_iter().enumerate().map(|named| threads.spawn(move || insert(named))).collect();
        tries.into_iter().map(|made| made.join().unwrap()).collect()
    });
    let (made, refused): (Vec<_>, Vec<_>) = made.into_iter().partition(Result::is_ok);
    assert_eq!(made.len(), 1, "{made:?}");
    for refusal in refused {
        assert!(matches!(refusal, Err(AppError::Conflict(Conflict::CompanyExists))), "{refusal:?}");
    }
    assert!(worlds[0].database.setup().companies_that_look_alike().unwrap().is_empty());
}

pub(crate) fn companies_are_created_listed_and_changed(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let (first, second) = (world.company("BCP").company(), world.company("BBVA").company());
    let later = NewCompany { name: CompanyName::parse("Scotiabank").unwrap(), time_zone: DEFAULT_TIME_ZONE };
    let later = world.create(&later, start() + TimeDelta::microseconds(1)).unwrap().id;
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = world.platform_read(|view| view.companies(&platform()).page(&PageRequest::new(after, 1))).unwrap();
        seen.extend(page.items.into_iter().map(|company| company.id));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    // The first two are of the same moment.
    assert_eq!(seen, [first.min(second), first.max(second), later]);

    let rename = |name: &str| CompanyChange { name: CompanyName::parse(name).ok(), ..CompanyChange::default() };
    let taken = world.change_company(second, &rename("BCP"));
    assert!(matches!(taken, Err(AppError::Conflict(Conflict::CompanyExists))));
    let changed = world.change_company(second, &rename("BBVA Perú")).unwrap();
    let named = |name| world.platform_read(|view| view.companies(&platform()).by_name(name)).unwrap();
    assert_eq!(named("BBVA Perú"), Some(changed));
    assert_eq!(named("BBVA"), None);
    assert_eq!(
        world.platform_read(|view| view.companies(&platform()).find(first)).unwrap().unwrap().name.as_str(),
        "BCP"
    );
}

pub(crate) fn a_suspended_company_has_no_sessions_and_gets_none(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let (bcp, bbva) = (world.company("BCP"), world.company("BBVA"));
    let (ana, eva) = (world.user(&bcp, "ana", Role::Admin), world.user(&bbva, "eva", Role::Admin));
    let (session, other) = (world.session(&ana, 1, 1), world.session(&eva, 2, 2));
    let switch = |active: bool| {
        let change = CompanyChange { active: Some(active), ..CompanyChange::default() };
        world.change_company(bcp.company(), &change).unwrap()
    };
    assert!(switch(true).active);
    assert_eq!(world.sessions_of(ana.id), slice::from_ref(&session), "nothing was switched");
    assert!(!switch(false).active);
    assert_eq!(world.session_of_id(session.id).unwrap().ended_at, Some(start()));
    assert_eq!(world.rotate(1, 10, start()), Rotation::Refused);

    // The password was compared before the company was suspended.
    let late = Session { id: SessionId::new(Uuid::from_u128(3)), ..session };
    let begin = BeginSession {
        session: &late,
        user_version: ana.version,
        refresh: Some(&token(3)),
        rehash: None,
        audit: &event(start()),
        takes_notices: true,
    };
    let refused = world.platform_write(|unit| begin.store(unit));
    assert!(matches!(refused, Err(AppError::Unauthenticated(AuthFailure::BadCredentials))), "{refused:?}");
    assert_eq!(world.session_of_id(late.id), None);

    assert!(switch(true).active);
    assert_eq!(world.rotate(1, 10, start()), Rotation::Refused);
    assert!(world.platform_write(|unit| begin.store(unit)).is_ok());
    assert_eq!(world.sessions_of(eva.id), [other], "of another company");
}
