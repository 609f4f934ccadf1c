//! The change log: in this process at once, in others with the next poll, in the order of commits.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use atalaya_application::ports::memory::Change;
use atalaya_application::ports::retention::Expiring;
use atalaya_domain::access::Role;
use atalaya_domain::company::{CompanyChange, CompanyName};
use atalaya_infrastructure::freshness::Freshness;
use chrono::TimeDelta;

use super::support::*;

pub(crate) fn another_process_hears_changes_in_the_order_of_commits(fixture: &dyn Fixture) {
    let here = World::new(fixture);
    let company = here.company("BCP");
    let account = here.account(&company, "bcp");
    let user = here.user(&company, "ana", Role::User);
    let session = here.session(&user, 1, 1);

    let there = World::opened(fixture);
    let mut feed = there.database.change_feed().unwrap();
    assert_eq!(feed.poll().unwrap(), 0, "what happened before the feed was opened is not told");

    here.heard.take();
    here.write(&company, |unit| unit.models().insert_active(&account, &model(b"a"))).unwrap();
    assert!(here.end_session(&session));
    let suspended = CompanyChange { active: Some(false), ..CompanyChange::default() };
    here.change_company(company.company(), &suspended).unwrap();
    here.assign(&company, &user, &["bcp"]);

    let expected = [
        Change::Account(company.company(), handle("bcp")),
        Change::Session(session.id),
        Change::Company(company.company()),
        Change::Account(company.company(), handle("bcp")),
        Change::User(user.id),
    ];
    assert_eq!(here.heard.take(), expected, "this process hears at once");
    assert!(there.heard.take().is_empty());
    assert_eq!(feed.poll().unwrap(), 5);
    assert_eq!(there.heard.take(), expected);
    assert_eq!(feed.poll().unwrap(), 0);
}

pub(crate) fn a_watch_hears_and_stops_when_dropped(fixture: &dyn Fixture) {
    let here = World::new(fixture);
    let there = World::opened(fixture);
    let freshness = Arc::new(Freshness::monotonic());
    let watch = there.database.change_feed().unwrap().watch(freshness, Arc::default()).unwrap();
    let company = here.company("BCP");
    here.account(&company, "bcp");
    let begun = Instant::now();
    let heard = loop {
        let heard = there.heard.take();
        if !heard.is_empty() {
            break heard;
        }
        assert!(begun.elapsed() < Duration::from_mins(2), "the watch hears nothing");
        thread::sleep(Duration::from_millis(10));
    };
    assert_eq!(heard, [Change::Account(company.company(), handle("bcp"))]);

    drop(watch);
    here.account(&company, "other");
    thread::sleep(Duration::from_millis(500));
    assert!(there.heard.take().is_empty());
}

pub(crate) fn an_unreadable_entry_hides_no_later_one(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    let mut feed = world.database.change_feed().unwrap();
    fixture.execute("INSERT INTO change_log (kind, subject) VALUES ('session', 'no id')");
    let renamed = CompanyChange { name: CompanyName::parse("Banco").ok(), ..CompanyChange::default() };
    world.change_company(company.company(), &renamed).unwrap();
    world.heard.take();
    assert_eq!(feed.poll().unwrap(), 2);
    assert_eq!(world.heard.take(), [Change::Company(company.company())]);
}

pub(crate) fn old_entries_are_pruned_and_their_numbers_not_given_again(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    world.account(&company, "one");
    fixture.execute("UPDATE change_log SET at = '2026-01-01 00:00:00'");
    let mut feed = world.database.change_feed().unwrap();
    let now = start();
    assert_eq!(world.prune(Expiring::Changes, now), 0);
    assert_eq!(world.prune(Expiring::Changes, now + TimeDelta::days(30)), 1);
    world.account(&company, "two");
    assert_eq!(feed.poll().unwrap(), 1);
}
