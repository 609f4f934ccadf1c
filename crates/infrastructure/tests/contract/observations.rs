//! Observations, and the totals that accounts keep of them.

use std::collections::BTreeMap;

use atalaya_application::AppError;
use atalaya_application::error::Forbidden;
use atalaya_application::page::PageRequest;
use atalaya_application::ports::memory::Change;
use atalaya_application::ports::repositories::TimeSpan;
use atalaya_domain::forecast::LocalDays;
use atalaya_domain::observation::{Followers, Observation, UploadOutcome};
use chrono::{DateTime, NaiveDate, TimeDelta};

use super::support::*;

pub(crate) fn an_upload_counts_what_each_row_did(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    let account = world.account(&company, "bcp");
    let upload =
        |rows: &[Observation]| world.write(&company, |unit| unit.observations().upsert(&account, rows)).unwrap();

    let first = upload(&[observation(0, 10), observation(2, 12)]);
    assert_eq!(first, UploadOutcome { inserted: 2, updated: 0, unchanged: 0 });
    let posts = Observation { posts: Followers::new(3).ok(), ..observation(2, 12) };
    let second = upload(&[observation(3, 13), observation(0, 10), observation(1, 11), posts]);
    assert_eq!(second, UploadOutcome { inserted: 2, updated: 1, unchanged: 1 });
    assert_eq!(
        world.observations(&company, &account),
        [observation(0, 10), observation(1, 11), posts, observation(3, 13)]
    );
    assert_eq!(upload(&[]), UploadOutcome::default());
}

pub(crate) fn an_upload_of_very_many_rows_is_stored_as_it_is(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    let account = world.account(&company, "bcp");
    let counted = |number: i64, each| Followers::new(number.unsigned_abs()).ok().filter(|_| number % each == 0);
    let row = |minute: i64| Observation {
        posts: counted(minute, 2),
        following: counted(minute, 3),
        ..observation(minute, minute.unsigned_abs())
    };
    let mut rows: Vec<Observation> = (0..21_000).map(row).collect();
    let upload =
        |rows: &[Observation]| world.write(&company, |unit| unit.observations().upsert(&account, rows)).unwrap();
    assert_eq!(upload(&rows), UploadOutcome { inserted: 21_000, updated: 0, unchanged: 0 });
    assert_eq!(world.observations(&company, &account), rows);
    for row in rows.iter_mut().step_by(3) {
        row.following = None;
    }
    rows.push(row(21_000));
    assert_eq!(upload(&rows), UploadOutcome { inserted: 1, updated: 7_000, unchanged: 14_000 });
    assert_eq!(world.observations(&company, &account), rows);
}

pub(crate) fn an_upload_that_changes_nothing_is_not_told(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    let account = world.account(&company, "bcp");
    let upload = || world.write(&company, |unit| unit.observations().upsert(&account, &[observation(0, 10)])).unwrap();
    world.heard.take();
    upload();
    assert_eq!(world.heard.take(), [Change::Account(company.company(), handle("bcp"))]);
    upload();
    assert!(world.heard.take().is_empty());
}

pub(crate) fn accounts_keep_the_totals_of_their_observations(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    let account = world.account(&company, "bcp");
    world.account(&company, "empty");
    let rows: Vec<Observation> = (0..2_500).map(|minute| observation(minute, 1)).collect();
    world.write(&company, |unit| unit.observations().upsert(&account, &rows)).unwrap();
    world.write(&company, |unit| unit.observations().upsert(&account, &rows[..10])).unwrap();
    let totals = || -> Vec<_> {
        world.summaries(&company).into_iter().map(|summary| (summary.observations, summary.data_until)).collect()
    };
    assert_eq!(totals(), [(2_500, Some(rows[2_499].at)), (0, None)]);

    let delete = |span| world.write(&company, |unit| unit.observations().delete(&account, span)).unwrap();
    assert_eq!(delete(span(2_000, 9_000)), 500);
    assert_eq!(totals(), [(2_000, Some(rows[1_999].at)), (0, None)]);
    assert_eq!(delete(TimeSpan::default()), 2_000);
    assert_eq!(totals(), [(0, None), (0, None)]);
}

