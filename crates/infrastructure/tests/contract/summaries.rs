//! Summaries of accounts: kept with what they are made of, and read at once.

use atalaya_application::ports::repositories::{StoredSummary, SummaryGap};
use atalaya_application::ports::store::ReadView;
use atalaya_domain::access::{Role, TenantScope};
use atalaya_domain::account::AccountChange;
use atalaya_domain::company::CompanyChange;
use atalaya_domain::observation::{Followers, Observation};
use atalaya_domain::overview::{Expectation, Outlook};
use chrono::NaiveDate;

use super::statements::{count_statements, statements_so_far};
use super::support::*;

const DAY: i64 = 24 * 60;

fn summaries(world: &World, scope: &TenantScope) -> Vec<StoredSummary> {
    world.database.store().query(scope, |view: &mut dyn ReadView| view.summaries().all()).unwrap()
}

/// The only account's days, as date and followers.
fn days(world: &World, scope: &TenantScope) -> Vec<(String, u64)> {
    let summary = summaries(world, scope).remove(0);
    assert_eq!(summary.gap(), None);
    summary
        .recent
        .as_ref()
        .unwrap()
        .closes()
        .iter()
        .map(|close| (close.date.to_string(), close.followers.get()))
        .collect()
}

fn outlook(mean: u64) -> Outlook {
    let count = |number| Followers::new(number).unwrap();
    let date = NaiveDate::from_ymd_opt(2026, 1, 25).unwrap();
    let expected = Expectation {
        date,
        mean: count(mean),
        lower: count(mean - 1),
        upper: count(mean + 1),
        attention_lower: count(mean - 2),
        attention_upper: count(mean + 2),
    };
    Outlook { is_baseline: false, last_date: date.pred_opt().unwrap(), expectations: vec![expected] }
}

pub(crate) fn a_summary_is_kept_with_what_it_is_made_of(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    let account = world.account(&company, "bcp");
    let upload =
        |rows: &[Observation]| world.write(&company, |unit| unit.observations().upsert(&account, rows)).unwrap();
    let day = |date: &str, followers| (date.to_owned(), followers);
    // Noon in Lima is 17:00 UTC; the first observation is of noon in UTC.
    upload(&[observation(0, 10), observation(DAY, 20), observation(DAY + 60, 21)]);
    assert_eq!(days(&world, &company), [day("2026-01-24", 10), day("2026-01-25", 21)]);
    upload(&[observation(DAY + 60, 22)]);
    assert_eq!(days(&world, &company), [day("2026-01-24", 10), day("2026-01-25", 22)]);
    let change = AccountChange { time_zone: Some(chrono_tz::Pacific::Auckland), ..AccountChange::default() };
    let account = world.write(&company, |unit| unit.accounts().change(&account, &change)).unwrap();
    assert_eq!(days(&world, &company), [day("2026-01-25", 10), day("2026-01-26", 22)]);
    world.write(&company, |unit| unit.observations().delete(&account, span(0, DAY))).unwrap();
    assert_eq!(days(&world, &company), [day("2026-01-26", 22)]);

    let train = |mean| world.write(&company, |unit| unit.models().insert_active(&account, &NewModelOf(mean).stored()));
    train(100).unwrap();
    let kept = || {
        let summary = summaries(&world, &company).remove(0);
        let gap = summary.gap();
        let told = summary.outlook.map(|(version, outlook)| (version.get(), outlook.expectations[0].mean.get()));
        (summary.active.map(|active| active.version.get()), told, gap)
    };
    assert_eq!(kept(), (Some(1), Some((1, 100)), None));
    train(200).unwrap();
    assert_eq!(kept(), (Some(2), Some((2, 200)), None));
    let first = atalaya_domain::id::ModelVersion::new(1);
    world.write(&company, |unit| unit.models().activate(&account, first, &outlook(300))).unwrap();
    assert_eq!(kept(), (Some(1), Some((1, 300)), None));
    world.write(&company, |unit| unit.models().delete_all(&account, start())).unwrap();
    assert_eq!(kept(), (None, None, None));
    // A version that comes later does not follow a deleted one.
    let later = Outlook { last_date: NaiveDate::from_ymd_opt(2026, 1, 25).unwrap(), ..Outlook::default() };
    let third = atalaya_domain::id::ModelVersion::new(3);
    world.write(&company, |unit| unit.summaries().keep_outlook(&account, third, &later)).unwrap();
    assert_eq!(summaries(&world, &company).remove(0).outlook, Some((third, later)));
}

