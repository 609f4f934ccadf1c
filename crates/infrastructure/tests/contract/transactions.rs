//! Units of work: all or nothing, one snapshot, and no failure from contention.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use atalaya_application::AppError;
use atalaya_application::error::Part;
use atalaya_application::page::PageRequest;
use atalaya_domain::access::Role;
use atalaya_domain::id::UserId;
use chrono::TimeDelta;

use super::support::*;
use crate::common::company_count;
use atalaya_infrastructure::persistence::Database;

pub(crate) fn a_failed_unit_of_work_leaves_nothing(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    let account = world.account(&company, "bcp");
    world.heard.take();
    let failed = world.write::<()>(&company, |unit| {
        unit.observations().upsert(&account, &[observation(0, 1)])?;
        unit.accounts().insert(&new_account("other"), start())?;
        Err(AppError::PreconditionFailed)
    });
    assert!(matches!(failed, Err(AppError::PreconditionFailed)));
    assert!(world.observations(&company, &account).is_empty());
    assert_eq!(handles(&world.summaries(&company)), ["bcp"]);
    assert!(world.heard.take().is_empty(), "what was rolled back must not be told");
}

pub(crate) fn a_panic_leaves_nothing_and_blocks_nobody(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    let account = world.account(&company, "bcp");
    for _ in 0..10 {
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            world.write::<()>(&company, |unit| {
                unit.observations().upsert(&account, &[observation(0, 1)])?;
                panic!("a fault in a use case");
            })
        }));
        assert!(panicked.is_err());
    }
    assert!(world.observations(&company, &account).is_empty());
    world.account(&company, "afterwards");
}

pub(crate) fn contending_writers_all_succeed(fixture: &dyn Fixture) {
    contend(fixture);
}

/// Lets the threads of two processes write at once and says how many writes there were, and how often their work ran.
pub(crate) fn contend(fixture: &dyn Fixture) -> (u64, u64) {
    const THREADS: u64 = 8;
    const WRITES: u64 = 25;
    let processes = [World::new(fixture), World::opened(fixture)];
    let company = processes[0].company("BCP");
    let account = processes[0].account(&company, "bcp");
    let runs = AtomicU64::new(0);
    thread::scope(|scope| {
        for (thread, world) in (0..THREADS).zip(processes.iter().cycle()) {
            let (account, runs) = (&account, &runs);
            scope.spawn(move || {
                for write in 0..WRITES {
                    let row = observation((thread * WRITES + write).cast_signed(), 1);
                    let upload = world.write(&company, |unit| {
                        runs.fetch_add(1, Ordering::Relaxed);
                        unit.observations().upsert(account, &[row])
                    });
                    assert_eq!(upload.unwrap().inserted, 1);
                }
            });
        }
    });
    let summary = processes[1].summaries(&company).pop().unwrap();
    assert_eq!(summary.observations, THREADS * WRITES);
    assert_eq!(processes[1].observations(&company, &account).len() as u64, THREADS * WRITES);
    (THREADS * WRITES, runs.into_inner())
}

pub(crate) fn a_read_sees_one_snapshot(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    world.account(&company, "one");
    let store = world.database.store();
    let (before, after) = store
        .query(&company, |view| {
            let before = view.accounts().all()?.len();
            world.account(&company, "two");
            Ok((before, view.accounts().all()?.len()))
        })
        .unwrap();
    assert_eq!((before, after), (1, 1));
    assert_eq!(world.summaries(&company).len(), 2);
}

pub(crate) fn an_empty_pool_is_told_and_not_waited_for(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    let narrow = Database::open(&fixture.url(), 1, Vec::new()).unwrap();
    let nested = || (company_count(&narrow), narrow.ping());
    let (nested, ready) = narrow.store().query(&company, |_| Ok(nested())).unwrap();
    assert!(matches!(nested, Err(AppError::Unavailable { part: Part::Database, .. })));
    ready.unwrap();
    narrow.ping().unwrap();
}

pub(crate) fn pages_hold_every_account_and_user_once_and_in_order(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    for name in ["b", "a.1", "Z", "a_1", "a-1", "c"] {
        world.account(&company, name);
    }
    // All of one moment, and so in the order of their ids, but for the last one.
    let mut users: Vec<UserId> =
        (0..4).map(|number| world.user(&company, &format!("user{number}"), Role::User).id).collect();
    users.sort();
    let later = start() + TimeDelta::microseconds(1);
    users.push(world.write(&company, |unit| unit.users().insert(&new_user("user4", Role::User), later)).unwrap().id);

    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let request = PageRequest::new(after, 4);
        let page = world.database.store().query(&company, |view| view.accounts().page(&request)).unwrap();
        seen.extend(page.items.into_iter().map(|summary| summary.account.handle));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, ["Z", "a-1", "a.1", "a_1", "b", "c"].map(handle));

    let first = PageRequest::new(None, 2);
    let first = world.database.store().query(&company, |view| view.users().page(&first)).unwrap();
    let rest = PageRequest::new(first.next, 3);
    let rest = world.database.store().query(&company, |view| view.users().page(&rest)).unwrap();
    let ids: Vec<UserId> = first.items.iter().chain(&rest.items).map(|member| member.user.id).collect();
    assert_eq!((ids, rest.next), (users, None));
}