pub(crate) fn days_are_those_of_all_observations(fixture: &dyn Fixture) {
    const HOURS: i64 = 24 * 200;
    let world = World::new(fixture);
    let company = world.company("BCP");
    let counted = |number: i64| Followers::new(number.unsigned_abs()).ok();
    let hourly =
        |hour: i64| Observation { posts: counted(hour).filter(|_| hour % 5 == 0), ..observation(60 * hour, 7) };
    let around = [-3, 2, 0, 7, -19].into_iter().cycle();
    let midnights = (0..90).zip(around).map(|(day, minutes)| observation(17 * 60 + 24 * 60 * day + minutes, 9));
    let zones = [chrono_tz::America::Lima, chrono_tz::Europe::London, chrono_tz::America::Santiago];
    let histories = [(0..HOURS).map(hourly).collect::<Vec<_>>(), midnights.collect(), Vec::new()];
    for (number, rows) in histories.iter().enumerate() {
        let account = world.account(&company, &format!("account{number}"));
        world.write(&company, |unit| unit.observations().upsert(&account, rows)).unwrap();
        for zone in zones {
            let days = LocalDays::of(rows, zone);
            let mut expected: BTreeMap<NaiveDate, Observation> = BTreeMap::new();
            for row in rows {
                let last = expected.entry(days.date(row.at)).or_insert(*row);
                *last = Observation { posts: row.posts.or(last.posts), ..*row };
            }
            let first = days.date(start()) - TimeDelta::days(3);
            let starts: Vec<_> = first.iter_days().take(250).filter_map(|date| days.start(date)).collect();
            let found = world.database.store().query(&company, |view| {
                let counted = LocalDays::counted(view.observations().reading_times(&account, zone)?, zone);
                let same = first.iter_days().take(250).all(|date| counted.start(date) == days.start(date));
                assert!(same, "{zone}");
                view.observations().closings(&account, &starts)
            });
            assert_eq!(found.unwrap(), expected.into_values().collect::<Vec<_>>(), "{zone}");
        }
    }
}

pub(crate) fn times_are_kept_to_the_microsecond(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    let account = world.account(&company, "bcp");
    let precise = Observation { at: start() + TimeDelta::nanoseconds(1_234_567), ..observation(0, 1) };
    world.write(&company, |unit| unit.observations().upsert(&account, &[precise])).unwrap();
    let kept = start() + TimeDelta::microseconds(1_234);
    assert_eq!(world.observations(&company, &account)[0].at, kept);

    let last = |span| world.database.store().query(&company, |view| view.observations().last(&account, span)).unwrap();
    let from = |nanoseconds| TimeSpan { from: Some(kept + TimeDelta::nanoseconds(nanoseconds)), until: None };
    let until = |nanoseconds| TimeSpan { from: None, until: Some(kept + TimeDelta::nanoseconds(nanoseconds)) };
    assert!(last(from(0)).is_some() && last(from(1)).is_none(), "from is inclusive");
    assert!(last(until(0)).is_none() && last(until(1)).is_some(), "until is exclusive");
    let all_of_time =
        TimeSpan { from: Some(DateTime::<chrono::Utc>::MIN_UTC), until: Some(DateTime::<chrono::Utc>::MAX_UTC) };
    assert!(last(all_of_time).is_some());
}

/// Uploads and trainings take their time, and hold an account that was found before.
pub(crate) fn nothing_is_stored_for_an_account_that_was_deleted_meanwhile(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    let account = world.account(&company, "bcp");
    world.write(&company, |unit| unit.observations().upsert(&account, &[observation(0, 1)])).unwrap();
    world.write(&company, |unit| unit.accounts().delete(&account, start())).unwrap();
    let refused =
        |outcome: AppError| assert!(matches!(outcome, AppError::Forbidden(Forbidden::Account)), "{outcome:?}");
    refused(world.write(&company, |unit| unit.observations().upsert(&account, &[observation(1, 1)])).unwrap_err());
    refused(world.write(&company, |unit| unit.observations().delete(&account, TimeSpan::default())).unwrap_err());
    refused(world.write(&company, |unit| unit.models().insert_active(&account, &model(b"late"))).unwrap_err());

    world.write(&company, |unit| unit.accounts().restore(&account.handle, start())).unwrap();
    let store = world.database.store();
    let summary = store.query(&company, |view| view.accounts().all()).unwrap().remove(0);
    assert_eq!((summary.observations, summary.has_model), (1, false));
    world.write(&company, |unit| unit.observations().delete(&account, TimeSpan::default())).unwrap();
}

pub(crate) fn pages_hold_every_observation_of_the_span_once(fixture: &dyn Fixture) {
    let world = World::new(fixture);
    let company = world.company("BCP");
    let account = world.account(&company, "bcp");
    let rows: Vec<Observation> = (0..25).map(|minute| observation(minute, 1)).collect();
    world.write(&company, |unit| unit.observations().upsert(&account, &rows)).unwrap();

    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let request = PageRequest::new(after, 7);
        let page =
            world.database.store().query(&company, |view| view.observations().page(&account, span(2, 23), &request));
        let page = page.unwrap();
        assert!(page.items.len() <= 7);
        seen.extend(page.items);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, rows[2..23]);
    let last = world.database.store().query(&company, |view| view.observations().last(&account, span(2, 23))).unwrap();
    assert_eq!(last, Some(rows[22]));
}