pub(crate) fn a_summary_is_outdated_by_a_program_that_knows_none(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    let (account, other) = (world.account(&company, "bcp"), world.account(&company, "otra"));
    for account in [&account, &other] {
        let rows = [observation(0, 10), observation(DAY, 20)];
        world.write(&company, |unit| unit.observations().upsert(account, &rows)).unwrap();
    }
    // A corrected value leaves the number of observations and the newest one as they were.
    fixture.execute(
        "UPDATE observations SET followers = 15
         WHERE account_id = (SELECT id FROM accounts WHERE handle = 'bcp') AND followers = 10;
         UPDATE accounts SET observation_count = observation_count + 0 WHERE handle = 'bcp'",
    );
    let gaps: Vec<_> = summaries(&world, &company).into_iter().map(|summary| summary.gap()).collect();
    assert_eq!(gaps, [Some(SummaryGap { recent: true, outlook: false }), None]);
    world.write(&company, |unit| unit.summaries().refresh(&account)).unwrap();
    assert_eq!(days(&world, &company)[0].1, 15);
}

struct NewModelOf(u64);

impl NewModelOf {
    fn stored(&self) -> atalaya_application::ports::repositories::NewModel {
        atalaya_application::ports::repositories::NewModel { outlook: outlook(self.0), ..model(b"a") }
    }
}

pub(crate) fn a_summary_that_is_missing_or_untrue_is_told(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    let account = world.account(&company, "bcp");
    assert_eq!(summaries(&world, &company)[0].gap(), None, "nothing is missing of an account without data");
    world.write(&company, |unit| unit.observations().upsert(&account, &[observation(0, 10)])).unwrap();
    world.write(&company, |unit| unit.models().insert_active(&account, &NewModelOf(100).stored())).unwrap();
    let moved = CompanyChange { time_zone: Some(chrono_tz::Pacific::Auckland), ..CompanyChange::default() };
    world.change_company(company.company(), &moved).unwrap();
    let gap = || summaries(&world, &company)[0].gap();
    assert_eq!(gap(), Some(SummaryGap { recent: true, outlook: false }));
    world.write(&company, |unit| unit.summaries().refresh(&account)).unwrap();
    assert_eq!(days(&world, &company), [("2026-01-25".to_owned(), 10)]);

    fixture.execute("DELETE FROM account_summaries");
    assert_eq!(gap(), Some(SummaryGap { recent: true, outlook: true }));
    let version = atalaya_domain::id::ModelVersion::new(1);
    world
        .write(&company, |unit| {
            unit.summaries().keep_outlook(&account, version, &outlook(100))?;
            unit.summaries().refresh(&account)
        })
        .unwrap();
    assert_eq!(gap(), None);
}

pub(crate) fn the_kept_days_are_found_across_gaps(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    let account = world.account(&company, "bcp");
    let upload =
        |rows: &[Observation]| world.write(&company, |unit| unit.observations().upsert(&account, rows)).unwrap();
    // Every tenth day has a reading.
    let sparse: Vec<_> = (0..120).map(|number| observation(10 * DAY * number, number.unsigned_abs())).collect();
    upload(&sparse[100..]);
    let followers = || days(&world, &company).into_iter().map(|(_, followers)| followers).collect::<Vec<_>>();
    assert_eq!(followers(), (100..120).collect::<Vec<_>>(), "the history is shorter than what is kept");
    upload(&sparse[..100]);
    assert_eq!(followers(), (28..120).collect::<Vec<_>>());
}

pub(crate) fn summaries_are_read_in_as_many_statements_whatever_their_number(fixture: &dyn Fixture) {
    count_statements();
    let world = World::new(fixture);
    let company = world.company("BCP");
    let fill = |from: u64, until: u64| {
        for number in from..until {
            let account = world.account(&company, &format!("account{number:03}"));
            world.write(&company, |unit| unit.observations().upsert(&account, &[observation(0, number)])).unwrap();
        }
    };
    let statements = || {
        let before = statements_so_far();
        let found = summaries(&world, &company);
        assert!(found.iter().all(|summary| summary.gap().is_none()));
        (found.len(), statements_so_far() - before)
    };
    fill(0, 2);
    let (few, statements_of_few) = statements();
    fill(2, 40);
    let (many, statements_of_many) = statements();
    assert_eq!((few, many), (2, 40));
    assert!(statements_of_few > 0, "statements are counted");
    assert_eq!(statements_of_many, statements_of_few);
}

pub(crate) fn only_summaries_within_reach_are_seen(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let (ours, theirs) = (world.company("BCP"), world.company("BBVA"));
    for (scope, name) in [(&ours, "one"), (&ours, "two"), (&theirs, "three")] {
        let account = world.account(scope, name);
        world.write(scope, |unit| unit.observations().upsert(&account, &[observation(0, 10)])).unwrap();
    }
    let user = world.user(&ours, "vera", Role::Viewer);
    assert!(world.assign(&ours, &user, &["two"]).is_empty());
    let seen = |scope: &TenantScope| -> Vec<String> {
        summaries(&world, scope).iter().map(|summary| summary.account.handle.as_str().to_owned()).collect()
    };
    assert_eq!((seen(&ours), seen(&theirs)), (vec!["one".to_owned(), "two".to_owned()], vec!["three".to_owned()]));
    assert_eq!(seen(&assigned(&user)), ["two"]);
}
